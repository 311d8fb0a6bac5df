// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients that are killed at random points of a handshake, on a drive that
 * answers at once and on one that takes its time. None may keep an AGID.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "shot.h"

#define DRIVES	2
#define POINTS	8	/* steps of a client's round, see client() */

/* Where the client is, in memory that it shares with its parent */
static _Atomic unsigned int *point;

static const struct request_case *find_case(const char *name)
{
	unsigned int i;

	for (i = 0; i < request_case_count; i++)
		if (!strcmp(request_cases[i].name, name))
			return &request_cases[i];
	return NULL;
}

/* Rounds of opening, a handshake of each class, and closing, until killed */
static void client(unsigned int drive)
{
	const struct request_case *title_key = find_case("READ_KEY title key");
	const struct request_case *volume_id = find_case("AACS_READ_VOLUME_ID");
	static struct prepared request;
	char path[DRIVE_PATH];
	uint32_t agid;
	int fd;

	drive_path(drive, "ntdvd", path);
	for (;;) {
		*point = 0;
		fd = open(path, O_RDWR);
		*point = 1;
		start_session(fd, &agid);
		*point = 2;
		prepare(fd, title_key, &request);
		*point = 3;
		run_prepared(fd, &request);
		*point = 4;
		prepare(fd, volume_id, &request);
		*point = 5;
		run_prepared(fd, &request);
		*point = 6;
		start_session(fd, &agid);
		*point = 7;
		close(fd);
	}
}

static void wait_and_kill(pid_t pid, unsigned int nanoseconds)
{
	const struct timespec delay = { .tv_nsec = nanoseconds };
	int status;

	nanosleep(&delay, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (!WIFSIGNALED(status))
		ksft_exit_fail_msg("a client ended by itself, status %x\n", status);
}

static void kill_clients(unsigned int drive, unsigned int clients, struct random *random)
{
	unsigned int killed[POINTS] = { 0 }, points = 0, i;
	char text[128] = "";
	pid_t pid;
	int fd;

	for (i = 0; i < clients; i++) {
		*point = POINTS;
		pid = fork();
		if (pid < 0)
			ksft_exit_fail_msg("fork: %s\n", strerror(errno));
		if (!pid)
			client(drive);
		while (*point == POINTS)
			sched_yield();
		/* about one round; a slow drive's takes longer */
		wait_and_kill(pid, pick(random, drive ? 160000000 : 2000000));
		killed[*point]++;
	}
	for (i = 0; i < POINTS; i++) {
		points += !!killed[i];
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %u", killed[i]);
	}
	ksft_print_msg("drive %u: %u clients killed, at each of %u points:%s\n", drive,
		       clients, POINTS, text);
	drive_control(drive, "clear");
	fd = open_ntdvd(drive, O_RDWR);
	if (points > 1 && fd >= 0 && free_agids(drive, fd) && !agids_of(drive))
		ksft_test_result_pass("drive %u has four free AGIDs\n", drive);
	else
		ksft_test_result_fail("drive %u: AGIDs %02x are not free\n", drive,
				      agids_of(drive));
	close(fd);
}

static const struct option options[] = {
	{ "clients", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void usage(FILE *to)
{
	fputs("Usage: kills [--clients N]\n"
	      "Kills clients of the emulated drives 0 and 1.\n"
	      "  --clients N   how many, a tenth of them on the slow drive 1 (1000)\n", to);
}

int main(int argc, char **argv)
{
	struct random random = { .state = time(NULL) };
	unsigned int clients = 1000;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			clients = atoi(optarg);
			break;
		default:
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	ksft_print_header();
	ksft_set_plan(DRIVES);
	ksft_print_msg("seed %llu\n", (unsigned long long)random.state);
	fflush(stdout);
	point = mmap(NULL, sizeof(*point), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (point == MAP_FAILED || drive_control(1, "delay 3"))
		ksft_exit_fail_msg("no second drive, or no memory\n");
	kill_clients(0, clients - clients / 10, &random);
	kill_clients(1, clients / 10, &random);
	ksft_finished();
}
