// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows requests: one row for each control code, with one short function for
 * what it checks and one for what it does. The order of the checks, the lengths
 * and the statuses are the contract's, sections 1 to 4.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat.h"
#include "request.h"

#define CONTROL_ACCESS(code)	((code) >> 14 & 3)

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
#define DVD_FIRST		NTDVD_DVD_DRIVE_FIRST
#define AACS_FIRST		NTDVD_AACS_DRIVE_FIRST
#define CSS			NTDVD_CSS
#define AACS			NTDVD_AACS

static const struct ntdvd_control ntdvd_controls[] = {
	/* code, drives, class, input, output, format, check, run */
	{ ROW(START_SESSION), DVD, CSS, 0, SESSION, 0x00,
	  ntdvd_check_start_session, ntdvd_start_session },
	{ ROW(READ_KEY), DVD, CSS, KEY, KEY, 0,
	  ntdvd_check_read_key, ntdvd_read_key },
	{ ROW(SEND_KEY), DVD, CSS, NTDVD_KEY_SIZE, 0, 0,
	  ntdvd_check_send_key, ntdvd_run_send_key },
	{ ROW(END_SESSION), ANY, CSS, SESSION, 0, 0x3f,
	  ntdvd_check_end_session, ntdvd_end_session },
	{ ROW(SET_READ_AHEAD), ANY, CSS, sizeof(struct ntdvd_set_read_ahead), 0, 0,
	  ntdvd_check_read_ahead, ntdvd_set_read_ahead },
	{ ROW(GET_REGION), DVD_FIRST, CSS, 0, sizeof(struct ntdvd_region), 0,
	  ntdvd_check_get_region, ntdvd_get_region },
	{ ROW(SEND_KEY2), DVD, CSS, NTDVD_KEY_SIZE, 0, 0,
	  ntdvd_check_send_key2, ntdvd_run_send_key },
	{ ROW(READ_STRUCTURE), DVD, CSS, sizeof(struct ntdvd_read_structure),
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
	  ntdvd_check_end_session, ntdvd_end_session },
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
};

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
	u32 status = ntdvd_command(rq->drive, cmd);

	if (cmd->repeat == NTDVD_REPEAT_UNBOUND &&
	    (rq->session || ntdvd_sets_region(rq)))
		return status;
	if (cmd->repeat != NTDVD_REPEAT_NO && rq->tries) {
		rq->tries--;
		rq->repeat = cmd->repeat;
	}
	return status;
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
	u32 status = ntdvd_send(rq, cmd);
	u32 told;

	if (status)
		return status;
	told = get_unaligned_be16(cmd->data);
	if (told < 2 || cmd->transferred < NTDVD_HEADER_SIZE)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	*length = min(told - 2, cmd->transferred - NTDVD_HEADER_SIZE);
	return NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_ask_whole() - the same for an answer that is of use only as a whole
 * @rq: the request.
 * @cmd: the command.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_ask_whole(struct ntdvd_request *rq, struct ntdvd_command *cmd)
{
	u32 length;
	u32 status = ntdvd_ask(rq, cmd, &length);

	if (!status && NTDVD_HEADER_SIZE + length < cmd->length)
		status = NTDVD_STATUS_IO_DEVICE_ERROR;
	return status;
}

/**
 * ntdvd_alloc_output() - make room for a long output
 * @rq: the request, which may have one from an earlier try.
 * @size: bytes.
 *
 * Context: sleeps.
 * Return: the output, or NULL if there is no memory.
 */
