// SPDX-License-Identifier: GPL-2.0-only
/*
 * SATA hosts with an emulated drive each: ports of libata, which does with an
 * ATAPI drive what it does with a real one, errors and resets included.
 */
#include <linux/hrtimer.h>
#include <linux/libata.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <scsi/scsi.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "host.h"

static unsigned int drives = 1;
module_param(drives, uint, 0444);
MODULE_PARM_DESC(drives, "number of drives, 1 to 8");

static bool pio;
module_param(pio, bool, 0444);
MODULE_PARM_DESC(pio, "the drives know no DMA");

#define ANSWER_NS	20000	/* time that a drive takes at least */
#define SSTATUS_LINK	0x113	/* a device, 1.5 Gbit/s, active */

/**
 * struct ata_drive - an emulated drive on a SATA port
 * @host: what all hosts have.
 * @device: the platform device of the controller.
 * @controller: libata's.
 * @timer: runs when the drive is to answer.
 * @hung: it never will. Under the port's lock, as all below.
 * @status: of the last command, as the register has it.
 * @error: likewise.
 * @control: the register SControl.
 */
struct ata_drive {
	struct host host;
	struct platform_device *device;
	struct ata_host *controller;
	struct hrtimer timer;
	bool hung;
	u8 status, error;
	u32 control;
};

static struct ata_drive *ata_drives;

static struct ata_port *ata_drive_port(const struct ata_drive *drive)
{
	return drive->controller->ports[0];
}

static struct ata_drive *drive_of(const struct ata_port *port)
{
	return port->host->private_data;
}

/* ATA strings have the first of two characters in the high byte. */
static void ata_put_string(u16 *words, unsigned int count, const char *text)
{
	unsigned int i;
	u8 pair[2];

	for (i = 0; i < 2 * count; i++) {
		pair[i & 1] = *text ? *text++ : ' ';
		if (i & 1)
			words[i / 2] = pair[0] << 8 | pair[1];
	}
}

/* Mode words but those that say what to do DMA with */
static void ata_identify(struct ata_queued_cmd *qc)
{
	u16 id[ATA_ID_WORDS] = {
		[ATA_ID_CONFIG] = 0x85c0,	/* ATAPI, CD-ROM, removable, 12 bytes */
		[ATA_ID_CAPABILITY] = 0x0e00,
		[ATA_ID_FIELD_VALID] = 6,
		[ATA_ID_PIO_MODES] = 3,
		[ATA_ID_EIDE_DMA_MIN] = 120, 120, 120, 120,
		[ATA_ID_SATA_CAPABILITY] = 2,
		[ATA_ID_MAJOR_VER] = 0x7c,
		[ATA_ID_COMMAND_SET_1] = 0x4000, 0x4000, 0x4000, 0x4000,
		[ATA_ID_CSF_DEFAULT] = 0x4000,
	};

	ata_put_string(id + ATA_ID_SERNO, 10, "0001");
	ata_put_string(id + ATA_ID_FW_REV, 4, "1.0");
	ata_put_string(id + ATA_ID_PROD, 20, "ntdvd Emulated DVD");
	if (!pio) {
		id[ATA_ID_CAPABILITY] |= 0x0100;
		id[ATA_ID_MWDMA_MODES] = 7;
		id[ATA_ID_UDMA_MODES] = 0x203f;
	}
	sg_copy_from_buffer(qc->sg, qc->n_elem, id, sizeof(id));
}

static unsigned int ata_elements(const struct ata_queued_cmd *qc)
{
	return qc->flags & ATA_QCFLAG_DMAMAP ? qc->orig_n_elem : qc->n_elem;
}

/* The drive carries out a packet. Returns false if it never answers. */
static bool ata_run_packet(struct ata_drive *drive, struct ata_queued_cmd *qc)
{
	struct target *target = &drive->host.target;
	bool in = qc->dma_dir == DMA_FROM_DEVICE, out = qc->dma_dir == DMA_TO_DEVICE;
	struct target_answer answer;

	spin_lock(&drive->host.lock);
	if (out)
		sg_copy_to_buffer(qc->sg, ata_elements(qc), target->out, TARGET_LOG_BYTES);
	host_run(&drive->host, qc->cdb, out ? qc->nbytes : 0, in ? qc->nbytes : 0, &answer);
	if (answer.length)
		sg_copy_from_buffer(qc->sg, ata_elements(qc), target->buffer, answer.length);
	spin_unlock(&drive->host.lock);

	if (answer.fault == TARGET_HANG || answer.fault == TARGET_LOST_HANG)
		return false;
	if (answer.fault == TARGET_ERROR || answer.fault == TARGET_LOST_ERROR) {
		qc->err_mask |= AC_ERR_ATA_BUS;
		qc->ap->link.eh_info.action |= ATA_EH_RESET;
		ata_ehi_push_desc(&qc->ap->link.eh_info, "emulated interface error");
	} else if (answer.status) {
		drive->status |= ATA_ERR;
		drive->error = answer.sense[2] << 4;
		qc->err_mask |= AC_ERR_DEV;
	}
	return true;
}

