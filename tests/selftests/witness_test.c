// SPDX-License-Identifier: GPL-2.0-only
/* What sg_raw of sg3_utils sees of the drive, beside what ntdvd says. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define ANSWER "/run/ntdvd-sg_raw"

/* Sends a CDB; returns sg_raw's exit status, and in @answer what came. */
static int sg_raw(const char *cdb, uint8_t answer[8])
{
	char command[256], path[DRIVE_PATH];
	FILE *stream;
	int status;

	unlink(ANSWER);
	snprintf(command, sizeof(command),
		 "sg_raw -R %s %s %s >/dev/null 2>&1",
		 answer ? "-b -r 8 -o " ANSWER : "", drive_path(0, "sr", path), cdb);
	status = system(command);
	if (answer) {
		memset(answer, 0, 8);
		stream = fopen(ANSWER, "r");
		if (stream) {
			if (fread(answer, 1, 8, stream) != 8)
				status = -1;
			fclose(stream);
		}
	}
	return status;
}

#define RPC_STATE	"a4 00 00 00 00 00 00 00 00 08 08 00"
#define GRANT_AGID	"a4 00 00 00 00 00 00 00 00 08 00 00"
#define INVALIDATE_3	"a4 00 00 00 00 00 00 00 00 00 ff 00"

FIXTURE(drive) {
	int fd;
};

FIXTURE_SETUP(drive)
{
	uint32_t agid;

	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	/* takes a unit attention, and gives back what was orphaned */
	ASSERT_EQ(SUCCESS, start_session(self->fd, &agid));
	ASSERT_EQ(0, agid);
}

FIXTURE_TEARDOWN(drive)
{
	close(self->fd);
}

TEST_F(drive, rpc_state_is_what_sg_raw_reads)
{
	struct key_buffer key = { 0 };
	struct ntdvd_region region;
	uint8_t answer[8];

	ASSERT_EQ(0, sg_raw(RPC_STATE, answer));
	ASSERT_EQ(SUCCESS, read_key(self->fd, 0, NTDVD_KEY_GET_RPC, 4, &key));
	EXPECT_EQ(0, memcmp(answer + 4, key.key_data, 4));
	ASSERT_EQ(SUCCESS, control(self->fd, NTDVD_IOCTL_GET_REGION, NULL, 0,
				   &region, 4).status);
	EXPECT_EQ(answer[4] & 7, region.reset_count);
	EXPECT_EQ(answer[4] >> 6 ? (uint8_t)~answer[5] : 0, region.system_region);
}

TEST_F(drive, agids_that_ntdvd_took_are_gone_for_sg_raw)
{
	uint8_t answer[8];
	uint32_t agid;

	ASSERT_EQ(SUCCESS, start_session(self->fd, &agid));
	ASSERT_EQ(SUCCESS, start_session(self->fd, &agid));
	ASSERT_EQ(0, sg_raw(GRANT_AGID, answer));
	EXPECT_EQ(3, answer[7] >> 6);
	EXPECT_NE(0, sg_raw(GRANT_AGID, answer));

	ASSERT_EQ(0, sg_raw(INVALIDATE_3, NULL));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &agid));
	EXPECT_EQ(3, agid);
	EXPECT_EQ(SUCCESS, end_session(self->fd, 1));
	ASSERT_EQ(0, sg_raw(GRANT_AGID, answer));
	EXPECT_EQ(1, answer[7] >> 6);
	ASSERT_EQ(0, drive_control(0, "reset"));
}

TEST_HARNESS_MAIN
