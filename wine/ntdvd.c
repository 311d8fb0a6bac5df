/*
 * DVD requests through the Linux ntdvd device
 *
 * Copyright 2026 the ntdvd authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA
 */

#if 0
#pragma makedep unix
#endif

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#ifdef MAJOR_IN_SYSMACROS
# include <sys/sysmacros.h>
#endif
#include <unistd.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "windef.h"
#include "winternl.h"
#include "winioctl.h"
#include "ntddstor.h"
#include "ddk/ntddcdvd.h"
#include "wine/list.h"
#include "wine/server.h"
#include "unix_private.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(cdrom);

#ifdef __linux__

#ifndef IOCTL_STORAGE_SET_READ_AHEAD
# define IOCTL_STORAGE_SET_READ_AHEAD CTL_CODE(IOCTL_STORAGE_BASE, 0x0100, METHOD_BUFFERED, FILE_READ_ACCESS)
#endif

/* linux/ntdvd.h, the same for 32-bit and 64-bit processes */
struct ntdvd_device_control
{
    UINT   control_code;
    UINT   status;
    UINT64 information;
    UINT64 input;
    UINT64 output;
    UINT   input_length;
    UINT   output_length;
};
#define NTDVD_IOC_DEVICE_CONTROL _IOWR('N', 0x90, struct ntdvd_device_control)

/* An open file owns the sessions that are started through it, while on Windows a session belongs to no
 * handle. So each process has one file per drive and access, and keeps it until it ends. */
struct ntdvd_file
{
    struct list  entry;
    dev_t        drive;   /* device number of the drive */
    int          flags;   /* O_RDONLY, O_WRONLY or O_RDWR */
    int          fd;      /* never closed, reopening replaces the file behind it */
    unsigned int opened;  /* how often it has been opened */
};

static struct list ntdvd_files = LIST_INIT( ntdvd_files );
static pthread_mutex_t ntdvd_mutex = PTHREAD_MUTEX_INITIALIZER;

/* the node is the misc device that is a child of the drive's SCSI device */
static BOOL find_node( dev_t drive, char *path, size_t size, dev_t *node )
{
    unsigned int number, major_number, minor_number;
    char dir[64], end;
    struct dirent *de;
    BOOL ret = FALSE;
    FILE *file;
    DIR *misc;

    snprintf( dir, sizeof(dir), "/sys/dev/block/%u:%u/device/misc", major(drive), minor(drive) );
    if (!(misc = opendir( dir ))) return FALSE;
    while (!ret && (de = readdir( misc )))
    {
        if (sscanf( de->d_name, "ntdvd%u%c", &number, &end ) != 1) continue;
        snprintf( path, size, "%s/ntdvd%u/dev", dir, number );
        if (!(file = fopen( path, "re" ))) continue;
        if (fscanf( file, "%u:%u", &major_number, &minor_number ) == 2)
        {
            *node = makedev( major_number, minor_number );
            snprintf( path, size, "/dev/ntdvd%u", number );
            ret = TRUE;
        }
        fclose( file );
    }
    closedir( misc );
    return ret;
}

static int open_node( dev_t drive, int flags )
{
    char path[128];
    struct stat st;
    dev_t node;
    int fd;

    if (!find_node( drive, path, sizeof(path), &node )) return -1;
    if ((fd = open( path, flags | O_CLOEXEC )) == -1)
    {
        WARN( "cannot open %s: %s\n", path, strerror( errno ) );
        return -1;
    }
    if (fstat( fd, &st ) || !S_ISCHR( st.st_mode ) || st.st_rdev != node)
    {
        WARN( "%s is not the device of that name\n", path );
        close( fd );
        return -1;
    }
    TRACE( "drive %u:%u is %s, opened as fd %d, flags %x\n", major(drive), minor(drive), path, fd, flags );
    return fd;
}

static struct ntdvd_file *get_file( dev_t drive, int flags )
{
    struct ntdvd_file *file;
    sigset_t sigset;

    server_enter_uninterrupted_section( &ntdvd_mutex, &sigset );
    LIST_FOR_EACH_ENTRY( file, &ntdvd_files, struct ntdvd_file, entry )
        if (file->drive == drive && file->flags == flags) goto done;

