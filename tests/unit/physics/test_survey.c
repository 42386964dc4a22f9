/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/survey.h"

static struct survey survey;
static const struct veto veto = {.threshold_mev = 200, .angle_rad = 0.050, .inefficiency = 1e-3};
static const struct response_candidate lost = {.is_accepted = false, .survival = 1};

/* Only what a survey looks at. */
static struct sampler_decay decay_of(double weight, double k, double cosine, double m2)
{
    struct sampler_decay decay = {.stratum = 0, .weight = weight};
    decay.ke3.k = k;
    decay.ke3.n = (struct four){1, sqrt(1 - cosine * cosine), 0, cosine};
    decay.ke3.e.e = 100;
    decay.ke3.pi0.e = 200;
    decay.ke3.m2 = m2;
    return decay;
}

static void add(struct sampler_decay decay, struct response_candidate candidate)
{
    survey_add(&survey, &decay, 75000, &candidate);
}

static struct survey_result finish(uint64_t trials)
{
    static struct survey_result result;
    const uint64_t all[STRATA_COUNT] = {trials};
    survey_finish(&survey, all, &result);
    return result;
}

static void regions_and_thresholds_have_their_edges(void **state)
{
    (void)state;
    survey_init(&survey, &veto, false);
    add(decay_of(1, 1e-300, 0.99, 0), lost);
    add(decay_of(1, 9.9, 0.7, 10001), lost);     /* too soft for all regions */
    add(decay_of(1, 10.1, 0.985, 5000.1), lost); /* 9.94 degrees */
    add(decay_of(1, 10.1, 0.984, 4999.9), lost); /* 10.26: R1 */
    add(decay_of(1, 30.1, 0.94, 80001), lost);   /* 19.95: R1 */
    add(decay_of(1, 30.1, 0.93, 80000), lost);   /* R1, R2 */
    add(decay_of(1, 11, 0.75, 0), lost);         /* R1, R3 */
    add(decay_of(1, 31, 0.899, 0), lost);        /* R1, R2, R3 */
    struct survey_result result = finish(8);
    check_near("R1", result.regions[0].value, 5 / 8.0, 1e-15);
    check_near("R2", result.regions[1].value, 2 / 8.0, 1e-15);
    check_near("R3", result.regions[2].value, 2 / 8.0, 1e-15);
    check_near("0.002", result.above[0][SURVEY_BEFORE_VETO].value, 5 / 8.0, 1e-15);
    check_near("0.005", result.above[1][SURVEY_BEFORE_VETO].value, 4 / 8.0, 1e-15);
    check_near("0.01", result.above[2][SURVEY_BEFORE_VETO].value, 3 / 8.0, 1e-15);
    check_near("0.08", result.above[9][SURVEY_BEFORE_VETO].value, 1 / 8.0, 1e-15);
    check_near("mean of hard k", result.means[SURVEY_E_PHOTON].value, (2 * 10.1 + 2 * 30.1 + 11 + 31) / 6, 1e-12);
    check_near("mean of hard cosines", result.means[SURVEY_COSINE].value,
               (0.985 + 0.984 + 0.94 + 0.93 + 0.75 + 0.899) / 6, 1e-12);
}

/* 0.018011371: isotropic photons of a kaon of 75 GeV/c, beyond 50 mrad or missed. A photon of 0.5 MeV has less than 152
 * MeV in the laboratory: a veto with a threshold of 200 MeV never sees it. */
static void the_veto_of_the_true_spectrum_is_the_closed_form(void **state)
{
    (void)state;
    survey_init(&survey, &veto, false);
    add(decay_of(1, 100, 0, 20000), lost);
    add(decay_of(1, 0.5, 0, 20000), lost);
    struct survey_result result = finish(2);
    check_near("with", result.survival.value, (1 + 0.018011371195) / 2, 1e-5);
    check_near("without", result.survival_no_threshold.value, 0.018011371195, 1e-12);
    check_near("above", result.above[4][SURVEY_AFTER_VETO_NO_THRESHOLD].value, 0.018011371195, 1e-12);
}

static void acceptance_selection_and_windows_count_what_they_say(void **state)
{
    const struct response_candidate rejected = {true, false, 18225, 1}, in_window = {true, true, 18225 - 2379, 0.5},
                                    beside = {true, true, 18225 - 2381, 1};
    (void)state;
    survey_init(&survey, &veto, false);
    add(decay_of(3, 50, 0, 30000), lost);
    add(decay_of(2, 50, 0, 18000), rejected);
    add(decay_of(2, 50, 0, 18000), in_window);
    add(decay_of(1, 50, 0, 30000), beside);
    struct survey_result result = finish(4);
    const struct response_result *response = &result.response;
    check_near("acceptance", response->acceptance.value, 5 / 8.0, 1e-15);
    check_near("acceptance of the far tail", result.far_acceptance.value, 1 / 4.0, 1e-15);
    check_near("efficiency", response->efficiency.value, 3 / 5.0, 1e-15);
    check_near("before", response->window_before[2].value, 2 / 8.0, 1e-15);
    check_near("after", response->window_after[2].value, 1 / 8.0, 1e-15);
    check_near("of selected", response->window_of_selected[2].value, 2 / 3.0, 1e-15);
    check_near("survival of accepted", result.survival_accepted.value, (2 + 1 + 1) / 5.0, 1e-15);
    check_near("bias", response->resolution.bias.value, (2 * 225 - 2 * 2154 - (30000 - 15844)) / 5.0, 1e-9);
}

static void a_flat_acceptance_is_left_out_of_the_windows(void **state)
{
    const struct response_candidate in_window = {true, true, 40000, 0.25};
    (void)state;
    survey_init(&survey, &veto, true);
    add(decay_of(1, 50, 0, 40000), lost); /* the resolution could not be applied */
    add(decay_of(1, 50, 0, 40000), in_window);
    struct survey_result result = finish(2);
    check_near("acceptance", result.response.acceptance.value, 0.10, 0);
    check_near("accepted", result.response.accepted.value, 0.5, 1e-15);
    check_near("window", result.response.window_before[5].value, 1, 1e-15);
    check_near("window behind the veto", result.response.window_after[5].value, 0.25, 1e-15);
    assert_true(isnan(result.far_acceptance.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_and_thresholds_have_their_edges),
        cmocka_unit_test(the_veto_of_the_true_spectrum_is_the_closed_form),
        cmocka_unit_test(acceptance_selection_and_windows_count_what_they_say),
        cmocka_unit_test(a_flat_acceptance_is_left_out_of_the_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
