/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The Windows DVD interface (ntddcdvd.h) of /dev/ntdvdN.
 *
 * All structures but the first are those of Windows: little-endian, without
 * padding. The Windows name stands beside each.
 */
#ifndef _UAPI_LINUX_NTDVD_H
#define _UAPI_LINUX_NTDVD_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct ntdvd_device_control - the arguments of NtDeviceIoControlFile
 * @control_code: in: an NTDVD_IOCTL_* code.
 * @status: out: the NTSTATUS, an NTDVD_STATUS_* value.
 * @information: out: bytes written to @output; with
 *	NTDVD_STATUS_BUFFER_TOO_SMALL the length that would have been enough,
 *	or 0.
 * @input: in: user pointer to the input, ignored where the code has none.
 * @output: in: user pointer to the output, may be the same as @input.
 * @input_length: in: bytes at @input; taken as 0 if @input is NULL.
 * @output_length: in: bytes at @output; taken as 0 if @output is NULL.
 * @access: in: NTDVD_READ_ACCESS and NTDVD_WRITE_ACCESS, as the caller's Windows
 *	handle was opened for. What the mode of the file does not allow as well is
 *	not granted. Other bits are ignored.
 * @flags: in: 0.
 *
 * In host byte order, and of the same layout for 32-bit and 64-bit callers.
 */
struct ntdvd_device_control {
	__u32 control_code;
	__u32 status;
	__u64 information;
	__u64 input;
	__u64 output;
	__u32 input_length;
	__u32 output_length;
	__u32 access;
	__u32 flags;
};

#define NTDVD_READ_ACCESS	0x1 /* FILE_READ_ACCESS */
#define NTDVD_WRITE_ACCESS	0x2 /* FILE_WRITE_ACCESS */

/**
 * NTDVD_IOC_DEVICE_CONTROL - carry out one Windows request
 *
 * Returns 0 for every request that has a Windows outcome, refusals included.
 * Fails with EFAULT (a pointer is bad), EINVAL (a flag is not 0), EINTR (a fatal
 * signal) or ENOTTY (another ioctl).
 */
#define NTDVD_IOC_DEVICE_CONTROL	_IOWR('N', 0x90, struct ntdvd_device_control)

/*
 * Control codes, CTL_CODE(FILE_DEVICE_DVD, function, METHOD_BUFFERED, access).
 * Bits 14 (reading) and 15 (writing) say which access the caller needs.
 */
#define NTDVD_IOCTL_START_SESSION	0x00335000 /* IOCTL_DVD_START_SESSION */
#define NTDVD_IOCTL_READ_KEY		0x00335004 /* IOCTL_DVD_READ_KEY */
#define NTDVD_IOCTL_SEND_KEY		0x00335008 /* IOCTL_DVD_SEND_KEY */
#define NTDVD_IOCTL_END_SESSION		0x0033500c /* IOCTL_DVD_END_SESSION */
#define NTDVD_IOCTL_SET_READ_AHEAD	0x00335010 /* IOCTL_DVD_SET_READ_AHEAD */
#define NTDVD_IOCTL_GET_REGION		0x00335014 /* IOCTL_DVD_GET_REGION */
#define NTDVD_IOCTL_SEND_KEY2		0x0033d018 /* IOCTL_DVD_SEND_KEY2 */
#define NTDVD_IOCTL_READ_STRUCTURE	0x00335140 /* IOCTL_DVD_READ_STRUCTURE */
/* IOCTL_STORAGE_SET_READ_AHEAD, the same as NTDVD_IOCTL_SET_READ_AHEAD */
#define NTDVD_IOCTL_STORAGE_SET_READ_AHEAD	0x002d4400
/* IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE and so on */
#define NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE 0x003350c0
#define NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK	0x003350c4
#define NTDVD_IOCTL_AACS_START_SESSION		0x003350c8
#define NTDVD_IOCTL_AACS_END_SESSION		0x003350cc
#define NTDVD_IOCTL_AACS_SEND_CERTIFICATE	0x003350d0
#define NTDVD_IOCTL_AACS_GET_CERTIFICATE	0x003350d4
#define NTDVD_IOCTL_AACS_GET_CHALLENGE_KEY	0x003350d8
#define NTDVD_IOCTL_AACS_SEND_CHALLENGE_KEY	0x003350dc
#define NTDVD_IOCTL_AACS_READ_VOLUME_ID		0x003350e0
#define NTDVD_IOCTL_AACS_READ_SERIAL_NUMBER	0x003350e4
#define NTDVD_IOCTL_AACS_READ_MEDIA_ID		0x003350e8
#define NTDVD_IOCTL_AACS_READ_BINDING_NONCE	0x003350ec
#define NTDVD_IOCTL_AACS_GENERATE_BINDING_NONCE	0x0033d0f0

