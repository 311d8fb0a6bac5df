// SPDX-License-Identifier: GPL-2.0-only
/* READ_STRUCTURE and SET_READ_AHEAD. */
#include <linux/string.h>

#include "fixture.h"

#define STRUCT	NTDVD_IOCTL_READ_STRUCTURE
#define NOT_OWNED NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED
#define IO_ERROR NTDVD_STATUS_IO_DEVICE_ERROR

static u32 read_structure(struct fixture *fixture, struct ntdvd_file *file, u64 offset,
			  u32 format, u32 session_id, u8 layer, u32 output_length)
{
	const struct ntdvd_read_structure input = {
		.block_byte_offset = cpu_to_le64(offset),
		.format = cpu_to_le32(format),
		.session_id = cpu_to_le32(session_id),
		.layer_number = layer,
	};

	return fixture_request(fixture, file, READING, STRUCT, &input,
			       sizeof(input), output_length);
}

struct cdb_case {
	const char *what;
	u64 offset;
	u32 format;
	u8 layer;
	u32 length;
	u8 cdb[12];
};

/* ONE owns AGID 3 of CSS. */
static const struct cdb_case cdb_cases[] = {
	{ "physical information", 0, 0x00, 0, 21, { 0xad, [9] = 21 } },
	{ "layer 1", 0, 0x00, 1, 21, { 0xad, [6] = 1, [9] = 21 } },
	{ "layer 255", 0, 0x04, 255, 2052, { 0xad, [6] = 255, 4, 8, 4 } },
	{ "address", 0x12345678ULL << 11, 0x04, 0, 4,
	  { 0xad, 0, 0x12, 0x34, 0x56, 0x78, [7] = 4, [9] = 4 } },
	{ "address beyond 32 bits", 1ULL << 43 | 7 << 11, 0x04, 0, 4,
	  { 0xad, [5] = 7, [7] = 4, [9] = 4 } },
	{ "address is signed", -1ULL, 0x04, 0, 4,
	  { 0xad, 0, 0xff, 0xff, 0xff, 0xff, [7] = 4, [9] = 4 } },
	{ "disk key has the AGID", 0, 0x02, 0, 2052, { 0xad, [7] = 2, 8, 4, 0xc0 } },
	{ "others have none", 0, 0x03, 0, 192, { 0xad, [7] = 3, 0, 192 } },
	{ "longest", 0, 0x04, 0, 65535, { 0xad, [7] = 4, 0xff, 0xff } },
	{ "list of formats", 0, 0xff, 0, 4, { 0xad, [7] = 0xff, 0, 4 } },
};

static void cdb_describe(const struct cdb_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cdb, cdb_cases, cdb_describe);

static void structure_cdb_test(struct kunit *test)
{
	const struct cdb_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	int i;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 3));
	fixture->agrees = true;
	KUNIT_EXPECT_EQ(test, 0, read_structure(fixture, ONE, c->offset, c->format, 3,
						c->layer, c->length));
	KUNIT_ASSERT_EQ(test, 1, fixture->count);
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_EQ_MSG(test, c->cdb[i], fixture->sent[0].cdb[i], "byte %d", i);
	KUNIT_EXPECT_EQ(test, c->length, fixture->sent[0].length);
	KUNIT_EXPECT_EQ(test, c->length, fixture->rq.information);
}

struct answer_case {
	const char *what;
	u32 format, output_length;
	struct fixture_answer answer;
	u32 status, information;
	u8 output[FIXTURE_BYTES];
};

static const struct answer_case answer_cases[] = {
	{ "physical information keeps its byte order", 0x00, 21,
	  { .data = { 0, 19, 7, 8, 1, 2, 3, 4, 0, 3, 0, 0, 0, 0x25, 0xff, 0xfe,
		      0, 1, 2, 3, 0x80 } },
	  0, 21, { 19, 0, 7, 8, 1, 2, 3, 4, 0, 3, 0, 0, 0, 0x25, 0xff, 0xfe,
		   0, 1, 2, 3, 0x80 } },
	{ "other formats are left alone", 0x04, 12,
	  { .data = { 8, 2, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 } },
	  0, 12, { 2, 8, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ "drive has less", 0x01, 100, { .data = { 0, 6, 0, 0, 1, 0xfe } },
	  0, 8, { 6, 0, 0, 0, 1, 0xfe } },
	{ "less was transferred", 0x01, 100, { .length = 6, .data = { 0, 6, 0, 0, 1, 0xfe } },
	  0, 6, { 6, 0, 0, 0, 1, 0xfe } },
	{ "header alone", 0x01, 100, { .data = { 0, 2 } }, 0, 4, { 2 } },
	{ "length field of 1", 0x01, 100, { .data = { 0, 1 } }, IO_ERROR },
	{ "length field of 0", 0x01, 100, {}, IO_ERROR },
	{ "three bytes", 0x01, 100, { .length = 3, .data = { 0, 6 } }, IO_ERROR },
	{ "nothing", 0x01, 100, { .nothing = true }, IO_ERROR },
	{ "no disc", 0x01, 100, { .sense = DRIVE_NOT_PRESENT }, NTDVD_STATUS_NO_MEDIA_IN_DEVICE },
};

static void answer_describe(const struct answer_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, answer_describe);

static void structure_answer_test(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	u32 i;

	fixture->answers[0] = c->answer;
	KUNIT_EXPECT_EQ(test, c->status,
			read_structure(fixture, ONE, 0, c->format, 0, 0,
				       c->output_length));
	KUNIT_ASSERT_EQ(test, c->information, fixture->rq.information);
	for (i = 0; i < c->information; i++)
		KUNIT_EXPECT_EQ_MSG(test, c->output[i], fixture_output(fixture)[i], "byte %u", i);
}

struct secret_case {
	const char *what;
	u32 format;
	u32 refusal;	/* 0 for none */
	enum ntdvd_key_class class;
};

static const struct secret_case secret_cases[] = {
	{ "05 is no secret", 0x05, 0 },
	{ "06 is for AGID 0 of CSS", 0x06, NOT_OWNED, NTDVD_CSS },
	{ "07 is for AGID 0 of CSS", 0x07, NOT_OWNED, NTDVD_CSS },
	{ "08 is no secret", 0x08, 0 },
	{ "7f is no secret", 0x7f, 0 },
	{ "80 is for AGID 0 of AACS", 0x80, NTDVD_STATUS_INVALID_PARAMETER, NTDVD_AACS },
	{ "81 is for AGID 0 of AACS", 0x81, NTDVD_STATUS_INVALID_PARAMETER, NTDVD_AACS },
	{ "82 is for AGID 0 of AACS", 0x82, NTDVD_STATUS_INVALID_PARAMETER, NTDVD_AACS },
	{ "83 is no secret", 0x83, 0 },
	{ "84 is for AGID 0 of AACS", 0x84, NTDVD_STATUS_INVALID_PARAMETER, NTDVD_AACS },
	{ "85 is no secret", 0x85, 0 },
};

static void secret_describe(const struct secret_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(secret, secret_cases, secret_describe);

/* They would go out with AGID 0, whoever holds that. */
static void structure_secret_test(struct kunit *test)
{
	const struct secret_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	enum ntdvd_key_class wrong = c->class == NTDVD_CSS ? NTDVD_AACS : NTDVD_CSS;

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, OTHER, 0, c->class));
	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, 1, c->class));
	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, 0, wrong));
	fixture->agrees = true;
	KUNIT_EXPECT_EQ(test, c->refusal,
			read_structure(fixture, ONE, 0, c->format, 1, 0, 36));
	KUNIT_EXPECT_EQ(test, c->refusal ? 0 : 1, fixture->count);
	KUNIT_EXPECT_EQ(test, 0,
			read_structure(fixture, OTHER, 0, c->format, 1, 0, 36));
}

