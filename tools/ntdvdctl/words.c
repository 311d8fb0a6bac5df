// SPDX-License-Identifier: GPL-2.0-only
/* Tables of names: NTSTATUS, control codes, and the numbers of MMC and SCSI. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <linux/ntdvd.h>

#include "ntdvdctl.h"

#define STATUS(name, words, advice, result) \
	{ NTDVD_STATUS_##name, "STATUS_" #name, words, advice, RESULT_##result }

static const struct status_words statuses[] = {
	STATUS(SUCCESS, "the request succeeded", NULL, OK),
	STATUS(DEVICE_BUSY, "the drive is busy or reserved by another host",
	       "Try again later.", REFUSED),
	STATUS(VERIFY_REQUIRED, "the disc was changed or the drive was reset",
	       "Earlier sessions have ended. Try again.", REFUSED),
	STATUS(NO_DATA_DETECTED, "the disc is blank", "Insert a disc with data.",
	       REFUSED),
	STATUS(CLEANER_CARTRIDGE_INSTALLED, "a cleaning disc is in the drive",
	       "Insert another disc.", REFUSED),
	STATUS(INFO_LENGTH_MISMATCH, "the input has the wrong length",
	       "ntdvd(4) lists the length of each request.", REFUSED),
	STATUS(INVALID_PARAMETER, "a value of the input is wrong",
	       "Documentation/userspace-api/ntdvd.rst lists the allowed values.", REFUSED),
	STATUS(NO_SUCH_DEVICE, "the drive does not answer at its address",
	       "Check the cable, then the kernel log.", NO_DRIVE),
	STATUS(INVALID_DEVICE_REQUEST,
	       "the drive or the disc does not support the request",
	       "\"ntdvdctl list\" shows what the drive can do.", REFUSED),
	STATUS(NO_MEDIA_IN_DEVICE, "no disc is in the drive", "Insert a disc.",
	       NO_DISC),
	STATUS(UNRECOGNIZED_MEDIA, "the drive cannot read this kind of disc",
	       "Try the disc in another drive.", REFUSED),
	STATUS(NONEXISTENT_SECTOR, "the disc ends before this address",
	       "Give an address that is on the disc.", REFUSED),
	STATUS(ACCESS_DENIED, "the handle lacks the access that the request needs",
	       "Open the node for reading, and also for writing to change the region.",
	       NO_PERMISSION),
	STATUS(BUFFER_TOO_SMALL, "the output buffer is too small",
	       "Information is the length needed, if it is not 0.", REFUSED),
	STATUS(INSUFFICIENT_RESOURCES, "no AGID is left, or no memory",
	       "\"ntdvdctl sessions\" shows who holds the AGIDs.", REFUSED),
	STATUS(DEVICE_DATA_ERROR, "the drive cannot read the disc here",
	       "Clean the disc.", REFUSED),
	STATUS(DEVICE_NOT_CONNECTED, "the host adapter has lost the drive",
	       "Check the cable and the power.", NO_DRIVE),
	STATUS(MEDIA_WRITE_PROTECTED, "the disc is write-protected", NULL, REFUSED),
	STATUS(DEVICE_NOT_READY, "the drive is not ready yet",
	       "Wait until it has read the disc, then try again.", REFUSED),
	STATUS(IO_TIMEOUT, "the drive did not answer in time",
	       "See the kernel log, and try again.", REFUSED),
	STATUS(DEVICE_DOES_NOT_EXIST, "the drive was unplugged",
	       "\"ntdvdctl list\" shows which drives are left.", NO_DRIVE),
	STATUS(IO_DEVICE_ERROR, "the drive or its host adapter failed",
	       "See the kernel log.", REFUSED),
	STATUS(INVALID_BUFFER_SIZE, "the output buffer is longer than the request allows",
	       "Use --length; ntdvd(4) lists the length of each request.",
	       REFUSED),
	STATUS(COPY_PROTECTION_FAILURE, "the drive refuses because of copy protection",
	       NULL, REFUSED),
	STATUS(CSS_AUTHENTICATION_FAILURE, "the drive rejected a key and ended the session",
	       "Start again with a new session.", REFUSED),
	STATUS(CSS_KEY_NOT_PRESENT, "the disc has no such key",
	       "The disc, or this title, is not protected.", REFUSED),
	STATUS(CSS_KEY_NOT_ESTABLISHED,
	       "requires an authenticated session of your own",
	       "Players authenticate; this program has no keys.", REFUSED),
	STATUS(CSS_SCRAMBLED_SECTOR, "the sector is scrambled and the session is not authenticated",
	       "Players authenticate; this program has no keys.", REFUSED),
	STATUS(CSS_REGION_MISMATCH,
	       "the disc does not belong to the drive's region, or to the new one",
	       "\"ntdvdctl region get\" shows both. To change the drive's region, insert a disc of the new one.",
	       REFUSED),
	STATUS(CSS_RESETS_EXHAUSTED, "the drive has no region change left",
	       "The region can no longer be changed.", REFUSED),
};

static const struct status_words unknown_status = {
	.name = "unknown NTSTATUS", .words = "not listed in ntdvd.h",
	.result = RESULT_REFUSED,
};

const struct status_words *status_words(uint32_t status)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].status == status)
			return &statuses[i];
	return &unknown_status;
}

#define DVD(name, output)	{ NTDVD_IOCTL_##name, "IOCTL_DVD_" #name, output }
#define OTHER(name, output)	{ NTDVD_IOCTL_##name, "IOCTL_" #name, output }

const struct control_code control_codes[] = {
	DVD(START_SESSION, 4),
	DVD(READ_KEY, 24 + 2048),
	DVD(SEND_KEY, 0),
	DVD(END_SESSION, 0),
	DVD(SET_READ_AHEAD, 0),
	DVD(GET_REGION, 4),
	DVD(SEND_KEY2, 0),
	DVD(READ_STRUCTURE, 4 + 2048),
	OTHER(STORAGE_SET_READ_AHEAD, 0),
	OTHER(AACS_READ_MEDIA_KEY_BLOCK_SIZE, 4),
	OTHER(AACS_READ_MEDIA_KEY_BLOCK, 1 << 20),
	OTHER(AACS_START_SESSION, 4),
	OTHER(AACS_END_SESSION, 0),
	OTHER(AACS_SEND_CERTIFICATE, 0),
	OTHER(AACS_GET_CERTIFICATE, 112),
	OTHER(AACS_GET_CHALLENGE_KEY, 80),
	OTHER(AACS_SEND_CHALLENGE_KEY, 0),
	OTHER(AACS_READ_VOLUME_ID, 32),
	OTHER(AACS_READ_SERIAL_NUMBER, 32),
	OTHER(AACS_READ_MEDIA_ID, 32),
	OTHER(AACS_READ_BINDING_NONCE, 32),
	OTHER(AACS_GENERATE_BINDING_NONCE, 32),
	{ }
};

const struct control_code *control_code(uint32_t code)
{
	const struct control_code *row;

	for (row = control_codes; row->name; row++)
		if (row->code == code)
			return row;
	return NULL;
}

/*
 * IOCTL_DVD_READ_KEY, DVD_READ_KEY, READ_KEY or 0x00335004. Any number is a
 * control code; NULL for what is none.
 */
