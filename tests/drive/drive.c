// SPDX-License-Identifier: GPL-2.0-only
/* The emulated drive's commands. */
#include "drive.h"

#define PROFILE_DVD_ROM		0x0010

/**
 * drive_answer() - add to the data-in of a command
 * @cmd: the command.
 * @at: where in the answer.
 * @data: what.
 * @length: bytes of it; what @in has no room for is dropped.
 */
void drive_answer(struct drive_command *cmd, u32 at, const void *data, u32 length)
{
	if (at >= cmd->in_size)
		return;
	length = min(length, cmd->in_size - at);
	memcpy(cmd->in + at, data, length);
	cmd->in_length = max(cmd->in_length, at + length);
}

/* The number at the end tells which drive a /dev/srN is, on any host. */
static u32 drive_inquiry(struct drive *drive, struct drive_command *cmd)
{
	u8 data[36] = {
		TYPE_ROM, 0x80, 0x05, 0x02, sizeof(data) - 5,
		[8] = 'n', 't', 'd', 'v', 'd', ' ', ' ', ' ',
		[16] = 'E', 'm', 'u', 'l', 'a', 't', 'e', 'd', ' ', 'D', 'V',
		       'D', ' ', '0' + drive->number / 10, '0' + drive->number % 10, ' ',
		[32] = '1', '.', '0', ' ',
	};

	if (cmd->cdb[1] & 1)
		return DRIVE_INVALID_CDB;	/* no vital product data */
	drive_answer(cmd, 0, data, sizeof(data));
	return 0;
}

static u32 drive_request_sense(struct drive *drive, struct drive_command *cmd)
{
	drive_answer(cmd, 0, drive->sense, sizeof(drive->sense));
	if (!drive->sense[0])
		cmd->in[0] = 0x70;
	return 0;
}

static u32 drive_needs_medium(struct drive *drive, struct drive_command *cmd)
{
	return drive->medium ? 0 : DRIVE_NOT_PRESENT;
}

/* Mode page 0x2a: may read DVD-ROM, has a tray that ejects and locks */
static u32 drive_mode_sense(struct drive *drive, struct drive_command *cmd)
{
	bool ten = cmd->cdb[0] == MODE_SENSE_10;
	u8 page[22] = { 0x2a, sizeof(page) - 2, drive->dvd_page ? 0x08 : 0x00,
			0x00, 0x71, 0x00, 0x29 };
	u8 header[8] = { 0 };

	if ((cmd->cdb[2] & 0x3f) != 0x2a)
		return DRIVE_INVALID_CDB;
	put_unaligned_be16(8 * 1385, page + 8);		/* kB/s */
	put_unaligned_be16(8 * 1385, page + 14);
	if (ten)
		put_unaligned_be16(sizeof(header) - 2 + sizeof(page), header);
	else
		header[0] = 4 - 1 + sizeof(page);
	drive_answer(cmd, 0, header, ten ? 8 : 4);
	drive_answer(cmd, cmd->in_length, page, sizeof(page));
	return 0;
}

static void drive_add_feature(struct drive_command *cmd, u16 first, u8 rt,
			      u16 feature, bool current_now, const u8 *data,
			      u8 length)
{
	u8 header[4] = { 0 };

	if (feature < first || (rt == 2 && feature != first) ||
	    (rt == 1 && !current_now))
		return;
	put_unaligned_be16(feature, header);
	header[2] = current_now;
	header[3] = length;
	drive_answer(cmd, cmd->in_length, header, sizeof(header));
	drive_answer(cmd, cmd->in_length, data, length);
}

static u32 drive_get_configuration(struct drive *drive, struct drive_command *cmd)
{
	static const u8 core[8] = { 0, 0, 0, 1 }, morphing[4] = { 0x02 };
	static const u8 removable[4] = { 0x29 }, read[4] = { 0, 0, 1, 0 };
	static const u8 css[4] = { 0, 0, 0, 1 }, aacs[4] = { 0x01, 1, 0x04, 1 };
	const u8 profiles[4] = { 0x00, PROFILE_DVD_ROM, drive->medium };
	u16 first = get_unaligned_be16(cmd->cdb + 2);
	u8 rt = cmd->cdb[1] & 3;
	u8 header[8] = { 0 };

	if (!drive->configuration)
		return DRIVE_INVALID_OPCODE;
	if (!drive->feature_list) {
		put_unaligned_be32(sizeof(header) - 4, header);
		drive_answer(cmd, 0, header, sizeof(header));
		return 0;
	}
	if (drive->medium)
		put_unaligned_be16(PROFILE_DVD_ROM, header + 6);
	drive_answer(cmd, 0, header, sizeof(header));
	drive_add_feature(cmd, first, rt, 0x0000, true, profiles, 4);
	drive_add_feature(cmd, first, rt, 0x0001, true, core, 8);
	drive_add_feature(cmd, first, rt, 0x0002, true, morphing, 4);
	drive_add_feature(cmd, first, rt, 0x0003, true, removable, 4);
	if (drive->dvd_read)
		drive_add_feature(cmd, first, rt, 0x001f, drive->medium, read, 4);
	if (drive->dvd_css)
		drive_add_feature(cmd, first, rt, 0x0106, drive->medium, css, 4);
	if (drive->aacs)
		drive_add_feature(cmd, first, rt, 0x010d, drive->medium, aacs, 4);
	put_unaligned_be32(cmd->in_length - 4, cmd->in);
	return 0;
}

