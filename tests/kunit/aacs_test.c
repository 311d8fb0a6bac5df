// SPDX-License-Identifier: GPL-2.0-only
/* The requests of AACS. */
#include <linux/string.h>

#include "fixture.h"

#define A(code)	NTDVD_IOCTL_AACS_##code
#define IO_ERROR NTDVD_STATUS_IO_DEVICE_ERROR
#define PACK	32768

struct command_case {
	const char *what;
	u32 code, input_length, output_length;
	u8 cdb[12];
	enum dma_data_direction direction;
	u32 length;
	u8 list;	/* length field of its parameter list */
};

#define IN	DMA_FROM_DEVICE
#define OUT	DMA_TO_DEVICE

/*
 * ONE owns AGID 2. The input is the session (or the layer), then bytes that say
 * where they are.
 */
static const struct command_case command_cases[] = {
	{ "START_SESSION", A(START_SESSION), 0, 4,
	  { 0xa4, [7] = 2, 0, 8, 0x00 }, IN, 8 },
	{ "END_SESSION", A(END_SESSION), 4, 0, { 0xa4, [7] = 2, 0, 0, 0xbf }, IN, 0 },
	{ "SEND_CERTIFICATE", A(SEND_CERTIFICATE), 116, 0,
	  { 0xa3, [7] = 2, 0, 116, 0x81 }, OUT, 116, 114 },
	{ "GET_CERTIFICATE", A(GET_CERTIFICATE), 4, 112,
	  { 0xa4, [7] = 2, 0, 116, 0x81 }, IN, 116 },
	{ "GET_CHALLENGE_KEY", A(GET_CHALLENGE_KEY), 4, 80,
	  { 0xa4, [7] = 2, 0, 84, 0x82 }, IN, 84 },
	{ "SEND_CHALLENGE_KEY", A(SEND_CHALLENGE_KEY), 84, 0,
	  { 0xa3, [7] = 2, 0, 84, 0x82 }, OUT, 84, 82 },
	{ "READ_VOLUME_ID", A(READ_VOLUME_ID), 4, 32,
	  { 0xad, [7] = 0x80, 0, 36, 0x80 }, IN, 36 },
	{ "READ_SERIAL_NUMBER", A(READ_SERIAL_NUMBER), 4, 32,
	  { 0xad, [7] = 0x81, 0, 36, 0x80 }, IN, 36 },
	{ "READ_MEDIA_ID", A(READ_MEDIA_ID), 4, 32,
	  { 0xad, [7] = 0x82, 0, 36, 0x80 }, IN, 36 },
	{ "READ_BINDING_NONCE", A(READ_BINDING_NONCE), 24, 32,
	  { 0xa4, 0, 0x0b, 0x0a, 0x09, 0x08, 0x04, 2, 0, 36, 0xa1 }, IN, 36 },
	{ "GENERATE_BINDING_NONCE", A(GENERATE_BINDING_NONCE), 24, 32,
	  { 0xa4, 0, 0x0b, 0x0a, 0x09, 0x08, 0x04, 2, 0, 36, 0xa0 }, IN, 36 },
	{ "READ_MEDIA_KEY_BLOCK", A(READ_MEDIA_KEY_BLOCK), 4, PACK,
	  { 0xad, [6] = 2, 0x83, 0x80, 0x04 }, IN, PACK + 4 },
	{ "READ_MEDIA_KEY_BLOCK_SIZE", A(READ_MEDIA_KEY_BLOCK_SIZE), 4, 4,
	  { 0xad, [6] = 2, 0x83, 0, 4 }, IN, 4 },
};

static void command_describe(const struct command_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(command, command_cases, command_describe);

static void fill_input(u8 *input, const struct command_case *c)
{
	int i;

	memset(input, 0, sizeof(struct ntdvd_aacs_send_certificate));
	for (i = 4; i < c->input_length; i++)
		input[i] = i;
	input[0] = 2;
	/* a number of sectors, an LBA and a handle that are allowed */
	if (c->input_length == 24) {
		memset(input + 5, 0, 3);
		memset(input + 12, 0, 4);
	}
}

static void aacs_cdb_test(struct kunit *test)
{
	const struct command_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	struct fixture_command *sent = fixture->sent;
	u8 input[sizeof(struct ntdvd_aacs_send_certificate)];
	int i;

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, 2, NTDVD_AACS));
	fill_input(input, c);
	fixture->agrees = true;
	KUNIT_EXPECT_EQ(test, 0, fixture_request(fixture, ONE, BOTH, c->code, input,
						 c->input_length, c->output_length));
	KUNIT_ASSERT_EQ(test, 1, fixture->count);
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_EQ_MSG(test, c->cdb[i], sent->cdb[i], "byte %d", i);
	KUNIT_EXPECT_EQ(test, c->direction, sent->direction);
	KUNIT_EXPECT_EQ(test, c->length, sent->length);
	KUNIT_EXPECT_EQ(test, c->output_length, fixture->rq.information);
	if (c->direction == OUT) {
		KUNIT_EXPECT_EQ(test, c->list, get_unaligned_be16(sent->out));
		KUNIT_EXPECT_EQ(test, 0, get_unaligned_be16(sent->out + 2));
		for (i = 4; i < FIXTURE_BYTES; i++)
			KUNIT_EXPECT_EQ(test, i, sent->out[i]);
	}
}

