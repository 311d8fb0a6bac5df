/* SPDX-License-Identifier: GPL-2.0-only */
/* Random requests: valid ones, and what mutation makes of them. */
#ifndef NTDVD_STRESS_SHOT_H
#define NTDVD_STRESS_SHOT_H

#include "cases.h"

/* A generator of random numbers that a seed determines (splitmix64) */
struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);

/* A number below @limit */
static inline uint32_t pick(struct random *random, uint32_t limit)
{
	return random_next(random) % limit;
}

static inline bool one_in(struct random *random, uint32_t n)
{
	return !pick(random, n);
}

#define AREA_SIZE	131072

/* Memory for requests, each area with a page behind it that nobody may touch */
struct areas {
	uint8_t *input, *output;
	uint8_t *read_only;
	uint8_t *shared;	/* NULL, or input that others write to meanwhile */
};

int map_areas(struct areas *areas);

/* How far a session is, and the answer to the drive's challenge */
struct progress {
	enum level level;
	uint8_t secret[40];
};

/* What a request does to sessions; the last may end one by what the drive says */
enum effect { NO_EFFECT, STARTS, ENDS, ENDS_ALL, USES };

/**
 * struct shot - a request as it is sent
 * @what: the request that it was made from.
 * @code: control code.
 * @input: its input, maybe not a valid pointer.
 * @output: its output, maybe not a valid pointer.
 * @input_length: as the caller says.
 * @output_length: as the caller says.
 * @visible: bytes at @output that can be looked at.
 * @plain: it was not mutated.
 * @class: key class of its session.
 * @effect: what it does if it is not refused.
 * @agid: the AGID in it, if it is one.
 * @is_key: it ends the session if the drive refuses the key.
 * @is_last: it ends the session if it succeeds.
 */
struct shot {
	const struct request_case *what;
	uint32_t code;
	uint8_t *input, *output;
	uint32_t input_length, output_length, visible;
	bool plain;
	enum class class;
	enum effect effect;
	uint32_t agid;
	bool is_key, is_last;
};

void make_shot(struct random *random, const struct areas *areas, unsigned int own,
	       struct progress progress[CLASSES][AGIDS], struct shot *shot);
bool is_untouched(const struct shot *shot, uint64_t from);
bool note_progress(const struct shot *shot, struct progress progress[CLASSES][AGIDS]);

#endif
