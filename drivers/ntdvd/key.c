// SPDX-License-Identifier: GPL-2.0-only
/* READ_KEY, SEND_KEY, SEND_KEY2 and GET_REGION: the keys of CSS. */
#include <linux/build_bug.h>
#include <linux/string.h>

#include "ntdvd.h"

#define DISC_COPYRIGHT	0x01	/* a format of READ DISC STRUCTURE */
#define DISC_KEY_SIZE	2048
#define RPC_PHASE_II	1

static_assert(NTDVD_KEY_SIZE <= NTDVD_SMALL_SIZE);

/**
 * struct ntdvd_key - a row of the table of key types
 * @type: the key type, which is also MMC's key format (but for a disk key).
 * @length: bytes of key data.
 * @room: bytes of key data that READ_KEY wants room for.
 * @needs_session: what its name says.
 * @releases: the drive releases the AGID when it has sent the key (MMC).
 * @read: NTSTATUS of READ_KEY, SUCCESS where it goes to the drive.
 * @send: the same of SEND_KEY.
 * @send2: the same of SEND_KEY2.
 */
struct ntdvd_key {
	u32 type;
	u16 length, room;
	bool needs_session, releases;
	u32 read, send, send2;
};

#define INVALID	NTDVD_STATUS_INVALID_PARAMETER
#define REFUSED	NTDVD_STATUS_INVALID_DEVICE_REQUEST

/* Contract, section 3. The last row is for all other types. */
static const struct ntdvd_key ntdvd_keys[] = {
	{
		.type = NTDVD_KEY_CHALLENGE, .length = 12, .room = 12, .needs_session = true,
	}, {
		.type = NTDVD_KEY_BUS1, .length = 8, .room = 8, .needs_session = true,
		.send = INVALID, .send2 = REFUSED,
	}, {
		.type = NTDVD_KEY_BUS2, .length = 8, .room = 8, .needs_session = true,
		.read = REFUSED,
	}, {
		.type = NTDVD_KEY_TITLE, .length = 8, .room = 8, .needs_session = true,
		.releases = true, .send = INVALID, .send2 = REFUSED,
	}, {
		.type = NTDVD_KEY_ASF, .length = 4, .room = 4,
		.send = INVALID, .send2 = REFUSED,
	}, {
		.type = NTDVD_KEY_SET_RPC, .length = 4,
		.read = REFUSED, .send = INVALID,
	}, {
		.type = NTDVD_KEY_GET_RPC, .length = 4, .room = 4,
		.send = INVALID, .send2 = REFUSED,
	}, {
		.type = NTDVD_KEY_DISK, .length = DISC_KEY_SIZE, .room = DISC_KEY_SIZE,
		.needs_session = true, .releases = true,
		.send = INVALID, .send2 = REFUSED,
	}, {
		.type = NTDVD_KEY_INVALIDATE_AGID,
	}, {
		.read = REFUSED, .send = INVALID, .send2 = INVALID,
	},
};

static const struct ntdvd_key *ntdvd_find_key(__le32 key_type)
{
	const struct ntdvd_key *key = ntdvd_keys;

	while (key->type != le32_to_cpu(key_type) && key->type)
		key++;
	return key;
}

/* Note the AGID, and the session if there must be one, as the key type wants it. */
static u32 ntdvd_check_key_session(struct ntdvd_request *rq)
{
	const struct ntdvd_copy_protect_key *input = &rq->input.key;

	switch (rq->key->type) {
	case NTDVD_KEY_INVALIDATE_AGID:
		rq->ends_session = true;
		return ntdvd_check_agid(rq, input->session_id);
	case NTDVD_KEY_SET_RPC:
		rq->sets_region = true;
		return NTDVD_STATUS_SUCCESS;
	case NTDVD_KEY_ASF:
		/* MMC wants no AGID for it, and programs pass any. */
		ntdvd_check_agid(rq, input->session_id);
		return NTDVD_STATUS_SUCCESS;
	}
	return rq->key->needs_session ? ntdvd_check_session(rq, input->session_id) :
					NTDVD_STATUS_SUCCESS;
}

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
	return ntdvd_check_key_session(rq);
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
	struct ntdvd_command cmd =
		ntdvd_read_disc_structure_command(rq->agid, NTDVD_DISC_KEY,
						  NTDVD_HEADER_SIZE + DISC_KEY_SIZE);
	u32 status;

	if (!output)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	/* so that the key is where it belongs without another copy */
	cmd.data = output + size - cmd.length;
	status = ntdvd_read_whole_answer(rq, &cmd);
	if (status)
		return status;
	return ntdvd_finish_read_key(rq, DISC_KEY_SIZE);
}

