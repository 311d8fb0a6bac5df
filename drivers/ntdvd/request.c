// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows requests: one row for each control code, one short function for what
 * it checks and one for what it does. The order of the checks, the lengths and
 * the statuses are the contract's, sections 1 to 4.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <asm/unaligned.h>

#include "ntdvd.h"

#define CONTROL_ACCESS(code)	((code) >> 14 & 3)

#define KEY_HEADER_SIZE		4	/* before the data of REPORT KEY and others */
#define COPY_PROTECT_KEY_SIZE	sizeof(struct ntdvd_copy_protect_key)

#define FEATURE_DVD_READ	0x001f
#define CONFIGURATION_SIZE	1024

#define AGID_FORMAT		0x00	/* key formats that are no key type */
#define DISC_COPYRIGHT		0x01	/* formats of READ DISC STRUCTURE */
#define DISC_KEY		0x02
#define DISC_KEY_SIZE		2048
#define RPC_PHASE_II		1

#define NTDVD_TRIES		5

/**
 * struct ntdvd_control - a row of the table of control codes
 * @code: the control code.
 * @input: bytes of input to read, if the caller has as many.
 * @dvd: only for drives with the DVD Read feature.
 * @dvd_first: that is asked before the lengths are checked.
 * @check: what can be refused without the drive.
 * @run: what is done with it, under its lock.
 */
struct ntdvd_control {
	u32 code;
	u16 input;
	bool dvd, dvd_first;
	u32 (*check)(struct ntdvd_request *rq);
	u32 (*run)(struct ntdvd_request *rq);
};

/**
 * struct ntdvd_key - a row of the table of key types
 * @type: the key type, which is also MMC's key format (but for a disk key).
 * @length: bytes of key data.
 * @room: bytes of key data that READ_KEY wants room for.
 * @session: it needs a session.
 * @read: NTSTATUS of READ_KEY, SUCCESS where it goes to the drive.
 * @send: the same of SEND_KEY.
 * @send2: the same of SEND_KEY2.
 */
struct ntdvd_key {
	u32 type;
	u16 length, room;
	bool session;
	u32 read, send, send2;
};

#define YES	NTDVD_STATUS_SUCCESS
#define INVALID	NTDVD_STATUS_INVALID_PARAMETER
#define REFUSED	NTDVD_STATUS_INVALID_DEVICE_REQUEST

static const struct ntdvd_key ntdvd_keys[] = {
	/* type				data  room session read SEND_KEY SEND_KEY2 */
	{ NTDVD_KEY_CHALLENGE,		12,   12,   true,  YES,     YES,     YES },
	{ NTDVD_KEY_BUS1,		8,    8,    true,  YES,     INVALID, REFUSED },
	{ NTDVD_KEY_BUS2,		8,    8,    true,  REFUSED, YES,     YES },
	{ NTDVD_KEY_TITLE,		8,    8,    true,  YES,     INVALID, REFUSED },
	{ NTDVD_KEY_ASF,		4,    4,    true,  YES,     INVALID, REFUSED },
	{ NTDVD_KEY_SET_RPC,		4,    0,    false, REFUSED, INVALID, YES },
	{ NTDVD_KEY_GET_RPC,		4,    4,    false, YES,     INVALID, REFUSED },
	{ NTDVD_KEY_DISK,		2048, 2048, true,  YES,     INVALID, REFUSED },
	{ NTDVD_KEY_INVALIDATE_AGID,	0,    0,    true,  YES,     YES,     YES },
};

static const struct ntdvd_key ntdvd_unknown_key = {
	.read = REFUSED, .send = INVALID, .send2 = INVALID,
};

static const struct ntdvd_key *ntdvd_find_key(u32 type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ntdvd_keys); i++)
		if (ntdvd_keys[i].type == type)
			return &ntdvd_keys[i];
	return &ntdvd_unknown_key;
}

/* Send a command of a request, and see whether to begin it again. */
static u32 ntdvd_send(struct ntdvd_request *rq, struct ntdvd_command *cmd)
{
	u32 status = ntdvd_command(rq->drive, cmd);
	bool bound = rq->session ||
		     (rq->key && rq->key->type == NTDVD_KEY_SET_RPC);

	if (cmd->repeat == NTDVD_REPEAT_UNBOUND && bound)
		return status;
	if (cmd->repeat != NTDVD_REPEAT_NO && rq->tries) {
		rq->tries--;
		rq->repeat = cmd->repeat;
	}
	return status;
}

