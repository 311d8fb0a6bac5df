// SPDX-License-Identifier: GPL-2.0-only
/* The emulated drive's stand-in for the key functions, see tests/drive/auth.c. */
#include "keys.h"

#define STAND_IN_KEY 0x6e74647664

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_rounds(uint64_t v[4], int rounds)
{
	while (rounds--) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

/* SipHash-2-4, after its paper */
static uint64_t siphash(const uint8_t *data, size_t size, uint64_t k0, uint64_t k1)
{
	uint64_t v[4] = {
		k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
		k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573,
	};
	uint64_t word;
	size_t at, i;

	for (at = 0; at <= size; at += 8) {
		word = at + 8 > size ? (uint64_t)size << 56 : 0;
		for (i = at; i < at + 8 && i < size; i++)
			word |= (uint64_t)data[i] << 8 * (i - at);
		v[3] ^= word;
		sip_rounds(v, 2);
		v[0] ^= word;
	}
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The low bytes of a word, up to all eight, lowest first */
static void put_low(uint8_t *to, size_t size, uint64_t word)
{
	size_t i;

	for (i = 0; i < size && i < 8; i++)
		to[i] = word >> 8 * i;
}

void drive_fill(uint8_t *to, size_t size, uint64_t seed)
{
	uint8_t words[16];
	size_t at;

	put_low(words, 8, seed);
	for (at = 0; at < size; at += 8) {
		put_low(words + 8, 8, at / 8);
		put_low(to + at, size - at,
			siphash(words, sizeof(words), STAND_IN_KEY, 0));
	}
}

void drive_signature(const uint8_t nonce[20], uint8_t signature[40])
{
	drive_fill(signature, 40, siphash(nonce, 20, STAND_IN_KEY, 3));
}

void drive_key(unsigned int which, const uint8_t challenge[CHALLENGE_SIZE],
	       uint8_t key[KEY_SIZE])
{
	put_low(key, KEY_SIZE, siphash(challenge, CHALLENGE_SIZE, STAND_IN_KEY, which));
}
