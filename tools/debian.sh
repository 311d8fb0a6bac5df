# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every command that needs Debian's packages shares: how it speaks, the
# cache, packages that are installed, and packages and sources that are only
# unpacked. To be sourced from the top of the tree.

say() {
	echo ">> $*"
}

die() {
	echo "ntdvd: $*" >&2
	exit 1
}

# Without these, what Ctrl-C ended would be told as something that failed.
trap 'echo >&2; echo "ntdvd: interrupted" >&2; exit 130' INT

# As on Debian a user's has neither depmod nor modprobe
PATH=$PATH:/usr/sbin:/sbin

# Sets $cache.
find_cache() {
	local home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}

	if [ -n "${NTDVD_CACHE-}" ]; then
		cache=$NTDVD_CACHE
	elif [ -n "${XDG_CACHE_HOME:-$home}" ]; then
		cache=${XDG_CACHE_HOME:-$home/.cache}/ntdvd
	else
		die "there is no home directory to keep kernels in: set NTDVD_CACHE to a directory"
	fi
	cache=$(realpath -m "$cache")
	case $cache in
	*[[:space:]:]*)
		die "the kernel's build system supports no blanks and colons in paths: set NTDVD_CACHE to another directory than '$cache'"
		;;
	esac
}

find_cache

can_be_root() {
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

need_cache() {
	{ mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ]; } ||
		die "cannot write to the cache directory $cache: set NTDVD_CACHE to a directory that can have some gigabytes"
}

# Takes the lock of the cache, or $lock there.
need_debian() {
	command -v apt-get >/dev/null ||
		die "the tests need Debian's apt-get, for kernels and tools; this system has none"
	[ "$(dpkg --print-architecture)" = amd64 ] ||
		die "the tests need an amd64 machine; this is $(dpkg --print-architecture)"
	need_cache
	exec 9>"$cache/${lock:-lock}"
	flock -n 9 || { say "waiting for another run to end"; flock 9; }
}

# Ends because of a command that failed, with the last of its words in a file, and
# why, unless the disk is full: then what it left half done is removed as well.
give_up() {
	local what=$1 log=$2 why=${3-} rest=${4-} words free

	words=$(tail -n 1 "$log")
	free=$(df --output=avail -k "$cache" | tail -n 1)
	if [ "$free" -lt 65536 ] || grep -qiE 'no space left|enough free space' "$log"; then
		why="the disk is full"
		[ -z "$rest" ] || rm -rf "$rest"
	fi
	die "$what${why:+, $why} $words"
}

# What follows $2- in the name of the package that $1, which is for the newest of
# them, depends on; of another suite if one is given. Nothing if apt knows none.
newest_name() {
	local through=()

	[ -z "${3-}" ] || through=(private_apt)
	"${through[@]}" apt-cache depends "$1${3:+/$3}" 2>/dev/null |
		sed -n "s/.*Depends: $2-\([0-9].*\)/\1/p" | head -n 1 || :
}

# Sets $release, the version of the running release's kernel, and $series.
find_release() {
	local try

	for try in 1 2; do
		release=$(newest_name linux-image-amd64 linux-image)
		[ -z "$release" ] || break
		[ "$try" = 1 ] || die "apt knows no linux-image-amd64: is this Debian?"
		update_lists
	done
	series=$(echo "$release" | cut -d. -f1,2)
}

update_lists() {
	can_be_root ||
		die "the package lists are missing or old: run apt-get update as root, or install sudo"
	say "updating the package lists"
	as_root apt-get update >"$cache/apt.log" 2>&1 ||
		give_up "cannot update the package lists" "$cache/apt.log" "is the network up?"
}

# Installs the packages named that are missing.
need_packages() {
	local package missing=()

	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q ' installed$' || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	can_be_root ||
		die "these packages are missing, install them as root: ${missing[*]}"
	say "installing ${missing[*]}"
	apt_install install "${missing[@]}" && return
	update_lists
	apt_install install "${missing[@]}" ||
		give_up "cannot install ${missing[*]}" "$cache/apt.log" "is the network up?"
}

# Installs what debian/control needs for a build.
need_build_depends() {
	local missing

	need_packages dpkg-dev
	missing=$(dpkg-checkbuilddeps 2>&1) && return
	can_be_root || die "${missing#*: error: }: install them as root"
	say "installing what debian/control asks for"
	apt_install build-dep ./ && return
	update_lists
	apt_install build-dep ./ ||
		give_up "cannot install what debian/control asks for" "$cache/apt.log" "is the network up?"
}

