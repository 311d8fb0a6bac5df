/* SPDX-License-Identifier: GPL-2.0-only */
/* A drive that is a function, for the suites. */
#ifndef NTDVD_TESTS_FIXTURE_H
#define NTDVD_TESTS_FIXTURE_H

#include <kunit/test.h>
#include <scsi/scsi_device.h>

#include "drive.h"
#include "ntdvd.h"

#define FIXTURE_ANSWERS	8
#define FIXTURE_SENT	16
#define FIXTURE_BYTES	32

/**
 * struct fixture_answer - what the drive says to a command
 * @result: as of scsi_execute_cmd(); or a check condition with @sense.
 * @sense: DRIVE_SENSE(), 0 for none; DEFERRED if it speaks of an earlier command.
 * @length: bytes of @data, which are also those transferred; 0 for as many as
 *	the command asks for.
 * @data: data-in.
 * @nothing: nothing was transferred.
 * @goes: the SCSI device is being removed meanwhile.
 * @news: somebody else's command gets a unit attention meanwhile.
 */
struct fixture_answer {
	int result;
	u32 sense;
	u32 length;
	u8 data[FIXTURE_BYTES];
	bool nothing, goes, news;
};

/**
 * struct fixture_command - a command that was sent
 * @cdb: the CDB.
 * @direction: where the data went.
 * @length: bytes of data.
 * @out: data-out.
 */
struct fixture_command {
	u8 cdb[12];
	enum dma_data_direction direction;
	u32 length;
	u8 out[FIXTURE_BYTES];
};

/**
 * struct fixture - a drive, what it will say, and what it was told
 * @drive: ntdvd's.
 * @sdev: its SCSI device.
 * @disk: sr's disk.
 * @queue: the request queue, with the length of a transfer.
 * @files: open files, NULL once they are closed.
 * @engine: if set, the emulated drive that answers.
 * @buffer: its data-in.
 * @not_dvd: GET CONFIGURATION does not list the DVD Read feature.
 * @not_aacs: nor AACS.
 * @all_scripted: GET CONFIGURATION is answered, and counts, like the others.
 * @configured: how often it was asked for otherwise.
 * @agrees: it answers as whole as it is asked, with AGID 0, one pack, RPC II.
 * @answers: to the commands to come, the last one for good.
 * @answered: how many were used.
 * @sent: the commands that came.
 * @count: how many there were.
 * @rq: the request.
 */
struct fixture {
	struct ntdvd_drive drive;
	struct scsi_device sdev;
	struct gendisk *disk;
	struct request_queue *queue;
	struct ntdvd_file *files[2];
	struct drive *engine;
	u8 *buffer;
	bool not_dvd, not_aacs, all_scripted;
	int configured;
	bool agrees;
	struct fixture_answer answers[FIXTURE_ANSWERS];
	int answered;
	struct fixture_command sent[FIXTURE_SENT];
	int count;
	struct ntdvd_request rq;
};

#define DEFERRED	(0x71U << 24)

#define FIXTURE_BUFFER	(65536 + 4)

/* Two open files, and what they were opened for */
#define ONE	(fixture->files[0])
#define OTHER	(fixture->files[1])
#define READING	1
#define WRITING	2
#define BOTH	3

int fixture_init(struct kunit *test);
void fixture_exit(struct kunit *test);
u32 fixture_request(struct fixture *fixture, struct ntdvd_file *file, u32 access,
		    u32 code, const void *input, u32 input_length,
		    u32 output_length);
u32 fixture_start(struct fixture *fixture, struct ntdvd_file *file, u8 agid);
u32 fixture_start_class(struct fixture *fixture, struct ntdvd_file *file, u8 agid,
			enum ntdvd_key_class class);
u32 fixture_key(struct fixture *fixture, struct ntdvd_file *file, u32 code, u32 agid,
		u32 type, const void *data, u32 length);

bool fixture_owns(struct fixture *fixture, const struct ntdvd_file *file,
		  enum ntdvd_key_class class, u8 agid);
enum ntdvd_session_state fixture_state(struct fixture *fixture, u8 agid);
void fixture_close(struct fixture *fixture, int file);
void fixture_work(struct fixture *fixture);
void fixture_new_media(struct fixture *fixture);
u8 *fixture_output(struct fixture *fixture);

/* All suites are registered in one place, as a module has one list of them. */
extern struct kunit_suite ntdvd_status_suite, ntdvd_session_suite;
extern struct kunit_suite ntdvd_disc_suite, ntdvd_aacs_suite;
extern struct kunit_suite ntdvd_agids_suite, ntdvd_any_key_suite;
extern struct kunit_suite ntdvd_meanwhile_suite;

#endif /* NTDVD_TESTS_FIXTURE_H */
