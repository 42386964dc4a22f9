/* SPDX-License-Identifier: MIT */
/*
 * board_host - the front-end board as a Unix process: hnlmon-fwsim.
 *
 * Per candidate: physics gives the event, the spill its time, the downscaling decides on its L0 trigger, the framer
 * packs it. Per batch: the link client keeps and sends it. In real time the board never waits for the daemon (its ring
 * sheds the oldest batches and says so); at full speed there is nobody to disturb, so it waits for room.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event_options.h"
#include "firmware/downscaling.h"
#include "firmware/framing.h"
#include "hnlmon/units.h"
#include "io/clock.h"
#include "io/curve.h"
#include "io/endpoint.h"
#include "io/epoch.h"
#include "io/frame_publisher.h"
#include "io/link_client.h"
#include "io/standard_streams.h"
#include "options.h"
#include "physics/event.h"
#include "physics/spill.h"
#include "spectrum_command.h"

#define LISTENER_MS 3000             /* for a first one who listens to what is published */
#define PUMP_MS 20                   /* while there is nothing to do but wait */
#define PUMP_MAX_MS 100              /* until the time of a batch has come: signals are noticed meanwhile */
#define TELL_FIRST_NS (1 * NS_PER_S) /* that a daemon does not answer, or does not take the source; .. */
#define TELL_EVERY_NS (5 * NS_PER_S) /* .. again, or that it is stuck */

struct board {
    struct options options;
    struct event_source events;
    struct spill spill;
    struct downscaling downscaling;
    struct framer framer;
    struct link_client *link;                  /* NULL: the frames are published */
    struct frame_publisher *publisher;         /* NULL: they go to the link */
    unsigned char run_begin[FRAMING_MARK_MAX]; /* published again with every burst, for who comes late */
    uint32_t run_begin_size;
    struct conditions conditions;         /* of the burst */
    double beam_share;                    /* what a gap in the spill leaves of it */
    double dead_sum;                      /* of the shares of candidates that a dead link took, below 1 */
    int64_t start_ns;                     /* monotonic time of the start of burst 0 */
    uint64_t start_unix_ns;               /* the same in Unix time */
    uint64_t undelivered;                 /* candidates that never arrived from the detector */
    uint64_t generated, kept;             /* L0 triggers of the run */
    uint64_t burst_generated, burst_kept; /* and of the burst */
    uint64_t burst_first_seq;
    bool is_given_up;
    unsigned char frame[FRAME_BYTES_MAX];
};

static volatile sig_atomic_t is_asked_to_stop;

/* What was sent is still waited for; a second signal ends the program. */
static void ask_to_stop(int signal_number)
{
    signal(signal_number, SIG_DFL);
    is_asked_to_stop = 1;
}

/* Changes when the daemon counts something, or something is durable. */
static uint64_t progress(const struct board *board)
{
    const struct session_counters *counters = link_client_counters(board->link);
    return counters->acked_seq + counters->counted_seq - counters->acked_frames_left - counters->counted_frames_left;
}

static void tell_trouble(const struct board *board)
{
    const struct session_counters *counters = link_client_counters(board->link);
    if (!counters->is_welcome && counters->refused[REFUSAL_NOT_WELCOME] > 0)
        fprintf(stderr, "hnlmon-fwsim: the daemon at %s does not take source %" PRIu64 " from here, trying again\n",
                board->options.link, board->options.source);
    else
        fprintf(stderr, "hnlmon-fwsim: no %s from a daemon at %s, trying again\n",
                counters->is_welcome ? "progress" : "answer", board->options.link);
}

/* Whether the daemon does not let the board in, or nothing moved since `since_ns` for the time-out: says so. */
static bool has_reason_to_give_up(const struct board *board, int64_t since_ns, int64_t now_ns)
{
    const struct options *options = &board->options;
    const char *refusal = link_client_refusal(board->link);
    bool is_over = (double)(now_ns - since_ns) > options->timeout_s * NS_PER_S;
    if (refusal)
        fprintf(stderr, "hnlmon-fwsim: the daemon at %s %s\n", options->link, refusal);
    else if (is_over)
        fprintf(stderr, "hnlmon-fwsim: gives up: the daemon at %s took nothing for %g s\n", options->link,
                options->timeout_s);
    return refusal || is_over;
}

