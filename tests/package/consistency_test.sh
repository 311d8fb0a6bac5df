#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The public header, ntdvdctl, its help, its manual page and its JSON schema agree; the
# documentation is built without a warning; make install and uninstall. To be run from
# the top, with a directory for what is built, and the headers of a kernel.
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
		grep -qE "(DVD|OTHER)\(${name#IOCTL_}|DVD\(${name#IOCTL_DVD_}" \
			tools/ntdvdctl/words.c
	done < <(control_codes)
}

# What ntdvdctl says of itself
build_ntdvdctl() {
	gcc -O1 -D_GNU_SOURCE -DVERSION='"0"' -Iinclude/uapi -o "$build/ntdvdctl" \
		tools/ntdvdctl/*.c
}

# The first words of the lines of a section of the help
of_help() {
	local section=$1

	shift
	"$build/ntdvdctl" help "$@" | sed -n "/^$section/,/^\$/s/^  \([^ ].*\)/\1/p"
}

the_manual_page_has_each_command_with_its_options() {
	local command option synopsis described

	build_ntdvdctl
	of_help Commands: | cut -d' ' -f1 >"$build/names"
	test "$(wc -l <"$build/names")" -gt 8
	while read -r command; do
		synopsis=$(grep "^| \*\*ntdvdctl ${command}[ *]" Documentation/man/ntdvdctl.rst)
		grep -q "^\*\*${command}[ *]" Documentation/man/ntdvdctl.rst
		described=$(of_help Options: "$command" | grep -o -- '--[a-z]*' | grep -vx -- --help |
			sort -u)
		test "$described" = "$(grep -o -- '--[a-z]*' <<<"$synopsis" | sort -u)"
		for option in $described; do
			grep -q -- "^-[a-zA-Z].*, $option" Documentation/man/ntdvdctl.rst
		done
	done <"$build/names"
	test "$(grep -c '^| \*\*ntdvdctl' Documentation/man/ntdvdctl.rst)" = \
		$(($(wc -l <"$build/names") + 1))	# region has two
}

every_cause_is_in_the_manual_page_and_the_schema() {
	local cause

	grep -hoE '(RESULT_[A-Z_]*, |] = )"[a-z-]+"' tools/ntdvdctl/*.c |
		sed 's/.*"\(.*\)"/\1/' | sort -u >"$build/names"
	test "$(wc -l <"$build/names")" -gt 10
	while read -r cause; do
		grep -q -- "\`\`$cause\`\`" Documentation/man/ntdvdctl.rst
		grep -q "\"$cause\"" tools/ntdvdctl/schema.json
	done <"$build/names"
}

every_exit_status_is_in_the_manual_page_and_the_help() {
	local status

	build_ntdvdctl
	test "$(grep -cE '^[[:space:]]RESULT_[A-Z_]+ = [0-9],' tools/ntdvdctl/ntdvdctl.h)" = 10
	for status in {0..9}; do
		grep -qE "^$status [A-Z]" Documentation/man/ntdvdctl.rst
		"$build/ntdvdctl" help | tr '\n' ' ' | grep -q "[ ,:] $status [a-z]"
	done
}

there_is_one_version() {
	test "$(sed -n 's/^NTDVD_VERSION := //p' Kbuild)" = "$(dpkg-parsechangelog -S Version)"
	grep -qx "## $(dpkg-parsechangelog -S Version)" CHANGELOG.md
}

every_licence_has_its_text() {
	local licence

	git grep -hoE 'SPDX-License-Identifier: [A-Za-z0-9. -]+[A-Za-z0-9]' -- . ':!COPYING' ':!LICENSES' |
		sed 's/.*: //; s/ WITH /\n/; s/-only$//; s/-or-later$//' | sort -u >"$build/names"
	test -s "$build/names"
	while read -r licence; do
		test -s "LICENSES/preferred/$licence" || test -s "LICENSES/exceptions/$licence"
	done <"$build/names"
}

documentation_is_built_without_a_warning() {
	Documentation/build all "$build" >/dev/null
	test -s "$build"/html/index.html
	test -s "$build"/man/ntdvdctl.1
	grep -q 'struct ntdvd_device_control' "$build"/html/userspace-api/ntdvd.html
	grep -q '<svg\|\.svg' "$build"/html/how-it-works.html
	grep -q 'DVD_LAYER_DESCRIPTOR' "$build"/html/windows-contract.html
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
	grep -qx ./usr/local/lib/udev/rules.d/60-ntdvd.rules "$build/names"
	grep -qx ./usr/local/share/man/man1/ntdvdctl.1 "$build/names"
	grep -qx ./usr/local/include/linux/ntdvd.h "$build/names"
	test "$("$build/root/usr/local/bin/ntdvdctl" --version)" = \
		"ntdvdctl $(dpkg-parsechangelog -S Version)"
	make -s -C "$build/tree" uninstall "${arguments[@]}"
	test "$(installed)" = ./usr/local/bin/other
}

run_tests every_status_has_words every_control_code_is_known \
	the_manual_page_has_each_command_with_its_options \
	every_cause_is_in_the_manual_page_and_the_schema \
	every_exit_status_is_in_the_manual_page_and_the_help there_is_one_version \
	every_licence_has_its_text \
	documentation_is_built_without_a_warning \
	install_puts_files_that_uninstall_takes_away
