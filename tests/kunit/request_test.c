// SPDX-License-Identifier: GPL-2.0-only
/* The rules of validation, the CDBs and the outputs, as the contract has them. */
#include <linux/module.h>
#include <linux/string.h>

#include "fixture.h"

#define START	NTDVD_IOCTL_START_SESSION
#define READ_KEY NTDVD_IOCTL_READ_KEY
#define SEND	NTDVD_IOCTL_SEND_KEY
#define SEND2	NTDVD_IOCTL_SEND_KEY2
#define END	NTDVD_IOCTL_END_SESSION
#define REGION	NTDVD_IOCTL_GET_REGION
#define STRUCT	NTDVD_IOCTL_READ_STRUCTURE
#define AHEAD	NTDVD_IOCTL_SET_READ_AHEAD
#define AHEAD2	NTDVD_IOCTL_STORAGE_SET_READ_AHEAD
#define A(code)	NTDVD_IOCTL_AACS_##code
#define NONCE	A(READ_BINDING_NONCE)

#define SUCCESS	NTDVD_STATUS_SUCCESS
#define SMALL	NTDVD_STATUS_BUFFER_TOO_SMALL
#define INVALID	NTDVD_STATUS_INVALID_PARAMETER
#define REFUSED	NTDVD_STATUS_INVALID_DEVICE_REQUEST
#define DENIED	NTDVD_STATUS_ACCESS_DENIED
#define MISMATCH NTDVD_STATUS_INFO_LENGTH_MISMATCH
#define SIZE	NTDVD_STATUS_INVALID_BUFFER_SIZE
#define NOT_OWNED NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED

struct validation_case {
	const char *what;
	u32 access, code, input_length, output_length;
	u32 words[6];	/* of the input */
	u32 status, information;
};

/*
 * ONE owns AGID 0 of both classes; the drive would say "yes" to all. The input
 * of keys is KeyLength, SessionId, KeyType; of structures two of the offset,
 * Format, SessionId; of AACS the session, or the layer, first.
 */
