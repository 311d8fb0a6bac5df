/* SPDX-License-Identifier: GPL-2.0-only */
/* The emulated drive's stand-in for the key functions, for Linux and Windows */
#ifndef NTDVD_TESTS_KEYS_H
#define NTDVD_TESTS_KEYS_H

#include <stddef.h>
#include <stdint.h>

#define CHALLENGE_SIZE	10
#define KEY_SIZE	5

void drive_fill(uint8_t *to, size_t size, uint64_t seed);
void drive_signature(const uint8_t nonce[20], uint8_t signature[40]);
void drive_key(unsigned int which, const uint8_t challenge[CHALLENGE_SIZE],
	       uint8_t key[KEY_SIZE]);

#endif
