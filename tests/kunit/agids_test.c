// SPDX-License-Identifier: GPL-2.0-only
/* What holds for each of the eight AGIDs, four of CSS and four of AACS. */
#include <linux/string.h>

#include "fixture.h"

struct agid_case {
	enum ntdvd_key_class class;
	u8 agid;
};

static const struct agid_case agid_cases[] = {
	{ NTDVD_CSS, 0 }, { NTDVD_CSS, 1 }, { NTDVD_CSS, 2 }, { NTDVD_CSS, 3 },
	{ NTDVD_AACS, 0 }, { NTDVD_AACS, 1 }, { NTDVD_AACS, 2 }, { NTDVD_AACS, 3 },
};

static void agid_describe(const struct agid_case *c, char *what)
{
	snprintf(what, KUNIT_PARAM_DESC_SIZE, "%s %d",
		 c->class == NTDVD_CSS ? "CSS" : "AACS", c->agid);
}

KUNIT_ARRAY_PARAM(agid, agid_cases, agid_describe);

static enum ntdvd_key_class other_class(const struct agid_case *c)
{
	return c->class == NTDVD_CSS ? NTDVD_AACS : NTDVD_CSS;
}

static bool owns(struct kunit *test, struct ntdvd_file *file)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	return fixture_owns(fixture, file, c->class, c->agid);
}

static u32 start(struct kunit *test, struct ntdvd_file *file)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	return fixture_request(fixture, file, READING,
			       c->class == NTDVD_CSS ? NTDVD_IOCTL_START_SESSION :
						       NTDVD_IOCTL_AACS_START_SESSION,
			       NULL, 0, 4);
}

static u32 end(struct kunit *test, struct ntdvd_file *file, u32 session_id)
{
	const struct agid_case *c = test->param_value;
	__le32 input = cpu_to_le32(session_id);

	return fixture_request(test->priv, file, READING,
			       c->class == NTDVD_CSS ? NTDVD_IOCTL_END_SESSION :
						       NTDVD_IOCTL_AACS_END_SESSION,
			       &input, sizeof(input), 0);
}

/* REPORT KEY of format 0x3f, which gives the AGID back */
static void expect_end(struct kunit *test, int sent)
{
	const struct agid_case *c = test->param_value;
	const struct fixture *fixture = test->priv;
	u8 cdb[12] = { 0xa4, [10] = 0x3f };

	cdb[7] = c->class == NTDVD_CSS ? 0 : 2;
	cdb[10] |= c->agid << 6;
	KUNIT_ASSERT_LT(test, sent, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, memcmp(cdb, fixture->sent[sent].cdb, 12));
	KUNIT_EXPECT_EQ(test, 0, fixture->sent[sent].length);
}

/* ONE has the AGID, OTHER that of the same number in the other class. */
static void start_both(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, OTHER, c->agid,
						     other_class(c)));
	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, c->agid, c->class));
	KUNIT_EXPECT_EQ(test, c->agid, get_unaligned_le32(fixture_output(fixture)));
}

static void expect_others_stay(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, OTHER, other_class(c), c->agid));
}

static enum ntdvd_session_state state(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	return fixture->drive.sessions[c->class][c->agid].state;
}

static void end_test(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	start_both(test);
	KUNIT_EXPECT_EQ(test, 0, end(test, ONE, c->agid));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	expect_end(test, 0);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, state(test));
	expect_others_stay(test);
}

/* All of the file's, in this class alone */
static void end_all_test(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	u8 agid;

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, c->agid, c->class));
	for (agid = 0; agid < 4; agid++)
		KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, agid,
							     other_class(c)));
	KUNIT_EXPECT_EQ(test, 0, end(test, ONE, NTDVD_END_ALL_SESSIONS));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	expect_end(test, 0);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, state(test));
	for (agid = 0; agid < 4; agid++)
		KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, ONE, other_class(c), agid));
}

static void close_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	start_both(test);
	fixture_close(fixture, 0);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	expect_end(test, 0);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, state(test));
	expect_others_stay(test);
	/* and not once more */
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
}

/* What cannot be given back yet is kept, and given back by the next one. */
static void close_not_ready_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	start_both(test);
	fixture_close(fixture, 0);
	fixture->answers[0].sense = DRIVE_SENSE(2, 0x04, 1);
	fixture->answers[2] = (struct fixture_answer) { .data = { 0, 6, [7] = 0 } };
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_CLOSED, state(test));
	KUNIT_EXPECT_EQ(test, 0, start(test, OTHER));
	KUNIT_EXPECT_EQ(test, 3, fixture->count);
	expect_end(test, 1);
	KUNIT_EXPECT_NE(test, NTDVD_CLOSED, state(test));
}

/* The drive has forgotten all of them. */
static void new_disc_test(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;

	start_both(test);
	fixture->answers[0].sense = DRIVE_SENSE(6, 0x28, 0);
	fixture->answers[1] = (struct fixture_answer) { .data = { 0, 6 } };
	KUNIT_EXPECT_EQ(test, 0, fixture_key(fixture, OTHER, NTDVD_IOCTL_READ_KEY, 0,
					     NTDVD_KEY_GET_RPC, NULL, 0));
	KUNIT_EXPECT_FALSE(test, owns(test, ONE));
	KUNIT_EXPECT_FALSE(test, fixture_owns(fixture, OTHER, other_class(c), c->agid));
	/* what was the file's is nobody's, so closing it sends nothing */
	fixture->count = 0;
	fixture_close(fixture, 0);
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
}

/* Of a drive with none left, the only one that nobody here holds is taken back. */
static void reclaim_test(struct kunit *test)
{
	const struct agid_case *c = test->param_value;
	struct fixture *fixture = test->priv;
	u8 agid;

	for (agid = 0; agid < 4; agid++)
		if (agid != c->agid)
			KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, OTHER, agid,
								     c->class));
	fixture->answers[0].sense = DRIVE_NO_AGID;
	fixture->answers[2] = (struct fixture_answer) {
		.data = { 0, 6, [7] = c->agid << 6 },
	};
	KUNIT_EXPECT_EQ(test, 0, start(test, ONE));
	KUNIT_EXPECT_EQ(test, 3, fixture->count);
	expect_end(test, 1);
	KUNIT_EXPECT_TRUE(test, owns(test, ONE));
	for (agid = 0; agid < 4; agid++)
		if (agid != c->agid)
			KUNIT_EXPECT_TRUE(test, fixture_owns(fixture, OTHER, c->class, agid));
}

static struct kunit_case agids_tests[] = {
	KUNIT_CASE_PARAM(end_test, agid_gen_params),
	KUNIT_CASE_PARAM(end_all_test, agid_gen_params),
	KUNIT_CASE_PARAM(close_test, agid_gen_params),
	KUNIT_CASE_PARAM(close_not_ready_test, agid_gen_params),
	KUNIT_CASE_PARAM(new_disc_test, agid_gen_params),
	KUNIT_CASE_PARAM(reclaim_test, agid_gen_params),
	{ }
};

struct kunit_suite ntdvd_agids_suite = {
	.name = "ntdvd_agids",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = agids_tests,
};