static u32 drive_get_event_status(struct drive *drive, struct drive_command *cmd)
{
	u8 data[8] = { 0x00, 0x06, 0x04, 0x10, 0x00, drive->medium ? 0x02 : 0x00 };

	if (!(cmd->cdb[1] & 1))
		return DRIVE_INVALID_CDB;	/* nothing but polling */
	if (!(cmd->cdb[4] & 0x10)) {
		data[1] = 0x02;
		data[2] = 0x80;			/* no such event */
		drive_answer(cmd, 0, data, 4);
		return 0;
	}
	data[4] = drive->event;
	drive->event = DRIVE_NO_EVENT;
	drive_answer(cmd, 0, data, sizeof(data));
	return 0;
}

/* One data track; formats 0 (TOC) and 1 (sessions) have the same size here. */
static u32 drive_read_toc(struct drive *drive, struct drive_command *cmd)
{
	u8 format = (cmd->cdb[2] & 0x0f) ? cmd->cdb[2] & 0x0f : cmd->cdb[9] >> 6;
	u8 data[20] = {
		[2] = 1, 1,
		[5] = 0x14, 1,		/* data track 1 */
		[13] = 0x14, 0xaa,	/* lead-out */
	};

	if (format > 1)
		return DRIVE_INVALID_CDB;
	put_unaligned_be32(DRIVE_BLOCKS, data + 16);
	put_unaligned_be16(format ? 10 : 18, data);
	drive_answer(cmd, 0, data, format ? 12 : 20);
	return 0;
}

static u32 drive_read_capacity(struct drive *drive, struct drive_command *cmd)
{
	u8 data[8];

	put_unaligned_be32(DRIVE_BLOCKS - 1, data);
	put_unaligned_be32(DRIVE_BLOCK_SIZE, data + 4);
	drive_answer(cmd, 0, data, sizeof(data));
	return 0;
}

static u32 drive_read(struct drive *drive, struct drive_command *cmd)
{
	u32 lba = get_unaligned_be32(cmd->cdb + 2);
	u32 blocks = get_unaligned_be16(cmd->cdb + 7);

	if (lba >= DRIVE_BLOCKS || blocks > DRIVE_BLOCKS - lba)
		return DRIVE_OUT_OF_RANGE;
	if (blocks * DRIVE_BLOCK_SIZE > cmd->in_size)
		return DRIVE_INVALID_CDB;
	for (; blocks--; lba++, cmd->in_length += DRIVE_BLOCK_SIZE)
		drive_fill(cmd->in + cmd->in_length, DRIVE_BLOCK_SIZE, lba);
	return 0;
}

static u32 drive_start_stop(struct drive *drive, struct drive_command *cmd)
{
	bool load_eject = cmd->cdb[4] & 2, start = cmd->cdb[4] & 1;

	if (!load_eject || start == drive->medium)
		return 0;
	if (start) {
		drive_insert(drive);
		return 0;
	}
	if (drive->locked)
		return DRIVE_SENSE(5, 0x53, 2);	/* removal prevented */
	drive_eject(drive);
	return 0;
}

static u32 drive_prevent_allow(struct drive *drive, struct drive_command *cmd)
{
	drive->locked = cmd->cdb[4] & 1;
	return 0;
}

/**
 * struct drive_opcode - a row of the table of commands
 * @opcode: its operation code.
 * @run: what it does; returns the sense.
 * @disc: it needs a disc.
 * @at_ease: a pending unit attention waits until after it.
 * @length: where its allocation length is, 0 for none.
 * @length_size: in how many bytes.
 */
