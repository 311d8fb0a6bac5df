// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shot.h"

#define CANARY	0xa5

uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint8_t *map_area(size_t size, int protection)
{
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *area = mmap(NULL, size + page, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED || mprotect(area, size, protection))
		return NULL;
	return area;
}

/**
 * map_areas() - make room for requests
 * @areas: out: the room.
 *
 * Return: 0, or -1 and errno.
 */
int map_areas(struct areas *areas)
{
	areas->input = map_area(AREA_SIZE, PROT_READ | PROT_WRITE);
	areas->output = map_area(AREA_SIZE, PROT_READ | PROT_WRITE);
	areas->read_only = map_area(AREA_SIZE, PROT_READ);
	return areas->input && areas->output && areas->read_only ? 0 : -1;
}

/* Rows that need what an AGID is ready for, or any row */
static const struct request_case *pick_case(struct random *random, enum class class,
					    enum level level)
{
	const struct request_case *what;
	unsigned int start = pick(random, request_case_count), i;

	if (level == NOTHING || one_in(random, 5))
		return &request_cases[start];
	for (i = 0; i < request_case_count; i++) {
		what = &request_cases[(start + i) % request_case_count];
		if (what->class == class && what->level == level &&
		    (what->kind & CASE_BOUND || one_in(random, 8)))
			return what;
	}
	return &request_cases[start];
}

static uint32_t pick_agid(struct random *random, enum class class, unsigned int own)
{
	uint32_t agid = pick(random, AGIDS), i;

	for (i = 0; i < AGIDS; i++, agid = (agid + 1) % AGIDS)
		if (own & session_bit(class, agid))
			return agid;
	return agid;
}

static uint32_t odd_length(struct random *random, uint32_t length)
{
	switch (pick(random, 6)) {
	case 0:
		return 0;
	case 1:
		return length + 1;
	case 2:
		return length ? length - 1 : 1;
	case 3:
		return pick(random, length + 2);
	case 4:
		return pick(random, AREA_SIZE);
	default:
		return random_next(random);
	}
}

static uint8_t *odd_pointer(struct random *random, uint8_t *area)
{
	switch (pick(random, 4)) {
	case 0:
		return NULL;
	case 1:
		return area + AREA_SIZE;	/* behind it */
	case 2:
		return area + AREA_SIZE - 1 - pick(random, 8);	/* partly behind it */
	default:
		return (uint8_t *)0xffff888000000000;	/* the kernel's */
	}
}

static void mutate(struct random *random, const struct areas *areas, struct shot *shot)
{
	uint32_t flips;

	shot->plain = false;
	switch (pick(random, 8)) {
	case 0:
		shot->input_length = odd_length(random, shot->input_length);
		break;
	case 1:
		shot->output_length = odd_length(random, shot->output_length);
		break;
	case 2:
		for (flips = 1 + pick(random, 4); flips--;)
			shot->input[pick(random, 32)] = random_next(random);
		break;
	case 3:
		shot->input[pick(random, 24)] ^= 1 << pick(random, 8);
		break;
	case 4:
		shot->input = odd_pointer(random, areas->input);
		break;
	case 5:
		shot->output = one_in(random, 2) ? areas->read_only :
						   odd_pointer(random, areas->output);
		break;
	case 6:
		/* one memory for both, or half of it */
		shot->output = shot->input + pick(random, 2) * 8;
		break;
	case 7:
		shot->code ^= one_in(random, 2) ? random_next(random) :
						  1u << pick(random, 32);
		break;
	}
}

/* Is all of the input in memory that can be read? */
static bool can_see_input(const struct areas *areas, const struct shot *shot, uint32_t length)
{
	return shot->input_length >= length &&
	       ((shot->input >= areas->input &&
		 shot->input + length <= areas->input + AREA_SIZE) ||
		(areas->shared && shot->input == areas->shared));
}

