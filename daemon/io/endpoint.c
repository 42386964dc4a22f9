/* SPDX-License-Identifier: MIT */
/* endpoint - see endpoint.h. */
#include "io/endpoint.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#define HOST_SIZE 64u /* longer than any address that is local */

/* tcp://HOST:PORT; an IPv6 host is in brackets or not. False when there is no port. */
static bool split_host(const char *address, char host[HOST_SIZE])
{
    const char *colon = strrchr(address, ':');
    if (!colon)
        return false;
    size_t length = (size_t)(colon - address);
    if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    if (length >= HOST_SIZE)
        return false;
    memcpy(host, address, length);
    host[length] = '\0';
    return true;
}

static bool is_local_host(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &six) == 1)
        return memcmp(&six, &in6addr_loopback, sizeof six) == 0;
    return strcmp(host, "localhost") == 0;
}

bool endpoint_is_local(const char *endpoint)
{
    char host[HOST_SIZE];
    if (strncmp(endpoint, "ipc://", 6) == 0)
        return true;
    return strncmp(endpoint, "tcp://", 6) == 0 && split_host(endpoint + 6, host) && is_local_host(host);
}
