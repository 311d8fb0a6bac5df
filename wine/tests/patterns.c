// SPDX-License-Identifier: GPL-2.0-only
/*
 * How programs call: what they open, the buffers that they give, and what they
 * do when a session is refused.
 */
#include "ntdvd_test.h"
#include "keys.h"

#define MAX_KEY	2048

/* The drive has more, as real ones do. */
static const UCHAR physical[22] = {
	2, 8, 0, 0, 1, 2, 1, 0, 0, 3, 0, 0, 0, 4, 0xff, 0xff, 0, 0, 0, 0, 0x80,
};

static HANDLE open_as(const char *name, DWORD access, DWORD share, DWORD flags)
{
	return CreateFileA(name, access, share, NULL, OPEN_EXISTING, flags, NULL);
}

/* One buffer for input and output, KeyLength = length; what does not matter is noise. */
static struct outcome one_buffer(HANDLE drive, ULONG code, struct key *key, ULONG agid,
				 DVD_KEY_TYPE type, ULONG length)
{
	key->header.KeyLength = HEADER + length;
	key->header.SessionId = agid;
	key->header.KeyType = type;
	key->header.KeyFlags = 0;
	return request(drive, code, key, HEADER + length, key, HEADER + length);
}

/* As one_buffer(), but SEND_KEY with no output. */
static struct outcome send_only(HANDLE drive, struct key *key, ULONG agid, DVD_KEY_TYPE type,
				ULONG length)
{
	key->header.KeyLength = HEADER + length;
	key->header.SessionId = agid;
	key->header.KeyType = type;
	return request(drive, IOCTL_DVD_SEND_KEY, key, HEADER + length, NULL, 0);
}

static void libdvdcss(void)
{
	HANDLE drive = open_as("\\\\.\\D:", READ_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
			       FILE_FLAG_RANDOM_ACCESS);
	UCHAR challenge[12] = { 9, 8, 7 }, expected[MAX_KEY] = { 0 };
	struct key key = { 0 };
	struct outcome got;
	ULONG agid = 0, i;

	for (i = 0; i < 4; i++)
		start(drive, &agid);
	agid = 0;
	got = request(drive, IOCTL_DVD_START_SESSION, &agid, 4, &agid, 4);
	answers("libdvdcss: START_SESSION, none left", got, STATUS_INSUFFICIENT_RESOURCES, 0);
	for (i = 0; i < 4; i++)
		got = one_buffer(drive, IOCTL_DVD_SEND_KEY, &key, i, DvdInvalidateAGID, 0);
	answers("libdvdcss: SEND_KEY InvalidateAGID", got, STATUS_SUCCESS, 0);
	for (i = 0; i < 4; i++)
		got = request(drive, IOCTL_DVD_END_SESSION, &i, 4, NULL, 0);
	answers("libdvdcss: END_SESSION of nobody's AGID", got, STATUS_SUCCESS, 0);
	got = request(drive, IOCTL_DVD_START_SESSION, &agid, 4, &agid, 4);
	answers("libdvdcss: START_SESSION again", got, STATUS_SUCCESS, 4);

	memcpy(key.data, challenge, 12);
	got = one_buffer(drive, IOCTL_DVD_SEND_KEY, &key, agid, DvdChallengeKey, 12);
	answers("libdvdcss: SEND_KEY ChallengeKey", got, STATUS_SUCCESS, 0);
	got = one_buffer(drive, IOCTL_DVD_READ_KEY, &key, agid, DvdBusKey1, 8);
	drive_key(1, challenge, expected);
	answers_with("libdvdcss: READ_KEY BusKey1", got, HEADER + 8, key.data, expected, KEY_SIZE);
	got = one_buffer(drive, IOCTL_DVD_READ_KEY, &key, agid, DvdChallengeKey, 12);
	answers("libdvdcss: READ_KEY ChallengeKey", got, STATUS_SUCCESS, HEADER + 12);
	memset(expected, 0, sizeof(expected));
	drive_key(2, key.data, expected);
	memcpy(key.data, expected, 8);
	got = one_buffer(drive, IOCTL_DVD_SEND_KEY, &key, agid, DvdBusKey2, 8);
	answers("libdvdcss: SEND_KEY BusKey2", got, STATUS_SUCCESS, 0);
	got = one_buffer(drive, IOCTL_DVD_READ_KEY, &key, 0, DvdAsf, 4);
	answers("libdvdcss: READ_KEY Asf, SessionId 0", got, STATUS_SUCCESS, HEADER + 4);
	got = one_buffer(drive, IOCTL_DVD_READ_KEY, &key, agid, DvdDiskKey, MAX_KEY);
	drive_fill(expected, MAX_KEY, 2 << 8);
	answers_with("libdvdcss: READ_KEY DiskKey", got, HEADER + MAX_KEY, key.data, expected,
		     MAX_KEY);
	got = one_buffer(drive, IOCTL_DVD_READ_KEY, &key, 0, DvdGetRpcKey, 4);
	answers("libdvdcss: READ_KEY RpcKey", got, STATUS_SUCCESS, HEADER + 4);
	end_all(drive);
	CloseHandle(drive);
}

