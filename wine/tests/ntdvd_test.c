// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program: every request of the contract on \\.\D:, through
 * NtDeviceIoControlFile and DeviceIoControl. Prints a row for each:
 * name, what the contract says, what came; tabs between them.
 *
 * In a Wine prefix with d:: and e:: linked to drives of tests/drive that nobody has
 * used.
 */
#include "ntdvd_test.h"
#include "keys.h"

/* Those that mingw-w64's ntddcdvd.h does not have */
#define AACS(function, access) CTL_CODE(FILE_DEVICE_DVD, function, METHOD_BUFFERED, access)
#define IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE	AACS(0x430, FILE_READ_ACCESS)
#define IOCTL_AACS_READ_MEDIA_KEY_BLOCK		AACS(0x431, FILE_READ_ACCESS)
#define IOCTL_AACS_START_SESSION		AACS(0x432, FILE_READ_ACCESS)
#define IOCTL_AACS_END_SESSION			AACS(0x433, FILE_READ_ACCESS)
#define IOCTL_AACS_SEND_CERTIFICATE		AACS(0x434, FILE_READ_ACCESS)
#define IOCTL_AACS_GET_CERTIFICATE		AACS(0x435, FILE_READ_ACCESS)
#define IOCTL_AACS_GET_CHALLENGE_KEY		AACS(0x436, FILE_READ_ACCESS)
#define IOCTL_AACS_SEND_CHALLENGE_KEY		AACS(0x437, FILE_READ_ACCESS)
#define IOCTL_AACS_READ_VOLUME_ID		AACS(0x438, FILE_READ_ACCESS)
#define IOCTL_AACS_READ_SERIAL_NUMBER		AACS(0x439, FILE_READ_ACCESS)
#define IOCTL_AACS_READ_MEDIA_ID		AACS(0x43a, FILE_READ_ACCESS)
#define IOCTL_AACS_READ_BINDING_NONCE		AACS(0x43b, FILE_READ_ACCESS)
#define IOCTL_AACS_GENERATE_BINDING_NONCE	AACS(0x43c, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_DVD_UNKNOWN			AACS(0x7ff, FILE_READ_ACCESS)

#define DRIVE_CONTROL "Z:\\sys\\kernel\\debug\\ntdvd_drive\\0\\control"

/* The emulated drive's media key block, see tests/drive/disc.c */
#define PACKS		3
#define PACK_SIZE	32768
#define BLOCK_SIZE	(2 * PACK_SIZE + 1000)

static const char *self;
static BOOL through_win32;

struct outcome request(HANDLE drive, ULONG code, const void *in, ULONG in_length,
		       void *out, ULONG out_length)
{
	struct outcome got = { 0 };
	IO_STATUS_BLOCK io;
	DWORD returned = 0;

	if (through_win32) {
		if (DeviceIoControl(drive, code, (void *)in, in_length, out,
				    out_length, &returned, NULL)) {
			snprintf(got.text, sizeof(got.text), "ok %lu", returned);
		} else {
			got.status = -1;
			snprintf(got.text, sizeof(got.text), "error %lu", GetLastError());
		}
		got.information = returned;
		return got;
	}
	io.Status = 0xdeadbeef;
	io.Information = 0xdeadbeef;
	got.status = NtDeviceIoControlFile(drive, NULL, NULL, NULL, &io, code,
					   (void *)in, in_length, out, out_length);
	got.information = io.Information;
	if (io.Status == got.status)
		snprintf(got.text, sizeof(got.text), "%08lx %lu", got.status,
			 got.information);
	else
		snprintf(got.text, sizeof(got.text), "%08lx, in iosb %08lx",
			 got.status, io.Status);
	return got;
}

void row(const char *name, const char *contract, const char *got)
{
	printf("%s%s\t%s\t%s\n", through_win32 ? "win32 " : "", name, contract, got);
	fflush(stdout);
}

/* DeviceIoControl turns the status into an error and forgets Information. */
static void contract_text(NTSTATUS status, ULONG information, char text[40])
{
	if (!through_win32)
		snprintf(text, 40, "%08lx %lu", status, information);
	else if (status < 0)
		snprintf(text, 40, "error %lu", RtlNtStatusToDosError(status));
	else
		snprintf(text, 40, "ok %lu", information);
}

void answers(const char *name, struct outcome got, NTSTATUS status, ULONG information)
{
	char contract[40];

	contract_text(status, information, contract);
	row(name, contract, got.text);
}

/* The same, and what was written to the output */
void answers_with(const char *name, struct outcome got, ULONG information,
		  const void *out, const void *expected, ULONG length)
{
	char contract[50];

	contract_text(STATUS_SUCCESS, information, contract);
	strcat(contract, ", right");
	if (got.status == STATUS_SUCCESS)
		strcat(got.text, memcmp(out, expected, length) ? ", wrong" : ", right");
	row(name, contract, got.text);
}

