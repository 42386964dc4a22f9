/* SPDX-License-Identifier: MIT */
/* playback - see playback.h. */
#include "cli/playback.h"

void playback_init(struct playback *playback)
{
    *playback = (struct playback){.next_seq = 1, .furthest_seq = 1};
}

static void notice(struct playback *playback, uint64_t end_seq)
{
    if (end_seq > playback->furthest_seq)
        playback->furthest_seq = end_seq;
}

static enum playback_verdict follow_batch(struct playback *playback, const struct batch *batch, uint64_t *known)
{
    uint64_t end_seq = batch->first_seq + batch->columns.count;
    notice(playback, end_seq);
    if (batch->first_seq > playback->next_seq || end_seq <= playback->next_seq)
        return PLAYBACK_SKIP;
    if (!playback->in_burst || batch->run != playback->run || batch->burst != playback->burst)
        return PLAYBACK_SKIP;
    *known = playback->next_seq - batch->first_seq; /* < columns.count */
    playback->next_seq = end_seq;
    return *known == 0 ? PLAYBACK_SEND : PLAYBACK_SEND_REST;
}

static enum playback_verdict follow_lost(struct playback *playback, const struct lost *lost, uint64_t *known)
{
    notice(playback, lost->last + 1);
    if (lost->first > playback->next_seq || lost->last < playback->next_seq)
        return PLAYBACK_SKIP;
    *known = playback->next_seq - lost->first;
    playback->next_seq = lost->last + 1;
    return *known == 0 ? PLAYBACK_SEND : PLAYBACK_SEND_REST;
}

static bool begin_run(struct playback *playback, const struct mark *mark)
{
    if (mark->run <= playback->run)
        return false;
    playback->run = mark->run;
    playback->burst = 0;
    playback->in_run = true;
    playback->in_burst = false;
    return true;
}

static bool begin_burst(struct playback *playback, const struct mark *mark)
{
    if (!playback->in_run || mark->run != playback->run || mark->burst <= playback->burst)
        return false;
    playback->burst = mark->burst;
    playback->in_burst = true;
    return true;
}

static bool end_burst(struct playback *playback, const struct mark *mark)
{
    if (!playback->in_burst || mark->run != playback->run || mark->burst != playback->burst)
        return false;
    playback->in_burst = false;
    return true;
}

static bool end_run(struct playback *playback, const struct mark *mark)
{
    if (!playback->in_run || mark->run != playback->run)
        return false;
    playback->in_run = playback->in_burst = false;
    return true;
}

/* A mark takes effect when everything before it is known; one that lies before next_seq is not late: what was between
 * was announced as lost. */
static enum playback_verdict follow_mark(struct playback *playback, const struct mark *mark,
                                         bool (*apply)(struct playback *playback, const struct mark *mark))
{
    notice(playback, mark->at_seq);
    bool is_due = mark->at_seq <= playback->next_seq;
    return is_due && apply(playback, mark) ? PLAYBACK_SEND : PLAYBACK_SKIP;
}

enum playback_verdict playback_follow(struct playback *playback, const struct frame *frame, uint64_t *known)
{
    *known = 0;
    switch (frame->kind) {
    case FRAME_RUN_BEGIN:
        return follow_mark(playback, &frame->as.run_begin.mark, begin_run);
    case FRAME_BURST_BEGIN:
        return follow_mark(playback, &frame->as.burst_begin.mark, begin_burst);
    case FRAME_BURST_END:
        return follow_mark(playback, &frame->as.burst_end.mark, end_burst);
    case FRAME_RUN_END:
        return follow_mark(playback, &frame->as.run_end, end_run);
    case FRAME_BATCH:
        return follow_batch(playback, &frame->as.batch, known);
    case FRAME_LOST:
        return follow_lost(playback, &frame->as.lost, known);
    case FRAME_HELLO:
    case FRAME_HEARTBEAT:
        break;
    }
    return PLAYBACK_SKIP;
}

bool playback_has_hole(const struct playback *playback)
{
    return playback->furthest_seq > playback->next_seq;
}
