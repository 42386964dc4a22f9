/* SPDX-License-Identifier: MIT */
/* front_end - see front_end.h. */
#include "front_end.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/core/candidates.h"
#include "wire/frame_codec.h"

#define STEPS_MAX 4 /* of a session at one moment */

/* ---- frames ---- */

/* Made once: decays of all m2_miss, and words at random for the reasons of rejection. */
static const struct candidates *pool(void)
{
    static struct candidates candidates;
    struct random random = {20};
    while (candidates.count < BATCH_CANDIDATES_MAX) {
        bool is_plausible = random_below(&random, 8) > 0;
        struct candidate candidate =
            is_plausible ? plausible_candidate(&random, plausible_m2(&random)) : adversarial_candidate(&random);
        candidates_put(&candidates, &candidate);
    }
    return &candidates;
}

static struct mark mark_of(const struct life *life, const struct said *said)
{
    bool is_run = said->kind == FRAME_RUN_BEGIN || said->kind == FRAME_RUN_END;
    uint64_t t_s = said->run * UINT64_C(100000) + said->burst * UINT64_C(5) + (said->kind == FRAME_BURST_END ? 3 : 0);
    return (struct mark){
        life->source, life->epoch, said->run, is_run ? 0 : said->burst, said->first, t_s * UINT64_C(1000000000)};
}

static struct batch batch_of(const struct life *life, const struct said *said)
{
    struct batch batch = {.schema = WIRE_SCHEMA,
                          .source = life->source,
                          .epoch = life->epoch,
                          .first_seq = said->first,
                          .run = said->run,
                          .burst = said->burst,
                          .columns = candidates_view(pool(), said->pool_first, said->count)};
    batch.crc32c = batch_crc32c(&batch);
    return batch;
}

struct frame front_end_frame(const struct plan *plan, const struct life *life, const struct said *said)
{
    struct frame frame = {.kind = said->kind};
    const struct mark mark = mark_of(life, said);
    switch (said->kind) {
    case FRAME_HELLO:
        frame.as.hello = (struct hello){WIRE_SCHEMA, life->source, life->epoch, 1, 1, {"", 0}};
        break;
    case FRAME_RUN_BEGIN:
        frame.as.run_begin = (struct run_begin){.mark = mark, .origin = plan->origin};
        break;
    case FRAME_RUN_END:
        frame.as.run_end = mark;
        break;
    case FRAME_BURST_BEGIN:
        frame.as.burst_begin = (struct burst_begin){mark, 1};
        break;
    case FRAME_BURST_END:
        frame.as.burst_end = (struct burst_end){mark, said->count, said->count / 2, 2, said->count, 1.0, 900000, 0};
        break;
    case FRAME_BATCH:
        frame.as.batch = batch_of(life, said);
        break;
    case FRAME_LOST:
        frame.as.lost = (struct lost){life->source, life->epoch, said->first, said->first + said->count - 1, LOSS_SHED};
        break;
    case FRAME_HEARTBEAT:
        break;
    }
    return frame;
}

/* ---- saying ---- */

static struct life *life_of(struct front_end *front_end)
{
    return &front_end->lives[front_end->life_count - 1];
}

static void say(struct front_end *front_end, struct said said)
{
    static unsigned char bytes[FRAME_BYTES_MAX];
    struct life *life = life_of(front_end);
    if (life->count == life->capacity) {
        life->capacity = 2 * life->capacity + 64;
        life->frames = realloc(life->frames, life->capacity * sizeof *life->frames);
        assert(life->frames);
    }
    said.run = front_end->run;
    said.burst = front_end->burst;
    said.first = life->next_seq;
    life->frames[life->count++] = said;
    struct frame frame = front_end_frame(front_end->plan, life, &said);
    size_t size = frame_encode(&frame, bytes, sizeof bytes);
    bool is_batch = said.kind == FRAME_BATCH;
    if (!session_push(front_end->session, said.first, is_batch ? said.count : 0, bytes, (uint32_t)size))
        world_fail(front_end->world, "front-end %u cannot keep a frame", front_end->index);
    if (!is_batch && said.kind != FRAME_LOST)
        return;
    life->next_seq += said.count;
    front_end->burst_candidates += said.count;
}

