#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs each test program with an emulated drive that nobody has used.
DIR=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
. "$DIR/../../kselftest/ktap_helpers.sh"

programs="
	@PROGRAMS@"

# Loads a module, and notes it if it was not there before.
loaded=()
load() {
	local before=0

	[ ! -d "/sys/module/$1" ] || before=1
	modprobe -q "$1" || return
	[ $before = 1 ] || [ ! -d "/sys/module/$1" ] || loaded=("$1" "${loaded[@]}")
}

# Waits for what becomes true; a minute is too long.
wait_until() {
	for _ in {1..600}; do
		"$@" && return
		sleep 0.1
	done
	ktap_print_msg "waited a minute for: $*"
	return 1
}

has_node() {
	compgen -G '/dev/ntdvd*' >/dev/null
}

run() {
	local program=$1 status

	insmod "$DIR/drive/ntdvd_drive.ko" && wait_until has_node &&
		"$DIR/$program" | sed 's/^/# /'
	status=$?
	rmmod ntdvd_drive || status=1
	return $status
}

unload() {
	[ ${#loaded[@]} = 0 ] || rmmod "${loaded[@]}"
}

skip() {
	unload
	ktap_skip_all "$1"
	exit "$KSFT_SKIP"
}

ktap_print_header
[ "$(id -u)" = 0 ] || skip "must be root"
[ -d /sys/kernel/debug/tracing ] || skip "no debugfs with tracing"
for module in sr_mod sg ntdvd; do
	load $module || skip "no module $module"
done
! has_node || skip "there is a DVD drive"

set -o pipefail
# shellcheck disable=SC2086 # each of them
set -- $programs
ktap_set_plan $(($# + 1))
for program; do
	ktap_test_result "$program" run "$program"
done
ktap_test_result "modules_can_be_removed" unload
ktap_finished
