/* SPDX-License-Identifier: MIT */
/* Streams of one seed: what N processes generate side by side is as good as one long sample. */
#include "chi2.h"

#include <string.h>

#include "physics/ke3gamma.h"

#define STREAMS 4
#define PILOT 20000

enum { LN_K, POSITRON_ENERGY, LN_M2, COSINE, PI0_ENERGY, QUANTITIES };

static const char *const names[QUANTITIES] = {"ln k", "E_e", "ln m2", "cos(e, gamma)", "E_pi0"};

static void quantities(const struct ke3gamma *decay, double values[QUANTITIES])
{
    values[LN_K] = log(decay->k);
    values[POSITRON_ENERGY] = decay->e.e;
    values[LN_M2] = log(decay->m2);
    values[COSINE] = decay->n.z;
    values[PI0_ENERGY] = decay->pi0.e;
}

static int events_per_stream(void)
{
    return test_is_full() ? 4000000 : 250000;
}

/* 64 bits that two decays share only if they are the same (or with a probability of 1e-7 in a test). */
static uint64_t fingerprint(const struct ke3gamma *decay)
{
    uint64_t energy, photon;
    memcpy(&energy, &decay->e.e, sizeof energy);
    memcpy(&photon, &decay->k, sizeof photon);
    return energy * UINT64_C(0x9E3779B97F4A7C15) ^ (photon << 32 | photon >> 32);
}

static int compare_words(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void init_edges(struct chi2 chi2[QUANTITIES], uint64_t seed)
{
    static double pilot[QUANTITIES][PILOT];
    struct ke3gamma_counts counts = {0};
    struct random random;
    random_init(&random, seed, 1000);
    for (int i = 0; i < PILOT; i++) {
        struct ke3gamma decay;
        double values[QUANTITIES];
        ke3gamma_draw(&random, &decay, &counts);
        quantities(&decay, values);
        for (int j = 0; j < QUANTITIES; j++)
            pilot[j][i] = values[j];
    }
    for (int j = 0; j < QUANTITIES; j++)
        chi2_init(&chi2[j], names[j], pilot[j], PILOT);
}

static void draw_into(struct random *random, struct chi2 chi2[QUANTITIES], int sample, uint64_t *print)
{
    struct ke3gamma_counts counts = {0};
    struct ke3gamma decay;
    double values[QUANTITIES];
    ke3gamma_draw(random, &decay, &counts);
    quantities(&decay, values);
    for (int i = 0; i < QUANTITIES; i++)
        chi2_fill(&chi2[i], sample, values[i]);
    *print = fingerprint(&decay);
}

/* The streams take turns, as on several cores; the single one goes alone. */
static void streams_add_up_to_one_sample_and_share_no_decay(void **state)
{
    static struct chi2 chi2[QUANTITIES];
    const size_t total = (size_t)STREAMS * (size_t)events_per_stream();
    const uint64_t seed = check_seed();
    struct random streams[STREAMS], single;
    uint64_t *prints = malloc(2 * total * sizeof *prints);
    (void)state;
    assert_non_null(prints);
    init_edges(chi2, seed);
    random_init(&single, seed, 500);
    for (uint64_t i = 0; i < STREAMS; i++)
        random_init(&streams[i], seed, i);
    for (size_t i = 0; i < total; i++) {
        draw_into(&streams[i % STREAMS], chi2, 0, &prints[2 * i]);
        draw_into(&single, chi2, 1, &prints[2 * i + 1]);
    }
    for (int i = 0; i < QUANTITIES; i++)
        chi2_check(&chi2[i]);
    qsort(prints, 2 * total, sizeof *prints, compare_words);
    for (size_t i = 1; i < 2 * total; i++)
        assert_true(prints[i] != prints[i - 1]);
    free(prints);
}

static void a_stream_does_not_notice_the_others(void **state)
{
    const uint64_t seed = check_seed();
    struct ke3gamma_counts counts = {0};
    struct random alone, together, other;
    (void)state;
    random_init(&alone, seed, 2);
    random_init(&together, seed, 2);
    random_init(&other, seed, 3);
    for (int i = 0; i < 10000; i++) {
        struct ke3gamma a, b, c;
        ke3gamma_draw(&alone, &a, &counts);
        ke3gamma_draw(&together, &b, &counts);
        ke3gamma_draw(&other, &c, &counts);
        assert_true(fingerprint(&a) == fingerprint(&b));
        assert_true(fingerprint(&a) != fingerprint(&c));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_add_up_to_one_sample_and_share_no_decay),
        cmocka_unit_test(a_stream_does_not_notice_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
