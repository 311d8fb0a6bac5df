// SPDX-License-Identifier: GPL-2.0-only
/* Who owns a session, and for how long. */
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <scsi/scsi.h>

#include "fixture.h"

#define NOT_OWNED NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED

static bool owns(struct fixture *fixture, struct ntdvd_file *file, u8 agid)
{
	return fixture_owns(fixture, file, NTDVD_CSS, agid);
}

static u32 end(struct fixture *fixture, struct ntdvd_file *file, u32 session_id)
{
	__le32 input = cpu_to_le32(session_id);

	return fixture_request(fixture, file, READING, NTDVD_IOCTL_END_SESSION,
			       &input, sizeof(input), 0);
}

static u32 start(struct fixture *fixture, struct ntdvd_file *file)
{
	return fixture_request(fixture, file, READING,
			       NTDVD_IOCTL_START_SESSION, NULL, 0, 4);
}

static const u8 data[12];

/* A request that needs a session */
static u32 challenge(struct fixture *fixture, struct ntdvd_file *file, u32 agid)
{
	return fixture_key(fixture, file, NTDVD_IOCTL_SEND_KEY, agid, NTDVD_KEY_CHALLENGE,
			   data, 12);
}

static u32 asf(struct fixture *fixture, u32 agid)
{
	fixture->answered = 0;
	return fixture_key(fixture, ONE, NTDVD_IOCTL_READ_KEY, agid, NTDVD_KEY_ASF, NULL, 0);
}

static void other_file_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 2));
	KUNIT_EXPECT_EQ(test, NOT_OWNED, end(fixture, OTHER, 2));
	KUNIT_EXPECT_EQ(test, NOT_OWNED,
			fixture_key(fixture, OTHER, NTDVD_IOCTL_READ_KEY, 2,
				    NTDVD_KEY_BUS1, NULL, 0));
	KUNIT_EXPECT_EQ(test, NOT_OWNED,
			fixture_key(fixture, OTHER, NTDVD_IOCTL_READ_KEY, 2,
				    NTDVD_KEY_DISK, NULL, 0));
	KUNIT_EXPECT_EQ(test, NOT_OWNED,
			fixture_key(fixture, OTHER, NTDVD_IOCTL_SEND_KEY, 2,
				    NTDVD_KEY_CHALLENGE, data, 12));
	KUNIT_EXPECT_EQ(test, NOT_OWNED,
			fixture_key(fixture, OTHER, NTDVD_IOCTL_SEND_KEY2, 2,
				    NTDVD_KEY_INVALIDATE_AGID, NULL, 0));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_TRUE(test, owns(fixture, ONE, 2));
}

static void end_all_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 1));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 2));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 3));
	fixture->answers[1].sense = DRIVE_SENSE(4, 0x44, 0);
	fixture->answers[2].sense = DRIVE_NOT_PRESENT;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			end(fixture, ONE, NTDVD_END_ALL_SESSIONS));
	KUNIT_ASSERT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x3f, fixture->sent[0].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0xbf, fixture->sent[1].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0xff, fixture->sent[2].cdb[10]);
	KUNIT_EXPECT_FALSE(test, owns(fixture, ONE, 0));
	KUNIT_EXPECT_FALSE(test, owns(fixture, ONE, 2));
	KUNIT_EXPECT_FALSE(test, owns(fixture, ONE, 3));
	KUNIT_EXPECT_TRUE(test, owns(fixture, OTHER, 1));
}

static void end_all_of_none_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_EXPECT_EQ(test, 0, end(fixture, OTHER, NTDVD_END_ALL_SESSIONS));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
}

/* A unit attention in the middle: the first session is not ended again. */
static void end_all_repeated_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->answers[0].sense = DRIVE_SENSE(4, 0x44, 0);
	fixture->answers[1].sense = DRIVE_SENSE(6, 0x2a, 1);
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
			end(fixture, ONE, NTDVD_END_ALL_SESSIONS));
	KUNIT_ASSERT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x3f, fixture->sent[0].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0x7f, fixture->sent[1].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0x7f, fixture->sent[2].cdb[10]);
}

static void end_that_fails_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture->answers[0].result = DID_ERROR << 16;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR, end(fixture, ONE, 0));
	KUNIT_EXPECT_FALSE(test, owns(fixture, ONE, 0));
}

