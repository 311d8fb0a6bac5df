// SPDX-License-Identifier: GPL-2.0-only
/* Sends SCSI commands, and says what their answers mean to Windows. */
#include <linux/minmax.h>
#include <scsi/scsi.h>
#include <scsi/scsi_eh.h>

#include "ntdvd.h"

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

static const struct ntdvd_sense *ntdvd_find_sense(const struct ntdvd_command *cmd)
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

/* What the drive's own words mean */
static u32 ntdvd_sense_status(struct ntdvd_drive *drive, struct ntdvd_command *cmd)
{
	const struct ntdvd_sense *row;

	lockdep_assert_held(&drive->lock);
	if (scsi_sense_is_deferred(&cmd->sense)) {
		/* That was an earlier command; this one was not carried out. */
		cmd->repeat = NTDVD_REPEAT_NOW;
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	}
	row = ntdvd_find_sense(cmd);
	cmd->repeat = row->repeat;
	if (row->repeat == NTDVD_REPEAT_UNBOUND) {
		ntdvd_attentions_own(&drive->attentions, drive->sdev, drive->disk);
		ntdvd_strike_sessions(drive);
	}
	return row->status;
}

/* What a result other than 0 means, which may be success nevertheless */
static u32 ntdvd_result_status(struct ntdvd_drive *drive, struct ntdvd_command *cmd,
			       int result)
{
	if (ntdvd_drive_is_gone(drive))
		return NTDVD_STATUS_DEVICE_DOES_NOT_EXIST;
	if (result == -ENOMEM)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	if (result < 0)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	if (host_byte(result) != DID_OK)
		return ntdvd_host_status(host_byte(result));
	if (scsi_status_is_check_condition(result))
		return ntdvd_sense_status(drive, cmd);

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

static inline struct ntdvd_command
ntdvd_key_command(u8 opcode, enum ntdvd_key_class class, u8 agid, u8 format, u16 length)
{
	return (struct ntdvd_command) {
		.cdb[0] = opcode,
		.cdb[7] = class << 1,
		.cdb[8] = length >> 8,
		.cdb[9] = length & 0xff,
		.cdb[10] = agid << 6 | format,
		.direction = opcode == GPCMD_SEND_KEY ? DMA_TO_DEVICE : DMA_FROM_DEVICE,
		.length = length,
	};
}

/* MMC-6, REPORT KEY; @length counts the 4 bytes of the header. */
struct ntdvd_command ntdvd_report_key_command(enum ntdvd_key_class class, u8 agid,
					      u8 format, u16 length)
{
	return ntdvd_key_command(GPCMD_REPORT_KEY, class, agid, format, length);
}

/* MMC-6, READ DISC STRUCTURE, of address and layer 0 */
struct ntdvd_command ntdvd_read_disc_structure_command(u8 agid, u8 format, u16 length)
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
 * ntdvd_command() - have a drive carry out a command, once
 * @drive: the drive, which may be gone.
 * @cmd: the command.
 *
 * Strikes all sessions if the drive says that it has forgotten them. The buffer is
 * cleared before the command, so that an answer is never what was there before.
 *
 * Return: the NTSTATUS. Where the contract's section 5 lets the command be sent again,
 * @repeat of @cmd says so.
 */
__always_inline u32 ntdvd_command(struct ntdvd_drive *drive, struct ntdvd_command *cmd)
{
	int result;

	lockdep_assert_held(&drive->lock);
	if (ntdvd_drive_is_gone(drive))
		return NTDVD_STATUS_DEVICE_DOES_NOT_EXIST;
	if (likely(!cmd->data))
		cmd->data = drive->buffer;
	if (cmd->direction == DMA_FROM_DEVICE && cmd->length)
		memset(cmd->data, 0, cmd->length);
	result = drive->execute(drive, cmd);
	trace_ntdvd_command(drive, cmd, result);
	return likely(!result) ? NTDVD_STATUS_SUCCESS :
				 ntdvd_result_status(drive, cmd, result);
}

static void ntdvd_repeat(struct ntdvd_request *rq, enum ntdvd_repeat repeat)
{
	bool asks_kind = rq->control->drive & ~rq->drive->kinds;

	if (repeat == NTDVD_REPEAT_UNBOUND && !asks_kind &&
	    (rq->session || rq->ends_session || rq->sets_region))
		return;
	if (rq->repeats < NTDVD_TRIES) {
		rq->repeats++;
		rq->repeat = repeat;
	}
}

/* The same for a request, which begins again where it may */
u32 ntdvd_request_command(struct ntdvd_request *rq, struct ntdvd_command *cmd)
{
	u32 status = ntdvd_command(rq->drive, cmd);

	if (unlikely(cmd->repeat))
		ntdvd_repeat(rq, cmd->repeat);
	return status;
}

/*
 * Send a command whose answer begins with its length. Gives the bytes of data
 * behind the header, by the drive's word and the host's.
 */
u32 ntdvd_read_answer(struct ntdvd_request *rq, struct ntdvd_command *cmd, u32 *length)
{
	u32 status = ntdvd_request_command(rq, cmd);
	u32 told, transferred;

	if (status)
		return status;
	told = get_unaligned_be16(cmd->data);
	transferred = ntdvd_transferred(cmd);
	if (told < 2 || transferred < NTDVD_HEADER_SIZE)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	*length = min(told - 2, transferred - NTDVD_HEADER_SIZE);
	return NTDVD_STATUS_SUCCESS;
}

/* The same for an answer that is of use only as a whole */
u32 ntdvd_read_whole_answer(struct ntdvd_request *rq, struct ntdvd_command *cmd)
{
	u32 length;
	u32 status = ntdvd_read_answer(rq, cmd, &length);

	if (!status && NTDVD_HEADER_SIZE + length < cmd->length)
		status = NTDVD_STATUS_IO_DEVICE_ERROR;
	return status;
}

/* SEND KEY, with the header that its parameter list begins with */
u32 ntdvd_send_parameter_list(struct ntdvd_request *rq, u8 format, const void *data,
			      u16 length)
{
	u8 *list = rq->drive->buffer;
	struct ntdvd_command cmd = ntdvd_key_command(GPCMD_SEND_KEY, rq->control->class,
						     rq->agid, format,
						     NTDVD_HEADER_SIZE + length);

	put_unaligned_be16(length + 2, list);
	put_unaligned_be16(0, list + 2);
	memcpy(list + NTDVD_HEADER_SIZE, data, length);
	return ntdvd_request_command(rq, &cmd);
}
