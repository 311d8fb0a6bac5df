// SPDX-License-Identifier: GPL-2.0-only
/* SCSI hosts with an emulated drive each, so that the real sr is above it. */
#include <linux/blkdev.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "../../drivers/ntdvd/compat.h"
#include "host.h"

static unsigned int drives = 1;
module_param(drives, uint, 0444);
MODULE_PARM_DESC(drives, "number of drives, 1 to 64");

static unsigned int dma_mask;
module_param(dma_mask, uint, 0444);
MODULE_PARM_DESC(dma_mask, "alignment mask of transfers, 0 for the mid-layer's own; SATA and USB hosts have 511");

static struct host *hosts;
static struct device *host_root;
static struct dentry *host_debugfs;

/* What belongs to a command that waits */
struct host_command {
	struct scsi_cmnd *cmd;
	struct list_head list;
	bool waits;
	struct hrtimer timer;	/* if it does */
};

static struct host *host_of(struct scsi_cmnd *cmd)
{
	return *(struct host **)shost_priv(cmd->device->host);
}

static struct host_fault *host_find_fault(struct host *host, u8 opcode)
{
	static struct host_fault none;
	int i;

	for (i = 0; i < HOST_FAULTS; i++) {
		if (host->faults[i].count && host->faults[i].opcode == opcode) {
			host->faults[i].count--;
			return &host->faults[i];
		}
	}
	return &none;
}

static void host_set_sense(struct scsi_cmnd *cmd, u32 sense)
{
	scsi_build_sense(cmd, 0, sense >> 16 & 0xf, sense >> 8 & 0xff, sense & 0xff);
}

/* The drive does the command. Returns the bytes of data-in, or the sense. */
static u32 host_run(struct host *host, struct scsi_cmnd *cmd, u32 *length)
{
	struct drive_command command = {
		.out = host->out,
		.in = host->buffer,
		.in_size = HOST_BUFFER,
	};

	memcpy(command.cdb, cmd->cmnd, min_t(size_t, cmd->cmd_len, DRIVE_CDB_SIZE));
	if (cmd->sc_data_direction == DMA_TO_DEVICE)
		command.out_length = min_t(u32, scsi_bufflen(cmd), HOST_LOG_BYTES);
	*length = 0;
	if (!drive_run(&host->drive, &command))
		return DRIVE_SENSE(command.sense[2], command.sense[12],
				   command.sense[13]);
	if (cmd->sc_data_direction == DMA_FROM_DEVICE)
		*length = min(command.in_length, scsi_bufflen(cmd));
	return 0;
}

static void host_log(struct host *host, struct scsi_cmnd *cmd, u32 out, u32 in,
		     u32 sense)
{
	struct host_entry *entry = &host->log[host->logged++ % HOST_LOG];

	*entry = (struct host_entry) {
		.out_length = out,
		.in_length = in,
		.result = cmd->result,
		.sense = sense,
	};
	memcpy(entry->cdb, cmd->cmnd, min_t(size_t, cmd->cmd_len, DRIVE_CDB_SIZE));
	memcpy(entry->out, host->out, min_t(u32, out, HOST_LOG_BYTES));
	memcpy(entry->in, host->buffer, min_t(u32, in, HOST_LOG_BYTES));
}

/* Sets the result of a command. The caller holds the lock. */
static void host_answer(struct host *host, struct scsi_cmnd *cmd)
{
	struct host_fault *fault = host_find_fault(host, cmd->cmnd[0]);
	u32 out = 0, length = 0, sense = 0;

	if (cmd->sc_data_direction == DMA_TO_DEVICE) {
		out = scsi_bufflen(cmd);
		scsi_sg_copy_to_buffer(cmd, host->out, HOST_LOG_BYTES);
	}
	cmd->result = 0;
	switch (fault->kind) {
	case HOST_FAULT_NONE:
	case HOST_FAULT_SHORT:
		sense = host_run(host, cmd, &length);
		if (fault->kind == HOST_FAULT_SHORT)
			length = min(length, fault->value);
		break;
	case HOST_FAULT_LOST:
		host_run(host, cmd, &length);
		length = 0;
		cmd->result = fault->value << 16;
		break;
	case HOST_FAULT_HOST:
		cmd->result = fault->value << 16;
		break;
	case HOST_FAULT_STATUS:
		cmd->result = fault->value;
		break;
	case HOST_FAULT_SENSE:
		/* what was recovered comes with its data */
		if (fault->value >> 16 == RECOVERED_ERROR)
			sense = host_run(host, cmd, &length);
		sense = sense ?: fault->value;
		break;
	}
	if (sense)
		host_set_sense(cmd, sense);
	scsi_sg_copy_from_buffer(cmd, host->buffer, length);
	if (!host->no_residue && cmd->sc_data_direction == DMA_FROM_DEVICE)
		scsi_set_resid(cmd, scsi_bufflen(cmd) - length);
	if (!host->no_log)
		host_log(host, cmd, out, length, sense);
}

