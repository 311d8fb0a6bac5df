// SPDX-License-Identifier: GPL-2.0-only
/* Section 5 of the contract: from the drive's answer to NTSTATUS. */
#include <linux/string.h>
#include <scsi/scsi.h>

#include "fixture.h"

#define S(status) NTDVD_STATUS_##status
#define SENSE DRIVE_SENSE
#define ALL 6	/* sent once and repeated five times */

/* The requests that the cases are about */
enum { RPC, START, BUS2, SET_RPC };

struct sense_case {
	const char *what;
	int request;
	u32 sense;
	u32 status;
	int sent;
};

static const struct sense_case sense_cases[] = {
	{ "02/00", RPC, SENSE(4, 0x02, 0), S(DEVICE_DATA_ERROR), 1 },
	{ "04/00", RPC, SENSE(2, 0x04, 0), S(DEVICE_NOT_READY), 1 },
	{ "04/02", RPC, SENSE(2, 0x04, 2), S(DEVICE_NOT_READY), 1 },
	{ "04/03", RPC, SENSE(2, 0x04, 3), S(NO_MEDIA_IN_DEVICE), 1 },
	{ "04/04", RPC, SENSE(2, 0x04, 4), S(DEVICE_NOT_READY), 1 },
	{ "04/09", RPC, SENSE(2, 0x04, 9), S(DEVICE_NOT_READY), 1 },
	{ "04/09 of hardware", RPC, SENSE(4, 0x04, 9), S(IO_DEVICE_ERROR), 1 },
	{ "04/02 of an illegal request", RPC, SENSE(5, 0x04, 2), S(DEVICE_NOT_READY), 1 },
	{ "08/03", RPC, SENSE(3, 0x08, 3), S(IO_DEVICE_ERROR), 1 },
	{ "08/00 of a medium", RPC, SENSE(3, 0x08, 0), S(DEVICE_DATA_ERROR), 1 },
	{ "17 is success", RPC, SENSE(3, 0x17, 5), 0, 1 },
	{ "18 is success", RPC, SENSE(3, 0x18, 2), 0, 1 },
	{ "5d is success", RPC, SENSE(6, 0x5d, 0xff), 0, 1 },
	{ "20", RPC, SENSE(5, 0x20, 0), S(INVALID_DEVICE_REQUEST), 1 },
	{ "20 not ready", RPC, SENSE(2, 0x20, 9), S(INVALID_DEVICE_REQUEST), 1 },
	{ "21", RPC, SENSE(5, 0x21, 0), S(NONEXISTENT_SECTOR), 1 },
	{ "24", RPC, SENSE(5, 0x24, 0), S(INVALID_DEVICE_REQUEST), 1 },
	{ "25", RPC, SENSE(5, 0x25, 0), S(NO_SUCH_DEVICE), 1 },
	{ "30/01", RPC, SENSE(5, 0x30, 1), S(UNRECOGNIZED_MEDIA), 1 },
	{ "30/02", RPC, SENSE(5, 0x30, 2), S(UNRECOGNIZED_MEDIA), 1 },
	{ "5/30/02 of DvdSetRpcKey", SET_RPC, SENSE(5, 0x30, 2), S(CSS_REGION_MISMATCH), 1 },
	{ "2/30/02 of DvdSetRpcKey", SET_RPC, SENSE(2, 0x30, 2), S(UNRECOGNIZED_MEDIA), 1 },
	{ "30/03", RPC, SENSE(2, 0x30, 3), S(CLEANER_CARTRIDGE_INSTALLED), 1 },
	{ "30/00 not ready", RPC, SENSE(2, 0x30, 0), S(DEVICE_NOT_READY), 1 },
	{ "57/00", RPC, SENSE(3, 0x57, 0), S(UNRECOGNIZED_MEDIA), 1 },
	{ "57/01 of a medium", RPC, SENSE(3, 0x57, 1), S(DEVICE_DATA_ERROR), 1 },
	{ "3a", RPC, SENSE(2, 0x3a, 0), S(NO_MEDIA_IN_DEVICE), 1 },
	{ "3a in a unit attention", RPC, SENSE(6, 0x3a, 1), S(NO_MEDIA_IN_DEVICE), 1 },
	/* and three AGIDs that nobody holds, but cannot be had back */
	{ "5/55 of START_SESSION", START, SENSE(5, 0x55, 0), S(INSUFFICIENT_RESOURCES), 4 },
	{ "4/55 of START_SESSION", START, SENSE(4, 0x55, 0), S(IO_DEVICE_ERROR), 1 },
	{ "5/55 of another request", RPC, SENSE(5, 0x55, 0), S(INVALID_DEVICE_REQUEST), 1 },
	{ "6f/00", BUS2, SENSE(5, 0x6f, 0), S(CSS_AUTHENTICATION_FAILURE), 1 },
	{ "6f/01", BUS2, SENSE(5, 0x6f, 1), S(CSS_KEY_NOT_PRESENT), 1 },
	{ "6f/02", BUS2, SENSE(5, 0x6f, 2), S(CSS_KEY_NOT_ESTABLISHED), 1 },
	{ "6f/03", RPC, SENSE(5, 0x6f, 3), S(CSS_SCRAMBLED_SECTOR), 1 },
	{ "6f/04", RPC, SENSE(5, 0x6f, 4), S(CSS_REGION_MISMATCH), 1 },
	{ "6f/05", SET_RPC, SENSE(5, 0x6f, 5), S(CSS_RESETS_EXHAUSTED), 1 },
	{ "6f/06", RPC, SENSE(5, 0x6f, 6), S(COPY_PROTECTION_FAILURE), 1 },
	{ "6f/02 whatever the key", RPC, SENSE(4, 0x6f, 2), S(CSS_KEY_NOT_ESTABLISHED), 1 },
	{ "key 0", RPC, SENSE(0, 0, 1), S(IO_DEVICE_ERROR), 1 },
	{ "key 1 is success", RPC, SENSE(1, 0x0b, 1), 0, 1 },
	{ "key 2", RPC, SENSE(2, 0, 0), S(DEVICE_NOT_READY), 1 },
	{ "key 3", RPC, SENSE(3, 0x11, 0), S(DEVICE_DATA_ERROR), 1 },
	{ "key 4", RPC, SENSE(4, 0x44, 0), S(IO_DEVICE_ERROR), 1 },
	{ "key 5", RPC, SENSE(5, 0x2c, 0), S(INVALID_DEVICE_REQUEST), 1 },
	{ "key 7", RPC, SENSE(7, 0x27, 0), S(MEDIA_WRITE_PROTECTED), 1 },
	{ "key 8", RPC, SENSE(8, 0x64, 0), S(NO_DATA_DETECTED), 1 },
	{ "key 9", RPC, SENSE(9, 0x80, 0), S(IO_DEVICE_ERROR), 1 },
	{ "key b", RPC, SENSE(0xb, 0x47, 0), S(IO_DEVICE_ERROR), 1 },

	{ "28 without a session", RPC, SENSE(6, 0x28, 0), S(VERIFY_REQUIRED), ALL },
	{ "29 without a session", RPC, SENSE(6, 0x29, 0), S(VERIFY_REQUIRED), ALL },
	{ "28 whatever the key", RPC, SENSE(2, 0x28, 1), S(VERIFY_REQUIRED), ALL },
	{ "29 is no unit attention by itself", RPC, SENSE(4, 0x29, 0), S(IO_DEVICE_ERROR), 1 },
	{ "28 of START_SESSION", START, SENSE(6, 0x28, 0), S(VERIFY_REQUIRED), ALL },
	{ "28 with a session", BUS2, SENSE(6, 0x28, 0), S(VERIFY_REQUIRED), 1 },
	{ "29 with a session", BUS2, SENSE(6, 0x29, 2), S(VERIFY_REQUIRED), 1 },
	{ "28 of DvdSetRpcKey", SET_RPC, SENSE(6, 0x28, 0), S(VERIFY_REQUIRED), 1 },
	{ "29 of DvdSetRpcKey", SET_RPC, SENSE(6, 0x29, 0), S(VERIFY_REQUIRED), 1 },
	{ "deferred sense", RPC, DEFERRED | SENSE(5, 0x24, 0), S(IO_DEVICE_ERROR), ALL },
	{ "deferred 28, with a session", BUS2, DEFERRED | SENSE(6, 0x28, 0),
	  S(IO_DEVICE_ERROR), ALL },
	{ "5a", RPC, SENSE(6, 0x5a, 1), S(DEVICE_BUSY), ALL },
	{ "5a with a session", BUS2, SENSE(6, 0x5a, 1), S(DEVICE_BUSY), ALL },
	{ "other unit attention", RPC, SENSE(6, 0x2a, 1), S(IO_DEVICE_ERROR), ALL },
	{ "other, with a session", BUS2, SENSE(6, 0x2a, 1), S(IO_DEVICE_ERROR), ALL },
	{ "other, of DvdSetRpcKey", SET_RPC, SENSE(6, 0x2a, 1), S(IO_DEVICE_ERROR), ALL },
};

