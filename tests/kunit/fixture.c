// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cdrom.h>
#include <linux/string.h>
#include <scsi/scsi.h>

#include "fixture.h"

static void fixture_set_sense(struct ntdvd_command *cmd, u32 sense)
{
	cmd->sense = (struct scsi_sense_hdr) {
		.response_code = sense >> 24 ?: 0x70,
		.sense_key = (sense >> 16) & 0xf,
		.asc = sense >> 8,
		.ascq = sense,
	};
}

/* The features that a drive lists from 0x001f on; the order is its own affair. */
static void fixture_configure(struct fixture *fixture, struct ntdvd_command *cmd)
{
	const struct {
		u16 feature;
		bool missing;
	} features[] = {
		{ 0x0106 },
		{ 0x010d, fixture->not_aacs },
		{ 0x001f, fixture->not_dvd },
	};
	u8 *data = cmd->data;
	u32 at = 8;
	int i;

	fixture->configured++;
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		if (features[i].missing)
			continue;
		put_unaligned_be16(features[i].feature, data + at);
		data[at + 3] = 4;
		at += 8;
	}
	put_unaligned_be32(at - 4, data);
	cmd->residue = cmd->length - at;
}

static int fixture_run_engine(struct fixture *fixture, struct ntdvd_command *cmd)
{
	struct drive_command command = {
		.out = cmd->data,
		.out_length = cmd->length,
		.in = fixture->buffer,
		.in_size = FIXTURE_BUFFER,
	};
	u32 length;

	memcpy(command.cdb, cmd->cdb, sizeof(command.cdb));
	if (!drive_run(fixture->engine, &command)) {
		fixture_set_sense(cmd, DRIVE_SENSE(command.sense[2],
						   command.sense[12],
						   command.sense[13]));
		return SAM_STAT_CHECK_CONDITION;
	}
	if (cmd->direction == DMA_FROM_DEVICE) {
		length = min(cmd->length, command.in_length);
		cmd->residue = cmd->length - length;
		memcpy(cmd->data, fixture->buffer, length);
	}
	return 0;
}

/* In the place of ntdvd_execute() */
static int fixture_execute(struct ntdvd_drive *drive, struct ntdvd_command *cmd)
{
	struct fixture *fixture = container_of(drive, struct fixture, drive);
	const struct fixture_answer *answer = &fixture->answers[fixture->answered];
	struct fixture_command *sent;
	u32 length;

	lockdep_assert_held(&drive->lock);
	if (fixture->engine)
		return fixture_run_engine(fixture, cmd);
	if (cmd->cdb[0] == GPCMD_GET_CONFIGURATION && !fixture->all_scripted) {
		fixture_configure(fixture, cmd);
		return 0;
	}

	if (fixture->count < FIXTURE_SENT) {
		sent = &fixture->sent[fixture->count];
		memcpy(sent->cdb, cmd->cdb, sizeof(sent->cdb));
		sent->direction = cmd->direction;
		sent->length = cmd->length;
		if (cmd->direction == DMA_TO_DEVICE)
			memcpy(sent->out, cmd->data,
			       min_t(u32, cmd->length, FIXTURE_BYTES));
	}
	fixture->count++;
	if (answer->goes)
		fixture->sdev.sdev_state = SDEV_CANCEL;
	if (answer->news)
		fixture_new_media(fixture);
	if (fixture->answered < FIXTURE_ANSWERS - 1)
		fixture->answered++;

	if (fixture->agrees && cmd->direction == DMA_FROM_DEVICE && cmd->length) {
		u8 *data = cmd->data;

		/* the header alone is that of a media key block's pack */
		put_unaligned_be16(cmd->length == 4 ? 32768 + 2 : cmd->length - 2,
				   data);
		data[3] = 1;
		if (cmd->length == 8)
			data[6] = 1;
		return 0;
	}

	length = answer->length ? min(answer->length, cmd->length) : cmd->length;
	if (answer->nothing)
		length = 0;
	cmd->residue = cmd->length - length;
	if (cmd->direction == DMA_FROM_DEVICE)
		memcpy(cmd->data, answer->data,
		       min_t(u32, length, FIXTURE_BYTES));
	if (answer->sense) {
		fixture_set_sense(cmd, answer->sense);
		return answer->result ?: SAM_STAT_CHECK_CONDITION;
	}
	return answer->result;
}

