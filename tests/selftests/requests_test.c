// SPDX-License-Identifier: GPL-2.0-only
/* What a Windows program does, and what it gets for its mistakes. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/cdrom.h>

#include "client.h"
#include "harness.h"

#define SUCCESS NTDVD_STATUS_SUCCESS

FIXTURE(drive) {
	int fd;
	uint32_t agid;
	struct key_buffer key;
};

FIXTURE_SETUP(drive)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
	memset(&self->key, 0, sizeof(self->key));
	ASSERT_EQ(0, drive_clear_log(0));
}

FIXTURE_TEARDOWN(drive)
{
	close(self->fd);
}

static bool nothing_was_sent(void)
{
	char *log = drive_log(0);
	bool nothing = log && !*log;

	free(log);
	return nothing;
}

static const uint8_t host_challenge[12] = { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 };

static uint32_t authenticate(int fd, uint32_t agid, uint8_t flip)
{
	struct key_buffer key = { 0 };
	uint8_t key2[8] = { 0 };
	uint32_t status;

	status = send_key(fd, NTDVD_IOCTL_SEND_KEY, agid, NTDVD_KEY_CHALLENGE,
			  host_challenge, 12);
	if (!status)
		status = read_key(fd, agid, NTDVD_KEY_BUS1, 8, &key);
	if (!status)
		status = read_key(fd, agid, NTDVD_KEY_CHALLENGE, 12, &key);
	if (status)
		return status;
	drive_key(2, key.key_data, key2);
	key2[0] ^= flip;
	return send_key(fd, NTDVD_IOCTL_SEND_KEY, agid, NTDVD_KEY_BUS2, key2, 8);
}

TEST_F(drive, handshake_has_the_right_keys_on_both_sides)
{
	uint8_t key1[KEY_SIZE], key2[8] = { 0 };

	ASSERT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY, self->agid,
				    NTDVD_KEY_CHALLENGE, host_challenge, 12));
	ASSERT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_BUS1, 8,
				    &self->key));
	EXPECT_EQ(32, le32toh(self->key.key_length));
	drive_key(1, host_challenge, key1);
	EXPECT_EQ(0, memcmp(key1, self->key.key_data, KEY_SIZE));

	ASSERT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_CHALLENGE, 12,
				    &self->key));
	drive_key(2, self->key.key_data, key2);
	ASSERT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY, self->agid,
				    NTDVD_KEY_BUS2, key2, 8));
	ASSERT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_ASF, 4,
				    &self->key));
	EXPECT_EQ(1, self->key.key_data[3] & 1);
	EXPECT_EQ(SUCCESS, end_session(self->fd, self->agid));
}

TEST_F(drive, handshake_by_send_key2)
{
	uint8_t key2[8] = { 0 };

	ASSERT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY2, self->agid,
				    NTDVD_KEY_CHALLENGE, host_challenge, 12));
	ASSERT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_BUS1, 8,
				    &self->key));
	ASSERT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_CHALLENGE, 12,
				    &self->key));
	drive_key(2, self->key.key_data, key2);
	ASSERT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY2, self->agid,
				    NTDVD_KEY_BUS2, key2, 8));
}

TEST_F(drive, wrong_bus_key_2_ends_the_session)
{
	ASSERT_EQ(NTDVD_STATUS_CSS_AUTHENTICATION_FAILURE,
		  authenticate(self->fd, self->agid, 1));
	ASSERT_EQ(0, drive_clear_log(0));
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		  read_key(self->fd, self->agid, NTDVD_KEY_CHALLENGE, 12, &self->key));
	EXPECT_TRUE(nothing_was_sent());
}

TEST_F(drive, keys_out_of_order_are_refused_by_the_drive)
{
	EXPECT_EQ(NTDVD_STATUS_INVALID_DEVICE_REQUEST,
		  read_key(self->fd, self->agid, NTDVD_KEY_BUS1, 8, &self->key));
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		  read_key(self->fd, self->agid, NTDVD_KEY_DISK, 2048, &self->key));
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		  read_key(self->fd, self->agid, NTDVD_KEY_TITLE, 8, &self->key));
}

TEST_F(drive, disk_key_or_title_key_after_authentication)
{
	struct outcome got;

	ASSERT_EQ(SUCCESS, authenticate(self->fd, self->agid, 0));

	self->key.session_id = htole32(self->agid);
	self->key.key_type = htole32(NTDVD_KEY_DISK);
	self->key.key_flags = htole32(0x1234);
	got = control(self->fd, NTDVD_IOCTL_READ_KEY, &self->key, 24, &self->key,
		      sizeof(self->key));
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(2072, got.information);
	EXPECT_EQ(2072, le32toh(self->key.key_length));
	EXPECT_EQ(0x1234, le32toh(self->key.key_flags));

	/* The drive has released the AGID. */
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
	ASSERT_EQ(SUCCESS, authenticate(self->fd, self->agid, 0));
	self->key.session_id = htole32(self->agid);
	self->key.title_offset = htole64(16 << 11);
	self->key.key_type = htole32(NTDVD_KEY_TITLE);
	got = control(self->fd, NTDVD_IOCTL_READ_KEY, &self->key, 24, &self->key,
		      32);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(32, got.information);
	EXPECT_EQ(0x80, le32toh(self->key.key_flags) & 0x80);
	EXPECT_EQ(16 << 11, le64toh(self->key.title_offset));
	EXPECT_EQ(0, self->key.key_data[7]);
}

