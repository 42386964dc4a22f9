/* SPDX-License-Identifier: MIT */
/* test_select - the order of the cut flow, both sides of every edge, and the presets. Limits are worked out by hand. */
#include "hnlmon/select.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hnlmon/units.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define GEV 8192000 /* Q13 */
#define MEV 8192

/* Passes every cut of na62: total momentum 50 GeV/c, transverse 100 MeV/c. */
static struct candidate good_candidate(void)
{
    return (struct candidate){
        .k = {0, 0, 75 * GEV},
        .pi0 = {60 * MEV, 0, 30 * GEV},
        .e = {40 * MEV, 0, 20 * GEV},
        .time = 12345,
        .vertex_z = 140000,
        .m_gg = 1105730,
        .e_over_p = 1024,
        .cda = 3000,
    };
}

static void expect(const struct candidate *candidate, enum reject_reason reason)
{
    const struct selection na62 = selection_preset(SELECTION_NA62);
    int64_t m2;
    assert_int_equal(select_candidate(&na62, candidate, &m2), reason);
}

static void a_good_candidate_is_accepted_by_both_presets(void **state)
{
    const struct candidate c = good_candidate();
    (void)state;
    for (int preset = 0; preset < SELECTION_PRESET_COUNT; preset++) {
        const struct selection selection = selection_preset((enum selection_preset)preset);
        int64_t m2 = 0;
        assert_int_equal(select_candidate(&selection, &c, &m2), REJECT_NONE);
        /* E_K = sqrt(614400000^2 + 4044202^2) = 614413310, E_pi0 = sqrt(245760000^2 + 491520^2 + 1105730^2) =
         * 245762979, E_e = sqrt(163840000^2 + 327680^2 + 4186^2) = 163840328: dE = 204810003, dpz = 204800000, dpx =
         * -819200. */
        assert_int_equal(m2,
                         INT64_C(204810003) * 204810003 - INT64_C(204800000) * 204800000 - INT64_C(819200) * 819200);
    }
}

static void each_cut_includes_its_limits_as_documented(void **state)
{
    static const struct {
        size_t field;
        int32_t passes, fails;
        enum reject_reason reason;
    } cases[] = {
        {offsetof(struct candidate, vertex_z), 110000, 109999, REJECT_VERTEX},
        {offsetof(struct candidate, vertex_z), 180000, 180001, REJECT_VERTEX},
        {offsetof(struct candidate, e_over_p), 922, 921, REJECT_E_OVER_P},   /* 0.9 * 1024 = 921.6 */
        {offsetof(struct candidate, e_over_p), 1126, 1127, REJECT_E_OVER_P}, /* 1.1 * 1024 = 1126.4 */
        {offsetof(struct candidate, dt), 2000, 2001, REJECT_DT},
        {offsetof(struct candidate, dt), -2000, -2001, REJECT_DT},
        {offsetof(struct candidate, dt), 0, INT32_MIN, REJECT_DT},
        {offsetof(struct candidate, dt_k), 2000, 2001, REJECT_DT_K},
        {offsetof(struct candidate, dt_k), -2000, -2001, REJECT_DT_K},
        {offsetof(struct candidate, dt_k), 0, INT32_MIN, REJECT_DT_K},
        {offsetof(struct candidate, cda), 24999, 25000, REJECT_CDA},
        {offsetof(struct candidate, m_gg), 982850, 982849, REJECT_TWO_PHOTON_MASS}, /* 1105730 - 15 * 8192 */
        {offsetof(struct candidate, m_gg), 1228610, 1228611, REJECT_TWO_PHOTON_MASS},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct candidate c = good_candidate();
        int32_t *field = (int32_t *)(void *)((char *)&c + cases[i].field);
        *field = cases[i].passes;
        expect(&c, REJECT_NONE);
        *field = cases[i].fails;
        expect(&c, cases[i].reason);
    }
}