/* Like the interrupt of a real host */
static enum hrtimer_restart host_delay_is_over(struct hrtimer *timer)
{
	struct host_command *command = container_of(timer, struct host_command,
						    timer);
	struct scsi_cmnd *cmd = command->cmd;
	struct host *host = host_of(cmd);
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&host->lock, flags);
	mine = !list_empty(&command->list);
	if (mine) {
		list_del_init(&command->list);
		if (host->unplugged)
			cmd->result = DID_NO_CONNECT << 16;
		else
			host_answer(host, cmd);
	}
	spin_unlock_irqrestore(&host->lock, flags);
	if (mine)
		scsi_done(cmd);
	return HRTIMER_NORESTART;
}

static NTDVD_QC_STATUS host_queue(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	struct host_command *command = scsi_cmd_priv(cmd);
	struct host *host = host_of(cmd);
	unsigned long flags;
	bool waits;

	command->cmd = cmd;
	INIT_LIST_HEAD(&command->list);
	spin_lock_irqsave(&host->lock, flags);
	waits = host->delay && !host->unplugged;
	command->waits = waits;
	if (waits) {
		hrtimer_setup(&command->timer, host_delay_is_over,
			      CLOCK_MONOTONIC, HRTIMER_MODE_REL);
		list_add_tail(&command->list, &host->pending);
		hrtimer_start(&command->timer, ms_to_ktime(host->delay),
			      HRTIMER_MODE_REL);
	} else if (host->unplugged) {
		cmd->result = DID_NO_CONNECT << 16;
	} else {
		host_answer(host, cmd);
	}
	spin_unlock_irqrestore(&host->lock, flags);
	if (!waits)
		scsi_done(cmd);
	return 0;
}

/*
 * The mid-layer owns the command again after this, so that even one that is no
 * longer on the list, but not yet completed, has to be waited for.
 */
static void host_take_back(struct host *host, struct host_command *command)
{
	spin_lock_irq(&host->lock);
	list_del_init(&command->list);
	spin_unlock_irq(&host->lock);
	if (command->waits)
		hrtimer_cancel(&command->timer);
}

static int host_abort(struct scsi_cmnd *cmd)
{
	host_take_back(host_of(cmd), scsi_cmd_priv(cmd));
	return SUCCESS;
}

/*
 * A command that times out a second time comes here without an abort, and the
 * mid-layer finishes it.
 */
static int host_reset(struct scsi_cmnd *cmd)
{
	struct host_command *command = scsi_cmd_priv(cmd);
	struct host *host = host_of(cmd);

	/*
	 * This one may be off the list, but not yet completed. That of
	 * SG_SCSI_RESET was never queued.
	 */
	if (command->cmd)
		host_take_back(host, command);
	spin_lock_irq(&host->lock);
	while ((command = list_first_entry_or_null(&host->pending,
						   struct host_command, list))) {
		spin_unlock_irq(&host->lock);
		host_take_back(host, command);
		spin_lock_irq(&host->lock);
	}
	drive_reset(&host->drive);
	spin_unlock_irq(&host->lock);
	return SUCCESS;
}

static struct scsi_host_template host_template = {
	.module = THIS_MODULE,
	.name = "emulated DVD drive",
	.proc_name = "ntdvd_drive",
	.queuecommand = host_queue,
	.eh_abort_handler = host_abort,
	.eh_device_reset_handler = host_reset,
	.eh_bus_reset_handler = host_reset,
	.eh_host_reset_handler = host_reset,
	.skip_settle_delay = 1,
	.can_queue = 8,
	.cmd_per_lun = 1,
	.this_id = -1,
	.sg_tablesize = SG_ALL,
	.max_sectors = HOST_BUFFER / 512,
	.cmd_size = sizeof(struct host_command),
};

static void host_set_dma_mask(struct Scsi_Host *shost)
{
	struct scsi_device *sdev = scsi_device_lookup(shost, 0, 0, 0);

	if (!sdev)
		return;
	sdev->request_queue->limits.dma_alignment = dma_mask;
	scsi_device_put(sdev);
}

/**
 * host_plug() - connect a drive that is not
 * @host: the drive.
 *
 * Context: sleeps. The caller holds @host->control.
 * Return: 0 or a negative errno.
 */
