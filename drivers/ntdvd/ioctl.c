// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl: the table of control codes, and the way of a request from the
 * program's arguments to the NTSTATUS. The order of the checks, the lengths and the
 * statuses are the contract's, sections 1 to 4.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ntdvd.h"
#include "trace.h"

static u32 ntdvd_check_unknown(struct ntdvd_request *rq)
{
	return NTDVD_STATUS_INVALID_DEVICE_REQUEST;
}

/*
 * Those that are frequent first. AACS: the kind of drive comes before the lengths
 * (contract, section 1), and all of it has keys or what a key is made of.
 */
static const struct ntdvd_control ntdvd_controls[] = {
	{
		.code = NTDVD_IOCTL_START_SESSION,
		.drive = NTDVD_DVD_DRIVE,
		.format = 0x00,
		.output = sizeof(__le32),
		.check = ntdvd_check_start_session, .run = ntdvd_start_session,
	}, {
		.code = NTDVD_IOCTL_END_SESSION,
		.input = sizeof(__le32),
		.check = ntdvd_check_end_session, .run = ntdvd_end_session,
	}, {
		.code = NTDVD_IOCTL_READ_KEY,
		.drive = NTDVD_DVD_DRIVE, .has_keys = true,
		.input = sizeof(struct ntdvd_copy_protect_key),
		.output = sizeof(struct ntdvd_copy_protect_key),
		.check = ntdvd_check_read_key, .run = ntdvd_read_key,
	}, {
		.code = NTDVD_IOCTL_SEND_KEY,
		.drive = NTDVD_DVD_DRIVE, .has_keys = true,
		.input = NTDVD_KEY_SIZE,
		.check = ntdvd_check_send_key, .run = ntdvd_send_key,
	}, {
		.code = NTDVD_IOCTL_SEND_KEY2,
		.drive = NTDVD_DVD_DRIVE, .has_keys = true,
		.input = NTDVD_KEY_SIZE,
		.check = ntdvd_check_send_key2, .run = ntdvd_send_key,
	}, {
		.code = NTDVD_IOCTL_GET_REGION,
		.drive = NTDVD_DVD_DRIVE, .drive_first = true,
		.output = sizeof(struct ntdvd_region),
		.check = ntdvd_check_get_region, .run = ntdvd_get_region,
	}, {
		.code = NTDVD_IOCTL_READ_STRUCTURE,
		.drive = NTDVD_DVD_DRIVE, .has_keys = true,
		.input = sizeof(struct ntdvd_read_structure),
		.output = sizeof(struct ntdvd_descriptor_header),
		.check = ntdvd_check_read_structure, .run = ntdvd_read_structure,
	}, {
		.code = NTDVD_IOCTL_SET_READ_AHEAD,
		.input = sizeof(struct ntdvd_set_read_ahead),
		.check = ntdvd_check_read_ahead, .run = ntdvd_set_read_ahead,
	}, {
		.code = NTDVD_IOCTL_STORAGE_SET_READ_AHEAD,
		.input = sizeof(struct ntdvd_set_read_ahead),
		.check = ntdvd_check_read_ahead, .run = ntdvd_set_read_ahead,
	}, {
		.code = NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x83,
		.input = sizeof(__le32),
		.output = sizeof(__le32),
		.check = ntdvd_check_aacs_layer, .run = ntdvd_aacs_block_size,
	}, {
		.code = NTDVD_IOCTL_AACS_READ_MEDIA_KEY_BLOCK,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x83,
		.input = sizeof(__le32),
		.output = 8,
		.check = ntdvd_check_aacs_block, .run = ntdvd_aacs_block,
	}, {
		.code = NTDVD_IOCTL_AACS_START_SESSION,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x00,
		.output = sizeof(__le32),
		.check = ntdvd_check_aacs, .run = ntdvd_start_session,
	}, {
		.code = NTDVD_IOCTL_AACS_END_SESSION,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS,
		.input = sizeof(__le32),
		.check = ntdvd_check_aacs_end_session, .run = ntdvd_end_session,
	}, {
		.code = NTDVD_IOCTL_AACS_SEND_CERTIFICATE,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x01,
		.input = sizeof(struct ntdvd_aacs_send_certificate),
		.check = ntdvd_check_aacs_session, .run = ntdvd_aacs_send,
	}, {
		.code = NTDVD_IOCTL_AACS_GET_CERTIFICATE,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x01,
		.input = sizeof(__le32),
		.output = sizeof(struct ntdvd_aacs_certificate),
		.check = ntdvd_check_aacs_session, .run = ntdvd_aacs_report,
	}, {
		.code = NTDVD_IOCTL_AACS_GET_CHALLENGE_KEY,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x02,
		.input = sizeof(__le32),
		.output = sizeof(struct ntdvd_aacs_challenge_key),
		.check = ntdvd_check_aacs_session, .run = ntdvd_aacs_report,
	}, {
		.code = NTDVD_IOCTL_AACS_SEND_CHALLENGE_KEY,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x02,
		.input = sizeof(struct ntdvd_aacs_send_challenge_key),
		.check = ntdvd_check_aacs_session, .run = ntdvd_aacs_send,
	}, {
		.code = NTDVD_IOCTL_AACS_READ_VOLUME_ID,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x80,
		.input = sizeof(__le32),
		.output = sizeof(struct ntdvd_aacs_id),
		.check = ntdvd_check_aacs_session, .run = ntdvd_aacs_read_id,
	}, {
		.code = NTDVD_IOCTL_AACS_READ_SERIAL_NUMBER,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x81,
		.input = sizeof(__le32),
		.output = sizeof(struct ntdvd_aacs_id),
		.check = ntdvd_check_aacs_session, .run = ntdvd_aacs_read_id,
	}, {
		.code = NTDVD_IOCTL_AACS_READ_MEDIA_ID,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x82,
		.input = sizeof(__le32),
		.output = sizeof(struct ntdvd_aacs_id),
		.check = ntdvd_check_aacs_session, .run = ntdvd_aacs_read_id,
	}, {
		.code = NTDVD_IOCTL_AACS_READ_BINDING_NONCE,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x21,
		.input = sizeof(struct ntdvd_aacs_read_binding_nonce),
		.output = sizeof(struct ntdvd_aacs_id),
		.check = ntdvd_check_aacs_nonce, .run = ntdvd_aacs_nonce,
	}, {
		.code = NTDVD_IOCTL_AACS_GENERATE_BINDING_NONCE,
		.drive = NTDVD_AACS_DRIVE, .drive_first = true, .has_keys = true,
		.class = NTDVD_AACS, .format = 0x20,
		.input = sizeof(struct ntdvd_aacs_read_binding_nonce),
		.output = sizeof(struct ntdvd_aacs_id),
		.check = ntdvd_check_aacs_nonce, .run = ntdvd_aacs_nonce,
	}, {
		/* any other code */
		.check = ntdvd_check_unknown,
	},
};

