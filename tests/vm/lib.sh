# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the test commands share: packages, kernels in the cache, module builds,
# guests. To be sourced from the top of the tree; $work is a directory for a run.

cache=${NTDVD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/ntdvd}

say() {
	echo ">> $*"
}

die() {
	echo "ntdvd: $*" >&2
	exit 1
}

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

need_debian() {
	command -v apt-get >/dev/null ||
		die "the tests need Debian's apt-get, for kernels and tools; this system has none"
	[ "$(dpkg --print-architecture)" = amd64 ] ||
		die "the tests need an amd64 machine; this is $(dpkg --print-architecture)"
	mkdir -p "$cache" || die "cannot make the cache directory $cache"
	exec 9>"$cache/lock"
	flock -n 9 || { say "waiting for another run to end"; flock 9; }
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
		die "cannot update the package lists, is the network up? $(tail -n 1 "$cache/apt.log")"
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
	apt_install "${missing[@]}" && return
	update_lists
	apt_install "${missing[@]}" ||
		die "cannot install ${missing[*]}: $(tail -n 1 "$cache/apt.log")"
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y \
		--no-install-recommends "$@" >"$cache/apt.log" 2>&1
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

# Makes the suites named known to private_apt, with packages and sources.
need_suites() {
	local site type suite

	# shellcheck disable=SC2016 # for apt to expand
	site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' \
		'Component: main' | grep -v -- '-security$' | head -n 1 || :)
	[ -n "$site" ] || die "apt has no mirror configured"
	mkdir -p "$cache"/apt/{lists/partial,cache/archives/partial}
	for suite; do
		for type in deb deb-src; do
			echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"
		done
	done >"$cache/apt/wanted"
	cmp -s "$cache/apt/wanted" "$cache/apt/sources.list" && return
	say "reading the package lists of $*"
	cp "$cache/apt/wanted" "$cache/apt/sources.list"
	private_apt apt-get update >"$cache/apt.log" 2>&1 ||
		{ rm "$cache/apt/sources.list"
		  die "cannot read the lists of $*, is the network up? $(tail -n 1 "$cache/apt.log")"; }
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
			rm -f "$cache/apt/sources.list"
			die "cannot download $package of $suite, is the network up? $(tail -n 1 "$work/apt.log")"
		fi
		(cd "$work" && apt-get download "$package" >apt.log 2>&1) && break
		if [ "$try" = 2 ] || ! can_be_root; then
			die "cannot download $package, is the network up? $(tail -n 1 "$work/apt.log")"
		fi
		update_lists
	done
	dpkg-deb -x "$work"/*.deb "$work/root"
	mv "$work/root" "$to"
	rm -rf "$work"
}

# Debian's own kernel of the running release, unpacked. Sets $stock.
need_stock_kernel() {
	local dir=stock-$release

	unpack_package "linux-image-$release" "$dir" "${1-}"
	stock=$cache/$dir
	[ -f "$stock/lib/modules/$release/modules.dep" ] ||
		depmod -b "$stock" "$release"
}

# The headers of that kernel, of another suite. Sets $headers.
need_headers() {
	local common=${release%-amd64}-common kbuild=${release%-amd64} root

	root=$cache/headers-$release
	# shellcheck disable=SC2034 # for the caller
	headers=$root/usr/src/linux-headers-$release
	[ ! -d "$root" ] || return 0
	rm -rf "$root.parts"
	mkdir "$root.parts"
	for package in "linux-headers-$release" "linux-headers-$common" "linux-kbuild-$kbuild"; do
		unpack_package "$package" "${root##*/}.parts/$package" "$1"
		cp -r "$root.parts/$package/." "$root.parts/root"
		rm -rf "${root:?}.parts/$package"
	done
	# It names the common part by where the package has it.
	sed -i "s|/usr/src/|$root/usr/src/|" "$root.parts/root/usr/src/linux-headers-$release/Makefile"
	mv "$root.parts/root" "$root"
	rm -rf "$root.parts"
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
	: "${harness:=$source/tools/testing/selftests}"
	[ ! -d "$source" ] || return 0
	unpack_package "linux-source-$series" "package-$version" "${1-}"
	say "unpacking the source of Linux $series"
	rm -rf "$cache/source-$version.part"
	mkdir "$cache/source-$version.part"
	tar -C "$cache/source-$version.part" -xf \
		"$cache/package-$version/usr/src/linux-source-$series.tar.xz"
	mv "$cache/source-$version.part" "$cache/source-$version"
	rm -rf "$cache/package-$version"
}

