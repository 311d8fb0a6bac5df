/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ntdvd - the Windows DVD interface of a drive.
 *
 * "Contract" in the comments is Documentation/windows-contract.md: what every
 * request must answer.
 */
#ifndef NTDVD_H
#define NTDVD_H

#include <linux/atomic.h>
#include <linux/dma-direction.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/ntdvd.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <scsi/scsi_common.h>

struct dentry;
struct scsi_device;

#define NTDVD_AGIDS		4	/* MMC: the AGID field has two bits */
#define NTDVD_BUFFER_SIZE	128
#define NTDVD_TRIES		5	/* repeats of a command, where it may be repeated */

/* The longest key but for the disk key: a challenge */
#define NTDVD_KEY_SIZE		(sizeof(struct ntdvd_copy_protect_key) + 12)

/* The longest input and output of a request that does not allocate */
#define NTDVD_SMALL_SIZE	40

/**
 * enum ntdvd_key_class - the key classes of MMC that are in use
 * @NTDVD_CSS: key class 0.
 * @NTDVD_AACS: key class 2.
 * @NTDVD_KEY_CLASSES: how many there are.
 */
enum ntdvd_key_class {
	NTDVD_CSS,
	NTDVD_AACS,
	NTDVD_KEY_CLASSES
};

/**
 * struct ntdvd_session - the books on an AGID
 * @owner: the open file that holds it, NULL for none, or NTDVD_ORPHAN. Closing
 *	a file orphans its AGIDs without the drive's lock, so all others
 *	exchange what they find.
 * @since: when it was granted, in seconds of CLOCK_MONOTONIC: none lives on over a
 *	suspend.
 * @pid: the process that it was granted to, for people to see.
 * @comm: its name.
 */
