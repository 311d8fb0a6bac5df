/* SPDX-License-Identifier: GPL-2.0-only */
/* SCSI commands: built where they are sent, so that none is copied. */
#ifndef NTDVD_COMMAND_H
#define NTDVD_COMMAND_H

#include <linux/cdrom.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <scsi/scsi_device.h>

#include "compat.h"
#include "ntdvd.h"
#include "trace.h"

static __always_inline struct ntdvd_command
ntdvd_key_command(u8 opcode, enum dma_data_direction direction,
		  enum ntdvd_key_class class, u8 agid, u8 format, u16 length)
{
	/* not a variable, which would be copied */
	return (struct ntdvd_command) {
		.cdb[0] = opcode,
		.cdb[7] = class << 1,	/* MMC's number */
		.cdb[8] = length >> 8,
		.cdb[9] = length & 0xff,
		.cdb[10] = agid << 6 | format,
		.direction = direction,
		.length = length,
	};
}

/**
 * ntdvd_report_key() - build a REPORT KEY
 * @class: key class.
 * @agid: AGID, 0 to 3, or 0 where no session is needed.
 * @format: MMC's key format.
 * @length: allocation length in bytes, the 4 of the header included.
 *
 * Return: the command (contract, section 4; MMC-6, REPORT KEY).
 */
static inline struct ntdvd_command
ntdvd_report_key(enum ntdvd_key_class class, u8 agid, u8 format, u16 length)
{
	return ntdvd_key_command(GPCMD_REPORT_KEY, DMA_FROM_DEVICE, class, agid,
				 format, length);
}

/**
 * ntdvd_send_key() - build a SEND KEY
 * @class: key class.
 * @agid: AGID, 0 to 3, or 0 where no session is needed.
 * @format: MMC's key format.
 * @length: parameter list length in bytes, the 4 of the header included.
 *
 * Return: the command (contract, section 4; MMC-6, SEND KEY).
 */
static inline struct ntdvd_command
ntdvd_send_key(enum ntdvd_key_class class, u8 agid, u8 format, u16 length)
{
	return ntdvd_key_command(GPCMD_SEND_KEY, DMA_TO_DEVICE, class, agid,
				 format, length);
}

/**
 * ntdvd_read_disc_structure() - build a READ DISC STRUCTURE
 * @agid: AGID, 0 to 3, or 0 where no session is needed.
 * @format: MMC's format code.
 * @length: allocation length in bytes, the 4 of the header included.
 *
 * Return: the command, for address and layer 0 (contract, section 4; MMC-6,
 * READ DISC STRUCTURE).
 */
static inline struct ntdvd_command
ntdvd_read_disc_structure(u8 agid, u8 format, u16 length)
{
	return (struct ntdvd_command) {
		.cdb[0] = GPCMD_READ_DVD_STRUCTURE,
		.cdb[7] = format,
		.cdb[8] = length >> 8,
		.cdb[9] = length & 0xff,
		.cdb[10] = agid << 6,
		.direction = DMA_FROM_DEVICE,
		.length = length,
	};
}

/**
 * ntdvd_set_read_ahead_command() - build a SET READ AHEAD
 * @trigger: logical block that, once read,
 * @target: makes the drive read on from this one.
 *
 * Return: the command (contract, section 4; MMC-6, SET READ AHEAD).
 */
static inline struct ntdvd_command
ntdvd_set_read_ahead_command(u32 trigger, u32 target)
{
	struct ntdvd_command cmd = {
		.cdb[0] = GPCMD_SET_READ_AHEAD,
		.direction = DMA_FROM_DEVICE,
	};

	put_unaligned_be32(trigger, &cmd.cdb[2]);
	put_unaligned_be32(target, &cmd.cdb[6]);
	return cmd;
}

/**
 * ntdvd_get_configuration() - build a GET CONFIGURATION
 * @feature: number of the first feature wanted.
 * @length: allocation length in bytes.
 *
 * Return: the command, for all features from @feature on, current or not
 * (MMC-6, GET CONFIGURATION).
 */
static inline struct ntdvd_command
ntdvd_get_configuration(u16 feature, u16 length)
{
	struct ntdvd_command cmd = {
		.cdb[0] = GPCMD_GET_CONFIGURATION,
		.direction = DMA_FROM_DEVICE,
		.length = length,
	};

	put_unaligned_be16(feature, &cmd.cdb[2]);
	put_unaligned_be16(length, &cmd.cdb[7]);
	return cmd;
}

/**
 * ntdvd_drive_is_gone() - is there no drive to send a command to?
 * @drive: the drive.
 *
 * Context: the caller holds the lock of @drive.
 * Return: true if it was unplugged, is being so, is offline, or sr is not
 * bound to it any more.
 */
static inline bool ntdvd_drive_is_gone(const struct ntdvd_drive *drive)
{
	struct scsi_device *sdev = drive->sdev;

	if (!sdev)
		return true;
	if (likely(sdev->sdev_state == SDEV_RUNNING))
		return false;
	return !scsi_device_online(sdev) ||
	       sdev->sdev_state == SDEV_CANCEL;
}

/**
 * ntdvd_transferred() - how much data came or went
 * @cmd: a command that was sent.
 *
 * Return: bytes, as far as the host can tell.
 */
static inline u32 ntdvd_transferred(const struct ntdvd_command *cmd)
{
	if (likely(cmd->residue <= 0))
		return cmd->length;
	return cmd->length - min_t(u32, cmd->residue, cmd->length);
}

/* command.c */
u32 ntdvd_failure(struct ntdvd_drive *drive, struct ntdvd_command *cmd,
		  int result);

/**
 * ntdvd_command() - send a command and tell what became of it
 * @drive: a drive that was not gone.
 * @cmd: the command, from one of the functions above. Without @data the
 *	drive's buffer is used, which data-out must then be in.
 *
 * It is sent once. Where the contract's section 5 lets it be repeated, @repeat
 * says so. Ends all sessions of the drive where the drive has forgotten them.
 *
 * Context: may sleep. The caller holds the lock of @drive.
 * Return: the NTSTATUS.
 */
static __always_inline u32 ntdvd_command(struct ntdvd_drive *drive,
					 struct ntdvd_command *cmd)
{
	int result;

	if (!cmd->data)
		cmd->data = drive->buffer;
	if (cmd->direction == DMA_FROM_DEVICE && cmd->length)
		memset(cmd->data, 0, cmd->length);
	result = ntdvd_execute(drive, cmd);
	trace_ntdvd_command(drive, cmd, result);
	return likely(!result) ? NTDVD_STATUS_SUCCESS :
				 ntdvd_failure(drive, cmd, result);
}

#endif /* NTDVD_COMMAND_H */
