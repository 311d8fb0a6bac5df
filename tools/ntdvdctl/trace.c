// SPDX-License-Identifier: GPL-2.0-only
/* ntdvdctl trace: requests as they happen, from the trace events. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntdvdctl.h"

#define NO_KEY_TYPE	0xff
#define PENDING_MAX	1024

struct command_event {
	int pid;
	uint8_t cdb[12];
	int result;
	unsigned int key, asc, ascq;
};

/* Commands whose request has not ended, oldest first */
static struct command_event pending[PENDING_MAX];
static size_t pending_count;

/* Where a line says it happened */
struct context {
	char node[16];
	char comm[32];
	int pid;
};

/* The opcodes with a format and an AGID, and the byte of the format */
static const struct {
	uint8_t opcode, at, mask;
} formats[] = {
	{ 0xa3, 10, 0x3f }, { 0xa4, 10, 0x3f }, { 0xad, 7, 0xff },
};

static void command_text(const struct command_event *command, char *text, size_t size)
{
	const uint8_t *cdb = command->cdb;
	size_t i;

	snprintf(text, size, "%s", word(WORDS_OPCODE, cdb[0]));
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i].opcode == cdb[0])
			snprintf(text, size, "%s, format %02x, AGID %u",
				 word(WORDS_OPCODE, cdb[0]),
				 (unsigned int)(cdb[formats[i].at] & formats[i].mask),
				 (unsigned int)(cdb[10] >> 6));
}

static void outcome_text(const struct command_event *command, char *text, size_t size)
{
	unsigned int host = command->result >> 16 & 0xff;

	if (!command->result)
		snprintf(text, size, "good");
	else if (command->result < 0)
		snprintf(text, size, "not sent: %s", strerror(-command->result));
	else if (host)
		snprintf(text, size, "%s", word(WORDS_HOST, host));
	else
		snprintf(text, size, "%s: %s (%x/%02x/%02x)",
			 word(WORDS_SENSE_KEY, command->key),
			 word(WORDS_SENSE_CODE, command->asc << 8 | command->ascq),
			 command->key, command->asc, command->ascq);
}

static void show_command(const struct command_event *command)
{
	char text[64], outcome[128];

	command_text(command, text, sizeof(text));
	outcome_text(command, outcome, sizeof(outcome));
	if (!options.json) {
		printf("%23s%s: %s\n", "", text, outcome);
		return;
	}
	print_open(NULL);
	print_string("name", NULL, "%s", word(WORDS_OPCODE, command->cdb[0]));
	print_hex("cdb", command->cdb, sizeof(command->cdb));
	print_string("outcome", NULL, "%s", outcome);
	print_string("result", NULL, "0x%08x", command->result);
	print_string("sense", NULL, "%x/%02x/%02x", command->key, command->asc,
		     command->ascq);
	print_close();
}

/* Ends a row, with the commands of @pid that are pending: in text they are below it. */
static void end_row(int pid)
{
	size_t kept = 0, i;

	if (!options.json)
		print_row_end();
	print_open_array("commands");
	for (i = 0; i < pending_count; i++) {
		if (pending[i].pid == pid)
			show_command(&pending[i]);
		else
			pending[kept++] = pending[i];
	}
	pending_count = kept;
	print_close();
	if (options.json)
		print_row_end();
}

static void begin_row(const char *event, const struct context *context)
{
	print_row();
	print_string("event", NULL, "%s", event);
	print_string("node", "node", "/dev/%s", context->node);
	print_number("pid", "PID", context->pid);
}

static void show_request(const struct context *context, const char *values)
{
	unsigned int code, key_type = NO_KEY_TYPE, status, information;
	const struct status_words *words;
	const struct control_code *known;
	unsigned long long ns;
	const char *key;

	if (sscanf(values, "code=%x key_type=%x status=%x information=%u ns=%llu", &code,
		   &key_type, &status, &information, &ns) != 5)
		return;
	known = control_code(code);
	words = status_words(status);
	key = key_type == NO_KEY_TYPE ? "" : word(WORDS_KEY_TYPE, key_type);

	begin_row("request", context);
	print_string("code", NULL, "0x%08x", code);
	print_string("name", NULL, "%s", known ? known->name : "unknown");
	if (key_type == NO_KEY_TYPE)
		print_null("key_type", NULL, NULL);
	else
		print_string("key_type", NULL, "%s", key);
	if (known)
		print_text("request", "%s%s%s", known->name + strlen("IOCTL_"),
			   *key ? " " : "", key);
	else
		print_text("request", "%08x", code);
	if (!strncmp(words->name, "STATUS_", 7))
		print_text("status", "%s", words->name + 7);
	else
		print_text("status", "%08x", status);
	print_status("ntstatus", NULL, status);
	print_number("information", "bytes", information);
	print_text("time", "%llu.%03llu ms", ns / 1000000, ns / 1000 % 1000);
	print_number("nanoseconds", NULL, ns);
	print_string("command", "command", "%s", context->comm);
	end_row(context->pid);
}

