// SPDX-License-Identifier: GPL-2.0-only
/*
 * Section 5 of the contract: ASC and ASCQ decide first, whatever the sense key. Each
 * row of its table with each sense key, and each ASCQ where the table names none.
 */
#include <linux/string.h>

#include "fixture.h"

#define S(status) NTDVD_STATUS_##status

struct row {
	u8 asc;
	int ascq;	/* -1: any */
	u32 status;
};

/* 04/01, 04/07 and 04/08 are sent again, see late_cases[] of status_test.c. */
static const struct row rows[] = {
	{ 0x02, 0x00, S(DEVICE_DATA_ERROR) },
	{ 0x04, 0x00, S(DEVICE_NOT_READY) },
	{ 0x04, 0x02, S(DEVICE_NOT_READY) },
	{ 0x04, 0x03, S(NO_MEDIA_IN_DEVICE) },
	{ 0x04, 0x04, S(DEVICE_NOT_READY) },
	{ 0x08, 0x03, S(IO_DEVICE_ERROR) },
	{ 0x17, -1, S(SUCCESS) },
	{ 0x18, -1, S(SUCCESS) },
	{ 0x5d, -1, S(SUCCESS) },
	{ 0x20, -1, S(INVALID_DEVICE_REQUEST) },
	{ 0x24, -1, S(INVALID_DEVICE_REQUEST) },
	{ 0x21, -1, S(NONEXISTENT_SECTOR) },
	{ 0x25, -1, S(NO_SUCH_DEVICE) },
	{ 0x28, -1, S(VERIFY_REQUIRED) },
	{ 0x30, 0x01, S(UNRECOGNIZED_MEDIA) },
	{ 0x30, 0x02, S(UNRECOGNIZED_MEDIA) },
	{ 0x57, 0x00, S(UNRECOGNIZED_MEDIA) },
	{ 0x30, 0x03, S(CLEANER_CARTRIDGE_INSTALLED) },
	{ 0x3a, -1, S(NO_MEDIA_IN_DEVICE) },
	{ 0x6f, 0x00, S(CSS_AUTHENTICATION_FAILURE) },
	{ 0x6f, 0x01, S(CSS_KEY_NOT_PRESENT) },
	{ 0x6f, 0x02, S(CSS_KEY_NOT_ESTABLISHED) },
	{ 0x6f, 0x03, S(CSS_SCRAMBLED_SECTOR) },
	{ 0x6f, 0x04, S(CSS_REGION_MISMATCH) },
	{ 0x6f, 0x05, S(CSS_RESETS_EXHAUSTED) },
	{ 0x6f, 0x06, S(COPY_PROTECTION_FAILURE) },
	{ 0x6f, 0xff, S(COPY_PROTECTION_FAILURE) },
};

static void row_describe(const struct row *row, char *what)
{
	snprintf(what, KUNIT_PARAM_DESC_SIZE, "%02x/%02x", row->asc, row->ascq & 0xff);
}

KUNIT_ARRAY_PARAM(row, rows, row_describe);

/* Of a request that any drive takes and that needs no session */
static u32 status_of(struct fixture *fixture, u8 key, u8 asc, u8 ascq)
{
	const struct ntdvd_set_read_ahead input = { };
	int i;

	fixture->answered = 0;
	fixture->count = 0;
	for (i = 0; i < FIXTURE_ANSWERS; i++)
		fixture->answers[i].sense = DRIVE_SENSE(key, asc, ascq);
	return fixture_request(fixture, ONE, READING, NTDVD_IOCTL_SET_READ_AHEAD,
			       &input, sizeof(input), 0);
}

static void any_key_test(struct kunit *test)
{
	static const u8 qualifiers[] = { 0x00, 0x01, 0x05, 0x7f, 0x80, 0xff };
	const struct row *row = test->param_value;
	struct fixture *fixture = test->priv;
	u8 key, ascq;
	int i;

	for (key = 0; key < 16; key++) {
		for (i = 0; i < ARRAY_SIZE(qualifiers); i++) {
			ascq = row->ascq < 0 ? qualifiers[i] : row->ascq;
			KUNIT_EXPECT_EQ_MSG(test, row->status,
					    status_of(fixture, key, row->asc, ascq),
					    "%x/%02x/%02x", key, row->asc, ascq);
			/* sent once, but for a medium that may have changed */
			KUNIT_EXPECT_EQ(test, row->asc == 0x28 ? 6 : 1, fixture->count);
		}
	}
}

/* Where the table has no row, the sense key decides. */
static void key_test(struct kunit *test)
{
	static const struct {
		u32 status;
		int sent;
	} by_key[16] = {
		[0] = { S(IO_DEVICE_ERROR), 1 },
		[1] = { S(SUCCESS), 1 },
		[2] = { S(DEVICE_NOT_READY), 1 },
		[3] = { S(DEVICE_DATA_ERROR), 1 },
		[4] = { S(IO_DEVICE_ERROR), 1 },
		[5] = { S(INVALID_DEVICE_REQUEST), 1 },
		[6] = { S(IO_DEVICE_ERROR), 6 },
		[7] = { S(MEDIA_WRITE_PROTECTED), 1 },
		[8] = { S(NO_DATA_DETECTED), 1 },
		[9 ... 15] = { S(IO_DEVICE_ERROR), 1 },
	};
	/* beside each code and each qualifier that the table does name */
	static const u16 unnamed[] = {
		0x0100, 0x0201, 0x0300, 0x0405, 0x0406, 0x0409, 0x0800, 0x0802,
		0x0804, 0x1600, 0x1900, 0x1f00, 0x2200, 0x2300, 0x2600, 0x2700, 0x2a00,
		0x2f00, 0x3000, 0x3004, 0x3100, 0x3900, 0x3b00, 0x5400, 0x5500, 0x5502,
		0x5600, 0x5701, 0x5800, 0x5c00, 0x5e00, 0x6e00, 0x7000, 0xff00, 0xffff,
	};
	struct fixture *fixture = test->priv;
	u8 key;
	int i;

	for (key = 0; key < 16; key++) {
		for (i = 0; i < ARRAY_SIZE(unnamed); i++) {
			KUNIT_EXPECT_EQ_MSG(test, by_key[key].status,
					    status_of(fixture, key, unnamed[i] >> 8,
						      unnamed[i] & 0xff),
					    "%x/%04x", key, unnamed[i]);
			KUNIT_EXPECT_EQ_MSG(test, by_key[key].sent, fixture->count,
					    "%x/%04x", key, unnamed[i]);
		}
	}
}

static struct kunit_case any_key_tests[] = {
	KUNIT_CASE_PARAM(any_key_test, row_gen_params),
	KUNIT_CASE(key_test),
	{ }
};

struct kunit_suite ntdvd_any_key_suite = {
	.name = "ntdvd_any_key",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = any_key_tests,
};