static void mpc(void)
{
	HANDLE drive = open_as("\\\\.\\D:", GENERIC_READ, FILE_SHARE_READ,
			       FILE_ATTRIBUTE_READONLY | FILE_FLAG_SEQUENTIAL_SCAN);
	struct outcome got;
	struct key key;
	ULONG agid = 0, i;

	memset(&key, 0xcd, sizeof(key));
	for (i = 0; i < 4; i++)
		start(drive, &agid);
	agid = DVD_END_ALL_SESSIONS;
	got = request(drive, IOCTL_DVD_END_SESSION, &agid, 4, NULL, 0);
	answers("MPC: END_SESSION of all", got, STATUS_SUCCESS, 0);
	got = request(drive, IOCTL_DVD_START_SESSION, NULL, 0, &agid, 4);
	answers("MPC: START_SESSION without input", got, STATUS_SUCCESS, 4);
	got = send_only(drive, &key, agid, DvdChallengeKey, 12);
	answers("MPC: SEND_KEY without output", got, STATUS_SUCCESS, 0);
	got = one_buffer(drive, IOCTL_DVD_READ_KEY, &key, agid, DvdBusKey1, 8);
	answers("MPC: READ_KEY, noise in what does not matter", got, STATUS_SUCCESS, HEADER + 8);
	end_all(drive);
	CloseHandle(drive);
}