HANDLE open_letter(const char *name, DWORD access)
{
	return CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE,
			   NULL, OPEN_EXISTING, 0, NULL);
}

HANDLE open_drive(DWORD access)
{
	return open_letter("\\\\.\\D:", access);
}

struct outcome start(HANDLE drive, ULONG *agid)
{
	*agid = 0;
	return request(drive, IOCTL_DVD_START_SESSION, NULL, 0, agid, sizeof(*agid));
}

struct outcome end(HANDLE drive, ULONG agid)
{
	return request(drive, IOCTL_DVD_END_SESSION, &agid, sizeof(agid), NULL, 0);
}

/* Whatever it takes, with Wine's own translation too */
void end_all(HANDLE drive)
{
	ULONG agid;

	end(drive, DVD_END_ALL_SESSIONS);
	for (agid = 0; agid < 4; agid++)
		end(drive, agid);
}

static struct outcome read_key(HANDLE drive, struct key *key, ULONG agid,
			       DVD_KEY_TYPE type, ULONG length)
{
	LARGE_INTEGER offset = key->header.Parameters.TitleOffset;

	memset(key, 0, sizeof(*key));
	key->header.KeyLength = HEADER + length;
	key->header.SessionId = agid;
	key->header.KeyType = type;
	key->header.Parameters.TitleOffset = offset;
	return request(drive, IOCTL_DVD_READ_KEY, key, HEADER + length, key,
		       HEADER + length);
}

static struct outcome send_key(HANDLE drive, ULONG code, ULONG agid, DVD_KEY_TYPE type,
			       const void *data, ULONG length)
{
	struct key key = { 0 };

	key.header.KeyLength = HEADER + length;
	key.header.SessionId = agid;
	key.header.KeyType = type;
	memcpy(key.data, data, length);
	return request(drive, code, &key, HEADER + length, NULL, 0);
}

static void test_region(HANDLE drive, UCHAR mask, UCHAR changes, UCHAR new_mask)
{
	UCHAR expected[4] = { 1, 0xfc, ~mask, changes };
	UCHAR rpc[4] = { (mask == 0xff ? 0 : 0x40) | 4 << 3 | changes, mask, 1, 0 };
	UCHAR set[4] = { new_mask };
	UCHAR region[4] = { 0 };
	struct outcome got;
	struct key key = { 0 };
	ULONG input = 0;

	got = request(drive, IOCTL_DVD_GET_REGION, NULL, 0, region, 4);
	answers_with("GET_REGION", got, 4, region, expected, 4);
	got = request(drive, IOCTL_DVD_GET_REGION, &input, 4, region, 4);
	answers_with("GET_REGION with input that it ignores", got, 4, region, expected, 4);
	got = request(drive, IOCTL_DVD_GET_REGION, NULL, 0, region, 3);
	answers("GET_REGION, output 3", got, STATUS_BUFFER_TOO_SMALL, 0);
	got = read_key(drive, &key, 0, DvdGetRpcKey, 4);
	answers_with("READ_KEY GetRpcKey", got, HEADER + 4, key.data, rpc, 4);

	got = send_key(drive, IOCTL_DVD_SEND_KEY, 0, DvdSetRpcKey, set, 4);
	answers("SEND_KEY SetRpcKey", got, STATUS_INVALID_PARAMETER, 0);
	got = send_key(drive, IOCTL_DVD_SEND_KEY2, 0, DvdSetRpcKey, set, 3);
	answers("SEND_KEY2 SetRpcKey, data 3", got, STATUS_INVALID_PARAMETER, 0);
	got = send_key(drive, IOCTL_DVD_SEND_KEY2, 0, DvdSetRpcKey, set, 4);
	answers("SEND_KEY2 SetRpcKey", got, STATUS_SUCCESS, 0);
	expected[2] = ~new_mask;
	expected[3]--;
	got = request(drive, IOCTL_DVD_GET_REGION, NULL, 0, region, 4);
	answers_with("GET_REGION after SetRpcKey", got, 4, region, expected, 4);
}

/* A session whose keys may be asked for */
static ULONG authenticate(HANDLE drive)
{
	static const UCHAR challenge[12] = { 1 };
	UCHAR answer[8] = { 0 };
	struct key key = { 0 };
	ULONG agid;

	start(drive, &agid);
	send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdChallengeKey, challenge, 12);
	read_key(drive, &key, agid, DvdBusKey1, 8);
	read_key(drive, &key, agid, DvdChallengeKey, 12);
	drive_key(2, key.data, answer);
	send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdBusKey2, answer, 8);
	return agid;
}

