// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fault matrix: every request, with every sense of the contract's section 5,
 * every transport error, and a short transfer of every length. Each must have
 * the contract's status, and leave the sessions that the contract says.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "kselftest.h"

#define S(name)	NTDVD_STATUS_##name

/* What a fault means beside its status */
enum effect {
	PLAIN,		/* the request fails, and was sent once */
	HARMLESS,	/* it ends as without the fault, at once or sent again */
	ATTENTION,	/* all sessions are gone; so is the request that needs one */
	TIMEOUT,	/* the sessions stand until the drive says otherwise */
	NO_AGID,	/* START_SESSION takes one back that nobody holds */
};

static const struct fault {
	const char *name;	/* for people */
	const char *control;	/* for the emulated drive, but for the opcode */
	uint32_t status;
	enum effect effect;
} faults[] = {
	{ "deferred 3/11/00", "deferred 3 11 0 1", S(SUCCESS), HARMLESS },
	{ "deferred 5/6f/02", "deferred 5 6f 2 1", S(SUCCESS), HARMLESS },
	{ "3/02/00", "sense 3 2 0 1", S(DEVICE_DATA_ERROR) },
	{ "2/04/00", "sense 2 4 0 1", S(DEVICE_NOT_READY) },
	{ "2/04/01", "sense 2 4 1 1", S(DEVICE_NOT_READY), HARMLESS },
	{ "2/04/02", "sense 2 4 2 1", S(DEVICE_NOT_READY) },
	{ "2/04/03", "sense 2 4 3 1", S(NO_MEDIA_IN_DEVICE) },
	{ "2/04/04", "sense 2 4 4 1", S(DEVICE_NOT_READY) },
	{ "2/04/07", "sense 2 4 7 1", S(DEVICE_NOT_READY), HARMLESS },
	{ "2/04/08", "sense 2 4 8 1", S(DEVICE_NOT_READY), HARMLESS },
	{ "4/08/03", "sense 4 8 3 1", S(IO_DEVICE_ERROR) },
	{ "1/17/00", "sense 1 17 0 1", S(SUCCESS), HARMLESS },
	{ "1/18/00", "sense 1 18 0 1", S(SUCCESS), HARMLESS },
	{ "1/5d/00", "sense 1 5d 0 1", S(SUCCESS), HARMLESS },
	{ "5/20/00", "sense 5 20 0 1", S(INVALID_DEVICE_REQUEST) },
	{ "5/21/00", "sense 5 21 0 1", S(NONEXISTENT_SECTOR) },
	{ "5/24/00", "sense 5 24 0 1", S(INVALID_DEVICE_REQUEST) },
	{ "5/25/00", "sense 5 25 0 1", S(NO_SUCH_DEVICE) },
	{ "6/28/00", "sense 6 28 0 1", S(VERIFY_REQUIRED), ATTENTION },
	{ "6/28/00, six times", "sense 6 28 0 6", S(VERIFY_REQUIRED), ATTENTION },
	{ "6/29/00", "sense 6 29 0 1", S(VERIFY_REQUIRED), ATTENTION },
	{ "6/29/00, six times", "sense 6 29 0 6", S(VERIFY_REQUIRED), ATTENTION },
	{ "2/30/01", "sense 2 30 1 1", S(UNRECOGNIZED_MEDIA) },
	{ "5/30/02", "sense 5 30 2 1", S(UNRECOGNIZED_MEDIA) },
	{ "2/30/03", "sense 2 30 3 1", S(CLEANER_CARTRIDGE_INSTALLED) },
	{ "2/3a/00", "sense 2 3a 0 1", S(NO_MEDIA_IN_DEVICE) },
	{ "5/55/00", "sense 5 55 0 1", S(INVALID_DEVICE_REQUEST), NO_AGID },
	{ "5/55/00, six times", "sense 5 55 0 6", S(INVALID_DEVICE_REQUEST), NO_AGID },
	{ "3/57/00", "sense 3 57 0 1", S(UNRECOGNIZED_MEDIA) },
	{ "5/6f/00", "sense 5 6f 0 1", S(CSS_AUTHENTICATION_FAILURE) },
	{ "5/6f/01", "sense 5 6f 1 1", S(CSS_KEY_NOT_PRESENT) },
	{ "5/6f/02", "sense 5 6f 2 1", S(CSS_KEY_NOT_ESTABLISHED) },
	{ "5/6f/03", "sense 5 6f 3 1", S(CSS_SCRAMBLED_SECTOR) },
	{ "5/6f/04", "sense 5 6f 4 1", S(CSS_REGION_MISMATCH) },
	{ "5/6f/05", "sense 5 6f 5 1", S(CSS_RESETS_EXHAUSTED) },
	{ "5/6f/06", "sense 5 6f 6 1", S(COPY_PROTECTION_FAILURE) },
	{ "0/00/06", "sense 0 0 6 1", S(IO_DEVICE_ERROR) },
	{ "1/00/00", "sense 1 0 0 1", S(SUCCESS), HARMLESS },
	{ "2/00/00", "sense 2 0 0 1", S(DEVICE_NOT_READY) },
	{ "3/11/00", "sense 3 11 0 1", S(DEVICE_DATA_ERROR) },
	{ "4/44/00", "sense 4 44 0 1", S(IO_DEVICE_ERROR) },
	{ "5/26/00", "sense 5 26 0 1", S(INVALID_DEVICE_REQUEST) },
	{ "6/2a/01", "sense 6 2a 1 1", S(IO_DEVICE_ERROR), HARMLESS },
	{ "6/5a/01", "sense 6 5a 1 1", S(DEVICE_BUSY), HARMLESS },
	{ "6/2a/01, six times", "sense 6 2a 1 6", S(IO_DEVICE_ERROR) },
	{ "6/5a/01, six times", "sense 6 5a 1 6", S(DEVICE_BUSY) },
	{ "7/27/00", "sense 7 27 0 1", S(MEDIA_WRITE_PROTECTED) },
	{ "8/00/00", "sense 8 0 0 1", S(NO_DATA_DETECTED) },
	{ "b/4b/00", "sense b 4b 0 1", S(IO_DEVICE_ERROR) },
	{ "DID_NO_CONNECT", "host 01 1", S(DEVICE_NOT_CONNECTED) },
	{ "DID_BUS_BUSY", "host 02 1", S(DEVICE_NOT_READY) },
	{ "DID_TIME_OUT", "host 03 1", S(IO_TIMEOUT), TIMEOUT },
	{ "DID_BAD_TARGET", "host 04 1", S(NO_SUCH_DEVICE) },
	{ "DID_ABORT", "host 05 1", S(IO_TIMEOUT), TIMEOUT },
	{ "DID_PARITY", "host 06 1", S(IO_DEVICE_ERROR) },
	{ "DID_ERROR", "host 07 1", S(IO_DEVICE_ERROR) },
	{ "DID_RESET", "host 08 1", S(IO_TIMEOUT), TIMEOUT },
	{ "DID_SOFT_ERROR", "host 0b 1", S(IO_DEVICE_ERROR) },
	{ "DID_TRANSPORT_DISRUPTED", "host 0e 1", S(IO_DEVICE_ERROR) },
	{ "DID_NO_CONNECT, but done", "lost 01 1", S(DEVICE_NOT_CONNECTED) },
	{ "DID_ERROR, but done", "lost 07 1", S(IO_DEVICE_ERROR) },
	{ "RESERVATION CONFLICT", "status 18 1", S(DEVICE_BUSY) },
	/* The mid-layer sends these again by itself, until its timeout. */
	{ "BUSY", "status 08 1", S(DEVICE_NOT_READY), HARMLESS },
	{ "TASK SET FULL", "status 28 1", S(DEVICE_NOT_READY), HARMLESS },
};

