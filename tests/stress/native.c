// SPDX-License-Identifier: GPL-2.0-only
/*
 * A native player beside ntdvd's clients: it authenticates over /dev/srN all the
 * time, while discs change, the drive is reset, commands hang, suspends are called
 * off, and udev opens the drive. The drive tells what became of each of its AGIDs:
 * one that ended while it was the player's, and the drive forgot nothing, was ended
 * by ntdvd, and that must not be.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/cdrom.h>

#include "kselftest.h"
#include "native.h"
#include "shot.h"

#define CLIENTS	2	/* with a session each, so that an AGID is left over */

/* In memory that all processes share */
static struct world {
	_Atomic bool stop;
	_Atomic uint64_t tried, authenticated, failed, excused, broken;
	_Atomic uint64_t handshakes, sessions, opens;
	_Atomic uint64_t events;
	/*
	 * One at a time: an authentication of the player, something that makes the
	 * drive forget it. Otherwise the player, who is not told, would go on with an
	 * AGID that is a client's since.
	 */
	sem_t player;
} *world;

/* What the drive says of an AGID, and how often it has forgotten all of them */
struct look {
	unsigned int forgotten;
	char auth[16];
};

static bool look_at(uint32_t agid, struct look *look)
{
	char *state = drive_state(0), *at = state ? strstr(state, "forgotten ") : NULL;
	bool fine = at && sscanf(at, "forgotten %u", &look->forgotten) == 1;

	at = fine ? strstr(at, "css: ") : NULL;
	while (at && (at = strchr(at, ' ')) && agid--)
		at++;
	fine = at && sscanf(at, " %15s", look->auth) == 1;
	free(state);
	return fine;
}

/* The player's steps, and what the drive says of its AGID before and after each */
static const struct step {
	bool (*run)(int sr, unsigned int agid);
	const char *before, *after;
} steps[] = {
	{ native_challenge, "granted challenged", "key1-sent" },
	{ native_answer, "key1-sent challenge-sent", "authenticated" },
	{ native_title_key, "authenticated", "free" },
};

/*
 * A step has failed. That may be because of a fault or since the drive forgot;
 * otherwise its AGID is as it was, or as the step left it.
 */
static void judge(const struct step *step, unsigned int agid, unsigned int forgotten)
{
	struct look look;

	world->failed++;
	if (!look_at(agid, &look) || look.forgotten != forgotten) {
		world->excused++;
		return;
	}
	if (strstr(step->before, look.auth) || strstr(step->after, look.auth))
		return;
	world->broken++;
	ksft_print_msg("AGID %u was the native player's and %s; now it is %s\n", agid,
		       step->before, look.auth);
	fflush(stdout);
}

static void pause_a_little(struct random *random)
{
	usleep(pick(random, 3000));
}

static void authenticate(int sr, struct random *random)
{
	struct look before;
	int agid;
	size_t i;

	/* before it is granted: what comes later may be meant for it */
	if (!look_at(0, &before))
		return;
	world->tried++;
	agid = native_grant(sr);
	if (agid < 0) {
		pause_a_little(random);
		return;
	}
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		pause_a_little(random);
		if (!steps[i].run(sr, agid)) {
			judge(&steps[i], agid, before.forgotten);
			native_invalidate(sr, agid);
			return;
		}
	}
	world->authenticated++;
}

static void player(struct random *random)
{
	int sr = -1;

	while (!world->stop) {
		if (sr < 0 || one_in(random, 16)) {
			close(sr);
			sr = open_sr(0, O_RDONLY | O_NONBLOCK);
		}
		sem_wait(&world->player);
		authenticate(sr, random);
		sem_post(&world->player);
	}
	close(sr);
}

/*
 * A Windows program on ntdvd. It may end a session, leave that to closing, or to
 * its death. One that the drive has forgotten it does not end by number: that is a
 * request for an AGID that nobody holds, which goes to the drive.
 */
