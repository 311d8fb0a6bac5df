/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of control codes, and what its functions share. */
#ifndef NTDVD_REQUEST_H
#define NTDVD_REQUEST_H

#include "command.h"

#define NTDVD_HEADER_SIZE	4	/* before the data of REPORT KEY and others */

/**
 * enum ntdvd_kind - which drives a request is for, and when they are asked
 * @NTDVD_ANY_DRIVE: all of them, and none is asked.
 * @NTDVD_DVD_DRIVE: those with the DVD Read feature; asked after the lengths
 *	and the contents of the request were checked.
 * @NTDVD_DVD_DRIVE_FIRST: the same, asked before.
 * @NTDVD_AACS_DRIVE_FIRST: those with the AACS feature, asked before.
 */
enum ntdvd_kind {
	NTDVD_ANY_DRIVE,
	NTDVD_DVD_DRIVE,
	NTDVD_DVD_DRIVE_FIRST,
	NTDVD_AACS_DRIVE_FIRST,
};

/**
 * struct ntdvd_control - a row of the table of control codes
 * @code: the control code; what access it needs is in it.
 * @kind: which drives it is for.
 * @class: key class of its sessions and keys.
 * @input: bytes of input that it reads; for AACS the exact length.
 * @output: bytes of output that it wants room for.
 * @format: key format or format code of its command.
 * @check: finds what can be refused without the drive.
 * @run: carries it out, with the drive locked.
 */
struct ntdvd_control {
	u32 code;
	enum ntdvd_kind kind;
	enum ntdvd_key_class class;
	u16 input, output;
	u8 format;
	u32 (*check)(struct ntdvd_request *rq);
	u32 (*run)(struct ntdvd_request *rq);
};

/* request.c */
u32 ntdvd_send(struct ntdvd_request *rq, struct ntdvd_command *cmd);
u32 ntdvd_send_data(struct ntdvd_request *rq, u8 format, const void *data,
		    u16 length);
u32 ntdvd_ask(struct ntdvd_request *rq, struct ntdvd_command *cmd, u32 *length);
u32 ntdvd_ask_whole(struct ntdvd_request *rq, struct ntdvd_command *cmd);
void *ntdvd_alloc_output(struct ntdvd_request *rq, size_t size);
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
	if (!rq->input_length)
		return NTDVD_STATUS_BUFFER_TOO_SMALL;
	if (rq->input_length < wanted)
		return NTDVD_STATUS_INVALID_PARAMETER;
	return NTDVD_STATUS_SUCCESS;
}

/* The functions of the table. request.c: sessions of both classes */
u32 ntdvd_check_start_session(struct ntdvd_request *rq);
u32 ntdvd_start_session(struct ntdvd_request *rq);
u32 ntdvd_check_end_session(struct ntdvd_request *rq);
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
