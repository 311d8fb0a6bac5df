// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer that tracks by itself which file holds which AGID. Random requests go to
 * several drives from several processes and threads, while faults happen. Drives with
 * one worker are compared after each request: what the worker's files hold by the
 * contract, the sessions of ntdvd and what the drive has granted. Drives with several
 * are compared whenever all their workers have stopped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "shot.h"

#define DRIVES	6
#define SHARED	2		/* the last so many have several workers */
#define WORKERS	3		/* two threads and a process */
#define FILES	3
#define HISTORY	8		/* requests that are shown when something is wrong */
#define ROUND	500		/* requests from one halt to the next */
#define S(name)	NTDVD_STATUS_##name

/* In memory that all processes share */
struct world {
	pthread_barrier_t halt;
	/* Who was granted which AGID: an epoch and a file, 0 for nobody */
	_Atomic uint64_t holders[CLASSES][AGIDS];
	/* Odd while a disc is changed or the drive reset */
	_Atomic uint64_t epoch;
	_Atomic unsigned int own[WORKERS];
	_Atomic uint64_t sent, succeeded, handshakes, faults, events;
	_Atomic bool failed;
};

struct worker {
	struct world *world;
	struct random random;
	unsigned int drive, number;
	bool alone;
	uint64_t budget, step;
	struct areas areas;
	int fds[FILES], access[FILES];
	unsigned int own[FILES];
	struct progress progress[CLASSES][AGIDS];
	uint64_t epoch;
	/* alone: what the drive was like after the last request */
	unsigned int granted;
	bool attention, armed, armed_voids;
	struct shot shot;
	char history[HISTORY][128];
};

static struct world *worlds;

