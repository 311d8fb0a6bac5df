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

#include "compat.h"
#include "run.h"
#include "trace.h"

/* The bus that the notifier is on, NULL until there is a SCSI device */
static typeof_member(struct device, bus) scsi_bus;

/*
 * Drives that sr is bound to. What is on the list has its sdev; it is put there
 * and taken off under the device_lock() of that.
 */
static LIST_HEAD(ntdvd_drives);
static DEFINE_MUTEX(ntdvd_drives_lock);	/* the list and what follows */
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

/* Most are a DVD_SESSION_ID or a key's header, whose size is known here. */
static int ntdvd_copy_input(struct ntdvd_request *rq, const void __user *input)
{
	const u32 wanted = rq->control->input;
	u32 length;
	void *to;

	if (wanted == sizeof(rq->input.session_id) && rq->input_length >= wanted)
		return get_user(rq->input.session_id, (const __le32 __user *)input);
	if (wanted == sizeof(rq->input.key) && rq->input_length >= wanted)
		return copy_from_user(&rq->input.key, input,
				      sizeof(rq->input.key)) ? -EFAULT : 0;
	if (!wanted)
		return 0;
	length = ntdvd_input_wanted(rq);
	to = ntdvd_request_input(rq, length);
	if (!to)
		return -ENOMEM;
	return copy_from_user(to, input, length) ? -EFAULT : 0;
}

static int ntdvd_copy_output(struct ntdvd_request *rq, void __user *output)
{
	const void *from = ntdvd_output(rq);

	if (rq->information == sizeof(__le32))
		return put_user(get_unaligned((__le32 *)from),
				(__le32 __user *)output);
	return copy_to_user(output, from, rq->information) ? -EFAULT : 0;
}

static __always_inline long
ntdvd_device_control(struct file *file,
		     struct ntdvd_device_control __user *ctl)
{
	struct ntdvd_request rq = {
		.drive = file->private_data,
		.owner = file,
	};
	u64 input, output;
	u32 code, access, flags;
	int err;

	if (trace_ntdvd_request_enabled())
		rq.start = ktime_get_ns();

	/* what the caller fills in, once */
	if (!user_read_access_begin(ctl, sizeof(*ctl)))
		return -EFAULT;
	unsafe_get_user(code, &ctl->control_code, read_fault);
	unsafe_get_user(input, &ctl->input, read_fault);
	unsafe_get_user(output, &ctl->output, read_fault);
	unsafe_get_user(rq.input_length, &ctl->input_length, read_fault);
	unsafe_get_user(rq.output_length, &ctl->output_length, read_fault);
	unsafe_get_user(access, &ctl->access, read_fault);
	unsafe_get_user(flags, &ctl->flags, read_fault);
	user_read_access_end();
	if (flags)
		return -EINVAL;
	if (!input)
		rq.input_length = 0;
	if (!output)
		rq.output_length = 0;

	BUILD_BUG_ON((__force u32)FMODE_READ != NTDVD_READ_ACCESS ||
		     (__force u32)FMODE_WRITE != NTDVD_WRITE_ACCESS);
	if (!ntdvd_request_begin(&rq, code, access & (__force u32)file->f_mode))
		goto answer;
	err = ntdvd_copy_input(&rq, u64_to_user_ptr(input));
	if (unlikely(err))
		goto no_input;
	err = ntdvd_request_run(&rq);
	if (err)
		goto end;

answer:
	if (trace_ntdvd_request_enabled() && rq.start)
		trace_ntdvd_request(&rq, code, ktime_get_ns() - rq.start);
	if (likely(!rq.status) && rq.information) {
		err = ntdvd_copy_output(&rq, u64_to_user_ptr(output));
		if (err)
			goto undo;
	}
	err = -EFAULT;
	if (!user_write_access_begin(ctl, sizeof(*ctl)))
		goto undo;
	unsafe_put_user(rq.status, &ctl->status, write_fault);
	unsafe_put_user(rq.information, &ctl->information, write_fault);
	user_write_access_end();
	ntdvd_request_end(&rq);
	return 0;

no_input:
	if (err != -ENOMEM)
		goto end;
	rq.status = NTDVD_STATUS_INSUFFICIENT_RESOURCES;
	goto answer;

write_fault:
	user_write_access_end();
undo:
	if (ntdvd_request_undo(&rq))
		ntdvd_queue_end_orphans(rq.drive);
end:
	ntdvd_request_end(&rq);
	return err;

read_fault:
	user_read_access_end();
	return -EFAULT;
}

static long ntdvd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != NTDVD_IOC_DEVICE_CONTROL)
		return -ENOTTY;
	return ntdvd_device_control(file, (void __user *)arg);
}

