#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make install brings a machine to where the packages do, and make uninstall back,
# with the packages' own files left alone. To be run as root with udev running and
# no drive, with the directory of the emulated drive's module and a built tree.
build=$1 tree=$2
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

packaged=/usr/lib/udev/rules.d/60-ntdvd.rules

# Not in all of /usr, which takes minutes there
traces() {
	find /etc /usr/lib/udev /usr/local/{bin,include,lib/udev,share} \
		"/lib/modules/$(uname -r)/" -xdev -name '*ntdvd*'
}

installs_a_module_that_a_drive_loads() {
	echo "# of the package" >"$packaged"
	make -C "$tree" install
	test -f "/lib/modules/$(uname -r)/updates/ntdvd.ko"
	modprobe scsi_mod
	insmod "$build/ntdvd_drive.ko"
	udevadm settle
	test -c /dev/ntdvd0
	test "$(stat -c '%G %a' /dev/ntdvd0)" = "cdrom 660"
	ntdvdctl list | grep -q '^/dev/ntdvd0 '
}

the_module_is_the_signed_one() {
	test "$(modinfo -F signer ntdvd)" = ntdvd-test
}

leaves_the_rule_of_the_packages_alone() {
	grep -qx "# of the package" "$packaged"
}

uninstalls_without_a_trace() {
	make -C "$tree" uninstall
	test ! -d /sys/module/ntdvd
	grep -qx "# of the package" "$packaged"
	rm "$packaged"
	traces >/run/trace
	sed 's/^/# /' /run/trace
	test ! -s /run/trace
}

uninstalls_where_the_kernel_has_no_modules() {
	make -C "$tree" RELEASE=0.0.0 uninstall
}

refuses_where_dkms_has_the_module() {
	local said

	mkdir -p "/lib/modules/$(uname -r)/updates/dkms"
	touch "/lib/modules/$(uname -r)/updates/dkms/ntdvd.ko.xz"
	if said=$(make -C "$tree" install 2>&1); then false; fi
	grep -q "remove the package ntdvd-dkms first" <<<"$said"
	test ! -e "/lib/modules/$(uname -r)/updates/ntdvd.ko"
}

run_tests installs_a_module_that_a_drive_loads the_module_is_the_signed_one \
	leaves_the_rule_of_the_packages_alone \
	uninstalls_without_a_trace uninstalls_where_the_kernel_has_no_modules \
	refuses_where_dkms_has_the_module