static void say_run(struct front_end *front_end)
{
    if (front_end->run == front_end->plan->runs) {
        front_end->is_done = true;
        return;
    }
    front_end->run++;
    front_end->burst = 0;
    front_end->in_run = true;
    say(front_end, (struct said){.kind = FRAME_RUN_BEGIN});
}

/* Now and then it does not say that a run is over, but the last one. */
static void end_run(struct front_end *front_end)
{
    bool is_said = front_end->run == front_end->plan->runs || !world_chance(front_end->world, 6);
    front_end->in_run = false;
    if (is_said)
        say(front_end, (struct said){.kind = FRAME_RUN_END});
}

/* Now and then it leaves one out. */
static void begin_burst(struct front_end *front_end)
{
    front_end->burst +=
        front_end->burst + 2 <= front_end->plan->bursts[front_end->run] && world_chance(front_end->world, 30) ? 2 : 1;
    front_end->in_burst = true;
    front_end->burst_candidates = 0;
    front_end->batches_left = (uint32_t)world_draw(front_end->world, front_end->plan->batches + 1);
    say(front_end, (struct said){.kind = FRAME_BURST_BEGIN});
}

static void end_burst(struct front_end *front_end)
{
    front_end->in_burst = false;
    if (!world_chance(front_end->world, 40))
        say(front_end, (struct said){.kind = FRAME_BURST_END, .count = front_end->burst_candidates});
}

static void say_candidates(struct front_end *front_end)
{
    struct world *world = front_end->world;
    uint32_t count = 1 + (uint32_t)world_draw(world, world_chance(world, 20) ? BATCH_MAX : 60);
    front_end->batches_left--;
    if (world_chance(world, 60))
        say(front_end, (struct said){.kind = FRAME_LOST, .count = count});
    else
        say(front_end, (struct said){.kind = FRAME_BATCH,
                                     .count = count,
                                     .pool_first = (uint32_t)world_draw(world, BATCH_CANDIDATES_MAX - count + 1)});
}

static void say_next(struct front_end *front_end)
{
    if (!front_end->in_run)
        say_run(front_end);
    else if (!front_end->in_burst && front_end->burst >= front_end->plan->bursts[front_end->run])
        end_run(front_end);
    else if (!front_end->in_burst)
        begin_burst(front_end);
    else if (front_end->batches_left > 0)
        say_candidates(front_end);
    else
        end_burst(front_end);
}

/* ---- the session ---- */

/* MISTAKE_LOST_MARKS: whether a mark lies within what was lost, or at its end. */
static bool is_lost_mark(struct front_end *front_end, const unsigned char *bytes, uint32_t size)
{
    struct frame frame;
    if (frame_decode_unchecked(bytes, size, &frame) != REFUSAL_NONE)
        return false;
    if (frame.kind == FRAME_LOST && frame.as.lost.cause == LOSS_RING_OVERRUN) {
        bool is_next = front_end->lost_last > 0 && frame.as.lost.first <= front_end->lost_last + 1;
        front_end->lost_first = is_next ? front_end->lost_first : frame.as.lost.first;
        front_end->lost_last = frame.as.lost.last;
    }
    const struct mark *mark = frame_mark(&frame);
    return mark && front_end->lost_first <= mark->at_seq && mark->at_seq <= front_end->lost_last + 1;
}

static bool on_send(void *context, const unsigned char *bytes, uint32_t size)
{
    struct front_end *front_end = context;
    if (front_end->world->mistake == MISTAKE_LOST_MARKS && is_lost_mark(front_end, bytes, size))
        return true;
    return wire_model_send_up(front_end->wire, front_end->index, bytes, size);
}

