# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel source that the series is for. To be sourced after tools/debian.sh.

suites=(trixie-backports sid experimental)

# Sets $linux: LINUX, or the newest source that Debian has in any suite.
# shellcheck disable=SC2154 # tools/debian.sh sets what is not set here
need_linux() {
	local suite found newest=0 from

	linux=${LINUX-}
	if [ -z "$linux" ]; then
		need_suites "${suites[@]}"
		for suite in "${suites[@]}"; do
			found=$(newest_name linux-source linux-source "$suite")
			if [ -n "$found" ] && dpkg --compare-versions "$found" gt "$newest"; then
				newest=$found from=$suite
			fi
		done
		[ "$newest" != 0 ] || die "none of ${suites[*]} has a linux-source"
		# for need_source
		# shellcheck disable=SC2034
		series=$newest
		need_source "$from"
		linux=$source
	fi
	[ -f "$linux/scripts/checkpatch.pl" ] || die "LINUX is '$linux', which is no kernel source"
	linux=$(realpath "$linux")
	grep -q kzalloc_obj "$linux/include/linux/slab.h" ||
		die "the series is for a newer kernel than that of $linux"
	linux_version=$(make -s -C "$linux" kernelversion)
}

# Writes the patches to a directory.
make_series() {
	say "writing ntdvd as patches for Linux $linux_version"
	series/generate "$linux" "$1"
}