/* A disc change ends the session that a format needs, others go out again. */
static void structure_new_disc_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture->answers[0].sense = DRIVE_SENSE(6, 0x28, 0);
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_VERIFY_REQUIRED,
			read_structure(fixture, ONE, 0, 0x06, 0, 0, 36));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);

	fixture->answered = 0;
	fixture->answers[1].data[1] = 6;
	KUNIT_EXPECT_EQ(test, 0, read_structure(fixture, ONE, 0, 0x01, 0, 0, 36));
	KUNIT_EXPECT_EQ(test, 3, fixture->count);
}

/* A host that cannot transfer as much at once */
static void structure_short_transfer_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->queue->limits.max_hw_sectors = 64;
	fixture->agrees = true;
	KUNIT_EXPECT_EQ(test, 0, read_structure(fixture, ONE, 0, 0x01, 0, 0, 32768));
	KUNIT_EXPECT_EQ(test, 0, read_structure(fixture, ONE, 0, 0x01, 0, 0, 40000));
	KUNIT_EXPECT_EQ(test, 32768, fixture->sent[0].length);
	KUNIT_EXPECT_EQ(test, 32768, fixture->sent[1].length);
	KUNIT_EXPECT_EQ(test, 0x80, fixture->sent[1].cdb[8]);
	KUNIT_EXPECT_EQ(test, 0, fixture->sent[1].cdb[9]);
}

static void structure_other_drive_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->not_dvd = true;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INVALID_DEVICE_REQUEST,
			read_structure(fixture, ONE, 0, 0x01, 0, 0, 36));
	/* the contents come before the kind of drive */
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INVALID_PARAMETER,
			read_structure(fixture, ONE, 0, 0x100, 0, 0, 36));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
}

static void read_ahead_test(struct kunit *test)
{
	static const u32 codes[] = {
		NTDVD_IOCTL_SET_READ_AHEAD, NTDVD_IOCTL_STORAGE_SET_READ_AHEAD,
	};
	static const u8 cdb[12] = { 0xa7, 0, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 5 };
	const struct ntdvd_set_read_ahead input = {
		.trigger_address = cpu_to_le64(0x11223344ULL << 11),
		.target_address = cpu_to_le64((5 << 11) + 2047),
	};
	struct fixture *fixture = test->priv;
	int i;

	/* on any drive, which is not even asked */
	fixture->not_dvd = true;
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		fixture->count = 0;
		KUNIT_EXPECT_EQ(test, 0,
				fixture_request(fixture, ONE, READING, codes[i],
						&input, sizeof(input), 0));
		KUNIT_ASSERT_EQ(test, 1, fixture->count);
		KUNIT_EXPECT_EQ(test, 0, memcmp(cdb, fixture->sent[0].cdb, 12));
		KUNIT_EXPECT_EQ(test, 0, fixture->sent[0].length);
		KUNIT_EXPECT_EQ(test, 0, fixture->rq.information);
	}
	KUNIT_EXPECT_EQ(test, 0, fixture->configured);
}

static struct kunit_case disc_tests[] = {
	KUNIT_CASE_PARAM(structure_cdb_test, cdb_gen_params),
	KUNIT_CASE_PARAM(structure_answer_test, answer_gen_params),
	KUNIT_CASE_PARAM(structure_secret_test, secret_gen_params),
	KUNIT_CASE(structure_new_disc_test),
	KUNIT_CASE(structure_short_transfer_test),
	KUNIT_CASE(structure_other_drive_test),
	KUNIT_CASE(read_ahead_test),
	{ }
};

struct kunit_suite ntdvd_disc_suite = {
	.name = "ntdvd_disc",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = disc_tests,
};
