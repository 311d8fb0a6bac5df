// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each request that the kernel has too, ntdvd and DVD_AUTH or
 * DVD_READ_STRUCT put the same bytes on the wire.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/cdrom.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define LBA 0x012345

FIXTURE(wire) {
	int ntdvd, sr;
	uint32_t agid;
};

FIXTURE_SETUP(wire)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->ntdvd = open_ntdvd(0, O_RDWR);
	self->sr = open_sr(0, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->ntdvd);
	ASSERT_LE(0, self->sr);
	/* works off what closed files have left; then the drive has four free ones */
	ASSERT_EQ(SUCCESS, start_session(self->ntdvd, &self->agid));
	ASSERT_EQ(SUCCESS, end_session(self->ntdvd, self->agid));
	ASSERT_EQ(0, drive_control(0, "forget"));
	/* AGID 1, so that its place in the CDB shows */
	ASSERT_EQ(SUCCESS, start_session(self->ntdvd, &self->agid));
	ASSERT_EQ(SUCCESS, start_session(self->ntdvd, &self->agid));
	ASSERT_EQ(1, self->agid);
}

FIXTURE_TEARDOWN(wire)
{
	close(self->ntdvd);
	close(self->sr);
}

/* A key is 5 bytes and a challenge 10, zero behind. */
static const uint8_t bytes[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
static const uint8_t key_bytes[8] = { 1, 2, 3, 4, 5 };
static const uint8_t rpc_bytes[4] = { 0xff };

/*
 * One request, by both ways. What the drive makes of it does not matter: it
 * sees the same state both times, unless the request changes it.
 */
static const struct pair {
	const char *what;
	uint32_t code, key_type, data_length;
	const uint8_t *data;
	uint8_t auth_type;
	const char *cdb;
} pairs[] = {
	{ "DVD_LU_SEND_CHALLENGE", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_CHALLENGE, 12,
	  NULL, DVD_LU_SEND_CHALLENGE, "a40000000000000000104100" },
	{ "DVD_LU_SEND_KEY1", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_BUS1, 8,
	  NULL, DVD_LU_SEND_KEY1, "a400000000000000000c4200" },
	{ "DVD_LU_SEND_ASF", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_ASF, 4,
	  NULL, DVD_LU_SEND_ASF, "a40000000000000000084500" },
	{ "DVD_LU_SEND_RPC_STATE", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_GET_RPC, 4,
	  NULL, DVD_LU_SEND_RPC_STATE, "a40000000000000000080800" },
	{ "DVD_HOST_SEND_KEY2", NTDVD_IOCTL_SEND_KEY2, NTDVD_KEY_BUS2, 8,
	  key_bytes, DVD_HOST_SEND_KEY2, "a300000000000000000c4300" },
	{ "DVD_HOST_SEND_CHALLENGE", NTDVD_IOCTL_SEND_KEY, NTDVD_KEY_CHALLENGE, 12,
	  bytes, DVD_HOST_SEND_CHALLENGE, "a30000000000000000104100" },
	/* no region at all, which the drive refuses */
	{ "DVD_HOST_SEND_RPC_STATE", NTDVD_IOCTL_SEND_KEY2, NTDVD_KEY_SET_RPC, 4,
	  rpc_bytes, DVD_HOST_SEND_RPC_STATE, "a30000000000000000080600" },
	/* which the drive has not established, so that it ends the session */
	{ "DVD_LU_SEND_TITLE_KEY", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_TITLE, 8,
	  NULL, DVD_LU_SEND_TITLE_KEY, "a400000123450000000c4400" },
};

static void by_dvd_auth(int sr, const struct pair *pair, unsigned int agid)
{
	dvd_authinfo auth = { .type = pair->auth_type };

	switch (pair->auth_type) {
	case DVD_LU_SEND_TITLE_KEY:
		auth.lstk.agid = agid;
		auth.lstk.lba = LBA;
		break;
	case DVD_HOST_SEND_CHALLENGE:
		auth.hsc.agid = agid;
		memcpy(auth.hsc.chal, pair->data, CHALLENGE_SIZE);
		break;
	case DVD_HOST_SEND_KEY2:
		auth.hsk.agid = agid;
		memcpy(auth.hsk.key, pair->data, KEY_SIZE);
		break;
	case DVD_HOST_SEND_RPC_STATE:
		auth.hrpcs.pdrc = pair->data[0];
		break;
	default:
		auth.lsa.agid = agid;
	}
	ioctl(sr, DVD_AUTH, &auth);
}

static void by_ntdvd(int fd, const struct pair *pair, uint32_t agid)
{
	struct key_buffer key = { .title_offset = htole64((uint64_t)LBA << 11) };

	if (pair->data)
		send_key(fd, pair->code, agid, pair->key_type, pair->data,
			 pair->data_length);
	else
		read_key(fd, agid, pair->key_type, pair->data_length, &key);
}

TEST_F(wire, each_request_is_what_dvd_auth_sends)
{
	char *ours, *theirs;
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		/* Without a session the drive refuses all alike. */
		ASSERT_EQ(0, drive_clear_log(0));
		by_ntdvd(self->ntdvd, &pairs[i], self->agid);
		ours = drive_log(0);
		ASSERT_EQ(0, drive_clear_log(0));
		/* A challenge that came twice would be out of order. */
		if (pairs[i].auth_type == DVD_HOST_SEND_CHALLENGE) {
			end_session(self->ntdvd, self->agid);
			start_session(self->ntdvd, &self->agid);
			ASSERT_EQ(0, drive_clear_log(0));
		}
		by_dvd_auth(self->sr, &pairs[i], self->agid);
		theirs = drive_log(0);

		EXPECT_STREQ(theirs, ours) { TH_LOG("%s", pairs[i].what); }
		EXPECT_EQ(0, strncmp(pairs[i].cdb, ours, 24)) {
			TH_LOG("%s: %s", pairs[i].what, ours);
		}
		free(ours);
		free(theirs);
	}
}