struct answer_case {
	const char *what;
	u16 told;
	u32 transferred;
	u32 status;
};

/* Of GET_CHALLENGE_KEY, which wants 80 bytes */
static const struct answer_case answer_cases[] = {
	{ "exact", 82, 84, 0 },
	{ "length field is less", 81, 84, IO_ERROR },
	{ "length field is more", 83, 84, IO_ERROR },
	{ "length field of 0", 0, 84, IO_ERROR },
	{ "a byte is missing", 82, 83, IO_ERROR },
	{ "three bytes", 82, 3, IO_ERROR },
};

static void answer_describe(const struct answer_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, answer_describe);

static void aacs_answer_test(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	__le32 agid = cpu_to_le32(2);
	u8 *data = fixture->answers[0].data;
	int i;

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, 2, NTDVD_AACS));
	fixture->answers[0].length = c->transferred;
	for (i = 4; i < FIXTURE_BYTES; i++)
		data[i] = i;
	put_unaligned_be16(c->told, data);
	KUNIT_EXPECT_EQ(test, c->status,
			fixture_request(fixture, ONE, READING, A(GET_CHALLENGE_KEY),
					&agid, 4, 80));
	KUNIT_ASSERT_EQ(test, c->status ? 0 : 80, fixture->rq.information);
	if (!c->status)
		for (i = 4; i < FIXTURE_BYTES; i++)
			KUNIT_EXPECT_EQ(test, i, fixture_output(fixture)[i - 4]);
}

struct block_case {
	const char *what;
	u32 output_length;
	struct {
		u8 packs;
		u32 told;	/* bytes of data */
		u32 transferred;
	} answers[3];
	u32 status, information;
	int sent;
};

static const struct block_case block_cases[] = {
	{ "three packs", 3 * PACK, { { 3, PACK }, { 3, PACK }, { 3, 1000 } },
	  0, 2 * PACK + 1000, 3 },
	{ "exactly as long as the block", 2 * PACK + 1000,
	  { { 3, PACK }, { 3, PACK }, { 3, 1000 } }, 0, 2 * PACK + 1000, 3 },
	{ "a byte too short for it", 2 * PACK + 999,
	  { { 3, PACK }, { 3, PACK }, { 3, 1000 } },
	  NTDVD_STATUS_BUFFER_TOO_SMALL, 3 * PACK, 3 },
	{ "too short for any last pack", 2 * PACK,
	  { { 3, PACK }, { 3, PACK }, { 3, 1000 } },
	  NTDVD_STATUS_BUFFER_TOO_SMALL, 3 * PACK, 1 },
	{ "one whole pack", PACK, { { 1, PACK } }, 0, PACK, 1 },
	{ "one byte", 8, { { 1, 1 } }, 0, 1, 1 },
	{ "no packs", PACK, { { 0, PACK } }, IO_ERROR, 0, 1 },
	{ "empty last pack", 2 * PACK, { { 2, PACK }, { 2, 0 } }, IO_ERROR, 0, 2 },
	{ "long last pack", 3 * PACK, { { 2, PACK }, { 2, PACK + 1 } }, IO_ERROR, 0, 2 },
	{ "short first pack", 3 * PACK, { { 2, PACK - 1 }, { 2, 1 } }, IO_ERROR, 0, 1 },
	{ "short middle pack", 3 * PACK, { { 3, PACK }, { 3, 7 } }, IO_ERROR, 0, 2 },
	{ "number of packs changes", 4 * PACK, { { 3, PACK }, { 4, PACK } }, IO_ERROR, 0, 2 },
	{ "number of packs shrinks", 4 * PACK, { { 3, PACK }, { 2, PACK } }, IO_ERROR, 0, 2 },
	{ "pack is not transferred whole", 3 * PACK,
	  { { 2, PACK }, { 2, 1000, 1003 } }, IO_ERROR, 0, 2 },
	{ "255 packs, room for a few", 3 * PACK, { { 255, PACK } },
	  NTDVD_STATUS_BUFFER_TOO_SMALL, 255 * PACK, 1 },
};

