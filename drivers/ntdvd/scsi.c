// SPDX-License-Identifier: GPL-2.0-only
/* The way to the drive: the SCSI mid-layer. */
#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <scsi/scsi.h>

#include "ntdvd.h"

/* CDROM_DEF_TIMEOUT, which is what DVD_AUTH gives its commands */
#define NTDVD_TIMEOUT (7 * HZ)

/**
 * ntdvd_execute() - have the mid-layer carry out a command, once
 * @drive: a drive with a SCSI device.
 * @cmd: the command; its @data, and @residue and @sense if it was sent, are
 *	valid afterwards.
 *
 * The mid-layer is asked for no retries, because a SEND KEY must not reach the
 * drive twice (contract, section 5). libata answers a command that timed out with a
 * check condition and sense of its own making, so the clock decides what timed out;
 * but a unit attention is the drive's own word.
 *
 * Return: a negative errno if nothing was sent, or the result as the host and
 * the drive made it: 0, or a SCSI status and host byte.
 */
int ntdvd_execute(struct ntdvd_drive *drive, struct ntdvd_command *cmd)
{
	const struct scsi_exec_args args = {
		.sshdr = &cmd->sense,
		.resid = &cmd->residue,
	};
	blk_opf_t op = cmd->direction == DMA_TO_DEVICE ? REQ_OP_DRV_OUT : REQ_OP_DRV_IN;
	unsigned long start = jiffies;
	int result;

	lockdep_assert_held(&drive->lock);
	result = scsi_execute_cmd(drive->sdev, cmd->cdb, op, cmd->data, cmd->length,
				  NTDVD_TIMEOUT, 0, &args);
	if (result > 0 && time_after_eq(jiffies, start + NTDVD_TIMEOUT) &&
	    cmd->sense.sense_key != UNIT_ATTENTION)
		return DID_TIME_OUT << 16;
	return result;
}

/* Bytes that the host can transfer at once, which may change while it is in use */
u32 ntdvd_max_transfer(struct ntdvd_drive *drive)
{
	lockdep_assert_held(&drive->lock);
	return queue_max_hw_sectors(drive->sdev->request_queue) << SECTOR_SHIFT;
}