static void fail(struct worker *worker, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void fail(struct worker *worker, const char *format, ...)
{
	const struct shot *shot = &worker->shot;
	char text[256];
	unsigned int i;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (atomic_exchange(&worker->world->failed, true))
		return;
	for (i = 1; i <= HISTORY; i++)
		ksft_print_msg("%s\n", worker->history[(worker->step + i) % HISTORY]);
	ksft_print_msg("drive %u, worker %u, request %llu (%s, code %08x, input %p %u, output %p %u): %s\n",
		       worker->drive, worker->number, (unsigned long long)worker->step,
		       shot->what ? shot->what->name : "-", shot->code, shot->input,
		       shot->input_length, shot->output, shot->output_length, text);
}

static unsigned int all_own(const struct worker *worker)
{
	unsigned int own = 0, i;

	for (i = 0; i < FILES; i++)
		own |= worker->own[i];
	return own;
}

/*
 * Marks AGIDs as held by no worker, as they may be granted again.
 * Returns those that somebody held.
 */
static unsigned int release_holders(struct worker *worker, unsigned int agids)
{
	unsigned int class, agid, held = 0;

	for (class = 0; class < CLASSES; class++)
		for (agid = 0; agid < AGIDS; agid++)
			if (agids & session_bit(class, agid) &&
			    atomic_exchange(&worker->world->holders[class][agid], 0))
				held |= session_bit(class, agid);
	return held;
}

static void restore_holders(struct worker *worker, unsigned int agids, uint64_t holder)
{
	unsigned int class, agid;
	uint64_t nobody;

	for (class = 0; class < CLASSES; class++) {
		for (agid = 0; agid < AGIDS; agid++) {
			nobody = 0;
			if (agids & session_bit(class, agid))
				atomic_compare_exchange_strong(&worker->world->holders[class][agid],
							       &nobody, holder);
		}
	}
}

static void open_file(struct worker *worker, unsigned int file)
{
	static const int modes[] = { O_RDWR, O_RDWR, O_RDONLY, O_WRONLY };
	static const int access[] = { 3, 3, 1, 2 };
	unsigned int i = pick(&worker->random, 4);

	worker->fds[file] = open_ntdvd(worker->drive, modes[i]);
	worker->access[file] = access[i];
	worker->own[file] = 0;
	if (worker->fds[file] < 0)
		fail(worker, "cannot open it: %s", strerror(errno));
}

static void close_file(struct worker *worker, unsigned int file)
{
	release_holders(worker, worker->own[file]);
	close(worker->fds[file]);
}

/* Until the AGIDs of closed files were given back; false if they are not. */
static bool wait_for_orphans(unsigned int drive)
{
	char path[64], text[1024];
	ssize_t size;
	int fd, tries;

	snprintf(path, sizeof(path), "/sys/kernel/debug/ntdvd/ntdvd%d/sessions",
		 drive_number(drive));
	for (tries = 0; tries < 10000; tries++) {
		fd = open(path, O_RDONLY);
		size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		close(fd);
		if (size < 0)
			return false;
		text[size] = '\0';
		if (!strstr(text, "closed"))
			return true;
		usleep(1000);
	}
	return false;
}

static void reopen_file(struct worker *worker, unsigned int file)
{
	close_file(worker, file);
	open_file(worker, file);
	if (worker->alone && !wait_for_orphans(worker->drive))
		fail(worker, "a closed file keeps its AGIDs");
}

/*
 * A fault for the next command of a kind. The first ones end every session. One
 * that loses an answer would lose a unit attention as well, or that a bus key
 * ended the session, and then ntdvd may have sessions that are over.
 */
static void arm_fault(struct worker *worker)
{
	static const char *const faults[] = {
		"sense 6 28 0", "sense 6 29 0",
		"lost 07",
		"host 05", "deferred 3 11 0",
		"sense 2 3a 0", "sense 3 11 0", "sense 5 24 0", "sense 5 55 0",
		"sense 5 6f 0", "sense 5 6f 4", "sense 6 2a 1", "sense 1 17 1",
		"host 01", "host 07", "short 3", "short 6", "status 18",
	};
	static const uint8_t opcodes[] = { 0xa4, 0xa4, 0xa3, 0xad };
	unsigned int i = pick(&worker->random, sizeof(faults) / sizeof(faults[0]));
	bool voids = i < 2, loses = i == 2;
	char control[64];

	if ((!worker->alone && voids) || (worker->attention && loses))
		return;
	/* one that is still waiting for its command makes room */
	drive_control(worker->drive, "clear");
	snprintf(control, sizeof(control), "%s 1 %02x", faults[i],
		 loses ? opcodes[0] : opcodes[pick(&worker->random, sizeof(opcodes))]);
	if (drive_control(worker->drive, control))
		fail(worker, "the drive does not take '%s'", control);
	worker->armed = true;
	worker->armed_voids = voids;
	worker->world->faults++;
}

static void change_disc(struct worker *worker)
{
	drive_control(worker->drive, "clear");
	worker->armed = false;
	worker->world->epoch++;
	drive_control(worker->drive, one_in(&worker->random, 2) ? "change" : "reset");
	worker->world->epoch++;
	worker->world->events++;
	worker->attention = true;
}

static bool is_known_code(uint32_t code)
{
	const struct control_code *known;

	for (known = control_codes; known->name; known++)
		if (known->code == code)
			return true;
	return false;
}

/* Refusals that only a request itself can cause, so nothing was sent */
static bool is_refused(const struct outcome *outcome)
{
	switch (outcome->status) {
	case S(ACCESS_DENIED):
	case S(BUFFER_TOO_SMALL):
	case S(INVALID_PARAMETER):
	case S(INFO_LENGTH_MISMATCH):
	case S(INVALID_BUFFER_SIZE):
		return true;
	default:
		return outcome->error;
	}
}

/* What must hold of every answer, whatever the request */
static void check_answer(struct worker *worker, unsigned int file,
			 const struct outcome *outcome)
{
	const struct shot *shot = &worker->shot;
	bool denied = shot->code >> 14 & 3 & ~worker->access[file];

	if (outcome->error) {
		if (outcome->error != EFAULT || shot->plain)
			fail(worker, "errno %d", outcome->error);
		return;
	}
	if (!strcmp(status_name(outcome->status), "unknown NTSTATUS"))
		fail(worker, "status %08x", outcome->status);
	if (denied ? outcome->status != S(ACCESS_DENIED) : outcome->status == S(ACCESS_DENIED))
		fail(worker, "%s with access %d", status_name(outcome->status),
		     worker->access[file]);
	if (!denied && !is_known_code(shot->code) &&
	    outcome->status != S(INVALID_DEVICE_REQUEST))
		fail(worker, "unknown code: %s", status_name(outcome->status));
	if (outcome->status == S(SUCCESS) ? outcome->information > shot->output_length :
	    outcome->status != S(BUFFER_TOO_SMALL) && outcome->information)
		fail(worker, "%s, Information %llu", status_name(outcome->status),
		     (unsigned long long)outcome->information);
	if (!is_untouched(shot, outcome->status ? 0 : outcome->information))
		fail(worker, "%s, but more was written than Information %llu",
		     status_name(outcome->status), (unsigned long long)outcome->information);
}

/* A session was started: nobody else may have it, unless the drive forgot. */
static void take_agid(struct worker *worker, unsigned int file, uint64_t epoch)
{
	struct shot *shot = &worker->shot;
	uint64_t before;
	uint32_t agid;

	memcpy(&agid, shot->output, 4);
	if (agid >= AGIDS) {
		fail(worker, "AGID %u", agid);
		return;
	}
	before = atomic_exchange(&worker->world->holders[shot->class][agid],
				 epoch << 8 | worker->number << 4 | file | 8);
	if (!worker->alone && before && before >> 8 == epoch && !(epoch & 1) &&
	    worker->world->epoch == epoch)
		fail(worker, "AGID %u was granted twice, before to file %u of worker %u",
		     agid, (unsigned int)before & 3, (unsigned int)before >> 4 & 3);
	worker->own[file] |= session_bit(shot->class, agid);
}

/* Which AGIDs of its file the request may end */
static unsigned int endangered(const struct worker *worker, unsigned int file)
{
	const struct shot *shot = &worker->shot;
	unsigned int all = 0xf << AGIDS * shot->class;

	switch (shot->effect) {
	case ENDS:
	case USES:
		return worker->own[file] & session_bit(shot->class, shot->agid);
	case ENDS_ALL:
		return worker->own[file] & all;
	default:
		return 0;
	}
}

/* Has the drive ended a session, by what it said of the request? */
static bool has_ended(const struct shot *shot, const struct outcome *outcome)
{
	if (outcome->error)
		return false;
	switch (outcome->status) {
	case S(CSS_KEY_NOT_ESTABLISHED):
		return true;
	case S(CSS_AUTHENTICATION_FAILURE):
		return shot->is_key;
	case S(SUCCESS):
		return shot->is_last;
	default:
		return false;
	}
}

/*
 * Only the drive knows: of a wrong AACS key, and of the last answer for an AGID that
 * did not arrive, or could not be given to the caller.
 */
static bool may_have_ended(const struct shot *shot, const struct outcome *outcome)
{
	if (shot->is_key && shot->class == AACS)
		return !outcome->error && outcome->status == S(CSS_AUTHENTICATION_FAILURE);
	return shot->is_last && (outcome->error || !is_refused(outcome)) &&
	       !has_ended(shot, outcome);
}

static void update_sessions(struct worker *worker, unsigned int file, unsigned int ends,
			    unsigned int held, uint64_t epoch, const struct outcome *outcome)
{
	const struct shot *shot = &worker->shot;

	if (ends && may_have_ended(shot, outcome)) {
		control(worker->fds[file], shot->class == CSS ? NTDVD_IOCTL_END_SESSION :
			NTDVD_IOCTL_AACS_END_SESSION, &shot->agid, 4, NULL, 0);
		worker->own[file] &= ~ends;
	} else if (shot->effect == USES ? !has_ended(shot, outcome) : is_refused(outcome)) {
		restore_holders(worker, held, worker->epoch << 8 | worker->number << 4 | file | 8);
	} else {
		worker->own[file] &= ~ends;
	}
	if (shot->effect == STARTS && !outcome->error && !outcome->status)
		take_agid(worker, file, epoch);
	if (!outcome->error && !outcome->status && shot->plain)
		worker->world->handshakes += note_progress(shot, worker->progress);
}

/* The drive as it is now; the first two lines that matter come from its state. */
static void look_at_drive(struct worker *worker, unsigned int *granted,
			  bool *attention, bool *armed)
{
	char *state = drive_state(worker->drive);
	const char *at;

	*granted = agids_of(worker->drive);
	at = state ? strstr(state, "attention ") : NULL;
	*attention = at && strncmp(at, "attention 00", 12);
	at = state ? strstr(state, "faults ") : NULL;
	*armed = at && strncmp(at, "faults 0\n", 9);
	free(state);
}

/* A drive of its own: everything can be said after each request. */
static void compare(struct worker *worker, unsigned int file,
		    const struct outcome *outcome, bool starts)
{
	bool attention, armed, fired, forgot, voided;
	unsigned int granted, own, lost, class;
	int sessions;

	look_at_drive(worker, &granted, &attention, &armed);
	fired = worker->armed && !armed;
	voided = (worker->attention && !attention) || (fired && worker->armed_voids);
	if (voided) {
		unsigned int kept = 0, i;
		uint32_t agid;

		/* a session that was started afterwards stays */
		if (starts) {
			memcpy(&agid, worker->shot.output, 4);
			kept = session_bit(worker->shot.class, agid);
		}
		for (i = 0; i < FILES; i++)
			worker->own[i] &= i == file ? kept : 0;
		release_holders(worker, ~kept);
	}
	own = all_own(worker);
	if ((worker->own[0] ^ worker->own[1] ^ worker->own[2]) != own)
		fail(worker, "two files have been granted the same AGID");
	sessions = sessions_of(worker->drive);
	if (sessions != (int)own)
		fail(worker, "%s, errno %d: ntdvd has sessions %02x, must be %02x",
		     status_name(outcome->status), outcome->error, sessions, own);
	/* ntdvd may have sessions that the drive has forgotten, until it says so. */
	forgot = attention;
	if (!forgot && own & ~granted)
		fail(worker, "held are %02x, but the drive has granted %02x", own, granted);
	lost = granted & ~own & ~(worker->granted & ~own);
	/* a key that was asked for too early ends the session by the drive's word */
	if (lost && !fired && !voided && !forgot &&
	    outcome->status != S(CSS_KEY_NOT_ESTABLISHED))
		fail(worker, "%s, errno %d: AGIDs %02x are granted and nobody's",
		     status_name(outcome->status), outcome->error, lost);
	class = worker->shot.class;
	if (!fired && worker->shot.effect == STARTS && !outcome->error &&
	    outcome->status == S(INSUFFICIENT_RESOURCES) &&
	    (own >> AGIDS * class & 0xf) != 0xf)
		fail(worker, "no AGID left, and only %02x are held", own);
	worker->granted = granted;
	worker->attention = attention;
	worker->armed = armed;
}

static void remember(struct worker *worker, unsigned int file,
		     const struct outcome *outcome)
{
	snprintf(worker->history[worker->step % HISTORY], sizeof(worker->history[0]),
		 "request %llu: file %u, %s, AGID %x: %s, errno %d; it has %02x",
		 (unsigned long long)worker->step, file, worker->shot.what->name,
		 worker->shot.agid, status_name(outcome->status), outcome->error,
		 worker->own[file]);
}

static void one_request(struct worker *worker)
{
	unsigned int file = pick(&worker->random, FILES), ends, held;
	struct shot *shot = &worker->shot;
	uint64_t epoch = worker->world->epoch;
	struct outcome outcome;
	bool starts;

	make_shot(&worker->random, &worker->areas, worker->own[file], worker->progress, shot);
	ends = endangered(worker, file);
	/* As soon as it is sent, others may be granted what it ends. */
	held = release_holders(worker, ends);
	outcome = control(worker->fds[file], shot->code, shot->input, shot->input_length,
			  shot->output, shot->output_length);
	worker->world->sent++;
	worker->world->succeeded += !outcome.error && !outcome.status;
	check_answer(worker, file, &outcome);
	/* the same file, the same drive, and no word of another event */
	if (!worker->alone && shot->effect == ENDS && ends &&
	    outcome.status == S(CSS_KEY_NOT_ESTABLISHED) &&
	    epoch == worker->epoch && epoch == worker->world->epoch && !(epoch & 1))
		fail(worker, "a session of this file was taken away");
	starts = shot->effect == STARTS && !outcome.error && !outcome.status;
	update_sessions(worker, file, ends, held, epoch, &outcome);
	remember(worker, file, &outcome);
	if (worker->alone) {
		/* a session that nobody could be told of is given back */
		if (outcome.error && !wait_for_orphans(worker->drive))
			fail(worker, "an AGID is not given back");
		compare(worker, file, &outcome, starts);
	}
}

/* Begin again without sessions, after the drive has forgotten them. */
static void start_over(struct worker *worker)
{
	unsigned int i;

	worker->epoch = worker->world->epoch;
	for (i = 0; i < FILES; i++) {
		close_file(worker, i);
		open_file(worker, i);
	}
}

/* All workers of the drive have come to a halt. */
static void compare_all(struct worker *worker)
{
	unsigned int own = 0, granted, i;
	bool attention, armed;
	int sessions;

	for (i = 0; i < WORKERS; i++)
		own |= worker->world->own[i];
	if (!wait_for_orphans(worker->drive))
		fail(worker, "a closed file keeps its AGIDs");
	look_at_drive(worker, &granted, &attention, &armed);
	sessions = sessions_of(worker->drive);
	if (sessions != (int)own)
		fail(worker, "at a halt: ntdvd has sessions %02x, must be %02x", sessions, own);
	if (!attention && own & ~granted)
		fail(worker, "at a halt: held are %02x, but the drive has granted %02x",
		     own, granted);
}

static void halt(struct worker *worker)
{
	struct world *world = worker->world;

	pthread_barrier_wait(&world->halt);
	if (worker->epoch != world->epoch)
		start_over(worker);
	world->own[worker->number] = all_own(worker);
	pthread_barrier_wait(&world->halt);
	if (!worker->number)
		compare_all(worker);
	pthread_barrier_wait(&world->halt);
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	uint64_t left = worker->budget;
	unsigned int i;

	for (i = 0; i < FILES; i++)
		open_file(worker, i);
	while (left--) {
		worker->step++;
		if (!worker->alone && worker->step % ROUND == 0) {
			halt(worker);
			if (worker->world->failed)
				break;
		}
		if (worker->alone && worker->world->failed)
			break;
		/* What its files have may be gone; nothing can be said of it. */
		if (!worker->alone && worker->epoch != worker->world->epoch)
			start_over(worker);
		if (one_in(&worker->random, 12))
			arm_fault(worker);
		if (one_in(&worker->random, 200) && !(worker->number % WORKERS))
			change_disc(worker);
		if (one_in(&worker->random, 40))
			reopen_file(worker, pick(&worker->random, FILES));
		if (worker->areas.shared)
			worker->areas.shared[pick(&worker->random, 17)] ^=
				random_next(&worker->random);
		one_request(worker);
	}
	for (i = 0; i < FILES; i++)
		close_file(worker, i);
	return NULL;
}

/* When all is closed, four AGIDs of each class must be there. */
static bool has_all_agids(unsigned int drive)
{
	bool fine;
	int fd;

	drive_control(drive, "clear");
	fd = open_ntdvd(drive, O_RDONLY);
	fine = free_agids(drive, fd);
	close(fd);
	return fine;
}

static void set_up_worker(struct worker *worker, unsigned int drive, unsigned int number,
			  uint64_t seed, uint64_t budget, uint8_t *shared)
{
	*worker = (struct worker) {
		.world = &worlds[drive],
		.random.state = seed ^ (uint64_t)(drive * WORKERS + number) << 32,
		.drive = drive,
		.number = number,
		.alone = drive < DRIVES - SHARED,
		.budget = budget,
	};
	if (map_areas(&worker->areas))
		ksft_exit_fail_msg("no memory\n");
	worker->areas.shared = shared;
}

/* A process with as many threads as are asked for; their numbers from @first */
static pid_t fork_workers(unsigned int drive, unsigned int first, unsigned int count,
			  uint64_t seed, uint64_t budget)
{
	static struct worker workers[WORKERS];
	pthread_t threads[WORKERS];
	uint8_t *shared = NULL;
	unsigned int i;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	if (count > 1)
		shared = calloc(1, 64);
	for (i = 0; i < count; i++) {
		set_up_worker(&workers[i], drive, first + i, seed, budget, shared);
		if (pthread_create(&threads[i], NULL, work, &workers[i]))
			_exit(1);
	}
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	fflush(stdout);
	_exit(0);
}

static void set_up_worlds(void)
{
	pthread_barrierattr_t attributes;
	unsigned int i;

	worlds = mmap(NULL, DRIVES * sizeof(*worlds), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (worlds == MAP_FAILED)
		ksft_exit_fail_msg("no memory\n");
	pthread_barrierattr_init(&attributes);
	pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	for (i = 0; i < DRIVES; i++)
		pthread_barrier_init(&worlds[i].halt, &attributes, WORKERS);
}

/* Those that work beside one that died would wait for it for ever. */
static void wait_for_workers(const pid_t *pids, unsigned int count)
{
	int status;

	while (wait(&status) > 0) {
		if (!status)
			continue;
		ksft_print_msg("a worker died, status %x\n", status);
		while (count--)
			kill(pids[count], SIGKILL);
		count = 0;
	}
}

static void run(uint64_t seed, uint64_t requests)
{
	const unsigned int workers = DRIVES - SHARED + SHARED * WORKERS;
	uint64_t budget = requests / workers + 1;
	pid_t pids[DRIVES + SHARED];
	unsigned int i, count = 0;

	for (i = 0; i < DRIVES; i++) {
		drive_control(i, "clear");
		if (i < DRIVES - SHARED) {
			pids[count++] = fork_workers(i, 0, 1, seed, budget);
		} else {
			pids[count++] = fork_workers(i, 0, 2, seed, budget);
			pids[count++] = fork_workers(i, 2, 1, seed, budget);
		}
	}
	wait_for_workers(pids, count);
	for (i = 0; i < DRIVES; i++) {
		ksft_print_msg("drive %u, %s: %llu requests, of which %llu succeeded, %llu whole handshakes, %llu faults, %llu discs or resets\n",
			       i, i < DRIVES - SHARED ? "one worker" : "two threads and a process",
			       (unsigned long long)worlds[i].sent,
			       (unsigned long long)worlds[i].succeeded,
			       (unsigned long long)worlds[i].handshakes,
			       (unsigned long long)worlds[i].faults,
			       (unsigned long long)worlds[i].events);
		if (!worlds[i].failed && worlds[i].sent <
		    budget * (i < DRIVES - SHARED ? 1 : WORKERS)) {
			ksft_print_msg("drive %u: a worker ended early\n", i);
			worlds[i].failed = true;
		}
		if (worlds[i].failed)
			ksft_test_result_fail("the sessions of drive %u; to see it again: make stress ONLY=fuzz SEED=0x%llx\n",
					      i, (unsigned long long)seed);
		else
			ksft_test_result_pass("the sessions of drive %u are right\n", i);
		if (has_all_agids(i))
			ksft_test_result_pass("drive %u has lost no AGID\n", i);
		else
			ksft_test_result_fail("drive %u has lost an AGID\n", i);
	}
}

static const struct option options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "requests", required_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void usage(FILE *to)
{
	fprintf(to, "Usage: fuzz [--seed N] [--requests N]\n"
		"Random requests to the emulated drives 0 to %u.\n"
		"  --seed N       begin with this seed (a random one)\n"
		"  --requests N   how many to send (100000)\n", DRIVES - 1U);
}

int main(int argc, char **argv)
{
	uint64_t seed, requests = 100000;
	int c;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return 1;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			requests = strtoull(optarg, NULL, 0);
			break;
		default:
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	ksft_print_header();
	ksft_set_plan(2 * DRIVES);
	ksft_print_msg("seed 0x%llx\n", (unsigned long long)seed);
	set_up_worlds();
	run(seed, requests);
	ksft_finished();
}
