// SPDX-License-Identifier: GPL-2.0-only
/*
 * The books on AGIDs: which open file holds which.
 *
 * The drive is the authority and the books are a cache. Closing a file may not
 * wait for the drive, so it does not take the lock: it turns its entries into
 * orphans, which are given back by a work item or by the next START_SESSION,
 * whichever comes first.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "command.h"

bool ntdvd_reclaim = true;
module_param_named(reclaim, ntdvd_reclaim, bool, 0644);
MODULE_PARM_DESC(reclaim, "invalidate AGIDs that no open file holds when a drive has none left (default on)");

/* How often the system has begun to suspend; a drive's books are from after one. */
atomic_t ntdvd_suspends;

/**
 * ntdvd_forget_sessions() - the drive has dropped every AGID
 * @drive: the drive.
 *
 * Context: the caller holds the lock of @drive.
 */
void ntdvd_forget_sessions(struct ntdvd_drive *drive)
{
	int class, agid;

	for (class = 0; class < NTDVD_KEY_CLASSES; class++)
		for (agid = 0; agid < NTDVD_AGIDS; agid++)
			ntdvd_drop_session(&drive->sessions[class][agid]);
}

/**
 * ntdvd_orphan_session() - an open file gives up an AGID
 * @drive: the drive.
 * @class: key class of the AGID.
 * @agid: the AGID, 0 to 3.
 * @owner: the open file.
 *
 * Context: any; needs no lock and does not wait for the drive.
 * Return: true if it held it, so that ntdvd_end_orphans() is wanted.
 */
bool ntdvd_orphan_session(struct ntdvd_drive *drive, enum ntdvd_key_class class,
			  u8 agid, const void *owner)
{
	if (cmpxchg(&drive->sessions[class][agid].owner, owner, NTDVD_ORPHAN) != owner)
		return false;
	/* after the entry, which whoever sees this looks for */
	smp_store_release(&drive->has_orphans, true);
	return true;
}

/**
 * ntdvd_orphan_sessions() - an open file gives up all its AGIDs
 * @drive: the drive.
 * @owner: the open file, on its way to be closed.
 *
 * Context: any; needs no lock and does not wait for the drive.
 * Return: true if there are any to be ended with ntdvd_end_orphans().
 */
bool ntdvd_orphan_sessions(struct ntdvd_drive *drive, const void *owner)
{
	bool any = false;
	int class, agid;

	for (class = 0; class < NTDVD_KEY_CLASSES; class++)
		for (agid = 0; agid < NTDVD_AGIDS; agid++)
			any |= ntdvd_orphan_session(drive, class, agid, owner);
	return any;
}

/* Take an AGID back. Returns the command, which tells why if it failed. */
static struct ntdvd_command ntdvd_invalidate(struct ntdvd_drive *drive,
					     enum ntdvd_key_class class, u8 agid,
					     u32 *status)
{
	int tries = NTDVD_TRIES;
	struct ntdvd_command cmd;

	do {
		cmd = ntdvd_report_key(class, agid, NTDVD_KEY_INVALIDATE_AGID, 0);
		*status = ntdvd_command(drive, &cmd);
	} while (cmd.repeat == NTDVD_REPEAT_NOW && tries--);
	return cmd;
}

static void ntdvd_end_orphan(struct ntdvd_drive *drive,
			     enum ntdvd_key_class class, u8 agid)
{
	struct ntdvd_command cmd = { .repeat = NTDVD_REPEAT_NO };
	u32 status;

	if (!ntdvd_drive_is_gone(drive))
		cmd = ntdvd_invalidate(drive, class, agid, &status);
	/* A drive that is becoming ready is asked again by START_SESSION. */
	if (cmd.repeat == NTDVD_REPEAT_LATER)
		WRITE_ONCE(drive->has_orphans, true);
	else
		ntdvd_drop_session(&drive->sessions[class][agid]);
}