/* Pumps the link until is_done, or gives up. Says now and then what it waits for. */
static void wait_for(struct board *board, bool (*is_done)(const struct board *))
{
    uint64_t seen = progress(board);
    int64_t since = clock_monotonic_ns(), told = since;
    while (!board->is_given_up && !is_done(board)) {
        link_client_pump(board->link, PUMP_MS);
        int64_t now = clock_monotonic_ns();
        if (progress(board) != seen) {
            seen = progress(board);
            since = told = now;
        }
        bool is_first = told == since && !link_client_counters(board->link)->is_welcome;
        if (now - told > (is_first ? TELL_FIRST_NS : TELL_EVERY_NS)) {
            tell_trouble(board);
            told = now;
        }
        board->is_given_up = has_reason_to_give_up(board, since, now);
    }
}

static bool has_room(const struct board *board)
{
    return link_client_has_room(board->link, FRAME_BYTES_MAX);
}

static bool is_all_durable(const struct board *board)
{
    return link_client_is_idle(board->link);
}

static void push(struct board *board, uint64_t first_seq, uint32_t count, uint32_t size)
{
    if (board->publisher) {
        frame_publisher_send(board->publisher, board->frame, size);
        return;
    }
    if (board->options.speed <= SPEED_MAX && !has_room(board))
        wait_for(board, has_room);
    if (!link_client_push(board->link, first_seq, count, board->frame, size)) {
        fprintf(stderr, "hnlmon-fwsim: a frame of %u bytes does not fit into the ring; use a larger --ring\n", size);
        board->is_given_up = true;
    }
    link_client_pump(board->link, 0);
    if (link_client_counters(board->link)->is_retired && !board->is_given_up) {
        fprintf(stderr, "hnlmon-fwsim: the daemon has retired this epoch: nothing of it is counted any more\n");
        board->is_given_up = true;
    }
}

static void push_mark(struct board *board, uint32_t size)
{
    push(board, board->framer.next_seq, 0, size);
}

static void push_batch(struct board *board)
{
    uint64_t first_seq = board->framer.next_seq;
    uint32_t count = board->framer.count;
    if (count == 0)
        return;
    uint32_t size = framer_batch(&board->framer, board->frame, sizeof board->frame);
    push(board, first_seq, count, size);
}

/* Serves the link for at most `left_ns`. What is left of a millisecond is slept, for the link can wait whole ones only.
 */
static void serve(struct board *board, int64_t left_ns)
{
    const int64_t most_ns = PUMP_MAX_MS * NS_PER_MS;
    if (board->publisher) {
        nanosleep(&(struct timespec){.tv_nsec = left_ns < most_ns ? left_ns : most_ns}, NULL);
        return;
    }
    if (left_ns >= NS_PER_MS) {
        link_client_pump(board->link, left_ns < PUMP_MAX_MS * NS_PER_MS ? (int)(left_ns / NS_PER_MS) : PUMP_MAX_MS);
        return;
    }
    link_client_pump(board->link, 0);
    nanosleep(&(struct timespec){.tv_nsec = left_ns}, NULL);
}

/* At a given speed: serves the link until simulated time `ns` since the start has come. */
static void wait_until(struct board *board, double ns)
{
    if (board->options.speed <= SPEED_MAX)
        return;
    int64_t due = board->start_ns + (int64_t)(ns / board->options.speed);
    for (int64_t left = due - clock_monotonic_ns(); left > 0 && !is_asked_to_stop; left = due - clock_monotonic_ns())
        serve(board, left);
}

/* The triggers before a candidate and its own; returns whether its own was kept. */
static bool count_triggers(struct board *board, uint64_t before)
{
    uint64_t kept = downscaling_count(&board->downscaling, before);
    uint64_t own = downscaling_count(&board->downscaling, 1);
    board->burst_generated += before + 1;
    board->burst_kept += kept + own;
    return own != 0;
}

/* Links of equal share take turns, so that a dead one takes its share exactly. */
static bool is_on_dead_link(struct board *board)
{
    board->dead_sum += board->conditions.dead_share;
    bool is_dead = board->dead_sum >= 1;
    if (is_dead)
        board->dead_sum -= 1;
    board->undelivered += is_dead;
    return is_dead;
}

