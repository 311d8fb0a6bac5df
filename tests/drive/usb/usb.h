/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An emulated USB DVD drive: a program that Linux's vhci-hcd talks USB/IP to, so
 * that the kernel's own usb-storage or uas is above it. One thread does all.
 */
#ifndef NTDVD_TESTS_USB_H
#define NTDVD_TESTS_USB_H

#include <stdbool.h>
#include <stdint.h>

#include "../target.h"

#define USB_ENDPOINTS	5

/**
 * struct urb - a transfer that the kernel has asked for
 * @sequence: by which USB/IP knows it.
 * @in: to the kernel.
 * @endpoint: which.
 * @length: bytes of it, or of room for it.
 * @setup: of a control transfer.
 * @data: what comes from the kernel.
 * @next: in the endpoint's queue.
 */
struct urb {
	u32 sequence;
	bool in;
	u8 endpoint;
	u32 length;
	u8 setup[8];
	u8 *data;
	struct urb *next;
};

/* How far a command of the bulk-only transport is */
enum bulk_state { BULK_COMMAND, BULK_OUT, BULK_WAIT, BULK_IN, BULK_STATUS, BULK_HUNG };

/**
 * struct bulk - the bulk-only transport
 * @state: of the command.
 * @tag: of the command.
 * @wanted: bytes of data that the host has or has room for.
 * @in: to the host.
 * @cdb: of the command.
 * @done: bytes of data that were transferred.
 * @answer: what became of it.
 * @stall: the next transfer from the drive does.
 */
struct bulk {
	enum bulk_state state;
	u32 tag, wanted;
	bool in;
	u8 cdb[16];
	u32 done;
	struct target_answer answer;
	bool stall;
};

/* How far a command of USB attached SCSI is */
enum uas_state { UAS_WAIT, UAS_WRITE_READY, UAS_OUT, UAS_RUN, UAS_READ_READY, UAS_IN,
		 UAS_STATUS, UAS_HUNG };

struct uas_command {
	u16 tag;
	u8 lun;
	u8 cdb[16];
	enum uas_state state;
	u32 out_length;
	struct target_answer answer;
	struct uas_command *next;
};

/**
 * struct usb_drive - an emulated drive on USB
 * @target: the drive.
 * @uas: it knows USB attached SCSI too.
 * @link: the socket to the kernel, -1 while unplugged.
 * @configurations: how often it was configured since it was plugged in.
 * @alternate: the interface setting: 0 is bulk-only, 1 is UAS.
 * @queues: transfers that wait, from and to the kernel.
 * @answer_at: when the drive answers, in ms of the monotonic clock, 0 for now.
 * @bulk: the one command of the bulk-only transport.
 * @commands: those of UAS; the first is carried out.
 */
struct usb_drive {
	struct target target;
	bool uas;
	int link;
	unsigned int configurations;
	u8 alternate;
	struct urb *queues[2][USB_ENDPOINTS];
	u64 answer_at;
	struct bulk bulk;
	struct uas_command *commands;
};

/* usbip.c: the wire */
int usbip_attach(struct usb_drive *drive);
void usbip_detach(struct usb_drive *drive);
bool usbip_receive(struct usb_drive *drive);
struct urb *urb_take(struct usb_drive *drive, u8 endpoint, bool in);
void urb_complete(struct usb_drive *drive, struct urb *urb, int status, const void *data,
		  u32 length);

/* device.c: what is the same for both transports */
void usb_handle(struct usb_drive *drive, struct urb *urb);
void usb_advance(struct usb_drive *drive);
void usb_reset(struct usb_drive *drive);
bool usb_is_time(struct usb_drive *drive);
void usb_start_clock(struct usb_drive *drive);
size_t usb_pending(const struct usb_drive *drive);

/* bulk.c and uas.c */
void bulk_advance(struct usb_drive *drive);
void uas_advance(struct usb_drive *drive);

#endif /* NTDVD_TESTS_USB_H */
