// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's own scsi-cd, a drive that nobody here wrote. It has a DVD in it and
 * knows some disc structures, but it does not list the DVD Read feature, which
 * is what makes a DVD drive in Windows; and it has no REPORT KEY.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define NO_SUCH_REQUEST NTDVD_STATUS_INVALID_DEVICE_REQUEST

FIXTURE(scsi_cd) {
	int fd;
};

FIXTURE_SETUP(scsi_cd)
{
	self->fd = open("/dev/ntdvd0", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(scsi_cd)
{
	close(self->fd);
}

TEST_F(scsi_cd, has_structures_and_no_report_key)
{
	EXPECT_EQ(0, system("sg_raw -R -r 21 /dev/sr0 "
			    "ad 00 00 00 00 00 00 00 00 15 00 00 >/dev/null 2>&1"));
	EXPECT_NE(0, system("sg_raw -R -r 8 /dev/sr0 "
			    "a4 00 00 00 00 00 00 00 00 08 08 00 >/dev/null 2>&1"));
}

TEST_F(scsi_cd, is_no_dvd_drive)
{
	struct ntdvd_read_structure structure = { .format = 0 };
	struct key_buffer key = { 0 };
	struct ntdvd_region region;
	uint8_t output[21];
	uint32_t agid;

	EXPECT_EQ(NO_SUCH_REQUEST, start_session(self->fd, &agid));
	EXPECT_EQ(NO_SUCH_REQUEST, read_key(self->fd, 0, NTDVD_KEY_GET_RPC, 4, &key));
	EXPECT_EQ(NO_SUCH_REQUEST, control(self->fd, NTDVD_IOCTL_GET_REGION, NULL, 0,
					   &region, 4).status);
	EXPECT_EQ(NO_SUCH_REQUEST, control(self->fd, NTDVD_IOCTL_READ_STRUCTURE,
					   &structure, 17, output, 21).status);
	EXPECT_EQ(NO_SUCH_REQUEST, control(self->fd, NTDVD_IOCTL_AACS_START_SESSION,
					   NULL, 0, &agid, 4).status);
	EXPECT_EQ(SUCCESS, end_session(self->fd, NTDVD_END_ALL_SESSIONS));
}

/* On any drive; this one does not know the command. */
TEST_F(scsi_cd, is_asked_to_read_ahead)
{
	__le64 addresses[2] = { 0, 0 };

	EXPECT_EQ(NO_SUCH_REQUEST, control(self->fd, NTDVD_IOCTL_SET_READ_AHEAD,
					   addresses, 16, NULL, 0).status);
}

TEST_HARNESS_MAIN
