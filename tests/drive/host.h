/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hosts of the kernel's that an emulated drive can be on share. */
#ifndef NTDVD_TESTS_HOST_H
#define NTDVD_TESTS_HOST_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "target.h"

struct dentry;
struct host;

/**
 * struct host_operations - what a host can
 * @plug: connect the drive, if it is not; returns 0 or a negative errno.
 * @unplug: pull the drive, with what it is doing, if it is connected.
 * @pending: how many commands have no answer yet. The caller holds @lock.
 */
struct host_operations {
	int (*plug)(struct host *host);
	void (*unplug)(struct host *host);
	size_t (*pending)(struct host *host);
};

/**
 * struct host - an emulated drive on a host of its own
 * @control: held over what a test says, one at a time, and over @operations.
 * @operations: what the host can.
 * @files: its directory in debugfs.
 * @lock: guards all below; taken in interrupts.
 * @target: the drive.
 * @unplugged: it is.
 */
struct host {
	struct mutex control;	/* one command of a test at a time */
	const struct host_operations *operations;
	struct dentry *files;
	spinlock_t lock;	/* all below */
	struct target target;
	bool unplugged;
};

/* debugfs.c */
int host_set_up(struct host *host, unsigned int number,
		const struct host_operations *operations, u32 can);
void host_clean_up(struct host *host);
void host_run(struct host *host, const u8 *cdb, u32 out_length, u32 wanted,
	      struct target_answer *answer);
void host_reset_drive(struct host *host);
void host_add_directory(void);
void host_remove_directory(void);

#endif /* NTDVD_TESTS_HOST_H */
