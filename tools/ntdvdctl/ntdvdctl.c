// SPDX-License-Identifier: GPL-2.0-only
/* ntdvdctl - see and control the Windows DVD interface of DVD drives */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntdvdctl.h"

/* What --length may ask for: more than any request has */
#define LENGTH_MAX	(16L << 20)

struct options options = { .length = -1 };

/**
 * struct command - a row of the table of commands
 * @name: its name.
 * @arguments: those that it takes, for the usage.
 * @words: what it does.
 * @options: the letters of the options that it takes.
 * @min: number of arguments, at least.
 * @max: number of arguments, at most.
 * @run: the command.
 */
struct command {
	const char *name;
	const char *arguments;
	const char *words;
	const char *options;
	int min, max;
	enum result (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "list", "", "drives, their nodes, discs, features and sessions",
	  "j", 0, 0, command_list },
	{ "info", "NODE", "one drive: region, changes left, the disc in words",
	  "j", 1, 1, command_info },
	{ "structure", "NODE FORMAT", "a structure of the disc, decoded and in hex",
	  "joL", 2, 2, command_structure },
	{ "region", "get NODE | set NODE REGION", "the drive's region; set asks first",
	  "jy", 2, 3, command_region },
	{ "sessions", "", "who holds which session (root)", "j", 0, 0,
	  command_sessions },
	{ "probe", "NODE", "does authentication work at all?", "j", 1, 1,
	  command_probe },
	{ "raw", "NODE CODE [HEX...]", "any control code, hex in and out",
	  "joly", 2, 4096, command_raw },
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "yes", no_argument, NULL, 'y' },
	{ "output", required_argument, NULL, 'o' },
	{ "layer", required_argument, NULL, 'L' },
	{ "length", required_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ }
};

static void help(FILE *stream)
{
	char left[48];
	size_t i;

	fprintf(stream, "Usage: ntdvdctl COMMAND [ARGUMENT...] [OPTION...]\n\n"
		"See and control the Windows DVD interface of DVD drives.\n\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		snprintf(left, sizeof(left), "%s %s", commands[i].name,
			 commands[i].arguments);
		fprintf(stream, "  %-34s  %s\n", left, commands[i].words);
	}
	fprintf(stream,
		"\n"
		"NODE is /dev/ntdvd0 or ntdvd0. FORMAT is MMC's format code or a name: physical,\n"
		"copyright, bca, manufacturer, list. CODE is a name such as IOCTL_DVD_GET_REGION,\n"
		"or a number.\n"
		"\n"
		"  -j, --json         print JSON\n"
		"  -o, --output FILE  structure, raw: write the bytes there as they came\n"
		"  -L, --layer N      structure: of this layer, 0 to 255 (default 0)\n"
		"  -l, --length N     raw: bytes of room for output (default: what the code needs)\n"
		"  -y, --yes          region set, raw: do not ask\n"
		"  -h, --help         this text\n"
		"  -V, --version      the version\n"
		"\n"
		"Exit status: 0 done, 1 wrong usage, 2 no drive, 3 no module, 4 no permission,\n"
		"5 no disc, 6 not a DVD drive, 7 refused, 8 system error, 9 not confirmed.\n");
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static bool parse_number(const char *text, long max, long *number)
{
	char *end;

	*number = strtol(text, &end, 0);
	return *text && !*end && *number >= 0 && *number <= max;
}

/* The letters of the options that were given are added to @given. */
static enum result parse_options(int argc, char **argv, char *given)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "jyo:L:l:hV", long_options, NULL)) != -1) {
		given[strlen(given)] = letter;
		switch (letter) {
		case 'j':
			options.json = true;
			break;
		case 'y':
			options.yes = true;
			break;
		case 'o':
			options.output = optarg;
			break;
		case 'L':
			if (!parse_number(optarg, 255, &options.layer))
				return fail(RESULT_USAGE, "usage", "Layers are 0 to 255.",
					    "%s is not a layer", optarg);
			break;
		case 'l':
			if (!parse_number(optarg, LENGTH_MAX, &options.length))
				return fail(RESULT_USAGE, "usage",
					    "Lengths are 0 to 16777216.",
					    "%s is not a length", optarg);
			break;
		case 'h':
			help(stdout);
			exit(RESULT_OK);
		case 'V':
			printf("ntdvdctl %s\n", VERSION);
			exit(RESULT_OK);
		default:
			return fail(RESULT_USAGE, "usage", "\"ntdvdctl --help\" lists them.",
				    "wrong option");
		}
		if (strlen(given) == 64)
			return fail(RESULT_USAGE, "usage", NULL, "too many options");
	}
	return RESULT_OK;
}

int main(int argc, char **argv)
{
	const struct command *command;
	enum result result;
	char given[65] = "";
	const char *letter;

	result = parse_options(argc, argv, given);
	if (result)
		return result;
	if (optind == argc) {
		help(stderr);
		return RESULT_USAGE;
	}
	command = find_command(argv[optind]);
	if (!command)
		return fail(RESULT_USAGE, "usage", "\"ntdvdctl --help\" lists them.",
			    "%s: no such command", argv[optind]);
	for (letter = given; *letter; letter++)
		if (!strchr(command->options, *letter))
			return fail(RESULT_USAGE, "usage",
				    "\"ntdvdctl --help\" says which option is for what.",
				    "%s does not take -%c", command->name, *letter);
	argc -= optind + 1;
	argv += optind + 1;
	if (argc < command->min || argc > command->max) {
		char advice[128];

		snprintf(advice, sizeof(advice), "It is \"ntdvdctl %s%s%s\".",
			 command->name, *command->arguments ? " " : "",
			 command->arguments);
		return fail(RESULT_USAGE, "usage", advice, "wrong number of arguments");
	}
	result = command->run(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		perror("ntdvdctl: standard output");
		return RESULT_SYSTEM;
	}
	return result;
}
