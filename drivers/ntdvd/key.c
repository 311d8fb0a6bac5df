// SPDX-License-Identifier: GPL-2.0-only
/* READ_KEY, SEND_KEY, SEND_KEY2 and GET_REGION: the keys of CSS. */
#include <linux/build_bug.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "compat.h"
#include "request.h"

#define DISC_COPYRIGHT	0x01	/* formats of READ DISC STRUCTURE */
#define DISC_KEY	0x02
#define DISC_KEY_SIZE	2048
#define RPC_PHASE_II	1

static_assert(NTDVD_KEY_SIZE <= NTDVD_SMALL_SIZE);

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

#define KEY(name, ...)	{ NTDVD_KEY_##name, __VA_ARGS__ }
#define UNKNOWN		{ 0, 0, 0, false, REFUSED, INVALID, INVALID }

/* By key type, as far as these are small */
static const struct ntdvd_key ntdvd_keys[] = {
	UNKNOWN,
	/* type				data  room session read SEND_KEY SEND_KEY2 */
	KEY(CHALLENGE,		12,   12,   true,  YES,     YES,     YES),
	KEY(BUS1,		8,    8,    true,  YES,     INVALID, REFUSED),
	KEY(BUS2,		8,    8,    true,  REFUSED, YES,     YES),
	KEY(TITLE,		8,    8,    true,  YES,     INVALID, REFUSED),
	KEY(ASF,		4,    4,    true,  YES,     INVALID, REFUSED),
	KEY(SET_RPC,		4,    0,    false, REFUSED, INVALID, YES),
	UNKNOWN,
	KEY(GET_RPC,		4,    4,    false, YES,     INVALID, REFUSED),
#define ROW_DISK		9
	KEY(DISK,		2048, 2048, true,  YES,     INVALID, REFUSED),
#define ROW_INVALIDATE_AGID	10
	KEY(INVALIDATE_AGID,	0,    0,    true,  YES,     YES,     YES),
};

static const struct ntdvd_key *ntdvd_find_key(__le32 key_type)
{
	u32 row = le32_to_cpu(key_type);

	if (row == NTDVD_KEY_DISK)
		row = ROW_DISK;
	else if (row == NTDVD_KEY_INVALIDATE_AGID)
		row = ROW_INVALIDATE_AGID;
	else if (row > NTDVD_KEY_GET_RPC)
		row = 0;
	return &ntdvd_keys[array_index_nospec(row, ARRAY_SIZE(ntdvd_keys))];
}

/**
 * ntdvd_sets_region() - is it a region change, of which a drive allows five?
 * @rq: the request.
 *
 * Return: true if it is.
 */
bool ntdvd_sets_region(const struct ntdvd_request *rq)
{
	return rq->key && rq->key->type == NTDVD_KEY_SET_RPC;
}

/**
 * ntdvd_check_read_key() - IOCTL_DVD_READ_KEY
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_read_key(struct ntdvd_request *rq)
{
	const struct ntdvd_copy_protect_key *input = &rq->input.key;
	u32 status = ntdvd_check_input(rq, sizeof(*input));
	u32 wanted;

	if (status)
		return status;
	rq->key = ntdvd_find_key(input->key_type);
	wanted = sizeof(*input) + rq->key->room;
	if (rq->output_length < wanted)
		return ntdvd_too_small(rq, wanted);
	if (rq->key->read)
		return rq->key->read;
	return rq->key->session ? ntdvd_check_session(rq, input->session_id) :
				  NTDVD_STATUS_SUCCESS;
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
	struct ntdvd_copy_protect_key *output = ntdvd_output(rq);

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
	const size_t size = sizeof(struct ntdvd_copy_protect_key) + DISC_KEY_SIZE;
	u8 *output = ntdvd_alloc_long(rq, size);
	struct ntdvd_command cmd;
	u32 status;

	if (!output)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	cmd = ntdvd_read_disc_structure(rq->agid, DISC_KEY,
					NTDVD_HEADER_SIZE + DISC_KEY_SIZE);
	/* so that the key is where it belongs without another copy */
	cmd.data = output + size - cmd.length;
	status = ntdvd_ask_whole(rq, &cmd);
	if (status)
		return status;
	return ntdvd_finish_read_key(rq, DISC_KEY_SIZE);
}

