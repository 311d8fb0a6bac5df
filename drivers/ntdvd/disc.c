// SPDX-License-Identifier: GPL-2.0-only
/* READ_STRUCTURE and SET_READ_AHEAD: the disc, whatever is on it. */
#include <linux/limits.h>

#include "compat.h"
#include "request.h"

#define DISC_PHYSICAL	0x00	/* formats of READ DISC STRUCTURE */
#define DISC_KEY	0x02

/* Formats that give away secrets of whoever has AGID 0 of a class */
static const struct {
	u8 first, last;
	enum ntdvd_key_class class;
} ntdvd_secret_formats[] = {
	{ 0x06, 0x07, NTDVD_CSS },	/* copyright data section, unique id */
	{ 0x80, 0x82, NTDVD_AACS },	/* volume id, serial number, media id */
};

/**
 * ntdvd_check_read_structure() - IOCTL_DVD_READ_STRUCTURE
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_read_structure(struct ntdvd_request *rq)
{
	u32 format = le32_to_cpu(rq->input.structure.format);
	size_t i;

	if (rq->input_length < rq->control->input)
		return NTDVD_STATUS_INVALID_PARAMETER;
	if (rq->output_length < rq->control->output)
		return ntdvd_too_small(rq, rq->control->output);
	if (rq->output_length > U16_MAX || format > U8_MAX)
		return NTDVD_STATUS_INVALID_PARAMETER;

	if (format == DISC_KEY)
		return ntdvd_check_session(rq, rq->input.structure.session_id);
	for (i = 0; i < ARRAY_SIZE(ntdvd_secret_formats); i++) {
		if (format < ntdvd_secret_formats[i].first ||
		    format > ntdvd_secret_formats[i].last)
			continue;
		rq->session = rq->drive->sessions[ntdvd_secret_formats[i].class];
	}
	return NTDVD_STATUS_SUCCESS;
}

static void ntdvd_swap32(u8 *number)
{
	put_unaligned_le32(get_unaligned_be32(number), number);
}

/**
 * ntdvd_read_structure() - IOCTL_DVD_READ_STRUCTURE
 * @rq: the request.
 *
 * DVD_READ_STRUCT, but for any format, layer and length.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_read_structure(struct ntdvd_request *rq)
{
	const struct ntdvd_read_structure *input = &rq->input.structure;
	u8 format = le32_to_cpu(input->format);
	u8 *output = ntdvd_alloc_long(rq, rq->output_length);
	struct ntdvd_command cmd;
	u32 status, length, at;

	if (!output)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	cmd = ntdvd_read_disc_structure(rq->agid, format, rq->output_length);
	put_unaligned_be32(ntdvd_address(input->block_byte_offset), &cmd.cdb[2]);
	cmd.cdb[6] = input->layer_number;
	cmd.data = output;
	status = ntdvd_ask(rq, &cmd, &length);
	if (status)
		return status;
	rq->information = NTDVD_HEADER_SIZE + length;

	/* the header's length, and the sector numbers that came whole */
	put_unaligned_le16(get_unaligned_be16(output), output);
	if (format == DISC_PHYSICAL)
		for (at = 8; at <= 16 && at + 4 <= rq->information; at += 4)
			ntdvd_swap32(output + at);
	return NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_check_read_ahead() - IOCTL_DVD_SET_READ_AHEAD,
 *	IOCTL_STORAGE_SET_READ_AHEAD
 * @rq: the request.
 *
 * Return: the NTSTATUS.
 */
u32 ntdvd_check_read_ahead(struct ntdvd_request *rq)
{
	if (rq->input_length < rq->control->input)
		return NTDVD_STATUS_INVALID_PARAMETER;
	return NTDVD_STATUS_SUCCESS;
}

/**
 * ntdvd_set_read_ahead() - IOCTL_DVD_SET_READ_AHEAD,
 *	IOCTL_STORAGE_SET_READ_AHEAD
 * @rq: the request.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
u32 ntdvd_set_read_ahead(struct ntdvd_request *rq)
{
	const struct ntdvd_set_read_ahead *input = &rq->input.read_ahead;
	struct ntdvd_command cmd;

	cmd = ntdvd_set_read_ahead_command(ntdvd_address(input->trigger_address),
					   ntdvd_address(input->target_address));
	return ntdvd_send(rq, &cmd);
}
