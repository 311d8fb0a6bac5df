#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The public header's codes and layouts are Windows', for 32-bit and 64-bit.
here=$(dirname "$0")
# shellcheck source=tests/selftests/tap.sh
. "$here/../selftests/tap.sh"

compile() {
	# the kernel's types, but Windows' C library
	"$@" -fsyntax-only -Wall -Werror -I"$here/../../include/uapi" \
		-idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu \
		"$here/layout.c"
}

mingw_w64_has_the_same_layouts() {
	compile x86_64-w64-mingw32-gcc
}

header_compiles_alone() {
	local bits

	for bits in 32 64; do
		echo '#include <linux/ntdvd.h>' |
			gcc -m$bits -fsyntax-only -Wall -Wextra -Werror -pedantic \
				-std=c99 -I"$here/../../include/uapi" -x c -
	done
	echo '#include <linux/ntdvd.h>' |
		g++ -fsyntax-only -Wall -Wextra -I"$here/../../include/uapi" -x c++ -
}

run_tests mingw_w64_has_the_same_layouts header_compiles_alone
