/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of control codes, and what its functions share. */
#ifndef NTDVD_REQUEST_H
#define NTDVD_REQUEST_H

#include "command.h"

#define NTDVD_HEADER_SIZE	4	/* before the data of REPORT KEY and others */

/**
 * enum ntdvd_kind - which drives a request is for, and what else matters of it
 * @NTDVD_ANY_DRIVE: all of them, and none is asked.
 * @NTDVD_DVD_DRIVE: those with the DVD Read feature (0x001f), current or not.
 * @NTDVD_AACS_DRIVE: those with the AACS feature (0x010d), current or not.
 * @NTDVD_DRIVE_KINDS: what a drive can be.
 * @NTDVD_ASKED_FIRST: they are asked before the lengths and the contents of
 *	the request are checked.
 * @NTDVD_HAS_KEYS: there are keys in the input, the output or the transfer. None
 *	of the others allocates.
 */
enum ntdvd_kind {
	NTDVD_ANY_DRIVE = 0,
	NTDVD_DVD_DRIVE = BIT(0),
	NTDVD_AACS_DRIVE = BIT(1),
	NTDVD_DRIVE_KINDS = NTDVD_DVD_DRIVE | NTDVD_AACS_DRIVE,
	NTDVD_ASKED_FIRST = BIT(2),
	NTDVD_HAS_KEYS = BIT(3),
};

/**
 * struct ntdvd_control - a row of the table of control codes
 * @code: the control code; what access it needs is in it.
 * @kind: which drives it is for, of enum ntdvd_kind.
 * @class: key class of its sessions and keys.
 * @input: bytes of input that it reads; for AACS the exact length.
 * @output: bytes of output that it wants room for.
 * @format: key format or format code of its command.
 * @check: finds what can be refused without the drive.
 * @run: carries it out, with the drive locked; NULL in the last row.
 */
struct ntdvd_control {
	u32 code;
	u8 kind;
	enum ntdvd_key_class class;
	u16 input, output;
	u8 format;
	u32 (*check)(struct ntdvd_request *rq);
	u32 (*run)(struct ntdvd_request *rq);
};

/**
 * ntdvd_is_of_kind() - is a request for this drive?
 * @drive: the drive.
 * @control: the request's row.
 *
 * Context: the caller holds the lock of @drive.
 * Return: true if it is, as far as is known.
 */
static inline bool ntdvd_is_of_kind(const struct ntdvd_drive *drive,
				    const struct ntdvd_control *control)
{
	return !(control->kind & drive->lacks);
}

/**
 * ntdvd_output() - where the output of a request is
 * @rq: the request.
 *
 * Return: the allocated one, if there is one.
 */
static inline void *ntdvd_output(struct ntdvd_request *rq)
{
	return rq->long_data ?: rq->small;
}

/* request.c */
extern const struct ntdvd_control ntdvd_controls[];

u32 ntdvd_find_kind(struct ntdvd_request *rq);
u32 ntdvd_send(struct ntdvd_request *rq, struct ntdvd_command *cmd);
u32 ntdvd_send_data(struct ntdvd_request *rq, u8 format, const void *data,
		    u16 length);
u32 ntdvd_ask(struct ntdvd_request *rq, struct ntdvd_command *cmd, u32 *length);
void *ntdvd_alloc_long(struct ntdvd_request *rq, u32 size);
u32 ntdvd_too_small(struct ntdvd_request *rq, u32 wanted);
u32 ntdvd_check_session(struct ntdvd_request *rq, __le32 session_id);
u32 ntdvd_address(__le64 offset);

/**
 * ntdvd_check_input() - check the length of the input of a key or a session
 * @rq: the request.
 * @wanted: bytes that it must have.
 *
 * Return: the NTSTATUS.
 */
static inline u32 ntdvd_check_input(const struct ntdvd_request *rq, u32 wanted)
{
	if (likely(rq->input_length >= wanted))
		return NTDVD_STATUS_SUCCESS;
	return rq->input_length ? NTDVD_STATUS_INVALID_PARAMETER :
				  NTDVD_STATUS_BUFFER_TOO_SMALL;
}

/**
 * ntdvd_ask_whole() - ntdvd_ask() for an answer that is of use only as a whole
 * @rq: the request.
 * @cmd: the command.
 *
 * Context: sleeps. The caller holds the lock of the drive.
 * Return: the NTSTATUS.
 */
static inline u32 ntdvd_ask_whole(struct ntdvd_request *rq,
				  struct ntdvd_command *cmd)
{
	u32 length;
	u32 status = ntdvd_ask(rq, cmd, &length);

	if (!status && NTDVD_HEADER_SIZE + length < cmd->length)
		status = NTDVD_STATUS_IO_DEVICE_ERROR;
	return status;
}

/* The functions of the table. request.c: sessions of both classes */
u32 ntdvd_check_start_session(struct ntdvd_request *rq);
u32 ntdvd_start_session(struct ntdvd_request *rq);
u32 ntdvd_check_end_session(struct ntdvd_request *rq);
u32 ntdvd_check_aacs_end_session(struct ntdvd_request *rq);
u32 ntdvd_end_session(struct ntdvd_request *rq);

/* key.c: READ_KEY, SEND_KEY, SEND_KEY2, GET_REGION */
bool ntdvd_sets_region(const struct ntdvd_request *rq);
u32 ntdvd_check_read_key(struct ntdvd_request *rq);
u32 ntdvd_read_key(struct ntdvd_request *rq);
u32 ntdvd_check_send_key(struct ntdvd_request *rq);
u32 ntdvd_check_send_key2(struct ntdvd_request *rq);
u32 ntdvd_run_send_key(struct ntdvd_request *rq);
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

#endif /* NTDVD_REQUEST_H */