#define FAULTS	(sizeof(faults) / sizeof(faults[0]))

/* A drive, an open file under test, and one whose sessions must not suffer */
struct bench {
	unsigned int drive;
	int fd, bystander;
	struct prepared request;
	unsigned int own, others;
};

static unsigned int cells, transfers;

static bool set_up(struct bench *bench, const struct request_case *what)
{
	uint32_t css, aacs;

	if (drive_control(bench->drive, "clear") ||
	    !end_all_sessions(bench->fd) || !end_all_sessions(bench->bystander) ||
	    !free_agids(bench->drive, bench->fd) ||
	    !prepare(bench->fd, what, &bench->request) ||
	    start_session(bench->bystander, &css) ||
	    control(bench->bystander, NTDVD_IOCTL_AACS_START_SESSION, NULL, 0, &aacs, 4).status)
		return false;
	bench->own = what->level ? session_bit(what->class, bench->request.agid) : 0;
	bench->others = session_bit(CSS, css) | session_bit(AACS, aacs);
	return true;
}

/* The mid-layer itself repeats a command without data after DID_RESET. */
static bool is_resent(const struct request_case *what, const struct fault *fault)
{
	return fault->effect == TIMEOUT && !strcmp(fault->name, "DID_RESET") &&
	       !what->transfer && what->opcode != 0xa3;
}

