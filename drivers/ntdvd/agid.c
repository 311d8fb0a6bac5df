// SPDX-License-Identifier: GPL-2.0-only
/*
 * START_SESSION and END_SESSION, and the AGIDs that closed files have left.
 *
 * Closing a file may not wait for the drive, so it does not take the lock: it puts the
 * file on a lock-free list. Whoever has the lock next and wants AGIDs, START_SESSION or
 * the work item, takes the whole list and gives their AGIDs back to the drive.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "ntdvd.h"

#define ASC_NO_RESOURCES	0x55	/* MMC: no AGID left */
#define AGID_ANSWER_SIZE	8

bool ntdvd_reclaim = true;
module_param_named(reclaim, ntdvd_reclaim, bool, 0644);
MODULE_PARM_DESC(reclaim, "invalidate AGIDs that no open file holds when a drive has none left (default on)");

struct workqueue_struct *ntdvd_workqueue;

/*
 * Outside of a request. Returns the command, which tells why if it failed: with
 * NTDVD_REPEAT_UNBOUND also if somebody else's command has got the unit attention.
 */
static struct ntdvd_command ntdvd_invalidate(struct ntdvd_drive *drive,
					     const struct ntdvd_session *session,
					     u32 *status)
{
	int tries = NTDVD_TRIES;
	struct ntdvd_command cmd;

	lockdep_assert_held(&drive->lock);
	for (;;) {
		cmd = ntdvd_report_key_command(session->class, session->agid,
					       NTDVD_KEY_INVALIDATE_AGID, 0);
		*status = ntdvd_command(drive, &cmd);
		if (cmd.repeat != NTDVD_REPEAT_NOW || !tries--)
			return cmd;
		if (ntdvd_sync_sessions(drive)) {
			cmd.repeat = NTDVD_REPEAT_UNBOUND;
			return cmd;
		}
	}
}

static void ntdvd_take_closed_file(struct ntdvd_file *file)
{
	struct ntdvd_drive *drive = file->drive;
	struct ntdvd_session *session;
	int class, agid;

	lockdep_assert_held(&drive->lock);
	for (class = 0; class < NTDVD_KEY_CLASSES; class++) {
		for (agid = 0; agid < NTDVD_AGIDS; agid++) {
			session = &drive->sessions[class][agid];
			if (session->file != file)
				continue;
			session->file = NULL;
			session->state = NTDVD_CLOSED;
			drive->has_closed = true;
		}
	}
	kfree(file);
}

/* The drive has been told, unless it is becoming ready: then START_SESSION does. */
static void ntdvd_end_closed_session(struct ntdvd_drive *drive,
				     struct ntdvd_session *session)
{
	struct ntdvd_command cmd;
	u32 status;

	/* for each, as the command before took its time */
	if (ntdvd_sync_sessions(drive))
		return;
	cmd = ntdvd_invalidate(drive, session, &status);
	if (cmd.repeat == NTDVD_REPEAT_LATER)
		drive->has_closed = true;
	else
		ntdvd_session_free(drive, session);
}

/* The drive may be gone. */
static void ntdvd_end_closed_sessions(struct ntdvd_drive *drive)
{
	struct ntdvd_file *file, *next;
	int class, agid;

	lockdep_assert_held(&drive->lock);
	llist_for_each_entry_safe(file, next, llist_del_all(&drive->closed_files), closed)
		ntdvd_take_closed_file(file);
	if (!drive->has_closed)
		return;
	drive->has_closed = false;
	for (class = 0; class < NTDVD_KEY_CLASSES; class++)
		for (agid = 0; agid < NTDVD_AGIDS; agid++)
			if (drive->sessions[class][agid].state == NTDVD_CLOSED)
				ntdvd_end_closed_session(drive, &drive->sessions[class][agid]);
}

