// SPDX-License-Identifier: GPL-2.0-only
/*
 * USB attached SCSI at high speed, so without streams: the drive asks for each
 * transfer of data.
 */
#include <stdlib.h>

#include "usb.h"

enum { PIPE_COMMAND = 1, PIPE_STATUS, PIPE_IN, PIPE_OUT };

/* Information units */
enum {
	IU_COMMAND = 1, IU_SENSE = 3, IU_RESPONSE = 4, IU_READ_READY = 6, IU_WRITE_READY = 7,
};

#define RESPONSE_FAILED	5
#define SENSE_OFFSET	16	/* of the sense in its unit */

static void uas_take_command(struct usb_drive *drive, struct urb *urb)
{
	struct uas_command **end = &drive->commands, *command;

	if (urb->length >= 32 && urb->data[0] == IU_COMMAND) {
		command = calloc(1, sizeof(*command));
		command->tag = get_unaligned_be16(urb->data + 2);
		command->lun = urb->data[9];
		memcpy(command->cdb, urb->data + 16, sizeof(command->cdb));
		/* the only one with data for the drive that the drive knows */
		if (command->cdb[0] == GPCMD_SEND_KEY)
			command->out_length = get_unaligned_be16(command->cdb + 8);
		while (*end)
			end = &(*end)->next;
		*end = command;
	}
	urb_complete(drive, urb, 0, NULL, urb->length);
}

static void uas_send_unit(struct usb_drive *drive, struct urb *urb, u8 *unit, u8 id,
			  u16 tag, u32 length)
{
	unit[0] = id;
	put_unaligned_be16(tag, unit + 2);
	urb_complete(drive, urb, 0, unit, min(length, urb->length));
}

static void uas_begin(struct usb_drive *drive, struct uas_command *command)
{
	usb_start_clock(drive);
	command->state = command->out_length ? UAS_WRITE_READY : UAS_RUN;
}

static void uas_ask_for_data(struct usb_drive *drive, struct uas_command *command,
			     struct urb *urb)
{
	u8 unit[4] = { 0 };

	command->state = UAS_OUT;
	uas_send_unit(drive, urb, unit, IU_WRITE_READY, command->tag, sizeof(unit));
}

static void uas_take_data(struct usb_drive *drive, struct uas_command *command,
			  struct urb *urb)
{
	memcpy(drive->target.out, urb->data, min_t(u32, urb->length, TARGET_LOG_BYTES));
	command->state = UAS_RUN;
	urb_complete(drive, urb, 0, NULL, urb->length);
}

static void uas_run(struct usb_drive *drive, struct uas_command *command)
{
	static const u8 no_such_lun[DRIVE_SENSE_SIZE] = {
		0x70, [2] = 5, [7] = DRIVE_SENSE_SIZE - 8, [12] = 0x25,
	};
	struct target_answer *answer = &command->answer;

	if (command->lun) {
		answer->status = TARGET_CHECK_CONDITION;
		memcpy(answer->sense, no_such_lun, sizeof(no_such_lun));
	} else {
		target_run(&drive->target, command->cdb, command->out_length,
			   command->out_length ? 0 : TARGET_BUFFER, answer);
	}
	if (answer->fault == TARGET_HANG || answer->fault == TARGET_LOST_HANG)
		command->state = UAS_HUNG;
	else
		command->state = answer->length ? UAS_READ_READY : UAS_STATUS;
}

static void uas_announce_data(struct usb_drive *drive, struct uas_command *command,
			      struct urb *urb)
{
	u8 unit[4] = { 0 };

	command->state = UAS_IN;
	uas_send_unit(drive, urb, unit, IU_READ_READY, command->tag, sizeof(unit));
}

static void uas_give_data(struct usb_drive *drive, struct uas_command *command,
			  struct urb *urb)
{
	u32 length = min(command->answer.length, urb->length);
	u8 *buffer = drive->target.buffer;

	/* a drive that fills up what it has not got */
	if (drive->target.no_residue) {
		memset(buffer + length, 0, min_t(u32, urb->length, TARGET_BUFFER) - length);
		length = min_t(u32, urb->length, TARGET_BUFFER);
	}
	command->state = UAS_STATUS;
	urb_complete(drive, urb, 0, buffer, length);
}

static void uas_give_status(struct usb_drive *drive, struct uas_command *command,
			    struct urb *urb)
{
	const struct target_answer *answer = &command->answer;
	u8 unit[SENSE_OFFSET + DRIVE_SENSE_SIZE] = { 0 };
	u16 tag = answer->fault == TARGET_UNIT_TAG ? ~command->tag : command->tag;

	if (answer->fault == TARGET_ERROR || answer->fault == TARGET_LOST_ERROR) {
		unit[7] = RESPONSE_FAILED;
		uas_send_unit(drive, urb, unit, IU_RESPONSE, tag, 8);
	} else if (answer->status == TARGET_CHECK_CONDITION) {
		unit[6] = answer->status;
		unit[15] = DRIVE_SENSE_SIZE;
		memcpy(unit + SENSE_OFFSET, answer->sense, DRIVE_SENSE_SIZE);
		uas_send_unit(drive, urb, unit, IU_SENSE, tag, sizeof(unit));
	} else {
		unit[6] = answer->status;
		uas_send_unit(drive, urb, unit, IU_SENSE, tag, SENSE_OFFSET);
	}
	drive->commands = command->next;
	free(command);
}

/* What is done with the next transfer in each state */
static const struct {
	u8 pipe;
	bool in;
	void (*run)(struct usb_drive *drive, struct uas_command *command, struct urb *urb);
} uas_steps[] = {
	[UAS_WRITE_READY] = { PIPE_STATUS, true, uas_ask_for_data },
	[UAS_OUT] = { PIPE_OUT, false, uas_take_data },
	[UAS_READ_READY] = { PIPE_STATUS, true, uas_announce_data },
	[UAS_IN] = { PIPE_IN, true, uas_give_data },
	[UAS_STATUS] = { PIPE_STATUS, true, uas_give_status },
};

/**
 * uas_advance() - do all that can be done now
 * @drive: the drive.
 */
void uas_advance(struct usb_drive *drive)
{
	struct uas_command *command;
	struct urb *urb;

	while ((urb = urb_take(drive, PIPE_COMMAND, false)))
		uas_take_command(drive, urb);
	while ((command = drive->commands) && command->state != UAS_HUNG) {
		if (command->state == UAS_WAIT) {
			uas_begin(drive, command);
			continue;
		}
		if (command->state == UAS_RUN) {
			if (!usb_is_time(drive))
				return;
			uas_run(drive, command);
			continue;
		}
		urb = urb_take(drive, uas_steps[command->state].pipe,
			       uas_steps[command->state].in);
		if (!urb)
			return;
		uas_steps[command->state].run(drive, command, urb);
	}
}