/* The drive has forgotten the session, which is what was wanted. */
static void end_after_new_disc_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture->answers[0].sense = DRIVE_SENSE(6, 0x28, 0);
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 0));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->answers[0].sense = DRIVE_SENSE(6, 0x29, 0);
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, NTDVD_END_ALL_SESSIONS));
	KUNIT_EXPECT_FALSE(test, owns(fixture, ONE, 0) || owns(fixture, ONE, 1));
}

static void wrong_bus_key_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->answers[0].sense = DRIVE_SENSE(5, 0x6f, 1);
	fixture->answers[1].sense = DRIVE_WRONG_KEY;
	fixture_key(fixture, ONE, NTDVD_IOCTL_SEND_KEY, 1, NTDVD_KEY_BUS2, data, 8);
	KUNIT_EXPECT_TRUE(test, owns(fixture, ONE, 1));
	fixture_key(fixture, ONE, NTDVD_IOCTL_SEND_KEY, 1, NTDVD_KEY_BUS2, data, 8);
	KUNIT_EXPECT_FALSE(test, owns(fixture, ONE, 1));

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->answers[0].sense = DRIVE_WRONG_KEY;
	fixture_key(fixture, ONE, NTDVD_IOCTL_SEND_KEY, 1, NTDVD_KEY_CHALLENGE, data, 12);
	KUNIT_EXPECT_TRUE(test, owns(fixture, ONE, 1));
}

static void invalidate_test(struct kunit *test)
{
	static const u32 codes[] = {
		NTDVD_IOCTL_READ_KEY, NTDVD_IOCTL_SEND_KEY, NTDVD_IOCTL_SEND_KEY2,
	};
	struct fixture *fixture = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
		fixture->answers[0].sense = DRIVE_SENSE(4, 0x44, 0);
		KUNIT_EXPECT_EQ(test, NTDVD_STATUS_IO_DEVICE_ERROR,
				fixture_key(fixture, ONE, codes[i], 1,
					    NTDVD_KEY_INVALIDATE_AGID, NULL, 0));
		KUNIT_EXPECT_EQ(test, 0, fixture->rq.information);
		KUNIT_EXPECT_FALSE(test, owns(fixture, ONE, 1));
	}
}

/* Closing a file sends nothing; START_SESSION does it first. */
static void closed_file_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 1));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 3));
	fixture_close(fixture, 0);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);

	fixture->answers[2].data[1] = 6;
	KUNIT_EXPECT_EQ(test, 0, start(fixture, OTHER));
	KUNIT_ASSERT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x3f, fixture->sent[0].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0xff, fixture->sent[1].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0x00, fixture->sent[2].cdb[10]);
	KUNIT_EXPECT_TRUE(test, owns(fixture, OTHER, 0) && owns(fixture, OTHER, 1));
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 3));
}

/* Closing must not wait for a drive that is busy with another's request. */
static void close_does_not_wait_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	ntdvd_workqueue = system_wq;
	INIT_WORK(&fixture->drive.close_work, ntdvd_close_work);
	kref_get(&fixture->drive.kref);
	mutex_lock(&fixture->drive.lock);
	ntdvd_close_file(ONE);
	fixture->files[0] = NULL;
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	ntdvd_unlock(&fixture->drive);
	flush_work(&fixture->drive.close_work);
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 0));
	KUNIT_EXPECT_EQ(test, 1, kref_read(&fixture->drive.kref));
}

static void close_without_session_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	kref_get(&fixture->drive.kref);
	ntdvd_close_file(ONE);
	fixture->files[0] = NULL;
	KUNIT_EXPECT_TRUE(test, llist_empty(&fixture->drive.closed_files));
	KUNIT_EXPECT_EQ(test, 1, kref_read(&fixture->drive.kref));
}

/* A drive that went after the file was closed gets no command. */
static void closed_file_of_gone_drive_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture_close(fixture, 0);
	fixture->sdev.sdev_state = SDEV_CANCEL;
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 0));

	fixture->sdev.sdev_state = SDEV_RUNNING;
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 1));
	fixture_close(fixture, 1);
	fixture->drive.sdev = NULL;
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 1));
}

