/* SPDX-License-Identifier: MIT */
/*
 * sandbox - see sandbox.h.
 *
 * The list was made from what the daemon, libzmq, libevent and the C library do (strace), and from what the C library
 * may do instead on other machines. A call that is missing here ends the daemon, so harmless relatives are in.
 */
#include "io/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define HAS_SANITIZER 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

/* Names, because a machine may lack some of them: then there is nothing to allow. */
static const char *const allowed[] = {
    /* descriptors */
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "lseek",
    "_llseek",
    "close",
    "fcntl",
    "fcntl64",
    "fstat",
    "fstat64",
    "statx",
    "newfstatat",
    "fstatat64",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "ftruncate",
    "ftruncate64",
    "fallocate",
    "flock",
    "dup",
    "getdents64",
    "fadvise64",
    "fstatfs",
    "fstatfs64",
    "statfs",
    "statfs64",
    /* files by name */
    "open",
    "openat",
    "stat",
    "stat64",
    "lstat",
    "lstat64",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "getcwd",
    /* sockets that are there, and what they accept */
    "accept",
    "accept4",
    "recvfrom",
    "recvmsg",
    "recv",
    "sendto",
    "sendmsg",
    "send",
    "shutdown",
    "getsockname",
    "getpeername",
    "setsockopt",
    "getsockopt",
    /* waiting */
    "poll",
    "ppoll",
    "ppoll_time64",
    "select",
    "_newselect",
    "pselect6",
    "pselect6_time64",
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_ctl",
    "epoll_create1",
    "eventfd2",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    "futex",
    "futex_time64",
    "sched_yield",
    "nanosleep",
    "clock_nanosleep",
    "clock_nanosleep_time64",
    "restart_syscall",
    "pause",
    /* memory; mmap and mprotect have their own rule */
    "brk",
    "munmap",
    "mremap",
    "madvise",
    "membarrier",
    "mlock",
    "munlock",
    /* time, chance, signals, oneself */
    "clock_gettime",
    "clock_gettime64",
    "clock_getres",
    "clock_getres_time64",
    "gettimeofday",
    "time",
    "times",
    "getrandom",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "rt_sigtimedwait",
    "sigaltstack",
    "sigreturn",
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getuid32",
    "geteuid32",
    "getgid32",
    "getegid32",
    "getrusage",
    "getrlimit",
    "ugetrlimit",
    "sysinfo",
    "uname",
    "sched_getaffinity",
    /* libzmq's threads set their policy to what it is, perhaps after the filter came; they also name themselves. */
    "sched_getparam",
    "sched_getscheduler",
    "set_robust_list",
    "rseq",
    "tgkill",
    "exit",
    "exit_group",
};

/* What a terminal, a pipe and libevent are asked. */
static const unsigned long controls[] = {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO};

static const int families[] = {AF_INET, AF_INET6, AF_UNIX};

static const char *const connecting[] = {"connect", "bind"};

static bool add_rule(scmp_filter_ctx filter, const char *name, unsigned count, const struct scmp_arg_cmp *conditions)
{
    int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR)
        return true;
    int result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, count, conditions);
    return result == 0 || result == -EDOM; /* -EDOM: not on this machine */
}

static bool allow(scmp_filter_ctx filter, const char *name)
{
    return add_rule(filter, name, 0, NULL);
}

static bool allow_when(scmp_filter_ctx filter, const char *name, struct scmp_arg_cmp condition)
{
    return add_rule(filter, name, 1, &condition);
}

/* Memory that can be written must not become a program. */
static bool allow_memory(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp is_data = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    return allow_when(filter, "mmap", is_data) && allow_when(filter, "mmap2", is_data) &&
           allow_when(filter, "mprotect", is_data);
}

static bool allow_controls(scmp_filter_ctx filter)
{
    bool is_good = true;
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        is_good &= allow_when(filter, "ioctl", SCMP_A1(SCMP_CMP_EQ, controls[i], 0));
    /* glibc asks for limits by prlimit64(0, which, NULL, ...): nothing is set. */
    return is_good && allow_when(filter, "prlimit64", SCMP_A2(SCMP_CMP_EQ, 0, 0));
}

/* A thread of libzmq that was created before may come to its first lines only behind the filter: it asks how it is
 * scheduled, sets the same policy again, and takes its name. */
static bool allow_threads_to_begin(scmp_filter_ctx filter)
{
    return allow_when(filter, "sched_setscheduler", SCMP_A1(SCMP_CMP_EQ, SCHED_OTHER, 0)) &&
           allow_when(filter, "prctl", SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
}

static bool allow_sockets(scmp_filter_ctx filter)
{
    bool is_good = true;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        is_good &= allow_when(filter, "socket", SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0));
    for (size_t i = 0; i < sizeof connecting / sizeof *connecting; i++)
        is_good &= allow(filter, connecting[i]);
    return is_good;
}

static bool fill(scmp_filter_ctx filter, const struct sandbox_needs *needs)
{
    bool is_good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
                   seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        is_good = is_good && allow(filter, allowed[i]);
    return is_good && allow_memory(filter) && allow_controls(filter) && allow_threads_to_begin(filter) &&
           (!needs->opens_sockets || allow_sockets(filter));
}

bool sandbox_is_possible(void)
{
    return !HAS_SANITIZER;
}

bool sandbox_enter(const struct sandbox_needs *needs, char *error, size_t error_size)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int result = filter && fill(filter, needs) ? seccomp_load(filter) : -EINVAL;
    if (filter)
        seccomp_release(filter);
    if (result != 0)
        snprintf(error, error_size, "seccomp: %s", strerror(-result));
    return result == 0;
}

static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        (void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    (void)syscall(SYS_capset, &header, none);
}

void sandbox_drop_privileges(void)
{
    const struct rlimit none = {0, 0};
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    if (!HAS_SANITIZER)
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    drop_capabilities();
}
