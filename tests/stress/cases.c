// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define CODE(name)	NTDVD_IOCTL_##name
#define BAD_REQUEST	NTDVD_STATUS_INVALID_DEVICE_REQUEST
#define PACK		(4 + 32768)

/*
 * Lengths are those of the contract's sections 2 to 4. The region change asks
 * for no region at all, which a drive refuses without counting it.
 */
const struct request_case request_cases[] = {
	/*
	 * name, code, class, level, opcode, type,
	 * input, output, transfer, minimum, kind, good
	 */
	{ "START_SESSION", CODE(START_SESSION), CSS, NOTHING, 0xa4, 0, 0, 4, 8, 8, CASE_START },
	{ "READ_KEY challenge", CODE(READ_KEY), CSS, ANSWERED, 0xa4, 0x01,
	  24, 36, 16, 4, CASE_BOUND | CASE_STEP },
	{ "READ_KEY bus key 1", CODE(READ_KEY), CSS, CHALLENGED, 0xa4, 0x02,
	  24, 32, 12, 4, CASE_BOUND | CASE_STEP },
	{ "READ_KEY title key", CODE(READ_KEY), CSS, AUTHENTICATED, 0xa4, 0x04,
	  24, 32, 12, 4, CASE_BOUND | CASE_LAST },
	{ "READ_KEY ASF", CODE(READ_KEY), CSS, NOTHING, 0xa4, 0x05, 24, 28, 8, 4 },
	{ "READ_KEY RPC state", CODE(READ_KEY), CSS, NOTHING, 0xa4, 0x08, 24, 28, 8, 4 },
	{ "READ_KEY disk key", CODE(READ_KEY), CSS, AUTHENTICATED, 0xad, 0x80,
	  24, 2072, 2052, 2052, CASE_BOUND | CASE_LAST },
	{ "READ_KEY invalidate AGID", CODE(READ_KEY), CSS, GRANTED, 0xa4, 0x3f,
	  24, 24, 0, 0, CASE_END },
	{ "SEND_KEY challenge", CODE(SEND_KEY), CSS, GRANTED, 0xa3, 0x01,
	  36, 0, 0, 0, CASE_BOUND | CASE_STEP },
	{ "SEND_KEY bus key 2", CODE(SEND_KEY), CSS, ASKED, 0xa3, 0x03,
	  32, 0, 0, 0, CASE_BOUND | CASE_STEP | CASE_KEY2 },
	{ "SEND_KEY invalidate AGID", CODE(SEND_KEY), CSS, GRANTED, 0xa4, 0x3f,
	  24, 0, 0, 0, CASE_END },
	{ "SEND_KEY2 challenge", CODE(SEND_KEY2), CSS, GRANTED, 0xa3, 0x01,
	  36, 0, 0, 0, CASE_BOUND },
	{ "SEND_KEY2 bus key 2", CODE(SEND_KEY2), CSS, ASKED, 0xa3, 0x03,
	  32, 0, 0, 0, CASE_BOUND | CASE_KEY2 },
	{ "SEND_KEY2 RPC", CODE(SEND_KEY2), CSS, NOTHING, 0xa3, 0x06,
	  28, 0, 0, 0, CASE_BOUND | CASE_SET_RPC, BAD_REQUEST },
	{ "SEND_KEY2 invalidate AGID", CODE(SEND_KEY2), CSS, GRANTED, 0xa4, 0x3f,
	  24, 0, 0, 0, CASE_END },
	{ "END_SESSION", CODE(END_SESSION), CSS, GRANTED, 0xa4, 0, 4, 0, 0, 0, CASE_END },
	{ "END_SESSION of all", CODE(END_SESSION), CSS, GRANTED, 0xa4, 0,
	  4, 0, 0, 0, CASE_END | CASE_END_ALL },
	{ "SET_READ_AHEAD", CODE(SET_READ_AHEAD), CSS, NOTHING, 0xa7, 0, 16 },
	{ "STORAGE_SET_READ_AHEAD", CODE(STORAGE_SET_READ_AHEAD), CSS, NOTHING, 0xa7, 0, 16 },
	{ "GET_REGION, of the disc", CODE(GET_REGION), CSS, NOTHING, 0xad, 0, 0, 4, 8, 8 },
	{ "GET_REGION, of the drive", CODE(GET_REGION), CSS, NOTHING, 0xa4, 0, 0, 4, 8, 8 },
	{ "READ_STRUCTURE 00", CODE(READ_STRUCTURE), CSS, NOTHING, 0xad, 0x00, 17, 21, 21, 4 },
	{ "READ_STRUCTURE 02", CODE(READ_STRUCTURE), CSS, AUTHENTICATED, 0xad, 0x02,
	  17, 2052, 2052, 4, CASE_BOUND | CASE_LAST },
	{ "READ_STRUCTURE 80", CODE(READ_STRUCTURE), AACS, AUTHENTICATED, 0xad, 0x80,
	  17, 36, 36, 4, CASE_BOUND },
	{ "AACS_READ_MEDIA_KEY_BLOCK_SIZE", CODE(AACS_READ_MEDIA_KEY_BLOCK_SIZE),
	  AACS, NOTHING, 0xad, 0, 4, 4, 4, 4 },
	{ "AACS_READ_MEDIA_KEY_BLOCK", CODE(AACS_READ_MEDIA_KEY_BLOCK), AACS, NOTHING, 0xad, 0,
	  4, 98304, PACK, PACK },
	{ "AACS_START_SESSION", CODE(AACS_START_SESSION), AACS, NOTHING, 0xa4, 0,
	  0, 4, 8, 8, CASE_START },
	{ "AACS_END_SESSION", CODE(AACS_END_SESSION), AACS, GRANTED, 0xa4, 0,
	  4, 0, 0, 0, CASE_END },
	{ "AACS_END_SESSION of all", CODE(AACS_END_SESSION), AACS, GRANTED, 0xa4, 0,
	  4, 0, 0, 0, CASE_END | CASE_END_ALL },
	{ "AACS_SEND_CERTIFICATE", CODE(AACS_SEND_CERTIFICATE), AACS, GRANTED, 0xa3, 0,
	  116, 0, 0, 0, CASE_BOUND | CASE_STEP },
	{ "AACS_GET_CERTIFICATE", CODE(AACS_GET_CERTIFICATE), AACS, CHALLENGED, 0xa4, 0,
	  4, 112, 116, 116, CASE_BOUND | CASE_STEP },
	{ "AACS_GET_CHALLENGE_KEY", CODE(AACS_GET_CHALLENGE_KEY), AACS, ANSWERED, 0xa4, 0,
	  4, 80, 84, 84, CASE_BOUND | CASE_STEP },
	{ "AACS_SEND_CHALLENGE_KEY", CODE(AACS_SEND_CHALLENGE_KEY), AACS, ASKED, 0xa3, 0,
	  84, 0, 0, 0, CASE_BOUND | CASE_STEP },
	{ "AACS_READ_VOLUME_ID", CODE(AACS_READ_VOLUME_ID), AACS, AUTHENTICATED, 0xad, 0,
	  4, 32, 36, 36, CASE_BOUND },
	{ "AACS_READ_SERIAL_NUMBER", CODE(AACS_READ_SERIAL_NUMBER), AACS, AUTHENTICATED, 0xad, 0,
	  4, 32, 36, 36, CASE_BOUND },
	{ "AACS_READ_MEDIA_ID", CODE(AACS_READ_MEDIA_ID), AACS, AUTHENTICATED, 0xad, 0,
	  4, 32, 36, 36, CASE_BOUND },
	{ "AACS_READ_BINDING_NONCE", CODE(AACS_READ_BINDING_NONCE), AACS, AUTHENTICATED, 0xa4, 0,
	  24, 32, 36, 36, CASE_BOUND },
	{ "AACS_GENERATE_BINDING_NONCE", CODE(AACS_GENERATE_BINDING_NONCE),
	  AACS, AUTHENTICATED, 0xa4, 0, 24, 32, 36, 36, CASE_BOUND },
};

