#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ntdvdctl as the package installs it, on two emulated drives that nobody has
# used. To be run as root, with the directory that has the example's program.
build=$1
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

node=/dev/ntdvd0
error=$(mktemp)

# The exit status goes to $status, what is printed to $text.
ctl() {
	status=0
	text=$(ntdvdctl "$@" 2>"$error") || status=$?
}

# The same as nobody, with --clear-groups or --groups=
ctl_as() {
	local groups=$1

	shift
	status=0
	text=$(setpriv --reuid 65534 --regid 65534 "$groups" ntdvdctl "$@" 2>"$error") ||
		status=$?
}

ctl_json() {
	ctl "$@" --json
	# so that nothing goes where a parser does not look
	test ! -s "$error"
}

ends_with() {
	test "$status" = "$1"
}

# What jq makes of the JSON
holds() {
	jq -e "$1" <<<"$text" >/dev/null
}

says() {
	grep -qF -- "$1" <<<"$text"
}

complains() {
	grep -qF -- "$1" "$error"
}

control() {
	echo "$2" >"/sys/kernel/debug/ntdvd_drive/$1/control"
}

state() {
	sed -n "s/^$1 *//p" "/sys/kernel/debug/ntdvd_drive/0/state"
}

no_agid_is_held() {
	test "$(state css:)" = "free free free free"
}

# CDB and result of each REPORT KEY and SEND KEY: opcode and format
clear_log() {
	echo clear >/sys/kernel/debug/ntdvd_drive/0/log
}

keys_sent() {
	grep -oE '^a[34].{20}' /sys/kernel/debug/ntdvd_drive/0/log |
		sed 's/^\(..\).*\(..\)$/\1 \2/' | tr '\n' ','
}

first_bytes() {
	od -An -v -tx1 "$1" | tr -d ' \n' | cut -c1-32
}

