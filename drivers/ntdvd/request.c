// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows requests: one row for each control code, with one short function for
 * what it checks and one for what it does. The order of the checks, the lengths
 * and the statuses are the contract's, sections 1 to 4.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "request.h"

#define FEATURE_DVD_READ	0x001f
#define FEATURE_AACS		0x010d
#define CONFIGURATION_SIZE	1024

#define ASC_NO_RESOURCES	0x55	/* MMC: no AGID left */

/* Sizes of structures, so that the rows fit */
#define SESSION	sizeof(__le32)
#define LAYER	sizeof(__le32)
#define KEY	sizeof(struct ntdvd_copy_protect_key)
#define CERT	sizeof(struct ntdvd_aacs_certificate)
#define CHALL	sizeof(struct ntdvd_aacs_challenge_key)
#define NONCE	sizeof(struct ntdvd_aacs_read_binding_nonce)
#define ID	sizeof(struct ntdvd_aacs_id)

#define ROW(code)		NTDVD_IOCTL_##code
#define ANY			NTDVD_ANY_DRIVE
#define DVD			NTDVD_DVD_DRIVE
#define DVD_KEYS		(NTDVD_DVD_DRIVE | NTDVD_HAS_KEYS)
#define DVD_FIRST		(NTDVD_DVD_DRIVE | NTDVD_ASKED_FIRST)
#define AACS_FIRST		(NTDVD_AACS_DRIVE | NTDVD_ASKED_FIRST | NTDVD_HAS_KEYS)
#define CSS			NTDVD_CSS
#define AACS			NTDVD_AACS

static u32 ntdvd_check_unknown(struct ntdvd_request *rq)
{
	return NTDVD_STATUS_INVALID_DEVICE_REQUEST;
}

/* Those that are frequent first; the last is for all other codes. */
const struct ntdvd_control ntdvd_controls[] = {
	/* code, drives, class, input, output, format, check, run */
	{ ROW(START_SESSION), DVD, CSS, 0, SESSION, 0x00,
	  ntdvd_check_start_session, ntdvd_start_session },
	{ ROW(READ_KEY), DVD_KEYS, CSS, KEY, KEY, 0,
	  ntdvd_check_read_key, ntdvd_read_key },
	{ ROW(END_SESSION), ANY, CSS, SESSION, 0, 0x3f,
	  ntdvd_check_end_session, ntdvd_end_session },
	{ ROW(SEND_KEY), DVD_KEYS, CSS, NTDVD_KEY_SIZE, 0, 0,
	  ntdvd_check_send_key, ntdvd_run_send_key },
	{ ROW(SET_READ_AHEAD), ANY, CSS, sizeof(struct ntdvd_set_read_ahead), 0, 0,
	  ntdvd_check_read_ahead, ntdvd_set_read_ahead },
	{ ROW(GET_REGION), DVD_FIRST, CSS, 0, sizeof(struct ntdvd_region), 0,
	  ntdvd_check_get_region, ntdvd_get_region },
	{ ROW(SEND_KEY2), DVD_KEYS, CSS, NTDVD_KEY_SIZE, 0, 0,
	  ntdvd_check_send_key2, ntdvd_run_send_key },
	{ ROW(READ_STRUCTURE), DVD_KEYS, CSS, sizeof(struct ntdvd_read_structure),
	  sizeof(struct ntdvd_descriptor_header), 0,
	  ntdvd_check_read_structure, ntdvd_read_structure },
	{ ROW(STORAGE_SET_READ_AHEAD), ANY, CSS, sizeof(struct ntdvd_set_read_ahead), 0, 0,
	  ntdvd_check_read_ahead, ntdvd_set_read_ahead },

	{ ROW(AACS_READ_MEDIA_KEY_BLOCK_SIZE), AACS_FIRST, AACS, LAYER, sizeof(__le32), 0x83,
	  ntdvd_check_aacs_layer, ntdvd_aacs_block_size },
	{ ROW(AACS_READ_MEDIA_KEY_BLOCK), AACS_FIRST, AACS, LAYER, 8, 0x83,
	  ntdvd_check_aacs_block, ntdvd_aacs_block },
	{ ROW(AACS_START_SESSION), AACS_FIRST, AACS, 0, SESSION, 0x00,
	  ntdvd_check_aacs, ntdvd_start_session },
	{ ROW(AACS_END_SESSION), AACS_FIRST, AACS, SESSION, 0, 0x3f,
	  ntdvd_check_aacs_end_session, ntdvd_end_session },
	{ ROW(AACS_SEND_CERTIFICATE), AACS_FIRST, AACS, SESSION + CERT, 0, 0x01,
	  ntdvd_check_aacs_session, ntdvd_aacs_send },
	{ ROW(AACS_GET_CERTIFICATE), AACS_FIRST, AACS, SESSION, CERT, 0x01,
	  ntdvd_check_aacs_session, ntdvd_aacs_report },
	{ ROW(AACS_GET_CHALLENGE_KEY), AACS_FIRST, AACS, SESSION, CHALL, 0x02,
	  ntdvd_check_aacs_session, ntdvd_aacs_report },
	{ ROW(AACS_SEND_CHALLENGE_KEY), AACS_FIRST, AACS, SESSION + CHALL, 0, 0x02,
	  ntdvd_check_aacs_session, ntdvd_aacs_send },
	{ ROW(AACS_READ_VOLUME_ID), AACS_FIRST, AACS, SESSION, ID, 0x80,
	  ntdvd_check_aacs_session, ntdvd_aacs_read_id },
	{ ROW(AACS_READ_SERIAL_NUMBER), AACS_FIRST, AACS, SESSION, ID, 0x81,
	  ntdvd_check_aacs_session, ntdvd_aacs_read_id },
	{ ROW(AACS_READ_MEDIA_ID), AACS_FIRST, AACS, SESSION, ID, 0x82,
	  ntdvd_check_aacs_session, ntdvd_aacs_read_id },
	{ ROW(AACS_READ_BINDING_NONCE), AACS_FIRST, AACS, NONCE, ID, 0x21,
	  ntdvd_check_aacs_nonce, ntdvd_aacs_nonce },
	{ ROW(AACS_GENERATE_BINDING_NONCE), AACS_FIRST, AACS, NONCE, ID, 0x20,
	  ntdvd_check_aacs_nonce, ntdvd_aacs_nonce },
	{ .check = ntdvd_check_unknown },
};

