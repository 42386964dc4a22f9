/* SPDX-License-Identifier: MIT */
/*
 * horizon - see horizon.h.
 *
 *      ring of closed bursts, newest at `closed - 1`:
 *
 *        closed-100 ............ closed-10 ....... closed-1 | next
 *        |<------------------- 100 -------------------->|
 *                                |<------- 10 --------->|
 */
#include "core/horizon.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HORIZON_PLACES (HORIZON_DEPTH + 1) /* the newest burst has a place beside the one that leaves */

struct closed_burst {
    uint32_t flaws;
    struct estimates estimates;
    uint32_t slots[HISTOGRAM_SLOTS];
};

struct horizons {
    uint64_t closed;  /* bursts added since the start */
    uint32_t missing; /* of those that are kept, after a restart: the newest ones, still to be restored */
    struct horizon sums[HORIZON_COUNT];
    struct closed_burst ring[HORIZON_PLACES];
};

uint32_t horizon_length(enum horizon_id id)
{
    switch (id) {
    case HORIZON_1:
        return 1;
    case HORIZON_10:
        return 10;
    case HORIZON_100:
        return HORIZON_DEPTH;
    case HORIZON_OPEN:
    case HORIZON_RUN:
    case HORIZON_PERIOD:
    case HORIZON_COUNT:
        break;
    }
    return 0;
}

uint32_t horizon_bursts_needed(enum horizon_id id)
{
    if (id == HORIZON_RUN)
        return HORIZON_RUN_MIN_BURSTS;
    return id == HORIZON_PERIOD ? HORIZON_PERIOD_MIN_BURSTS : horizon_length(id);
}

const char *horizon_name(enum horizon_id id)
{
    switch (id) {
    case HORIZON_OPEN:
        return "open";
    case HORIZON_1:
        return "1";
    case HORIZON_10:
        return "10";
    case HORIZON_100:
        return "100";
    case HORIZON_RUN:
        return "run";
    case HORIZON_PERIOD:
        return "period";
    case HORIZON_COUNT:
        break;
    }
    return "?";
}

enum horizon_id horizon_by_name(const char *name)
{
    enum horizon_id id = HORIZON_OPEN;
    while (id < HORIZON_COUNT && strcmp(horizon_name(id), name) != 0)
        id++;
    return id;
}

struct horizons *horizons_create(void)
{
    return calloc(1, sizeof(struct horizons));
}

void horizons_destroy(struct horizons *horizons)
{
    free(horizons);
}

static void add_burst(struct horizon *sum, const struct closed_burst *burst)
{
    for (uint32_t i = 0; i < HISTOGRAM_SLOTS; i++)
        sum->slots[i] += burst->slots[i];
    estimates_add(&sum->estimates, &burst->estimates);
    for (int flaw = 0; flaw < FLAW_COUNT; flaw++)
        sum->flawed[flaw] += burst->flaws >> flaw & 1u;
    sum->bursts++;
}

/* Adds one burst and exactly undoes the add_burst of another, in one pass: differences modulo 2^64 are exact too. */
static void replace_burst(struct horizon *sum, const struct closed_burst *leaving, const struct closed_burst *burst)
{
    for (uint32_t i = 0; i < HISTOGRAM_SLOTS; i++)
        sum->slots[i] += (uint64_t)burst->slots[i] - leaving->slots[i];
    estimates_add(&sum->estimates, &burst->estimates);
    estimates_subtract(&sum->estimates, &leaving->estimates);
    for (int flaw = 0; flaw < FLAW_COUNT; flaw++)
        sum->flawed[flaw] += (burst->flaws >> flaw & 1u) - (leaving->flaws >> flaw & 1u);
}

/* The period takes what has no flaw. */
static void add_to_period(struct horizon *period, const struct closed_burst *burst)
{
    if (burst->flaws)
        period->left_out++;
    else
        add_burst(period, burst);
}

void horizons_add(struct horizons *horizons, const uint32_t *slots, const struct estimates *estimates, uint32_t flaws)
{
    struct closed_burst *newest = &horizons->ring[horizons->closed % HORIZON_PLACES];
    assert(horizons->missing == 0);
    memcpy(newest->slots, slots, sizeof newest->slots);
    newest->estimates = *estimates;
    newest->flaws = flaws;
    for (enum horizon_id id = HORIZON_1; id <= HORIZON_RUN; id++) {
        struct horizon *sum = &horizons->sums[id];
        uint32_t length = horizon_length(id);
        if (length && sum->bursts == length)
            replace_burst(sum, &horizons->ring[(horizons->closed - length) % HORIZON_PLACES], newest);
        else
            add_burst(sum, newest);
    }
    add_to_period(&horizons->sums[HORIZON_PERIOD], newest);
    horizons->closed++;
}

