/* SPDX-License-Identifier: MIT */
/*
 * null_source - see null_source.h.
 *
 *      expected candidates of a slot, after the veto or rejected by it
 *        |- kept by the downscaling (1 in D) ............ few: total and alias table; 1 in 150 of them sampled
 *        `- not kept
 *             |- sampled for the tail line (1 in 150) ... few: total and alias table
 *             `- neither ................................ populated slots one by one, the rest by total and alias table
 *
 * A sampled candidate is in the tail line; so is any other whose m2_miss is in its upper region.
 */
#include "cli/null_source.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "physics/alias.h"
#include "physics/constants.h"
#include "physics/counting.h"

#define SPILL_S 4.8

/* A cell is a slot of m2_miss, after the veto or rejected by it. */
#define CELLS (2u * M2_SLOTS)
#define IS_REJECTED(cell) ((cell) >= M2_SLOTS)
#define SLOT_OF(cell) ((cell) % M2_SLOTS)

/* The edge of the tail line lies within this slot, of which it takes this share and all of those behind it. */
#define TAIL_ABOVE_MEV2 (LINE_TAIL_ABOVE_MEV2 + 1)
#define EDGE_SLOT ((uint32_t)(1 + TAIL_ABOVE_MEV2 / M2_BIN_WIDTH_MEV2 - M2_BIN_FIRST))
#define EDGE_SHARE (1.0 - (double)(TAIL_ABOVE_MEV2 % M2_BIN_WIDTH_MEV2) / M2_BIN_WIDTH_MEV2)

_Static_assert(CELLS <= ALIAS_COUNT_MAX, "an alias table holds all cells");

/* Many cells with few candidates each. */
struct sparse {
    double mean; /* of all */
    struct alias alias;
};

struct null_source {
    struct null_source_config config;
    double seen[VETO_COUNT];
    double sigma_mev2;
    double means[CELLS]; /* of all candidates */
    uint32_t populated_count;
    uint32_t populated[CELLS];   /* cells that are drawn one by one .. */
    struct poisson plain[CELLS]; /* .. and their distributions */
    struct sparse rest;          /* those that are not */
    struct sparse all;
    double scale;      /* for which `plain` is prepared */
    uint64_t triggers; /* that the downscaling counted since it kept one, < downscaling */
    uint64_t drawn;    /* bursts */
    struct random random;
};

struct null_source_config null_source_config_default(void)
{
    return (struct null_source_config){
        .seed = 1, .candidates = 1e5, .triggers_per_candidate = 40, .downscaling = 150, .links = 1, .period_s = 21.6};
}

/* ---- preparation ---- */

static void sparse_init(struct sparse *sparse, const double means[CELLS])
{
    sparse->mean = 0;
    for (uint32_t cell = 0; cell < CELLS; cell++)
        sparse->mean += means[cell];
    if (sparse->mean > 0)
        alias_init(&sparse->alias, means, CELLS);
}

static double plain_share(const struct null_source *source)
{
    return (1 - 1.0 / source->config.downscaling) * (1 - 1.0 / LINE_TAIL_PERIOD);
}

static void scale_plain(struct null_source *source, double scale)
{
    if (scale == source->scale)
        return;
    source->scale = scale;
    for (uint32_t i = 0; i < source->populated_count; i++)
        poisson_init(&source->plain[i], scale * plain_share(source) * source->means[source->populated[i]]);
}

static void split_cells(struct null_source *source)
{
    double rest[CELLS];
    for (uint32_t cell = 0; cell < CELLS; cell++) {
        bool is_populated = source->means[cell] >= COUNTING_REJECTION_MIN;
        rest[cell] = is_populated ? 0 : source->means[cell];
        if (is_populated)
            source->populated[source->populated_count++] = cell;
    }
    sparse_init(&source->rest, rest);
    sparse_init(&source->all, source->means);
}

struct null_source *null_source_create(const struct null_source_config *config, const struct truth *truth,
                                       double sigma_mev2)
{
    struct null_source *source = calloc(1, sizeof *source);
    if (source == NULL)
        return NULL;
    assert(config->links >= 1 && config->links <= LEDGER_ENTRIES_MAX && config->downscaling >= 1);
    source->config = *config;
    source->sigma_mev2 = sigma_mev2;
    memcpy(source->seen, truth->seen, sizeof source->seen);
    for (uint32_t bin = 0; bin < M2_BIN_COUNT; bin++) {
        source->means[1 + bin] = config->candidates * truth->after[bin];
        source->means[M2_SLOTS + 1 + bin] = config->candidates * fmax(0, truth->before[bin] - truth->after[bin]);
    }
    split_cells(source);
    scale_plain(source, 1);
    random_init(&source->random, config->seed, config->stream);
    return source;
}