/* What the request, as it is now, does to which session */
static void find_effect(const struct areas *areas, struct shot *shot)
{
	const struct ntdvd_read_structure *structure = (void *)shot->input;
	const struct key_buffer *key = (void *)shot->input;
	uint32_t session;

	shot->effect = NO_EFFECT;
	shot->class = shot->what->class;
	switch (shot->code) {
	case NTDVD_IOCTL_START_SESSION:
	case NTDVD_IOCTL_AACS_START_SESSION:
		shot->class = shot->code == NTDVD_IOCTL_START_SESSION ? CSS : AACS;
		shot->effect = STARTS;
		return;
	case NTDVD_IOCTL_END_SESSION:
	case NTDVD_IOCTL_AACS_END_SESSION:
		if (!can_see_input(areas, shot, 4))
			return;
		shot->class = shot->code == NTDVD_IOCTL_END_SESSION ? CSS : AACS;
		memcpy(&session, shot->input, 4);
		shot->effect = session == NTDVD_END_ALL_SESSIONS ? ENDS_ALL : ENDS;
		break;
	case NTDVD_IOCTL_READ_KEY:
	case NTDVD_IOCTL_SEND_KEY:
	case NTDVD_IOCTL_SEND_KEY2:
		if (!can_see_input(areas, shot, KEY_HEADER))
			return;
		shot->class = CSS;
		session = key->session_id;
		shot->effect = key->key_type == NTDVD_KEY_INVALIDATE_AGID ? ENDS : USES;
		shot->is_key = key->key_type == NTDVD_KEY_BUS2;
		shot->is_last = key->key_type == NTDVD_KEY_DISK ||
				key->key_type == NTDVD_KEY_TITLE;
		break;
	case NTDVD_IOCTL_READ_STRUCTURE:
		if (!can_see_input(areas, shot, sizeof(*structure)))
			return;
		/* those that would use AGID 0 are for its owner */
		shot->class = structure->format < 0x80 ? CSS : AACS;
		session = structure->format == 2 ? structure->session_id : 0;
		shot->is_last = structure->format == 2;
		shot->effect = USES;
		break;
	case NTDVD_IOCTL_AACS_SEND_CHALLENGE_KEY:
		shot->is_key = true;
		/* fallthrough */
	case NTDVD_IOCTL_AACS_SEND_CERTIFICATE:
	case NTDVD_IOCTL_AACS_GET_CERTIFICATE:
	case NTDVD_IOCTL_AACS_GET_CHALLENGE_KEY:
	case NTDVD_IOCTL_AACS_READ_VOLUME_ID:
	case NTDVD_IOCTL_AACS_READ_SERIAL_NUMBER:
	case NTDVD_IOCTL_AACS_READ_MEDIA_ID:
	case NTDVD_IOCTL_AACS_READ_BINDING_NONCE:
	case NTDVD_IOCTL_AACS_GENERATE_BINDING_NONCE:
		if (!can_see_input(areas, shot, 4))
			return;
		shot->class = AACS;
		memcpy(&session, shot->input, 4);
		shot->effect = USES;
		break;
	default:
		return;
	}
	shot->agid = session;
	if (session >= AGIDS && shot->effect != ENDS_ALL)
		shot->effect = NO_EFFECT;
}

/**
 * make_shot() - make a random request
 * @random: what it depends on.
 * @areas: memory for it.
 * @own: session_bit()s of the sessions that its open file has.
 * @progress: how far each is.
 * @shot: out: the request.
 */
void make_shot(struct random *random, const struct areas *areas, unsigned int own,
	       struct progress progress[CLASSES][AGIDS], struct shot *shot)
{
	enum class class = pick(random, CLASSES);
	uint32_t agid = pick_agid(random, class, own), session;
	bool owned = own & session_bit(class, agid);

	*shot = (struct shot) { .plain = true };
	shot->what = pick_case(random, class,
			       owned ? progress[class][agid].level : NOTHING);
	if (shot->what->class != class)
		agid = pick_agid(random, shot->what->class, own);
	/* sometimes one that is not its own, or none */
	session = shot->what->kind & CASE_END_ALL ? NTDVD_END_ALL_SESSIONS :
		  one_in(random, 12) ? pick(random, AGIDS + 1) : agid;

	shot->code = shot->what->code;
	shot->input_length = shot->what->input;
	shot->output_length = shot->what->output;
	shot->input = areas->input;
	/* one that ends where memory does: a byte too far is seen */
	shot->output = areas->output;
	if (one_in(random, 2)) {
		shot->input += AREA_SIZE - (shot->what->input > 32 ? shot->what->input : 32);
		shot->output += AREA_SIZE - shot->output_length;
	}
	fill_input(shot->what, shot->input, session,
		   progress[shot->what->class][agid].secret);
	if (areas->shared && shot->code == NTDVD_IOCTL_READ_STRUCTURE)
		shot->input = areas->shared;
	else if (one_in(random, 4))
		mutate(random, areas, shot);
	find_effect(areas, shot);

	if (shot->output >= areas->output && shot->output < areas->output + AREA_SIZE) {
		shot->visible = areas->output + AREA_SIZE - shot->output;
		if (shot->visible > shot->output_length)
			shot->visible = shot->output_length;
		memset(shot->output, CANARY, shot->visible);
	}
}

/**
 * is_untouched() - was nothing written behind an output?
 * @shot: the request.
 * @from: bytes that may have been written.
 *
 * Return: true if all others are as they were.
 */
bool is_untouched(const struct shot *shot, uint64_t from)
{
	for (; from < shot->visible; from++)
		if (shot->output[from] != CANARY)
			return false;
	return true;
}

/**
 * note_progress() - take note of what a request that succeeded has brought
 * @shot: the request; it was not mutated.
 * @progress: how far each session is.
 *
 * Return: true if that is the end of a handshake.
 */
bool note_progress(const struct shot *shot, struct progress progress[CLASSES][AGIDS])
{
	const struct request_case *what = shot->what;
	struct progress *session;
	uint32_t agid;

	if (shot->effect == STARTS) {
		memcpy(&agid, shot->output, 4);
		progress[what->class][agid].level = GRANTED;
		return false;
	}
	if (!(what->kind & CASE_STEP))
		return false;
	memcpy(&agid, shot->input + (what->class == CSS ? 4 : 0), 4);
	session = &progress[what->class][agid];
	session->level = what->level + 1;
	if (what->code == NTDVD_IOCTL_READ_KEY && what->type == NTDVD_KEY_CHALLENGE)
		drive_key(2, shot->output + KEY_HEADER, session->secret);
	if (what->code == NTDVD_IOCTL_AACS_GET_CERTIFICATE)
		drive_signature(shot->output, session->secret);
	return session->level == AUTHENTICATED;
}
