#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a locked-down kernel, as with Secure Boot, and a machine without a drive
# look like. There is no way back, so these are the last. To be run as root, with
# the emulated drive and without ntdvd.
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

error=$(mktemp)

ctl() {
	status=0
	text=$(ntdvdctl "$@" 2>"$error") || status=$?
}

secure_boot_is_recognised() {
	rmmod ntdvd
	echo integrity >/sys/kernel/security/lockdown
	if modprobe ntdvd 2>/dev/null; then false; fi
	ctl list
	test "$status" = 3
	grep -qF "Secure Boot" "$error"
	grep -qF "mokutil --import" "$error"
	ctl info ntdvd0 --json
	test "$status" = 3
	jq -e '.error.cause == "secure-boot"' <<<"$text" >/dev/null
}

without_a_drive_it_says_so() {
	rmmod ntdvd_drive
	ctl list
	test "$status" = 2
	grep -qF "no CD or DVD drive" "$error"
	ctl info /dev/ntdvd0 --json
	test "$status" = 2
	jq -e '.error.cause == "no-drive"' <<<"$text" >/dev/null
	ctl list --json
	jq -e '.drives == [] and .error.cause == "no-drive"' <<<"$text" >/dev/null
}

run_tests secure_boot_is_recognised without_a_drive_it_says_so
