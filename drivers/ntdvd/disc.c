// SPDX-License-Identifier: GPL-2.0-only
/* READ_STRUCTURE and SET_READ_AHEAD: the disc, whatever is on it. */
#include <linux/limits.h>

#include "ntdvd.h"

/* Formats that give away secrets of whoever has AGID 0 of a class */
static const struct {
	u8 first, last;
	enum ntdvd_key_class class;
} ntdvd_secret_formats[] = {
	{ 0x06, 0x07, NTDVD_CSS },	/* copyright data section, unique id */
	{ 0x80, 0x82, NTDVD_AACS },	/* volume id, serial number, media id */
	{ 0x84, 0x84, NTDVD_AACS },	/* data keys */
};

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

	if (format == NTDVD_DISC_KEY)
		return ntdvd_check_session(rq, rq->input.structure.session_id);
	for (i = 0; i < ARRAY_SIZE(ntdvd_secret_formats); i++) {
		if (format < ntdvd_secret_formats[i].first ||
		    format > ntdvd_secret_formats[i].last)
			continue;
		rq->session = rq->drive->sessions[ntdvd_secret_formats[i].class];
	}
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_read_structure(struct ntdvd_request *rq)
{
	const struct ntdvd_read_structure *input = &rq->input.structure;
	u32 length = min(rq->output_length, ntdvd_max_transfer(rq->drive));
	u8 format = le32_to_cpu(input->format);
	u8 *output = ntdvd_alloc_long(rq, length);
	struct ntdvd_command cmd =
		ntdvd_read_disc_structure_command(rq->agid, format, length);
	u32 status;

	if (!output)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	put_unaligned_be32(ntdvd_address(input->block_byte_offset), &cmd.cdb[2]);
	cmd.cdb[6] = input->layer_number;
	cmd.data = output;
	status = ntdvd_read_answer(rq, &cmd, &length);
	if (status)
		return status;
	/* The drive has released the AGID with the key (MMC). */
	if (format == NTDVD_DISC_KEY)
		ntdvd_session_over(rq->session, rq->file);
	rq->information = NTDVD_HEADER_SIZE + length;
	/* The descriptor stays big-endian, as on Windows. */
	put_unaligned_le16(get_unaligned_be16(output), output);
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_check_read_ahead(struct ntdvd_request *rq)
{
	if (rq->input_length < rq->control->input)
		return NTDVD_STATUS_INVALID_PARAMETER;
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_set_read_ahead(struct ntdvd_request *rq)
{
	const struct ntdvd_set_read_ahead *input = &rq->input.read_ahead;
	struct ntdvd_command cmd = {
		.cdb[0] = GPCMD_SET_READ_AHEAD,
		.direction = DMA_FROM_DEVICE,
	};

	put_unaligned_be32(ntdvd_address(input->trigger_address), &cmd.cdb[2]);
	put_unaligned_be32(ntdvd_address(input->target_address), &cmd.cdb[6]);
	return ntdvd_request_command(rq, &cmd);
}