TEST_F(wire, agids_come_and_go_as_with_dvd_auth)
{
	dvd_authinfo auth = { .type = DVD_LU_SEND_AGID };
	char *ours, *theirs;
	uint32_t agid;

	ASSERT_EQ(0, drive_clear_log(0));
	ASSERT_EQ(SUCCESS, start_session(self->ntdvd, &agid));
	ASSERT_EQ(SUCCESS, end_session(self->ntdvd, agid));
	ours = drive_log(0);

	ASSERT_EQ(0, drive_clear_log(0));
	ASSERT_EQ(0, ioctl(self->sr, DVD_AUTH, &auth));
	EXPECT_EQ(agid, (uint32_t)auth.lsa.agid);
	auth.type = DVD_INVALIDATE_AGID;
	ASSERT_EQ(0, ioctl(self->sr, DVD_AUTH, &auth));
	theirs = drive_log(0);

	EXPECT_STREQ(theirs, ours);
	EXPECT_EQ(0, strncmp("a40000000000000000080000", ours, 24));
	EXPECT_TRUE(strstr(ours, "\na4000000000000000000bf00") != NULL);
	free(ours);
	free(theirs);
}

TEST_F(wire, region_is_asked_as_with_dvd_read_struct_and_dvd_auth)
{
	dvd_struct structure = { .type = DVD_STRUCT_COPYRIGHT };
	dvd_authinfo auth = { .type = DVD_LU_SEND_RPC_STATE };
	struct ntdvd_region region;
	struct outcome got;
	char *ours, *theirs;

	ASSERT_EQ(0, drive_clear_log(0));
	got = control(self->ntdvd, NTDVD_IOCTL_GET_REGION, NULL, 0, &region, 4);
	ASSERT_EQ(SUCCESS, got.status);
	ours = drive_log(0);
	ASSERT_EQ(0, drive_clear_log(0));
	ASSERT_EQ(0, ioctl(self->sr, DVD_READ_STRUCT, &structure));
	ASSERT_EQ(0, ioctl(self->sr, DVD_AUTH, &auth));
	theirs = drive_log(0);

	EXPECT_STREQ(theirs, ours);
	EXPECT_EQ(structure.copyright.cpst, region.copy_system);
	EXPECT_EQ(structure.copyright.rmi, region.region_data);
	EXPECT_EQ(region.reset_count, (uint8_t)auth.lrpcs.ucca);
	free(ours);
	free(theirs);
}

TEST_F(wire, disk_key_is_asked_as_with_dvd_read_struct)
{
	struct key_buffer key = { 0 };
	dvd_struct structure = {
		.disckey = { .type = DVD_STRUCT_DISCKEY, .agid = self->agid },
	};
	char *ours, *theirs;

	ASSERT_EQ(0, drive_clear_log(0));
	read_key(self->ntdvd, self->agid, NTDVD_KEY_DISK, 2048, &key);
	ours = drive_log(0);
	ASSERT_EQ(0, drive_clear_log(0));
	ioctl(self->sr, DVD_READ_STRUCT, &structure);
	theirs = drive_log(0);
	EXPECT_STREQ(theirs, ours);
	EXPECT_EQ(0, strncmp("ad0000000000000208044000", ours, 24));
	free(ours);
	free(theirs);
}

/* Why ntdvd does not call DVD_AUTH. */
TEST_F(wire, dvd_auth_calls_a_lost_key_success_and_ntdvd_an_error)
{
	dvd_authinfo auth = { .hsk = { .type = DVD_HOST_SEND_KEY2, .agid = self->agid } };

	/* DID_ERROR, for each of the four times that the mid-layer tries */
	if (!tell(_metadata, "host 07 4 a3"))
		return;
	EXPECT_EQ(0, ioctl(self->sr, DVD_AUTH, &auth));
	EXPECT_EQ(DVD_AUTH_ESTABLISHED, auth.type);

	ASSERT_EQ(0, drive_control(0, "clear"));
	ASSERT_EQ(0, drive_control(0, "host 07 4 a3"));
	ASSERT_EQ(0, drive_clear_log(0));
	EXPECT_EQ(NTDVD_STATUS_IO_DEVICE_ERROR,
		  send_key(self->ntdvd, NTDVD_IOCTL_SEND_KEY, self->agid,
			   NTDVD_KEY_BUS2, key_bytes, 8));
	ASSERT_EQ(0, drive_control(0, "clear"));
}

TEST_HARNESS_MAIN