const unsigned int request_case_count =
	sizeof(request_cases) / sizeof(request_cases[0]);

static bool css_to(int fd, enum level level, uint32_t agid, uint8_t key2[8])
{
	static const uint8_t challenge[12] = { 1, 2, 3 };
	struct key_buffer key = { 0 };

	if (level >= CHALLENGED &&
	    send_key(fd, CODE(SEND_KEY), agid, NTDVD_KEY_CHALLENGE, challenge, 12))
		return false;
	if (level >= ANSWERED && read_key(fd, agid, NTDVD_KEY_BUS1, 8, &key))
		return false;
	if (level >= ASKED) {
		if (read_key(fd, agid, NTDVD_KEY_CHALLENGE, 12, &key))
			return false;
		drive_key(2, key.key_data, key2);
	}
	return level < AUTHENTICATED ||
	       !send_key(fd, CODE(SEND_KEY), agid, NTDVD_KEY_BUS2, key2, 8);
}

static bool aacs_to(int fd, enum level level, uint32_t agid, uint8_t signature[40])
{
	struct ntdvd_aacs_send_certificate certificate = { .session_id = agid };
	struct ntdvd_aacs_send_challenge_key key = { .session_id = agid };
	uint8_t answer[112];

	if (level >= CHALLENGED &&
	    control(fd, CODE(AACS_SEND_CERTIFICATE), &certificate,
		    sizeof(certificate), NULL, 0).status)
		return false;
	if (level >= ANSWERED) {
		if (control(fd, CODE(AACS_GET_CERTIFICATE), &agid, 4, answer, 112).status)
			return false;
		drive_signature(answer, signature);
	}
	if (level >= ASKED &&
	    control(fd, CODE(AACS_GET_CHALLENGE_KEY), &agid, 4, answer, 80).status)
		return false;
	memcpy((uint8_t *)&key + 44, signature, 40);
	return level < AUTHENTICATED ||
	       !control(fd, CODE(AACS_SEND_CHALLENGE_KEY), &key, sizeof(key),
			NULL, 0).status;
}

