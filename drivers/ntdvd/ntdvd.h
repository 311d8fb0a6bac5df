/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ntdvd - the Windows DVD interface of a drive.
 *
 * "Contract" in the comments is Documentation/windows-contract.md: what every
 * request must answer.
 */
#ifndef NTDVD_H
#define NTDVD_H

#include <linux/dma-direction.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/ntdvd.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <scsi/scsi_common.h>

struct dentry;
struct scsi_device;

#define NTDVD_AGIDS		4	/* MMC: the AGID field has two bits */
#define NTDVD_BUFFER_SIZE	128
#define NTDVD_TRIES		5	/* repeats of a command, where it may be repeated */

/* The longest key but for the disk key: a challenge */
#define NTDVD_KEY_SIZE		(sizeof(struct ntdvd_copy_protect_key) + 12)

/* The longest input that is read */
#define NTDVD_INPUT_SIZE	sizeof(struct ntdvd_aacs_send_certificate)

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
	time64_t since;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct ntdvd_drive - a drive that sr is, or was, bound to
 * @kref: held by the binding, by each open file and by queued @end_orphans.
 * @list: in the list of bound drives, under its lock.
 * @lock: one request at a time; guards @sdev to @suspends, but see @sessions.
 * @sdev: valid while sr is bound, then NULL.
 * @buffer: NTDVD_BUFFER_SIZE bytes for short transfers, fit for DMA.
 * @is_known: it was asked for its features.
 * @has_dvd: it has the DVD Read feature (0x001f), current or not.
 * @has_aacs: it has the AACS feature (0x010d), current or not.
 * @sessions: the books on its AGIDs.
 * @has_orphans: there may be some to be ended; set without the lock.
 * @suspends: the system's count of suspends that they are from.
 * @end_orphans: gives orphaned AGIDs back to the drive.
 * @misc: /dev/ntdvdN, registered while sr is bound.
 * @name: its name.
 * @debugfs: its directory in debugfs.
 */
struct ntdvd_drive {
	struct kref kref;
	struct list_head list;
	struct mutex lock;	/* one request at a time */
	struct scsi_device *sdev;
	u8 *buffer;
	bool is_known, has_dvd, has_aacs;
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
 * @direction: DMA_FROM_DEVICE or DMA_TO_DEVICE.
 * @data: data-in or data-out, NULL for the drive's buffer.
 * @length: bytes at @data.
 * @transferred: out: bytes that came or went, as far as the host can tell.
 * @sense: out: zero if there was none.
 * @repeat: out: may it be sent again?
 */
struct ntdvd_command {
	u8 cdb[12];
	enum dma_data_direction direction;
	void *data;
	u32 length;
	u32 transferred;
	struct scsi_sense_hdr sense;
	enum ntdvd_repeat repeat;
};

struct ntdvd_control;
struct ntdvd_key;

/**
 * struct ntdvd_request - one Windows request on its way
 * @drive: the drive it is for.
 * @owner: the open file it came from.
 * @access: its access, FILE_READ_ACCESS (1) and FILE_WRITE_ACCESS (2).
 * @input_length: bytes of input that the caller has.
 * @output_length: bytes of output that the caller has room for.
 * @input_wanted: bytes of it to be put into @input.
 * @status: out: NTSTATUS.
 * @information: out: bytes at @output, or the length wanted.
 * @output: out: what to copy to the caller if @status is success.
 * @control: its row in the table of control codes.
 * @key: its row in the table of key types, for READ_KEY and SEND_KEY(2).
 * @class: key class of its session.
 * @agid: AGID of its session, or 0.
 * @session: it needs a session that its open file owns.
 * @tries: how often a command of it may still be repeated.
 * @repeat: begin it again, and when.
 * @first_failure: of ending all sessions: the first status but success.
 * @long_output: @output if it is a long one, to be freed.
 * @long_size: bytes of it.
 * @input: the part of the input that the request reads.
 * @small: @output otherwise; written when @input is done with. As with
 *	METHOD_BUFFERED in Windows, one buffer serves for both.
 */
struct ntdvd_request {
	struct ntdvd_drive *drive;
	const void *owner;
	u32 access;
	u32 input_length;
	u32 output_length;
	u32 input_wanted;
	u32 status;
	u32 information;
	u8 *output;
	const struct ntdvd_control *control;
	const struct ntdvd_key *key;
	enum ntdvd_key_class class;
	u8 agid;
	bool session;
	u8 tries;
	enum ntdvd_repeat repeat;
	u32 first_failure;
	void *long_output;
	size_t long_size;
	union {
		union {
			__le32 session_id;
			__le32 layer;
			struct ntdvd_copy_protect_key key;
			struct ntdvd_read_structure structure;
			struct ntdvd_set_read_ahead read_ahead;
			struct ntdvd_aacs_send_certificate certificate;
			struct ntdvd_aacs_send_challenge_key challenge_key;
			struct ntdvd_aacs_read_binding_nonce nonce;
			u8 bytes[NTDVD_INPUT_SIZE];
		} input;
		u8 small[sizeof(struct ntdvd_aacs_certificate)];
	};
};

/* request.c */
bool ntdvd_request_begin(struct ntdvd_request *rq, u32 control_code);
int ntdvd_request_run(struct ntdvd_request *rq);
bool ntdvd_request_undo(struct ntdvd_request *rq);
void ntdvd_request_end(struct ntdvd_request *rq);

/* session.c */
#define NTDVD_ORPHAN	((const void *)1)

extern bool ntdvd_reclaim;

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

void ntdvd_own_session(struct ntdvd_drive *drive, enum ntdvd_key_class class,
		       u8 agid, const void *owner);
void ntdvd_forget_sessions(struct ntdvd_drive *drive);
bool ntdvd_orphan_session(struct ntdvd_drive *drive, enum ntdvd_key_class class,
			  u8 agid, const void *owner);
bool ntdvd_orphan_sessions(struct ntdvd_drive *drive, const void *owner);
void ntdvd_end_orphans(struct ntdvd_drive *drive);
bool ntdvd_reclaim_session(struct ntdvd_drive *drive, enum ntdvd_key_class class);
void ntdvd_note_suspend(void);
void ntdvd_sync_sessions(struct ntdvd_drive *drive);
void ntdvd_show_sessions(struct ntdvd_drive *drive, struct dentry *directory);

/* scsi.c, and in the KUnit suites a function that is the drive */
int ntdvd_execute(struct ntdvd_drive *drive, struct ntdvd_command *cmd);

#endif /* NTDVD_H */
