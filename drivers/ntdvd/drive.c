// SPDX-License-Identifier: GPL-2.0-only
/* A drive's life and its lock. */
#include <linux/blkdev.h>
#include <linux/slab.h>

#include "ntdvd.h"

/* What a drive that nobody has used is like */
void ntdvd_drive_init(struct ntdvd_drive *drive)
{
	struct ntdvd_session *session;
	int class, agid;

	kref_init(&drive->kref);
	mutex_init(&drive->lock);
	init_waitqueue_head(&drive->unlocked);
	init_llist_head(&drive->closed_files);
	drive->execute = ntdvd_execute;
	for (class = 0; class < NTDVD_KEY_CLASSES; class++) {
		for (agid = 0; agid < NTDVD_AGIDS; agid++) {
			session = &drive->sessions[class][agid];
			session->class = class;
			session->agid = agid;
			session->bit = BIT(class * NTDVD_AGIDS + agid);
		}
	}
}

struct ntdvd_drive *ntdvd_drive_alloc(struct scsi_device *sdev, struct gendisk *disk)
{
	struct ntdvd_drive *drive = kzalloc(sizeof(*drive), GFP_KERNEL);

	if (!drive)
		return NULL;
	drive->buffer = kmalloc(NTDVD_BUFFER_SIZE, GFP_KERNEL);
	if (!drive->buffer) {
		kfree(drive);
		return NULL;
	}
	ntdvd_drive_init(drive);
	drive->sdev = sdev;
	drive->disk = disk;
	ntdvd_attentions_init(&drive->attentions, sdev, disk);
	return drive;
}

static void ntdvd_drive_release(struct kref *kref)
{
	struct ntdvd_drive *drive = container_of(kref, struct ntdvd_drive, kref);

	kfree(drive->buffer);
	kfree(drive);
}

void ntdvd_drive_put(struct ntdvd_drive *drive)
{
	kref_put(&drive->kref, ntdvd_drive_release);
}

int ntdvd_wait_for_lock(struct ntdvd_drive *drive)
{
	return wait_event_state(drive->unlocked, mutex_trylock(&drive->lock),
				(TASK_KILLABLE | TASK_FREEZABLE));
}