static void readers(void)
{
	HANDLE drive = open_as("\\\\.\\D:", READ_WRITE, FILE_SHARE_READ, FILE_FLAG_SEQUENTIAL_SCAN);
	DVD_READ_STRUCTURE structure = { .Format = DvdPhysicalDescriptor };
	UCHAR out[32], region[4] = { 0 };
	struct outcome got;
	struct key key = { 0 };
	ULONG agid;

	got = request(drive, IOCTL_DVD_READ_STRUCTURE, &structure, 17, out, 22);
	answers_with("PCSX2: READ_STRUCTURE, output 22", got, 22, out, physical, 22);
	structure.LayerNumber = 1;
	got = request(drive, IOCTL_DVD_READ_STRUCTURE, &structure, 17, out, 32);
	answers("PCSX2: READ_STRUCTURE, layer 1 of one", got,
		STATUS_INVALID_DEVICE_REQUEST, 0);
	CloseHandle(drive);

	drive = open_as("\\\\.\\D:", READ_WRITE | FILE_READ_ATTRIBUTES, FILE_SHARE_READ,
			FILE_FLAG_SEQUENTIAL_SCAN);
	got = request(drive, IOCTL_DVD_START_SESSION, NULL, 0, &agid, 4);
	answers("older PCSX2: START_SESSION", got, STATUS_SUCCESS, 4);
	structure.LayerNumber = 0;
	got = request(drive, IOCTL_DVD_READ_STRUCTURE, &structure, 17, out, 22);
	answers_with("older PCSX2: READ_STRUCTURE", got, 22, out, physical, 22);

	got = request(drive, IOCTL_DVD_GET_REGION, region, 4, region, 4);
	answers("DiscImageCreator: GET_REGION, one buffer", got, STATUS_SUCCESS, 4);
	got = one_buffer(drive, IOCTL_DVD_READ_KEY, &key, agid, DvdAsf, 4);
	answers("DiscImageCreator: READ_KEY Asf, its session", got, STATUS_SUCCESS, HEADER + 4);
	end_all(drive);
	CloseHandle(drive);

	drive = open_as("\\\\.\\D:", GENERIC_READ, FILE_SHARE_READ, 0);
	got = request(drive, IOCTL_DVD_START_SESSION, NULL, 0, &agid, 4);
	answers("a .NET library: START_SESSION", got, STATUS_SUCCESS, 4);
	structure.SessionId = agid;
	structure.Format = DvdCopyrightDescriptor;
	got = request(drive, IOCTL_DVD_READ_STRUCTURE, &structure, 17, out, 8);
	answers_with("a .NET library: READ_STRUCTURE", got, 8, out, "\6\0\0\0\1\xfc\0", 8);
	got = end(drive, agid);
	answers("a .NET library: END_SESSION", got, STATUS_SUCCESS, 0);

	got = request(drive, IOCTL_DVD_READ_STRUCTURE, NULL, 17, out, 8);
	answers("READ_STRUCTURE, input NULL with a length", got, STATUS_INVALID_PARAMETER, 0);
	got = request(drive, IOCTL_DVD_READ_STRUCTURE, &structure, 17, NULL, 8);
	answers("READ_STRUCTURE, output NULL with a length", got, STATUS_BUFFER_TOO_SMALL, 4);
	CloseHandle(drive);
}

void test_programs(void)
{
	libdvdcss();
	mpc();
	readers();
}

/* Handles of any access share the sessions of a process; those of others are not used. */
void test_access_shared(void)
{
	HANDLE ready = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_holds");
	HANDLE go = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_let_go");
	HANDLE both = open_drive(READ_WRITE), reader = open_drive(GENERIC_READ), other;
	struct key key = { 0 };
	struct outcome got;
	ULONG agid;

	start(reader, &agid);
	got = send_only(both, &key, agid, DvdChallengeKey, 12);
	answers("SEND_KEY with both, session of a handle for reading", got, STATUS_SUCCESS, 0);
	got = one_buffer(reader, IOCTL_DVD_READ_KEY, &key, agid, DvdBusKey1, 8);
	answers("READ_KEY on the handle for reading", got, STATUS_SUCCESS, HEADER + 8);
	got = request(reader, IOCTL_DVD_SEND_KEY2, &key, HEADER, NULL, 0);
	answers("SEND_KEY2 on it, after one with both", got, STATUS_ACCESS_DENIED, 0);
	end_all(both);

	other = spawn("hold", 0);
	WaitForSingleObject(ready, INFINITE);
	got = one_buffer(both, IOCTL_DVD_READ_KEY, &key, 0, DvdAsf, 4);
	answers("READ_KEY Asf, AGID 0 is another process's", got, STATUS_SUCCESS, HEADER + 4);
	SetEvent(go);
	WaitForSingleObject(other, INFINITE);
	CloseHandle(other);
	CloseHandle(both);
	CloseHandle(reader);
}

NTSTATUS mode_hold(void)
{
	HANDLE ready = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_holds");
	HANDLE go = CreateEventA(NULL, TRUE, FALSE, "ntdvd_test_let_go");
	HANDLE drive = open_drive(GENERIC_READ);
	NTSTATUS status;
	ULONG agid;

	status = start(drive, &agid).status;
	SetEvent(ready);
	WaitForSingleObject(go, INFINITE);
	end(drive, agid);
	return status;
}

