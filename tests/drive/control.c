// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a test can do to an emulated drive, and see of it: control, log and
 * state in debugfs, ntdvd_drive/N/.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <scsi/scsi.h>

#include "host.h"

#define CONTROL_LENGTH 64

static int control_disc(struct host *host, const char *word, const char *args)
{
	spin_lock_irq(&host->lock);
	if (*word != 'i')
		drive_eject(&host->drive);
	if (*word != 'e')
		drive_insert(&host->drive);
	spin_unlock_irq(&host->lock);
	return 0;
}

static int control_reset(struct host *host, const char *word, const char *args)
{
	spin_lock_irq(&host->lock);
	drive_reset(&host->drive);
	spin_unlock_irq(&host->lock);
	return 0;
}

static int control_unplug(struct host *host, const char *word, const char *args)
{
	host_unplug(host);
	return 0;
}

static int control_plug(struct host *host, const char *word, const char *args)
{
	return host_plug(host);
}

static int control_delay(struct host *host, const char *word, const char *args)
{
	unsigned int delay;
	int err = kstrtouint(args, 10, &delay);

	if (!err)
		WRITE_ONCE(host->delay, delay);
	return err;
}

static int control_feature(struct host *host, const char *word, const char *args)
{
	const struct {
		const char *name;
		bool *feature;
	} features[] = {
		{ "dvd_read ", &host->drive.dvd_read },
		{ "dvd_css ", &host->drive.dvd_css },
		{ "aacs ", &host->drive.aacs },
	};
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(features); i++) {
		length = str_has_prefix(args, features[i].name);
		if (length)
			return kstrtobool(args + length, features[i].feature);
	}
	return -EINVAL;
}

static int control_residue(struct host *host, const char *word, const char *args)
{
	bool residue;
	int err = kstrtobool(args, &residue);

	if (!err)
		WRITE_ONCE(host->no_residue, !residue);
	return err;
}

static int control_log(struct host *host, const char *word, const char *args)
{
	bool log;
	int err = kstrtobool(args, &log);

	if (!err)
		WRITE_ONCE(host->no_log, !log);
	return err;
}

static int control_fault(struct host *host, const char *word, const char *args)
{
	struct host_fault fault = { 0 };
	unsigned int key, asc, ascq;
	int i, err = -ENOSPC;

	switch (*word) {
	case 's': /* sense, short, status */
		if (!strcmp(word, "sense")) {
			fault.kind = HOST_FAULT_SENSE;
			if (sscanf(args, "%x %x %x %u %hhx", &key, &asc, &ascq,
				   &fault.count, &fault.opcode) != 5)
				return -EINVAL;
			fault.value = DRIVE_SENSE(key, asc, ascq);
			break;
		}
		fault.kind = !strcmp(word, "short") ? HOST_FAULT_SHORT :
						      HOST_FAULT_STATUS;
		break;
	case 'h':
		fault.kind = HOST_FAULT_HOST;
		break;
	case 'l':
		fault.kind = HOST_FAULT_LOST;
		break;
	}
	if (fault.kind != HOST_FAULT_SENSE &&
	    sscanf(args, "%x %u %hhx", &fault.value, &fault.count,
		   &fault.opcode) != 3)
		return -EINVAL;

	spin_lock_irq(&host->lock);
	for (i = 0; i < HOST_FAULTS && err; i++) {
		if (!host->faults[i].count) {
			host->faults[i] = fault;
			err = 0;
		}
	}
	spin_unlock_irq(&host->lock);
	return err;
}

static int control_clear(struct host *host, const char *word, const char *args)
{
	spin_lock_irq(&host->lock);
	memset(host->faults, 0, sizeof(host->faults));
	host->delay = 0;
	host->no_residue = false;
	host->no_log = false;
	spin_unlock_irq(&host->lock);
	return 0;
}

/* All numbers are hexadecimal but COUNT and MS. */
static const struct control_word {
	const char *word;
	int (*run)(struct host *host, const char *word, const char *args);
} control_words[] = {
	{ "eject", control_disc },
	{ "insert", control_disc },
	{ "change", control_disc },
	{ "reset", control_reset },
	{ "unplug", control_unplug },
	{ "plug", control_plug },
	{ "delay", control_delay },	/* MS */
	{ "feature", control_feature },	/* dvd_read|dvd_css|aacs on|off */
	{ "residue", control_residue },	/* on|off */
	{ "log", control_log },		/* on|off */
	{ "sense", control_fault },	/* KEY ASC ASCQ COUNT OPCODE */
	{ "short", control_fault },	/* LENGTH COUNT OPCODE */
	{ "status", control_fault },	/* SCSI-STATUS COUNT OPCODE */
	{ "host", control_fault },	/* HOST-BYTE COUNT OPCODE */
	{ "lost", control_fault },	/* HOST-BYTE COUNT OPCODE, but it is done */
	{ "clear", control_clear },	/* faults, delay, residue and log */
};

