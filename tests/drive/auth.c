// SPDX-License-Identifier: GPL-2.0-only
/* The emulated drive's REPORT KEY and SEND KEY: AGIDs, keys, regions. */
#include "drive.h"

/**
 * drive_is_authenticated() - may this AGID have secrets?
 * @drive: the drive.
 * @class: key class of the AGID.
 * @agid: the AGID, 0 to 3.
 *
 * Return: true if it may.
 */
bool drive_is_authenticated(struct drive *drive, enum drive_class class, u8 agid)
{
	return drive->sessions[class][agid].auth == DRIVE_AUTHENTICATED;
}

/**
 * drive_drop_agids() - forget every AGID, as after a reset or a new disc
 * @drive: the drive.
 */
void drive_drop_agids(struct drive *drive)
{
	memset(drive->sessions, 0, sizeof(drive->sessions));
	drive->forgotten++;
}

/* An answer of REPORT KEY: its length, then the data */
static u32 drive_key_data(struct drive_command *cmd, const void *data, u32 length)
{
	u8 header[4] = { 0 };

	put_unaligned_be16(length + 2, header);
	drive_answer(cmd, 0, header, sizeof(header));
	drive_answer(cmd, sizeof(header), data, length);
	return 0;
}

static u32 drive_grant(struct drive *drive, struct drive_command *cmd,
		       struct drive_session *sessions)
{
	u8 data[4] = { 0 };
	int agid;

	for (agid = 0; agid < DRIVE_AGIDS; agid++) {
		if (sessions[agid].auth != DRIVE_FREE)
			continue;
		sessions[agid].auth = DRIVE_GRANTED;
		data[3] = agid << 6;
		return drive_key_data(cmd, data, sizeof(data));
	}
	return DRIVE_NO_AGID;
}

static u32 drive_report_challenge(struct drive *drive, struct drive_command *cmd,
				  struct drive_session *session)
{
	u8 data[12] = { 0 };

	drive_fill(session->own, DRIVE_CHALLENGE_SIZE, drive->randoms++);
	memcpy(data, session->own, DRIVE_CHALLENGE_SIZE);
	return drive_key_data(cmd, data, sizeof(data));
}

static u32 drive_report_key1(struct drive *drive, struct drive_command *cmd,
			     struct drive_session *session)
{
	u8 data[8] = { 0 };

	drive_key(1, session->host, data);
	return drive_key_data(cmd, data, sizeof(data));
}

static u32 drive_report_title_key(struct drive *drive, struct drive_command *cmd,
				  struct drive_session *session)
{
	u32 lba = get_unaligned_be32(cmd->cdb + 2);
	u8 data[8] = { 0xb0 };	/* CPM, CGMS 3 */

	if (!drive->medium)
		return DRIVE_NOT_PRESENT;
	if (lba >= DRIVE_BLOCKS)
		return DRIVE_OUT_OF_RANGE;
	drive_fill(data + 1, DRIVE_KEY_SIZE, lba);
	return drive_key_data(cmd, data, sizeof(data));
}

/* Of whatever AGID; one that is not granted has no success to tell of. */
static u32 drive_report_asf(struct drive *drive, struct drive_command *cmd,
			    struct drive_session *session)
{
	u8 data[4] = { 0, 0, 0, session->auth == DRIVE_AUTHENTICATED };

	return drive_key_data(cmd, data, sizeof(data));
}

static u32 drive_report_rpc(struct drive *drive, struct drive_command *cmd)
{
	u8 type = drive->region_mask == 0xff ? 0 :	/* none */
		  drive->user_changes == 0 ? 3 :	/* permanent */
		  drive->user_changes == 1 ? 2 : 1;	/* last chance, set */
	u8 data[4] = {
		type << 6 | drive->vendor_resets << 3 | drive->user_changes,
		drive->region_mask,
		1,	/* RPC phase II */
	};

	return drive_key_data(cmd, data, sizeof(data));
}

/* AACS: a nonce and a certificate, a point and a signature, a nonce and a MAC */
static u32 drive_report_certificate(struct drive *drive,
				    struct drive_command *cmd,
				    struct drive_session *session)
{
	u8 data[DRIVE_NONCE_SIZE + 92];

