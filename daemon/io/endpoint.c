/* SPDX-License-Identifier: MIT */
/* endpoint - see endpoint.h. */
#include "io/endpoint.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define HOST_SIZE 64u /* longer than any address that is local */
#define TCP "tcp://"
#define IPC "ipc://"
#define PORT_MAX 65535u
#define PORT_DIGITS_MAX 5u

static bool begins_with(const char *endpoint, const char *transport)
{
    return strncmp(endpoint, transport, strlen(transport)) == 0;
}

static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (strcmp(text, "*") == 0)
        return true;
    return digits > 0 && digits <= PORT_DIGITS_MAX && text[digits] == '\0' && strtoul(text, NULL, 10) <= PORT_MAX;
}

bool endpoint_is_valid(const char *endpoint)
{
    if (begins_with(endpoint, IPC))
        return endpoint[strlen(IPC)] != '\0';
    const char *address = endpoint + strlen(TCP);
    const char *colon = begins_with(endpoint, TCP) ? strrchr(address, ':') : NULL;
    return colon && colon > address && is_port(colon + 1);
}

bool endpoint_next(const char **rest, char endpoint[ENDPOINT_BYTES_MAX])
{
    const char *begin = *rest + strspn(*rest, " ");
    size_t length = strcspn(begin, " ");
    *rest = begin + length;
    size_t kept = length < ENDPOINT_BYTES_MAX ? length : 0;
    memcpy(endpoint, begin, kept);
    endpoint[kept] = '\0';
    return length > 0;
}

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
    if (begins_with(endpoint, IPC))
        return true;
    return begins_with(endpoint, TCP) && split_host(endpoint + strlen(TCP), host) && is_local_host(host);
}