static void test_handshake(HANDLE drive)
{
	static const UCHAR challenge[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	UCHAR expected[2048] = { 0 }, flags = 0xb0;
	struct key key = { 0 }, input = { 0 };
	struct outcome got;
	ULONG agid;

	got = start(drive, &agid);
	answers("START_SESSION", got, STATUS_SUCCESS, 4);
	got = send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdChallengeKey, challenge, 12);
	answers("SEND_KEY ChallengeKey", got, STATUS_SUCCESS, 0);

	input.header.KeyLength = HEADER + 8;
	input.header.SessionId = agid;
	input.header.KeyType = DvdBusKey1;
	got = request(drive, IOCTL_DVD_READ_KEY, &input, HEADER, &key, HEADER + 8);
	drive_key(1, challenge, expected);
	answers_with("READ_KEY BusKey1, two buffers", got, HEADER + 8, key.data, expected,
		     KEY_SIZE);

	got = read_key(drive, &key, agid, DvdChallengeKey, 12);
	answers("READ_KEY ChallengeKey, one buffer", got, STATUS_SUCCESS, HEADER + 12);
	memset(expected, 0, sizeof(expected));
	drive_key(2, key.data, expected);
	got = send_key(drive, IOCTL_DVD_SEND_KEY2, agid, DvdBusKey2, expected, 8);
	answers("SEND_KEY2 BusKey2", got, STATUS_SUCCESS, 0);

	got = read_key(drive, &key, agid, DvdAsf, 4);
	memcpy(expected, "\0\0\0\1", 4);
	answers_with("READ_KEY Asf", got, HEADER + 4, key.data, expected, 4);
	got = read_key(drive, &key, agid, DvdDiskKey, 2048);
	drive_fill(expected, 2048, 2 << 8);
	answers_with("READ_KEY DiskKey", got, HEADER + 2048, key.data, expected, 2048);

	/* A drive releases the AGID when it has sent the disk key. */
	end(drive, agid);
	agid = authenticate(drive);
	key.header.Parameters.TitleOffset.QuadPart = 3 * 2048;
	got = read_key(drive, &key, agid, DvdTitleKey, 8);
	drive_fill(expected, KEY_SIZE, 3);
	answers_with("READ_KEY TitleKey", got, HEADER + 8, key.data, expected, KEY_SIZE);
	answers_with("READ_KEY TitleKey: flags", got, HEADER + 8, &key.header.KeyFlags,
		     &flags, 1);

	got = end(drive, agid);
	answers("END_SESSION", got, STATUS_SUCCESS, 0);
	got = end(drive, agid);
	answers("END_SESSION again, nobody's", got, STATUS_SUCCESS, 0);
	end_all(drive);
}

static void test_wrong_key(HANDLE drive)
{
	static const UCHAR data[12];
	struct outcome got;
	struct key key = { 0 };
	ULONG agid;

	start(drive, &agid);
	send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdChallengeKey, data, 12);
	read_key(drive, &key, agid, DvdBusKey1, 8);
	read_key(drive, &key, agid, DvdChallengeKey, 12);
	got = send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdBusKey2, data, 8);
	answers("SEND_KEY BusKey2, a wrong one", got, STATUS_CSS_AUTHENTICATION_FAILURE, 0);
	got = read_key(drive, &key, agid, DvdBusKey1, 8);
	answers("READ_KEY BusKey1 after a wrong key", got, STATUS_CSS_KEY_NOT_ESTABLISHED, 0);
	end_all(drive);
}

static void test_sessions(HANDLE drive)
{
	static const UCHAR data[12];
	struct key key = { 0 };
	struct outcome got;
	ULONG agid, other;
	int i;

	got = request(drive, IOCTL_DVD_START_SESSION, NULL, 0, &agid, 3);
	answers("START_SESSION, output 3", got, STATUS_BUFFER_TOO_SMALL, 4);
	start(drive, &agid);
	other = (agid + 1) & 3;
	got = read_key(drive, &key, other, DvdBusKey1, 8);
	answers("READ_KEY of nobody's session", got, STATUS_CSS_KEY_NOT_ESTABLISHED, 0);
	got = read_key(drive, &key, 4, DvdBusKey1, 8);
	answers("READ_KEY, SessionId 4", got, STATUS_INVALID_PARAMETER, 0);
	got = end(drive, 4);
	answers("END_SESSION, SessionId 4", got, STATUS_INVALID_PARAMETER, 0);
	got = request(drive, IOCTL_DVD_END_SESSION, &agid, 3, NULL, 0);
	answers("END_SESSION, input 3", got, STATUS_INVALID_PARAMETER, 0);
	got = request(drive, IOCTL_DVD_END_SESSION, NULL, 0, NULL, 0);
	answers("END_SESSION, input 0", got, STATUS_BUFFER_TOO_SMALL, 0);
	got = send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdInvalidateAGID, data, 0);
	answers("SEND_KEY InvalidateAGID", got, STATUS_SUCCESS, 0);
	end_all(drive);

	for (i = 0; i < 4; i++)
		start(drive, &agid);
	got = start(drive, &agid);
	answers("START_SESSION, the fifth", got, STATUS_INSUFFICIENT_RESOURCES, 0);
	got = end(drive, DVD_END_ALL_SESSIONS);
	answers("END_SESSION, DVD_END_ALL_SESSIONS", got, STATUS_SUCCESS, 0);
	got = start(drive, &agid);
	answers("START_SESSION after DVD_END_ALL_SESSIONS", got, STATUS_SUCCESS, 4);
	end_all(drive);
}

