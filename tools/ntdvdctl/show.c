// SPDX-License-Identifier: GPL-2.0-only
/* The commands that only look: list, info, structure, sessions. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/ntdvd.h>

#include "ntdvdctl.h"

#define HEADER_SIZE	sizeof(struct ntdvd_descriptor_header)

static const char *feature_text(const struct drive *drive, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", drive->dvd ? "DVD " : "",
		 drive->css ? "CSS " : "", drive->aacs ? "AACS " : "");
	if (!*text)
		return "none";
	text[strlen(text) - 1] = '\0';
	return text;
}

/* What ask_features() found out */
static void print_features(const struct drive *drive)
{
	char text[32];

	if (drive->unknown) {
		print_null("disc", "disc", "?");
		print_null("features", "features", "?");
		return;
	}
	print_string("disc", "disc", "%s", word(WORDS_PROFILE, drive->profile));
	print_text("features", "%s", feature_text(drive, text, sizeof(text)));
	print_open("features");
	print_bool("dvd", NULL, drive->dvd);
	print_bool("css", NULL, drive->css);
	print_bool("aacs", NULL, drive->aacs);
	print_close();
}

static void list_row(const struct drive *drive, int sessions)
{
	print_row();
	print_drive(drive);
	print_text("model", "%s %s", drive->vendor, drive->model);
	print_features(drive);
	if (sessions < 0)
		print_null("sessions", "sessions", "?");
	else
		print_number("sessions", "sessions", sessions);
}

/* Why a value is "?": for programs as a member, for people below the table */
static void print_errno(const char *key, int error)
{
	if (error)
		print_string(key, NULL, "%s", strerrorname_np(error));
	else
		print_null(key, NULL, NULL);
}

static void explain_unknown(const struct drive *drives, size_t count, int error)
{
	size_t i;

	if (options.json)
		return;
	fflush(stdout);
	for (i = 0; i < count; i++)
		if (drives[i].unknown)
			fprintf(stderr, "?: disc and features of /dev/sr%u: %s\n",
				drives[i].number, strerror(drives[i].unknown));
	if (error == EACCES)
		fprintf(stderr, "?: sessions: only root can see them\n");
	else if (error)
		fprintf(stderr, "?: sessions: %s\n", strerror(error));
}

enum result command_list(int argc, char **argv)
{
	static const struct column columns[] = {
		{ "NODE", 12 }, { "DRIVE", 9 }, { "MODEL", 25 }, { "DISC", 10 },
		{ "FEATURES", 12 }, { "SESSIONS", 0 }, { }
	};
	static struct drive drives[DRIVES_MAX];
	struct session sessions[SESSIONS_MAX];
	enum result result = RESULT_OK;
	int held, failed, error = 0;
	bool loaded;
	size_t count, i;

	loaded = !access("/sys/module/ntdvd", F_OK);
	count = find_drives(drives, ARRAY_SIZE(drives));
	print_open(NULL);
	if (count)
		print_table("drives", columns);
	else
		print_open_array("drives");
	for (i = 0; i < count; i++) {
		ask_features(&drives[i]);
		held = read_sessions(drives[i].number, sessions);
		failed = held < 0 ? errno : 0;
		if (drives[i].has_node && failed)
			error = failed;
		list_row(&drives[i], held);
		print_open("unknown");
		print_errno("features", drives[i].unknown);
		print_errno("sessions", failed);
		print_close();
		print_row_end();
	}
	print_close();
	explain_unknown(drives, count, error);
	if (!count || !loaded)
		result = explain_missing_node(NULL, 0);
	print_close();
	return result;
}

/* Structures that need no session */
static void info_structure(int fd, unsigned int format)
{
	static uint8_t output[STRUCTURE_MAX];
	struct answer answer;

	answer = read_structure(fd, format, 0, output);
	if (answer.error || answer.status)
		return;
	print_open(NULL);
	print_structure(format, output + HEADER_SIZE, answer.information - HEADER_SIZE);
	print_close();
}

enum result command_info(int argc, char **argv)
{
	static const unsigned int formats[] = { 0x00, 0x01, 0x03, 0x04, 0x05 };
	struct answer answer;
	struct drive drive;
	enum result result;
	size_t i;
	int fd;

