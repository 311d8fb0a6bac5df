// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the regions of a drive, and authenticates as far as is possible without a
 * key.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/ntdvd.h>

/* Like DeviceIoControl(), for a file descriptor and with the NTSTATUS shown */
static int device_io_control(int fd, uint32_t code, const void *input,
			     uint32_t input_length, void *output,
			     uint32_t output_length, uint32_t *returned)
{
	struct ntdvd_device_control ctl = {
		.control_code = code,
		.input = (uintptr_t)input,
		.input_length = input_length,
		.output = (uintptr_t)output,
		.output_length = output_length,
		.access = NTDVD_READ_ACCESS | NTDVD_WRITE_ACCESS,
	};

	if (ioctl(fd, NTDVD_IOC_DEVICE_CONTROL, &ctl)) {
		perror("ioctl");
		return 0;
	}
	if (ctl.status)
		fprintf(stderr, "control code %08x: NTSTATUS %08x\n", code, ctl.status);
	*returned = ctl.information;
	return !ctl.status;
}

int main(int argc, char **argv)
{
	const char *node = argc > 1 ? argv[1] : "/dev/ntdvd0";
	struct {
		struct ntdvd_copy_protect_key header;
		uint8_t data[12];
	} key = { 0 };
	const uint32_t length = sizeof(key.header) + sizeof(key.data);
	struct ntdvd_region region;
	uint32_t returned;
	__le32 session;
	int fd, done;

	fd = open(node, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		perror(node);
		return 1;
	}

	if (device_io_control(fd, NTDVD_IOCTL_GET_REGION, NULL, 0, &region,
			      sizeof(region), &returned))
		printf("drive's regions %02x, the disc's %02x, %u changes left\n",
		       region.system_region, (uint8_t)~region.region_data,
		       region.reset_count);

	/* The session belongs to this open file, and ends when it is closed. */
	if (!device_io_control(fd, NTDVD_IOCTL_START_SESSION, NULL, 0, &session,
			       sizeof(session), &returned))
		return 1;
	key.header.key_length = htole32(length);
	key.header.session_id = session;
	key.header.key_type = htole32(NTDVD_KEY_CHALLENGE);
	memcpy(key.data, "0123456789", 10);
	done = device_io_control(fd, NTDVD_IOCTL_SEND_KEY, &key, length,
				 NULL, 0, &returned);

	/* Only the header is input; the output is the header and the key. */
	key.header.key_type = htole32(NTDVD_KEY_BUS1);
	if (done && device_io_control(fd, NTDVD_IOCTL_READ_KEY, &key,
				      sizeof(key.header), &key, length,
				      &returned))
		printf("AGID %u: the drive answered the challenge with %zu bytes\n",
		       le32toh(session), returned - sizeof(key.header));

	done = device_io_control(fd, NTDVD_IOCTL_END_SESSION, &session,
				 sizeof(session), NULL, 0, &returned) && done;
	return !done;
}