static void add_command(const struct context *context, const char *values)
{
	struct command_event command = { .pid = context->pid };
	unsigned int byte, result;
	size_t i;
	int used;

	values += strcspn(values, "=") + 1;
	for (i = 0; i < sizeof(command.cdb); i++, values += used) {
		if (sscanf(values, "%2x%n", &byte, &used) != 1)
			return;
		command.cdb[i] = byte;
	}
	if (sscanf(values, " result=%x sense=%x/%x/%x", &result, &command.key,
		   &command.asc, &command.ascq) != 4)
		return;
	command.result = result;
	if (pending_count == PENDING_MAX)
		memmove(pending, pending + 1, --pending_count * sizeof(*pending));
	pending[pending_count++] = command;

	/* A worker gives back the AGIDs of files that were closed. */
	if (strncmp(context->comm, "kworker/", 8))
		return;
	begin_row("close", context);
	print_text("request", "after close()");
	print_string("command", NULL, "%s", context->comm);
	end_row(context->pid);
}

/* The kernel notes the name only when the process leaves its CPU for the first time. */
static void ask_name(struct context *context)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", context->pid);
	if (read_text(path, context->comm, sizeof(context->comm)))
		context->comm[strcspn(context->comm, "\n")] = '\0';
}

/* "    comm-PID   [CPU] flags  time: ntdvd_request: ntdvd0 code=..." */
static void show_line(char *line, const char *node)
{
	/* The last one of each, as a process may have any name. */
	char *event = find_last(line, ": ntdvd_"), *values, *at, *cpu;
	struct context context;

	if (!strncmp(line, "CPU:", 4)) {
		if (!options.json)
			fprintf(stderr, "ntdvdctl: too many events at once: some were lost\n");
		print_open(NULL);
		print_string("event", NULL, "lost");
		print_close();
		return;
	}
	if (!event)
		return;
	*event = '\0';
	event += 2;
	values = strstr(event, ": ");
	cpu = find_last(line, " [");
	if (!values || !cpu || sscanf(values, ": %15s", context.node) != 1)
		return;
	if (node && strcmp(node, context.node))
		return;
	*cpu = '\0';
	at = strrchr(line, '-');
	if (!at)
		return;
	*at = '\0';
	context.pid = atoi(at + 1);
	snprintf(context.comm, sizeof(context.comm), "%s", line + strspn(line, " "));
	if (!strcmp(context.comm, "<...>"))
		ask_name(&context);
	values += 2;
	values += strcspn(values, " ") + 1;
	if (!strncmp(event, "ntdvd_request:", 14))
		show_request(&context, values);
	else if (!strncmp(event, "ntdvd_command:", 14))
		add_command(&context, values);
}

/* Lines as they come; returns an errno, or 0 when it was told to end. */
static int show_events(int fd, const char *node)
{
	static char text[65536];
	size_t length = 0;
	ssize_t got;
	char *line, *end;

	while (print_flush() && wait_for(fd)) {
		got = read(fd, text + length, sizeof(text) - 1 - length);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return errno;
		if (got <= 0)
			continue;
		length += got;
		text[length] = '\0';
		for (line = text; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			show_line(line, node);
		}
		length -= line - text;
		memmove(text, line, length);
		if (length == sizeof(text) - 1)
			length = 0;
	}
	return 0;
}

static bool set(const char *directory, const char *name, const char *value)
{
	char path[256];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return done;
}

/* Makes a trace buffer of our own, so that nobody else's is disturbed. */
static enum result make_instance(char *path, size_t size)
{
	static const char *const roots[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(path, size, "%s/instances/ntdvdctl-%d", roots[i], getpid());
		if (!mkdir(path, 0700))
			return RESULT_OK;
		if (errno == EACCES || errno == EPERM)
			return fail(RESULT_NO_PERMISSION, "no-permission", errno,
				    "Run it as root: \"sudo ntdvdctl trace\".",
				    "only root can trace");
	}
	return fail(RESULT_SYSTEM, "no-tracefs", errno,
		    "Mount it: \"sudo mount -t tracefs tracefs /sys/kernel/tracing\".",
		    "/sys/kernel/tracing/instances: %s", strerror(errno));
}

enum result command_trace(int argc, char **argv)
{
	static const struct column columns[] = {
		{ "NODE", 12 }, { "PID", -7 }, { "REQUEST", 30 }, { "STATUS", 26 },
		{ "BYTES", -5 }, { "TIME", -11 }, { "COMMAND", 0 }, { }
	};
	char instance[128], path[160], node[16];
	struct drive drive;
	enum result result;
	int fd, error;

	if (argc) {
		result = node_open(argv[0], false, &fd, &drive);
		if (result)
			return result;
		close(fd);
		snprintf(node, sizeof(node), "ntdvd%u", drive.number);
	} else if (access("/sys/module/ntdvd", F_OK)) {
		return explain_missing_node(NULL, errno);
	}
	if (!catch_signals())
		return fail_errno(errno, "cannot wait for signals");
	result = make_instance(instance, sizeof(instance));
	if (result)
		return result;
	snprintf(path, sizeof(path), "%s/trace_pipe", instance);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	/* buffer_percent 0: wake up for each event */
	if (fd < 0 || !set(instance, "buffer_percent", "0") ||
	    !set(instance, "events/ntdvd/enable", "1")) {
		result = fail_errno(errno, instance);
	} else {
		print_table(NULL, columns);
		error = show_events(fd, argc ? node : NULL);
		if (error)
			result = fail_errno(error, path);
	}
	if (fd >= 0)
		close(fd);
	if (rmdir(instance))
		result = fail_errno(errno, instance);
	return result;
}