/* The init of each suite: a DVD drive that nobody has used */
int fixture_init(struct kunit *test)
{
	struct fixture *fixture;
	int i;

	fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fixture);
	fixture->disk = kunit_kzalloc(test, sizeof(*fixture->disk), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fixture->disk);
	fixture->queue = kunit_kzalloc(test, sizeof(*fixture->queue), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fixture->queue);
	fixture->drive.buffer = kunit_kzalloc(test, NTDVD_BUFFER_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fixture->drive.buffer);
	ntdvd_drive_init(&fixture->drive);
	fixture->drive.execute = fixture_execute;
	fixture->drive.sdev = &fixture->sdev;
	fixture->drive.disk = fixture->disk;
	fixture->sdev.request_queue = fixture->queue;
	fixture->queue->limits.max_hw_sectors = 128;
	fixture->sdev.sdev_state = SDEV_RUNNING;
	ntdvd_attentions_init(&fixture->drive.attentions, &fixture->sdev, fixture->disk);
	for (i = 0; i < ARRAY_SIZE(fixture->files); i++) {
		fixture->files[i] = kzalloc(sizeof(*fixture->files[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, fixture->files[i]);
		fixture->files[i]->drive = &fixture->drive;
	}
	test->priv = fixture;
	return 0;
}

/* The exit of each suite */
void fixture_exit(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	int i;

	if (fixture->rq.control)
		ntdvd_request_end(&fixture->rq);
	for (i = 0; i < ARRAY_SIZE(fixture->files); i++)
		kfree(fixture->files[i]);
}

/*
 * What the ioctl does with a request, but for the user's memory. The request
 * stays in @rq, with its output, until the next one.
 */
u32 fixture_request(struct fixture *fixture, struct ntdvd_file *file, u32 access,
		    u32 code, const void *input, u32 input_length,
		    u32 output_length)
{
	struct ntdvd_request *rq = &fixture->rq;
	u32 wanted;
	void *room;

	if (rq->control)
		ntdvd_request_end(rq);
	*rq = (struct ntdvd_request) {
		.drive = &fixture->drive,
		.file = file,
		.input_length = input_length,
		.output_length = output_length,
	};
	if (ntdvd_request_begin(rq, code, access)) {
		room = ntdvd_request_input(rq, &wanted);
		if (!room)
			return NTDVD_STATUS_INSUFFICIENT_RESOURCES;
		if (input)
			memcpy(room, input, wanted);
		else
			memset(room, 0, wanted);
		if (ntdvd_request_run(rq))
			return ~0;
	}
	return rq->status;
}

/* The output of the last request */
u8 *fixture_output(struct fixture *fixture)
{
	return ntdvd_output(&fixture->rq);
}

/* A session with the AGID that the drive is to grant */
u32 fixture_start_class(struct fixture *fixture, struct ntdvd_file *file, u8 agid,
			enum ntdvd_key_class class)
{
	u32 status;

	fixture->answered = 0;
	fixture->answers[0] = (struct fixture_answer) {
		.data = { 0, 6, [7] = agid << 6 },
	};
	status = fixture_request(fixture, file, READING,
				 class == NTDVD_AACS ?
				 NTDVD_IOCTL_AACS_START_SESSION :
				 NTDVD_IOCTL_START_SESSION, NULL, 0, 4);
	memset(fixture->answers, 0, sizeof(fixture->answers));
	fixture->answered = 0;
	fixture->count = 0;
	return status;
}

u32 fixture_start(struct fixture *fixture, struct ntdvd_file *file, u8 agid)
{
	return fixture_start_class(fixture, file, agid, NTDVD_CSS);
}

/* READ_KEY, SEND_KEY or SEND_KEY2 with lengths that are right */
u32 fixture_key(struct fixture *fixture, struct ntdvd_file *file, u32 code, u32 agid,
		u32 type, const void *data, u32 length)
{
	struct {
		struct ntdvd_copy_protect_key key;
		u8 data[12];
	} input = {
		.key = {
			.key_length = cpu_to_le32(sizeof(input.key) + length),
			.session_id = cpu_to_le32(agid),
			.key_type = cpu_to_le32(type),
		},
	};

	if (data)
		memcpy(input.data, data, length);
	return fixture_request(fixture, file, BOTH, code, &input,
			       sizeof(input.key) + length,
			       sizeof(input.key) + 2048);
}

bool fixture_owns(struct fixture *fixture, const struct ntdvd_file *file,
		  enum ntdvd_key_class class, u8 agid)
{
	const struct ntdvd_session *session = &fixture->drive.sessions[class][agid];

	return session->state == NTDVD_HELD && session->file == file;
}

enum ntdvd_session_state fixture_state(struct fixture *fixture, u8 agid)
{
	return fixture->drive.sessions[NTDVD_CSS][agid].state;
}

/* As ntdvd_close_file(), but that the work item is for fixture_work() to run. */
void fixture_close(struct fixture *fixture, int file)
{
	llist_add(&fixture->files[file]->closed, &fixture->drive.closed_files);
	fixture->files[file] = NULL;
}

void fixture_work(struct fixture *fixture)
{
	kref_get(&fixture->drive.kref);
	ntdvd_close_work(&fixture->drive.close_work);
}

/* Somebody else has taken a unit attention: sr has seen new media. */
void fixture_new_media(struct fixture *fixture)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	fixture->disk->diskseq++;
#else
	atomic_inc(&fixture->sdev.ua_new_media_ctr);
#endif
}
