#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# /dev/ntdvdN is there when /dev/srN is. To be run as root, with the modules
# in the directory given.
modules=$1
# shellcheck source=tests/selftests/tap.sh
. "$(dirname "$0")/tap.sh"

load() {
	case $1 in
	sr) modprobe sr_mod ;;
	ntdvd) insmod "$modules/ntdvd.ko" ;;
	host) insmod "$modules/ntdvd_drive.ko" drives="${drives:-2}" ;;
	esac
}

unload() {
	local module

	for module in ntdvd ntdvd_drive sr_mod; do
		[ ! -d /sys/module/$module ] || rmmod $module
	done
}

control() {
	echo "$2" >"/sys/kernel/debug/ntdvd_drive/$1/control"
}

scsi_device() {
	readlink -f "/sys/block/$1/device"
}

has_nodes() {
	local n

	for n in "$@"; do
		test -b "/dev/sr$n"
		test -c "/dev/ntdvd$n"
		test "$(readlink -f "/sys/class/misc/ntdvd$n/device")" = "$(scsi_device "sr$n")"
	done
	test "$(find /dev -name 'ntdvd*' | wc -l)" = $#
}

in_order() {
	unload
	load "$1"
	load "$2"
	load "$3"
	has_nodes 0 1
	unload
	has_nodes
}

ntdvd_sr_host() { in_order ntdvd sr host; }
ntdvd_host_sr() { in_order ntdvd host sr; }
sr_ntdvd_host() { in_order sr ntdvd host; }
sr_host_ntdvd() { in_order sr host ntdvd; }
host_ntdvd_sr() { in_order host ntdvd sr; }
host_sr_ntdvd() { in_order host sr ntdvd; }

rebinding_sr_brings_the_node_back() {
	local device

	load sr; load host; load ntdvd
	device=$(basename "$(scsi_device sr1)")
	echo "$device" >/sys/bus/scsi/drivers/sr/unbind
	has_nodes 0
	echo "$device" >/sys/bus/scsi/drivers/sr/bind
	has_nodes 0 1
	unload
}

unplugging_takes_the_node_away() {
	load sr; load host; load ntdvd
	control 0 unplug
	has_nodes 1
	control 0 plug
	has_nodes 0 1
	unload
}

number_is_that_of_sr_and_not_counted() {
	load sr; load host
	control 0 unplug
	load ntdvd
	has_nodes 1
	unload
}

unload_is_refused_while_a_file_is_open() {
	load sr; load host; load ntdvd
	exec 3</dev/ntdvd0
	if rmmod ntdvd 2>/dev/null; then false; fi
	exec 3<&-
	rmmod ntdvd
	has_nodes
	unload
}

open_files_outlive_sr_and_the_host_module() {
	load sr; load host; load ntdvd
	exec 3</dev/ntdvd0 4</dev/ntdvd1
	rmmod ntdvd_drive
	rmmod sr_mod
	has_nodes
	exec 4<&- 3<&-
	unload
}

sixty_four_drives() {
	load sr; load ntdvd; drives=64 load host
	test "$(find /dev -name 'ntdvd*' | wc -l)" = 64
	test -c /dev/ntdvd63
	unload
}

run_tests ntdvd_sr_host ntdvd_host_sr sr_ntdvd_host sr_host_ntdvd \
	host_ntdvd_sr host_sr_ntdvd rebinding_sr_brings_the_node_back \
	unplugging_takes_the_node_away number_is_that_of_sr_and_not_counted \
	unload_is_refused_while_a_file_is_open \
	open_files_outlive_sr_and_the_host_module sixty_four_drives