	result = node_open(argv[0], false, &fd, &drive);
	if (result)
		return result;
	ask_features(&drive);
	if (!drive.unknown && !drive.dvd) {
		answer = (struct answer) { .status = NTDVD_STATUS_INVALID_DEVICE_REQUEST };
		result = explain_refusal(&drive, answer, argv[0]);
		close(fd);
		return result;
	}

	print_open(NULL);
	print_heading("%s %s %s", drive.vendor, drive.model, drive.revision);
	print_drive(&drive);
	print_features(&drive);
	if (!print_region(fd, &answer))
		print_null("region", "region", "none");
	print_open_array("structures");
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		info_structure(fd, formats[i]);
	print_close();
	print_close();
	close(fd);
	return RESULT_OK;
}

/* A format by its name or number, or -1 */
static int parse_format(const char *text)
{
	int format = find_word(WORDS_FORMAT, text), used = 0;

	if (format >= 0)
		return format;
	if (sscanf(text, "%i%n", &format, &used) != 1 || text[used] || format > 0xff)
		return -1;
	return format;
}

enum result command_structure(int argc, char **argv)
{
	static uint8_t output[STRUCTURE_MAX];
	int format = parse_format(argv[1]);
	struct answer answer;
	struct drive drive;
	enum result result;
	size_t length;
	int fd;

	if (format < 0)
		return usage("Give MMC's format code, 0 to 0xff, or a name such as physical, copyright, bca, manufacturer or list.",
			     "%s is not a format", argv[1]);
	result = node_open(argv[0], false, &fd, &drive);
	if (result)
		return result;
	answer = read_structure(fd, format, options.layer, output);
	close(fd);
	if (answer.error || answer.status)
		return explain_refusal(&drive, answer, "cannot read the structure");
	if (options.output) {
		result = write_output(output, answer.information);
		if (result || !options.json)
			return result;
	}

	length = answer.information - HEADER_SIZE;
	print_open(NULL);
	print_string("node", NULL, "/dev/ntdvd%u", drive.number);
	print_number("layer", NULL, options.layer);
	print_structure(format, output + HEADER_SIZE, length);
	print_hex("data", output + HEADER_SIZE, length);
	print_close();
	return RESULT_OK;
}

static void sessions_row(unsigned int number, const struct session *session)
{
	print_row();
	print_string("node", "node", "/dev/ntdvd%u", number);
	print_string("class", "class", "%s", session->class);
	print_number("agid", "AGID", session->agid);
	print_string("state", "state", "%s", session->state);
	print_number("seconds", "seconds", session->seconds);
	print_number("pid", "PID", session->pid);
	print_string("command", "command", "%s", session->comm);
	print_row_end();
}

enum result command_sessions(int argc, char **argv)
{
	static const struct column columns[] = {
		{ "NODE", 12 }, { "CLASS", 5 }, { "AGID", -4 }, { "STATE", 6 },
		{ "SECONDS", -7 }, { "PID", -7 }, { "COMMAND", 0 }, { }
	};
	static struct drive drives[DRIVES_MAX];
	struct session sessions[SESSIONS_MAX];
	size_t count, i;
	int held, row;

	count = find_drives(drives, ARRAY_SIZE(drives));
	if (!count || access("/sys/module/ntdvd", F_OK))
		return explain_missing_node(NULL, 0);
	/* The directory can be read if, and only if, all files in it can. */
	if (access("/sys/kernel/debug/ntdvd", R_OK | X_OK)) {
		if (errno == EACCES)
			return fail(RESULT_NO_PERMISSION, "no-permission", errno,
				    "Run it as root: \"sudo ntdvdctl sessions\".",
				    "only root can see sessions");
		return fail(RESULT_SYSTEM, "no-debugfs", errno,
			    "Mount it: \"sudo mount -t debugfs debugfs /sys/kernel/debug\".",
			    "/sys/kernel/debug/ntdvd: %s", strerror(errno));
	}

	print_open(NULL);
	print_table("sessions", columns);
	for (i = 0; i < count; i++) {
		held = read_sessions(drives[i].number, sessions);
		for (row = 0; row < held; row++)
			sessions_row(drives[i].number, &sessions[row]);
	}
	print_close();
	print_close();
	return RESULT_OK;
}
