#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A drive loads the module, and udev gives its node to the right people. To be
# run as root, with the packages installed, udev running and no drive, and with
# the directory that has the emulated drive's module.
build=$1
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

without_a_drive_nothing_is_loaded() {
	udevadm trigger --action=add --subsystem-match=scsi_host --subsystem-match=pci
	udevadm settle
	test ! -d /sys/module/ntdvd
}

a_drive_loads_the_module() {
	modprobe scsi_mod
	insmod "$build/ntdvd_drive.ko" drives=2
	udevadm settle
	test -d /sys/module/ntdvd
	# the alias is sr's as well
	test -d /sys/module/sr_mod
	test -c /dev/ntdvd0
	test -c /dev/ntdvd1
}

the_node_is_for_the_group_and_the_seated_user() {
	local late

	test "$(stat -c '%G %a' /dev/ntdvd0)" = "cdrom 660"
	udevadm info -q property -n /dev/ntdvd0 | grep -qx 'CURRENT_TAGS=.*:uaccess:.*'
	# the file that acts on the tag comes later
	late=$(echo /lib/udev/rules.d/*seat-late.rules)
	test "$(printf '%s\n' 60-ntdvd.rules "${late##*/}" | sort | head -n 1)" = 60-ntdvd.rules
}

the_link_is_to_the_first_drive() {
	test "$(readlink -f /dev/ntdvd)" = /dev/ntdvd0
}

run_tests without_a_drive_nothing_is_loaded a_drive_loads_the_module \
	the_node_is_for_the_group_and_the_seated_user the_link_is_to_the_first_drive
