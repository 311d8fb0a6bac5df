// SPDX-License-Identifier: GPL-2.0-only
/* The bulk-only transport: a command, its data, its status, one at a time. */
#include <endian.h>
#include <stdlib.h>

#include "usb.h"

#define ENDPOINT_IN	1
#define ENDPOINT_OUT	2

struct command_wrapper {
	u8 signature[4];
	u32 tag;	/* and the next are little-endian */
	u32 length;
	u8 flags;
	u8 lun;
	u8 cdb_length;
	u8 cdb[16];
} __attribute__((packed));

struct status_wrapper {
	u8 signature[4];
	u32 tag;
	u32 residue;
	u8 status;
} __attribute__((packed));

enum { PASSED, FAILED, PHASE_ERROR };

static void bulk_take_command(struct usb_drive *drive, struct urb *urb)
{
	struct bulk *bulk = &drive->bulk;
	const struct command_wrapper *wrapper = (const void *)urb->data;

	if (urb->length != sizeof(*wrapper) || memcmp(wrapper->signature, "USBC", 4)) {
		urb_complete(drive, urb, -EPIPE, NULL, 0);
		return;
	}
	*bulk = (struct bulk) {
		.tag = wrapper->tag,
		.wanted = le32toh(wrapper->length),
		.in = wrapper->flags & 0x80,
	};
	memcpy(bulk->cdb, wrapper->cdb, sizeof(bulk->cdb));
	bulk->state = bulk->wanted && !bulk->in ? BULK_OUT : BULK_WAIT;
	usb_start_clock(drive);
	urb_complete(drive, urb, 0, NULL, sizeof(*wrapper));
}

static void bulk_take_data(struct usb_drive *drive, struct urb *urb)
{
	struct bulk *bulk = &drive->bulk;
	u8 *out = drive->target.out;

	if (bulk->done < TARGET_LOG_BYTES)
		memcpy(out + bulk->done, urb->data,
		       min_t(u32, urb->length, TARGET_LOG_BYTES - bulk->done));
	bulk->done += urb->length;
	if (bulk->done >= bulk->wanted)
		bulk->state = BULK_WAIT;
	urb_complete(drive, urb, 0, NULL, urb->length);
}

static void bulk_run(struct usb_drive *drive)
{
	struct bulk *bulk = &drive->bulk;
	struct target_answer *answer = &bulk->answer;

	target_run(&drive->target, bulk->cdb, bulk->in ? 0 : bulk->wanted,
		   bulk->in ? bulk->wanted : 0, answer);
	bulk->state = bulk->in && bulk->wanted ? BULK_IN : BULK_STATUS;
	bulk->done = bulk->in ? 0 : bulk->wanted;
	switch (answer->fault) {
	case TARGET_HANG:
	case TARGET_LOST_HANG:
		bulk->state = BULK_HUNG;
		return;
	case TARGET_STALL:
		answer->length = 0;
		break;
	case TARGET_STATUS_STALL:
		bulk->stall = bulk->state == BULK_STATUS;
		break;
	default:
		break;
	}
	/* a host that wants data and gets none at all must be told so */
	if (bulk->state == BULK_IN && !answer->length && !drive->target.no_residue)
		bulk->stall = true;
}

/* The host is told of an end by less than it has room for. */
static void bulk_give_data(struct usb_drive *drive, struct urb *urb)
{
	static const u8 zeros[TARGET_BUFFER];
	struct bulk *bulk = &drive->bulk;
	u32 left = bulk->answer.length - bulk->done, length = min(left, urb->length);
	const u8 *data = drive->target.buffer + bulk->done;

	if (bulk->stall) {
		bulk->stall = false;
		bulk->state = BULK_STATUS;
		urb_complete(drive, urb, -EPIPE, NULL, 0);
		return;
	}
	if (drive->target.no_residue && !length) {
		data = zeros;
		length = min_t(u32, urb->length, sizeof(zeros));
	}
	bulk->done += length;
	if (length < urb->length || bulk->done >= bulk->wanted) {
		bulk->state = BULK_STATUS;
		bulk->stall = bulk->answer.fault == TARGET_STATUS_STALL;
	}
	urb_complete(drive, urb, 0, data, length);
}

static u8 bulk_status(const struct target_answer *answer)
{
	switch (answer->fault) {
	case TARGET_ERROR:
	case TARGET_LOST_ERROR:
	case TARGET_PHASE:
		return PHASE_ERROR;
	default:
		return answer->status ? FAILED : PASSED;
	}
}

static void bulk_give_status(struct usb_drive *drive, struct urb *urb)
{
	struct bulk *bulk = &drive->bulk;
	struct status_wrapper wrapper = {
		.signature = "USBS",
		.tag = bulk->answer.fault == TARGET_TAG ? ~bulk->tag : bulk->tag,
		.residue = htole32(bulk->wanted - bulk->done),
		.status = bulk_status(&bulk->answer),
	};

	if (bulk->stall) {
		bulk->stall = false;
		urb_complete(drive, urb, -EPIPE, NULL, 0);
		return;
	}
	if (bulk->answer.fault == TARGET_RESIDUE)
		wrapper.residue = htole32(bulk->answer.value);
	bulk->state = BULK_COMMAND;
	urb_complete(drive, urb, 0, &wrapper, sizeof(wrapper));
}

/* What is done with the next transfer in each state; no more than one waits. */
static const struct {
	u8 endpoint;
	bool in;
	void (*run)(struct usb_drive *drive, struct urb *urb);
} bulk_steps[] = {
	[BULK_COMMAND] = { ENDPOINT_OUT, false, bulk_take_command },
	[BULK_OUT] = { ENDPOINT_OUT, false, bulk_take_data },
	[BULK_IN] = { ENDPOINT_IN, true, bulk_give_data },
	[BULK_STATUS] = { ENDPOINT_IN, true, bulk_give_status },
};

/**
 * bulk_advance() - do all that can be done now
 * @drive: the drive.
 */
void bulk_advance(struct usb_drive *drive)
{
	struct bulk *bulk = &drive->bulk;
	struct urb *urb;

	while (bulk->state != BULK_HUNG) {
		if (bulk->state == BULK_WAIT) {
			if (!usb_is_time(drive))
				return;
			bulk_run(drive);
			continue;
		}
		urb = urb_take(drive, bulk_steps[bulk->state].endpoint,
			       bulk_steps[bulk->state].in);
		if (!urb)
			return;
		bulk_steps[bulk->state].run(drive, urb);
	}
}