static const struct validation_case validation_cases[] = {
	{ "access comes before the code", WRITING, 0x00335fff & ~3, 0, 0, {}, DENIED },
	{ "unknown code", BOTH, 0x00337000, 0, 0, {}, REFUSED },
	{ "unknown code that needs no access", 0, 0x00330000, 0, 0, {}, REFUSED },
	{ "code with access bits of its own", BOTH, START | 2 << 14, 0, 4, {}, REFUSED },
	{ "START_SESSION needs reading", WRITING, START, 0, 4, {}, DENIED },
	{ "READ_KEY needs reading", WRITING, READ_KEY, 0, 0, {}, DENIED },
	{ "SEND_KEY needs reading", WRITING, SEND, 0, 0, {}, DENIED },
	{ "END_SESSION needs reading", WRITING, END, 0, 0, {}, DENIED },
	{ "GET_REGION needs reading", WRITING, REGION, 0, 0, {}, DENIED },
	{ "SEND_KEY2 needs writing", READING, SEND2, 0, 0, {}, DENIED },
	{ "SEND_KEY2 needs reading", WRITING, SEND2, 0, 0, {}, DENIED },

	{ "START_SESSION without output", READING, START, 0, 0, {}, SMALL, 4 },
	{ "START_SESSION, output of 3", READING, START, 0, 3, {}, SMALL, 4 },
	{ "START_SESSION, output of 4", READING, START, 0, 4, {}, SUCCESS, 4 },
	{ "START_SESSION, any input, long output", READING, START, 99, 99, {}, SUCCESS, 4 },

	{ "END_SESSION without input", READING, END, 0, 0, {}, SMALL },
	{ "END_SESSION, input of 3", READING, END, 3, 0, {}, INVALID },
	{ "END_SESSION, input of 4", READING, END, 4, 0, {}, SUCCESS },
	{ "END_SESSION, long input, any output", READING, END, 99, 99, {}, SUCCESS },
	{ "END_SESSION of AGID 4", READING, END, 4, 0, { 4 }, INVALID },
	{ "END_SESSION of AGID 0xfffffffe", READING, END, 4, 0, { ~1 }, INVALID },
	{ "END_SESSION of nobody's AGID", READING, END, 4, 0, { 1 }, SUCCESS },
	{ "END_SESSION of all", READING, END, 4, 0, { ~0 }, SUCCESS },

	{ "GET_REGION, output of 3", READING, REGION, 0, 3, {}, SMALL },
	{ "GET_REGION without output", READING, REGION, 0, 0, {}, SMALL },
	{ "GET_REGION, output of 4", READING, REGION, 0, 4, {}, SUCCESS, 4 },
	{ "GET_REGION, any input, long output", READING, REGION, 99, 99, {}, SUCCESS, 4 },

	{ "READ_KEY without input", READING, READ_KEY, 0, 36, { 0, 0, 1 }, SMALL },
	{ "READ_KEY, input of 23", READING, READ_KEY, 23, 0, { 0, 0, 1 }, INVALID },
	{ "READ_KEY, long input", READING, READ_KEY, 99, 28, { 0, 0, 8 }, SUCCESS, 28 },
	{ "READ_KEY, long output", READING, READ_KEY, 24, 99, { 0, 0, 8 }, SUCCESS, 28 },
	{ "READ_KEY: output before type", READING, READ_KEY, 24, 31, { 0, 4, 3 }, SMALL, 32 },
	{ "READ_KEY: type before AGID", READING, READ_KEY, 24, 32, { 0, 4, 3 }, REFUSED },
	{ "READ_KEY, AGID 4", READING, READ_KEY, 24, 36, { 0, 4, 1 }, INVALID },
	{ "READ_KEY, all AGIDs", READING, READ_KEY, 24, 36, { 0, ~0, 0x3f }, INVALID },
	{ "READ_KEY, another AGID", READING, READ_KEY, 24, 36, { 0, 3, 1 }, NOT_OWNED },
	{ "READ_KEY of RPC, any AGID", READING, READ_KEY, 24, 28, { 0, 77, 8 }, SUCCESS, 28 },

	{ "SEND_KEY without input", READING, SEND, 0, 0, { 0, 0, 1 }, SMALL },
	{ "SEND_KEY, input of 23", READING, SEND, 23, 0, { 23, 0, 1 }, INVALID },
	{ "SEND_KEY, KeyLength too long", READING, SEND, 36, 0, { 37, 0, 1 }, INVALID },
	{ "SEND_KEY, KeyLength too short", READING, SEND, 36, 0, { 24, 0, 1 }, INVALID },
	{ "SEND_KEY, short challenge", READING, SEND, 35, 0, { 35, 0, 1 }, INVALID },
	{ "SEND_KEY, long challenge", READING, SEND, 37, 0, { 37, 0, 1 }, INVALID },
	{ "SEND_KEY, right challenge", READING, SEND, 36, 0, { 36, 0, 1 }, SUCCESS },
	{ "SEND_KEY, short bus key 2", READING, SEND, 31, 0, { 31, 0, 3 }, INVALID },
	{ "SEND_KEY, AGID 4", READING, SEND, 36, 0, { 36, 4, 1 }, INVALID },
	{ "SEND_KEY, another AGID", READING, SEND, 36, 0, { 36, 2, 1 }, NOT_OWNED },
	{ "SEND_KEY of invalidation, any data", READING, SEND, 99, 0, { 99, 0, 0x3f }, SUCCESS },
	{ "SEND_KEY of invalidation of all", READING, SEND, 24, 0, { 24, ~0, 0x3f }, INVALID },
	{ "SEND_KEY2 without input", BOTH, SEND2, 0, 0, { 0, 0, 1 }, SMALL },
	{ "SEND_KEY2, input of 23", BOTH, SEND2, 23, 0, { 23, 0, 1 }, INVALID },
	{ "SEND_KEY2, KeyLength too long", BOTH, SEND2, 28, 0, { 29, 0, 6 }, INVALID },
	{ "SEND_KEY2, long region", BOTH, SEND2, 29, 0, { 29, 0, 6 }, INVALID },
	{ "SEND_KEY2 of a region, any AGID", BOTH, SEND2, 28, 0, { 28, 77, 6 }, SUCCESS },
	{ "SEND_KEY2: KeyLength before type", BOTH, SEND2, 32, 0, { 31, 0, 2 }, INVALID },

	{ "SET_READ_AHEAD needs reading", WRITING, AHEAD, 16, 0, {}, DENIED },
	{ "SET_READ_AHEAD without input", READING, AHEAD, 0, 0, {}, INVALID },
	{ "SET_READ_AHEAD, input of 15", READING, AHEAD, 15, 0, {}, INVALID },
	{ "SET_READ_AHEAD, input of 16", READING, AHEAD, 16, 0, {}, SUCCESS },
	{ "SET_READ_AHEAD, long input", READING, AHEAD, 99, 9, {}, SUCCESS },
	{ "storage SET_READ_AHEAD, input of 15", READING, AHEAD2, 15, 0, {}, INVALID },
	{ "storage SET_READ_AHEAD, input of 16", READING, AHEAD2, 16, 0, {}, SUCCESS },

	{ "READ_STRUCTURE needs reading", WRITING, STRUCT, 17, 21, {}, DENIED },
	{ "READ_STRUCTURE without input", READING, STRUCT, 0, 21, {}, INVALID },
	{ "READ_STRUCTURE, input of 16", READING, STRUCT, 16, 0, {}, INVALID },
	{ "READ_STRUCTURE, long input", READING, STRUCT, 99, 21, {}, SUCCESS, 21 },
	{ "READ_STRUCTURE, output of 3", READING, STRUCT, 17, 3, {}, SMALL, 4 },
	{ "READ_STRUCTURE: output before format", READING, STRUCT, 17, 3, { 0, 0, 256 }, SMALL, 4 },
	{ "READ_STRUCTURE, output of 4", READING, STRUCT, 17, 4, {}, SUCCESS, 4 },
	{ "READ_STRUCTURE, output of 65535", READING, STRUCT, 17, 65535, {}, SUCCESS, 65535 },
	{ "READ_STRUCTURE, output of 65536", READING, STRUCT, 17, 65536, {}, INVALID },
	{ "READ_STRUCTURE, format 256", READING, STRUCT, 17, 21, { 0, 0, 256 }, INVALID },
	{ "READ_STRUCTURE, format 255", READING, STRUCT, 17, 21, { 0, 0, 255 }, SUCCESS, 21 },
	{ "READ_STRUCTURE, any session", READING, STRUCT, 17, 21, { 0, 0, 1, 9 }, SUCCESS, 21 },
	{ "READ_STRUCTURE of the key, own", READING, STRUCT, 17, 21, { 0, 0, 2, 0 }, SUCCESS, 21 },
	{ "READ_STRUCTURE of the key, other", READING, STRUCT, 17, 21, { 0, 0, 2, 1 }, NOT_OWNED },
	{ "READ_STRUCTURE of the key, AGID 4", READING, STRUCT, 17, 21, { 0, 0, 2, 4 }, INVALID },
	{ "READ_STRUCTURE of 06, own", READING, STRUCT, 17, 21, { 0, 0, 6, 9 }, SUCCESS, 21 },
	{ "READ_STRUCTURE of 82, own", READING, STRUCT, 17, 21, { 0, 0, 0x82 }, SUCCESS, 21 },

	{ "AACS START needs reading", WRITING, A(START_SESSION), 0, 4, {}, DENIED },
	{ "AACS START, any input", READING, A(START_SESSION), 9, 4, {}, SUCCESS, 4 },
	{ "AACS START, output of 3", READING, A(START_SESSION), 0, 3, {}, SMALL, 4 },
	{ "AACS START, output of 5", READING, A(START_SESSION), 0, 5, {}, SIZE },
	{ "AACS END, no input", READING, A(END_SESSION), 0, 0, {}, SMALL },
	{ "AACS END, input of 3", READING, A(END_SESSION), 3, 0, {}, INVALID },
	{ "AACS END, input of 5", READING, A(END_SESSION), 5, 0, {}, INVALID },
	{ "AACS END, input of 4", READING, A(END_SESSION), 4, 9, {}, SUCCESS },
	{ "AACS END, AGID 4", READING, A(END_SESSION), 4, 0, { 4 }, INVALID },
	{ "AACS END, nobody's AGID", READING, A(END_SESSION), 4, 0, { 1 }, SUCCESS },
	{ "AACS END of all", READING, A(END_SESSION), 4, 0, { ~0 }, SUCCESS },
	{ "MKB size needs reading", WRITING, A(READ_MEDIA_KEY_BLOCK_SIZE), 4, 4, {}, DENIED },
	{ "MKB size, no input", READING, A(READ_MEDIA_KEY_BLOCK_SIZE), 0, 4, {}, MISMATCH },
	{ "MKB size, input of 5", READING, A(READ_MEDIA_KEY_BLOCK_SIZE), 5, 4, {}, MISMATCH },
	{ "MKB size, output of 3", READING, A(READ_MEDIA_KEY_BLOCK_SIZE), 4, 3, {}, SMALL, 4 },
	{ "MKB size, output of 5", READING, A(READ_MEDIA_KEY_BLOCK_SIZE), 4, 5, {}, SIZE },
	{ "MKB size, layer 256", READING, A(READ_MEDIA_KEY_BLOCK_SIZE), 4, 4, { 256 }, INVALID },
	{ "MKB needs reading", WRITING, A(READ_MEDIA_KEY_BLOCK), 4, 8, {}, DENIED },
	{ "MKB, input of 3", READING, A(READ_MEDIA_KEY_BLOCK), 3, 8, {}, MISMATCH },
	{ "MKB, input of 5", READING, A(READ_MEDIA_KEY_BLOCK), 5, 8, {}, MISMATCH },
	{ "MKB, output of 7", READING, A(READ_MEDIA_KEY_BLOCK), 4, 7, { 256 }, SMALL, 8 },
	{ "MKB, layer 256", READING, A(READ_MEDIA_KEY_BLOCK), 4, 8, { 256 }, INVALID },
	{ "MKB, exact", READING, A(READ_MEDIA_KEY_BLOCK), 4, 32768, { 255 }, SUCCESS, 32768 },
	{ "MKB, long output", READING, A(READ_MEDIA_KEY_BLOCK), 4, ~0, {}, SUCCESS, 32768 },
	{ "SEND_CERTIFICATE, no input", READING, A(SEND_CERTIFICATE), 0, 0, {}, MISMATCH },
	{ "SEND_CERTIFICATE, input of 115", READING, A(SEND_CERTIFICATE), 115, 0, {}, MISMATCH },
	{ "SEND_CERTIFICATE, input of 117", READING, A(SEND_CERTIFICATE), 117, 0, {}, MISMATCH },
	{ "SEND_CERTIFICATE, input of 116", READING, A(SEND_CERTIFICATE), 116, 9, {}, SUCCESS },
	{ "SEND_CERTIFICATE, AGID 4", READING, A(SEND_CERTIFICATE), 116, 0, { 4 }, INVALID },
	{ "SEND_CERTIFICATE, another AGID", READING, A(SEND_CERTIFICATE), 116, 0, { 2 }, INVALID },
	{ "SEND_CERTIFICATE, all AGIDs", READING, A(SEND_CERTIFICATE), 116, 0, { ~0 }, INVALID },
	{ "GET_CERTIFICATE, input of 3", READING, A(GET_CERTIFICATE), 3, 112, {}, MISMATCH },
	{ "GET_CERTIFICATE, input of 5", READING, A(GET_CERTIFICATE), 5, 112, {}, MISMATCH },
	{ "GET_CERTIFICATE, output of 111", READING, A(GET_CERTIFICATE), 4, 111, {}, SMALL, 112 },
	{ "GET_CERTIFICATE, output of 113", READING, A(GET_CERTIFICATE), 4, 113, {}, SIZE },
	{ "GET_CERTIFICATE, right", READING, A(GET_CERTIFICATE), 4, 112, {}, SUCCESS, 112 },
	{ "GET_CERTIFICATE, another AGID", READING, A(GET_CERTIFICATE), 4, 112, { 3 }, INVALID },
	{ "GET_CHALLENGE_KEY, output of 79", READING, A(GET_CHALLENGE_KEY), 4, 79, {}, SMALL, 80 },
	{ "GET_CHALLENGE_KEY, output of 81", READING, A(GET_CHALLENGE_KEY), 4, 81, {}, SIZE },
	{ "GET_CHALLENGE_KEY, right", READING, A(GET_CHALLENGE_KEY), 4, 80, {}, SUCCESS, 80 },
	{ "SEND_CHALLENGE_KEY, input of 83", READING, A(SEND_CHALLENGE_KEY), 83, 0, {}, MISMATCH },
	{ "SEND_CHALLENGE_KEY, input of 85", READING, A(SEND_CHALLENGE_KEY), 85, 0, {}, MISMATCH },
	{ "SEND_CHALLENGE_KEY, right", READING, A(SEND_CHALLENGE_KEY), 84, 0, {}, SUCCESS },
	{ "VOLUME_ID, output of 31", READING, A(READ_VOLUME_ID), 4, 31, {}, SMALL, 32 },
	{ "VOLUME_ID, output of 33", READING, A(READ_VOLUME_ID), 4, 33, {}, SIZE },
	{ "VOLUME_ID, right", READING, A(READ_VOLUME_ID), 4, 32, {}, SUCCESS, 32 },
	{ "SERIAL_NUMBER, output of 31", READING, A(READ_SERIAL_NUMBER), 4, 31, {}, SMALL, 32 },
	{ "SERIAL_NUMBER, right", READING, A(READ_SERIAL_NUMBER), 4, 32, {}, SUCCESS, 32 },
	{ "MEDIA_ID, input of 8", READING, A(READ_MEDIA_ID), 8, 32, {}, MISMATCH },
	{ "MEDIA_ID, right", READING, A(READ_MEDIA_ID), 4, 32, {}, SUCCESS, 32 },
	{ "READ nonce, input of 23", READING, NONCE, 23, 32, {}, MISMATCH },
	{ "READ nonce, input of 25", READING, NONCE, 25, 32, {}, MISMATCH },
	{ "READ nonce, input of 25, 256 sectors", READING, NONCE, 25, 32, { 0, 256 }, MISMATCH },
	{ "READ nonce, output of 31", READING, NONCE, 24, 31, {}, SMALL, 32 },
	{ "READ nonce, output of 33", READING, NONCE, 24, 33, {}, SIZE },
	{ "READ nonce, right", READING, NONCE, 24, 32, { 0, 255, ~0 }, SUCCESS, 32 },
	{ "READ nonce, 256 sectors", READING, NONCE, 24, 32, { 0, 256 }, INVALID },
	{ "READ nonce, LBA of 33 bits", READING, NONCE, 24, 32, { 0, 1, 0, 1 }, INVALID },
	{ "READ nonce, any handle", READING, NONCE, 24, 32, { 0, 1, 0, 0, 9, 9 }, SUCCESS, 32 },
	{ "GENERATE nonce needs writing", READING, A(GENERATE_BINDING_NONCE), 24, 32, {}, DENIED },
	{ "GENERATE nonce needs reading", WRITING, A(GENERATE_BINDING_NONCE), 24, 32, {}, DENIED },
	{ "GENERATE nonce, input of 23", BOTH, A(GENERATE_BINDING_NONCE), 23, 32, {}, MISMATCH },
	{ "GENERATE nonce, right", BOTH, A(GENERATE_BINDING_NONCE), 24, 32, {}, SUCCESS, 32 },
};

