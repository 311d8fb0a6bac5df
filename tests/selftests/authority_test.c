// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drive is the authority: a session is over when the drive has forgotten it, by
 * whomever the news came, and nothing is sent for its AGID then, as that may be
 * somebody else's. Where it is not known, the session stands.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"
#include "native.h"

#define SUCCESS NTDVD_STATUS_SUCCESS
#define NOT_OWNED NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED
#define VERIFY NTDVD_STATUS_VERIFY_REQUIRED
#define RECLAIM "/sys/module/ntdvd/parameters/reclaim"

/* A request that needs the session; the drive refuses the order, but has the AGID. */
static uint32_t use_session(int fd, uint32_t agid)
{
	struct key_buffer key = { 0 };

	return read_key(fd, agid, NTDVD_KEY_CHALLENGE, 12, &key);
}

#define IS_HELD NTDVD_STATUS_INVALID_DEVICE_REQUEST

/* One that needs none */
static uint32_t read_rpc(int fd)
{
	struct key_buffer key = { 0 };

	return read_key(fd, 0, NTDVD_KEY_GET_RPC, 4, &key);
}

static bool nothing_was_sent(void)
{
	char *log = drive_log(0);
	bool nothing = log && !*log;

	free(log);
	return nothing;
}

/* The number behind a word in the drive's state, -1 if there is none */
static int drive_says(const char *word)
{
	char *state = drive_state(0), *at = state ? strstr(state, word) : NULL;
	int number = at ? atoi(at + strlen(word)) : -1;

	free(state);
	return number;
}

/* How many AGIDs the drive has granted of the class */
static int granted(const char *class)
{
	char *state = drive_state(0), *rest = state ? strstr(state, class) : NULL;
	int count = 0, agid;

	if (rest)
		strsep(&rest, " ");
	for (agid = 0; rest && agid < 4; agid++)
		count += !!strcmp(strsep(&rest, "\n "), "free");
	free(state);
	return count;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, text, strlen(text));

	close(fd);
	return written < 0 ? -1 : 0;
}

/*
 * Somebody opened /dev/srN, so that sr took the unit attention, and a native program
 * got the AGID that was the session's.
 */
FIXTURE(native_has_the_agid) {
	int fd, sr;
	uint32_t agid;
};

FIXTURE_VARIANT(native_has_the_agid) {
	const char *event;
};

FIXTURE_VARIANT_ADD(native_has_the_agid, after_a_new_disc) { .event = "change" };
FIXTURE_VARIANT_ADD(native_has_the_agid, after_a_reset) { .event = "reset" };

FIXTURE_SETUP(native_has_the_agid)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	/*
	 * As udev does when a drive appears. Until then the kernel has an event of its
	 * own making pending, and does not count another one in diskseq.
	 */
	self->sr = open_sr(0, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->sr);
	close(self->sr);
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
	ASSERT_EQ(0, drive_control(0, variant->event));
	self->sr = open_sr(0, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->sr);
	ASSERT_EQ((int)self->agid, native_grant(self->sr));
	ASSERT_TRUE(native_challenge(self->sr, self->agid));
	ASSERT_EQ(0, drive_clear_log(0));
}

FIXTURE_TEARDOWN(native_has_the_agid)
{
	native_invalidate(self->sr, self->agid);
	close(self->sr);
	close(self->fd);
}

#define EXPECT_NATIVE_UNHARMED do {						\
	EXPECT_TRUE(native_answer(self->sr, self->agid));			\
	EXPECT_TRUE(native_title_key(self->sr, self->agid));			\
} while (0)

TEST_F(native_has_the_agid, and_the_session_is_struck)
{
	EXPECT_EQ(VERIFY, use_session(self->fd, self->agid));
	EXPECT_TRUE(nothing_was_sent());
	EXPECT_EQ(NOT_OWNED, use_session(self->fd, self->agid));
	EXPECT_TRUE(nothing_was_sent());
	EXPECT_NATIVE_UNHARMED;
}

