// SPDX-License-Identifier: GPL-2.0-only
/* What the requests share: buffers, and checks that several make. */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include "ntdvd.h"

/* Note which AGID a request names. */
u32 ntdvd_check_agid(struct ntdvd_request *rq, __le32 session_id)
{
	u32 agid = le32_to_cpu(session_id);

	if (agid >= NTDVD_AGIDS)
		return NTDVD_STATUS_INVALID_PARAMETER;
	rq->agid = array_index_nospec(agid, NTDVD_AGIDS);
	return NTDVD_STATUS_SUCCESS;
}

/* Note which session a request needs. */
u32 ntdvd_check_session(struct ntdvd_request *rq, __le32 session_id)
{
	u32 status = ntdvd_check_agid(rq, session_id);

	if (!status)
		rq->session = &rq->drive->sessions[rq->control->class][rq->agid];
	return status;
}

/* @wanted: the length that would be enough, or 0 where the contract names none */
u32 ntdvd_too_small(struct ntdvd_request *rq, u32 wanted)
{
	rq->information = wanted;
	return NTDVD_STATUS_BUFFER_TOO_SMALL;
}

/* Room for a long input or output, in the place of one from an earlier try */
void *ntdvd_alloc_long(struct ntdvd_request *rq, u32 size)
{
	kvfree_sensitive(rq->long_data, rq->long_size);
	rq->long_data = kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	rq->long_size = size;
	return rq->long_data;
}

/*
 * The logical block of a byte offset, as Windows computes it: the offset is
 * signed, and what exceeds 32 bits is lost (contract, section 4).
 */
u32 ntdvd_address(__le64 offset)
{
	return (s64)le64_to_cpu(offset) >> 11;
}