static void add_candidate(struct board *board, uint32_t time, uint64_t triggers)
{
    struct candidate candidate;
    struct event_truth truth;
    event_source_next(&board->events, &candidate, &truth);
    candidate.time = time;
    if (count_triggers(board, triggers))
        candidate.flags |= FLAG_KEPT;
    if (!is_on_dead_link(board))
        framer_add(&board->framer, &candidate, truth.m2_mev2, truth.kind);
}

/* The daemon tells in its Welcome what it wants at most. */
static uint64_t batch_limit(const struct board *board)
{
    uint32_t wanted = board->publisher ? 0 : link_client_max_batch(board->link);
    return wanted > 0 && wanted < board->options.batch ? wanted : board->options.batch;
}

static void send_candidates(struct board *board, double burst_ns)
{
    uint32_t time, first_time = 0;
    uint64_t triggers = 0;
    uint32_t flush_counts = (uint32_t)(board->options.flush_ms * 1e6 / CLOCK_PERIOD_NS);
    while (!board->is_given_up && !is_asked_to_stop && spill_next(&board->spill, &time, &triggers)) {
        bool is_due = board->framer.count >= batch_limit(board) || time - first_time >= flush_counts;
        if (board->framer.count > 0 && is_due) {
            wait_until(board, burst_ns + first_time * CLOCK_PERIOD_NS);
            push_batch(board);
        }
        if (board->framer.count == 0)
            first_time = time;
        add_candidate(board, time, triggers);
    }
    uint64_t after = is_asked_to_stop || board->is_given_up ? 0 : triggers;
    board->burst_generated += after;
    board->burst_kept += downscaling_count(&board->downscaling, after);
    wait_until(board, burst_ns + first_time * CLOCK_PERIOD_NS);
    push_batch(board);
}

static void end_burst(struct board *board, uint64_t t_ns)
{
    struct burst_end end = {
        .mark.t_ns = t_ns,
        .generated = board->burst_generated,
        .kept = board->burst_kept,
        .downscaling = (int32_t)board->options.downscaling,
        .sent = board->framer.next_seq - board->burst_first_seq,
        .intensity = board->options.rate_hz * board->options.spill_s *
                     event_source_kaons_per_candidate(&board->events) * 1e-6 * board->conditions.physics.intensity *
                     board->beam_share,
        .live_ppm = 1000000,
    };
    push_mark(board, framer_burst_end(&board->framer, &end, board->frame, sizeof board->frame));
    board->generated += board->burst_generated;
    board->kept += board->burst_kept;
}

/* Those that begin, or else end, with this burst. */
static void print_conditions(const struct board *board, uint32_t burst, bool is_begin)
{
    const struct condition_list *list = &board->options.conditions;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct condition *item = &list->items[i];
        if (burst != (is_begin ? item->first : item->last))
            continue;
        double size = condition_size(item, (uint32_t)board->options.downscaling);
        fprintf(stderr, "hnlmon-fwsim: condition %s=%g %s burst %" PRIu32 "\n", condition_name(item->kind), size,
                is_begin ? "from" : "until", burst);
    }
}

/* Beam, detector and trigger as they are in this burst. The fakes of a hot channel trigger, too, beside all others. */
static void set_conditions(struct board *board, uint32_t burst)
{
    const struct options *options = &board->options;
    board->conditions = conditions_at(&options->conditions, burst, (uint32_t)options->downscaling);
    const struct disturbance *physics = &board->conditions.physics;
    event_source_disturb(&board->events, physics);
    spill_set_rates(&board->spill, options->rate_hz * physics->intensity * (1 + physics->hot_share),
                    options->triggers / (1 + physics->hot_share));
    board->beam_share = spill_set_gap(&board->spill, board->conditions.spill_gap);
    downscaling_set_period(&board->downscaling, board->conditions.downscaling);
    print_conditions(board, burst, true);
}

