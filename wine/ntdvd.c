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
    UINT   access;
    UINT   flags;
};
#define NTDVD_IOC_DEVICE_CONTROL _IOWR('N', 0x90, struct ntdvd_device_control)

/* An open file owns the sessions that are started through it, while on Windows a session belongs to no
 * handle. So each process has one file per drive, and keeps it until it ends. What a handle was opened for
 * goes with each request. */
struct ntdvd_file
{
    struct ntdvd_file *next;
    dev_t              drive;   /* device number of the drive */
    int                fd;      /* never closed, reopening replaces the file behind it */
    unsigned int       opened;  /* how often it has been opened */
};

/* Files are only added, and only under the mutex, so that finding one needs none. */
static struct ntdvd_file *ntdvd_files;
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

/* open the node of a drive with all that the user may */
static int open_node( dev_t drive )
{
    char path[128];
    struct stat st;
    dev_t node;
    int fd;

    if (!find_node( drive, path, sizeof(path), &node )) return -1;
    if ((fd = open( path, O_RDWR | O_CLOEXEC )) == -1 && (errno == EACCES || errno == EPERM))
        fd = open( path, O_RDONLY | O_CLOEXEC );
    if (fd == -1)
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
    TRACE( "drive %u:%u is %s, opened as fd %d, %s\n", major(drive), minor(drive), path, fd,
           (fcntl( fd, F_GETFL ) & O_ACCMODE) == O_RDWR ? "reading and writing" : "reading only" );
    return fd;
}

static struct ntdvd_file *find_file( dev_t drive )
{
    struct ntdvd_file *file = InterlockedCompareExchangePointer( (void **)&ntdvd_files, NULL, NULL );

    while (file && file->drive != drive) file = file->next;
    return file;
}

static struct ntdvd_file *add_file( dev_t drive )
{
    struct ntdvd_file *file;
    sigset_t sigset;

    server_enter_uninterrupted_section( &ntdvd_mutex, &sigset );
    if (!(file = find_file( drive )) && (file = malloc( sizeof(*file) )))
    {
        file->drive  = drive;
        file->opened = 1;
        if ((file->fd = open_node( drive )) != -1)
        {
            file->next = ntdvd_files;
            InterlockedExchangePointer( (void **)&ntdvd_files, file );
        }
        else
        {
            free( file );
            file = NULL;
        }
    }
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
    if (file->opened == opened && (fd = open_node( file->drive )) != -1)
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
 * Returns FALSE if there is none, or it may not be opened.
 */
BOOL ntdvd_DeviceIoControl( HANDLE device, int drive_fd, UINT code, void *in_buffer, UINT in_size,
                            void *out_buffer, UINT out_size, NTSTATUS *status, DWORD *size )
{
    unsigned int opened, needed = (code >> 14) & (FILE_READ_ACCESS | FILE_WRITE_ACCESS);
    struct ntdvd_device_control ctl;
    struct ntdvd_file *file;
    struct stat st;
    int ret;

    if (code >> 16 != FILE_DEVICE_DVD && code != IOCTL_STORAGE_SET_READ_AHEAD) return FALSE;
    if (fstat( drive_fd, &st ) || !S_ISBLK( st.st_mode )) return FALSE;
    if (!(file = find_file( st.st_rdev )) && !(file = add_file( st.st_rdev ))) return FALSE;

    /* the kernel cannot trigger the faults of write watches */
    virtual_check_buffer_for_write( out_buffer, out_size );

    ctl.control_code  = code;
    ctl.status        = STATUS_SUCCESS;
    ctl.information   = 0;
    ctl.input         = (ULONG_PTR)in_buffer;
    ctl.output        = (ULONG_PTR)out_buffer;
    ctl.input_length  = in_size;
    ctl.output_length = out_size;
    ctl.access        = has_access( device, needed ) ? needed : 0;
    ctl.flags         = 0;

    opened = file->opened;
    ret = ioctl( file->fd, NTDVD_IOC_DEVICE_CONTROL, &ctl );
    if (!ret && ctl.status == STATUS_DEVICE_DOES_NOT_EXIST && reopen_file( file, opened ))
        ret = ioctl( file->fd, NTDVD_IOC_DEVICE_CONTROL, &ctl );

    if (!ret)
    {
        *status = ctl.status;
        *size = ctl.information;
    }
    else
    {
        *status = errno_to_status( errno );
        *size = 0;
    }

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
