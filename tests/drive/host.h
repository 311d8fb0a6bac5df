/* SPDX-License-Identifier: GPL-2.0-only */
/* A SCSI host for each emulated drive, and what a test can do to it. */
#ifndef NTDVD_TESTS_HOST_H
#define NTDVD_TESTS_HOST_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "drive.h"

#define HOST_FAULTS	16
#define HOST_LOG	512
#define HOST_LOG_BYTES	128
#define HOST_BUFFER	(65536 + 4)

/**
 * enum host_fault_kind - how a command may fail
 * @HOST_FAULT_NONE: not at all.
 * @HOST_FAULT_HOST: with a host byte, the drive never sees it.
 * @HOST_FAULT_LOST: with a host byte, after the drive has done it.
 * @HOST_FAULT_STATUS: with a SCSI status, the drive never sees it.
 * @HOST_FAULT_SENSE: with sense, the drive never sees it, unless the error was
 *	recovered.
 * @HOST_FAULT_SHORT: transfers no more than so many bytes.
 */
enum host_fault_kind {
	HOST_FAULT_NONE,
	HOST_FAULT_HOST,
	HOST_FAULT_LOST,
	HOST_FAULT_STATUS,
	HOST_FAULT_SENSE,
	HOST_FAULT_SHORT,
};

/**
 * struct host_fault - what happens to the next commands of a kind
 * @kind: what.
 * @value: host byte, status, DRIVE_SENSE(), or length.
 * @count: to how many.
 * @opcode: of which kind.
 */
struct host_fault {
	enum host_fault_kind kind;
	u32 value, count;
	u8 opcode;
};

/**
 * struct host_entry - a line of the log
 * @cdb: the CDB.
 * @out: data-out, the first HOST_LOG_BYTES.
 * @in: data-in, likewise.
 * @out_length: bytes of data-out.
 * @in_length: bytes of data-in.
 * @result: the result as the mid-layer gets it.
 * @sense: key, ASC and ASCQ, 0 for none.
 */
struct host_entry {
	u8 cdb[DRIVE_CDB_SIZE];
	u8 out[HOST_LOG_BYTES], in[HOST_LOG_BYTES];
	u32 out_length, in_length;
	int result;
	u32 sense;
};

/**
 * struct host - a drive on a SCSI host of its own
 * @control: one command of a test at a time; guards @shost.
 * @shost: the SCSI host, NULL while unplugged.
 * @lock: guards all below.
 * @drive: the drive.
 * @unplugged: it is; commands end in DID_NO_CONNECT.
 * @no_residue: the host does not tell how much was transferred.
 * @no_log: commands are not logged.
 * @delay: milliseconds that a command takes.
 * @faults: what goes wrong next.
 * @pending: commands that wait for @delay to be over. Who takes one off the
 *	list completes it.
 * @buffer: HOST_BUFFER bytes for data-in.
 * @out: data-out.
 * @log: the last HOST_LOG commands.
 * @logged: how many there were.
 */
struct host {
	struct mutex control;	/* one command of a test at a time */
	struct Scsi_Host *shost;
	spinlock_t lock;	/* all below */
	struct drive drive;
	bool unplugged, no_residue, no_log;
	unsigned int delay;
	struct host_fault faults[HOST_FAULTS];
	struct list_head pending;
	u8 *buffer;
	u8 out[HOST_LOG_BYTES];
	struct host_entry *log;
	u64 logged;
};

/* host.c */
int host_plug(struct host *host);
void host_unplug(struct host *host);

/* control.c */
struct dentry;
void host_add_files(struct host *host, struct dentry *directory);

#endif /* NTDVD_TESTS_HOST_H */