static bool is(const struct fault *fault, const char *name)
{
	return !strcmp(fault->name, name);
}

static uint32_t status_of(const struct request_case *what, const struct fault *fault)
{
	bool often = strstr(fault->name, "six times");

	switch (fault->effect) {
	case HARMLESS:
		return what->good;
	case ATTENTION:
		if (what->kind & CASE_END)
			return S(SUCCESS);
		return what->kind & CASE_BOUND || often ? S(VERIFY_REQUIRED) : what->good;
	case TIMEOUT:
		return is_resent(what, fault) ? what->good : fault->status;
	case NO_AGID:
		if (what->kind & CASE_START)
			return often ? S(INSUFFICIENT_RESOURCES) : S(SUCCESS);
		return fault->status;
	default:
		if (is(fault, "5/30/02") && what->kind & CASE_SET_RPC)
			return S(CSS_REGION_MISMATCH);
		return fault->status;
	}
}

/* Which AGIDs ntdvd should have sessions for afterwards */
static unsigned int sessions_after(const struct bench *bench, const struct fault *fault,
				   uint32_t status)
{
	const struct request_case *what = bench->request.what;
	unsigned int own = bench->own, others = bench->others;
	uint32_t agid;

	if (fault->effect == ATTENTION) {
		own = 0;
		others = 0;
	}
	if (what->kind & CASE_END || is(fault, "5/6f/02") ||
	    (what->kind & CASE_KEY2 && is(fault, "5/6f/00")) ||
	    (what->kind & CASE_LAST && status == S(SUCCESS)))
		own = 0;
	if (what->kind & CASE_START && status == S(SUCCESS)) {
		memcpy(&agid, bench->request.output, 4);
		own = session_bit(what->class, agid);
	}
	return own | others;
}

/* How many commands of the request's kind the drive was sent; -1 if unknown */
static int commands_sent(unsigned int drive, uint8_t opcode)
{
	char *log = drive_log(drive), *line, *rest = log, start[3];
	int count = 0;

	if (!log)
		return -1;
	snprintf(start, sizeof(start), "%02x", opcode);
	while ((line = strsep(&rest, "\n")))
		count += !strncmp(line, start, 2);
	free(log);
	return count;
}

/* Without a retry by contract, a command must be sent no more than once. */
static bool sent_once(const struct bench *bench, const struct fault *fault)
{
	const struct request_case *what = bench->request.what;

	return (fault->effect != PLAIN && fault->effect != TIMEOUT) ||
	       strstr(fault->name, "six times") || is_resent(what, fault) ||
	       commands_sent(bench->drive, what->opcode) == 1;
}

/*
 * After DID_TIME_OUT error handling resets the drive; newer kernels tell of it, and
 * then the sessions are over.
 */
static bool sessions_are_right(const struct fault *fault, unsigned int sessions,
			       unsigned int expected)
{
	return sessions == expected ||
	       (is(fault, "DID_TIME_OUT") && !(sessions & ~expected));
}

static void test_fault(struct bench *bench, const struct request_case *what,
		       const struct fault *fault)
{
	uint32_t expected = status_of(what, fault);
	unsigned int sessions, sessions_expected;
	struct outcome outcome;
	char control[64];
	bool once;

	cells++;
	snprintf(control, sizeof(control), "%s %02x", fault->control, what->opcode);
	if (!set_up(bench, what) || drive_clear_log(bench->drive) ||
	    drive_control(bench->drive, control)) {
		ksft_test_result_fail("%s, %s: cannot be set up\n", what->name, fault->name);
		return;
	}
	outcome = run_prepared(bench->fd, &bench->request);
	sessions = sessions_of(bench->drive);
	sessions_expected = sessions_after(bench, fault, outcome.status);
	once = sent_once(bench, fault);
	if (!outcome.error && outcome.status == expected &&
	    sessions_are_right(fault, sessions, sessions_expected) && once)
		ksft_test_result_pass("%s, %s: %s, sessions %02x\n", what->name,
				      fault->name, status_name(expected), sessions);
	else
		ksft_test_result_fail("%s, %s: errno %d, %s and not %s, sessions %02x and not %02x%s\n",
				      what->name, fault->name, outcome.error,
				      status_name(outcome.status), status_name(expected),
				      sessions, sessions_expected,
				      once ? "" : ", not sent once");
}

