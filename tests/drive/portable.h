/* SPDX-License-Identifier: GPL-2.0-only */
/* What the emulated drive takes from Linux, in the kernel and in a program. */
#ifndef NTDVD_TESTS_PORTABLE_H
#define NTDVD_TESTS_PORTABLE_H

#include <linux/cdrom.h>

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <scsi/scsi_proto.h>

#include "../drive/compat.h"
#else
#include "usb/linux.h"
#endif

#endif /* NTDVD_TESTS_PORTABLE_H */
