#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The test commands never end without saying why, and take nothing for passed but
# what has passed.
# shellcheck disable=SC2016	# lines for script to run
top=$(realpath "$(dirname "$0")/../..")
# shellcheck source=tests/selftests/tap.sh
. "$top/tests/selftests/tap.sh"

# What a script says that runs these lines, with what the commands share
script() {
	(
		set -euo pipefail
		cd "$top"
		# shellcheck source=tests/vm/lib.sh
		. tests/vm/lib.sh
		work=$(mktemp -d)
		trap 'rm -r "$work"' EXIT
		eval "$1"
	) 2>&1
}

# What run_group says of a command, and its counts
group() {
	script "run_group group sh -c '$1'; echo \"\$passed \$failed\""
}

guest_that_ended_without_a_test_has_failed() {
	local said

	said=$(group 'echo last words >&2; exit 125')
	grep -qx 'last words' <<<"$said"
	grep -q 'failed with status 125' <<<"$said"
	test "$(tail -n 1 <<<"$said")" = '0 1'
}

guest_that_failed_after_its_tests_has_failed() {
	test "$(group 'echo 1..1; echo ok 1 a; exit 124' | tail -n 1)" = '1 1'
}

run_without_a_test_has_failed() {
	test "$(group true | tail -n 1)" = '0 1'
}

missing_package_lists_are_read() {
	test "$(script '
		apt-cache() {
			[ -e "$work/lists" ] || return 100
			echo "  Depends: linux-image-6.1.0-9-amd64"
		}
		update_lists() { touch "$work/lists"; }
		find_release
		echo "$release $series"')" = '6.1.0-9-amd64 6.1'
}

system_without_debians_kernel_is_told() {
	script 'apt-cache() { return 100; }
		update_lists() { :; }
		find_release' | grep -q 'is this Debian?'
}

system_without_a_mirror_is_told() {
	script 'apt-get() { :; }; need_suites sid' | grep -q 'no mirror'
}

part_of_no_stress_test_is_told() {
	script 'ONLY=nonsense NTDVD_CACHE=/dev/null tests/run stress' |
		grep -q 'ONLY=nonsense is none of fuzz,'
}

# What is said where a command of apt has failed with these words
apt_failed_with() {
	script 'apt-get() { echo "$words"; return 100; }
		as_root() { apt-get; }
		cache=$work words="'"$1"'"
		update_lists'
}

full_disk_is_not_the_network() {
	apt_failed_with 'E: Write error - write (28: No space left on device)' |
		grep -q '^ntdvd: .*the disk is full'
	apt_failed_with 'E: Temporary failure resolving' | grep -q '^ntdvd: .*is the network up?'
}

what_a_full_disk_cut_off_is_removed() {
	script 'cache=$work
		mkdir "$work/rest"
		echo "No space left on device" >"$work/log"
		(give_up "cannot build" "$work/log" "" "$work/rest") 2>/dev/null || :
		test ! -d "$work/rest"'
}

package_of_a_merged_root_is_found_by_either_kmod() {
	script 'mkdir -p "$work/new/usr/lib/modules/1" "$work/old/lib/modules/1"
		for root in new old; do
			merge_usr "$work/$root"
			test -d "$work/$root/lib/modules/1"
			test -d "$work/$root/usr/lib/modules/1"
		done'
}

list_that_was_not_read_whole_is_read_again() {
	script 'cache=$work
		apt-get() { echo http://mirror; }
		private_apt() { return 1; }
		(need_suites sid) || :
		private_apt() { touch "$work/again"; }
		need_suites sid
		test -e "$work/again"' >/dev/null
}

# The cache that this environment gives
cache_of() {
	(cd "$top" && env -u NTDVD_CACHE -u XDG_CACHE_HOME "$@" \
		bash -c '. tools/debian.sh; need_cache; echo "$cache"' 2>&1)
}

cache_is_no_shared_directory() {
	test "$(cache_of -u HOME)" = "$(getent passwd "$(id -u)" | cut -d: -f6)/.cache/ntdvd"
	test "$(cache_of HOME=/ NTDVD_CACHE=/tmp)" = /tmp
	cache_of HOME=/proc/1 | grep -q 'cannot write to .*: set NTDVD_CACHE'
	cache_of HOME='/tmp/a home' | grep -q "no blanks .*: set NTDVD_CACHE"
}

interruption_is_no_failure() {
	local said

	said=$(cd "$top" && timeout --foreground -s INT 1 setsid -w bash -c '
		. tools/debian.sh
		bash -c "trap \"exit 2\" INT; kill -INT \$PPID; exit 2" || die "cannot build"
		die "cannot build"' 2>&1) || :
	test "$(tail -n 1 <<<"$said")" = 'ntdvd: interrupted'
}

path_with_a_blank_is_refused_in_a_sentence() {
	local dir said

	dir=$(mktemp -d)
	ln -s "$top" "$dir/a blank"
	if said=$(cd "$dir/a blank" && make -f "$top/Makefile" -C "$dir/a blank" \
		CURDIR="$dir/a blank" 2>&1); then false; fi
	rm -r "$dir"
	test "$(grep -c . <<<"$said")" -le 3
	grep -q 'no blanks and colons in paths' <<<"$said"
}

# What make does for a kernel that was built with a compiler
make_for() {
	local dir

	dir=$(mktemp -d)
	echo "CONFIG_CC_IS_$1=y" >"$dir/.config"
	printf 'modules:\n\t@echo LLVM=$(LLVM)\n' >"$dir/Makefile"
	ln -s /bin/true "$dir/clang"
	# shellcheck disable=SC2031 # other tests have a PATH of their own
	env PATH="$dir:$PATH" make -s -C "$top" KDIR="$dir" "${@:2}"
	rm -r "$dir"
}

clangs_kernel_gets_a_module_of_clangs() {
	test "$(make_for CLANG | grep LLVM)" = LLVM=1
	test "$(make_for CLANG LLVM=-15 | grep LLVM)" = LLVM=-15
	test "$(make_for GCC | grep LLVM)" = LLVM=
}

run_tests guest_that_ended_without_a_test_has_failed \
	guest_that_failed_after_its_tests_has_failed run_without_a_test_has_failed \
	missing_package_lists_are_read system_without_debians_kernel_is_told \
	system_without_a_mirror_is_told part_of_no_stress_test_is_told \
	full_disk_is_not_the_network what_a_full_disk_cut_off_is_removed \
	package_of_a_merged_root_is_found_by_either_kmod \
	list_that_was_not_read_whole_is_read_again cache_is_no_shared_directory \
	interruption_is_no_failure clangs_kernel_gets_a_module_of_clangs \
	path_with_a_blank_is_refused_in_a_sentence
