/* SPDX-License-Identifier: MIT */
/*
 * front_end - a source with a plan of runs and bursts, io/session in front of the wire model, and a log of all that it
 * ever said, from which every frame can be made again.
 *
 * Each start of it is a life, with an epoch of its own. One that is killed takes what it had not sent with it; the next
 * one begins with the next run.
 */
#ifndef HNLMON_SIMULATOR_FRONT_END_H
#define HNLMON_SIMULATOR_FRONT_END_H

#include "hnlmon/frame.h"
#include "hnlmon/select.h"
#include "io/session.h"
#include "wire_model.h"

#define RUNS_MAX 5u
#define LIVES_MAX 4u
#define BATCH_MAX 600u

/* The same for all front-ends of a seed. */
struct plan {
    uint32_t sources, runs;
    uint32_t bursts[RUNS_MAX + 1]; /* of run 1 .. runs */
    uint32_t batches;              /* of a burst, at most */
    int64_t pause_ns;              /* between frames, at most */
    enum origin origin;
    enum selection_preset preset;
    uint32_t ring_bytes;
    uint32_t max_batch; /* that the daemon takes */
    uint64_t credit;
    int64_t fault_ns, checkpoint_ns; /* between two of them, at most */
};

/* A frame as it was handed to the session. */
struct said {
    enum frame_kind kind;
    uint32_t run, burst; /* the burst that it belongs to; of the end of a run, the last one */
    uint64_t first;      /* seq, or at_seq of a mark */
    uint32_t count;      /* candidates; of the end of a burst, those in it */
    uint32_t pool_first; /* of a batch */
};

struct life {
    uint32_t source;
    uint64_t epoch;
    bool is_killed;
    uint64_t next_seq;
    struct said *frames;
    uint32_t count, capacity;
};

struct front_end {
    struct world *world;
    struct wire_model *wire;
    const struct plan *plan;
    uint32_t index;
    struct session *session; /* NULL: it is not running */
    struct life lives[LIVES_MAX];
    uint32_t life_count;
    int64_t due_ns; /* of the next frame, or of its start */
    /* Where it is in the plan. */
    uint32_t run, burst, batches_left, burst_candidates;
    bool in_run, in_burst, is_done;
    /* Of MISTAKE_LOST_MARKS. */
    uint64_t lost_first, lost_last;
};

void front_end_init(struct front_end *front_end, struct world *world, struct wire_model *wire, const struct plan *plan,
                    uint32_t index);
void front_end_fini(struct front_end *front_end);

/* Says what is due, and sends what it can; when it wants to be called again. */
void front_end_step(struct front_end *front_end);
int64_t front_end_next_ns(struct front_end *front_end);

void front_end_receive(struct front_end *front_end, const unsigned char *bytes, uint32_t size);
void front_end_told(struct front_end *front_end); /* its connection is gone */

/* kill -9, if it has another run to begin with. */
void front_end_kill(struct front_end *front_end);

/* It said all that it had to say, and all of that is acknowledged. */
bool front_end_is_idle(const struct front_end *front_end);

/* Makes a frame of its log; valid until the next call. */
struct frame front_end_frame(const struct plan *plan, const struct life *life, const struct said *said);

#endif
