/* SPDX-License-Identifier: MIT */
/*
 * memory_file - a file that lives in memory and has a path, for readers that open their input themselves.
 */
#ifndef TESTS_FUZZ_MEMORY_FILE_H
#define TESTS_FUZZ_MEMORY_FILE_H

#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"

struct memory_file {
    int fd; /* < 0: not made yet */
    char path[32];
};

#define MEMORY_FILE_NONE                                                                                               \
    {                                                                                                                  \
        -1, ""                                                                                                         \
    }

/* Makes `bytes` the whole contents. */
static inline void memory_file_set(struct memory_file *file, const void *bytes, size_t size)
{
    if (file->fd < 0) {
        file->fd = (int)syscall(SYS_memfd_create, "fuzz", 1u /* MFD_CLOEXEC */);
        assert(file->fd >= 0);
        snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->fd);
    }
    int is_bad = ftruncate(file->fd, 0);
    assert(!is_bad);
    ssize_t written = size ? pwrite(file->fd, bytes, size, 0) : 0;
    assert(written == (ssize_t)size);
}

#endif