/*
 * A DVD_SESSION_ID is a __le32: the AGID, 0 to 3, or for
 * NTDVD_IOCTL_END_SESSION and NTDVD_IOCTL_AACS_END_SESSION all sessions of the
 * open file and key class.
 */
#define NTDVD_END_ALL_SESSIONS		0xffffffff /* DVD_END_ALL_SESSIONS */

/**
 * struct ntdvd_copy_protect_key - DVD_COPY_PROTECT_KEY
 * @key_length: bytes of this header and @key_data together.
 * @session_id: the AGID of the session, ignored where none is needed.
 * @key_type: an NTDVD_KEY_* value.
 * @key_flags: NTDVD_KEY_TITLE: CPM (bit 7), CP_SEC (6), CGMS (5 and 4) and
 *	CP_MOD (3 to 0); otherwise returned as it came.
 * @title_offset: NTDVD_KEY_TITLE: byte offset on the disc of the title.
 * @key_data: the key, of the length that belongs to @key_type.
 */
struct ntdvd_copy_protect_key {
	__le32 key_length;
	__le32 session_id;
	__le32 key_type;
	__le32 key_flags;
	__le64 title_offset;
	__u8 key_data[];
};

/* Key types (DVD_KEY_TYPE), each with the length of its key data in bytes. */
#define NTDVD_KEY_CHALLENGE		0x01 /* DvdChallengeKey, 12 */
#define NTDVD_KEY_BUS1			0x02 /* DvdBusKey1, 8 */
#define NTDVD_KEY_BUS2			0x03 /* DvdBusKey2, 8 */
#define NTDVD_KEY_TITLE			0x04 /* DvdTitleKey, 8 */
#define NTDVD_KEY_ASF			0x05 /* DvdAsf, 4 */
#define NTDVD_KEY_SET_RPC		0x06 /* DvdSetRpcKey, 4 */
#define NTDVD_KEY_GET_RPC		0x08 /* DvdGetRpcKey, 4 */
#define NTDVD_KEY_INVALIDATE_AGID	0x3f /* DvdInvalidateAGID, 0 */
#define NTDVD_KEY_DISK			0x80 /* DvdDiskKey, 2048 */

/**
 * struct ntdvd_asf - DVD_ASF, the key data of NTDVD_KEY_ASF
 * @reserved: 0.
 * @success: bit 0: authentication succeeded.
 */
struct ntdvd_asf {
	__u8 reserved[3];
	__u8 success;
};

/**
 * struct ntdvd_set_rpc_key - DVD_SET_RPC_KEY, the key data of NTDVD_KEY_SET_RPC
 * @region_mask: preferred drive region code, a 0 bit for the wanted region.
 * @reserved: 0.
 */
struct ntdvd_set_rpc_key {
	__u8 region_mask;
	__u8 reserved[3];
};

/**
 * struct ntdvd_rpc_key - DVD_RPC_KEY, the key data of NTDVD_KEY_GET_RPC
 * @state: bits 0 to 2: region changes left to the user; 3 to 5: resets left
 *	to the vendor; 6 and 7: type code, 0 while no region is set.
 * @region_mask: a 0 bit for each region of the drive.
 * @scheme: 1 for RPC phase II.
 * @reserved: 0.
 */
