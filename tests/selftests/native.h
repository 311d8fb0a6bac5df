/* SPDX-License-Identifier: GPL-2.0-only */
/* A native player: what it does through DVD_AUTH on an open /dev/srN */
#ifndef NTDVD_TESTS_NATIVE_H
#define NTDVD_TESTS_NATIVE_H

#include <stdbool.h>

int native_grant(int sr);
bool native_challenge(int sr, unsigned int agid);
bool native_answer(int sr, unsigned int agid);
bool native_title_key(int sr, unsigned int agid);
bool native_invalidate(int sr, unsigned int agid);

#endif
