/* SPDX-License-Identifier: GPL-2.0-only */
/* Every request that reaches a drive, and what it takes to make it succeed. */
#ifndef NTDVD_STRESS_CASES_H
#define NTDVD_STRESS_CASES_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"

#define AGIDS	4

enum class { CSS, AACS, CLASSES };

/* How far authentication is before the request */
enum level {
	NOTHING,
	GRANTED,
	CHALLENGED,	/* the host's challenge or certificate was sent */
	ANSWERED,	/* the drive's bus key or certificate was read */
	ASKED,		/* the drive's challenge or key was read */
	AUTHENTICATED,
};

/**
 * struct request_case - a request
 * @name: for people.
 * @code: control code.
 * @class: key class of its session.
 * @level: what it needs.
 * @opcode: of its command.
 * @type: key type or structure format, 0 if it has none.
 * @input: bytes of input.
 * @output: bytes of output.
 * @transfer: bytes that the drive answers with.
 * @minimum: bytes of them that the contract asks for, or IO_DEVICE_ERROR.
 * @kind: CASE_ bits.
 * @good: its status when nothing goes wrong.
 */
struct request_case {
	const char *name;
	uint32_t code;
	enum class class;
	enum level level;
	uint8_t opcode, type;
	uint16_t input;
	uint32_t output, transfer, minimum;
	unsigned int kind;
	uint32_t good;
};

#define CASE_START	0x01	/* starts a session */
#define CASE_END	0x02	/* ends one */
#define CASE_END_ALL	0x04
#define CASE_BOUND	0x08	/* is not repeated when the sessions are gone */
#define CASE_KEY2	0x10	/* ends the session if the drive refuses the key */
#define CASE_SET_RPC	0x20
#define CASE_LAST	0x80	/* the drive releases the AGID with its answer */
#define CASE_STEP	0x40	/* brings authentication to the next level */

extern const struct request_case request_cases[];
extern const unsigned int request_case_count;

/* A request that is ready to be sent, and room for its answer */
struct prepared {
	const struct request_case *what;
	uint32_t agid;
	uint8_t input[2072];
	uint8_t output[98304];
};

void fill_input(const struct request_case *what, uint8_t *input, uint32_t session,
		const uint8_t secret[40]);
bool end_all_sessions(int fd);
bool prepare(int fd, const struct request_case *what, struct prepared *request);
struct outcome run_prepared(int fd, struct prepared *request);

/*
 * The AGIDs that ntdvd has sessions for, and those that the emulated drive has granted:
 * session_bit()s, or -1 and errno.
 */
int sessions_of(unsigned int drive);
int agids_of(unsigned int drive);
bool free_agids(unsigned int drive, int fd);

static inline unsigned int session_bit(enum class class, uint32_t agid)
{
	return 1u << (agid + AGIDS * class);
}

#endif
