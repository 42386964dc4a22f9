/* SPDX-License-Identifier: MIT */
/* endpoint - what the text of a ZeroMQ endpoint says about who can reach it. */
#ifndef HNLMON_IO_ENDPOINT_H
#define HNLMON_IO_ENDPOINT_H

#include <stdbool.h>

/* Whether only this machine can connect to a socket that binds there: ipc, or tcp at 127.0.0.0/8, ::1 or localhost.
 * Everything else (0.0.0.0, *, [::], names of interfaces and hosts) is taken to lie beyond. */
bool endpoint_is_local(const char *endpoint);

#endif
