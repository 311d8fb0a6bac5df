/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the supported kernels. */
#ifndef NTDVD_COMPAT_H
#define NTDVD_COMPAT_H

#include <linux/blkdev.h>
#include <linux/device.h>
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
 * "kunit: add macro to allow conditionally exposing static symbols to tests" in 6.2.
 * Can go with 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#include <kunit/visibility.h>
#elif IS_ENABLED(CONFIG_KUNIT)
#define VISIBLE_IF_KUNIT
#else
#define VISIBLE_IF_KUNIT static
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
 * How the unit attentions 28 and 29 of a drive are noticed, whoever takes them:
 *
 * ntdvd_attentions_init(): there was none before this.
 * ntdvd_attentions_own(): ntdvd has met one itself.
 * ntdvd_attentions_news(): has somebody else since the last call?
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
/*
 * Before "scsi: core: Add counters for New Media and Power On/Reset UNIT ATTENTIONs" in
 * 6.14. Can go with 6.12. sr sets the device's @changed when its TEST UNIT READY takes
 * one, and when it looks at @changed next, clears it and counts the disk's diskseq up.
 *
 * @own: the next step of diskseq is that of ntdvd_attentions_own(). What somebody
 * takes before that step is lost in it.
 */
struct ntdvd_attentions {
	u64 diskseq;
	bool changed, own;
};

static inline void
ntdvd_attentions_init(struct ntdvd_attentions *seen, const struct scsi_device *sdev,
		      const struct gendisk *disk)
{
	*seen = (struct ntdvd_attentions) {
		.diskseq = disk->diskseq,
		/* as sr leaves it when it is bound */
		.changed = sdev->changed,
	};
}

static inline void
ntdvd_attentions_own(struct ntdvd_attentions *seen, struct scsi_device *sdev,
		     const struct gendisk *disk)
{
	/* sr drops the old disc's pages, too. Without a lock, as the mid-layer sets it. */
	sdev->changed = 1;
	*seen = (struct ntdvd_attentions) {
		.diskseq = disk->diskseq,
		.changed = true,
		.own = true,
	};
}

static inline bool
ntdvd_attentions_news(struct ntdvd_attentions *seen, const struct scsi_device *sdev,
		      const struct gendisk *disk)
{
	u64 steps = disk->diskseq - seen->diskseq;
	bool changed = sdev->changed;
	bool news;

	if (likely(!steps && changed == seen->changed))
		return false;
	news = changed && (steps || !seen->changed);
	seen->diskseq += steps;
	seen->changed = changed;
	if (steps && seen->own) {
		seen->own = false;
		steps--;
	}
	return news || steps;
}
#else
struct ntdvd_attentions {
	unsigned int new_media, power_on;
};

static inline void
ntdvd_attentions_init(struct ntdvd_attentions *seen, const struct scsi_device *sdev,
		      const struct gendisk *disk)
{
	seen->new_media = scsi_get_ua_new_media_ctr(sdev);
	seen->power_on = scsi_get_ua_por_ctr(sdev);
}

static inline void
ntdvd_attentions_own(struct ntdvd_attentions *seen, struct scsi_device *sdev,
		     const struct gendisk *disk)
{
	/* so that sr drops the old disc's pages */
	sdev->changed = 1;
	ntdvd_attentions_init(seen, sdev, disk);
}

static inline bool
ntdvd_attentions_news(struct ntdvd_attentions *seen, const struct scsi_device *sdev,
		      const struct gendisk *disk)
{
	const struct ntdvd_attentions before = *seen;

	ntdvd_attentions_init(seen, sdev, disk);
	return before.new_media != seen->new_media || before.power_on != seen->power_on;
}
#endif

#endif /* NTDVD_COMPAT_H */