static bool ata_run(struct ata_drive *drive, struct ata_queued_cmd *qc)
{
	drive->status = ATA_DRDY;
	drive->error = 0;
	if (qc->tf.command == ATA_CMD_PACKET)
		return ata_run_packet(drive, qc);
	if (qc->tf.command == ATA_CMD_ID_ATAPI)
		ata_identify(qc);
	return true;
}

/* Like the interrupt of a real controller */
static enum hrtimer_restart ata_drive_answers(struct hrtimer *timer)
{
	struct ata_drive *drive = container_of(timer, struct ata_drive, timer);
	struct ata_port *port = ata_drive_port(drive);
	struct ata_queued_cmd *qc;
	unsigned long flags;

	spin_lock_irqsave(port->lock, flags);
	qc = ata_qc_from_tag(port, port->link.active_tag);
	if (port->pflags & ATA_PFLAG_FROZEN || drive->host.unplugged || drive->hung ||
	    !qc || !(qc->flags & ATA_QCFLAG_ACTIVE))
		goto out;
	drive->hung = !ata_run(drive, qc);
	if (drive->hung)
		goto out;
	if (qc->err_mask & AC_ERR_ATA_BUS)
		ata_port_freeze(port);
	else
		ata_qc_complete(qc);
out:
	spin_unlock_irqrestore(port->lock, flags);
	return HRTIMER_NORESTART;
}

static unsigned int ata_drive_issue(struct ata_queued_cmd *qc)
{
	struct ata_drive *drive = drive_of(qc->ap);
	/* libata's own commands have no time to lose */
	unsigned int delay = qc->scsicmd ? READ_ONCE(drive->host.target.delay) : 0;

	drive->hung = false;
	hrtimer_start(&drive->timer, delay ? ms_to_ktime(delay) : ns_to_ktime(ANSWER_NS),
		      HRTIMER_MODE_REL);
	return 0;
}

static void ata_put_result(struct ata_queued_cmd *qc)
{
	struct ata_drive *drive = drive_of(qc->ap);

	qc->result_tf.status = drive->status;
	qc->result_tf.error = drive->error;
}

/* It returns nothing since 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
static bool ata_drive_fill_rtf(struct ata_queued_cmd *qc)
{
	ata_put_result(qc);
	return true;
}
#else
#define ata_drive_fill_rtf	ata_put_result
#endif

static int ata_drive_hardreset(struct ata_link *link, unsigned int *class,
			       unsigned long deadline)
{
	struct ata_drive *drive = drive_of(link->ap);

	hrtimer_cancel(&drive->timer);
	drive->hung = false;
	if (drive->host.unplugged) {
		*class = ATA_DEV_NONE;
		return 0;
	}
	host_reset_drive(&drive->host);
	*class = ATA_DEV_ATAPI;
	return 0;
}

/* The timer looks for itself whether the port is frozen. */
static void ata_drive_freeze(struct ata_port *port)
{
	hrtimer_try_to_cancel(&drive_of(port)->timer);
}

static void ata_drive_thaw(struct ata_port *port)
{
}

static int ata_drive_scr_read(struct ata_link *link, unsigned int number, u32 *value)
{
	struct ata_drive *drive = drive_of(link->ap);

	switch (number) {
	case SCR_STATUS:
		*value = drive->host.unplugged ? 0 : SSTATUS_LINK;
		return 0;
	case SCR_CONTROL:
		*value = drive->control;
		return 0;
	default:
		*value = 0;
		return 0;
	}
}

static int ata_drive_scr_write(struct ata_link *link, unsigned int number, u32 value)
{
	if (number == SCR_CONTROL)
		drive_of(link->ap)->control = value;
	return 0;
}