static void positron_momentum_includes_both_limits(void **state)
{
    struct candidate c = good_candidate();
    (void)state;
    c.e[0] = 0;
    c.pi0[0] = 100 * MEV;
    c.pi0[2] = 1 * GEV;
    for (int above = 0; above <= 1; above++) {
        c.e[2] = 3 * GEV - 1 + above;
        expect(&c, above ? REJECT_NONE : REJECT_POSITRON_MOMENTUM);
        c.e[2] = 70 * GEV + above;
        expect(&c, above ? REJECT_POSITRON_MOMENTUM : REJECT_NONE);
    }
}

/* (18, 24, 72) has length 78: all three components count. */
static void positron_momentum_is_a_length(void **state)
{
    struct selection selection = selection_preset(SELECTION_PAPER);
    struct candidate c = good_candidate();
    int64_t m2;
    (void)state;
    selection.enabled |= 1u << REJECT_POSITRON_MOMENTUM;
    c.e[0] = -18 * MEV;
    c.e[1] = 24 * MEV;
    c.e[2] = -72 * MEV;
    selection.positron_p_min = selection.positron_p_max = 78 * MEV;
    assert_int_equal(select_candidate(&selection, &c, &m2), REJECT_NONE);
    c.e[2]++;
    assert_int_equal(select_candidate(&selection, &c, &m2), REJECT_POSITRON_MOMENTUM);
}

/* 52 + 20 = 72 GeV/c along z. */
static void total_momentum_excludes_its_limit(void **state)
{
    struct selection selection = selection_preset(SELECTION_NA62);
    struct candidate c = good_candidate();
    int64_t m2;
    (void)state;
    selection.enabled &= ~(1u << REJECT_TRANSVERSE_MOMENTUM);
    c.pi0[0] = c.e[0] = 0;
    c.pi0[2] = 52 * GEV;
    assert_int_equal(select_candidate(&selection, &c, &m2), REJECT_TOTAL_MOMENTUM);
    c.pi0[2]--;
    assert_int_equal(select_candidate(&selection, &c, &m2), REJECT_NONE);
    c.e[1] = 70 * MEV; /* adds 34 keV to 72 GeV: enough */
    assert_int_equal(select_candidate(&selection, &c, &m2), REJECT_TOTAL_MOMENTUM);
}

/* (24, 32) MeV/c has length 40. */
static void transverse_momentum_excludes_its_limit(void **state)
{
    struct candidate c = good_candidate();
    (void)state;
    c.pi0[0] = 20 * MEV;
    c.e[0] = 4 * MEV;
    c.pi0[1] = -12 * MEV;
    c.e[1] = -20 * MEV;
    expect(&c, REJECT_TRANSVERSE_MOMENTUM);
    c.e[1]--;
    expect(&c, REJECT_NONE);
}

static void each_photon_veto_rejects_and_other_flags_do_not(void **state)
{
    static const uint32_t vetoes[] = {FLAG_LAV, FLAG_IRC, FLAG_SAC, FLAG_LKR_EXTRA};
    struct candidate c = good_candidate();
    (void)state;
    for (size_t i = 0; i < COUNT(vetoes); i++) {
        c.flags = vetoes[i];
        expect(&c, REJECT_VETO);
    }
    c.flags = ~(uint32_t)FLAG_PHOTON_VETO;
    expect(&c, REJECT_NONE);
}

/* Fails every cut at once; then one more cut is mended in each round, in the order of the enumeration. */
static void the_first_failing_cut_gives_the_reason(void **state)
{
    struct candidate c = good_candidate();
    const struct candidate good = c;
    (void)state;
    c.time = CLOCK_LIMIT;
    c.k[2] = INT32_MIN;
    c.vertex_z = c.e_over_p = c.m_gg = -1;
    c.dt = c.dt_k = c.cda = 100000;
    c.pi0[0] = -40 * MEV;
    c.pi0[2] = 72 * GEV;
    c.e[2] = 1 * GEV;
    c.flags = FLAG_SAC;
    expect(&c, REJECT_BAD_TIME);
    c.time = CLOCK_LIMIT - 1;
    expect(&c, REJECT_BAD_RANGE);
    c.k[2] = good.k[2];
    expect(&c, REJECT_VERTEX);
    c.vertex_z = good.vertex_z;
    expect(&c, REJECT_POSITRON_MOMENTUM);
    c.e[2] = good.e[2];
    expect(&c, REJECT_E_OVER_P);
    c.e_over_p = good.e_over_p;
    expect(&c, REJECT_DT);
    c.dt = good.dt;
    expect(&c, REJECT_DT_K);
    c.dt_k = good.dt_k;
    expect(&c, REJECT_CDA);
    c.cda = good.cda;
    expect(&c, REJECT_TWO_PHOTON_MASS);
    c.m_gg = good.m_gg;
    expect(&c, REJECT_TOTAL_MOMENTUM);
    c.pi0[2] = good.pi0[2];
    expect(&c, REJECT_TRANSVERSE_MOMENTUM);
    c.pi0[0] = good.pi0[0];
    expect(&c, REJECT_VETO);
    c.flags = 0;
    expect(&c, REJECT_NONE);
}

