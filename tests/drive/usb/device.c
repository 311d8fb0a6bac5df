// SPDX-License-Identifier: GPL-2.0-only
/* The drive as a USB device: descriptors and requests, resets, and its clock. */
#include <stdlib.h>
#include <time.h>
#include <linux/usb/ch9.h>

#include "usb.h"

#define REQUEST_BULK_RESET	0xff
#define REQUEST_MAX_LUN		0xfe
#define SUBCLASS_SCSI		6
#define PROTOCOL_BULK		0x50
#define PROTOCOL_UAS		0x62
#define PIPE_USAGE		0x24	/* descriptor of UAS */

#define LOW(word)	((word) & 0xff)
#define HIGH(word)	((word) >> 8)

/* for tests, of pid.codes */
#define VENDOR	0x1209
#define PRODUCT	0x0001

/* USB 2.1, 64 bytes in a packet of endpoint 0, strings 1 to 3, one configuration */
static const u8 device_descriptor[] = {
	18, USB_DT_DEVICE, 0x10, 0x02, 0, 0, 0, 64, LOW(VENDOR), HIGH(VENDOR),
	LOW(PRODUCT), HIGH(PRODUCT), 0, 0, 1, 2, 3, 1,
};

/* The same at full speed */
static const u8 qualifier_descriptor[] = {
	10, USB_DT_DEVICE_QUALIFIER, 0x00, 0x02, 0, 0, 0, 64, 1, 0,
};

static const char *const strings[] = { "ntdvd", "Emulated USB DVD", "0001" };

/* An interface with its setting, endpoints of 512 bytes a packet; UAS says what for. */
static const u8 bulk_interface[] = {
	9, USB_DT_INTERFACE, 0, 0, 2, USB_CLASS_MASS_STORAGE, SUBCLASS_SCSI, PROTOCOL_BULK, 0,
	7, USB_DT_ENDPOINT, USB_DIR_IN | 1, USB_ENDPOINT_XFER_BULK, LOW(512), HIGH(512), 0,
	7, USB_DT_ENDPOINT, 2, USB_ENDPOINT_XFER_BULK, LOW(512), HIGH(512), 0,
};

static const u8 uas_interface[] = {
	9, USB_DT_INTERFACE, 0, 1, 4, USB_CLASS_MASS_STORAGE, SUBCLASS_SCSI, PROTOCOL_UAS, 0,
	7, USB_DT_ENDPOINT, 1, USB_ENDPOINT_XFER_BULK, LOW(512), HIGH(512), 0,
	4, PIPE_USAGE, 1, 0,
	7, USB_DT_ENDPOINT, USB_DIR_IN | 2, USB_ENDPOINT_XFER_BULK, LOW(512), HIGH(512), 0,
	4, PIPE_USAGE, 2, 0,
	7, USB_DT_ENDPOINT, USB_DIR_IN | 3, USB_ENDPOINT_XFER_BULK, LOW(512), HIGH(512), 0,
	4, PIPE_USAGE, 3, 0,
	7, USB_DT_ENDPOINT, 4, USB_ENDPOINT_XFER_BULK, LOW(512), HIGH(512), 0,
	4, PIPE_USAGE, 4, 0,
};

static u32 put_configuration(const struct usb_drive *drive, u8 *to)
{
	const u32 length = 9 + sizeof(bulk_interface) +
			   (drive->uas ? sizeof(uas_interface) : 0);
	const u8 configuration[9] = {
		9, USB_DT_CONFIG, LOW(length), HIGH(length), 1, 1, 0, USB_CONFIG_ATT_ONE, 50,
	};

	memcpy(to, configuration, 9);
	memcpy(to + 9, bulk_interface, sizeof(bulk_interface));
	if (drive->uas)
		memcpy(to + 9 + sizeof(bulk_interface), uas_interface, sizeof(uas_interface));
	return length;
}

/* String 0 is the list of languages. */
static u32 put_string(u8 number, u8 *to)
{
	static const u8 english[] = { 4, USB_DT_STRING, 0x09, 0x04 };
	const char *string;
	u32 length = 2;

	if (!number) {
		memcpy(to, english, sizeof(english));
		return sizeof(english);
	}
	if (number > ARRAY_SIZE(strings))
		return 0;
	for (string = strings[number - 1]; *string; string++) {
		to[length++] = *string;
		to[length++] = 0;
	}
	to[0] = length;
	to[1] = USB_DT_STRING;
	return length;
}

