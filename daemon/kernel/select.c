/* SPDX-License-Identifier: MIT */
/*
 * select - the cut flow of one candidate, and the two selections that come with the program.
 *
 * Each cut is one line of cut_flow, in the order of enum reject_reason. Momenta are compared by their squares, so that
 * no cut needs a root. The NA62 values follow the published Ke3 and K+ -> l+ N selections, without the cut on
 * |m2_miss|.
 */
#include "hnlmon/select.h"

#include <stdbool.h>

#include "hnlmon/mmiss.h"
#include "hnlmon/units.h"

#define MEV(value) ((int32_t)((value) * (1 << MOMENTUM_SHIFT)))

/* Half width of the two-photon mass window: about 3 sigma of a 5 MeV mass resolution of the LKr. This program's own
 * choice; the published selections cut on other quantities. */
#define M_GG_HALF_WIDTH_Q13 MEV(15)

static const char *const reason_names[REJECT_REASON_COUNT] = {
    [REJECT_NONE] = "none",
    [REJECT_LATE_BURST] = "late_burst",
    [REJECT_BAD_TIME] = "bad_time",
    [REJECT_BAD_RANGE] = "bad_range",
    [REJECT_VERTEX] = "vertex",
    [REJECT_POSITRON_MOMENTUM] = "positron_momentum",
    [REJECT_E_OVER_P] = "e_over_p",
    [REJECT_DT] = "dt",
    [REJECT_DT_K] = "dt_k",
    [REJECT_CDA] = "cda",
    [REJECT_TWO_PHOTON_MASS] = "two_photon_mass",
    [REJECT_TOTAL_MOMENTUM] = "total_momentum",
    [REJECT_TRANSVERSE_MOMENTUM] = "transverse_momentum",
    [REJECT_VETO] = "veto",
};

const char *reject_reason_name(enum reject_reason reason)
{
    return reason_names[reason];
}

static const char *const preset_names[SELECTION_PRESET_COUNT] = {
    [SELECTION_PAPER] = "paper",
    [SELECTION_NA62] = "na62",
};

const char *selection_preset_name(enum selection_preset preset)
{
    return preset_names[preset];
}

/* Both presets have the same limits and differ in what is enabled: a cut that a user enables later has a sound limit.
 */
struct selection selection_preset(enum selection_preset preset)
{
    const uint32_t paper = 1u << REJECT_TWO_PHOTON_MASS | 1u << REJECT_VETO;
    const uint32_t na62 = paper | 1u << REJECT_VERTEX | 1u << REJECT_POSITRON_MOMENTUM | 1u << REJECT_E_OVER_P |
                          1u << REJECT_DT | 1u << REJECT_DT_K | 1u << REJECT_CDA | 1u << REJECT_TOTAL_MOMENTUM |
                          1u << REJECT_TRANSVERSE_MOMENTUM;
    return (struct selection){
        .enabled = preset == SELECTION_NA62 ? na62 : paper,
        .vertex_z_min = 110000,
        .vertex_z_max = 180000,
        .positron_p_min = MEV(3000),
        .positron_p_max = MEV(70000), /* 573440000 < 2^30 */
        .e_over_p_min = 922,          /* ceil(0.9 * 1024) */
        .e_over_p_max = 1126,         /* floor(1.1 * 1024) */
        .dt_max = 2000,
        .dt_k_max = 2000,
        .cda_max = 25000,
        .m_gg_min = MASS_PI0_Q13 - M_GG_HALF_WIDTH_Q13,
        .m_gg_max = MASS_PI0_Q13 + M_GG_HALF_WIDTH_Q13,
        .total_p_max = MEV(72000), /* 589824000 < 2^30 */
        .transverse_p_min = MEV(40),
        .veto_mask = FLAG_PHOTON_VETO,
    };
}

/* |value| <= 2^31: <= 2^62, fits int64. */
static uint64_t square(int64_t value)
{
    return (uint64_t)(value * value);
}

static bool is_within(int32_t value, int32_t min, int32_t max)
{
    return min <= value && value <= max;
}

/* The cuts come after the range check, which bounds the sums: each |p| <= 2^30. */
static bool positron_momentum_passes(const struct selection *s, const struct candidate *c)
{
    uint64_t p2 = square(c->e[0]) + square(c->e[1]) + square(c->e[2]); /* <= 2^60 */
    return square(s->positron_p_min) <= p2 && p2 <= square(s->positron_p_max);
}

static uint64_t transverse_squared(const struct candidate *c)
{
    /* A component of the sum is within +-2^31. Its vector is within |p_pi0| + |p_e| <= 2^31: the result is <= 2^62. */
    return square((int64_t)c->pi0[0] + c->e[0]) + square((int64_t)c->pi0[1] + c->e[1]);
}

static bool total_momentum_passes(const struct selection *s, const struct candidate *c)
{
    uint64_t p2 = transverse_squared(c) + square((int64_t)c->pi0[2] + c->e[2]); /* <= (2^31)^2 = 2^62 */
    return p2 < square(s->total_p_max);
}

static bool transverse_momentum_passes(const struct selection *s, const struct candidate *c)
{
    return transverse_squared(c) > square(s->transverse_p_min);
}

static bool is_on(const struct selection *s, enum reject_reason cut)
{
    return s->enabled >> cut & 1;
}

/* The first enabled cut that fails, in the order of enum reject_reason. dt_max >= 0, so -dt_max > INT32_MIN. */
static enum reject_reason cut_flow(const struct selection *s, const struct candidate *c)
{
    if (is_on(s, REJECT_VERTEX) && !is_within(c->vertex_z, s->vertex_z_min, s->vertex_z_max))
        return REJECT_VERTEX;
    if (is_on(s, REJECT_POSITRON_MOMENTUM) && !positron_momentum_passes(s, c))
        return REJECT_POSITRON_MOMENTUM;
    if (is_on(s, REJECT_E_OVER_P) && !is_within(c->e_over_p, s->e_over_p_min, s->e_over_p_max))
        return REJECT_E_OVER_P;
    if (is_on(s, REJECT_DT) && !is_within(c->dt, -s->dt_max, s->dt_max))
        return REJECT_DT;
    if (is_on(s, REJECT_DT_K) && !is_within(c->dt_k, -s->dt_k_max, s->dt_k_max))
        return REJECT_DT_K;
    if (is_on(s, REJECT_CDA) && c->cda >= s->cda_max)
        return REJECT_CDA;
    if (is_on(s, REJECT_TWO_PHOTON_MASS) && !is_within(c->m_gg, s->m_gg_min, s->m_gg_max))
        return REJECT_TWO_PHOTON_MASS;
    if (is_on(s, REJECT_TOTAL_MOMENTUM) && !total_momentum_passes(s, c))
        return REJECT_TOTAL_MOMENTUM;
    if (is_on(s, REJECT_TRANSVERSE_MOMENTUM) && !transverse_momentum_passes(s, c))
        return REJECT_TRANSVERSE_MOMENTUM;
    if (is_on(s, REJECT_VETO) && (c->flags & s->veto_mask) != 0)
        return REJECT_VETO;
    return REJECT_NONE;
}

enum reject_reason select_candidate(const struct selection *selection, const struct candidate *candidate, int64_t *m2)
{
    *m2 = 0;
    if (candidate->time >= CLOCK_LIMIT)
        return REJECT_BAD_TIME;
    if (!mmiss_compute(candidate->k, candidate->pi0, candidate->e, m2))
        return REJECT_BAD_RANGE;
    return cut_flow(selection, candidate);
}