/* Not ntdvd_lock(): there is no signal to end this, and the queue is frozen as a whole. */
void ntdvd_close_work(struct work_struct *work)
{
	struct ntdvd_drive *drive = container_of(work, struct ntdvd_drive, close_work);

	mutex_lock(&drive->lock);
	ntdvd_end_closed_sessions(drive);
	ntdvd_unlock(drive);
	ntdvd_drive_put(drive);
}

/* Takes over the file and its reference to the drive. Does not wait for the drive. */
void ntdvd_close_file(struct ntdvd_file *file)
{
	struct ntdvd_drive *drive = file->drive;

	if (!file->has_started) {
		kfree(file);
		ntdvd_drive_put(drive);
		return;
	}
	WRITE_ONCE(file->is_closed, true);
	llist_add(&file->closed, &drive->closed_files);
	if (!queue_work(ntdvd_workqueue, &drive->close_work))
		ntdvd_drive_put(drive);
}

/*
 * Have the drive drop an AGID that no open file holds. They are left over from programs
 * that used the drive without ntdvd, or from a module that was here before. True if one
 * should be free now.
 */
static noinline_for_stack bool
ntdvd_reclaim_agid(struct ntdvd_drive *drive, enum ntdvd_key_class class)
{
	struct ntdvd_session *session;
	struct ntdvd_command cmd;
	u32 status;
	u8 agid;

	for (agid = 0; agid < NTDVD_AGIDS && READ_ONCE(ntdvd_reclaim); agid++) {
		session = &drive->sessions[class][agid];
		if (session->state == NTDVD_HELD)
			continue;
		if (ntdvd_sync_sessions(drive))
			return true;
		cmd = ntdvd_invalidate(drive, session, &status);
		/* or its AGID would be invalidated again, when it is somebody else's */
		if (!status)
			ntdvd_session_free(drive, session);
		/* A unit attention means that all are free. */
		if (!status || cmd.repeat == NTDVD_REPEAT_UNBOUND)
			return true;
	}
	return false;
}

u32 ntdvd_check_start_session(struct ntdvd_request *rq)
{
	if (rq->output_length < rq->control->output)
		return ntdvd_too_small(rq, rq->control->output);
	return NTDVD_STATUS_SUCCESS;
}

/* An AGID that comes with an answer of no use is given back. */
static noinline_for_stack u32
ntdvd_refuse_agid(struct ntdvd_drive *drive, struct ntdvd_session *session)
{
	u32 status;

	if (session->state != NTDVD_HELD) {
		ntdvd_invalidate(drive, session, &status);
		ntdvd_session_free(drive, session);
	}
	return NTDVD_STATUS_IO_DEVICE_ERROR;
}

u32 ntdvd_start_session(struct ntdvd_request *rq)
{
	enum ntdvd_key_class class = rq->control->class;
	struct ntdvd_drive *drive = rq->drive;
	struct ntdvd_session *session;
	struct ntdvd_command cmd =
		ntdvd_report_key_command(class, 0, rq->control->format, AGID_ANSWER_SIZE);
	u32 status;
	u8 agid;

	if (drive->has_closed || !llist_empty(&drive->closed_files)) {
		ntdvd_end_closed_sessions(drive);
		/* or news from before it would strike the new session */
		ntdvd_sync_sessions(drive);
	}
	status = ntdvd_request_command(rq, &cmd);
	if (unlikely(status)) {
		if (cmd.sense.asc != ASC_NO_RESOURCES ||
		    status != NTDVD_STATUS_INSUFFICIENT_RESOURCES ||
		    !ntdvd_reclaim_agid(drive, class))
			return status;
		/* or it would keep the sense of the first if this one is not sent */
		cmd = ntdvd_report_key_command(class, 0, rq->control->format,
					       AGID_ANSWER_SIZE);
		status = ntdvd_request_command(rq, &cmd);
		if (status)
			return status;
	}
	if (ntdvd_transferred(&cmd) < AGID_ANSWER_SIZE)
		return NTDVD_STATUS_IO_DEVICE_ERROR;
	agid = drive->buffer[7] >> 6;
	session = &drive->sessions[class][agid];
	if (!get_unaligned_be16(drive->buffer))
		return ntdvd_refuse_agid(drive, session);

	ntdvd_session_grant(session, rq->file);
	rq->agid = agid;
	put_unaligned_le32(agid, rq->small);
	rq->information = sizeof(__le32);
	return NTDVD_STATUS_SUCCESS;
}

