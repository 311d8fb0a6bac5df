// SPDX-License-Identifier: GPL-2.0-only
/* The way to the drive. */
#include <linux/blk_types.h>
#include <linux/jiffies.h>
#include <scsi/scsi_device.h>

#include "compat.h"
#include "ntdvd.h"

/* CDROM_DEF_TIMEOUT, which is what DVD_AUTH gives its commands */
#define NTDVD_TIMEOUT (7 * HZ)

/**
 * ntdvd_execute() - send a command to the drive, once
 * @drive: a drive with a SCSI device.
 * @cmd: the command; its @data, and @residue and @sense if it was sent, are
 *	valid afterwards.
 *
 * The mid-layer is asked for no retries, because a SEND KEY must not reach the
 * drive twice (contract, section 5).
 *
 * Context: may sleep. The caller holds the lock of @drive.
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

	return scsi_execute_cmd(drive->sdev, cmd->cdb, op, cmd->data,
				cmd->length, NTDVD_TIMEOUT, 0, &args);
}
