// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"

#define DEBUGFS "/sys/kernel/debug/ntdvd_drive"
#define SOCKETS "/run/ntdvd_drive"

struct outcome control(int fd, uint32_t code, const void *input,
		       uint32_t input_length, void *output,
		       uint32_t output_length)
{
	struct ntdvd_device_control ctl = {
		.control_code = code,
		.status = 0xdeadbeef,
		.information = 0xdeadbeef,
		.input = (uintptr_t)input,
		.output = (uintptr_t)output,
		.input_length = input_length,
		.output_length = output_length,
		.access = NTDVD_READ_ACCESS | NTDVD_WRITE_ACCESS,
	};
	struct outcome outcome = { 0 };

	if (ioctl(fd, NTDVD_IOC_DEVICE_CONTROL, &ctl))
		outcome.error = errno;
	outcome.status = ctl.status;
	outcome.information = ctl.information;
	return outcome;
}

#define CODE(name, in, out) { #name, NTDVD_IOCTL_##name, in, out }

const struct control_code control_codes[] = {
	CODE(START_SESSION, 0, 4),
	CODE(READ_KEY, 24, 36),
	CODE(SEND_KEY, 36, 0),
	CODE(END_SESSION, 4, 0),
	CODE(SET_READ_AHEAD, 16, 0),
	CODE(GET_REGION, 0, 4),
	CODE(SEND_KEY2, 36, 0),
	CODE(AACS_READ_MEDIA_KEY_BLOCK_SIZE, 4, 4),
	CODE(AACS_READ_MEDIA_KEY_BLOCK, 4, 98304),
	CODE(AACS_START_SESSION, 0, 4),
	CODE(AACS_END_SESSION, 4, 0),
	CODE(AACS_SEND_CERTIFICATE, 116, 0),
	CODE(AACS_GET_CERTIFICATE, 4, 112),
	CODE(AACS_GET_CHALLENGE_KEY, 4, 80),
	CODE(AACS_SEND_CHALLENGE_KEY, 84, 0),
	CODE(AACS_READ_VOLUME_ID, 4, 32),
	CODE(AACS_READ_SERIAL_NUMBER, 4, 32),
	CODE(AACS_READ_MEDIA_ID, 4, 32),
	CODE(AACS_READ_BINDING_NONCE, 24, 32),
	CODE(AACS_GENERATE_BINDING_NONCE, 24, 32),
	CODE(READ_STRUCTURE, 17, 21),
	CODE(STORAGE_SET_READ_AHEAD, 16, 0),
	{ }
};

uint32_t start_session(int fd, uint32_t *session_id)
{
	__le32 id = 0;
	uint32_t status = control(fd, NTDVD_IOCTL_START_SESSION, NULL, 0, &id,
				  sizeof(id)).status;

	if (!status)
		*session_id = le32toh(id);
	return status;
}

uint32_t end_session(int fd, uint32_t session_id)
{
	const __le32 id = htole32(session_id);

	return control(fd, NTDVD_IOCTL_END_SESSION, &id, sizeof(id), NULL, 0).status;
}

uint32_t read_key(int fd, uint32_t session_id, uint32_t type, uint32_t data_length,
		  struct key_buffer *key)
{
	__le64 offset = key->title_offset;

	memset(key, 0, sizeof(*key));
	key->key_length = htole32(KEY_HEADER + data_length);
	key->session_id = htole32(session_id);
	key->key_type = htole32(type);
	key->title_offset = offset;
	return control(fd, NTDVD_IOCTL_READ_KEY, key, KEY_HEADER, key,
		       KEY_HEADER + data_length).status;
}

uint32_t send_key(int fd, uint32_t code, uint32_t session_id, uint32_t type,
		  const void *data, uint32_t data_length)
{
	struct key_buffer key = {
		.key_length = htole32(KEY_HEADER + data_length),
		.session_id = htole32(session_id),
		.key_type = htole32(type),
	};

	memcpy(key.key_data, data, data_length);
	return control(fd, code, &key, KEY_HEADER + data_length, NULL, 0).status;
}

