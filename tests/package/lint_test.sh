#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What Debian's tools say of the packages in a directory.
packages=$1
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

# Newer ones ask for a home page, and an identifier with its domain, and there is none
# yet; what else AppStream says is
# for the next test. Older ones do not know the tag, so that it cannot be suppressed.
lintian_finds_nothing() {
	local found

	found=$(lintian --allow-root "$packages"/*.deb 2>&1 | grep -v '^[NIP]:' |
		grep -v ' appstream-metadata-validation-failed ' || :)
	[ -z "$found" ] || { echo "# ${found//$'\n'/$'\n'# }"; return 1; }
}

appstream_takes_the_metainfo() {
	local found

	found=$(appstreamcli validate --no-net tools/ntdvd.metainfo.xml 2>&1 || :)
	grep -q 'Validation ' <<<"$found"
	found=$(grep '^[EW]:' <<<"$found" | grep -vE ': (url-homepage-missing$|cid-is-not-rdns )' || :)
	[ -z "$found" ] || { echo "# ${found//$'\n'/$'\n'# }"; return 1; }
}

run_tests lintian_finds_nothing appstream_takes_the_metainfo
