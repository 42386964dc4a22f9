/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <string.h>

#include "../../vectors/physics_vectors.h"
#include "hnlmon/units.h"
#include "physics/constants.h"
#include "physics/event.h"

#define DRAWS 300000

/* From the wire's integers, in long double. */
static double reconstruct(const struct candidate *c)
{
    const int32_t *momentum[3] = {c->k, c->pi0, c->e};
    const long double mass[3] = {493.677L, 134.9768L, 0.51099895L};
    long double sum[4] = {0};
    for (int i = 0; i < 3; i++) {
        long double p2 = mass[i] * mass[i], sign = i == 0 ? 1 : -1;
        for (int j = 0; j < 3; j++) {
            long double p = momentum[i][j] / 8192.0L;
            p2 += p * p;
            sum[j] += sign * p;
        }
        sum[3] += sign * sqrtl(p2);
    }
    return (double)(sum[3] * sum[3] - sum[0] * sum[0] - sum[1] * sum[1] - sum[2] * sum[2]);
}

static void the_reconstructed_mass_scatters_around_the_truth_as_a_gaussian(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default();
    double sum = 0, sum2 = 0, sum4 = 0;
    (void)state;
    config.seed = check_seed();
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        double pull = (reconstruct(&candidate) - truth.m2_mev2) / 1700;
        sum += pull / DRAWS;
        sum2 += pull * pull / DRAWS;
        sum4 += pull * pull * pull * pull / DRAWS;
        assert_true(truth.kind == DECAY_KE3);
    }
    /* The 0.1 % of decays that cannot be shifted are the most negative pulls: they move the mean by up to 0.004. */
    check_near("mean", sum, 0, 0.004 + 5 / sqrt(DRAWS));
    check_near("variance", sum2, 1, 0.015);
    check_near("fourth moment", sum4, 3, 0.12);
}

/* Signal over background is rho u2; at 135 MeV and u2 = 1 that is 0.50996. */
static void signal_and_background_come_in_the_ratio_of_their_branching_fractions(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default();
    const double ratio = 0.50995795 * 0.5;
    uint64_t signal = 0;
    double sum = 0;
    (void)state;
    config.seed = check_seed();
    config.signal_mass_mev = 135;
    config.u2 = 0.5;
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        if (truth.kind != DECAY_SIGNAL)
            continue;
        signal++;
        sum += reconstruct(&candidate);
        assert_true(truth.m2_mev2 == 18225);
        assert_true((candidate.flags & FLAG_PHOTON_VETO) == 0);
    }
    check_share("signal", signal, DRAWS, ratio / (1 + ratio));
    check_near("mean m2", sum / (double)signal, 18225, 5 * 1700 / sqrt((double)signal));
    assert_true(source.counts.events[DECAY_SIGNAL] == signal);
}

static void the_same_seed_and_stream_give_the_same_candidates(void **state)
{
    static struct event_source first, second, other;
    struct event_config config = event_config_default();
    (void)state;
    config.signal_mass_mev = 200;
    config.u2 = 0.1;
    event_source_init(&first, &config);
    event_source_init(&second, &config);
    config.stream = 1;
    event_source_init(&other, &config);
    for (int i = 0; i < 1000; i++) {
        struct candidate a, b, c;
        struct event_truth truth;
        event_source_next(&first, &a, &truth);
        event_source_next(&second, &b, &truth);
        event_source_next(&other, &c, &truth);
        assert_memory_equal(&a, &b, sizeof a);
        assert_memory_not_equal(a.k, c.k, sizeof a.k);
    }
}

/* Wide limits of a Ke3 selection: vertex 105-180 m, E/p 0.9-1.1, 2 ns, 25 mm, pi0 mass within 15 MeV. */
static bool is_unremarkable(const struct candidate *c)
{
    return c->vertex_z >= 105000 && c->vertex_z <= 180000 && abs(c->e_over_p - 1024) <= 102 && abs(c->dt) <= 2000 &&
           abs(c->dt_k) <= 2000 && c->cda >= 0 && c->cda < 25000 && abs(c->m_gg - MASS_PI0_Q13) < 15 * 8192;
}

