// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/ntdvdN for each /dev/srN.
 *
 * Whether a SCSI device is a drive is for sr to say, so ntdvd follows sr: the
 * node is there while sr is bound. A notifier on the SCSI bus tells of that in
 * every order of loading and removing; a SCSI class interface does not, but
 * its first device leads to the bus, which is not exported.
 */
#include <linux/blkdev.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_driver.h>

#include "ntdvd.h"

/* The bus that the notifier is on, NULL until there is a SCSI device */
static typeof_member(struct device, bus) scsi_bus;

/*
 * Drives that sr is bound to: entries have a valid sdev; add and remove under its
 * device_lock().
 */
static LIST_HEAD(ntdvd_drives);
static DEFINE_MUTEX(ntdvd_drives_lock);	/* the list and what follows */
static bool ntdvd_unloading;

static struct dentry *ntdvd_debugfs;

/* Runs under misc_mtx, which all nodes of the class share: must not wait for a drive. */
static int ntdvd_open(struct inode *inode, struct file *file)
{
	struct ntdvd_drive *drive = container_of(file->private_data,
						 struct ntdvd_drive, misc);
	struct ntdvd_file *ntdvd_file = kzalloc(sizeof(*ntdvd_file), GFP_KERNEL_ACCOUNT);

	if (!ntdvd_file)
		return -ENOMEM;
	kref_get(&drive->kref);
	ntdvd_file->drive = drive;
	file->private_data = ntdvd_file;
	return nonseekable_open(inode, file);
}

static int ntdvd_release(struct inode *inode, struct file *file)
{
	ntdvd_close_file(file->private_data);
	return 0;
}

static const struct file_operations ntdvd_fops = {
	.owner = THIS_MODULE,
	.open = ntdvd_open,
	.release = ntdvd_release,
	.unlocked_ioctl = ntdvd_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* The N of srN, which is the name of the disk */
static int ntdvd_disk_number(const struct device *dev, unsigned int *number)
{
	char end;

	return sscanf(dev_name(dev), "sr%u%c", number, &end) == 1;
}

static int ntdvd_is_disk(struct device *dev, void *disk)
{
	unsigned int number;

	if (!ntdvd_disk_number(dev, &number))
		return 0;
	*(struct gendisk **)disk = dev_to_disk(dev);
	return 1;
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
	struct gendisk *disk;
	unsigned int number;
	int err = 0;

	if (!device_for_each_child(&sdev->sdev_gendev, &disk, ntdvd_is_disk))
		return -ENODEV;

	drive = ntdvd_drive_alloc(sdev, disk);
	if (!drive)
		return -ENOMEM;
	INIT_WORK(&drive->close_work, ntdvd_close_work);
	ntdvd_disk_number(disk_to_dev(disk), &number);
	snprintf(drive->name, sizeof(drive->name), "ntdvd%u", number);
	drive->misc.minor = MISC_DYNAMIC_MINOR;
	drive->misc.name = drive->name;
	drive->misc.fops = &ntdvd_fops;
	drive->misc.parent = &sdev->sdev_gendev;

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
	ntdvd_drive_put(drive);
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
	drive->disk = NULL;
	ntdvd_unlock(drive);
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

/* A disk that takes long to probe has its device_lock() held, so ask drives alone. */
static int ntdvd_add_if_bound(struct device *dev, void *unused)
{
	const struct scsi_device *sdev;

	if (!scsi_is_sdev_device(dev))
		return 0;
	sdev = to_scsi_device(dev);
	if (sdev->type != TYPE_ROM && sdev->type != TYPE_WORM)
		return 0;
	device_lock(dev);
	if (ntdvd_has_sr(dev))
		ntdvd_bound(dev);
	device_unlock(dev);
	return 0;
}

static void ntdvd_add_bound(struct work_struct *unused)
{
	bus_for_each_dev(scsi_bus, NULL, NULL, ntdvd_add_if_bound);
}

static DECLARE_WORK(ntdvd_add_bound_work, ntdvd_add_bound);

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

/*
 * Called one at a time, for each SCSI device, with a mutex that all that comes and goes
 * in the class waits for. Drives that sr was bound to before are for the work item.
 */
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
	queue_work(ntdvd_workqueue, &ntdvd_add_bound_work);
	return 0;
}

static struct class_interface ntdvd_interface = {
	.add_dev = ntdvd_see_device,
};

static int __init ntdvd_init(void)
{
	int err;

	/* Nothing is sent to a drive in the middle of a suspend. */
	ntdvd_workqueue = alloc_workqueue("ntdvd", WQ_UNBOUND | WQ_FREEZABLE, 0);
	if (!ntdvd_workqueue)
		return -ENOMEM;
	ntdvd_debugfs = debugfs_create_dir("ntdvd", NULL);
	err = scsi_register_interface(&ntdvd_interface);
	if (err)
		goto free;
	/* The nodes of drives that are there already come with the module. */
	flush_work(&ntdvd_add_bound_work);
	return 0;

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
	debugfs_remove(ntdvd_debugfs);
	destroy_workqueue(ntdvd_workqueue);
}

module_init(ntdvd_init);
module_exit(ntdvd_exit);
MODULE_DESCRIPTION("Windows DVD interface of DVD drives");
MODULE_AUTHOR("ntdvd maintainers");
MODULE_VERSION(NTDVD_VERSION);
MODULE_LICENSE("GPL");
MODULE_ALIAS_SCSI_DEVICE(TYPE_ROM);
MODULE_ALIAS_SCSI_DEVICE(TYPE_WORM);
