/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An emulated DVD drive, for tests only: CDB and data-out in, data-in and sense
 * out, with the authentication state of MMC-6.
 *
 * Where a real drive has CSS or AACS, this one has a stand-in, see drive_key()
 * and drive_signature().
 */
#ifndef NTDVD_TESTS_DRIVE_H
#define NTDVD_TESTS_DRIVE_H

#include "portable.h"

#define DRIVE_CDB_SIZE		12
#define DRIVE_SENSE_SIZE	18
#define DRIVE_AGIDS		4
#define DRIVE_CHALLENGE_SIZE	10
#define DRIVE_KEY_SIZE		5
#define DRIVE_NONCE_SIZE	20
#define DRIVE_SIGNATURE_SIZE	40
#define DRIVE_BLOCKS		0x20000
#define DRIVE_BLOCK_SIZE	2048

enum drive_class { DRIVE_CSS, DRIVE_AACS, DRIVE_CLASSES };

/**
 * enum drive_auth - how far authentication with an AGID is
 * @DRIVE_FREE: the AGID is not granted.
 * @DRIVE_GRANTED: it is.
 * @DRIVE_CHALLENGED: the host's challenge (AACS: certificate) has come.
 * @DRIVE_KEY1_SENT: key 1 (AACS: the drive's certificate) was sent.
 * @DRIVE_CHALLENGE_SENT: the drive's challenge (AACS: its key) was sent.
 * @DRIVE_AUTHENTICATED: key 2 (AACS: the host's key) was the right one.
 */
enum drive_auth {
	DRIVE_FREE,
	DRIVE_GRANTED,
	DRIVE_CHALLENGED,
	DRIVE_KEY1_SENT,
	DRIVE_CHALLENGE_SENT,
	DRIVE_AUTHENTICATED,
};

/**
 * struct drive_session - an AGID
 * @auth: its state.
 * @host: the host's challenge or nonce.
 * @own: the drive's challenge or nonce.
 */
struct drive_session {
	enum drive_auth auth;
	u8 host[DRIVE_NONCE_SIZE];
	u8 own[DRIVE_NONCE_SIZE];
};

enum drive_event { DRIVE_NO_EVENT, DRIVE_NEW_MEDIA = 2, DRIVE_MEDIA_REMOVED };

/**
 * struct drive - an emulated drive
 * @number: for people and tests, 0 to 99.
 * @configuration: it knows GET CONFIGURATION.
 * @feature_list: its answer lists features.
 * @dvd_page: mode page 0x2a says that it reads DVDs.
 * @dvd_read: it has the DVD Read feature.
 * @dvd_css: it has the DVD CSS feature.
 * @aacs: it has the AACS feature.
 * @medium: a disc is in.
 * @event: media event for GET EVENT STATUS NOTIFICATION, see enum drive_event.
 * @locked: the tray is, by PREVENT ALLOW MEDIUM REMOVAL.
 * @attention: ASC of the pending unit attention, 0 for none.
 * @sense: of the last command, for REQUEST SENSE.
 * @sessions: the AGIDs.
 * @region_mask: RPC: a 0 bit for the region; 0xff while none is set.
 * @user_changes: RPC: region changes left.
 * @vendor_resets: RPC: resets left.
 * @randoms: how many random numbers were made.
 * @resets: how often it was reset.
 * @forgotten: how often it has forgotten all AGIDs.
 */
struct drive {
	u8 number;
	bool configuration, feature_list, dvd_page;
	bool dvd_read, dvd_css, aacs;
	bool medium, locked;
	u8 event, attention;
	u8 sense[DRIVE_SENSE_SIZE];
	struct drive_session sessions[DRIVE_CLASSES][DRIVE_AGIDS];
	u8 region_mask, user_changes, vendor_resets;
	u32 randoms, resets, forgotten;
};

/**
 * struct drive_command - a command and its answer
 * @cdb: the CDB.
 * @out: data-out.
 * @out_length: bytes of it.
 * @in: room for data-in.
 * @in_size: bytes of it.
 * @in_length: out: bytes that came.
 * @sense: out: fixed format, zero for none.
 */
struct drive_command {
	u8 cdb[DRIVE_CDB_SIZE];
	const u8 *out;
	u32 out_length;
	u8 *in;
	u32 in_size;
	u32 in_length;
	u8 sense[DRIVE_SENSE_SIZE];
};

/* Key, ASC and ASCQ in one number; 0 is no sense. */
#define DRIVE_SENSE(key, asc, ascq)	((key) << 16 | (asc) << 8 | (ascq))
#define DRIVE_NOT_PRESENT		DRIVE_SENSE(2, 0x3a, 0)
#define DRIVE_INVALID_OPCODE		DRIVE_SENSE(5, 0x20, 0)
#define DRIVE_OUT_OF_RANGE		DRIVE_SENSE(5, 0x21, 0)
#define DRIVE_INVALID_CDB		DRIVE_SENSE(5, 0x24, 0)
#define DRIVE_INVALID_LIST		DRIVE_SENSE(5, 0x26, 0)
#define DRIVE_OUT_OF_ORDER		DRIVE_SENSE(5, 0x2c, 0)
#define DRIVE_REGION_OF_DISC		DRIVE_SENSE(5, 0x30, 2)
#define DRIVE_NO_AGID			DRIVE_SENSE(5, 0x55, 0)
#define DRIVE_WRONG_KEY			DRIVE_SENSE(5, 0x6f, 0)
#define DRIVE_NOT_ESTABLISHED		DRIVE_SENSE(5, 0x6f, 2)
#define DRIVE_NO_CHANGES		DRIVE_SENSE(5, 0x6f, 5)

/* drive.c */
void drive_init(struct drive *drive);
bool drive_run(struct drive *drive, struct drive_command *cmd);
void drive_reset(struct drive *drive);
void drive_eject(struct drive *drive);
void drive_insert(struct drive *drive);
void drive_answer(struct drive_command *cmd, u32 at, const void *data, u32 length);

/* auth.c */
u32 drive_report_key(struct drive *drive, struct drive_command *cmd);
u32 drive_send_key(struct drive *drive, struct drive_command *cmd);
bool drive_is_authenticated(struct drive *drive, enum drive_class class, u8 agid);
void drive_drop_agids(struct drive *drive);

/* keys.c */
void drive_key(unsigned int which, const u8 *challenge, u8 *key);
void drive_signature(const u8 *nonce, u8 *signature);
void drive_fill(u8 *to, size_t size, u64 seed);

/* disc.c */
u32 drive_read_disc_structure(struct drive *drive, struct drive_command *cmd);
#define DISC_REGION_MASK	0xfc	/* regions 1 and 2 may play it */

#endif /* NTDVD_TESTS_DRIVE_H */
