// SPDX-License-Identifier: GPL-2.0-only
/* ntdvdctl - see and control the Windows DVD interface of DVD drives */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntdvdctl.h"

/* More than any request has */
#define LENGTH_MAX	(16L << 20)

struct options options = { .length = -1 };

/* Completions read these lists, and the options below. */
static void show_formats(void)
{
	const struct name *name;

	printf("\nFORMAT is MMC's format code or one of these names:\n");
	for (name = words(WORDS_FORMAT); name->name; name++)
		printf("  %-20s  0x%02x\n", name->name, name->number);
}

static void show_regions(void)
{
	const struct name *name;

	printf("A drive allows five changes in its life.\n\nREGION is one of these:\n");
	for (name = words(WORDS_REGION); name->name; name++)
		printf("  %u  %s\n", name->number, name->name);
}

static void show_codes(void)
{
	const struct control_code *code;

	printf("HEX is the input, two digits for each byte.\n\n"
	       "CODE is a number or one of these names, with or without IOCTL_ or IOCTL_DVD_:\n");
	for (code = control_codes; code->name; code++)
		printf("  %-36s  0x%08x\n", code->name, code->code);
}

static const struct command {
	const char *name, *arguments, *words;
	const char *options;		/* their letters */
	int min, max;			/* number of arguments */
	enum result (*run)(int argc, char **argv);
	void (*help)(void);		/* lists what an argument may be, or NULL */
	bool lines;			/* JSON is an object on each line */
} commands[] = {
	{ "list", "", "list the drives, their discs, features and sessions",
	  "jh", 0, 0, command_list, NULL },
	{ "info", "NODE", "describe a drive, its region and its disc",
	  "jh", 1, 1, command_info, NULL },
	{ "structure", "NODE FORMAT", "read a structure of the disc",
	  "Lojh", 2, 2, command_structure, show_formats },
	{ "region", "get NODE | set NODE REGION", "show or change the drive's region",
	  "yjh", 2, 3, command_region, show_regions },
	{ "sessions", "", "show which process holds which session (root)",
	  "jh", 0, 0, command_sessions, NULL },
	{ "probe", "NODE", "test whether authentication works",
	  "jh", 1, 1, command_probe, NULL },
	{ "raw", "NODE CODE [HEX...]", "send any request",
	  "lyojh", 2, 4096, command_raw, show_codes },
	{ "monitor", "", "show drives as they come and go, until Ctrl-C",
	  "jh", 0, 0, command_monitor, NULL, true },
	{ "trace", "[NODE]", "show requests as they happen, until Ctrl-C (root)",
	  "jh", 0, 1, command_trace, NULL, true },
	{ "help", "[COMMAND]", "show help", "h", 0, 1, NULL, NULL },
};

static const struct {
	struct option option;		/* its val is the letter */
	const char *argument, *words;
} all_options[] = {
	{ { "layer", required_argument, NULL, 'L' }, "N",
	  "read this layer, 0 to 255 (default 0)" },
	{ { "length", required_argument, NULL, 'l' }, "N",
	  "size of the output buffer (default: what the code needs)" },
	{ { "output", required_argument, NULL, 'o' }, "FILE",
	  "write the output of the request to FILE" },
	{ { "yes", no_argument, NULL, 'y' }, "", "do not ask" },
	{ { "json", no_argument, NULL, 'j' }, "", "print JSON" },
	{ { "help", no_argument, NULL, 'h' }, "", "show help" },
	{ { "version", no_argument, NULL, 'V' }, "", "show the version" },
};

/* Those before the command */
#define GLOBAL_OPTIONS "jhV"

static void show_options(FILE *stream, const char *letters)
{
	char left[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_options); i++) {
		if (!strchr(letters, all_options[i].option.val))
			continue;
		snprintf(left, sizeof(left), "-%c, --%s %s", all_options[i].option.val,
			 all_options[i].option.name, all_options[i].argument);
		fprintf(stream, "  %-18s  %s\n", left, all_options[i].words);
	}
}

static void show_help(FILE *stream)
{
	char left[48];
	size_t i;

	fprintf(stream, "Usage: ntdvdctl COMMAND [ARGUMENT...] [OPTION...]\n\n"
		"See and control the Windows DVD interface of DVD drives.\n\n"
		"Commands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		snprintf(left, sizeof(left), "%s %s", commands[i].name,
			 commands[i].arguments);
		fprintf(stream, "  %-33s  %s\n", left, commands[i].words);
	}
	fprintf(stream, "\nOptions:\n");
	show_options(stream, GLOBAL_OPTIONS);
	fprintf(stream,
		"\n"
		"NODE is /dev/ntdvd0, ntdvd0, /dev/sr0, sr0 or 0.\n"
		"\"ntdvdctl COMMAND --help\" shows the options of a command.\n"
		"\n"
		"Exit status: 0 success, 1 wrong usage, 2 no drive, 3 no module,\n"
		"4 permission denied, 5 no disc, 6 not a DVD drive, 7 request refused,\n"
		"8 system error, 9 not confirmed.\n");
}