static void test_keys(HANDLE drive)
{
	static const UCHAR data[12];
	struct key key = { 0 }, input = { 0 };
	struct outcome got;
	ULONG agid;

	start(drive, &agid);
	input.header.KeyLength = HEADER;
	input.header.SessionId = agid;
	input.header.KeyType = DvdChallengeKey;
	got = request(drive, IOCTL_DVD_READ_KEY, &input, HEADER - 1, &key, HEADER + 12);
	answers("READ_KEY, input 23", got, STATUS_INVALID_PARAMETER, 0);
	got = request(drive, IOCTL_DVD_READ_KEY, &input, 0, &key, HEADER + 12);
	answers("READ_KEY, input 0", got, STATUS_BUFFER_TOO_SMALL, 0);
	got = request(drive, IOCTL_DVD_READ_KEY, &input, HEADER, &key, HEADER + 11);
	answers("READ_KEY ChallengeKey, data 11", got, STATUS_BUFFER_TOO_SMALL, HEADER + 12);
	got = read_key(drive, &key, agid, DvdBusKey2, 8);
	answers("READ_KEY BusKey2", got, STATUS_INVALID_DEVICE_REQUEST, 0);
	got = read_key(drive, &key, agid, 0x20, 8);
	answers("READ_KEY of no key type", got, STATUS_INVALID_DEVICE_REQUEST, 0);
	got = send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdBusKey1, data, 8);
	answers("SEND_KEY BusKey1", got, STATUS_INVALID_PARAMETER, 0);
	got = send_key(drive, IOCTL_DVD_SEND_KEY2, agid, DvdBusKey1, data, 8);
	answers("SEND_KEY2 BusKey1", got, STATUS_INVALID_DEVICE_REQUEST, 0);
	got = send_key(drive, IOCTL_DVD_SEND_KEY, agid, DvdChallengeKey, data, 11);
	answers("SEND_KEY ChallengeKey, data 11", got, STATUS_INVALID_PARAMETER, 0);
	input.header.KeyLength = HEADER + 12;
	got = request(drive, IOCTL_DVD_SEND_KEY, &input, HEADER + 11, NULL, 0);
	answers("SEND_KEY, KeyLength is not the length", got, STATUS_INVALID_PARAMETER, 0);
	got = request(drive, IOCTL_DVD_SEND_KEY2, &input, HEADER - 1, NULL, 0);
	answers("SEND_KEY2, input 23", got, STATUS_INVALID_PARAMETER, 0);
	end_all(drive);
}

static struct outcome read_structure(HANDLE drive, ULONG format, ULONG agid, ULONG in_length,
				     void *out, ULONG out_length)
{
	DVD_READ_STRUCTURE structure = { 0 };

	structure.Format = format;
	structure.SessionId = agid;
	return request(drive, IOCTL_DVD_READ_STRUCTURE, &structure, in_length, out, out_length);
}