static void sense_describe(const struct sense_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sense, sense_cases, sense_describe);

/* ONE owns AGID 0. */
static u32 status_of(struct fixture *fixture, int request)
{
	static const u8 data[12];

	switch (request) {
	case START:
		return fixture_request(fixture, ONE, READING,
				       NTDVD_IOCTL_START_SESSION, NULL, 0, 4);
	case BUS2:
		return fixture_key(fixture, ONE, NTDVD_IOCTL_SEND_KEY, 0,
				   NTDVD_KEY_BUS2, data, 8);
	case SET_RPC:
		return fixture_key(fixture, ONE, NTDVD_IOCTL_SEND_KEY2, 0,
				   NTDVD_KEY_SET_RPC, data, 4);
	default:
		return fixture_key(fixture, ONE, NTDVD_IOCTL_READ_KEY, 0,
				   NTDVD_KEY_GET_RPC, NULL, 0);
	}
}

static void fill_answers(struct fixture *fixture, struct fixture_answer answer)
{
	int i;

	fixture->answered = 0;
	fixture->count = 0;
	for (i = 0; i < FIXTURE_ANSWERS; i++)
		fixture->answers[i] = answer;
}

static void sense_test(struct kunit *test)
{
	const struct sense_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fill_answers(fixture, (struct fixture_answer) {
		.sense = c->sense,
		.data = { 0, 6 },
	});
	KUNIT_EXPECT_EQ(test, c->status, status_of(fixture, c->request));
	KUNIT_EXPECT_EQ(test, c->sent, fixture->count);
	KUNIT_EXPECT_EQ(test, c->status || c->request != RPC ? 0 : 28,
			fixture->rq.information);
}

