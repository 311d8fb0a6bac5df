// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a SCSI command, and what that means to Windows. */
#include <scsi/scsi.h>

#include "command.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define ANY	(-1)

/* A command as the sense table names it */
#define COMMAND(opcode, format)	((opcode) << 8 | (format))
#define START_SESSION		COMMAND(GPCMD_REPORT_KEY, 0)
#define SET_RPC			COMMAND(GPCMD_SEND_KEY, NTDVD_KEY_SET_RPC)

/**
 * struct ntdvd_sense - a row of the sense table
 * @key: sense key.
 * @asc: additional sense code.
 * @ascq: its qualifier.
 * @command: COMMAND() of the only command that the row is for.
 * @status: the NTSTATUS, once the command is not repeated any more.
 * @repeat: may the command be repeated?
 *
 * The first four may be ANY.
 */
struct ntdvd_sense {
	int key, asc, ascq, command;
	u32 status;
	enum ntdvd_repeat repeat;
};

/*
 * Contract, section 5. The first row that matches decides, so ASC and ASCQ
 * come before the sense keys and the special case before the general one.
 */
static const struct ntdvd_sense ntdvd_senses[] = {
	{ ANY, 0x02, 0x00, ANY, NTDVD_STATUS_DEVICE_DATA_ERROR },
	{ ANY, 0x04, 0x00, ANY, NTDVD_STATUS_DEVICE_NOT_READY },
	{ ANY, 0x04, 0x01, ANY, NTDVD_STATUS_DEVICE_NOT_READY, NTDVD_REPEAT_LATER },
	{ ANY, 0x04, 0x02, ANY, NTDVD_STATUS_DEVICE_NOT_READY },
	{ ANY, 0x04, 0x03, ANY, NTDVD_STATUS_NO_MEDIA_IN_DEVICE },
	{ ANY, 0x04, 0x04, ANY, NTDVD_STATUS_DEVICE_NOT_READY },
	{ ANY, 0x04, 0x07, ANY, NTDVD_STATUS_DEVICE_NOT_READY, NTDVD_REPEAT_LATER },
	{ ANY, 0x04, 0x08, ANY, NTDVD_STATUS_DEVICE_NOT_READY, NTDVD_REPEAT_LATER },
	{ ANY, 0x08, 0x03, ANY, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ ANY, 0x17, ANY, ANY, NTDVD_STATUS_SUCCESS },
	{ ANY, 0x18, ANY, ANY, NTDVD_STATUS_SUCCESS },
	{ ANY, 0x20, ANY, ANY, NTDVD_STATUS_INVALID_DEVICE_REQUEST },
	{ ANY, 0x21, ANY, ANY, NTDVD_STATUS_NONEXISTENT_SECTOR },
	{ ANY, 0x24, ANY, ANY, NTDVD_STATUS_INVALID_DEVICE_REQUEST },
	{ ANY, 0x25, ANY, ANY, NTDVD_STATUS_NO_SUCH_DEVICE },
	{ ANY, 0x28, ANY, ANY, NTDVD_STATUS_VERIFY_REQUIRED, NTDVD_REPEAT_UNBOUND },
	{ ANY, 0x30, 0x01, ANY, NTDVD_STATUS_UNRECOGNIZED_MEDIA },
	{ ILLEGAL_REQUEST, 0x30, 0x02, SET_RPC, NTDVD_STATUS_CSS_REGION_MISMATCH },
	{ ANY, 0x30, 0x02, ANY, NTDVD_STATUS_UNRECOGNIZED_MEDIA },
	{ ANY, 0x30, 0x03, ANY, NTDVD_STATUS_CLEANER_CARTRIDGE_INSTALLED },
	{ ANY, 0x3a, ANY, ANY, NTDVD_STATUS_NO_MEDIA_IN_DEVICE },
	{ ILLEGAL_REQUEST, 0x55, ANY, START_SESSION, NTDVD_STATUS_INSUFFICIENT_RESOURCES },
	{ ANY, 0x57, 0x00, ANY, NTDVD_STATUS_UNRECOGNIZED_MEDIA },
	{ ANY, 0x5d, ANY, ANY, NTDVD_STATUS_SUCCESS },
	{ ANY, 0x6f, 0x00, ANY, NTDVD_STATUS_CSS_AUTHENTICATION_FAILURE },
	{ ANY, 0x6f, 0x01, ANY, NTDVD_STATUS_CSS_KEY_NOT_PRESENT },
	{ ANY, 0x6f, 0x02, ANY, NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED },
	{ ANY, 0x6f, 0x03, ANY, NTDVD_STATUS_CSS_SCRAMBLED_SECTOR },
	{ ANY, 0x6f, 0x04, ANY, NTDVD_STATUS_CSS_REGION_MISMATCH },
	{ ANY, 0x6f, 0x05, ANY, NTDVD_STATUS_CSS_RESETS_EXHAUSTED },
	{ ANY, 0x6f, ANY, ANY, NTDVD_STATUS_COPY_PROTECTION_FAILURE },
	{ RECOVERED_ERROR, ANY, ANY, ANY, NTDVD_STATUS_SUCCESS },
	{ NOT_READY, ANY, ANY, ANY, NTDVD_STATUS_DEVICE_NOT_READY },
	{ MEDIUM_ERROR, ANY, ANY, ANY, NTDVD_STATUS_DEVICE_DATA_ERROR },
	{ ILLEGAL_REQUEST, ANY, ANY, ANY, NTDVD_STATUS_INVALID_DEVICE_REQUEST },
	{ UNIT_ATTENTION, 0x29, ANY, ANY, NTDVD_STATUS_VERIFY_REQUIRED, NTDVD_REPEAT_UNBOUND },
	{ UNIT_ATTENTION, 0x5a, ANY, ANY, NTDVD_STATUS_DEVICE_BUSY, NTDVD_REPEAT_NOW },
	{ UNIT_ATTENTION, ANY, ANY, ANY, NTDVD_STATUS_IO_DEVICE_ERROR, NTDVD_REPEAT_NOW },
	{ DATA_PROTECT, ANY, ANY, ANY, NTDVD_STATUS_MEDIA_WRITE_PROTECTED },
	{ BLANK_CHECK, ANY, ANY, ANY, NTDVD_STATUS_NO_DATA_DETECTED },
	{ ANY, ANY, ANY, ANY, NTDVD_STATUS_IO_DEVICE_ERROR },
};

