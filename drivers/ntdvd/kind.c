// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kind of drive it is (contract, section 4). Only a "yes" is kept: one bad answer
 * must not cost a drive until it is plugged in again.
 */
#include <linux/slab.h>

#include "ntdvd.h"

#define FEATURE_DVD_READ	0x001f
#define FEATURE_AACS		0x010d
#define FEATURES_AT		8	/* behind the header of GET CONFIGURATION */
#define CONFIGURATION_SIZE	1024
#define CAPABILITIES_PAGE	0x2a
#define CAPABILITIES_SIZE	64
#define READS_DVD		0x18	/* DVD-ROM or DVD-R */
#define MODE_HEADER_SIZE	8

/* Which kinds a list of features, in the answer to GET CONFIGURATION, is of */
static u8 ntdvd_parse_features(const u8 *answer, u32 length)
{
	u8 kinds = 0;
	u32 at;

	for (at = FEATURES_AT; at + 4 <= length; at += 4 + answer[at + 3]) {
		switch (get_unaligned_be16(answer + at)) {
		case FEATURE_DVD_READ:
			kinds |= NTDVD_DVD_DRIVE;
			break;
		case FEATURE_AACS:
			kinds |= NTDVD_AACS_DRIVE;
			break;
		}
	}
	return kinds;
}

/* Drives that are older than GET CONFIGURATION, or have no features in it */
static u32 ntdvd_read_capabilities(struct ntdvd_request *rq)
{
	struct ntdvd_command cmd = {
		.cdb[0] = GPCMD_MODE_SENSE_10,
		.cdb[2] = CAPABILITIES_PAGE,
		.cdb[8] = CAPABILITIES_SIZE,
		.direction = DMA_FROM_DEVICE,
		.length = CAPABILITIES_SIZE,
	};
	u32 status = ntdvd_request_command(rq, &cmd);
	const u8 *answer = cmd.data;
	u32 page;

	if (status)
		return status;
	page = MODE_HEADER_SIZE + get_unaligned_be16(answer + 6);
	if (page + 2 < ntdvd_transferred(&cmd) &&
	    (answer[page] & 0x3f) == CAPABILITIES_PAGE && answer[page + 2] & READS_DVD)
		rq->drive->kinds |= NTDVD_DVD_DRIVE;
	return NTDVD_STATUS_SUCCESS;
}

static u32 ntdvd_read_configuration(struct ntdvd_request *rq, u8 *answer)
{
	struct ntdvd_command cmd = {
		.cdb[0] = GPCMD_GET_CONFIGURATION,
		.direction = DMA_FROM_DEVICE,
		.length = CONFIGURATION_SIZE,
		.data = answer,
	};
	u32 status, length;

	/* The rest is of no interest. A drive that ignores the start is understood, too. */
	put_unaligned_be16(FEATURE_DVD_READ, &cmd.cdb[2]);
	put_unaligned_be16(CONFIGURATION_SIZE, &cmd.cdb[7]);
	status = ntdvd_request_command(rq, &cmd);
	if (status == NTDVD_STATUS_INVALID_DEVICE_REQUEST &&
	    cmd.sense.sense_key == ILLEGAL_REQUEST && cmd.sense.asc == 0x20)
		return ntdvd_read_capabilities(rq);
	if (status)
		return status;
	length = min_t(u64, ntdvd_transferred(&cmd), 4ULL + get_unaligned_be32(answer));
	if (length < FEATURES_AT)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	if (length < FEATURES_AT + 4)
		return ntdvd_read_capabilities(rq);
	rq->drive->kinds |= ntdvd_parse_features(answer, length);
	return NTDVD_STATUS_SUCCESS;
}

/* Is the request for a drive of this kind? Asks the drive if it has not said so yet. */
u32 ntdvd_find_kinds(struct ntdvd_request *rq)
{
	u8 *answer;
	u32 status;

	lockdep_assert_held(&rq->drive->lock);
	answer = kmalloc(CONFIGURATION_SIZE, GFP_KERNEL);
	if (!answer)
		return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	status = ntdvd_read_configuration(rq, answer);
	kfree(answer);
	if (!status && rq->control->drive & ~rq->drive->kinds)
		status = NTDVD_STATUS_INVALID_DEVICE_REQUEST;
	return status;
}
