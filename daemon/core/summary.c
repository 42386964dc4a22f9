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
#define RANDOM_VETO_HALF_BINS 42 /* 4998 MeV^2 */
#define MIRROR_END_BIN (-64)     /* -7616 MeV^2 */
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

double summary_exposure_error(double exposure, uint64_t n_peak)
{
    return n_peak > 0 ? exposure / sqrt((double)n_peak) : 0.0;
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

/* With n_i of N candidates in bin i, S = sum n_i (n_i - 1) / N (N - 1) estimates sum p_i^2 without bias, with the
 * variance 2/(N (N - 1)) (2 (N - 2) (C - S^2) + S - S^2), C = sum p_i^3 (a U-statistic of order two, Hoeffding 1948);
 * its last term is left out, so that it stays above zero. The effective length is the width of a bin over S. */
static void fill_length(struct spill_shape *shape, const uint64_t *bins, uint32_t count, double n, double width_s)
{
    double pairs = 0.0, triples = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        double k = (double)bins[i];
        pairs += k * (k - 1.0);
        triples += k * (k - 1.0) * (k - 2.0);
    }
    shape->pairs = (uint64_t)(pairs / 2.0);
    if (shape->pairs == 0 || n < 3.0)
        return;
    double s = pairs / (n * (n - 1.0)), c = fmax(triples / (n * (n - 1.0) * (n - 2.0)), s * s);
    double variance = 2.0 / (n * (n - 1.0)) * (2.0 * (n - 2.0) * (c - s * s) + s);
    shape->length_s = width_s / s;
    shape->length_variance = shape->length_s * shape->length_s * variance / (s * s);
}

static void fill_centre(struct spill_shape *shape, const uint64_t *bins, uint32_t count, double n, double width_s)
{
    double mean = 0.0, second = 1.0 / 12.0; /* a bin's own width keeps the variance above zero */
    for (uint32_t i = 0; i < count; i++)
        mean += (double)bins[i] / n * (i + 0.5);
    for (uint32_t i = 0; i < count; i++)
        second += (double)bins[i] / n * (i + 0.5 - mean) * (i + 0.5 - mean);
    shape->centre_s = width_s * mean;
    shape->centre_variance = width_s * width_s * second / n;
}

struct spill_shape summary_spill_shape(const uint64_t *slots)
{
    const struct histogram_info *info = &histogram_table[HISTOGRAM_BURST_TIME];
    const uint64_t *bins = slots + info->offset + 1;
    double width_s = (double)info->axis.width * info->unit_scale;
    double n = (double)sum(bins, info->axis.bins);
    struct spill_shape shape = {0};
    if (n > 0.0) {
        fill_length(&shape, bins, info->axis.bins, n, width_s);
        fill_centre(&shape, bins, info->axis.bins, n, width_s);
    }
    return shape;
}

struct share summary_random_veto(const uint64_t *slots)
{
    uint64_t before = summary_between(slots, true, -RANDOM_VETO_HALF_BINS, RANDOM_VETO_HALF_BINS);
    uint64_t after = summary_between(slots, false, -RANDOM_VETO_HALF_BINS, RANDOM_VETO_HALF_BINS);
    return (struct share){before - after, before};
}

struct share summary_mirror_tail(const uint64_t *slots)
{
    return (struct share){summary_between(slots, false, M2_BIN_FIRST, MIRROR_END_BIN),
                          summary_peak(slots, LINE_UNPRESCALED)};
}

static double fraction_of(struct share share)
{
    return share.whole ? (double)share.part / (double)share.whole : 0.0;
}

static double rejected_fraction(uint64_t before, uint64_t after)
{
    return before ? 1.0 - (double)after / (double)before : 0.0;
}

static void fill_vetoes(struct burst_summary *summary, const struct burst *burst, const uint64_t *slots)
{
    for (int veto = 0; veto < VETO_COUNT; veto++)
        summary->veto_fractions[veto] =
            fraction_of((struct share){burst->vetoes[veto], summary->lines[LINE_UNPRESCALED].candidates});
    summary->random_veto_fraction = fraction_of(summary_random_veto(slots));
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
    else if (burst->has_bad_intensity)
        snprintf(summary->quality, sizeof summary->quality, "a source gave an intensity that cannot be");
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
    summary->mirror_tail_fraction = fraction_of(summary_mirror_tail(slots));
    struct spill_shape spill = summary_spill_shape(slots);
    summary->spill_length_s = spill.length_s;
    summary->spill_centre_s = spill.centre_s;
    fill_vetoes(summary, burst, slots);
    fill_quality(summary, burst, burst_flaws(burst));
}
