/* SPDX-License-Identifier: MIT */
/*
 * playback - which recorded frames of a source continue its sequence, so that playing them gives what the daemon
 * counted.
 *
 * A recording holds every frame as it was received: duplicates, frames that were refused because something before them
 * was missing, and the repetition that repaired it. A frame is played when the daemon could apply it at that place, by
 * the rules of core/monitor; everything else comes again later in the file, or came before.
 */
#ifndef HNLMON_CLI_PLAYBACK_H
#define HNLMON_CLI_PLAYBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/frame.h"

/* One source and epoch. */
struct playback {
    uint64_t next_seq;     /* of the next candidate, from 1 */
    uint64_t furthest_seq; /* behind the last candidate that the recording holds */
    uint32_t run, burst;   /* the last begun ones; 0 before the first */
    bool in_run, in_burst;
};

enum playback_verdict {
    PLAYBACK_SEND,
    PLAYBACK_SEND_REST, /* a batch or a Lost without its first candidates, which are known already */
    PLAYBACK_SKIP
};

void playback_init(struct playback *playback);

/* Judges the next recorded frame of this source and moves on when it is to be sent. *known: with PLAYBACK_SEND_REST,
 * how many candidates to leave out at its beginning. Hello and Heartbeat are skipped. */
enum playback_verdict playback_follow(struct playback *playback, const struct frame *frame, uint64_t *known);

/* Whether the recording holds candidates behind a gap that nothing in it fills. */
bool playback_has_hole(const struct playback *playback);

#endif