static void validation_describe(const struct validation_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(validation, validation_cases, validation_describe);

static void validation_test(struct kunit *test)
{
	const struct validation_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	u8 input[sizeof(struct ntdvd_aacs_send_certificate)] = { 0 };
	int i;

	KUNIT_ASSERT_EQ(test, SUCCESS, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, SUCCESS,
			fixture_start_class(fixture, ONE, 0, NTDVD_AACS));
	fixture->agrees = true;
	for (i = 0; i < ARRAY_SIZE(c->words); i++)
		put_unaligned_le32(c->words[i], input + 4 * i);
	KUNIT_EXPECT_EQ(test, c->status,
			fixture_request(fixture, ONE, c->access, c->code, input,
					c->input_length, c->output_length));
	KUNIT_EXPECT_EQ(test, c->information, fixture->rq.information);
	KUNIT_EXPECT_EQ(test, c->status == SUCCESS, fixture->count > 0);
}

struct key_case {
	const char *what;
	u32 type;
	u32 length;	/* of its data */
	u32 room;	/* READ_KEY: what BUFFER_TOO_SMALL asks for, less 24 */
	u32 read, send, send2;
};

static const struct key_case key_cases[] = {
	{ "DvdChallengeKey", 0x01, 12, 12, SUCCESS, SUCCESS, SUCCESS },
	{ "DvdBusKey1", 0x02, 8, 8, SUCCESS, INVALID, REFUSED },
	{ "DvdBusKey2", 0x03, 8, 8, REFUSED, SUCCESS, SUCCESS },
	{ "DvdTitleKey", 0x04, 8, 8, SUCCESS, INVALID, REFUSED },
	{ "DvdAsf", 0x05, 4, 4, SUCCESS, INVALID, REFUSED },
	{ "DvdSetRpcKey", 0x06, 4, 0, REFUSED, INVALID, SUCCESS },
	{ "DvdGetRpcKey", 0x08, 4, 4, SUCCESS, INVALID, REFUSED },
	{ "DvdInvalidateAGID", 0x3f, 0, 0, SUCCESS, SUCCESS, SUCCESS },
	{ "type 0", 0x00, 0, 0, REFUSED, INVALID, INVALID },
	{ "type 7", 0x07, 0, 0, REFUSED, INVALID, INVALID },
	{ "type 9", 0x09, 0, 0, REFUSED, INVALID, INVALID },
	{ "type 0x40", 0x40, 0, 0, REFUSED, INVALID, INVALID },
	{ "type 0x101", 0x101, 0, 0, REFUSED, INVALID, INVALID },
	{ "type 0x80000001", 0x80000001, 0, 0, REFUSED, INVALID, INVALID },
};

static void key_describe(const struct key_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(key, key_cases, key_describe);

/* Section 3: which key goes which way. */
static void key_test(struct kunit *test)
{
	const struct key_case *c = test->param_value;
	const struct {
		u32 code, status;
	} ways[] = { { READ_KEY, c->read }, { SEND, c->send }, { SEND2, c->send2 } };
	struct fixture *fixture = test->priv;
	u8 data[12] = { 0 }, input[24] = { 0 };
	int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		KUNIT_ASSERT_EQ(test, SUCCESS, fixture_start(fixture, ONE, 0));
		fixture->answers[0].data[1] = 14;
		KUNIT_EXPECT_EQ(test, ways[i].status,
				fixture_key(fixture, ONE, ways[i].code, 0, c->type,
					    ways[i].code == READ_KEY ? NULL : data,
					    ways[i].code == READ_KEY ? 0 : c->length));
		KUNIT_EXPECT_EQ(test, ways[i].status == SUCCESS, fixture->count);
	}

	put_unaligned_le32(c->type, input + 8);
	KUNIT_EXPECT_EQ(test, SMALL, fixture_request(fixture, ONE, BOTH, READ_KEY, input,
						     24, 24 + c->room - 1));
	KUNIT_EXPECT_EQ(test, 24 + c->room, fixture->rq.information);
}

struct command_case {
	const char *what;
	u32 code, type;
	u8 agid;
	u64 offset;
	u32 data_length;	/* of SEND_KEY: bytes 1, 2, 3, ... */
	u8 cdb[12];
	enum dma_data_direction direction;
	u32 length;
	u8 out[16];
};

#define IN	DMA_FROM_DEVICE
#define OUT	DMA_TO_DEVICE

static const struct command_case command_cases[] = {
	{ "DvdChallengeKey is reported", READ_KEY, 0x01, 3, 0, 0,
	  { 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0xc1 }, IN, 16 },
	{ "DvdBusKey1 is reported", READ_KEY, 0x02, 2, 0, 0,
	  { 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0x82 }, IN, 12 },
	{ "DvdTitleKey is reported, with its address", READ_KEY, 0x04, 1, 0x12345678ULL << 11, 0,
	  { 0xa4, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 12, 0x44 }, IN, 12 },
	{ "part of a block is no address", READ_KEY, 0x04, 1, 0xfff, 0,
	  { 0xa4, 0, 0, 0, 0, 1, 0, 0, 0, 12, 0x44 }, IN, 12 },
	{ "offset beyond 32 bits is cut", READ_KEY, 0x04, 1, 0x3ULL << 43 | 5 << 11, 0,
	  { 0xa4, 0, 0, 0, 0, 5, 0, 0, 0, 12, 0x44 }, IN, 12 },
	{ "offset is signed", READ_KEY, 0x04, 1, -1ULL, 0,
	  { 0xa4, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 12, 0x44 }, IN, 12 },
	{ "DvdAsf is reported", READ_KEY, 0x05, 1, 0, 0,
	  { 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x45 }, IN, 8 },
	{ "DvdGetRpcKey is reported without AGID", READ_KEY, 0x08, 1, 0, 0,
	  { 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x08 }, IN, 8 },
	{ "DvdDiskKey is a disc structure", READ_KEY, 0x80, 1, 0, 0,
	  { 0xad, 0, 0, 0, 0, 0, 0, 2, 8, 4, 0x40 }, IN, 2052 },
	{ "offset is for title keys alone", READ_KEY, 0x05, 1, -1ULL, 0,
	  { 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x45 }, IN, 8 },
	{ "DvdInvalidateAGID, read", READ_KEY, 0x3f, 1, 0, 0,
	  { 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f }, IN, 0 },
	{ "DvdInvalidateAGID, sent", SEND, 0x3f, 2, 0, 0,
	  { 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbf }, IN, 0 },
	{ "DvdChallengeKey is sent", SEND, 0x01, 3, 0, 12,
	  { 0xa3, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0xc1 }, OUT, 16,
	  { 0, 14, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } },
	{ "DvdBusKey2 is sent", SEND, 0x03, 1, 0, 8,
	  { 0xa3, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0x43 }, OUT, 12,
	  { 0, 10, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ "DvdBusKey2 is sent by SEND_KEY2", SEND2, 0x03, 1, 0, 8,
	  { 0xa3, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0x43 }, OUT, 12,
	  { 0, 10, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ "DvdSetRpcKey is sent without AGID", SEND2, 0x06, 1, 0, 4,
	  { 0xa3, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x06 }, OUT, 8,
	  { 0, 6, 0, 0, 1, 2, 3, 4 } },
};

static void command_describe(const struct command_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(command, command_cases, command_describe);

static void command_test(struct kunit *test)
{
	const struct command_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	struct fixture_command *sent = fixture->sent;
	u8 input[NTDVD_KEY_SIZE] = { 0 };
	int i;

	KUNIT_ASSERT_EQ(test, SUCCESS, fixture_start(fixture, ONE, c->agid));
	put_unaligned_le32(24 + c->data_length, input);
	put_unaligned_le32(c->agid, input + 4);
	put_unaligned_le32(c->type, input + 8);
	put_unaligned_le64(c->offset, input + 16);
	for (i = 0; i < c->data_length; i++)
		input[24 + i] = i + 1;
	fixture_request(fixture, ONE, BOTH, c->code, input, 24 + c->data_length, 2072);

	KUNIT_ASSERT_EQ(test, 1, fixture->count);
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_EQ_MSG(test, c->cdb[i], sent->cdb[i], "byte %d", i);
	KUNIT_EXPECT_EQ(test, c->direction, sent->direction);
	KUNIT_EXPECT_EQ(test, c->length, sent->length);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ_MSG(test, c->out[i], sent->out[i], "data-out %d", i);
}

static void session_commands_test(struct kunit *test)
{
	static const u8 cdb[12] = { 0xa4, [9] = 8 };
	static const u8 end[12] = { 0xa4, [10] = 0xbf };
	struct fixture *fixture = test->priv;
	__le32 agid = cpu_to_le32(2);

	fixture->answers[0] = (struct fixture_answer) { .data = { 0, 6, [7] = 0xbf } };
	KUNIT_EXPECT_EQ(test, SUCCESS,
			fixture_request(fixture, ONE, READING, START, NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, 2, get_unaligned_le32(fixture_output(fixture)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(cdb, fixture->sent[0].cdb, 12));
	KUNIT_EXPECT_EQ(test, SUCCESS,
			fixture_request(fixture, ONE, READING, END, &agid, 4, 0));
	KUNIT_EXPECT_EQ(test, 0, memcmp(end, fixture->sent[1].cdb, 12));
	KUNIT_EXPECT_EQ(test, 2, fixture->count);
}

struct output_case {
	const char *what;
	u32 type;
	struct fixture_answer answer;
	u32 status, length;	/* of the data */
	u32 flags;		/* were 7 in the input */
	u8 data[12];
};

static const struct output_case output_cases[] = {
	{ "whole challenge", 0x01,
	  { .data = { 0, 14, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } },
	  SUCCESS, 12, 7, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } },
	{ "length field says less", 0x01, { .data = { 0, 5, 0, 0, 1, 2, 3, 4, 5 } },
	  SUCCESS, 3, 7, { 1, 2, 3 } },
	{ "length field says more", 0x02,
	  { .data = { 0xff, 0xff, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 } },
	  SUCCESS, 8, 7, { 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ "less was transferred", 0x02, { .length = 7, .data = { 0, 10, 0, 0, 1, 2, 3, 4 } },
	  SUCCESS, 3, 7, { 1, 2, 3 } },
	{ "header alone", 0x02, { .length = 4, .data = { 0, 10 } }, SUCCESS, 0, 7 },
	{ "length field of 2", 0x02, { .data = { 0, 2 } }, SUCCESS, 0, 7 },
	{ "length field of 1", 0x02, { .data = { 0, 1 } }, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "length field of 0", 0x02, {}, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "three bytes", 0x02, { .length = 3, .data = { 0, 10 } }, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "nothing", 0x02, { .nothing = true }, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "title key has flags in front", 0x04,
	  { .data = { 0, 10, 0, 0, 0xb3, 1, 2, 3, 4, 5, 6, 7 } },
	  SUCCESS, 8, 0xb3, { 1, 2, 3, 4, 5, 6, 7, 0 } },
	{ "short title key", 0x04, { .length = 7, .data = { 0, 10, 0, 0, 0xb3, 1, 2 } },
	  SUCCESS, 3, 0xb3, { 1, 2, 0 } },
	{ "title key of flags alone", 0x04, { .data = { 0, 3, 0, 0, 0xb3 } },
	  SUCCESS, 1, 0xb3, { 0 } },
	{ "title key without data", 0x04, { .data = { 0, 2, 0, 0, 0xb3 } }, SUCCESS, 0, 7 },
	{ "ASF", 0x05, { .data = { 0, 6, 0, 0, 0, 0, 0, 1 } }, SUCCESS, 4, 7, { 0, 0, 0, 1 } },
	{ "RPC state", 0x08, { .data = { 0, 6, 0, 0, 0x65, 0xfe, 1, 0 } },
	  SUCCESS, 4, 7, { 0x65, 0xfe, 1, 0 } },
};

static void output_describe(const struct output_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(output, output_cases, output_describe);

static void output_test(struct kunit *test)
{
	const struct output_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	u8 input[24] = { 0xaa, 0xaa, 0xaa, 0xaa, 1, [12] = 7, [17] = 0x88 };
	const u8 *output;
	int i;

	KUNIT_ASSERT_EQ(test, SUCCESS, fixture_start(fixture, ONE, 1));
	input[8] = c->type;
	fixture->answers[0] = c->answer;
	KUNIT_ASSERT_EQ(test, c->status,
			fixture_request(fixture, ONE, READING, READ_KEY, input, 24, 36));
	if (c->status) {
		KUNIT_EXPECT_EQ(test, 0, fixture->rq.information);
		return;
	}
	output = fixture_output(fixture);
	KUNIT_EXPECT_EQ(test, 24 + c->length, fixture->rq.information);
	KUNIT_EXPECT_EQ(test, 24 + c->length, get_unaligned_le32(output));
	KUNIT_EXPECT_EQ(test, 1, get_unaligned_le32(output + 4));
	KUNIT_EXPECT_EQ(test, c->type, get_unaligned_le32(output + 8));
	KUNIT_EXPECT_EQ(test, c->flags, get_unaligned_le32(output + 12));
	KUNIT_EXPECT_EQ(test, 0x8800, get_unaligned_le64(output + 16));
	for (i = 0; i < c->length; i++)
		KUNIT_EXPECT_EQ_MSG(test, c->data[i], output[24 + i], "data %d", i);
}

static void disk_key_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, SUCCESS, fixture_start(fixture, ONE, 0));
	fixture->answers[0] = (struct fixture_answer) { .data = { 8, 2, 0, 0, 0x11, 0x22 } };
	KUNIT_EXPECT_EQ(test, SUCCESS, fixture_key(fixture, ONE, READ_KEY, 0, 0x80, NULL, 0));
	KUNIT_EXPECT_EQ(test, 2072, fixture->rq.information);
	KUNIT_EXPECT_EQ(test, 2072, get_unaligned_le32(fixture_output(fixture)));
	KUNIT_EXPECT_EQ(test, 0x80, get_unaligned_le32(fixture_output(fixture) + 8));
	KUNIT_EXPECT_EQ(test, 0x2211, get_unaligned_le16(fixture_output(fixture) + 24));
}

static void short_disk_key_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, SUCCESS, fixture_start(fixture, ONE, 0));
	fixture->answers[0] = (struct fixture_answer) { .data = { 8, 1 } };
	fixture->answers[1] = (struct fixture_answer) { .length = 2051, .data = { 8, 2 } };
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			fixture_key(fixture, ONE, READ_KEY, 0, 0x80, NULL, 0));
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			fixture_key(fixture, ONE, READ_KEY, 0, 0x80, NULL, 0));
	KUNIT_EXPECT_EQ(test, 2, fixture->count);
}

struct region_case {
	const char *what;
	struct fixture_answer copyright, rpc;
	u32 status;
	u8 region[4];
};

static const struct region_case region_cases[] = {
	{ "region 1 of a drive that is set", { .data = { 0, 6, 0, 0, 1, 0xfe } },
	  { .data = { 0, 6, 0, 0, 0x64, 0xfe, 1 } }, SUCCESS, { 1, 0xfe, 1, 4 } },
	{ "type code 0 is no region", { .data = { 0, 6, 0, 0, 1, 0xfc } },
	  { .data = { 0, 6, 0, 0, 0x25, 0xfe, 1 } }, SUCCESS, { 1, 0xfc, 0, 5 } },
	{ "type code 3 is a region", { .data = { 0, 6, 0, 0, 0, 0 } },
	  { .data = { 0, 6, 0, 0, 0xc0, 0xbf, 1 } }, SUCCESS, { 0, 0, 0x40, 0 } },
	{ "RPC phase I", { .data = { 0, 6, 0, 0, 1, 0xfe } },
	  { .data = { 0, 6, 0, 0, 0x64, 0xfe, 0 } }, REFUSED },
	{ "short copyright", { .data = { 0, 5, 0, 0, 1, 0xfe } },
	  { .data = { 0, 6, 0, 0, 0x64, 0xfe, 1 } }, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "copyright not whole", { .length = 7, .data = { 0, 6, 0, 0, 1, 0xfe } },
	  { .data = { 0, 6, 0, 0, 0x64, 0xfe, 1 } }, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "short RPC state", { .data = { 0, 6, 0, 0, 1, 0xfe } },
	  { .data = { 0, 5, 0, 0, 0x64, 0xfe, 1 } }, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "RPC state not whole", { .data = { 0, 6, 0, 0, 1, 0xfe } },
	  { .length = 7, .data = { 0, 6, 0, 0, 0x64, 0xfe, 1 } }, NTDVD_STATUS_IO_DEVICE_ERROR },
	{ "no disc", { .sense = DRIVE_NOT_PRESENT }, {}, NTDVD_STATUS_NO_MEDIA_IN_DEVICE },
};

static void region_describe(const struct region_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(region, region_cases, region_describe);

static void region_test(struct kunit *test)
{
	static const u8 cdbs[2][12] = { { 0xad, [7] = 1, [9] = 8 },
					{ 0xa4, [9] = 8, [10] = 8 } };
	const struct region_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	int i;

	fixture->answers[0] = c->copyright;
	fixture->answers[1] = c->rpc;
	KUNIT_EXPECT_EQ(test, c->status,
			fixture_request(fixture, ONE, READING, REGION, NULL, 0, 4));
	for (i = 0; i < fixture->count; i++)
		KUNIT_EXPECT_EQ(test, 0, memcmp(cdbs[i], fixture->sent[i].cdb, 12));
	if (!c->status)
		KUNIT_EXPECT_EQ(test, 0, memcmp(c->region, fixture_output(fixture), 4));
	KUNIT_EXPECT_EQ(test, c->status ? 0 : 4, fixture->rq.information);
}

struct agid_case {
	const char *what;
	struct fixture_answer answer;
};

static const struct agid_case agid_cases[] = {
	{ "seven bytes", { .length = 7, .data = { 0, 6 } } },
	{ "length field of 0", {} },
	{ "nothing", { .nothing = true } },
};

static void agid_describe(const struct agid_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(agid, agid_cases, agid_describe);

static void short_agid_test(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	fixture->answers[0] = c->answer;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			fixture_request(fixture, ONE, READING, START, NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, 0, fixture->rq.information);
	KUNIT_EXPECT_FALSE(test, fixture_owns(fixture, ONE, NTDVD_CSS, 0));
}

/* Firmware is careless with the length field. */
static void odd_agid_length_test(struct kunit *test)
{
	static const u16 lengths[] = { 1, 5, 7, 0xffff };
	struct fixture *fixture = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		fixture->answered = 0;
		fixture->answers[0] = (struct fixture_answer) { .data = { [7] = 0x80 } };
		put_unaligned_be16(lengths[i], fixture->answers[0].data);
		KUNIT_EXPECT_EQ(test, SUCCESS,
				fixture_request(fixture, ONE, READING, START, NULL, 0, 4));
		KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, ONE, NTDVD_CSS, 2));
	}
}

