#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages on a machine that has none of them: install; and with a drive, an
# upgrade, a second kernel, and remove. To be run as root, with which of the two,
# the directories that have the packages and the newer ones, and the release of
# the other kernel.
part=$1 packages=$2 newer=$3 other=$4
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

installs_by_apt_alone() {
	apt-get install -y "$packages"/ntdvd-dkms_*.deb "$packages"/ntdvd-tools_*.deb
	dkms_has "$(version "$packages")" "$release"
	test -f "$(modinfo -n ntdvd)"
	test -n "$(modinfo -F signer ntdvd)"
}

a_drive_is_listed() {
	ntdvdctl list | grep -q /dev/ntdvd0
}

an_upgrade_replaces_the_module() {
	apt-get install -y "$newer"/ntdvd-dkms_*.deb "$newer"/ntdvd-tools_*.deb
	dkms_has "$(version "$newer")" "$release"
	test "$(dkms status | wc -l)" = 1
	is_loaded
	udevadm settle
	ntdvdctl list | grep -q /dev/ntdvd0
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

case $part in
install) run_tests installs_by_apt_alone ;;
change)
	run_tests a_drive_is_listed an_upgrade_replaces_the_module \
		a_second_kernel_gets_the_module removal_leaves_no_trace
	;;
esac