static void ntdvd_repeat(struct ntdvd_request *rq, enum ntdvd_repeat repeat)
{
	if (repeat == NTDVD_REPEAT_UNBOUND &&
	    (rq->session || ntdvd_sets_region(rq)))
		return;
	if (rq->repeats < NTDVD_TRIES) {
		rq->repeats++;
		rq->repeat = repeat;
	}
}

static __always_inline u32 ntdvd_send_inline(struct ntdvd_request *rq,
					     struct ntdvd_command *cmd)
{
	u32 status = ntdvd_command(rq->drive, cmd);

	if (unlikely(cmd->repeat))
		ntdvd_repeat(rq, cmd->repeat);
	return status;
}

/**
 * ntdvd_send() - send a command of a request
 * @rq: the request.
 * @cmd: the command.
 *
 * Sees to it that the request begins again where section 5 says so; @rq->repeat
 * tells.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_send(struct ntdvd_request *rq, struct ntdvd_command *cmd)
{
	return ntdvd_send_inline(rq, cmd);
}

/**
 * ntdvd_send_data() - send a SEND KEY
 * @rq: the request.
 * @format: MMC's key format.
 * @data: what goes behind the header of its parameter list.
 * @length: bytes of it.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_send_data(struct ntdvd_request *rq, u8 format, const void *data,
		    u16 length)
{
	struct ntdvd_command cmd = ntdvd_send_key(rq->control->class, rq->agid,
						  format,
						  NTDVD_HEADER_SIZE + length);
	u8 *list = rq->drive->buffer;

	put_unaligned_be16(length + 2, list);
	put_unaligned_be16(0, list + 2);
	memcpy(list + NTDVD_HEADER_SIZE, data, length);
	return ntdvd_send(rq, &cmd);
}

/**
 * ntdvd_ask() - send a command whose answer begins with its length
 * @rq: the request.
 * @cmd: the command.
 * @length: out: bytes of data behind the header, by the drive's word and the
 *	host's.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_ask(struct ntdvd_request *rq, struct ntdvd_command *cmd, u32 *length)
{
	u32 status = ntdvd_send_inline(rq, cmd);
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

/**
 * ntdvd_alloc_long() - make room for a long input or output
 * @rq: the request, which may have one from an earlier try.
 * @size: bytes.
 *
 * Context: sleeps.
 * Return: the room, or NULL if there is no memory.
 */