int host_plug(struct host *host)
{
	struct Scsi_Host *shost;
	int err;

	if (host->shost)
		return -EEXIST;
	shost = scsi_host_alloc(&host_template, sizeof(host));
	if (!shost)
		return -ENOMEM;
	*(struct host **)shost_priv(shost) = host;
	shost->max_id = 1;
	shost->max_lun = 1;
	shost->max_cmd_len = DRIVE_CDB_SIZE;
	err = scsi_add_host(shost, host_root);
	if (err) {
		scsi_host_put(shost);
		return err;
	}
	spin_lock_irq(&host->lock);
	host->unplugged = false;
	spin_unlock_irq(&host->lock);
	host->shost = shost;
	scsi_scan_host(shost);
	if (dma_mask)
		host_set_dma_mask(shost);
	return 0;
}

/* As a transport does that has lost its link: what is sent fails at once. */
static void host_set_offline(struct Scsi_Host *shost)
{
	struct scsi_device *sdev = scsi_device_lookup(shost, 0, 0, 0);

	if (!sdev)
		return;
	mutex_lock(&sdev->state_mutex);
	scsi_device_set_state(sdev, SDEV_TRANSPORT_OFFLINE);
	mutex_unlock(&sdev->state_mutex);
	scsi_device_put(sdev);
}

/*
 * The timer completes the commands, and it alone, at once now. One that cannot
 * be cancelled is doing so already.
 */
static void host_hurry_pending(struct host *host)
{
	struct host_command *command;

	spin_lock_irq(&host->lock);
	host->unplugged = true;
	list_for_each_entry(command, &host->pending, list)
		if (hrtimer_try_to_cancel(&command->timer) == 1)
			hrtimer_start(&command->timer, 0, HRTIMER_MODE_REL);
	spin_unlock_irq(&host->lock);
}

/**
 * host_unplug() - pull a drive, with what it is doing
 * @host: the drive.
 *
 * Context: sleeps. The caller holds @host->control.
 */
void host_unplug(struct host *host)
{
	if (!host->shost)
		return;
	host_set_offline(host->shost);
	host_hurry_pending(host);
	scsi_remove_host(host->shost);
	scsi_host_put(host->shost);
	host->shost = NULL;

	spin_lock_irq(&host->lock);
	drive_reset(&host->drive);
	spin_unlock_irq(&host->lock);
}

static void host_exit_one(struct host *host)
{
	mutex_lock(&host->control);
	host_unplug(host);
	mutex_unlock(&host->control);
	vfree(host->buffer);
	vfree(host->log);
}

static int host_init_one(struct host *host, unsigned int number)
{
	char name[12];
	int err = -ENOMEM;

	mutex_init(&host->control);
	spin_lock_init(&host->lock);
	INIT_LIST_HEAD(&host->pending);
	drive_init(&host->drive);
	host->buffer = vzalloc(HOST_BUFFER);
	host->log = vzalloc(array_size(HOST_LOG, sizeof(*host->log)));
	if (host->buffer && host->log) {
		mutex_lock(&host->control);
		err = host_plug(host);
		mutex_unlock(&host->control);
	}
	if (err) {
		host_exit_one(host);
		return err;
	}
	snprintf(name, sizeof(name), "%u", number);
	host_add_files(host, debugfs_create_dir(name, host_debugfs));
	return 0;
}

static void host_exit_all(unsigned int number)
{
	debugfs_remove(host_debugfs);
	while (number--)
		host_exit_one(&hosts[number]);
	root_device_unregister(host_root);
	kfree(hosts);
}

static int __init host_init(void)
{
	unsigned int i;
	int err;

	if (!drives || drives > 64)
		return -EINVAL;
	hosts = kcalloc(drives, sizeof(*hosts), GFP_KERNEL);
	host_root = root_device_register("ntdvd_drive");
	if (!hosts || IS_ERR(host_root)) {
		if (!IS_ERR(host_root))
			root_device_unregister(host_root);
		kfree(hosts);
		return -ENOMEM;
	}
	host_debugfs = debugfs_create_dir("ntdvd_drive", NULL);
	for (i = 0; i < drives; i++) {
		err = host_init_one(&hosts[i], i);
		if (err) {
			host_exit_all(i);
			return err;
		}
	}
	return 0;
}

static void __exit host_exit(void)
{
	host_exit_all(drives);
}

module_init(host_init);
module_exit(host_exit);
MODULE_DESCRIPTION("Emulated DVD drives, for tests");
MODULE_LICENSE("GPL");
