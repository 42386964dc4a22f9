/* SPDX-License-Identifier: MIT */
#include "io/challenge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

static struct challenge challenge;
static unsigned char nonce[SECRET_NONCE_BYTES], answer[SECRET_ANSWER_BYTES];

static int start(void **state)
{
    (void)state;
    memset(&challenge, 0, sizeof challenge);
    memset(challenge.secret.bytes, 7, 40);
    challenge.secret.size = 40;
    return 0;
}

/* Draws a nonce and answers it for these texts with this secret. */
static void answer_as(const struct secret *secret, const char *who, const char *reason, int64_t now_ns)
{
    memcpy(nonce, challenge_draw(&challenge, now_ns), sizeof nonce);
    secret_answer(secret, nonce, who, reason, answer);
}

static enum challenge_verdict judge(int64_t now_ns)
{
    return challenge_judge(&challenge, "anna", "box opening", answer, now_ns);
}

static void the_right_answer_is_granted_once(void **state)
{
    (void)state;
    answer_as(&challenge.secret, "anna", "box opening", 0);
    assert_int_equal(judge(1), CHALLENGE_GRANTED);
    assert_int_equal(judge(2 * SECOND), CHALLENGE_NO_NONCE);
    (void)challenge_draw(&challenge, 4 * SECOND); /* and the old answer does not fit the next nonce */
    assert_int_equal(judge(4 * SECOND), CHALLENGE_WRONG);
}

static void another_secret_name_or_reason_is_wrong(void **state)
{
    (void)state;
    struct secret other = challenge.secret;
    other.bytes[39] ^= 1;
    answer_as(&other, "anna", "box opening", 0);
    assert_int_equal(judge(0), CHALLENGE_WRONG);
    answer_as(&challenge.secret, "bert", "box opening", 2 * SECOND);
    assert_int_equal(judge(2 * SECOND), CHALLENGE_WRONG);
    answer_as(&challenge.secret, "anna", "box opening.", 4 * SECOND);
    assert_int_equal(judge(4 * SECOND), CHALLENGE_WRONG);
}

static void every_bit_of_an_answer_counts(void **state)
{
    (void)state;
    for (int bit = 0; bit < 8 * (int)SECRET_ANSWER_BYTES; bit++) {
        int64_t now_ns = bit * SECOND;
        answer_as(&challenge.secret, "anna", "box opening", now_ns);
        answer[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_int_equal(judge(now_ns), CHALLENGE_WRONG);
    }
}

static void tries_are_a_second_apart(void **state)
{
    (void)state;
    answer_as(&challenge.secret, "bert", "box opening", 0);
    assert_int_equal(judge(0), CHALLENGE_WRONG);
    answer_as(&challenge.secret, "anna", "box opening", SECOND - 1);
    assert_int_equal(judge(SECOND - 1), CHALLENGE_TOO_SOON);
    assert_int_equal(judge(SECOND), CHALLENGE_NO_NONCE); /* the try that was not judged took it */
    answer_as(&challenge.secret, "anna", "box opening", 2 * SECOND);
    assert_int_equal(judge(2 * SECOND), CHALLENGE_GRANTED);
}

static void a_nonce_ends_after_thirty_seconds_and_with_the_next_one(void **state)
{
    (void)state;
    answer_as(&challenge.secret, "anna", "box opening", 0);
    assert_int_equal(judge(30 * SECOND + 1), CHALLENGE_NO_NONCE);
    answer_as(&challenge.secret, "anna", "box opening", 40 * SECOND);
    assert_int_equal(judge(70 * SECOND), CHALLENGE_GRANTED);
    answer_as(&challenge.secret, "anna", "box opening", 80 * SECOND);
    (void)challenge_draw(&challenge, 80 * SECOND);
    assert_int_equal(judge(80 * SECOND), CHALLENGE_WRONG);
}

static void without_a_secret_nothing_is_granted(void **state)
{
    (void)state;
    const struct secret nothing = {.size = 0};
    answer_as(&nothing, "anna", "box opening", 0);
    challenge.secret.size = 0;
    assert_int_equal(judge(0), CHALLENGE_IMPOSSIBLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_right_answer_is_granted_once, start),
        cmocka_unit_test_setup(another_secret_name_or_reason_is_wrong, start),
        cmocka_unit_test_setup(every_bit_of_an_answer_counts, start),
        cmocka_unit_test_setup(tries_are_a_second_apart, start),
        cmocka_unit_test_setup(a_nonce_ends_after_thirty_seconds_and_with_the_next_one, start),
        cmocka_unit_test_setup(without_a_secret_nothing_is_granted, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
