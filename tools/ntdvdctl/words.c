// SPDX-License-Identifier: GPL-2.0-only
/* Numbers in words: NTSTATUS, control codes, formats, and what structures say. */
#include <endian.h>
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
	       "Try again when the other is done.", REFUSED),
	STATUS(VERIFY_REQUIRED, "the disc was changed or the drive was reset",
	       "Sessions from before are over. Try again.", REFUSED),
	STATUS(NO_DATA_DETECTED, "the disc is blank", "Insert a disc with data.",
	       REFUSED),
	STATUS(CLEANER_CARTRIDGE_INSTALLED, "a cleaning disc is in the drive",
	       "Insert another disc.", REFUSED),
	STATUS(INFO_LENGTH_MISMATCH, "the input has the wrong length",
	       "The table of requests in ntdvd(4) has the right one.", REFUSED),
	STATUS(INVALID_PARAMETER, "a value of the input is wrong",
	       "The table of requests in ntdvd(4) has the right ones.", REFUSED),
	STATUS(NO_SUCH_DEVICE, "the drive does not answer at its address",
	       "Look at its cable, then at the kernel's log.", NO_DRIVE),
	STATUS(INVALID_DEVICE_REQUEST,
	       "this drive, or this disc, does not know the request",
	       "\"ntdvdctl list\" shows what the drive can do.", REFUSED),
	STATUS(NO_MEDIA_IN_DEVICE, "no disc is in the drive", "Insert a disc.",
	       NO_DISC),
	STATUS(UNRECOGNIZED_MEDIA, "the drive cannot read this kind of disc",
	       "Try the disc in another drive.", REFUSED),
	STATUS(NONEXISTENT_SECTOR, "the disc ends before this address",
	       "Give an address that is on the disc.", REFUSED),
	STATUS(ACCESS_DENIED, "the file is not open for what the request needs",
	       "Open it for reading, and for region changes for writing as well.",
	       NO_PERMISSION),
	STATUS(BUFFER_TOO_SMALL, "the output has too little room",
	       "Information is the length that is enough, if it is not 0.", REFUSED),
	STATUS(INSUFFICIENT_RESOURCES, "no AGID is left, or no memory",
	       "\"ntdvdctl sessions\" shows who holds the AGIDs.", REFUSED),
	STATUS(DEVICE_DATA_ERROR, "the drive cannot read the disc here",
	       "Clean the disc.", REFUSED),
	STATUS(DEVICE_NOT_CONNECTED, "the host has lost the drive",
	       "Look at its cable and its power.", NO_DRIVE),
	STATUS(MEDIA_WRITE_PROTECTED, "the disc is write-protected", NULL, REFUSED),
	STATUS(DEVICE_NOT_READY, "the drive is not ready yet",
	       "Wait until it has read the disc, and try again.", REFUSED),
	STATUS(IO_TIMEOUT, "the drive did not answer in time",
	       "The kernel's log tells more. Try again.", REFUSED),
	STATUS(DEVICE_DOES_NOT_EXIST, "the drive was unplugged",
	       "\"ntdvdctl list\" shows which drives are left.", NO_DRIVE),
	STATUS(IO_DEVICE_ERROR, "the drive or its host failed",
	       "The kernel's log tells more.", REFUSED),
	STATUS(INVALID_BUFFER_SIZE, "the output is longer than the request has",
	       "Give --length as the table of requests in ntdvd(4) has it.",
	       REFUSED),
	STATUS(COPY_PROTECTION_FAILURE, "copy protection refuses it", NULL, REFUSED),
	STATUS(CSS_AUTHENTICATION_FAILURE, "the drive found a key wrong, and ended the session",
	       "Start again with a new session.", REFUSED),
	STATUS(CSS_KEY_NOT_PRESENT, "the disc has no such key",
	       "The disc, or this title, is not protected.", REFUSED),
	STATUS(CSS_KEY_NOT_ESTABLISHED,
	       "it takes a session of one's own that is authenticated",
	       "A player does that; this program has no keys.", REFUSED),
	STATUS(CSS_SCRAMBLED_SECTOR, "the sector is scrambled, and the session not authenticated",
	       "A player does that; this program has no keys.", REFUSED),
	STATUS(CSS_REGION_MISMATCH,
	       "the disc is not for the drive's region, or not for the new one",
	       "\"ntdvdctl region get\" shows both. To change the drive's, insert a disc of that region.",
	       REFUSED),
	STATUS(CSS_RESETS_EXHAUSTED, "the drive has no region change left",
	       "Its region stays what it is.", REFUSED),
};

static const struct status_words unknown_status = {
	.name = "unknown NTSTATUS", .words = "a status that is not in ntdvd.h",
	.result = RESULT_REFUSED,
};

