// SPDX-License-Identifier: GPL-2.0-only
/* SCSI hosts with an emulated drive each, so that the real sr is above it. */
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "host.h"

static unsigned int drives = 1;
module_param(drives, uint, 0444);
MODULE_PARM_DESC(drives, "number of drives, 0 to 64");

static unsigned int max_sectors;
module_param(max_sectors, uint, 0644);
MODULE_PARM_DESC(max_sectors, "longest transfer of a drive that is plugged in, 0 for 64 KiB; 64 with some of usb-storage's quirks");

static unsigned int dma_mask;
module_param(dma_mask, uint, 0444);
MODULE_PARM_DESC(dma_mask, "alignment mask of transfers, 0 for the mid-layer's own; SATA and USB hosts have 511");

/**
 * struct scsi_drive - an emulated drive on a SCSI host
 * @host: what all hosts have.
 * @shost: the mid-layer's host, NULL while unplugged; under @host.control.
 * @pending: commands without an answer; under @host.lock. Who takes one off the
 *	list completes it.
 */
struct scsi_drive {
	struct host host;
	struct Scsi_Host *shost;
	struct list_head pending;
};

static struct scsi_drive *hosts;
static struct device *host_root;

/* What belongs to a command that waits: for the timer, or, hung, for ever */
struct host_command {
	struct scsi_cmnd *cmd;
	struct list_head list;
	bool waits;
	struct hrtimer timer;	/* if it does */
};

static struct scsi_drive *host_of(struct scsi_cmnd *cmd)
{
	return *(struct scsi_drive **)shost_priv(cmd->device->host);
}

/* What the drive makes of a command; false if it never answers. The lock is held. */
static bool host_answer(struct scsi_drive *host, struct scsi_cmnd *cmd)
{
	struct target *target = &host->host.target;
	u32 length = scsi_bufflen(cmd), out = 0, in = 0;
	struct target_answer answer;
	u8 cdb[DRIVE_CDB_SIZE] = { 0 };

	memcpy(cdb, cmd->cmnd, min_t(size_t, cmd->cmd_len, DRIVE_CDB_SIZE));
	if (cmd->sc_data_direction == DMA_TO_DEVICE) {
		out = length;
		scsi_sg_copy_to_buffer(cmd, target->out, TARGET_LOG_BYTES);
	} else if (cmd->sc_data_direction == DMA_FROM_DEVICE) {
		in = length;
	}
	host_run(&host->host, cdb, out, in, &answer);
	cmd->result = answer.status;
	switch (answer.fault) {
	case TARGET_HANG:
	case TARGET_LOST_HANG:
		return false;
	case TARGET_ERROR:
	case TARGET_LOST_ERROR:
		cmd->result = DID_ERROR << 16;
		break;
	case TARGET_HOST:
	case TARGET_LOST_HOST:
		cmd->result = answer.value << 16;
		break;
	default:
		if (answer.status == SAM_STAT_CHECK_CONDITION)
			memcpy(cmd->sense_buffer, answer.sense, DRIVE_SENSE_SIZE);
		break;
	}
	scsi_sg_copy_from_buffer(cmd, target->buffer, answer.length);
	if (!target->no_residue && cmd->sc_data_direction == DMA_FROM_DEVICE)
		scsi_set_resid(cmd, length - answer.length);
	return true;
}

/* Like the interrupt of a real host */
static enum hrtimer_restart host_delay_is_over(struct hrtimer *timer)
{
	struct host_command *command = container_of(timer, struct host_command,
						    timer);
	struct scsi_cmnd *cmd = command->cmd;
	struct scsi_drive *host = host_of(cmd);
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&host->host.lock, flags);
	mine = !list_empty(&command->list);
	if (mine && host->host.unplugged)
		cmd->result = DID_NO_CONNECT << 16;
	else if (mine)
		mine = host_answer(host, cmd);
	if (mine)
		list_del_init(&command->list);
	spin_unlock_irqrestore(&host->host.lock, flags);
	if (mine)
		scsi_done(cmd);
	return HRTIMER_NORESTART;
}

static NTDVD_QC_STATUS host_queue(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	struct host_command *command = scsi_cmd_priv(cmd);
	struct scsi_drive *host = host_of(cmd);
	unsigned int delay;
	unsigned long flags;

	command->cmd = cmd;
	INIT_LIST_HEAD(&command->list);
	spin_lock_irqsave(&host->host.lock, flags);
	delay = host->host.target.delay;
	command->waits = false;
	if (host->host.unplugged)
		cmd->result = DID_NO_CONNECT << 16;
	else
		command->waits = delay || !host_answer(host, cmd);
	if (command->waits) {
		hrtimer_setup(&command->timer, host_delay_is_over,
			      CLOCK_MONOTONIC, HRTIMER_MODE_REL);
		list_add_tail(&command->list, &host->pending);
		if (delay)
			hrtimer_start(&command->timer, ms_to_ktime(delay),
				      HRTIMER_MODE_REL);
	}
	spin_unlock_irqrestore(&host->host.lock, flags);
	if (!command->waits)
		scsi_done(cmd);
	return 0;
}

