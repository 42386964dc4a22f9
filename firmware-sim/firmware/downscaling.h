/* SPDX-License-Identifier: MIT */
/*
 * downscaling - keeps one in D of the L0 triggers of a mask, before anything is known about them.
 *
 * As in the L0 trigger processor of NA62: the D-th trigger is the first one that is kept, and the counter carries over
 * from burst to burst unless a reset is configured.
 */
#ifndef FIRMWARE_DOWNSCALING_H
#define FIRMWARE_DOWNSCALING_H

#include <stdbool.h>
#include <stdint.h>

struct downscaling {
    uint32_t period;  /* D >= 1 */
    uint32_t counter; /* triggers since the last kept one, < period */
    bool resets;      /* at start of burst */
};

/* A new burst begins. */
void downscaling_burst(struct downscaling *downscaling);

/* Another D >= 1 from the next trigger on; what was counted stays, at most up to the last trigger before a kept one. */
void downscaling_set_period(struct downscaling *downscaling, uint32_t period);

/* Counts `triggers` triggers at once; returns how many of them are kept. */
uint64_t downscaling_count(struct downscaling *downscaling, uint64_t triggers);

#endif
