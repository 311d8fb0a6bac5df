// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a SCSI command costs with nothing around it: an ioctl that has the
 * mid-layer execute one, and that copies nothing from or to its caller. It sets
 * the mark for ntdvd.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "../../drivers/ntdvd/compat.h"
#include "midlayer.h"

static unsigned short host;
module_param(host, ushort, 0444);
MODULE_PARM_DESC(host, "number of the SCSI host that the drive is on");

static unsigned int nodes;
module_param(nodes, uint, 0444);
MODULE_PARM_DESC(nodes, "number of further nodes, of no use, to see what a node takes");

static struct scsi_device *sdev;
static struct midlayer_command *command;

static long midlayer_send(void *data)
{
	struct scsi_sense_hdr sense;
	int resid;
	const struct scsi_exec_args args = { .sshdr = &sense, .resid = &resid };

	return scsi_execute_cmd(sdev, command->cdb,
				command->out ? REQ_OP_DRV_OUT : REQ_OP_DRV_IN,
				data, command->length, 7 * HZ, 0, &args);
}

/* noinline so that the buffer is on the stack for nobody else */
static noinline long midlayer_send_from_stack(void)
{
	u8 data[32] = { 0 };
	long result;

	if (command->length > sizeof(data))
		return -EINVAL;
	if (command->out)
		memcpy(data, command->data, command->length);
	result = midlayer_send(data);
	if (!command->out)
		memcpy(command->data, data, command->length);
	return result;
}

static long midlayer_empty(struct ntdvd_device_control __user *user_ctl)
{
	struct ntdvd_device_control ctl;

	if (copy_from_user(&ctl, user_ctl, sizeof(ctl)))
		return -EFAULT;
	if (ctl.flags)
		return -EINVAL;
	if (put_user(NTDVD_STATUS_SUCCESS, &user_ctl->status) ||
	    put_user(0, &user_ctl->information))
		return -EFAULT;
	return 0;
}

static long midlayer_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case MIDLAYER_EMPTY:
		return midlayer_empty((void __user *)arg);
	case MIDLAYER_ALIGNED:
		return midlayer_send(command->data);
	case MIDLAYER_STACK:
		return midlayer_send_from_stack();
	case MIDLAYER_SET:
		return copy_from_user(command, (void __user *)arg,
				      sizeof(*command)) ? -EFAULT : 0;
	case MIDLAYER_GET:
		return copy_to_user((void __user *)arg, command,
				    sizeof(*command)) ? -EFAULT : 0;
	default:
		return -ENOTTY;
	}
}

static const struct file_operations midlayer_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = midlayer_ioctl,
};

static struct miscdevice midlayer_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "midlayer",
	.fops = &midlayer_fops,
};

/* A node as ntdvd makes one for each drive */
struct bare_node {
	struct miscdevice misc;
	char name[16];
};

static struct bare_node **bare_nodes;

static void midlayer_remove_nodes(void)
{
	while (nodes--) {
		misc_deregister(&bare_nodes[nodes]->misc);
		kfree(bare_nodes[nodes]);
	}
	kfree(bare_nodes);
}

static int midlayer_add_nodes(void)
{
	unsigned int wanted = nodes;
	struct bare_node *node;
	int err;

	nodes = 0;
	bare_nodes = kcalloc(wanted, sizeof(*bare_nodes), GFP_KERNEL);
	if (!bare_nodes)
		return -ENOMEM;
	for (; nodes < wanted; nodes++) {
		node = kzalloc(sizeof(*node), GFP_KERNEL);
		if (!node)
			return -ENOMEM;
		snprintf(node->name, sizeof(node->name), "bare%u", nodes);
		node->misc.minor = MISC_DYNAMIC_MINOR;
		node->misc.name = node->name;
		node->misc.fops = &midlayer_fops;
		node->misc.parent = &sdev->sdev_gendev;
		err = misc_register(&node->misc);
		if (err) {
			kfree(node);
			return err;
		}
		bare_nodes[nodes] = node;
	}
	return 0;
}

static int __init midlayer_init(void)
{
	struct Scsi_Host *shost = scsi_host_lookup(host);
	int err = -ENOMEM;

	if (!shost)
		return -ENODEV;
	sdev = scsi_device_lookup(shost, 0, 0, 0);
	scsi_host_put(shost);
	if (!sdev)
		return -ENODEV;
	/* so that the data, 16 bytes from the start, are aligned as well */
	command = kzalloc(sizeof(*command), GFP_KERNEL);
	if (command)
		err = misc_register(&midlayer_misc);
	if (err)
		goto free;
	err = midlayer_add_nodes();
	if (err)
		goto remove;
	return 0;

remove:
	midlayer_remove_nodes();
	misc_deregister(&midlayer_misc);
free:
	kfree(command);
	scsi_device_put(sdev);
	return err;
}

static void __exit midlayer_exit(void)
{
	midlayer_remove_nodes();
	misc_deregister(&midlayer_misc);
	kfree(command);
	scsi_device_put(sdev);
}

module_init(midlayer_init);
module_exit(midlayer_exit);
MODULE_DESCRIPTION("SCSI commands with nothing around them, for tests");
MODULE_LICENSE("GPL");