static void closed_file_meets_unit_attention_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture_close(fixture, 0);
	fixture->answers[0].sense = DRIVE_SENSE(6, 0x2a, 1);
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 2, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 0));
}

/* Five times again, as a request, and then the drive is left alone. */
static void closed_file_of_busy_drive_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	int i;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	for (i = 0; i < FIXTURE_ANSWERS; i++)
		fixture->answers[i].sense = DRIVE_SENSE(6, 0x5a, 0);
	fixture_close(fixture, 0);
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 6, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 1));
}

/* Its AGID may be somebody else's by now. */
static void closed_file_after_new_disc_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture_close(fixture, 0);
	fixture_new_media(fixture);
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 0));
}

/* The drive was becoming ready when it was told, and has a new disc since. */
static void closed_file_waits_for_new_disc_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture_close(fixture, 0);
	fixture->answers[0].sense = DRIVE_SENSE(2, 0x04, 1);
	fixture_work(fixture);
	KUNIT_ASSERT_EQ(test, NTDVD_CLOSED, fixture_state(fixture, 0));
	fixture_new_media(fixture);
	fixture->answers[1].data[1] = 6;
	KUNIT_EXPECT_EQ(test, 0, start(fixture, OTHER));
	KUNIT_ASSERT_EQ(test, 2, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x00, fixture->sent[1].cdb[10]);
	KUNIT_EXPECT_TRUE(test, owns(fixture, OTHER, 0));
}

/* The drive is the authority: it must have forgotten the old session. */
static void agid_handed_out_twice_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 2));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 2));
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_VERIFY_REQUIRED, challenge(fixture, ONE, 2));
	KUNIT_EXPECT_EQ(test, NOT_OWNED, challenge(fixture, ONE, 2));
	KUNIT_EXPECT_EQ(test, NOT_OWNED, end(fixture, ONE, 2));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, end(fixture, OTHER, 2));
}

/* The caller never heard of the AGID. */
static void undo_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	ntdvd_undo_start_session(&fixture->rq);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 1));
	KUNIT_ASSERT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x7f, fixture->sent[0].cdb[10]);

	/* and if it is somebody else's meanwhile, it stays that */
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	mutex_lock(&fixture->drive.lock);
	ntdvd_session_grant(&fixture->drive.sessions[NTDVD_CSS][2], OTHER);
	ntdvd_unlock(&fixture->drive);
	fixture->rq.agid = 2;
	ntdvd_undo_start_session(&fixture->rq);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_TRUE(test, owns(fixture, OTHER, 2));
}

static const u8 end_1[12] = { 0xa4, [10] = 0x7f };
static const u8 end_3[12] = { 0xa4, [10] = 0xff };

/* Nobody here holds AGIDs 1 and 3, which some other program has left behind. */
static void leave_agids(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 2));
	fixture->answers[0].sense = DRIVE_NO_AGID;
}

static void reclaim_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	leave_agids(test);
	fixture->answers[2] = (struct fixture_answer) { .data = { 0, 6, [7] = 0x40 } };
	KUNIT_EXPECT_EQ(test, 0, start(fixture, ONE));
	KUNIT_ASSERT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, memcmp(end_1, fixture->sent[1].cdb, 12));
	KUNIT_EXPECT_EQ(test, 0x00, fixture->sent[2].cdb[10]);
	KUNIT_EXPECT_TRUE(test, owns(fixture, ONE, 0) && owns(fixture, ONE, 1));
	KUNIT_EXPECT_TRUE(test, owns(fixture, OTHER, 2));
}

static void reclaim_the_next_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	leave_agids(test);
	fixture->answers[1].sense = DRIVE_SENSE(4, 0x44, 0);
	fixture->answers[3] = (struct fixture_answer) { .data = { 0, 6, [7] = 0xc0 } };
	KUNIT_EXPECT_EQ(test, 0, start(fixture, ONE));
	KUNIT_ASSERT_EQ(test, 4, fixture->count);
	KUNIT_EXPECT_EQ(test, 0, memcmp(end_1, fixture->sent[1].cdb, 12));
	KUNIT_EXPECT_EQ(test, 0, memcmp(end_3, fixture->sent[2].cdb, 12));
	KUNIT_EXPECT_TRUE(test, owns(fixture, ONE, 3));
}

