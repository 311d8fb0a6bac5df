#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# /dev/ntdvdN is there when /dev/srN is. To be run as root, with the modules
# in the directory given, and the host; with "every" in every order of loading and
# removing them and nothing else.
modules=$1
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/hosts.sh
. "$(dirname "$0")/../hosts.sh"
host=$2

load() {
	case $1 in
	sr) modprobe sr_mod ;;
	ntdvd) modprobe scsi_mod; insmod "$modules/ntdvd.ko" ;;
	host)
		add_drives "$modules" "${drives:-2}"
		wait_until has_devices "${drives:-2}"
		;;
	esac
}

unload() {
	local module

	# shellcheck disable=SC2121 # these are the arguments
	[ $# -gt 0 ] || set ntdvd host sr
	for module; do
		case $module in
		sr) module=sr_mod ;;
		host)
			! has_drives || remove_drives
			continue
			;;
		esac
		[ ! -d "/sys/module/$module" ] || rmmod "$module"
	done
}

scsi_device() {
	readlink -f "/sys/block/$1/device"
}

has_nodes() {
	local n

	wait_until has_so_many_nodes $#
	for n in "$@"; do
		test -b "/dev/sr$n"
		test -c "/dev/ntdvd$n"
		test "$(readlink -f "/sys/class/misc/ntdvd$n/device")" = "$(scsi_device "sr$n")"
	done
}

# Loads three modules in the order of their names, and removes them as well.
in_order() {
	unload
	load "$1"
	load "$2"
	load "$3"
	has_nodes 0 1
	shift 3
	unload "$@"
	has_nodes
}

# Makes a test of it, with a name that says the order.
orders=()
define_order() {
	local name

	name=$(printf '%s_' "$@")
	name=loaded_${name%_}
	eval "$name() { in_order $*; }"
	orders+=("$name")
}

permutations=("ntdvd sr host" "ntdvd host sr" "sr ntdvd host" "sr host ntdvd"
	"host ntdvd sr" "host sr ntdvd")

rebinding_sr_brings_the_node_back() {
	local device

	load sr; load host; load ntdvd
	device=$(basename "$(scsi_device sr1)")
	echo "$device" >/sys/bus/scsi/drivers/sr/unbind
	has_nodes 0
	echo "$device" >/sys/bus/scsi/drivers/sr/bind
	has_nodes 0 1
	unload
}

unplugging_takes_the_node_away() {
	local other

	load sr; load host; load ntdvd
	has_nodes 0 1
	other=$(number_of 1)
	tell_drive 0 unplug
	has_nodes "$other"
	tell_drive 0 plug
	has_nodes 0 1
	unload
}

number_is_that_of_sr_and_not_counted() {
	local drive=0

	load sr; load host
	wait_until test -e /sys/class/block/sr1
	[ "$(number_of 0)" = 0 ] || drive=1
	tell_drive $drive unplug
	wait_until has_devices 1
	load ntdvd
	has_nodes 1
	unload
}

unload_is_refused_while_a_file_is_open() {
	load sr; load host; load ntdvd
	exec 3</dev/ntdvd0
	if rmmod ntdvd 2>/dev/null; then false; fi
	exec 3<&-
	rmmod ntdvd
	has_nodes
	unload
}

open_files_outlive_sr_and_the_host_module() {
	load sr; load host; load ntdvd
	exec 3</dev/ntdvd0 4</dev/ntdvd1
	remove_drives
	rmmod sr_mod
	has_nodes
	exec 4<&- 3<&-
	unload
}

# as many as the host can have
many_drives() {
	local many=8

	[ "$host" != scsi ] || many=64
	load sr; load ntdvd; drives=$many load host
	wait_until has_so_many_nodes $many
	test -c "/dev/ntdvd$((many - 1))"
	unload
}

has_slow_disk() {
	grep -qs scsi_debug /sys/bus/scsi/devices/*/model
}

# A disk whose commands take 3 s each, and it is asked some before it is there. The
# host that drives are on makes no difference.
slow_disk_holds_up_neither_loading_nor_plugging() {
	load sr
	modprobe sd_mod
	modprobe scsi_debug delay=750 &
	wait_until has_slow_disk
	load ntdvd; load host
	has_nodes 0 1
	if compgen -G '/sys/block/sd*'; then false; fi
	unload
	wait
	wait_until compgen -G '/sys/block/sd*'
	rmmod scsi_debug
}

if [ "${3-}" = every ]; then
	for load in "${permutations[@]}"; do
		for remove in "${permutations[@]}"; do
			# shellcheck disable=SC2086 # each word of them
			define_order $load $remove
		done
	done
	run_tests "${orders[@]}"
	exit
fi
for load in "${permutations[@]}"; do
	# shellcheck disable=SC2086
	define_order $load
done
slow=()
[ "${3-}" != slow ] || slow=(slow_disk_holds_up_neither_loading_nor_plugging)
run_tests "${orders[@]}" rebinding_sr_brings_the_node_back \
	unplugging_takes_the_node_away number_is_that_of_sr_and_not_counted \
	unload_is_refused_while_a_file_is_open \
	open_files_outlive_sr_and_the_host_module many_drives "${slow[@]}"