struct drive_opcode {
	u8 opcode;
	u32 (*run)(struct drive *drive, struct drive_command *cmd);
	bool disc, at_ease;
	u8 length, length_size;
};

static const struct drive_opcode drive_opcodes[] = {
	{ INQUIRY, drive_inquiry, false, true, 3, 2 },
	{ TEST_UNIT_READY, drive_needs_medium, true },
	{ REQUEST_SENSE, drive_request_sense, false, true, 4, 1 },
	{ MODE_SENSE, drive_mode_sense, false, false, 4, 1 },
	{ MODE_SENSE_10, drive_mode_sense, false, false, 7, 2 },
	{ GPCMD_GET_CONFIGURATION, drive_get_configuration, false, true, 7, 2 },
	{ GPCMD_GET_EVENT_STATUS_NOTIFICATION, drive_get_event_status, false, true, 7, 2 },
	{ READ_TOC, drive_read_toc, true, false, 7, 2 },
	{ READ_CAPACITY, drive_read_capacity, true },
	{ READ_10, drive_read, true },
	{ START_STOP, drive_start_stop },
	{ ALLOW_MEDIUM_REMOVAL, drive_prevent_allow },
	{ GPCMD_SET_READ_AHEAD, drive_needs_medium, true },
	{ GPCMD_READ_DVD_STRUCTURE, drive_read_disc_structure, false, false, 8, 2 },
	{ GPCMD_REPORT_KEY, drive_report_key, false, false, 8, 2 },
	{ GPCMD_SEND_KEY, drive_send_key },
};

static u32 drive_dispatch(struct drive *drive, struct drive_command *cmd)
{
	const struct drive_opcode *row = drive_opcodes;
	u32 sense, allocated;

	while (row->opcode != cmd->cdb[0])
		if (++row == drive_opcodes + ARRAY_SIZE(drive_opcodes))
			return DRIVE_INVALID_OPCODE;

	if (drive->attention && !row->at_ease) {
		sense = DRIVE_SENSE(6, drive->attention, 0);
		drive->attention = 0;
		return sense;
	}
	if (row->disc && !drive->medium)
		return DRIVE_NOT_PRESENT;
	sense = row->run(drive, cmd);
	if (!sense && row->length) {
		allocated = row->length_size == 1 ? cmd->cdb[row->length] :
			    get_unaligned_be16(cmd->cdb + row->length);
		cmd->in_length = min(cmd->in_length, allocated);
	}
	return sense;
}

/**
 * drive_run() - carry out a command
 * @drive: the drive.
 * @cmd: the command; @in should have room for 64 KiB.
 *
 * Return: true for GOOD, false for CHECK CONDITION with @sense.
 */
bool drive_run(struct drive *drive, struct drive_command *cmd)
{
	u32 sense;

	cmd->in_length = 0;
	sense = drive_dispatch(drive, cmd);
	memset(cmd->sense, 0, sizeof(cmd->sense));
	if (sense) {
		cmd->in_length = 0;
		cmd->sense[0] = 0x70;
		cmd->sense[2] = sense >> 16;
		cmd->sense[7] = DRIVE_SENSE_SIZE - 8;
		cmd->sense[12] = sense >> 8;
		cmd->sense[13] = sense;
	}
	memcpy(drive->sense, cmd->sense, sizeof(drive->sense));
	return !sense;
}

/**
 * drive_init() - a new drive with a disc, no region set
 * @drive: the drive.
 */
void drive_init(struct drive *drive)
{
	*drive = (struct drive) {
		.configuration = true,
		.feature_list = true,
		.dvd_page = true,
		.dvd_read = true,
		.dvd_css = true,
		.aacs = true,
		.medium = true,
		.region_mask = 0xff,
		.user_changes = 5,
		.vendor_resets = 4,
	};
}

/**
 * drive_reset() - a bus reset, or power that came back
 * @drive: the drive.
 */
void drive_reset(struct drive *drive)
{
	drive_drop_agids(drive);
	drive->locked = false;
	drive->attention = 0x29;
	drive->resets++;
}

/**
 * drive_eject() - the disc goes
 * @drive: the drive.
 */
void drive_eject(struct drive *drive)
{
	drive_drop_agids(drive);
	if (drive->medium)
		drive->event = DRIVE_MEDIA_REMOVED;
	drive->medium = false;
}

/**
 * drive_insert() - another disc comes
 * @drive: the drive.
 */
void drive_insert(struct drive *drive)
{
	drive_drop_agids(drive);
	drive->medium = true;
	drive->event = DRIVE_NEW_MEDIA;
	drive->attention = 0x28;
}