static void test_structures(HANDLE drive)
{
	static const UCHAR physical[21] = {
		2, 8, 0, 0, 1, 2, 1, 0, 0, 3, 0, 0, 0, 4, 0xff, 0xff, 0, 0, 0, 0, 0x80,
	};
	static const UCHAR copyright[8] = { 6, 0, 0, 0, 1, 0xfc };
	UCHAR out[2052], expected[2052] = { 0x02, 0x08 };
	struct outcome got;
	ULONG agid;

	got = read_structure(drive, DvdPhysicalDescriptor, 0, 17, out, 21);
	answers_with("READ_STRUCTURE physical", got, 21, out, physical, 21);
	got = read_structure(drive, DvdCopyrightDescriptor, 0, 17, out, 8);
	answers_with("READ_STRUCTURE copyright", got, 8, out, copyright, 8);
	got = read_structure(drive, DvdBCADescriptor, 0, 17, out, 68);
	memcpy(expected, "\x42\0\0\0", 4);
	drive_fill(expected + 4, 64, 3 << 8);
	answers_with("READ_STRUCTURE BCA", got, 68, out, expected, 68);
	got = read_structure(drive, DvdManufacturerDescriptor, 0, 17, out, 2052);
	memcpy(expected, "\x02\x08\0\0", 4);
	drive_fill(expected + 4, 2048, 4 << 8);
	answers_with("READ_STRUCTURE manufacturer", got, 2052, out, expected, 2052);
	got = read_structure(drive, DvdDiskKeyDescriptor, 0, 17, out, 2052);
	answers("READ_STRUCTURE disk key, no session", got, STATUS_CSS_KEY_NOT_ESTABLISHED, 0);
	start(drive, &agid);
	got = read_structure(drive, DvdDiskKeyDescriptor, agid, 17, out, 2052);
	answers("READ_STRUCTURE disk key, not authenticated", got,
		STATUS_CSS_KEY_NOT_ESTABLISHED, 0);
	end_all(drive);
	got = read_structure(drive, DvdCopyrightDescriptor, 0, 16, out, 8);
	answers("READ_STRUCTURE, input 16", got, STATUS_INVALID_PARAMETER, 0);
	got = read_structure(drive, DvdCopyrightDescriptor, 0, 17, out, 3);
	answers("READ_STRUCTURE, output 3", got, STATUS_BUFFER_TOO_SMALL, 4);
	got = read_structure(drive, 0x100, 0, 17, out, 8);
	answers("READ_STRUCTURE, Format 0x100", got, STATUS_INVALID_PARAMETER, 0);
}

static void test_read_ahead(HANDLE drive)
{
	STORAGE_SET_READ_AHEAD ahead = { 0 };
	struct outcome got;

	got = request(drive, IOCTL_DVD_SET_READ_AHEAD, &ahead, sizeof(ahead), NULL, 0);
	answers("DVD_SET_READ_AHEAD", got, STATUS_SUCCESS, 0);
	got = request(drive, IOCTL_DVD_SET_READ_AHEAD, &ahead, sizeof(ahead) - 1, NULL, 0);
	answers("DVD_SET_READ_AHEAD, input 15", got, STATUS_INVALID_PARAMETER, 0);
	got = request(drive, IOCTL_STORAGE_SET_READ_AHEAD, &ahead, sizeof(ahead), NULL, 0);
	answers("STORAGE_SET_READ_AHEAD", got, STATUS_SUCCESS, 0);
	got = request(drive, IOCTL_DVD_UNKNOWN, NULL, 0, NULL, 0);
	answers("an unknown DVD code", got, STATUS_INVALID_DEVICE_REQUEST, 0);
}

static void test_media_key_block(HANDLE drive)
{
	static UCHAR block[PACKS * PACK_SIZE], expected[PACKS * PACK_SIZE];
	ULONG layer = 0, size = 0, block_size = BLOCK_SIZE, pack;
	struct outcome got;

	got = request(drive, IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE, &layer, 4, &size, 4);
	answers_with("AACS_READ_MEDIA_KEY_BLOCK_SIZE", got, 4, &size, &block_size, 4);
	for (pack = 0; pack < PACKS; pack++)
		drive_fill(expected + pack * PACK_SIZE, PACK_SIZE, 0x83 << 8 | pack);
	got = request(drive, IOCTL_AACS_READ_MEDIA_KEY_BLOCK, &layer, 4, block, sizeof(block));
	answers_with("AACS_READ_MEDIA_KEY_BLOCK", got, BLOCK_SIZE, block, expected, BLOCK_SIZE);
	got = request(drive, IOCTL_AACS_READ_MEDIA_KEY_BLOCK, &layer, 4, block, 8);
	answers("AACS_READ_MEDIA_KEY_BLOCK, output 8", got, STATUS_BUFFER_TOO_SMALL,
		PACKS * PACK_SIZE);
	layer = 256;
	got = request(drive, IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE, &layer, 4, &size, 4);
	answers("AACS_READ_MEDIA_KEY_BLOCK_SIZE, layer 256", got, STATUS_INVALID_PARAMETER, 0);
}

