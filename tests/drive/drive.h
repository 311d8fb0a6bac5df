/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An emulated DVD drive, for tests only: CDB and data-out in, data-in and sense
 * out, with the authentication state of MMC-6.
 *
 * The two key functions are a stand-in, not CSS and not AACS: key = SipHash of
 * the challenge, see drive_key().
 */
#ifndef NTDVD_TESTS_DRIVE_H
#define NTDVD_TESTS_DRIVE_H

#include <linux/types.h>

#define DRIVE_CDB_SIZE		12
#define DRIVE_AGIDS		4
#define DRIVE_CHALLENGE_SIZE	10
#define DRIVE_KEY_SIZE		5

enum drive_class { DRIVE_CSS, DRIVE_AACS, DRIVE_CLASSES };

/* The state of an AGID. A drive in DRIVE_FREE has not granted it. */
enum drive_auth {
	DRIVE_FREE,
	DRIVE_GRANTED,
	DRIVE_CHALLENGED,	/* the host's challenge was received */
	DRIVE_KEY1_SENT,
	DRIVE_CHALLENGE_SENT,
	DRIVE_AUTHENTICATED,
};

struct drive_session {
	enum drive_auth auth;
	u8 host_challenge[DRIVE_CHALLENGE_SIZE];
	u8 challenge[DRIVE_CHALLENGE_SIZE];
	/* AACS: which binding nonce etc. needs nothing more than auth */
};

/* What a test may change. */
struct drive_features {
	bool dvd_read, dvd_css, aacs;
};

struct drive {
	struct drive_features features;
	bool medium;			/* a disc is in */
	bool locked;			/* PREVENT ALLOW */
	u8 attention_asc;		/* pending unit attention, 0 for none */
	u8 attention_ascq;
	bool new_media_event;		/* for GET EVENT STATUS NOTIFICATION */
	struct drive_session sessions[DRIVE_CLASSES][DRIVE_AGIDS];
	u8 region_mask;			/* RPC: 0xff while none is set */
	u8 user_changes;		/* RPC: left, 5 at first */
	u8 vendor_resets;		/* RPC: left, 4 at first */
	u8 sense[18];			/* for REQUEST SENSE */
	u32 disc;			/* grows with each new disc */
	u32 challenges;			/* grows with each challenge made */
};

/* One command, in and out. */
struct drive_command {
	u8 cdb[DRIVE_CDB_SIZE];
	const u8 *out;			/* data-out */
	u32 out_length;
	u8 *in;				/* room for data-in */
	u32 in_size;
	u32 in_length;			/* out: how much of it came */
	u8 sense[18];			/* out: fixed format, all 0 for none */
};

void drive_init(struct drive *drive);
bool drive_run(struct drive *drive, struct drive_command *cmd);
void drive_reset(struct drive *drive);
void drive_eject(struct drive *drive);
void drive_insert(struct drive *drive);
void drive_key(u8 which, const u8 challenge[DRIVE_CHALLENGE_SIZE],
	       u8 key[DRIVE_KEY_SIZE]);

#endif /* NTDVD_TESTS_DRIVE_H */