/* Look a control code up, and check that the caller has the access which it needs. */
VISIBLE_IF_KUNIT
bool ntdvd_request_begin(struct ntdvd_request *rq, u32 control_code, u32 access)
{
	const struct ntdvd_control *control = ntdvd_controls;

	while (control->code != control_code && control->run)
		control++;
	rq->control = control;
	/* That is in the code, known or not. */
	if (unlikely((control_code >> 14 & 3) & ~access)) {
		rq->status = NTDVD_STATUS_ACCESS_DENIED;
		return false;
	}
	return true;
}

/* Where the input goes, and how much of it is wanted; NULL if there is no memory */
VISIBLE_IF_KUNIT void *ntdvd_request_input(struct ntdvd_request *rq, u32 *length)
{
	*length = min_t(u32, rq->input_length, rq->control->input);
	return *length <= sizeof(rq->small) ? rq->small : ntdvd_alloc_long(rq, *length);
}

/* Most are a DVD_SESSION_ID or a key's header, whose size is known here. */
static int ntdvd_copy_input(struct ntdvd_request *rq, const void __user *input)
{
	const u32 wanted = rq->control->input;
	u32 length;
	void *to;

	if (!wanted)
		return 0;
	if (wanted == sizeof(rq->input.session_id) && rq->input_length >= wanted)
		return get_user(rq->input.session_id, (const __le32 __user *)input);
	if (wanted == sizeof(rq->input.key) && rq->input_length >= wanted)
		return copy_from_user(&rq->input.key, input,
				      sizeof(rq->input.key)) ? -EFAULT : 0;
	to = ntdvd_request_input(rq, &length);
	if (!to)
		return -ENOMEM;
	return copy_from_user(to, input, length) ? -EFAULT : 0;
}

/* One try, with the drive locked */
static __always_inline u32 ntdvd_request_try(struct ntdvd_request *rq)
{
	const struct ntdvd_control *control = rq->control;
	struct ntdvd_drive *drive = rq->drive;
	bool gone = ntdvd_drive_is_gone(drive);
	u32 status;

	lockdep_assert_held(&drive->lock);
	if (unlikely(gone) && !rq->ends_session && control->run != ntdvd_end_session)
		return NTDVD_STATUS_DEVICE_DOES_NOT_EXIST;
	if (unlikely(control->drive & ~drive->kinds)) {
		status = ntdvd_find_kinds(rq);
		if (status)
			return status;
	}
	if (control->drive_first) {
		status = control->check(rq);
		if (status)
			return status;
	}
	if (likely(!gone))
		__ntdvd_sync_sessions(drive);
	if (!rq->session)
		return control->run(rq);

	status = ntdvd_use_session(rq->session, rq->file);
	if (status)
		return status;
	status = control->run(rq);
	/* The drive has said so, and now the file knows. */
	if (status == NTDVD_STATUS_VERIFY_REQUIRED ||
	    status == NTDVD_STATUS_CSS_KEY_NOT_ESTABLISHED)
		ntdvd_session_over(rq->session, rq->file);
	return status;
}

/* Wait for a drive that is becoming ready, without its lock. */
static void ntdvd_wait_a_second(void)
{
	set_current_state(TASK_KILLABLE | TASK_FREEZABLE);
	schedule_timeout(HZ);
}

