// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every control code, end to end over the emulated drive, with its buffers in
 * every way that a program may have them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define GUARD 0xa5
#define ROOM (4 * 32768)

enum { TWO_BUFFERS, ONE_BUFFER, END_OF_MEMORY };

FIXTURE(codes) {
	int fd;
	uint8_t *memory[2];	/* each followed by what is not mapped */
	uint8_t output[ROOM];
};

FIXTURE_VARIANT(codes) {
	int buffers;
};

FIXTURE_VARIANT_ADD(codes, two_buffers) { .buffers = TWO_BUFFERS };
FIXTURE_VARIANT_ADD(codes, one_buffer) { .buffers = ONE_BUFFER };
FIXTURE_VARIANT_ADD(codes, end_of_memory) { .buffers = END_OF_MEMORY };

FIXTURE_SETUP(codes)
{
	long page = sysconf(_SC_PAGESIZE);
	int i;

	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	for (i = 0; i < 2; i++) {
		self->memory[i] = mmap(NULL, ROOM + page, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_TRUE(self->memory[i] != MAP_FAILED);
		ASSERT_EQ(0, munmap(self->memory[i] + ROOM, page));
	}
}

FIXTURE_TEARDOWN(codes)
{
	close(self->fd);
	munmap(self->memory[0], ROOM);
	munmap(self->memory[1], ROOM);
}

/*
 * A request as the variant has it; its output goes to self->output. Returns
 * Information, or -1 with errno or the NTSTATUS in it. What lies behind the
 * output must stay as it is.
 */
static int64_t request(FIXTURE_DATA(codes) *self, int buffers, uint32_t code,
		       const void *input, uint32_t in, uint32_t out)
{
	uint8_t *to = self->memory[1], *from = self->memory[0];
	uint32_t behind = buffers == END_OF_MEMORY ? 0 : 64;
	struct outcome got;
	uint32_t i;

	if (buffers == END_OF_MEMORY) {
		from += ROOM - in;
		to += ROOM - out;
	}
	if (buffers == ONE_BUFFER)
		from = to;
	memset(to, GUARD, out + behind);
	memcpy(from, input, in);
	got = control(self->fd, code, from, in, to, out);
	if (got.error || got.status) {
		errno = got.error ? got.error : (int)got.status;
		return -1;
	}
	for (i = got.information; i < out + behind; i++)
		if (to[i] != GUARD && !(from == to && i < in)) {
			errno = ERANGE;
			return -1;
		}
	memcpy(self->output, to, got.information);
	return got.information;
}

#define REQUEST(code, input, in, out) \
	request(self, variant->buffers, NTDVD_IOCTL_##code, input, in, out)

static const uint8_t host_challenge[12] = { 1, 3, 5, 7 };

/* All of a CSS handshake; @key is for the next request. False if a step failed. */
static bool authenticate(FIXTURE_DATA(codes) *self, int buffers, struct key_buffer *key)
{
	uint8_t expected[KEY_SIZE];

	if (request(self, buffers, NTDVD_IOCTL_START_SESSION, "", 0, 4) != 4)
		return false;
	memset(key, 0, sizeof(*key));
	memcpy(&key->session_id, self->output, 4);	/* as it came */
	key->key_type = htole32(NTDVD_KEY_CHALLENGE);
	key->key_length = htole32(36);
	memcpy(key->key_data, host_challenge, 12);
	if (request(self, buffers, NTDVD_IOCTL_SEND_KEY, key, 36, 0))
		return false;
	key->key_type = htole32(NTDVD_KEY_BUS1);
	if (request(self, buffers, NTDVD_IOCTL_READ_KEY, key, 24, 32) != 32)
		return false;
	drive_key(1, host_challenge, expected);
	if (memcmp(expected, self->output + 24, KEY_SIZE))
		return false;
	key->key_type = htole32(NTDVD_KEY_CHALLENGE);
	if (request(self, buffers, NTDVD_IOCTL_READ_KEY, key, 24, 36) != 36)
		return false;
	memset(key->key_data, 0, 12);
	drive_key(2, self->output + 24, key->key_data);
	key->key_type = htole32(NTDVD_KEY_BUS2);
	key->key_length = htole32(32);
	return !request(self, buffers, NTDVD_IOCTL_SEND_KEY2, key, 32, 0);
}

TEST_F(codes, css_from_start_to_end)
{
	struct key_buffer key;
	uint8_t expected[2048];

	ASSERT_EQ(4, REQUEST(GET_REGION, "", 0, 4));
	EXPECT_EQ(0xfc, self->output[1]);
	ASSERT_TRUE(authenticate(self, variant->buffers, &key));
	key.key_type = htole32(NTDVD_KEY_ASF);
	ASSERT_EQ(28, REQUEST(READ_KEY, &key, 24, 28));
	EXPECT_EQ(1, self->output[27]);
	key.key_type = htole32(NTDVD_KEY_DISK);
	ASSERT_EQ(2072, REQUEST(READ_KEY, &key, 24, 2072));
	drive_fill(expected, 2048, 2 << 8);
	EXPECT_EQ(0, memcmp(expected, self->output + 24, 2048));

	/* A drive gives one of the two for an AGID. */
	ASSERT_TRUE(authenticate(self, variant->buffers, &key));
	key.key_type = htole32(NTDVD_KEY_TITLE);
	key.title_offset = htole64(100 << 11);
	ASSERT_EQ(32, REQUEST(READ_KEY, &key, 24, 32));
	drive_fill(expected, KEY_SIZE, 100);
	EXPECT_EQ(0xb0, self->output[12]);
	EXPECT_EQ(0, memcmp(expected, self->output + 24, KEY_SIZE));
	key.key_type = htole32(NTDVD_KEY_GET_RPC);
	ASSERT_EQ(28, REQUEST(READ_KEY, &key, 24, 28));
	ASSERT_EQ(0, REQUEST(END_SESSION, &key.session_id, 4, 0));
}

TEST_F(codes, aacs_from_start_to_end)
{
	struct ntdvd_aacs_read_binding_nonce nonce = {
		.number_of_sectors = htole32(32), .start_lba = htole64(0x1234),
	};
	struct ntdvd_aacs_send_certificate certificate = { 0 };
	struct ntdvd_aacs_send_challenge_key host = { 0 };
	uint8_t expected[40], drive_nonce[20];
	__le32 agid;	/* as it came */

	ASSERT_EQ(4, REQUEST(AACS_START_SESSION, "", 0, 4));
	memcpy(&agid, self->output, 4);

	certificate.session_id = agid;
	memcpy(certificate.certificate.nonce, "0123456789abcdefghij", 20);
	ASSERT_EQ(0, REQUEST(AACS_SEND_CERTIFICATE, &certificate, 116, 0));
	ASSERT_EQ(112, REQUEST(AACS_GET_CERTIFICATE, &agid, 4, 112));
	memcpy(drive_nonce, self->output, 20);
	ASSERT_EQ(80, REQUEST(AACS_GET_CHALLENGE_KEY, &agid, 4, 80));
	drive_signature(certificate.certificate.nonce, expected);
	EXPECT_EQ(0, memcmp(expected, self->output + 40, 40));
	host.session_id = agid;
	drive_signature(drive_nonce, host.key.signature);
	ASSERT_EQ(0, REQUEST(AACS_SEND_CHALLENGE_KEY, &host, 84, 0));

	ASSERT_EQ(32, REQUEST(AACS_READ_VOLUME_ID, &agid, 4, 32));
	drive_fill(expected, 32, 0x80 << 8);
	EXPECT_EQ(0, memcmp(expected, self->output, 32));
	ASSERT_EQ(32, REQUEST(AACS_READ_SERIAL_NUMBER, &agid, 4, 32));
	drive_fill(expected, 32, 0x81 << 8);
	EXPECT_EQ(0, memcmp(expected, self->output, 32));
	ASSERT_EQ(32, REQUEST(AACS_READ_MEDIA_ID, &agid, 4, 32));
	drive_fill(expected, 32, 0x82 << 8);
	EXPECT_EQ(0, memcmp(expected, self->output, 32));

	nonce.session_id = agid;
	drive_fill(expected, 32, 0x1234 << 8 | 32);
	ASSERT_EQ(32, REQUEST(AACS_GENERATE_BINDING_NONCE, &nonce, 24, 32));
	EXPECT_EQ(0, memcmp(expected, self->output, 32));
	ASSERT_EQ(32, REQUEST(AACS_READ_BINDING_NONCE, &nonce, 24, 32));
	EXPECT_EQ(0, memcmp(expected, self->output, 32));
	ASSERT_EQ(0, REQUEST(AACS_END_SESSION, &agid, 4, 0));
}

TEST_F(codes, media_key_block_and_its_size)
{
	uint8_t expected[32768];
	__le32 layer = 0, told;
	uint32_t size;
	int pack;

	ASSERT_EQ(4, REQUEST(AACS_READ_MEDIA_KEY_BLOCK_SIZE, &layer, 4, 4));
	memcpy(&told, self->output, 4);
	size = le32toh(told);
	EXPECT_EQ(2 * 32768 + 1000, size);
	ASSERT_EQ(size, REQUEST(AACS_READ_MEDIA_KEY_BLOCK, &layer, 4, size));
	for (pack = 0; pack < 3; pack++) {
		drive_fill(expected, 32768, 0x83 << 8 | pack);
		EXPECT_EQ(0, memcmp(expected, self->output + pack * 32768,
				    pack < 2 ? 32768 : 1000));
	}
}

/* Windows 7 and later leave the sector numbers as the drive sent them. */
static uint32_t be32_at(const void *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	return be32toh(number);
}

TEST_F(codes, structures_and_read_ahead)
{
	struct ntdvd_read_structure input = { .format = 0 };
	struct ntdvd_layer_descriptor *layer;
	__le64 addresses[2] = { htole64(5 << 11), htole64(6 << 11) };

	ASSERT_EQ(21, REQUEST(READ_STRUCTURE, &input, 17, 21));
	layer = (void *)(self->output + 4);
	EXPECT_EQ(2050, self->output[0] | self->output[1] << 8);
	EXPECT_EQ(0x030000, be32_at(&layer->starting_sector));
	EXPECT_EQ(0x04ffff, be32_at(&layer->end_sector));
	EXPECT_EQ(0, be32_at(&layer->end_layer_zero_sector));
	EXPECT_EQ(0x80, layer->bca);
	input.format = htole32(4);
	ASSERT_EQ(2052, REQUEST(READ_STRUCTURE, &input, 17, 65535));
	ASSERT_EQ(1001, REQUEST(READ_STRUCTURE, &input, 17, 1001));
	ASSERT_EQ(0, REQUEST(SET_READ_AHEAD, addresses, 16, 0));
	ASSERT_EQ(0, REQUEST(STORAGE_SET_READ_AHEAD, addresses, 16, 0));
}

/* What follows is about pointers and has no variants. */
FIXTURE(pointers) {
	int fd;
};

FIXTURE_SETUP(pointers)
{
	uint32_t agid;

	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(SUCCESS, start_session(self->fd, &agid));
	ASSERT_EQ(0, drive_clear_log(0));
}

FIXTURE_TEARDOWN(pointers)
{
	close(self->fd);
}

static const uintptr_t bad_pointers[] = { 1, -4096UL, 1UL << (8 * sizeof(long) - 1) };

TEST_F(pointers, bad_input_is_a_fault_and_sends_nothing)
{
	static uint8_t output[98304];
	const struct control_code *c;
	struct outcome got;
	char *log;
	size_t i;

	for (c = control_codes; c->code; c++)
		for (i = 0; c->input_length && i < 3; i++) {
			got = control(self->fd, c->code, (void *)bad_pointers[i],
				      c->input_length, output, c->output_length);
			EXPECT_EQ(EFAULT, got.error) { TH_LOG("%s", c->name); }
		}
	log = drive_log(0);
	EXPECT_STREQ("", log);
	free(log);
}

/* As Windows has it: no buffer, whatever length is given with it */
TEST_F(pointers, null_buffer_has_length_0)
{
	struct ntdvd_read_structure structure = { .format = htole32(1) };
	static uint8_t output[98304];
	const struct control_code *c;
	struct outcome none, null;
	char *log;

	for (c = control_codes; c->code; c++) {
		if (c->input_length) {
			none = control(self->fd, c->code, output, 0, output, c->output_length);
			null = control(self->fd, c->code, NULL, c->input_length, output,
				       c->output_length);
			EXPECT_EQ(0, null.error) { TH_LOG("%s", c->name); }
			EXPECT_EQ(none.status, null.status) { TH_LOG("%s", c->name); }
			EXPECT_EQ(none.information, null.information) { TH_LOG("%s", c->name); }
			EXPECT_NE(SUCCESS, null.status) { TH_LOG("%s", c->name); }
		}
	}
	null = control(self->fd, NTDVD_IOCTL_START_SESSION, NULL, 0, NULL, 4);
	EXPECT_EQ(0, null.error);
	EXPECT_EQ(NTDVD_STATUS_BUFFER_TOO_SMALL, null.status);
	EXPECT_EQ(4, null.information);
	null = control(self->fd, NTDVD_IOCTL_READ_STRUCTURE, &structure, 17, NULL, 2052);
	EXPECT_EQ(0, null.error);
	EXPECT_EQ(NTDVD_STATUS_BUFFER_TOO_SMALL, null.status);
	EXPECT_EQ(4, null.information);
	log = drive_log(0);
	EXPECT_STREQ("", log);
	free(log);
}

TEST_F(pointers, bad_output_is_a_fault_and_takes_no_agid)
{
	struct ntdvd_read_structure structure = { .format = htole32(1) };
	struct key_buffer key = { .key_type = htole32(NTDVD_KEY_GET_RPC) };
	__le32 layer = 0;
	uint32_t agid;
	struct outcome got;
	size_t i;
	int n;

	for (i = 0; i < 3; i++) {
		void *bad = (void *)bad_pointers[i];

		got = control(self->fd, NTDVD_IOCTL_START_SESSION, NULL, 0, bad, 4);
		EXPECT_EQ(EFAULT, got.error);
		got = control(self->fd, NTDVD_IOCTL_AACS_START_SESSION, NULL, 0, bad, 4);
		EXPECT_EQ(EFAULT, got.error);
		got = control(self->fd, NTDVD_IOCTL_READ_KEY, &key, 24, bad, 28);
		EXPECT_EQ(EFAULT, got.error);
		got = control(self->fd, NTDVD_IOCTL_GET_REGION, NULL, 0, bad, 4);
		EXPECT_EQ(EFAULT, got.error);
		got = control(self->fd, NTDVD_IOCTL_READ_STRUCTURE, &structure, 17, bad, 8);
		EXPECT_EQ(EFAULT, got.error);
		got = control(self->fd, NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK, &layer, 4,
			      bad, 98304);
		EXPECT_EQ(EFAULT, got.error);
		got = control(self->fd, NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE,
			      &layer, 4, bad, 4);
		EXPECT_EQ(EFAULT, got.error);
	}
	for (n = 1; n < 4; n++)
		EXPECT_EQ(SUCCESS, start_session(self->fd, &agid));
	for (n = 0; n < 4; n++)
		EXPECT_EQ(SUCCESS, control(self->fd, NTDVD_IOCTL_AACS_START_SESSION,
					   NULL, 0, &agid, 4).status);
}

TEST_F(pointers, drive_without_aacs_refuses_all_of_it)
{
	static uint8_t buffer[98304];
	const struct control_code *c;

	/* Features are asked for once, so the drive has to come anew. */
	ASSERT_EQ(0, drive_control(0, "feature aacs off"));
	ASSERT_EQ(0, drive_control(0, "unplug"));
	ASSERT_EQ(0, drive_control(0, "plug"));
	close(self->fd);
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	for (c = control_codes; c->code; c++)
		if (!strncmp(c->name, "AACS", 4))
			EXPECT_EQ(NTDVD_STATUS_INVALID_DEVICE_REQUEST,
				  control(self->fd, c->code, buffer, c->input_length,
					  buffer, c->output_length).status) {
				TH_LOG("%s", c->name);
			}
	ASSERT_EQ(0, drive_control(0, "feature aacs on"));
	ASSERT_EQ(0, drive_control(0, "unplug"));
	ASSERT_EQ(0, drive_control(0, "plug"));
}

/* The struct ends in memory of another kind: what is there, and what may be done. */
static struct ntdvd_device_control *split_request(uint8_t *pages, size_t before,
						  int protection, void *output)
{
	long page = sysconf(_SC_PAGESIZE);
	struct ntdvd_device_control ctl = {
		.control_code = NTDVD_IOCTL_START_SESSION,
		.output = (uintptr_t)output,
		.output_length = 4,
		.access = NTDVD_READ_ACCESS | NTDVD_WRITE_ACCESS,
	};

	if (mprotect(pages + page, page, PROT_READ | PROT_WRITE))
		return NULL;
	memcpy(pages + page - before, &ctl, sizeof(ctl));
	if (mprotect(pages + page, page, protection))
		return NULL;
	return (void *)(pages + page - before);
}

TEST_F(pointers, bad_request_is_a_fault_and_takes_no_agid)
{
	const size_t size = sizeof(struct ntdvd_device_control);
	struct ntdvd_device_control *ctl;
	size_t before;
	uint8_t *pages;
	uint32_t agid;
	char *log;
	int n;

	pages = mmap(NULL, 2 * sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(pages != MAP_FAILED);
	ASSERT_EQ(0, drive_clear_log(0));
	for (before = 0; before < size; before += 4) {
		ctl = split_request(pages, before, PROT_NONE, &agid);
		ASSERT_TRUE(ctl != NULL);
		EXPECT_EQ(-1, ioctl(self->fd, NTDVD_IOC_DEVICE_CONTROL, ctl));
		EXPECT_EQ(EFAULT, errno) { TH_LOG("%zu bytes of it", before); }
	}
	log = drive_log(0);
	EXPECT_STREQ("", log);
	free(log);

	/* without @status, and without @information */
	for (before = 0; before <= 8; before += 8) {
		ctl = split_request(pages, before, PROT_READ, &agid);
		ASSERT_TRUE(ctl != NULL);
		EXPECT_EQ(-1, ioctl(self->fd, NTDVD_IOC_DEVICE_CONTROL, ctl));
		EXPECT_EQ(EFAULT, errno) { TH_LOG("%zu bytes to write", before); }
	}
	for (n = 1; n < 4; n++)
		EXPECT_EQ(SUCCESS, start_session(self->fd, &agid));
	munmap(pages, 2 * sysconf(_SC_PAGESIZE));
}

TEST_HARNESS_MAIN
