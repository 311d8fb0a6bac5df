// SPDX-License-Identifier: GPL-2.0-only
/*
 * While the drive works on a command, somebody else's gets the unit attention that says
 * that all AGIDs are forgotten. What ntdvd would have sent next is not sent: that AGID
 * may be somebody else's.
 */
#include <scsi/scsi.h>

#include "fixture.h"

static u32 end_all(struct fixture *fixture, struct ntdvd_file *file)
{
	__le32 input = cpu_to_le32(NTDVD_END_ALL_SESSIONS);

	return fixture_request(fixture, file, READING, NTDVD_IOCTL_END_SESSION,
			       &input, sizeof(input), 0);
}

static u32 start(struct fixture *fixture, struct ntdvd_file *file)
{
	return fixture_request(fixture, file, READING, NTDVD_IOCTL_START_SESSION,
			       NULL, 0, 4);
}

/* READ_KEY of a key that needs the session */
static u32 use(struct fixture *fixture, struct ntdvd_file *file, u32 agid)
{
	fixture->answers[fixture->answered] = (struct fixture_answer) {
		.data = { 0, 10 },
	};
	return fixture_key(fixture, file, NTDVD_IOCTL_READ_KEY, agid, NTDVD_KEY_BUS1,
			   NULL, 0);
}

static void end_all_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->answers[0].news = true;
	KUNIT_EXPECT_EQ(test, 0, end_all(fixture, ONE));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	/* It was ended, and so was not lost. */
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED, use(fixture, ONE, 1));
}

static void close_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture_close(fixture, 0);
	fixture->answers[0].news = true;
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 1));
}

/* The drive had not carried out the first, and would have been told again. */
static void close_again_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture_close(fixture, 0);
	fixture->answers[0].sense = DEFERRED | DRIVE_SENSE(3, 0x11, 0);
	fixture->answers[0].news = true;
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 0));
}

/* The new session is from after that, and is not struck. */
static void close_then_start_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture_close(fixture, 0);
	fixture->answers[0].news = true;
	fixture->answers[1] = (struct fixture_answer) { .data = { 0, 6 } };
	KUNIT_EXPECT_EQ(test, 0, start(fixture, OTHER));
	KUNIT_EXPECT_EQ(test, 2, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, use(fixture, OTHER, 0));
}

/* All AGIDs were in use, and are free now: START_SESSION is sent again at once. */
static void reclaim_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->answers[0].sense = DRIVE_NO_AGID;
	fixture->answers[0].news = true;
	fixture->answers[1] = (struct fixture_answer) { .data = { 0, 6 } };
	KUNIT_EXPECT_EQ(test, 0, start(fixture, ONE));
	KUNIT_ASSERT_EQ(test, 2, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x00, fixture->sent[1].cdb[10]);
}

/* The first AGID that it invalidates is not one that the drive had granted. */
static void reclaim_next_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->answers[0].sense = DRIVE_NO_AGID;
	fixture->answers[1].sense = DRIVE_SENSE(4, 0x44, 0);
	fixture->answers[1].news = true;
	fixture->answers[2] = (struct fixture_answer) { .data = { 0, 6 } };
	KUNIT_EXPECT_EQ(test, 0, start(fixture, ONE));
	KUNIT_ASSERT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x3f, fixture->sent[1].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0x00, fixture->sent[2].cdb[10]);
}

/* The drive was about to be told again. */
static void reclaim_again_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture->answers[0].sense = DRIVE_NO_AGID;
	fixture->answers[1].sense = DEFERRED | DRIVE_SENSE(3, 0x11, 0);
	fixture->answers[1].news = true;
	fixture->answers[2] = (struct fixture_answer) { .data = { 0, 6 } };
	KUNIT_EXPECT_EQ(test, 0, start(fixture, ONE));
	KUNIT_ASSERT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x00, fixture->sent[2].cdb[10]);
}

static struct kunit_case meanwhile_tests[] = {
	KUNIT_CASE(end_all_test),
	KUNIT_CASE(close_test),
	KUNIT_CASE(close_again_test),
	KUNIT_CASE(close_then_start_test),
	KUNIT_CASE(reclaim_test),
	KUNIT_CASE(reclaim_next_test),
	KUNIT_CASE(reclaim_again_test),
	{ }
};

struct kunit_suite ntdvd_meanwhile_suite = {
	.name = "ntdvd_meanwhile",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = meanwhile_tests,
};
