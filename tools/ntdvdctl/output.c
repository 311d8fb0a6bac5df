// SPDX-License-Identifier: GPL-2.0-only
/* Text for eyes, and JSON for programs. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntdvdctl.h"

#define DEPTH_MAX 8

static struct {
	char closing;
	bool any;
} levels[DEPTH_MAX];
static int depth;

static void json_quoted(const char *text)
{
	const unsigned char *at;

	putchar('"');
	for (at = (const unsigned char *)text; *at; at++) {
		if (*at == '"' || *at == '\\')
			printf("\\%c", *at);
		else if (*at < ' ' || *at > '~')
			printf("\\u%04x", *at);
		else
			putchar(*at);
	}
	putchar('"');
}

static void json_key(const char *key)
{
	if (depth) {
		if (levels[depth - 1].any)
			putchar(',');
		levels[depth - 1].any = true;
		printf("\n%*s", 2 * depth, "");
	}
	if (key) {
		json_quoted(key);
		printf(": ");
	}
}

/**
 * json_open() - begin an object or an array
 * @key: its name, NULL in an array and for the whole.
 * @bracket: { or [.
 */
void json_open(const char *key, char bracket)
{
	json_key(key);
	putchar(bracket);
	levels[depth].closing = bracket == '{' ? '}' : ']';
	levels[depth++].any = false;
}

/**
 * json_close() - end what json_open() began last
 */
void json_close(void)
{
	depth--;
	if (levels[depth].any)
		printf("\n%*s", 2 * depth, "");
	putchar(levels[depth].closing);
	if (!depth)
		putchar('\n');
}

/**
 * json_string() - a string
 * @key: its name, NULL in an array.
 * @format: as printf()'s.
 */
void json_string(const char *key, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_key(key);
	json_quoted(text);
}

/**
 * json_number() - a number
 * @key: its name, NULL in an array.
 * @number: its value.
 */
void json_number(const char *key, long long number)
{
	json_key(key);
	printf("%lld", number);
}

/**
 * json_bool() - true or false
 * @key: its name.
 * @value: which.
 */
void json_bool(const char *key, bool value)
{
	json_key(key);
	printf(value ? "true" : "false");
}

/**
 * json_null() - what is not known
 * @key: its name.
 */
void json_null(const char *key)
{
	json_key(key);
	printf("null");
}

/**
 * json_hex() - bytes, as a string of hexadecimal digits
 * @key: its name.
 * @data: the bytes.
 * @length: how many.
 */
void json_hex(const char *key, const uint8_t *data, size_t length)
{
	json_key(key);
	putchar('"');
	while (length--)
		printf("%02x", *data++);
	putchar('"');
}

/**
 * json_regions() - an array of the numbers of regions
 * @key: its name.
 * @set: a 1 bit for each.
 */
void json_regions(const char *key, uint8_t set)
{
	int region;

	json_open(key, '[');
	for (region = 1; region <= 8; region++)
		if (set & 1 << (region - 1))
			json_number(NULL, region);
	json_close();
}

/**
 * json_status() - an NTSTATUS
 * @key: its name.
 * @status: its value.
 */
void json_status(const char *key, uint32_t status)
{
	const struct status_words *words = status_words(status);

	json_open(key, '{');
	json_string("value", "0x%08x", status);
	json_string("name", "%s", words->name);
	json_string("words", "%s", words->words);
	json_close();
}

static const char *colour(FILE *stream, const char *code)
{
	const char *term = getenv("TERM");

	if (getenv("NO_COLOR") || !term || !strcmp(term, "dumb") ||
	    !isatty(fileno(stream)))
		return "";
	return code;
}

/**
 * heading() - a line above fields or columns
 * @format: as printf()'s.
 */
void heading(const char *format, ...)
{
	va_list args;

	printf("%s", colour(stdout, "\033[1m"));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("%s\n", colour(stdout, "\033[0m"));
}

/**
 * field() - a label and what it has
 * @label: the label.
 * @format: as printf()'s.
 */
