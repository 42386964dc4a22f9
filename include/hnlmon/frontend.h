/* SPDX-License-Identifier: MIT */
/*
 * frontend - a front-end of hnlmond in a few calls: the public side of libhnlmon-frontend.a.
 *
 *   create -> begin_run -> { begin_burst -> add ... -> end_burst } ... -> end_run -> serve until idle -> destroy
 *                              serve now and then, at least every second
 *
 * Candidates get their seq in the order in which they are added, and travel in batches. They are kept until the daemon
 * has them in a durable checkpoint, and sent again when it asks or starts anew. Nothing here ever waits for the daemon
 * but frontend_serve, for as long as it is told: when the memory is full, the oldest batches go and are announced as
 * lost. One thread; link with -lhnlmon-frontend -lzmq -lsodium.
 */
#ifndef HNLMON_FRONTEND_H
#define HNLMON_FRONTEND_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/candidate.h"
#include "hnlmon/frame.h"

struct frontend;

struct frontend_config {
    const char *endpoint; /* of the daemon's link, e.g. "tcp://127.0.0.1:4510" */
    uint32_t source;      /* this front-end's number, the same at every start */
    uint64_t epoch;       /* of this start; 0: 64 random bits are drawn, which is what a real one wants */
    const char *name;     /* for people, up to 63 bytes; may be NULL */
    uint32_t ring_bytes;  /* what is kept for the daemon, up to 2^30; 0: 64 MiB */
    /* Files of certificates (`hnlmon keygen`): the own one with its secret, and the public one of the daemon. NULL: the
     * daemon takes none. */
    const char *certificate, *server_certificate;
};

/* At the end of a burst. */
struct frontend_counts {
    uint64_t generated, kept; /* L0 triggers of the mask, and those of them that passed the downscaling */
    int32_t downscaling;      /* the period of that downscaling */
    double intensity;         /* arbitrary unit, proportional to the kaon flux */
    uint32_t live_ppm;        /* live time over spill */
    uint32_t choke_count;     /* how often triggers were throttled */
};

struct frontend_status {
    uint64_t next_seq;    /* that the next candidate will get, from 1 */
    uint64_t counted_seq; /* the daemon counted everything up to here; after it starts anew this may go back */
    uint64_t durable_seq; /* .. and will never forget it */
    uint64_t lost;        /* candidates that were announced as lost */
    uint64_t resent_frames, connections;
    bool is_welcome; /* connected, and the daemon answered */
    bool is_retired; /* the daemon takes this epoch for over: what is held is lost; start anew */
    /* Why the daemon does not let us in, as the end of a sentence; NULL: it does, or is not there. */
    const char *refusal;
};

/* NULL: *error (may be NULL) says why, in one line that stays valid until the next call. */
struct frontend *frontend_create(const struct frontend_config *config, const char **error);
void frontend_destroy(struct frontend *frontend);

/* Each returns false when it cannot go on: out of order, or the memory is too small for a single frame or for the marks
 * of a very long outage. A run has bursts, a burst has candidates; numbers grow, t_ns is Unix time. */
bool frontend_begin_run(struct frontend *frontend, uint32_t run, uint64_t t_ns, enum origin origin,
                        const char *comment);
bool frontend_begin_burst(struct frontend *frontend, uint32_t burst, uint64_t t_ns, int32_t input_downscaling);
bool frontend_add(struct frontend *frontend, const struct candidate *candidate);
bool frontend_flush(struct frontend *frontend); /* hands over what was added; a full batch goes by itself */
/* These many candidates had a place here but never came (SHED): so that they are counted as lost. */
bool frontend_lose(struct frontend *frontend, uint64_t count);
bool frontend_end_burst(struct frontend *frontend, uint64_t t_ns, const struct frontend_counts *counts);
bool frontend_end_run(struct frontend *frontend, uint64_t t_ns);

/* Sends and receives what is possible now, waiting at most timeout_ms for something to become possible. */
void frontend_serve(struct frontend *frontend, int timeout_ms);

/* Whether another batch fits without letting anything go: for a source that can wait, such as a file. */
bool frontend_has_room(const struct frontend *frontend);

/* Everything that was handed over is durable. */
bool frontend_is_idle(const struct frontend *frontend);

struct frontend_status frontend_status(const struct frontend *frontend);

#endif
