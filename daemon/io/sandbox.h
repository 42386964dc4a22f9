/* SPDX-License-Identifier: MIT */
/*
 * sandbox - what this process gives up, so that whoever takes it over by a flaw gains little.
 *
 * It decides which system calls a running daemon needs (seccomp, an allow list): those on the sockets and files that it
 * has, on files that it opens by name, on memory, time and signals. A new socket, a new process or thread, and another
 * program are not among them: they kill the process.
 */
#ifndef HNLMON_IO_SANDBOX_H
#define HNLMON_IO_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#define SANDBOX_ERROR_SIZE 160u /* room for any error */

/* Before other threads start: no capabilities, no new ones by a program, no core file, no debugger but root's. Where
 * something of it is not possible the process goes on: the kernel has refused less privilege. With a sanitizer a
 * debugger is needed and stays allowed. */
void sandbox_drop_privileges(void);

struct sandbox_needs {
    bool opens_sockets; /* IP and Unix ones, and connects them: a connection of ours must come back */
};

/* Whether a filter makes sense in this build: a sanitizer does what it likes. */
bool sandbox_is_possible(void);

/* From now on, and in all threads that run. False: `error` says why, in one line; nothing is filtered. */
bool sandbox_enter(const struct sandbox_needs *needs, char *error, size_t error_size)
    __attribute__((warn_unused_result));

#endif
