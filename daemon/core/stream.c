/* SPDX-License-Identifier: MIT */
/* stream - see stream.h. */
#include "core/stream.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/normal.h"
#include "core/tail.h"

#define CALM_ENOUGH 7.0      /* ln of a thousand to one, in favour of the reference */
#define FACTOR_MIN 0.02      /* of a change down to nothing, where the way back is judged: bounds its logarithm */
#define PREFILTER_MARGIN 1.0 /* the exact tail is computed for scores above threshold - this */
#define PHI_ERRORS 2.0       /* phi is taken at its upper end */
#define PHI_COUNT_MIN 1.0    /* a chi2 term of a rarer count would be all noise: it is taken as of this many */
#define FADE (1.0 - 1.0 / STREAM_MEMORY)

void stream_init(struct stream *stream, const struct stream_settings *settings)
{
    assert(!settings->is_known || settings->model == FOCUS_POISSON);
    stream->settings = *settings;
    stream_reset(stream);
}

void stream_reset(struct stream *stream)
{
    const struct stream_settings settings = stream->settings;
    memset(stream, 0, sizeof *stream);
    stream->settings = settings;
    stream->is_learning = !settings.is_known;
    focus_init(&stream->rise, settings.model, FOCUS_RISE, settings.least);
    focus_init(&stream->fall, settings.model, FOCUS_FALL, settings.least);
}

/* ---- the reference ---- */

static bool is_count(const struct stream *stream)
{
    return stream->settings.model == FOCUS_POISSON;
}

/* Counts per exposure, where a reference without any count is taken as one count; or the mean. */
static double expected_rate(const struct stream *stream)
{
    const struct stream_reference *r = &stream->reference;
    if (stream->settings.is_known)
        return 1.0;
    return (is_count(stream) ? fmax(r->value, 1.0) : r->value) / r->exposure;
}

/* The exposure of a reference without weights that had the same variance. */
static double reference_exposure(const struct stream *stream)
{
    const struct stream_reference *r = &stream->reference;
    return r->exposure * (r->exposure / r->exposure_square);
}

/* Variance of the expectation over that of a stretch, per weight of the stretch (see focus_best). */
static double relative_variance(const struct stream *stream)
{
    if (stream->settings.is_known)
        return 0.0;
    return 1.0 / (reference_exposure(stream) * (is_count(stream) ? expected_rate(stream) : 1.0));
}

/* What a burst is against the reference: a count and what is expected, or a weighted difference and the weight. */
struct seen {
    double value, weight;
};

static struct seen as_seen(const struct stream *stream, const struct stream_burst *burst)
{
    double rate = expected_rate(stream);
    if (is_count(stream))
        return (struct seen){burst->value, rate * burst->exposure};
    return (struct seen){burst->exposure * (burst->value - rate), burst->exposure};
}

/* The squared distance of a burst from the reference in units of its error, the error of the reference included. */
static double chi2_term(const struct stream *stream, const struct stream_burst *burst, double variance)
{
    struct seen seen = as_seen(stream, burst);
    double distance = is_count(stream) ? seen.value - seen.weight : seen.value;
    double square = is_count(stream) ? fmax(seen.weight, PHI_COUNT_MIN) : seen.weight;
    return distance * distance / square / (1.0 + variance * seen.weight);
}

/* How much wider than by counting alone the bursts are spread; >= 1. */
static double phi(const struct stream *stream)
{
    const struct stream_reference *r = &stream->reference;
    if (stream->settings.is_known)
        return 1.0;
    double bursts = r->terms * r->terms / r->terms_square;
    return fmax(1.0, r->chi2 / r->terms * (1.0 + PHI_ERRORS * sqrt(2.0 / bursts)));
}

static void add_to_sums(struct stream *stream, const struct stream_burst *burst)
{
    struct stream_reference *r = &stream->reference;
    r->value += is_count(stream) ? burst->value : burst->exposure * burst->value;
    r->exposure += burst->exposure;
    r->exposure_square += burst->exposure;
}