TEST_F(native_has_the_agid, and_the_session_is_ended)
{
	EXPECT_EQ(SUCCESS, end_session(self->fd, self->agid));
	EXPECT_TRUE(nothing_was_sent());
	EXPECT_NATIVE_UNHARMED;
}

TEST_F(native_has_the_agid, and_all_sessions_are_ended)
{
	EXPECT_EQ(SUCCESS, end_session(self->fd, NTDVD_END_ALL_SESSIONS));
	EXPECT_TRUE(nothing_was_sent());
	EXPECT_NATIVE_UNHARMED;
}

TEST_F(native_has_the_agid, and_the_file_is_closed)
{
	uint32_t agid;

	close(self->fd);
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	/* works off what closed files have left */
	ASSERT_EQ(SUCCESS, start_session(self->fd, &agid));
	EXPECT_NE(self->agid, agid);
	EXPECT_NATIVE_UNHARMED;
}

TEST_F(native_has_the_agid, and_another_session_is_started)
{
	uint32_t agid;

	ASSERT_EQ(SUCCESS, start_session(self->fd, &agid));
	EXPECT_NE(self->agid, agid);
	EXPECT_EQ(VERIFY, use_session(self->fd, self->agid));
	EXPECT_EQ(IS_HELD, use_session(self->fd, agid));
	EXPECT_EQ(SUCCESS, end_session(self->fd, agid));
	EXPECT_NATIVE_UNHARMED;
}

/* Errors after which a drive may have been reset, as its host does or does not */
FIXTURE(drive) {
	int fd;
	uint32_t agid;
};

FIXTURE_SETUP(drive)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(SUCCESS, start_session(self->fd, &self->agid));
	ASSERT_EQ(0, drive_clear_log(0));
}

FIXTURE_TEARDOWN(drive)
{
	drive_control(0, "clear");
	write_text(RECLAIM, "1");
	close(self->fd);
}

/*
 * The session stands if the drive was not reset. Otherwise the drive says so, by a
 * unit attention or 6f/02, and the session is over.
 */
#define EXPECT_DRIVE_DECIDES(resets) do {					\
	uint32_t decision = use_session(self->fd, self->agid);			\
										\
	if (drive_says("\nresets ") == (resets)) {				\
		EXPECT_EQ(IS_HELD, decision);					\
		EXPECT_EQ(SUCCESS, end_session(self->fd, self->agid));		\
	} else {								\
		EXPECT_TRUE(decision == NOT_OWNED || decision == VERIFY) {	\
			TH_LOG("%s", status_name(decision));			\
		}								\
		ASSERT_EQ(0, drive_clear_log(0));				\
		EXPECT_EQ(NOT_OWNED, use_session(self->fd, self->agid));	\
		EXPECT_TRUE(nothing_was_sent());				\
	}									\
	EXPECT_EQ(0, granted("css:"));						\
} while (0)

TEST_F(drive, decides_after_a_timeout)
{
	int resets = drive_says("\nresets ");

	if (!tell(_metadata, "hang 1 a4"))
		return;
	EXPECT_EQ(NTDVD_STATUS_IO_TIMEOUT, read_rpc(self->fd));
	EXPECT_DRIVE_DECIDES(resets);
}

TEST_F(drive, decides_after_a_bus_error)
{
	int resets = drive_says("\nresets ");

	if (!tell(_metadata, "error 1 a4"))
		return;
	EXPECT_EQ(NTDVD_STATUS_IO_DEVICE_ERROR, read_rpc(self->fd));
	EXPECT_DRIVE_DECIDES(resets);
}

/* Anybody who is root may do that; libata resets the drive and hides it. */
TEST_F(drive, decides_after_somebody_has_had_the_bus_scanned)
{
	int resets = drive_says("\nresets ");

	ASSERT_EQ(0, system("for host in /sys/class/scsi_host/*; do "
			    "echo '- - -' >$host/scan; done"));
	EXPECT_DRIVE_DECIDES(resets);
}

