/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the Windows program share */
#ifndef NTDVD_TEST_H
#define NTDVD_TEST_H

#define WIN32_NO_STATUS
#include <windows.h>
#include <winioctl.h>
#include <winternl.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <ntddcdvd.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define READ_WRITE (GENERIC_READ | GENERIC_WRITE)
#define HEADER	sizeof(DVD_COPY_PROTECT_KEY)

struct outcome {
	NTSTATUS status;
	ULONG information;
	char text[40];
};

struct key {
	DVD_COPY_PROTECT_KEY header;
	UCHAR data[2048];
};

struct outcome request(HANDLE drive, ULONG code, const void *in, ULONG in_length,
		       void *out, ULONG out_length);
struct outcome start(HANDLE drive, ULONG *agid);
struct outcome end(HANDLE drive, ULONG agid);
void end_all(HANDLE drive);
HANDLE open_drive(DWORD access);
HANDLE open_letter(const char *name, DWORD access);

/* Print a row: what the contract says, and what came. */
void row(const char *name, const char *contract, const char *got);
void answers(const char *name, struct outcome got, NTSTATUS status, ULONG information);
void answers_with(const char *name, struct outcome got, ULONG information, const void *out,
		  const void *expected, ULONG length);

/* Runs this program in another mode, returns its process. */
HANDLE spawn(const char *mode, ULONG agid);

/* patterns.c */
void test_programs(void);
void test_access_shared(void);
void test_names(void);
void test_overlapped(void);
void test_readonly(void);
NTSTATUS mode_hold(void);

#endif
