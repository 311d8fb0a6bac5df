// SPDX-License-Identifier: GPL-2.0-only
/* A session belongs to the open file that started it. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/cdrom.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define NOT_OWNED NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED

static int open_drive(void)
{
	return open_ntdvd(0, O_RDONLY);
}

/* A request that needs the session; the drive refuses the order, but has the AGID. */
static uint32_t use_session(int fd, uint32_t agid)
{
	struct key_buffer key = { 0 };

	return read_key(fd, agid, NTDVD_KEY_CHALLENGE, 12, &key);
}

#define IS_HELD NTDVD_STATUS_INVALID_DEVICE_REQUEST

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

	EXPECT_EQ(NOT_OWNED, use_session(self->other, self->agid));
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
	EXPECT_EQ(NOT_OWNED, use_session(self->one, self->agid));
	EXPECT_EQ(IS_HELD, use_session(self->other, own));
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
	EXPECT_EQ(NOT_OWNED, use_session(self->one, self->agid));
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
	EXPECT_EQ(IS_HELD, use_session(self->one, self->agid));
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

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written < 0 ? -1 : 0;
}

#define RECLAIM "/sys/module/ntdvd/parameters/reclaim"

/* Three AGIDs that a program took with DVD_AUTH and never gave back */
static void leak_agids(void)
{
	dvd_authinfo auth = { .type = DVD_LU_SEND_AGID };
	int sr = open_sr(0, O_RDONLY | O_NONBLOCK);

	while (!ioctl(sr, DVD_AUTH, &auth))
		auth.type = DVD_LU_SEND_AGID;
	close(sr);
}

TEST_F(two_files, agids_that_others_leaked_are_reclaimed)
{
	uint32_t agid;

	leak_agids();
	ASSERT_EQ(0, write_text(RECLAIM, "0"));
	EXPECT_EQ(NTDVD_STATUS_INSUFFICIENT_RESOURCES, start_session(self->one, &agid));
	ASSERT_EQ(0, write_text(RECLAIM, "1"));
	EXPECT_EQ(SUCCESS, start_session(self->one, &agid));
	EXPECT_EQ(SUCCESS, start_session(self->other, &agid));
	EXPECT_EQ(SUCCESS, start_session(self->other, &agid));
	EXPECT_EQ(NTDVD_STATUS_INSUFFICIENT_RESOURCES, start_session(self->one, &agid));
	EXPECT_EQ(SUCCESS, end_session(self->one, self->agid));
}

/* A child in the middle of a command that takes seconds; its pid */
static pid_t keep_drive_busy(int fd)
{
	struct key_buffer key = { 0 };
	pid_t pid;

	drive_clear_log(0);
	drive_control(0, "delay 3000");
	pid = fork();
	if (!pid)
		_exit(read_key(fd, 0, NTDVD_KEY_GET_RPC, 4, &key) != SUCCESS);
	/* until it is under way */
	while (!strstr(drive_state(0), "pending 1"))
		usleep(1000);
	return pid;
}

