// SPDX-License-Identifier: GPL-2.0-only
/* The commands that only look: list, info, structure, sessions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/ntdvd.h>

#include "ntdvdctl.h"

#define HEADER_SIZE	sizeof(struct ntdvd_descriptor_header)
#define FORMAT_LIST	0xff

static void json_features(const struct drive *drive)
{
	if (!drive->known) {
		json_null("disc");
		json_null("features");
		return;
	}
	json_string("disc", "%s", profile_name(drive->profile));
	json_open("features", '{');
	json_bool("dvd", drive->dvd);
	json_bool("css", drive->css);
	json_bool("aacs", drive->aacs);
	json_close();
}

static void json_drive(const struct drive *drive)
{
	if (drive->has_node)
		json_string("node", "/dev/ntdvd%u", drive->number);
	else
		json_null("node");
	json_string("drive", "/dev/sr%u", drive->number);
	json_string("vendor", "%s", drive->vendor);
	json_string("model", "%s", drive->model);
	json_string("revision", "%s", drive->revision);
	json_features(drive);
}

static const char *feature_text(const struct drive *drive, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", drive->dvd ? "DVD " : "",
		 drive->css ? "CSS " : "", drive->aacs ? "AACS " : "");
	if (!drive->known)
		return "?";
	if (!*text)
		return "none";
	text[strlen(text) - 1] = '\0';
	return text;
}

static const char *disc_text(const struct drive *drive)
{
	return drive->known ? profile_name(drive->profile) : "?";
}

static const char *count_text(int count, char *text, size_t size)
{
	snprintf(text, size, "%d", count);
	return count < 0 ? "?" : text;
}

static void list_row(const struct drive *drive, int sessions)
{
	char node[32] = "-", disk[32], model[64], features[32], count[16];

	if (drive->has_node)
		snprintf(node, sizeof(node), "/dev/ntdvd%u", drive->number);
	snprintf(disk, sizeof(disk), "/dev/sr%u", drive->number);
	snprintf(model, sizeof(model), "%s %s", drive->vendor, drive->model);
	printf("%-12s  %-9s  %-25s  %-10s  %-12s  %s\n", node, disk, model,
	       disc_text(drive), feature_text(drive, features, sizeof(features)),
	       count_text(sessions, count, sizeof(count)));
}

/**
 * command_list() - ntdvdctl list
 * @argc: number of arguments, 0.
 * @argv: the arguments.
 *
 * Return: the exit status.
 */
enum result command_list(int argc, char **argv)
{
	static struct drive drives[DRIVES_MAX];
	struct session sessions[SESSIONS_MAX];
	enum result result = RESULT_OK;
	size_t count, i;
	int held;

	count = find_drives(drives, ARRAY_SIZE(drives));
	if (options.json) {
		json_open(NULL, '{');
		json_open("drives", '[');
	} else if (count) {
		heading("%-12s  %-9s  %-25s  %-10s  %-12s  %s", "NODE", "DRIVE",
			"MODEL", "DISC", "FEATURES", "SESSIONS");
	}
	for (i = 0; i < count; i++) {
		ask_features(&drives[i]);
		held = read_sessions(drives[i].number, sessions);
		if (!options.json) {
			list_row(&drives[i], held);
			continue;
		}
		json_open(NULL, '{');
		json_drive(&drives[i]);
		if (held < 0)
			json_null("sessions");
		else
			json_number("sessions", held);
		json_close();
	}
	if (options.json)
		json_close();
	if (!count || access("/sys/module/ntdvd", F_OK))
		result = explain_missing_node(NULL);
	if (options.json)
		json_close();
	return result;
}

static void info_region(int fd)
{
	struct ntdvd_rpc_key rpc;
	struct answer answer = read_rpc(fd, &rpc);
	char text[32];

	if (answer.error || answer.status || rpc.scheme != 1) {
		if (options.json)
			json_null("region");
		else
			field("region", "not known to this drive");
		return;
	}
	if (options.json) {
		json_region("region", &rpc);
		return;
	}
	field("region", "%s", regions(rpc_regions(&rpc), text, sizeof(text)));
	field("changes left", "%u, and %u resets by the vendor", rpc.state & 7,
	      rpc.state >> 3 & 7);
}

static void info_structure(int fd, unsigned int format)
{
	static uint8_t output[65535];
	struct answer answer;
	size_t length;

	/* those that are secret need a session, and longer ones have no words */
	answer = read_structure(fd, format, 0, output, sizeof(output));
	if (answer.error || answer.status)
		return;
	length = answer.information - HEADER_SIZE;
	if (!options.json) {
		heading("Structure 0x%02x, %s, %zu bytes", format,
			format_name(format), length);
		decode_structure(format, output + HEADER_SIZE, length);
		return;
	}
	json_open(NULL, '{');
	json_string("format", "0x%02x", format);
	json_string("name", "%s", format_name(format));
	json_number("length", length);
	json_open("decoded", '{');
	decode_structure(format, output + HEADER_SIZE, length);
	json_close();
	json_close();
}

/**
 * command_info() - ntdvdctl info NODE
 * @argc: number of arguments, 1.
 * @argv: the arguments.
 *
 * Return: the exit status.
 */
enum result command_info(int argc, char **argv)
{
	static const unsigned int formats[] = { 0x00, 0x01, 0x03, 0x04, 0x05 };
	struct drive drive;
	enum result result;
	char features[32];
	size_t i;
	int fd;