/* Data of a command that recovered are as good as others. */
static void recovered_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->answers[0] = (struct fixture_answer) {
		.sense = SENSE(1, 0x17, 1),
		.data = { 0, 6, 0, 0, 0x65, 0xfe, 1 },
	};
	KUNIT_EXPECT_EQ(test, 0, status_of(fixture, RPC));
	KUNIT_EXPECT_EQ(test, 0x65, fixture_output(fixture)[24]);
}

struct late_case {
	const char *what;
	u32 sense;
	int request;
};

static const struct late_case late_cases[] = {
	{ "04/01", SENSE(2, 0x04, 1), RPC },
	{ "04/07", SENSE(2, 0x04, 7), RPC },
	{ "04/08", SENSE(2, 0x04, 8), RPC },
	{ "04/01 with a session", SENSE(2, 0x04, 1), BUS2 },
	{ "28, then well", SENSE(6, 0x28, 0), RPC },
	{ "other unit attention, then well", SENSE(6, 0x2a, 0), SET_RPC },
	{ "deferred sense, then well", DEFERRED | SENSE(3, 0x11, 0), SET_RPC },
};

static void late_describe(const struct late_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(late, late_cases, late_describe);

/* A drive that becomes ready meanwhile */
static void late_test(struct kunit *test)
{
	const struct late_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fill_answers(fixture, (struct fixture_answer) { .data = { 0, 6 } });
	fixture->answers[0].sense = c->sense;
	KUNIT_EXPECT_EQ(test, 0, status_of(fixture, c->request));
	KUNIT_EXPECT_EQ(test, 2, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, memcmp(fixture->sent[0].cdb, fixture->sent[1].cdb, 12));
}

static void never_ready_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fill_answers(fixture, (struct fixture_answer) { .sense = SENSE(2, 4, 1) });
	KUNIT_EXPECT_EQ(test, S(DEVICE_NOT_READY), status_of(fixture, START));
	KUNIT_EXPECT_EQ(test, 1 + 5, fixture->count);
}

/* Of several commands, the first is the one to begin again with. */
static void several_commands_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fill_answers(fixture, (struct fixture_answer) {
		.data = { 0, 6, 0, 0, 0, 0, 1 },
	});
	fixture->answers[1].sense = SENSE(6, 0x28, 0);
	KUNIT_EXPECT_EQ(test, 0,
			fixture_request(fixture, ONE, READING,
					NTDVD_IOCTL_GET_REGION, NULL, 0, 4));
	KUNIT_ASSERT_EQ(test, 4, fixture->count);
	KUNIT_EXPECT_EQ(test, 0xad, fixture->sent[0].cdb[0]);
	KUNIT_EXPECT_EQ(test, 0xa4, fixture->sent[1].cdb[0]);
	KUNIT_EXPECT_EQ(test, 0xad, fixture->sent[2].cdb[0]);
	KUNIT_EXPECT_EQ(test, 0xa4, fixture->sent[3].cdb[0]);
}

