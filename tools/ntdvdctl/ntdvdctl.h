/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of ntdvdctl share. Each file uses only those above it here:
 * words.c, output.c, drive.c, node.c, structure.c, then the commands in region.c,
 * show.c, send.c, monitor.c and trace.c.
 */
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

/* The options given; layer is 0 to 255, length -1 if it was not given. */
struct options {
	bool json, yes;
	const char *output;
	long layer, length;
};

extern struct options options;

/* words.c: tables of names */

struct status_words {
	uint32_t status;
	const char *name, *words;
	const char *advice;		/* or NULL */
	enum result result;		/* of a command that ends with it */
};

struct control_code {
	uint32_t code;
	const char *name;
	uint32_t output_length;		/* unless --length says otherwise */
};

struct name {
	unsigned int number;
	const char *name;
};

enum word_table {
	WORDS_PROFILE,		/* MMC profile: the kind of disc */
	WORDS_FORMAT,		/* format of READ DISC STRUCTURE */
	WORDS_COPYRIGHT,	/* copyright protection system */
	WORDS_REGION,		/* region: where its discs are sold */
	WORDS_KEY_TYPE,		/* DVD_KEY_TYPE */
	WORDS_OPCODE,		/* SCSI command */
	WORDS_SENSE_KEY,
	WORDS_SENSE_CODE,	/* additional sense code << 8 | qualifier */
	WORDS_HOST,		/* host byte of a SCSI result */
	WORDS_BOOK,		/* fields of format 0 */
	WORDS_SIZE,
	WORDS_RATE,
	WORDS_LAYER_TYPE,
};

const struct status_words *status_words(uint32_t status);
extern const struct control_code control_codes[];	/* the last one has no name */
const struct control_code *find_control_code(const char *text);
const struct control_code *control_code(uint32_t code);
const struct name *words(enum word_table table);
const char *word(enum word_table table, unsigned int number);
int find_word(enum word_table table, const char *text);

/*
 * output.c: text for people or JSON for programs, from one call a value. The
 * key is the name in JSON, NULL within an array; a value without a label is
 * shown in JSON alone. In text a value is a line of its own, or within
 * print_table() a cell.
 */

struct column {
	const char *label;
	int width;			/* negative: to the right */
};

void print_open(const char *key);
void print_open_array(const char *key);
void print_close(void);
void print_table(const char *key, const struct column *columns);
void print_row(void);
void print_row_end(void);
void print_lines(void);
bool print_flush(void);

void print_heading(const char *format, ...) __printf(1, 2);
void print_text(const char *label, const char *format, ...) __printf(2, 3);
void print_string(const char *key, const char *label, const char *format, ...)
	__printf(3, 4);
void print_number(const char *key, const char *label, long long number);
void print_bool(const char *key, const char *label, bool value);
void print_null(const char *key, const char *label, const char *text);
void print_regions(const char *key, const char *label, uint8_t set);
void print_status(const char *key, const char *label, uint32_t status);
void print_hex(const char *key, const uint8_t *data, size_t length);
const char *region_text(uint8_t set, char *text, size_t size);

enum result usage(const char *advice, const char *format, ...) __printf(2, 3);
enum result fail(enum result result, const char *cause, int error,
		 const char *advice, const char *format, ...) __printf(5, 6);
enum result fail_status(uint32_t status, const char *what);
enum result fail_errno(int error, const char *what);

/* drive.c: the drives of this machine */

#define DRIVES_MAX	256
#define SESSIONS_MAX	8

struct drive {
	unsigned int number;		/* N of /dev/srN and /dev/ntdvdN */
	bool has_node;
	char vendor[9], model[17], revision[5];
	/* from ask_features(); unknown is the errno if they could not be had */
	int unknown;
	unsigned int profile;
	bool dvd, css, aacs;
};

struct session {
	char class[8];			/* css or aacs */
	unsigned int agid;
	char state[8];			/* held or closed */
	int pid;
	char comm[32];
	long long seconds;
};

char *find_last(char *text, const char *part);
bool read_text(const char *path, char *text, size_t size);
bool drive_number(const char *name, const char *prefix, unsigned int *number);
void read_drive(struct drive *drive, unsigned int number);
void ask_features(struct drive *drive);
size_t find_drives(struct drive *drives, size_t room);
int read_sessions(unsigned int number, struct session *sessions);
void print_drive(const struct drive *drive);

/* node.c: nodes, requests to them, and why one failed */

struct answer {
	int error;			/* errno, or 0 and the rest */
	uint32_t status;
	uint64_t information;
};

enum result node_open(const char *name, bool write, int *fd, struct drive *drive);
struct answer request(int fd, uint32_t code, const void *input,
		      uint32_t input_length, void *output, uint32_t output_length);
enum result explain_missing_node(const char *name, int error);
enum result explain_refusal(struct drive *drive, struct answer answer,
			    const char *what);
enum result write_output(const uint8_t *data, size_t length);
enum result confirm(const char *question);

/* A struct ntdvd_copy_protect_key with room for the keys of a handshake */
#define KEY_DATA_MAX	12

struct answer key_request(int fd, uint32_t code, uint32_t agid, uint32_t type,
			  uint8_t *data, uint32_t length);

/* structure.c: structures of a disc */

#define STRUCTURE_MAX	65535

struct answer read_structure(int fd, unsigned int format, unsigned int layer,
			     uint8_t *output);
void print_structure(unsigned int format, const uint8_t *data, size_t length);

/* The commands */

/* region.c */
bool print_region(int fd, struct answer *answer);
enum result command_region(int argc, char **argv);

/* show.c */
enum result command_list(int argc, char **argv);
enum result command_info(int argc, char **argv);
enum result command_structure(int argc, char **argv);
enum result command_sessions(int argc, char **argv);

/* send.c */
enum result command_probe(int argc, char **argv);
enum result command_raw(int argc, char **argv);

/* monitor.c */
bool catch_signals(void);
bool wait_for(int fd);
enum result command_monitor(int argc, char **argv);

/* trace.c */
enum result command_trace(int argc, char **argv);

#endif