/*
 * Send a command whose answer begins with its length. Returns in @length how
 * many bytes of data came after the header, by the drive's word and the host's.
 */
static u32 ntdvd_ask(struct ntdvd_request *rq, struct ntdvd_command *cmd,
		     u32 *length)
{
	u32 status = ntdvd_send(rq, cmd);
	u32 told;

	if (status)
		return status;
	told = get_unaligned_be16(cmd->data);
	if (told < 2 || cmd->transferred < KEY_HEADER_SIZE)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	*length = min(told - 2, cmd->transferred - KEY_HEADER_SIZE);
	return NTDVD_STATUS_SUCCESS;
}

/* The same for an answer that is useful only as a whole. */
static u32 ntdvd_ask_whole(struct ntdvd_request *rq, struct ntdvd_command *cmd)
{
	u32 length;
	u32 status = ntdvd_ask(rq, cmd, &length);

	if (!status && length + KEY_HEADER_SIZE < cmd->length)
		status = NTDVD_STATUS_IO_DEVICE_ERROR;
	return status;
}

static u32 ntdvd_too_small(struct ntdvd_request *rq, u32 wanted)
{
	rq->information = wanted;
	return NTDVD_STATUS_BUFFER_TOO_SMALL;
}

static u32 ntdvd_check_input(const struct ntdvd_request *rq, u32 wanted)
{
	if (!rq->input_length)
		return NTDVD_STATUS_BUFFER_TOO_SMALL;
	if (rq->input_length < wanted)
		return NTDVD_STATUS_INVALID_PARAMETER;
	return NTDVD_STATUS_SUCCESS;
}

static u32 ntdvd_check_session(struct ntdvd_request *rq, u32 session_id)
{
	if (session_id >= NTDVD_AGIDS)
		return NTDVD_STATUS_INVALID_PARAMETER;
	rq->agid = session_id;
	rq->session = true;
	return NTDVD_STATUS_SUCCESS;
}

static u32 ntdvd_check_start_session(struct ntdvd_request *rq)
{
	if (rq->output_length < sizeof(__le32))
		return ntdvd_too_small(rq, sizeof(__le32));
	return NTDVD_STATUS_SUCCESS;
}

/* DVD_LU_SEND_AGID of DVD_AUTH */
static u32 ntdvd_start_session(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd;
	u32 status;
	u8 agid;

	ntdvd_end_orphans(rq->drive);

	cmd = ntdvd_report_key(rq->class, 0, AGID_FORMAT, 8);
	status = ntdvd_ask_whole(rq, &cmd);
	if (status)
		return status;

	agid = rq->drive->buffer[7] >> 6;
	ntdvd_own_session(rq->drive, rq->class, agid, rq->owner);
	rq->agid = agid;
	put_unaligned_le32(agid, rq->output);
	rq->information = sizeof(__le32);
	return NTDVD_STATUS_SUCCESS;
}

static u32 ntdvd_check_end_session(struct ntdvd_request *rq)
{
	u32 status = ntdvd_check_input(rq, sizeof(__le32));
	u32 session_id;

	if (status)
		return status;
	session_id = le32_to_cpu(rq->input.session_id);
	if (session_id == NTDVD_END_ALL_SESSIONS)
		return NTDVD_STATUS_SUCCESS;
	return ntdvd_check_session(rq, session_id);
}

/* DVD_INVALIDATE_AGID of DVD_AUTH */
static u32 ntdvd_end_one_session(struct ntdvd_request *rq, u8 agid)
{
	struct ntdvd_command cmd = ntdvd_report_key(rq->class, agid,
						    NTDVD_KEY_INVALIDATE_AGID, 0);
	u32 status = ntdvd_send(rq, &cmd);

	if (rq->repeat)
		return status;
	/* It is over whatever the drive says. */
	ntdvd_own_session(rq->drive, rq->class, agid, NULL);
	return cmd.repeat == NTDVD_REPEAT_UNBOUND ? NTDVD_STATUS_SUCCESS : status;
}

