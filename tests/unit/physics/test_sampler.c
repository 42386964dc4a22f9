/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/constants.h"
#include "physics/ratio.h"
#include "physics/sampler.h"

static void every_number_of_events_is_drawn_exactly(void **state)
{
    (void)state;
    for (uint64_t events = SAMPLER_EVENTS_MIN; events < 40; events++)
        for (int sampling = 0; sampling < SAMPLING_COUNT; sampling++) {
            struct sampler sampler;
            struct random random;
            uint64_t drawn[STRATA_COUNT] = {0}, total = 0;
            struct sampler_decay decay;
            random_init(&random, 1, 0);
            sampler_init(&sampler, (enum sampling)sampling, events);
            while (sampler_next(&sampler, &random, &decay))
                drawn[decay.stratum]++;
            for (int i = 0; i < STRATA_COUNT; i++) {
                assert_true(drawn[i] == sampler.trials[i]);
                assert_true(sampling == SAMPLING_UNWEIGHTED || drawn[i] >= 2);
                total += drawn[i];
            }
            assert_true(total == events);
            assert_false(sampler_next(&sampler, &random, &decay));
        }
}

static void strata_cover_all_photons_once_and_keep_to_their_ranges(void **state)
{
    struct sampler sampler;
    struct random random;
    struct sampler_decay decay;
    (void)state;
    assert_true(strata_ranges[0].k_min_mev == 0);
    assert_true(strata_ranges[STRATA_COUNT - 1].k_max_mev == PHOTON_ENERGY_MAX_MEV);
    for (int i = 1; i < STRATA_COUNT; i++)
        assert_true(strata_ranges[i].k_min_mev == strata_ranges[i - 1].k_max_mev);
    random_init(&random, check_seed(), 0);
    sampler_init(&sampler, SAMPLING_STRATIFIED, 20000);
    while (sampler_next(&sampler, &random, &decay)) {
        const struct strata_range *stratum = &strata_ranges[decay.stratum];
        if (decay.weight > 0)
            assert_true(decay.ke3.k >= stratum->k_min_mev && decay.ke3.k <= stratum->k_max_mev * (1 + 1e-12));
    }
}

#define EDGES 6

static void shares_above(enum sampling sampling, uint64_t events, struct estimate shares[EDGES])
{
    static const double edge_mev2[EDGES] = {1, 100, 1000, 5000, 15000, 40000};
    struct ratio above[EDGES] = {{{0}, {0}, {0}}};
    struct ratio_base all = {{0}, {0}};
    struct sampler sampler;
    struct random random;
    struct sampler_decay decay;
    random_init(&random, check_seed(), (uint64_t)sampling);
    sampler_init(&sampler, sampling, events);
    while (sampler_next(&sampler, &random, &decay)) {
        if (!(decay.weight > 0))
            continue;
        ratio_base_add(&all, decay.stratum, decay.weight);
        for (int i = 0; i < EDGES && decay.ke3.m2 > edge_mev2[i]; i++)
            ratio_add(&above[i], decay.stratum, decay.weight, 1);
    }
    for (int i = 0; i < EDGES; i++)
        shares[i] = ratio_estimate(&above[i], &all, sampler.trials);
}

static void stratified_and_unweighted_decays_have_the_same_spectrum(void **state)
{
    const uint64_t events = test_is_full() ? 10000000 : 500000;
    struct estimate stratified[EDGES], unweighted[EDGES];
    (void)state;
    shares_above(SAMPLING_STRATIFIED, events, stratified);
    shares_above(SAMPLING_UNWEIGHTED, events, unweighted);
    for (int i = 0; i < EDGES; i++) {
        double pull = (stratified[i].value - unweighted[i].value) / hypot(stratified[i].error, unweighted[i].error);
        printf("%.4g +- %.2g stratified, %.4g +- %.2g unweighted, pull %.2f\n", stratified[i].value,
               stratified[i].error, unweighted[i].value, unweighted[i].error, pull);
        assert_true(fabs(pull) < 4);
        check_relative("binomial error", unweighted[i].error,
                       sqrt(unweighted[i].value * (1 - unweighted[i].value) / (double)(events - 1)), 1e-9);
    }
    assert_true(stratified[EDGES - 1].error < unweighted[EDGES - 1].error / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_events_is_drawn_exactly),
        cmocka_unit_test(strata_cover_all_photons_once_and_keep_to_their_ranges),
        cmocka_unit_test(stratified_and_unweighted_decays_have_the_same_spectrum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