const struct control_code *find_control_code(const char *text)
{
	static struct control_code unknown = { .name = "unknown", .output_length = 4096 };
	const struct control_code *row;
	unsigned long code;
	char *end;

	code = strtoul(text, &end, 0);
	for (row = control_codes; row->name; row++)
		if (!strcasecmp(text, row->name) ||
		    !strcasecmp(text, row->name + strlen("IOCTL_")) ||
		    (!strncmp(row->name, "IOCTL_DVD_", 10) &&
		     !strcasecmp(text, row->name + 10)) ||
		    (!*end && code == row->code))
			return row;
	if (!*text || *end || *text == '-' || code > UINT32_MAX)
		return NULL;
	unknown.code = code;
	return &unknown;
}

static const struct name profiles[] = {
	{ 0x00, "none" }, { 0x08, "CD-ROM" }, { 0x09, "CD-R" },
	{ 0x0a, "CD-RW" }, { 0x10, "DVD-ROM" }, { 0x11, "DVD-R" },
	{ 0x12, "DVD-RAM" }, { 0x13, "DVD-RW" }, { 0x14, "DVD-RW" },
	{ 0x15, "DVD-R DL" }, { 0x16, "DVD-R DL" }, { 0x1a, "DVD+RW" },
	{ 0x1b, "DVD+R" }, { 0x2a, "DVD+RW DL" }, { 0x2b, "DVD+R DL" },
	{ 0x40, "BD-ROM" }, { 0x41, "BD-R" }, { 0x42, "BD-R" },
	{ 0x43, "BD-RE" }, { 0x50, "HD DVD-ROM" }, { 0x51, "HD DVD-R" },
	{ 0x52, "HD DVD-RAM" }, { }
};