TEST_F(drive, that_has_forgotten_and_says_so_is_believed)
{
	ASSERT_EQ(0, drive_control(0, "forget"));
	EXPECT_EQ(NOT_OWNED, use_session(self->fd, self->agid));
	ASSERT_EQ(0, drive_clear_log(0));
	EXPECT_EQ(NOT_OWNED, use_session(self->fd, self->agid));
	EXPECT_TRUE(nothing_was_sent());
}

/* Else four of them would lock it. */
TEST_F(drive, loses_no_agid_by_a_timeout)
{
	uint32_t agid;
	int i;

	ASSERT_EQ(0, write_text(RECLAIM, "0"));
	if (!tell(_metadata, "hang 1 a4"))
		return;
	EXPECT_EQ(NTDVD_STATUS_IO_TIMEOUT, read_rpc(self->fd));
	EXPECT_EQ(SUCCESS, end_session(self->fd, NTDVD_END_ALL_SESSIONS));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(SUCCESS, start_session(self->fd, &agid));
	EXPECT_EQ(SUCCESS, end_session(self->fd, NTDVD_END_ALL_SESSIONS));
	EXPECT_EQ(0, granted("css:"));
}

/* The session of before has AGID 0, so the next has 1: the top bits of byte 7. */
TEST_F(drive, may_say_an_odd_length_with_an_agid)
{
	static const char *const answers[] = {
		"forge 1 a4 0001000000000040", "forge 1 a4 0002000000000040",
		"forge 1 a4 000a000000000040", "forge 1 a4 ffff000000000040",
	};
	uint32_t agid;
	size_t i;

	ASSERT_EQ(0, self->agid);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (!tell(_metadata, answers[i]))
			return;
		EXPECT_EQ(SUCCESS, start_session(self->fd, &agid)) { TH_LOG("%s", answers[i]); }
		EXPECT_EQ(1, agid);
		EXPECT_EQ(IS_HELD, use_session(self->fd, agid));
		EXPECT_EQ(SUCCESS, end_session(self->fd, agid));
	}
}

TEST_F(drive, gets_an_agid_back_that_came_with_a_bad_answer)
{
	int i;

	ASSERT_EQ(0, self->agid);
	ASSERT_EQ(0, write_text(RECLAIM, "0"));
	for (i = 0; i < 5; i++) {
		uint32_t agid;

		if (!tell(_metadata, "forge 1 a4 0000000000000040"))
			return;
		EXPECT_EQ(NTDVD_STATUS_IO_DEVICE_ERROR, start_session(self->fd, &agid));
		EXPECT_EQ(1, granted("css:"));
	}
}

/* Formats that would use AGID 0 are for its owner. */
TEST_F(drive, reads_no_structure_on_the_agid_of_another)
{
	static const struct {
		uint32_t format, status;
	} formats[] = {
		{ 0x06, NOT_OWNED }, { 0x07, NOT_OWNED },
		{ 0x80, NTDVD_STATUS_INVALID_PARAMETER },
		{ 0x81, NTDVD_STATUS_INVALID_PARAMETER },
		{ 0x82, NTDVD_STATUS_INVALID_PARAMETER },
		{ 0x84, NTDVD_STATUS_INVALID_PARAMETER },
	};
	struct ntdvd_read_structure input = { 0 };
	int other = open_ntdvd(0, O_RDONLY);
	uint8_t output[36];
	uint32_t aacs;
	size_t i;

	ASSERT_EQ(0, self->agid);
	ASSERT_EQ(SUCCESS, control(self->fd, NTDVD_IOCTL_AACS_START_SESSION, NULL, 0,
				   &aacs, 4).status);
	ASSERT_EQ(0, aacs);
	ASSERT_EQ(0, drive_clear_log(0));
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		input.format = htole32(formats[i].format);
		EXPECT_EQ(formats[i].status,
			  control(other, NTDVD_IOCTL_READ_STRUCTURE, &input, 17, output,
				  sizeof(output)).status) {
			TH_LOG("format %02x", formats[i].format);
		}
	}
	EXPECT_TRUE(nothing_was_sent());
	input.format = htole32(0x84);
	control(self->fd, NTDVD_IOCTL_READ_STRUCTURE, &input, 17, output, sizeof(output));
	EXPECT_FALSE(nothing_was_sent());
	close(other);
}

