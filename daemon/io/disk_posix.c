/* SPDX-License-Identifier: MIT */
/* disk_posix - the disk that the kernel gives; see disk.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/disk.h"

/* The context is the descriptor of the directory; a file's number is its descriptor. */
static int directory_of(void *context)
{
    return (int)(intptr_t)context;
}

static int open_file(void *context, const char *name, bool shall_create)
{
    int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (shall_create ? O_CREAT | O_TRUNC : 0);
    return openat(directory_of(context), name, flags, 0644);
}

static int look_at_file(void *context, const char *name, bool shall_create)
{
    if (!shall_create)
        return openat(directory_of(context), name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    errno = EROFS;
    return -1;
}

static void close_file(void *context, int file)
{
    (void)context;
    close(file);
}

static bool read_file(void *context, int file, void *bytes, size_t size, uint64_t offset, size_t *got)
{
    (void)context;
    *got = 0;
    while (*got < size) {
        ssize_t count = pread(file, (unsigned char *)bytes + *got, size - *got, (off_t)(offset + *got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0;
        *got += (size_t)count;
    }
    return true;
}

static bool write_file(void *context, int file, const void *bytes, size_t size, uint64_t offset)
{
    (void)context;
    for (size_t done = 0; done < size;) {
        ssize_t count = pwrite(file, (const unsigned char *)bytes + done, size - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        if (count == 0) {
            errno = ENOSPC;
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

/* fdatasync writes a new size, too. It is not tried again: after an error the kernel may call clean what it lost. */
static bool sync_file(void *context, int file)
{
    (void)context;
    return fdatasync(file) == 0;
}

static bool truncate_file(void *context, int file, uint64_t size)
{
    (void)context;
    return ftruncate(file, (off_t)size) == 0;
}

static bool size_of_file(void *context, int file, uint64_t *size)
{
    struct stat status;
    (void)context;
    if (fstat(file, &status) != 0)
        return false;
    *size = (uint64_t)status.st_size;
    return true;
}

static bool rename_file(void *context, const char *from, const char *to)
{
    return renameat(directory_of(context), from, directory_of(context), to) == 0;
}

static bool sync_names(void *context)
{
    return fsync(directory_of(context)) == 0;
}

static bool open_directory(struct disk *disk, const char *directory)
{
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *disk = (struct disk){.context = (void *)(intptr_t)descriptor,
                          .open = open_file,
                          .close = close_file,
                          .read = read_file,
                          .write = write_file,
                          .sync = sync_file,
                          .truncate = truncate_file,
                          .size = size_of_file,
                          .rename = rename_file,
                          .sync_names = sync_names};
    return descriptor >= 0;
}

enum disk_verdict disk_posix_open(struct disk *disk, const char *directory)
{
    if (!open_directory(disk, directory))
        return DISK_FAILED;
    if (flock(directory_of(disk->context), LOCK_EX | LOCK_NB) == 0)
        return DISK_OK;
    int error = errno;
    disk_posix_close(disk);
    errno = error;
    return error == EWOULDBLOCK ? DISK_BUSY : DISK_FAILED;
}

enum disk_verdict disk_posix_look(struct disk *disk, const char *directory)
{
    if (!open_directory(disk, directory))
        return DISK_FAILED;
    disk->open = look_at_file;
    return DISK_OK;
}

void disk_posix_close(struct disk *disk)
{
    if (directory_of(disk->context) >= 0)
        close(directory_of(disk->context));
    disk->context = (void *)(intptr_t)-1;
}
