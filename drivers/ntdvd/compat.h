/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the supported kernels. */
#ifndef NTDVD_COMPAT_H
#define NTDVD_COMPAT_H

#include <linux/blk_types.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/version.h>
#include <scsi/scsi_device.h>

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
 * "scsi: core: Add struct for args to execution functions" in 6.3 brought
 * scsi_execute_cmd() in the place of scsi_execute(). Can go with 6.1.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
struct scsi_exec_args {
	struct scsi_sense_hdr *sshdr;
	int *resid;
};

static inline int scsi_execute_cmd(struct scsi_device *sdev, const u8 *cdb,
				   blk_opf_t opf, void *buffer,
				   unsigned int length, int timeout,
				   int retries,
				   const struct scsi_exec_args *args)
{
	return scsi_execute(sdev, cdb,
			    opf == REQ_OP_DRV_OUT ? DMA_TO_DEVICE : DMA_FROM_DEVICE,
			    buffer, length, NULL, args->sshdr, timeout,
			    retries, 0, 0, args->resid);
}
#endif

/*
 * "driver core: class: remove struct class_interface * from callbacks" in 6.4.
 * Can go with 6.1.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define NTDVD_ADD_DEV_ARGS(dev) struct device *dev, struct class_interface *unused
#else
#define NTDVD_ADD_DEV_ARGS(dev) struct device *dev
#endif

/*
 * "tracing/treewide: Remove second parameter of __assign_str()" in 6.10. Can go
 * with 6.6.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define ntdvd_assign_str(field, source) __assign_str(field, source)
#else
#define ntdvd_assign_str(field, source) __assign_str(field)
#endif

/*
 * "hrtimers: Introduce hrtimer_setup() to replace hrtimer_init()" in 6.13, for
 * the emulated drive. Can go with 6.12.
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

/*
 * "scsi: Change the return type of .queuecommand()" in 7.0, for the emulated
 * drive. Can go with 6.18.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define NTDVD_QC_STATUS int
#else
#define NTDVD_QC_STATUS enum scsi_qc_status
#endif

#endif /* NTDVD_COMPAT_H */