/**
 * status_words() - an NTSTATUS in words
 * @status: its value.
 *
 * Return: its row of the table, or that of unknown ones.
 */
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

static const struct control_code control_codes[] = {
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
};

/**
 * find_control_code() - a control code by its name or number
 * @text: IOCTL_DVD_READ_KEY, READ_KEY or 0x00335004.
 *
 * Return: its row of the table, one without a name for a number that is not in
 * it, or NULL for what is neither.
 */
const struct control_code *find_control_code(const char *text)
{
	static struct control_code unknown = { .name = "unknown", .output_length = 4096 };
	unsigned long code;
	const char *name;
	char *end;
	size_t i;

	code = strtoul(text, &end, 0);
	for (i = 0; i < ARRAY_SIZE(control_codes); i++) {
		name = control_codes[i].name;
		if (!strcasecmp(text, name) ||
		    !strcasecmp(text, name + strlen("IOCTL_")) ||
		    (!strncmp(name, "IOCTL_DVD_", 10) && !strcasecmp(text, name + 10)) ||
		    (!*end && code == control_codes[i].code))
			return &control_codes[i];
	}
	if (!*text || *end || *text == '-' || code > UINT32_MAX)
		return NULL;
	unknown.code = code;
	return &unknown;
}

struct number_name {
	unsigned int number;
	const char *name;
};

static const char *find_name(const struct number_name *names, size_t count,
			     unsigned int number, const char *otherwise)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (names[i].number == number)
			return names[i].name;
	return otherwise;
}

/**
 * profile_name() - what kind of disc it is
 * @profile: MMC's current profile.
 *
 * Return: its name.
 */
const char *profile_name(unsigned int profile)
{
	static const struct number_name names[] = {
		{ 0x00, "none" }, { 0x08, "CD-ROM" }, { 0x09, "CD-R" },
		{ 0x0a, "CD-RW" }, { 0x10, "DVD-ROM" }, { 0x11, "DVD-R" },
		{ 0x12, "DVD-RAM" }, { 0x13, "DVD-RW" }, { 0x14, "DVD-RW" },
		{ 0x15, "DVD-R DL" }, { 0x16, "DVD-R DL" }, { 0x1a, "DVD+RW" },
		{ 0x1b, "DVD+R" }, { 0x2a, "DVD+RW DL" }, { 0x2b, "DVD+R DL" },
		{ 0x40, "BD-ROM" }, { 0x41, "BD-R" }, { 0x42, "BD-R" },
		{ 0x43, "BD-RE" }, { 0x50, "HD DVD-ROM" }, { 0x51, "HD DVD-R" },
		{ 0x52, "HD DVD-RAM" },
	};

	return find_name(names, ARRAY_SIZE(names), profile, "unknown");
}

static const struct number_name format_names[] = {
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
	{ 0xff, "list" },
};

/**
 * format_name() - the name of a structure
 * @format: MMC's format code.
 *
 * Return: its name.
 */
const char *format_name(unsigned int format)
{
	return find_name(format_names, ARRAY_SIZE(format_names), format, "unknown");
}

/**
 * find_format() - a format code by its name or number
 * @text: physical or 0x00.
 *
 * Return: the code, or -1.
 */
int find_format(const char *text)
{
	unsigned long format;
	char *end;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(format_names); i++)
		if (!strcasecmp(text, format_names[i].name))
			return format_names[i].number;
	format = strtoul(text, &end, 0);
	return !*text || *end || *text == '-' || format > 0xff ? -1 : (int)format;
}

/**
 * copyright_name() - a copyright protection system
 * @system: its number in format 1.
 *
 * Return: its name.
 */
const char *copyright_name(uint8_t system)
{
	static const struct number_name names[] = {
		{ 0x00, "none" }, { 0x01, "CSS or CPPM" }, { 0x02, "CPRM" },
		{ 0x03, "AACS" }, { 0x10, "AACS" },
	};

	return find_name(names, ARRAY_SIZE(names), system, "unknown");
}

/**
 * regions() - a set of regions in words
 * @set: a 1 bit for each.
 * @text: out.
 * @size: of @text, 32 is enough.
 *
 * Return: @text.
 */
const char *regions(uint8_t set, char *text, size_t size)
{
	size_t at = 0;
	int region;

	snprintf(text, size, set == 0xff ? "all" : "none");
	if (set == 0xff)
		return text;
	for (region = 1; region <= 8; region++)
		if (set & 1 << (region - 1))
			at += snprintf(text + at, size - at, "%s%d",
				       at ? ", " : "", region);
	return text;
}

/* A value of a structure, as a field or as a member of "decoded" */
static void decoded(const char *key, const char *label, const char *value)
{
	if (options.json)
		json_string(key, "%s", value);
	else
		field(label, "%s", value);
}

