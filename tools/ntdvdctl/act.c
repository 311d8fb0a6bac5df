// SPDX-License-Identifier: GPL-2.0-only
/* The commands that ask something of the drive: region, probe, raw. */
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <linux/ntdvd.h>

#include "ntdvdctl.h"

#define NEEDS_WRITING(code)	((code) >> 15 & 1)
#define KEY_DATA_MAX		12

/* A struct ntdvd_copy_protect_key with room for every key of a handshake */
struct key {
	struct ntdvd_copy_protect_key header;
	uint8_t data[KEY_DATA_MAX];
};

static struct answer key_request(int fd, uint32_t code, uint32_t agid,
				 uint32_t type, struct key *key, uint32_t length)
{
	uint32_t size = sizeof(key->header) + length;

	key->header = (struct ntdvd_copy_protect_key) {
		.key_length = htole32(size),
		.session_id = htole32(agid),
		.key_type = htole32(type),
	};
	if (code == NTDVD_IOCTL_READ_KEY)
		return request(fd, code, key, sizeof(key->header), key, size);
	return request(fd, code, key, size, NULL, 0);
}

/**
 * read_rpc() - ask a drive for its region
 * @fd: a node.
 * @rpc: out: its state.
 *
 * Needs no disc and no session.
 *
 * Return: the outcome.
 */
struct answer read_rpc(int fd, struct ntdvd_rpc_key *rpc)
{
	struct key key = { 0 };
	struct answer answer;

	answer = key_request(fd, NTDVD_IOCTL_READ_KEY, 0, NTDVD_KEY_GET_RPC, &key,
			     sizeof(*rpc));
	memcpy(rpc, key.data, sizeof(*rpc));
	return answer;
}

/**
 * rpc_regions() - the regions of a drive
 * @rpc: its state.
 *
 * Return: a 1 bit for each.
 */
uint8_t rpc_regions(const struct ntdvd_rpc_key *rpc)
{
	return rpc->state >> 6 ? ~rpc->region_mask : 0;
}

/**
 * json_region() - the region of a drive
 * @key: name of the member.
 * @rpc: its state.
 */
void json_region(const char *key, const struct ntdvd_rpc_key *rpc)
{
	json_open(key, '{');
	json_regions("drive", rpc_regions(rpc));
	json_number("user_changes", rpc->state & 7);
	json_number("vendor_resets", rpc->state >> 3 & 7);
	json_close();
}

/**
 * write_output() - write to the file of --output
 * @data: what.
 * @length: bytes of it.
 *
 * Return: the exit status.
 */
enum result write_output(const uint8_t *data, size_t length)
{
	FILE *file = fopen(options.output, "we");
	bool failed;

	if (!file)
		return fail_errno(errno, options.output);
	failed = fwrite(data, 1, length, file) != length;
	failed |= fclose(file);
	return failed ? fail_errno(errno, options.output) : RESULT_OK;
}

/* Asks on a terminal; a script says --yes. */
static enum result confirm(const char *question)
{
	char answer[16];

	if (options.yes)
		return RESULT_OK;
	if (options.json || !isatty(STDIN_FILENO))
		return fail(RESULT_NOT_CONFIRMED, "not-confirmed",
			    "Give --yes if you are sure.",
			    "%s Nobody is there to be asked", question);
	printf("%s [y/N] ", question);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (!strcasecmp(answer, "y\n") || !strcasecmp(answer, "yes\n")))
		return RESULT_OK;
	return fail(RESULT_NOT_CONFIRMED, "not-confirmed", NULL,
		    "nothing was changed");
}

static void show_region(const struct drive *drive, const struct ntdvd_rpc_key *rpc)
{
	char text[32];

	if (options.json) {
		json_string("node", "/dev/ntdvd%u", drive->number);
		json_region("region", rpc);
		return;
	}
	field("region", "%s", regions(rpc_regions(rpc), text, sizeof(text)));
	field("changes left", "%u, and %u resets by the vendor", rpc->state & 7,
	      rpc->state >> 3 & 7);
}

static enum result get_rpc(int fd, struct drive *drive, struct ntdvd_rpc_key *rpc)
{
	struct answer answer = read_rpc(fd, rpc);

	if (answer.error || answer.status)
		return explain_refusal(drive, answer, "the region cannot be read");
	if (rpc->scheme != 1)
		return fail(RESULT_REFUSED, "no-region",
			    "Such a drive plays discs of every region.",
			    "/dev/sr%u has no region of its own", drive->number);
	return RESULT_OK;
}

static enum result region_get(int fd, struct drive *drive)
{
	uint8_t output[8];
	struct ntdvd_rpc_key rpc;
	struct answer answer;
	enum result result;
	char text[32];
	bool disc;

