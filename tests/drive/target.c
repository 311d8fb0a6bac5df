// SPDX-License-Identifier: GPL-2.0-only
/* The emulated drive as what a host talks to: faults, the log, a test's words. */
#include "target.h"

#define DID_TIME_OUT	0x03
#define DID_ERROR	0x07

static struct target_fault *target_find_fault(struct target *target, u8 opcode)
{
	static struct target_fault none;
	struct target_fault *fault;

	for (fault = target->faults; fault < target->faults + TARGET_FAULTS; fault++) {
		if (fault->count && fault->opcode == opcode) {
			fault->count--;
			return fault;
		}
	}
	return &none;
}

/* Does the drive see a command that fails so? What was recovered has its data. */
static bool target_reaches_drive(const struct target_fault *fault)
{
	switch (fault->kind) {
	case TARGET_SENSE:
		return fault->value >> 16 == RECOVERED_ERROR;
	case TARGET_DEFERRED:
	case TARGET_STATUS:
	case TARGET_HANG:
	case TARGET_ERROR:
	case TARGET_HOST:
		return false;
	default:
		return true;
	}
}

static void target_set_sense(struct target *target, struct target_answer *answer,
			     u8 code, u32 sense)
{
	answer->status = TARGET_CHECK_CONDITION;
	answer->sense[0] = code;
	answer->sense[2] = sense >> 16;
	answer->sense[7] = DRIVE_SENSE_SIZE - 8;
	answer->sense[12] = sense >> 8;
	answer->sense[13] = sense;
	/* for hosts that ask for it */
	memcpy(target->drive.sense, answer->sense, DRIVE_SENSE_SIZE);
}

static u32 target_result(const struct target_answer *answer)
{
	switch (answer->fault) {
	case TARGET_HANG:
	case TARGET_LOST_HANG:
		return DID_TIME_OUT << 16;
	case TARGET_ERROR:
	case TARGET_LOST_ERROR:
	case TARGET_PHASE:
	case TARGET_TAG:
	case TARGET_UNIT_TAG:
		return DID_ERROR << 16;
	case TARGET_HOST:
	case TARGET_LOST_HOST:
		return answer->value << 16;
	default:
		return answer->status;
	}
}

static void target_log(struct target *target, const u8 *cdb, u32 out_length,
		       const struct target_answer *answer)
{
	struct target_entry *entry = &target->log[target->logged++ % TARGET_LOG];

	*entry = (struct target_entry) {
		.out_length = out_length,
		.in_length = answer->length,
		.result = target_result(answer),
		.sense = DRIVE_SENSE(answer->sense[2], answer->sense[12], answer->sense[13]),
	};
	memcpy(entry->cdb, cdb, DRIVE_CDB_SIZE);
	memcpy(entry->out, target->out, min_t(u32, out_length, TARGET_LOG_BYTES));
	memcpy(entry->in, target->buffer, min_t(u32, answer->length, TARGET_LOG_BYTES));
}

/**
 * target_run() - carry out a command
 * @target: the drive; its @out has the data-out as far as there is room.
 * @cdb: DRIVE_CDB_SIZE bytes.
 * @out_length: bytes of data-out.
 * @wanted: bytes of data-in that the host has room for.
 * @answer: out: what becomes of it.
 */
void target_run(struct target *target, const u8 *cdb, u32 out_length, u32 wanted,
		struct target_answer *answer)
{
	struct target_fault *fault = target_find_fault(target, cdb[0]);
	struct drive_command command = {
		.out = target->out,
		.out_length = min_t(u32, out_length, TARGET_LOG_BYTES),
		.in = target->buffer,
		.in_size = TARGET_BUFFER,
	};

	*answer = (struct target_answer) { .value = fault->value };
	if (fault->kind >= TARGET_HANG)
		answer->fault = fault->kind;
	memcpy(command.cdb, cdb, DRIVE_CDB_SIZE);
	if (target_reaches_drive(fault)) {
		if (!drive_run(&target->drive, &command)) {
			answer->status = TARGET_CHECK_CONDITION;
			memcpy(answer->sense, command.sense, DRIVE_SENSE_SIZE);
		}
		answer->length = min(command.in_length, wanted);
	}
	switch (fault->kind) {
	case TARGET_SENSE:
		if (!answer->status)
			target_set_sense(target, answer, 0x70, fault->value);
		break;
	case TARGET_DEFERRED:
		target_set_sense(target, answer, 0x71, fault->value);
		break;
	case TARGET_SHORT:
		answer->length = min(answer->length, fault->value);
		break;
	case TARGET_FORGED_ANSWER:
		if (answer->status)
			break;
		answer->length = min(fault->forged_length, wanted);
		memcpy(target->buffer, fault->forged, answer->length);
		break;
	case TARGET_STATUS:
		answer->status = fault->value;
		break;
	case TARGET_LOST_HANG:
	case TARGET_LOST_ERROR:
	case TARGET_LOST_HOST:
		answer->length = 0;
		break;
	default:
		break;
	}
	if (!target->no_log)
		target_log(target, cdb, out_length, answer);
}

