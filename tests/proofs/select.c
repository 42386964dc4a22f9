/* SPDX-License-Identifier: MIT */
/*
 * select - the cut flow for any candidate and any selection that the header allows.
 *
 * Momenta are within the limit here: of any other, mmiss.c proves that it is refused before the cuts.
 */
#include "hnlmon/select.h"

#include "hnlmon/units.h"
#include "proofs/domain.h"

#ifdef WIDENED
#define LIMIT INT32_MAX
#else
#define LIMIT MOMENTUM_LIMIT_Q13
#endif

static int32_t any_limit(void)
{
    return Frama_C_interval(0, INT32_MAX);
}

static struct selection any_selection(void)
{
    return (struct selection){
        .enabled = any_uint32(),
        .vertex_z_min = any_int32(),
        .vertex_z_max = any_int32(),
        .positron_p_min = any_limit(),
        .positron_p_max = any_limit(),
        .e_over_p_min = any_int32(),
        .e_over_p_max = any_int32(),
        .dt_max = any_limit(),
        .dt_k_max = any_limit(),
        .cda_max = any_int32(),
        .m_gg_min = any_int32(),
        .m_gg_max = any_int32(),
        .total_p_max = any_limit(),
        .transverse_p_min = any_limit(),
        .veto_mask = any_uint32(),
    };
}

static struct candidate any_candidate(void)
{
    struct candidate candidate = {
        .time = any_uint32(),
        .flags = any_uint32(),
        .vertex_z = any_int32(),
        .m_gg = any_int32(),
        .e_over_p = any_int32(),
        .dt = any_int32(),
        .dt_k = any_int32(),
        .cda = any_int32(),
    };
    for (int i = 0; i < 3; i++) {
        candidate.k[i] = Frama_C_interval(-LIMIT, LIMIT);
        candidate.pi0[i] = Frama_C_interval(-LIMIT, LIMIT);
        candidate.e[i] = Frama_C_interval(-LIMIT, LIMIT);
    }
    return candidate;
}

int main(void)
{
    struct selection selection = any_selection();
    struct candidate candidate = any_candidate();
    int64_t m2;
    enum reject_reason reason = select_candidate(&selection, &candidate, &m2);
    /*@ assert 0 <= reason < REJECT_REASON_COUNT; */
    candidate.time = Frama_C_unsigned_int_interval(CLOCK_LIMIT, UINT32_MAX);
    reason = select_candidate(&selection, &candidate, &m2);
    /*@ assert reason == REJECT_BAD_TIME; */
    return (int)reason;
}