static void m2_is_known_unless_time_or_range_are_bad(void **state)
{
    const struct selection na62 = selection_preset(SELECTION_NA62);
    struct candidate c = good_candidate();
    int64_t m2 = 0;
    (void)state;
    c.flags = FLAG_LAV;
    assert_int_equal(select_candidate(&na62, &c, &m2), REJECT_VETO);
    assert_true(m2 > 0);
    c.time = UINT32_MAX;
    assert_int_equal(select_candidate(&na62, &c, &m2), REJECT_BAD_TIME);
    assert_int_equal(m2, 0);
    c.time = 0;
    c.e[1] = INT32_MIN;
    m2 = 1;
    assert_int_equal(select_candidate(&na62, &c, &m2), REJECT_BAD_RANGE);
    assert_int_equal(m2, 0);
}

static void a_cut_that_is_not_enabled_rejects_nothing(void **state)
{
    struct selection none = selection_preset(SELECTION_NA62);
    struct candidate c = {.k = {0, 0, 75 * GEV}, .flags = UINT32_MAX, .vertex_z = INT32_MIN, .cda = INT32_MAX};
    int64_t m2;
    (void)state;
    none.enabled = 0;
    assert_int_equal(select_candidate(&none, &c, &m2), REJECT_NONE);
    c.time = CLOCK_LIMIT;
    assert_int_equal(select_candidate(&none, &c, &m2), REJECT_BAD_TIME);
}

static void paper_cuts_on_two_photon_mass_and_veto_only(void **state)
{
    (void)state;
    assert_int_equal(selection_preset(SELECTION_PAPER).enabled, 1u << REJECT_TWO_PHOTON_MASS | 1u << REJECT_VETO);
}

static void names_are_those_of_the_protocol(void **state)
{
    static const char *const names[] = {
        "none", "late_burst", "bad_time", "bad_range",       "vertex",         "positron_momentum",   "e_over_p",
        "dt",   "dt_k",       "cda",      "two_photon_mass", "total_momentum", "transverse_momentum", "veto"};
    (void)state;
    assert_int_equal(COUNT(names), REJECT_REASON_COUNT);
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++)
        assert_string_equal(reject_reason_name((enum reject_reason)reason), names[reason]);
    assert_string_equal(selection_preset_name(SELECTION_PAPER), "paper");
    assert_string_equal(selection_preset_name(SELECTION_NA62), "na62");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_candidate_is_accepted_by_both_presets),
        cmocka_unit_test(each_cut_includes_its_limits_as_documented),
        cmocka_unit_test(positron_momentum_includes_both_limits),
        cmocka_unit_test(positron_momentum_is_a_length),
        cmocka_unit_test(total_momentum_excludes_its_limit),
        cmocka_unit_test(transverse_momentum_excludes_its_limit),
        cmocka_unit_test(each_photon_veto_rejects_and_other_flags_do_not),
        cmocka_unit_test(the_first_failing_cut_gives_the_reason),
        cmocka_unit_test(m2_is_known_unless_time_or_range_are_bad),
        cmocka_unit_test(a_cut_that_is_not_enabled_rejects_nothing),
        cmocka_unit_test(paper_cuts_on_two_photon_mass_and_veto_only),
        cmocka_unit_test(names_are_those_of_the_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
