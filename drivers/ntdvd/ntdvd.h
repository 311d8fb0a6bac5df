/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ntdvd - the Windows DVD interface of a drive
 *
 * "Contract" in the comments is Documentation/windows-contract.md: what every
 * request must answer.
 */
#ifndef NTDVD_H
#define NTDVD_H

#include <linux/cdrom.h>
#include <linux/dma-direction.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/ntdvd.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>

#include "compat.h"

struct dentry;
struct gendisk;

#define NTDVD_AGIDS		4	/* MMC: the AGID field has two bits */
#define NTDVD_BUFFER_SIZE	128
#define NTDVD_TRIES		5	/* repeats of a command, where it may be repeated */
#define NTDVD_HEADER_SIZE	4	/* before the data of REPORT KEY and others */
#define NTDVD_DISC_KEY		0x02	/* a format of READ DISC STRUCTURE */

/* The longest key but for the disk key: a challenge */
#define NTDVD_KEY_SIZE		(sizeof(struct ntdvd_copy_protect_key) + 12)

/* The longest input and output of a request that does not allocate */
#define NTDVD_SMALL_SIZE	40

/* The key classes of MMC that are in use; its number is twice this one. */
enum ntdvd_key_class { NTDVD_CSS, NTDVD_AACS, NTDVD_KEY_CLASSES };

/* What a drive is, as far as it has said "yes" */
#define NTDVD_DVD_DRIVE		BIT(0)
#define NTDVD_AACS_DRIVE	BIT(1)

/**
 * struct ntdvd_file - an open file
 * @drive: the drive that it is of; never changes.
 * @closed: in the drive's @closed_files, once the file is closed.
 * @is_closed: it is on that list, or about to be; for debugfs.
 * @has_started: it has started a session. Written by its requests under the drive's
 *	lock, read when it is closed, which no request of it outlives.
 * @struck: the @bit of each session that it had and lost, as the drive has forgotten
 *	it; the next request for it is told so. Under the drive's lock.
 * @over: the same, and the file knows: it was told, or the drive has released the AGID
 *	with a key or a refusal. Under the drive's lock.
 */
struct ntdvd_file {
	struct ntdvd_drive *drive;
	struct llist_node closed;
	bool is_closed, has_started;
	u8 struck, over;
};

/**
 * enum ntdvd_session_state - what ntdvd knows of an AGID
 * @NTDVD_FREE: no open file has it. A program that uses /dev/srN may.
 * @NTDVD_HELD: an open file has it.
 * @NTDVD_CLOSED: that file was closed, and the drive has not been told yet.
 */
enum ntdvd_session_state {
	NTDVD_FREE,
	NTDVD_HELD,
	NTDVD_CLOSED,
};

/**
 * struct ntdvd_session - an AGID of a drive
 * @class: its key class; never changes.
 * @agid: its number; never changes.
 * @bit: stands for it in a file's @struck and @over; never changes.
 * @state: what is known of it. This and the rest is under the drive's lock.
 * @file: the open file that has it, or NULL.
 * @since: when it was granted, in seconds of CLOCK_MONOTONIC.
 * @pid: the process that it was granted to, for debugfs.
 * @comm: the name of that process.
 */