void *ntdvd_alloc_long(struct ntdvd_request *rq, u32 size)
{
	kvfree_sensitive(rq->long_data, rq->long_size);
	rq->long_data = kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	rq->long_size = size;
	return rq->long_data;
}

/**
 * ntdvd_too_small() - refuse an output that is
 * @rq: the request.
 * @wanted: bytes that would be enough, or 0.
 *
 * Return: BUFFER_TOO_SMALL.
 */
u32 ntdvd_too_small(struct ntdvd_request *rq, u32 wanted)
{
	rq->information = wanted;
	return NTDVD_STATUS_BUFFER_TOO_SMALL;
}

/**
 * ntdvd_check_session() - note which session a request needs
 * @rq: the request.
 * @session_id: the AGID in its input.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_session(struct ntdvd_request *rq, __le32 session_id)
{
	u32 agid = le32_to_cpu(session_id);

	if (agid >= NTDVD_AGIDS)
		return NTDVD_STATUS_INVALID_PARAMETER;
	rq->agid = agid;
	rq->session = &rq->drive->sessions[rq->control->class][agid];
	return NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_address() - make an address of a byte offset
 * @offset: bytes from the beginning of the disc.
 *
 * Return: the logical block, as Windows computes it: the offset is signed, and
 * what exceeds 32 bits is lost (contract, section 4).
 */
u32 ntdvd_address(__le64 offset)
{
	return (s64)le64_to_cpu(offset) >> 11;
}

/**
 * ntdvd_check_start_session() - IOCTL_DVD_START_SESSION
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_start_session(struct ntdvd_request *rq)
{
	if (rq->output_length < rq->control->output)
		return ntdvd_too_small(rq, rq->control->output);
	return NTDVD_STATUS_SUCCESS;
}

static __always_inline u32 ntdvd_ask_agid(struct ntdvd_request *rq, bool *none_left)
{
	struct ntdvd_command cmd = ntdvd_report_key(rq->control->class, 0,
						    rq->control->format, 8);
	u32 status = ntdvd_send_inline(rq, &cmd);

	*none_left = status == NTDVD_STATUS_INSUFFICIENT_RESOURCES &&
		     cmd.sense.asc == ASC_NO_RESOURCES;
	if (!status && (get_unaligned_be16(cmd.data) < 6 || cmd.residue > 0))
		status = NTDVD_STATUS_IO_DEVICE_ERROR;
	return status;
}

/**
 * ntdvd_start_session() - IOCTL_DVD_START_SESSION, IOCTL_AACS_START_SESSION
 * @rq: the request.
 *
 * DVD_LU_SEND_AGID of DVD_AUTH.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_start_session(struct ntdvd_request *rq)
{
	struct ntdvd_drive *drive = rq->drive;
	bool none_left, reclaimed = false;
	u32 status, agid;

	if (READ_ONCE(drive->has_orphans))
		ntdvd_end_orphans(drive);
	do {
		status = ntdvd_ask_agid(rq, &none_left);
		if (likely(!none_left) || reclaimed)
			break;
		reclaimed = ntdvd_reclaim_session(drive, rq->control->class);
	} while (reclaimed);
	if (status)
		return status;

	agid = drive->buffer[7] >> 6;
	rq->agid = agid;
	ntdvd_grant_session(&drive->sessions[rq->control->class][agid], rq->owner);
	put_unaligned_le32(agid, rq->small);
	rq->information = sizeof(__le32);
	return NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_check_end_session() - IOCTL_DVD_END_SESSION
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_end_session(struct ntdvd_request *rq)
{
	u32 status = ntdvd_check_input(rq, SESSION);

	if (status)
		return status;
	status = ntdvd_check_session(rq, rq->input.session_id);
	if (status &&
	    rq->input.session_id == cpu_to_le32(NTDVD_END_ALL_SESSIONS))
		return NTDVD_STATUS_SUCCESS;
	return status;
}

/**
 * ntdvd_check_aacs_end_session() - IOCTL_AACS_END_SESSION
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_aacs_end_session(struct ntdvd_request *rq)
{
	if (rq->input_length > SESSION)
		return NTDVD_STATUS_INVALID_PARAMETER;
	return ntdvd_check_end_session(rq);
}

static __always_inline u32
ntdvd_end_one_session(struct ntdvd_request *rq, struct ntdvd_session *session,
		      u8 agid)
{
	struct ntdvd_command cmd = ntdvd_report_key(rq->control->class, agid,
						    NTDVD_KEY_INVALIDATE_AGID, 0);
	u32 status = ntdvd_send_inline(rq, &cmd);

	if (unlikely(cmd.repeat)) {
		if (rq->repeat)
			return status;
		if (cmd.repeat == NTDVD_REPEAT_UNBOUND)
			status = NTDVD_STATUS_SUCCESS;
	}
	/* It is over whatever the drive says. */
	ntdvd_drop_session(session);
	return status;
}