void field(const char *label, const char *format, ...)
{
	va_list args;

	printf("  %-16s  ", label);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/**
 * hex_dump() - bytes, sixteen a line, with what is text in them
 * @data: the bytes.
 * @length: how many.
 */
void hex_dump(const uint8_t *data, size_t length)
{
	size_t at, i;

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

static enum result vfail(enum result result, const char *cause,
			 const uint32_t *status, int error, const char *advice,
			 const char *format, va_list args)
{
	bool whole = !depth;
	char message[512];

	vsnprintf(message, sizeof(message), format, args);
	if (!options.json) {
		fflush(stdout);
		fprintf(stderr, "%sntdvdctl: %s%s\n", colour(stderr, "\033[31m"),
			message, colour(stderr, "\033[0m"));
		if (advice)
			fprintf(stderr, "%s\n", advice);
		return result;
	}

	if (whole)
		json_open(NULL, '{');
	json_open("error", '{');
	json_string("cause", "%s", cause);
	json_number("exit_status", result);
	json_string("message", "%s", message);
	if (advice)
		json_string("advice", "%s", advice);
	else
		json_null("advice");
	if (status)
		json_status("ntstatus", *status);
	else
		json_null("ntstatus");
	if (error)
		json_string("errno", "%s", strerrorname_np(error));
	else
		json_null("errno");
	json_close();
	if (whole)
		json_close();
	return result;
}

/**
 * fail() - say what went wrong, and what to do about it
 * @result: the exit status.
 * @cause: one word for programs.
 * @advice: what to do, or NULL.
 * @format: what went wrong, as printf()'s.
 *
 * With --json it is the member "error" of what is being printed.
 *
 * Return: @result.
 */
enum result fail(enum result result, const char *cause, const char *advice,
		 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(result, cause, NULL, 0, advice, format, args);
	va_end(args);
	return result;
}

static enum result fail_with(enum result result, const char *cause,
			     const uint32_t *status, int error,
			     const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(result, cause, status, error, advice, format, args);
	va_end(args);
	return result;
}

/**
 * fail_status() - say that the drive or ntdvd refused a request
 * @status: the NTSTATUS.
 * @what: the request in words.
 *
 * Return: the exit status.
 */
enum result fail_status(uint32_t status, const char *what)
{
	static const char *const causes[] = {
		[RESULT_NO_DRIVE] = "no-drive",
		[RESULT_NO_PERMISSION] = "no-permission",
		[RESULT_NO_DISC] = "no-disc",
		[RESULT_REFUSED] = "refused",
	};
	const struct status_words *words = status_words(status);

	return fail_with(words->result, causes[words->result], &status, 0,
			 words->advice, "%s: %s (%08x): %s", what, words->name,
			 status, words->words);
}

/**
 * fail_errno() - say that a system call failed
 * @error: errno.
 * @what: what was tried.
 *
 * Return: the exit status.
 */
enum result fail_errno(int error, const char *what)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return fail_with(RESULT_NO_PERMISSION, "no-permission", NULL, error,
				 "Run it as root, or as a user who may.",
				 "%s: %s", what, strerror(error));
	case ENODEV:
	case ENXIO:
		return fail_with(RESULT_NO_DRIVE, "no-drive", NULL, error,
				 "The drive was unplugged; \"ntdvdctl list\" shows which are left.",
				 "%s: %s", what, strerror(error));
	case ENOTTY:
		return fail_with(RESULT_SYSTEM, "wrong-module", NULL, error,
				 "The module that is loaded does not match this program: install both from the same release, then \"sudo modprobe -r ntdvd\" and \"sudo modprobe ntdvd\".",
				 "%s: %s", what, strerror(error));
	case EINTR:
		return fail_with(RESULT_SYSTEM, "interrupted", NULL, error,
				 "Try again.", "%s: %s", what, strerror(error));
	default:
		return fail_with(RESULT_SYSTEM, "system", NULL, error, NULL,
				 "%s: %s", what, strerror(error));
	}
}