void test_names(void)
{
	HANDLE drive = open_letter("\\\\?\\D:", READ_WRITE);
	struct outcome got;
	ULONG agid;

	got = start(drive, &agid);
	answers("START_SESSION on \\\\?\\D:", got, STATUS_SUCCESS, 4);
	end_all(drive);
	CloseHandle(drive);
	row("\\\\.\\D:\\ can be opened", "no",
	    open_letter("\\\\.\\D:\\", READ_WRITE) == INVALID_HANDLE_VALUE ? "no" : "yes");
}

static void overlapped_row(const char *name, const char *contract, HANDLE drive, ULONG length,
			   HANDLE event, HANDLE port)
{
	OVERLAPPED overlapped = { .hEvent = event }, *completed = NULL;
	DWORD returned = 0;
	UCHAR out[4];
	char text[80];
	ULONG_PTR key = 0;
	BOOL done;

	if (event)
		ResetEvent(event);
	done = DeviceIoControl(drive, IOCTL_DVD_GET_REGION, NULL, 0, out, length, NULL, &overlapped);
	/* a request may be answered later */
	if (!done && GetLastError() == ERROR_IO_PENDING)
		done = GetOverlappedResult(drive, &overlapped, &returned, TRUE);
	snprintf(text, sizeof(text), "%s, %08lx %lu", done ? "done" : "failed",
		 (ULONG)overlapped.Internal, (ULONG)overlapped.InternalHigh);
	if (event)
		strcat(text, WaitForSingleObject(event, 0) ? ", no event" : ", event");
	if (port)
		strcat(text, GetQueuedCompletionStatus(port, &returned, &key, &completed, 0) &&
			     completed == &overlapped && key == 7 ? ", packet" : ", no packet");
	row(name, contract, text);
}

void test_overlapped(void)
{
	HANDLE drive = open_as("\\\\.\\D:", READ_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
			       FILE_FLAG_OVERLAPPED);
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	HANDLE port;

	overlapped_row("GET_REGION, overlapped", "done, 00000000 4, event", drive, 4, event, NULL);
	overlapped_row("GET_REGION, overlapped, refused", "failed, c0000023 0, event", drive, 3,
		       event, NULL);
	port = CreateIoCompletionPort(drive, NULL, 7, 1);
	overlapped_row("GET_REGION, completion port", "done, 00000000 4, packet", drive, 4, NULL,
		       port);
	overlapped_row("GET_REGION, completion port, refused", "failed, c0000023 0, no packet",
		       drive, 3, NULL, port);
	CloseHandle(port);
	CloseHandle(event);
	CloseHandle(drive);
}

/* The user may only read the node: programs that ask for more are served up to what writes. */
void test_readonly(void)
{
	HANDLE both = open_drive(READ_WRITE), reader = open_drive(GENERIC_READ);
	struct key key = { 0 };
	struct outcome got;
	ULONG agid;

	got = start(both, &agid);
	answers("read-only node: START_SESSION, handle with both", got, STATUS_SUCCESS, 4);
	got = one_buffer(reader, IOCTL_DVD_SEND_KEY, &key, agid, DvdChallengeKey, 12);
	answers("read-only node: SEND_KEY, handle for reading", got, STATUS_SUCCESS, 0);
	got = one_buffer(both, IOCTL_DVD_SEND_KEY2, &key, agid, DvdSetRpcKey, 4);
	answers("read-only node: SEND_KEY2 SetRpcKey", got, STATUS_ACCESS_DENIED, 0);
	got = end(both, agid);
	answers("read-only node: END_SESSION", got, STATUS_SUCCESS, 0);
	CloseHandle(both);
	CloseHandle(reader);
}
