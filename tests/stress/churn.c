// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drives, discs, drivers and the module come and go, while four threads send
 * requests. Nothing may be lost, and at the end the drive works as before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest.h"
#include "shot.h"

#define THREADS	4

static _Atomic bool stop, away;	/* away: no thread may have a file open */
static _Atomic uint64_t requests, wrong;
static const char *module;	/* path of ntdvd.ko */

/* The node may be gone at any time; everything else is an error. */
static int open_node(void)
{
	int fd = open_ntdvd(0, O_RDWR);

	if (fd < 0 && errno != ENOENT && errno != ENODEV && errno != ENXIO) {
		wrong++;
		ksft_print_msg("drive 0: %s\n", strerror(errno));
	}
	return fd;
}

/* Requests of all kinds on files that come and go; only errno would be wrong. */
static void *work(void *argument)
{
	struct random random = { .state = (uintptr_t)argument };
	struct prepared *request = calloc(1, sizeof(*request));
	unsigned int left = 0;
	int fd = -1;

	while (!stop) {
		if (!left-- || away) {
			if (fd >= 0)
				close(fd);
			fd = away ? -1 : open_node();
			left = pick(&random, 8);
		}
		if (fd < 0) {
			usleep(100);
			continue;
		}
		prepare(fd, &request_cases[pick(&random, request_case_count)], request);
		if (run_prepared(fd, request).error) {
			wrong++;
			ksft_print_msg("%s: %s\n", request->what->name, strerror(errno));
		}
		requests++;
	}
	if (fd >= 0)
		close(fd);
	free(request);
	return NULL;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool fine = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return fine;
}

static bool replug(void)
{
	return !drive_control(0, "unplug") && !drive_control(0, "plug");
}

static bool change_disc(void)
{
	return !drive_control(0, "change");
}

static bool reset_drive(void)
{
	return !drive_control(0, "reset");
}

/* While a file is open, the module must stay. */
static bool refuse_unload(void)
{
	int fd = open_node();
	bool refused = syscall(SYS_delete_module, "ntdvd", O_NONBLOCK) &&
		       (errno == EWOULDBLOCK || errno == EBUSY);

	close(fd);
	return refused && fd >= 0;
}

/* And go when none is, with what the closed ones held still to be given back. */
static bool reload(void)
{
	int fd;

	away = true;
	while (syscall(SYS_delete_module, "ntdvd", O_NONBLOCK))
		if (errno != EWOULDBLOCK && errno != EBUSY)
			return false;
	fd = open(module, O_RDONLY | O_CLOEXEC);
	if (syscall(SYS_finit_module, fd, "", 0)) {
		close(fd);
		return false;
	}
	close(fd);
	away = false;
	return true;
}

static void *replug_meanwhile(void *unused)
{
	return (void *)(uintptr_t)replug();
}

/* The module goes while the drive does. */
static bool leave(void)
{
	pthread_t thread;
	void *replugged;
	bool reloaded;

	if (pthread_create(&thread, NULL, replug_meanwhile, NULL))
		return false;
	reloaded = reload();
	pthread_join(thread, &replugged);
	return reloaded && replugged;
}

static bool rebind(void)
{
	char path[PATH_MAX], name[32];

	snprintf(name, sizeof(name), "/sys/block/sr%d/device", drive_number(0));
	if (!realpath(name, path))
		return false;
	snprintf(name, sizeof(name), "%s", strrchr(path, '/') + 1);
	return write_file("/sys/bus/scsi/drivers/sr/unbind", name) &&
	       write_file("/sys/bus/scsi/drivers/sr/bind", name);
}

static const struct churn {
	const char *name;
	bool (*cycle)(void);
} churns[] = {
	{ "unplug", replug },
	{ "change", change_disc },
	{ "reset", reset_drive },
	{ "refuse", refuse_unload },
	{ "reload", reload },
	{ "leave", leave },
	{ "rebind", rebind },
};

static bool works_again(void)
{
	int fd = open_ntdvd(0, O_RDWR);
	bool fine = fd >= 0 && free_agids(0, fd);

	close(fd);
	return fine;
}

/* So that each cycle meets some. */
static void wait_for_requests(void)
{
	uint64_t enough = requests + 2 * THREADS;

	while (requests < enough)
		sched_yield();
}

static void run(const struct churn *churn, unsigned int cycles)
{
	pthread_t threads[THREADS];
	unsigned int i, done = 0;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(i + 1)))
			ksft_exit_fail_msg("no thread\n");
	while (done < cycles && churn->cycle()) {
		done++;
		wait_for_requests();
	}
	stop = true;
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);

	ksft_print_msg("%s: %u cycles, %llu requests meanwhile\n", churn->name, done,
		       (unsigned long long)requests);
	if (done == cycles && !wrong && requests)
		ksft_test_result_pass("%s: %u cycles under load\n", churn->name, cycles);
	else
		ksft_test_result_fail("%s: cycle %u of %u (%s), %llu requests went wrong\n",
				      churn->name, done, cycles, strerror(errno),
				      (unsigned long long)wrong);
	if (works_again())
		ksft_test_result_pass("%s: the drive works again\n", churn->name);
	else
		ksft_test_result_fail("%s: the drive does not work any more\n", churn->name);
}

static const struct option options[] = {
	{ "cycles", required_argument, NULL, 'c' },
	{ "module", required_argument, NULL, 'm' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void usage(FILE *to)
{
	fputs("Usage: churn [--cycles N] [--module FILE] WHAT\n"
	      "What happens to the emulated drive 0 while four threads use it: unplug (and\n"
	      "plug again), change (the disc), reset, refuse (to unload ntdvd while a file is\n"
	      "open), reload (ntdvd), leave (unplug and reload at once), rebind (sr).\n"
	      "  --cycles N      how often (100)\n"
	      "  --module FILE   ntdvd.ko, for reload and leave\n", to);
}

int main(int argc, char **argv)
{
	unsigned int cycles = 100, i;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			cycles = atoi(optarg);
			break;
		case 'm':
			module = optarg;
			break;
		default:
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	for (i = 0; i < sizeof(churns) / sizeof(churns[0]); i++) {
		if (optind + 1 != argc || strcmp(argv[optind], churns[i].name))
			continue;
		ksft_print_header();
		ksft_set_plan(2);
		run(&churns[i], cycles);
		ksft_finished();
	}
	usage(stderr);
	return 2;
}