static const struct name formats[] = {
	{ 0x00, "physical" }, { 0x01, "copyright" }, { 0x02, "disc-key" },
	{ 0x03, "bca" }, { 0x04, "manufacturer" },
	{ 0x05, "copyright-management" }, { 0x06, "media-identifier" },
	{ 0x07, "media-key-block" }, { 0x08, "dvd-ram-definition" },
	{ 0x09, "dvd-ram-status" }, { 0x0a, "spare-area" },
	{ 0x0c, "last-rmd" }, { 0x0d, "rmd" }, { 0x0e, "pre-recorded" },
	{ 0x0f, "unique-disc-id" }, { 0x10, "lead-in-physical" },
	{ 0x11, "adip" }, { 0x20, "layer-capacity" },
	{ 0x80, "aacs-volume-id" }, { 0x81, "aacs-serial-number" },
	{ 0x82, "aacs-media-id" }, { 0x83, "aacs-media-key-block" },
	{ 0xff, "list" }, { }
};

static const struct name copyrights[] = {
	{ 0x00, "none" }, { 0x01, "CSS or CPPM" }, { 0x02, "CPRM" },
	{ 0x03, "AACS" }, { 0x10, "AACS" }, { }
};

static const struct name region_names[] = {
	{ 1, "USA, Canada" },
	{ 2, "Europe, Japan, Middle East, South Africa" },
	{ 3, "Southeast Asia, South Korea, Taiwan" },
	{ 4, "Latin America, Australia, New Zealand" },
	{ 5, "Russia, India, Africa, Central Asia" },
	{ 6, "China" },
	{ 7, "reserved" },
	{ 8, "aircraft and ships" }, { }
};

static const struct name key_types[] = {
	{ NTDVD_KEY_CHALLENGE, "DvdChallengeKey" },
	{ NTDVD_KEY_BUS1, "DvdBusKey1" },
	{ NTDVD_KEY_BUS2, "DvdBusKey2" },
	{ NTDVD_KEY_TITLE, "DvdTitleKey" },
	{ NTDVD_KEY_ASF, "DvdAsf" },
	{ NTDVD_KEY_SET_RPC, "DvdSetRpcKey" },
	{ NTDVD_KEY_GET_RPC, "DvdGetRpcKey" },
	{ NTDVD_KEY_INVALIDATE_AGID, "DvdInvalidateAGID" },
	{ NTDVD_KEY_DISK, "DvdDiskKey" }, { }
};

static const struct name opcodes[] = {
	{ 0x00, "TEST UNIT READY" }, { 0x46, "GET CONFIGURATION" },
	{ 0x5a, "MODE SENSE" }, { 0xa3, "SEND KEY" }, { 0xa4, "REPORT KEY" },
	{ 0xa7, "SET READ AHEAD" }, { 0xad, "READ DISC STRUCTURE" }, { }
};

static const struct name sense_keys[] = {
	{ 0x0, "no sense" }, { 0x1, "recovered error" }, { 0x2, "not ready" },
	{ 0x3, "medium error" }, { 0x4, "hardware error" },
	{ 0x5, "illegal request" }, { 0x6, "unit attention" },
	{ 0x7, "data protect" }, { 0x8, "blank check" },
	{ 0xb, "aborted command" }, { }
};