void *ntdvd_alloc_output(struct ntdvd_request *rq, size_t size)
{
	kvfree_sensitive(rq->long_output, rq->long_size);
	rq->long_output = kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	rq->long_size = size;
	rq->output = rq->long_output;
	return rq->output;
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
	rq->session = true;
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

static u32 ntdvd_ask_agid(struct ntdvd_request *rq, bool *none_left)
{
	struct ntdvd_command cmd = ntdvd_report_key(rq->control->class, 0,
						    rq->control->format, 8);
	u32 status = ntdvd_ask_whole(rq, &cmd);

	*none_left = status == NTDVD_STATUS_INSUFFICIENT_RESOURCES &&
		     cmd.sense.asc == ASC_NO_RESOURCES;
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
	enum ntdvd_key_class class = rq->control->class;
	bool none_left;
	u32 status;

	if (READ_ONCE(rq->drive->has_orphans))
		ntdvd_end_orphans(rq->drive);

	status = ntdvd_ask_agid(rq, &none_left);
	if (none_left && ntdvd_reclaim_session(rq->drive, class))
		status = ntdvd_ask_agid(rq, &none_left);
	if (status)
		return status;

	rq->agid = rq->drive->buffer[7] >> 6;
	ntdvd_own_session(rq->drive, class, rq->agid, rq->owner);
	put_unaligned_le32(rq->agid, rq->output);
	rq->information = rq->control->output;
	return NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_check_end_session() - IOCTL_DVD_END_SESSION, IOCTL_AACS_END_SESSION
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_end_session(struct ntdvd_request *rq)
{
	u32 status = ntdvd_check_input(rq, rq->control->input);

	if (status)
		return status;
	if (rq->control->class == NTDVD_AACS &&
	    rq->input_length != rq->control->input)
		return NTDVD_STATUS_INVALID_PARAMETER;
	if (rq->input.session_id == cpu_to_le32(NTDVD_END_ALL_SESSIONS))
		return NTDVD_STATUS_SUCCESS;
	return ntdvd_check_session(rq, rq->input.session_id);
}

static u32 ntdvd_end_one_session(struct ntdvd_request *rq, u8 agid)
{
	enum ntdvd_key_class class = rq->control->class;
	struct ntdvd_command cmd = ntdvd_report_key(class, agid,
						    NTDVD_KEY_INVALIDATE_AGID, 0);
	u32 status = ntdvd_send(rq, &cmd);

	if (rq->repeat)
		return status;
	/* It is over whatever the drive says. */
	ntdvd_own_session(rq->drive, class, agid, NULL);
	return cmd.repeat == NTDVD_REPEAT_UNBOUND ? NTDVD_STATUS_SUCCESS : status;
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
	u32 status;
	u8 agid;

	if (rq->session)
		return ntdvd_end_one_session(rq, rq->agid);

	for (agid = 0; agid < NTDVD_AGIDS; agid++) {
		if (!ntdvd_owns_session(rq->drive, rq->control->class, agid,
					rq->owner))
			continue;
		status = ntdvd_end_one_session(rq, agid);
		if (rq->repeat)
			return status;
		if (!rq->first_failure)
			rq->first_failure = status;
	}
	return rq->first_failure;
}

/*
 * Ask the drive for its features, from the first of interest on, so that the
 * answer is short. A drive that ignores the start is understood as well.
 */
static noinline u32 ntdvd_ask_features(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd = ntdvd_get_configuration(FEATURE_DVD_READ,
							   CONFIGURATION_SIZE);
	u8 *answer = kmalloc(CONFIGURATION_SIZE, GFP_KERNEL);
	u32 status, end, at;

	if (!answer)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	cmd.data = answer;
	status = ntdvd_send(rq, &cmd);
	end = status ? 0 : min_t(u64, cmd.transferred,
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
				rq->drive->has_dvd = true;
				break;
			case FEATURE_AACS:
				rq->drive->has_aacs = true;
				break;
			}
		}
	}
	kfree(answer);
	return status;
}

static u32 ntdvd_check_kind(struct ntdvd_request *rq)
{
	struct ntdvd_drive *drive = rq->drive;
	u32 status;

	if (rq->control->kind == NTDVD_ANY_DRIVE)
		return NTDVD_STATUS_SUCCESS;
	if (!drive->is_known) {
		status = ntdvd_ask_features(rq);
		if (status)
			return status;
	}
	if (rq->control->kind == NTDVD_AACS_DRIVE_FIRST ? drive->has_aacs :
							  drive->has_dvd)
		return NTDVD_STATUS_SUCCESS;
	return NTDVD_STATUS_INVALID_DEVICE_REQUEST;
}

static bool ntdvd_asks_first(const struct ntdvd_control *control)
{
	return control->kind == NTDVD_DVD_DRIVE_FIRST ||
	       control->kind == NTDVD_AACS_DRIVE_FIRST;
}

/* Sessions come and go, and discs are described, without a key. */
static bool ntdvd_has_keys(const struct ntdvd_request *rq)
{
	return rq->key || rq->class == NTDVD_AACS;
}

