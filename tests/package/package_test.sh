#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages on a machine of tests/package/lifecycle: install; booted: remove;
# change: a second kernel, an upgrade, remove. To be run as root, with which of
# the three, the directory of what was built, the kernel's release and that of the
# other kernel.
part=$1 packages=$2/packages newer=$2/newer release=$3 other=${4-}
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

version() {
	dpkg-deb -f "$1"/ntdvd-dkms_*.deb Version
}

dkms_has() {
	dkms status | grep -qx "ntdvd/$1, $2, x86_64: installed"
}

installs_by_apt_alone() {
	apt-get install -y "$packages"/ntdvd-dkms_*.deb "$packages"/ntdvd-tools_*.deb
	dkms_has "$(version "$packages")" "$release"
	test -f "$(modinfo -k "$release" -n ntdvd)"
	test -n "$(modinfo -k "$release" -F signer ntdvd)"
}

a_drive_is_listed() {
	ntdvdctl list | grep -q '^/dev/ntdvd0 '
}

removal_unloads_the_module() {
	apt-get purge -y ntdvd-dkms
	test ! -d /sys/module/ntdvd
	test ! -e /dev/ntdvd0
	udevadm settle
	test ! -L /dev/ntdvd
	if modinfo ntdvd 2>/dev/null; then false; fi
}

a_second_kernel_gets_the_module() {
	apt-get install -y "linux-headers-$other"
	dkms_has "$(version "$packages")" "$other"
	dkms_has "$(version "$packages")" "$release"
}

an_upgrade_replaces_the_module_for_both() {
	apt-get install -y "$newer"/ntdvd-dkms_*.deb "$newer"/ntdvd-tools_*.deb
	dkms_has "$(version "$newer")" "$release"
	dkms_has "$(version "$newer")" "$other"
	test "$(dkms status | wc -l)" = 2
	test "$(ntdvdctl --version)" = "ntdvdctl $(version "$newer")"
}

removal_leaves_no_trace() {
	apt-get purge -y ntdvd-dkms ntdvd-tools
	find /etc /lib/ /usr /var -xdev -path /var/lib/dpkg -prune -o \
		-path /var/cache -prune -o -path /var/log -prune -o -path /var/tmp -prune -o \
		-name '*ntdvd*' ! -name '*ntdvd-test*' -print >/run/trace
	sed 's/^/# /' /run/trace
	test ! -s /run/trace
	test -z "$(dkms status)"
}

case $part in
install) run_tests installs_by_apt_alone ;;
booted) run_tests a_drive_is_listed removal_unloads_the_module ;;
change)
	run_tests a_second_kernel_gets_the_module \
		an_upgrade_replaces_the_module_for_both removal_leaves_no_trace
	;;
esac