/**
 * fill_input() - write the input of a request
 * @what: the request.
 * @input: room for it, of at least 32 bytes.
 * @session: the session id in it.
 * @secret: the answer to the drive's challenge, if it is one.
 */
void fill_input(const struct request_case *what, uint8_t *input, uint32_t session,
		const uint8_t secret[40])
{
	struct key_buffer *key = (void *)input;

	memset(input, 0, what->input > 32 ? what->input : 32);
	switch (what->code) {
	case NTDVD_IOCTL_READ_KEY:
	case NTDVD_IOCTL_SEND_KEY:
	case NTDVD_IOCTL_SEND_KEY2:
		key->key_length = what->input;
		key->session_id = session;
		key->key_type = what->type;
		if (what->kind & CASE_KEY2)
			memcpy(key->key_data, secret, 8);
		if (what->kind & CASE_SET_RPC)
			key->key_data[0] = 0xff;
		break;
	case NTDVD_IOCTL_READ_STRUCTURE:
		input[8] = what->type;
		memcpy(input + 12, &session, 4);
		break;
	case NTDVD_IOCTL_AACS_SEND_CHALLENGE_KEY:
		memcpy(input + 44, secret, 40);
		/* fallthrough */
	default:
		if (what->level)
			memcpy(input, &session, 4);
	}
}

/**
 * end_all_sessions() - end what an open file has, of both classes
 * @fd: the open file.
 *
 * Return: false if it failed.
 */
bool end_all_sessions(int fd)
{
	uint32_t all = NTDVD_END_ALL_SESSIONS;

	return !end_session(fd, all) &&
	       !control(fd, CODE(AACS_END_SESSION), &all, 4, NULL, 0).status;
}

