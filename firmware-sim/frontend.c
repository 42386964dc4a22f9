/* SPDX-License-Identifier: MIT */
/* frontend - see include/hnlmon/frontend.h: firmware/framing packs, io/link_client keeps and sends. */
#include "hnlmon/frontend.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/framing.h"
#include "io/curve.h"
#include "io/link_client.h"
#include "wire/frame_codec.h"

struct frontend {
    struct link_client *link;
    struct framer framer;
    bool in_run, in_burst;
    uint64_t burst_first_seq;
    unsigned char bytes[FRAME_BYTES_MAX];
};

/* ---- life ---- */

static char error_text[CURVE_ERROR_SIZE + 64];

static struct link_client *connect_link(const struct frontend_config *config)
{
    struct curve_client room;
    const struct curve_client *curve;
    if (!curve_client_read(&room, &curve, config->certificate, config->server_certificate, error_text,
                           sizeof error_text))
        return NULL;
    const struct link_client_config settings = {.endpoint = config->endpoint,
                                                .source = config->source,
                                                .epoch = config->epoch,
                                                .name = config->name,
                                                .ring_bytes = config->ring_bytes,
                                                .curve = curve};
    struct link_client *link = link_client_create(NULL, &settings);
    if (!link)
        (void)snprintf(error_text, sizeof error_text, "cannot connect to '%s': %s", config->endpoint, strerror(errno));
    explicit_bzero(&room, sizeof room);
    return link;
}

struct frontend *frontend_create(const struct frontend_config *config, const char **error)
{
    struct frontend *frontend = calloc(1, sizeof *frontend);
    if (error)
        *error = error_text;
    if (!frontend) {
        strcpy(error_text, "out of memory");
        return NULL;
    }
    frontend->link = connect_link(config);
    if (!frontend->link) {
        free(frontend);
        return NULL;
    }
    framer_init(&frontend->framer, config->source, link_client_epoch(frontend->link));
    return frontend;
}

void frontend_destroy(struct frontend *frontend)
{
    if (!frontend)
        return;
    link_client_destroy(frontend->link);
    free(frontend);
}

/* ---- what happens ---- */

/* A mark or a Lost at `seq`, which is in `bytes`. */
static bool push_at(struct frontend *frontend, uint64_t seq, uint32_t size)
{
    bool is_kept = size > 0 && link_client_push(frontend->link, seq, 0, frontend->bytes, size);
    link_client_pump(frontend->link, 0);
    return is_kept;
}

static bool push_mark(struct frontend *frontend, uint32_t size)
{
    return push_at(frontend, frontend->framer.next_seq, size);
}

bool frontend_begin_run(struct frontend *frontend, uint32_t run, uint64_t t_ns, enum origin origin, const char *comment)
{
    struct text text = {comment ? comment : "", comment ? (uint32_t)strnlen(comment, 199) : 0};
    if (frontend->in_run)
        return false;
    frontend->in_run = true;
    return push_mark(frontend, framer_run_begin(&frontend->framer, run, t_ns, origin, text, frontend->bytes,
                                                sizeof frontend->bytes));
}

bool frontend_begin_burst(struct frontend *frontend, uint32_t burst, uint64_t t_ns, int32_t input_downscaling)
{
    if (!frontend->in_run || frontend->in_burst)
        return false;
    frontend->in_burst = true;
    frontend->burst_first_seq = frontend->framer.next_seq;
    frontend->framer.has_truth = false;
    return push_mark(frontend, framer_burst_begin(&frontend->framer, burst, t_ns, input_downscaling, frontend->bytes,
                                                  sizeof frontend->bytes));
}

bool frontend_add(struct frontend *frontend, const struct candidate *candidate)
{
    if (!frontend->in_burst)
        return false;
    framer_add(&frontend->framer, candidate, 0, 0);
    return frontend->framer.count < link_client_max_batch(frontend->link) || frontend_flush(frontend);
}

bool frontend_flush(struct frontend *frontend)
{
    uint64_t first_seq = frontend->framer.next_seq;
    uint32_t count = frontend->framer.count;
    if (count == 0)
        return true;
    uint32_t size = framer_batch(&frontend->framer, frontend->bytes, sizeof frontend->bytes);
    bool is_kept = size > 0 && link_client_push(frontend->link, first_seq, count, frontend->bytes, size);
    link_client_pump(frontend->link, 0);
    return is_kept;
}

bool frontend_lose(struct frontend *frontend, uint64_t count)
{
    struct framer *framer = &frontend->framer;
    struct frame frame = {.kind = FRAME_LOST};
    if (!frontend_flush(frontend) || count > SEQ_LIMIT - framer->next_seq)
        return false;
    if (count == 0)
        return true;
    uint64_t first = framer->next_seq;
    frame.as.lost = (struct lost){framer->source, framer->epoch, first, first + count - 1, LOSS_SHED};
    framer->next_seq += count;
    return push_at(frontend, first, (uint32_t)frame_encode(&frame, frontend->bytes, sizeof frontend->bytes));
}

bool frontend_end_burst(struct frontend *frontend, uint64_t t_ns, const struct frontend_counts *counts)
{
    if (!frontend->in_burst || !frontend_flush(frontend))
        return false;
    const struct burst_end end = {.mark.t_ns = t_ns,
                                  .generated = counts->generated,
                                  .kept = counts->kept,
                                  .downscaling = counts->downscaling,
                                  .sent = frontend->framer.next_seq - frontend->burst_first_seq,
                                  .intensity = counts->intensity,
                                  .live_ppm = counts->live_ppm,
                                  .choke_count = counts->choke_count};
    frontend->in_burst = false;
    return push_mark(frontend, framer_burst_end(&frontend->framer, &end, frontend->bytes, sizeof frontend->bytes));
}

bool frontend_end_run(struct frontend *frontend, uint64_t t_ns)
{
    if (!frontend->in_run || frontend->in_burst)
        return false;
    frontend->in_run = false;
    return push_mark(frontend, framer_run_end(&frontend->framer, t_ns, frontend->bytes, sizeof frontend->bytes));
}

/* ---- the link ---- */

void frontend_serve(struct frontend *frontend, int timeout_ms)
{
    link_client_pump(frontend->link, timeout_ms);
}

bool frontend_has_room(const struct frontend *frontend)
{
    return link_client_has_room(frontend->link, FRAME_BYTES_MAX);
}

bool frontend_is_idle(const struct frontend *frontend)
{
    return frontend->framer.count == 0 && link_client_is_idle(frontend->link);
}

struct frontend_status frontend_status(const struct frontend *frontend)
{
    const struct session_counters *counters = link_client_counters(frontend->link);
    struct frontend_status status = {.next_seq = frontend->framer.next_seq + frontend->framer.count,
                                     .counted_seq = counters->counted_seq,
                                     .durable_seq = counters->acked_seq,
                                     .resent_frames = counters->resent_frames,
                                     .connections = counters->connections,
                                     .is_welcome = counters->is_welcome,
                                     .is_retired = counters->is_retired,
                                     .refusal = link_client_refusal(frontend->link)};
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        status.lost += counters->lost[cause];
    return status;
}
