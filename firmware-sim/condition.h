/* SPDX-License-Identifier: MIT */
/*
 * condition - run conditions that go wrong on purpose, each for a range of bursts: the option --condition.
 *
 * One table has the names, units, defaults and limits. This file reads a condition and tells what is wrong in a burst;
 * what that does to a candidate is decided by the event source (physics/disturbance.h) and by the board.
 */
#ifndef FIRMWARE_SIM_CONDITION_H
#define FIRMWARE_SIM_CONDITION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "physics/disturbance.h"

enum condition_kind {
    CONDITION_LAV_OFF,
    CONDITION_LKR_GAIN,
    CONDITION_BEAM_SHIFT,
    CONDITION_HOT_CHANNEL,
    CONDITION_INTENSITY,
    CONDITION_DEAD_LINK,
    CONDITION_DOWNSCALING,
    CONDITION_SPILL_GAP,
    CONDITION_COUNT
};

struct condition {
    enum condition_kind kind;
    double size;          /* in the unit of its kind; CONDITION_TWICE: twice what is announced */
    uint32_t first, last; /* bursts, from 1, both included */
};

#define CONDITION_TWICE 0.0 /* of CONDITION_DOWNSCALING */

#define CONDITIONS_MAX 16 /* in a list */

struct condition_list {
    struct condition items[CONDITIONS_MAX];
    uint32_t count;
};

/* What is wrong in a burst. */
struct conditions {
    struct disturbance physics;
    double dead_share;    /* of the candidates: they never arrive from the detector */
    double spill_gap;     /* share of the spill without beam, around its middle */
    uint32_t downscaling; /* the factor that is really applied to the L0 triggers */
};

#define CONDITION_ERROR_SIZE 160

/* Reads NAME[=SIZE]@FIRST[-LAST] and appends it; without LAST it is one burst, FIRST- is up to the end of the run.
 * False, with a sentence in `error` and the list as it was, when the text is no condition, the list is full, or the
 * same name is in the list for one of these bursts already. */
bool condition_add(struct condition_list *list, const char *text, char error[CONDITION_ERROR_SIZE])
    __attribute__((warn_unused_result));

/* The name that --condition knows it by. */
const char *condition_name(enum condition_kind kind);

/* Its size when `announced` is the downscaling that is announced. */
double condition_size(const struct condition *condition, uint32_t announced);

/* What is wrong in burst `burst`; conditions of different names combine. */
struct conditions conditions_at(const struct condition_list *list, uint32_t burst, uint32_t announced);

/* The table, for people. */
void condition_print_table(FILE *stream);

#endif
