/* SPDX-License-Identifier: MIT */
/*
 * disk - the file operations that the store is made of, in one directory, so that something else can stand in for the
 * kernel: a model of power cuts, or faults.
 *
 * All return false, or -1, with errno set. What was written may be lost, in parts and in any order, until sync; a name
 * may be lost until sync_names.
 */
#ifndef HNLMON_IO_DISK_H
#define HNLMON_IO_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk {
    void *context; /* given to every operation */
    /* Opens a file for reading and writing; shall_create: it becomes a new, empty one. Returns its number, from 0 on;
     * -1 with ENOENT when there is none to open. */
    int (*open)(void *context, const char *name, bool shall_create);
    void (*close)(void *context, int file);
    /* *got is less than `size` only at the end of the file. */
    bool (*read)(void *context, int file, void *bytes, size_t size, uint64_t offset, size_t *got);
    bool (*write)(void *context, int file, const void *bytes, size_t size, uint64_t offset);
    bool (*sync)(void *context, int file); /* contents and size */
    bool (*truncate)(void *context, int file, uint64_t size);
    bool (*size)(void *context, int file, uint64_t *size);
    bool (*rename)(void *context, const char *from, const char *to); /* `to` is replaced */
    bool (*sync_names)(void *context);
};

enum disk_verdict { DISK_OK, DISK_BUSY /* another process has it */, DISK_FAILED /* errno says why */ };

/* The kernel's files in an existing directory, which belongs to this process alone until disk_posix_close. */
enum disk_verdict disk_posix_open(struct disk *disk, const char *directory) __attribute__((warn_unused_result));

/* The same, only to read, beside whoever has it. */
enum disk_verdict disk_posix_look(struct disk *disk, const char *directory) __attribute__((warn_unused_result));

void disk_posix_close(struct disk *disk);

#endif
