// SPDX-License-Identifier: GPL-2.0-only
/* Every AGID of every one of many drives, held at the same time. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "kselftest.h"

static pthread_barrier_t all_hold, all_checked;
static _Atomic unsigned int holders;

/* Takes all that its drive has and gives it back when all others have theirs. */
static void *hold(void *argument)
{
	unsigned int drive = (uintptr_t)argument, i;
	bool fine = true;
	uint32_t agid;
	int fd = open_ntdvd(drive, O_RDWR);

	for (i = 0; i < AGIDS; i++)
		fine &= !start_session(fd, &agid) &&
			!control(fd, NTDVD_IOCTL_AACS_START_SESSION, NULL, 0, &agid, 4).status;
	fine &= start_session(fd, &agid) == NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	pthread_barrier_wait(&all_hold);
	fine &= agids_of(drive) == 0xff && sessions_of(drive) == 0xff;
	holders += fine;
	pthread_barrier_wait(&all_checked);
	fine &= end_all_sessions(fd) && !agids_of(drive) && !sessions_of(drive);
	close(fd);
	return (void *)(uintptr_t)fine;
}

int main(int argc, char **argv)
{
	unsigned int drives = argc > 1 ? atoi(argv[1]) : 0, ended = 0, i;
	pthread_t threads[64];
	void *fine;

	if (!drives || drives > 64) {
		fputs("Usage: crowd DRIVES\n"
		      "Holds all AGIDs of so many of the emulated drives, 1 to 64.\n", stderr);
		return 2;
	}
	ksft_print_header();
	ksft_set_plan(2);
	pthread_barrier_init(&all_hold, NULL, drives);
	pthread_barrier_init(&all_checked, NULL, drives);
	for (i = 0; i < drives; i++)
		if (pthread_create(&threads[i], NULL, hold, (void *)(uintptr_t)i))
			ksft_exit_fail_msg("no thread\n");
	for (i = 0; i < drives; i++) {
		pthread_join(threads[i], &fine);
		ended += !!fine;
	}
	if (holders == drives)
		ksft_test_result_pass("%u drives, 8 AGIDs each, all held at once\n", drives);
	else
		ksft_test_result_fail("only %u of %u drives had all AGIDs held\n", holders, drives);
	if (ended == drives)
		ksft_test_result_pass("%u drives got them back\n", drives);
	else
		ksft_test_result_fail("only %u of %u drives got them back\n", ended, drives);
	ksft_finished();
}