static void show_command_help(const struct command *command)
{
	printf("Usage: ntdvdctl %s%s%s [OPTION...]\n\n%c%s.\n", command->name,
	       *command->arguments ? " " : "", command->arguments,
	       command->words[0] - 'a' + 'A', command->words + 1);
	if (command->help)
		command->help();
	printf("\nOptions:\n");
	show_options(stdout, command->options);
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	usage("\"ntdvdctl --help\" lists the commands.", "%s: no such command", name);
	return NULL;
}

static bool parse_number(const char *text, long max, long *number)
{
	char *end;

	*number = strtol(text, &end, 0);
	return *text && !*end && *number >= 0 && *number <= max;
}

static enum result set_option(int letter)
{
	switch (letter) {
	case 'y':
		options.yes = true;
		break;
	case 'o':
		options.output = optarg;
		break;
	case 'L':
		if (!parse_number(optarg, 255, &options.layer))
			return usage("Layers are 0 to 255.", "%s is not a layer", optarg);
		break;
	case 'l':
		if (!parse_number(optarg, LENGTH_MAX, &options.length))
			return usage("Lengths are 0 to 16777216.",
				     "%s is not a length", optarg);
		break;
	}
	return RESULT_OK;
}

/*
 * Parses the options before the command, or those after it, for which they are
 * moved in front of the arguments.
 */
static enum result parse_options(int argc, char **argv, const struct command *command,
				 bool *help)
{
	const char *letters = command ? command->options : GLOBAL_OPTIONS;
	struct option long_options[ARRAY_SIZE(all_options) + 1] = { 0 };
	char short_options[32] = "+:", advice[64], *end;
	size_t i, count = 0;
	enum result result;
	int letter;

	end = short_options + (command ? 0 : 1);
	*end++ = ':';
	for (i = 0; i < ARRAY_SIZE(all_options); i++) {
		if (!strchr(letters, all_options[i].option.val))
			continue;
		long_options[count++] = all_options[i].option;
		*end++ = all_options[i].option.val;
		if (all_options[i].option.has_arg)
			*end++ = ':';
	}
	*end = '\0';
	snprintf(advice, sizeof(advice), "\"ntdvdctl%s%s --help\" lists them.",
		 command ? " " : "", command ? command->name : "");

	optind = 0;
	while ((letter = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		switch (letter) {
		case 'h':
			*help = true;
			break;
		case 'V':
			printf("ntdvdctl %s\n", VERSION);
			exit(RESULT_OK);
		case ':':
			return usage(advice, "option %s needs an argument",
				     argv[optind - 1]);
		case '?':
			return usage(advice, "%s: no such option%s%s", argv[optind - 1],
				     command ? " of " : "",
				     command ? command->name : "");
		default:
			result = set_option(letter);
			if (result)
				return result;
		}
	}
	return RESULT_OK;
}

/* So that a wrong option in front of it is told in JSON as well */
static bool wants_json(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-j"))
			return true;
	return false;
}

static enum result run_command(const struct command *command, int argc, char **argv)
{
	char advice[128];

	if (argc < command->min || argc > command->max) {
		snprintf(advice, sizeof(advice), "Use \"ntdvdctl %s%s%s\".",
			 command->name, *command->arguments ? " " : "",
			 command->arguments);
		return usage(advice, "wrong number of arguments");
	}
	if (command->run)
		return command->run(argc, argv);
	if (!argc) {
		show_help(stdout);
		return RESULT_OK;
	}
	command = find_command(argv[0]);
	if (!command)
		return RESULT_USAGE;
	show_command_help(command);
	return RESULT_OK;
}

int main(int argc, char **argv)
{
	const struct command *command;
	enum result result;
	bool help = false;

	setlocale(LC_CTYPE, "C.UTF-8");
	opterr = 0;
	options.json = wants_json(argc, argv);
	result = parse_options(argc, argv, NULL, &help);
	if (result)
		return result;
	argc -= optind;
	argv += optind;
	if (help) {
		show_help(stdout);
		return RESULT_OK;
	}
	if (!argc) {
		show_help(stderr);
		return RESULT_USAGE;
	}
	command = find_command(argv[0]);
	if (!command)
		return RESULT_USAGE;
	if (command->lines)
		print_lines();
	result = parse_options(argc, argv, command, &help);
	if (result)
		return result;
	if (help)
		show_command_help(command);
	else
		result = run_command(command, argc - optind, argv + optind);
	if (!print_flush()) {
		perror("ntdvdctl: standard output");
		return RESULT_SYSTEM;
	}
	return result;
}