/* An AGID that came with a length field of 0, unless it is known to be somebody's */
static void agid_is_given_back_test(struct kunit *test)
{
	static const u8 end[12] = { 0xa4, [10] = 0xbf };
	struct fixture *fixture = test->priv;

	fixture->answers[0].data[7] = 0x80;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			fixture_request(fixture, ONE, READING, START, NULL, 0, 4));
	KUNIT_ASSERT_EQ(test, 2, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, memcmp(end, fixture->sent[1].cdb, 12));

	KUNIT_ASSERT_EQ(test, SUCCESS, fixture_start(fixture, OTHER, 2));
	fixture->answers[0].data[7] = 0x80;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			fixture_request(fixture, ONE, READING, START, NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, OTHER, NTDVD_CSS, 2));
}

static void other_drive_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	__le32 agid = 0;

	fixture->not_dvd = true;
	KUNIT_EXPECT_EQ(test, REFUSED,
			fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, REFUSED,
			fixture_key(fixture, ONE, READ_KEY, 0, NTDVD_KEY_GET_RPC, NULL, 0));
	KUNIT_EXPECT_EQ(test, REFUSED,
			fixture_key(fixture, ONE, SEND, 0, NTDVD_KEY_CHALLENGE, NULL, 12));
	KUNIT_EXPECT_EQ(test, REFUSED,
			fixture_key(fixture, ONE, SEND2, 0, NTDVD_KEY_SET_RPC, NULL, 4));
	/* the kind of drive before the length */
	KUNIT_EXPECT_EQ(test, REFUSED,
			fixture_request(fixture, ONE, BOTH, REGION, NULL, 0, 0));
	/* and after it */
	KUNIT_EXPECT_EQ(test, SMALL,
			fixture_request(fixture, ONE, BOTH, START, NULL, 0, 0));
	/* END_SESSION does not ask */
	KUNIT_EXPECT_EQ(test, 5, fixture->configured);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, SUCCESS,
			fixture_request(fixture, ONE, BOTH, END, &agid, 4, 0));
	KUNIT_EXPECT_EQ(test, 5, fixture->configured);
	/* a "no" is not kept */
	fixture->not_dvd = false;
	fixture->answers[0].data[1] = 6;
	fixture->answered = 0;
	KUNIT_EXPECT_EQ(test, SUCCESS,
			fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
}