struct ntdvd_session {
	enum ntdvd_key_class class;
	u8 agid, bit;
	enum ntdvd_session_state state;
	struct ntdvd_file *file;
	u32 since;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/**
 * enum ntdvd_repeat - may a command that failed be sent again?
 * @NTDVD_REPEAT_NO: no.
 * @NTDVD_REPEAT_NOW: at once: the command was not carried out, and nothing is lost.
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
 * @data: data-out or room for data-in; NULL for the drive's buffer.
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

/**
 * struct ntdvd_drive - a drive that sr is, or was, bound to
 * @lock: one request at a time. Taken with ntdvd_lock(), given back with
 *	ntdvd_unlock().
 * @unlocked: those who wait for @lock.
 * @kref: held by the binding, by each open file and by queued @close_work.
 * @list: in the list of bound drives, under that list's lock.
 * @sdev: valid while sr is bound, then NULL; under @lock, as all up to @has_closed.
 * @disk: sr's disk, valid as long as @sdev.
 * @execute: ntdvd_execute(), or a function that stands for the drive in tests; never
 *	changes.
 * @buffer: NTDVD_BUFFER_SIZE bytes for short transfers, fit for DMA.
 * @kinds: which of NTDVD_DVD_DRIVE and NTDVD_AACS_DRIVE it has said that it is.
 * @sessions: its AGIDs.
 * @attentions: the unit attentions that the sessions are from after.
 * @slept: how long the system had slept when the sessions were last trusted, in ns.
 * @has_closed: some session may be NTDVD_CLOSED.
 * @closed_files: files that were closed with sessions; lock-free.
 * @close_work: ends their sessions.
 * @misc: /dev/ntdvdN, registered while sr is bound.
 * @name: its name.
 * @debugfs: its directory in debugfs.
 */
struct ntdvd_drive {
	struct mutex lock;	/* one request at a time */
	wait_queue_head_t unlocked;
	struct kref kref;
	struct list_head list;
	struct scsi_device *sdev;
	struct gendisk *disk;
	int (*execute)(struct ntdvd_drive *drive, struct ntdvd_command *cmd);
	u8 *buffer;
	u8 kinds;
	struct ntdvd_session sessions[NTDVD_KEY_CLASSES][NTDVD_AGIDS];
	struct ntdvd_attentions attentions;
	u64 slept;
	bool has_closed;
	struct llist_head closed_files;
	struct work_struct close_work;
	struct miscdevice misc;
	char name[16];
	struct dentry *debugfs;
};

struct ntdvd_request;

/**
 * struct ntdvd_control - a row of the table of control codes
 * @code: the control code; which access it needs is in it.
 * @drive: the kind of drive that it is for; 0 for any.
 * @drive_first: the drive is asked what it is before @check.
 * @has_keys: in the drive's buffer, the input or the output, which are cleared.
 * @class: enum ntdvd_key_class of its sessions and keys.
 * @format: key format or format code of its command.
 * @input: bytes of input that it reads; for AACS the exact length.
 * @output: bytes of output that it needs room for.
 * @check: refuses what can be refused without the drive, and notes in the request
 *	what @run needs: the AGID, the session, the row of the key type. Reads the
 *	lengths and the input. Called without the drive's lock, or with it if
 *	@drive_first. Returns the NTSTATUS; anything but success ends the request.
 * @run: sends the commands, fills in the output and @information, and returns the
 *	NTSTATUS. Called with the drive's lock, and only if the open file has the
 *	session that @check has noted. May be called again for the same request, where
 *	a command may be repeated. NULL in the last row.
 */
struct ntdvd_control {
	u32 code;
	u8 drive;
	bool drive_first, has_keys;
	u8 class, format;
	u16 input, output;
	u32 (*check)(struct ntdvd_request *rq);
	u32 (*run)(struct ntdvd_request *rq);
};

struct ntdvd_key;

/**
 * struct ntdvd_request - one Windows request on its way
 * @drive: the drive it is for.
 * @file: the open file it came from.
 * @control: its row in the table of control codes.
 * @key: its row in the table of key types, for READ_KEY and SEND_KEY(2).
 * @session: the session that it needs, which its open file is to have, or NULL.
 * @long_data: an input or output that is allocated, or NULL.
 * @long_size: bytes of it.
 * @input_length: bytes of input that the caller has.
 * @output_length: bytes of output that the caller has room for.
 * @status: out: NTSTATUS.
 * @information: out: bytes of output, or the length wanted.
 * @start: when it began, in ns, if it is traced.
 * @first_failure: of ending all sessions: the first status but success.
 * @repeat: begin it again, and when.
 * @agid: the AGID for its commands.
 * @repeats: how often it has been begun again.
 * @ends_all: it ends all sessions of its file and class.
 * @ends_session: it ends these or one session, which need not be its file's.
 * @sets_region: it uses up one of the drive's region changes.
 * @input: the part of the input that the request reads, if it is small.
 * @small: output that is; written when @input is done with. As with
 *	METHOD_BUFFERED in Windows, one buffer serves for both.
 */
struct ntdvd_request {
	struct ntdvd_drive *drive;
	struct ntdvd_file *file;
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
	bool ends_all : 1;
	bool ends_session : 1;
	bool sets_region : 1;
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

/* What is allocated, if anything is, or else what is not */
static inline void *ntdvd_output(struct ntdvd_request *rq)
{
	return rq->long_data ?: rq->small;
}

/* Bytes that came or went, as far as the host can tell */
static inline u32 ntdvd_transferred(const struct ntdvd_command *cmd)
{
	if (likely(cmd->residue <= 0))
		return cmd->length;
	return cmd->length - min_t(u32, cmd->residue, cmd->length);
}

/* Is there no drive any more: unplugged, offline, or not sr's? */
static inline bool ntdvd_drive_is_gone(const struct ntdvd_drive *drive)
{
	struct scsi_device *sdev = drive->sdev;

	lockdep_assert_held(&drive->lock);
	if (likely(sdev && sdev->sdev_state == SDEV_RUNNING))
		return false;
	return !sdev || !scsi_device_online(sdev) || sdev->sdev_state == SDEV_CANCEL;
}

/* The length of the input of a key or a session */
static inline u32 ntdvd_check_input(const struct ntdvd_request *rq, u32 wanted)
{
	if (likely(rq->input_length >= wanted))
		return NTDVD_STATUS_SUCCESS;
	return rq->input_length ? NTDVD_STATUS_INVALID_PARAMETER :
				  NTDVD_STATUS_BUFFER_TOO_SMALL;
}

/* scsi.c: the mid-layer */
int ntdvd_execute(struct ntdvd_drive *drive, struct ntdvd_command *cmd);
u32 ntdvd_max_transfer(struct ntdvd_drive *drive);

/* drive.c: a drive's life and its lock */
void ntdvd_drive_init(struct ntdvd_drive *drive);
struct ntdvd_drive *ntdvd_drive_alloc(struct scsi_device *sdev, struct gendisk *disk);
void ntdvd_drive_put(struct ntdvd_drive *drive);
int ntdvd_wait_for_lock(struct ntdvd_drive *drive);

/*
 * Not mutex_lock_killable(): who waits there cannot be frozen, and a few who wait for
 * a slow drive make a suspend fail.
 */
static inline int ntdvd_lock(struct ntdvd_drive *drive)
{
	return likely(mutex_trylock(&drive->lock)) ? 0 : ntdvd_wait_for_lock(drive);
}

static inline void ntdvd_unlock(struct ntdvd_drive *drive)
{
	mutex_unlock(&drive->lock);
	if (wq_has_sleeper(&drive->unlocked))
		wake_up(&drive->unlocked);
}

/* session.c: which open file has which AGID */
void ntdvd_session_grant(struct ntdvd_session *session, struct ntdvd_file *file);
void ntdvd_session_free(struct ntdvd_drive *drive, struct ntdvd_session *session);
void ntdvd_session_over(struct ntdvd_session *session, struct ntdvd_file *file);
bool ntdvd_session_forget(struct ntdvd_session *session, struct ntdvd_file *file);
void ntdvd_strike_sessions(struct ntdvd_drive *drive);
bool __ntdvd_sync_sessions(struct ntdvd_drive *drive);
bool ntdvd_sync_sessions(struct ntdvd_drive *drive);
u32 ntdvd_use_session(struct ntdvd_session *session, struct ntdvd_file *file);
u32 ntdvd_not_owned(enum ntdvd_key_class class);
void ntdvd_show_sessions(struct ntdvd_drive *drive, struct dentry *directory);

/* command.c: commands and what their answers mean */
struct ntdvd_command ntdvd_report_key_command(enum ntdvd_key_class class, u8 agid,
					      u8 format, u16 length);
struct ntdvd_command ntdvd_read_disc_structure_command(u8 agid, u8 format, u16 length);
u32 ntdvd_command(struct ntdvd_drive *drive, struct ntdvd_command *cmd);
u32 ntdvd_request_command(struct ntdvd_request *rq, struct ntdvd_command *cmd);
u32 ntdvd_read_answer(struct ntdvd_request *rq, struct ntdvd_command *cmd, u32 *length);
u32 ntdvd_read_whole_answer(struct ntdvd_request *rq, struct ntdvd_command *cmd);
u32 ntdvd_send_parameter_list(struct ntdvd_request *rq, u8 format, const void *data,
			      u16 length);

/* request.c: what the functions of the table share */
u32 ntdvd_check_agid(struct ntdvd_request *rq, __le32 session_id);
u32 ntdvd_check_session(struct ntdvd_request *rq, __le32 session_id);
u32 ntdvd_too_small(struct ntdvd_request *rq, u32 wanted);
void *ntdvd_alloc_long(struct ntdvd_request *rq, u32 size);
u32 ntdvd_address(__le64 offset);

/* kind.c: what kind of drive it is */
u32 ntdvd_find_kinds(struct ntdvd_request *rq);

/* agid.c: START_SESSION, END_SESSION, and what closed files have left */
extern struct workqueue_struct *ntdvd_workqueue;
extern bool ntdvd_reclaim;

u32 ntdvd_check_start_session(struct ntdvd_request *rq);
u32 ntdvd_start_session(struct ntdvd_request *rq);
void ntdvd_undo_start_session(struct ntdvd_request *rq);
u32 ntdvd_check_end_session(struct ntdvd_request *rq);
u32 ntdvd_check_aacs_end_session(struct ntdvd_request *rq);
u32 ntdvd_end_session(struct ntdvd_request *rq);
void ntdvd_close_file(struct ntdvd_file *file);
void ntdvd_close_work(struct work_struct *work);

/* key.c: READ_KEY, SEND_KEY, SEND_KEY2, GET_REGION */
u32 ntdvd_check_read_key(struct ntdvd_request *rq);
u32 ntdvd_read_key(struct ntdvd_request *rq);
u32 ntdvd_check_send_key(struct ntdvd_request *rq);
u32 ntdvd_check_send_key2(struct ntdvd_request *rq);
u32 ntdvd_send_key(struct ntdvd_request *rq);
u32 ntdvd_check_get_region(struct ntdvd_request *rq);
u32 ntdvd_get_region(struct ntdvd_request *rq);

/* disc.c: READ_STRUCTURE, SET_READ_AHEAD */
u32 ntdvd_check_read_structure(struct ntdvd_request *rq);
u32 ntdvd_read_structure(struct ntdvd_request *rq);
u32 ntdvd_check_read_ahead(struct ntdvd_request *rq);
u32 ntdvd_set_read_ahead(struct ntdvd_request *rq);

/* aacs.c */
u32 ntdvd_check_aacs(struct ntdvd_request *rq);
u32 ntdvd_check_aacs_session(struct ntdvd_request *rq);
u32 ntdvd_check_aacs_nonce(struct ntdvd_request *rq);
u32 ntdvd_check_aacs_layer(struct ntdvd_request *rq);
u32 ntdvd_check_aacs_block(struct ntdvd_request *rq);
u32 ntdvd_aacs_report(struct ntdvd_request *rq);
u32 ntdvd_aacs_nonce(struct ntdvd_request *rq);
u32 ntdvd_aacs_send(struct ntdvd_request *rq);
u32 ntdvd_aacs_read_id(struct ntdvd_request *rq);
u32 ntdvd_aacs_block(struct ntdvd_request *rq);
u32 ntdvd_aacs_block_size(struct ntdvd_request *rq);

/* ioctl.c: the table of control codes, and the way of a request */
#if IS_ENABLED(CONFIG_KUNIT)
bool ntdvd_request_begin(struct ntdvd_request *rq, u32 control_code, u32 access);
void *ntdvd_request_input(struct ntdvd_request *rq, u32 *length);
int ntdvd_request_run(struct ntdvd_request *rq);
void ntdvd_request_end(struct ntdvd_request *rq);
#endif
long ntdvd_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* NTDVD_H */