void null_source_destroy(struct null_source *source)
{
    free(source);
}

/* ---- one burst ---- */

static uint64_t poisson_once(struct random *random, double mean)
{
    struct poisson poisson;
    poisson_init(&poisson, mean);
    return poisson_draw(&poisson, random);
}

static void add_to_line(struct burst *burst, enum line line, uint32_t cell, uint32_t count)
{
    burst->slots[(2 * line + 1) * M2_SLOTS + SLOT_OF(cell)] += count;
    if (!IS_REJECTED(cell))
        burst->slots[2 * line * M2_SLOTS + cell] += count;
}

/* One candidate that is kept, sampled, or both. From the edge of the tail line on, fill_tail takes care of that line.
 */
static void add_special(struct burst *burst, uint32_t cell, bool is_kept, bool is_sampled)
{
    add_to_line(burst, LINE_UNPRESCALED, cell, 1);
    if (is_kept)
        add_to_line(burst, LINE_DOWNSCALED, cell, 1);
    if (is_sampled && SLOT_OF(cell) < EDGE_SLOT)
        add_to_line(burst, LINE_TAIL, cell, 1);
}

static void draw_plain(struct null_source *source, double scale, struct burst *burst)
{
    struct random *random = &source->random;
    scale_plain(source, scale);
    for (uint32_t i = 0; i < source->populated_count; i++)
        add_to_line(burst, LINE_UNPRESCALED, source->populated[i], (uint32_t)poisson_draw(&source->plain[i], random));
    uint64_t count = poisson_once(random, scale * plain_share(source) * source->rest.mean);
    for (uint64_t i = 0; i < count; i++)
        add_to_line(burst, LINE_UNPRESCALED, alias_draw(&source->rest.alias, random), 1);
}

static void draw_special(struct null_source *source, double mean, bool is_kept, bool is_sampled, struct burst *burst)
{
    struct random *random = &source->random;
    uint64_t count = poisson_once(random, mean);
    for (uint64_t i = 0; i < count; i++)
        add_special(burst, alias_draw(&source->all.alias, random), is_kept, is_sampled);
}

static void draw_specials(struct null_source *source, double scale, struct burst *burst)
{
    const double kept = 1.0 / source->config.downscaling, sampled = 1.0 / LINE_TAIL_PERIOD;
    const double mean = scale * source->all.mean;
    draw_special(source, mean * kept * (1 - sampled), true, false, burst);
    draw_special(source, mean * (1 - kept) * sampled, false, true, burst);
    draw_special(source, mean * kept * sampled, true, true, burst);
}

static uint32_t slot_of(double m2)
{
    double bin = floor(m2 / M2_BIN_WIDTH_MEV2) - M2_BIN_FIRST;
    return bin < 0 ? 0 : bin < M2_BIN_COUNT ? 1 + (uint32_t)bin : M2_SLOTS - 1;
}

static void draw_signal(struct null_source *source, double scale, struct burst *burst)
{
    struct random *random = &source->random;
    const double m2 = source->config.mass_mev * source->config.mass_mev;
    if (!(source->config.signal > 0))
        return;
    uint64_t count = poisson_once(random, scale * source->config.signal);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t slot = slot_of(m2 + source->sigma_mev2 * random_normal(random));
        bool is_kept = random_uniform(random) * source->config.downscaling < 1;
        bool is_sampled = random_uniform(random) * LINE_TAIL_PERIOD < 1;
        add_special(burst, slot, is_kept, is_sampled);
    }
}

/* From the edge on: above it everything, in its slot the share above it and the sampled ones below. */
static void fill_tail(struct null_source *source, struct burst *burst)
{
    const double edge_share = EDGE_SHARE + (1 - EDGE_SHARE) / LINE_TAIL_PERIOD;
    const uint32_t *after = burst->slots + HISTOGRAM_M2 * M2_SLOTS;
    const uint32_t *before = burst->slots + HISTOGRAM_M2_BEFORE_VETO * M2_SLOTS;
    const size_t size = (M2_SLOTS - EDGE_SLOT - 1) * sizeof *after;
    const uint32_t cells[] = {EDGE_SLOT, M2_SLOTS + EDGE_SLOT};
    const uint32_t counts[] = {after[EDGE_SLOT], before[EDGE_SLOT] - after[EDGE_SLOT]};
    memcpy(burst->slots + HISTOGRAM_M2_TAIL * M2_SLOTS + EDGE_SLOT + 1, after + EDGE_SLOT + 1, size);
    memcpy(burst->slots + HISTOGRAM_M2_TAIL_BEFORE_VETO * M2_SLOTS + EDGE_SLOT + 1, before + EDGE_SLOT + 1, size);
    for (int i = 0; i < 2; i++)
        add_to_line(burst, LINE_TAIL, cells[i], (uint32_t)binomial_draw(&source->random, counts[i], edge_share));
}

