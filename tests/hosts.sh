# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The hosts that emulated drives can be on: $host is scsi (a module of its own),
# sata or sata-pio (libata, with DMA or without), usb (usb-storage) or uas.
host=scsi
usb_drives=/run/ntdvd_drive

# Puts so many drives on the host; the kernel finds them some time later.
add_drives() {
	local build=$1 drives=$2 drive pio=0

	case $host in
	scsi)
		insmod "$build/ntdvd_drive.ko" drives="$drives"
		;;
	sata|sata-pio)
		[ "$host" = sata ] || pio=1
		modprobe libata && insmod "$build/ntdvd_drive.ko" drives=0 &&
			insmod "$build/ntdvd_sata.ko" drives="$drives" pio=$pio
		;;
	usb|uas)
		modprobe vhci-hcd && modprobe usb-storage delay_use=0 &&
			modprobe uas || return
		mkdir -p $usb_drives
		cp "$build/usb_drive" $usb_drives/program
		for ((drive = 0; drive < drives; drive++)); do
			$usb_drives/program --protocol "$host" $drive &
			echo $! >$usb_drives/$drive.pid
		done
		;;
	*)
		echo "tests/guest: no host is called '$host'" >&2
		return 2
		;;
	esac
}

has_drives() {
	case $host in
	usb|uas) compgen -G "$usb_drives/*.pid" >/dev/null ;;
	*) [ -d /sys/module/ntdvd_drive ] ;;
	esac
}

remove_drives() {
	case $host in
	scsi)
		rmmod ntdvd_drive
		;;
	sata*)
		rmmod ntdvd_sata ntdvd_drive
		;;
	usb|uas)
		cat $usb_drives/*.pid | xargs kill
		rm -r $usb_drives
		wait_until has_devices 0
		;;
	esac
}

# Tells a drive what to do.
tell_drive() {
	case $host in
	usb|uas) $usb_drives/program --tell "$2" "$1" ;;
	*) echo "$2" >"/sys/kernel/debug/ntdvd_drive/$1/control" ;;
	esac
}

# Waits for what becomes true; a minute is too long.
wait_until() {
	local tries=0

	until "$@"; do
		tries=$((tries + 1))
		if [ $tries = 600 ]; then
			echo "tests/guest: waited a minute for: $*" >&2
			return 1
		fi
		sleep 0.1
	done
}

# Does the kernel know so many of the drives, be sr loaded or not?
has_devices() {
	[ "$(cat /sys/bus/scsi/devices/*/model 2>/dev/null | grep -c 'Emulated DVD')" = "$1" ]
}

has_so_many_nodes() {
	[ "$(find /dev -name 'ntdvd*' | wc -l)" = "$1" ]
}

# The N of a drive's /dev/srN and /dev/ntdvdN
number_of() {
	local model

	model=$(grep -l "$(printf 'Emulated DVD %02d' "$1")" /sys/class/block/sr*/device/model)
	model=${model#/sys/class/block/sr}
	echo "${model%%/*}"
}
