/* SPDX-License-Identifier: MIT */
/* endpoint - the text of a ZeroMQ endpoint: whether it is one, and who can reach it. */
#ifndef HNLMON_IO_ENDPOINT_H
#define HNLMON_IO_ENDPOINT_H

#include <stdbool.h>

#define ENDPOINT_BYTES_MAX 256u /* bounds an endpoint, terminated */

/* Whether it is tcp://ADDRESS:PORT or ipc://PATH. PORT: up to 65535 (libzmq takes the rest of a larger one), or *, any
 * free one. */
bool endpoint_is_valid(const char *endpoint);

/* Takes the next of endpoints that are separated by blanks; one that is too long becomes "". False: there is none. */
bool endpoint_next(const char **rest, char endpoint[ENDPOINT_BYTES_MAX]);

/* Whether only this machine can connect to a socket that binds there: ipc, or tcp at 127.0.0.0/8, ::1 or localhost.
 * Everything else (0.0.0.0, *, [::], names of interfaces and hosts) is taken to lie beyond. */
bool endpoint_is_local(const char *endpoint);

#endif
