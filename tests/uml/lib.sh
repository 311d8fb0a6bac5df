# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The user-mode kernel, in the cache. To be sourced after tests/vm/lib.sh.

# Sets $uml, with the kernel in build/linux and its modules in lib/modules.
# shellcheck disable=SC2154 # tests/vm/lib.sh sets what is not set here
need_uml_kernel() {
	local config=$PWD/tests/uml/config line key

	need_source ''
	key=$(cat "$config" <(echo "$source") | sha256sum | cut -c1-12)
	uml=$cache/uml-$series-$key
	[ ! -f "$uml/done" ] || return 0

	say "configuring the user-mode kernel of Linux $series"
	mkdir -p "$uml/build"
	make -s -C "$source" ARCH=um O="$uml/build" KCONFIG_ALLCONFIG="$config" \
		allnoconfig >"$uml/log" 2>&1 ||
		die "cannot configure the user-mode kernel: see $uml/log"
	while read -r line; do
		grep -qxF "$line" "$uml/build/.config" ||
			die "the user-mode kernel's configuration does not take $line"
	done < <(grep -E '^(# )?CONFIG_.*(=| is not set)' "$config")

	# about as many lines as the build prints
	make -C "$uml/build" ARCH=um -j"$(nproc)" linux modules 2>&1 |
		tee "$uml/log" |
		awk '/^  [A-Z]/ { n++; p = int(n * 10 / 1050) * 10
				  if (p > last && p < 100) {
					last = p
					print ">> building the user-mode kernel: " p "%"
					fflush() } }' ||
		die "cannot build the user-mode kernel: see $uml/log"
	make -s -C "$uml/build" ARCH=um modules_install \
		INSTALL_MOD_PATH="$uml" >>"$uml/log" 2>&1 ||
		die "cannot install the user-mode kernel's modules: see $uml/log"
	touch "$uml/done"
}

# Builds external modules for it in a copy of this tree that stays in the cache,
# so that the next time only what was changed is built. Sets $built, the copy.
build_for_uml() {
	local dir

	built=$uml/tree-$(pwd -P | sha256sum | cut -c1-12)
	mkdir -p "$built"
	find "$built" -type l -delete
	cp -rs "$PWD"/{Kbuild,drivers,include,tests} "$built/"
	for dir; do
		make -j"$(nproc)" -C "$uml/build" ARCH=um M="$built/$dir" modules \
			>"$built/log" 2>&1 ||
			{ cat "$built/log" >&2; die "cannot build $dir for the user-mode kernel"; }
		if grep -A 5 'warning:' "$built/log" >&2; then
			die "building $dir for the user-mode kernel gave warnings"
		fi
	done
}

boot_uml() {
	tests/uml/boot --kernel "$uml/build/linux" --modules "$uml/lib/modules" "$@"
}