    if ((file = malloc( sizeof(*file) )))
    {
        file->drive  = drive;
        file->flags  = flags;
        file->opened = 1;
        if ((file->fd = open_node( drive, flags )) != -1) list_add_tail( &ntdvd_files, &file->entry );
        else
        {
            free( file );
            file = NULL;
        }
    }
done:
    server_leave_uninterrupted_section( &ntdvd_mutex, &sigset );
    return file;
}

/* open the node that is there now, unless another thread did it since the file was opened for the given time */
static BOOL reopen_file( struct ntdvd_file *file, unsigned int opened )
{
    sigset_t sigset;
    BOOL ret;
    int fd;

    server_enter_uninterrupted_section( &ntdvd_mutex, &sigset );
    if (file->opened == opened && (fd = open_node( file->drive, file->flags )) != -1)
    {
        if (dup3( fd, file->fd, O_CLOEXEC ) != -1) file->opened++;
        close( fd );
    }
    ret = file->opened != opened;
    server_leave_uninterrupted_section( &ntdvd_mutex, &sigset );
    return ret;
}

static BOOL has_access( HANDLE device, unsigned int access )
{
    int fd, needs_close;

    if (server_get_unix_fd( device, access, &fd, &needs_close, NULL, NULL )) return FALSE;
    if (needs_close) close( fd );
    return TRUE;
}

/******************************************************************
 *		ntdvd_DeviceIoControl
 *
 * Let the ntdvd device of the drive carry out a DVD request.
 * Returns FALSE if there is none, or it may not be opened with the access that the handle has.
 */
BOOL ntdvd_DeviceIoControl( HANDLE device, int drive_fd, UINT code, void *in_buffer, UINT in_size,
                            void *out_buffer, UINT out_size, NTSTATUS *status, DWORD *size )
{
    struct ntdvd_device_control ctl;
    struct ntdvd_file *file;
    BOOL can_read, can_write;
    unsigned int opened;
    struct stat st;
    int ret;

    if (code >> 16 != FILE_DEVICE_DVD && code != IOCTL_STORAGE_SET_READ_AHEAD) return FALSE;
    if (fstat( drive_fd, &st ) || !S_ISBLK( st.st_mode )) return FALSE;

    can_read = has_access( device, FILE_READ_DATA );
    can_write = has_access( device, FILE_WRITE_DATA );
    if (!(file = get_file( st.st_rdev, can_read && can_write ? O_RDWR : can_write ? O_WRONLY : O_RDONLY )))
        return FALSE;

    *size = 0;
    if (!can_read && !can_write)  /* there are no files without access */
    {
        *status = STATUS_ACCESS_DENIED;
        return TRUE;
    }

    /* the kernel cannot trigger the faults of write watches */
    virtual_check_buffer_for_write( out_buffer, out_size );

    memset( &ctl, 0, sizeof(ctl) );
    ctl.control_code  = code;
    ctl.input         = (ULONG_PTR)in_buffer;
    ctl.output        = (ULONG_PTR)out_buffer;
    ctl.input_length  = in_size;
    ctl.output_length = out_size;

    opened = file->opened;
    ret = ioctl( file->fd, NTDVD_IOC_DEVICE_CONTROL, &ctl );
    if (!ret && ctl.status == STATUS_DEVICE_DOES_NOT_EXIST && reopen_file( file, opened ))
        ret = ioctl( file->fd, NTDVD_IOC_DEVICE_CONTROL, &ctl );

    if (!ret)
    {
        *status = ctl.status;
        *size = ctl.information;
    }
    else *status = errno_to_status( errno );

    TRACE( "code %08x through fd %d: status %08x, information %u\n",
           code, file->fd, (unsigned int)*status, (unsigned int)*size );
    return TRUE;
}

#else  /* __linux__ */

BOOL ntdvd_DeviceIoControl( HANDLE device, int drive_fd, UINT code, void *in_buffer, UINT in_size,
                            void *out_buffer, UINT out_size, NTSTATUS *status, DWORD *size )
{
    return FALSE;
}

#endif  /* __linux__ */