TEST_F(drive, title_beyond_the_disc_is_a_nonexistent_sector)
{
	ASSERT_EQ(SUCCESS, authenticate(self->fd, self->agid, 0));
	self->key.title_offset = htole64(1ULL << 40);
	EXPECT_EQ(NTDVD_STATUS_NONEXISTENT_SECTOR,
		  read_key(self->fd, self->agid, NTDVD_KEY_TITLE, 8, &self->key));
}

TEST_F(drive, fifth_session_has_no_agid)
{
	uint32_t agid;
	int i;

	for (i = 1; i < 4; i++)
		ASSERT_EQ(SUCCESS, start_session(self->fd, &agid));
	EXPECT_EQ(NTDVD_STATUS_INSUFFICIENT_RESOURCES,
		  start_session(self->fd, &agid));
	EXPECT_EQ(SUCCESS, end_session(self->fd, NTDVD_END_ALL_SESSIONS));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &agid));
}

TEST_F(drive, invalidate_agid_ends_the_session)
{
	EXPECT_EQ(SUCCESS, read_key(self->fd, self->agid,
				    NTDVD_KEY_INVALIDATE_AGID, 0, &self->key));
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		  read_key(self->fd, self->agid, NTDVD_KEY_CHALLENGE, 12, &self->key));
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
	EXPECT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY, self->agid,
				    NTDVD_KEY_INVALIDATE_AGID, "", 0));
	EXPECT_EQ(NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED,
		  read_key(self->fd, self->agid, NTDVD_KEY_CHALLENGE, 12, &self->key));
}

/* Programs begin with it, for all four; it is the drive that answers. */
TEST_F(drive, agid_that_nobody_holds_is_ended_at_the_drive)
{
	char *log;

	EXPECT_EQ(SUCCESS, end_session(self->fd, 3));
	EXPECT_EQ(SUCCESS, read_key(self->fd, 2, NTDVD_KEY_INVALIDATE_AGID, 0, &self->key));
	log = drive_log_of(0, "a4");
	ASSERT_TRUE(log != NULL);
	EXPECT_EQ(0, strncmp("a4000000000000000000ff00", log, 24));
	EXPECT_TRUE(strstr(log, "\na4000000000000000000bf00") != NULL);
	free(log);
	if (!tell(_metadata, "sense 5 24 0 1 a4"))
		return;
	EXPECT_EQ(NTDVD_STATUS_INVALID_DEVICE_REQUEST, end_session(self->fd, 3));
	EXPECT_EQ(SUCCESS, end_session(self->fd, self->agid));
}

/* Programs ask with SessionId 0, whatever session they have. */
TEST_F(drive, authentication_success_flag_needs_no_session)
{
	char *log;

	ASSERT_EQ(SUCCESS, authenticate(self->fd, self->agid, 0));
	ASSERT_EQ(0, drive_clear_log(0));
	EXPECT_EQ(SUCCESS, read_key(self->fd, self->agid, NTDVD_KEY_ASF, 4, &self->key));
	EXPECT_EQ(1, self->key.key_data[3]);
	EXPECT_EQ(SUCCESS, read_key(self->fd, 3, NTDVD_KEY_ASF, 4, &self->key));
	log = drive_log_of(0, "a4");
	ASSERT_TRUE(log != NULL);
	/* with the AGID of a session that it has, and else with 0 */
	EXPECT_EQ(self->agid << 6 | 5, strtoul((char[]){ log[20], log[21], 0 }, NULL, 16));
	EXPECT_TRUE(strstr(log, "\na40000000000000000080500") != NULL);
	free(log);
}