struct ntdvd_session {
	const void *owner;
	u32 since;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct ntdvd_drive - a drive that sr is, or was, bound to
 * @lock: one request at a time; guards @sdev to @suspends, but see @sessions.
 * @kref: held by the binding, by each open file and by queued @end_orphans.
 * @list: in the list of bound drives, under its lock.
 * @sdev: valid while sr is bound, then NULL.
 * @buffer: NTDVD_BUFFER_SIZE bytes for short transfers, fit for DMA.
 * @is_known: it was asked for its features.
 * @lacks: which of NTDVD_DRIVE_KINDS it is not of, or not known to be.
 * @sessions: the books on its AGIDs.
 * @has_orphans: there may be some to be ended; set without the lock.
 * @suspends: the system's count of suspends that they are from.
 * @end_orphans: gives orphaned AGIDs back to the drive.
 * @misc: /dev/ntdvdN, registered while sr is bound.
 * @name: its name.
 * @debugfs: its directory in debugfs.
 */
struct ntdvd_drive {
	struct mutex lock;	/* one request at a time */
	struct kref kref;
	struct list_head list;
	struct scsi_device *sdev;
	u8 *buffer;
	bool is_known;
	u8 lacks;
	struct ntdvd_session sessions[NTDVD_KEY_CLASSES][NTDVD_AGIDS];
	bool has_orphans;
	int suspends;
	struct work_struct end_orphans;
	struct miscdevice misc;
	char name[16];
	struct dentry *debugfs;
};

/**
 * enum ntdvd_repeat - may a command that failed be sent again?
 * @NTDVD_REPEAT_NO: no.
 * @NTDVD_REPEAT_NOW: at once: a unit attention that leaves the sessions.
 * @NTDVD_REPEAT_LATER: in a second: the drive is becoming ready.
 * @NTDVD_REPEAT_UNBOUND: at once, if the request needs no session: the unit
 *	attention has ended them all.
 */
enum ntdvd_repeat {
	NTDVD_REPEAT_NO,
	NTDVD_REPEAT_NOW,
	NTDVD_REPEAT_LATER,
	NTDVD_REPEAT_UNBOUND,
};

/**
 * struct ntdvd_command - one SCSI command and what became of it
 * @cdb: the CDB.
 * @length: bytes at @data.
 * @data: data-in or data-out, NULL for the drive's buffer.
 * @sense: out: zero if there was none.
 * @residue: out: bytes that did not come or go, by the host's word.
 * @direction: DMA_FROM_DEVICE or DMA_TO_DEVICE.
 * @repeat: out: may it be sent again?
 */
struct ntdvd_command {
	u8 cdb[12];
	u32 length;
	void *data;
	struct scsi_sense_hdr sense;
	int residue;
	enum dma_data_direction direction : 8;
	enum ntdvd_repeat repeat : 8;
};

struct ntdvd_control;
struct ntdvd_key;

/**
 * struct ntdvd_request - one Windows request on its way
 * @drive: the drive it is for.
 * @owner: the open file it came from.
 * @control: its row in the table of control codes.
 * @key: its row in the table of key types, for READ_KEY and SEND_KEY(2).
 * @session: the session that it needs, which its open file is to own, or NULL.
 * @long_data: an input or output that is allocated, or NULL.
 * @long_size: bytes of it.
 * @input_length: bytes of input that the caller has.
 * @output_length: bytes of output that the caller has room for.
 * @status: out: NTSTATUS.
 * @information: out: bytes of output, or the length wanted.
 * @start: when it began, in ns, if it is traced.
 * @first_failure: of ending all sessions: the first status but success.
 * @repeat: begin it again, and when.
 * @agid: AGID of its session, or 0.
 * @repeats: how often it has been begun again.
 * @input: the part of the input that the request reads, if it is small.
 * @small: output that is; written when @input is done with. As with
 *	METHOD_BUFFERED in Windows, one buffer serves for both.
 */
struct ntdvd_request {
	struct ntdvd_drive *drive;
	const void *owner;
	const struct ntdvd_control *control;
	const struct ntdvd_key *key;
	struct ntdvd_session *session;
	u8 *long_data;
	u64 start;
	u32 long_size;
	u32 input_length;
	u32 output_length;
	u32 status;
	u32 information;
	u32 first_failure;
	enum ntdvd_repeat repeat : 8;
	u8 agid;
	u8 repeats;
	union {
		union {
			__le32 session_id;
			__le32 layer;
			struct ntdvd_copy_protect_key key;
			struct ntdvd_read_structure structure;
			struct ntdvd_set_read_ahead read_ahead;
			struct ntdvd_aacs_read_binding_nonce nonce;
		} input;
		u8 small[NTDVD_SMALL_SIZE];
	};
};

/* session.c */
#define NTDVD_ORPHAN	((const void *)1)

extern bool ntdvd_reclaim;
extern atomic_t ntdvd_suspends;

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
static inline bool
ntdvd_owns_session(const struct ntdvd_drive *drive, enum ntdvd_key_class class,
		   u8 agid, const void *owner)
{
	return READ_ONCE(drive->sessions[class][agid].owner) == owner;
}

/**
 * ntdvd_grant_session() - enter who holds an AGID
 * @session: the books on it.
 * @owner: the open file.
 *
 * Whoever held it loses it: if the drive hands out an AGID that is still in
 * the books, the drive has forgotten the old session.
 *
 * Context: the caller holds the lock of the drive.
 */
static inline void
ntdvd_grant_session(struct ntdvd_session *session, const void *owner)
{
	session->since = ktime_get_seconds();
	session->pid = task_tgid_nr(current);
	/* for people to see, so without the lock of the name */
	memcpy(session->comm, current->comm, TASK_COMM_LEN);
	WRITE_ONCE(session->owner, owner);
}

/**
 * ntdvd_drop_session() - enter that nobody holds an AGID
 * @session: the books on it.
 *
 * Context: the caller holds the lock of the drive.
 */
static inline void ntdvd_drop_session(struct ntdvd_session *session)
{
	WRITE_ONCE(session->owner, NULL);
}

void ntdvd_forget_sessions(struct ntdvd_drive *drive);
bool ntdvd_orphan_session(struct ntdvd_drive *drive, enum ntdvd_key_class class,
			  u8 agid, const void *owner);
bool ntdvd_orphan_sessions(struct ntdvd_drive *drive, const void *owner);
void ntdvd_end_orphans(struct ntdvd_drive *drive);
bool ntdvd_reclaim_session(struct ntdvd_drive *drive, enum ntdvd_key_class class);
void ntdvd_note_suspend(void);
void ntdvd_forget_suspended(struct ntdvd_drive *drive, int suspends);

/**
 * ntdvd_sync_sessions() - forget the sessions from before the last suspend
 * @drive: the drive.
 *
 * Context: the caller holds the lock of @drive.
 */
static inline void ntdvd_sync_sessions(struct ntdvd_drive *drive)
{
	int suspends = atomic_read(&ntdvd_suspends);

	if (unlikely(drive->suspends != suspends))
		ntdvd_forget_suspended(drive, suspends);
}

void ntdvd_show_sessions(struct ntdvd_drive *drive, struct dentry *directory);

/* scsi.c, and in the KUnit suites a function that is the drive */
int ntdvd_execute(struct ntdvd_drive *drive, struct ntdvd_command *cmd);

#endif /* NTDVD_H */