static bool short_is_right(struct bench *bench, unsigned int length)
{
	const struct request_case *what = bench->request.what;
	uint32_t status = length < what->minimum ? S(IO_DEVICE_ERROR) : S(SUCCESS);
	struct outcome outcome = run_prepared(bench->fd, &bench->request);
	uint64_t information = what->output;
	unsigned int sessions = sessions_of(bench->drive);

	if (what->minimum < what->transfer)
		information = length + (what->code == NTDVD_IOCTL_READ_KEY ? 20 : 0);
	if (status)
		information = 0;
	else if (what->code == NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK)
		information = outcome.information;	/* its last pack is shorter */
	if (what->kind & CASE_LAST && !status)
		bench->own = 0;
	if (what->kind & CASE_START && !status)
		bench->own = session_bit(what->class, *(uint32_t *)bench->request.output);
	if (!outcome.error && outcome.status == status &&
	    outcome.information == information && sessions == (bench->own | bench->others))
		return true;
	ksft_print_msg("%u bytes: errno %d, %s and not %s, Information %llu and not %llu, sessions %02x and not %02x\n",
		       length, outcome.error, status_name(outcome.status),
		       status_name(status), (unsigned long long)outcome.information,
		       (unsigned long long)information, sessions,
		       bench->own | bench->others);
	return false;
}

static void test_short_transfers(struct bench *bench, const struct request_case *what,
				 unsigned int step)
{
	unsigned int length, done = 0, wrong = 0;
	char control[64];

	/* always the first ones and the last, with the full length as the proof */
	for (length = 0; length <= what->transfer;
	     length += length < 40 || length + step > what->transfer ? 1 : step) {
		snprintf(control, sizeof(control), "short %x 1 %02x", length, what->opcode);
		if (!set_up(bench, what) || drive_control(bench->drive, control) ||
		    !short_is_right(bench, length))
			wrong++;
		done++;
	}
	transfers += done;
	if (wrong)
		ksft_test_result_fail("%s: %u of %u short transfers\n", what->name, wrong, done);
	else
		ksft_test_result_pass("%s: 0 to %u bytes, %u lengths: IO_DEVICE_ERROR below %u\n",
				      what->name, what->transfer, done, what->minimum);
}

static int open_bench(struct bench *bench, unsigned int drive)
{
	bench->drive = drive;
	bench->fd = open_ntdvd(drive, O_RDWR);
	bench->bystander = open_ntdvd(drive, O_RDWR);
	return bench->fd < 0 || bench->bystander < 0;
}

static const struct option options[] = {
	{ "drive", required_argument, NULL, 'd' },
	{ "of", required_argument, NULL, 'o' },
	{ "step", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void usage(FILE *to)
{
	fputs("Usage: matrix [--drive N] [--of N] [--step N]\n"
	      "Every request with every fault, on the emulated drive N.\n"
	      "  --drive N   the drive (0)\n"
	      "  --of N      how many drives share the requests (1)\n"
	      "  --step N    from one length of a short transfer to the next (1)\n", to);
}

int main(int argc, char **argv)
{
	unsigned int drive = 0, of = 1, step = 1, plan = 0, i, fault;
	static struct bench bench;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'd':
			drive = atoi(optarg);
			break;
		case 'o':
			of = atoi(optarg);
			break;
		case 's':
			step = atoi(optarg);
			break;
		default:
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (!of || !step) {
		usage(stderr);
		return 2;
	}

	ksft_print_header();
	for (i = drive; i < request_case_count; i += of)
		plan += FAULTS + !!request_cases[i].transfer;
	ksft_set_plan(plan);
	if (open_bench(&bench, drive))
		ksft_exit_fail_msg("drive %u: %s\n", drive, strerror(errno));

	for (i = drive; i < request_case_count; i += of) {
		for (fault = 0; fault < FAULTS; fault++)
			test_fault(&bench, &request_cases[i], &faults[fault]);
		if (request_cases[i].transfer)
			test_short_transfers(&bench, &request_cases[i], step);
	}
	drive_control(drive, "clear");
	ksft_print_msg("%u cells, %u short transfers\n", cells, transfers);
	ksft_finished();
}
