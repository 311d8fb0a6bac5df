// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions a request, through ntdvd and through everything that a program
 * could use instead. Runs where guest time counts instructions (tests/vm/boot
 * --icount), so that the time stamp counter does. Each request is prepared and
 * its answer checked outside of what is counted, and the ways take turns.
 *
 * Prints a line for each: request, way, median, mean.
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/cdrom.h>
#include <scsi/sg.h>
#include <x86intrin.h>

#include "../selftests/client.h"
#include "midlayer.h"

#define WARM_UP		20
#define ROUNDS		100
#define TURNS		1000
#define STRUCTURE_SIZE	2052

enum way { NTDVD, DVD_IOCTL, SG_IO_SR, SG_IO_SG, ALIGNED, STACK, WAYS };

static const char *const way_names[] = {
	[NTDVD] = "ntdvd",
	[DVD_IOCTL] = "dvd_ioctl",
	[SG_IO_SR] = "sg_io_sr",
	[SG_IO_SG] = "sg_io_sg",
	[ALIGNED] = "midlayer",
	[STACK] = "midlayer_stack",
};

enum request {
	START_SESSION, SEND_CHALLENGE, READ_BUS1, READ_CHALLENGE, SEND_BUS2,
	READ_ASF, READ_TITLE, READ_DISK, READ_RPC, READ_STRUCTURE, GET_REGION,
	END_SESSION, INVALIDATE, HANDSHAKE,
	EMPTY, UNKNOWN_IOCTL, WRONG_KEY_TYPE, NO_ACCESS, OTHERS_SESSION,
	OPEN, CLOSE, REQUESTS
};

/**
 * struct request_row - a request, and the command that it sends
 * @name: its name.
 * @opcode: of the command, 0 if it sends none or more than one.
 * @format: key format or format code.
 * @length: bytes of the command's data.
 * @out: they are data-out.
 * @type: type of DVD_AUTH or DVD_READ_STRUCT.
 * @key_type: key type, for READ_KEY and SEND_KEY.
 */
struct request_row {
	const char *name;
	uint8_t opcode, format;
	uint16_t length;
	bool out;
	uint8_t type;
	uint8_t key_type;
};

static const struct request_row rows[] = {
	[START_SESSION] = { "START_SESSION", GPCMD_REPORT_KEY, 0, 8, false, DVD_LU_SEND_AGID },
	[SEND_CHALLENGE] = { "SEND_KEY_CHALLENGE", GPCMD_SEND_KEY, 1, 16, true,
			     DVD_HOST_SEND_CHALLENGE, NTDVD_KEY_CHALLENGE },
	[READ_BUS1] = { "READ_KEY_BUS1", GPCMD_REPORT_KEY, 2, 12, false,
			DVD_LU_SEND_KEY1, NTDVD_KEY_BUS1 },
	[READ_CHALLENGE] = { "READ_KEY_CHALLENGE", GPCMD_REPORT_KEY, 1, 16, false,
			     DVD_LU_SEND_CHALLENGE, NTDVD_KEY_CHALLENGE },
	[SEND_BUS2] = { "SEND_KEY_BUS2", GPCMD_SEND_KEY, 3, 12, true,
			DVD_HOST_SEND_KEY2, NTDVD_KEY_BUS2 },
	[READ_ASF] = { "READ_KEY_ASF", GPCMD_REPORT_KEY, 5, 8, false,
		       DVD_LU_SEND_ASF, NTDVD_KEY_ASF },
	[READ_TITLE] = { "READ_KEY_TITLE", GPCMD_REPORT_KEY, 4, 12, false,
			 DVD_LU_SEND_TITLE_KEY, NTDVD_KEY_TITLE },
	[READ_DISK] = { "READ_KEY_DISK", GPCMD_READ_DVD_STRUCTURE, 2, STRUCTURE_SIZE,
			false, DVD_STRUCT_DISCKEY, NTDVD_KEY_DISK },
	[READ_RPC] = { "READ_KEY_GET_RPC", GPCMD_REPORT_KEY, 8, 8, false,
		       DVD_LU_SEND_RPC_STATE, NTDVD_KEY_GET_RPC },
	[READ_STRUCTURE] = { "READ_STRUCTURE", GPCMD_READ_DVD_STRUCTURE, 4,
			     STRUCTURE_SIZE, false, DVD_STRUCT_MANUFACT },
	[GET_REGION] = { "GET_REGION" },
	[END_SESSION] = { "END_SESSION", GPCMD_REPORT_KEY, 0x3f, 0, false,
			  DVD_INVALIDATE_AGID },
	[INVALIDATE] = { "READ_KEY_INVALIDATE_AGID", GPCMD_REPORT_KEY, 0x3f, 0,
			 false, DVD_INVALIDATE_AGID, NTDVD_KEY_INVALIDATE_AGID },
	[HANDSHAKE] = { "handshake" },
	[EMPTY] = { "empty_ioctl" },
	[UNKNOWN_IOCTL] = { "unknown_ioctl" },
	[WRONG_KEY_TYPE] = { "refused_key_type" },
	[NO_ACCESS] = { "refused_access" },
	[OTHERS_SESSION] = { "refused_session" },
	[OPEN] = { "open" },
	[CLOSE] = { "close" },
};