TEST_F(drive, region_is_set_once_by_a_file_that_may_write)
{
	const struct ntdvd_set_rpc_key rpc = { .region_mask = 0xfe };
	struct ntdvd_region region;
	struct outcome got;
	int reader;

	reader = open_ntdvd(0, O_RDONLY);
	ASSERT_LE(0, reader);
	EXPECT_EQ(NTDVD_STATUS_ACCESS_DENIED,
		  send_key(reader, NTDVD_IOCTL_SEND_KEY2, 0, NTDVD_KEY_SET_RPC,
			   &rpc, sizeof(rpc)));
	EXPECT_EQ(NTDVD_STATUS_INVALID_PARAMETER,
		  send_key(reader, NTDVD_IOCTL_SEND_KEY, 0, NTDVD_KEY_SET_RPC,
			   &rpc, sizeof(rpc)));
	got = control(reader, NTDVD_IOCTL_GET_REGION, NULL, 0, &region, 4);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(4, got.information);
	EXPECT_EQ(1, region.copy_system);
	EXPECT_EQ(0xfc, region.region_data);
	EXPECT_EQ(0, region.system_region);
	EXPECT_EQ(5, region.reset_count);

	EXPECT_EQ(SUCCESS, send_key(self->fd, NTDVD_IOCTL_SEND_KEY2, 0,
				    NTDVD_KEY_SET_RPC, &rpc, sizeof(rpc)));
	got = control(reader, NTDVD_IOCTL_GET_REGION, NULL, 0, &region, 4);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(1, region.system_region);
	EXPECT_EQ(4, region.reset_count);

	EXPECT_EQ(SUCCESS, read_key(reader, 0, NTDVD_KEY_GET_RPC, 4, &self->key));
	EXPECT_EQ(4, self->key.key_data[0] & 7);
	EXPECT_EQ(0xfe, self->key.key_data[1]);
	EXPECT_EQ(1, self->key.key_data[2]);
	close(reader);
}

TEST_F(drive, region_that_the_disc_lacks_is_a_region_mismatch)
{
	const struct ntdvd_set_rpc_key rpc = { .region_mask = 0x7f };

	EXPECT_EQ(NTDVD_STATUS_CSS_REGION_MISMATCH,
		  send_key(self->fd, NTDVD_IOCTL_SEND_KEY2, 0, NTDVD_KEY_SET_RPC,
			   &rpc, sizeof(rpc)));
}

TEST_F(drive, one_buffer_or_two_make_no_difference)
{
	struct key_buffer output;
	struct outcome got;

	self->key.key_length = htole32(24);
	self->key.key_type = htole32(NTDVD_KEY_GET_RPC);
	self->key.key_flags = htole32(7);
	memset(&output, 0xa5, sizeof(output));
	got = control(self->fd, NTDVD_IOCTL_READ_KEY, &self->key, 24, &output, 40);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(28, got.information);
	EXPECT_EQ(24, le32toh(self->key.key_length));
	EXPECT_EQ(28, le32toh(output.key_length));
	EXPECT_EQ(7, le32toh(output.key_flags));
	/* the byte behind the output */
	EXPECT_EQ(0xa5, output.key_data[4]);

	got = control(self->fd, NTDVD_IOCTL_READ_KEY, &self->key, 24, &self->key, 28);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(0, memcmp(&output, &self->key, 28));
}

TEST_F(drive, failed_request_leaves_the_output_alone)
{
	uint8_t output[32];
	struct outcome got;

	self->key.key_type = htole32(NTDVD_KEY_BUS1);
	self->key.session_id = htole32(self->agid);
	memset(output, 0xa5, sizeof(output));
	got = control(self->fd, NTDVD_IOCTL_READ_KEY, &self->key, 24, output, 32);
	EXPECT_EQ(NTDVD_STATUS_INVALID_DEVICE_REQUEST, got.status);
	EXPECT_EQ(0, got.information);
	EXPECT_EQ(0xa5, output[0]);
	EXPECT_EQ(0xa5, output[31]);
}

