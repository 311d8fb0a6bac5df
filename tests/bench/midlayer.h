/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/midlayer: one SCSI command in an ioctl, with nothing around it. */
#ifndef NTDVD_TESTS_MIDLAYER_H
#define NTDVD_TESTS_MIDLAYER_H

#include <linux/ioctl.h>
#include <linux/ntdvd.h>
#include <linux/types.h>

#define MIDLAYER_SIZE	2052	/* the longest transfer */

/**
 * struct midlayer_command - a command
 * @cdb: the CDB.
 * @out: data-out, not data-in.
 * @length: bytes of @data.
 * @data: data-out or data-in.
 */
struct midlayer_command {
	__u8 cdb[12];
	__u16 out;
	__u16 length;
	__u8 data[MIDLAYER_SIZE];
};

/* An ioctl that takes ntdvd's arguments, answers as a refusal does, and does nothing */
#define MIDLAYER_EMPTY	_IOWR('M', 0, struct ntdvd_device_control)
/* Take the command that the next two send, and give it back with its data */
#define MIDLAYER_SET	_IOW('M', 1, struct midlayer_command)
#define MIDLAYER_GET	_IOR('M', 2, struct midlayer_command)
/* Send it, with a buffer that is aligned for DMA, or with one on the stack */
#define MIDLAYER_ALIGNED	_IO('M', 3)
#define MIDLAYER_STACK		_IO('M', 4)

#endif /* NTDVD_TESTS_MIDLAYER_H */