	result = get_rpc(fd, drive, &rpc);
	if (result)
		return result;
	answer = read_structure(fd, 0x01, 0, output, sizeof(output));
	disc = !answer.error && !answer.status && answer.information >= 6;
	if (!options.json) {
		show_region(drive, &rpc);
		field("disc plays in", "%s", disc ?
		      regions(~output[5], text, sizeof(text)) : "no disc that tells");
		return RESULT_OK;
	}
	json_open(NULL, '{');
	show_region(drive, &rpc);
	if (disc)
		json_regions("disc_regions", ~output[5]);
	else
		json_null("disc_regions");
	json_close();
	return RESULT_OK;
}

static enum result region_set(int fd, struct drive *drive, unsigned int region)
{
	uint8_t set = 1 << (region - 1);
	struct ntdvd_rpc_key rpc;
	struct key key = { 0 };
	struct answer answer;
	enum result result;
	char question[160], text[32];

	result = get_rpc(fd, drive, &rpc);
	if (result)
		return result;
	/* Setting the region that it has would take a change all the same. */
	if (rpc_regions(&rpc) != set) {
		snprintf(question, sizeof(question),
			 "The drive's region is %s. It can be changed %u more times, then never again. Change it to %u?",
			 regions(rpc_regions(&rpc), text, sizeof(text)),
			 rpc.state & 7, region);
		result = confirm(question);
		if (result)
			return result;
		key.data[0] = ~set;
		answer = key_request(fd, NTDVD_IOCTL_SEND_KEY2, 0, NTDVD_KEY_SET_RPC,
				     &key, sizeof(struct ntdvd_set_rpc_key));
		if (answer.error || answer.status)
			return explain_refusal(drive, answer, "the region was not changed");
		result = get_rpc(fd, drive, &rpc);
		if (result)
			return result;
	}
	if (options.json)
		json_open(NULL, '{');
	show_region(drive, &rpc);
	if (options.json)
		json_close();
	return RESULT_OK;
}

/**
 * command_region() - ntdvdctl region get|set NODE [REGION]
 * @argc: number of arguments, 2 or 3.
 * @argv: the arguments.
 *
 * Return: the exit status.
 */
enum result command_region(int argc, char **argv)
{
	bool set = !strcmp(argv[0], "set");
	unsigned int region = 0;
	struct drive drive;
	enum result result;
	char end;
	int fd;

	if (!set && strcmp(argv[0], "get"))
		return fail(RESULT_USAGE, "usage", "It is \"region get\" or \"region set\".",
			    "region %s: no such command", argv[0]);
	if (argc != (set ? 3 : 2))
		return fail(RESULT_USAGE, "usage",
			    "It is \"region get NODE\" and \"region set NODE REGION\".",
			    "wrong number of arguments");
	if (set && (sscanf(argv[2], "%u%c", &region, &end) != 1 || region < 1 ||
		    region > 8))
		return fail(RESULT_USAGE, "usage", "Regions are 1 to 8.",
			    "%s is not a region", argv[2]);
	result = node_open(argv[1], set, &fd, &drive);
	if (result)
		return result;
	result = set ? region_set(fd, &drive, region) : region_get(fd, &drive);
	close(fd);
	return result;
}

static bool probe_step(const char *what, struct answer answer, char *words, size_t size)
{
	const struct status_words *status = status_words(answer.status);

	if (answer.error)
		snprintf(words, size, "%s", strerror(answer.error));
	else
		snprintf(words, size, "%s (%08x)", status->name, answer.status);
	if (!options.json) {
		field(what, "%s", words);
	} else {
		json_open(NULL, '{');
		json_string("step", "%s", what);
		if (answer.error)
			json_string("errno", "%s", strerrorname_np(answer.error));
		else
			json_status("ntstatus", answer.status);
		json_close();
	}
	return !answer.error && !answer.status;
}

/*
 * A drive tells its own challenge only after it was challenged and has shown
 * its bus key 1, so this is the handshake up to where the host needs a key.
 */
static const struct probe {
	const char *what;
	uint32_t code;
	uint32_t type;
	uint32_t length;
} probes[] = {
	{ "challenge it", NTDVD_IOCTL_SEND_KEY, NTDVD_KEY_CHALLENGE, 12 },
	{ "its bus key", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_BUS1, 8 },
	{ "its challenge", NTDVD_IOCTL_READ_KEY, NTDVD_KEY_CHALLENGE, 12 },
};

/**
 * command_probe() - ntdvdctl probe NODE
 * @argc: number of arguments, 1.
 * @argv: the arguments.
 *
 * Return: the exit status.
 */
enum result command_probe(int argc, char **argv)
{
	struct answer answer, failed = { 0 };
	const char *what = NULL;
	struct drive drive;
	enum result result;
	__le32 session = 0;
	struct key key;
	char words[96];
	size_t i;
	int fd;

	result = node_open(argv[0], false, &fd, &drive);
	if (result)
		return result;
	if (options.json) {
		json_open(NULL, '{');
		json_string("node", "/dev/ntdvd%u", drive.number);
		json_open("steps", '[');
	} else {
		heading("Authentication with /dev/ntdvd%u", drive.number);
	}