TEST_F(drive, buffers_may_end_where_memory_ends)
{
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct key_buffer *input, *output;
	struct outcome got;

	ASSERT_TRUE(pages != MAP_FAILED);
	ASSERT_EQ(0, munmap(pages + page, page));
	input = (void *)(pages + page - 24);
	input->key_type = htole32(NTDVD_KEY_GET_RPC);
	output = (void *)(pages + page - 28);
	/* Longer lengths than there is memory: only what is needed is touched. */
	got = control(self->fd, NTDVD_IOCTL_READ_KEY, input, 100, output, 100);
	EXPECT_EQ(0, got.error);
	EXPECT_EQ(SUCCESS, got.status);
	EXPECT_EQ(28, le32toh(output->key_length));

	got = control(self->fd, NTDVD_IOCTL_READ_KEY, pages + page - 23, 24,
		      &self->key, 28);
	EXPECT_EQ(EFAULT, got.error);
	munmap(pages, page);
}

TEST_F(drive, bad_input_pointer_sends_nothing)
{
	static const uintptr_t bad[] = { 1, -4096UL, (uintptr_t)1 << (8 * sizeof(long) - 1) };
	struct outcome got;
	char *log;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		got = control(self->fd, NTDVD_IOCTL_END_SESSION, (void *)bad[i], 4,
			      NULL, 0);
		EXPECT_EQ(EFAULT, got.error);
		got = control(self->fd, NTDVD_IOCTL_READ_KEY, (void *)bad[i], 24,
			      &self->key, 28);
		EXPECT_EQ(EFAULT, got.error);
	}
	log = drive_log(0);
	ASSERT_TRUE(log != NULL);
	EXPECT_STREQ("", log);
	free(log);
}

TEST_F(drive, bad_output_pointer_leaves_no_agid_taken)
{
	struct outcome got;
	uint32_t agid;
	int i;

	for (i = 0; i < 8; i++) {
		got = control(self->fd, NTDVD_IOCTL_START_SESSION, NULL, 0,
			      (void *)-4096UL, 4);
		EXPECT_EQ(EFAULT, got.error);
	}
	for (i = 1; i < 4; i++)
		EXPECT_EQ(SUCCESS, start_session(self->fd, &agid));
}

TEST_F(drive, bad_argument_pointer_is_a_fault)
{
	EXPECT_EQ(-1, ioctl(self->fd, NTDVD_IOC_DEVICE_CONTROL, NULL));
	EXPECT_EQ(EFAULT, errno);
}

/* START_SESSION and SEND_KEY2, of handles with this access on the same open file */
static struct ntdvd_device_control request_of(uint32_t code, uint32_t access, void *memory)
{
	return (struct ntdvd_device_control) {
		.control_code = code,
		.status = 0xdeadbeef,
		.input = (uintptr_t)memory,
		.output = (uintptr_t)memory,
		.input_length = 24,
		.output_length = 24,
		.access = access,
	};
}

TEST_F(drive, access_is_what_both_the_handle_and_the_file_allow)
{
	static const struct {
		int mode;
		uint32_t access, code, status;
	} rows[] = {
		{ O_RDWR, 0, NTDVD_IOCTL_START_SESSION, NTDVD_STATUS_ACCESS_DENIED },
		{ O_RDWR, NTDVD_WRITE_ACCESS, NTDVD_IOCTL_START_SESSION,
		  NTDVD_STATUS_ACCESS_DENIED },
		{ O_RDWR, ~NTDVD_READ_ACCESS, NTDVD_IOCTL_START_SESSION,
		  NTDVD_STATUS_ACCESS_DENIED },
		{ O_RDWR, NTDVD_READ_ACCESS, NTDVD_IOCTL_START_SESSION, SUCCESS },
		{ O_RDWR, NTDVD_READ_ACCESS, NTDVD_IOCTL_SEND_KEY2,
		  NTDVD_STATUS_ACCESS_DENIED },
		{ O_RDONLY, ~0, NTDVD_IOCTL_SEND_KEY2, NTDVD_STATUS_ACCESS_DENIED },
		/* KeyLength is 0, so this is as far as it gets */
		{ O_RDWR, ~0, NTDVD_IOCTL_SEND_KEY2, NTDVD_STATUS_INVALID_PARAMETER },
	};
	struct ntdvd_device_control ctl;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = open_ntdvd(0, rows[i].mode);

		memset(&self->key, 0, sizeof(self->key));
		ctl = request_of(rows[i].code, rows[i].access, &self->key);
		ASSERT_EQ(0, ioctl(fd, NTDVD_IOC_DEVICE_CONTROL, &ctl));
		EXPECT_EQ(rows[i].status, ctl.status) { TH_LOG("row %zu", i); }
		close(fd);
	}
}

