/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the supported kernels, for the emulated drive. */
#ifndef NTDVD_TESTS_DRIVE_COMPAT_H
#define NTDVD_TESTS_DRIVE_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/version.h>

/*
 * "move asm/unaligned.h to linux/unaligned.h" in 6.12. Can go with 6.6. By version,
 * as sparse has no __has_include().
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/*
 * "hrtimers: Introduce hrtimer_setup() to replace hrtimer_init()" in 6.13. Can go
 * with 6.12.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* "scsi: Change the return type of .queuecommand()" in 7.0. Can go with 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define NTDVD_QC_STATUS int
#else
#define NTDVD_QC_STATUS enum scsi_qc_status
#endif

#endif /* NTDVD_TESTS_DRIVE_COMPAT_H */
