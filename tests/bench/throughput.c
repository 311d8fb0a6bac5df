// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests a second with 1 to 64 drives and a thread for each, through ntdvd
 * and through DVD_AUTH, with drives that answer at once and with drives that
 * take 1 ms a command. The runs of all of these take turns.
 *
 * throughput RUNS MILLISECONDS DRIVES:DELAY... runs so many times, as long, with
 * so many drives and that delay in milliseconds, and prints a line for each run:
 * way, drives, delay, requests a second. throughput load FILE loads a module and
 * prints how many milliseconds that took.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/cdrom.h>

#include "../selftests/client.h"

#define MOST_DRIVES	64

static bool dvd_auth;
static atomic_bool stop;
static pthread_barrier_t start;
static int fds[2][MOST_DRIVES];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void session_ntdvd(int fd)
{
	uint32_t agid;

	if (start_session(fd, &agid) || end_session(fd, agid))
		errx(1, "a session failed");
}

static void session_dvd_auth(int fd)
{
	dvd_authinfo auth = { .type = DVD_LU_SEND_AGID };

	if (ioctl(fd, DVD_AUTH, &auth))
		err(1, "DVD_LU_SEND_AGID");
	auth.type = DVD_INVALIDATE_AGID;
	if (ioctl(fd, DVD_AUTH, &auth))
		err(1, "DVD_INVALIDATE_AGID");
}

static void *work(void *drive)
{
	int fd = fds[dvd_auth][(long)drive];
	unsigned long sent = 0;

	pthread_barrier_wait(&start);
	for (; !stop; sent += 2)
		dvd_auth ? session_dvd_auth(fd) : session_ntdvd(fd);
	return (void *)sent;
}

static double run(long drives, unsigned int milliseconds)
{
	pthread_t threads[MOST_DRIVES];
	unsigned long sum = 0;
	double began, ended;
	void *sent;
	long i;

	stop = false;
	pthread_barrier_init(&start, NULL, drives + 1);
	for (i = 0; i < drives; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)i))
			errx(1, "cannot make a thread");
	pthread_barrier_wait(&start);
	began = now();
	usleep(1000 * milliseconds);
	stop = true;
	ended = now();
	for (i = 0; i < drives; i++) {
		pthread_join(threads[i], &sent);
		sum += (unsigned long)sent;
	}
	pthread_barrier_destroy(&start);
	return sum / (ended - began);
}

static void open_drives(void)
{
	static const char *const names[] = { "ntdvd", "sr" };
	char path[32];
	int way, i;

	for (way = 0; way < 2; way++) {
		for (i = 0; i < MOST_DRIVES; i++) {
			snprintf(path, sizeof(path), "/dev/%s%d", names[way], i);
			fds[way][i] = open(path, O_RDONLY | O_NONBLOCK);
			if (fds[way][i] < 0)
				err(1, "%s", path);
		}
	}
}

static void set_drives(const char *command)
{
	int i;

	for (i = 0; i < MOST_DRIVES; i++)
		if (drive_control(i, command))
			err(1, "drive %d: %s", i, command);
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	double began = now();

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		err(1, "%s", path);
	printf("%.2f\n", (now() - began) * 1000);
}

int main(int argc, char **argv)
{
	int i, runs, drives, delay;
	char command[32];

	if (argc == 3 && !strcmp(argv[1], "load")) {
		load(argv[2]);
		return 0;
	}
	if (argc < 4)
		errx(2, "usage: throughput RUNS MILLISECONDS DRIVES:DELAY... | load FILE");
	open_drives();
	set_drives("log off");
	for (runs = atoi(argv[1]); runs; runs--) {
		for (i = 3; i < argc; i++) {
			if (sscanf(argv[i], "%d:%d", &drives, &delay) != 2 ||
			    drives < 1 || drives > MOST_DRIVES)
				errx(2, "%s: not DRIVES:DELAY", argv[i]);
			snprintf(command, sizeof(command), "delay %d", delay);
			set_drives(command);
			for (dvd_auth = false;; dvd_auth = true) {
				printf("%s %d %d %.1f\n",
				       dvd_auth ? "dvd_ioctl" : "ntdvd", drives,
				       delay, run(drives, atoi(argv[2])));
				if (dvd_auth)
					break;
			}
			fflush(stdout);
		}
	}
	return 0;
}
