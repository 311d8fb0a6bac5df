// SPDX-License-Identifier: GPL-2.0-only
/* Opening a node, sending it requests, and explaining why one failed. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/major.h>
#include <linux/ntdvd.h>

#include "ntdvdctl.h"

#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

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

/* Why there is no node; @name is the one wanted, or NULL, @error an errno or 0. */
enum result explain_missing_node(const char *name, int error)
{
	bool has_apt = !access("/usr/bin/apt", X_OK);
	struct utsname system;
	struct drive drive;
	char advice[512];

	if (!find_drives(&drive, 1))
		return fail(RESULT_NO_DRIVE, "no-drive", error,
			    "Connect one. If one is connected, check the kernel log.",
			    "this machine has no CD or DVD drive");
	if (!access("/sys/module/ntdvd", F_OK))
		return fail(RESULT_NO_DRIVE, "no-drive", error,
			    "\"ntdvdctl list\" shows the drives and their nodes.",
			    "%s: no such drive", name ? name : "/dev/ntdvdN");

	uname(&system);
	if (!module_is_installed(system.release)) {
		snprintf(advice, sizeof(advice),
			 "Install this kernel's headers%s%s%s, then \"sudo dkms autoinstall\". \"dkms status\" shows what was built.",
			 has_apt ? ": \"sudo apt install linux-headers-" : "",
			 has_apt ? system.release : "", has_apt ? "\"" : "");
		return fail(RESULT_NO_MODULE, "module-not-built", error, advice,
			    "the module ntdvd is not installed for the kernel %s",
			    system.release);
	}
	if (wants_signatures())
		return fail(RESULT_NO_MODULE, "secure-boot", error,
			    "If \"sudo modprobe ntdvd\" says \"Key was rejected by service\" or \"Operation not permitted\", enrol the key that dkms signs with: \"sudo mokutil --import /var/lib/dkms/mok.pub\", then restart and confirm it.",
			    "the module ntdvd is not loaded, and Secure Boot is on: this kernel loads signed modules only");
	return fail(RESULT_NO_MODULE, "module-not-loaded", error,
		    "Load it: \"sudo modprobe ntdvd\".",
		    "the module ntdvd is not loaded");
}

static enum result explain_permission(const char *path, bool write, int error)
{
	const char *access = write ? "read and write" : "read";
	struct group *group = NULL;
	char advice[512];
	struct stat stat_of;

	if (!stat(path, &stat_of))
		group = getgrgid(stat_of.st_gid);
	if (!group || !stat_of.st_gid)
		return fail(RESULT_NO_PERMISSION, "no-permission", error,
			    "Only root has access. ntdvd's udev rule gives the node to the group of CD and DVD drives; \"sudo udevadm trigger --subsystem-match=misc\" applies it.",
			    "%s: permission denied (%s)", path, access);
	snprintf(advice, sizeof(advice),
		 "Join the group %s: \"sudo usermod -aG %s %s\", then log in again.",
		 group->gr_name, group->gr_name, getlogin() ? getlogin() : "USER");
	return fail(RESULT_NO_PERMISSION, "no-permission", error, advice,
		    "%s: permission denied (%s)", path, access);
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

/* The path of a node: that itself, its name or number, or those of its drive */
static void node_path(const char *name, char *path, size_t size)
{
	const char *base = strncmp(name, "/dev/", 5) ? name : name + 5;
	struct stat stat_of;
	unsigned int number;

	if (drive_number(base, "sr", &number) || drive_number(name, "", &number)) {
		snprintf(path, size, "/dev/ntdvd%u", number);
		return;
	}
	snprintf(path, size, "%s%s", strchr(name, '/') ? "" : "/dev/", name);
	/* a link such as /dev/cdrom */
	if (!stat(path, &stat_of) && S_ISBLK(stat_of.st_mode) &&
	    major(stat_of.st_rdev) == SCSI_CDROM_MAJOR)
		snprintf(path, size, "/dev/ntdvd%u", minor(stat_of.st_rdev));
}

/* Opens a node for reading, or for writing as well. Says what is wrong. */
enum result node_open(const char *name, bool write, int *fd, struct drive *drive)
{
	char path[PATH_MAX];
	unsigned int number;
	int error;