struct attention_case {
	const char *what;
	u32 sense;
	bool forgets;
};

static const struct attention_case attention_cases[] = {
	{ "28 ends all sessions", SENSE(6, 0x28, 0), true },
	{ "29 ends all sessions", SENSE(6, 0x29, 4), true },
	{ "2a ends none", SENSE(6, 0x2a, 1), false },
	{ "5a ends none", SENSE(6, 0x5a, 1), false },
};

static void attention_describe(const struct attention_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(attention, attention_cases, attention_describe);

static void attention_test(struct kunit *test)
{
	const struct attention_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 1));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fill_answers(fixture, (struct fixture_answer) { .data = { 0, 6 } });
	fixture->answers[0].sense = c->sense;
	KUNIT_EXPECT_EQ(test, 0, status_of(fixture, RPC));
	KUNIT_EXPECT_EQ(test, !c->forgets,
			fixture_owns(fixture, ONE, NTDVD_CSS, 0));
	KUNIT_EXPECT_EQ(test, !c->forgets,
			fixture_owns(fixture, OTHER, NTDVD_CSS, 1));
	/* so that sr drops the old disc's pages */
	KUNIT_EXPECT_EQ(test, c->forgets, (bool)fixture->sdev.changed);
}

struct result_case {
	const char *what;
	int result;
	u32 sense;
	u32 status;
};

#define HOST(byte) ((byte) << 16)

static const struct result_case result_cases[] = {
	{ "DID_TIME_OUT", HOST(DID_TIME_OUT), 0, S(IO_TIMEOUT) },
	{ "DID_ABORT", HOST(DID_ABORT), 0, S(IO_TIMEOUT) },
	{ "DID_RESET", HOST(DID_RESET), 0, S(IO_TIMEOUT) },
	{ "DID_NO_CONNECT", HOST(DID_NO_CONNECT), 0, S(DEVICE_NOT_CONNECTED) },
	{ "DID_BAD_TARGET", HOST(DID_BAD_TARGET), 0, S(NO_SUCH_DEVICE) },
	{ "DID_BUS_BUSY", HOST(DID_BUS_BUSY), 0, S(DEVICE_NOT_READY) },
	{ "DID_ERROR", HOST(DID_ERROR), 0, S(IO_DEVICE_ERROR) },
	{ "DID_PARITY", HOST(DID_PARITY), 0, S(IO_DEVICE_ERROR) },
	{ "DID_TRANSPORT_DISRUPTED", HOST(DID_TRANSPORT_DISRUPTED), 0, S(IO_DEVICE_ERROR) },
	{ "host byte comes before sense", HOST(DID_ERROR) | SAM_STAT_CHECK_CONDITION,
	  SENSE(5, 0x24, 0), S(IO_DEVICE_ERROR) },
	{ "BUSY", SAM_STAT_BUSY, 0, S(DEVICE_NOT_READY) },
	{ "TASK SET FULL", SAM_STAT_TASK_SET_FULL, 0, S(DEVICE_NOT_READY) },
	{ "RESERVATION CONFLICT", SAM_STAT_RESERVATION_CONFLICT, 0, S(DEVICE_BUSY) },
	{ "TASK ABORTED", SAM_STAT_TASK_ABORTED, 0, S(IO_DEVICE_ERROR) },
	{ "check condition without sense", SAM_STAT_CHECK_CONDITION, 0, S(IO_DEVICE_ERROR) },
	/* as 5/24/00 comes from 6.1's mid-layer */
	{ "mid-layer's byte is ignored", 0x402, SENSE(5, 0x24, 0), S(INVALID_DEVICE_REQUEST) },
	{ "mid-layer's byte and BUSY", 0x408, 0, S(DEVICE_NOT_READY) },
	{ "no memory", -ENOMEM, 0, S(INSUFFICIENT_RESOURCES) },
	{ "not sent", -EIO, 0, S(IO_DEVICE_ERROR) },
};

static void result_describe(const struct result_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(result, result_cases, result_describe);

static void result_test(struct kunit *test)
{
	const struct result_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fill_answers(fixture, (struct fixture_answer) {
		.result = c->result,
		.sense = c->sense,
		.data = { 0, 6 },
	});
	KUNIT_EXPECT_EQ(test, c->status, status_of(fixture, RPC));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, fixture->rq.information);
	/* Whether the drive has forgotten is not known. */
	KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, ONE, NTDVD_CSS, 0));
}

struct gone_case {
	const char *what;
	enum scsi_device_state state;
	u32 status;
};