static void on_reconnect(void *context)
{
    struct front_end *front_end = context;
    wire_model_close(front_end->wire, front_end->index);
    wire_model_open(front_end->wire, front_end->index);
}

static void start(struct front_end *front_end)
{
    struct world *world = front_end->world;
    assert(front_end->life_count < LIVES_MAX);
    struct life *life = &front_end->lives[front_end->life_count++];
    *life = (struct life){.source = front_end->index + 1, .epoch = random_word(&world->random) | 1, .next_seq = 1};
    const struct session_config config = {
        .source = life->source, .epoch = life->epoch, .ring_bytes = front_end->plan->ring_bytes};
    const struct session_calls calls = {front_end, on_send, on_reconnect};
    front_end->session = session_create(&config, &calls);
    assert(front_end->session);
    wire_model_open(front_end->wire, front_end->index);
    world->totals.front_ends++;
}

void front_end_init(struct front_end *front_end, struct world *world, struct wire_model *wire, const struct plan *plan,
                    uint32_t index)
{
    *front_end =
        (struct front_end){.world = world, .wire = wire, .plan = plan, .index = index, .lost_first = UINT64_MAX};
    start(front_end);
}

void front_end_fini(struct front_end *front_end)
{
    session_destroy(front_end->session);
    for (uint32_t i = 0; i < front_end->life_count; i++)
        free(front_end->lives[i].frames);
}

void front_end_kill(struct front_end *front_end)
{
    if (!front_end->session || front_end->run == front_end->plan->runs || front_end->life_count == LIVES_MAX)
        return;
    world_note(front_end->world, "front-end %u is killed in run %u burst %u at seq %" PRIu64, front_end->index,
               front_end->run, front_end->burst, life_of(front_end)->next_seq);
    session_destroy(front_end->session);
    front_end->session = NULL;
    life_of(front_end)->is_killed = true;
    front_end->in_run = front_end->in_burst = false;
    front_end->lost_first = UINT64_MAX;
    wire_model_close(front_end->wire, front_end->index);
    uint64_t longest_ms = world_chance(front_end->world, 2) ? 20 : 1000;
    front_end->due_ns = front_end->world->now_ns + (int64_t)world_draw(front_end->world, longest_ms) * NS_PER_MS;
}

/* ---- time ---- */

/* A new life waits until nothing of the last one is on its way: a Hello that its successor's overtakes would end the
 * successor's run, for nobody can tell which of two epochs is the later one. */
static void say_due(struct front_end *front_end)
{
    struct world *world = front_end->world;
    if (front_end->is_done || world->now_ns < front_end->due_ns)
        return;
    if (front_end->session)
        say_next(front_end);
    else if (!wire_model_has_late(front_end->wire, front_end->index))
        start(front_end);
    front_end->due_ns = world->now_ns + 1 + (int64_t)world_draw(world, (uint64_t)front_end->plan->pause_ns);
}

void front_end_step(struct front_end *front_end)
{
    say_due(front_end);
    for (int i = 0; front_end->session && i < STEPS_MAX; i++)
        if (!session_step(front_end->session, front_end->world->now_ns))
            return;
}

int64_t front_end_next_ns(struct front_end *front_end)
{
    int64_t due_ns = front_end->is_done ? NEVER_NS : front_end->due_ns, now_ns = front_end->world->now_ns;
    if (!front_end->session)
        return due_ns;
    int64_t wait_ns = now_ns + session_wait_ns(front_end->session, now_ns);
    return wait_ns < due_ns ? wait_ns : due_ns;
}

void front_end_receive(struct front_end *front_end, const unsigned char *bytes, uint32_t size)
{
    if (front_end->session)
        session_receive(front_end->session, bytes, size, front_end->world->now_ns);
}

void front_end_told(struct front_end *front_end)
{
    if (front_end->session)
        session_disconnected(front_end->session, front_end->world->now_ns);
}

bool front_end_is_idle(const struct front_end *front_end)
{
    return front_end->is_done && session_is_idle(front_end->session);
}