static ssize_t control_write(struct file *file, const char __user *text,
			     size_t length, loff_t *at)
{
	struct host *host = file->private_data;
	char line[CONTROL_LENGTH + 1] = "", *args = line, *word;
	int err = -EINVAL;
	size_t i;

	if (length > CONTROL_LENGTH || copy_from_user(line, text, length))
		return -EINVAL;
	strim(line);
	word = strsep(&args, " ");
	for (i = 0; i < ARRAY_SIZE(control_words); i++) {
		if (strcmp(word, control_words[i].word))
			continue;
		mutex_lock(&host->control);
		err = control_words[i].run(host, word, args ?: "");
		mutex_unlock(&host->control);
	}
	return err ? err : length;
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = control_write,
};

static void log_show_bytes(struct seq_file *file, const char *name,
			   const u8 *bytes, u32 length)
{
	seq_printf(file, " %s=", name);
	if (length)
		seq_printf(file, "%*phN", (int)min_t(u32, length, 64), bytes);
	if (length > 64)
		seq_printf(file, "%*phN", (int)min_t(u32, length - 64, 64),
			   bytes + 64);
	if (!length)
		seq_putc(file, '-');
}

/* One line a command: CDB, data-out, data-in, result and sense */
static int log_show(struct seq_file *file, void *unused)
{
	struct host *host = file->private;
	struct host_entry *entry;
	u64 i;

	entry = kmalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	spin_lock_irq(&host->lock);
	i = host->logged > HOST_LOG ? host->logged - HOST_LOG : 0;
	if (i)
		seq_printf(file, "lost %llu\n", i);
	for (; i < host->logged; i++) {
		*entry = host->log[i % HOST_LOG];
		spin_unlock_irq(&host->lock);
		seq_printf(file, "%*phN", DRIVE_CDB_SIZE, entry->cdb);
		log_show_bytes(file, "out", entry->out, entry->out_length);
		log_show_bytes(file, "in", entry->in, entry->in_length);
		seq_printf(file, " result=%08x sense=%x/%02x/%02x\n", entry->result,
			   entry->sense >> 16 & 0xf, entry->sense >> 8 & 0xff,
			   entry->sense & 0xff);
		spin_lock_irq(&host->lock);
	}
	spin_unlock_irq(&host->lock);
	kfree(entry);
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
	host->logged = 0;
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

static size_t list_count(struct list_head *list)
{
	struct list_head *entry;
	size_t count = 0;

	list_for_each(entry, list)
		count++;
	return count;
}

static int state_show(struct seq_file *file, void *unused)
{
	static const char *const classes[] = { "css", "aacs" };
	static const char *const states[] = {
		"free", "granted", "challenged", "key1-sent", "challenge-sent",
		"authenticated",
	};
	struct host *host = file->private;
	unsigned int faults = 0;
	struct drive drive;
	size_t pending;
	int class, agid, i;

	spin_lock_irq(&host->lock);
	drive = host->drive;
	pending = list_count(&host->pending);
	for (i = 0; i < HOST_FAULTS; i++)
		faults += host->faults[i].count;
	spin_unlock_irq(&host->lock);
	seq_printf(file, "pending %zu\nfaults %u\nattention %02x\nmedium %d\n",
		   pending, faults, drive.attention, drive.medium);
	seq_printf(file, "region_mask %02x\nuser_changes %u\nvendor_resets %u\n",
		   drive.region_mask, drive.user_changes, drive.vendor_resets);
	for (class = 0; class < DRIVE_CLASSES; class++) {
		seq_printf(file, "%s:", classes[class]);
		for (agid = 0; agid < DRIVE_AGIDS; agid++)
			seq_printf(file, " %s",
				   states[drive.sessions[class][agid].auth]);
		seq_putc(file, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

/**
 * host_add_files() - give tests their hands on a drive
 * @host: the drive.
 * @directory: its directory in debugfs.
 */
void host_add_files(struct host *host, struct dentry *directory)
{
	debugfs_create_file("control", 0200, directory, host, &control_fops);
	debugfs_create_file("log", 0600, directory, host, &log_fops);
	debugfs_create_file("state", 0400, directory, host, &state_fops);
}
