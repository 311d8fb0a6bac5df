// SPDX-License-Identifier: GPL-2.0-only
/* Drives, their nodes, requests to them, and why there is none. */
#include <ctype.h>
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/cdrom.h>
#include <linux/ntdvd.h>
#include <scsi/sg.h>

#include "ntdvdctl.h"

#define FEATURE_DVD_READ	0x001f
#define FEATURE_DVD_CSS		0x0106
#define FEATURE_AACS		0x010d

#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* The beginning of a file, or false if it cannot be read */
static bool read_text(const char *path, char *text, size_t size)
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
	for (at = 0; text[at]; at++)
		if (!isprint((unsigned char)text[at]))
			text[at] = '?';
}

static uint32_t big_endian(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/**
 * ask_features() - ask a drive what it can do and what is in it
 * @drive: the drive; @known tells whether it answered.
 *
 * GET CONFIGURATION through sr: ntdvd has no request for it.
 */
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
	if (fd < 0)
		return;
	drive->known = !ioctl(fd, SG_IO, &io) &&
		       (io.info & SG_INFO_OK_MASK) == SG_INFO_OK;
	close(fd);
	if (!drive->known)
		return;

	drive->profile = answer[6] << 8 | answer[7];
	end = 4 + (size_t)big_endian(answer);
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

static void fill_drive(struct drive *drive, unsigned int number)
{
	char path[64];

	*drive = (struct drive) { .number = number };
	snprintf(path, sizeof(path), "/sys/class/misc/ntdvd%u", number);
	drive->has_node = !access(path, F_OK);
	read_attribute(number, "vendor", drive->vendor, sizeof(drive->vendor));
	read_attribute(number, "model", drive->model, sizeof(drive->model));
	read_attribute(number, "rev", drive->revision, sizeof(drive->revision));
}

static bool drive_number(const char *name, const char *prefix, unsigned int *number)
{
	size_t length = strlen(prefix);
	char end;

	return !strncmp(name, prefix, length) &&
	       sscanf(name + length, "%u%c", number, &end) == 1;
}

static int compare_drives(const void *one, const void *other)
{
	const struct drive *a = one, *b = other;

	return (a->number > b->number) - (a->number < b->number);
}

/**
 * find_drives() - the drives that sr has
 * @drives: out: by number.
 * @room: how many at most.
 *
 * Return: how many.
 */
size_t find_drives(struct drive *drives, size_t room)
{
	DIR *directory = opendir("/sys/block");
	struct dirent *entry;
	unsigned int number;
	size_t count = 0;

	while (directory && count < room && (entry = readdir(directory)))
		if (drive_number(entry->d_name, "sr", &number))
			fill_drive(&drives[count++], number);
	if (directory)
		closedir(directory);
	qsort(drives, count, sizeof(*drives), compare_drives);
	return count;
}

static bool any_drive(void)
{
	struct dirent *entry;
	unsigned int number;
	bool found = false;
	DIR *directory;

	directory = opendir("/sys/block");
	while (directory && !found && (entry = readdir(directory)))
		found = drive_number(entry->d_name, "sr", &number);
	if (directory)
		closedir(directory);
	return found;
}

static bool module_is_installed(const char *release)
{
	char path[PATH_MAX], line[4096];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, ":")] = '\0';
		found = strstr(line, "/ntdvd.ko");
	}
	if (file)
		fclose(file);
	return found;
}

/* Does this kernel refuse modules without a signature that it knows? */
static bool wants_signatures(void)
{
	char text[128];
	FILE *file;
	int last = 0, c;

	if (read_text("/sys/module/module/parameters/sig_enforce", text, sizeof(text)) &&
	    *text == 'Y')
		return true;
	if (read_text("/sys/kernel/security/lockdown", text, sizeof(text)) &&
	    strchr(text, '[') && !strstr(text, "[none]"))
		return true;
	/* four bytes of attributes, then the value */
	file = fopen(SECURE_BOOT, "re");
	while (file && (c = getc(file)) != EOF)
		last = c;
	if (file)
		fclose(file);
	return last == 1;
}

