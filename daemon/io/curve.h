/* SPDX-License-Identifier: MIT */
/*
 * curve - CURVE keys (rfc.zeromq.org/spec/26) of this process: draws them, keeps them in files, and gives them to
 * sockets that connect.
 *
 * What a file says is decided in wire/certificate; who may connect to the daemon, and to which socket, in io/zap.
 */
#ifndef HNLMON_IO_CURVE_H
#define HNLMON_IO_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/certificate.h"

#define CURVE_ERROR_SIZE 1400u /* room for any error: a path and a line about it; a smaller buffer cuts it */
#define CURVE_PEERS_MAX 256u   /* certificates in a directory */

/* A key pair that nobody had before. */
void curve_draw(struct certificate *certificate);

/* The own certificate: a regular file that nobody but its owner may read or write, and whose keys belong together.
 * False: `error` says why, in one line with the path; so do the functions below. */
bool curve_read_secret(struct certificate *certificate, const char *path, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* The certificate of somebody else, or the own one without its secret. */
bool curve_read_public(struct certificate *certificate, const char *path, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* The certificates NAME.key of a directory: at most CURVE_PEERS_MAX, public, each with a role; a missing name is that
 * of the file. No two have a name or a key in common. */
bool curve_read_directory(struct certificate peers[CURVE_PEERS_MAX], uint32_t *count, const char *path, char *error,
                          size_t error_size) __attribute__((warn_unused_result));

/* Writes directory/name.key and directory/name.key_secret (mode 0600), neither of which may exist. `stem`: the file
 * name without its end. */
bool curve_write(const struct certificate *certificate, const char *directory, const char *stem, char *error,
                 size_t error_size) __attribute__((warn_unused_result));

/* What a client shows, and whom it expects. */
struct curve_client {
    char public_key[CERTIFICATE_KEY_SIZE], secret_key[CERTIFICATE_KEY_SIZE], server_key[CERTIFICATE_KEY_SIZE];
};

/* From the own secret file and the public file of the daemon into *room; *client is then room. Neither of them (NULL):
 * *client is NULL, for a plain socket. One alone is a mistake. */
bool curve_client_read(struct curve_client *room, const struct curve_client **client, const char *own,
                       const char *server, char *error, size_t error_size) __attribute__((warn_unused_result));

/* Before the socket connects. NULL: a plain socket. */
void curve_client_apply(const struct curve_client *client, void *socket);

#endif
