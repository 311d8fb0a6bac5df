// SPDX-License-Identifier: GPL-2.0-only
/* Text for people or JSON for programs, from one call a value. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "ntdvdctl.h"

#define DEPTH_MAX 8

static struct {
	char closing;
	bool any;
} levels[DEPTH_MAX];
static int depth;
static bool one_line;

static const struct column *columns, *column;

/* UTF-8, as main() has set the locale; a byte that is none is replaced. */
static void json_quoted(const char *text)
{
	wchar_t character;
	size_t length;

	putchar('"');
	for (; *text; text += length) {
		length = mbrtowc(&character, text, strlen(text), &(mbstate_t) { 0 });
		if (length > 4 || character > 0x10ffff) {
			printf("\\ufffd");
			length = 1;
		} else if (character == '"' || character == '\\') {
			printf("\\%c", *text);
		} else if (character < ' ' || character == 0x7f) {
			printf("\\u%04x", *text);
		} else {
			fwrite(text, 1, length, stdout);
		}
	}
	putchar('"');
}

static void json_newline(void)
{
	if (!one_line)
		printf("\n%*s", 2 * depth, "");
}

static void json_key(const char *key)
{
	if (depth) {
		if (levels[depth - 1].any)
			printf(one_line ? ", " : ",");
		levels[depth - 1].any = true;
		json_newline();
	}
	if (key) {
		json_quoted(key);
		printf(": ");
	}
}

static void json_open(const char *key, const char *brackets)
{
	if (!options.json)
		return;
	json_key(key);
	putchar(brackets[0]);
	levels[depth].closing = brackets[1];
	levels[depth++].any = false;
}

/* An object, within another or within an array */
void print_open(const char *key)
{
	json_open(key, "{}");
}

void print_open_array(const char *key)
{
	json_open(key, "[]");
}

/* Ends what was opened last */
void print_close(void)
{
	if (!options.json)
		return;
	depth--;
	if (levels[depth].any)
		json_newline();
	putchar(levels[depth].closing);
	if (!depth)
		putchar('\n');
}

/* From here on a whole object is one line. */
void print_lines(void)
{
	one_line = true;
}

/* Shows what was printed; false if nobody reads it any more. */
bool print_flush(void)
{
	return !fflush(stdout) && !ferror(stdout);
}

static const char *colour(FILE *stream, const char *code)
{
	const char *term = getenv("TERM");

	if (getenv("NO_COLOR") || !term || !strcmp(term, "dumb") ||
	    !isatty(fileno(stream)))
		return "";
	return code;
}

/*
 * Columns end with one without a label. The array of rows ends with
 * print_close(); without a key there is none, and each row is an object.
 */
void print_table(const char *key, const struct column *all)
{
	if (key)
		print_open_array(key);
	columns = all;
	if (options.json)
		return;
	printf("%s", colour(stdout, "\033[1m"));
	for (column = all; column->label; column++)
		printf("%*s%s", column[1].label ? -column->width : 0, column->label,
		       column[1].label ? "  " : "");
	printf("%s\n", colour(stdout, "\033[0m"));
}

void print_row(void)
{
	print_open(NULL);
	column = columns;
}

void print_row_end(void)
{
	print_close();
	if (!options.json)
		putchar('\n');
	column = NULL;
}

static void text_value(const char *label, const char *value)
{
	if (options.json || !label)
		return;
	if (!column) {
		printf("  %-16s  %s\n", label, value);
		return;
	}
	printf("%*s%s", column[1].label ? -column->width : 0, value,
	       column[1].label ? "  " : "");
	column++;
}

/* A line above values; not in JSON */
void print_heading(const char *format, ...)
{
	va_list args;

	if (options.json)
		return;
	printf("%s", colour(stdout, "\033[1m"));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("%s\n", colour(stdout, "\033[0m"));
}

