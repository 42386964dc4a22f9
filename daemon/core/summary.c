/* SPDX-License-Identifier: MIT */
/* summary - see summary.h. */
#include "core/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "hnlmon/candidate.h"

/* First slot of the peak window in an m2 histogram. */
#define PEAK_SLOT (1 - M2_BIN_FIRST - PEAK_HALF_BINS)
#define PEAK_BIN_CENTRE(i) (((i)-PEAK_HALF_BINS + 0.5) * M2_BIN_WIDTH_MEV2)

static const uint64_t *m2_slots(const uint64_t *slots, enum line line, bool is_before_veto)
{
    return slots + (2u * line + is_before_veto) * M2_SLOTS;
}

static uint64_t sum(const uint64_t *slots, uint32_t count)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++)
        total += slots[i];
    return total;
}

uint64_t summary_peak(const uint64_t *slots, enum line line)
{
    return sum(m2_slots(slots, line, false) + PEAK_SLOT, 2 * PEAK_HALF_BINS);
}

double summary_exposure(const struct template *shape, enum line line, uint64_t n_peak)
{
    double per_kaon = shape->br_ke3 * shape->a_peak * shape->f_peak;
    double scale = line == LINE_TAIL ? LINE_TAIL_PERIOD : 1.0;
    return scale * (double)n_peak / per_kaon;
}

uint64_t summary_between(const uint64_t *slots, bool is_before_veto, int first, int end)
{
    int slot = 1 + first - M2_BIN_FIRST, underflow = first == M2_BIN_FIRST;
    return sum(m2_slots(slots, LINE_UNPRESCALED, is_before_veto) + slot - underflow,
               (uint32_t)(end - first + underflow));
}

/* From the bins, without Sheppard's correction (w^2/12 on sigma^2: 0.04 %). The variance of a mean is sigma^2/n, that
 * of an rms (mu4 - sigma^4)/(4 sigma^2 n); a bin's own width keeps both above zero when all lie in one bin. */
struct peak summary_peak_shape(const uint64_t *slots)
{
    const uint64_t *bins = m2_slots(slots, LINE_UNPRESCALED, false) + PEAK_SLOT;
    const double own = M2_BIN_WIDTH_MEV2 * M2_BIN_WIDTH_MEV2 / 12.0;
    struct peak peak = {.count = sum(bins, 2 * PEAK_HALF_BINS)};
    double n = (double)peak.count, mean = 0.0, second = 0.0, fourth = 0.0;
    if (peak.count == 0)
        return peak;
    for (int i = 0; i < 2 * PEAK_HALF_BINS; i++)
        mean += (double)bins[i] / n * PEAK_BIN_CENTRE(i);
    for (int i = 0; i < 2 * PEAK_HALF_BINS; i++) {
        double square = (PEAK_BIN_CENTRE(i) - mean) * (PEAK_BIN_CENTRE(i) - mean);
        second += (double)bins[i] / n * square;
        fourth += (double)bins[i] / n * square * square;
    }
    peak.position_mev2 = mean;
    peak.width_mev2 = sqrt(second);
    peak.position_variance = (second + own) / n;
    peak.width_variance = fmax(fourth - second * second, own * own) / (4.0 * (second + own) * n);
    return peak;
}

static double rejected_fraction(uint64_t before, uint64_t after)
{
    return before ? 1.0 - (double)after / (double)before : 0.0;
}

static void fill_vetoes(struct burst_summary *summary, const uint64_t *slots)
{
    const uint64_t *before = m2_slots(slots, LINE_UNPRESCALED, true);
    summary->veto_fraction = rejected_fraction(summary->lines[LINE_UNPRESCALED].candidates, summary->accepted);
    summary->veto_fraction_peak = rejected_fraction(sum(before + PEAK_SLOT, 2 * PEAK_HALF_BINS), summary->n_peak);
}

/* What a line is downscaled by, apart from the input; 0 when it is not known. */
static double line_downscaling(const struct burst *burst, enum line line)
{
    if (line != LINE_DOWNSCALED)
        return 1.0;
    return burst->downscaling >= 1 ? burst->downscaling : 0.0;
}