static void test_aacs(HANDLE drive)
{
	static const struct {
		const char *name;
		ULONG code, format;
	} ids[] = {
		{ "AACS_READ_VOLUME_ID", IOCTL_AACS_READ_VOLUME_ID, 0x80 },
		{ "AACS_READ_SERIAL_NUMBER", IOCTL_AACS_READ_SERIAL_NUMBER, 0x81 },
		{ "AACS_READ_MEDIA_ID", IOCTL_AACS_READ_MEDIA_ID, 0x82 },
	};
	struct { ULONG agid; UCHAR nonce[20], certificate[92]; } host = { 0, { 7, 8, 9 } };
	struct { ULONG agid; UCHAR point[40], signature[40]; } answer = { 0 };
	struct { ULONG agid, sectors; ULONGLONG lba, handle; } nonce = { 0, 1, 5 };
	UCHAR out[112], expected[92];
	struct outcome got;
	ULONG agid = 0;
	int i;

	got = request(drive, IOCTL_AACS_START_SESSION, NULL, 0, &agid, 4);
	answers("AACS_START_SESSION", got, STATUS_SUCCESS, 4);
	host.agid = answer.agid = nonce.agid = agid;
	got = request(drive, IOCTL_AACS_SEND_CERTIFICATE, &host, 115, NULL, 0);
	answers("AACS_SEND_CERTIFICATE, input 115", got, STATUS_INFO_LENGTH_MISMATCH, 0);
	got = request(drive, IOCTL_AACS_SEND_CERTIFICATE, &host, 116, NULL, 0);
	answers("AACS_SEND_CERTIFICATE", got, STATUS_SUCCESS, 0);
	got = request(drive, IOCTL_AACS_GET_CERTIFICATE, &agid, 4, out, 111);
	answers("AACS_GET_CERTIFICATE, output 111", got, STATUS_BUFFER_TOO_SMALL, 112);
	got = request(drive, IOCTL_AACS_GET_CERTIFICATE, &agid, 4, out, 112);
	drive_fill(expected, 92, 92);
	answers_with("AACS_GET_CERTIFICATE", got, 112, out + 20, expected, 92);
	drive_signature(out, answer.signature);
	got = request(drive, IOCTL_AACS_GET_CHALLENGE_KEY, &agid, 4, out, 80);
	drive_signature(host.nonce, expected);
	answers_with("AACS_GET_CHALLENGE_KEY", got, 80, out + 40, expected, 40);
	got = request(drive, IOCTL_AACS_SEND_CHALLENGE_KEY, &answer, 84, NULL, 0);
	answers("AACS_SEND_CHALLENGE_KEY", got, STATUS_SUCCESS, 0);
	for (i = 0; i < 3; i++) {
		got = request(drive, ids[i].code, &agid, 4, out, 32);
		drive_fill(expected, 32, ids[i].format << 8);
		answers_with(ids[i].name, got, 32, out, expected, 32);
	}
	got = request(drive, IOCTL_AACS_READ_VOLUME_ID, &agid, 4, out, 33);
	answers("AACS_READ_VOLUME_ID, output 33", got, STATUS_INVALID_BUFFER_SIZE, 0);
	drive_fill(expected, 32, 5 << 8 | 1);
	got = request(drive, IOCTL_AACS_READ_BINDING_NONCE, &nonce, 24, out, 32);
	answers_with("AACS_READ_BINDING_NONCE", got, 32, out, expected, 32);
	got = request(drive, IOCTL_AACS_GENERATE_BINDING_NONCE, &nonce, 24, out, 32);
	answers_with("AACS_GENERATE_BINDING_NONCE", got, 32, out, expected, 32);
	got = request(drive, IOCTL_AACS_END_SESSION, &agid, 4, NULL, 0);
	answers("AACS_END_SESSION", got, STATUS_SUCCESS, 0);
	got = request(drive, IOCTL_AACS_READ_VOLUME_ID, &agid, 4, out, 32);
	answers("AACS_READ_VOLUME_ID, session ended", got, STATUS_INVALID_PARAMETER, 0);
}

static void test_requests(HANDLE drive, UCHAR mask, UCHAR changes, UCHAR new_mask)
{
	test_region(drive, mask, changes, new_mask);
	test_handshake(drive);
	test_wrong_key(drive);
	test_sessions(drive);
	test_keys(drive);
	test_structures(drive);
	test_read_ahead(drive);
	test_media_key_block(drive);
	test_aacs(drive);
}

/* Access is checked first: with these lengths all would fail otherwise as well. */
static void test_access(HANDLE drive)
{
	static const struct {
		const char *name;
		ULONG code;
	} codes[] = {
		{ "SEND_KEY2", IOCTL_DVD_SEND_KEY2 },
		{ "AACS_GENERATE_BINDING_NONCE", IOCTL_AACS_GENERATE_BINDING_NONCE },
		{ "START_SESSION", IOCTL_DVD_START_SESSION },
	};
	static const struct {
		const char *name;
		DWORD access;
	} handles[] = {
		{ "GENERIC_READ", GENERIC_READ },
		{ "GENERIC_WRITE", GENERIC_WRITE },
		{ "no access", 0 },
	};
	static const UCHAR set[4] = { 0xfe };
	struct outcome got;
	char name[80];
	HANDLE handle;
	int h, c;

	for (h = 0; h < 3; h++) {
		handle = open_drive(handles[h].access);
		for (c = 0; c < 3; c++) {
			if (handles[h].access == GENERIC_READ &&
			    codes[c].code == IOCTL_DVD_START_SESSION)
				continue;
			snprintf(name, sizeof(name), "%s, handle with %s",
				 codes[c].name, handles[h].name);
			got = request(handle, codes[c].code, NULL, 0, NULL, 0);
			answers(name, got, STATUS_ACCESS_DENIED, 0);
		}
		snprintf(name, sizeof(name), "SEND_KEY2 SetRpcKey, handle with %s",
			 handles[h].name);
		got = send_key(handle, IOCTL_DVD_SEND_KEY2, 0, DvdSetRpcKey, set, 4);
		answers(name, got, STATUS_ACCESS_DENIED, 0);
		CloseHandle(handle);
	}
	got = request(drive, IOCTL_DVD_SEND_KEY2, NULL, 0, NULL, 0);
	answers("SEND_KEY2, handle with both, input 0", got, STATUS_BUFFER_TOO_SMALL, 0);
}

