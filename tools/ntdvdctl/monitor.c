// SPDX-License-Identifier: GPL-2.0-only
/* ntdvdctl monitor, and what it shares with trace: showing events until Ctrl-C. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "ntdvdctl.h"

/* Readable when it is time to end */
static int signals = -1;

/* From here on, signals that would end the program end wait_for(). */
bool catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(&set, numbers[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* A reader that goes away is noticed by print_flush(). */
	signal(SIGPIPE, SIG_IGN);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	return signals >= 0;
}

/* Until there is something to read; false when it is time to end */
bool wait_for(int fd)
{
	struct pollfd events[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};

	return poll(events, ARRAY_SIZE(events), -1) > 0 && !events[1].revents;
}

static void monitor_event(const char *event, const struct drive *drive)
{
	print_row();
	print_string("event", "event", "%s", event);
	print_drive(drive);
	print_text("model", "%s%s%s", drive->vendor, *drive->vendor ? " " : "",
		   drive->model);
	print_row_end();
}

static void monitor_present(void)
{
	static struct drive drives[DRIVES_MAX];
	size_t count, i;

	count = find_drives(drives, ARRAY_SIZE(drives));
	for (i = 0; i < count; i++)
		if (drives[i].has_node)
			monitor_event("present", &drives[i]);
}

/* An uevent: strings one after another, the first ACTION@PATH */
static void monitor_message(const char *message, const char *end)
{
	const char *action = "", *name;
	struct drive drive;
	unsigned int number;

	name = strrchr(message, '/');
	if (!name || !drive_number(name + 1, "ntdvd", &number))
		return;
	for (; message < end; message += strlen(message) + 1)
		if (!strncmp(message, "ACTION=", 7))
			action = message + 7;
	read_drive(&drive, number);
	if (!strcmp(action, "add")) {
		drive.has_node = true;
		monitor_event("added", &drive);
	} else if (!strcmp(action, "remove")) {
		/* The next drive may have the number already. */
		drive = (struct drive) { .number = number, .has_node = true };
		monitor_event("removed", &drive);
	}
}

enum result command_monitor(int argc, char **argv)
{
	static const struct column columns[] = {
		{ "EVENT", 7 }, { "NODE", 12 }, { "DRIVE", 9 }, { "MODEL", 0 }, { }
	};
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	static char message[8192];
	ssize_t length;
	int fd;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&kernel, sizeof(kernel)) ||
	    !catch_signals())
		return fail_errno(errno, "cannot receive the kernel's events");
	print_table(NULL, columns);
	monitor_present();
	while (print_flush() && wait_for(fd)) {
		length = recv(fd, message, sizeof(message) - 1, 0);
		if (length < 0 && errno == ENOBUFS) {
			/* Events were lost. */
			monitor_present();
			continue;
		}
		if (length < 0)
			return fail_errno(errno, "cannot receive the kernel's events");
		message[length] = '\0';
		monitor_message(message, message + length);
	}
	close(fd);
	return RESULT_OK;
}