/*
 * The mid-layer owns the command again after this, so that even one that is no
 * longer on the list, but not yet completed, has to be waited for.
 */
static void host_take_back(struct scsi_drive *host, struct host_command *command)
{
	spin_lock_irq(&host->host.lock);
	list_del_init(&command->list);
	spin_unlock_irq(&host->host.lock);
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
	struct scsi_drive *host = host_of(cmd);

	/*
	 * This one may be off the list, but not yet completed. That of
	 * SG_SCSI_RESET was never queued.
	 */
	if (command->cmd)
		host_take_back(host, command);
	spin_lock_irq(&host->host.lock);
	while ((command = list_first_entry_or_null(&host->pending,
						   struct host_command, list))) {
		spin_unlock_irq(&host->host.lock);
		host_take_back(host, command);
		spin_lock_irq(&host->host.lock);
	}
	spin_unlock_irq(&host->host.lock);
	host_reset_drive(&host->host);
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
	.max_sectors = TARGET_BUFFER / 512,
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

static int host_plug(struct host *generic)
{
	struct scsi_drive *host = container_of(generic, struct scsi_drive, host);
	struct Scsi_Host *shost;
	int err;

	if (host->shost)
		return -EEXIST;
	shost = scsi_host_alloc(&host_template, sizeof(host));
	if (!shost)
		return -ENOMEM;
	*(struct scsi_drive **)shost_priv(shost) = host;
	shost->max_id = 1;
	shost->max_lun = 1;
	shost->max_cmd_len = DRIVE_CDB_SIZE;
	if (max_sectors)
		shost->max_sectors = max_sectors;
	err = scsi_add_host(shost, host_root);
	if (err) {
		scsi_host_put(shost);
		return err;
	}
	spin_lock_irq(&generic->lock);
	generic->unplugged = false;
	spin_unlock_irq(&generic->lock);
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
static void host_hurry_pending(struct scsi_drive *host)
{
	struct host_command *command;

	spin_lock_irq(&host->host.lock);
	host->host.unplugged = true;
	list_for_each_entry(command, &host->pending, list)
		if (hrtimer_try_to_cancel(&command->timer) >= 0)
			hrtimer_start(&command->timer, 0, HRTIMER_MODE_REL);
	spin_unlock_irq(&host->host.lock);
}

static void host_unplug(struct host *generic)
{
	struct scsi_drive *host = container_of(generic, struct scsi_drive, host);

	if (!host->shost)
		return;
	host_set_offline(host->shost);
	host_hurry_pending(host);
	scsi_remove_host(host->shost);
	scsi_host_put(host->shost);
	host->shost = NULL;

	host_reset_drive(generic);
}

static size_t host_pending(struct host *generic)
{
	struct scsi_drive *host = container_of(generic, struct scsi_drive, host);
	struct list_head *entry;
	size_t count = 0;

	list_for_each(entry, &host->pending)
		count++;
	return count;
}

static const struct host_operations host_operations = {
	.plug = host_plug,
	.unplug = host_unplug,
	.pending = host_pending,
};

static void host_exit_one(struct scsi_drive *host)
{
	mutex_lock(&host->host.control);
	host_unplug(&host->host);
	mutex_unlock(&host->host.control);
	host_clean_up(&host->host);
}

static int host_init_one(struct scsi_drive *host, unsigned int number)
{
	const u32 can = TARGET_EVERY_HOST | TARGET_BIT(TARGET_SHORT) |
			TARGET_BIT(TARGET_STATUS) | TARGET_BIT(TARGET_HOST) |
			TARGET_BIT(TARGET_LOST_HOST);
	int err;

	INIT_LIST_HEAD(&host->pending);
	err = host_set_up(&host->host, number, &host_operations, can);
	if (err)
		return err;
	mutex_lock(&host->host.control);
	err = host_plug(&host->host);
	mutex_unlock(&host->host.control);
	if (err)
		host_clean_up(&host->host);
	return err;
}

static void host_exit_all(unsigned int number)
{
	while (number--)
		host_exit_one(&hosts[number]);
	host_remove_directory();
	root_device_unregister(host_root);
	kfree(hosts);
}

static int __init host_init(void)
{
	unsigned int i;
	int err;

	if (drives > 64)
		return -EINVAL;
	hosts = kcalloc(drives, sizeof(*hosts), GFP_KERNEL);
	host_root = root_device_register("ntdvd_drive");
	if (!hosts || IS_ERR(host_root)) {
		if (!IS_ERR(host_root))
			root_device_unregister(host_root);
		kfree(hosts);
		return -ENOMEM;
	}
	host_add_directory();
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
