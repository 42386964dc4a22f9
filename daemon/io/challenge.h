/* SPDX-License-Identifier: MIT */
/*
 * challenge - decides whether an answer proves that somebody has the secret.
 *
 * One nonce is open at a time; drawing another one, an answer of any kind and CHALLENGE_OPEN_NS end it, so that an
 * answer that was overheard is worth nothing. Answers are judged at most once in CHALLENGE_INTERVAL_NS. How an answer
 * is made is decided in io/secret; what it opens, and the time, are the caller's.
 */
#ifndef HNLMON_IO_CHALLENGE_H
#define HNLMON_IO_CHALLENGE_H

#include <stdint.h>

#include "io/secret.h"

#define CHALLENGE_OPEN_NS INT64_C(30000000000)
#define CHALLENGE_INTERVAL_NS INT64_C(1000000000)

enum challenge_verdict {
    CHALLENGE_GRANTED,
    CHALLENGE_IMPOSSIBLE, /* this daemon has no secret */
    CHALLENGE_TOO_SOON,   /* the last try is less than CHALLENGE_INTERVAL_NS ago; it was not judged */
    CHALLENGE_NO_NONCE,   /* no nonce is open */
    CHALLENGE_WRONG       /* another secret, nonce, name or reason */
};

/* "granted", "too soon after the last try", ... */
const char *challenge_verdict_text(enum challenge_verdict verdict);

struct challenge {
    struct secret secret; /* size 0: there is none */
    unsigned char nonce[SECRET_NONCE_BYTES];
    bool is_open;
    int64_t drawn_ns, tried_ns;
    bool was_tried;
};

/* Draws the nonce for the next try; there must be a secret. now_ns: any clock that does not go back. */
const unsigned char *challenge_draw(struct challenge *challenge, int64_t now_ns);

enum challenge_verdict challenge_judge(struct challenge *challenge, const char *who, const char *reason,
                                       const unsigned char answer[SECRET_ANSWER_BYTES], int64_t now_ns)
    __attribute__((warn_unused_result));

#endif