struct ntdvd_rpc_key {
	__u8 state;
	__u8 region_mask;
	__u8 scheme;
	__u8 reserved;
};

/**
 * struct ntdvd_region - DVD_REGION, the output of NTDVD_IOCTL_GET_REGION
 * @copy_system: copyright protection system of the disc: 1 for CSS.
 * @region_data: a 0 bit for each region that may play the disc.
 * @system_region: a 1 bit for each region of the drive, 0 if none is set.
 * @reset_count: region changes left to the user.
 */
struct ntdvd_region {
	__u8 copy_system;
	__u8 region_data;
	__u8 system_region;
	__u8 reset_count;
};

/**
 * struct ntdvd_read_structure - DVD_READ_STRUCTURE
 * @block_byte_offset: byte offset on the disc, becomes the address in blocks.
 * @format: MMC's format code of READ DISC STRUCTURE.
 * @session_id: the AGID of the session, for format 0x02.
 * @layer_number: the layer.
 */
struct ntdvd_read_structure {
	__le64 block_byte_offset;
	__le32 format;
	__le32 session_id;
	__u8 layer_number;
} __attribute__((packed));

/**
 * struct ntdvd_descriptor_header - DVD_DESCRIPTOR_HEADER, before the output of
 *	NTDVD_IOCTL_READ_STRUCTURE
 * @length: bytes that the drive has, without this field.
 * @reserved: as the drive sent it.
 * @data: the structure.
 */
struct ntdvd_descriptor_header {
	__le16 length;
	__u8 reserved[2];
	__u8 data[];
};

/**
 * struct ntdvd_layer_descriptor - DVD_LAYER_DESCRIPTOR, format 0x00
 * @book: book version (bits 0 to 3) and type (4 to 7).
 * @rate: minimum rate (0 to 3) and disc size (4 to 7).
 * @layer: layer type (0 to 3), track path (4), layers less one (5 and 6).
 * @density: track density (0 to 3) and linear density (4 to 7).
 * @starting_sector: first sector of the data area.
 * @end_sector: last sector of the data area.
 * @end_layer_zero_sector: last sector of layer 0.
 * @bca: bit 7: there is a burst cutting area.
 */
struct ntdvd_layer_descriptor {
	__u8 book;
	__u8 rate;
	__u8 layer;
	__u8 density;
	__le32 starting_sector;
	__le32 end_sector;
	__le32 end_layer_zero_sector;
	__u8 bca;
} __attribute__((packed));

/**
 * struct ntdvd_set_read_ahead - STORAGE_SET_READ_AHEAD
 * @trigger_address: byte offset on the disc that, once read,
 * @target_address: makes the drive read on from this one.
 */
struct ntdvd_set_read_ahead {
	__le64 trigger_address;
	__le64 target_address;
};

/*
 * AACS. A layer is a __le32, 0 to 255, and so is the size of the media key
 * block, in bytes.
 */

/**
 * struct ntdvd_aacs_certificate - AACS_CERTIFICATE
 * @nonce: a random number.
 * @certificate: the certificate.
 */
struct ntdvd_aacs_certificate {
	__u8 nonce[20];
	__u8 certificate[92];
};

/**
 * struct ntdvd_aacs_challenge_key - AACS_CHALLENGE_KEY
 * @point: a point on the elliptic curve.
 * @signature: its signature.
 */
struct ntdvd_aacs_challenge_key {
	__u8 point[40];
	__u8 signature[40];
};

/**
 * struct ntdvd_aacs_id - AACS_VOLUME_ID, AACS_SERIAL_NUMBER, AACS_MEDIA_ID and
 *	AACS_BINDING_NONCE
 * @id: the id, number or nonce.
 * @mac: its message authentication code.
 */
