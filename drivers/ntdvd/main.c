// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/ntdvdN for each /dev/srN.
 *
 * Whether a SCSI device is a drive is for sr to say, so ntdvd follows sr: the
 * node is there while sr is bound. A notifier on the SCSI bus tells of that in
 * every order of loading and removing; a SCSI class interface does not, but
 * its first device leads to the bus, which is not exported.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/uaccess.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_driver.h>

#include "ntdvd.h"
#include "trace.h"

/* The bus that the notifier is on, NULL until there is a SCSI device */
static struct bus_type *scsi_bus;

/* Drives that sr is bound to */
static LIST_HEAD(ntdvd_drives);
static DEFINE_MUTEX(ntdvd_drives_lock);
static bool ntdvd_unloading;

static struct workqueue_struct *ntdvd_workqueue;
static struct dentry *ntdvd_debugfs;

static void ntdvd_drive_release(struct kref *kref)
{
	struct ntdvd_drive *drive = container_of(kref, struct ntdvd_drive, kref);

	kfree(drive->buffer);
	kfree(drive);
}

static void ntdvd_drive_put(struct ntdvd_drive *drive)
{
	kref_put(&drive->kref, ntdvd_drive_release);
}

static void ntdvd_end_orphans_work(struct work_struct *work)
{
	struct ntdvd_drive *drive = container_of(work, struct ntdvd_drive,
						 end_orphans);

	mutex_lock(&drive->lock);
	ntdvd_sync_sessions(drive);
	ntdvd_end_orphans(drive);
	mutex_unlock(&drive->lock);
	ntdvd_drive_put(drive);
}

static void ntdvd_queue_end_orphans(struct ntdvd_drive *drive)
{
	kref_get(&drive->kref);
	if (!queue_work(ntdvd_workqueue, &drive->end_orphans))
		ntdvd_drive_put(drive);
}

/* Runs under misc_mtx, which all nodes of the class share: must not wait. */
static int ntdvd_open(struct inode *inode, struct file *file)
{
	struct ntdvd_drive *drive = container_of(file->private_data,
						 struct ntdvd_drive, misc);

	kref_get(&drive->kref);
	file->private_data = drive;
	return nonseekable_open(inode, file);
}

static int ntdvd_release(struct inode *inode, struct file *file)
{
	struct ntdvd_drive *drive = file->private_data;

	if (ntdvd_orphan_sessions(drive, file))
		ntdvd_queue_end_orphans(drive);
	ntdvd_drive_put(drive);
	return 0;
}

static int ntdvd_copy_out(const struct ntdvd_request *rq,
			  const struct ntdvd_device_control *ctl,
			  struct ntdvd_device_control __user *uctl)
{
	if (!rq->status && rq->information &&
	    copy_to_user(u64_to_user_ptr(ctl->output), rq->output,
			 rq->information))
		return -EFAULT;
	if (put_user(rq->status, &uctl->status) ||
	    put_user((u64)rq->information, &uctl->information))
		return -EFAULT;
	return 0;
}

static int ntdvd_device_control(struct file *file,
				struct ntdvd_device_control __user *uctl)
{
	struct ntdvd_drive *drive = file->private_data;
	struct ntdvd_request rq = {
		.drive = drive,
		.owner = file,
		.access = (file->f_mode & FMODE_READ ? 1 : 0) |
			  (file->f_mode & FMODE_WRITE ? 2 : 0),
	};
	struct ntdvd_device_control ctl;
	u64 start = trace_ntdvd_request_enabled() ? ktime_get_ns() : 0;
	int err = 0;

	if (copy_from_user(&ctl, uctl, sizeof(ctl)))
		return -EFAULT;
	rq.input_length = ctl.input_length;
	rq.output_length = ctl.output_length;

	if (ntdvd_request_begin(&rq, ctl.control_code)) {
		if (copy_from_user(rq.input.bytes, u64_to_user_ptr(ctl.input),
				   rq.input_wanted))
			err = -EFAULT;
		else
			err = ntdvd_request_run(&rq);
	}
	if (!err) {
		if (start)
			trace_ntdvd_request(&rq, ctl.control_code,
					    ktime_get_ns() - start);
		err = ntdvd_copy_out(&rq, &ctl, uctl);
		if (err && ntdvd_request_undo(&rq))
			ntdvd_queue_end_orphans(drive);
	}
	ntdvd_request_end(&rq);
	return err;
}

