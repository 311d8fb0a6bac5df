// SPDX-License-Identifier: GPL-2.0-only
/* Drives, discs and transports that fail, in words of Windows. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "kselftest_harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS

FIXTURE(drive) {
	int fd;
	uint32_t agid;
	struct key_buffer key;
};

FIXTURE_SETUP(drive)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open("/dev/ntdvd0", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	/* takes the unit attention of the test before */
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
	memset(&self->key, 0, sizeof(self->key));
	ASSERT_EQ(0, drive_clear_log(0));
}

FIXTURE_TEARDOWN(drive)
{
	drive_control(0, "clear");
	close(self->fd);
}

/* A request that needs no session */
static uint32_t read_rpc(int fd)
{
	struct key_buffer key = { 0 };

	return read_key(fd, 0, NTDVD_KEY_GET_RPC, 4, &key);
}

static int commands_sent(void)
{
	char *log = drive_log(0), *c = log;
	int lines = 0;

	while (c && *c)
		lines += *c++ == '\n';
	free(log);
	return lines;
}

/* Section 5 of the contract, as the wire has it; each is sent once. */
static const struct {
	const char *fault;
	uint32_t status;
} faults[] = {
	{ "host 01 1 a4", NTDVD_STATUS_DEVICE_NOT_CONNECTED },	/* DID_NO_CONNECT */
	{ "host 02 1 a4", NTDVD_STATUS_DEVICE_NOT_READY },	/* DID_BUS_BUSY */
	{ "host 04 1 a4", NTDVD_STATUS_NO_SUCH_DEVICE },	/* DID_BAD_TARGET */
	{ "host 05 1 a4", NTDVD_STATUS_IO_TIMEOUT },		/* DID_ABORT */
	{ "host 07 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR },	/* DID_ERROR */
	{ "host 0b 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR },	/* DID_SOFT_ERROR */
	{ "status 18 1 a4", NTDVD_STATUS_DEVICE_BUSY },	/* RESERVATION CONFLICT */
	{ "sense 2 3a 0 1 a4", NTDVD_STATUS_NO_MEDIA_IN_DEVICE },
	{ "sense 3 11 0 1 a4", NTDVD_STATUS_DEVICE_DATA_ERROR },
	{ "sense 4 44 0 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "sense 5 24 0 1 a4", NTDVD_STATUS_INVALID_DEVICE_REQUEST },
	{ "sense 5 6f 4 1 a4", NTDVD_STATUS_CSS_REGION_MISMATCH },
	{ "sense 5 6f 5 1 a4", NTDVD_STATUS_CSS_RESETS_EXHAUSTED },
	{ "sense 7 27 0 1 a4", NTDVD_STATUS_MEDIA_WRITE_PROTECTED },
	{ "short 3 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR },
};

TEST_F(drive, fault_has_its_status_and_is_not_repeated)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		ASSERT_EQ(0, drive_control(0, faults[i].fault));
		ASSERT_EQ(0, drive_clear_log(0));
		EXPECT_EQ(faults[i].status, read_rpc(self->fd)) {
			TH_LOG("%s", faults[i].fault);
		}
		EXPECT_EQ(1, commands_sent()) { TH_LOG("%s", faults[i].fault); }
		EXPECT_EQ(SUCCESS, read_rpc(self->fd)) { TH_LOG("%s", faults[i].fault); }
	}
}

TEST_F(drive, timeout_ends_the_sessions)
{
	/* DID_TIME_OUT, then error handling, which resets the drive */
	ASSERT_EQ(0, drive_control(0, "host 03 1 a4"));
	EXPECT_EQ(NTDVD_STATUS_IO_TIMEOUT, read_rpc(self->fd));
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		  end_session(self->fd, self->agid));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &self->agid));
}

TEST_F(drive, short_challenge_is_passed_on_with_its_length)
{
	struct key_buffer key = { 0 };
	uint8_t data[12] = { 0 };

	ASSERT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY, self->agid,
				    NTDVD_KEY_CHALLENGE, data, 12));
	ASSERT_EQ(0, drive_control(0, "short 7 1 a4"));
	EXPECT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_BUS1, 8, &key));
	EXPECT_EQ(27, le32toh(key.key_length));
}

TEST_F(drive, host_that_tells_no_residue_works_too)
{
	ASSERT_EQ(0, drive_control(0, "residue off"));
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	EXPECT_EQ(0, drive_control(0, "residue on"));
}

TEST_F(drive, becoming_ready_is_waited_for)
{
	ASSERT_EQ(0, drive_control(0, "sense 2 4 1 1 a4"));
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	EXPECT_EQ(2, commands_sent());
}