/*
 * One on USB is a program, and listens to a socket: a request to a connection,
 * "write FILE TEXT" or "read FILE", and an answer until it is closed.
 */
static int drive_connect(unsigned int drive)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	snprintf(address.sun_path, sizeof(address.sun_path), SOCKETS "/%u", drive);
	if (access(address.sun_path, F_OK))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

bool drive_is_a_program(unsigned int drive)
{
	int fd = drive_connect(drive);

	close(fd);
	return fd >= 0;
}

/* All that there is to read; closes the stream. */
static char *read_all(FILE *stream)
{
	char *text = NULL;
	size_t size = 0;

	if (!stream)
		return NULL;
	if (getdelim(&text, &size, '\0', stream) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(stream);
	return text;
}

static char *drive_ask(int fd, const char *request, const char *file, const char *text)
{
	dprintf(fd, "%s %s %s\n", request, file, text);
	return read_all(fdopen(fd, "r"));
}

static int drive_write(unsigned int drive, const char *file, const char *text)
{
	int fd = drive_connect(drive);
	char *path, *answer;
	ssize_t written;

	if (fd >= 0) {
		answer = drive_ask(fd, "write", file, text);
		errno = answer && *answer ? atoi(answer) : EIO;
		free(answer);
		return errno ? -1 : 0;
	}
	if (asprintf(&path, DEBUGFS "/%u/%s", drive, file) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written < 0 ? -1 : 0;
}

static char *drive_read(unsigned int drive, const char *file)
{
	int fd = drive_connect(drive);
	FILE *stream;
	char *path;

	if (fd >= 0)
		return drive_ask(fd, "read", file, "");
	if (asprintf(&path, DEBUGFS "/%u/%s", drive, file) < 0)
		return NULL;
	stream = fopen(path, "re");
	free(path);
	return read_all(stream);
}

/* The model that a SCSI device below /sys/class/block says it is, or "" */
static void read_model(const char *block, char model[32])
{
	char path[300];
	FILE *stream;

	*model = '\0';
	snprintf(path, sizeof(path), "/sys/class/block/%s/device/model", block);
	stream = fopen(path, "re");
	if (!stream)
		return;
	if (!fgets(model, 32, stream))
		*model = '\0';
	fclose(stream);
}

int drive_number(unsigned int drive)
{
	char wanted[32], model[32];
	struct dirent *entry;
	int number = -1, n;
	DIR *blocks;

	snprintf(wanted, sizeof(wanted), "Emulated DVD %02u", drive);
	blocks = opendir("/sys/class/block");
	if (!blocks)
		return -1;
	while (number < 0 && (entry = readdir(blocks))) {
		if (sscanf(entry->d_name, "sr%d", &n) != 1)
			continue;
		read_model(entry->d_name, model);
		if (!strncmp(model, wanted, strlen(wanted)))
			number = n;
	}
	closedir(blocks);
	errno = ENOENT;
	return number;
}

const char *drive_path(unsigned int drive, const char *kind, char path[DRIVE_PATH])
{
	snprintf(path, DRIVE_PATH, "/dev/%s%d", kind, drive_number(drive));
	return path;
}

int open_ntdvd(unsigned int drive, int flags)
{
	char path[DRIVE_PATH];

	return open(drive_path(drive, "ntdvd", path), flags | O_CLOEXEC);
}

int open_sr(unsigned int drive, int flags)
{
	char path[DRIVE_PATH];

	return open(drive_path(drive, "sr", path), flags | O_CLOEXEC);
}

/* A real host finds a drive, or that it has gone, some time after it was told. */
static int wait_for_nodes(unsigned int drive, bool there, int number)
{
	char path[DRIVE_PATH];
	int tries;

	for (tries = 0; tries < 3000; tries++) {
		if (there)
			number = drive_number(drive);
		snprintf(path, sizeof(path), "/dev/ntdvd%d", number);
		if (there ? number >= 0 && (!access(path, F_OK) ||
					    access("/sys/module/ntdvd", F_OK)) :
			    access(path, F_OK) && drive_number(drive) < 0)
			return 0;
		usleep(10000);
	}
	errno = ETIMEDOUT;
	return -1;
}

/*
 * As udev does when a drive appears. Until then the kernel has an event of its own
 * making under way, which would end a session that is started before it.
 */
static int see_new_drive(unsigned int drive)
{
	int sr = open_sr(drive, O_RDONLY | O_NONBLOCK);

	return sr < 0 ? -1 : close(sr);
}

int drive_control(unsigned int drive, const char *command)
{
	bool plug = !strcmp(command, "plug"), unplug = !strcmp(command, "unplug");
	int number = unplug ? drive_number(drive) : -1;

	if (drive_write(drive, "control", command))
		return -1;
	if ((plug || unplug) && wait_for_nodes(drive, plug, number))
		return -1;
	return plug ? see_new_drive(drive) : 0;
}

int drive_clear_log(unsigned int drive)
{
	return drive_write(drive, "log", "clear");
}

char *drive_log_of(unsigned int drive, const char *opcodes)
{
	char *all = drive_read(drive, "log");
	char *kept, *line, *rest = all;
	char opcode[3];

	if (!all)
		return NULL;
	kept = calloc(1, strlen(all) + 2);
	while (kept && (line = strsep(&rest, "\n"))) {
		snprintf(opcode, sizeof(opcode), "%s", line);
		if (*line && strstr(opcodes, opcode))
			strcat(strcat(kept, line), "\n");
	}
	free(all);
	return kept;
}

char *drive_log(unsigned int drive)
{
	return drive_log_of(drive, "a3 a4 a7 ad");
}

char *drive_state(unsigned int drive)
{
	return drive_read(drive, "state");
}

#define NAME(status) { NTDVD_STATUS_##status, "STATUS_" #status }

static const struct {
	uint32_t status;
	const char *name;
} names[] = {
	NAME(SUCCESS), NAME(DEVICE_BUSY), NAME(VERIFY_REQUIRED),
	NAME(NO_DATA_DETECTED), NAME(CLEANER_CARTRIDGE_INSTALLED),
	NAME(INFO_LENGTH_MISMATCH), NAME(INVALID_BUFFER_SIZE),
	NAME(INVALID_PARAMETER), NAME(NO_SUCH_DEVICE),
	NAME(INVALID_DEVICE_REQUEST), NAME(NO_MEDIA_IN_DEVICE),
	NAME(UNRECOGNIZED_MEDIA), NAME(NONEXISTENT_SECTOR),
	NAME(ACCESS_DENIED), NAME(BUFFER_TOO_SMALL),
	NAME(INSUFFICIENT_RESOURCES), NAME(DEVICE_DATA_ERROR),
	NAME(DEVICE_NOT_CONNECTED), NAME(MEDIA_WRITE_PROTECTED),
	NAME(DEVICE_NOT_READY), NAME(IO_TIMEOUT),
	NAME(DEVICE_DOES_NOT_EXIST), NAME(IO_DEVICE_ERROR),
	NAME(COPY_PROTECTION_FAILURE), NAME(CSS_AUTHENTICATION_FAILURE),
	NAME(CSS_KEY_NOT_PRESENT), NAME(CSS_KEY_NOT_ESTABLISHED),
	NAME(CSS_SCRAMBLED_SECTOR), NAME(CSS_REGION_MISMATCH),
	NAME(CSS_RESETS_EXHAUSTED),
};

const char *status_name(uint32_t status)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].status == status)
			return names[i].name;
	return "unknown NTSTATUS";
}