static noinline u32 ntdvd_end_all_sessions(struct ntdvd_request *rq)
{
	struct ntdvd_session *session;
	u32 status;
	u8 agid;

	for (agid = 0; agid < NTDVD_AGIDS; agid++) {
		session = &rq->drive->sessions[rq->control->class][agid];
		if (READ_ONCE(session->owner) != rq->owner)
			continue;
		status = ntdvd_end_one_session(rq, session, agid);
		if (rq->repeat)
			return status;
		if (!rq->first_failure)
			rq->first_failure = status;
	}
	return rq->first_failure;
}

/**
 * ntdvd_end_session() - IOCTL_DVD_END_SESSION, IOCTL_AACS_END_SESSION, and the
 *	key type DvdInvalidateAGID
 * @rq: the request; without a session it ends all of its open file and class.
 *
 * DVD_INVALIDATE_AGID of DVD_AUTH.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_end_session(struct ntdvd_request *rq)
{
	if (!rq->session)
		return ntdvd_end_all_sessions(rq);
	return ntdvd_end_one_session(rq, rq->session, rq->agid);
}

/*
 * Ask the drive for its features, from the first of interest on, so that the
 * answer is short. A drive that ignores the start is understood as well.
 */
static u32 ntdvd_ask_features(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd = ntdvd_get_configuration(FEATURE_DVD_READ,
							   CONFIGURATION_SIZE);
	u8 *answer = kmalloc(CONFIGURATION_SIZE, GFP_KERNEL);
	u32 status, end, at;

	if (!answer)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	cmd.data = answer;
	status = ntdvd_send(rq, &cmd);
	end = status ? 0 : min_t(u64, ntdvd_transferred(&cmd),
				 4ULL + get_unaligned_be32(answer));
	if (status == NTDVD_STATUS_INVALID_DEVICE_REQUEST)
		status = NTDVD_STATUS_SUCCESS;	/* older than DVD */
	else if (!status && end < 8)
		status = NTDVD_STATUS_IO_DEVICE_ERROR;
	if (!status) {
		rq->drive->is_known = true;
		for (at = 8; at + 4 <= end; at += 4 + answer[at + 3]) {
			switch (get_unaligned_be16(answer + at)) {
			case FEATURE_DVD_READ:
				rq->drive->lacks &= ~NTDVD_DVD_DRIVE;
				break;
			case FEATURE_AACS:
				rq->drive->lacks &= ~NTDVD_AACS_DRIVE;
				break;
			}
		}
	}
	kfree(answer);
	return status;
}

/**
 * ntdvd_find_kind() - is a request for this drive, which may have to be asked?
 * @rq: the request, for a kind that the drive is not known to be of.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_find_kind(struct ntdvd_request *rq)
{
	struct ntdvd_drive *drive = rq->drive;
	u32 status;

	if (!drive->is_known) {
		status = ntdvd_ask_features(rq);
		if (status)
			return status;
	}
	return ntdvd_is_of_kind(drive, rq->control) ?
		       NTDVD_STATUS_SUCCESS : NTDVD_STATUS_INVALID_DEVICE_REQUEST;
}