static uint64_t sum_of(const uint32_t *slots)
{
    uint64_t sum = 0;
    for (uint32_t slot = 0; slot < M2_SLOTS; slot++)
        sum += slots[slot];
    return sum;
}

/* What became of the candidates. The cuts before the veto reject at random. */
static void count_reasons(struct null_source *source, double scale, struct burst *burst)
{
    const struct null_source_config *config = &source->config;
    uint64_t left;
    burst->accepted = sum_of(burst->slots + HISTOGRAM_M2 * M2_SLOTS);
    left = burst->rejected[REJECT_VETO] = sum_of(burst->slots + HISTOGRAM_M2_BEFORE_VETO * M2_SLOTS) - burst->accepted;
    for (int reason = REJECT_BAD_TIME; reason < REJECT_VETO && config->cut_share > 0; reason++)
        burst->rejected[reason] = poisson_once(&source->random, scale * config->cut_share * config->candidates);
    double share_left = 1;
    for (int veto = 0; veto + 1 < VETO_COUNT; veto++) {
        double share = share_left > 0 ? fmin(1, source->seen[veto] / share_left) : 0;
        burst->vetoes[veto] = binomial_draw(&source->random, left, share);
        left -= burst->vetoes[veto];
        share_left -= source->seen[veto];
    }
    burst->vetoes[VETO_COUNT - 1] = left;
}

static uint64_t candidates_of(const struct burst *burst)
{
    uint64_t count = burst->accepted;
    for (int reason = REJECT_NONE + 1; reason < REJECT_REASON_COUNT; reason++)
        count += burst->rejected[reason];
    return count;
}

/* Before each candidate and after the last one come further triggers, a geometric number each. */
static void count_triggers(struct null_source *source, struct burst *burst)
{
    const double mean = source->config.triggers_per_candidate, gaps = (double)burst->sent + 1;
    double further = gaps * mean + sqrt(gaps * mean * (1 + mean)) * random_normal(&source->random);
    burst->generated = burst->sent + (uint64_t)fmax(0, nearbyint(further));
    source->triggers += burst->generated;
    burst->kept = source->triggers / source->config.downscaling;
    source->triggers %= source->config.downscaling;
    burst->downscaling = (int32_t)source->config.downscaling;
}

static void share_links(struct null_source *source, struct burst *burst)
{
    uint64_t left = burst->sent;
    burst->began = burst->ended = burst->expected = source->config.links;
    for (uint32_t link = 0; link < source->config.links; link++) {
        uint64_t part = binomial_draw(&source->random, left, 1.0 / (source->config.links - link));
        burst_count(burst, link + 1, part);
        left -= part;
    }
}

/* As hnlmon-fwsim says it: in 10^6 kaon decays. */
static double intensity_of(const struct null_source_config *config, double scale)
{
    return scale * config->candidates * 1e-6 / (BR_KE3 * FLAT_ACCEPTANCE);
}

void null_source_draw(struct null_source *source, struct burst_key key, struct burst *burst)
{
    const struct null_source_config *config = &source->config;
    double scale = 1;
    if (config->spread > 0)
        scale = fmax(0.1, 1 + config->spread * random_normal(&source->random));
    memset(burst, 0, sizeof *burst);
    burst->key = key;
    burst->t_begin_ns = (uint64_t)((double)source->drawn++ * config->period_s * 1e9);
    burst->t_end_ns = burst->t_begin_ns + (uint64_t)(SPILL_S * 1e9);
    burst->input_downscaling = 1;
    burst->live_ppm = 1000000;
    burst->origin = ORIGIN_SIMULATION;
    burst->intensity = intensity_of(config, scale);
    draw_plain(source, scale, burst);
    draw_specials(source, scale, burst);
    draw_signal(source, scale, burst);
    fill_tail(source, burst);
    count_reasons(source, scale, burst);
    burst->sent = candidates_of(burst);
    count_triggers(source, burst);
    share_links(source, burst);
}
