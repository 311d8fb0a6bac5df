// SPDX-License-Identifier: GPL-2.0-only
/* The commands that send requests of their own: probe and raw. */
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <linux/ntdvd.h>

#include "ntdvdctl.h"

#define NEEDS_WRITING(code)	((code) >> 15 & 1)

/* Shows a step; true if it succeeded. */
static bool probe_step(const char *what, struct answer answer)
{
	print_open(NULL);
	print_string("step", NULL, "%s", what);
	if (answer.error) {
		print_text(what, "%s", strerror(answer.error));
		print_string("errno", NULL, "%s", strerrorname_np(answer.error));
	} else {
		print_status("ntstatus", what, answer.status);
	}
	print_close();
	return !answer.error && !answer.status;
}

/*
 * The handshake up to where the host needs a key. A drive sends its own
 * challenge only after it was challenged and has sent its bus key.
 */
static const struct probe {
	const char *what;
	uint32_t code, type, length;
} probes[] = {
	{ "send challenge", NTDVD_IOCTL_SEND_KEY, NTDVD_KEY_CHALLENGE, 12 },
	{ "read bus key", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_BUS1, 8 },
	{ "read challenge", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_CHALLENGE, 12 },
};

/* The step that failed, or NULL; @answer is that of this step. */
static const char *probe(int fd, struct answer *answer)
{
	uint8_t data[KEY_DATA_MAX];
	const char *failed = NULL;
	struct answer ended;
	__le32 session = 0;
	size_t i;

	*answer = request(fd, NTDVD_IOCTL_START_SESSION, NULL, 0, &session,
			  sizeof(session));
	if (!probe_step("start session", *answer))
		return "start session";
	for (i = 0; i < ARRAY_SIZE(probes) && !failed; i++) {
		memset(data, 1, sizeof(data));
		if (getrandom(data, 10, 0) != 10)
			memset(data, 1, 10);
		*answer = key_request(fd, probes[i].code, le32toh(session),
				      probes[i].type, data, probes[i].length);
		if (!probe_step(probes[i].what, *answer))
			failed = probes[i].what;
	}
	explicit_bzero(data, sizeof(data));
	ended = request(fd, NTDVD_IOCTL_END_SESSION, &session, sizeof(session),
			NULL, 0);
	if (!probe_step("end session", ended) && !failed) {
		*answer = ended;
		failed = "end session";
	}
	return failed;
}

enum result command_probe(int argc, char **argv)
{
	struct answer answer;
	struct drive drive;
	enum result result;
	const char *failed;
	int fd;

	result = node_open(argv[0], false, &fd, &drive);
	if (result)
		return result;
	print_heading("Authentication with /dev/ntdvd%u", drive.number);
	print_open(NULL);
	print_string("node", NULL, "/dev/ntdvd%u", drive.number);
	print_open_array("steps");
	failed = probe(fd, &answer);
	close(fd);
	print_close();
	print_bool("works", NULL, !failed);
	if (failed)
		result = explain_refusal(&drive, answer, failed);
	else if (!options.json)
		printf("Authentication works.\n");
	print_close();
	return result;
}

/* Hexadecimal bytes of all arguments together; colons and blanks may separate them. */
static bool parse_hex(int argc, char **argv, uint8_t *bytes, size_t room, size_t *length)
{
	char digits[3] = "";
	const char *at;
	int i;

	*length = 0;
	for (i = 0; i < argc; i++) {
		for (at = argv[i] + strspn(argv[i], " :\n"); *at; at += strspn(at, " :\n")) {
			if (*length == room || !isxdigit((unsigned char)at[0]) ||
			    !isxdigit((unsigned char)at[1]))
				return false;
			memcpy(digits, at, 2);
			bytes[(*length)++] = strtoul(digits, NULL, 16);
			at += 2;
		}
	}
	return true;
}

static enum result show_raw(const struct drive *drive, const struct control_code *code,
			    struct answer answer, const uint8_t *output)
{
	const struct status_words *words = status_words(answer.status);
	size_t length = answer.status ? 0 : answer.information;
	enum result result;

	if (options.output && !answer.status) {
		result = write_output(output, length);
		if (result)
			return result;
	}
	print_open(NULL);
	print_heading("%s (%08x)", code->name, code->code);
	print_string("node", NULL, "/dev/ntdvd%u", drive->number);
	print_string("code", NULL, "0x%08x", code->code);
	print_string("name", NULL, "%s", code->name);
	print_status("ntstatus", "status", answer.status);
	print_number("information", "information", answer.information);
	if (options.json || !options.output)
		print_hex("output", output, length);
	print_close();
	if (!options.json && answer.status && words->advice)
		fprintf(stderr, "%s\n", words->advice);
	return words->result;
}

enum result command_raw(int argc, char **argv)
{
	static uint8_t input[4096];
	const struct control_code *code = find_control_code(argv[1]);
	struct answer answer;
	struct drive drive;
	enum result result;
	size_t input_length;
	uint32_t room;
	uint8_t *output;
	int fd;

	if (!code)
		return usage("Give a name such as IOCTL_DVD_GET_REGION, or a number such as 0x00335014; ntdvd(4) lists them.",
			     "%s is not a control code", argv[1]);
	if (!parse_hex(argc - 2, argv + 2, input, sizeof(input), &input_length))
		return usage("Give two hexadecimal digits for each byte, 4096 bytes at most.",
			     "the input is not hexadecimal");
	result = node_open(argv[0], NEEDS_WRITING(code->code), &fd, &drive);
	if (result)
		return result;
	if (NEEDS_WRITING(code->code)) {
		result = confirm("This request may change the drive permanently. Send it?");
		if (result) {
			close(fd);
			return result;
		}
	}
	room = options.length >= 0 ? (uint32_t)options.length : code->output_length;
	output = calloc(1, room ? room : 1);
	if (!output) {
		close(fd);
		return fail_errno(ENOMEM, argv[1]);
	}
	answer = request(fd, code->code, input, input_length, output, room);
	close(fd);
	if (answer.error)
		result = fail_errno(answer.error, code->name);
	else
		result = show_raw(&drive, code, answer, output);
	explicit_bzero(output, room);
	free(output);
	return result;
}
