// SPDX-License-Identifier: GPL-2.0-only
/* The program: its options, what tests say to it, and the loop. */
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "usb.h"

#define SOCKETS "/run/ntdvd_drive"
#define CONTROL_LENGTH 256

/* The kernel takes its time until a port is free again: up to half a minute. */
static int plug(struct usb_drive *drive)
{
	int tries = 300, err = -EEXIST;

	while (drive->link < 0 && tries--) {
		err = usbip_attach(drive);
		if (err != -EBUSY && err != -EINVAL)
			break;
		usleep(100000);
	}
	return err;
}

static int control(struct usb_drive *drive, const char *word, const char *args)
{
	if (!strcmp(word, "plug"))
		return plug(drive);
	if (strcmp(word, "unplug"))
		return target_control(&drive->target, word, args);
	if (drive->link >= 0)
		usbip_detach(drive);
	return 0;
}

static void show_log(const struct target *target, int fd)
{
	u64 i = target_log_start(target);
	char line[TARGET_LINE];

	if (i)
		dprintf(fd, "lost %llu\n", (unsigned long long)i);
	for (; i < target->logged; i++) {
		target_log_line(target, i, line);
		dprintf(fd, "%s", line);
	}
}

/* "write FILE TEXT", answered with an errno, or "read FILE" */
static void obey(struct usb_drive *drive, char *line, int fd)
{
	char *request = strsep(&line, " "), *file = strsep(&line, " ");
	char *word = strsep(&line, " "), text[TARGET_STATE];

	if (!file || !word)
		return;
	if (!strcmp(request, "write") && !strcmp(file, "control")) {
		dprintf(fd, "%d", -control(drive, word, line ?: ""));
	} else if (!strcmp(request, "write") && !strcmp(file, "log")) {
		drive->target.logged = 0;
		dprintf(fd, "0");
	} else if (!strcmp(file, "log")) {
		show_log(&drive->target, fd);
	} else if (!strcmp(file, "state")) {
		target_state(&drive->target, usb_pending(drive), text);
		dprintf(fd, "%s", text);
	}
}

static void serve(struct usb_drive *drive, int listener)
{
	char line[CONTROL_LENGTH] = "";
	size_t length = 0;
	int fd;

	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	while (length < sizeof(line) - 1 && read(fd, line + length, 1) == 1 &&
	       line[length] != '\n')
		length++;
	line[length] = '\0';
	obey(drive, line, fd);
	close(fd);
}

static int listen_at(unsigned int number)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	mkdir(SOCKETS, 0700);
	snprintf(address.sun_path, sizeof(address.sun_path), SOCKETS "/%u", number);
	unlink(address.sun_path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64)) {
		perror(address.sun_path);
		exit(1);
	}
	return fd;
}

static void run(struct usb_drive *drive, int listener)
{
	struct pollfd files[2];

	for (;;) {
		files[0] = (struct pollfd) { .fd = listener, .events = POLLIN };
		files[1] = (struct pollfd) { .fd = drive->link, .events = POLLIN };
		/* a command that takes its time is looked after each millisecond */
		poll(files, 2, usb_pending(drive) ? 1 : -1);
		if (files[0].revents)
			serve(drive, listener);
		if (files[1].revents && files[1].fd == drive->link &&
		    !usbip_receive(drive))
			usbip_detach(drive);
		usb_advance(drive);
	}
}

/* Tells the program that is drive @number something. */
static int tell(const char *number, const char *what)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[12] = "";

	snprintf(address.sun_path, sizeof(address.sun_path), SOCKETS "/%s", number);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    dprintf(fd, "write control %s\n", what) < 0 ||
	    read(fd, answer, sizeof(answer) - 1) <= 0) {
		perror(address.sun_path);
		return 1;
	}
	if (atoi(answer))
		fprintf(stderr, "usb_drive: %s: %s\n", what, strerror(atoi(answer)));
	return !!atoi(answer);
}

static const struct option options[] = {
	{ "tell", required_argument, NULL, 't' },
	{ "protocol", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void usage(FILE *to)
{
	fputs("Usage: usb_drive [--protocol usb|uas | --tell WHAT] NUMBER\n"
	      "Is an emulated USB DVD drive on vhci-hcd's port NUMBER, 0 to 7.\n"
	      "  --protocol usb   bulk-only, for usb-storage (default)\n"
	      "  --protocol uas   USB attached SCSI too, for uas\n"
	      "  --tell WHAT      tell the program that is this drive, as tests do through\n"
	      "                   /run/ntdvd_drive/NUMBER\n", to);
}

int main(int argc, char **argv)
{
	static struct usb_drive drive = { .link = -1 };
	struct target *target = &drive.target;
	const char *what = NULL;
	int c, err, listener;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 't':
			what = optarg;
			break;
		case 'p':
			drive.uas = !strcmp(optarg, "uas");
			if (drive.uas || !strcmp(optarg, "usb"))
				break;
			/* fallthrough */
		default:
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (optind + 1 != argc || strspn(argv[optind], "01234567") != 1 || argv[optind][1]) {
		usage(stderr);
		return 2;
	}
	if (what)
		return tell(argv[optind], what);
	target->buffer = calloc(1, TARGET_BUFFER);
	target->log = calloc(TARGET_LOG, sizeof(*target->log));
	target->can = TARGET_EVERY_HOST | TARGET_BIT(TARGET_SHORT);
	target->can |= drive.uas ?
		TARGET_BIT(TARGET_STATUS) | TARGET_BIT(TARGET_UNIT_TAG) :
		TARGET_BIT(TARGET_STALL) | TARGET_BIT(TARGET_TAG) | TARGET_BIT(TARGET_PHASE) |
		TARGET_BIT(TARGET_STATUS_STALL) | TARGET_BIT(TARGET_RESIDUE);
	drive_init(&target->drive);
	target->drive.number = argv[optind][0] - '0';
	listener = listen_at(target->drive.number);
	err = plug(&drive);
	if (err) {
		fprintf(stderr, "usb_drive: cannot plug it in: %s\n", strerror(-err));
		return 1;
	}
	run(&drive, listener);
	return 0;
}