/**
 * prepare() - have a session in the state that a request needs, and its input
 * @fd: the open file; what it has is ended first.
 * @what: the request.
 * @request: out: ready for run_prepared().
 *
 * Return: false if a request on the way there failed.
 */
bool prepare(int fd, const struct request_case *what, struct prepared *request)
{
	uint32_t session;
	uint8_t secret[40] = { 0 };

	request->what = what;
	if (!end_all_sessions(fd))
		return false;
	if (what->level >= GRANTED) {
		if (control(fd, what->class == CSS ? CODE(START_SESSION) :
						     CODE(AACS_START_SESSION),
			    NULL, 0, &request->agid, 4).status)
			return false;
		if (what->class == CSS ?
		    !css_to(fd, what->level, request->agid, secret) :
		    !aacs_to(fd, what->level, request->agid, secret))
			return false;
	}

	session = what->kind & CASE_END_ALL ? NTDVD_END_ALL_SESSIONS : request->agid;
	fill_input(what, request->input, what->level ? session : 0, secret);
	return true;
}

/**
 * run_prepared() - send a request
 * @fd: the open file that it was prepared for.
 * @request: the request.
 *
 * Return: what became of it.
 */
struct outcome run_prepared(int fd, struct prepared *request)
{
	const struct request_case *what = request->what;

	return control(fd, what->code, request->input, what->input,
		       request->output, what->output);
}

/**
 * sessions_of() - which AGIDs ntdvd has sessions for
 * @drive: the number of the drive.
 *
 * Return: a bit for each of them, -1 and errno on an error.
 */
int sessions_of(unsigned int drive)
{
	char *path, line[128], class[8], state[8];
	unsigned int sessions = 0, agid;
	FILE *stream;

	if (asprintf(&path, "/sys/kernel/debug/ntdvd/ntdvd%d/sessions",
		     drive_number(drive)) < 0)
		return -1;
	stream = fopen(path, "r");
	free(path);
	if (!stream)
		return -1;
	while (fgets(line, sizeof(line), stream))
		if (sscanf(line, "%7s %u %7s", class, &agid, state) == 3 &&
		    !strcmp(state, "held"))
			sessions |= session_bit(strcmp(class, "css") ? AACS : CSS, agid);
	fclose(stream);
	return sessions;
}

/**
 * agids_of() - which AGIDs are granted, by the drive's own word
 * @drive: the number of the drive.
 *
 * Return: a bit for each that is, -1 and errno on an error.
 */
int agids_of(unsigned int drive)
{
	static const char *const names[] = { "css:", "aacs:" };
	char *state = drive_state(drive), *rest;
	unsigned int agids = 0, class, agid;

	if (!state)
		return -1;
	for (class = CSS; class < CLASSES; class++) {
		/* "aacs:" has no "css:" in it. */
		rest = strstr(state, names[class]) + strlen(names[class]) + 1;
		for (agid = 0; agid < AGIDS; agid++) {
			if (strncmp(rest, "free", 4))
				agids |= session_bit(class, agid);
			rest += strcspn(rest, "\n ") + 1;
		}
	}
	free(state);
	return agids;
}

/**
 * free_agids() - have the drive give up AGIDs that nobody holds
 * @drive: the number of the drive.
 * @fd: an open file of it; no file has a session.
 *
 * By taking all that there are, as anybody would who needs four.
 *
 * Return: false if one of them is not to be had.
 */
bool free_agids(unsigned int drive, int fd)
{
	uint32_t agid;
	int i;

	if (!agids_of(drive))
		return true;
	for (i = 0; i < AGIDS; i++)
		if (start_session(fd, &agid) ||
		    control(fd, CODE(AACS_START_SESSION), NULL, 0, &agid, 4).status)
			return false;
	return agids_of(drive) == 0xff && end_all_sessions(fd) && !agids_of(drive);
}
