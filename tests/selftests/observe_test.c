// SPDX-License-Identifier: GPL-2.0-only
/* What an administrator sees of it: debugfs and trace events. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "kselftest_harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define SESSIONS "/sys/kernel/debug/ntdvd/ntdvd0/sessions"
#define TRACING "/sys/kernel/debug/tracing/"

static int write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return -1;
	fputs(text, file);
	return fclose(file);
}

static char *read_text(const char *path)
{
	static char text[65536];
	FILE *file = fopen(path, "r");

	if (!file)
		return NULL;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

FIXTURE(drive) {
	int fd;
	uint32_t agid;
};

FIXTURE_SETUP(drive)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open("/dev/ntdvd0", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
}

FIXTURE_TEARDOWN(drive)
{
	close(self->fd);
}

TEST_F(drive, sessions_are_listed_with_who_holds_them)
{
	char line[64], *text;

	snprintf(line, sizeof(line), "css %u held pid %d comm ", self->agid, getpid());
	text = read_text(SESSIONS);
	ASSERT_TRUE(text != NULL);
	EXPECT_EQ(0, strncmp(text, line, strlen(line))) { TH_LOG("%s", text); }
	ASSERT_EQ(SUCCESS, end_session(self->fd, self->agid));
	text = read_text(SESSIONS);
	ASSERT_TRUE(text != NULL);
	EXPECT_STREQ("", text);
}

TEST_F(drive, trace_has_requests_and_commands_and_no_keys)
{
	static const uint8_t challenge[12] = { 0xde, 0xad, 0xbe, 0xef, 0xca, 0xfe };
	char *text;

	ASSERT_EQ(0, write_text(TRACING "trace", ""));
	ASSERT_EQ(0, write_text(TRACING "events/ntdvd/enable", "1"));
	EXPECT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY, self->agid,
				    NTDVD_KEY_CHALLENGE, challenge, 12));
	EXPECT_EQ(NTDVD_STATUS_ACCESS_DENIED,
		  send_key(self->fd, NTDVD_IOCTL_SEND_KEY2, 0, NTDVD_KEY_SET_RPC,
			   challenge, 4));
	ASSERT_EQ(0, write_text(TRACING "events/ntdvd/enable", "0"));
	text = read_text(TRACING "trace");
	ASSERT_TRUE(text != NULL);
	EXPECT_TRUE(strstr(text, "ntdvd_command: ntdvd0 "
				 "cdb=a3 00 00 00 00 00 00 00 00 10 01 00 result=0 ") != NULL) {
		TH_LOG("%s", text);
	}
	EXPECT_TRUE(strstr(text, "ntdvd_request: ntdvd0 "
				 "code=00335008 status=00000000 information=0 ns=") != NULL);
	EXPECT_TRUE(strstr(text, "code=0033d018 status=c0000022 information=0 ns=") != NULL);
	EXPECT_TRUE(strstr(text, "de ad") == NULL && strstr(text, "dead") == NULL);
}

TEST_HARNESS_MAIN