static const struct file_operations ntdvd_fops = {
	.owner = THIS_MODULE,
	.open = ntdvd_open,
	.release = ntdvd_release,
	.unlocked_ioctl = ntdvd_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int ntdvd_is_disk(struct device *dev, void *number)
{
	char end;

	return sscanf(dev_name(dev), "sr%u%c", (unsigned int *)number, &end) == 1;
}

/* Puts a drive on the list, unless its device has one there or all are to go. */
static bool ntdvd_enlist(struct ntdvd_drive *new)
{
	struct ntdvd_drive *drive;
	bool refused;

	mutex_lock(&ntdvd_drives_lock);
	refused = ntdvd_unloading;
	list_for_each_entry(drive, &ntdvd_drives, list)
		refused |= drive->sdev == new->sdev;
	if (!refused)
		list_add(&new->list, &ntdvd_drives);
	mutex_unlock(&ntdvd_drives_lock);
	return !refused;
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

static int ntdvd_add(struct scsi_device *sdev)
{
	struct ntdvd_drive *drive;
	unsigned int number;
	int err = -ENOMEM;

	if (!device_for_each_child(&sdev->sdev_gendev, &number, ntdvd_is_disk))
		return -ENODEV;

	/* A drive is to cost no more than 6 KiB. */
	BUILD_BUG_ON(sizeof(*drive) + NTDVD_BUFFER_SIZE > 6144);
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
	drive->lacks = NTDVD_DRIVE_KINDS;
	snprintf(drive->name, sizeof(drive->name), "ntdvd%u", number);
	drive->misc.minor = MISC_DYNAMIC_MINOR;
	drive->misc.name = drive->name;
	drive->misc.fops = &ntdvd_fops;
	drive->misc.parent = &sdev->sdev_gendev;

	err = 0;
	if (!ntdvd_enlist(drive))
		goto free;
	err = misc_register(&drive->misc);
	if (err)
		goto take;
	drive->debugfs = debugfs_create_dir(drive->name, ntdvd_debugfs);
	ntdvd_show_sessions(drive, drive->debugfs);
	return 0;

take:
	ntdvd_take(sdev);
free:
	kfree(drive->buffer);
	kfree(drive);
	return err;
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

static bool ntdvd_has_sr(struct device *dev)
{
	return dev->driver && !strcmp(dev->driver->name, "sr");
}

/* The caller holds the device_lock(), so nothing comes or goes meanwhile. */
static void ntdvd_bound(struct device *dev)
{
	int err = ntdvd_add(to_scsi_device(dev));

	if (err)
		dev_err(dev, "ntdvd: no node for this drive: error %d\n", err);
}

static int ntdvd_bus_notify(struct notifier_block *nb, unsigned long action,
			    void *data)
{
	struct device *dev = data;

	/* With these two the caller holds the device_lock(), with others not. */
	if (action != BUS_NOTIFY_BOUND_DRIVER &&
	    action != BUS_NOTIFY_UNBIND_DRIVER)
		return NOTIFY_DONE;
	/* The bus has targets and hosts on it as well. */
	if (!scsi_is_sdev_device(dev) || !ntdvd_has_sr(dev))
		return NOTIFY_DONE;
	if (action == BUS_NOTIFY_BOUND_DRIVER)
		ntdvd_bound(dev);
	else
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

/*
 * By the list and not by the bus: a device that is being removed has left the bus
 * before its driver is unbound.
 */
static void ntdvd_remove_all(void)
{
	struct ntdvd_drive *drive;
	struct device *dev;

	mutex_lock(&ntdvd_drives_lock);
	ntdvd_unloading = true;
	while ((drive = list_first_entry_or_null(&ntdvd_drives,
						 struct ntdvd_drive, list))) {
		dev = get_device(&drive->sdev->sdev_gendev);
		mutex_unlock(&ntdvd_drives_lock);
		device_lock(dev);
		ntdvd_remove(to_scsi_device(dev));
		device_unlock(dev);
		put_device(dev);
		mutex_lock(&ntdvd_drives_lock);
	}
	mutex_unlock(&ntdvd_drives_lock);
}

/* Called one at a time, for each SCSI device */
static int ntdvd_see_device(NTDVD_ADD_DEV_ARGS(cdev))
{
	typeof(scsi_bus) bus = to_scsi_device(cdev->parent)->sdev_gendev.bus;
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
	/* When it is over, programs run before notifiers do. */
	if (action == PM_SUSPEND_PREPARE || action == PM_HIBERNATION_PREPARE)
		ntdvd_note_suspend();
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
	ntdvd_remove_all();
	if (scsi_bus)
		bus_unregister_notifier(scsi_bus, &ntdvd_bus_notifier);
	unregister_pm_notifier(&ntdvd_pm_notifier);
	debugfs_remove(ntdvd_debugfs);
	destroy_workqueue(ntdvd_workqueue);
}

module_init(ntdvd_init);
module_exit(ntdvd_exit);
MODULE_DESCRIPTION("Windows DVD interface of DVD drives");
MODULE_LICENSE("GPL");
MODULE_ALIAS_SCSI_DEVICE(TYPE_ROM);
