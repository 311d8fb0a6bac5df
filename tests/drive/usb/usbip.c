// SPDX-License-Identifier: GPL-2.0-only
/* USB/IP, as Documentation/usb/usbip_protocol.rst of the kernel has it */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usb.h"

#define ATTACH		"/sys/devices/platform/vhci_hcd.0/attach"
#define HIGH_SPEED	3

enum { CMD_SUBMIT = 1, CMD_UNLINK, RET_SUBMIT, RET_UNLINK };

/* A header, all of it big-endian */
struct header {
	u32 command, sequence, device, in, endpoint;
	union {
		struct {
			u32 flags, length, start_frame, packets, interval;
			u8 setup[8];
		} submit;
		struct {
			u32 status, length, start_frame, packets, errors;
		} submitted;
		u32 unlink;	/* sequence of the other */
		u32 unlinked;	/* status */
		u8 all[28];
	};
};

/**
 * usbip_attach() - plug the drive in
 * @drive: the drive; its number is that of the port.
 *
 * Return: 0 or a negative errno, -EBUSY while the port still has an old one.
 */
int usbip_attach(struct usb_drive *drive)
{
	unsigned int number = drive->target.drive.number;
	int ends[2], file, err = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	file = open(ATTACH, O_WRONLY | O_CLOEXEC);
	if (file < 0 ||
	    dprintf(file, "%u %d %u %d", number, ends[1], 1 << 16 | (number + 1),
		    HIGH_SPEED) < 0)
		err = -errno;
	close(file);
	close(ends[1]);
	if (err)
		close(ends[0]);
	else
		drive->link = ends[0];
	drive->configurations = 0;
	return err;
}

static void urb_free(struct urb *urb)
{
	free(urb->data);
	free(urb);
}

/**
 * usbip_detach() - pull the drive out
 * @drive: the drive.
 */
void usbip_detach(struct usb_drive *drive)
{
	struct urb *urb;
	int in, endpoint;

	shutdown(drive->link, SHUT_RDWR);
	close(drive->link);
	drive->link = -1;
	for (in = 0; in < 2; in++)
		for (endpoint = 0; endpoint < USB_ENDPOINTS; endpoint++)
			while ((urb = urb_take(drive, endpoint, in)))
				urb_free(urb);
	usb_reset(drive);
	drive_reset(&drive->target.drive);
}

static bool receive_all(int fd, void *to, size_t size)
{
	return recv(fd, to, size, MSG_WAITALL) == (ssize_t)size;
}

/* What cannot be sent is of a link that is gone, which usbip_receive() notices. */
static void send_all(int fd, const void *from, size_t size)
{
	ssize_t sent;

	for (; size; size -= sent, from = (const u8 *)from + sent) {
		sent = send(fd, from, size, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
	}
}

static void urb_queue(struct usb_drive *drive, struct urb *urb)
{
	struct urb **end = &drive->queues[urb->in][urb->endpoint];

	while (*end)
		end = &(*end)->next;
	*end = urb;
}

/**
 * urb_take() - the next transfer of an endpoint
 * @drive: the drive.
 * @endpoint: which.
 * @in: to the kernel.
 *
 * Return: it, off the queue, or NULL if the kernel has not asked yet.
 */
struct urb *urb_take(struct usb_drive *drive, u8 endpoint, bool in)
{
	struct urb *urb = drive->queues[in][endpoint];

	if (urb)
		drive->queues[in][endpoint] = urb->next;
	return urb;
}

/**
 * urb_complete() - a transfer is over
 * @drive: the drive.
 * @urb: the transfer; it is freed.
 * @status: 0 or a negative errno.
 * @data: what goes to the kernel.
 * @length: bytes of it, or that were taken from the kernel.
 */
void urb_complete(struct usb_drive *drive, struct urb *urb, int status, const void *data,
		  u32 length)
{
	struct header header = {
		.command = htonl(RET_SUBMIT),
		.sequence = htonl(urb->sequence),
		.submitted = { .status = htonl(status), .length = htonl(length) },
	};

	send_all(drive->link, &header, sizeof(header));
	if (urb->in && length)
		send_all(drive->link, data, length);
	urb_free(urb);
}

static bool receive_urb(struct usb_drive *drive, const struct header *header)
{
	struct urb *urb = calloc(1, sizeof(*urb));

	urb->sequence = ntohl(header->sequence);
	urb->in = ntohl(header->in);
	urb->endpoint = ntohl(header->endpoint);
	urb->length = ntohl(header->submit.length);
	memcpy(urb->setup, header->submit.setup, sizeof(urb->setup));
	if (!urb->in && urb->length) {
		urb->data = malloc(urb->length);
		if (!receive_all(drive->link, urb->data, urb->length)) {
			urb_free(urb);
			return false;
		}
	}
	if (!urb->endpoint || urb->endpoint >= USB_ENDPOINTS)
		usb_handle(drive, urb);
	else
		urb_queue(drive, urb);
	return true;
}

/* The kernel wants a transfer no more; it may be over already. */
static void unlink_urb(struct usb_drive *drive, const struct header *header)
{
	struct header answer = {
		.command = htonl(RET_UNLINK),
		.sequence = header->sequence,
	};
	struct urb **at, *urb;
	int in, endpoint;

	for (in = 0; in < 2; in++) {
		for (endpoint = 0; endpoint < USB_ENDPOINTS; endpoint++) {
			at = &drive->queues[in][endpoint];
			while (*at && (*at)->sequence != ntohl(header->unlink))
				at = &(*at)->next;
			urb = *at;
			if (!urb)
				continue;
			*at = urb->next;
			urb_free(urb);
			answer.unlinked = htonl(-ECONNRESET);
		}
	}
	send_all(drive->link, &answer, sizeof(answer));
}

/**
 * usbip_receive() - take what the kernel has sent
 * @drive: the drive.
 *
 * Return: false if the link is gone.
 */
bool usbip_receive(struct usb_drive *drive)
{
	struct header header;

	if (!receive_all(drive->link, &header, sizeof(header)))
		return false;
	if (ntohl(header.command) == CMD_SUBMIT)
		return receive_urb(drive, &header);
	if (ntohl(header.command) == CMD_UNLINK)
		unlink_urb(drive, &header);
	return true;
}
