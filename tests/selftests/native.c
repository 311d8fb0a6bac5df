// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/ioctl.h>
#include <linux/cdrom.h>

#include "keys.h"
#include "native.h"

/* Takes an AGID; -1 and errno if there is none. */
int native_grant(int sr)
{
	dvd_authinfo auth = { .type = DVD_LU_SEND_AGID };

	return ioctl(sr, DVD_AUTH, &auth) ? -1 : auth.lsa.agid;
}

/* The first half of authentication: is the drive a right one? */
bool native_challenge(int sr, unsigned int agid)
{
	dvd_authinfo auth = { .hsc = { .type = DVD_HOST_SEND_CHALLENGE, .agid = agid } };
	static const uint8_t challenge[CHALLENGE_SIZE] = { 7, 7, 7 };
	uint8_t key[KEY_SIZE];

	memcpy(auth.hsc.chal, challenge, sizeof(challenge));
	if (ioctl(sr, DVD_AUTH, &auth))
		return false;
	auth.lsk.type = DVD_LU_SEND_KEY1;
	auth.lsk.agid = agid;
	drive_key(1, challenge, key);
	return !ioctl(sr, DVD_AUTH, &auth) && !memcmp(auth.lsk.key, key, KEY_SIZE);
}

/* The second half: the drive takes the program for a right one. */
bool native_answer(int sr, unsigned int agid)
{
	dvd_authinfo auth = { .lsc = { .type = DVD_LU_SEND_CHALLENGE, .agid = agid } };
	uint8_t key[KEY_SIZE];

	if (ioctl(sr, DVD_AUTH, &auth))
		return false;
	drive_key(2, auth.lsc.chal, key);
	auth.hsk.type = DVD_HOST_SEND_KEY2;
	auth.hsk.agid = agid;
	memcpy(auth.hsk.key, key, KEY_SIZE);
	return !ioctl(sr, DVD_AUTH, &auth);
}

/* What only an AGID that is authenticated gets, once */
bool native_title_key(int sr, unsigned int agid)
{
	dvd_authinfo auth = { .lstk = { .type = DVD_LU_SEND_TITLE_KEY, .agid = agid } };

	return !ioctl(sr, DVD_AUTH, &auth);
}

bool native_invalidate(int sr, unsigned int agid)
{
	dvd_authinfo auth = { .lsa = { .type = DVD_INVALIDATE_AGID, .agid = agid } };

	return !ioctl(sr, DVD_AUTH, &auth);
}