struct capabilities_case {
	const char *what;
	struct fixture_answer configuration, page;
	u32 status;
	int sent;
};

#define OLD	{ .sense = DRIVE_INVALID_OPCODE }

/* Of drives without GET CONFIGURATION or features: MODE SENSE, page 0x2a */
static const struct capabilities_case capabilities_cases[] = {
	{ "reads DVD-ROM", OLD, { .data = { [8] = 0x2a, 20, 0x08 } }, SUCCESS, 3 },
	{ "reads DVD-R", OLD, { .data = { [8] = 0xaa, 20, 0x10 } }, SUCCESS, 3 },
	{ "reads CDs", OLD, { .data = { [8] = 0x2a, 20, 0xe7 } }, REFUSED, 2 },
	{ "another page", OLD, { .data = { [8] = 0x2b, 20, 0x08 } }, REFUSED, 2 },
	{ "page behind a block descriptor", OLD,
	  { .data = { [7] = 8, [16] = 0x2a, 20, 0x08 } }, SUCCESS, 3 },
	{ "page beyond the answer", OLD, { .data = { [6] = 0xff, 0xff } }, REFUSED, 2 },
	{ "page cut off", OLD, { .length = 10, .data = { [8] = 0x2a, 20, 0x08 } }, REFUSED, 2 },
	{ "no such page", OLD, { .sense = DRIVE_SENSE(5, 0x24, 0) }, REFUSED, 2 },
	{ "no features, reads DVDs", { .data = { [3] = 4 } },
	  { .data = { [8] = 0x2a, 20, 0x08 } }, SUCCESS, 3 },
	{ "no features, reads CDs", { .data = { [3] = 4 } }, {}, REFUSED, 2 },
	{ "bad CDB is no answer", { .sense = DRIVE_SENSE(5, 0x24, 0) }, {}, REFUSED, 1 },
};