TEST_F(drive, flags_are_for_later)
{
	struct ntdvd_device_control ctl;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		ctl = request_of(NTDVD_IOCTL_START_SESSION, NTDVD_READ_ACCESS, &self->key);
		ctl.flags = 1U << bit;
		EXPECT_EQ(-1, ioctl(self->fd, NTDVD_IOC_DEVICE_CONTROL, &ctl));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(0xdeadbeef, ctl.status);
	}
	EXPECT_TRUE(nothing_was_sent());
}

TEST_F(drive, buffer_at_null_has_no_length)
{
	struct ntdvd_device_control ctl;

	ctl = request_of(NTDVD_IOCTL_START_SESSION, NTDVD_READ_ACCESS, NULL);
	ASSERT_EQ(0, ioctl(self->fd, NTDVD_IOC_DEVICE_CONTROL, &ctl));
	EXPECT_EQ(NTDVD_STATUS_BUFFER_TOO_SMALL, ctl.status);
	EXPECT_EQ(4, ctl.information);
	ctl = request_of(NTDVD_IOCTL_END_SESSION, NTDVD_READ_ACCESS, NULL);
	ASSERT_EQ(0, ioctl(self->fd, NTDVD_IOC_DEVICE_CONTROL, &ctl));
	EXPECT_EQ(NTDVD_STATUS_BUFFER_TOO_SMALL, ctl.status);
	EXPECT_EQ(0, ctl.information);
	EXPECT_TRUE(nothing_was_sent());
}

TEST_F(drive, unknown_ioctl_is_not_a_tty)
{
	EXPECT_EQ(-1, ioctl(self->fd, NTDVD_IOC_DEVICE_CONTROL + 1, &self->key));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, DVD_AUTH, &self->key));
	EXPECT_EQ(ENOTTY, errno);
}

/* The bad-input table: what is refused, with what, and without a command. */
#define LONG_OUTPUT 4096
#define START	NTDVD_IOCTL_START_SESSION
#define READ	NTDVD_IOCTL_READ_KEY
#define SEND	NTDVD_IOCTL_SEND_KEY
#define SEND2	NTDVD_IOCTL_SEND_KEY2
#define END	NTDVD_IOCTL_END_SESSION
#define REGION	NTDVD_IOCTL_GET_REGION
#define SMALL	NTDVD_STATUS_BUFFER_TOO_SMALL
#define INVALID	NTDVD_STATUS_INVALID_PARAMETER
#define NO_SUCH_REQUEST NTDVD_STATUS_INVALID_DEVICE_REQUEST
#define DENIED	NTDVD_STATUS_ACCESS_DENIED
#define NOT_OWNED NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED

#define NOBODYS	3	/* an AGID that nobody has started */