/* A process may have any name, which a terminal must not obey; JSON quotes it. */
static void format_text(char *text, size_t size, const char *format, va_list args)
{
	vsnprintf(text, size, format, args);
	for (; !options.json && *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = '?';
}

/* A value that JSON has in another form */
void print_text(const char *label, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	format_text(text, sizeof(text), format, args);
	va_end(args);
	text_value(label, text);
}

void print_string(const char *key, const char *label, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	format_text(text, sizeof(text), format, args);
	va_end(args);
	text_value(label, text);
	if (!options.json)
		return;
	json_key(key);
	json_quoted(text);
}

/* A value as JSON has it, without quotes, and as text has it */
static void print_bare(const char *key, const char *label, const char *json,
		       const char *text)
{
	text_value(label, text);
	if (!options.json)
		return;
	json_key(key);
	printf("%s", json);
}

void print_number(const char *key, const char *label, long long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", number);
	print_bare(key, label, text, text);
}

void print_bool(const char *key, const char *label, bool value)
{
	print_bare(key, label, value ? "true" : "false", value ? "yes" : "no");
}

void print_null(const char *key, const char *label, const char *text)
{
	print_bare(key, label, "null", text);
}

/* A set of regions in words: one bit each; 128 bytes are enough. */
const char *region_text(uint8_t set, char *text, size_t size)
{
	size_t at = 0;
	int region;

	if (set && !(set & (set - 1))) {
		for (region = 1; set >> region; region++)
			;
		snprintf(text, size, "%d (%s)", region, word(WORDS_REGION, region));
		return text;
	}
	snprintf(text, size, set == 0xff ? "all" : "none");
	for (region = 1; region <= 8 && set != 0xff; region++)
		if (set & 1 << (region - 1))
			at += snprintf(text + at, size - at, "%s%d",
				       at ? ", " : "", region);
	return text;
}

void print_regions(const char *key, const char *label, uint8_t set)
{
	char text[128];
	int region;

	text_value(label, region_text(set, text, sizeof(text)));
	print_open_array(key);
	for (region = 1; region <= 8; region++)
		if (set & 1 << (region - 1))
			print_number(NULL, NULL, region);
	print_close();
}

void print_status(const char *key, const char *label, uint32_t status)
{
	const struct status_words *words = status_words(status);

	print_text(label, status ? "%s (%08x): %s" : "%s (%08x)", words->name, status,
		   words->words);
	print_open(key);
	print_string("value", NULL, "0x%08x", status);
	print_string("name", NULL, "%s", words->name);
	print_string("words", NULL, "%s", words->words);
	print_close();
}

/* Bytes: in text sixteen a line, with the printable ones beside them */
void print_hex(const char *key, const uint8_t *data, size_t length)
{
	size_t at, i;

	if (options.json) {
		json_key(key);
		putchar('"');
		for (at = 0; at < length; at++)
			printf("%02x", data[at]);
		putchar('"');
		return;
	}
	for (at = 0; at < length; at += 16) {
		printf("  %04zx ", at);
		for (i = at; i < at + 16; i++) {
			if (i < length)
				printf(" %02x", data[i]);
			else
				printf("   ");
		}
		printf("  ");
		for (i = at; i < at + 16 && i < length; i++)
			putchar(data[i] >= ' ' && data[i] <= '~' ? data[i] : '.');
		putchar('\n');
	}
}

static void print_optional(const char *key, const char *text)
{
	if (text)
		print_string(key, NULL, "%s", text);
	else
		print_null(key, NULL, NULL);
}

static enum result print_error(enum result result, const char *cause, int error,
			       const uint32_t *status, const char *advice,
			       const char *message)
{
	bool whole = !depth;

	if (!options.json) {
		fflush(stdout);
		fprintf(stderr, "%sntdvdctl: %s%s\n", colour(stderr, "\033[31m"),
			message, colour(stderr, "\033[0m"));
		if (advice)
			fprintf(stderr, "%s\n", advice);
		return result;
	}

	if (whole)
		print_open(NULL);
	print_open("error");
	print_string("cause", NULL, "%s", cause);
	print_number("exit_status", NULL, result);
	print_string("message", NULL, "%s", message);
	print_optional("advice", advice);
	if (status)
		print_status("ntstatus", NULL, *status);
	else
		print_null("ntstatus", NULL, NULL);
	print_optional("errno", error ? strerrorname_np(error) : NULL);
	print_close();
	if (whole)
		print_close();
	return result;
}

/*
 * Says what went wrong (@format), why in one word for programs (@cause, @error:
 * errno or 0), and what to do about it (@advice, or NULL). In JSON it is the
 * member "error" of the object that is open.
 */
enum result fail(enum result result, const char *cause, int error,
		 const char *advice, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return print_error(result, cause, error, NULL, advice, message);
}

enum result usage(const char *advice, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return print_error(RESULT_USAGE, "usage", 0, NULL, advice, message);
}

enum result fail_status(uint32_t status, const char *what)
{
	static const char *const causes[] = {
		[RESULT_NO_DRIVE] = "no-drive",
		[RESULT_NO_PERMISSION] = "no-permission",
		[RESULT_NO_DISC] = "no-disc",
		[RESULT_REFUSED] = "refused",
	};
	const struct status_words *words = status_words(status);
	char message[512];

	snprintf(message, sizeof(message), "%s: %s (%08x): %s", what, words->name,
		 status, words->words);
	return print_error(words->result, causes[words->result], 0, &status,
			   words->advice, message);
}

enum result fail_errno(int error, const char *what)
{
	static const struct {
		int error;
		enum result result;
		const char *cause, *advice;
	} errors[] = {
		{ EACCES, RESULT_NO_PERMISSION, "no-permission", "Run it as root." },
		{ EPERM, RESULT_NO_PERMISSION, "no-permission", "Run it as root." },
		{ ENODEV, RESULT_NO_DRIVE, "no-drive",
		  "The drive was unplugged; \"ntdvdctl list\" shows which are left." },
		{ ENXIO, RESULT_NO_DRIVE, "no-drive",
		  "The drive was unplugged; \"ntdvdctl list\" shows which are left." },
		{ ENOTTY, RESULT_SYSTEM, "wrong-module",
		  "The loaded module does not match this program: install both from the same "
		  "release, then \"sudo modprobe -r ntdvd\" and \"sudo modprobe ntdvd\"." },
		{ EINTR, RESULT_SYSTEM, "interrupted", "Try again." },
		{ 0, RESULT_SYSTEM, "system", NULL },
	};
	size_t i;

	for (i = 0; errors[i].error && errors[i].error != error; i++)
		;
	return fail(errors[i].result, errors[i].cause, error, errors[i].advice,
		    "%s: %s", what, strerror(error));
}