	drive_fill(session->own, DRIVE_NONCE_SIZE, drive->randoms++);
	memcpy(data, session->own, DRIVE_NONCE_SIZE);
	drive_fill(data + DRIVE_NONCE_SIZE, 92, 92);
	return drive_key_data(cmd, data, sizeof(data));
}

static u32 drive_report_aacs_key(struct drive *drive, struct drive_command *cmd,
				 struct drive_session *session)
{
	u8 data[40 + DRIVE_SIGNATURE_SIZE];

	drive_fill(data, 40, 40);
	drive_signature(session->host, data + 40);
	return drive_key_data(cmd, data, sizeof(data));
}

static u32 drive_report_nonce(struct drive *drive, struct drive_command *cmd,
			      struct drive_session *session)
{
	u8 data[32];

	drive_fill(data, sizeof(data), get_unaligned_be32(cmd->cdb + 2) << 8 |
				       cmd->cdb[6]);
	return drive_key_data(cmd, data, sizeof(data));
}

/* The host's part; the first bytes of the list's data are kept or compared. */
static u32 drive_take_challenge(struct drive *drive, struct drive_command *cmd,
				struct drive_session *session)
{
	memcpy(session->host, cmd->out + 4, DRIVE_CHALLENGE_SIZE);
	return 0;
}

static u32 drive_take_key2(struct drive *drive, struct drive_command *cmd,
			   struct drive_session *session)
{
	u8 key[DRIVE_KEY_SIZE];

	drive_key(2, session->own, key);
	return memcmp(key, cmd->out + 4, sizeof(key)) ? DRIVE_WRONG_KEY : 0;
}

static u32 drive_take_certificate(struct drive *drive, struct drive_command *cmd,
				  struct drive_session *session)
{
	memcpy(session->host, cmd->out + 4, DRIVE_NONCE_SIZE);
	return 0;
}

static u32 drive_take_aacs_key(struct drive *drive, struct drive_command *cmd,
			       struct drive_session *session)
{
	u8 signature[DRIVE_SIGNATURE_SIZE];

	drive_signature(session->own, signature);
	return memcmp(signature, cmd->out + 4 + 40, sizeof(signature)) ?
	       DRIVE_WRONG_KEY : 0;
}

/**
 * struct drive_step - a row of the table of what an AGID can do
 * @class: key class.
 * @format: key format.
 * @from: state that it must be in, DRIVE_FREE for any.
 * @to: state that it goes to.
 * @run: what is done.
 * @list: SEND KEY: length of the parameter list.
 */
struct drive_step {
	enum drive_class class;
	u8 format;
	enum drive_auth from, to;
	u32 (*run)(struct drive *drive, struct drive_command *cmd,
		   struct drive_session *session);
	u16 list;
};

/* The title key is the last that an AGID is good for, as MMC has it. */
static const struct drive_step drive_reports[] = {
	{ DRIVE_CSS, 1, DRIVE_KEY1_SENT, DRIVE_CHALLENGE_SENT, drive_report_challenge },
	{ DRIVE_CSS, 2, DRIVE_CHALLENGED, DRIVE_KEY1_SENT, drive_report_key1 },
	{ DRIVE_CSS, 4, DRIVE_AUTHENTICATED, DRIVE_FREE, drive_report_title_key },
	{ DRIVE_CSS, 5, DRIVE_FREE, DRIVE_FREE, drive_report_asf },
	{ DRIVE_AACS, 1, DRIVE_CHALLENGED, DRIVE_KEY1_SENT, drive_report_certificate },
	{ DRIVE_AACS, 2, DRIVE_KEY1_SENT, DRIVE_CHALLENGE_SENT, drive_report_aacs_key },
	{ DRIVE_AACS, 0x20, DRIVE_AUTHENTICATED, DRIVE_AUTHENTICATED, drive_report_nonce },
	{ DRIVE_AACS, 0x21, DRIVE_AUTHENTICATED, DRIVE_AUTHENTICATED, drive_report_nonce },
	{ }
};

static const struct drive_step drive_takes[] = {
	{ DRIVE_CSS, 1, DRIVE_GRANTED, DRIVE_CHALLENGED, drive_take_challenge, 16 },
	{ DRIVE_CSS, 3, DRIVE_CHALLENGE_SENT, DRIVE_AUTHENTICATED, drive_take_key2, 12 },
	{ DRIVE_AACS, 1, DRIVE_GRANTED, DRIVE_CHALLENGED, drive_take_certificate, 116 },
	{ DRIVE_AACS, 2, DRIVE_CHALLENGE_SENT, DRIVE_AUTHENTICATED, drive_take_aacs_key, 84 },
	{ }
};

