#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the public header has, the program, its completion and the manual page
# know; and the documentation is built without a warning. To be run
# from the top, with a directory for what is
# built, and the headers of a kernel.
# shellcheck source=tests/selftests/tap.sh
. tests/selftests/tap.sh

build=$1 headers=$2
header=include/uapi/linux/ntdvd.h

every_status_has_words() {
	local name

	sed -n 's/^#define NTDVD_STATUS_\([A-Z_]*\).*/\1/p' $header >"$build/names"
	test -s "$build/names"
	while read -r name; do
		grep -q "STATUS($name," tools/ntdvdctl/words.c
	done <"$build/names"
}

# The Windows name: IOCTL_DVD_ but for AACS and STORAGE
control_codes() {
	sed -nE 's/^#define NTDVD_IOCTL_([A-Z0-9_]*)\s.*(0x[0-9a-f]{8}).*/\1 \2/p' $header |
		sed -E '/^(AACS|STORAGE)_/!s/^/DVD_/; s/^/IOCTL_/'
}

every_control_code_is_known() {
	local name code

	test "$(control_codes | wc -l)" -gt 20
	while read -r name code; do
		grep -qE "^ *$name +$code " Documentation/man/ntdvd.rst
		grep -qw "$name" tools/ntdvdctl/completion.bash
		grep -qE "(DVD|OTHER)\(${name#IOCTL_}|DVD\(${name#IOCTL_DVD_}" \
			tools/ntdvdctl/words.c
	done < <(control_codes)
}

every_option_is_in_the_manual_page() {
	local option

	sed -n 's/^\t{ "\([a-z]*\)", \(no\|required\)_argument.*/\1/p' \
		tools/ntdvdctl/ntdvdctl.c >"$build/names"
	test -s "$build/names"
	while read -r option; do
		grep -q -- "--$option" Documentation/man/ntdvdctl.rst
	done <"$build/names"
}

every_cause_is_in_the_manual_page() {
	local cause

	grep -hoE '(RESULT_[A-Z_]*, |] = )"[a-z-]+"' tools/ntdvdctl/*.c |
		sed 's/.*"\(.*\)"/\1/' | sort -u >"$build/names"
	test -s "$build/names"
	while read -r cause; do
		grep -q -- "\`\`$cause\`\`" Documentation/man/ntdvdctl.rst
	done <"$build/names"
}

documentation_is_built_without_a_warning() {
	Documentation/build all "$build" >/dev/null
	test -s "$build"/html/index.html
	test -s "$build"/man/ntdvdctl.1
	grep -q 'struct ntdvd_device_control' "$build"/html/userspace-api/ntdvd.html
	grep -q '<svg\|\.svg' "$build"/html/how-it-works.html
}

# Names of files that make install puts below $DESTDIR
installed() {
	(cd "$build/root" && find . -type f | sort)
}

install_puts_files_that_uninstall_takes_away() {
	local arguments=("KDIR=$headers" RELEASE=6.1 "DESTDIR=$build/root")

	mkdir -p "$build/tree" "$build/root/usr/local/bin"
	echo other >"$build/root/usr/local/bin/other"
	cp -r Documentation Kbuild Makefile debian drivers include tools udev "$build/tree/"
	make -s -C "$build/tree" install "${arguments[@]}" >"$build/log" 2>&1 ||
		{ cat "$build/log"; false; }
	installed >"$build/names"
	grep -qx ./usr/local/bin/ntdvdctl "$build/names"
	grep -qx ./lib/modules/6.1/updates/ntdvd.ko "$build/names"
	grep -qx ./usr/lib/udev/rules.d/60-ntdvd.rules "$build/names"
	grep -qx ./usr/local/share/man/man1/ntdvdctl.1 "$build/names"
	grep -qx ./usr/local/include/linux/ntdvd.h "$build/names"
	test "$("$build/root/usr/local/bin/ntdvdctl" --version)" = \
		"ntdvdctl $(dpkg-parsechangelog -S Version)"
	make -s -C "$build/tree" uninstall "${arguments[@]}"
	test "$(installed)" = ./usr/local/bin/other
}

run_tests every_status_has_words every_control_code_is_known \
	every_option_is_in_the_manual_page every_cause_is_in_the_manual_page \
	documentation_is_built_without_a_warning \
	install_puts_files_that_uninstall_takes_away
