/* SPDX-License-Identifier: MIT */
/* blind - see blind.h. */
#include "core/blind.h"

#include <math.h>
#include <string.h>

#include "core/background.h"
#include "core/summary.h"
#include "core/withheld.h"

_Static_assert(BLIND_FROM_MEV2 <= SIDEBAND_LOWEST_MEV2 && SIDEBAND_LOWEST_MEV2 < BLIND_FROM_MEV2 + M2_BIN_WIDTH_MEV2,
               "hidden is the searched region, from the bin on in which it begins");

#define BLIND_FROM_SLOT (1 - M2_BIN_FIRST + BLIND_FROM_BINS)

bool blind_hides(enum histogram_id id)
{
    return id < HISTOGRAM_M_GG;
}

static void hide_m2(uint64_t *slots)
{
    for (uint32_t slot = BLIND_FROM_SLOT; slot < M2_SLOTS - 1; slot++) {
        slots[M2_SLOTS - 1] += slots[slot];
        slots[slot] = 0;
    }
}

void blind_horizon(struct horizon *sums)
{
    for (enum histogram_id id = HISTOGRAM_M2; blind_hides(id); id++)
        hide_m2(sums->slots + histogram_table[id].offset);
    memset(&sums->estimates, 0, sizeof sums->estimates);
    sums->is_blind = true;
}

static double sum(const double *bins, uint32_t first, uint32_t end)
{
    double total = 0.0;
    for (uint32_t bin = first; bin < end; bin++)
        total += bins[bin];
    return total;
}

void blind_scan(struct scan *scan, const struct template *shape, uint64_t n_peak, double f_sys)
{
    double peak = sum(shape->bins, -M2_BIN_FIRST - PEAK_HALF_BINS, -M2_BIN_FIRST + PEAK_HALF_BINS);
    double per_share = (scan->line == LINE_TAIL ? LINE_TAIL_PERIOD : 1.0) * (double)n_peak / peak;
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++) {
        const struct hypothesis seen = scan->hypotheses[i];
        struct search_window window = background_window(seen.m_n_mev, shape->sigma_mev2);
        struct hypothesis *h = &scan->hypotheses[i];
        *h = (struct hypothesis){
            .m_n_mev = seen.m_n_mev, .alpha = seen.alpha, .valid = seen.valid, .signal_leakage = seen.signal_leakage};
        h->b = per_share * sum(shape->bins, window.first, window.end);
        if (h->valid)
            h->sigma_b = sqrt((h->alpha + f_sys * f_sys * h->b) * h->b);
    }
}

struct best blind_best(enum horizon_id horizon)
{
    return (struct best){.horizon = horizon, .withheld = withheld_text(WITHHELD_BLIND)};
}