static u32 ntdvd_end_session(struct ntdvd_request *rq)
{
	u32 status;
	u8 agid;

	if (rq->session)
		return ntdvd_end_one_session(rq, rq->agid);

	for (agid = 0; agid < NTDVD_AGIDS; agid++) {
		if (!ntdvd_owns_session(rq->drive, rq->class, agid, rq->owner))
			continue;
		status = ntdvd_end_one_session(rq, agid);
		if (rq->repeat)
			return status;
		if (!rq->first_failure)
			rq->first_failure = status;
	}
	return rq->first_failure;
}

static u32 ntdvd_check_read_key(struct ntdvd_request *rq)
{
	const struct ntdvd_copy_protect_key *input = &rq->input.key;
	u32 status = ntdvd_check_input(rq, sizeof(*input));
	u32 wanted;

	if (status)
		return status;
	rq->key = ntdvd_find_key(le32_to_cpu(input->key_type));
	wanted = sizeof(*input) + rq->key->room;
	if (rq->output_length < wanted)
		return ntdvd_too_small(rq, wanted);
	if (rq->key->read)
		return rq->key->read;
	if (rq->key->session)
		return ntdvd_check_session(rq, le32_to_cpu(input->session_id));
	return NTDVD_STATUS_SUCCESS;
}

/* A title key comes with its flags in front. */
static void ntdvd_split_title_key(struct ntdvd_copy_protect_key *output,
				  u32 length)
{
	output->key_flags = cpu_to_le32(output->key_data[0]);
	memmove(output->key_data, output->key_data + 1, length - 1);
	output->key_data[length - 1] = 0;
}

static u32 ntdvd_finish_read_key(struct ntdvd_request *rq, u32 length)
{
	struct ntdvd_copy_protect_key *output = (void *)rq->output;

	*output = rq->input.key;
	if (rq->key->type == NTDVD_KEY_TITLE && length)
		ntdvd_split_title_key(output, length);
	rq->information = sizeof(*output) + length;
	output->key_length = cpu_to_le32(rq->information);
	return NTDVD_STATUS_SUCCESS;
}

/* DVD_STRUCT_DISCKEY of DVD_READ_STRUCT */
static u32 ntdvd_read_disk_key(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd;
	u32 status;

	if (!rq->long_output) {
		rq->long_output = kmalloc(COPY_PROTECT_KEY_SIZE + DISC_KEY_SIZE,
					  GFP_KERNEL);
		if (!rq->long_output)
			return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
		rq->output = rq->long_output;
	}
	cmd = ntdvd_read_disc_structure(rq->agid, DISC_KEY,
					KEY_HEADER_SIZE + DISC_KEY_SIZE);
	/* so that the key is where it belongs without another copy */
	cmd.data = rq->output + COPY_PROTECT_KEY_SIZE - KEY_HEADER_SIZE;
	status = ntdvd_ask_whole(rq, &cmd);
	if (status)
		return status;
	return ntdvd_finish_read_key(rq, DISC_KEY_SIZE);
}

/* DVD_LU_SEND_CHALLENGE, _KEY1, _TITLE_KEY, _ASF and _RPC_STATE of DVD_AUTH */
static u32 ntdvd_read_key(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd;
	s64 offset;
	u32 status;
	u32 length;

	if (rq->key->type == NTDVD_KEY_INVALIDATE_AGID)
		return ntdvd_end_session(rq);
	if (rq->key->type == NTDVD_KEY_DISK)
		return ntdvd_read_disk_key(rq);

	cmd = ntdvd_report_key(rq->class, rq->agid, rq->key->type,
			       KEY_HEADER_SIZE + rq->key->length);
	if (rq->key->type == NTDVD_KEY_TITLE) {
		offset = le64_to_cpu(rq->input.key.title_offset);
		put_unaligned_be32(offset >> 11, &cmd.cdb[2]);
	}
	status = ntdvd_ask(rq, &cmd, &length);
	if (status)
		return status;
	memcpy(rq->output + COPY_PROTECT_KEY_SIZE,
	       rq->drive->buffer + KEY_HEADER_SIZE, length);
	return ntdvd_finish_read_key(rq, length);
}

