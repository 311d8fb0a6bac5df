/* SPDX-License-Identifier: GPL-2.0-only */
/* What the test programs share: requests, and the emulated drive's other side. */
#ifndef NTDVD_TESTS_CLIENT_H
#define NTDVD_TESTS_CLIENT_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/ntdvd.h>

#include "keys.h"

/* The outcome of a request: errno, or 0 with status and information. */
struct outcome {
	int error;
	uint32_t status;
	uint64_t information;
};

struct outcome control(int fd, uint32_t code, const void *input,
		       uint32_t input_length, void *output,
		       uint32_t output_length);

/* A DVD_COPY_PROTECT_KEY with room for any key, little-endian as Windows has it */
struct key_buffer {
	__le32 key_length;
	__le32 session_id;
	__le32 key_type;
	__le32 key_flags;
	__le64 title_offset;
	uint8_t key_data[2048];
} __attribute__((packed));

#define KEY_HEADER	offsetof(struct key_buffer, key_data)

/* A NULL-terminated list of all control codes, with their names */
struct control_code {
	const char *name;
	uint32_t code;
	uint32_t input_length;	/* that it takes, 0 for none */
	uint32_t output_length;
};

extern const struct control_code control_codes[];

/* Session ids and key types are in the machine's order here, but @key is not. */
uint32_t start_session(int fd, uint32_t *session_id);
uint32_t end_session(int fd, uint32_t session_id);
uint32_t read_key(int fd, uint32_t session_id, uint32_t type, uint32_t data_length,
		  struct key_buffer *key);
uint32_t send_key(int fd, uint32_t code, uint32_t session_id, uint32_t type,
		  const void *data, uint32_t data_length);

/*
 * The emulated drive's number N in /dev/srN and /dev/ntdvdN now, -1 if it has none,
 * and these nodes: a path, which is that of no node then, and open files. One that
 * is plugged in again may have another number.
 */
#define DRIVE_PATH 32

int drive_number(unsigned int drive);
const char *drive_path(unsigned int drive, const char *kind, char path[DRIVE_PATH]);
int open_ntdvd(unsigned int drive, int flags);
int open_sr(unsigned int drive, int flags);

/*
 * The emulated drive: what it is told, its log of REPORT KEY, SEND KEY, READ DISC
 * STRUCTURE and SET READ AHEAD, or of the operation codes that are named, and its
 * state, as text. 0 or text, or -1 or NULL with errno.
 */
int drive_control(unsigned int drive, const char *command);

/* Is the drive a program, which no suspend leaves running? */
bool drive_is_a_program(unsigned int drive);

int drive_clear_log(unsigned int drive);
char *drive_log(unsigned int drive);
char *drive_log_of(unsigned int drive, const char *opcodes);
char *drive_state(unsigned int drive);

const char *status_name(uint32_t status);

#endif