/**
 * explain_missing_node() - say why there is no node
 * @name: the node, or NULL for any.
 *
 * Return: the exit status.
 */
enum result explain_missing_node(const char *name)
{
	struct utsname system;
	char advice[512];

	if (!any_drive())
		return fail(RESULT_NO_DRIVE, "no-drive",
			    "Plug one in. If there is one, the kernel's log tells why it is not known.",
			    "this machine has no CD or DVD drive");
	if (!access("/sys/module/ntdvd", F_OK))
		return fail(RESULT_NO_DRIVE, "no-drive",
			    "\"ntdvdctl list\" shows the drives and their nodes.",
			    "%s: there is no such drive", name ? name : "/dev/ntdvdN");

	uname(&system);
	if (!module_is_installed(system.release)) {
		snprintf(advice, sizeof(advice),
			 "Install it: \"sudo apt install linux-headers-%s\", then \"sudo dkms autoinstall\". \"dkms status\" shows what was built.",
			 system.release);
		return fail(RESULT_NO_MODULE, "module-not-built", advice,
			    "the module ntdvd is not installed for the kernel %s",
			    system.release);
	}
	if (wants_signatures())
		return fail(RESULT_NO_MODULE, "secure-boot",
			    "If \"sudo modprobe ntdvd\" says \"Key was rejected by service\" or \"Operation not permitted\", enrol the key that dkms signs with: \"sudo mokutil --import /var/lib/dkms/mok.pub\", then restart and confirm it.",
			    "the module ntdvd is not loaded, and Secure Boot is on: this kernel takes signed modules only");
	return fail(RESULT_NO_MODULE, "module-not-loaded",
		    "Load it: \"sudo modprobe ntdvd\".",
		    "the module ntdvd is not loaded");
}

static enum result explain_permission(const char *path, bool write)
{
	const char *verb = write ? "writing" : "reading";
	struct group *group = NULL;
	char advice[512];
	struct stat stat_of;

	if (!stat(path, &stat_of))
		group = getgrgid(stat_of.st_gid);
	if (!group || !stat_of.st_gid)
		return fail(RESULT_NO_PERMISSION, "no-permission",
			    "Only root may. The package ntdvd-tools has a udev rule that gives the node to the group cdrom; \"sudo udevadm trigger --subsystem-match=misc\" applies it.",
			    "%s: you may not open it for %s", path, verb);
	snprintf(advice, sizeof(advice),
		 "The group %s may: \"sudo adduser %s %s\", then log in again.",
		 group->gr_name, getlogin() ? getlogin() : "USER", group->gr_name);
	return fail(RESULT_NO_PERMISSION, "no-permission", advice,
		    "%s: you may not open it for %s", path, verb);
}

/* N of the open file of a node, or false if it is not one of ntdvd's */
static bool node_number(int fd, unsigned int *number)
{
	char link[64], target[PATH_MAX];
	struct stat stat_of;
	ssize_t length;
	char *name;

	if (fstat(fd, &stat_of) || !S_ISCHR(stat_of.st_mode))
		return false;
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u",
		 major(stat_of.st_rdev), minor(stat_of.st_rdev));
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	name = strrchr(target, '/');
	return name && drive_number(name + 1, "ntdvd", number);
}

/**
 * node_open() - open a node
 * @name: /dev/ntdvd0, or ntdvd0.
 * @write: for writing as well.
 * @fd: out.
 * @drive: out: its drive.
 *
 * Says what is wrong if it fails.
 *
 * Return: the exit status.
 */
