// SPDX-License-Identifier: GPL-2.0-only
/*
 * What DVD_READ_STRUCT and sg_raw say of the same disc as READ_STRUCTURE.
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

FIXTURE(disc) {
	int ntdvd, sr;
	uint8_t output[65535];
	dvd_struct structure;
};

FIXTURE_SETUP(disc)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->ntdvd = open_ntdvd(0, O_RDONLY);
	self->sr = open_sr(0, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->ntdvd);
	ASSERT_LE(0, self->sr);
	memset(&self->structure, 0, sizeof(self->structure));
}

FIXTURE_TEARDOWN(disc)
{
	close(self->ntdvd);
	close(self->sr);
}

/* Information, or minus the NTSTATUS */
static int64_t read_structure(FIXTURE_DATA(disc) *self, uint32_t format,
			      uint32_t agid, uint32_t length)
{
	const struct ntdvd_read_structure input = {
		.format = htole32(format), .session_id = htole32(agid),
	};
	struct outcome got = control(self->ntdvd, NTDVD_IOCTL_READ_STRUCTURE,
				     &input, sizeof(input), self->output, length);

	return got.error || got.status ? -(int64_t)got.status - got.error :
					 (int64_t)got.information;
}

TEST_F(disc, physical_information_field_by_field)
{
	struct dvd_layer *theirs = &self->structure.physical.layer[0];
	struct ntdvd_layer_descriptor *ours = (void *)(self->output + 4);

	self->structure.type = DVD_STRUCT_PHYSICAL;
	ASSERT_EQ(0, ioctl(self->sr, DVD_READ_STRUCT, &self->structure));
	ASSERT_EQ(21, read_structure(self, 0, 0, 21));
	EXPECT_EQ((unsigned int)theirs->book_version, ours->book & 0xfU);
	EXPECT_EQ((unsigned int)theirs->book_type, (unsigned int)ours->book >> 4);
	EXPECT_EQ((unsigned int)theirs->min_rate, ours->rate & 0xfU);
	EXPECT_EQ((unsigned int)theirs->disc_size, (unsigned int)ours->rate >> 4);
	EXPECT_EQ((unsigned int)theirs->layer_type, ours->layer & 0xfU);
	EXPECT_EQ((unsigned int)theirs->track_path, ours->layer >> 4 & 1U);
	EXPECT_EQ((unsigned int)theirs->nlayers, ours->layer >> 5 & 3U);
	EXPECT_EQ((unsigned int)theirs->track_density, ours->density & 0xfU);
	EXPECT_EQ((unsigned int)theirs->linear_density, (unsigned int)ours->density >> 4);
	/* as the drive sent them, as on Windows 7 and later */
	EXPECT_EQ(theirs->start_sector, be32toh(ours->starting_sector));
	EXPECT_EQ(theirs->end_sector, be32toh(ours->end_sector));
	EXPECT_EQ(theirs->end_sector_l0, be32toh(ours->end_layer_zero_sector));
	EXPECT_EQ((unsigned int)theirs->bca, (unsigned int)ours->bca >> 7);
}

TEST_F(disc, copyright)
{
	self->structure.type = DVD_STRUCT_COPYRIGHT;
	ASSERT_EQ(0, ioctl(self->sr, DVD_READ_STRUCT, &self->structure));
	ASSERT_EQ(8, read_structure(self, 1, 0, 8));
	EXPECT_EQ(self->structure.copyright.cpst, self->output[4]);
	EXPECT_EQ(self->structure.copyright.rmi, self->output[5]);
}

/* A session that may have the disk key, once */
static uint32_t authenticate(int fd, uint32_t *agid)
{
	uint8_t challenge[12] = { 0 }, key2[8] = { 0 };
	struct key_buffer key = { 0 };
	uint32_t status = start_session(fd, agid);

	if (!status)
		status = send_key(fd, NTDVD_IOCTL_SEND_KEY, *agid, NTDVD_KEY_CHALLENGE,
				  challenge, 12);
	if (!status)
		status = read_key(fd, *agid, NTDVD_KEY_BUS1, 8, &key);
	if (!status)
		status = read_key(fd, *agid, NTDVD_KEY_CHALLENGE, 12, &key);
	drive_key(2, key.key_data, key2);
	return status ?: send_key(fd, NTDVD_IOCTL_SEND_KEY, *agid, NTDVD_KEY_BUS2, key2, 8);
}

TEST_F(disc, disk_key)
{
	struct key_buffer key = { 0 };
	uint32_t agid;

	ASSERT_EQ(SUCCESS, authenticate(self->ntdvd, &agid));
	self->structure.type = DVD_STRUCT_DISCKEY;
	self->structure.disckey.agid = agid;
	ASSERT_EQ(0, ioctl(self->sr, DVD_READ_STRUCT, &self->structure));
	ASSERT_EQ(SUCCESS, authenticate(self->ntdvd, &agid));
	ASSERT_EQ(2052, read_structure(self, 2, agid, 2052));
	EXPECT_EQ(0, memcmp(self->structure.disckey.value, self->output + 4, 2048));
	/* and READ_KEY has the same */
	ASSERT_EQ(SUCCESS, authenticate(self->ntdvd, &agid));
	ASSERT_EQ(SUCCESS, read_key(self->ntdvd, agid, NTDVD_KEY_DISK, 2048, &key));
	EXPECT_EQ(0, memcmp(key.key_data, self->output + 4, 2048));
}