static void client_round(struct random *random)
{
	static const uint8_t challenge[12] = { 1, 2, 3 };
	struct key_buffer key = { 0 };
	uint8_t key2[8] = { 0 };
	int fd = open_ntdvd(0, O_RDWR);
	uint32_t agid;

	if (start_session(fd, &agid)) {
		pause_a_little(random);
		close(fd);
		return;
	}
	world->sessions++;
	pause_a_little(random);
	if (!send_key(fd, NTDVD_IOCTL_SEND_KEY, agid, NTDVD_KEY_CHALLENGE, challenge, 12) &&
	    !read_key(fd, agid, NTDVD_KEY_BUS1, 8, &key) &&
	    !read_key(fd, agid, NTDVD_KEY_CHALLENGE, 12, &key)) {
		drive_key(2, key.key_data, key2);
		pause_a_little(random);
		if (!send_key(fd, NTDVD_IOCTL_SEND_KEY, agid, NTDVD_KEY_BUS2, key2, 8)) {
			world->handshakes++;
			if (one_in(random, 3))
				read_key(fd, agid, NTDVD_KEY_TITLE, 8, &key);
		}
	}
	pause_a_little(random);
	if (one_in(random, 2))
		end_session(fd, NTDVD_END_ALL_SESSIONS);
	if (one_in(random, 20))
		raise(SIGKILL);
	close(fd);
}

static void client(struct random *random)
{
	while (!world->stop)
		client_round(random);
}

/* As udev and desktops do, on top of the kernel's own polling */
static void udev(struct random *random)
{
	int sr;

	while (!world->stop) {
		sr = open_sr(0, O_RDONLY | O_NONBLOCK);
		if (one_in(random, 2))
			ioctl(sr, CDROM_DRIVE_STATUS, CDSL_CURRENT);
		close(sr);
		world->opens++;
		usleep(pick(random, 20000));
	}
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool fine = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return fine;
}

/* A drive that is a program would be frozen with all others. */
static void call_off_a_suspend(void)
{
	if (drive_is_a_program(0))
		return;
	write_text("/sys/module/suspend/parameters/pm_test_delay", "0");
	write_text("/sys/power/pm_test", "freezer");
	write_text("/sys/power/state", "mem");
}

static bool drive_is_at_rest(void)
{
	char *state = drive_state(0);
	bool rests = state && strstr(state, "pending 0\n") &&
		     strstr(state, "faults 0\n") && strstr(state, "attention 00\n");

	free(state);
	return rests;
}

/*
 * A command of ntdvd's clients is lost or hangs, and what follows of it has come to its
 * end. Not of the player's: DVD_AUTH calls that a success, and so the player would have
 * an AGID that the drive has not granted.
 */
static void lose_a_command(struct random *random)
{
	static const char *const errors[] = { "error 1 a4", "error 1 a3", "hang 1 a4" };

	drive_control(0, errors[pick(random, sizeof(errors) / sizeof(errors[0]))]);
	do {
		pause_a_little(random);
		close(open_sr(0, O_RDONLY | O_NONBLOCK));
	} while (!drive_is_at_rest() && !world->stop);
}

/*
 * What happens to the drive. Where the host resets a drive and tells nobody, as
 * libata does, the kernel cannot know that sessions are over; then commands do not
 * hang or fail on their way.
 */
static void happen(struct random *random, bool tells_of_resets)
{
	static const char *const refusals[] = {
		"deferred 3 11 0 1 a4", "deferred 3 11 0 1 a3", "sense 2 4 1 1 a4",
	};
	unsigned int i = pick(random, 40);

	world->events++;
	if (i == 0) {
		call_off_a_suspend();
		return;
	}
	if (i < 16) {
		drive_control(0, refusals[i % 3]);
		return;
	}
	sem_wait(&world->player);
	/* Or, before 6.14, two would be one event for the kernel, as documented. */
	close(open_sr(0, O_RDONLY | O_NONBLOCK));
	if (i < 20 && tells_of_resets)
		lose_a_command(random);
	else
		drive_control(0, i % 3 ? "change" : "reset");
	sem_post(&world->player);
}

/* As often as the player can bear, on a host that is slow as well */
static void happenings(struct random *random, bool tells_of_resets)
{
	uint64_t next;

	while (!world->stop) {
		next = world->tried + 1 + pick(random, 6);
		while (world->tried < next && !world->stop)
			pause_a_little(random);
		happen(random, tells_of_resets);
	}
}