apt_install() {
	local command=$1

	shift
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 \
		"$command" -y --no-install-recommends "$@" >"$cache/apt.log" 2>&1
}

# apt for other suites of the mirror that this machine uses, with a state of its
# own in the cache: the system's sources and lists stay as they are.
private_apt() {
	local command=$1

	shift
	"$command" -o Dir::Etc::sourcelist="$cache/apt/sources.list" \
		-o Dir::Etc::sourceparts=- -o Dir::State::Lists="$cache/apt/lists" \
		-o Dir::Cache="$cache/apt/cache" -o APT::Sandbox::User=root "$@"
}

# Sets $mirror, the one of Debian's that this machine uses.
find_mirror() {
	# shellcheck disable=SC2016 # for apt to expand
	mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' \
		'Component: main' | grep -v -- '-security$' | head -n 1 || :)
	[ -n "$mirror" ] || die "apt has no mirror configured"
}

# Makes the suites named known to private_apt, with packages and sources.
need_suites() {
	local type suite

	find_mirror
	mkdir -p "$cache"/apt/{lists/partial,cache/archives/partial}
	for suite; do
		for type in deb deb-src; do
			echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
		done
	done >"$cache/apt/wanted"
	cmp -s "$cache/apt/wanted" "$cache/apt/read" && return
	say "reading the package lists of $*"
	cp "$cache/apt/wanted" "$cache/apt/sources.list"
	rm -f "$cache/apt/read"
	private_apt apt-get update >"$cache/apt.log" 2>&1 ||
		give_up "cannot read the lists of $*" "$cache/apt.log" "is the network up?"
	mv "$cache/apt/wanted" "$cache/apt/read"
}

# Downloads a package and unpacks it to $cache/$2, once; $3 is its suite, if it
# is not of this release.
unpack_package() {
	local package=$1 to=$cache/$2 suite=${3-} work=$cache/$2.part try

	[ ! -d "$to" ] || return 0
	# an interrupted run may have left it
	rm -rf "$work"
	mkdir "$work"
	for try in 1 2; do
		say "downloading $package"
		if [ -n "$suite" ]; then
			(cd "$work" && private_apt apt-get download "$package/$suite" >apt.log 2>&1) && break
			rm -f "$cache/apt/read"
			give_up "cannot download $package of $suite" "$work/apt.log" "is the network up?"
		fi
		(cd "$work" && apt-get download "$package" >apt.log 2>&1) && break
		if [ "$try" = 2 ] || ! can_be_root; then
			give_up "cannot download $package" "$work/apt.log" "is the network up?"
		fi
		update_lists
	done
	dpkg-deb -x "$work"/*.deb "$work/root" 2>"$work/apt.log" ||
		give_up "cannot unpack $package:" "$work/apt.log"
	mv "$work/root" "$to"
	rm -rf "$work"
}

# The newest version of a package, of another suite if one is given; nothing if apt
# knows none.
version_of() {
	local through=()

	[ -z "${2-}" ] || through=(private_apt)
	"${through[@]}" apt-cache madison "$1" 2>/dev/null |
		awk -F ' *[|] *' -v suite=" ${2-}" 'index($3, suite) { print $2; exit }' || :
}

# The source of the kernel of $series, of another suite if one is given. Sets
# $source, and $harness, that of the user-space tests, to the first one.
need_source() {
	local version

	version=$(version_of "linux-source-$series" "${1-}")
	[ -n "$version" ] || die "apt knows no linux-source-$series"
	source=$cache/source-$version/linux-source-$series
	# shellcheck disable=SC2034 # for the tests
	: "${harness:=$source/tools/testing/selftests}"
	[ ! -d "$source" ] || return 0
	unpack_package "linux-source-$series" "package-$version" "${1-}"
	say "unpacking the source of Linux $series"
	rm -rf "$cache/source-$version.part"
	mkdir "$cache/source-$version.part"
	tar -C "$cache/source-$version.part" -xf \
		"$cache/package-$version/usr/src/linux-source-$series.tar.xz" \
		2>"$cache/source-$version.part/log" ||
		give_up "cannot unpack the source of Linux $series:" "$cache/source-$version.part/log"
	mv "$cache/source-$version.part" "$cache/source-$version"
	rm -rf "$cache/package-$version"
}
