#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/vm/tally takes nothing for passed but what has passed.
here=$(dirname "$0")
# shellcheck source=tests/selftests/tap.sh
. "$here/../selftests/tap.sh"

# The last line for so many lines of TAP
counts() {
	printf '%s\n' "$@" | "$here/tally" | tail -n 1
}

passed_and_failed_count() {
	test "$(counts 1..3 'ok 1 a' 'not ok 2 b' 'ok 3 c')" = '2 1'
}

subtests_count_and_not_their_sum() {
	test "$(counts 1..1 '    1..2' '    ok 1 a' '    not ok 2 b' 'not ok 1 both')" = '1 1'
}

test_without_a_result_has_failed() {
	test "$(counts 1..3 'ok 1 a' 'ok 2 b')" = '2 1'
}

program_that_ended_early_has_failed() {
	test "$(counts 1..2 'ok 1 a' 1..1 'ok 1 b')" = '2 1'
}

skipped_test_has_failed() {
	test "$(counts 1..2 'ok 1 a' 'ok 2 # SKIP no reason is good enough')" = '1 1'
}

test_that_the_host_cannot_have_counts_apart() {
	test "$(counts 1..2 'ok 1 a' "ok 2 # SKIP b: this host has no 'hang'")" = '1 0 1'
}

run_tests passed_and_failed_count subtests_count_and_not_their_sum \
	test_without_a_result_has_failed program_that_ended_early_has_failed \
	skipped_test_has_failed test_that_the_host_cannot_have_counts_apart
