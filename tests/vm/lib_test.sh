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

run_tests guest_that_ended_without_a_test_has_failed \
	guest_that_failed_after_its_tests_has_failed run_without_a_test_has_failed \
	missing_package_lists_are_read system_without_debians_kernel_is_told \
	system_without_a_mirror_is_told part_of_no_stress_test_is_told