/*
 * The caller could not be given the AGID, so that nobody knows of it. Another thread of
 * the same file may have ended the session and started one with the same AGID since,
 * whose loss it then is. After a fatal signal, closing the file ends it.
 */
void ntdvd_undo_start_session(struct ntdvd_request *rq)
{
	struct ntdvd_drive *drive = rq->drive;
	struct ntdvd_session *session = &drive->sessions[rq->control->class][rq->agid];
	u32 status;

	if (ntdvd_lock(drive))
		return;
	ntdvd_sync_sessions(drive);
	if (session->file == rq->file) {
		ntdvd_invalidate(drive, session, &status);
		ntdvd_session_free(drive, session);
	}
	ntdvd_session_forget(session, rq->file);
	ntdvd_unlock(drive);
}

u32 ntdvd_check_end_session(struct ntdvd_request *rq)
{
	u32 status = ntdvd_check_input(rq, sizeof(__le32));

	if (status)
		return status;
	rq->ends_session = true;
	rq->ends_all = rq->input.session_id == cpu_to_le32(NTDVD_END_ALL_SESSIONS);
	return rq->ends_all ? NTDVD_STATUS_SUCCESS :
			      ntdvd_check_agid(rq, rq->input.session_id);
}

u32 ntdvd_check_aacs_end_session(struct ntdvd_request *rq)
{
	if (rq->input_length > sizeof(__le32))
		return NTDVD_STATUS_INVALID_PARAMETER;
	return ntdvd_check_end_session(rq);
}

static inline u32 ntdvd_end_one_session(struct ntdvd_request *rq,
					struct ntdvd_session *session)
{
	struct ntdvd_command cmd =
		ntdvd_report_key_command(session->class, session->agid,
					 NTDVD_KEY_INVALIDATE_AGID, 0);
	u32 status;

	lockdep_assert_held(&rq->drive->lock);
	if (session->file && session->file != rq->file)
		return ntdvd_not_owned(session->class);
	/* The drive has forgotten it, and its AGID may be somebody else's. */
	if (ntdvd_session_forget(session, rq->file))
		return NTDVD_STATUS_SUCCESS;

	status = ntdvd_request_command(rq, &cmd);
	if (rq->repeat)
		return status;
	/* It is over whatever the drive says. */
	ntdvd_session_free(rq->drive, session);
	if (likely(cmd.repeat != NTDVD_REPEAT_UNBOUND))
		return status;
	ntdvd_session_forget(session, rq->file);
	return NTDVD_STATUS_SUCCESS;
}

static u32 ntdvd_end_all_sessions(struct ntdvd_request *rq)
{
	struct ntdvd_session *session;
	u32 status;
	u8 agid;

	for (agid = 0; agid < NTDVD_AGIDS; agid++) {
		session = &rq->drive->sessions[rq->control->class][agid];
		ntdvd_sync_sessions(rq->drive);
		if (session->file != rq->file) {
			ntdvd_session_forget(session, rq->file);
			continue;
		}
		status = ntdvd_end_one_session(rq, session);
		if (rq->repeat)
			return status;
		if (!rq->first_failure)
			rq->first_failure = status;
	}
	return rq->first_failure;
}

/* Also the key type DvdInvalidateAGID */
u32 ntdvd_end_session(struct ntdvd_request *rq)
{
	lockdep_assert_held(&rq->drive->lock);
	if (rq->ends_all)
		return ntdvd_end_all_sessions(rq);
	return ntdvd_end_one_session(rq, &rq->drive->sessions[rq->control->class][rq->agid]);
}