TEST_F(two_files, open_and_close_do_not_wait_for_a_busy_drive)
{
	pid_t pid = keep_drive_busy(self->other);
	int status, fd;

	fd = open_drive();
	EXPECT_LE(0, fd);
	close(fd);
	close(self->one);
	self->one = -1;
	/* all that, and the command is not over */
	EXPECT_TRUE(strstr(drive_state(0), "pending 1") != NULL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(two_files, request_that_waits_for_the_drive_can_be_killed)
{
	pid_t busy = keep_drive_busy(self->one), waiting;
	int status;

	waiting = fork();
	if (!waiting) {
		end_session(self->one, self->agid);
		_exit(0);
	}
	ASSERT_EQ(0, kill(waiting, SIGKILL));
	ASSERT_EQ(waiting, waitpid(waiting, &status, 0));
	EXPECT_TRUE(strstr(drive_state(0), "pending 1") != NULL);
	ASSERT_EQ(busy, waitpid(busy, &status, 0));
	EXPECT_EQ(SUCCESS, end_session(self->one, self->agid));
}

TEST_F(two_files, request_of_many_commands_can_be_killed_between_them)
{
	static uint8_t block[3 * 32768];
	__le32 layer = 0;
	int status;
	pid_t pid;
	char *log;

	ASSERT_EQ(0, drive_control(0, "delay 1000"));
	pid = fork();
	if (!pid) {
		control(self->other, NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK, &layer,
			sizeof(layer), block, sizeof(block));
		_exit(0);
	}
	while (!strstr(drive_state(0), "pending 1"))
		usleep(1000);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(0, drive_control(0, "clear"));
	/* of the three packs only the first was asked for */
	log = drive_log(0);
	EXPECT_TRUE(log && strchr(log, '\n') == strrchr(log, '\n')) { TH_LOG("%s", log); }
	free(log);
}

/*
 * 0 for a status of a drive that is gone. A host may not know yet that it is, and
 * usb-storage fails a command before it says that the drive is gone.
 */
static int is_gone(uint32_t status)
{
	if (status == NTDVD_STATUS_DEVICE_DOES_NOT_EXIST ||
	    status == NTDVD_STATUS_DEVICE_NOT_CONNECTED ||
	    (status == NTDVD_STATUS_IO_DEVICE_ERROR && drive_is_a_program(0)))
		return 0;
	fprintf(stderr, "unplugged: %s\n", status_name(status));
	return 1;
}

TEST_F(two_files, drive_unplugged_in_the_middle_does_not_exist)
{
	struct key_buffer key = { 0 };
	int status;
	pid_t pid;

	ASSERT_EQ(0, drive_control(0, "delay 30000"));
	pid = fork();
	if (!pid)
		_exit(is_gone(read_key(self->other, 0, NTDVD_KEY_GET_RPC, 4, &key)));
	while (!strstr(drive_state(0), "pending 1"))
		usleep(1000);
	ASSERT_EQ(0, drive_control(0, "unplug"));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(NTDVD_STATUS_DEVICE_DOES_NOT_EXIST,
		  end_session(self->one, self->agid));
	ASSERT_EQ(0, drive_control(0, "clear"));
	ASSERT_EQ(0, drive_control(0, "plug"));
}

#ifndef __s390x__	/* its kernel cannot suspend */
/* No further than to freezing all tasks, and then called off. */
static int try_to_suspend(void)
{
	return write_text("/sys/module/suspend/parameters/pm_test_delay", "0") ||
	       write_text("/sys/power/pm_test", "freezer") ||
	       write_text("/sys/power/state", "mem");
}

TEST_F(two_files, suspend_that_was_called_off_ends_no_session)
{
	ASSERT_EQ(0, try_to_suspend());
	EXPECT_EQ(IS_HELD, use_session(self->one, self->agid));
	EXPECT_EQ(SUCCESS, end_session(self->one, self->agid));
}

#define REQUESTS 6

/* Only the one that the drive works on has to be waited for. */
TEST_F(two_files, requests_that_wait_hold_up_no_suspend)
{
	struct key_buffer key = { 0 };
	pid_t pids[REQUESTS];
	int status, i;

	if (drive_is_a_program(0))
		SKIP(return, "%s: this host has no commands that go on in a suspend",
		     _metadata->name);
	/* shorter than what they take together, longer than one */
	ASSERT_EQ(0, write_text("/sys/power/pm_freeze_timeout", "4000"));
	ASSERT_EQ(0, drive_control(0, "delay 2000"));
	for (i = 0; i < REQUESTS; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i])
			_exit(read_key(self->other, 0, NTDVD_KEY_GET_RPC, 4, &key) != SUCCESS);
	}
	while (!strstr(drive_state(0), "pending 1"))
		usleep(1000);
	EXPECT_EQ(0, try_to_suspend());
	for (i = 0; i < REQUESTS; i++) {
		ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	ASSERT_EQ(0, write_text("/sys/power/pm_freeze_timeout", "20000"));
	EXPECT_EQ(SUCCESS, end_session(self->one, self->agid));
}
#endif

TEST_HARNESS_MAIN