/* What a drive is, is asked of one that was plugged in anew. */
FIXTURE(new_drive) {
	int fd;
	uint32_t agid;
};

static int replug(void)
{
	return drive_control(0, "unplug") || drive_control(0, "plug");
}

FIXTURE_SETUP(new_drive)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	ASSERT_EQ(0, replug());
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(new_drive)
{
	drive_control(0, "clear");
	drive_control(0, "feature configuration on");
	drive_control(0, "feature list on");
	drive_control(0, "feature page on");
	drive_control(0, "feature dvd_read on");
	close(self->fd);
	replug();
}

#define NO_DVD_DRIVE NTDVD_STATUS_INVALID_DEVICE_REQUEST

TEST_F(new_drive, without_configuration_is_known_by_its_capabilities)
{
	ASSERT_EQ(0, drive_control(0, "feature configuration off"));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &self->agid));
}

TEST_F(new_drive, without_features_is_known_by_its_capabilities)
{
	ASSERT_EQ(0, drive_control(0, "feature list off"));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &self->agid));
}

TEST_F(new_drive, without_capabilities_is_asked_again_each_time)
{
	ASSERT_EQ(0, drive_control(0, "feature configuration off"));
	ASSERT_EQ(0, drive_control(0, "feature page off"));
	EXPECT_EQ(NO_DVD_DRIVE, start_session(self->fd, &self->agid));
	EXPECT_EQ(NO_DVD_DRIVE, start_session(self->fd, &self->agid));
	ASSERT_EQ(0, drive_control(0, "feature page on"));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &self->agid));
}

TEST_F(new_drive, that_lists_features_but_not_dvd_is_none_whatever_its_capabilities)
{
	ASSERT_EQ(0, drive_control(0, "feature dvd_read off"));
	EXPECT_EQ(NO_DVD_DRIVE, start_session(self->fd, &self->agid));
	ASSERT_EQ(0, drive_control(0, "feature dvd_read on"));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &self->agid));
}

/* One bad answer to GET CONFIGURATION must not cost the drive. */
FIXTURE(bad_answer) {
	int fd;
};

FIXTURE_VARIANT(bad_answer) {
	const char *control;
};

FIXTURE_VARIANT_ADD(bad_answer, bad_cdb) { "sense 5 24 0 1 46" };
FIXTURE_VARIANT_ADD(bad_answer, unreadable) { "sense 3 11 0 1 46" };
FIXTURE_VARIANT_ADD(bad_answer, bus_error) { "error 1 46" };
FIXTURE_VARIANT_ADD(bad_answer, header_alone) { "forge 1 46 0000000400000000" };
FIXTURE_VARIANT_ADD(bad_answer, half_a_header) { "forge 1 46 00000000" };
FIXTURE_VARIANT_ADD(bad_answer, nothing) { "forge 1 46" };
FIXTURE_VARIANT_ADD(bad_answer, short_transfer) { "short 8 1 46" };

FIXTURE_SETUP(bad_answer)
{
	ASSERT_EQ(0, drive_control(0, "clear"));
	ASSERT_EQ(0, replug());
	self->fd = open_ntdvd(0, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(bad_answer)
{
	drive_control(0, "clear");
	close(self->fd);
}

TEST_F(bad_answer, leaves_a_drive_what_it_is)
{
	uint32_t agid;

	if (!tell(_metadata, variant->control))
		return;
	start_session(self->fd, &agid);
	EXPECT_EQ(0, drive_says("faults "));
	EXPECT_EQ(SUCCESS, start_session(self->fd, &agid));
}

TEST_HARNESS_MAIN