/**
 * ntdvd_read_key() - IOCTL_DVD_READ_KEY
 * @rq: the request.
 *
 * DVD_LU_SEND_CHALLENGE, _KEY1, _TITLE_KEY, _ASF and _RPC_STATE of DVD_AUTH.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_read_key(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd;
	u32 status, length;

	if (rq->key->type == NTDVD_KEY_INVALIDATE_AGID)
		return ntdvd_end_session(rq);
	if (rq->key->type == NTDVD_KEY_DISK)
		return ntdvd_read_disk_key(rq);

	cmd = ntdvd_report_key(NTDVD_CSS, rq->agid, rq->key->type,
			       NTDVD_HEADER_SIZE + rq->key->length);
	if (rq->key->type == NTDVD_KEY_TITLE)
		put_unaligned_be32(ntdvd_address(rq->input.key.title_offset),
				   &cmd.cdb[2]);
	status = ntdvd_ask(rq, &cmd, &length);
	if (status)
		return status;
	memcpy(rq->small + sizeof(rq->input.key),
	       rq->drive->buffer + NTDVD_HEADER_SIZE, length);
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

	rq->key = ntdvd_find_key(input->key_type);
	status = send2 ? rq->key->send2 : rq->key->send;
	if (status)
		return status;
	if (rq->key->type != NTDVD_KEY_INVALIDATE_AGID &&
	    rq->input_length - sizeof(*input) != rq->key->length)
		return NTDVD_STATUS_INVALID_PARAMETER;
	return rq->key->session ? ntdvd_check_session(rq, input->session_id) :
				  NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_check_send_key() - IOCTL_DVD_SEND_KEY
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_send_key(struct ntdvd_request *rq)
{
	return ntdvd_check_sent_key(rq, false);
}

/**
 * ntdvd_check_send_key2() - IOCTL_DVD_SEND_KEY2
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_send_key2(struct ntdvd_request *rq)
{
	return ntdvd_check_sent_key(rq, true);
}

/**
 * ntdvd_run_send_key() - IOCTL_DVD_SEND_KEY, IOCTL_DVD_SEND_KEY2
 * @rq: the request.
 *
 * DVD_HOST_SEND_CHALLENGE, _KEY2 and _RPC_STATE of DVD_AUTH.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_run_send_key(struct ntdvd_request *rq)
{
	u32 status;

	if (rq->key->type == NTDVD_KEY_INVALIDATE_AGID)
		return ntdvd_end_session(rq);

	status = ntdvd_send_data(rq, rq->key->type, rq->input.key.key_data,
				 rq->key->length);
	/* MMC invalidates the AGID of a bus key 2 that is wrong. */
	if (rq->key->type == NTDVD_KEY_BUS2 &&
	    status == NTDVD_STATUS_CSS_AUTHENTICATION_FAILURE)
		ntdvd_drop_session(rq->session);
	return status;
}

/**
 * ntdvd_check_get_region() - IOCTL_DVD_GET_REGION
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_get_region(struct ntdvd_request *rq)
{
	if (rq->output_length < rq->control->output)
		return NTDVD_STATUS_BUFFER_TOO_SMALL;
	return NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_get_region() - IOCTL_DVD_GET_REGION
 * @rq: the request.
 *
 * DVD_STRUCT_COPYRIGHT of DVD_READ_STRUCT, then DVD_LU_SEND_RPC_STATE of
 * DVD_AUTH.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_get_region(struct ntdvd_request *rq)
{
	struct ntdvd_region *region = (void *)rq->small;
	const u8 *data = rq->drive->buffer + NTDVD_HEADER_SIZE;
	const struct ntdvd_rpc_key *rpc = (void *)data;
	struct ntdvd_command cmd;
	u32 status;

	cmd = ntdvd_read_disc_structure(0, DISC_COPYRIGHT, 8);
	status = ntdvd_ask_whole(rq, &cmd);
	if (status)
		return status;
	region->copy_system = data[0];
	region->region_data = data[1];

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
