/* SPDX-License-Identifier: MIT */
/*
 * replay - plays a recording into a running daemon, as the front-ends did that it was recorded from.
 *
 * Every source and epoch of the recording becomes a link of its own, with that name, source and epoch. What is played
 * is decided by playback; sending, credit and repetition are the link's. The order between sources matters only where a
 * burst or a run ends, or a source starts anew: there a source waits until the daemon took what came before from the
 * others, so that no burst closes without them.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/patience.h"
#include "cli/playback.h"
#include "core/ledger.h"
#include "io/link_client.h"
#include "wire/frame_codec.h"
#include "wire/recording.h"

#define PLAYERS_MAX (LEDGER_ENTRIES_MAX + LEDGER_RETIRED_MAX) /* a daemon knows no more sources and epochs */
#define PUMP_FRAMES 16u /* at full speed the socket is served once in so many frames */
#define PUMP_MS 20
#define ARRIVAL_S 0.05 /* the begin of a burst that was sent has arrived after this long */
#define PROGRESS_EVERY_S 0.5
#define NAME_BYTES 64

enum replay_row { ROW_TO, ROW_SPEED, ROW_UNCHECKED, ROWS };

static const struct option_row rows[ROWS] = {
    [ROW_TO] = {"to", "ENDPOINT", "link of the daemon, e.g. tcp://127.0.0.1:4510"},
    [ROW_SPEED] = {"speed", "1|N|max", "real time, N times as fast, or as fast as the daemon takes it [max]"},
    [ROW_UNCHECKED] = {"unchecked", NULL,
                       "do not check the checksums of batches: faster, but one that was damaged on its way is lost"},
};

/* One source and epoch of the recording. */
struct player {
    uint32_t source;
    uint64_t epoch;
    struct playback playback;
    struct link_client *link; /* NULL: a later epoch of the same source took over */
    uint64_t begins;          /* BurstBegin since the last other frame: acknowledged only with what follows */
    double begun_s;           /* when the last of them was handed over */
};

struct replay {
    struct options options;
    const char *endpoint;
    struct curve_client room;
    const struct curve_client *curve; /* NULL: plain sockets */
    double speed;                     /* 0: as fast as possible */
    bool is_unchecked;
    struct recording_reader *reader;
    struct player players[PLAYERS_MAX];
    uint32_t player_count;
    struct patience patience;
    uint64_t progress_mark; /* changes when the daemon takes something */
    double start_s, shown_s;
    uint64_t first_t_ns; /* of the recording */
    uint64_t frames, candidates, skipped, damaged;
    unsigned char rest[FRAME_BYTES_MAX]; /* a batch without its first candidates */
};

/* ---- command line ---- */

static bool parse_speed(struct replay *replay, int row)
{
    replay->speed = 0;
    return strcmp(replay->options.value, "max") == 0 ||
           options_number(&replay->options, row, 1e-3, 1e6, &replay->speed);
}

static bool parse(struct replay *replay, int argc, char **argv)
{
    for (int row; (row = options_next(&replay->options, argc, argv)) != OPTIONS_END;) {
        if (row == OPTIONS_EXIT || (row == ROW_SPEED && !parse_speed(replay, row)))
            return false;
        if (row == ROW_TO)
            replay->endpoint = replay->options.value;
        replay->is_unchecked |= row == ROW_UNCHECKED;
    }
    if (!options_expect_operands(&replay->options, 1, 1))
        return false;
    if (replay->options.timeout_s <= 0)
        replay->options.timeout_s = QUERY_TIMEOUT_S;
    if (replay->endpoint == NULL)
        return options_refuse(&replay->options, "--to is missing");
    return options_keys(&replay->options, &replay->room, &replay->curve);
}

/* ---- waiting for the daemon ---- */

static bool all_welcome(const struct replay *replay)
{
    for (uint32_t i = 0; i < replay->player_count; i++)
        if (replay->players[i].link != NULL && !link_client_counters(replay->players[i].link)->is_welcome)
            return false;
    return true;
}