static int target_disc(struct target *target, const char *word, const char *args)
{
	if (*word != 'i')
		drive_eject(&target->drive);
	if (*word != 'e')
		drive_insert(&target->drive);
	return 0;
}

static int target_reset(struct target *target, const char *word, const char *args)
{
	drive_reset(&target->drive);
	return 0;
}

static int target_forget(struct target *target, const char *word, const char *args)
{
	drive_drop_agids(&target->drive);
	return 0;
}

static int target_delay(struct target *target, const char *word, const char *args)
{
	char more;

	return sscanf(args, "%u%c", &target->delay, &more) == 1 ? 0 : -EINVAL;
}

/* Turns a switch, as the argument says. */
static int target_switch(bool *to, const char *on_or_off, bool on)
{
	if (!strcmp(on_or_off, "on"))
		*to = on;
	else if (!strcmp(on_or_off, "off"))
		*to = !on;
	else
		return -EINVAL;
	return 0;
}

static int target_feature(struct target *target, const char *word, const char *args)
{
	const struct {
		const char *name;
		bool *feature;
	} features[] = {
		{ "dvd_read ", &target->drive.dvd_read },
		{ "dvd_css ", &target->drive.dvd_css },
		{ "aacs ", &target->drive.aacs },
		{ "configuration ", &target->drive.configuration },
		{ "list ", &target->drive.feature_list },
		{ "page ", &target->drive.dvd_page },
	};
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(features); i++) {
		length = strlen(features[i].name);
		if (!strncmp(args, features[i].name, length))
			return target_switch(features[i].feature, args + length, true);
	}
	return -EINVAL;
}

static int target_residue(struct target *target, const char *word, const char *args)
{
	return target_switch(&target->no_residue, args, false);
}

static int target_logging(struct target *target, const char *word, const char *args)
{
	return target_switch(&target->no_log, args, false);
}

static int target_clear(struct target *target, const char *word, const char *args)
{
	memset(target->faults, 0, sizeof(target->faults));
	target->delay = 0;
	target->no_residue = false;
	target->no_log = false;
	return 0;
}

/* All numbers are hexadecimal but MS. */
static const struct {
	const char *word;
	int (*run)(struct target *target, const char *word, const char *args);
} target_words[] = {
	{ "eject", target_disc },
	{ "insert", target_disc },
	{ "change", target_disc },
	{ "reset", target_reset },
	{ "forget", target_forget },	/* the AGIDs, and say nothing */
	{ "delay", target_delay },	/* MS */
	/* dvd_read|dvd_css|aacs|configuration|list|page on|off */
	{ "feature", target_feature },
	{ "residue", target_residue },	/* on|off */
	{ "log", target_logging },	/* on|off */
	{ "clear", target_clear },	/* faults, delay, residue and log */
};

/* Faults, each followed by what it needs, COUNT and OPCODE; COUNT is decimal. */
static const struct {
	const char *word;
	enum target_fault_kind kind;
	int values;
} target_fault_words[] = {
	{ "sense", TARGET_SENSE, 3 },		/* KEY ASC ASCQ */
	{ "deferred", TARGET_DEFERRED, 3 },	/* KEY ASC ASCQ */
	{ "short", TARGET_SHORT, 1 },		/* LENGTH */
	{ "forge", TARGET_FORGED_ANSWER, 0 },	/* and BYTES after all */
	{ "status", TARGET_STATUS, 1 },		/* SCSI-STATUS */
	{ "hang", TARGET_HANG, 0 },
	{ "losthang", TARGET_LOST_HANG, 0 },
	{ "error", TARGET_ERROR, 0 },
	{ "losterror", TARGET_LOST_ERROR, 0 },
	{ "host", TARGET_HOST, 1 },		/* HOST-BYTE */
	{ "lost", TARGET_LOST_HOST, 1 },	/* HOST-BYTE */
	{ "stall", TARGET_STALL, 0 },
	{ "phase", TARGET_PHASE, 0 },
	{ "tag", TARGET_TAG, 0 },
	{ "unittag", TARGET_UNIT_TAG, 0 },
	{ "statusstall", TARGET_STATUS_STALL, 0 },
	{ "lie", TARGET_RESIDUE, 1 },		/* RESIDUE */
};