static const struct ntdvd_sense *
ntdvd_find_sense(const struct ntdvd_command *cmd)
{
	const struct scsi_sense_hdr *sense = &cmd->sense;
	int command = COMMAND(cmd->cdb[0], cmd->cdb[10] & 0x3f);
	const struct ntdvd_sense *row = ntdvd_senses;

	/* The last row matches everything. */
	while ((row->key != ANY && row->key != sense->sense_key) ||
	       (row->asc != ANY && row->asc != sense->asc) ||
	       (row->ascq != ANY && row->ascq != sense->ascq) ||
	       (row->command != ANY && row->command != command))
		row++;
	return row;
}

/* The transport table of the contract's section 5 */
static u32 ntdvd_host_status(u8 host)
{
	switch (host) {
	case DID_TIME_OUT:
	case DID_ABORT:
	case DID_RESET:
		return NTDVD_STATUS_IO_TIMEOUT;
	case DID_NO_CONNECT:
		return NTDVD_STATUS_DEVICE_NOT_CONNECTED;
	case DID_BAD_TARGET:
		return NTDVD_STATUS_NO_SUCH_DEVICE;
	case DID_BUS_BUSY:
		return NTDVD_STATUS_DEVICE_NOT_READY;
	default:
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	}
}

/**
 * ntdvd_failure() - what a command's result means, unless it is 0
 * @drive: the drive.
 * @cmd: the command; @repeat is set if it may be sent again.
 * @result: of ntdvd_execute().
 *
 * Context: the caller holds the lock of @drive.
 * Return: the NTSTATUS, which may be SUCCESS nevertheless.
 */
u32 ntdvd_failure(struct ntdvd_drive *drive, struct ntdvd_command *cmd,
		  int result)
{
	const struct ntdvd_sense *sense;

	/* Error handling resets the drive, which forgets then. */
	if (result > 0 &&
	    ntdvd_host_status(host_byte(result)) == NTDVD_STATUS_IO_TIMEOUT)
		ntdvd_forget_sessions(drive);

	if (ntdvd_drive_is_gone(drive))
		return NTDVD_STATUS_DEVICE_DOES_NOT_EXIST;
	if (result == -ENOMEM)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	if (result < 0)
		return NTDVD_STATUS_IO_DEVICE_ERROR;

	if (host_byte(result) != DID_OK)
		return ntdvd_host_status(host_byte(result));

	if (scsi_status_is_check_condition(result)) {
		sense = ntdvd_find_sense(cmd);
		cmd->repeat = sense->repeat;
		if (sense->repeat == NTDVD_REPEAT_UNBOUND) {
			ntdvd_forget_sessions(drive);
			/* or sr would keep the old disc's pages */
			drive->sdev->changed = 1;
		}
		return sense->status;
	}

	switch (result & 0xff) {
	case SAM_STAT_BUSY:
	case SAM_STAT_TASK_SET_FULL:
		return NTDVD_STATUS_DEVICE_NOT_READY;
	case SAM_STAT_RESERVATION_CONFLICT:
		return NTDVD_STATUS_DEVICE_BUSY;
	default:
		return scsi_status_is_good(result) ? NTDVD_STATUS_SUCCESS :
						     NTDVD_STATUS_IO_DEVICE_ERROR;
	}
}
