/* SPDX-License-Identifier: MIT */
/* component - see the header. */
#include "physics/component.h"

#include <stdio.h>
#include <string.h>

#include "physics/constants.h"
#include "physics/ke4.h"
#include "physics/kmu3.h"
#include "physics/pipi0.h"

const struct component component_table[COMPONENT_COUNT] = {
    [COMPONENT_KE4] = {"ke4", DECAY_KE4, KE4_BRANCHING_RATIO, KE4_CANDIDATES, 1, NULL, ke4_draw},
    [COMPONENT_KMU3] = {"kmu3", DECAY_KMU3, KMU3_BRANCHING_RATIO, 1, KMU3_IN_FLIGHT, kmu3_in_flight, kmu3_draw},
    [COMPONENT_PIPI0] = {"pipi0", DECAY_PIPI0, PIPI0_BRANCHING_RATIO, 1, PIPI0_MISIDENTIFICATION, NULL, pipi0_draw},
    [COMPONENT_ACCIDENTALS] = {.name = "accidentals"},
    [COMPONENT_TAILS] = {.name = "tails"},
};

static double rate_with(const struct component *component, double probability)
{
    return component->branching_ratio * component->candidates * probability / BR_KE3;
}

double component_rate(const struct component *component)
{
    return rate_with(component, component->probability);
}

double component_rate_at(const struct component *component, struct four kaon, struct point vertex)
{
    if (component->probability_at == NULL)
        return component_rate(component);
    return rate_with(component, component->probability_at(kaon, vertex));
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* The bits of one name; 0 when there is no such name. */
static uint32_t bits_of(const char *text, size_t length)
{
    if (is_word(text, length, "all"))
        return COMPONENT_ALL;
    for (unsigned i = 0; i < COMPONENT_COUNT; i++)
        if (is_word(text, length, component_table[i].name))
            return COMPONENT_BIT(i);
    return 0;
}

bool component_parse(const char *list, uint32_t *set, char error[COMPONENT_ERROR_SIZE])
{
    uint32_t bits = 0;
    if (strcmp(list, "none") == 0) {
        *set = 0;
        return true;
    }
    for (const char *name = list;; name++) {
        size_t length = strcspn(name, ",");
        uint32_t bit = bits_of(name, length);
        if (bit == 0) {
            snprintf(error, COMPONENT_ERROR_SIZE,
                     "'%.*s' is not a component: name some of ke4,kmu3,pipi0,accidentals,tails, or all, or none",
                     (int)(length < 40 ? length : 40), name);
            return false;
        }
        bits |= bit;
        name += length;
        if (*name == '\0')
            break;
    }
    *set = bits;
    return true;
}