static void capabilities_describe(const struct capabilities_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(capabilities, capabilities_cases, capabilities_describe);

static void capabilities_test(struct kunit *test)
{
	const struct capabilities_case *c = test->param_value;
	static const u8 cdb[12] = { 0x5a, 0, 0x2a, [8] = 64 };
	struct fixture *fixture = test->priv;

	fixture->all_scripted = true;
	fixture->answers[0] = c->configuration;
	fixture->answers[1] = c->page;
	fixture->answers[2].data[1] = 6;
	KUNIT_EXPECT_EQ(test, c->status,
			fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
	KUNIT_ASSERT_EQ(test, c->sent, fixture->count);
	if (c->sent > 1)
		KUNIT_EXPECT_EQ(test, 0, memcmp(cdb, fixture->sent[1].cdb, 12));
	/* A "yes" is kept, and a "no" is not. */
	fixture->count = 0;
	fixture->answered = 0;
	if (!c->status) {
		fixture->answers[0] = fixture->answers[2];
		KUNIT_EXPECT_EQ(test, SUCCESS,
				fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
		KUNIT_EXPECT_EQ(test, 1, fixture->count);
	} else {
		KUNIT_EXPECT_EQ(test, REFUSED,
				fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
		KUNIT_EXPECT_EQ(test, c->sent, fixture->count);
	}
}

static void silent_drive_test(struct kunit *test)
{
	static const u8 cdb[12] = { 0x46, 0, 0, 0x1f, [7] = 4 };
	struct fixture *fixture = test->priv;

	fixture->all_scripted = true;
	fixture->answers[0].result = 0x00070000;	/* DID_ERROR */
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, 0, memcmp(cdb, fixture->sent[0].cdb, 12));
	fixture->all_scripted = false;
	fixture->answers[1] = (struct fixture_answer) { .data = { 0, 6 } };
	fixture->answers[2] = fixture->answers[1];
	KUNIT_EXPECT_EQ(test, SUCCESS,
			fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, SUCCESS,
			fixture_request(fixture, ONE, BOTH, START, NULL, 0, 4));
	KUNIT_EXPECT_EQ(test, 1, fixture->configured);
}

static struct kunit_case request_tests[] = {
	KUNIT_CASE_PARAM(validation_test, validation_gen_params),
	KUNIT_CASE_PARAM(key_test, key_gen_params),
	KUNIT_CASE_PARAM(command_test, command_gen_params),
	KUNIT_CASE(session_commands_test),
	KUNIT_CASE_PARAM(output_test, output_gen_params),
	KUNIT_CASE(disk_key_test),
	KUNIT_CASE(short_disk_key_test),
	KUNIT_CASE_PARAM(region_test, region_gen_params),
	KUNIT_CASE_PARAM(short_agid_test, agid_gen_params),
	KUNIT_CASE(odd_agid_length_test),
	KUNIT_CASE(agid_is_given_back_test),
	KUNIT_CASE(other_drive_test),
	KUNIT_CASE_PARAM(capabilities_test, capabilities_gen_params),
	KUNIT_CASE(silent_drive_test),
	{ }
};

static struct kunit_suite ntdvd_request_suite = {
	.name = "ntdvd_request",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = request_tests,
};

kunit_test_suites(&ntdvd_request_suite, &ntdvd_status_suite,
		  &ntdvd_session_suite, &ntdvd_agids_suite, &ntdvd_disc_suite,
		  &ntdvd_aacs_suite, &ntdvd_any_key_suite,
		  &ntdvd_meanwhile_suite);

MODULE_DESCRIPTION("KUnit suites of ntdvd");
MODULE_LICENSE("GPL");