TEST_F(drive, new_disc_ends_the_sessions)
{
	ASSERT_EQ(0, drive_control(0, "change"));
	EXPECT_EQ(NTDVD_STATUS_VERIFY_REQUIRED,
		  read_key(self->fd, self->agid, NTDVD_KEY_ASF, 4, &self->key));
	EXPECT_EQ(1, commands_sent());
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		  read_key(self->fd, self->agid, NTDVD_KEY_ASF, 4, &self->key));
	EXPECT_EQ(1, commands_sent());
	EXPECT_EQ(SUCCESS, start_session(self->fd, &self->agid));
}

TEST_F(drive, ending_a_session_after_a_new_disc_succeeds)
{
	ASSERT_EQ(0, drive_control(0, "change"));
	EXPECT_EQ(SUCCESS, end_session(self->fd, self->agid));
}

/* By reading the first block again, although it was read from the old disc. */
TEST_F(drive, new_disc_that_ntdvd_notices_first_is_noticed_by_sr)
{
	char block[2048], *log;
	int sr, again;

	/* a drive that tells of a new disc by its unit attention alone */
	ASSERT_EQ(0, drive_control(0, "sense 5 20 0 1000 4a"));
	sr = open("/dev/sr0", O_RDONLY);
	ASSERT_LE(0, sr);
	ASSERT_EQ(sizeof(block), pread(sr, block, sizeof(block), 0));
	ASSERT_EQ(0, drive_control(0, "change"));
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	ASSERT_EQ(0, drive_clear_log(0));
	again = open("/dev/sr0", O_RDONLY);
	ASSERT_LE(0, again);
	EXPECT_EQ(sizeof(block), pread(again, block, sizeof(block), 0));
	log = drive_log_of(0, "28");
	EXPECT_STRNE("", log);
	free(log);
	close(again);
	close(sr);
}

TEST_F(drive, bus_reset_ends_the_sessions)
{
	ASSERT_EQ(0, drive_control(0, "reset"));
	EXPECT_EQ(NTDVD_STATUS_VERIFY_REQUIRED,
		  read_key(self->fd, self->agid, NTDVD_KEY_ASF, 4, &self->key));
}

TEST_F(drive, request_without_a_session_survives_a_new_disc)
{
	ASSERT_EQ(0, drive_control(0, "change"));
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	EXPECT_EQ(2, commands_sent());
}

TEST_F(drive, region_change_is_not_repeated_after_a_new_disc)
{
	const struct ntdvd_set_rpc_key rpc = { .region_mask = 0xff };

	ASSERT_EQ(0, drive_control(0, "change"));
	EXPECT_EQ(NTDVD_STATUS_VERIFY_REQUIRED,
		  send_key(self->fd, NTDVD_IOCTL_SEND_KEY2, 0, NTDVD_KEY_SET_RPC,
			   &rpc, sizeof(rpc)));
	EXPECT_EQ(1, commands_sent());
}

TEST_F(drive, without_a_disc_there_is_no_region)
{
	struct ntdvd_region region;
	struct outcome got;

	ASSERT_EQ(0, drive_control(0, "eject"));
	got = control(self->fd, NTDVD_IOCTL_GET_REGION, NULL, 0, &region, 4);
	EXPECT_EQ(NTDVD_STATUS_NO_MEDIA_IN_DEVICE, got.status);
	EXPECT_EQ(0, got.information);
	EXPECT_EQ(0, drive_control(0, "insert"));
}

TEST_F(drive, unplugged_drive_does_not_exist)
{
	int fd;

	ASSERT_EQ(0, drive_control(0, "unplug"));
	EXPECT_EQ(-1, access("/dev/ntdvd0", F_OK));
	EXPECT_EQ(NTDVD_STATUS_DEVICE_DOES_NOT_EXIST, read_rpc(self->fd));
	EXPECT_EQ(NTDVD_STATUS_DEVICE_DOES_NOT_EXIST,
		  end_session(self->fd, self->agid));
	ASSERT_EQ(0, drive_control(0, "plug"));
	fd = open("/dev/ntdvd0", O_RDONLY);
	EXPECT_LE(0, fd);
	EXPECT_EQ(SUCCESS, read_rpc(fd));
	close(fd);
	/* the old file stays with the drive that went */
	EXPECT_EQ(NTDVD_STATUS_DEVICE_DOES_NOT_EXIST, read_rpc(self->fd));
}

TEST_HARNESS_MAIN
