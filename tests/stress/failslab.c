// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every request with every one of its allocations failing in turn. It must end
 * well or with INSUFFICIENT_RESOURCES, and the sessions must be right after it. Then
 * the same with loading the module, whose file is the argument, and with binding sr.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cases.h"
#include "kselftest.h"

#define DEBUGFS	"/sys/kernel/debug/"
#define LIMIT	1000	/* allocations of a request; there are about ten */
#define LOADING	10000	/* of loading the module, more than there are */

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool fine = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return fine;
}

/* All allocations may fail, also those that could wait; none is reported. */
static bool arm(void)
{
	static const char *const settings[][2] = {
		{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "failslab/verbose", "0" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ DEBUGFS "fail_page_alloc/min-order", "0" },
		{ DEBUGFS "fail_page_alloc/verbose", "0" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!write_file(settings[i][0], settings[i][1]))
			return false;
	return true;
}

/* Has the kernel fail the nth allocation from now on; 0 is none. */
static void fail_nth(int fd, unsigned int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", nth);
	if (pwrite(fd, text, strlen(text), 0) < 0)
		ksft_exit_fail_msg("fail-nth: %s\n", strerror(errno));
}

/* How many more until one fails */
static unsigned int left(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		ksft_exit_fail_msg("fail-nth: %s\n", strerror(errno));
	return atoi(text);
}

/* Did it fail? */
static bool has_failed(int fd)
{
	return !left(fd);
}

static unsigned int sessions_after(const struct prepared *request, unsigned int sessions,
				   uint32_t status)
{
	uint32_t agid;

	if (request->what->kind & CASE_END ||
	    (request->what->kind & CASE_LAST && !status))
		return 0;
	if (request->what->kind & CASE_START && !status) {
		memcpy(&agid, request->output, 4);
		return session_bit(request->what->class, agid);
	}
	return sessions;
}

static bool is_right(int fd, struct prepared *request, int nth_fd, unsigned int nth,
		     bool *failed)
{
	unsigned int sessions = sessions_of(0), after;
	struct outcome outcome;

	fail_nth(nth_fd, nth);
	outcome = run_prepared(fd, request);
	*failed = has_failed(nth_fd);
	fail_nth(nth_fd, 0);
	sessions = sessions_after(request, sessions, outcome.status);
	after = sessions_of(0);
	if (!outcome.error && after == sessions &&
	    (outcome.status == request->what->good ||
	     (*failed && outcome.status == NTDVD_STATUS_INSUFFICIENT_RESOURCES)))
		return true;
	ksft_print_msg("allocation %u: errno %d, %s, sessions %02x and not %02x\n", nth,
		       outcome.error, status_name(outcome.status), after, sessions);
	return false;
}

static void test_request(int fd, int nth_fd, const struct request_case *what)
{
	static struct prepared request;
	unsigned int nth, wrong = 0;
	bool failed = true;

	for (nth = 1; failed && nth < LIMIT; nth++) {
		if (!end_all_sessions(fd) || !free_agids(0, fd) ||
		    !prepare(fd, what, &request)) {
			ksft_test_result_fail("%s: cannot be set up\n", what->name);
			return;
		}
		wrong += !is_right(fd, &request, nth_fd, nth, &failed);
	}
	/* A command without data needs no memory. */
	if (wrong || nth == LIMIT || (nth == 2 && (what->transfer || what->opcode == 0xa3)))
		ksft_test_result_fail("%s: wrong with %u of %u allocations\n", what->name,
				      wrong, nth - 2);
	else
		ksft_test_result_pass("%s: each of %u allocations may fail\n", what->name,
				      nth - 2);
}

/* Opening allocates as well, in the kernel's code before ntdvd's. */
static void test_open(int nth_fd)
{
	bool failed = true, fine = true;
	char path[DRIVE_PATH];
	unsigned int nth;
	int fd;

	drive_path(0, "ntdvd", path);
	for (nth = 1; failed && nth < LIMIT; nth++) {
		fail_nth(nth_fd, nth);
		fd = open(path, O_RDWR | O_CLOEXEC);
		failed = has_failed(nth_fd);
		fail_nth(nth_fd, 0);
		fine &= fd >= 0 || (failed && (errno == ENOMEM || errno == ENFILE));
		if (fd >= 0)
			close(fd);
	}
	if (fine && nth > 2 && nth < LIMIT)
		ksft_test_result_pass("open: each of %u allocations may fail\n", nth - 2);
	else
		ksft_test_result_fail("open: allocation %u\n", nth - 1);
}

static bool unload(void)
{
	return !syscall(SYS_delete_module, "ntdvd", 0);
}

/* Loads it with the nth allocation failing. Returns errno, and how many there were. */
static int load(int nth_fd, int file, unsigned int nth, unsigned int *allocations)
{
	int err;

	fail_nth(nth_fd, nth);
	err = syscall(SYS_finit_module, file, "", 0) ? errno : 0;
	*allocations = nth - left(nth_fd);
	fail_nth(nth_fd, 0);
	return err;
}

/*
 * It is not there, or it is and can go again. The first allocations are those of the
 * kernel's loader, which reports some that fail, so only the last third is tried.
 */
static void test_load(int nth_fd, int file)
{
	unsigned int all = 0, allocations, last, nth, refused = 0;
	char path[DRIVE_PATH];
	bool fine = unload() && !load(nth_fd, file, LOADING, &all) && unload();
	int err;

	last = all / 3;
	for (nth = all; fine && nth > all - last; nth--) {
		err = load(nth_fd, file, nth, &allocations);
		refused += !!err;
		fine = err ? err == ENOMEM :
			     !access(drive_path(0, "ntdvd", path), F_OK) && unload();
		if (!fine)
			ksft_print_msg("allocation %u: %s\n", nth, strerror(err));
	}
	fine = fine && refused && !load(nth_fd, file, 0, &allocations) &&
	       !access(drive_path(0, "ntdvd", path), R_OK);
	if (fine)
		ksft_test_result_pass("load: each of the last %u allocations may fail, %u did\n",
				      last, refused);
	else
		ksft_test_result_fail("load: allocation %u of %u, %u did\n", nth, all, refused);
}

/* The name of drive 0 on the SCSI bus */
static bool find_device(char device[32])
{
	char link[64], target[128];
	ssize_t length;

	snprintf(link, sizeof(link), "/sys/class/block/sr%d/device", drive_number(0));
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	snprintf(device, 32, "%s", strrchr(target, '/') + 1);
	return true;
}

/* Binds sr with the nth allocation failing. Returns how many there were. */
static unsigned int bind(int nth_fd, const char *device, unsigned int nth, bool *bound)
{
	int fd = open("/sys/bus/scsi/drivers/sr/bind", O_WRONLY | O_CLOEXEC);
	unsigned int allocations;

	fail_nth(nth_fd, nth);
	*bound = write(fd, device, strlen(device)) > 0;
	allocations = nth - left(nth_fd);
	fail_nth(nth_fd, 0);
	close(fd);
	return allocations;
}

static bool unbind(const char *device)
{
	return write_file("/sys/bus/scsi/drivers/sr/unbind", device);
}

/*
 * A drive may be without a node then, and gets one when sr is bound again. ntdvd's
 * allocations are the last but for the few of an event: as many as there are more than
 * without ntdvd.
 */
static void test_bind(int nth_fd, int file)
{
	unsigned int all, allocations, nth, others, without = 0;
	char device[32], path[DRIVE_PATH];
	bool bound, fine;

	fine = find_device(device) && unload() && unbind(device);
	others = bind(nth_fd, device, LOADING, &bound);
	fine = fine && bound && !load(nth_fd, file, 0, &allocations) && unbind(device);
	all = bind(nth_fd, device, LOADING, &bound);
	fine = fine && bound && all > others && unbind(device);
	for (nth = all; fine && nth > others; nth--) {
		bind(nth_fd, device, nth, &bound);
		without += bound && access(drive_path(0, "ntdvd", path), F_OK);
		fine = !bound || unbind(device);
	}
	bind(nth_fd, device, 0, &bound);
	if (fine && without && bound && !access(drive_path(0, "ntdvd", path), R_OK))
		ksft_test_result_pass("bind: each of the last %u allocations may fail, %u left no node\n",
				      all - others, without);
	else
		ksft_test_result_fail("bind: allocation %u of %u, %u left no node\n", nth, all,
				      without);
}

int main(int argc, char **argv)
{
	int fd, nth_fd, module;
	unsigned int i;

	if (argc != 2) {
		fputs("Usage: failslab MODULE\n", stderr);
		return 2;
	}
	ksft_print_header();
	ksft_set_plan(request_case_count + 3);
	fd = open_ntdvd(0, O_RDWR);
	if (fd < 0)
		ksft_exit_fail_msg("drive 0: %s\n", strerror(errno));
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0 || !arm())
		ksft_exit_fail_msg("the kernel has no failslab: it must be the debug kernel\n");
	for (i = 0; i < request_case_count; i++)
		test_request(fd, nth_fd, &request_cases[i]);
	test_open(nth_fd);
	close(fd);
	module = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (module < 0 || !write_file(DEBUGFS "fail_page_alloc/min-order", "20"))
		ksft_exit_fail_msg("%s: %s\n", argv[1], strerror(errno));
	test_load(nth_fd, module);
	test_bind(nth_fd, module);
	close(module);
	ksft_finished();
}
