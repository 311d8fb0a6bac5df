#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The recipes in packaging/, as far as Debian's makepkg, rpmbuild and nix can tell. To
# be run as root, in a clone.
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/../selftests/tap.sh"

version=$(sed -n 's/^NTDVD_VERSION := //p' Kbuild)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -c safe.directory="$PWD" archive --prefix="ntdvd-$version/" -o "$work/ntdvd-$version.tar.gz" HEAD

files=(bin/ntdvdctl include/linux/ntdvd.h lib/udev/rules.d/60-ntdvd.rules
	share/bash-completion/completions/ntdvdctl
	share/fish/vendor_completions.d/ntdvdctl.fish share/zsh/site-functions/_ntdvdctl
	share/ntdvdctl/schema.json "src/ntdvd-$version/dkms.conf"
	"src/ntdvd-$version/Kbuild" "src/ntdvd-$version/drivers/ntdvd/main.c"
	"src/ntdvd-$version/include/uapi/linux/ntdvd.h")

# Takes the list of what is in all the packages
has_all_files() {
	local file

	for file in "${files[@]}"; do
		grep -qxE "/?usr/$file" "$1" || { echo "# no $file"; return 1; }
	done
}

versions_are_that_of_the_module() {
	head -n 1 debian/changelog | grep -qF "($version)"
	grep -qx "PACKAGE_VERSION=\"$version\"" dkms.conf
	grep -qx "pkgver=$version" packaging/arch/PKGBUILD
	grep -qx "Version: *$version" packaging/rpm/ntdvd.spec
	grep -q "version = \"$version-" packaging/nix/default.nix
}

arch_packages_are_built() {
	local package

	mkdir "$work/arch" "$work/arch/pacman"
	cp packaging/arch/* "$work/ntdvd-$version.tar.gz" "$work/arch/"
	chmod 755 "$work"
	chown -R nobody "$work/arch"
	# It asks pacman what is installed, which knows nothing of Debian's.
	(cd "$work/arch" && runuser -u nobody -- env HOME="$work/arch" makepkg -d) \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log"; return 1; }
	for package in "$work"/arch/*.pkg.tar*; do
		tar -tf "$package"
	done >"$work/list"
	has_all_files "$work/list"
	grep -q 'GROUP="optical"' "$work"/arch/pkg/ntdvd-tools/usr/lib/udev/rules.d/60-ntdvd.rules
}

rpm_packages_are_built() {
	mkdir -p "$work/rpm/SOURCES"
	cp "$work/ntdvd-$version.tar.gz" "$work/rpm/SOURCES/"
	rpmbuild --nodeps --define "_topdir $work/rpm" -ba packaging/rpm/ntdvd.spec \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log"; return 1; }
	rpm -qlp "$work"/rpm/RPMS/*/*.rpm >"$work/list"
	has_all_files "$work/list"
}

# With a kernel and functions of nixpkgs that only look like them
nix_expression_is_evaluated_and_its_flags_install() {
	local flags

	flags=$(nix-instantiate --eval --strict --json -E '
		(import ./packaging/nix {
			lib = { cleanSource = x: x; licenses.gpl2Only = 1; platforms.linux = 1; };
			stdenv.mkDerivation = x: x;
			kernel = { version = "6"; modDirVersion = "6"; dev = "/"; moduleBuildDependencies = []; };
			python3Packages.sphinx = 1;
			graphviz = 1;
		}).makeFlags' 2>/dev/null | tr -d '[]"' | tr , ' ' | sed "s|DESTDIR=[^ ]*|DESTDIR=$work/nix|")
	# shellcheck disable=SC2086 # flags are words
	make $flags install-tools install-header >"$work/log" 2>&1
	test -x "$work/nix/bin/ntdvdctl"
	test -f "$work/nix/lib/udev/rules.d/60-ntdvd.rules"
}

run_tests versions_are_that_of_the_module arch_packages_are_built \
	rpm_packages_are_built nix_expression_is_evaluated_and_its_flags_install