static const struct refusal {
	const char *what;
	int mode;
	uint32_t code, input_length, output_length;
	uint32_t key_length, session_id, key_type;
	uint32_t status, information;
} refusals[] = {
	{ "unknown code", O_RDWR, 0x00335018, 0, 0, 0, 0, 0, NO_SUCH_REQUEST, 0 },
	{ "unknown code without access", O_WRONLY, 0x00335018, 0, 0, 0, 0, 0, DENIED, 0 },
	{ "code of another device", O_RDWR, 0x0004d014, 0, 0, 0, 0, 0, NO_SUCH_REQUEST, 0 },
	{ "code with more access bits", O_RDWR, 0x0033d000, 0, 4, 0, 0, 0, NO_SUCH_REQUEST, 0 },
	{ "start without reading", O_WRONLY, START, 0, 4, 0, 0, 0, DENIED, 0 },
	{ "send key 2 without writing", O_RDONLY, SEND2, 36, 0, 36, 0, 1, DENIED, 0 },
	{ "start, no output", O_RDWR, START, 0, 0, 0, 0, 0, SMALL, 4 },
	{ "start, short output", O_RDWR, START, 0, 3, 0, 0, 0, SMALL, 4 },
	{ "region, no output", O_RDWR, REGION, 0, 0, 0, 0, 0, SMALL, 0 },
	{ "region, short output", O_RDWR, REGION, 0, 3, 0, 0, 0, SMALL, 0 },
	{ "end, no input", O_RDWR, END, 0, 0, 0, 0, 0, SMALL, 0 },
	{ "end, short input", O_RDWR, END, 3, 0, 0, 0, 0, INVALID, 0 },
	{ "end, AGID too large", O_RDWR, END, 4, 0, 4, 0, 0, INVALID, 0 },
	{ "end, AGID far too large", O_RDWR, END, 4, 0, 0xfffffffe, 0, 0, INVALID, 0 },
	{ "read, no input", O_RDWR, READ, 0, 36, 0, 0, 1, SMALL, 0 },
	{ "read, short input", O_RDWR, READ, 23, 36, 0, 0, 1, INVALID, 0 },
	{ "read, no output", O_RDWR, READ, 24, 0, 0, 0, 1, SMALL, 36 },
	{ "read challenge, short output", O_RDWR, READ, 24, 35, 0, 0, 1, SMALL, 36 },
	{ "read bus key 1, short output", O_RDWR, READ, 24, 31, 0, 0, 2, SMALL, 32 },
	{ "read bus key 2, short output", O_RDWR, READ, 24, 31, 0, 0, 3, SMALL, 32 },
	{ "read title key, short output", O_RDWR, READ, 24, 31, 0, 0, 4, SMALL, 32 },
	{ "read ASF, short output", O_RDWR, READ, 24, 27, 0, 0, 5, SMALL, 28 },
	{ "read RPC, short output", O_RDWR, READ, 24, 27, 0, 0, 8, SMALL, 28 },
	{ "read set RPC, short output", O_RDWR, READ, 24, 23, 0, 0, 6, SMALL, 24 },
	{ "read disk key, short output", O_RDWR, READ, 24, 2071, 0, 0, 0x80, SMALL, 2072 },
	{ "read invalidate, short output", O_RDWR, READ, 24, 23, 0, 0, 0x3f, SMALL, 24 },
	{ "read unknown type, short output", O_RDWR, READ, 24, 23, 0, 0, 7, SMALL, 24 },
	{ "read bus key 2", O_RDWR, READ, 24, LONG_OUTPUT, 0, 0, 3, NO_SUCH_REQUEST, 0 },
	{ "read set RPC", O_RDWR, READ, 24, LONG_OUTPUT, 0, 0, 6, NO_SUCH_REQUEST, 0 },
	{ "read type 0", O_RDWR, READ, 24, LONG_OUTPUT, 0, 0, 0, NO_SUCH_REQUEST, 0 },
	{ "read type 7", O_RDWR, READ, 24, LONG_OUTPUT, 0, 0, 7, NO_SUCH_REQUEST, 0 },
	{ "read type 0x41", O_RDWR, READ, 24, LONG_OUTPUT, 0, 0, 0x41, NO_SUCH_REQUEST, 0 },
	{ "read type 0x101", O_RDWR, READ, 24, LONG_OUTPUT, 0, 0, 0x101, NO_SUCH_REQUEST, 0 },
	{ "read, AGID too large", O_RDWR, READ, 24, LONG_OUTPUT, 0, 4, 1, INVALID, 0 },
	{ "read, end all as AGID", O_RDWR, READ, 24, LONG_OUTPUT, 0, 0xffffffff, 0x3f, INVALID, 0 },
	{ "read, nobody's AGID", O_RDWR, READ, 24, LONG_OUTPUT, 0, NOBODYS, 1, NOT_OWNED, 0 },
	{ "read disk key, nobody's AGID", O_RDWR, READ, 24, LONG_OUTPUT, 0, NOBODYS, 0x80,
	  NOT_OWNED, 0 },
	{ "send, no input", O_RDWR, SEND, 0, 0, 0, 0, 1, SMALL, 0 },
	{ "send, short input", O_RDWR, SEND, 23, 0, 23, 0, 1, INVALID, 0 },
	{ "send, key length too short", O_RDWR, SEND, 36, 0, 35, 0, 1, INVALID, 0 },
	{ "send, key length too long", O_RDWR, SEND, 36, 0, 37, 0, 1, INVALID, 0 },
	{ "send challenge, short data", O_RDWR, SEND, 35, 0, 35, 0, 1, INVALID, 0 },
	{ "send challenge, long data", O_RDWR, SEND, 37, 0, 37, 0, 1, INVALID, 0 },
	{ "send bus key 2, no data", O_RDWR, SEND, 24, 0, 24, 0, 3, INVALID, 0 },
	{ "send bus key 1", O_RDWR, SEND, 32, 0, 32, 0, 2, INVALID, 0 },
	{ "send title key", O_RDWR, SEND, 32, 0, 32, 0, 4, INVALID, 0 },
	{ "send ASF", O_RDWR, SEND, 28, 0, 28, 0, 5, INVALID, 0 },
	{ "send set RPC", O_RDWR, SEND, 28, 0, 28, 0, 6, INVALID, 0 },
	{ "send get RPC", O_RDWR, SEND, 28, 0, 28, 0, 8, INVALID, 0 },
	{ "send disk key", O_RDWR, SEND, 2072, 0, 2072, 0, 0x80, INVALID, 0 },
	{ "send type 0", O_RDWR, SEND, 24, 0, 24, 0, 0, INVALID, 0 },
	{ "send, AGID too large", O_RDWR, SEND, 36, 0, 36, 4, 1, INVALID, 0 },
	{ "send, nobody's AGID", O_RDWR, SEND, 36, 0, 36, NOBODYS, 1, NOT_OWNED, 0 },
	{ "send 2, short input", O_RDWR, SEND2, 23, 0, 23, 0, 1, INVALID, 0 },
	{ "send 2 bus key 1", O_RDWR, SEND2, 32, 0, 32, 0, 2, NO_SUCH_REQUEST, 0 },
	{ "send 2 title key", O_RDWR, SEND2, 32, 0, 32, 0, 4, NO_SUCH_REQUEST, 0 },
	{ "send 2 ASF", O_RDWR, SEND2, 28, 0, 28, 0, 5, NO_SUCH_REQUEST, 0 },
	{ "send 2 get RPC", O_RDWR, SEND2, 28, 0, 28, 0, 8, NO_SUCH_REQUEST, 0 },
	{ "send 2 disk key", O_RDWR, SEND2, 2072, 0, 2072, 0, 0x80, NO_SUCH_REQUEST, 0 },
	{ "send 2 type 9", O_RDWR, SEND2, 24, 0, 24, 0, 9, INVALID, 0 },
	{ "send 2 set RPC, short data", O_RDWR, SEND2, 27, 0, 27, 0, 6, INVALID, 0 },
	{ "send 2 set RPC, long data", O_RDWR, SEND2, 29, 0, 29, 0, 6, INVALID, 0 },
	{ "send 2, nobody's AGID", O_RDWR, SEND2, 32, 0, 32, NOBODYS, 3, NOT_OWNED, 0 },
};

TEST_F(drive, bad_input_is_refused_and_nothing_sent)
{
	uint8_t output[LONG_OUTPUT];
	struct outcome got;
	char *log;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];

		fd = open_ntdvd(0, r->mode);
		ASSERT_LE(0, fd);
		self->key.key_length = htole32(r->key_length);
		self->key.session_id = htole32(r->session_id);
		self->key.key_type = htole32(r->key_type);
		memset(output, 0xa5, sizeof(output));
		got = control(fd, r->code, &self->key, r->input_length, output,
			      r->output_length);
		close(fd);

		EXPECT_EQ(0, got.error) { TH_LOG("%s", r->what); }
		EXPECT_EQ(r->status, got.status) { TH_LOG("%s", r->what); }
		EXPECT_EQ(r->information, got.information) { TH_LOG("%s", r->what); }
		EXPECT_EQ(0xa5, output[0]) { TH_LOG("%s", r->what); }
		log = drive_log(0);
		EXPECT_STREQ("", log) { TH_LOG("%s", r->what); }
		free(log);
	}
}

TEST_HARNESS_MAIN