static void fade(struct stream_reference *r)
{
    r->value *= FADE;
    r->exposure *= FADE;
    r->exposure_square *= FADE * FADE;
    r->chi2 *= FADE;
    r->terms *= FADE;
    r->terms_square *= FADE * FADE;
}

static void join(struct stream *stream, const struct stream_burst *burst)
{
    struct stream_reference *r = &stream->reference;
    double term = chi2_term(stream, burst, relative_variance(stream));
    fade(r);
    add_to_sums(stream, burst);
    r->chi2 += term;
    r->terms += 1.0;
    r->terms_square += 1.0;
}

/* The bursts so far, all together: their chi2 around their own mean has one term less than there are bursts. */
static void end_learning(struct stream *stream)
{
    struct stream_reference *r = &stream->reference;
    const uint32_t bursts = stream->count;
    for (uint32_t i = 0; i < bursts; i++)
        add_to_sums(stream, &stream->bursts[i]);
    for (uint32_t i = 0; i < bursts; i++)
        r->chi2 += chi2_term(stream, &stream->bursts[i], 0.0);
    r->terms = r->terms_square = bursts - 1;
    stream->count = 0;
    stream->is_learning = false;
}

/* ---- the last bursts ---- */

/* `age` 0 is the last one; age < count and STREAM_TESTED. */
static struct stream_burst *last_burst(struct stream *stream, uint32_t age)
{
    return &stream->bursts[(stream->count - 1 - age) % STREAM_TESTED];
}

static struct stream_burst *keep(struct stream *stream, double value, double exposure)
{
    struct stream_burst *burst = &stream->bursts[stream->count % STREAM_TESTED];
    if (stream->count >= STREAM_TESTED && burst->is_good && !stream->settings.is_known)
        join(stream, burst);
    stream->count++;
    *burst = (struct stream_burst){value, exposure, true};
    return burst;
}

/* Those of a change are not what later ones are compared with. */
static void mark_as_changed(struct stream *stream, uint32_t bursts)
{
    for (uint32_t age = 0; age < bursts; age++)
        last_burst(stream, age)->is_good = false;
}

/* The last bursts against the reference as it is now; the focus has seen each of them against that of its time. */
static struct seen sum_seen(struct stream *stream, uint32_t bursts)
{
    struct seen sum = {0.0, 0.0};
    for (uint32_t age = 0; age < bursts; age++) {
        struct seen seen = as_seen(stream, last_burst(stream, age));
        sum.value += seen.value;
        sum.weight += seen.weight;
    }
    return sum;
}

/* ---- a new level on purpose ---- */

/* How many of the last bursts belong to the change that is raised. */
static uint32_t changed_bursts(struct stream *stream)
{
    uint32_t kept = stream->count < STREAM_TESTED ? stream->count : STREAM_TESTED, changed = 0;
    while (changed < kept && !last_burst(stream, changed)->is_good)
        changed++;
    return changed;
}

void stream_accept(struct stream *stream)
{
    struct stream_burst bursts[STREAM_TESTED];
    if (!stream->is_raised)
        return;
    const uint32_t count = changed_bursts(stream);
    for (uint32_t i = 0; i < count; i++)
        bursts[i] = *last_burst(stream, count - 1 - i);
    stream->settings.is_known = false;
    stream_reset(stream);
    memcpy(stream->bursts, bursts, count * sizeof bursts[0]);
    stream->count = count;
    if (count >= STREAM_LEARN)
        end_learning(stream);
}

/* ---- the test ---- */

/* ln p of a count; it and the reference are scaled by phi, rounded to the side of no change. */
static double ln_p(const struct stream *stream, bool is_rise, struct seen sum)
{
    double scale = phi(stream), n = is_rise ? floor(sum.value / scale) : ceil(sum.value / scale);
    if (stream->settings.is_known)
        return is_rise ? tail_poisson_ln_upper(n, sum.weight) : tail_poisson_ln_lower(n, sum.weight);
    const struct stream_reference *r = &stream->reference;
    double off = r->value * (r->exposure / r->exposure_square) / scale, alpha = relative_variance(stream) * sum.weight;
    return is_rise ? tail_on_off_ln_upper(n, off, alpha) : tail_on_off_ln_below(n + 1.0, off, alpha);
}