static void block_describe(const struct block_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(block, block_cases, block_describe);

static void script_block(struct fixture *fixture, const struct block_case *c)
{
	struct fixture_answer *answer;
	int i;

	for (i = 0; i < ARRAY_SIZE(c->answers); i++) {
		answer = &fixture->answers[i];
		put_unaligned_be16(c->answers[i].told + 2, answer->data);
		answer->data[3] = c->answers[i].packs;
		answer->data[4] = i + 1;
		answer->length = c->answers[i].transferred;
	}
}

static void block_test(struct kunit *test)
{
	const struct block_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	__le32 layer = 0;
	int i;

	script_block(fixture, c);
	KUNIT_EXPECT_EQ(test, c->status,
			fixture_request(fixture, ONE, READING, A(READ_MEDIA_KEY_BLOCK),
					&layer, 4, c->output_length));
	KUNIT_EXPECT_EQ(test, c->information, fixture->rq.information);
	KUNIT_ASSERT_EQ(test, c->sent, fixture->count);
	for (i = 0; i < c->sent; i++)
		KUNIT_EXPECT_EQ(test, i, fixture->sent[i].cdb[5]);
	/* each pack is where it belongs */
	for (i = 0; !c->status && i < c->sent; i++)
		KUNIT_EXPECT_EQ(test, i + 1, fixture_output(fixture)[i * PACK]);
}

/* A unit attention in the middle: from the first pack again. */
static void block_repeated_test(struct kunit *test)
{
	static const struct block_case whole = {
		.answers = { { 2, PACK }, { 2, 5 } },
	};
	static const u8 packs[] = { 0, 1, 0, 1 };
	struct fixture *fixture = test->priv;
	__le32 layer = 0;
	int i;

	script_block(fixture, &whole);
	fixture->answers[2] = fixture->answers[0];
	fixture->answers[3] = fixture->answers[1];
	fixture->answers[1].sense = DRIVE_SENSE(6, 0x28, 0);
	KUNIT_EXPECT_EQ(test, 0, fixture_request(fixture, ONE, READING,
						 A(READ_MEDIA_KEY_BLOCK), &layer, 4,
						 2 * PACK));
	KUNIT_EXPECT_EQ(test, PACK + 5, fixture->rq.information);
	KUNIT_ASSERT_EQ(test, 4, fixture->count);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, packs[i], fixture->sent[i].cdb[5]);
}

/* What the drive says of a pack, though its answer looks well */
static void refused_pack_test(struct kunit *test)
{
	static const struct block_case whole = {
		.answers = { { 2, PACK }, { 2, 5 } },
	};
	struct fixture *fixture = test->priv;
	__le32 layer = 0;
	int pack;

	for (pack = 0; pack < 2; pack++) {
		memset(fixture->answers, 0, sizeof(fixture->answers));
		fixture->answered = 0;
		script_block(fixture, &whole);
		fixture->answers[pack].sense = DRIVE_SENSE(5, 0x6f, 1);
		KUNIT_EXPECT_EQ(test, NTDVD_STATUS_CSS_KEY_NOT_PRESENT,
				fixture_request(fixture, ONE, READING,
						A(READ_MEDIA_KEY_BLOCK), &layer, 4,
						2 * PACK));
		fixture->answered = 0;
		KUNIT_EXPECT_EQ(test, NTDVD_STATUS_CSS_KEY_NOT_PRESENT,
				fixture_request(fixture, ONE, READING,
						A(READ_MEDIA_KEY_BLOCK_SIZE), &layer, 4,
						4));
	}
}

struct size_case {
	const char *what;
	struct {
		u8 packs;
		u32 told;
	} answers[2];
	u32 status, size;
	int sent;
	u8 last;	/* number of the last pack */
};

static const struct size_case size_cases[] = {
	{ "three packs", { { 3, PACK }, { 3, 1000 } }, 0, 2 * PACK + 1000, 2, 2 },
	{ "255 packs", { { 255, PACK }, { 255, PACK } }, 0, 255 * PACK, 2, 254 },
	{ "one pack", { { 1, 77 } }, 0, 77, 1, 0 },
	{ "no packs", { { 0, 77 } }, IO_ERROR, 0, 1, 0 },
	{ "packs change", { { 3, PACK }, { 4, PACK } }, IO_ERROR, 0, 2, 2 },
	{ "empty last pack", { { 3, PACK }, { 3, 0 } }, IO_ERROR, 0, 2, 2 },
	{ "long last pack", { { 3, PACK }, { 3, PACK + 1 } }, IO_ERROR, 0, 2, 2 },
	{ "short first pack", { { 3, PACK - 1 }, { 3, 1 } }, IO_ERROR, 0, 1, 0 },
};

