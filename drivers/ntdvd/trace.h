/* SPDX-License-Identifier: GPL-2.0-only */
/* Trace events. None has data that went to or came from a drive. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ntdvd

#if !defined(NTDVD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NTDVD_TRACE_H

#include <linux/tracepoint.h>

#include "ntdvd.h"

TRACE_EVENT(ntdvd_request,
	TP_PROTO(const struct ntdvd_request *rq, u32 code, u64 nanoseconds),
	TP_ARGS(rq, code, nanoseconds),
	TP_STRUCT__entry(
		__array(char, name, sizeof_field(struct ntdvd_drive, name))
		__field(u32, code)
		__field(u32, key_type)
		__field(u32, status)
		__field(u32, information)
		__field(u64, nanoseconds)
	),
	TP_fast_assign(
		memcpy(__entry->name, rq->drive->name, sizeof(__entry->name));
		__entry->code = code;
		__entry->key_type = rq->key ? le32_to_cpu(rq->input.key.key_type) : 0xff;
		__entry->status = rq->status;
		__entry->information = rq->information;
		__entry->nanoseconds = nanoseconds;
	),
	TP_printk("%s code=%08x key_type=%02x status=%08x information=%u ns=%llu",
		  __entry->name, __entry->code, __entry->key_type, __entry->status,
		  __entry->information, __entry->nanoseconds)
);

TRACE_EVENT(ntdvd_command,
	TP_PROTO(const struct ntdvd_drive *drive,
		 const struct ntdvd_command *cmd, int result),
	TP_ARGS(drive, cmd, result),
	TP_STRUCT__entry(
		__array(char, name, sizeof_field(struct ntdvd_drive, name))
		__array(u8, cdb, 12)
		__field(int, result)
		__field(u8, key)
		__field(u8, asc)
		__field(u8, ascq)
	),
	TP_fast_assign(
		memcpy(__entry->name, drive->name, sizeof(__entry->name));
		memcpy(__entry->cdb, cmd->cdb, 12);
		__entry->result = result;
		__entry->key = cmd->sense.sense_key;
		__entry->asc = cmd->sense.asc;
		__entry->ascq = cmd->sense.ascq;
	),
	TP_printk("%s cdb=%s result=%x sense=%x/%02x/%02x", __entry->name,
		  __print_hex(__entry->cdb, 12), __entry->result,
		  __entry->key, __entry->asc, __entry->ascq)
);

#endif /* NTDVD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