static void send_burst(struct board *board, uint32_t burst)
{
    uint64_t since_start = spill_start_ns(&board->spill, burst - 1);
    uint64_t t_ns = board->start_unix_ns + since_start;
    wait_until(board, (double)since_start);
    board->burst_generated = board->burst_kept = 0;
    board->burst_first_seq = board->framer.next_seq;
    set_conditions(board, burst);
    downscaling_burst(&board->downscaling);
    spill_begin(&board->spill);
    if (board->publisher)
        frame_publisher_send(board->publisher, board->run_begin, board->run_begin_size);
    push_mark(board, framer_burst_begin(&board->framer, burst, t_ns, (int32_t)board->options.input_downscaling,
                                        board->frame, sizeof board->frame));
    send_candidates(board, (double)since_start);
    uint64_t spill_ns = (uint64_t)(board->options.spill_s * NS_PER_S);
    wait_until(board, (double)(since_start + spill_ns));
    end_burst(board, t_ns + spill_ns);
    print_conditions(board, burst, false);
}

static uint32_t send_run(struct board *board)
{
    uint32_t burst = 0;
    struct text comment = {"hnlmon-fwsim", sizeof "hnlmon-fwsim" - 1};
    board->start_ns = clock_monotonic_ns();
    board->start_unix_ns = clock_unix_ns();
    board->run_begin_size = framer_run_begin(&board->framer, (uint32_t)board->options.run, board->start_unix_ns,
                                             ORIGIN_DATA + (enum origin)board->options.origin, comment,
                                             board->run_begin, sizeof board->run_begin);
    memcpy(board->frame, board->run_begin, board->run_begin_size);
    push_mark(board, board->run_begin_size);
    while (burst < board->options.bursts && !is_asked_to_stop && !board->is_given_up)
        send_burst(board, ++burst);
    push_mark(board, framer_run_end(&board->framer, clock_unix_ns(), board->frame, sizeof board->frame));
    if (board->link)
        wait_for(board, is_all_durable);
    return burst;
}

static void print_result(const struct board *board, uint32_t bursts)
{
    static const struct session_counters none;
    const struct session_counters *c = board->link ? link_client_counters(board->link) : &none;
    uint64_t lost = 0;
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        lost += c->lost[cause];
    printf("SENT source=%" PRIu64 " epoch=%" PRIu64 " run=%" PRIu64 " bursts=%" PRIu32, board->options.source,
           board->framer.epoch, board->options.run, bursts);
    printf(" generated=%" PRIu64 " kept=%" PRIu64 " candidates=%" PRIu64 " signal=%" PRIu64, board->generated,
           board->kept, board->framer.next_seq - 1, board->events.counts.events[DECAY_SIGNAL]);
    printf(" lost=%" PRIu64 " counted=%" PRIu64 " resent_frames=%" PRIu64, lost, c->acked_seq, c->resent_frames);
    printf(" dropped=%" PRIu64 " duplicated=%" PRIu64 " reordered=%" PRIu64 " corrupted=%" PRIu64,
           c->injected[FAULT_DROP], c->injected[FAULT_DUPLICATE], c->injected[FAULT_REORDER],
           c->injected[FAULT_CORRUPT]);
    const struct event_counts *counts = &board->events.counts;
    for (int kind = DECAY_KE4; kind < DECAY_KIND_COUNT; kind++)
        printf(" %s=%" PRIu64, decay_kind_name((enum decay_kind)kind), counts->events[kind]);
    const double accepted = fmax(1, (double)counts->ke3gamma.accepted);
    printf(" undelivered=%" PRIu64 " clipped_share=%.2g kaons=%.6g\n", board->undelivered,
           counts->ke3gamma.clipped / accepted, event_source_kaons(&board->events));
}

static bool check_endpoint(const struct options *options)
{
    const char *endpoint = options->publish ? options->publish : options->link;
    if (endpoint_is_valid(endpoint))
        return true;
    fprintf(stderr, "hnlmon-fwsim: '%s' is no endpoint (tcp://host:port or ipc://path)\n", endpoint);
    return false;
}

