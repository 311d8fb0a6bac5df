/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program has not got of what the emulated drive takes from the kernel */
#ifndef NTDVD_TESTS_LINUX_H
#define NTDVD_TESTS_LINUX_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <scsi/scsi.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define min(a, b)	({ typeof(a) _a = (a); typeof(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b)	({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define hweight8(byte)		__builtin_popcount((u8)(byte))

static inline u16 get_unaligned_be16(const void *from)
{
	const u8 *bytes = from;

	return bytes[0] << 8 | bytes[1];
}

static inline u32 get_unaligned_be32(const void *from)
{
	return (u32)get_unaligned_be16(from) << 16 |
	       get_unaligned_be16((const u8 *)from + 2);
}

static inline void put_unaligned_be16(u16 value, void *to)
{
	u8 *bytes = to;

	bytes[0] = value >> 8;
	bytes[1] = value;
}

static inline void put_unaligned_be32(u32 value, void *to)
{
	put_unaligned_be16(value >> 16, to);
	put_unaligned_be16(value, (u8 *)to + 2);
}

#endif /* NTDVD_TESTS_LINUX_H */