/*
 * Carry out a request that has its input. Returns 0 with the NTSTATUS and the output
 * set, or -EINTR after a fatal signal.
 */
VISIBLE_IF_KUNIT int ntdvd_request_run(struct ntdvd_request *rq)
{
	const struct ntdvd_control *control = rq->control;
	struct ntdvd_drive *drive = rq->drive;

	if (!control->drive_first) {
		rq->status = control->check(rq);
		if (rq->status)
			return 0;
	}
	for (;;) {
		if (ntdvd_lock(drive))
			return -EINTR;
		rq->status = ntdvd_request_try(rq);
		if (control->has_keys)
			memzero_explicit(drive->buffer, NTDVD_BUFFER_SIZE);
		ntdvd_unlock(drive);
		if (likely(!rq->repeat))
			return 0;
		if (rq->repeat == NTDVD_REPEAT_LATER)
			ntdvd_wait_a_second();
		if (fatal_signal_pending(current))
			return -EINTR;
		rq->repeat = NTDVD_REPEAT_NO;
	}
}

/* Free what the request has allocated; what may have been a key is cleared. */
VISIBLE_IF_KUNIT void ntdvd_request_end(struct ntdvd_request *rq)
{
	kvfree_sensitive(rq->long_data, rq->long_size);
	if (rq->control->has_keys)
		memzero_explicit(rq->small, sizeof(rq->small));
}

static int ntdvd_copy_output(struct ntdvd_request *rq, void __user *output)
{
	const void *from = ntdvd_output(rq);

	if (rq->information == sizeof(__le32))
		return put_user(get_unaligned((__le32 *)from),
				(__le32 __user *)output);
	return copy_to_user(output, from, rq->information) ? -EFAULT : 0;
}

static __always_inline int
ntdvd_put_answer(struct ntdvd_request *rq, void __user *output,
		 struct ntdvd_device_control __user *to)
{
	if (likely(!rq->status) && rq->information && ntdvd_copy_output(rq, output))
		return -EFAULT;
	if (!user_write_access_begin(to, sizeof(*to)))
		return -EFAULT;
	unsafe_put_user(rq->status, &to->status, fault);
	unsafe_put_user(rq->information, &to->information, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

/* Returns 0 with the NTSTATUS and the output set, or the errno of the ioctl. */
static int ntdvd_carry_out(struct ntdvd_request *rq, u32 control_code, u32 access,
			   const void __user *input)
{
	int err;

	if (!ntdvd_request_begin(rq, control_code, access))
		return 0;
	err = ntdvd_copy_input(rq, input);
	if (unlikely(err == -ENOMEM)) {
		rq->status = NTDVD_STATUS_INSUFFICIENT_RESOURCES;
		return 0;
	}
	return err ? err : ntdvd_request_run(rq);
}

long ntdvd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ntdvd_device_control __user *ctl = (void __user *)arg;
	struct ntdvd_file *ntdvd_file = file->private_data;
	struct ntdvd_request rq = {
		.drive = ntdvd_file->drive,
		.file = ntdvd_file,
	};
	u32 control_code, access, flags;
	u64 input, output;
	int err;

	if (cmd != NTDVD_IOC_DEVICE_CONTROL)
		return -ENOTTY;
	BUILD_BUG_ON((__force u32)FMODE_READ != NTDVD_READ_ACCESS ||
		     (__force u32)FMODE_WRITE != NTDVD_WRITE_ACCESS);
	if (trace_ntdvd_request_enabled())
		rq.start = ktime_get_ns();
	if (!user_read_access_begin(ctl, sizeof(*ctl)))
		return -EFAULT;
	unsafe_get_user(control_code, &ctl->control_code, fault);
	unsafe_get_user(input, &ctl->input, fault);
	unsafe_get_user(output, &ctl->output, fault);
	unsafe_get_user(rq.input_length, &ctl->input_length, fault);
	unsafe_get_user(rq.output_length, &ctl->output_length, fault);
	unsafe_get_user(access, &ctl->access, fault);
	unsafe_get_user(flags, &ctl->flags, fault);
	user_read_access_end();
	if (flags)
		return -EINVAL;
	/* A buffer at NULL has length 0, whatever length is given with it. */
	if (!input)
		rq.input_length = 0;
	if (!output)
		rq.output_length = 0;

	err = ntdvd_carry_out(&rq, control_code, access & (__force u32)file->f_mode,
			      u64_to_user_ptr(input));
	if (likely(!err)) {
		if (trace_ntdvd_request_enabled() && rq.start)
			trace_ntdvd_request(&rq, control_code, ktime_get_ns() - rq.start);
		err = ntdvd_put_answer(&rq, u64_to_user_ptr(output), ctl);
		if (unlikely(err) && !rq.status && rq.control->run == ntdvd_start_session)
			ntdvd_undo_start_session(&rq);
	}
	ntdvd_request_end(&rq);
	return err;

fault:
	user_read_access_end();
	return -EFAULT;
}
