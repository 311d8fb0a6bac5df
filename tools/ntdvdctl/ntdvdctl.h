/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of ntdvdctl share. */
#ifndef NTDVDCTL_H
#define NTDVDCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __printf(text, args) __attribute__((format(printf, text, args)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Exit statuses, documented in ntdvdctl(1) */
enum result {
	RESULT_OK = 0,
	RESULT_USAGE = 1,
	RESULT_NO_DRIVE = 2,
	RESULT_NO_MODULE = 3,
	RESULT_NO_PERMISSION = 4,
	RESULT_NO_DISC = 5,
	RESULT_NO_DVD_DRIVE = 6,
	RESULT_REFUSED = 7,
	RESULT_SYSTEM = 8,
	RESULT_NOT_CONFIRMED = 9,
};

/**
 * struct options - the command line
 * @json: --json.
 * @yes: --yes.
 * @output: --output, or NULL.
 * @layer: --layer, 0 to 255.
 * @length: --length, or -1.
 */
struct options {
	bool json;
	bool yes;
	const char *output;
	long layer;
	long length;
};

extern struct options options;

/* words.c: numbers in words */

/**
 * struct status_words - an NTSTATUS in words
 * @status: its value.
 * @name: Windows' name.
 * @words: what it says.
 * @advice: what to do about it, or NULL.
 * @result: the exit status of a command that ends with it.
 */
struct status_words {
	uint32_t status;
	const char *name;
	const char *words;
	const char *advice;
	enum result result;
};

/**
 * struct control_code - a Windows control code
 * @code: its value.
 * @name: Windows' name.
 * @output_length: the output that it has room for when nobody says otherwise.
 */
struct control_code {
	uint32_t code;
	const char *name;
	uint32_t output_length;
};

const struct status_words *status_words(uint32_t status);
const struct control_code *find_control_code(const char *text);
const char *profile_name(unsigned int profile);
const char *format_name(unsigned int format);
int find_format(const char *text);
const char *copyright_name(uint8_t system);
const char *regions(uint8_t set, char *text, size_t size);
void decode_structure(unsigned int format, const uint8_t *data, size_t length);

/* output.c: text for eyes, and JSON */
void json_open(const char *key, char bracket);
void json_close(void);
void json_string(const char *key, const char *format, ...)
	__printf(2, 3);
void json_number(const char *key, long long number);
void json_bool(const char *key, bool value);
void json_null(const char *key);
void json_hex(const char *key, const uint8_t *data, size_t length);
void json_regions(const char *key, uint8_t set);
void json_status(const char *key, uint32_t status);

void heading(const char *format, ...) __printf(1, 2);
void field(const char *label, const char *format, ...)
	__printf(2, 3);
void hex_dump(const uint8_t *data, size_t length);

enum result fail(enum result result, const char *cause, const char *advice,
		 const char *format, ...) __printf(4, 5);
enum result fail_status(uint32_t status, const char *what);
enum result fail_errno(int error, const char *what);

/* drive.c: drives and their nodes */

#define DRIVES_MAX 256

/**
 * struct drive - a drive of this machine
 * @number: N of /dev/srN and /dev/ntdvdN.
 * @has_node: ntdvd has it.
 * @vendor: as the drive says, without blanks at the end.
 * @model: the same.
 * @revision: the same.
 * @known: the drive could be asked for what follows.
 * @profile: MMC's profile of the disc that is in it, 0 for none.
 * @dvd: it has the DVD Read feature.
 * @css: it has the CSS feature.
 * @aacs: it has the AACS feature.
 */
struct drive {
	unsigned int number;
	bool has_node;
	char vendor[9], model[17], revision[5];
	bool known;
	unsigned int profile;
	bool dvd, css, aacs;
};

/**
 * struct session - a line of ntdvd's books
 * @class: "css" or "aacs".
 * @agid: the AGID.
 * @state: "held" or "closed".
 * @pid: process that started it.
 * @comm: its name.
 * @seconds: for how long.
 */
struct session {
	char class[8];
	unsigned int agid;
	char state[8];
	int pid;
	char comm[32];
	long long seconds;
};

#define SESSIONS_MAX 8

/**
 * struct answer - the outcome of a request
 * @error: errno, or 0 with the rest.
 * @status: the NTSTATUS.
 * @information: bytes of output.
 */
struct answer {
	int error;
	uint32_t status;
	uint64_t information;
};

void ask_features(struct drive *drive);
size_t find_drives(struct drive *drives, size_t room);
enum result node_open(const char *name, bool write, int *fd, struct drive *drive);
struct answer request(int fd, uint32_t code, const void *input,
		      uint32_t input_length, void *output, uint32_t output_length);
struct answer read_structure(int fd, unsigned int format, unsigned int layer,
			     uint8_t *output, size_t room);
int read_sessions(unsigned int number, struct session *sessions);
enum result explain_missing_node(const char *name);
enum result explain_refusal(struct drive *drive, struct answer answer,
			    const char *what);

/* show.c: what only looks */
enum result command_list(int argc, char **argv);
enum result command_info(int argc, char **argv);
enum result command_structure(int argc, char **argv);
enum result command_sessions(int argc, char **argv);

/* act.c: what asks something of the drive */

struct ntdvd_rpc_key;

struct answer read_rpc(int fd, struct ntdvd_rpc_key *rpc);
uint8_t rpc_regions(const struct ntdvd_rpc_key *rpc);
void json_region(const char *key, const struct ntdvd_rpc_key *rpc);
enum result write_output(const uint8_t *data, size_t length);
enum result command_region(int argc, char **argv);
enum result command_probe(int argc, char **argv);
enum result command_raw(int argc, char **argv);

#endif