static struct ata_port_operations ata_drive_operations = {
	.inherits = &sata_port_ops,
/* It may be left out since 6.12. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	.qc_prep = ata_noop_qc_prep,
#endif
	.qc_issue = ata_drive_issue,
	.qc_fill_rtf = ata_drive_fill_rtf,
	.freeze = ata_drive_freeze,
	.thaw = ata_drive_thaw,
	.scr_read = ata_drive_scr_read,
	.scr_write = ata_drive_scr_write,
#ifdef HAVE_ATA_RESET_OPERATIONS
	.reset.hardreset = ata_drive_hardreset,
#else
	.hardreset = ata_drive_hardreset,
#endif
};

static const struct ata_port_info ata_drive_port_info = {
	.flags = ATA_FLAG_SATA,
	.pio_mask = ATA_PIO4,
	.mwdma_mask = ATA_MWDMA2,
	.udma_mask = ATA_UDMA5,
	.port_ops = &ata_drive_operations,
};

static struct scsi_host_template ata_drive_template = {
	ATA_BASE_SHT("ntdvd_sata"),
	.sg_tablesize = LIBATA_MAX_PRD,
	.dma_boundary = ATA_DMA_BOUNDARY,
};

/* The link comes up or goes down, and libata sees to it. */
static void ata_change_link(struct ata_drive *drive, bool unplugged)
{
	struct ata_port *port = ata_drive_port(drive);
	unsigned long flags;

	spin_lock_irqsave(port->lock, flags);
	drive->host.unplugged = unplugged;
	ata_ehi_hotplugged(&port->link.eh_info);
	ata_port_freeze(port);
	spin_unlock_irqrestore(port->lock, flags);
	ata_port_wait_eh(port);
}

static int ata_plug(struct host *host)
{
	if (!host->unplugged)
		return -EEXIST;
	ata_change_link(container_of(host, struct ata_drive, host), false);
	return 0;
}

static void ata_unplug(struct host *host)
{
	if (host->unplugged)
		return;
	ata_change_link(container_of(host, struct ata_drive, host), true);
	host_reset_drive(host);
}

static size_t ata_pending(struct host *host)
{
	struct ata_drive *drive = container_of(host, struct ata_drive, host);

	return hrtimer_active(&drive->timer) || drive->hung;
}

static const struct host_operations ata_host_operations = {
	.plug = ata_plug,
	.unplug = ata_unplug,
	.pending = ata_pending,
};

static int ata_start(struct ata_drive *drive)
{
	const struct ata_port_info *ports[] = { &ata_drive_port_info, NULL };
	struct device *device = &drive->device->dev;
	int err = -ENOMEM;

	if (!devres_open_group(device, drive, GFP_KERNEL))
		return err;
	drive->controller = ata_host_alloc_pinfo(device, ports, 1);
	if (drive->controller) {
		drive->controller->private_data = drive;
		err = ata_host_start(drive->controller);
	}
	if (!err)
		err = ata_host_register(drive->controller, &ata_drive_template);
	if (err) {
		devres_release_group(device, drive);
		return err;
	}
	devres_close_group(device, drive);
	return 0;
}

static void ata_exit_one(struct ata_drive *drive)
{
	ata_host_detach(drive->controller);
	hrtimer_cancel(&drive->timer);
	devres_release_group(&drive->device->dev, drive);
	platform_device_unregister(drive->device);
	host_clean_up(&drive->host);
}

static int ata_init_one(struct ata_drive *drive, unsigned int number)
{
	const struct platform_device_info info = {
		.name = "ntdvd_sata",
		.id = number,
		.dma_mask = DMA_BIT_MASK(64),
	};
	int err;

	hrtimer_setup(&drive->timer, ata_drive_answers, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	/* libata tells no residue, so that a short transfer is like any other */
	err = host_set_up(&drive->host, number, &ata_host_operations, TARGET_EVERY_HOST);
	if (err)
		return err;
	drive->device = platform_device_register_full(&info);
	err = PTR_ERR_OR_ZERO(drive->device);
	if (err)
		goto clean_up;
	err = ata_start(drive);
	if (err)
		goto unregister;
	return 0;

unregister:
	platform_device_unregister(drive->device);
clean_up:
	host_clean_up(&drive->host);
	return err;
}

static void ata_exit_all(unsigned int number)
{
	while (number--)
		ata_exit_one(&ata_drives[number]);
	kfree(ata_drives);
}

static int __init ata_drive_init(void)
{
	unsigned int i;
	int err;

	if (!drives || drives > 8)
		return -EINVAL;
	ata_drives = kcalloc(drives, sizeof(*ata_drives), GFP_KERNEL);
	if (!ata_drives)
		return -ENOMEM;
	for (i = 0; i < drives; i++) {
		err = ata_init_one(&ata_drives[i], i);
		if (err) {
			ata_exit_all(i);
			return err;
		}
	}
	return 0;
}

static void __exit ata_drive_exit(void)
{
	ata_exit_all(drives);
}

module_init(ata_drive_init);
module_exit(ata_drive_exit);
MODULE_DESCRIPTION("Emulated SATA DVD drives, for tests");
MODULE_LICENSE("GPL");