static double z_of(const struct stream *stream, bool is_rise, struct seen sum)
{
    if (is_count(stream))
        return normal_z_of_ln_p(ln_p(stream, is_rise, sum));
    double variance = phi(stream) * sum.weight * (1.0 + relative_variance(stream) * sum.weight);
    return (is_rise ? sum.value : -sum.value) / sqrt(variance);
}

/* Whether it is worth to compute a Z. */
static bool is_promising(const struct stream *stream, const struct focus_segment *best)
{
    double z = fmax(0.0, stream->settings.threshold - PREFILTER_MARGIN),
           variance = relative_variance(stream) * best->weight;
    return 2.0 * best->ratio >= z * z * phi(stream) * (1.0 + variance);
}

/* Notes the best stretch in a direction if it is more significant than what is noted, and at or above the threshold. */
static void note_best(struct stream *stream, bool is_rise)
{
    const struct focus_segment best = focus_best(is_rise ? &stream->rise : &stream->fall, relative_variance(stream));
    if (!is_promising(stream, &best))
        return;
    struct seen sum = sum_seen(stream, best.length);
    double z = z_of(stream, is_rise, sum), rate = expected_rate(stream), relative = sum.value / sum.weight;
    if (!(z >= stream->settings.threshold && z > stream->change.z)) /* nor beyond what can be computed: NaN */
        return;
    stream->is_raised = true;
    stream->is_rise = is_rise;
    stream->change = (struct stream_change){.start = best.start,
                                            .bursts = best.length,
                                            .measured = is_count(stream) ? rate * relative : rate + relative,
                                            .expected = rate,
                                            .z = z};
}

static void add_to_focus(struct stream *stream, uint32_t time, struct seen seen)
{
    focus_add(&stream->rise, time, seen.value, seen.weight);
    focus_add(&stream->fall, time, seen.value, seen.weight);
    focus_limit(&stream->rise, STREAM_TESTED);
    focus_limit(&stream->fall, STREAM_TESTED);
}

/* ---- the way back ---- */

/* ln of the likelihood of a burst under the reference over that under the change. */
static double calm_of(const struct stream *stream, struct seen seen)
{
    const struct stream_change *change = &stream->change;
    double shift = change->measured - change->expected;
    if (!is_count(stream))
        return (shift * shift * seen.weight / 2.0 - shift * seen.value) / phi(stream);
    double factor = fmax(change->measured / change->expected, FACTOR_MIN);
    return ((factor - 1.0) * seen.weight - seen.value * log(factor)) / phi(stream);
}

static void look_for_the_way_back(struct stream *stream, struct seen seen)
{
    stream->calm = fmax(0.0, stream->calm + calm_of(stream, seen));
    if (stream->calm < CALM_ENOUGH)
        return;
    stream->is_raised = false;
    stream->calm = 0.0;
    stream->change = (struct stream_change){0};
    focus_clear(&stream->rise);
    focus_clear(&stream->fall);
}

/* ---- a burst ---- */

static void test(struct stream *stream, uint32_t time, struct seen seen)
{
    add_to_focus(stream, time, seen);
    if (stream->is_raised) {
        mark_as_changed(stream, 1);
        note_best(stream, stream->is_rise);
        look_for_the_way_back(stream, seen);
        return;
    }
    note_best(stream, true);
    note_best(stream, false);
    if (stream->is_raised)
        mark_as_changed(stream, stream->change.bursts);
}

