/* SPDX-License-Identifier: MIT */
/* condition - see condition.h. */
#include "condition.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "physics/spill.h"

#define DOWNSCALING_MAX 2e6 /* twice the largest that can be announced */

struct condition_row {
    const char *name, *unit;
    double initial, min, max;
    bool is_whole;
    const char *meaning;
};

static const struct condition_row rows[CONDITION_COUNT] = {
    [CONDITION_LAV_OFF] = {"lav-off", "share", 0.25, 0, 1, false,
                           "of the photons in the LAV: not seen (a station off)"},
    [CONDITION_LKR_GAIN] = {"lkr-gain", "relative", 0.02, -DISTURBANCE_GAIN_MAX, DISTURBANCE_GAIN_MAX, false,
                            "shift of LKr energies: two-photon mass, pi0 momentum, E/p"},
    [CONDITION_BEAM_SHIFT] = {"beam-shift", "relative", 0.01, -DISTURBANCE_BEAM_MAX, DISTURBANCE_BEAM_MAX, false,
                              "shift of the momentum that the beam line delivers"},
    [CONDITION_HOT_CHANNEL] = {"hot-channel", "per true one", 0.2, 0, DISTURBANCE_HOT_MAX, false,
                               "fake candidates from one LKr cell, beside the true ones"},
    [CONDITION_INTENSITY] = {"intensity", "factor", 3, DISTURBANCE_INTENSITY_MIN, DISTURBANCE_INTENSITY_MAX, false,
                             "on the instantaneous intensity: rates, accidental activity"},
    [CONDITION_DEAD_LINK] = {"dead-link", "share", 0.25, 0, 1, false,
                             "of the candidates: never arrive, nobody counts them as lost"},
    [CONDITION_DOWNSCALING] = {"downscaling", "factor", CONDITION_TWICE, 1, DOWNSCALING_MAX, true,
                               "really applied, while that of --downscaling is announced"},
    [CONDITION_SPILL_GAP] = {"spill-gap", "share", 0.2, 0, SPILL_GAP_MAX, false,
                             "of the spill, around its middle: no beam"},
};

const char *condition_name(enum condition_kind kind)
{
    return rows[kind].name;
}

static bool fail(char error[CONDITION_ERROR_SIZE], const char *sentence)
{
    snprintf(error, CONDITION_ERROR_SIZE, "%s", sentence);
    return false;
}

static bool fail_unknown(char error[CONDITION_ERROR_SIZE])
{
    int size = snprintf(error, CONDITION_ERROR_SIZE, "is no condition; there are");
    for (int kind = 0; kind < CONDITION_COUNT && size < CONDITION_ERROR_SIZE; kind++)
        size +=
            snprintf(error + size, (size_t)(CONDITION_ERROR_SIZE - size), "%s %s", kind ? "," : "", rows[kind].name);
    return false;
}

static bool read_kind(const char *text, enum condition_kind *kind, char error[CONDITION_ERROR_SIZE])
{
    size_t size = strcspn(text, "=@");
    for (int i = 0; i < CONDITION_COUNT; i++) {
        if (strlen(rows[i].name) != size || strncmp(rows[i].name, text, size) != 0)
            continue;
        *kind = (enum condition_kind)i;
        return true;
    }
    return fail_unknown(error);
}

/* The size, which ends at `at`. */
static bool read_size(const char *text, const char *at, struct condition *condition, char error[CONDITION_ERROR_SIZE])
{
    const struct condition_row *row = &rows[condition->kind];
    char *end;
    condition->size = strtod(text, &end);
    if (end == text || end != at || !isfinite(condition->size))
        return fail(error, "the size is not a number");
    if (!(condition->size >= row->min && condition->size <= row->max)) {
        snprintf(error, CONDITION_ERROR_SIZE, "the size must be between %.10g and %.10g", row->min, row->max);
        return false;
    }
    if (row->is_whole && condition->size != floor(condition->size))
        return fail(error, "the size must be a whole number");
    return true;
}

/* A burst number at *text, which moves behind it; false when there is none between 1 and 2^32 - 1. */
static bool read_burst(const char **text, uint32_t *burst)
{
    if (!isdigit((unsigned char)**text))
        return false;
    char *end;
    errno = 0;
    unsigned long long value = strtoull(*text, &end, 10);
    *text = end;
    *burst = (uint32_t)value;
    return errno == 0 && value >= 1 && value <= UINT32_MAX;
}