/* What is counted as the handshake: what DVD_AUTH can do of it */
static const enum request handshake[] = {
	START_SESSION, SEND_CHALLENGE, READ_BUS1, READ_CHALLENGE, SEND_BUS2,
	READ_ASF, READ_TITLE, END_SESSION,
};

static double samples[REQUESTS][WAYS][ROUNDS];
static size_t counts[REQUESTS][WAYS];
static int fds[WAYS];
static int round_number;
static double ticks_an_instruction, ticks_of_nothing;

/* The ioctls that make up a request */
static struct {
	unsigned long request;
	void *argument;
} calls[2];
static int ncalls;

static struct ntdvd_device_control ctl;
static struct key_buffer key;
static dvd_authinfo auth;
static dvd_struct structure;
static struct sg_io_hdr sg[2];
static uint8_t cdbs[2][12], sense[32];
static uint8_t data[STRUCTURE_SIZE] __attribute__((aligned(4096)));
static uint8_t output[STRUCTURE_SIZE] __attribute__((aligned(4096)));
static struct midlayer_command command;

/* The session: its AGID, and the drive's challenge */
static uint32_t agid;
static uint8_t challenge[CHALLENGE_SIZE];
static const uint8_t host_challenge[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

static void add_call(unsigned long request, void *argument)
{
	calls[ncalls].request = request;
	calls[ncalls++].argument = argument;
}

static void add_sample(enum request request, enum way way, double ticks)
{
	if (round_number >= WARM_UP)
		samples[request][way][counts[request][way]++] =
			(ticks - ticks_of_nothing) / ticks_an_instruction;
}

/* The key that the host sends, as the parameter list has it */
static void host_key(enum request request, uint8_t to[12])
{
	memset(to, 0, 12);
	if (request == SEND_CHALLENGE)
		memcpy(to, host_challenge, sizeof(host_challenge));
	else
		drive_key(2, challenge, to);
}

static void prepare_ntdvd(enum request request)
{
	const struct request_row *row = &rows[request];

	ctl = (struct ntdvd_device_control) {
		.status = 0xdeadbeef,
		.input = (uintptr_t)&key,
		.output = (uintptr_t)&key,
		.access = NTDVD_READ_ACCESS | NTDVD_WRITE_ACCESS,
	};
	memset(&key, 0, sizeof(key));
	key.session_id = agid;
	key.key_type = row->key_type;

	switch (request) {
	case START_SESSION:
		ctl.control_code = NTDVD_IOCTL_START_SESSION;
		ctl.output = (uintptr_t)&agid;
		ctl.output_length = sizeof(agid);
		break;
	case END_SESSION:
		ctl.control_code = NTDVD_IOCTL_END_SESSION;
		ctl.input = (uintptr_t)&agid;
		ctl.input_length = sizeof(agid);
		break;
	case GET_REGION:
		ctl.control_code = NTDVD_IOCTL_GET_REGION;
		ctl.output = (uintptr_t)output;
		ctl.output_length = sizeof(struct ntdvd_region);
		break;
	case READ_STRUCTURE: {
		static struct ntdvd_read_structure input = { .format = 4 };

		ctl.control_code = NTDVD_IOCTL_READ_STRUCTURE;
		ctl.input = (uintptr_t)&input;
		ctl.input_length = sizeof(input);
		ctl.output = (uintptr_t)output;
		ctl.output_length = STRUCTURE_SIZE;
		break;
	}
	case SEND_CHALLENGE:
	case SEND_BUS2:
		ctl.control_code = NTDVD_IOCTL_SEND_KEY;
		ctl.input_length = KEY_HEADER + row->length - 4;
		key.key_length = ctl.input_length;
		host_key(request, key.key_data);
		break;
	default:
		ctl.control_code = NTDVD_IOCTL_READ_KEY;
		ctl.input_length = KEY_HEADER;
		ctl.output_length = KEY_HEADER + (row->length ? row->length - 4 : 0);
	}
	add_call(NTDVD_IOC_DEVICE_CONTROL, &ctl);
}

static void check_ntdvd(enum request request)
{
	if (ctl.status)
		errx(1, "%s: status %08x", rows[request].name, ctl.status);
	if (request == READ_CHALLENGE)
		memcpy(challenge, key.key_data, sizeof(challenge));
}

static void prepare_dvd_ioctl(enum request request)
{
	const struct request_row *row = &rows[request];
	uint8_t sent[12];

	memset(&auth, 0, sizeof(auth));
	memset(&structure, 0, sizeof(structure));
	auth.type = row->type;
	auth.lsa.agid = agid;
	structure.type = row->type;
	if (request == SEND_CHALLENGE || request == SEND_BUS2) {
		host_key(request, sent);
		if (request == SEND_CHALLENGE)
			memcpy(auth.hsc.chal, sent, sizeof(auth.hsc.chal));
		else
			memcpy(auth.hsk.key, sent, sizeof(auth.hsk.key));
	}
	if (request == GET_REGION) {
		structure.type = DVD_STRUCT_COPYRIGHT;
		auth.type = DVD_LU_SEND_RPC_STATE;
		add_call(DVD_READ_STRUCT, &structure);
		add_call(DVD_AUTH, &auth);
	} else if (row->opcode == GPCMD_READ_DVD_STRUCTURE) {
		if (request == READ_DISK)
			structure.disckey.agid = agid;
		add_call(DVD_READ_STRUCT, &structure);
	} else {
		add_call(DVD_AUTH, &auth);
	}
}

static void check_dvd_ioctl(enum request request)
{
	if (request == START_SESSION)
		agid = auth.lsa.agid;
	else if (request == READ_CHALLENGE)
		memcpy(challenge, auth.lsc.chal, sizeof(challenge));
}

/* The CDB of a request, and data-out */
static void prepare_cdb(enum request request, uint8_t cdb[12], uint8_t *out)
{
	const struct request_row *row = &rows[request];

	memset(cdb, 0, 12);
	cdb[0] = row->opcode;
	cdb[7] = row->opcode == GPCMD_READ_DVD_STRUCTURE ? row->format : 0;
	cdb[8] = row->length >> 8;
	cdb[9] = row->length;
	cdb[10] = agid << 6;
	if (row->opcode != GPCMD_READ_DVD_STRUCTURE)
		cdb[10] |= row->format;
	if (row->out) {
		memset(out, 0, 4);
		out[1] = row->length - 2;
		host_key(request, out + 4);
	}
}

static void prepare_sg(struct sg_io_hdr *io, uint8_t cdb[12], uint16_t length,
		       bool out)
{
	*io = (struct sg_io_hdr) {
		.interface_id = 'S',
		.cmdp = cdb,
		.cmd_len = 12,
		.dxferp = data,
		.dxfer_len = length,
		.dxfer_direction = !length ? SG_DXFER_NONE :
				   out ? SG_DXFER_TO_DEV : SG_DXFER_FROM_DEV,
		.sbp = sense,
		.mx_sb_len = sizeof(sense),
		.timeout = 7000,
	};
	add_call(SG_IO, io);
}

static void prepare_raw(enum request request, enum way way)
{
	/* GET_REGION: the copyright of the disc, then the drive's region */
	static const uint8_t copyright[12] = {
		GPCMD_READ_DVD_STRUCTURE, [7] = 1, [9] = 8
	};
	const struct request_row *row = &rows[request];

	if (way == SG_IO_SR || way == SG_IO_SG) {
		if (request == GET_REGION) {
			memcpy(cdbs[1], copyright, 12);
			prepare_sg(&sg[1], cdbs[1], 8, false);
			row = &rows[READ_RPC];
			request = READ_RPC;
		}
		prepare_cdb(request, cdbs[0], data);
		prepare_sg(&sg[0], cdbs[0], row->length, row->out);
		return;
	}
	command.out = row->out;
	command.length = row->length;
	prepare_cdb(request, command.cdb, command.data);
	if (request == GET_REGION) {
		memcpy(command.cdb, copyright, 12);
		command.length = 8;
	}
	if (ioctl(fds[way], MIDLAYER_SET, &command))
		err(1, "MIDLAYER_SET");
	add_call(way == ALIGNED ? MIDLAYER_ALIGNED : MIDLAYER_STACK, NULL);
	if (request == GET_REGION)	/* the same twice: it costs the same */
		calls[ncalls++] = calls[0];
}

static void check_raw(enum request request, enum way way)
{
	const uint8_t *in = data;

	if (way == ALIGNED || way == STACK) {
		if (ioctl(fds[way], MIDLAYER_GET, &command))
			err(1, "MIDLAYER_GET");
		in = command.data;
	} else if (sg[0].status || sg[0].host_status || sg[0].driver_status) {
		errx(1, "%s, %s: status %x, host status %x", rows[request].name,
		     way_names[way], sg[0].status, sg[0].host_status);
	}
	if (request == START_SESSION)
		agid = in[7] >> 6;
	else if (request == READ_CHALLENGE)
		memcpy(challenge, in + 4, sizeof(challenge));
}

/* Runs a request and returns its ticks. */
static double run(enum request request, enum way way)
{
	uint64_t start, end;
	int i, result = 0;

	ncalls = 0;
	if (way == NTDVD)
		prepare_ntdvd(request);
	else if (way == DVD_IOCTL)
		prepare_dvd_ioctl(request);
	else
		prepare_raw(request, way);

	start = __rdtsc();
	for (i = 0; i < ncalls; i++)
		result |= ioctl(fds[way], calls[i].request, calls[i].argument);
	end = __rdtsc();

	if (result)
		err(1, "%s, %s: %d", rows[request].name, way_names[way], result);
	if (way == NTDVD)
		check_ntdvd(request);
	else if (way == DVD_IOCTL)
		check_dvd_ioctl(request);
	else
		check_raw(request, way);
	return end - start;
}

static bool can(enum request request, enum way way)
{
	return way != STACK || rows[request].length <= 32;
}

/* A session up to where keys may be read, which is not counted */
static void authenticate(enum way way)
{
	enum request request;

	for (request = START_SESSION; request < READ_ASF; request++)
		if (can(request, way))
			run(request, way);
}

/*
 * All requests of a session, as one program after another would send them. The drive
 * releases the AGID with a title or a disk key.
 */
static void run_session(enum way way)
{
	double ticks[REQUESTS];
	enum request request;
	double sum = 0;
	size_t i;

	for (request = START_SESSION; request <= END_SESSION; request++) {
		if (!can(request, way))
			continue;
		if (request == READ_DISK || request == END_SESSION)
			authenticate(way);
		ticks[request] = run(request, way);
		add_sample(request, way, ticks[request]);
	}
	for (i = 0; i < sizeof(handshake) / sizeof(handshake[0]); i++)
		sum += ticks[handshake[i]] - (i ? ticks_of_nothing : 0);
	add_sample(HANDSHAKE, way, sum);

	run(START_SESSION, way);
	add_sample(INVALIDATE, way, run(INVALIDATE, way));
}

/* A request that ntdvd refuses; the file is open for reading alone. */
static void run_refused(enum request request, uint32_t code, uint32_t key_type,
			uint32_t status)
{
	uint64_t start, end;
	int result;

	memset(&key, 0, sizeof(key));
	key.session_id = agid;
	key.key_type = key_type;
	ctl = (struct ntdvd_device_control) {
		.control_code = code,
		.input = (uintptr_t)&key,
		.output = (uintptr_t)&key,
		.input_length = KEY_HEADER,
		.output_length = KEY_HEADER + 12,
		.access = NTDVD_READ_ACCESS | NTDVD_WRITE_ACCESS,
	};
	start = __rdtsc();
	result = ioctl(fds[NTDVD], NTDVD_IOC_DEVICE_CONTROL, &ctl);
	end = __rdtsc();
	if (result || ctl.status != status)
		errx(1, "%s: %d, status %08x, not %08x", rows[request].name,
		     result, ctl.status, status);
	add_sample(request, NTDVD, end - start);
}

/* Those that do not get as far as to the drive */
static void run_refusals(int other)
{
	uint64_t start, end;
	int result;

	ctl = (struct ntdvd_device_control) { 0 };
	start = __rdtsc();
	result = ioctl(fds[ALIGNED], MIDLAYER_EMPTY, &ctl);
	end = __rdtsc();
	if (result)
		err(1, "MIDLAYER_EMPTY");
	add_sample(EMPTY, ALIGNED, end - start);

	start = __rdtsc();
	result = ioctl(fds[NTDVD], MIDLAYER_EMPTY, NULL);
	end = __rdtsc();
	if (!result)
		errx(1, "ntdvd takes any ioctl");
	add_sample(UNKNOWN_IOCTL, NTDVD, end - start);

	run_refused(WRONG_KEY_TYPE, NTDVD_IOCTL_READ_KEY, 7,
		    NTDVD_STATUS_INVALID_DEVICE_REQUEST);
	run_refused(NO_ACCESS, NTDVD_IOCTL_SEND_KEY2, NTDVD_KEY_SET_RPC,
		    NTDVD_STATUS_ACCESS_DENIED);
	if (start_session(other, &agid))
		errx(1, "no session for the other file");
	run_refused(OTHERS_SESSION, NTDVD_IOCTL_READ_KEY, NTDVD_KEY_BUS1,
		    NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED);
	if (end_session(other, agid))
		errx(1, "the other file's session does not end");
}

static void run_open(enum way way, const char *path)
{
	uint64_t start, end;
	int fd;

	start = __rdtsc();
	fd = open(path, O_RDONLY | O_NONBLOCK);
	end = __rdtsc();
	if (fd < 0)
		err(1, "%s", path);
	add_sample(OPEN, way, end - start);

	start = __rdtsc();
	close(fd);
	end = __rdtsc();
	add_sample(CLOSE, way, end - start);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void print(enum request request, enum way way)
{
	double *first = samples[request][way], sum = 0;
	size_t i, count = counts[request][way];

	if (!count)
		return;
	qsort(first, count, sizeof(*first), compare);
	for (i = 0; i < count; i++)
		sum += first[i];
	printf("%s %s %.0f %.1f\n", rows[request].name, way_names[way],
	       first[count / 2], sum / count);
}

/* Ticks of so many turns of a loop of two instructions, and of looking */
static double loop_ticks(uint64_t turns)
{
	uint64_t start = __rdtsc();

	asm volatile("1: dec %0\n\tjnz 1b" : "+r" (turns) : : "cc");
	return __rdtsc() - start;
}

/* How many ticks are an instruction, and what does it cost to look? */
static void calibrate(void)
{
	double ticks, least = 1e9;
	uint64_t start, end;
	int i;

	ticks_of_nothing = 1e9;
	for (i = 0; i < 100; i++) {	/* an interrupt may come between */
		ticks = loop_ticks(2 * TURNS) - loop_ticks(TURNS);
		if (ticks > 0 && ticks < least)
			least = ticks;
		start = __rdtsc();
		end = __rdtsc();
		if (end - start < ticks_of_nothing)
			ticks_of_nothing = end - start;
	}
	ticks_an_instruction = least / (2 * TURNS);
	if (ticks_an_instruction != 2)
		errx(1, "%.2f ticks an instruction, not 2: is this tests/vm/boot --icount 1?",
		     ticks_an_instruction);
}

static int open_device(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int main(void)
{
	enum request request;
	enum way way;
	int other;

	fds[NTDVD] = open_device("/dev/ntdvd0");
	fds[DVD_IOCTL] = open_device("/dev/sr0");
	fds[SG_IO_SR] = fds[DVD_IOCTL];
	fds[SG_IO_SG] = open("/dev/sg0", O_RDWR);
	fds[ALIGNED] = open_device("/dev/midlayer");
	fds[STACK] = fds[ALIGNED];
	if (fds[SG_IO_SG] < 0)
		err(1, "/dev/sg0");
	other = open_device("/dev/ntdvd0");
	if (drive_control(0, "log off"))
		err(1, "the drive's log");

	calibrate();
	for (round_number = 0; round_number < WARM_UP + ROUNDS; round_number++) {
		for (way = 0; way < WAYS; way++)
			run_session(way);
		run_refusals(other);
		run_open(NTDVD, "/dev/ntdvd0");
		run_open(DVD_IOCTL, "/dev/sr0");
		run_open(SG_IO_SG, "/dev/sg0");
		run_open(ALIGNED, "/dev/midlayer");
	}
	for (request = 0; request < REQUESTS; request++)
		for (way = 0; way < WAYS; way++)
			print(request, way);
	return 0;
}
