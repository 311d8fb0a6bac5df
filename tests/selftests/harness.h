/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's harness, and what a test tells the drive that not every host can have */
#ifndef NTDVD_TESTS_HARNESS_H
#define NTDVD_TESTS_HARNESS_H

#include <errno.h>

#include "client.h"
#include "kselftest_harness.h"

/* In seconds; an emulated guest on a busy machine is slow, and who started it sees a hang. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 600

/* Tells drive 0. Returns false, and the test is skipped, if its host has no such. */
static inline bool tell(struct __test_metadata *_metadata, const char *command)
{
	if (!drive_control(0, command))
		return true;
	if (errno == EOPNOTSUPP)
		SKIP(return false, "%s: this host has no '%s'", _metadata->name, command);
	ASSERT_EQ(0, errno) {
		TH_LOG("%s", command);
	}
	return false;
}

#endif