enum result node_open(const char *name, bool write, int *fd, struct drive *drive)
{
	char path[PATH_MAX];
	unsigned int number;
	int error;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/dev/", name);
	/* O_NONBLOCK, so that nothing happens if it is another device */
	*fd = open(path, (write ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
	error = errno;
	if (*fd >= 0) {
		if (node_number(*fd, &number)) {
			fill_drive(drive, number);
			return RESULT_OK;
		}
		close(*fd);
		return fail(RESULT_USAGE, "usage",
			    "A node is /dev/ntdvd0, /dev/ntdvd1 and so on; \"ntdvdctl list\" shows them.",
			    "%s is not a node of ntdvd", path);
	}
	if (error == ENOENT)
		return explain_missing_node(path);
	if (error == EACCES || error == EPERM)
		return explain_permission(path, write);
	return fail_errno(error, path);
}

/**
 * request() - one Windows request
 * @fd: a node.
 * @code: its control code.
 * @input: input, or NULL.
 * @input_length: bytes of it.
 * @output: output, or NULL.
 * @output_length: bytes that it has room for.
 *
 * Return: the outcome.
 */
struct answer request(int fd, uint32_t code, const void *input,
		      uint32_t input_length, void *output, uint32_t output_length)
{
	struct ntdvd_device_control ctl = {
		.control_code = code,
		.input = (uintptr_t)input,
		.input_length = input_length,
		.output = (uintptr_t)output,
		.output_length = output_length,
	};
	struct answer answer = { 0 };

	if (ioctl(fd, NTDVD_IOC_DEVICE_CONTROL, &ctl))
		answer.error = errno;
	answer.status = ctl.status;
	answer.information = ctl.information;
	return answer;
}

/**
 * read_structure() - IOCTL_DVD_READ_STRUCTURE
 * @fd: a node.
 * @format: MMC's format code.
 * @layer: the layer.
 * @output: out: the header and the structure.
 * @room: bytes of @output, 65535 for any structure.
 *
 * Asks for what the usual ones have, and again if there is more.
 *
 * Return: the outcome.
 */
struct answer read_structure(int fd, unsigned int format, unsigned int layer,
			     uint8_t *output, size_t room)
{
	const struct ntdvd_read_structure input = {
		.format = htole32(format),
		.layer_number = layer,
	};
	size_t wanted = 4 + 2048;
	struct answer answer;
	size_t has;

	if (wanted > room)
		wanted = room;
	answer = request(fd, NTDVD_IOCTL_READ_STRUCTURE, &input, sizeof(input),
			 output, wanted);
	if (answer.error || answer.status)
		return answer;
	has = 2 + (size_t)(output[0] | output[1] << 8);
	if (has > room)
		has = room;
	if (has <= wanted)
		return answer;
	return request(fd, NTDVD_IOCTL_READ_STRUCTURE, &input, sizeof(input),
		       output, has);
}

static bool parse_session(char *line, struct session *session)
{
	char *comm = strstr(line, " comm "), *seconds = NULL, *at;

	for (at = line; (at = strstr(at, " seconds ")); at++)
		seconds = at;
	if (!comm || !seconds || seconds < comm)
		return false;
	*seconds = '\0';
	snprintf(session->comm, sizeof(session->comm), "%s", comm + 6);
	for (at = session->comm; *at; at++)
		if (!isprint((unsigned char)*at))
			*at = '?';
	return sscanf(line, "%7s %u %7s pid %d", session->class, &session->agid,
		      session->state, &session->pid) == 4 &&
	       sscanf(seconds + 9, "%lld", &session->seconds) == 1;
}

/**
 * read_sessions() - ntdvd's books on a drive
 * @number: N of /dev/ntdvdN.
 * @sessions: out: SESSIONS_MAX at most.
 *
 * Return: how many, or -1 with errno.
 */
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

/**
 * explain_refusal() - say why a request did not succeed
 * @drive: the drive.
 * @answer: the outcome.
 * @what: the request in words.
 *
 * Return: the exit status.
 */
enum result explain_refusal(struct drive *drive, struct answer answer,
			    const char *what)
{
	if (answer.error)
		return fail_errno(answer.error, what);
	if (answer.status == NTDVD_STATUS_INVALID_DEVICE_REQUEST)
		ask_features(drive);
	if (drive->known && !drive->dvd)
		return fail(RESULT_NO_DVD_DRIVE, "no-dvd-drive",
			    "The request is for DVD drives.",
			    "/dev/sr%u is not a DVD drive: it has no DVD Read feature",
			    drive->number);
	return fail_status(answer.status, what);
}
