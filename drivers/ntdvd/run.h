/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request on its way, from the control code to the status: for the ioctl, whose
 * cost is mostly that of functions calling functions, and for the KUnit suites.
 */
#ifndef NTDVD_RUN_H
#define NTDVD_RUN_H

#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "request.h"

/**
 * ntdvd_request_begin() - look up a request and check its access
 * @rq: the request, all zero but for @drive, @owner and the lengths.
 * @control_code: Windows control code.
 * @access: its file's, FILE_READ_ACCESS (1), FILE_WRITE_ACCESS (2) and other bits.
 *
 * Context: any.
 * Return: true if the request is to go on: with ntdvd_input_wanted() bytes of
 * input in ntdvd_request_input(), and then ntdvd_request_run(). False if it is
 * refused with @status.
 */
static inline bool ntdvd_request_begin(struct ntdvd_request *rq,
				       u32 control_code, u32 access)
{
	const struct ntdvd_control *control = ntdvd_controls;

	while (control->code != control_code && control->run)
		control++;
	rq->control = control;
	/* the access that a code needs is in it, known or not */
	if (unlikely((control_code >> 14 & 3) & ~access)) {
		rq->status = NTDVD_STATUS_ACCESS_DENIED;
		return false;
	}
	return true;
}

/**
 * ntdvd_input_wanted() - how much of its input a request reads
 * @rq: the request, begun.
 *
 * Return: bytes.
 */
static inline u32 ntdvd_input_wanted(const struct ntdvd_request *rq)
{
	return min_t(u32, rq->input_length, rq->control->input);
}

/**
 * ntdvd_request_input() - where a request wants its input
 * @rq: the request, begun.
 * @wanted: ntdvd_input_wanted().
 *
 * Context: sleeps.
 * Return: room for it, or NULL if there is no memory.
 */
static inline void *ntdvd_request_input(struct ntdvd_request *rq, u32 wanted)
{
	return wanted <= sizeof(rq->small) ? rq->small : ntdvd_alloc_long(rq, wanted);
}

/* One try, with the drive locked */
static __always_inline u32 ntdvd_request_try(struct ntdvd_request *rq)
{
	const struct ntdvd_control *control = rq->control;
	struct ntdvd_drive *drive = rq->drive;
	u32 status;

	if (ntdvd_drive_is_gone(drive))
		return NTDVD_STATUS_DEVICE_DOES_NOT_EXIST;
	ntdvd_sync_sessions(drive);
	if (unlikely(!ntdvd_is_of_kind(drive, control))) {
		status = ntdvd_find_kind(rq);
		if (status)
			return status;
	}
	if (control->kind & NTDVD_ASKED_FIRST) {
		status = control->check(rq);
		if (status)
			return status;
	}
	if (rq->session && READ_ONCE(rq->session->owner) != rq->owner) {
		if (unlikely(rq->session >= drive->sessions[NTDVD_AACS]))
			return NTDVD_STATUS_INVALID_PARAMETER;
		return NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED;
	}
	status = control->run(rq);
	if (control->kind & NTDVD_HAS_KEYS)
		memzero_explicit(drive->buffer, NTDVD_BUFFER_SIZE);
	return status;
}

/**
 * ntdvd_request_run() - carry out a request
 * @rq: the request, begun, with its input.
 *
 * Context: sleeps, for the drive's lock, for the drive, and where the contract
 * lets a command be repeated later for a second without the lock.
 * Return: 0 with @status, @information and the output set, or -EINTR after a
 * fatal signal.
 */
static __always_inline int ntdvd_request_run(struct ntdvd_request *rq)
{
	const struct ntdvd_control *control = rq->control;
	struct ntdvd_drive *drive = rq->drive;

	if (!(control->kind & NTDVD_ASKED_FIRST)) {
		rq->status = control->check(rq);
		if (rq->status)
			return 0;
	}
	for (;;) {
		if (mutex_lock_killable(&drive->lock))
			return -EINTR;
		rq->status = ntdvd_request_try(rq);
		mutex_unlock(&drive->lock);
		if (likely(!rq->repeat))
			return 0;
		if (rq->repeat == NTDVD_REPEAT_LATER)
			schedule_timeout_killable(HZ);
		if (fatal_signal_pending(current))
			return -EINTR;
		rq->repeat = NTDVD_REPEAT_NO;
	}
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
static inline bool ntdvd_request_undo(struct ntdvd_request *rq)
{
	return !rq->status && rq->control->run == ntdvd_start_session &&
	       ntdvd_orphan_session(rq->drive, rq->control->class, rq->agid,
				    rq->owner);
}

/**
 * ntdvd_request_end() - free what a request has allocated
 * @rq: the request, begun; its input and output, if they may be keys, are
 *	cleared.
 *
 * Context: sleeps.
 */
static inline void ntdvd_request_end(struct ntdvd_request *rq)
{
	if (!(rq->control->kind & NTDVD_HAS_KEYS))
		return;
	kvfree_sensitive(rq->long_data, rq->long_size);
	memzero_explicit(rq->small, sizeof(rq->small));
}

#endif /* NTDVD_RUN_H */
