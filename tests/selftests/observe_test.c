// SPDX-License-Identifier: GPL-2.0-only
/* What an administrator sees of it: debugfs and trace events. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define SESSIONS "/sys/kernel/debug/ntdvd/ntdvd%d/sessions"
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

static char *read_sessions(void)
{
	char path[64];

	snprintf(path, sizeof(path), SESSIONS, drive_number(0));
	return read_text(path);
}

static bool is_traced(const char *trace, const char *event, const char *rest)
{
	char text[128];

	snprintf(text, sizeof(text), "%s: ntdvd%d %s", event, drive_number(0), rest);
	return strstr(trace, text);
}

FIXTURE(drive) {
	int fd;
	uint32_t agid;
};

FIXTURE_SETUP(drive)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDONLY);
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
	text = read_sessions();
	ASSERT_TRUE(text != NULL);
	EXPECT_EQ(0, strncmp(text, line, strlen(line))) { TH_LOG("%s", text); }
	ASSERT_EQ(SUCCESS, end_session(self->fd, self->agid));
	text = read_sessions();
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
	EXPECT_TRUE(is_traced(text, "ntdvd_command",
			      "cdb=a3 00 00 00 00 00 00 00 00 10 01 00 result=0 ")) {
		TH_LOG("%s", text);
	}
	EXPECT_TRUE(is_traced(text, "ntdvd_request",
			      "code=00335008 key_type=01 status=00000000 information=0 ns="));
	EXPECT_TRUE(strstr(text, "code=0033d018 key_type=ff status=c0000022 ") != NULL);
	EXPECT_TRUE(strstr(text, "de ad") == NULL && strstr(text, "dead") == NULL);
}

TEST_HARNESS_MAIN
