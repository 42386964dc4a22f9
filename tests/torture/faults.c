/* SPDX-License-Identifier: MIT */
/*
 * faults - to be preloaded: makes the n-th call of a file operation fail, at the same place in every run.
 *
 *   FAULT_CALL    write, pwrite, fdatasync, fsync, openat (open, too), ftruncate or rename (renameat, too)
 *   FAULT_AT      the first one that fails, from 1
 *   FAULT_COUNT   how many fail from there on, 1; 0: all
 *   FAULT_ERRNO   ENOSPC, EIO, or a number
 *   FAULT_UNDER   only files in this folder count
 *   FAULT_ARMED   calls count only once this file exists
 *   FAULT_REPORT  a file to which a byte is appended for each call that failed
 *   FAULT_SHORT   when set, the write before the one that fails writes only half
 *
 * Without FAULT_CALL nothing happens. Everything else of the program is left alone.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_uint calls; /* of FAULT_CALL so far */

static unsigned number_of(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static int error_of_fault(void)
{
    const char *name = getenv("FAULT_ERRNO");
    if (!name || strcmp(name, "EIO") == 0)
        return EIO;
    return strcmp(name, "ENOSPC") == 0 ? ENOSPC : atoi(name);
}

static bool is_under(const char *path)
{
    const char *folder = getenv("FAULT_UNDER");
    size_t size = folder ? strlen(folder) : 0;
    return size == 0 || (strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0'));
}

/* The path of what is open, or of a name beside it. */
static bool is_at_under(int at, const char *name)
{
    char link[64], path[PATH_MAX];
    if (name && (name[0] == '/' || at == AT_FDCWD))
        return is_under(name);
    snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return false;
    path[size] = '\0';
    return is_under(path);
}

static bool is_armed(void)
{
    const char *path = getenv("FAULT_ARMED");
    return !path || access(path, F_OK) == 0;
}

/* One byte for each fault, past our own write. */
static void tell(void)
{
    const char *path = getenv("FAULT_REPORT");
    if (!path)
        return;
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    (void)syscall(SYS_write, fd, "x", 1);
    (void)syscall(SYS_close, fd);
}

/* How far a call is from the first that fails: 0 fails, 1 is right before it, 2 anything else. */
static unsigned distance(const char *call, int at, const char *name)
{
    const char *chosen = getenv("FAULT_CALL");
    if (!chosen || strcmp(chosen, call) != 0 || !is_armed() || !is_at_under(at, name))
        return 2;
    unsigned first = number_of("FAULT_AT", 1), count = number_of("FAULT_COUNT", 1);
    unsigned number = atomic_fetch_add(&calls, 1) + 1;
    if (number >= first && (count == 0 || number - first < count)) {
        tell();
        errno = error_of_fault();
        return 0;
    }
    return number + 1 == first ? 1 : 2;
}

static size_t cut(size_t size, unsigned how_far)
{
    return how_far == 1 && size > 1 && getenv("FAULT_SHORT") ? size / 2 : size;
}

/* The next function of that name, which is the C library's. */
#define REAL(type, name) type real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t write_call(int fd, const void *bytes, size_t size);
typedef ssize_t pwrite_call(int fd, const void *bytes, size_t size, off_t offset);
typedef int sync_call(int fd);
typedef int truncate_call(int fd, off_t size);
typedef int open_call(const char *path, int flags, ...);
typedef int openat_call(int at, const char *path, int flags, ...);
typedef int rename_call(const char *from, const char *to);
typedef int renameat_call(int from_at, const char *from, int to_at, const char *to);

ssize_t write(int fd, const void *bytes, size_t size)
{
    REAL(write_call *, "write");
    unsigned how_far = distance("write", fd, NULL);
    return how_far == 0 ? -1 : real(fd, bytes, cut(size, how_far));
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    REAL(pwrite_call *, "pwrite");
    unsigned how_far = distance("pwrite", fd, NULL);
    return how_far == 0 ? -1 : real(fd, bytes, cut(size, how_far), offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset);
ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    return pwrite(fd, bytes, size, offset);
}

int fdatasync(int fd)
{
    REAL(sync_call *, "fdatasync");
    return distance("fdatasync", fd, NULL) == 0 ? -1 : real(fd);
}

int fsync(int fd)
{
    REAL(sync_call *, "fsync");
    return distance("fsync", fd, NULL) == 0 ? -1 : real(fd);
}

int ftruncate(int fd, off_t size)
{
    REAL(truncate_call *, "ftruncate");
    return distance("ftruncate", fd, NULL) == 0 ? -1 : real(fd, size);
}

/* The mode is there only when a file may be made. */
static unsigned mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
    REAL(open_call *, "open");
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = mode_of(flags, arguments);
    va_end(arguments);
    return distance("openat", AT_FDCWD, path) == 0 ? -1 : real(path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    REAL(openat_call *, "openat");
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = mode_of(flags, arguments);
    va_end(arguments);
    return distance("openat", at, path) == 0 ? -1 : real(at, path, flags, mode);
}

int rename(const char *from, const char *to)
{
    REAL(rename_call *, "rename");
    return distance("rename", AT_FDCWD, from) == 0 ? -1 : real(from, to);
}

int renameat(int from_at, const char *from, int to_at, const char *to)
{
    REAL(renameat_call *, "renameat");
    return distance("rename", from_at, from) == 0 ? -1 : real(from_at, from, to_at, to);
}
