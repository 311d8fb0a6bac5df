// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole handshake through /dev/ntdvd0, shown step by step: each request,
 * what it answered, what went over the wire and who holds which AGID.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

static int differences;

static void wire(void)
{
	char *log = drive_log(0);
	char *rest = log, *line;

	if (!log) {
		printf("     the drive's log cannot be read\n");
		differences++;
		return;
	}
	if (!*log)
		printf("     wire   nothing was sent\n");
	while ((line = strsep(&rest, "\n")))
		if (*line)
			printf("     wire   %.100s%s\n", line,
			       strlen(line) > 100 ? "..." : "");
	free(log);
	drive_clear_log(0);
}

/* Which AGIDs the drive has granted, and which process holds them, by ntdvd */
static void agids(void)
{
	char *state = drive_state(0);
	char *rest = state, *line;
	char session[128];
	FILE *sessions;

	while (state && (line = strsep(&rest, "\n")))
		if (!strncmp(line, "css", 3))
			printf("     drive  %s\n", line);
	free(state);

	sessions = fopen("/sys/kernel/debug/ntdvd/ntdvd0/sessions", "r");
	while (sessions && fgets(session, sizeof(session), sessions))
		printf("     ntdvd  %s", session);
	if (sessions)
		fclose(sessions);
}

static void step(const char *what, struct outcome got, uint32_t status,
		 uint64_t information)
{
	static int number;

	printf("\n%2d. %s\n", ++number, what);
	if (got.error) {
		printf("     answer ioctl failed: %s\n", strerror(got.error));
		differences++;
		return;
	}
	printf("     answer %08x %s, Information %llu\n", got.status,
	       status_name(got.status), (unsigned long long)got.information);
	if (got.status != status || got.information != information) {
		printf("     BUT    %08x %s, Information %llu was expected\n",
		       status, status_name(status),
		       (unsigned long long)information);
		differences++;
	}
	wire();
	agids();
}

static void holds(const char *what, bool right)
{
	printf("     check  %s: %s\n", what, right ? "yes" : "NO");
	differences += !right;
}

/* A session id goes back to the drive as it came. */
static struct outcome read_request(int fd, struct key_buffer *key, __le32 agid,
				   uint32_t type, uint32_t length)
{
	memset(key, 0, sizeof(*key));
	key->session_id = agid;
	key->key_type = htole32(type);
	return control(fd, NTDVD_IOCTL_READ_KEY, key, KEY_HEADER, key,
		       KEY_HEADER + length);
}

static struct outcome send_request(int fd, struct key_buffer *key, __le32 agid,
				   uint32_t type, uint32_t length)
{
	key->key_length = htole32(KEY_HEADER + length);
	key->session_id = agid;
	key->key_type = htole32(type);
	return control(fd, NTDVD_IOCTL_SEND_KEY, key, KEY_HEADER + length, NULL, 0);
}

int main(void)
{
	static const uint8_t challenge[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct ntdvd_region region;
	struct key_buffer key = { 0 };
	uint8_t expected[KEY_SIZE];
	__le32 agid = htole32(99), other_agid;
	int fd, other;

	fd = open_ntdvd(0, O_RDONLY);
	other = open_ntdvd(0, O_RDONLY);
	if (fd < 0 || other < 0) {
		perror("/dev/ntdvd0");
		return 1;
	}
	drive_clear_log(0);

	step("IOCTL_DVD_GET_REGION: which regions have the disc and the drive?",
	     control(fd, NTDVD_IOCTL_GET_REGION, NULL, 0, &region, sizeof(region)),
	     NTDVD_STATUS_SUCCESS, sizeof(region));
	printf("     region copy system %u, disc mask %02x, drive %02x, %u changes left\n",
	       region.copy_system, region.region_data, region.system_region,
	       region.reset_count);

	step("IOCTL_DVD_START_SESSION: the drive grants an AGID",
	     control(fd, NTDVD_IOCTL_START_SESSION, NULL, 0, &agid, sizeof(agid)),
	     NTDVD_STATUS_SUCCESS, sizeof(agid));
	printf("     AGID   %u, held by this open file\n", le32toh(agid));

	step("IOCTL_DVD_START_SESSION from another open file: another AGID",
	     control(other, NTDVD_IOCTL_START_SESSION, NULL, 0, &other_agid,
		     sizeof(other_agid)),
	     NTDVD_STATUS_SUCCESS, sizeof(other_agid));
	printf("     AGID   %u, held by the other open file\n", le32toh(other_agid));

	step("IOCTL_DVD_READ_KEY with the other's AGID: refused, nothing is sent",
	     read_request(fd, &key, other_agid, NTDVD_KEY_BUS1, 8),
	     NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED, 0);

	memcpy(key.key_data, challenge, sizeof(challenge));
	step("IOCTL_DVD_SEND_KEY, DvdChallengeKey: the host challenges the drive",
	     send_request(fd, &key, agid, NTDVD_KEY_CHALLENGE, 12),
	     NTDVD_STATUS_SUCCESS, 0);

	step("IOCTL_DVD_READ_KEY, DvdBusKey1: the drive's answer",
	     read_request(fd, &key, agid, NTDVD_KEY_BUS1, 8),
	     NTDVD_STATUS_SUCCESS, KEY_HEADER + 8);
	drive_key(1, challenge, expected);
	holds("the answer is the right one",
	      !memcmp(key.key_data, expected, KEY_SIZE));

	step("IOCTL_DVD_READ_KEY, DvdChallengeKey: the drive challenges the host",
	     read_request(fd, &key, agid, NTDVD_KEY_CHALLENGE, 12),
	     NTDVD_STATUS_SUCCESS, KEY_HEADER + 12);

	drive_key(2, key.key_data, expected);
	memset(key.key_data, 0, 12);
	memcpy(key.key_data, expected, KEY_SIZE);
	step("IOCTL_DVD_SEND_KEY, DvdBusKey2: the host's answer",
	     send_request(fd, &key, agid, NTDVD_KEY_BUS2, 8),
	     NTDVD_STATUS_SUCCESS, 0);

	step("IOCTL_DVD_READ_KEY, DvdAsf: did authentication succeed?",
	     read_request(fd, &key, agid, NTDVD_KEY_ASF, 4),
	     NTDVD_STATUS_SUCCESS, KEY_HEADER + 4);
	holds("the success flag is set", key.key_data[3] & 1);

	step("IOCTL_DVD_READ_KEY, DvdDiskKey: 2048 bytes for the authenticated, then the drive releases the AGID",
	     read_request(fd, &key, agid, NTDVD_KEY_DISK, 2048),
	     NTDVD_STATUS_SUCCESS, KEY_HEADER + 2048);

	step("IOCTL_DVD_END_SESSION: the session is over, for ntdvd too",
	     control(fd, NTDVD_IOCTL_END_SESSION, &agid, sizeof(agid), NULL, 0),
	     NTDVD_STATUS_SUCCESS, 0);

	close(other);
	step("IOCTL_DVD_START_SESSION after the other file was closed: its AGID went back first",
	     control(fd, NTDVD_IOCTL_START_SESSION, NULL, 0, &agid, sizeof(agid)),
	     NTDVD_STATUS_SUCCESS, sizeof(agid));
	close(fd);

	if (differences) {
		printf("\n%d of these answers or checks differ from what they should be.\n",
		       differences);
		return 1;
	}
	printf("\nA Windows DVD authentication ran from start to end through /dev/ntdvd0, the kernel's sr device and the emulated drive, and both sides had the right keys.\n");
	return 0;
}