static void test_memory(HANDLE drive)
{
	struct outcome got;
	struct key key = { 0 };
	UCHAR *watched;

	watched = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH,
			       PAGE_READWRITE);
	got = request(drive, IOCTL_DVD_GET_REGION, NULL, 0, watched, 4);
	answers("GET_REGION to memory with a write watch", got, STATUS_SUCCESS, 4);
	VirtualFree(watched, 0, MEM_RELEASE);
	got = request(drive, IOCTL_DVD_READ_KEY, (void *)16, HEADER, &key, HEADER + 4);
	row("READ_KEY from memory that is none", "c0000005", got.status == STATUS_ACCESS_VIOLATION ?
	    "c0000005" : got.text);
}

static void test_handles(HANDLE drive)
{
	HANDLE other = open_drive(READ_WRITE), reader = open_drive(GENERIC_READ);
	struct outcome got;
	ULONG agid;

	start(drive, &agid);
	got = end(reader, agid);
	answers("END_SESSION on a handle with other access", got, STATUS_SUCCESS, 0);
	start(drive, &agid);
	got = end(other, agid);
	answers("END_SESSION on another handle", got, STATUS_SUCCESS, 0);
	CloseHandle(reader);

	start(other, &agid);
	CloseHandle(other);
	other = open_drive(READ_WRITE);
	got = end(other, agid);
	answers("END_SESSION on a handle opened again", got, STATUS_SUCCESS, 0);
	CloseHandle(other);
	end_all(drive);
}

static void test_two_drives(HANDLE drive)
{
	HANDLE other = open_letter("\\\\.\\E:", READ_WRITE);
	struct outcome got;
	ULONG agid;
	int i;

	for (i = 0; i < 4; i++)
		got = start(drive, &agid);
	answers("START_SESSION, the drive's fourth", got, STATUS_SUCCESS, 4);
	got = start(other, &agid);
	answers("START_SESSION on another drive", got, STATUS_SUCCESS, 4);
	got = end(other, agid);
	answers("END_SESSION on another drive", got, STATUS_SUCCESS, 0);
	CloseHandle(other);
	end_all(drive);
}

HANDLE spawn(const char *mode, ULONG agid)
{
	STARTUPINFOA startup = { .cb = sizeof(startup) };
	PROCESS_INFORMATION process;
	char line[MAX_PATH];

	snprintf(line, sizeof(line), "\"%s\" %s %lu", self, mode, agid);
	if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
		return NULL;
	CloseHandle(process.hThread);
	return process.hProcess;
}

static struct outcome result(HANDLE process)
{
	struct outcome got = { 0 };
	DWORD code = 1;

	WaitForSingleObject(process, INFINITE);
	GetExitCodeProcess(process, &code);
	CloseHandle(process);
	snprintf(got.text, sizeof(got.text), "%08lx", code);
	return got;
}

static void test_processes(HANDLE drive)
{
	HANDLE go = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_go");
	struct outcome got;
	ULONG agid, other, i;

	row("threads that start sessions at once", "00000000",
	    result(spawn("threads", 0)).text);

	start(drive, &agid);
	row("END_SESSION in another process", "c0000308", result(spawn("end", agid)).text);
	row("START_SESSION in another process", "00000000", result(spawn("start", 0)).text);
	got = end(drive, agid);
	answers("END_SESSION after the other process", got, STATUS_SUCCESS, 0);
	end_all(drive);

	/* It dies with four sessions, and its child lives on. */
	result(spawn("die", 0));
	/* The Unix process, which holds the file, ends a little after it. */
	for (i = 0; i < 1000; i++) {
		got = start(drive, &other);
		if (got.status != STATUS_INSUFFICIENT_RESOURCES)
			break;
		Sleep(10);
	}
	answers("START_SESSION after a process died with four", got, STATUS_SUCCESS, 4);
	for (i = 0; i < 3; i++)
		got = start(drive, &other);
	answers("START_SESSION, the fourth after that", got, STATUS_SUCCESS, 4);
	SetEvent(go);
	end_all(drive);
	CloseHandle(go);
}