/* Changes whenever a link sends something or something is acknowledged. */
static uint64_t progress(const struct replay *replay)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < replay->player_count; i++) {
        if (replay->players[i].link == NULL)
            continue;
        const struct session_counters *counters = link_client_counters(replay->players[i].link);
        sum += counters->acked_seq - counters->acked_frames_left + counters->is_welcome;
        sum += counters->counted_seq - counters->counted_frames_left;
    }
    return sum;
}

/* Serves all links once, waiting at most timeout_ms at one of them. */
static void pump(struct replay *replay, int timeout_ms)
{
    for (uint32_t i = replay->player_count; i-- > 0;) {
        if (replay->players[i].link == NULL)
            continue;
        bool is_waiting = timeout_ms > 0 && !link_client_is_idle(replay->players[i].link);
        link_client_pump(replay->players[i].link, is_waiting ? timeout_ms : 0);
        if (is_waiting)
            timeout_ms = 0;
    }
}

static void show_progress(struct replay *replay)
{
    double now_s = patience_now_s();
    if (!isatty(STDERR_FILENO) || now_s - replay->shown_s < PROGRESS_EVERY_S)
        return;
    replay->shown_s = now_s;
    fprintf(stderr, "\r%.1f million candidates, %.1f million/s ", 1e-6 * (double)replay->candidates,
            1e-6 * (double)replay->candidates / (now_s - replay->start_s));
}

/* NULL: no link is refused. */
static const char *refusal(const struct replay *replay)
{
    for (uint32_t i = 0; i < replay->player_count; i++)
        if (replay->players[i].link != NULL && link_client_refusal(replay->players[i].link) != NULL)
            return link_client_refusal(replay->players[i].link);
    return NULL;
}

/* Serves the links while waiting for them. False: interrupted, or the daemon made no progress for too long. */
static bool serve(struct replay *replay, int timeout_ms)
{
    pump(replay, timeout_ms);
    show_progress(replay);
    uint64_t mark = progress(replay);
    if (mark != replay->progress_mark)
        patience_renew(&replay->patience);
    replay->progress_mark = mark;
    if (refusal(replay) != NULL) {
        fprintf(stderr, "hnlmon replay: the daemon at %s %s\n", replay->endpoint, refusal(replay));
        replay->options.exit_code = CLI_FAILED;
        return false;
    }
    switch (patience_check(&replay->patience, all_welcome(replay))) {
    case PATIENCE_LEFT:
        return true;
    case PATIENCE_TIMEOUT:
        fprintf(stderr, "hnlmon replay: the daemon at %s took nothing for %g s\n", replay->endpoint,
                replay->options.timeout_s);
        break;
    case PATIENCE_INTERRUPTED:
        fprintf(stderr, "hnlmon replay: interrupted\n");
        break;
    }
    replay->options.exit_code = CLI_FAILED;
    return false;
}

/* What the daemon must have done with what it was sent. */
enum done { DONE_COUNTED, DONE_DURABLE };

/* Whether it did. Begins of bursts at the end are not acknowledged: they get the time to arrive. The begin of a run is,
 * and a source that is in a run holds up its bursts: so none closes without it, however slow the daemon is. */
static bool is_through(const struct player *player, enum done done)
{
    if (player->link == NULL || link_client_is_idle(player->link))
        return true;
    const struct session_counters *counters = link_client_counters(player->link);
    uint64_t left = done == DONE_COUNTED ? counters->counted_frames_left : counters->acked_frames_left;
    return left <= player->begins && (player->begins == 0 || patience_now_s() - player->begun_s > ARRIVAL_S);
}

static bool others_are_through(const struct replay *replay, const struct player *player, enum done done)
{
    for (uint32_t i = 0; i < replay->player_count; i++)
        if (&replay->players[i] != player && !is_through(&replay->players[i], done))
            return false;
    return true;
}