/*
 * The kernel takes the length field for the length of the data, which is two
 * less.
 */
TEST_F(disc, burst_cutting_area)
{
	self->structure.type = DVD_STRUCT_BCA;
	ASSERT_EQ(0, ioctl(self->sr, DVD_READ_STRUCT, &self->structure));
	ASSERT_EQ(68, read_structure(self, 3, 0, 192));
	EXPECT_EQ(self->structure.bca.len, self->output[0] | self->output[1] << 8);
	EXPECT_EQ(0, memcmp(self->structure.bca.value, self->output + 4, 64));
}

TEST_F(disc, manufacturer)
{
	self->structure.type = DVD_STRUCT_MANUFACT;
	ASSERT_EQ(0, ioctl(self->sr, DVD_READ_STRUCT, &self->structure));
	ASSERT_EQ(2052, read_structure(self, 4, 0, 2052));
	EXPECT_EQ(0, memcmp(self->structure.manufact.value, self->output + 4, 2048));
}

#define SG_ANSWER "/run/ntdvd-structure"

/* Any format, as sg_raw gets it, but for the byte order of the header */
TEST_F(disc, each_format_is_what_sg_raw_gets)
{
	static const struct {
		uint32_t format, length;
	} formats[] = { { 1, 8 }, { 3, 68 }, { 4, 2052 }, { 5, 8 }, { 0xff, 44 } };
	char command[200], path[DRIVE_PATH];
	uint8_t theirs[2052];
	FILE *stream;
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		snprintf(command, sizeof(command),
			 "sg_raw -R -b -r %u -o " SG_ANSWER " %s "
			 "ad 00 00 00 00 00 00 %02x %02x %02x 00 00 >/dev/null 2>&1",
			 formats[i].length, drive_path(0, "sr", path), formats[i].format,
			 formats[i].length >> 8, formats[i].length & 0xff);
		ASSERT_EQ(0, system(command));
		stream = fopen(SG_ANSWER, "r");
		ASSERT_TRUE(stream != NULL);
		ASSERT_EQ(formats[i].length, fread(theirs, 1, formats[i].length, stream));
		fclose(stream);
		ASSERT_EQ(formats[i].length,
			  read_structure(self, formats[i].format, 0, formats[i].length));
		EXPECT_EQ(theirs[0], self->output[1]);
		EXPECT_EQ(theirs[1], self->output[0]);
		EXPECT_EQ(0, memcmp(theirs + 2, self->output + 2, formats[i].length - 2));
	}
}

/* The lower of what was transferred and what the length field says */
TEST_F(disc, length_is_what_the_drive_had)
{
	EXPECT_EQ(8, read_structure(self, 1, 0, 65535));
	EXPECT_EQ(6, read_structure(self, 1, 0, 6));
	if (!tell(_metadata, "short 6 1 ad"))
		return;
	EXPECT_EQ(6, read_structure(self, 1, 0, 65535));
	if (!tell(_metadata, "residue off"))
		return;
	EXPECT_EQ(8, read_structure(self, 1, 0, 65535));
	ASSERT_EQ(0, drive_control(0, "clear"));
}

TEST_F(disc, format_that_the_drive_lacks)
{
	EXPECT_EQ(-(int64_t)NTDVD_STATUS_INVALID_DEVICE_REQUEST,
		  read_structure(self, 0x10, 0, 100));
}

/* A host that transfers no more than 64 sectors at once, as with quirks of usb-storage */
FIXTURE(short_transfers) {
	int ntdvd;
	uint8_t output[65535];
};

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, text, strlen(text));

	close(fd);
	return written < 0 ? -1 : 0;
}

#define SECTORS "/sys/module/ntdvd_drive/parameters/max_sectors"

/* USB has it as an attribute of the drive; else it counts for the next one. */
static void set_max_sectors(const char *text)
{
	char path[64];

	write_text(SECTORS, text);
	drive_control(0, "unplug");
	drive_control(0, "plug");
	snprintf(path, sizeof(path), "/sys/block/sr%d/device/max_sectors", drive_number(0));
	write_text(path, text);
}

static int max_kilobytes(void)
{
	char path[64], text[16] = "";
	FILE *stream;

	snprintf(path, sizeof(path), "/sys/block/sr%d/queue/max_hw_sectors_kb",
		 drive_number(0));
	stream = fopen(path, "re");
	if (!stream)
		return -1;
	if (!fgets(text, sizeof(text), stream))
		*text = '\0';
	fclose(stream);
	return atoi(text);
}

FIXTURE_SETUP(short_transfers)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	set_max_sectors("64");
	self->ntdvd = open_ntdvd(0, O_RDONLY);
	ASSERT_LE(0, self->ntdvd);
}

FIXTURE_TEARDOWN(short_transfers)
{
	close(self->ntdvd);
	set_max_sectors("128");
}

TEST_F(short_transfers, structure_is_asked_for_in_the_largest_length)
{
	const struct ntdvd_read_structure input = { .format = htole32(4) };
	struct outcome got;
	__le32 layer = 0, size;

	if (max_kilobytes() != 32)
		SKIP(return, "%s: this host has no limit of 64 sectors", _metadata->name);
	got = control(self->ntdvd, NTDVD_IOCTL_READ_STRUCTURE, &input, 17, self->output, 65535);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(2052, got.information);
	got = control(self->ntdvd, NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE, &layer, 4,
		      &size, 4);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(2 * 32768 + 1000, le32toh(size));
}

TEST_HARNESS_MAIN