static void observables_look_like_those_of_selected_decays(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default();
    uint64_t remarkable = 0, in_first_half = 0, lowest_fine_bit = 0;
    (void)state;
    config.seed = check_seed();
    config.l0_mask = 0x8001;
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        remarkable += !is_unremarkable(&candidate);
        in_first_half += candidate.vertex_z < 142500;
        lowest_fine_bit += candidate.flags & 1;
        assert_true(candidate.time == 0 && (candidate.flags & FLAG_KEPT) == 0);
        assert_true(candidate.flags >> FLAG_L0_MASK_SHIFT == 0x8001);
    }
    assert_true(remarkable <= 5);
    check_share("first half", in_first_half, DRAWS, 0.516627); /* 1 / (1 + exp(-37.5 / 563.8)) */
    check_share("fine time", lowest_fine_bit, DRAWS, 0.5);
}

/* Among decays with m2 above 0.01 GeV^2 the veto leaves 0.0180 (50 MeV threshold: the same to a per cent). */
static void the_veto_leaves_the_expected_share_of_the_tail(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default();
    uint64_t tail = 0, survived = 0;
    (void)state;
    config.seed = check_seed();
    event_source_init(&source, &config);
    while (tail < 20000) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        if (truth.m2_mev2 <= 10000)
            continue;
        tail++;
        survived += (candidate.flags & FLAG_PHOTON_VETO) == 0;
    }
    check_share("survival", survived, tail, vector_survival);
    check_share("tail", tail, source.counts.events[DECAY_KE3], 1.487e-2);
}

static void expect_error(struct event_config config, const char *word)
{
    const char *error = event_config_error(&config);
    assert_non_null(error);
    assert_non_null(strstr(error, word));
}

static void impossible_configurations_are_named(void **state)
{
    struct event_config good = event_config_default(), bad;
    (void)state;
    assert_null(event_config_error(&good));
    bad = good, bad.signal_mass_mev = END_POINT_MEV, expect_error(bad, "end point");
    bad = good, bad.signal_mass_mev = -1, expect_error(bad, "mass");
    bad = good, bad.signal_mass_mev = NAN, expect_error(bad, "mass");
    bad = good, bad.u2 = -1e-9, expect_error(bad, "|U|^2");
    bad = good, bad.u2 = 1e-4, expect_error(bad, "needs a signal mass");
    bad = good, bad.sigma_mev2 = -1, expect_error(bad, "resolution");
    bad = good, bad.beam.momentum_mev = 2e5, expect_error(bad, "beam momentum");
    bad = good, bad.beam.spread = 0.5, expect_error(bad, "spread");
    bad = good, bad.beam.divergence_rad = 1, expect_error(bad, "divergence");
    bad = good, bad.veto.threshold_mev = -1, expect_error(bad, "threshold");
    bad = good, bad.veto.angle_rad = 0, expect_error(bad, "angle");
    bad = good, bad.veto.inefficiency = 1.1, expect_error(bad, "inefficiency");
}

static void every_momentum_fits_into_the_domain_of_the_kernel(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default();
    (void)state;
    config.seed = check_seed();
    config.beam.momentum_mev = 1e5;
    config.signal_mass_mev = 300;
    config.u2 = 1;
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS / 3; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        for (int j = 0; j < 3; j++) {
            assert_true(abs(candidate.k[j]) < MOMENTUM_LIMIT_Q13);
            assert_true(abs(candidate.pi0[j]) < MOMENTUM_LIMIT_Q13);
            assert_true(abs(candidate.e[j]) < MOMENTUM_LIMIT_Q13);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reconstructed_mass_scatters_around_the_truth_as_a_gaussian),
        cmocka_unit_test(signal_and_background_come_in_the_ratio_of_their_branching_fractions),
        cmocka_unit_test(the_same_seed_and_stream_give_the_same_candidates),
        cmocka_unit_test(observables_look_like_those_of_selected_decays),
        cmocka_unit_test(the_veto_leaves_the_expected_share_of_the_tail),
        cmocka_unit_test(impossible_configurations_are_named),
        cmocka_unit_test(every_momentum_fits_into_the_domain_of_the_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