static void size_describe(const struct size_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(size, size_cases, size_describe);

static void block_size_test(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	__le32 layer = 0;
	int i;

	for (i = 0; i < 2; i++) {
		put_unaligned_be16(c->answers[i].told + 2, fixture->answers[i].data);
		fixture->answers[i].data[3] = c->answers[i].packs;
	}
	KUNIT_EXPECT_EQ(test, c->status,
			fixture_request(fixture, ONE, READING,
					A(READ_MEDIA_KEY_BLOCK_SIZE), &layer, 4, 4));
	KUNIT_ASSERT_EQ(test, c->sent, fixture->count);
	KUNIT_EXPECT_EQ(test, c->last, fixture->sent[c->sent - 1].cdb[5]);
	KUNIT_EXPECT_EQ(test, c->status ? 0 : 4, fixture->rq.information);
	if (!c->status)
		KUNIT_EXPECT_EQ(test, c->size, get_unaligned_le32(fixture_output(fixture)));
}

static const u32 codes[] = {
	A(READ_MEDIA_KEY_BLOCK_SIZE), A(READ_MEDIA_KEY_BLOCK), A(START_SESSION),
	A(END_SESSION), A(SEND_CERTIFICATE), A(GET_CERTIFICATE),
	A(GET_CHALLENGE_KEY), A(SEND_CHALLENGE_KEY), A(READ_VOLUME_ID),
	A(READ_SERIAL_NUMBER), A(READ_MEDIA_ID), A(READ_BINDING_NONCE),
	A(GENERATE_BINDING_NONCE),
};

/* The kind of drive comes before the lengths, which are all wrong here. */
static void other_drive_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	int i;

	fixture->not_aacs = true;
	for (i = 0; i < ARRAY_SIZE(codes); i++)
		KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INVALID_DEVICE_REQUEST,
				fixture_request(fixture, ONE, BOTH, codes[i], NULL, 0, 0));
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(codes), fixture->configured);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	/* and a drive may have AACS and no DVD */
	fixture->not_aacs = false;
	fixture->not_dvd = true;
	KUNIT_EXPECT_EQ(test, 0, fixture_start_class(fixture, ONE, 0, NTDVD_AACS));
}

/* AGIDs of the two classes have nothing to do with each other. */
static void classes_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	__le32 all = cpu_to_le32(NTDVD_END_ALL_SESSIONS);
	__le32 agid = cpu_to_le32(1);

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INVALID_PARAMETER,
			fixture_request(fixture, ONE, READING, A(GET_CERTIFICATE),
					&agid, 4, 112));
	KUNIT_EXPECT_EQ(test, 0, fixture_request(fixture, ONE, READING, A(END_SESSION),
						 &all, 4, 0));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, ONE, NTDVD_CSS, 1));

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, OTHER, 1, NTDVD_AACS));
	KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, ONE, NTDVD_CSS, 1));
	KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, OTHER, NTDVD_AACS, 1));
}

static void new_disc_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	__le32 agid = cpu_to_le32(1);

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, 1, NTDVD_AACS));
	fixture->answers[0].sense = DRIVE_SENSE(6, 0x28, 0);
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_VERIFY_REQUIRED,
			fixture_request(fixture, ONE, READING, A(READ_VOLUME_ID),
					&agid, 4, 32));
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INVALID_PARAMETER,
			fixture_request(fixture, ONE, READING, A(READ_VOLUME_ID),
					&agid, 4, 32));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
}

static void no_agid_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	int agid;

	for (agid = 0; agid < NTDVD_AGIDS; agid++)
		KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, agid,
							     NTDVD_AACS));
	fixture->answers[0].sense = DRIVE_NO_AGID;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INSUFFICIENT_RESOURCES,
			fixture_request(fixture, ONE, READING, A(START_SESSION),
					NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
}

static struct kunit_case aacs_tests[] = {
	KUNIT_CASE_PARAM(aacs_cdb_test, command_gen_params),
	KUNIT_CASE_PARAM(aacs_answer_test, answer_gen_params),
	KUNIT_CASE_PARAM(block_test, block_gen_params),
	KUNIT_CASE(block_repeated_test),
	KUNIT_CASE(refused_pack_test),
	KUNIT_CASE_PARAM(block_size_test, size_gen_params),
	KUNIT_CASE(other_drive_test),
	KUNIT_CASE(classes_test),
	KUNIT_CASE(new_disc_test),
	KUNIT_CASE(no_agid_test),
	{ }
};

struct kunit_suite ntdvd_aacs_suite = {
	.name = "ntdvd_aacs",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = aacs_tests,
};
