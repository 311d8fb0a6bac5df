/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulated drive as what a host talks to: it carries out commands, with the
 * faults that a test has asked for, and keeps a log. The same on every host.
 */
#ifndef NTDVD_TESTS_TARGET_H
#define NTDVD_TESTS_TARGET_H

#include "drive.h"

#define TARGET_FAULTS		16
#define TARGET_FORGED		64
#define TARGET_LOG		512
#define TARGET_LOG_BYTES	128
#define TARGET_BUFFER		(65536 + 4)

#define TARGET_CHECK_CONDITION	0x02	/* SCSI status */

/**
 * enum target_fault_kind - how a command may fail
 * @TARGET_NO_FAULT: not at all.
 * @TARGET_SENSE: with sense, the drive never sees it, unless the error was
 *	recovered.
 * @TARGET_DEFERRED: with sense of an earlier command, the drive never sees it.
 * @TARGET_SHORT: transfers no more than so many bytes.
 * @TARGET_FORGED_ANSWER: the drive does it, but other bytes are transferred.
 * @TARGET_STATUS: with a SCSI status, the drive never sees it.
 * @TARGET_HANG: is never answered, the drive never sees it.
 * @TARGET_LOST_HANG: is never answered, after the drive has done it.
 * @TARGET_ERROR: fails on the way to the drive, as the host's bus does.
 * @TARGET_LOST_ERROR: fails on the way back.
 * @TARGET_HOST: with a host byte of Linux, the drive never sees it.
 * @TARGET_LOST_HOST: with a host byte of Linux, after the drive has done it.
 * @TARGET_STALL: USB: the pipe for its data stalls.
 * @TARGET_PHASE: USB: a phase error.
 * @TARGET_TAG: bulk-only USB: its status has another command's tag.
 * @TARGET_UNIT_TAG: UAS: its status has another command's tag.
 * @TARGET_STATUS_STALL: USB: the pipe stalls once before its status.
 * @TARGET_RESIDUE: USB: its residue is a lie.
 *
 * The host does what is from TARGET_HANG on.
 */
enum target_fault_kind {
	TARGET_NO_FAULT,
	TARGET_SENSE,
	TARGET_DEFERRED,
	TARGET_SHORT,
	TARGET_FORGED_ANSWER,
	TARGET_STATUS,
	TARGET_HANG,
	TARGET_LOST_HANG,
	TARGET_ERROR,
	TARGET_LOST_ERROR,
	TARGET_HOST,
	TARGET_LOST_HOST,
	TARGET_STALL,
	TARGET_PHASE,
	TARGET_TAG,
	TARGET_UNIT_TAG,
	TARGET_STATUS_STALL,
	TARGET_RESIDUE,
};

#define TARGET_BIT(kind)	(1u << (kind))

/* What every host can do */
#define TARGET_EVERY_HOST	(TARGET_BIT(TARGET_SENSE) | TARGET_BIT(TARGET_DEFERRED) | \
				 TARGET_BIT(TARGET_FORGED_ANSWER) | \
				 TARGET_BIT(TARGET_HANG) | TARGET_BIT(TARGET_LOST_HANG) | \
				 TARGET_BIT(TARGET_ERROR) | TARGET_BIT(TARGET_LOST_ERROR))

/**
 * struct target_fault - what happens to the next commands of a kind
 * @kind: what.
 * @value: sense, length, status, host byte, or residue.
 * @count: to how many.
 * @opcode: of which kind.
 * @forged: the answer instead of the drive's.
 * @forged_length: bytes of it.
 */
struct target_fault {
	enum target_fault_kind kind;
	u32 value, count;
	u8 opcode;
	u8 forged[TARGET_FORGED];
	u32 forged_length;
};

/**
 * struct target_entry - a line of the log
 * @cdb: the CDB.
 * @out: data-out, the first TARGET_LOG_BYTES.
 * @in: data-in, likewise.
 * @out_length: bytes of data-out.
 * @in_length: bytes of data-in.
 * @result: SCSI status and host byte as Linux has them.
 * @sense: key, ASC and ASCQ, 0 for none.
 */
struct target_entry {
	u8 cdb[DRIVE_CDB_SIZE];
	u8 out[TARGET_LOG_BYTES], in[TARGET_LOG_BYTES];
	u32 out_length, in_length;
	u32 result, sense;
};

/**
 * struct target - a drive on a host
 * @drive: the drive.
 * @can: TARGET_BIT() of the faults that its host can have.
 * @no_residue: the host does not tell how much was transferred.
 * @no_log: commands are not logged.
 * @delay: milliseconds that a command takes; up to the host.
 * @faults: what goes wrong next.
 * @out: data-out of the command that is carried out.
 * @buffer: TARGET_BUFFER bytes for its data-in.
 * @log: the last TARGET_LOG commands.
 * @logged: how many there were.
 *
 * The host holds a lock of its own over each function.
 */
struct target {
	struct drive drive;
	u32 can;
	bool no_residue, no_log;
	unsigned int delay;
	struct target_fault faults[TARGET_FAULTS];
	u8 out[TARGET_LOG_BYTES];
	u8 *buffer;
	struct target_entry *log;
	u64 logged;
};

/**
 * struct target_answer - what becomes of a command
 * @fault: what the host has to do to it, TARGET_NO_FAULT for nothing.
 * @value: of the fault.
 * @status: SCSI status.
 * @sense: with TARGET_CHECK_CONDITION.
 * @length: bytes of data-in, in the target's buffer.
 */
struct target_answer {
	enum target_fault_kind fault;
	u32 value;
	u8 status;
	u8 sense[DRIVE_SENSE_SIZE];
	u32 length;
};

void target_run(struct target *target, const u8 *cdb, u32 out_length, u32 wanted,
		struct target_answer *answer);
int target_control(struct target *target, const char *word, const char *args);

#define TARGET_LINE	(2 * DRIVE_CDB_SIZE + 4 * TARGET_LOG_BYTES + 64)
#define TARGET_STATE	512

size_t target_log_line(const struct target *target, u64 at, char *line);
size_t target_state(const struct target *target, size_t pending, char *text);

/* The first line of the log that is still there */
static inline u64 target_log_start(const struct target *target)
{
	return target->logged > TARGET_LOG ? target->logged - TARGET_LOG : 0;
}

#endif /* NTDVD_TESTS_TARGET_H */