enum role { PLAYER, UDEV, FIRST_CLIENT, ROLES = FIRST_CLIENT + CLIENTS };

static pid_t start(unsigned int role, uint64_t seed)
{
	struct random random = { .state = seed ^ (uint64_t)role << 40 };
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		ksft_exit_fail_msg("fork: %s\n", strerror(errno));
	if (pid)
		return pid;
	if (role == PLAYER)
		player(&random);
	else if (role == UDEV)
		udev(&random);
	else
		client(&random);
	_exit(0);
}

static void run(uint64_t seed, uint64_t authentications, bool tells_of_resets)
{
	struct random random = { .state = seed };
	pid_t pids[ROLES], pid, teller;
	unsigned int i;

	for (i = 0; i < ROLES; i++)
		pids[i] = start(i, random_next(&random));
	teller = fork();
	if (!teller) {
		happenings(&random, tells_of_resets);
		_exit(0);
	}
	while (world->authenticated < authentications && !world->broken) {
		/* clients that died make room for others */
		pid = waitpid(-1, NULL, WNOHANG);
		for (i = 0; i < ROLES; i++)
			if (pid > 0 && pids[i] == pid)
				pids[i] = start(i, random_next(&random));
		usleep(1000);
	}
	world->stop = true;
	while (wait(NULL) > 0)
		;
}

static bool all_is_given_back(void)
{
	bool fine;
	int fd;

	drive_control(0, "clear");
	/* what a command left that was lost */
	drive_control(0, "change");
	fd = open_ntdvd(0, O_RDONLY);
	fine = free_agids(0, fd) && !sessions_of(0);
	close(fd);
	return fine;
}

static const struct option options[] = {
	{ "authentications", required_argument, NULL, 'a' },
	{ "hides-resets", no_argument, NULL, 'r' },
	{ "seed", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void usage(FILE *to)
{
	fputs("Usage: native [--authentications N] [--hides-resets] [--seed N]\n"
	      "A native player beside ntdvd's clients, on the emulated drive 0.\n"
	      "  --authentications N   how many it shall come to the end of (1000)\n"
	      "  --hides-resets        the drive's host resets it and tells nobody\n"
	      "  --seed N              begin with this seed (a random one)\n", to);
}

int main(int argc, char **argv)
{
	uint64_t seed, authentications = 1000;
	bool tells_of_resets = true;
	char path[64];
	int c;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return 1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			authentications = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			tells_of_resets = false;
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		default:
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	ksft_print_header();
	ksft_set_plan(2);
	ksft_print_msg("seed 0x%llx\n", (unsigned long long)seed);
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (world != MAP_FAILED)
		sem_init(&world->player, 1, 1);
	/* reclaim takes what a native program holds when none is left, as documented */
	if (world == MAP_FAILED ||
	    !write_text("/sys/module/ntdvd/parameters/reclaim", "0"))
		ksft_exit_fail_msg("no memory, or no ntdvd\n");
	snprintf(path, sizeof(path), "/sys/block/sr%d/events_poll_msecs", drive_number(0));
	if (!write_text(path, "2000"))
		ksft_exit_fail_msg("%s: %s\n", path, strerror(errno));
	run(seed, authentications, tells_of_resets);
	write_text("/sys/module/ntdvd/parameters/reclaim", "1");
	ksft_print_msg("native: %llu authentications, %llu failed, %llu of them as the drive forgot; ntdvd: %llu sessions, %llu handshakes; %llu events, %llu opens by udev\n",
		       (unsigned long long)world->authenticated,
		       (unsigned long long)world->failed,
		       (unsigned long long)world->excused,
		       (unsigned long long)world->sessions,
		       (unsigned long long)world->handshakes,
		       (unsigned long long)world->events,
		       (unsigned long long)world->opens);
	if (world->broken || world->authenticated < authentications)
		ksft_test_result_fail("%llu native authentications were broken by ntdvd\n",
				      (unsigned long long)world->broken);
	else
		ksft_test_result_pass("no native authentication was broken by ntdvd\n");
	if (all_is_given_back())
		ksft_test_result_pass("the drive has lost no AGID\n");
	else
		ksft_test_result_fail("the drive has lost an AGID\n");
	ksft_finished();
}
