/* SPDX-License-Identifier: MIT */
/* challenge - see challenge.h. */
#include "io/challenge.h"

const char *challenge_verdict_text(enum challenge_verdict verdict)
{
    switch (verdict) {
    case CHALLENGE_GRANTED:
        return "granted";
    case CHALLENGE_IMPOSSIBLE:
        return "this daemon has no blind.key_file, so nothing unblinds it";
    case CHALLENGE_TOO_SOON:
        return "too soon after the last try";
    case CHALLENGE_NO_NONCE:
        return "no nonce is open: it was used, replaced or is too old";
    case CHALLENGE_WRONG:
        return "wrong answer: not the secret of this daemon";
    }
    return "?";
}

const unsigned char *challenge_draw(struct challenge *challenge, int64_t now_ns)
{
    secret_draw(challenge->nonce);
    challenge->is_open = true;
    challenge->drawn_ns = now_ns;
    return challenge->nonce;
}

/* Ends the open nonce; whether it was still good. */
static bool take_nonce(struct challenge *challenge, int64_t now_ns)
{
    bool is_good = challenge->is_open && now_ns - challenge->drawn_ns <= CHALLENGE_OPEN_NS;
    challenge->is_open = false;
    return is_good;
}

enum challenge_verdict challenge_judge(struct challenge *challenge, const char *who, const char *reason,
                                       const unsigned char answer[SECRET_ANSWER_BYTES], int64_t now_ns)
{
    unsigned char right[SECRET_ANSWER_BYTES];
    if (challenge->secret.size == 0)
        return CHALLENGE_IMPOSSIBLE;
    bool is_good = take_nonce(challenge, now_ns);
    if (challenge->was_tried && now_ns - challenge->tried_ns < CHALLENGE_INTERVAL_NS)
        return CHALLENGE_TOO_SOON;
    challenge->was_tried = true;
    challenge->tried_ns = now_ns;
    if (!is_good)
        return CHALLENGE_NO_NONCE;
    secret_answer(&challenge->secret, challenge->nonce, who, reason, right);
    return secret_is_same(answer, right) ? CHALLENGE_GRANTED : CHALLENGE_WRONG;
}
