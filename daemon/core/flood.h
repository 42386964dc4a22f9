/* SPDX-License-Identifier: MIT */
/*
 * flood - whether more alarms begin than a person can look at, in the time of the bursts.
 *
 * It only counts; what is done about it is decided in alarms.h. The time is that of the front-ends and may be wrong in
 * a burst, in either direction: then only what began in that burst is forgotten too early.
 */
#ifndef HNLMON_CORE_FLOOD_H
#define HNLMON_CORE_FLOOD_H

#include <stdint.h>

#include "core/archive.h"

#define FLOOD_COUNT 10u                       /* new alarms within .. */
#define FLOOD_NS (UINT64_C(600) * 1000000000) /* .. 10 minutes are not yet a flood */
#define FLOOD_OVER 5u                         /* and this few are none any more */

struct flood {
    uint64_t now_ns;                    /* the end of the last burst that has one */
    uint64_t begun_ns[FLOOD_COUNT + 1]; /* when the last alarms began, a ring */
    uint64_t begun;
};

/* Saves or restores it (archive.h). */
void flood_archive(struct archive *archive, struct flood *flood);

/* A burst ended at t_ns; 0: unknown, the time stays what it was. */
void flood_advance(struct flood *flood, uint64_t t_ns);

/* An alarm begins. */
void flood_add(struct flood *flood);

/* Alarms that began less than FLOOD_NS from now; FLOOD_COUNT + 1 stands for more, too. 0 before the first time. */
uint32_t flood_recent(const struct flood *flood);

#endif
