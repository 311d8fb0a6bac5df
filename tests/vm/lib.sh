# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the test commands share: kernels in the cache, module builds, guests, and
# counting. To be sourced from the top of the tree; $work is a directory for a run.

# shellcheck source=tools/debian.sh
. tools/debian.sh

# kmod looks below lib or usr/lib, as its distribution has it: makes both the same.
merge_usr() {
	mkdir -p "$1/usr/lib"
	if [ -d "$1/lib" ] && [ ! -L "$1/lib" ]; then
		cp -rl "$1/lib/." "$1/usr/lib/"
		rm -r "${1:?}/lib"
	fi
	ln -sfn usr/lib "$1/lib"
}

# Debian's own kernel of the running release, unpacked. Sets $stock.
need_stock_kernel() {
	local dir=stock-$release

	unpack_package "linux-image-$release" "$dir" "${1-}"
	stock=$cache/$dir
	# depmod writes this file last.
	[ ! -f "$stock/lib/modules/$release/modules.devname" ] || return 0
	merge_usr "$stock"
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
		give_up "cannot prepare a kernel tree for $name, see $prepared/log:" \
			"$prepared/log" "" "$prepared"
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
	) >"$debug/log" 2>&1 ||
		give_up "cannot configure the $kind kernel, see $debug/log:" "$debug/log" \
			"" "$debug/build"
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
		give_up "cannot build the $kind kernel, see $debug/log:" "$debug/log" \
			"" "$debug/build"
	merge_usr "$debug"
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

# Compiles the user-space tests into a directory, as 64- or 32-bit programs, with
# what else make is to know if it is not for this machine.
compile_tests() {
	local to=$1 bits=$2

	shift 2
	make -s -j"$(nproc)" -C tests/selftests OUTPUT="$to" BITS="$bits" KSFT="$harness" "$@"
}

# Compiles the emulated USB drive into a directory.
compile_usb() {
	gcc -D_GNU_SOURCE -Wall -Werror -O2 -o "$1/usb_drive" tests/drive/usb/*.c \
		tests/drive/{target,drive,auth,disc}.c tests/selftests/keys.c
}

# Compiles the stress tests into a directory.
compile_stress() {
	make -s -j"$(nproc)" -C tests/stress OUTPUT="$1" KSFT="$harness"
}

# Runs a command beside what follows, two at a time, in a process group of its own.
start_job() {
	while [ "$(jobs -pr | wc -l)" -ge 2 ]; do
		wait -n || :
	done
	set -m
	"$@" &
	set +m
}

# The end of a script that has started jobs
end_jobs() {
	local job

	for job in $(jobs -p); do
		kill -- "-$job" 2>/dev/null || :
	done
	wait
	rm -rf "$work"
}

passed=0 failed=0

# Runs a command that prints TAP, and counts; $ok and $not_ok are its counts. What it
# printed is in $reports, or $work.
run_group() {
	local title=$1 reports=${reports-$work} status=0 skipped

	shift
	say "$title"
	"$@" >"$reports/tap" 2>"$reports/err" || status=$?
	tests/vm/tally "$reports/tap" >"$reports/counts"
	read -r ok not_ok skipped < <(tail -n 1 "$reports/counts")
	if [ "$not_ok" -gt 0 ] || [ "$status" != 0 ]; then
		grep -v '^ok ' "$reports/tap" || :
		cat "$reports/err"
		head -n -1 "$reports/counts"
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
