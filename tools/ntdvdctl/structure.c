// SPDX-License-Identifier: GPL-2.0-only
/* Structures of a disc: reading and decoding them. */
#include <endian.h>
#include <stdio.h>

#include <linux/ntdvd.h>

#include "ntdvdctl.h"

/*
 * @output has room for STRUCTURE_MAX bytes: the header and the structure. Asks
 * for as much as the usual structures have, and again if there is more.
 */
struct answer read_structure(int fd, unsigned int format, unsigned int layer,
			     uint8_t *output)
{
	const struct ntdvd_read_structure input = {
		.format = htole32(format),
		.layer_number = layer,
	};
	const size_t usual = sizeof(struct ntdvd_descriptor_header) + 2048;
	struct answer answer;
	size_t length;

	answer = request(fd, NTDVD_IOCTL_READ_STRUCTURE, &input, sizeof(input),
			 output, usual);
	if (answer.error || answer.status)
		return answer;
	length = 2 + (size_t)(output[0] | output[1] << 8);
	if (length <= usual)
		return answer;
	return request(fd, NTDVD_IOCTL_READ_STRUCTURE, &input, sizeof(input), output,
		       length < STRUCTURE_MAX ? length : STRUCTURE_MAX);
}

static uint32_t big_endian(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* A DVD_LAYER_DESCRIPTOR; its sector numbers stay as the drive sends them. */
static void print_physical(const uint8_t *data, size_t length)
{
	if (length < sizeof(struct ntdvd_layer_descriptor))
		return;
	print_string("book", "book", "%s", word(WORDS_BOOK, data[0] >> 4));
	print_number("version", "version", data[0] & 0xf);
	print_string("size", "size", "%s", word(WORDS_SIZE, data[1] >> 4));
	print_string("rate", "rate", "%s", word(WORDS_RATE, data[1] & 0xf));
	print_number("layers", "layers", (data[2] >> 5 & 3) + 1);
	print_string("track_path", "track path", "%s",
		     data[2] & 0x10 ? "opposite" : "parallel");
	print_string("layer_type", "layer type", "%s",
		     word(WORDS_LAYER_TYPE, data[2] & 0xf));
	print_number("starting_sector", "starting sector", big_endian(data + 4));
	print_number("end_sector", "end sector", big_endian(data + 8));
	print_number("end_layer_zero_sector", "end of layer 0", big_endian(data + 12));
	print_bool("bca", "BCA", data[16] & 0x80);
}

static void print_copyright(const uint8_t *data, size_t length)
{
	if (length < 2)
		return;
	print_string("system", "protection", "%s", word(WORDS_COPYRIGHT, data[0]));
	print_regions("regions", "plays in regions", ~data[1]);
}

static void print_management(const uint8_t *data, size_t length)
{
	if (length < 1)
		return;
	print_bool("cpm", "CPM", data[0] & 0x80);
	print_bool("cp_sec", "CP_SEC", data[0] & 0x40);
	print_number("cgms", "CGMS", data[0] >> 4 & 3);
}

/* Which formats can be read */
static void print_format_list(const uint8_t *data, size_t length)
{
	unsigned int bytes;
	char label[16];
	size_t at;

	print_open_array("formats");
	for (at = 0; at + 4 <= length; at += 4) {
		if (!(data[at + 1] & 0x40))
			continue;
		bytes = data[at + 2] << 8 | data[at + 3];
		snprintf(label, sizeof(label), "0x%02x", data[at]);
		print_text(label, "%s, %u bytes", word(WORDS_FORMAT, data[at]), bytes);
		print_open(NULL);
		print_string("format", NULL, "%s", label);
		print_string("name", NULL, "%s", word(WORDS_FORMAT, data[at]));
		print_number("length", NULL, bytes);
		print_close();
	}
	print_close();
}

/* @data is what follows the header. Prints no more for formats without a decoder. */
void print_structure(unsigned int format, const uint8_t *data, size_t length)
{
	static const struct {
		unsigned int format;
		void (*print)(const uint8_t *data, size_t length);
	} decoders[] = {
		{ 0x00, print_physical }, { 0x10, print_physical },
		{ 0x01, print_copyright }, { 0x05, print_management },
		{ 0xff, print_format_list },
	};
	size_t i;

	print_heading("Structure 0x%02x, %s, %zu bytes", format,
		      word(WORDS_FORMAT, format), length);
	print_string("format", NULL, "0x%02x", format);
	print_string("name", NULL, "%s", word(WORDS_FORMAT, format));
	print_number("length", NULL, length);
	print_open("decoded");
	for (i = 0; i < ARRAY_SIZE(decoders); i++)
		if (decoders[i].format == format)
			decoders[i].print(data, length);
	print_close();
}