static const struct name sense_codes[] = {
	{ 0x0401, "becoming ready" }, { 0x2000, "unknown command" },
	{ 0x2100, "address out of range" }, { 0x2400, "invalid field in CDB" },
	{ 0x2600, "invalid field in parameters" }, { 0x2800, "new disc" },
	{ 0x2900, "reset" }, { 0x3a00, "no disc" }, { 0x3a01, "no disc, tray closed" },
	{ 0x3a02, "no disc, tray open" }, { 0x5500, "no AGID left" },
	{ 0x6f00, "authentication failed" }, { 0x6f01, "key not present" },
	{ 0x6f02, "key not established" }, { 0x6f03, "scrambled sector" },
	{ 0x6f04, "wrong region" }, { 0x6f05, "no region change left" }, { }
};

static const struct name host_bytes[] = {
	{ 0x01, "DID_NO_CONNECT" }, { 0x02, "DID_BUS_BUSY" },
	{ 0x03, "DID_TIME_OUT" }, { 0x04, "DID_BAD_TARGET" },
	{ 0x05, "DID_ABORT" }, { 0x06, "DID_PARITY" }, { 0x07, "DID_ERROR" },
	{ 0x08, "DID_RESET" }, { 0x09, "DID_BAD_INTR" },
	{ 0x0a, "DID_PASSTHROUGH" }, { 0x0b, "DID_SOFT_ERROR" },
	{ 0x0c, "DID_IMM_RETRY" }, { 0x0d, "DID_REQUEUE" },
	{ 0x0e, "DID_TRANSPORT_DISRUPTED" }, { 0x0f, "DID_TRANSPORT_FAILFAST" }, { }
};

static const struct name books[] = {
	{ 0, "DVD-ROM" }, { 1, "DVD-RAM" }, { 2, "DVD-R" }, { 3, "DVD-RW" },
	{ 4, "HD DVD-ROM" }, { 5, "HD DVD-RAM" }, { 6, "HD DVD-R" },
	{ 9, "DVD+RW" }, { 10, "DVD+R" }, { 13, "DVD+RW DL" },
	{ 14, "DVD+R DL" }, { }
};

static const struct name sizes[] = { { 0, "120 mm" }, { 1, "80 mm" }, { } };

static const struct name rates[] = {
	{ 0, "2.52 Mbit/s" }, { 1, "5.04 Mbit/s" }, { 2, "10.08 Mbit/s" },
	{ 3, "20.16 Mbit/s" }, { 4, "30.24 Mbit/s" }, { 15, "not specified" }, { }
};

static const struct name layer_types[] = {
	{ 1, "embossed" }, { 2, "recordable" }, { 4, "rewritable" }, { }
};

static const struct name *const tables[] = {
	[WORDS_PROFILE] = profiles, [WORDS_FORMAT] = formats,
	[WORDS_COPYRIGHT] = copyrights, [WORDS_REGION] = region_names,
	[WORDS_KEY_TYPE] = key_types, [WORDS_OPCODE] = opcodes,
	[WORDS_SENSE_KEY] = sense_keys, [WORDS_SENSE_CODE] = sense_codes,
	[WORDS_HOST] = host_bytes, [WORDS_BOOK] = books, [WORDS_SIZE] = sizes,
	[WORDS_RATE] = rates, [WORDS_LAYER_TYPE] = layer_types,
};

/* The last one has no name. */
const struct name *words(enum word_table table)
{
	return tables[table];
}

const char *word(enum word_table table, unsigned int number)
{
	const struct name *name;

	for (name = tables[table]; name->name; name++)
		if (name->number == number)
			return name->name;
	return "unknown";
}

/* The number of a name, or -1 */
int find_word(enum word_table table, const char *text)
{
	const struct name *name;

	for (name = tables[table]; name->name; name++)
		if (!strcasecmp(name->name, text))
			return name->number;
	return -1;
}