static void reclaim_once_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	leave_agids(test);
	fixture->answers[2].sense = DRIVE_NO_AGID;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INSUFFICIENT_RESOURCES, start(fixture, ONE));
	KUNIT_EXPECT_EQ(test, 3, fixture->count);
}

static void reclaim_after_new_disc_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	leave_agids(test);
	fixture->answers[1].sense = DRIVE_SENSE(6, 0x28, 0);
	fixture->answers[2] = (struct fixture_answer) { .data = { 0, 6 } };
	KUNIT_EXPECT_EQ(test, 0, start(fixture, ONE));
	KUNIT_EXPECT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_FALSE(test, owns(fixture, OTHER, 2));
}

static void reclaim_nothing_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	leave_agids(test);
	ntdvd_reclaim = false;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INSUFFICIENT_RESOURCES, start(fixture, ONE));
	ntdvd_reclaim = true;
	KUNIT_EXPECT_EQ(test, 1, fixture->count);

	/* what somebody holds is not touched */
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 1));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 3));
	fixture->answers[0].sense = DRIVE_NO_AGID;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_INSUFFICIENT_RESOURCES, start(fixture, ONE));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
}

/* The drive is without power while the system sleeps. */
static void sleep_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 1));
	/* as if it had not slept yet when the sessions were trusted last */
	fixture->drive.slept--;
	fixture_close(fixture, 1);
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_VERIFY_REQUIRED, challenge(fixture, ONE, 0));
	KUNIT_EXPECT_EQ(test, NOT_OWNED, challenge(fixture, ONE, 0));
	fixture_work(fixture);
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	/* and those from after it stay */
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_EXPECT_EQ(test, 0, challenge(fixture, ONE, 0));
}

/* Somebody else met the unit attention, and may have got the AGID since. */
static void struck_session_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture_new_media(fixture);
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_VERIFY_REQUIRED, challenge(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, NOT_OWNED, challenge(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 1));
}

static void struck_session_ends_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 2));
	fixture_new_media(fixture);
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, NTDVD_END_ALL_SESSIONS));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
}

/* Sessions from after the news are not struck by them. */
static void news_are_old_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	fixture_new_media(fixture);
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 0, challenge(fixture, ONE, 1));
}

/* What ntdvd itself has met is no news when sr tells of it, too. */
static void own_unit_attention_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	fixture->answers[0].sense = DRIVE_SENSE(6, 0x28, 0);
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_VERIFY_REQUIRED, challenge(fixture, ONE, 0));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 0));
	KUNIT_EXPECT_TRUE(test, fixture->sdev.changed);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	fixture->sdev.changed = 0;
	KUNIT_EXPECT_EQ(test, 0, challenge(fixture, ONE, 0));
	fixture_new_media(fixture);
	KUNIT_EXPECT_EQ(test, 0, challenge(fixture, ONE, 0));
	/* but what sr has not counted yet is */
	fixture->sdev.changed = 1;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_VERIFY_REQUIRED, challenge(fixture, ONE, 0));
#endif
}

/* The drive says so itself. */
static void forgotten_session_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->answers[0].sense = DRIVE_SENSE(5, 0x6f, 2);
	KUNIT_EXPECT_EQ(test, NOT_OWNED, challenge(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, NOT_OWNED, challenge(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
}

/* MMC: the drive releases the AGID when it has sent the key. */
static void released_session_test(struct kunit *test)
{
	static const u32 types[] = { NTDVD_KEY_TITLE, NTDVD_KEY_DISK };
	struct fixture *fixture = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
		/* not if it has not sent it */
		fixture->answers[0].sense = DRIVE_SENSE(5, 0x6f, 1);
		fixture->answers[1].data[0] = types[i] == NTDVD_KEY_DISK ? 8 : 0;
		fixture->answers[1].data[1] = types[i] == NTDVD_KEY_DISK ? 2 : 10;
		KUNIT_EXPECT_EQ(test, NTDVD_STATUS_CSS_KEY_NOT_PRESENT,
				fixture_key(fixture, ONE, NTDVD_IOCTL_READ_KEY, 1, types[i],
					    NULL, 0));
		KUNIT_EXPECT_EQ(test, 0, fixture_key(fixture, ONE, NTDVD_IOCTL_READ_KEY, 1,
						     types[i], NULL, 0));
		KUNIT_EXPECT_EQ(test, NOT_OWNED, challenge(fixture, ONE, 1));
		KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 1));
		KUNIT_EXPECT_EQ(test, 2, fixture->count);
	}
}