# A tree of the kernel at $source to build external modules with, but for symbol
# versions, as the arguments of make after its name say. Sets $prepared.
need_prepared_tree() {
	local name=$1

	shift
	prepared=$cache/$name-$series-$(echo "$source" | sha256sum | cut -c1-12)
	[ ! -f "$prepared/done" ] || return 0
	say "preparing a kernel tree for $name"
	mkdir -p "$prepared"
	{
		make -C "$source" "$@" O="$prepared" defconfig &&
		"$source/scripts/config" --file "$prepared/.config" -m BLK_DEV_SR \
			-e SCSI -e DEBUG_FS -e FTRACE -e ENABLE_DEFAULT_TRACERS &&
		make -C "$source" "$@" O="$prepared" olddefconfig modules_prepare
	} >"$prepared/log" 2>&1 ||
		die "cannot prepare a kernel tree for $name: see $prepared/log"
	touch "$prepared/done"
}

# A kernel with KUnit and every checker, from the source of $series; or with the
# changes of tests/vm/$2.config. Sets $debug.
need_debug_kernel() {
	local kind=${2:-debug} config=(tests/vm/kunit.config) line key

	[ -z "${2-}" ] || config+=("tests/vm/$2.config")
	need_source "${1-}"
	key=$(cat "${config[@]}" <(echo "$source") | sha256sum | cut -c1-12)
	debug=$cache/$kind-$series-$key
	[ ! -f "$debug/done" ] || return 0

	say "configuring the $kind kernel of Linux $series"
	mkdir -p "$debug/build"
	(
		cd "$source"
		make -s ARCH=x86_64 O="$debug/build" tinyconfig
		scripts/kconfig/merge_config.sh -m -O "$debug/build" \
			"$debug/build/.config" "${config[@]/#/$OLDPWD/}"
		make -s ARCH=x86_64 O="$debug/build" olddefconfig
	) >"$debug/log" 2>&1 || die "cannot configure the $kind kernel: see $debug/log"
	while read -r line; do
		grep -qxF "$line" "$debug/build/.config" ||
			die "the $kind kernel's configuration does not take $line"
	done < <(cat "${config[@]}" | tac | awk -F '[ =]' '
		/^(# )?CONFIG_/ && !seen[$1 == "#" ? $2 : $1]++ && !/^#/')

	# about as many lines as the build prints
	make -C "$debug/build" ARCH=x86_64 -j"$(nproc)" bzImage modules 2>&1 |
		tee "$debug/log" |
		awk '/^  [A-Z]/ { n++; p = int(n * 10 / 1620) * 10
				  if (p > last && p < 100) {
					last = p
					print ">> building the '"$kind"' kernel: " p "%"
					fflush() } }' ||
		die "cannot build the $kind kernel: see $debug/log"
	make -s -C "$debug/build" ARCH=x86_64 modules_install \
		INSTALL_MOD_PATH="$debug" >>"$debug/log" 2>&1
	touch "$debug/done"
}

# Builds the external modules of the given directories (. for ntdvd itself) for
# a kernel, each in its own copy of the tree, so that the tree stays clean. With
# $keep the copies stay, in tmp.*. $karch is for another architecture.
build_modules() {
	local kdir=$1 to=$2 dir copy

	shift 2
	mkdir -p "$to"
	for dir in "$@"; do
		copy=$(mktemp -d -p "$to")
		cp -r Kbuild drivers include tests "$copy/"
		make -C "$kdir" ARCH="${karch:-x86_64}" M="$copy/$dir" W=1 modules >"$to/build.log" 2>&1 ||
			{ cat "$to/build.log" >&2; rm -rf "$copy"; die "cannot build $dir for $kdir"; }
		if grep -A 5 'warning:' "$to/build.log" >&2; then
			rm -rf "$copy"
			die "building $dir for $kdir gave warnings"
		fi
		cp "$copy/$dir"/*.ko "$to/"
		[ -n "${keep-}" ] || rm -rf "$copy"
	done
}

# Runs a command in a guest with a kernel, and the lib/modules of a directory.
boot_in() {
	local kernel=$1 root=$2

	shift 2
	tests/vm/boot --kernel "$kernel" --modules "$root/lib/modules" \
		--log "$work/console" "$@"
}

boot_stock() {
	boot_in "$stock/boot/vmlinuz-$release" "$stock" "$@"
}

boot_debug() {
	boot_in "$debug/build/arch/x86/boot/bzImage" "$debug" "$@"
}

# Compiles a program of tests/selftests, with a compiler and its options.
compile() {
	local source=$1 to=$2

	shift 2
	"$@" -Wall -Werror -O2 -Iinclude/uapi -o "$to" \
		"tests/selftests/$source.c" tests/selftests/{client,keys,native}.c
}

# Compiles the user-space tests into a directory, as 64- or 32-bit programs, with
# a compiler and its options if it is not for this machine.
compile_tests() {
	local to=$1 bits=$2 test

	shift 2
	[ $# -gt 0 ] || set -- gcc "-m$bits"
	for test in requests codes structures sessions authority observe wire faults \
		witness; do
		compile "${test}_test" "$to/${test}_test$bits" "$@" -I"$harness"
	done
}

# Compiles the emulated USB drive into a directory.
compile_usb() {
	gcc -D_GNU_SOURCE -Wall -Werror -O2 -o "$1/usb_drive" tests/drive/usb/*.c \
		tests/drive/{target,drive,auth,disc}.c tests/selftests/keys.c
}

stress=(fuzz matrix kills churn crowd native failslab)

# Compiles the tests by force.
compile_stress() {
	local program

	for program in "${stress[@]}"; do
		gcc -Wall -Werror -O2 -pthread -Iinclude/uapi -Itests/selftests \
			-I"$harness" -o "$work/$program" \
			"tests/stress/$program.c" tests/stress/{cases,shot}.c \
			tests/selftests/{client,keys,native}.c
	done
}

passed=0 failed=0

# Runs a command that prints TAP, and counts; $ok and $not_ok are its counts.
run_group() {
	local title=$1 status=0 skipped

	shift
	say "$title"
	"$@" >"$work/tap" 2>"$work/err" || status=$?
	tests/vm/tally "$work/tap" >"$work/counts"
	read -r ok not_ok skipped < <(tail -n 1 "$work/counts")
	if [ "$not_ok" -gt 0 ] || [ "$status" != 0 ]; then
		grep -v '^ok ' "$work/tap" || :
		cat "$work/err"
		head -n -1 "$work/counts"
	fi
	# A guest that failed in another way than by a failed test counts as one.
	if [ "$not_ok" = 0 ] && [ "$status" != 0 ]; then
		echo "$title: failed with status $status"
		not_ok=1
	elif [ "$ok" = 0 ] && [ "$not_ok" = 0 ]; then
		echo "$title: no test ran"
		not_ok=1
	fi
	say "$title: $ok passed, $not_ok failed${skipped:+, $skipped skipped as the host has no such fault}"
	passed=$((passed + ok)) failed=$((failed + not_ok))
}