static u32 ntdvd_report_key(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd =
		ntdvd_report_key_command(NTDVD_CSS, rq->agid, rq->key->type,
					 NTDVD_HEADER_SIZE + rq->key->length);
	u32 status, length;

	if (rq->key->type == NTDVD_KEY_TITLE)
		put_unaligned_be32(ntdvd_address(rq->input.key.title_offset),
				   &cmd.cdb[2]);
	status = ntdvd_read_answer(rq, &cmd, &length);
	if (status)
		return status;
	memcpy(rq->small + sizeof(rq->input.key),
	       rq->drive->buffer + NTDVD_HEADER_SIZE, length);
	return ntdvd_finish_read_key(rq, length);
}

u32 ntdvd_read_key(struct ntdvd_request *rq)
{
	const struct ntdvd_session *named;
	u32 status;

	switch (rq->key->type) {
	case NTDVD_KEY_INVALIDATE_AGID:
		return ntdvd_end_session(rq);
	case NTDVD_KEY_DISK:
		status = ntdvd_read_disk_key(rq);
		break;
	case NTDVD_KEY_ASF:
		named = &rq->drive->sessions[NTDVD_CSS][rq->agid];
		if (named->file != rq->file)
			rq->agid = 0;
		fallthrough;
	default:
		status = ntdvd_report_key(rq);
	}
	if (!status && rq->key->releases)
		ntdvd_session_over(rq->session, rq->file);
	return status;
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
	return ntdvd_check_key_session(rq);
}

u32 ntdvd_check_send_key(struct ntdvd_request *rq)
{
	return ntdvd_check_sent_key(rq, false);
}

u32 ntdvd_check_send_key2(struct ntdvd_request *rq)
{
	return ntdvd_check_sent_key(rq, true);
}

u32 ntdvd_send_key(struct ntdvd_request *rq)
{
	u32 status;

	if (rq->key->type == NTDVD_KEY_INVALIDATE_AGID)
		return ntdvd_end_session(rq);

	status = ntdvd_send_parameter_list(rq, rq->key->type, rq->input.key.key_data,
					   rq->key->length);
	/* MMC invalidates the AGID of a bus key 2 that is wrong. */
	if (rq->key->type == NTDVD_KEY_BUS2 &&
	    status == NTDVD_STATUS_CSS_AUTHENTICATION_FAILURE)
		ntdvd_session_over(rq->session, rq->file);
	return status;
}

u32 ntdvd_check_get_region(struct ntdvd_request *rq)
{
	if (rq->output_length < rq->control->output)
		return NTDVD_STATUS_BUFFER_TOO_SMALL;
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_get_region(struct ntdvd_request *rq)
{
	struct ntdvd_region *region = (void *)rq->small;
	const u8 *data = rq->drive->buffer + NTDVD_HEADER_SIZE;
	const struct ntdvd_rpc_key *rpc = (void *)data;
	struct ntdvd_command cmd = ntdvd_read_disc_structure_command(0, DISC_COPYRIGHT, 8);
	u32 status;

	status = ntdvd_read_whole_answer(rq, &cmd);
	if (status)
		return status;
	region->copy_system = data[0];
	region->region_data = data[1];

	cmd = ntdvd_report_key_command(NTDVD_CSS, 0, NTDVD_KEY_GET_RPC, 8);
	status = ntdvd_read_whole_answer(rq, &cmd);
	if (status)
		return status;
	if (rpc->scheme != RPC_PHASE_II)
		return NTDVD_STATUS_INVALID_DEVICE_REQUEST;
	region->system_region = rpc->state >> 6 ? ~rpc->region_mask : 0;
	region->reset_count = rpc->state & 7;
	rq->information = sizeof(*region);
	return NTDVD_STATUS_SUCCESS;
}