static void decoded_number(const char *key, const char *label, uint32_t value)
{
	if (options.json)
		json_number(key, value);
	else
		field(label, "%u", value);
}

static void decoded_bool(const char *key, const char *label, bool value)
{
	if (options.json)
		json_bool(key, value);
	else
		field(label, value ? "yes" : "no");
}

static void decode_physical(const uint8_t *data, size_t length)
{
	static const struct number_name books[] = {
		{ 0, "DVD-ROM" }, { 1, "DVD-RAM" }, { 2, "DVD-R" }, { 3, "DVD-RW" },
		{ 4, "HD DVD-ROM" }, { 5, "HD DVD-RAM" }, { 6, "HD DVD-R" },
		{ 9, "DVD+RW" }, { 10, "DVD+R" }, { 13, "DVD+RW DL" },
		{ 14, "DVD+R DL" },
	};
	static const struct number_name sizes[] = { { 0, "120 mm" }, { 1, "80 mm" } };
	static const struct number_name rates[] = {
		{ 0, "2.52 Mbit/s" }, { 1, "5.04 Mbit/s" }, { 2, "10.08 Mbit/s" },
		{ 3, "20.16 Mbit/s" }, { 4, "30.24 Mbit/s" }, { 15, "not specified" },
	};
	static const struct number_name types[] = {
		{ 1, "embossed" }, { 2, "recordable" }, { 4, "rewritable" },
	};
	struct ntdvd_layer_descriptor layer;

	if (length < sizeof(layer))
		return;
	memcpy(&layer, data, sizeof(layer));
	decoded("book", "book",
		find_name(books, ARRAY_SIZE(books), layer.book >> 4, "unknown"));
	decoded_number("version", "version", layer.book & 0xf);
	decoded("size", "size",
		find_name(sizes, ARRAY_SIZE(sizes), layer.rate >> 4, "unknown"));
	decoded("rate", "rate",
		find_name(rates, ARRAY_SIZE(rates), layer.rate & 0xf, "unknown"));
	decoded_number("layers", "layers", (layer.layer >> 5 & 3) + 1);
	decoded("track_path", "track path",
		layer.layer & 0x10 ? "opposite" : "parallel");
	decoded("layer_type", "layer type",
		find_name(types, ARRAY_SIZE(types), layer.layer & 0xf, "unknown"));
	decoded_number("starting_sector", "starting sector",
		       le32toh(layer.starting_sector));
	decoded_number("end_sector", "end sector", le32toh(layer.end_sector));
	decoded_number("end_layer_zero_sector", "end of layer 0",
		       le32toh(layer.end_layer_zero_sector));
	decoded_bool("bca", "BCA", layer.bca & 0x80);
}

static void decode_copyright(const uint8_t *data, size_t length)
{
	char text[32];

	if (length < 2)
		return;
	decoded("system", "protection", copyright_name(data[0]));
	if (options.json)
		json_regions("regions", ~data[1]);
	else
		field("plays in", "%s", regions(~data[1], text, sizeof(text)));
}

static void decode_management(const uint8_t *data, size_t length)
{
	if (length < 1)
		return;
	decoded_bool("cpm", "CPM", data[0] & 0x80);
	decoded_bool("cp_sec", "CP_SEC", data[0] & 0x40);
	decoded_number("cgms", "CGMS", data[0] >> 4 & 3);
}

static void decode_list(const uint8_t *data, size_t length)
{
	char label[16];
	size_t at;

	if (options.json)
		json_open("formats", '[');
	for (at = 0; at + 4 <= length; at += 4) {
		if (!(data[at + 1] & 0x40))
			continue;
		if (options.json) {
			json_open(NULL, '{');
			json_string("format", "0x%02x", data[at]);
			json_string("name", "%s", format_name(data[at]));
			json_number("length", data[at + 2] << 8 | data[at + 3]);
			json_close();
			continue;
		}
		snprintf(label, sizeof(label), "0x%02x", data[at]);
		field(label, "%s, %u bytes", format_name(data[at]),
		      data[at + 2] << 8 | data[at + 3]);
	}
	if (options.json)
		json_close();
}

/**
 * decode_structure() - print a structure in words
 * @format: its format code.
 * @data: what is behind its header.
 * @length: bytes of it.
 *
 * Prints fields, or members of a JSON object; nothing for a structure whose
 * bytes have no meaning that MMC gives.
 */
void decode_structure(unsigned int format, const uint8_t *data, size_t length)
{
	static const struct {
		unsigned int format;
		void (*decode)(const uint8_t *data, size_t length);
	} decoders[] = {
		{ 0x00, decode_physical }, { 0x10, decode_physical },
		{ 0x01, decode_copyright }, { 0x05, decode_management },
		{ 0xff, decode_list },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(decoders); i++)
		if (decoders[i].format == format)
			decoders[i].decode(data, length);
}
