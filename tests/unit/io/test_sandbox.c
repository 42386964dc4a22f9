/* SPDX-License-Identifier: MIT */
/* test_sandbox - a child enters the sandbox and tries something; how it ends tells. */
#include "io/sandbox.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

static int ends[2]; /* of a pipe: what another thread waits for */

static void open_socket(void)
{
    (void)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void open_unix_socket(void)
{
    (void)syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static void open_raw_socket(void)
{
    (void)syscall(SYS_socket, AF_NETLINK, SOCK_RAW, 0);
}

static void run_program(void)
{
    char *arguments[] = {(char *)"true", NULL};
    (void)!execv("/bin/true", arguments);
}

static void fork_process(void)
{
    (void)!fork();
}

static void trace_parent(void)
{
    (void)!kill(getppid(), 0);
}

static void make_memory_executable(void)
{
    (void)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void change_owner(void)
{
    (void)!chown("/tmp/hnlmon-no-such-file", 0, 0);
}

static void *open_socket_later(void *unused)
{
    char byte;
    (void)!read(ends[0], &byte, 1);
    open_socket();
    return unused;
}

/* What the daemon goes on doing. */
static void work(void)
{
    char path[] = "/tmp/hnlmon-sandbox-XXXXXX", moved[64], bytes[64] = "x";
    int file = mkstemp(path);
    snprintf(moved, sizeof moved, "%s.new", path);
    void *memory = malloc(1 << 22);
    bool is_good = file >= 0 && memory && pwrite(file, bytes, sizeof bytes, 4096) == sizeof bytes &&
                   pread(file, bytes, sizeof bytes, 4096) == sizeof bytes && fdatasync(file) == 0 &&
                   ftruncate(file, 10) == 0 && rename(path, moved) == 0 && unlink(moved) == 0 && close(file) == 0;
    memory = is_good ? realloc(memory, 1 << 24) : memory;
    is_good = is_good && memory && fprintf(stderr, "# a log line\n") > 0;
    free(memory);
    _exit(is_good ? 7 : 1);
}

static const struct sandbox_needs none, sockets = {.opens_sockets = true};

/* The wait status of a child that does this in the sandbox, before or without a thread beside it. */
static int status_of(const struct sandbox_needs *needs, void (*try)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        char error[SANDBOX_ERROR_SIZE];
        if (!sandbox_enter(needs, error, sizeof error))
            _exit(2);
        try();
        _exit(0);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    return status;
}

static void assert_killed(int status)
{
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void new_sockets_kill(void **state)
{
    (void)state;
    assert_killed(status_of(&none, open_socket));
    assert_killed(status_of(&none, open_unix_socket));
    assert_killed(status_of(&none, open_raw_socket));
}

static void programs_and_processes_kill(void **state)
{
    (void)state;
    assert_killed(status_of(&none, run_program));
    assert_killed(status_of(&none, fork_process));
    assert_killed(status_of(&sockets, run_program));
    assert_killed(status_of(&sockets, fork_process));
}

static void what_a_daemon_never_does_kills(void **state)
{
    (void)state;
    assert_killed(status_of(&none, make_memory_executable));
    assert_killed(status_of(&none, change_owner));
    assert_killed(status_of(&none, trace_parent));
}

static void sockets_that_are_needed_may_be_opened_and_no_others(void **state)
{
    (void)state;
    assert_int_equal(status_of(&sockets, open_socket), 0);
    assert_int_equal(status_of(&sockets, open_unix_socket), 0);
    assert_killed(status_of(&sockets, open_raw_socket));
}

static void files_memory_and_log_go_on(void **state)
{
    (void)state;
    int status = status_of(&none, work);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void threads_that_run_already_are_inside(void **state)
{
    (void)state;
    int status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        char error[SANDBOX_ERROR_SIZE];
        pthread_t thread;
        if (pthread_create(&thread, NULL, open_socket_later, NULL) != 0 || !sandbox_enter(&none, error, sizeof error))
            _exit(2);
        (void)!write(ends[1], "x", 1);
        pthread_join(thread, NULL);
        _exit(0);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_killed(status);
    close(ends[0]);
    close(ends[1]);
}

/* CapEff and CapBnd of /proc/self/status. */
static void read_capabilities(unsigned long long *effective, unsigned long long *bounding)
{
    char line[256];
    FILE *file = fopen("/proc/self/status", "r");
    *effective = *bounding = 1;
    while (file && fgets(line, sizeof line, file)) {
        (void)sscanf(line, "CapEff: %llx", effective);
        (void)sscanf(line, "CapBnd: %llx", bounding);
    }
    if (file)
        fclose(file);
}

static void privileges_are_gone(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        unsigned long long effective, bounding;
        struct rlimit core = {1, 1};
        bool was_root = getuid() == 0;
        sandbox_drop_privileges();
        getrlimit(RLIMIT_CORE, &core);
        bool is_opaque = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
        read_capabilities(&effective, &bounding);
        _exit((effective != 0) | (was_root && bounding != 0) << 1 | (core.rlim_max != 0) << 2 |
              (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) << 3 | (sandbox_is_possible() && !is_opaque) << 4);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

int main(void)
{
    if (!sandbox_is_possible()) {
        puts("1..0 # SKIP a sanitizer does what it likes");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_sockets_kill),
        cmocka_unit_test(programs_and_processes_kill),
        cmocka_unit_test(what_a_daemon_never_does_kills),
        cmocka_unit_test(sockets_that_are_needed_may_be_opened_and_no_others),
        cmocka_unit_test(files_memory_and_log_go_on),
        cmocka_unit_test(threads_that_run_already_are_inside),
        cmocka_unit_test(privileges_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
