#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages on a machine that has none of them: install, load where a drive
# is, upgrade, a second kernel, remove. To be run as root, with the directories
# that have the emulated drive's module, the packages, and the newer ones, and
# the release of the other kernel.
build=$1 packages=$2 newer=$3 other=$4
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

release=$(uname -r)

version() {
	dpkg-deb -f "$1"/ntdvd-dkms_*.deb Version
}

is_loaded() {
	test -d /sys/module/ntdvd
}

dkms_has() {
	dkms status | grep -qx "ntdvd/$1, $2, x86_64: installed"
}

plug_drive() {
	insmod "$build/ntdvd_drive.ko"
	udevadm settle
}

installs_by_apt_alone() {
	apt-get install -y "$packages"/ntdvd-dkms_*.deb "$packages"/ntdvd-tools_*.deb
	dkms_has "$(version "$packages")" "$release"
	test -f "$(modinfo -n ntdvd)"
	test -n "$(modinfo -F signer ntdvd)"
}

without_a_drive_nothing_is_loaded() {
	udevadm trigger --action=add
	udevadm settle
	if is_loaded; then false; fi
	status=0
	ntdvdctl list || status=$?
	test $status = 2
}

a_drive_loads_the_module() {
	plug_drive
	is_loaded
	test -d /sys/module/sr_mod
	ntdvdctl list | grep /dev/ntdvd0
}

the_node_is_for_the_group_and_the_seated_user() {
	local late

	test "$(stat -c '%G %a' /dev/ntdvd0)" = "cdrom 660"
	udevadm info -q property -n /dev/ntdvd0 | grep -x 'CURRENT_TAGS=.*:uaccess:.*'
	# the file that acts on the tag comes later
	late=$(echo /lib/udev/rules.d/*seat-late.rules)
	test "$(printf "%s\n" 60-ntdvd.rules "${late##*/}" | sort | head -n 1)" = 60-ntdvd.rules
}

the_link_is_to_the_first_drive() {
	test "$(readlink -f /dev/ntdvd)" = /dev/ntdvd0
}

an_upgrade_replaces_the_module() {
	local before

	before=$(modinfo -F srcversion ntdvd)
	apt-get install -y "$newer"/ntdvd-dkms_*.deb "$newer"/ntdvd-tools_*.deb
	dkms_has "$(version "$newer")" "$release"
	test "$(dkms status | wc -l)" = 1
	test -n "$before"
	is_loaded
	udevadm settle
	ntdvdctl list | grep /dev/ntdvd0
	test "$(ntdvdctl --version)" = "ntdvdctl $(version "$newer")"
}

a_second_kernel_gets_the_module() {
	apt-get install -y "linux-headers-$other"
	dkms_has "$(version "$newer")" "$other"
	dkms_has "$(version "$newer")" "$release"
}

removal_leaves_no_trace() {
	apt-get purge -y ntdvd-dkms ntdvd-tools
	if is_loaded; then false; fi
	test ! -e /dev/ntdvd0
	udevadm settle
	test ! -L /dev/ntdvd
	test -z "$(find /etc /lib /usr /var -xdev -path /var/lib/dpkg -prune -o \
		-path /var/cache -prune -o -path /var/log -prune -o \
		-name '*ntdvd*' -print)"
	test -z "$(dpkg-query -W -f '${Package} ${Status}\n' 'ntdvd-*' | grep ' installed')"
	if modinfo ntdvd; then false; fi
}

run_tests installs_by_apt_alone without_a_drive_nothing_is_loaded \
	a_drive_loads_the_module the_node_is_for_the_group_and_the_seated_user \
	the_link_is_to_the_first_drive an_upgrade_replaces_the_module \
	a_second_kernel_gets_the_module removal_leaves_no_trace