static void fill_line(struct burst_summary *summary, const struct burst *burst, enum line line, const uint64_t *slots,
                      const uint64_t *run_slots, const struct template *shape)
{
    struct line_summary *l = &summary->lines[line];
    double seconds =
        summary->t_end_ns > summary->t_begin_ns ? (double)(summary->t_end_ns - summary->t_begin_ns) * 1e-9 : 0.0;
    l->candidates = sum(m2_slots(slots, line, true), M2_SLOTS);
    l->accepted = sum(m2_slots(slots, line, false), M2_SLOTS);
    l->candidates_run = sum(m2_slots(run_slots, line, true), M2_SLOTS);
    l->accepted_run = sum(m2_slots(run_slots, line, false), M2_SLOTS);
    l->rate_hz = seconds > 0.0 ? (double)l->accepted / seconds : 0.0;
    l->bandwidth_bytes_per_s = l->rate_hz * CANDIDATE_BYTES;
    l->exposure_run = summary_exposure(shape, line, summary_peak(run_slots, line));
    if (burst->input_downscaling < 1)
        return;
    l->exposure = summary_exposure(shape, line, summary_peak(slots, line));
    l->n_kaon = l->exposure * burst->input_downscaling * line_downscaling(burst, line);
}

static void fill_quality(struct burst_summary *summary, const struct burst *burst, uint32_t flaws)
{
    uint32_t sources = burst->began > burst->expected ? burst->began : burst->expected;
    summary->complete = (flaws & (1u << FLAW_LOSS | 1u << FLAW_INCOMPLETE)) == 0;
    if (flaws & 1u << FLAW_INCOMPLETE)
        snprintf(summary->quality, sizeof summary->quality, "%u of %u sources did not end it", sources - burst->ended,
                 sources);
    else if (flaws & 1u << FLAW_LOSS)
        snprintf(summary->quality, sizeof summary->quality, "%" PRIu64 " candidates lost", burst->lost);
    else if (flaws & 1u << FLAW_DOWNSCALING)
        snprintf(summary->quality, sizeof summary->quality, "input downscaling %s",
                 burst->input_downscaling == DOWNSCALING_VARIABLE ? "variable" : "unknown");
}

/* What the sources say that they sent. One that never ended the burst said nothing: then at least what was counted. */
static uint64_t sent_in(const struct burst *burst)
{
    uint64_t counted = burst->accepted + burst->lost + sum(burst->rejected, REJECT_REASON_COUNT);
    return burst->ended < burst->began && counted > burst->sent ? counted : burst->sent;
}

void summary_fill(struct burst_summary *summary, const struct burst *burst, const uint64_t *slots,
                  const uint64_t *run_slots, const struct template *shape)
{
    *summary = (struct burst_summary){
        .key = burst->key,
        .t_begin_ns = burst->t_begin_ns == UINT64_MAX ? 0 : burst->t_begin_ns,
        .t_end_ns = burst->t_end_ns,
        .sources = burst->began,
        .generated = burst->generated,
        .kept = burst->kept,
        .sent = sent_in(burst),
        .downscaling = burst->downscaling,
        .input_downscaling = burst->input_downscaling,
        .accepted = burst->accepted,
        .lost = burst->lost,
        .intensity = burst->intensity,
        .live_ppm = burst->live_ppm == UINT32_MAX ? 0 : burst->live_ppm,
        .choke_count = burst->choke_count,
        .origin = burst->origin,
    };
    memcpy(summary->rejected, burst->rejected, sizeof summary->rejected);
    for (enum line line = LINE_UNPRESCALED; line < LINE_COUNT; line++)
        fill_line(summary, burst, line, slots, run_slots, shape);
    struct peak peak = summary_peak_shape(slots);
    summary->n_peak = peak.count;
    summary->peak_position_mev2 = peak.position_mev2;
    summary->peak_width_mev2 = peak.width_mev2;
    fill_vetoes(summary, slots);
    fill_quality(summary, burst, burst_flaws(burst));
}
