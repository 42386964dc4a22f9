/* SPDX-License-Identifier: MIT */
/*
 * secret - what two sides share so that one can prove to the other who it is without sending it: a file of bytes, and
 * the answer to a nonce, HMAC-SHA-256 (RFC 2104, FIPS 180-4).
 *
 * The only place that sees libsodium. Who asks, how often, and what an answer opens is left to io/challenge.
 */
#ifndef HNLMON_IO_SECRET_H
#define HNLMON_IO_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_BYTES_MIN 32u
#define SECRET_BYTES_MAX 4096u
#define SECRET_NONCE_BYTES 32u
#define SECRET_ANSWER_BYTES 32u
#define SECRET_ERROR_SIZE 200u /* room for any error; a smaller buffer cuts it */

struct secret {
    unsigned char bytes[SECRET_BYTES_MAX];
    size_t size;
};

/* All bytes of a regular file that nobody but its owner may read or write. False: `error` says why, in one line without
 * the path. */
bool secret_read(struct secret *secret, const char *path, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Overwrites it. */
void secret_wipe(struct secret *secret);

/* Random bytes that nobody can foresee. */
void secret_draw(unsigned char nonce[SECRET_NONCE_BYTES]);

/* HMAC over "hnlmon-unblind-1", nonce, and each text behind its length (32 bits, little endian): no two different pairs
 * of texts give the same bytes. */
void secret_answer(const struct secret *secret, const unsigned char nonce[SECRET_NONCE_BYTES], const char *who,
                   const char *reason, unsigned char answer[SECRET_ANSWER_BYTES]);

/* Compares in a time that does not depend on where they differ. */
bool secret_is_same(const unsigned char a[SECRET_ANSWER_BYTES], const unsigned char b[SECRET_ANSWER_BYTES]);

#endif