bool stream_add(struct stream *stream, uint32_t time, double value, double exposure)
{
    assert(exposure > 0.0 && isfinite(exposure) && isfinite(value));
    if (stream->settings.threshold <= 0.0)
        return false;
    const struct stream_burst *burst = keep(stream, value, exposure);
    if (!stream->is_learning)
        test(stream, time, as_seen(stream, burst));
    else if (stream->count == STREAM_LEARN)
        end_learning(stream);
    return stream->is_raised;
}

/* ---- what survives a restart ---- */

/* Far beyond what a burst can have (exposures of 1e-34 to 1e30, counts to 1.9e19), and far within what keeps sums,
 * rates and expectations finite and above zero. */
#define EXPOSURE_MIN 1e-40
#define EXPOSURE_MAX 1e40
#define COUNT_MAX 1e20
#define MEAN_MAX 1e12
#define CHI2_MAX 1e200

static void archive_burst(struct archive *archive, const struct stream *stream, struct stream_burst *burst)
{
    if (is_count(stream))
        archive_double_between(archive, &burst->value, 0.0, COUNT_MAX);
    else
        archive_double_between(archive, &burst->value, -MEAN_MAX, MEAN_MAX);
    archive_double_between(archive, &burst->exposure, EXPOSURE_MIN, EXPOSURE_MAX);
    archive_bool(archive, &burst->is_good);
}

/* The oldest first. */
static void archive_bursts(struct archive *archive, struct stream *stream)
{
    archive_below(archive, &stream->count, stream->is_learning ? STREAM_LEARN : UINT32_MAX);
    for (uint32_t age = stream->count < STREAM_TESTED ? stream->count : STREAM_TESTED; age-- > 0;)
        archive_burst(archive, stream, last_burst(stream, age));
}

static void archive_reference(struct archive *archive, struct stream *stream)
{
    struct stream_reference *r = &stream->reference;
    archive_double_between(archive, &r->exposure, EXPOSURE_MIN, STREAM_MEMORY * EXPOSURE_MAX);
    archive_double_between(archive, &r->exposure_square, EXPOSURE_MIN, STREAM_MEMORY * EXPOSURE_MAX);
    if (is_count(stream))
        archive_double_between(archive, &r->value, 0.0, STREAM_MEMORY * COUNT_MAX);
    else
        archive_double_between(archive, &r->value, -MEAN_MAX * r->exposure, MEAN_MAX * r->exposure);
    archive_double_between(archive, &r->chi2, 0.0, CHI2_MAX);
    archive_double_between(archive, &r->terms, 1.0, STREAM_MEMORY);
    archive_double_between(archive, &r->terms_square, 1.0, STREAM_MEMORY);
}

static void archive_change(struct archive *archive, struct stream *stream)
{
    archive_bool(archive, &stream->is_rise);
    archive_u32(archive, &stream->change.start);
    archive_u32(archive, &stream->change.bursts);
    archive_double(archive, &stream->change.measured);
    archive_double(archive, &stream->change.expected);
    archive_double(archive, &stream->change.z);
    archive_double_between(archive, &stream->calm, 0.0, CALM_ENOUGH);
}

/* While it learns there is nothing but bursts; a known expectation has no reference. */
void stream_archive(struct archive *archive, struct stream *stream)
{
    const bool may_be_known = stream->settings.is_known;
    archive_bool(archive, &stream->settings.is_known);
    archive_bool(archive, &stream->is_learning);
    archive_require(archive, may_be_known || !stream->settings.is_known);
    archive_require(archive, !stream->is_learning || !stream->settings.is_known);
    archive_bursts(archive, stream);
    if (stream->is_learning)
        return;
    if (!stream->settings.is_known)
        archive_reference(archive, stream);
    focus_archive(archive, &stream->rise, stream->count < STREAM_TESTED ? stream->count : STREAM_TESTED);
    focus_archive(archive, &stream->fall, stream->count < STREAM_TESTED ? stream->count : STREAM_TESTED);
    archive_bool(archive, &stream->is_raised);
    if (stream->is_raised)
        archive_change(archive, stream);
}