static BOOL drive_control(const char *command)
{
	HANDLE file = CreateFileA(DRIVE_CONTROL, GENERIC_WRITE,
				  FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
				  OPEN_EXISTING, 0, NULL);
	DWORD written;
	BOOL done = WriteFile(file, command, strlen(command), &written, NULL);

	CloseHandle(file);
	return done;
}

/* Closes the handle, since it holds on to the name of the disk that is gone. */
static void test_unplugging(HANDLE drive)
{
	struct outcome got;
	ULONG agid;

	start(drive, &agid);
	row("the drive is unplugged", "yes", drive_control("unplug") ? "yes" : "no");
	got = start(drive, &agid);
	answers("START_SESSION, the drive is unplugged", got, STATUS_DEVICE_DOES_NOT_EXIST, 0);
	got = end(drive, agid);
	answers("END_SESSION, the drive is unplugged", got, STATUS_DEVICE_DOES_NOT_EXIST, 0);
	CloseHandle(drive);
	row("the drive is plugged in", "yes", drive_control("plug") ? "yes" : "no");
	drive = open_drive(READ_WRITE);
	got = start(drive, &agid);
	answers("START_SESSION, the drive is plugged in again", got, STATUS_SUCCESS, 4);
	got = end(drive, agid);
	answers("END_SESSION, the drive is plugged in again", got, STATUS_SUCCESS, 0);
	CloseHandle(drive);
}

/* The modes of the processes: exit with a status. */
static struct {
	HANDLE drive, go;
	ULONG agid[4];
	NTSTATUS status[4];
} threads;

static DWORD WINAPI thread(void *number)
{
	ULONG_PTR n = (ULONG_PTR)number;

	WaitForSingleObject(threads.go, INFINITE);
	threads.status[n] = start(threads.drive, &threads.agid[n]).status;
	return 0;
}

static NTSTATUS mode_threads(HANDLE drive)
{
	NTSTATUS status = STATUS_SUCCESS;
	HANDLE handles[4];
	ULONG_PTR n;

	threads.drive = drive;
	threads.go = CreateEventA(NULL, TRUE, FALSE, NULL);
	for (n = 0; n < 4; n++)
		handles[n] = CreateThread(NULL, 0, thread, (void *)n, 0, NULL);
	SetEvent(threads.go);
	WaitForMultipleObjects(4, handles, TRUE, INFINITE);
	for (n = 0; n < 4 && !status; n++)
		status = threads.status[n];
	for (n = 0; n < 4 && !status; n++)
		status = end(drive, threads.agid[n]).status;
	end_all(drive);
	return status;
}

static NTSTATUS mode_die(HANDLE drive)
{
	HANDLE ready = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_ready");
	NTSTATUS status;
	ULONG agid;
	int i;

	for (i = 0; i < 4; i++)
		status = start(drive, &agid).status;
	spawn("wait", 0);
	WaitForSingleObject(ready, INFINITE);
	TerminateProcess(GetCurrentProcess(), status);
	return status;
}

static NTSTATUS mode_wait(void)
{
	HANDLE ready = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_ready");
	HANDLE go = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_go");

	SetEvent(ready);
	return WaitForSingleObject(go, INFINITE);
}

static NTSTATUS run_mode(const char *mode, ULONG agid)
{
	HANDLE drive;
	NTSTATUS status;

	if (!strcmp(mode, "wait"))
		return mode_wait();
	if (!strcmp(mode, "hold"))
		return mode_hold();
	drive = open_drive(READ_WRITE);
	if (!strcmp(mode, "threads"))
		return mode_threads(drive);
	if (!strcmp(mode, "die"))
		return mode_die(drive);
	if (!strcmp(mode, "end"))
		return end(drive, agid).status;
	status = start(drive, &agid).status;
	end(drive, agid);
	return status;
}

int main(int argc, char **argv)
{
	HANDLE drive;

	self = argv[0];
	if (argc == 3)
		return run_mode(argv[1], strtoul(argv[2], NULL, 10));

	drive = open_drive(READ_WRITE);
	if (drive == INVALID_HANDLE_VALUE) {
		printf("cannot open the drive: error %lu\n", GetLastError());
		return 1;
	}
	if (argc == 2) {	/* "readonly": the node may only be read */
		test_readonly();
		return 0;
	}
	test_requests(drive, 0xff, 5, 0xfe);
	through_win32 = TRUE;
	test_requests(drive, 0xfe, 4, 0xfd);
	through_win32 = FALSE;
	test_access(drive);
	test_memory(drive);
	test_handles(drive);
	test_two_drives(drive);
	test_programs();
	test_access_shared();
	test_names();
	test_overlapped();
	test_processes(drive);
	test_unplugging(drive);
	return 0;
}
