// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which open file has which AGID.
 *
 * The drive is the authority. It forgets its AGIDs with a new disc and with a reset,
 * and whoever talks to it first takes the unit attention that says so: sr, when
 * anybody opens /dev/srN, the error handling, or ntdvd. So the sessions are compared
 * with what the kernel knows before they are trusted. One that the drive has
 * forgotten is struck, and nothing is sent for it any more: its AGID may be somebody
 * else's by now (contract, section 5).
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "ntdvd.h"

/* The file that has a session loses it, and does not know yet. */
static void ntdvd_strike_session(struct ntdvd_drive *drive, struct ntdvd_session *session)
{
	if (session->file)
		session->file->struck |= session->bit;
	ntdvd_session_free(drive, session);
}

/* The drive has forgotten every AGID. */
void ntdvd_strike_sessions(struct ntdvd_drive *drive)
{
	int class, agid;

	lockdep_assert_held(&drive->lock);
	for (class = 0; class < NTDVD_KEY_CLASSES; class++)
		for (agid = 0; agid < NTDVD_AGIDS; agid++)
			ntdvd_strike_session(drive, &drive->sessions[class][agid]);
}

void ntdvd_session_free(struct ntdvd_drive *drive, struct ntdvd_session *session)
{
	lockdep_assert_held(&drive->lock);
	session->state = NTDVD_FREE;
	session->file = NULL;
}

/* Forget that a file has lost an AGID. Returns whether it had. */
bool ntdvd_session_forget(struct ntdvd_session *session, struct ntdvd_file *file)
{
	bool had = (file->struck | file->over) & session->bit;

	lockdep_assert_held(&file->drive->lock);
	file->struck &= ~session->bit;
	file->over &= ~session->bit;
	return had;
}

/* A session of the file is over without an END_SESSION, and the file knows. */
void ntdvd_session_over(struct ntdvd_session *session, struct ntdvd_file *file)
{
	ntdvd_session_forget(session, file);
	file->over |= session->bit;
	if (session->file == file)
		ntdvd_session_free(file->drive, session);
}

/*
 * Whoever had the AGID loses it: if the drive hands out one that is still held, it
 * has forgotten the old session.
 */
void ntdvd_session_grant(struct ntdvd_session *session, struct ntdvd_file *file)
{
	ntdvd_strike_session(file->drive, session);
	ntdvd_session_forget(session, file);
	session->state = NTDVD_HELD;
	session->file = file;
	session->since = ktime_get_seconds();
	session->pid = task_tgid_nr(current);
	/* informational only, so no task_lock() */
	data_race(memcpy(session->comm, current->group_leader->comm, TASK_COMM_LEN));
	file->has_started = true;
}

/**
 * __ntdvd_sync_sessions() - strike the sessions that the drive has forgotten
 * @drive: a drive that is not gone.
 *
 * To be called before each command that a session lets through: the one before it may
 * have taken seconds.
 *
 * A drive loses its power while the system sleeps, and libata takes the unit attention
 * that tells of it. How long the system has slept is what CLOCK_BOOTTIME is ahead of
 * CLOCK_MONOTONIC; a suspend that is called off does not change that.
 *
 * Return: whether the drive has forgotten all.
 */
bool __ntdvd_sync_sessions(struct ntdvd_drive *drive)
{
	u64 slept;
	bool news;

	lockdep_assert_held(&drive->lock);
	slept = ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));
	news = ntdvd_attentions_news(&drive->attentions, drive->sdev, drive->disk);
	if (likely(!news && slept == drive->slept))
		return false;
	drive->slept = slept;
	ntdvd_strike_sessions(drive);
	return true;
}

/* The same for a drive that may be gone, which then has forgotten nothing. */
bool ntdvd_sync_sessions(struct ntdvd_drive *drive)
{
	return !ntdvd_drive_is_gone(drive) && __ntdvd_sync_sessions(drive);
}

/* An AGID that a file has not started: another's, or nobody's */
u32 ntdvd_not_owned(enum ntdvd_key_class class)
{
	return class == NTDVD_CSS ? NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED :
				    NTDVD_STATUS_INVALID_PARAMETER;
}

/* May a file use a session? That it was struck is told once. */
u32 ntdvd_use_session(struct ntdvd_session *session, struct ntdvd_file *file)
{
	lockdep_assert_held(&file->drive->lock);
	if (likely(session->file == file))
		return NTDVD_STATUS_SUCCESS;
	if (!(file->struck & session->bit))
		return ntdvd_not_owned(session->class);
	ntdvd_session_over(session, file);
	return NTDVD_STATUS_VERIFY_REQUIRED;
}

static const char *const ntdvd_class_names[] = {
	[NTDVD_CSS] = "css",
	[NTDVD_AACS] = "aacs",
};

/* A file that was closed has its sessions until somebody takes it off the drive's list. */
static bool ntdvd_is_held(const struct ntdvd_session *session)
{
	return session->state == NTDVD_HELD && !READ_ONCE(session->file->is_closed);
}

static void ntdvd_show_session(struct seq_file *file, const struct ntdvd_session *session)
{
	if (session->state == NTDVD_FREE)
		return;
	seq_printf(file, "%s %d %s pid %d comm ", ntdvd_class_names[session->class],
		   session->agid, ntdvd_is_held(session) ? "held" : "closed",
		   session->pid);
	/* A process may have a name of several lines. */
	seq_escape(file, session->comm, "\n\\");
	seq_printf(file, " seconds %u\n", (u32)ktime_get_seconds() - session->since);
}

static int ntdvd_sessions_show(struct seq_file *file, void *unused)
{
	struct ntdvd_drive *drive = file->private;
	int class, agid;

	if (ntdvd_lock(drive))
		return -EINTR;
	ntdvd_sync_sessions(drive);
	for (class = 0; class < NTDVD_KEY_CLASSES; class++)
		for (agid = 0; agid < NTDVD_AGIDS; agid++)
			ntdvd_show_session(file, &drive->sessions[class][agid]);
	ntdvd_unlock(drive);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ntdvd_sessions);

void ntdvd_show_sessions(struct ntdvd_drive *drive, struct dentry *directory)
{
	debugfs_create_file("sessions", 0400, directory, drive, &ntdvd_sessions_fops);
}