/* Waits until the daemon is through with the other sources; `player` NULL: with all. */
static bool wait_for_others(struct replay *replay, const struct player *player, enum done done)
{
    if (others_are_through(replay, player, done))
        return true;
    patience_renew(&replay->patience);
    while (!others_are_through(replay, player, done))
        if (!serve(replay, PUMP_MS))
            return false;
    return true;
}

static bool wait_for_room(struct replay *replay, const struct player *player, uint32_t size)
{
    if (link_client_has_room(player->link, size))
        return true;
    patience_renew(&replay->patience);
    while (!link_client_has_room(player->link, size))
        if (!serve(replay, PUMP_MS))
            return false;
    return true;
}

/* Waits until the frame is due. False: interrupted. */
static bool wait_until_due(struct replay *replay, uint64_t t_ns)
{
    if (replay->first_t_ns == 0)
        replay->first_t_ns = t_ns;
    if (replay->speed <= 0 || t_ns <= replay->first_t_ns)
        return true;
    double due_s = replay->start_s + 1e-9 * (double)(t_ns - replay->first_t_ns) / replay->speed;
    for (double left_s; (left_s = due_s - patience_now_s()) > 0;) {
        if (replay->player_count == 0)
            (void)usleep((useconds_t)(1e6 * fmin(left_s, 1e-3 * PUMP_MS)));
        if (all_welcome(replay))
            patience_renew(&replay->patience);
        if (!serve(replay, (int)fmin(ceil(1e3 * left_s), PUMP_MS)))
            return false;
    }
    return true;
}

/* ---- players ---- */

static struct player *find_player(struct replay *replay, uint32_t source, uint64_t epoch)
{
    for (uint32_t i = 0; i < replay->player_count; i++)
        if (replay->players[i].source == source && replay->players[i].epoch == epoch)
            return &replay->players[i];
    return NULL;
}

/* A source that started anew ends what its earlier epoch began: that epoch must be through. */
static void retire_epochs(struct replay *replay, uint32_t source)
{
    for (uint32_t i = 0; i < replay->player_count; i++) {
        struct player *player = &replay->players[i];
        if (player->source != source || player->link == NULL)
            continue;
        link_client_destroy(player->link);
        player->link = NULL;
    }
}

/* NULL: said so, and exit_code is set. */
static struct player *add_player(struct replay *replay, uint32_t source, uint64_t epoch, struct text name)
{
    char copy[NAME_BYTES];
    uint32_t size = name.size < sizeof copy - 1 ? name.size : (uint32_t)sizeof copy - 1;
    memcpy(copy, name.bytes, size);
    copy[size] = '\0';
    if (!wait_for_others(replay, NULL, DONE_DURABLE))
        return NULL;
    retire_epochs(replay, source);
    if (replay->player_count == PLAYERS_MAX) {
        fprintf(stderr, "hnlmon replay: more than %u sources and epochs\n", PLAYERS_MAX);
        replay->options.exit_code = CLI_FAILED;
        return NULL;
    }
    struct link_client_config config = {
        .endpoint = replay->endpoint, .source = source, .epoch = epoch, .name = copy, .curve = replay->curve};
    struct player *player = &replay->players[replay->player_count];
    *player = (struct player){.source = source, .epoch = epoch, .link = link_client_create(NULL, &config)};
    if (player->link == NULL) {
        fprintf(stderr, "hnlmon replay: cannot connect to '%s': %s\n", replay->endpoint, strerror(errno));
        replay->options.exit_code = errno == EINVAL ? CLI_USAGE : CLI_FAILED;
        return NULL;
    }
    playback_init(&player->playback);
    replay->player_count++;
    return player;
}

/* ---- frames ---- */

