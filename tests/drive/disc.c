// SPDX-License-Identifier: GPL-2.0-only
/* The emulated drive's READ DISC STRUCTURE. */
#include "drive.h"

#define PACK_SIZE	32768
#define PACKS		3
#define LAST_PACK_SIZE	1000

#define FIRST_SECTOR	0x030000

/* Physical format information: DVD-ROM, 120 mm, one layer, and much padding */
static void disc_physical(u8 *data, u32 length, struct drive_command *cmd)
{
	data[0] = 0x01;
	data[1] = 0x02;
	data[2] = 0x01;
	put_unaligned_be32(FIRST_SECTOR, data + 4);
	put_unaligned_be32(FIRST_SECTOR + DRIVE_BLOCKS - 1, data + 8);
	data[16] = 0x80;	/* there is a BCA */
}

static void disc_copyright(u8 *data, u32 length, struct drive_command *cmd)
{
	data[0] = 1;		/* CSS */
	data[1] = DISC_REGION_MASK;
}

/* Bytes that depend on the format, and for the media key block on the pack */
static void disc_filled(u8 *data, u32 length, struct drive_command *cmd)
{
	drive_fill(data, length, cmd->cdb[7] << 8 | cmd->cdb[5]);
}

static void disc_list(u8 *data, u32 length, struct drive_command *cmd);

/**
 * struct disc_structure - a row of the table of formats
 * @format: its code.
 * @length: bytes of data; for the media key block that of a pack but the last.
 * @class: key class that it needs an authenticated AGID of, DRIVE_CLASSES for none.
 * @aacs: only a drive with AACS has it.
 * @fill: makes the data, of @length zero bytes.
 */
struct disc_structure {
	u8 format;
	u16 length;
	enum drive_class class;
	bool aacs;
	void (*fill)(u8 *data, u32 length, struct drive_command *cmd);
};

static const struct disc_structure disc_structures[] = {
	{ 0x00, 2048, DRIVE_CLASSES, false, disc_physical },
	{ 0x01, 4, DRIVE_CLASSES, false, disc_copyright },
	{ 0x02, 2048, DRIVE_CSS, false, disc_filled },
	{ 0x03, 64, DRIVE_CLASSES, false, disc_filled },
	{ 0x04, 2048, DRIVE_CLASSES, false, disc_filled },
	{ 0x05, 4, DRIVE_CLASSES, false, disc_filled },
	{ 0x80, 32, DRIVE_AACS, true, disc_filled },
	{ 0x81, 32, DRIVE_AACS, true, disc_filled },
	{ 0x82, 32, DRIVE_AACS, true, disc_filled },
	{ 0x83, PACK_SIZE, DRIVE_CLASSES, true, disc_filled },
	{ 0xff, 4 * 10, DRIVE_CLASSES, false, disc_list },
};

/* The formats themselves, but for the list: code, readable, length */
static void disc_list(u8 *data, u32 length, struct drive_command *cmd)
{
	u32 i;

	for (i = 0; i < length / 4; i++) {
		data[4 * i] = disc_structures[i].format;
		data[4 * i + 1] = 0x40;
		put_unaligned_be16(disc_structures[i].length + 4, data + 4 * i + 2);
	}
}

/**
 * drive_read_disc_structure() - READ DISC STRUCTURE
 * @drive: the drive.
 * @cmd: the command; its @in has room for the longest answer.
 *
 * Return: the sense, 0 for none.
 */
u32 drive_read_disc_structure(struct drive *drive, struct drive_command *cmd)
{
	const struct disc_structure *row = disc_structures;
	u32 pack = get_unaligned_be32(cmd->cdb + 2);
	u8 header[4] = { 0 };
	u32 length;

	while (row->format != cmd->cdb[7])
		if (++row == disc_structures + ARRAY_SIZE(disc_structures))
			return DRIVE_INVALID_CDB;
	if (row->aacs && !drive->aacs)
		return DRIVE_INVALID_CDB;
	if (!drive->medium)
		return DRIVE_NOT_PRESENT;
	if (row->format == 0x00 && cmd->cdb[6])
		return DRIVE_INVALID_CDB;	/* there is one layer */
	if (row->class != DRIVE_CLASSES &&
	    !drive_is_authenticated(drive, row->class, cmd->cdb[10] >> 6))
		return DRIVE_NOT_ESTABLISHED;

	length = row->length;
	if (length == PACK_SIZE) {
		if (pack >= PACKS)
			return DRIVE_INVALID_CDB;
		if (pack == PACKS - 1)
			length = LAST_PACK_SIZE;
		header[3] = PACKS;
	}
	put_unaligned_be16(length + 2, header);
	drive_answer(cmd, 0, header, sizeof(header));

	if (cmd->in_size < sizeof(header) + length)
		return 0;
	memset(cmd->in + sizeof(header), 0, length);
	row->fill(cmd->in + sizeof(header), length, cmd);
	cmd->in_length = sizeof(header) + length;
	/* With the disk key an AGID has done its work, as MMC has it. */
	if (row->class == DRIVE_CSS)
		drive->sessions[DRIVE_CSS][cmd->cdb[10] >> 6].auth = DRIVE_FREE;
	return 0;
}
