// SPDX-License-Identifier: GPL-2.0-only
/* Drives, discs and transports that fail, in words of Windows. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS

FIXTURE(drive) {
	int fd;
	uint32_t agid;
};

FIXTURE_SETUP(drive)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	/* takes the unit attention of the test before */
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
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

/* One that needs a session */
static uint32_t use_session(int fd, uint32_t agid)
{
	struct key_buffer key = { 0 };

	return read_key(fd, agid, NTDVD_KEY_CHALLENGE, 12, &key);
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
FIXTURE(fault) {
	int fd;
};

FIXTURE_VARIANT(fault) {
	const char *control;
	uint32_t status;
};

FIXTURE_SETUP(fault)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(SUCCESS, read_rpc(self->fd));
	ASSERT_EQ(0, drive_clear_log(0));
}

FIXTURE_TEARDOWN(fault)
{
	drive_control(0, "clear");
	close(self->fd);
}

FIXTURE_VARIANT_ADD(fault, no_connect)
{ "host 01 1 a4", NTDVD_STATUS_DEVICE_NOT_CONNECTED };
FIXTURE_VARIANT_ADD(fault, bus_busy)
{ "host 02 1 a4", NTDVD_STATUS_DEVICE_NOT_READY };
FIXTURE_VARIANT_ADD(fault, bad_target)
{ "host 04 1 a4", NTDVD_STATUS_NO_SUCH_DEVICE };
FIXTURE_VARIANT_ADD(fault, abort)
{ "host 05 1 a4", NTDVD_STATUS_IO_TIMEOUT };
FIXTURE_VARIANT_ADD(fault, host_error)
{ "host 07 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, soft_error)
{ "host 0b 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, reservation_conflict)
{ "status 18 1 a4", NTDVD_STATUS_DEVICE_BUSY };
FIXTURE_VARIANT_ADD(fault, no_medium)
{ "sense 2 3a 0 1 a4", NTDVD_STATUS_NO_MEDIA_IN_DEVICE };
FIXTURE_VARIANT_ADD(fault, unreadable)
{ "sense 3 11 0 1 a4", NTDVD_STATUS_DEVICE_DATA_ERROR };
FIXTURE_VARIANT_ADD(fault, hardware)
{ "sense 4 44 0 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, bad_cdb)
{ "sense 5 24 0 1 a4", NTDVD_STATUS_INVALID_DEVICE_REQUEST };
FIXTURE_VARIANT_ADD(fault, wrong_region)
{ "sense 5 6f 4 1 a4", NTDVD_STATUS_CSS_REGION_MISMATCH };
FIXTURE_VARIANT_ADD(fault, no_resets)
{ "sense 5 6f 5 1 a4", NTDVD_STATUS_CSS_RESETS_EXHAUSTED };
FIXTURE_VARIANT_ADD(fault, protected)
{ "sense 7 27 0 1 a4", NTDVD_STATUS_MEDIA_WRITE_PROTECTED };
FIXTURE_VARIANT_ADD(fault, short)
{ "short 3 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, bad_length)
{ "forge 1 a4 0001000000000000", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, bus_error)
{ "error 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, hang)
{ "hang 1 a4", NTDVD_STATUS_IO_TIMEOUT };
FIXTURE_VARIANT_ADD(fault, lost)
{ "losthang 1 a4", NTDVD_STATUS_IO_TIMEOUT };
FIXTURE_VARIANT_ADD(fault, stall)
{ "stall 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, phase_error)
{ "phase 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, other_tag)
{ "tag 1 a4", NTDVD_STATUS_IO_DEVICE_ERROR };
FIXTURE_VARIANT_ADD(fault, other_unit_tag)
{ "unittag 1 a4", NTDVD_STATUS_IO_TIMEOUT };

TEST_F(fault, has_its_status_and_is_not_repeated)
{
	if (!tell(_metadata, variant->control))
		return;
	EXPECT_EQ(variant->status, read_rpc(self->fd));
	EXPECT_EQ(1, commands_sent());
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
}

/* USB hosts mend these themselves. */
TEST_F(drive, status_that_stalls_is_asked_for_again)
{
	if (!tell(_metadata, "statusstall 1 a4"))
		return;
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	EXPECT_EQ(1, commands_sent());
}

/* The error speaks of an earlier command; this one was not carried out. */
TEST_F(drive, request_that_met_an_earlier_error_is_sent_again)
{
	if (!tell(_metadata, "deferred 3 11 0 1 a4"))
		return;
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	EXPECT_EQ(2, commands_sent());
	ASSERT_EQ(0, drive_clear_log(0));
	if (!tell(_metadata, "deferred 5 6f 2 1 a4"))
		return;
	EXPECT_EQ(SUCCESS, end_session(self->fd, self->agid));
	EXPECT_EQ(2, commands_sent());
}

TEST_F(drive, short_challenge_is_passed_on_with_its_length)
{
	struct key_buffer key = { 0 };
	uint8_t data[12] = { 0 };

	ASSERT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY, self->agid,
				    NTDVD_KEY_CHALLENGE, data, 12));
	if (!tell(_metadata, "short 7 1 a4"))
		return;
	EXPECT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_BUS1, 8, &key));
	EXPECT_EQ(27, le32toh(key.key_length));
}

TEST_F(drive, host_that_tells_no_residue_works_too)
{
	if (!tell(_metadata, "residue off"))
		return;
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	EXPECT_EQ(0, drive_control(0, "residue on"));
}

TEST_F(drive, becoming_ready_is_waited_for)
{
	if (!tell(_metadata, "sense 2 4 1 1 a4"))
		return;
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	EXPECT_EQ(2, commands_sent());
}

TEST_F(drive, new_disc_ends_the_sessions)
{
	ASSERT_EQ(0, drive_control(0, "change"));
	EXPECT_EQ(NTDVD_STATUS_VERIFY_REQUIRED, use_session(self->fd, self->agid));
	EXPECT_EQ(1, commands_sent());
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED, use_session(self->fd, self->agid));
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
	if (!tell(_metadata, "sense 5 20 0 1000 4a"))
		return;
	sr = open_sr(0, O_RDONLY);
	ASSERT_LE(0, sr);
	ASSERT_EQ(sizeof(block), pread(sr, block, sizeof(block), 0));
	ASSERT_EQ(0, drive_control(0, "change"));
	EXPECT_EQ(SUCCESS, read_rpc(self->fd));
	ASSERT_EQ(0, drive_clear_log(0));
	again = open_sr(0, O_RDONLY);
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
	EXPECT_EQ(NTDVD_STATUS_VERIFY_REQUIRED, use_session(self->fd, self->agid));
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
	char path[DRIVE_PATH];
	int fd;

	drive_path(0, "ntdvd", path);
	ASSERT_EQ(0, drive_control(0, "unplug"));
	EXPECT_EQ(-1, access(path, F_OK));
	EXPECT_EQ(NTDVD_STATUS_DEVICE_DOES_NOT_EXIST, read_rpc(self->fd));
	EXPECT_EQ(NTDVD_STATUS_DEVICE_DOES_NOT_EXIST,
		  end_session(self->fd, self->agid));
	ASSERT_EQ(0, drive_control(0, "plug"));
	fd = open_ntdvd(0, O_RDONLY);
	EXPECT_LE(0, fd);
	EXPECT_EQ(SUCCESS, read_rpc(fd));
	close(fd);
	/* the old file stays with the drive that went */
	EXPECT_EQ(NTDVD_STATUS_DEVICE_DOES_NOT_EXIST, read_rpc(self->fd));
}

TEST_HARNESS_MAIN