/* The batch or Lost without its first `known` candidates, into replay->rest; returns its size. */
static uint32_t encode_rest(struct replay *replay, const struct frame *frame, uint64_t known)
{
    struct frame rest = *frame;
    if (frame->kind == FRAME_LOST)
        rest.as.lost.first += known;
    else
        batch_cut(&rest.as.batch, (uint32_t)known, rest.as.batch.columns.count - (uint32_t)known);
    return (uint32_t)frame_encode(&rest, replay->rest, sizeof replay->rest);
}

/* Hands a frame, whose first candidate or mark is at `seq`, to the link of its source. False: leave with exit_code. */
static bool send_frame(struct replay *replay, struct player *player, enum frame_kind kind, uint64_t seq,
                       const unsigned char *bytes, uint32_t size)
{
    bool is_end = kind == FRAME_BURST_END || kind == FRAME_RUN_END;
    bool is_begin = kind == FRAME_BURST_BEGIN;
    uint32_t count = kind == FRAME_BATCH ? (uint32_t)(player->playback.next_seq - seq) : 0;
    if ((is_end && !wait_for_others(replay, player, DONE_COUNTED)) || !wait_for_room(replay, player, size))
        return false;
    if (!link_client_push(player->link, seq, count, bytes, size)) {
        fprintf(stderr, "hnlmon replay: the link takes no frame of %" PRIu32 " bytes at seq %" PRIu64 "\n", size, seq);
        replay->options.exit_code = CLI_FAILED;
        return false;
    }
    player->begins = is_begin ? player->begins + 1 : 0;
    if (is_begin)
        player->begun_s = patience_now_s();
    replay->frames++;
    replay->candidates += count;
    bool is_due = count == 0 || replay->speed > 0 || replay->frames % PUMP_FRAMES == 0;
    return !is_due || serve(replay, 0);
}

/* The player of a frame, made at its first one. NULL: leave with exit_code. */
static struct player *player_of(struct replay *replay, const struct frame *frame)
{
    struct speaker speaker = frame_speaker(frame);
    struct text name = {"replay", 6};
    if (frame->kind == FRAME_HELLO)
        name = frame->as.hello.name;
    struct player *player = find_player(replay, speaker.source, speaker.epoch);
    return player != NULL ? player : add_player(replay, speaker.source, speaker.epoch, name);
}

static bool play_frame(struct replay *replay, const struct frame *frame, const unsigned char *bytes, uint32_t size)
{
    if (frame->kind == FRAME_HEARTBEAT)
        return true;
    struct player *player = player_of(replay, frame);
    if (player == NULL || frame->kind == FRAME_HELLO)
        return player != NULL;
    uint64_t seq = player->playback.next_seq, known = 0;
    enum playback_verdict verdict = PLAYBACK_SKIP;
    if (player->link != NULL)
        verdict = playback_follow(&player->playback, frame, &known);
    switch (verdict) {
    case PLAYBACK_SEND:
        return send_frame(replay, player, frame->kind, seq, bytes, size);
    case PLAYBACK_SEND_REST:
        size = encode_rest(replay, frame, known);
        return send_frame(replay, player, frame->kind, seq, replay->rest, size);
    case PLAYBACK_SKIP:
        break;
    }
    replay->skipped++;
    return true;
}

/* Plays frame after frame. Returns how the recording ended; RECORDING_FRAME: left early, with exit_code. */
static enum recording_next play(struct replay *replay)
{
    const unsigned char *bytes;
    size_t size;
    uint64_t t_ns;
    enum recording_next next;
    while ((next = recording_read(replay->reader, &bytes, &size, &t_ns)) == RECORDING_FRAME) {
        struct frame frame;
        enum refusal refusal =
            replay->is_unchecked ? frame_decode_unchecked(bytes, size, &frame) : frame_decode(bytes, size, &frame);
        if (refusal != REFUSAL_NONE) {
            replay->damaged++;
            continue;
        }
        if (!wait_until_due(replay, t_ns) || !play_frame(replay, &frame, bytes, (uint32_t)size))
            return RECORDING_FRAME;
    }
    return next;
}

/* ---- the end ---- */