static u32 ntdvd_check_sent_key(struct ntdvd_request *rq, bool send2)
{
	const struct ntdvd_copy_protect_key *input = &rq->input.key;
	u32 status = ntdvd_check_input(rq, sizeof(*input));

	if (status)
		return status;
	if (le32_to_cpu(input->key_length) != rq->input_length)
		return NTDVD_STATUS_INVALID_PARAMETER;

	rq->key = ntdvd_find_key(le32_to_cpu(input->key_type));
	status = send2 ? rq->key->send2 : rq->key->send;
	if (status)
		return status;
	if (rq->key->type != NTDVD_KEY_INVALIDATE_AGID &&
	    rq->input_length - sizeof(*input) != rq->key->length)
		return NTDVD_STATUS_INVALID_PARAMETER;
	if (rq->key->session)
		return ntdvd_check_session(rq, le32_to_cpu(input->session_id));
	return NTDVD_STATUS_SUCCESS;
}

static u32 ntdvd_check_send_key(struct ntdvd_request *rq)
{
	return ntdvd_check_sent_key(rq, false);
}

static u32 ntdvd_check_send_key2(struct ntdvd_request *rq)
{
	return ntdvd_check_sent_key(rq, true);
}

/* DVD_HOST_SEND_CHALLENGE, _KEY2 and _RPC_STATE of DVD_AUTH */
static u32 ntdvd_run_send_key(struct ntdvd_request *rq)
{
	u8 *list = rq->drive->buffer;
	struct ntdvd_command cmd;
	u32 status;

	if (rq->key->type == NTDVD_KEY_INVALIDATE_AGID)
		return ntdvd_end_session(rq);

	put_unaligned_be16(rq->key->length + 2, list);
	put_unaligned_be16(0, list + 2);
	memcpy(list + KEY_HEADER_SIZE, rq->input.key.key_data, rq->key->length);
	cmd = ntdvd_send_key(rq->class, rq->agid, rq->key->type,
			     KEY_HEADER_SIZE + rq->key->length);
	status = ntdvd_send(rq, &cmd);

	/* MMC invalidates the AGID of a bus key 2 that is wrong. */
	if (rq->key->type == NTDVD_KEY_BUS2 &&
	    status == NTDVD_STATUS_CSS_AUTHENTICATION_FAILURE)
		ntdvd_own_session(rq->drive, rq->class, rq->agid, NULL);
	return status;
}

static u32 ntdvd_check_get_region(struct ntdvd_request *rq)
{
	if (rq->output_length < sizeof(struct ntdvd_region))
		return NTDVD_STATUS_BUFFER_TOO_SMALL;
	return NTDVD_STATUS_SUCCESS;
}

/* DVD_STRUCT_COPYRIGHT of DVD_READ_STRUCT, then DVD_LU_SEND_RPC_STATE */
static u32 ntdvd_get_region(struct ntdvd_request *rq)
{
	struct ntdvd_region *region = (void *)rq->output;
	const u8 *answer = rq->drive->buffer;
	const struct ntdvd_rpc_key *rpc = (void *)(answer + KEY_HEADER_SIZE);
	struct ntdvd_command cmd;
	u32 status;

	cmd = ntdvd_read_disc_structure(0, DISC_COPYRIGHT, 8);
	status = ntdvd_ask_whole(rq, &cmd);
	if (status)
		return status;
	region->copy_system = answer[4];
	region->region_data = answer[5];

	cmd = ntdvd_report_key(NTDVD_CSS, 0, NTDVD_KEY_GET_RPC, 8);
	status = ntdvd_ask_whole(rq, &cmd);
	if (status)
		return status;
	if (rpc->scheme != RPC_PHASE_II)
		return NTDVD_STATUS_INVALID_DEVICE_REQUEST;
	region->system_region = rpc->state >> 6 ? ~rpc->region_mask : 0;
	region->reset_count = rpc->state & 7;
	rq->information = sizeof(*region);
	return NTDVD_STATUS_SUCCESS;
}

static const struct ntdvd_control ntdvd_controls[] = {
	{ NTDVD_IOCTL_START_SESSION, 0, true, false,
	  ntdvd_check_start_session, ntdvd_start_session },
	{ NTDVD_IOCTL_READ_KEY, COPY_PROTECT_KEY_SIZE, true, false,
	  ntdvd_check_read_key, ntdvd_read_key },
	{ NTDVD_IOCTL_SEND_KEY, NTDVD_KEY_SIZE, true, false,
	  ntdvd_check_send_key, ntdvd_run_send_key },
	{ NTDVD_IOCTL_END_SESSION, sizeof(__le32), false, false,
	  ntdvd_check_end_session, ntdvd_end_session },
	{ NTDVD_IOCTL_GET_REGION, 0, true, true,
	  ntdvd_check_get_region, ntdvd_get_region },
	{ NTDVD_IOCTL_SEND_KEY2, NTDVD_KEY_SIZE, true, false,
	  ntdvd_check_send_key2, ntdvd_run_send_key },
};