/* The same with READ_STRUCTURE, whose format 2 is the disk key */
static void structure_releases_session_test(struct kunit *test)
{
	static const struct ntdvd_read_structure input = {
		.format = cpu_to_le32(2),
		.session_id = cpu_to_le32(1),
	};
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->answers[0].data[0] = 8;
	fixture->answers[0].data[1] = 2;
	KUNIT_EXPECT_EQ(test, 0, fixture_request(fixture, ONE, READING,
						 NTDVD_IOCTL_READ_STRUCTURE, &input,
						 sizeof(input), 2052));
	KUNIT_EXPECT_EQ(test, NOT_OWNED, challenge(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 1, fixture->count);
}

/* Programs begin with ending AGIDs 0 to 3, whoever left them. */
static void end_of_nobodys_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 2));
	KUNIT_ASSERT_EQ(test, 1, fixture->count);
	KUNIT_EXPECT_EQ(test, 0xbf, fixture->sent[0].cdb[10]);
	fixture->answers[1].sense = DRIVE_SENSE(5, 0x6f, 2);
	KUNIT_EXPECT_EQ(test, NOT_OWNED, end(fixture, ONE, 2));
	fixture->answers[2].sense = DRIVE_SENSE(6, 0x29, 0);
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 2));
	KUNIT_EXPECT_EQ(test, 3, fixture->count);
}

static void end_on_gone_drive_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	fixture->sdev.sdev_state = SDEV_OFFLINE;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_DEVICE_DOES_NOT_EXIST, end(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture_state(fixture, 1));
}

static void end_on_gone_aacs_drive_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	__le32 agid = cpu_to_le32(1);

	KUNIT_ASSERT_EQ(test, 0, fixture_start_class(fixture, ONE, 1, NTDVD_AACS));
	fixture->sdev.sdev_state = SDEV_OFFLINE;
	KUNIT_EXPECT_EQ(test, NTDVD_STATUS_DEVICE_DOES_NOT_EXIST,
			fixture_request(fixture, ONE, READING, NTDVD_IOCTL_AACS_END_SESSION,
					&agid, sizeof(agid), 0));
	KUNIT_EXPECT_EQ(test, 0, fixture->count);
	KUNIT_EXPECT_EQ(test, NTDVD_FREE, fixture->drive.sessions[NTDVD_AACS][1].state);
}

/* DvdAsf needs no session, and goes out with the AGID only if it is the file's. */
static void asf_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, OTHER, 1));
	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 2));
	fixture->answers[0].data[1] = 6;
	KUNIT_EXPECT_EQ(test, 0, asf(fixture, 1));
	KUNIT_EXPECT_EQ(test, 0, asf(fixture, 2));
	KUNIT_EXPECT_EQ(test, 0, asf(fixture, 9));
	KUNIT_ASSERT_EQ(test, 3, fixture->count);
	KUNIT_EXPECT_EQ(test, 0x05, fixture->sent[0].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0x85, fixture->sent[1].cdb[10]);
	KUNIT_EXPECT_EQ(test, 0x05, fixture->sent[2].cdb[10]);
}

static void classes_test(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, 0, fixture_start(fixture, ONE, 1));
	KUNIT_EXPECT_FALSE(test, fixture_owns(fixture, ONE, NTDVD_AACS, 1));
}

