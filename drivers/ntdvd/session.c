// SPDX-License-Identifier: GPL-2.0-only
/*
 * The books on AGIDs: which open file holds which.
 *
 * The drive is the authority and the books are a cache. Closing a file may not
 * wait for the drive, so it does not take the lock: it turns its entries into
 * orphans, which are given back by a work item or by the next START_SESSION,
 * whichever comes first.
 */
#include <linux/atomic.h>

#include "ntdvd.h"

/* How often an orphan's command is repeated after a unit attention */
#define ORPHAN_TRIES 5

/**
 * ntdvd_owns_session() - does an open file hold an AGID?
 * @drive: the drive.
 * @class: key class of the AGID.
 * @agid: the AGID, 0 to 3.
 * @owner: the open file.
 *
 * Context: the caller holds the lock of @drive.
 * Return: true if it does.
 */
bool ntdvd_owns_session(struct ntdvd_drive *drive, enum ntdvd_key_class class,
			u8 agid, const void *owner)
{
	return READ_ONCE(drive->owner[class][agid]) == owner;
}

/**
 * ntdvd_own_session() - enter who holds an AGID
 * @drive: the drive.
 * @class: key class of the AGID.
 * @agid: the AGID, 0 to 3.
 * @owner: the open file, NULL for nobody, or NTDVD_ORPHAN.
 *
 * Whoever held it loses it: if the drive hands out an AGID that is still in
 * the books, the drive has forgotten the old session.
 *
 * Context: the caller holds the lock of @drive.
 */
void ntdvd_own_session(struct ntdvd_drive *drive, enum ntdvd_key_class class,
		       u8 agid, const void *owner)
{
	WRITE_ONCE(drive->owner[class][agid], owner);
}

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
			ntdvd_own_session(drive, class, agid, NULL);
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
	return cmpxchg(&drive->owner[class][agid], owner, NTDVD_ORPHAN) == owner;
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

static void ntdvd_end_orphan(struct ntdvd_drive *drive,
			     enum ntdvd_key_class class, u8 agid)
{
	int tries = ORPHAN_TRIES;
	struct ntdvd_command cmd;

	do {
		cmd = ntdvd_report_key(class, agid, NTDVD_KEY_INVALIDATE_AGID, 0);
		ntdvd_command(drive, &cmd);
	} while (cmd.repeat == NTDVD_REPEAT_NOW && tries--);

	/* A drive that is becoming ready is asked again by START_SESSION. */
	if (cmd.repeat != NTDVD_REPEAT_LATER)
		ntdvd_own_session(drive, class, agid, NULL);
}

/**
 * ntdvd_end_orphans() - give the AGIDs of closed files back to the drive
 * @drive: a drive with a SCSI device.
 *
 * Context: sends commands. The caller holds the lock of @drive.
 */
void ntdvd_end_orphans(struct ntdvd_drive *drive)
{
	int class, agid;

	for (class = 0; class < NTDVD_KEY_CLASSES; class++)
		for (agid = 0; agid < NTDVD_AGIDS; agid++)
			if (ntdvd_owns_session(drive, class, agid, NTDVD_ORPHAN))
				ntdvd_end_orphan(drive, class, agid);
}