static u32 drive_check_list(const struct drive_command *cmd, u16 length)
{
	if (get_unaligned_be16(cmd->cdb + 8) != length)
		return DRIVE_INVALID_CDB;
	if (cmd->out_length < length ||
	    get_unaligned_be16(cmd->out) != length - 2)
		return DRIVE_INVALID_LIST;
	return 0;
}

static u32 drive_step(struct drive *drive, struct drive_command *cmd,
		      const struct drive_step *step, enum drive_class class)
{
	struct drive_session *session = &drive->sessions[class][cmd->cdb[10] >> 6];
	u32 sense;

	while (step->run && (step->class != class ||
			     step->format != (cmd->cdb[10] & 0x3f)))
		step++;
	if (!step->run)
		return DRIVE_INVALID_CDB;
	if (step->from && session->auth != step->from)
		return session->auth == DRIVE_FREE ||
		       step->from == DRIVE_AUTHENTICATED ? DRIVE_NOT_ESTABLISHED :
							   DRIVE_OUT_OF_ORDER;
	sense = step->list ? drive_check_list(cmd, step->list) : 0;
	if (sense)
		return sense;
	sense = step->run(drive, cmd, session);
	if (sense == DRIVE_WRONG_KEY)
		session->auth = DRIVE_FREE;
	else if (!sense && step->from)
		session->auth = step->to;
	return sense;
}

/* Which key class, of those that the drive has? DRIVE_CLASSES for none. */
static enum drive_class drive_class(const struct drive *drive,
				    const struct drive_command *cmd)
{
	if (cmd->cdb[7] == 0 && drive->dvd_css)
		return DRIVE_CSS;
	if (cmd->cdb[7] == 2 && drive->aacs)
		return DRIVE_AACS;
	return DRIVE_CLASSES;
}

static u32 drive_invalidate(struct drive *drive, struct drive_command *cmd,
			    enum drive_class class)
{
	drive->sessions[class][cmd->cdb[10] >> 6].auth = DRIVE_FREE;
	return 0;
}

/**
 * drive_report_key() - REPORT KEY
 * @drive: the drive.
 * @cmd: the command.
 *
 * Return: the sense, 0 for none.
 */
u32 drive_report_key(struct drive *drive, struct drive_command *cmd)
{
	enum drive_class class = drive_class(drive, cmd);
	u8 format = cmd->cdb[10] & 0x3f;

	if (class == DRIVE_CLASSES)
		return DRIVE_INVALID_CDB;
	if (format == 0)
		return drive_grant(drive, cmd, drive->sessions[class]);
	if (format == 0x3f)
		return drive_invalidate(drive, cmd, class);
	if (format == 8 && class == DRIVE_CSS)
		return drive_report_rpc(drive, cmd);
	return drive_step(drive, cmd, drive_reports, class);
}

static u32 drive_set_region(struct drive *drive, struct drive_command *cmd)
{
	u32 sense = drive_check_list(cmd, 8);
	u8 mask;

	if (sense)
		return sense;
	mask = cmd->out[4];
	if (hweight8(mask) != 7)
		return DRIVE_INVALID_LIST;
	if (!drive->medium)
		return DRIVE_NOT_PRESENT;
	if (!drive->user_changes)
		return DRIVE_NO_CHANGES;
	if (~mask & DISC_REGION_MASK & 0xff)
		return DRIVE_REGION_OF_DISC;
	drive->region_mask = mask;
	drive->user_changes--;
	return 0;
}

/**
 * drive_send_key() - SEND KEY
 * @drive: the drive.
 * @cmd: the command.
 *
 * Return: the sense, 0 for none.
 */
u32 drive_send_key(struct drive *drive, struct drive_command *cmd)
{
	enum drive_class class = drive_class(drive, cmd);
	u8 format = cmd->cdb[10] & 0x3f;

	if (class == DRIVE_CLASSES)
		return DRIVE_INVALID_CDB;
	if (format == 0x3f)
		return drive_invalidate(drive, cmd, class);
	if (format == 6 && class == DRIVE_CSS)
		return drive_set_region(drive, cmd);
	return drive_step(drive, cmd, drive_takes, class);
}