static long ntdvd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case NTDVD_IOC_DEVICE_CONTROL:
		return ntdvd_device_control(file, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations ntdvd_fops = {
	.owner = THIS_MODULE,
	.open = ntdvd_open,
	.release = ntdvd_release,
	.unlocked_ioctl = ntdvd_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int ntdvd_match_disk(struct device *dev, void *number)
{
	char end;

	return sscanf(dev_name(dev), "sr%u%c", (unsigned int *)number, &end) == 1;
}

static int ntdvd_add(struct scsi_device *sdev)
{
	struct ntdvd_drive *drive;
	struct device *disk;
	unsigned int number;
	int err = -ENOMEM;

	disk = device_find_child(&sdev->sdev_gendev, &number, ntdvd_match_disk);
	if (!disk)
		return -ENODEV;
	put_device(disk);

	drive = kzalloc(sizeof(*drive), GFP_KERNEL);
	if (!drive)
		return -ENOMEM;
	drive->buffer = kmalloc(NTDVD_BUFFER_SIZE, GFP_KERNEL);
	if (!drive->buffer)
		goto free;

	kref_init(&drive->kref);
	mutex_init(&drive->lock);
	INIT_WORK(&drive->end_orphans, ntdvd_end_orphans_work);
	drive->sdev = sdev;
	snprintf(drive->name, sizeof(drive->name), "ntdvd%u", number);
	drive->misc.minor = MISC_DYNAMIC_MINOR;
	drive->misc.name = drive->name;
	drive->misc.fops = &ntdvd_fops;
	drive->misc.parent = &sdev->sdev_gendev;

	err = misc_register(&drive->misc);
	if (err)
		goto free;
	drive->debugfs = debugfs_create_dir(drive->name, ntdvd_debugfs);
	ntdvd_show_sessions(drive, drive->debugfs);

	mutex_lock(&ntdvd_drives_lock);
	list_add(&drive->list, &ntdvd_drives);
	mutex_unlock(&ntdvd_drives_lock);
	return 0;

free:
	kfree(drive->buffer);
	kfree(drive);
	return err;
}

/* Takes the drive of a SCSI device off the list. */
static struct ntdvd_drive *ntdvd_take(struct scsi_device *sdev)
{
	struct ntdvd_drive *drive;

	mutex_lock(&ntdvd_drives_lock);
	list_for_each_entry(drive, &ntdvd_drives, list) {
		if (drive->sdev == sdev) {
			list_del(&drive->list);
			mutex_unlock(&ntdvd_drives_lock);
			return drive;
		}
	}
	mutex_unlock(&ntdvd_drives_lock);
	return NULL;
}

static void ntdvd_remove(struct scsi_device *sdev)
{
	struct ntdvd_drive *drive = ntdvd_take(sdev);

	if (!drive)
		return;
	misc_deregister(&drive->misc);
	debugfs_remove(drive->debugfs);
	/* waits for a request that is under way */
	mutex_lock(&drive->lock);
	drive->sdev = NULL;
	mutex_unlock(&drive->lock);
	ntdvd_drive_put(drive);
}

static bool ntdvd_is_bound(struct scsi_device *sdev)
{
	struct ntdvd_drive *drive;
	bool found = false;

	mutex_lock(&ntdvd_drives_lock);
	list_for_each_entry(drive, &ntdvd_drives, list)
		found |= drive->sdev == sdev;
	mutex_unlock(&ntdvd_drives_lock);
	return found;
}

static bool ntdvd_has_sr(struct device *dev)
{
	return dev->driver && !strcmp(dev->driver->name, "sr");
}

/* The caller holds the device_lock(), so nothing comes or goes meanwhile. */
static void ntdvd_bound(struct device *dev)
{
	struct scsi_device *sdev = to_scsi_device(dev);
	int err;

	if (ntdvd_unloading || ntdvd_is_bound(sdev))
		return;
	err = ntdvd_add(sdev);
	if (err)
		dev_err(dev, "ntdvd: no node for this drive: error %d\n", err);
}

static int ntdvd_bus_notify(struct notifier_block *nb, unsigned long action,
			    void *data)
{
	struct device *dev = data;

	/* The bus has targets and hosts on it as well. */
	if (!scsi_is_sdev_device(dev) || !ntdvd_has_sr(dev))
		return NOTIFY_DONE;
	if (action == BUS_NOTIFY_BOUND_DRIVER)
		ntdvd_bound(dev);
	else if (action == BUS_NOTIFY_UNBIND_DRIVER)
		ntdvd_remove(to_scsi_device(dev));
	return NOTIFY_OK;
}

static struct notifier_block ntdvd_bus_notifier = {
	.notifier_call = ntdvd_bus_notify,
};

static int ntdvd_add_if_bound(struct device *dev, void *unused)
{
	if (!scsi_is_sdev_device(dev))
		return 0;
	device_lock(dev);
	if (ntdvd_has_sr(dev))
		ntdvd_bound(dev);
	device_unlock(dev);
	return 0;
}

static int ntdvd_remove_if_bound(struct device *dev, void *unused)
{
	if (!scsi_is_sdev_device(dev))
		return 0;
	device_lock(dev);
	ntdvd_remove(to_scsi_device(dev));
	device_unlock(dev);
	return 0;
}

/* Called one at a time, for each SCSI device */
static int ntdvd_see_device(struct device *cdev, struct class_interface *intf)
{
	struct bus_type *bus = to_scsi_device(cdev->parent)->sdev_gendev.bus;
	int err;

	if (scsi_bus)
		return 0;
	err = bus_register_notifier(bus, &ntdvd_bus_notifier);
	if (err)
		return err;
	scsi_bus = bus;
	/* those that sr was bound to before */
	return bus_for_each_dev(bus, NULL, NULL, ntdvd_add_if_bound);
}

static struct class_interface ntdvd_interface = {
	.add_dev = ntdvd_see_device,
};

static int ntdvd_pm_notify(struct notifier_block *nb, unsigned long action,
			   void *unused)
{
	if (action == PM_POST_SUSPEND || action == PM_POST_HIBERNATION ||
	    action == PM_POST_RESTORE)
		ntdvd_note_resume();
	return NOTIFY_DONE;
}

static struct notifier_block ntdvd_pm_notifier = {
	.notifier_call = ntdvd_pm_notify,
};

static int __init ntdvd_init(void)
{
	int err;

	ntdvd_workqueue = alloc_workqueue("ntdvd", WQ_UNBOUND, 0);
	if (!ntdvd_workqueue)
		return -ENOMEM;
	ntdvd_debugfs = debugfs_create_dir("ntdvd", NULL);
	err = register_pm_notifier(&ntdvd_pm_notifier);
	if (err)
		goto free;
	err = scsi_register_interface(&ntdvd_interface);
	if (err)
		goto unregister_pm;
	return 0;

unregister_pm:
	unregister_pm_notifier(&ntdvd_pm_notifier);
free:
	debugfs_remove(ntdvd_debugfs);
	destroy_workqueue(ntdvd_workqueue);
	return err;
}

static void __exit ntdvd_exit(void)
{
	scsi_unregister_interface(&ntdvd_interface);
	/* No file is open; what they held is given back first. */
	flush_workqueue(ntdvd_workqueue);
	if (scsi_bus) {
		ntdvd_unloading = true;
		bus_for_each_dev(scsi_bus, NULL, NULL, ntdvd_remove_if_bound);
		bus_unregister_notifier(scsi_bus, &ntdvd_bus_notifier);
	}
	unregister_pm_notifier(&ntdvd_pm_notifier);
	debugfs_remove(ntdvd_debugfs);
	destroy_workqueue(ntdvd_workqueue);
}

module_init(ntdvd_init);
module_exit(ntdvd_exit);
MODULE_DESCRIPTION("Windows DVD interface of DVD drives");
MODULE_LICENSE("GPL");
MODULE_ALIAS_SCSI_DEVICE(TYPE_ROM);