# Runs ntdvdctl on a terminal, and types $1.
on_terminal() {
	local typed=$1

	shift
	status=0
	text=$(TERM=xterm python3 - "$typed" "$@" <<-'END'
		import os, pty, sys
		pid, terminal = pty.fork()
		if pid == 0:
		    os.execvp("ntdvdctl", ["ntdvdctl"] + sys.argv[2:])
		os.write(terminal, sys.argv[1].encode())
		shown = b""
		try:
		    while piece := os.read(terminal, 4096):
		        shown += piece
		except OSError:
		    pass
		print(shown.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	) || status=$?
}

# Holds a session until it is killed.
hold_session() {
	exec python3 -c '
import ctypes, fcntl, signal, struct
answer = ctypes.create_string_buffer(4)
control = bytearray(struct.pack("=IIQQQII", 0x335000, 1, 0, 0, ctypes.addressof(answer), 0, 4))
node = open("/dev/ntdvd0", "rb", buffering=0)
fcntl.ioctl(node, 0xc0284e90, control)
print(struct.unpack_from("=I", control, 4)[0], flush=True)
signal.pause()
'
}

# Its commands are run, and print what is shown.
the_readme_shows_a_real_run() {
	local shown command

	shown=$(sed -n '/^    \$ ntdvdctl/,/^[^ ]/s/^\(    \|$\)//p' README.md)
	grep -q '^\$ ntdvdctl' <<<"$shown"
	text=$(grep '^\$ ' <<<"$shown" | while read -r _ command; do
		echo "\$ $command"
		$command
	done)
	diff <(sed '/^$/d' <<<"$shown") <(sed '/^$/d' <<<"$text") | sed 's/^/# /'
	test "${PIPESTATUS[0]}" = 0
}

list_shows_drives_nodes_discs_and_features() {
	ctl list
	ends_with 0
	says "/dev/ntdvd0   /dev/sr0   ntdvd Emulated DVD         DVD-ROM     DVD CSS AACS  0"
	ctl_json list
	holds '.drives | length == 2'
	holds '.drives[1] | .node == "/dev/ntdvd1" and .drive == "/dev/sr1"'
	holds '.drives[0] | .vendor == "ntdvd" and .model == "Emulated DVD" and .revision == "1.0"'
	holds '.drives[0] | .disc == "DVD-ROM" and .sessions == 0'
	holds '.drives[0].features == {"dvd": true, "css": true, "aacs": true}'
	control 1 "feature aacs off"
	ctl_json list
	holds '.drives[1].features == {"dvd": true, "css": true, "aacs": false}'
	control 1 "feature aacs on"
}

# coproc sets holder_PID.
# shellcheck disable=SC2154
sessions_shows_who_holds_what() {
	coproc holder { hold_session; }
	read -r started <&"${holder[0]}"
	test "$started" = 0
	ctl sessions
	ends_with 0
	says "/dev/ntdvd0   css       0  held"
	says "$holder_PID (python3)"
	ctl_json sessions
	holds ".sessions == [.sessions[0]] and .sessions[0].pid == $holder_PID"
	holds '.sessions[0] | .node == "/dev/ntdvd0" and .class == "css" and .agid == 0'
	holds '.sessions[0] | .state == "held" and .command == "python3" and .seconds >= 0'
	ctl_json list
	holds '[.drives[].sessions] == [1, 0]'
	kill "$holder_PID"
	wait "$holder_PID" || :
	ctl_json sessions
	holds '.sessions | length <= 1'
}

info_tells_of_drive_region_and_disc() {
	ctl info $node
	ends_with 0
	says "changes left      5, and 4 resets by the vendor"
	says "book              DVD-ROM"
	ctl_json info ntdvd0
	holds '.node == "/dev/ntdvd0" and .features.css and .disc == "DVD-ROM"'
	holds '.region == {"drive": [], "user_changes": 5, "vendor_resets": 4}'
	holds '[.structures[].format] == ["0x00", "0x01", "0x03", "0x04", "0x05"]'
	holds '.structures[1].decoded == {"system": "CSS or CPPM", "regions": [1, 2]}'
}

structure_is_decoded_and_kept_as_it_came() {
	local raw

	ctl structure $node physical
	ends_with 0
	says "layers            1"
	says "0000  01 02 01 00 00 00 03 00"
	ctl_json structure $node 0x00
	holds '.name == "physical" and .layer == 0 and .length == 17'
	holds '.decoded.book == "DVD-ROM" and .decoded.version == 1'
	holds '.decoded.size == "120 mm" and .decoded.rate == "10.08 Mbit/s"'
	holds '.decoded.layers == 1 and .decoded.layer_type == "embossed"'
	holds '.decoded.starting_sector == 196608 and .decoded.end_sector == 327679'
	holds '.decoded.bca'
	raw=$(mktemp)
	ctl structure $node 0 -o "$raw"
	ends_with 0
	test -z "$text"
	test "$(first_bytes "$raw")" = "130000000102010000000300ffff0400"
	test "$(stat -c %s "$raw")" = 21
}


structure_that_is_long_comes_whole() {
	ctl_json structure $node manufacturer
	holds '.length == 2048 and (.data | length) == 4096'
	# more than what is asked for at first
	ctl_json structure $node 0x83
	holds '.length == 32768 and (.data | length) == 65536'
	ctl_json structure $node list
	holds '[.decoded.formats[].format] | index("0x04") and index("0x83")'
}

structure_that_needs_authentication_is_refused_by_name() {
	ctl structure $node disc-key
	ends_with 7
	complains "STATUS_CSS_KEY_NOT_ESTABLISHED (c0000308)"
	ctl_json structure $node 2
	ends_with 7
	holds '.error.ntstatus.value == "0xc0000308"'
	holds '.error.cause == "refused" and .error.exit_status == 7 and .error.advice'
	ctl structure $node 0 -L 1
	ends_with 7
	complains "STATUS_INVALID_DEVICE_REQUEST (c0000010)"
}

region_is_read_without_a_disc() {
	ctl region get $node
	ends_with 0
	says "disc plays in     1, 2"
	ctl_json region get $node
	holds '.region.drive == [] and .disc_regions == [1, 2]'
	control 0 eject
	ctl_json region get $node
	holds '.region.user_changes == 5 and .disc_regions == null'
	control 0 insert
}

region_is_not_set_unless_confirmed() {
	ctl region set $node 1 </dev/null
	ends_with 9
	complains "--yes"
	echo y | { ctl region set $node 1; ends_with 9; }
	ctl_json region set $node 1
	ends_with 9
	holds '.error.cause == "not-confirmed"'
	on_terminal $'n\n' region set $node 1
	ends_with 9
	says "changed 5 more times"
	on_terminal $'\n' region set $node 1
	ends_with 9
	test "$(state user_changes)" = 5
	test "$(state region_mask)" = ff
}

region_is_set_and_the_changes_counted() {
	on_terminal $'y\n' region set $node 1
	ends_with 0
	test "$(state region_mask)" = fe
	ctl_json region set $node 2 --yes
	ends_with 0
	holds '.region == {"drive": [2], "user_changes": 3, "vendor_resets": 4}'
	test "$(state region_mask)" = fd
	# the one that it has
	ctl region set $node 2 --yes
	ends_with 0
	test "$(state user_changes)" = 3
	ctl region set $node 3 --yes
	ends_with 7
	complains "STATUS_CSS_REGION_MISMATCH (c000030a)"
}

region_cannot_be_set_when_no_change_is_left() {
	ctl region set $node 1 -y
	ctl region set $node 2 -y
	ctl region set $node 1 -y
	ends_with 0
	test "$(state user_changes)" = 0
	ctl_json region set $node 2 -y
	ends_with 7
	holds '.error.ntstatus.name == "STATUS_CSS_RESETS_EXHAUSTED"'
}

probe_goes_as_far_as_one_gets_without_keys() {
	clear_log
	ctl probe $node
	ends_with 0
	says "Authentication works."
	test "$(keys_sent)" = "a4 00,a3 01,a4 02,a4 01,a4 3f,"
	no_agid_is_held
	ctl_json probe $node
	holds '.works and (.steps | length) == 5 and all(.steps[]; .ntstatus.value == "0x00000000")'
}

probe_says_which_step_failed_and_leaves_no_session() {
	control 0 "sense 5 6f 0 1 a3"
	ctl probe $node
	ends_with 7
	says "challenge it      STATUS_CSS_AUTHENTICATION_FAILURE (c0000306)"
	no_agid_is_held
	control 0 "host 1 1 a4"
	ctl_json probe $node
	ends_with 2
	holds '.works == false and (.steps | length) == 1'
	holds '.error.ntstatus.name == "STATUS_DEVICE_NOT_CONNECTED"'
	control 0 clear
}

raw_sends_any_code() {
	ctl raw $node GET_REGION
	ends_with 0
	says "STATUS_SUCCESS (00000000)"
	for name in IOCTL_DVD_GET_REGION dvd_get_region 0x00335014; do
		ctl_json raw $node $name
		ends_with 0
		holds '.name == "IOCTL_DVD_GET_REGION" and .code == "0x00335014"'
		holds '.information == 4 and .output == "01fc0100"'
	done
	ctl_json raw $node GET_REGION -l 3
	ends_with 7
	holds '.ntstatus.name == "STATUS_BUFFER_TOO_SMALL" and .information == 0'
	# READ_STRUCTURE of format 1: address 8, format 4, session 4, layer 1
	ctl_json raw $node READ_STRUCTURE 0000000000000000 01000000 00000000 00 -l 8
	holds '.output == "0600000001fc0000"'
	ctl raw $node 0x00335ffc
	ends_with 7
	complains "what the drive can do" || says "STATUS_INVALID_DEVICE_REQUEST"
}

raw_asks_before_what_changes_the_drive() {
	local key=1c000000000000000600000000000000000000000000000001000000

	clear_log
	ctl raw $node SEND_KEY2 $key </dev/null
	ends_with 9
	test -z "$(keys_sent)"
	# no change is left
	ctl_json raw $node SEND_KEY2 fd --yes
	ends_with 7
	holds '.ntstatus.name == "STATUS_INVALID_PARAMETER"'
	ctl_json raw $node SEND_KEY2 ${key%01000000}fd000000 --yes
	ends_with 7
	holds '.ntstatus.name == "STATUS_CSS_RESETS_EXHAUSTED"'
}

without_a_disc_it_says_so() {
	control 0 eject
	ctl_json list
	holds '.drives[0].disc == "none"'
	ctl structure $node 0
	ends_with 5
	complains "STATUS_NO_MEDIA_IN_DEVICE (c0000013)"
	complains "Insert a disc."
	ctl_json structure $node 0
	ends_with 5
	holds '.error.cause == "no-disc"'
	ctl_json info $node
	ends_with 0
	holds '.disc == "none" and .structures == []'
	control 0 insert
}

a_drive_that_is_not_a_dvd_drive_is_called_so() {
	control 1 "feature dvd_read off"
	for command in "info ntdvd1" "region get ntdvd1" "probe ntdvd1" "structure ntdvd1 0"; do
		# shellcheck disable=SC2086
		ctl $command
		ends_with 6
		complains "not a DVD drive"
		# shellcheck disable=SC2086
		ctl $command --json
		ends_with 6
		holds '.error.cause == "no-dvd-drive"'
	done
}

an_ordinary_user_needs_the_group() {
	ctl_as --clear-groups info $node
	ends_with 4
	complains "adduser"
	complains "cdrom"
	ctl_as --clear-groups info $node --json
	holds '.error.cause == "no-permission"'
	ctl_as --clear-groups list --json
	ends_with 0
	holds '.drives[0] | .disc == null and .features == null and .sessions == null'
	ctl_as "--groups=$(getent group cdrom | cut -d: -f3)" probe $node
	ends_with 0
	ctl_as --clear-groups sessions
	ends_with 4
	complains "root"
}

a_user_who_may_only_read_cannot_set_the_region() {
	chmod 640 $node
	ctl_as "--groups=$(getent group cdrom | cut -d: -f3)" region get $node
	ends_with 0
	ctl_as "--groups=$(getent group cdrom | cut -d: -f3)" region set $node 1 --yes
	chmod 660 $node
	ends_with 4
	complains "for writing"
}

wrong_usage_is_told_and_harms_nothing() {
	local arguments

	clear_log
	while read -r arguments; do
		# shellcheck disable=SC2086
		ctl $arguments </dev/null
		ends_with 1
		test -z "$text"
		test -s "$error"
	done <<-END

	frobnicate
	list all
	info
	info $node $node
	list --yes
	list --frobnicate
	region
	region get
	region put $node
	region set $node
	region set $node 0 --yes
	region set $node 9 --yes
	region set $node 1x --yes
	structure $node
	structure $node 256
	structure $node nonsense
	structure $node -1
	structure $node 0 --layer 256
	raw $node
	raw $node nonsense
	raw $node GET_REGION 0
	raw $node GET_REGION xy
	raw $node GET_REGION --length -1
	info /dev/null
	info /dev/sr0
	END
	test -z "$(keys_sent)"
	ctl_json info /dev/null
	ends_with 1
	holds '.error.cause == "usage"'
	ctl info /dev/ntdvd7
	ends_with 2
	ctl --help
	ends_with 0
	says "Usage: ntdvdctl"
	ctl --version
	says "$(dpkg-query -W -f '${Version}' ntdvd-tools)"
}

output_that_cannot_be_written_is_an_error() {
	ctl structure $node 0 -o /nonexistent/file
	ends_with 8
	complains "/nonexistent/file"
	status=0
	ntdvdctl list >/dev/full 2>/dev/null || status=$?
	ends_with 8
}

colour_is_for_terminals() {
	on_terminal "" list
	says $'\033[1m'
	NO_COLOR=1 on_terminal "" list
	if says $'\033'; then false; fi
	TERM=xterm ctl list
	if says $'\033'; then false; fi
}

completion_knows_commands_and_nodes() {
	local completions=/usr/share/bash-completion/completions/ntdvdctl

	# shellcheck source=tools/ntdvdctl/completion.bash
	. $completions
	complete -p ntdvdctl >/dev/null
	COMP_WORDS=(ntdvdctl st) COMP_CWORD=1
	_ntdvdctl
	test "${COMPREPLY[*]}" = structure
	COMP_WORDS=(ntdvdctl region get /dev/ntdvd1) COMP_CWORD=3
	_ntdvdctl
	test "${COMPREPLY[*]}" = /dev/ntdvd1
}

the_example_runs() {
	text=$("$build/example" $node)
	says "drive's regions 01, the disc's 03, 0 changes left"
	says "AGID 0: the drive answered the challenge with 8 bytes"
	no_agid_is_held
}

without_the_module_it_says_how_to_load_it() {
	rmmod ntdvd
	ctl list
	ends_with 3
	says "-             /dev/sr0"
	complains "sudo modprobe ntdvd"
	ctl_json info $node
	ends_with 3
	holds '.error.cause == "module-not-loaded"'
	ctl_json list
	ends_with 3
	holds '.drives[0].node == null and .error.cause == "module-not-loaded"'
	mv "/lib/modules/$(uname -r)/modules.dep" /run/
	ctl_json sessions
	mv /run/modules.dep "/lib/modules/$(uname -r)/"
	ends_with 3
	holds '.error.cause == "module-not-built"'
	modprobe ntdvd
}

run_tests the_readme_shows_a_real_run list_shows_drives_nodes_discs_and_features sessions_shows_who_holds_what \
	info_tells_of_drive_region_and_disc structure_is_decoded_and_kept_as_it_came \
	structure_that_is_long_comes_whole \
	structure_that_needs_authentication_is_refused_by_name \
	region_is_read_without_a_disc region_is_not_set_unless_confirmed \
	region_is_set_and_the_changes_counted \
	region_cannot_be_set_when_no_change_is_left \
	probe_goes_as_far_as_one_gets_without_keys \
	probe_says_which_step_failed_and_leaves_no_session \
	raw_sends_any_code raw_asks_before_what_changes_the_drive \
	without_a_disc_it_says_so a_drive_that_is_not_a_dvd_drive_is_called_so \
	an_ordinary_user_needs_the_group a_user_who_may_only_read_cannot_set_the_region \
	wrong_usage_is_told_and_harms_nothing output_that_cannot_be_written_is_an_error \
	colour_is_for_terminals completion_knows_commands_and_nodes the_example_runs \
	without_the_module_it_says_how_to_load_it