void horizons_new_run(struct horizons *horizons)
{
    memset(&horizons->sums[HORIZON_RUN], 0, sizeof horizons->sums[HORIZON_RUN]);
}

void horizons_new_period(struct horizons *horizons)
{
    memset(&horizons->sums[HORIZON_PERIOD], 0, sizeof horizons->sums[HORIZON_PERIOD]);
}

void horizons_clear(struct horizons *horizons)
{
    memset(horizons->sums, 0, sizeof horizons->sums);
    horizons->closed = horizons->missing = 0; /* so nothing reads the ring */
}

const struct horizon *horizons_get(const struct horizons *horizons, enum horizon_id id)
{
    return &horizons->sums[id];
}

/* ---- what survives a restart ---- */

#define SLOT_MAX (UINT64_C(1) << 48) /* of run and period: more candidates than a century of beam */
#define CLOSED_MAX (UINT64_C(1) << 48)

uint64_t horizons_closed(const struct horizons *horizons)
{
    return horizons->closed;
}

/* How many of the last bursts are kept to be subtracted. */
static uint32_t kept(const struct horizons *horizons)
{
    return horizons->closed < HORIZON_DEPTH ? (uint32_t)horizons->closed : HORIZON_DEPTH;
}

uint64_t horizons_oldest(const struct horizons *horizons)
{
    return horizons->closed - kept(horizons);
}

static void archive_sum(struct archive *archive, struct horizon *sum, uint64_t closed)
{
    uint64_t largest = 0;
    archive_u32(archive, &sum->bursts);
    archive_u32(archive, &sum->left_out);
    archive_require(archive, (uint64_t)sum->bursts + sum->left_out <= closed);
    for (int flaw = 0; flaw < FLAW_COUNT; flaw++) {
        archive_u32(archive, &sum->flawed[flaw]);
        archive_require(archive, sum->flawed[flaw] <= sum->bursts);
    }
    archive_u64s(archive, sum->slots, HISTOGRAM_SLOTS);
    for (uint32_t slot = 0; slot < HISTOGRAM_SLOTS; slot++)
        largest = sum->slots[slot] > largest ? sum->slots[slot] : largest;
    archive_require(archive, largest <= SLOT_MAX);
}

void horizons_archive(struct archive *archive, struct horizons *horizons)
{
    assert(horizons->missing == 0);
    archive_between(archive, &horizons->closed, 0, CLOSED_MAX);
    archive_sum(archive, &horizons->sums[HORIZON_RUN], horizons->closed);
    archive_sum(archive, &horizons->sums[HORIZON_PERIOD], horizons->closed);
    if (!archive->is_saving)
        horizons->missing = kept(horizons);
}

void horizons_set_estimates(struct horizons *horizons, enum horizon_id id, const struct estimates *estimates)
{
    horizons->sums[id].estimates = *estimates;
}

/* The number makes it another burst than one that stood in its place before. */
void horizons_archive_burst(struct archive *archive, struct horizons *horizons, uint64_t number)
{
    struct closed_burst *burst = &horizons->ring[number % HORIZON_PLACES];
    uint64_t own = number;
    assert(number >= horizons_oldest(horizons) && number < horizons->closed);
    archive_between(archive, &own, number, number);
    archive_below(archive, &burst->flaws, 1u << FLAW_COUNT);
    archive_u32s(archive, burst->slots, HISTOGRAM_SLOTS);
    archive_require(archive, histograms_hold(burst->slots, UINT32_MAX));
}

uint64_t horizons_next_missing(const struct horizons *horizons)
{
    return horizons->closed - horizons->missing;
}

const uint32_t *horizons_slots_of(const struct horizons *horizons, uint64_t number)
{
    return horizons->ring[number % HORIZON_PLACES].slots;
}

/* In the sums of those horizons that reach back to it. */
void horizons_give_back(struct horizons *horizons, const struct estimates *estimates)
{
    struct closed_burst *burst = &horizons->ring[horizons_next_missing(horizons) % HORIZON_PLACES];
    assert(horizons->missing > 0);
    burst->estimates = *estimates;
    for (enum horizon_id id = HORIZON_1; id < HORIZON_RUN; id++)
        if (horizons->missing <= horizon_length(id))
            add_burst(&horizons->sums[id], burst);
    horizons->missing--;
}
