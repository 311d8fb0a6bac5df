// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests of AACS. None of its cryptography is here: certificates, keys
 * and ids go through as they are.
 */
#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "ntdvd.h"

#define PACK_SIZE 32768

/* What is sent to the drive is in @long_data. */
static_assert(sizeof(struct ntdvd_aacs_send_challenge_key) > NTDVD_SMALL_SIZE);
static_assert(sizeof(struct ntdvd_aacs_id) <= NTDVD_SMALL_SIZE);
static_assert(NTDVD_HEADER_SIZE + sizeof(struct ntdvd_aacs_certificate) <= NTDVD_BUFFER_SIZE);

u32 ntdvd_check_aacs(struct ntdvd_request *rq)
{
	const struct ntdvd_control *control = rq->control;

	if (control->input && rq->input_length != control->input)
		return NTDVD_STATUS_INFO_LENGTH_MISMATCH;
	if (rq->output_length < control->output)
		return ntdvd_too_small(rq, control->output);
	if (control->output && rq->output_length > control->output)
		return NTDVD_STATUS_INVALID_BUFFER_SIZE;
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_check_aacs_session(struct ntdvd_request *rq)
{
	u32 status = ntdvd_check_aacs(rq);
	const __le32 *session_id = &rq->input.session_id;

	if (status)
		return status;
	if (rq->control->input > sizeof(rq->small))
		session_id = (const __le32 *)rq->long_data;
	return ntdvd_check_session(rq, *session_id);
}

u32 ntdvd_check_aacs_nonce(struct ntdvd_request *rq)
{
	u32 status = ntdvd_check_aacs_session(rq);

	if (!status && (le32_to_cpu(rq->input.nonce.number_of_sectors) > U8_MAX ||
			le64_to_cpu(rq->input.nonce.start_lba) > U32_MAX))
		status = NTDVD_STATUS_INVALID_PARAMETER;
	return status;
}

static u32 ntdvd_check_layer(const struct ntdvd_request *rq)
{
	if (le32_to_cpu(rq->input.layer) > U8_MAX)
		return NTDVD_STATUS_INVALID_PARAMETER;
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_check_aacs_layer(struct ntdvd_request *rq)
{
	u32 status = ntdvd_check_aacs(rq);

	return status ? status : ntdvd_check_layer(rq);
}

u32 ntdvd_check_aacs_block(struct ntdvd_request *rq)
{
	if (rq->input_length != rq->control->input)
		return NTDVD_STATUS_INFO_LENGTH_MISMATCH;
	if (rq->output_length < rq->control->output)
		return ntdvd_too_small(rq, rq->control->output);
	return ntdvd_check_layer(rq);
}

/* Send a command whose data must be exactly the output. */
static u32 ntdvd_read_output(struct ntdvd_request *rq, struct ntdvd_command *cmd)
{
	u16 size = rq->control->output;
	u32 status;

	if (size > sizeof(rq->small) && !ntdvd_alloc_long(rq, size))
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	status = ntdvd_read_whole_answer(rq, cmd);
	if (status)
		return status;
	if (get_unaligned_be16(cmd->data) - 2 != size)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	memcpy(ntdvd_output(rq), cmd->data + NTDVD_HEADER_SIZE, size);
	rq->information = size;
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_aacs_report(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd =
		ntdvd_report_key_command(NTDVD_AACS, rq->agid, rq->control->format,
					 NTDVD_HEADER_SIZE + rq->control->output);

	return ntdvd_read_output(rq, &cmd);
}

u32 ntdvd_aacs_nonce(struct ntdvd_request *rq)
{
	const struct ntdvd_aacs_read_binding_nonce *input = &rq->input.nonce;
	struct ntdvd_command cmd =
		ntdvd_report_key_command(NTDVD_AACS, rq->agid, rq->control->format,
					 NTDVD_HEADER_SIZE + rq->control->output);

	put_unaligned_be32(le64_to_cpu(input->start_lba), &cmd.cdb[2]);
	cmd.cdb[6] = le32_to_cpu(input->number_of_sectors);
	return ntdvd_read_output(rq, &cmd);
}

u32 ntdvd_aacs_send(struct ntdvd_request *rq)
{
	const size_t at = sizeof(rq->input.session_id);

	return ntdvd_send_parameter_list(rq, rq->control->format, rq->long_data + at,
			       rq->control->input - at);
}

u32 ntdvd_aacs_read_id(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd =
		ntdvd_read_disc_structure_command(rq->agid, rq->control->format,
						  NTDVD_HEADER_SIZE + rq->control->output);

	return ntdvd_read_output(rq, &cmd);
}

/*
 * Read a pack of the media key block into @data, or only its header. Returns
 * how many packs there are in @packs, which must be as before unless that was
 * 0, and the size of this one in @size.
 */
static u32 ntdvd_read_pack(struct ntdvd_request *rq, u8 pack, void *data,
			   u16 length, u8 *packs, u32 *size)
{
	struct ntdvd_command cmd =
		ntdvd_read_disc_structure_command(0, rq->control->format, length);
	u32 status, transferred;
	const u8 *header;

	cmd.cdb[5] = pack;
	cmd.cdb[6] = le32_to_cpu(rq->input.layer);
	cmd.data = data;
	status = ntdvd_read_answer(rq, &cmd, &transferred);
	if (status)
		return status;

	header = cmd.data;
	*size = get_unaligned_be16(header) - 2;
	if (!header[3] || (*packs && header[3] != *packs))
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	*packs = header[3];
	if (pack == *packs - 1 ? !*size || *size > PACK_SIZE : *size != PACK_SIZE)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	if (length > NTDVD_HEADER_SIZE && transferred != *size)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	return NTDVD_STATUS_SUCCESS;
}

static u32 ntdvd_read_block(struct ntdvd_request *rq, u8 *data)
{
	/* Some hosts cannot transfer a whole pack, but a short one is whole all the same. */
	u16 length = min_t(u32, NTDVD_HEADER_SIZE + PACK_SIZE, ntdvd_max_transfer(rq->drive));
	u32 status, size, sum = 0;
	u8 packs = 0;
	int pack = 0;

	do {
		/* The request begins again, and there the signal ends it. */
		if (pack && fatal_signal_pending(current)) {
			rq->repeat = NTDVD_REPEAT_NOW;
			return NTDVD_STATUS_IO_DEVICE_ERROR;
		}
		status = ntdvd_read_pack(rq, pack, data, length, &packs, &size);
		if (status)
			return status;
		/* Before the last pack is there, its size is not known. */
		if (rq->output_length < sum + size ||
		    rq->output_length <= (packs - 1) * PACK_SIZE)
			return ntdvd_too_small(rq, packs * PACK_SIZE);
		if (!pack && !ntdvd_alloc_long(rq, packs * PACK_SIZE))
			return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
		memcpy(rq->long_data + sum, data + NTDVD_HEADER_SIZE, size);
		sum += size;
	} while (++pack < packs);
	rq->information = sum;
	return NTDVD_STATUS_SUCCESS;
}

u32 ntdvd_aacs_block(struct ntdvd_request *rq)
{
	u8 *data = kvmalloc(NTDVD_HEADER_SIZE + PACK_SIZE, GFP_KERNEL);
	u32 status;

	if (!data)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	status = ntdvd_read_block(rq, data);
	kvfree_sensitive(data, NTDVD_HEADER_SIZE + PACK_SIZE);
	return status;
}

u32 ntdvd_aacs_block_size(struct ntdvd_request *rq)
{
	u8 packs = 0;
	u32 status, size;

	status = ntdvd_read_pack(rq, 0, NULL, NTDVD_HEADER_SIZE, &packs, &size);
	if (!status && packs > 1)
		status = ntdvd_read_pack(rq, packs - 1, NULL, NTDVD_HEADER_SIZE,
					 &packs, &size);
	if (status)
		return status;
	put_unaligned_le32((packs - 1) * PACK_SIZE + size, rq->small);
	rq->information = rq->control->output;
	return NTDVD_STATUS_SUCCESS;
}
