// SPDX-License-Identifier: GPL-2.0-only
/* The drives of this machine, and what sysfs, sr and debugfs say about them. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/cdrom.h>
#include <scsi/sg.h>

#include "ntdvdctl.h"

#define FEATURE_DVD_READ	0x001f
#define FEATURE_DVD_CSS		0x0106
#define FEATURE_AACS		0x010d

/* The beginning of a file, or false if it cannot be read */
bool read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length;

	if (!file)
		return false;
	length = fread(text, 1, size - 1, file);
	fclose(file);
	text[length] = '\0';
	return true;
}

static void read_attribute(unsigned int number, const char *name, char *text,
			   size_t size)
{
	char path[64];
	size_t at;

	snprintf(path, sizeof(path), "/sys/block/sr%u/device/%s", number, name);
	if (!read_text(path, text, size))
		text[0] = '\0';
	for (at = strlen(text); at && isspace((unsigned char)text[at - 1]); at--)
		text[at - 1] = '\0';
}

/* What the drive can do and what is in it. ntdvd has no request for it, sr has. */
void ask_features(struct drive *drive)
{
	uint8_t cdb[10] = { GPCMD_GET_CONFIGURATION, 0, 0, FEATURE_DVD_READ, 0, 0, 0, 4 };
	uint8_t answer[1024] = { 0 }, sense[32];
	sg_io_hdr_t io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(cdb),
		.cmdp = cdb,
		.mx_sb_len = sizeof(sense),
		.sbp = sense,
		.dxfer_len = sizeof(answer),
		.dxferp = answer,
		.timeout = 7000,
	};
	size_t at, end;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/sr%u", drive->number);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		drive->unknown = errno;
		return;
	}
	if (ioctl(fd, SG_IO, &io))
		drive->unknown = errno;
	else if ((io.info & SG_INFO_OK_MASK) != SG_INFO_OK)
		drive->unknown = EIO;
	else
		drive->unknown = 0;
	close(fd);
	if (drive->unknown)
		return;

	drive->profile = answer[6] << 8 | answer[7];
	end = 4 + ((size_t)answer[0] << 24 | answer[1] << 16 | answer[2] << 8 | answer[3]);
	if (end > sizeof(answer))
		end = sizeof(answer);
	for (at = 8; at + 4 <= end; at += 4 + answer[at + 3]) {
		switch (answer[at] << 8 | answer[at + 1]) {
		case FEATURE_DVD_READ:
			drive->dvd = true;
			break;
		case FEATURE_DVD_CSS:
			drive->css = true;
			break;
		case FEATURE_AACS:
			drive->aacs = true;
			break;
		}
	}
}

void read_drive(struct drive *drive, unsigned int number)
{
	char path[64];

	*drive = (struct drive) { .number = number, .unknown = ENODATA };
	snprintf(path, sizeof(path), "/sys/class/misc/ntdvd%u", number);
	drive->has_node = !access(path, F_OK);
	read_attribute(number, "vendor", drive->vendor, sizeof(drive->vendor));
	read_attribute(number, "model", drive->model, sizeof(drive->model));
	read_attribute(number, "rev", drive->revision, sizeof(drive->revision));
}

/* The number of sr0, with the prefix sr */
bool drive_number(const char *name, const char *prefix, unsigned int *number)
{
	size_t length = strlen(prefix);
	char end;

	return !strncmp(name, prefix, length) && isdigit((unsigned char)name[length]) &&
	       sscanf(name + length, "%u%c", number, &end) == 1;
}

static int compare_drives(const void *one, const void *other)
{
	const struct drive *a = one, *b = other;

	return (a->number > b->number) - (a->number < b->number);
}

/* All drives of sr by number, @room at most */
size_t find_drives(struct drive *drives, size_t room)
{
	DIR *directory = opendir("/sys/block");
	struct dirent *entry;
	unsigned int number;
	size_t count = 0;

	while (directory && count < room && (entry = readdir(directory)))
		if (drive_number(entry->d_name, "sr", &number))
			read_drive(&drives[count++], number);
	if (directory)
		closedir(directory);
	qsort(drives, count, sizeof(*drives), compare_drives);
	return count;
}

char *find_last(char *text, const char *part)
{
	char *last = NULL;

	while ((text = strstr(text, part)))
		last = text++;
	return last;
}

static bool parse_session(char *line, struct session *session)
{
	char *comm = strstr(line, " comm "), *seconds = find_last(line, " seconds ");

	if (!comm || !seconds || seconds < comm)
		return false;
	*seconds = '\0';
	snprintf(session->comm, sizeof(session->comm), "%s", comm + 6);
	return sscanf(line, "%7s %u %7s pid %d", session->class, &session->agid,
		      session->state, &session->pid) == 4 &&
	       sscanf(seconds + 9, "%lld", &session->seconds) == 1;
}

/* ntdvd's table of sessions; how many, or -1 with errno */
int read_sessions(unsigned int number, struct session *sessions)
{
	char path[64], line[128];
	int count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/kernel/debug/ntdvd/ntdvd%u/sessions", number);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (count < SESSIONS_MAX && fgets(line, sizeof(line), file))
		if (parse_session(line, &sessions[count]))
			count++;
	fclose(file);
	return count;
}

/* Text has vendor, model and revision together, where there is room. */
void print_drive(const struct drive *drive)
{
	if (drive->has_node)
		print_string("node", "node", "/dev/ntdvd%u", drive->number);
	else
		print_null("node", "node", "-");
	print_string("drive", "drive", "/dev/sr%u", drive->number);
	print_string("vendor", NULL, "%s", drive->vendor);
	print_string("model", NULL, "%s", drive->model);
	print_string("revision", NULL, "%s", drive->revision);
}
