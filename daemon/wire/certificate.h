/* SPDX-License-Identifier: MIT */
/*
 * certificate - the text of a CURVE certificate: ZPL (rfc.zeromq.org/spec/4), as pyzmq (zmq.auth) and czmq (zcert)
 * write it.
 *
 *   metadata
 *       name = "Alice"
 *       role = "front-end"
 *       source = "3"
 *   curve
 *       public-key = "Z<QjPdI(%UU1I{J:)M?Ork5P2BNrNDo{{d1Varai"
 *       secret-key = "..."                                           only in the file of the owner
 *
 * It decides what a well-formed certificate is; where it lies and who may read it is left to io/curve, what it opens to
 * io/zap. Any bytes give a certificate or one line of error.
 */
#ifndef HNLMON_WIRE_CERTIFICATE_H
#define HNLMON_WIRE_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CERTIFICATE_BYTES_MAX 65536u /* of a text */
#define CERTIFICATE_TEXT_SIZE 1024u  /* room for any text that certificate_format makes */
#define CERTIFICATE_KEY_SIZE 41u     /* Z85 of 32 bytes, with its terminating 0 */
#define CERTIFICATE_NAME_SIZE 64u    /* with its terminating 0 */
#define CERTIFICATE_ERROR_SIZE 160u  /* room for any error; a smaller buffer cuts it */

enum certificate_role { ROLE_NONE, ROLE_FRONT_END, ROLE_SUBSCRIBER, ROLE_OPERATOR, ROLE_COUNT };

struct certificate {
    char name[CERTIFICATE_NAME_SIZE]; /* printable ASCII; "": none */
    enum certificate_role role;
    uint32_t source; /* of a front-end: the only one that it may speak for; 0: any */
    char public_key[CERTIFICATE_KEY_SIZE];
    char secret_key[CERTIFICATE_KEY_SIZE]; /* "": a public certificate */
};

/* "front-end", "subscriber", "operator"; "none". */
const char *certificate_role_name(enum certificate_role role);

/* ROLE_COUNT: no role has this name. */
enum certificate_role certificate_role_by_name(const char *name);

/* Further metadata are ignored: other programs may have use for them. False: `error` says in one line what is wrong,
 * and *certificate is all zero. */
bool certificate_parse(struct certificate *certificate, const char *text, size_t size, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* The text of the public, or of the secret certificate; returns its length. */
size_t certificate_format(const struct certificate *certificate, bool is_secret, char text[CERTIFICATE_TEXT_SIZE]);

/* Whether a name can stand in a certificate: 1 to CERTIFICATE_NAME_SIZE - 1 characters, printable ASCII without quotes.
 */
bool certificate_is_name(const char *name);

#endif