/* One try, with the drive locked */
static u32 ntdvd_request_try(struct ntdvd_request *rq)
{
	static const u32 not_owned[] = {
		[NTDVD_CSS] = NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		[NTDVD_AACS] = NTDVD_STATUS_INVALID_PARAMETER,
	};
	const struct ntdvd_control *control = rq->control;
	u32 status;

	if (ntdvd_drive_is_gone(rq->drive))
		return NTDVD_STATUS_DEVICE_DOES_NOT_EXIST;
	ntdvd_sync_sessions(rq->drive);
	status = ntdvd_check_kind(rq);
	if (status)
		return status;
	if (ntdvd_asks_first(control)) {
		status = control->check(rq);
		if (status)
			return status;
	}
	if (rq->session &&
	    !ntdvd_owns_session(rq->drive, rq->class, rq->agid, rq->owner))
		return not_owned[rq->class];
	status = control->run(rq);
	if (ntdvd_has_keys(rq))
		memzero_explicit(rq->drive->buffer, NTDVD_BUFFER_SIZE);
	return status;
}

/**
 * ntdvd_request_begin() - look up a request and check its access
 * @rq: the request, all zero but for @drive, @owner, @access and the lengths.
 * @control_code: Windows control code.
 *
 * Context: any.
 * Return: true if the request is to go on: with @input_wanted bytes of input
 * in @input, and then ntdvd_request_run(). False if it is refused with @status.
 */
bool ntdvd_request_begin(struct ntdvd_request *rq, u32 control_code)
{
	size_t i;

	if (CONTROL_ACCESS(control_code) & ~rq->access) {
		rq->status = NTDVD_STATUS_ACCESS_DENIED;
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(ntdvd_controls); i++) {
		if (ntdvd_controls[i].code != control_code)
			continue;
		rq->control = &ntdvd_controls[i];
		rq->class = rq->control->class;
		rq->input_wanted = min_t(u32, rq->input_length,
					 rq->control->input);
		return true;
	}
	rq->status = NTDVD_STATUS_INVALID_DEVICE_REQUEST;
	return false;
}

/* noinline so that what is refused before does not pay for it */
static noinline int ntdvd_request_repeat(struct ntdvd_request *rq)
{
	struct ntdvd_drive *drive = rq->drive;

	do {
		if (rq->repeat == NTDVD_REPEAT_LATER)
			schedule_timeout_killable(HZ);
		if (fatal_signal_pending(current) ||
		    mutex_lock_killable(&drive->lock))
			return -EINTR;
		rq->repeat = NTDVD_REPEAT_NO;
		rq->status = ntdvd_request_try(rq);
		mutex_unlock(&drive->lock);
	} while (rq->repeat);
	return 0;
}

/**
 * ntdvd_request_run() - carry out a request
 * @rq: the request, begun, with its input.
 *
 * Context: sleeps, for the drive's lock, for the drive, and where the contract
 * lets a command be repeated later for a second without the lock.
 * Return: 0 with @status, @information and @output set, or -EINTR after a
 * fatal signal.
 */
int ntdvd_request_run(struct ntdvd_request *rq)
{
	rq->output = rq->small;
	rq->tries = NTDVD_TRIES;
	if (!ntdvd_asks_first(rq->control)) {
		rq->status = rq->control->check(rq);
		if (rq->status)
			return 0;
	}
	return ntdvd_request_repeat(rq);
}

/**
 * ntdvd_request_undo() - the caller could not be given the output
 * @rq: the request, run.
 *
 * Gives up the session that it started, as nobody knows of it. Another thread
 * may have ended that and started one with the same AGID on the same file, whose
 * loss it then is.
 *
 * Context: any; does not wait for the drive.
 * Return: true if ntdvd_end_orphans() is wanted.
 */
bool ntdvd_request_undo(struct ntdvd_request *rq)
{
	return !rq->status && rq->control->run == ntdvd_start_session &&
	       ntdvd_orphan_session(rq->drive, rq->class, rq->agid, rq->owner);
}

/**
 * ntdvd_request_end() - free what a request has allocated
 * @rq: the request; its input and output, which may be keys, are cleared.
 *
 * Context: sleeps.
 */
void ntdvd_request_end(struct ntdvd_request *rq)
{
	if (rq->long_output)
		kvfree_sensitive(rq->long_output, rq->long_size);
	if (ntdvd_has_keys(rq))
		memzero_explicit(&rq->input, sizeof(rq->input));
}