	answer = request(fd, NTDVD_IOCTL_START_SESSION, NULL, 0, &session,
			 sizeof(session));
	if (!probe_step("take an AGID", answer, words, sizeof(words))) {
		what = "take an AGID";
		failed = answer;
	} else {
		for (i = 0; i < ARRAY_SIZE(probes) && !what; i++) {
			memset(&key, 0, sizeof(key));
			if (probes[i].code == NTDVD_IOCTL_SEND_KEY &&
			    getrandom(key.data, 10, 0) != 10)
				memset(key.data, 1, 10);
			answer = key_request(fd, probes[i].code, le32toh(session),
					     probes[i].type, &key, probes[i].length);
			if (!probe_step(probes[i].what, answer, words, sizeof(words))) {
				what = probes[i].what;
				failed = answer;
			}
		}
		explicit_bzero(&key, sizeof(key));
		answer = request(fd, NTDVD_IOCTL_END_SESSION, &session,
				 sizeof(session), NULL, 0);
		if (!probe_step("give it back", answer, words, sizeof(words)) && !what) {
			what = "give it back";
			failed = answer;
		}
	}
	close(fd);

	if (options.json) {
		json_close();
		json_bool("works", !what);
	} else if (!what) {
		printf("Authentication works.\n");
	}
	if (what)
		result = explain_refusal(&drive, failed, what);
	if (options.json)
		json_close();
	return result;
}

static int hex_digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Bytes of all arguments together; blanks and colons between them are skipped. */
static bool parse_hex(int argc, char **argv, uint8_t *bytes, size_t room, size_t *length)
{
	const char *at;
	int i, high, low;

	*length = 0;
	for (i = 0; i < argc; i++) {
		for (at = argv[i]; *at; at++) {
			if (*at == ' ' || *at == ':' || *at == '\n')
				continue;
			high = hex_digit(at[0]);
			low = high < 0 ? -1 : hex_digit(at[1]);
			if (low < 0 || *length == room)
				return false;
			bytes[(*length)++] = high << 4 | low;
			at++;
		}
	}
	return true;
}

static enum result show_raw(const struct drive *drive, const struct control_code *code,
			    struct answer answer, const uint8_t *output)
{
	const struct status_words *words = status_words(answer.status);
	size_t length = answer.status ? 0 : answer.information;

	if (options.output && !answer.status) {
		enum result result = write_output(output, length);

		if (result)
			return result;
	}
	if (!options.json) {
		heading("%s (%08x)", code->name, code->code);
		field("status", "%s (%08x): %s", words->name, answer.status, words->words);
		field("information", "%llu", (unsigned long long)answer.information);
		if (!options.output)
			hex_dump(output, length);
		if (answer.status && words->advice)
			fprintf(stderr, "%s\n", words->advice);
		return words->result;
	}
	json_open(NULL, '{');
	json_string("node", "/dev/ntdvd%u", drive->number);
	json_string("code", "0x%08x", code->code);
	json_string("name", "%s", code->name);
	json_status("ntstatus", answer.status);
	json_number("information", answer.information);
	json_hex("output", output, length);
	json_close();
	return words->result;
}

/**
 * command_raw() - ntdvdctl raw NODE CODE [HEX...]
 * @argc: number of arguments, 2 or more.
 * @argv: the arguments.
 *
 * Return: the exit status.
 */
enum result command_raw(int argc, char **argv)
{
	static uint8_t input[4096];
	const struct control_code *code = find_control_code(argv[1]);
	struct answer answer;
	struct drive drive;
	enum result result;
	size_t input_length;
	uint32_t room;
	uint8_t *output;
	int fd;

	if (!code)
		return fail(RESULT_USAGE, "usage",
			    "Give a name such as IOCTL_DVD_GET_REGION, or a number such as 0x00335014; ntdvd(4) has the table.",
			    "%s is not a control code", argv[1]);
	if (!parse_hex(argc - 2, argv + 2, input, sizeof(input), &input_length))
		return fail(RESULT_USAGE, "usage",
			    "Give bytes of two hexadecimal digits each, 4096 at most.",
			    "the input is not hexadecimal");
	result = node_open(argv[0], NEEDS_WRITING(code->code), &fd, &drive);
	if (result)
		return result;
	if (NEEDS_WRITING(code->code)) {
		result = confirm("This request may change the drive for good. Send it?");
		if (result) {
			close(fd);
			return result;
		}
	}
	room = options.length >= 0 ? (uint32_t)options.length : code->output_length;
	output = calloc(1, room ? room : 1);
	if (!output) {
		close(fd);
		return fail_errno(ENOMEM, argv[1]);
	}
	answer = request(fd, code->code, input, input_length, output, room);
	close(fd);
	if (answer.error)
		result = fail_errno(answer.error, code->name);
	else
		result = show_raw(&drive, code, answer, output);
	explicit_bzero(output, room);
	free(output);
	return result;
}
