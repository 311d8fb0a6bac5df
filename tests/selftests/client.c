// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client.h"

#define DEBUGFS "/sys/kernel/debug/ntdvd_drive"

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

static int drive_write(unsigned int drive, const char *file, const char *text)
{
	ssize_t written;
	char *path;
	int fd;

	if (asprintf(&path, DEBUGFS "/%u/%s", drive, file) < 0)
		return -1;
	fd = open(path, O_WRONLY);
	free(path);
	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written < 0 ? -1 : 0;
}

static char *drive_read(unsigned int drive, const char *file)
{
	char *path, *text = NULL;
	size_t size = 0;
	FILE *stream;

	if (asprintf(&path, DEBUGFS "/%u/%s", drive, file) < 0)
		return NULL;
	stream = fopen(path, "r");
	free(path);
	if (!stream)
		return NULL;
	if (getdelim(&text, &size, '\0', stream) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(stream);
	return text;
}

int drive_control(unsigned int drive, const char *command)
{
	return drive_write(drive, "control", command);
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