/* Prepares physics and firmware; prints what is wrong with the options, if anything. */
static bool board_init(struct board *board)
{
    struct options *options = &board->options;
    struct event_config events;
    struct spill_config spill = spill_config_default();
    if (!check_endpoint(options) || !event_options(options, &events))
        return false;
    spill.seed = options->seed;
    events.stream = 2 * options->source;
    spill.stream = 2 * options->source + 1;
    spill.length_s = options->spill_s;
    spill.period_s = options->period_s;
    spill.candidates_per_second = options->rate_hz;
    spill.triggers_per_candidate = options->triggers;
    const char *error = spill_config_error(&spill);
    if (error) {
        fprintf(stderr, "hnlmon-fwsim: %s\n", error);
        return false;
    }
    event_source_init(&board->events, &events);
    if (!isfinite(event_source_kaons_per_candidate(&board->events))) {
        fprintf(stderr, "hnlmon-fwsim: no decay reaches this detector: its holes or thresholds are too large\n");
        return false;
    }
    spill_init(&board->spill, &spill);
    board->downscaling = (struct downscaling){.period = (uint32_t)options->downscaling};
    if (options->run == 0)
        options->run = clock_unix_ns() / (60 * NS_PER_S);
    return true;
}

static const char *file_of(const char *option, const char *variable)
{
    const char *value = getenv(variable);
    return option ? option : value && *value ? value : NULL;
}

/* As curve_client_read; false: said so. */
static bool read_certificates(const struct options *options, struct curve_client *room,
                              const struct curve_client **curve)
{
    const char *own = file_of(options->certificate, "HNLMON_CERTIFICATE");
    const char *server = file_of(options->server_certificate, "HNLMON_SERVER_CERTIFICATE");
    char error[CURVE_ERROR_SIZE];
    if (curve_client_read(room, curve, own, server, error, sizeof error))
        return true;
    fprintf(stderr, "hnlmon-fwsim: %s\n", error);
    return false;
}

/* Waits a while for somebody who listens, since what nobody hears is gone. */
static bool board_publish(struct board *board)
{
    const struct options *options = &board->options;
    board->publisher = frame_publisher_create(options->publish);
    if (!board->publisher) {
        fprintf(stderr, "hnlmon-fwsim: cannot publish at '%s': %s\n", options->publish, strerror(errno));
        return false;
    }
    framer_init(&board->framer, (uint32_t)options->source, options->epoch ? options->epoch : epoch_draw());
    if (!frame_publisher_wait(board->publisher, LISTENER_MS))
        fprintf(stderr, "hnlmon-fwsim: nobody listens at %s yet\n", options->publish);
    return true;
}

static bool board_connect(struct board *board)
{
    const struct options *options = &board->options;
    struct curve_client room;
    const struct curve_client *curve;
    if (!read_certificates(options, &room, &curve))
        return false;
    struct link_client_config config = {
        .endpoint = options->link,
        .source = (uint32_t)options->source,
        .epoch = options->epoch,
        .name = options->name,
        .ring_bytes = (uint32_t)options->ring_mib << 20,
        .faults = {options->drop, options->duplicate, options->reorder, options->corrupt, options->seed},
        .curve = curve,
    };
    board->link = link_client_create(NULL, &config);
    explicit_bzero(&room, sizeof room);
    if (!board->link) {
        fprintf(stderr, "hnlmon-fwsim: cannot connect to '%s': %s\n", options->link, strerror(errno));
        return false;
    }
    framer_init(&board->framer, config.source, link_client_epoch(board->link));
    return true;
}

static int send_command(int argc, char **argv)
{
    static struct board board;
    signal(SIGPIPE, SIG_IGN); /* whoever reads the messages may go away */
    switch (options_parse(COMMAND_SEND, argc, argv, &board.options)) {
    case OPTIONS_RUN:
        break;
    case OPTIONS_HELP:
        return 0;
    case OPTIONS_BAD:
        return 2;
    }
    if (!board_init(&board))
        return 2;
    if (!(board.options.publish ? board_publish(&board) : board_connect(&board)))
        return 1;
    signal(SIGTERM, ask_to_stop);
    signal(SIGINT, ask_to_stop);
    uint32_t bursts = send_run(&board);
    print_result(&board, bursts);
    link_client_destroy(board.link);
    frame_publisher_destroy(board.publisher);
    return board.is_given_up ? 1 : 0;
}

int main(int argc, char **argv)
{
    const bool is_spectrum = argc > 1 && strcmp(argv[1], "spectrum") == 0;
    standard_streams_reserve();
    if (is_spectrum)
        argv[1] = argv[0]; /* the name in messages */
    int exit_code = is_spectrum ? spectrum_command(argc - 1, argv + 1) : send_command(argc, argv);
    return !standard_streams_flush("hnlmon-fwsim") && exit_code == 0 ? 1 : exit_code;
}