/* The whole handshake with the emulated drive's engine */
static void handshake_test(struct kunit *test)
{
	static const u8 challenge[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct fixture *fixture = test->priv;
	u8 key[8] = { 0 };

	fixture->engine = kunit_kzalloc(test, sizeof(*fixture->engine), GFP_KERNEL);
	fixture->buffer = kunit_kzalloc(test, FIXTURE_BUFFER, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fixture->engine);
	KUNIT_ASSERT_NOT_NULL(test, fixture->buffer);
	drive_init(fixture->engine);

	KUNIT_ASSERT_EQ(test, 0, start(fixture, OTHER));
	KUNIT_ASSERT_EQ(test, 0, start(fixture, ONE));
	KUNIT_ASSERT_EQ(test, 1, get_unaligned_le32(fixture_output(fixture)));
	KUNIT_ASSERT_EQ(test, 0,
			fixture_key(fixture, ONE, NTDVD_IOCTL_SEND_KEY, 1,
				    NTDVD_KEY_CHALLENGE, challenge, 12));
	KUNIT_ASSERT_EQ(test, 0,
			fixture_key(fixture, ONE, NTDVD_IOCTL_READ_KEY, 1,
				    NTDVD_KEY_BUS1, NULL, 0));
	drive_key(1, challenge, key);
	KUNIT_EXPECT_EQ(test, 0, memcmp(key, fixture_output(fixture) + 24, 8));
	KUNIT_ASSERT_EQ(test, 0,
			fixture_key(fixture, ONE, NTDVD_IOCTL_READ_KEY, 1,
				    NTDVD_KEY_CHALLENGE, NULL, 0));
	drive_key(2, fixture_output(fixture) + 24, key);
	KUNIT_ASSERT_EQ(test, 0,
			fixture_key(fixture, ONE, NTDVD_IOCTL_SEND_KEY, 1,
				    NTDVD_KEY_BUS2, key, 8));
	KUNIT_EXPECT_TRUE(test, drive_is_authenticated(fixture->engine, DRIVE_CSS, 1));
	KUNIT_EXPECT_EQ(test, 0,
			fixture_key(fixture, ONE, NTDVD_IOCTL_READ_KEY, 1,
				    NTDVD_KEY_DISK, NULL, 0));
	KUNIT_EXPECT_EQ(test, 2072, fixture->rq.information);
	KUNIT_EXPECT_EQ(test, 0, end(fixture, ONE, 1));
	KUNIT_EXPECT_EQ(test, DRIVE_FREE, fixture->engine->sessions[DRIVE_CSS][1].auth);
	KUNIT_EXPECT_EQ(test, DRIVE_GRANTED, fixture->engine->sessions[DRIVE_CSS][0].auth);
}

static struct kunit_case session_tests[] = {
	KUNIT_CASE(other_file_test),
	KUNIT_CASE(end_all_test),
	KUNIT_CASE(end_all_of_none_test),
	KUNIT_CASE(end_all_repeated_test),
	KUNIT_CASE(end_that_fails_test),
	KUNIT_CASE(end_after_new_disc_test),
	KUNIT_CASE(wrong_bus_key_test),
	KUNIT_CASE(invalidate_test),
	KUNIT_CASE(closed_file_test),
	KUNIT_CASE(close_does_not_wait_test),
	KUNIT_CASE(close_without_session_test),
	KUNIT_CASE(closed_file_of_gone_drive_test),
	KUNIT_CASE(closed_file_meets_unit_attention_test),
	KUNIT_CASE(closed_file_of_busy_drive_test),
	KUNIT_CASE(closed_file_after_new_disc_test),
	KUNIT_CASE(closed_file_waits_for_new_disc_test),
	KUNIT_CASE(agid_handed_out_twice_test),
	KUNIT_CASE(undo_test),
	KUNIT_CASE(reclaim_test),
	KUNIT_CASE(reclaim_the_next_test),
	KUNIT_CASE(reclaim_once_test),
	KUNIT_CASE(reclaim_after_new_disc_test),
	KUNIT_CASE(reclaim_nothing_test),
	KUNIT_CASE(sleep_test),
	KUNIT_CASE(struck_session_test),
	KUNIT_CASE(struck_session_ends_test),
	KUNIT_CASE(news_are_old_test),
	KUNIT_CASE(own_unit_attention_test),
	KUNIT_CASE(forgotten_session_test),
	KUNIT_CASE(released_session_test),
	KUNIT_CASE(structure_releases_session_test),
	KUNIT_CASE(end_of_nobodys_test),
	KUNIT_CASE(end_on_gone_drive_test),
	KUNIT_CASE(end_on_gone_aacs_drive_test),
	KUNIT_CASE(asf_test),
	KUNIT_CASE(classes_test),
	KUNIT_CASE(handshake_test),
	{ }
};

struct kunit_suite ntdvd_session_suite = {
	.name = "ntdvd_session",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = session_tests,
};
