# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# TAP for tests in shell: each test is a function, named for the behaviour that
# it holds; it fails with the first command in it that does.

run_tests() {
	local name number=0 failed=0

	echo "TAP version 13"
	echo "1..$#"
	for name in "$@"; do
		number=$((number + 1))
		(
			set -eE
			trap 'echo "# line $LINENO: $BASH_COMMAND"' ERR
			"$name"
		)
		# In a condition, errexit would not count.
		# shellcheck disable=SC2181
		if [ $? = 0 ]; then
			echo "ok $number $name"
		else
			echo "not ok $number $name"
			failed=1
		fi
	done
	return $failed
}
