// SPDX-License-Identifier: GPL-2.0-only
/* The drive as a USB device: descriptors and requests, resets, and its clock. */
#include <endian.h>
#include <stdlib.h>
#include <time.h>
#include <asm/byteorder.h>
#include <linux/usb/ch9.h>

#include "usb.h"

#define REQUEST_BULK_RESET	0xff
#define REQUEST_MAX_LUN		0xfe
#define SUBCLASS_SCSI		6
#define PROTOCOL_BULK		0x50
#define PROTOCOL_UAS		0x62
#define PIPE_USAGE		0x24	/* descriptor of UAS */

static const struct usb_device_descriptor device_descriptor = {
	.bLength = USB_DT_DEVICE_SIZE,
	.bDescriptorType = USB_DT_DEVICE,
	.bcdUSB = __constant_cpu_to_le16(0x0210),
	.bMaxPacketSize0 = 64,
	.idVendor = __constant_cpu_to_le16(0x1209),	/* for tests, of pid.codes */
	.idProduct = __constant_cpu_to_le16(0x0001),
	.iManufacturer = 1,
	.iProduct = 2,
	.iSerialNumber = 3,
	.bNumConfigurations = 1,
};

static const struct usb_qualifier_descriptor qualifier_descriptor = {
	.bLength = sizeof(qualifier_descriptor),
	.bDescriptorType = USB_DT_DEVICE_QUALIFIER,
	.bcdUSB = __constant_cpu_to_le16(0x0200),
	.bMaxPacketSize0 = 64,
	.bNumConfigurations = 1,
};

static const char *const strings[] = { "ntdvd", "Emulated USB DVD", "0001" };

/* An interface descriptor, an endpoint, and an endpoint with its use by UAS */
#define INTERFACE(setting, endpoints, protocol)					\
	USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, 0, setting, endpoints,		\
	USB_CLASS_MASS_STORAGE, SUBCLASS_SCSI, protocol, 0
#define ENDPOINT(address)							\
	USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, address,				\
	USB_ENDPOINT_XFER_BULK, 512 & 0xff, 512 >> 8, 0
#define PIPE(address, use)	ENDPOINT(address), 4, PIPE_USAGE, use, 0

/* Numbers of the endpoints as in bulk.c and uas.c */
static const u8 bulk_interface[] = {
	INTERFACE(0, 2, PROTOCOL_BULK), ENDPOINT(USB_DIR_IN | 1), ENDPOINT(2),
};

static const u8 uas_interface[] = {
	INTERFACE(1, 4, PROTOCOL_UAS), PIPE(1, 1), PIPE(USB_DIR_IN | 2, 2),
	PIPE(USB_DIR_IN | 3, 3), PIPE(4, 4),
};

static u32 put_configuration(const struct usb_drive *drive, u8 *to)
{
	struct usb_config_descriptor configuration = {
		.bLength = USB_DT_CONFIG_SIZE,
		.bDescriptorType = USB_DT_CONFIG,
		.bNumInterfaces = 1,
		.bConfigurationValue = 1,
		.bmAttributes = USB_CONFIG_ATT_ONE,
		.bMaxPower = 50,
	};
	u32 length = USB_DT_CONFIG_SIZE;

	memcpy(to + length, bulk_interface, sizeof(bulk_interface));
	length += sizeof(bulk_interface);
	if (drive->uas) {
		memcpy(to + length, uas_interface, sizeof(uas_interface));
		length += sizeof(uas_interface);
	}
	configuration.wTotalLength = htole16(length);
	memcpy(to, &configuration, USB_DT_CONFIG_SIZE);
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
		memcpy(to, &device_descriptor, USB_DT_DEVICE_SIZE);
		return USB_DT_DEVICE_SIZE;
	case USB_DT_DEVICE_QUALIFIER:
		memcpy(to, &qualifier_descriptor, sizeof(qualifier_descriptor));
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