struct ntdvd_aacs_id {
	__u8 id[16];
	__u8 mac[16];
};

/**
 * struct ntdvd_aacs_send_certificate - AACS_SEND_CERTIFICATE
 * @session_id: the AGID.
 * @certificate: the host's.
 */
struct ntdvd_aacs_send_certificate {
	__le32 session_id;
	struct ntdvd_aacs_certificate certificate;
};

/**
 * struct ntdvd_aacs_send_challenge_key - AACS_SEND_CHALLENGE_KEY
 * @session_id: the AGID.
 * @key: the host's.
 */
struct ntdvd_aacs_send_challenge_key {
	__le32 session_id;
	struct ntdvd_aacs_challenge_key key;
};

/**
 * struct ntdvd_aacs_read_binding_nonce - AACS_READ_BINDING_NONCE
 * @session_id: the AGID.
 * @number_of_sectors: sectors that the nonce is for, 0 to 255.
 * @start_lba: the first of them, 32 bits.
 * @handle: ignored.
 */
struct ntdvd_aacs_read_binding_nonce {
	__le32 session_id;
	__le32 number_of_sectors;
	__le64 start_lba;
	__le64 handle;
};

/* NTSTATUS; the Windows names begin with STATUS_. */
#define NTDVD_STATUS_SUCCESS			0x00000000
#define NTDVD_STATUS_DEVICE_BUSY		0x80000011
#define NTDVD_STATUS_VERIFY_REQUIRED		0x80000016
#define NTDVD_STATUS_NO_DATA_DETECTED		0x80000022
#define NTDVD_STATUS_CLEANER_CARTRIDGE_INSTALLED 0x80000027
#define NTDVD_STATUS_INFO_LENGTH_MISMATCH	0xc0000004
#define NTDVD_STATUS_INVALID_PARAMETER		0xc000000d
#define NTDVD_STATUS_NO_SUCH_DEVICE		0xc000000e
#define NTDVD_STATUS_INVALID_DEVICE_REQUEST	0xc0000010
#define NTDVD_STATUS_NO_MEDIA_IN_DEVICE		0xc0000013
#define NTDVD_STATUS_UNRECOGNIZED_MEDIA		0xc0000014
#define NTDVD_STATUS_NONEXISTENT_SECTOR		0xc0000015
#define NTDVD_STATUS_ACCESS_DENIED		0xc0000022
#define NTDVD_STATUS_BUFFER_TOO_SMALL		0xc0000023
#define NTDVD_STATUS_INSUFFICIENT_RESOURCES	0xc000009a
#define NTDVD_STATUS_DEVICE_DATA_ERROR		0xc000009c
#define NTDVD_STATUS_DEVICE_NOT_CONNECTED	0xc000009d
#define NTDVD_STATUS_MEDIA_WRITE_PROTECTED	0xc00000a2
#define NTDVD_STATUS_DEVICE_NOT_READY		0xc00000a3
#define NTDVD_STATUS_IO_TIMEOUT			0xc00000b5
#define NTDVD_STATUS_DEVICE_DOES_NOT_EXIST	0xc00000c0
#define NTDVD_STATUS_IO_DEVICE_ERROR		0xc0000185
#define NTDVD_STATUS_INVALID_BUFFER_SIZE	0xc0000206
#define NTDVD_STATUS_COPY_PROTECTION_FAILURE	0xc0000305
#define NTDVD_STATUS_CSS_AUTHENTICATION_FAILURE	0xc0000306
#define NTDVD_STATUS_CSS_KEY_NOT_PRESENT	0xc0000307
#define NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED	0xc0000308
#define NTDVD_STATUS_CSS_SCRAMBLED_SECTOR	0xc0000309
#define NTDVD_STATUS_CSS_REGION_MISMATCH	0xc000030a
#define NTDVD_STATUS_CSS_RESETS_EXHAUSTED	0xc000030b

#endif /* _UAPI_LINUX_NTDVD_H */
