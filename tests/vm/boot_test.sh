#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/vm/boot never takes a guest that failed for one that did not.
# Takes the directory of a build (with fault.ko), a kernel, its modules, and the
# faults to make in it.
build=$1 kernel=$2 modules=$3
shift 3
here=$(dirname "$0")
# shellcheck source=tests/selftests/tap.sh
. "$here/../selftests/tap.sh"

boot() {
	"$here/boot" --kernel "$kernel" --modules "$modules" --timeout "${limit:-300}" \
		-- "$@" 2>&1
}

fails_with() {
	local status=$1 message=$2 output got=0

	shift 2
	output=$(boot "$@") || got=$?
	if [ "$got" != "$status" ] || ! grep -q "$message" <<<"$output"; then
		echo "# exit status $got with these last words, not $status with '$message':"
		tail -n 20 <<<"$output" | sed 's/^/# /'
		return 1
	fi
}

output_and_status_come_back() {
	fails_with 7 '^said so$' sh -c 'echo said so; exit 7'
}

is_reported() {
	fails_with 125 "$2" sh -c "insmod '$build/fault.ko' kind=$1 &&
		{ [ $1 != leak ] || tests/guest leaks -; }"
}

oops_is_reported() { is_reported oops 'BUG: kernel NULL pointer'; }
warning_is_reported() { is_reported warning 'WARNING: .* fault_warning'; }
kasan_is_reported() { is_reported kasan 'BUG: KASAN: .*use-after-free'; }
ubsan_is_reported() { is_reported ubsan 'UBSAN: shift-out-of-bounds'; }
lockdep_is_reported() { is_reported lockdep 'possible circular locking'; }
leak_is_reported() { is_reported leak 'unreferenced object'; }

early_end_is_reported() {
	fails_with 125 'the guest ended early' busybox reboot -f
}

hang_is_reported() {
	limit=15 fails_with 124 'the guest hung' sleep 1000
}

slow_guest_is_no_hang() {
	# shellcheck disable=SC2016 # for the guest's shell
	limit=15 fails_with 0 '^3$' sh -c 'for i in 1 2 3; do sleep 8; echo $i; done'
}

nothing_is_written_to_the_host() {
	local mark

	mark=$(mktemp -u)
	boot touch "$mark"
	test ! -e "$mark"
}

# What boot reports if these lines are all that the console has: in the place of
# QEMU is a program that writes them there.
report_on() {
	local dir

	dir=$(mktemp -d)
	printf '%s\n' "$@" >"$dir/lines"
	cat >"$dir/qemu-system-x86_64" <<-END
	#!/bin/bash
	for argument; do
		[[ \$argument != file:* ]] || cp "$dir/lines" "\${argument#file:}"
	done
	END
	chmod +x "$dir/qemu-system-x86_64"
	PATH=$dir:$PATH boot true || test $? = 125
	rm -r "$dir"
}

# The words of arm64, and of s390 for an illegal operation and for a bad pointer
oops_is_reported_from_its_first_line() {
	local first

	for first in \
		'Unable to handle kernel NULL pointer dereference at virtual address 0' \
		'illegal operation: 0001 ilc:3 [#1] SMP' \
		'Unable to handle kernel pointer dereference in virtual kernel address space'; do
		test "$(report_on 'sr 0:0:0:0: Attached' "$first" 'Call Trace:' |
			sed -n '/reported a fault/{n;p}')" = "$first"
	done
}

if [ $# -gt 0 ]; then
	run_tests "${@/%/_is_reported}"
else
	run_tests output_and_status_come_back early_end_is_reported \
		hang_is_reported slow_guest_is_no_hang nothing_is_written_to_the_host \
		oops_is_reported_from_its_first_line
fi