/* FIRST, FIRST-LAST or FIRST-. */
static bool read_bursts(const char *text, struct condition *condition, char error[CONDITION_ERROR_SIZE])
{
    bool is_good = read_burst(&text, &condition->first);
    condition->last = condition->first;
    if (is_good && *text == '-') {
        text++;
        condition->last = UINT32_MAX;
        is_good = *text == '\0' || read_burst(&text, &condition->last);
    }
    if (!is_good || *text != '\0' || condition->last < condition->first)
        return fail(error, "the bursts must be FIRST, FIRST-LAST or FIRST-, where FIRST is at least 1");
    return true;
}

static bool is_free(const struct condition_list *list, const struct condition *condition,
                    char error[CONDITION_ERROR_SIZE])
{
    if (list->count == CONDITIONS_MAX) {
        snprintf(error, CONDITION_ERROR_SIZE, "there are %d conditions already", CONDITIONS_MAX);
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct condition *other = &list->items[i];
        if (other->kind != condition->kind || other->last < condition->first || condition->last < other->first)
            continue;
        uint32_t burst = other->first > condition->first ? other->first : condition->first;
        snprintf(error, CONDITION_ERROR_SIZE, "burst %u has another %s", burst, rows[condition->kind].name);
        return false;
    }
    return true;
}

bool condition_add(struct condition_list *list, const char *text, char error[CONDITION_ERROR_SIZE])
{
    struct condition condition;
    if (!read_kind(text, &condition.kind, error))
        return false;
    const char *at = strchr(text, '@');
    if (at == NULL)
        return fail(error, "has no bursts: NAME[=SIZE]@FIRST[-LAST]");
    const char *size = text + strlen(rows[condition.kind].name);
    condition.size = rows[condition.kind].initial;
    if (*size == '=' && !read_size(size + 1, at, &condition, error))
        return false;
    if (!read_bursts(at + 1, &condition, error) || !is_free(list, &condition, error))
        return false;
    list->items[list->count++] = condition;
    return true;
}

double condition_size(const struct condition *condition, uint32_t announced)
{
    bool is_twice = condition->kind == CONDITION_DOWNSCALING && condition->size == CONDITION_TWICE;
    return is_twice ? 2.0 * announced : condition->size;
}

static void apply(struct conditions *conditions, enum condition_kind kind, double size)
{
    switch (kind) {
    case CONDITION_LAV_OFF:
        conditions->physics.lav_lost = size;
        break;
    case CONDITION_LKR_GAIN:
        conditions->physics.lkr_gain = size;
        break;
    case CONDITION_BEAM_SHIFT:
        conditions->physics.beam_shift = size;
        break;
    case CONDITION_HOT_CHANNEL:
        conditions->physics.hot_share = size;
        break;
    case CONDITION_INTENSITY:
        conditions->physics.intensity = size;
        break;
    case CONDITION_DEAD_LINK:
        conditions->dead_share = size;
        break;
    case CONDITION_DOWNSCALING:
        conditions->downscaling = (uint32_t)size; /* whole, at most DOWNSCALING_MAX */
        break;
    case CONDITION_SPILL_GAP:
        conditions->spill_gap = size;
        break;
    case CONDITION_COUNT:
        break;
    }
}

struct conditions conditions_at(const struct condition_list *list, uint32_t burst, uint32_t announced)
{
    struct conditions conditions = {.physics = DISTURBANCE_NONE, .downscaling = announced};
    for (uint32_t i = 0; i < list->count; i++) {
        const struct condition *item = &list->items[i];
        if (item->first <= burst && burst <= item->last)
            apply(&conditions, item->kind, condition_size(item, announced));
    }
    return conditions;
}

void condition_print_table(FILE *stream)
{
    for (int kind = 0; kind < CONDITION_COUNT; kind++) {
        const struct condition_row *row = &rows[kind];
        char initial[24] = "twice it";
        if (kind != CONDITION_DOWNSCALING)
            snprintf(initial, sizeof initial, "%g", row->initial);
        fprintf(stream, "  %-12s %-12s %-8s  %s\n", row->name, row->unit, initial, row->meaning);
    }
}
