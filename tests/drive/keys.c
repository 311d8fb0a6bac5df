// SPDX-License-Identifier: GPL-2.0-only
/*
 * The emulated drive's stand-in for the key functions of CSS and AACS. The test
 * programs have the same, in tests/selftests/keys.c.
 */
#include <linux/siphash.h>

#include "drive.h"

#define STAND_IN_KEY	0x6e74647664ULL	/* "ntdvd" */

/**
 * drive_fill() - make bytes that are the same each time
 * @to: where to.
 * @size: how many.
 * @seed: what they depend on.
 *
 * Bytes 8n to 8n+7 are SipHash-2-4 of two little-endian 64-bit words, @seed and
 * n, with the key (STAND_IN_KEY, 0), little-endian.
 */
void drive_fill(u8 *to, size_t size, u64 seed)
{
	static const siphash_key_t key = { { STAND_IN_KEY, 0 } };
	__le64 word;
	size_t at;

	for (at = 0; at < size; at += 8) {
		word = cpu_to_le64(siphash_2u64(seed, at / 8, &key));
		memcpy(to + at, &word, min_t(size_t, 8, size - at));
	}
}

/**
 * drive_key() - the stand-in for the key functions of CSS
 * @which: 1 for key 1, 2 for key 2.
 * @challenge: DRIVE_CHALLENGE_SIZE bytes, as they are on the wire.
 * @key: out: DRIVE_KEY_SIZE bytes: the low ones, lowest first, of SipHash-2-4
 *	of @challenge with the key (STAND_IN_KEY, @which).
 */
void drive_key(unsigned int which, const u8 *challenge, u8 *key)
{
	const siphash_key_t stand_in = { { STAND_IN_KEY, which } };
	__le64 hash = cpu_to_le64(siphash(challenge, DRIVE_CHALLENGE_SIZE,
					  &stand_in));

	memcpy(key, &hash, DRIVE_KEY_SIZE);
}

/**
 * drive_signature() - the stand-in for the signatures of AACS
 * @nonce: DRIVE_NONCE_SIZE bytes.
 * @signature: out: DRIVE_SIGNATURE_SIZE bytes: drive_fill() with SipHash-2-4 of
 *	@nonce with the key (STAND_IN_KEY, 3) as seed.
 */
void drive_signature(const u8 *nonce, u8 *signature)
{
	static const siphash_key_t stand_in = { { STAND_IN_KEY, 3 } };

	drive_fill(signature, DRIVE_SIGNATURE_SIZE,
		   siphash(nonce, DRIVE_NONCE_SIZE, &stand_in));
}