static int target_parse_fault(struct target_fault *fault, int values, const char *args)
{
	unsigned int v[3] = { 0 }, opcode, byte;
	int at = 0;

	if (values == 3 && sscanf(args, "%x %x %x %n", &v[0], &v[1], &v[2], &at) == 3)
		fault->value = DRIVE_SENSE(v[0], v[1], v[2]);
	else if (values == 1 && sscanf(args, "%x %n", &v[0], &at) == 1)
		fault->value = v[0];
	else if (values)
		return -EINVAL;
	args += at;
	if (sscanf(args, "%u %x %n", &fault->count, &opcode, &at) != 2 || opcode > 0xff)
		return -EINVAL;
	fault->opcode = opcode;
	if (fault->kind != TARGET_FORGED_ANSWER)
		return 0;
	for (args += at; sscanf(args, "%2x", &byte) == 1; args += 2) {
		if (fault->forged_length == TARGET_FORGED)
			return -EINVAL;
		fault->forged[fault->forged_length++] = byte;
	}
	return 0;
}

static int target_add_fault(struct target *target, const char *word, const char *args)
{
	struct target_fault fault = { 0 }, *place = target->faults;
	size_t i = 0;
	int err;

	while (strcmp(word, target_fault_words[i].word))
		if (++i == ARRAY_SIZE(target_fault_words))
			return -EINVAL;
	fault.kind = target_fault_words[i].kind;
	if (!(target->can & TARGET_BIT(fault.kind)))
		return -EOPNOTSUPP;
	err = target_parse_fault(&fault, target_fault_words[i].values, args);
	if (err)
		return err;
	while (place->count)
		if (++place == target->faults + TARGET_FAULTS)
			return -ENOSPC;
	*place = fault;
	return 0;
}

/**
 * target_control() - do what a test says
 * @target: the drive.
 * @word: what, see the tables.
 * @args: with what.
 *
 * Return: 0, or -EOPNOTSUPP if the host cannot have the fault, or another
 * negative errno.
 */
int target_control(struct target *target, const char *word, const char *args)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(target_words); i++)
		if (!strcmp(word, target_words[i].word))
			return target_words[i].run(target, word, args);
	return target_add_fault(target, word, args);
}

static size_t target_bytes(char *line, const char *name, const u8 *bytes, u32 length)
{
	size_t at = sprintf(line, " %s=%s", name, length ? "" : "-");
	u32 i;

	for (i = 0; i < length && i < TARGET_LOG_BYTES; i++)
		at += sprintf(line + at, "%02x", bytes[i]);
	return at;
}

/**
 * target_log_line() - a command of the log: CDB, data-out, data-in, result, sense
 * @target: the drive.
 * @at: which, from target_log_start() on.
 * @line: out: TARGET_LINE bytes.
 *
 * Return: the length of the line.
 */
size_t target_log_line(const struct target *target, u64 at, char *line)
{
	const struct target_entry *entry = &target->log[at % TARGET_LOG];
	size_t length = 0;
	int i;

	for (i = 0; i < DRIVE_CDB_SIZE; i++)
		length += sprintf(line + length, "%02x", entry->cdb[i]);
	length += target_bytes(line + length, "out", entry->out, entry->out_length);
	length += target_bytes(line + length, "in", entry->in, entry->in_length);
	return length + sprintf(line + length, " result=%08x sense=%x/%02x/%02x\n",
				entry->result, entry->sense >> 16 & 0xf,
				entry->sense >> 8 & 0xff, entry->sense & 0xff);
}

/**
 * target_state() - what a test may want to know of a drive
 * @target: the drive.
 * @pending: how many commands its host has sent and has no answer to.
 * @text: out: TARGET_STATE bytes.
 *
 * Return: the length of the text.
 */
size_t target_state(const struct target *target, size_t pending, char *text)
{
	static const char *const classes[] = { "css", "aacs" };
	static const char *const states[] = {
		"free", "granted", "challenged", "key1-sent", "challenge-sent",
		"authenticated",
	};
	const struct drive *drive = &target->drive;
	unsigned int faults = 0;
	int class, agid, i;
	size_t length;

	for (i = 0; i < TARGET_FAULTS; i++)
		faults += target->faults[i].count;
	length = sprintf(text, "pending %zu\nfaults %u\nattention %02x\nmedium %d\n",
			 pending, faults, drive->attention, drive->medium);
	length += sprintf(text + length,
			  "region_mask %02x\nuser_changes %u\nvendor_resets %u\nresets %u\nforgotten %u\n",
			  drive->region_mask, drive->user_changes, drive->vendor_resets,
			  drive->resets, drive->forgotten);
	for (class = 0; class < DRIVE_CLASSES; class++) {
		length += sprintf(text + length, "%s:", classes[class]);
		for (agid = 0; agid < DRIVE_AGIDS; agid++)
			length += sprintf(text + length, " %s",
					  states[drive->sessions[class][agid].auth]);
		length += sprintf(text + length, "\n");
	}
	return length;
}
