// SPDX-License-Identifier: GPL-2.0-only
/*
 * A test's hands on an emulated drive below a host of the kernel's: control, log
 * and state in debugfs, ntdvd_drive/N/.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "host.h"

#define CONTROL_LENGTH 192

static int control_run(struct host *host, const char *word, const char *args)
{
	int err;

	if (!strcmp(word, "plug"))
		return host->operations->plug(host);
	if (!strcmp(word, "unplug")) {
		host->operations->unplug(host);
		return 0;
	}
	spin_lock_irq(&host->lock);
	err = target_control(&host->target, word, args);
	spin_unlock_irq(&host->lock);
	return err;
}

static ssize_t control_write(struct file *file, const char __user *text,
			     size_t length, loff_t *at)
{
	struct host *host = file->private_data;
	char line[CONTROL_LENGTH + 1] = "", *args = line, *word;
	int err;

	if (length > CONTROL_LENGTH || copy_from_user(line, text, length))
		return -EINVAL;
	strim(line);
	word = strsep(&args, " ");
	mutex_lock(&host->control);
	err = control_run(host, word, args ?: "");
	mutex_unlock(&host->control);
	return err ?: length;
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = control_write,
};

static int log_show(struct seq_file *file, void *unused)
{
	struct host *host = file->private;
	char *line = kmalloc(TARGET_LINE, GFP_KERNEL);
	u64 i;

	if (!line)
		return -ENOMEM;
	spin_lock_irq(&host->lock);
	i = target_log_start(&host->target);
	if (i)
		seq_printf(file, "lost %llu\n", i);
	for (; i < host->target.logged; i++) {
		target_log_line(&host->target, i, line);
		spin_unlock_irq(&host->lock);
		seq_puts(file, line);
		spin_lock_irq(&host->lock);
	}
	spin_unlock_irq(&host->lock);
	kfree(line);
	return 0;
}

static int log_open(struct inode *inode, struct file *file)
{
	return single_open(file, log_show, inode->i_private);
}

static ssize_t log_write(struct file *file, const char __user *text,
			 size_t length, loff_t *at)
{
	struct host *host = ((struct seq_file *)file->private_data)->private;

	spin_lock_irq(&host->lock);
	host->target.logged = 0;
	spin_unlock_irq(&host->lock);
	return length;
}

static const struct file_operations log_fops = {
	.owner = THIS_MODULE,
	.open = log_open,
	.read = seq_read,
	.write = log_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int state_show(struct seq_file *file, void *unused)
{
	struct host *host = file->private;
	char *text = kmalloc(TARGET_STATE, GFP_KERNEL);

	if (!text)
		return -ENOMEM;
	spin_lock_irq(&host->lock);
	target_state(&host->target, host->operations->pending(host), text);
	spin_unlock_irq(&host->lock);
	seq_puts(file, text);
	kfree(text);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static struct dentry *host_directory;

/**
 * host_run() - have the drive carry out a command
 * @host: the host; its lock is held.
 * @cdb: see target_run(), as all the others.
 * @out_length: bytes of data-out.
 * @wanted: bytes of data-in that there is room for.
 * @answer: out: what becomes of it.
 */
void host_run(struct host *host, const u8 *cdb, u32 out_length, u32 wanted,
	      struct target_answer *answer)
{
	lockdep_assert_held(&host->lock);
	target_run(&host->target, cdb, out_length, wanted, answer);
}
EXPORT_SYMBOL_GPL(host_run);

/**
 * host_reset_drive() - the drive is reset
 * @host: the host.
 */
void host_reset_drive(struct host *host)
{
	spin_lock_irq(&host->lock);
	drive_reset(&host->target.drive);
	spin_unlock_irq(&host->lock);
}
EXPORT_SYMBOL_GPL(host_reset_drive);

/**
 * host_set_up() - give a host its emulated drive, and tests their hands on it
 * @host: the host.
 * @number: of the drive.
 * @operations: what the host can.
 * @can: TARGET_BIT() of the faults that it can have.
 *
 * Return: 0 or a negative errno.
 */
int host_set_up(struct host *host, unsigned int number,
		const struct host_operations *operations, u32 can)
{
	char name[12];

	mutex_init(&host->control);
	spin_lock_init(&host->lock);
	host->operations = operations;
	host->target.can = can;
	drive_init(&host->target.drive);
	host->target.drive.number = number;
	host->target.buffer = vzalloc(TARGET_BUFFER);
	host->target.log = vzalloc(array_size(TARGET_LOG, sizeof(*host->target.log)));
	if (!host->target.buffer || !host->target.log) {
		host_clean_up(host);
		return -ENOMEM;
	}
	snprintf(name, sizeof(name), "%u", number);
	host->files = debugfs_create_dir(name, host_directory);
	debugfs_create_file("control", 0200, host->files, host, &control_fops);
	debugfs_create_file("log", 0600, host->files, host, &log_fops);
	debugfs_create_file("state", 0400, host->files, host, &state_fops);
	return 0;
}
EXPORT_SYMBOL_GPL(host_set_up);

/**
 * host_clean_up() - take back what host_set_up() gave
 * @host: the host; its drive is unplugged.
 */
void host_clean_up(struct host *host)
{
	debugfs_remove(host->files);
	vfree(host->target.buffer);
	vfree(host->target.log);
}
EXPORT_SYMBOL_GPL(host_clean_up);

void host_add_directory(void)
{
	host_directory = debugfs_create_dir("ntdvd_drive", NULL);
}

void host_remove_directory(void)
{
	debugfs_remove(host_directory);
}