/*
 * Ask the drive for its features, from the one wanted on, so that the answer
 * is short. A drive that ignores the start is understood as well.
 */
static u32 ntdvd_ask_kind(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd = ntdvd_get_configuration(FEATURE_DVD_READ,
							   CONFIGURATION_SIZE);
	u8 *answer = kmalloc(CONFIGURATION_SIZE, GFP_KERNEL);
	u32 status, end, at;

	if (!answer)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	cmd.data = answer;
	status = ntdvd_send(rq, &cmd);
	if (status == NTDVD_STATUS_INVALID_DEVICE_REQUEST) {
		/* older than GET CONFIGURATION, and than DVD */
		rq->drive->kind = NTDVD_KIND_OTHER;
		status = NTDVD_STATUS_SUCCESS;
	} else if (!status) {
		rq->drive->kind = NTDVD_KIND_OTHER;
		end = min_t(u64, cmd.transferred,
			    4ULL + get_unaligned_be32(answer));
		for (at = 8; at + 4 <= end; at += 4 + answer[at + 3])
			if (get_unaligned_be16(answer + at) == FEATURE_DVD_READ)
				rq->drive->kind = NTDVD_KIND_DVD;
	}
	kfree(answer);
	return status;
}

static u32 ntdvd_check_kind(struct ntdvd_request *rq)
{
	u32 status;

	if (rq->drive->kind == NTDVD_KIND_UNKNOWN) {
		status = ntdvd_ask_kind(rq);
		if (status)
			return status;
	}
	return rq->drive->kind == NTDVD_KIND_DVD ?
	       NTDVD_STATUS_SUCCESS : NTDVD_STATUS_INVALID_DEVICE_REQUEST;
}

/* One try, with the drive locked */
static u32 ntdvd_request_try(struct ntdvd_request *rq)
{
	const struct ntdvd_control *control = rq->control;
	u32 status;

	if (ntdvd_drive_is_gone(rq->drive))
		return NTDVD_STATUS_DEVICE_DOES_NOT_EXIST;
	if (control->dvd) {
		status = ntdvd_check_kind(rq);
		if (status)
			return status;
	}
	if (control->dvd_first) {
		status = control->check(rq);
		if (status)
			return status;
	}
	if (rq->session &&
	    !ntdvd_owns_session(rq->drive, rq->class, rq->agid, rq->owner))
		return NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED;
	return control->run(rq);
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
		rq->input_wanted = min_t(u32, rq->input_length,
					 rq->control->input);
		return true;
	}
	rq->status = NTDVD_STATUS_INVALID_DEVICE_REQUEST;
	return false;
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
	struct ntdvd_drive *drive = rq->drive;

	rq->output = rq->small;
	rq->tries = NTDVD_TRIES;
	if (!rq->control->dvd_first) {
		rq->status = rq->control->check(rq);
		if (rq->status)
			return 0;
	}
	do {
		if (rq->repeat == NTDVD_REPEAT_LATER)
			schedule_timeout_killable(HZ);
		if (fatal_signal_pending(current) ||
		    mutex_lock_killable(&drive->lock))
			return -EINTR;
		rq->repeat = NTDVD_REPEAT_NO;
		rq->status = ntdvd_request_try(rq);
		/* keys and challenges */
		memzero_explicit(drive->buffer, NTDVD_BUFFER_SIZE);
		mutex_unlock(&drive->lock);
	} while (rq->repeat);
	return 0;
}

/**
 * ntdvd_request_undo() - the caller could not be given the output
 * @rq: the request, run.
 *
 * Gives up the session that it started, as nobody knows of it.
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
 * Context: any.
 */
void ntdvd_request_end(struct ntdvd_request *rq)
{
	kfree_sensitive(rq->long_output);
	memzero_explicit(rq, sizeof(*rq));
}
