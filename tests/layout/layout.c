// SPDX-License-Identifier: GPL-2.0-only
/*
 * The public header against mingw-w64's ntddcdvd.h, which others wrote: codes,
 * sizes and offsets, checked by the compiler. What mingw lacks or has wrong is
 * compared with the contract's sections 2, 3 and 5, where it says so.
 */
#include <stddef.h>
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winioctl.h>
#include <ntddcdvd.h>
#include <linux/ntdvd.h>

#define SAME(what, ours, theirs) \
	_Static_assert((ours) == (theirs), what)
#define CODE(name) \
	SAME(#name, NTDVD_IOCTL_##name, IOCTL_DVD_##name)
#define SIZE(ours, theirs) \
	SAME(#theirs, sizeof(struct ours), sizeof(theirs))
#define FIELD(ours, our_field, theirs, their_field) \
	SAME(#theirs "." #their_field, offsetof(struct ours, our_field), \
	     offsetof(theirs, their_field))
#define STATUS(name) \
	SAME("STATUS_" #name, NTDVD_STATUS_##name, (unsigned int)STATUS_##name)

CODE(START_SESSION);
CODE(READ_KEY);
CODE(SEND_KEY);
CODE(END_SESSION);
CODE(SET_READ_AHEAD);
CODE(GET_REGION);
CODE(SEND_KEY2);
CODE(READ_STRUCTURE);
SAME("IOCTL_STORAGE_SET_READ_AHEAD", NTDVD_IOCTL_STORAGE_SET_READ_AHEAD,
     IOCTL_STORAGE_SET_READ_AHEAD);
SAME("DVD_END_ALL_SESSIONS", NTDVD_END_ALL_SESSIONS, DVD_END_ALL_SESSIONS);
SAME("DVD_SESSION_ID", sizeof(__le32), sizeof(DVD_SESSION_ID));

SAME("DvdChallengeKey", NTDVD_KEY_CHALLENGE, DvdChallengeKey);
SAME("DvdBusKey1", NTDVD_KEY_BUS1, DvdBusKey1);
SAME("DvdBusKey2", NTDVD_KEY_BUS2, DvdBusKey2);
SAME("DvdTitleKey", NTDVD_KEY_TITLE, DvdTitleKey);
SAME("DvdAsf", NTDVD_KEY_ASF, DvdAsf);
SAME("DvdSetRpcKey", NTDVD_KEY_SET_RPC, DvdSetRpcKey);
SAME("DvdGetRpcKey", NTDVD_KEY_GET_RPC, DvdGetRpcKey);
SAME("DvdDiskKey", NTDVD_KEY_DISK, DvdDiskKey);
SAME("DvdInvalidateAGID", NTDVD_KEY_INVALIDATE_AGID, DvdInvalidateAGID);

FIELD(ntdvd_copy_protect_key, key_length, DVD_COPY_PROTECT_KEY, KeyLength);
FIELD(ntdvd_copy_protect_key, session_id, DVD_COPY_PROTECT_KEY, SessionId);
FIELD(ntdvd_copy_protect_key, key_type, DVD_COPY_PROTECT_KEY, KeyType);
FIELD(ntdvd_copy_protect_key, key_flags, DVD_COPY_PROTECT_KEY, KeyFlags);
FIELD(ntdvd_copy_protect_key, title_offset, DVD_COPY_PROTECT_KEY, Parameters);
FIELD(ntdvd_copy_protect_key, key_data, DVD_COPY_PROTECT_KEY, KeyData);
SAME("DVD_COPY_PROTECT_KEY", sizeof(struct ntdvd_copy_protect_key), 24);

SIZE(ntdvd_read_structure, DVD_READ_STRUCTURE);
FIELD(ntdvd_read_structure, block_byte_offset, DVD_READ_STRUCTURE, BlockByteOffset);
FIELD(ntdvd_read_structure, format, DVD_READ_STRUCTURE, Format);
FIELD(ntdvd_read_structure, session_id, DVD_READ_STRUCTURE, SessionId);
FIELD(ntdvd_read_structure, layer_number, DVD_READ_STRUCTURE, LayerNumber);

FIELD(ntdvd_descriptor_header, length, DVD_DESCRIPTOR_HEADER, Length);
FIELD(ntdvd_descriptor_header, reserved, DVD_DESCRIPTOR_HEADER, Reserved);
FIELD(ntdvd_descriptor_header, data, DVD_DESCRIPTOR_HEADER, Data);

FIELD(ntdvd_layer_descriptor, starting_sector, DVD_LAYER_DESCRIPTOR,
      StartingDataSector);
FIELD(ntdvd_layer_descriptor, end_sector, DVD_LAYER_DESCRIPTOR, EndDataSector);
FIELD(ntdvd_layer_descriptor, end_layer_zero_sector, DVD_LAYER_DESCRIPTOR,
      EndLayerZeroSector);
/* mingw-w64 has an 18th byte, the contract 17. */
SAME("DVD_LAYER_DESCRIPTOR", sizeof(struct ntdvd_layer_descriptor), 17);

SIZE(ntdvd_region, DVD_REGION);
FIELD(ntdvd_region, copy_system, DVD_REGION, CopySystem);
FIELD(ntdvd_region, region_data, DVD_REGION, RegionData);
FIELD(ntdvd_region, system_region, DVD_REGION, SystemRegion);
FIELD(ntdvd_region, reset_count, DVD_REGION, ResetCount);
SIZE(ntdvd_rpc_key, DVD_RPC_KEY);
FIELD(ntdvd_rpc_key, region_mask, DVD_RPC_KEY, RegionMask);
FIELD(ntdvd_rpc_key, scheme, DVD_RPC_KEY, RpcScheme);
SIZE(ntdvd_set_rpc_key, DVD_SET_RPC_KEY);
FIELD(ntdvd_set_rpc_key, region_mask, DVD_SET_RPC_KEY, PreferredDriveRegionCode);
SIZE(ntdvd_asf, DVD_ASF);
SIZE(ntdvd_set_read_ahead, STORAGE_SET_READ_AHEAD);
FIELD(ntdvd_set_read_ahead, trigger_address, STORAGE_SET_READ_AHEAD, TriggerAddress);
FIELD(ntdvd_set_read_ahead, target_address, STORAGE_SET_READ_AHEAD, TargetAddress);

/* AACS, which mingw-w64 lacks: the contract's section 2 */
#define AACS(name, function, access) \
	SAME(#name, NTDVD_IOCTL_AACS_##name, \
	     CTL_CODE(FILE_DEVICE_DVD, function, METHOD_BUFFERED, access))
#define READ_WRITE (FILE_READ_ACCESS | FILE_WRITE_ACCESS)

AACS(READ_MEDIA_KEY_BLOCK_SIZE, 0x430, FILE_READ_ACCESS);
AACS(READ_MEDIA_KEY_BLOCK, 0x431, FILE_READ_ACCESS);
AACS(START_SESSION, 0x432, FILE_READ_ACCESS);
AACS(END_SESSION, 0x433, FILE_READ_ACCESS);
AACS(SEND_CERTIFICATE, 0x434, FILE_READ_ACCESS);
AACS(GET_CERTIFICATE, 0x435, FILE_READ_ACCESS);
AACS(GET_CHALLENGE_KEY, 0x436, FILE_READ_ACCESS);
AACS(SEND_CHALLENGE_KEY, 0x437, FILE_READ_ACCESS);
AACS(READ_VOLUME_ID, 0x438, FILE_READ_ACCESS);
AACS(READ_SERIAL_NUMBER, 0x439, FILE_READ_ACCESS);
AACS(READ_MEDIA_ID, 0x43a, FILE_READ_ACCESS);
AACS(READ_BINDING_NONCE, 0x43b, FILE_READ_ACCESS);
AACS(GENERATE_BINDING_NONCE, 0x43c, READ_WRITE);
SAME("certificate", sizeof(struct ntdvd_aacs_certificate), 112);
SAME("challenge key", sizeof(struct ntdvd_aacs_challenge_key), 80);
SAME("id", sizeof(struct ntdvd_aacs_id), 32);
SAME("sent certificate", sizeof(struct ntdvd_aacs_send_certificate), 116);
SAME("sent challenge key", sizeof(struct ntdvd_aacs_send_challenge_key), 84);
SAME("binding nonce", sizeof(struct ntdvd_aacs_read_binding_nonce), 24);
SAME("binding nonce's LBA",
     offsetof(struct ntdvd_aacs_read_binding_nonce, start_lba), 8);
SAME("binding nonce's sectors",
     offsetof(struct ntdvd_aacs_read_binding_nonce, number_of_sectors), 4);

STATUS(SUCCESS);
STATUS(DEVICE_BUSY);
STATUS(VERIFY_REQUIRED);
STATUS(NO_DATA_DETECTED);
STATUS(CLEANER_CARTRIDGE_INSTALLED);
STATUS(INFO_LENGTH_MISMATCH);
STATUS(INVALID_PARAMETER);
STATUS(NO_SUCH_DEVICE);
STATUS(INVALID_DEVICE_REQUEST);
STATUS(NO_MEDIA_IN_DEVICE);
STATUS(UNRECOGNIZED_MEDIA);
STATUS(NONEXISTENT_SECTOR);
STATUS(ACCESS_DENIED);
STATUS(BUFFER_TOO_SMALL);
STATUS(INSUFFICIENT_RESOURCES);
STATUS(DEVICE_DATA_ERROR);
STATUS(DEVICE_NOT_CONNECTED);
STATUS(MEDIA_WRITE_PROTECTED);
STATUS(DEVICE_NOT_READY);
STATUS(IO_TIMEOUT);
STATUS(DEVICE_DOES_NOT_EXIST);
STATUS(IO_DEVICE_ERROR);
STATUS(INVALID_BUFFER_SIZE);
STATUS(COPY_PROTECTION_FAILURE);
STATUS(CSS_AUTHENTICATION_FAILURE);
STATUS(CSS_KEY_NOT_PRESENT);
STATUS(CSS_KEY_NOT_ESTABLISHED);
STATUS(CSS_SCRAMBLED_SECTOR);
STATUS(CSS_REGION_MISMATCH);
STATUS(CSS_RESETS_EXHAUSTED);

/* The same for 32-bit and 64-bit programs */
SAME("device control", sizeof(struct ntdvd_device_control), 48);
SAME("its input", offsetof(struct ntdvd_device_control, input), 16);
SAME("its output length", offsetof(struct ntdvd_device_control, output_length), 36);
SAME("its access", offsetof(struct ntdvd_device_control, access), 40);
