// SPDX-License-Identifier: GPL-2.0-only
/* A session belongs to the open file that started it. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "kselftest_harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define NOT_OWNED NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED

static int open_drive(void)
{
	return open("/dev/ntdvd0", O_RDONLY | O_CLOEXEC);
}

FIXTURE(two_files) {
	int one, other;
	uint32_t agid;
};

FIXTURE_SETUP(two_files)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->one = open_drive();
	self->other = open_drive();
	ASSERT_LE(0, self->one);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(SUCCESS, start_session(self->one, &self->agid));
	ASSERT_EQ(0, drive_clear_log(0));
}

FIXTURE_TEARDOWN(two_files)
{
	close(self->one);
	close(self->other);
}

TEST_F(two_files, other_file_cannot_use_the_session)
{
	struct key_buffer key = { 0 };
	uint8_t data[12] = { 0 };
	char *log;

	EXPECT_EQ(NOT_OWNED, read_key(self->other, self->agid, NTDVD_KEY_ASF, 4, &key));
	EXPECT_EQ(NOT_OWNED, read_key(self->other, self->agid,
				      NTDVD_KEY_INVALIDATE_AGID, 0, &key));
	EXPECT_EQ(NOT_OWNED, send_key(self->other, NTDVD_IOCTL_SEND_KEY, self->agid,
				      NTDVD_KEY_CHALLENGE, data, 12));
	EXPECT_EQ(NOT_OWNED, end_session(self->other, self->agid));
	EXPECT_EQ(SUCCESS, end_session(self->other, NTDVD_END_ALL_SESSIONS));
	log = drive_log(0);
	EXPECT_STREQ("", log);
	free(log);
	EXPECT_EQ(SUCCESS, end_session(self->one, self->agid));
}

TEST_F(two_files, end_all_sessions_ends_ones_own)
{
	uint32_t own;

	ASSERT_EQ(SUCCESS, start_session(self->other, &own));
	ASSERT_EQ(SUCCESS, start_session(self->one, &self->agid));
	EXPECT_EQ(SUCCESS, end_session(self->one, NTDVD_END_ALL_SESSIONS));
	EXPECT_EQ(NOT_OWNED, end_session(self->one, self->agid));
	EXPECT_EQ(SUCCESS, end_session(self->other, own));
}

TEST_F(two_files, forked_child_shares_the_session)
{
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(end_session(self->one, self->agid) != SUCCESS);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(NOT_OWNED, end_session(self->one, self->agid));
}

TEST_F(two_files, closing_ends_the_sessions)
{
	uint32_t agid;
	int i;

	for (i = 1; i < 4; i++)
		ASSERT_EQ(SUCCESS, start_session(self->one, &agid));
	EXPECT_EQ(NTDVD_STATUS_INSUFFICIENT_RESOURCES,
		  start_session(self->other, &agid));
	close(self->one);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(SUCCESS, start_session(self->other, &agid));
	self->one = -1;
}

TEST_F(two_files, closing_a_copy_of_the_file_ends_nothing)
{
	close(dup(self->one));
	EXPECT_EQ(SUCCESS, end_session(self->one, self->agid));
}

TEST_F(two_files, killed_program_holds_no_session)
{
	int ready[2], status, i;
	uint32_t agid;
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int fd = open_drive();

		for (i = 1; i < 4; i++)
			start_session(fd, &agid);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(NTDVD_STATUS_INSUFFICIENT_RESOURCES,
		  start_session(self->other, &agid));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	for (i = 1; i < 4; i++)
		EXPECT_EQ(SUCCESS, start_session(self->other, &agid));
}

/* One whole handshake, 0 if the keys were right */
static int handshake(int fd)
{
	static const uint8_t host_challenge[12] = { 1, 2, 3 };
	uint8_t key1[KEY_SIZE], key2[8] = { 0 };
	struct key_buffer key = { 0 };
	uint32_t agid;

	if (start_session(fd, &agid) ||
	    send_key(fd, NTDVD_IOCTL_SEND_KEY, agid, NTDVD_KEY_CHALLENGE,
		     host_challenge, 12) ||
	    read_key(fd, agid, NTDVD_KEY_BUS1, 8, &key))
		return 1;
	drive_key(1, host_challenge, key1);
	if (memcmp(key1, key.key_data, KEY_SIZE) ||
	    read_key(fd, agid, NTDVD_KEY_CHALLENGE, 12, &key))
		return 1;
	drive_key(2, key.key_data, key2);
	return send_key(fd, NTDVD_IOCTL_SEND_KEY, agid, NTDVD_KEY_BUS2, key2, 8) ||
	       read_key(fd, agid, NTDVD_KEY_ASF, 4, &key) ||
	       !(key.key_data[3] & 1) || end_session(fd, agid);
}

TEST_F(two_files, programs_authenticate_at_the_same_time)
{
	pid_t pids[3];
	int status, i, n;

	for (i = 0; i < 3; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i]) {
			int fd = open_drive();

			for (n = 0; n < 50; n++)
				if (handshake(fd))
					_exit(1);
			_exit(0);
		}
	}
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(SUCCESS, end_session(self->one, self->agid));
}

TEST_HARNESS_MAIN
