/* SPDX-License-Identifier: MIT */
/*
 * notify - see notify.h.
 *
 * The protocol is one datagram per message to the socket that NOTIFY_SOCKET names. Our socket is opened once, because
 * io/sandbox takes away the right to open another.
 */
#include "notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STATUS_SIZE 256u /* bounds a status line; a longer one is cut */

static int notify_socket = -1;

/* The address of a path, or of a name that begins with '@', which is not in the file system. 0: it is none. */
static socklen_t address_of(const char *name, struct sockaddr_un *address)
{
    size_t length = strlen(name);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (length < 2 || length >= sizeof address->sun_path || (*name != '/' && *name != '@'))
        return 0;
    memcpy(address->sun_path, name, length);
    if (*name == '@')
        address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

void notify_open(void)
{
    struct sockaddr_un address;
    const char *name = getenv("NOTIFY_SOCKET");
    socklen_t size = name ? address_of(name, &address) : 0;
    if (size == 0)
        return;
    notify_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (notify_socket >= 0 && connect(notify_socket, (const struct sockaddr *)&address, size) == 0)
        return;
    fprintf(stderr, "hnlmond: NOTIFY_SOCKET '%s': %s\n", name, strerror(errno));
    notify_close();
}

void notify_close(void)
{
    if (notify_socket >= 0)
        close(notify_socket);
    notify_socket = -1;
}

static void tell(const char *message, int flags)
{
    if (notify_socket >= 0)
        (void)send(notify_socket, message, strlen(message), flags | MSG_NOSIGNAL);
}

/* A manager that does not read misses a line rather than stopping the loop. */
static void tell_if_possible(const char *message)
{
    tell(message, MSG_DONTWAIT);
}

void notify_ready(void)
{
    tell("READY=1", 0);
}

void notify_stopping(void)
{
    tell_if_possible("STOPPING=1");
}

void notify_watchdog(void)
{
    tell_if_possible("WATCHDOG=1");
}

void notify_status(const char *format, ...)
{
    static const char key[] = "STATUS=";
    char status[sizeof key + STATUS_SIZE];
    va_list arguments;
    memcpy(status, key, sizeof key);
    va_start(arguments, format);
    vsnprintf(status + sizeof key - 1, STATUS_SIZE, format, arguments);
    va_end(arguments);
    tell_if_possible(status);
}

/* A whole number of the environment; 0: none. */
static uint64_t number_of(const char *variable)
{
    const char *text = getenv(variable);
    char *end;
    if (!text || *text < '0' || *text > '9')
        return 0;
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    return *end || errno ? 0 : number;
}

uint32_t notify_watchdog_interval_ms(void)
{
    static const char pid[] = "WATCHDOG_PID";
    uint64_t timeout_us = number_of("WATCHDOG_USEC");
    if (timeout_us == 0 || (getenv(pid) && number_of(pid) != (uint64_t)getpid()))
        return 0;
    uint64_t interval_ms = timeout_us / 2000;
    return interval_ms == 0 ? 1 : interval_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)interval_ms;
}