static const struct gone_case gone_cases[] = {
	{ "running", SDEV_RUNNING, S(DEVICE_NOT_CONNECTED) },
	{ "quiesced", SDEV_QUIESCE, S(DEVICE_NOT_CONNECTED) },
	{ "being removed", SDEV_CANCEL, S(DEVICE_DOES_NOT_EXIST) },
	{ "removed", SDEV_DEL, S(DEVICE_DOES_NOT_EXIST) },
	{ "offline", SDEV_OFFLINE, S(DEVICE_DOES_NOT_EXIST) },
	{ "transport is offline", SDEV_TRANSPORT_OFFLINE, S(DEVICE_DOES_NOT_EXIST) },
};

static void gone_describe(const struct gone_case *c, char *what)
{
	strscpy(what, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(gone, gone_cases, gone_describe);

static void gone_test(struct kunit *test)
{
	const struct gone_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	bool gone = c->status == S(DEVICE_DOES_NOT_EXIST);

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fill_answers(fixture, (struct fixture_answer) { .result = HOST(DID_NO_CONNECT) });
	fixture->sdev.sdev_state = c->state;
	KUNIT_EXPECT_EQ(test, c->status, status_of(fixture, RPC));
	KUNIT_EXPECT_EQ(test, c->status, status_of(fixture, BUS2));
	KUNIT_EXPECT_EQ(test, gone ? 0 : 2, fixture->count);
}

/* What the host says of a drive that goes does not matter. */
static void going_test(struct kunit *test)
{
	static const int results[] = {
		HOST(DID_NO_CONNECT), HOST(DID_ERROR), HOST(DID_TIME_OUT), -ENODEV,
	};
	struct fixture *fixture = test->priv;
	int i;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	for (i = 0; i < ARRAY_SIZE(results); i++) {
		fixture->sdev.sdev_state = SDEV_RUNNING;
		fill_answers(fixture, (struct fixture_answer) {
			.result = results[i],
			.goes = true,
		});
		KUNIT_EXPECT_EQ(test, S(DEVICE_DOES_NOT_EXIST), status_of(fixture, RPC));
		KUNIT_EXPECT_EQ(test, 1, fixture->count);
	}
}

/* It said that it succeeded, and nothing else. */
static void features_without_data_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->all_scripted = true;
	fixture->answers[0] = (struct fixture_answer) { .nothing = true };
	KUNIT_EXPECT_EQ(test, S(IO_DEVICE_ERROR), status_of(fixture, RPC));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	/* and is asked again the next time */
	fixture->all_scripted = false;
	fixture->agrees = true;
	KUNIT_EXPECT_EQ(test, S(SUCCESS), status_of(fixture, RPC));
}

/* What a host says of the residue is believed as far as it can be. */
static void residue_test(struct kunit *test)
{
	static const struct {
		int residue;
		u32 transferred;
	} cases[] = {
		{ 0, 16 }, { 4, 12 }, { 16, 0 }, { 17, 0 }, { INT_MAX, 0 },
		{ -1, 16 }, { INT_MIN, 16 },
	};
	struct ntdvd_command cmd = { .length = 16 };
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cmd.residue = cases[i].residue;
		KUNIT_EXPECT_EQ(test, cases[i].transferred, ntdvd_transferred(&cmd));
	}
}

static void unbound_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->drive.sdev = NULL;
	KUNIT_EXPECT_EQ(test, S(DEVICE_DOES_NOT_EXIST), status_of(fixture, RPC));
	KUNIT_EXPECT_EQ(test, S(DEVICE_DOES_NOT_EXIST), status_of(fixture, BUS2));
	KUNIT_EXPECT_EQ(test, S(DEVICE_DOES_NOT_EXIST), status_of(fixture, START));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
}

static struct kunit_case status_tests[] = {
	KUNIT_CASE_PARAM(sense_test, sense_gen_params),
	KUNIT_CASE(recovered_test),
	KUNIT_CASE_PARAM(late_test, late_gen_params),
	KUNIT_CASE(never_ready_test),
	KUNIT_CASE(several_commands_test),
	KUNIT_CASE_PARAM(attention_test, attention_gen_params),
	KUNIT_CASE_PARAM(result_test, result_gen_params),
	KUNIT_CASE_PARAM(gone_test, gone_gen_params),
	KUNIT_CASE(going_test),
	KUNIT_CASE(features_without_data_test),
	KUNIT_CASE(residue_test),
	KUNIT_CASE(unbound_test),
	{ }
};

struct kunit_suite ntdvd_status_suite = {
	.name = "ntdvd_status",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = status_tests,
};