static bool tell_holes(const struct replay *replay)
{
    bool has_hole = false;
    for (uint32_t i = 0; i < replay->player_count; i++) {
        const struct player *player = &replay->players[i];
        if (!playback_has_hole(&player->playback))
            continue;
        has_hole = true;
        fprintf(stderr,
                "hnlmon replay: source %" PRIu32 ": candidates from seq %" PRIu64
                " on are missing in the recording; what follows was not played\n",
                player->source, player->playback.next_seq);
    }
    return has_hole;
}

static void tell_refusals(const struct replay *replay)
{
    uint64_t candidates = 0, marks = 0;
    for (uint32_t i = 0; i < replay->player_count; i++) {
        if (replay->players[i].link == NULL)
            continue;
        candidates += link_client_counters(replay->players[i].link)->lost[LOSS_REFUSED];
        marks += link_client_counters(replay->players[i].link)->dropped_marks;
    }
    if (candidates > 0)
        fprintf(stderr, "hnlmon replay: the daemon refused %" PRIu64 " candidates; they count as lost\n", candidates);
    if (marks > 0)
        fprintf(stderr, "hnlmon replay: the daemon refused %" PRIu64 " marks of runs and bursts\n", marks);
}

static int tell_end(const struct replay *replay, enum recording_next next)
{
    const char *path = replay->options.operand[0];
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    tell_refusals(replay);
    bool has_hole = next != RECORDING_FRAME && tell_holes(replay);
    if (next == RECORDING_CUT)
        fprintf(stderr, "hnlmon replay: %s ends early; what was there was played\n", path);
    if (next == RECORDING_DAMAGED)
        fprintf(stderr, "hnlmon replay: %s is damaged or no recording; what was before was played\n", path);
    printf("REPLAY frames=%" PRIu64 " candidates=%" PRIu64 " skipped=%" PRIu64 " damaged=%" PRIu64 " speed=",
           replay->frames, replay->candidates, replay->skipped, replay->damaged);
    if (replay->speed > 0)
        printf("%g", replay->speed);
    else
        printf("max");
    printf(" seconds=%.3f\n", patience_now_s() - replay->start_s);
    return has_hole || next == RECORDING_CUT || next == RECORDING_DAMAGED ? CLI_DAMAGED : CLI_DONE;
}

static int run(struct replay *replay)
{
    patience_init(&replay->patience, replay->endpoint, replay->options.timeout_s);
    replay->start_s = replay->shown_s = patience_now_s();
    enum recording_next next = play(replay);
    if (next != RECORDING_FRAME && !wait_for_others(replay, NULL, DONE_DURABLE))
        next = RECORDING_FRAME;
    int exit_code = tell_end(replay, next);
    for (uint32_t i = 0; i < replay->player_count; i++)
        if (replay->players[i].link != NULL)
            link_client_destroy(replay->players[i].link);
    return next == RECORDING_FRAME ? replay->options.exit_code : exit_code;
}

int cli_replay(int argc, char **argv)
{
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL)
        return CLI_FAILED;
    replay->options = (struct options){
        .command = "replay",
        .operands = "FILE",
        .summary =
            "Plays a recording into a running daemon, with the sources and epochs that it was recorded from. A daemon\n"
            "that knows them already takes nothing twice.",
        .rows = rows,
        .row_count = ROWS,
        .shared = OPTIONS_DAEMON};
    int exit_code;
    if (!parse(replay, argc, argv)) {
        exit_code = replay->options.exit_code;
    } else if ((replay->reader = recording_open(replay->options.operand[0])) == NULL) {
        fprintf(stderr, "hnlmon replay: %s: %s\n", replay->options.operand[0], strerror(errno));
        exit_code = CLI_FAILED;
    } else {
        exit_code = run(replay);
        recording_reader_close(replay->reader);
    }
    explicit_bzero(&replay->room, sizeof replay->room);
    free(replay);
    return exit_code;
}