	node_path(name, path, sizeof(path));
	/* O_NONBLOCK, so that nothing happens if it is another device */
	*fd = open(path, (write ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
	error = errno;
	if (*fd >= 0) {
		if (node_number(*fd, &number)) {
			read_drive(drive, number);
			return RESULT_OK;
		}
		close(*fd);
		return usage("Give /dev/ntdvd0, ntdvd0, /dev/sr0, sr0 or 0; \"ntdvdctl list\" shows the drives.",
			     "%s is not a node of ntdvd", path);
	}
	if (error == ENOENT)
		return explain_missing_node(path, error);
	if (error == EACCES || error == EPERM)
		return explain_permission(path, write, error);
	return fail_errno(error, path);
}

struct answer request(int fd, uint32_t code, const void *input,
		      uint32_t input_length, void *output, uint32_t output_length)
{
	struct ntdvd_device_control ctl = {
		.control_code = code,
		.input = (uintptr_t)input,
		.input_length = input_length,
		.output = (uintptr_t)output,
		.output_length = output_length,
		.access = NTDVD_READ_ACCESS | NTDVD_WRITE_ACCESS,
	};
	struct answer answer = { 0 };

	if (ioctl(fd, NTDVD_IOC_DEVICE_CONTROL, &ctl))
		answer.error = errno;
	answer.status = ctl.status;
	answer.information = ctl.information;
	return answer;
}

/* READ_KEY, SEND_KEY or SEND_KEY2 with @length bytes of key data */
struct answer key_request(int fd, uint32_t code, uint32_t agid, uint32_t type,
			  uint8_t *data, uint32_t length)
{
	struct {
		struct ntdvd_copy_protect_key header;
		uint8_t data[KEY_DATA_MAX];
	} key = { 0 };
	uint32_t size = sizeof(key.header) + length;
	struct answer answer;

	key.header.key_length = htole32(size);
	key.header.session_id = htole32(agid);
	key.header.key_type = htole32(type);
	if (code == NTDVD_IOCTL_READ_KEY) {
		answer = request(fd, code, &key, sizeof(key.header), &key, size);
		memcpy(data, key.data, length);
	} else {
		memcpy(key.data, data, length);
		answer = request(fd, code, &key, size, NULL, 0);
	}
	explicit_bzero(&key, sizeof(key));
	return answer;
}

/* Why a request did not succeed; @what is the request in words. */
enum result explain_refusal(struct drive *drive, struct answer answer,
			    const char *what)
{
	if (answer.error)
		return fail_errno(answer.error, what);
	if (answer.status == NTDVD_STATUS_INVALID_DEVICE_REQUEST)
		ask_features(drive);
	if (!drive->unknown && !drive->dvd)
		return fail(RESULT_NO_DVD_DRIVE, "no-dvd-drive", 0,
			    "The request is for DVD drives.",
			    "/dev/sr%u is not a DVD drive: it lacks the DVD Read feature",
			    drive->number);
	return fail_status(answer.status, what);
}

/* To the file of --output */
enum result write_output(const uint8_t *data, size_t length)
{
	FILE *file = fopen(options.output, "we");
	bool failed;

	if (!file)
		return fail_errno(errno, options.output);
	failed = fwrite(data, 1, length, file) != length;
	failed |= fclose(file);
	return failed ? fail_errno(errno, options.output) : RESULT_OK;
}

/* Asks on a terminal; a script says --yes. */
enum result confirm(const char *question)
{
	char answer[16];

	if (options.yes)
		return RESULT_OK;
	if (options.json)
		return fail(RESULT_NOT_CONFIRMED, "not-confirmed", 0, NULL,
			    "--json does not ask; use --yes");
	if (!isatty(STDIN_FILENO))
		return fail(RESULT_NOT_CONFIRMED, "not-confirmed", 0, NULL,
			    "stdin is not a terminal; use --yes");
	printf("%s [y/N] ", question);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (!strcasecmp(answer, "y\n") || !strcasecmp(answer, "yes\n")))
		return RESULT_OK;
	return fail(RESULT_NOT_CONFIRMED, "not-confirmed", 0, NULL,
		    "not confirmed; nothing was changed");
}