static u32 put_descriptor(const struct usb_drive *drive, u8 type, u8 number, u8 *to)
{
	switch (type) {
	case USB_DT_DEVICE:
		memcpy(to, device_descriptor, sizeof(device_descriptor));
		return sizeof(device_descriptor);
	case USB_DT_DEVICE_QUALIFIER:
		memcpy(to, qualifier_descriptor, sizeof(qualifier_descriptor));
		return sizeof(qualifier_descriptor);
	case USB_DT_CONFIG:
		return put_configuration(drive, to);
	case USB_DT_STRING:
		return put_string(number, to);
	default:
		return 0;
	}
}

/* USB/IP tells of no bus reset, but the device is configured again after it. */
static void set_configuration(struct usb_drive *drive)
{
	usb_reset(drive);
	drive->alternate = 0;
	if (drive->configurations++)
		drive_reset(&drive->target.drive);
}

/**
 * usb_handle() - a transfer of endpoint 0
 * @drive: the drive.
 * @urb: the transfer.
 */
void usb_handle(struct usb_drive *drive, struct urb *urb)
{
	const u8 *setup = urb->setup;
	u16 wanted = setup[6] | setup[7] << 8;
	u8 data[256] = { 0 };
	u32 length = 0;

	switch (setup[0] << 8 | setup[1]) {
	case USB_DIR_IN << 8 | USB_REQ_GET_DESCRIPTOR:
		length = put_descriptor(drive, setup[3], setup[2], data);
		if (!length) {
			urb_complete(drive, urb, -EPIPE, NULL, 0);
			return;
		}
		break;
	case USB_DIR_IN << 8 | USB_REQ_GET_STATUS:
		length = 2;
		break;
	case USB_REQ_SET_CONFIGURATION:
		set_configuration(drive);
		break;
	case USB_RECIP_INTERFACE << 8 | USB_REQ_SET_INTERFACE:
		usb_reset(drive);
		drive->alternate = setup[2];
		break;
	case (USB_DIR_IN | USB_TYPE_CLASS | USB_RECIP_INTERFACE) << 8 | REQUEST_MAX_LUN:
		length = 1;
		break;
	case (USB_TYPE_CLASS | USB_RECIP_INTERFACE) << 8 | REQUEST_BULK_RESET:
		usb_reset(drive);
		break;
	}
	urb_complete(drive, urb, 0, data, min_t(u32, length, wanted));
}

/**
 * usb_reset() - forget the commands that are under way
 * @drive: the drive, which keeps its AGIDs.
 */
void usb_reset(struct usb_drive *drive)
{
	struct uas_command *command;

	memset(&drive->bulk, 0, sizeof(drive->bulk));
	while ((command = drive->commands)) {
		drive->commands = command->next;
		free(command);
	}
}

static u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ULL + time.tv_nsec / 1000000;
}

/**
 * usb_start_clock() - a command takes its time from now on
 * @drive: the drive.
 */
void usb_start_clock(struct usb_drive *drive)
{
	drive->answer_at = drive->target.delay ? now() + drive->target.delay : 0;
}

/**
 * usb_is_time() - has a command taken its time?
 * @drive: the drive.
 *
 * Return: true if it has.
 */
bool usb_is_time(struct usb_drive *drive)
{
	return now() >= drive->answer_at;
}

/**
 * usb_pending() - how many commands have no answer yet
 * @drive: the drive.
 *
 * Return: that.
 */
size_t usb_pending(const struct usb_drive *drive)
{
	const struct uas_command *command = drive->commands;
	size_t count = drive->bulk.state == BULK_WAIT || drive->bulk.state == BULK_HUNG;

	for (; command; command = command->next)
		count++;
	return count;
}

/**
 * usb_advance() - do all that can be done now
 * @drive: the drive.
 */
void usb_advance(struct usb_drive *drive)
{
	if (drive->alternate)
		uas_advance(drive);
	else
		bulk_advance(drive);
}