	result = node_open(argv[0], false, &fd, &drive);
	if (result)
		return result;
	ask_features(&drive);
	if (drive.known && !drive.dvd) {
		result = explain_refusal(&drive, (struct answer) {
			.status = NTDVD_STATUS_INVALID_DEVICE_REQUEST }, argv[0]);
		close(fd);
		return result;
	}

	if (options.json) {
		json_open(NULL, '{');
		json_drive(&drive);
	} else {
		heading("/dev/ntdvd%u: %s %s %s", drive.number, drive.vendor,
			drive.model, drive.revision);
		field("drive", "/dev/sr%u", drive.number);
		field("features", "%s", feature_text(&drive, features, sizeof(features)));
		field("disc", "%s", disc_text(&drive));
	}
	info_region(fd);
	if (options.json)
		json_open("structures", '[');
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		info_structure(fd, formats[i]);
	if (options.json) {
		json_close();
		json_close();
	}
	close(fd);
	return RESULT_OK;
}

/**
 * command_structure() - ntdvdctl structure NODE FORMAT
 * @argc: number of arguments, 2.
 * @argv: the arguments.
 *
 * Return: the exit status.
 */
enum result command_structure(int argc, char **argv)
{
	static uint8_t output[65535];
	int format = find_format(argv[1]);
	struct answer answer;
	struct drive drive;
	enum result result;
	size_t length;
	int fd;

	if (format < 0)
		return fail(RESULT_USAGE, "usage",
			    "Give MMC's format code, 0 to 0xff, or a name such as physical, copyright, bca, manufacturer or list.",
			    "%s is not a format", argv[1]);
	result = node_open(argv[0], false, &fd, &drive);
	if (result)
		return result;
	answer = read_structure(fd, format, options.layer, output, sizeof(output));
	close(fd);
	if (answer.error || answer.status)
		return explain_refusal(&drive, answer, "the structure cannot be read");
	if (options.output) {
		result = write_output(output, answer.information);
		if (result)
			return result;
	}

	length = answer.information - HEADER_SIZE;
	if (options.json) {
		json_open(NULL, '{');
		json_string("node", "/dev/ntdvd%u", drive.number);
		json_string("format", "0x%02x", format);
		json_string("name", "%s", format_name(format));
		json_number("layer", options.layer);
		json_number("length", length);
		json_hex("data", output + HEADER_SIZE, length);
		json_open("decoded", '{');
		decode_structure(format, output + HEADER_SIZE, length);
		json_close();
		json_close();
	} else if (!options.output) {
		heading("Structure 0x%02x, %s, %zu bytes", format,
			format_name(format), length);
		decode_structure(format, output + HEADER_SIZE, length);
		hex_dump(output + HEADER_SIZE, length);
	}
	return RESULT_OK;
}

static void sessions_row(unsigned int number, const struct session *session)
{
	char node[32], comm[64];

	snprintf(node, sizeof(node), "/dev/ntdvd%u", number);
	snprintf(comm, sizeof(comm), "%d (%s)", session->pid, session->comm);
	if (!options.json) {
		printf("%-12s  %-5s  %4u  %-6s  %7lld  %s\n", node, session->class,
		       session->agid, session->state, session->seconds, comm);
		return;
	}
	json_open(NULL, '{');
	json_string("node", "%s", node);
	json_string("class", "%s", session->class);
	json_number("agid", session->agid);
	json_string("state", "%s", session->state);
	json_number("pid", session->pid);
	json_string("command", "%s", session->comm);
	json_number("seconds", session->seconds);
	json_close();
}

/**
 * command_sessions() - ntdvdctl sessions
 * @argc: number of arguments, 0.
 * @argv: the arguments.
 *
 * Return: the exit status.
 */
enum result command_sessions(int argc, char **argv)
{
	static struct drive drives[DRIVES_MAX];
	struct session sessions[SESSIONS_MAX];
	size_t count, i;
	int held, row;

	count = find_drives(drives, ARRAY_SIZE(drives));
	if (!count || access("/sys/module/ntdvd", F_OK))
		return explain_missing_node(NULL);
	/* The first says for all whether they can be read. */
	if (access("/sys/kernel/debug/ntdvd", R_OK | X_OK)) {
		if (errno == EACCES)
			return fail(RESULT_NO_PERMISSION, "no-permission",
				    "Run it as root: \"sudo ntdvdctl sessions\".",
				    "only root may see who holds sessions");
		return fail(RESULT_SYSTEM, "no-debugfs",
			    "Mount it: \"sudo mount -t debugfs debugfs /sys/kernel/debug\".",
			    "/sys/kernel/debug/ntdvd: %s", strerror(errno));
	}

	if (options.json) {
		json_open(NULL, '{');
		json_open("sessions", '[');
	} else {
		heading("%-12s  %-5s  %4s  %-6s  %7s  %s", "NODE", "CLASS", "AGID",
			"STATE", "SECONDS", "PROCESS");
	}
	for (i = 0; i < count; i++) {
		held = read_sessions(drives[i].number, sessions);
		for (row = 0; row < held; row++)
			sessions_row(drives[i].number, &sessions[row]);
	}
	if (options.json) {
		json_close();
		json_close();
	}
	return RESULT_OK;
}