/**
 * ntdvd_end_orphans() - give the AGIDs of closed files back to the drive
 * @drive: the drive, which may be gone.
 *
 * Context: sends commands. The caller holds the lock of @drive.
 */
void ntdvd_end_orphans(struct ntdvd_drive *drive)
{
	int class, agid;

	if (!xchg(&drive->has_orphans, false))
		return;
	for (class = 0; class < NTDVD_KEY_CLASSES; class++)
		for (agid = 0; agid < NTDVD_AGIDS; agid++)
			if (ntdvd_owns_session(drive, class, agid, NTDVD_ORPHAN))
				ntdvd_end_orphan(drive, class, agid);
}

/**
 * ntdvd_reclaim_session() - have the drive drop an AGID that nobody holds
 * @drive: a drive that has no AGID left.
 * @class: key class of the AGIDs.
 *
 * They are left over from programs that used the drive without ntdvd, or from a
 * module that was here before. One after another is tried, those that are in
 * the books never.
 *
 * Context: sends commands. The caller holds the lock of @drive.
 * Return: true if one should be free now.
 */
bool ntdvd_reclaim_session(struct ntdvd_drive *drive, enum ntdvd_key_class class)
{
	struct ntdvd_command cmd;
	u32 status;
	u8 agid;

	for (agid = 0; agid < NTDVD_AGIDS && READ_ONCE(ntdvd_reclaim); agid++) {
		if (!ntdvd_owns_session(drive, class, agid, NULL))
			continue;
		cmd = ntdvd_invalidate(drive, class, agid, &status);
		/* A unit attention or a reset means that all are free. */
		if (!status || cmd.repeat == NTDVD_REPEAT_UNBOUND ||
		    status == NTDVD_STATUS_IO_TIMEOUT)
			return true;
	}
	return false;
}

/**
 * ntdvd_note_suspend() - drives are going to lose their power, and their AGIDs
 *
 * Context: any; takes no drive's lock.
 */
void ntdvd_note_suspend(void)
{
	atomic_inc(&ntdvd_suspends);
}

/**
 * ntdvd_forget_suspended() - the system was suspended since the last request
 * @drive: the drive.
 * @suspends: how often it has been so far.
 *
 * Context: the caller holds the lock of @drive.
 */
void ntdvd_forget_suspended(struct ntdvd_drive *drive, int suspends)
{
	ntdvd_forget_sessions(drive);
	drive->suspends = suspends;
}

/* debugfs: who holds which AGID of which class, and for how long */
static int ntdvd_sessions_show(struct seq_file *file, void *unused)
{
	static const char *const classes[] = {
		[NTDVD_CSS] = "css",
		[NTDVD_AACS] = "aacs",
	};
	struct ntdvd_drive *drive = file->private;
	const struct ntdvd_session *session;
	int class, agid;
	const void *owner;

	if (mutex_lock_killable(&drive->lock))
		return -EINTR;
	ntdvd_sync_sessions(drive);
	for (class = 0; class < NTDVD_KEY_CLASSES; class++) {
		for (agid = 0; agid < NTDVD_AGIDS; agid++) {
			session = &drive->sessions[class][agid];
			owner = READ_ONCE(session->owner);
			if (!owner)
				continue;
			seq_printf(file, "%s %d %s pid %d comm %s seconds %u\n",
				   classes[class], agid,
				   owner == NTDVD_ORPHAN ? "closed" : "held",
				   session->pid, session->comm,
				   (u32)ktime_get_seconds() - session->since);
		}
	}
	mutex_unlock(&drive->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ntdvd_sessions);

/**
 * ntdvd_show_sessions() - make the books readable in debugfs
 * @drive: the drive.
 * @directory: where.
 *
 * Context: sleeps.
 */
void ntdvd_show_sessions(struct ntdvd_drive *drive, struct dentry *directory)
{
	debugfs_create_file("sessions", 0400, directory, drive,
			    &ntdvd_sessions_fops);
}
