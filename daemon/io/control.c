/* SPDX-License-Identifier: MIT */
/* control - see control.h. */
#include "io/control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/challenge.h"
#include "io/clock.h"
#include "io/held_reply.h"
#include "io/loop.h"
#include "io/outgoing.h"
#include "io/socket.h"
#include "io/zap.h"
#include "io/zmq_event.h"
#include "wire/control_codec.h"

#define HANDLER_BUDGET 16u
#define PICKS_PER_REPLY 20000u /* bounds a reply to about 1 MiB */
/* Per client: all commands that may wait can be its own. Large replies of all clients take WAITING_BYTES_MAX at most.
 */
#define QUEUE_MESSAGES (2 * (int)HELD_REPLIES_MAX)
#define WAITING_BYTES_MAX (16u * 1024u * 1024u)
#define CONTROL_WHO_SIZE 136u /* two names and what is between them */

_Static_assert(SECRET_NONCE_BYTES == CONTROL_NONCE_BYTES && SECRET_ANSWER_BYTES == CONTROL_ANSWER_BYTES,
               "nonce and answer have one size");

_Static_assert(WAITING_BYTES_MAX / 4 >= CONTROL_REPLY_BYTES_MAX, "the largest reply is sent when nothing waits");

/* Whether what a command did becomes durable before it is answered. */
enum checkpoints { CHECKPOINTS_NONE, CHECKPOINTS_EXPECTED, CHECKPOINTS_FAILED };

struct control {
    void *socket;
    struct zmq_event *event;
    struct outgoing *outgoing;
    char endpoint[ENDPOINT_BYTES_MAX];
    const char *instance;
    struct monitor *monitor;
    struct challenge *challenge;
    struct control_calls calls;
    struct zap *zap;            /* NULL: everybody may do everything */
    const struct peer *peer;    /* who sent the request being answered; NULL without certificates */
    char who[CONTROL_WHO_SIZE]; /* who answers for it */
    struct pick picks[PICKS_PER_REPLY];
    struct alarm alarms[ALARMS_MAX];
    enum checkpoints checkpoints;
    struct held_replies held;
    uint64_t busy, dropped;
};

static void answer_alarms(struct control *control, struct control_reply *reply, const struct alarm **alarms)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(control->monitor), i);
        if (!alarm)
            continue;
        struct alarm *copy = &control->alarms[reply->alarm_count];
        *copy = *alarm;
        copy->shelved_until_ns = (int64_t)clock_unix_of_ns(alarm->shelved_until_ns);
        alarms[reply->alarm_count++] = copy;
    }
    reply->alarms = alarms;
    reply->alarm_sequence =
        control->calls.mark_alarms(control->calls.context, control->alarms, reply->alarm_count, &reply->epoch);
}

static void answer_ack(struct control *control, const struct control_request *request, struct control_reply *reply,
                       char *text, size_t size)
{
    const struct alarm *alarm = monitor_acknowledge(control->monitor, request->alarm_id);
    reply->ok = alarm != NULL;
    if (alarm)
        snprintf(text, size, "%s is %s", alarm->id, alarm_state_name(alarm->state));
    else
        snprintf(text, size, "no alarm '%s' waits to be acknowledged", request->alarm_id);
    if (alarm)
        control->calls.acknowledged(control->calls.context, alarm, control->who);
}

static void answer_accept(struct control *control, const struct control_request *request, struct control_reply *reply,
                          char *text, size_t size)
{
    const struct alarm *alarm = monitor_accept_level(control->monitor, request->alarm_id);
    reply->ok = alarm != NULL;
    if (!alarm) {
        snprintf(text, size, "no change of data quality with the id '%s' is going on", request->alarm_id);
        return;
    }
    snprintf(text, size, "%s is over: the level since burst %" PRIu32 " is the reference for the rest of the run",
             alarm->id, alarm->first_burst);
    control->calls.level_accepted(control->calls.context, alarm, control->who);
}

static void answer_shelve(struct control *control, const struct control_request *request, struct control_reply *reply,
                          char *text, size_t size)
{
    const struct alarm *alarm =
        monitor_shelve(control->monitor, request->alarm_id, request->minutes, clock_monotonic_ns());
    reply->ok = alarm != NULL;
    if (!alarm && request->minutes > ALARM_SHELVE_MINUTES_MAX)
        snprintf(text, size, "an alarm can be shelved for at most %u minutes", ALARM_SHELVE_MINUTES_MAX);
    else if (!alarm)
        snprintf(text, size, "no alarm '%s' %s", request->alarm_id, request->minutes ? "is listed" : "is shelved");
    else
        snprintf(text, size, "%s is %s", alarm->id, alarm_state_name(alarm->state));
    if (alarm)
        control->calls.shelved(control->calls.context, alarm, control->who, request->minutes);
}

static void answer_pick(struct control *control, const struct control_request *request, struct control_reply *reply,
                        char *text, size_t size)
{
    if (request->m_n_mev < HYPOTHESIS_FIRST_MEV || request->m_n_mev > HYPOTHESIS_LAST_MEV) {
        reply->ok = false;
        snprintf(text, size, "the mass must be between %d and %d MeV", HYPOTHESIS_FIRST_MEV, HYPOTHESIS_LAST_MEV);
        return;
    }
    if (monitor_is_blind(control->monitor)) {
        reply->ok = false;
        snprintf(text, size, "blind: the candidates of the searched region are DATA and hidden");
        return;
    }
    uint32_t limit = request->limit && request->limit < PICKS_PER_REPLY ? request->limit : PICKS_PER_REPLY;
    monitor_window(control->monitor, request->m_n_mev, &reply->pick_low_mev2, &reply->pick_high_mev2);
    reply->pick_count = monitor_picks(control->monitor, reply->pick_low_mev2, reply->pick_high_mev2, control->picks,
                                      limit, &reply->pick_forgotten);
    reply->picks = control->picks;
}

static void answer_snapshot(struct control *control, struct control_reply *reply)
{
    const struct status_report *status = control->calls.status(control->calls.context);
    reply->snapshot = monitor_horizon(control->monitor, HORIZON_RUN);
    reply->snapshot_sources = status->sources;
    reply->snapshot_source_count = status->source_count;
    reply->template_name = status->template_name;
    reply->run = monitor_last_burst(control->monitor).run;
}

/* Unblinding takes two requests: one for a nonce, and one with the answer to it. */
static void answer_unblind(struct control *control, const struct control_request *request, struct control_reply *reply,
                           char *text, size_t size)
{
    struct challenge *challenge = control->challenge;
    int64_t now_ns = clock_monotonic_ns();
    enum challenge_verdict verdict = CHALLENGE_IMPOSSIBLE;
    reply->ok = false;
    if (*request->reason == '\0') {
        snprintf(text, size, "for what reason must be said");
        return;
    }
    if (challenge->secret.size > 0 && !request->has_answer) {
        reply->ok = true;
        reply->nonce = challenge_draw(challenge, now_ns);
        return;
    }
    if (request->has_answer)
        verdict = challenge_judge(challenge, request->who, request->reason, request->answer, now_ns);
    reply->ok = verdict == CHALLENGE_GRANTED;
    snprintf(text, size, "%s", reply->ok ? "unblinded" : challenge_verdict_text(verdict));
    if (!reply->ok) {
        control->calls.unblind_refused(control->calls.context, control->who, request->reason, text);
        return;
    }
    monitor_unblind(control->monitor, true);
    control->calls.unblinded(control->calls.context, control->who, request->reason);
}

static void answer_blind(struct control *control, char *text, size_t size)
{
    snprintf(text, size, "the searched region of DATA is hidden");
    monitor_unblind(control->monitor, false);
    control->calls.unblinded(control->calls.context, control->who, NULL);
}

static void answer_new_period(struct control *control, char *text, size_t size)
{
    uint32_t bursts = monitor_horizon(control->monitor, HORIZON_PERIOD)->bursts;
    monitor_new_period(control->monitor);
    control->calls.new_period(control->calls.context, control->who, bursts);
    snprintf(text, size, "a new period begins; the last one had %" PRIu32 " bursts", bursts);
}

/* Clients that do not read fill what replies may take: the more it is, the smaller are those that are still sent. */
static bool has_room(const struct control *control, size_t size)
{
    size_t waiting = outgoing_bytes(control->outgoing);
    return size <= OUTGOING_SMALL_BYTES || (waiting < WAITING_BYTES_MAX && size <= (WAITING_BYTES_MAX - waiting) / 4);
}

/* A client that does not read its replies loses them. */
static void send_reply(struct control *control, const void *peer, size_t peer_size, const struct control_reply *reply)
{
    size_t size;
    unsigned char *bytes = control_reply_encode(reply, &size);
    if (bytes && !has_room(control, size)) {
        struct control_reply busy = {.id = reply->id, .text = "busy: clients that do not read take all the room"};
        free(bytes);
        control->dropped++;
        bytes = control_reply_encode(&busy, &size);
    }
    bool is_sent = bytes && zmq_send(control->socket, peer, peer_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
                   outgoing_send(control->outgoing, control->socket, bytes, size, 0);
    control->dropped += !is_sent;
    free(bytes);
}

/* Whether a request may change what a checkpoint holds. */
static bool is_command(enum control_kind kind)
{
    switch (kind) {
    case CONTROL_ACK:
    case CONTROL_SHELVE:
    case CONTROL_UNBLIND:
    case CONTROL_BLIND:
    case CONTROL_NEW_PERIOD:
        return true;
    case CONTROL_STATUS:
    case CONTROL_ALARMS:
    case CONTROL_PICK:
    case CONTROL_SNAPSHOT:
        break;
    }
    return false;
}

/* Whether a command cannot be taken now: done is done, and then it must be possible to keep its answer. */
static bool is_busy(struct control *control, const struct control_request *request, struct control_reply *reply,
                    char *text, size_t size)
{
    if (!is_command(request->kind) || control->checkpoints != CHECKPOINTS_EXPECTED ||
        !held_replies_is_full(&control->held))
        return false;
    control->busy++;
    reply->ok = false;
    snprintf(text, size, "busy: %u commands wait for the disk; try again", HELD_REPLIES_MAX);
    return true;
}

/* The certificate says who it is; what else a person was called is kept beside it. */
static void name_person(struct control *control, const char *given)
{
    const struct peer *peer = control->peer;
    if (!peer)
        snprintf(control->who, sizeof control->who, "%s", given);
    else if (*given == '\0' || strcmp(given, peer->name) == 0)
        snprintf(control->who, sizeof control->who, "%s", peer->name);
    else
        snprintf(control->who, sizeof control->who, "%s (as %s)", peer->name, given);
}

/* Whether the sender may not have this done. */
static bool is_forbidden(struct control *control, const struct control_request *request, struct control_reply *reply,
                         char *text, size_t size)
{
    const struct peer *peer = control->peer;
    bool has_keys = zap_has_keys(control->zap), is_deciding = is_command(request->kind);
    name_person(control, request->who);
    if (has_keys && !peer)
        snprintf(text, size, "the certificate of this connection is no longer known");
    else if (has_keys && peer->role != ROLE_OPERATOR && (is_deciding || peer->role != ROLE_SUBSCRIBER))
        snprintf(text, size, "%s is a %s: it may ask, but deciding takes the certificate of an operator", peer->name,
                 certificate_role_name(peer->role));
    else if (is_deciding && *control->who == '\0')
        snprintf(text, size, "who decides must be said (--who)");
    else
        return false;
    reply->ok = false;
    return true;
}

static void answer_request(struct control *control, const struct control_request *request, struct control_reply *reply,
                           const struct alarm **alarms, char *text, size_t size)
{
    switch (request->kind) {
    case CONTROL_STATUS:
        reply->status = control->calls.status(control->calls.context);
        break;
    case CONTROL_ALARMS:
        answer_alarms(control, reply, alarms);
        break;
    case CONTROL_ACK:
        if (request->accept)
            answer_accept(control, request, reply, text, size);
        else
            answer_ack(control, request, reply, text, size);
        break;
    case CONTROL_PICK:
        answer_pick(control, request, reply, text, size);
        break;
    case CONTROL_SNAPSHOT:
        answer_snapshot(control, reply);
        break;
    case CONTROL_UNBLIND:
        answer_unblind(control, request, reply, text, size);
        break;
    case CONTROL_BLIND:
        answer_blind(control, text, size);
        break;
    case CONTROL_SHELVE:
        answer_shelve(control, request, reply, text, size);
        break;
    case CONTROL_NEW_PERIOD:
        answer_new_period(control, text, size);
        break;
    }
}

static void say_not_durable(char *text, size_t size)
{
    char done[CONTROL_TEXT_SIZE];
    snprintf(done, sizeof done, "%s", text);
    snprintf(text, size, "done, but not durable: %.*s", (int)ALARM_TEXT_SIZE - 1, done);
}

/* Sends the answer, or keeps it until what was done is on disk. */
static void give(struct control *control, zmq_msg_t *peer, struct control_reply *reply, bool is_done, char *text,
                 size_t size)
{
    reply->origin = monitor_origin(control->monitor);
    reply->is_blind = monitor_is_blind(control->monitor);
    if (is_done && control->checkpoints == CHECKPOINTS_EXPECTED &&
        held_replies_hold(&control->held, zmq_msg_data(peer), zmq_msg_size(peer), reply))
        return;
    if (is_done && control->checkpoints == CHECKPOINTS_FAILED)
        say_not_durable(text, size);
    send_reply(control, zmq_msg_data(peer), zmq_msg_size(peer), reply);
}

static void answer(struct control *control, zmq_msg_t *peer, const void *bytes, size_t size)
{
    const struct alarm *alarms[ALARMS_MAX];
    char text[CONTROL_TEXT_SIZE] = "";
    struct control_request request;
    struct control_reply reply = {.ok = true, .text = text, .instance = control->instance};
    bool is_request = control_request_decode(bytes, size, &request);
    if (is_request) {
        reply.id = request.id;
        if (!is_forbidden(control, &request, &reply, text, sizeof text) &&
            !is_busy(control, &request, &reply, text, sizeof text))
            answer_request(control, &request, &reply, alarms, text, sizeof text);
    } else {
        reply.ok = false;
        reply.text = "not a request that this daemon knows";
    }
    bool is_done = is_request && reply.ok && is_command(request.kind) && !reply.nonce;
    give(control, peer, &reply, is_done, text, sizeof text);
}

/* Handles one message; false when there is none. */
static bool handle_one(struct control *control)
{
    zmq_msg_t id, body;
    zmq_msg_init(&id);
    zmq_msg_init(&body);
    bool is_there = zmq_msg_recv(&id, control->socket, ZMQ_DONTWAIT) >= 0;
    bool has_body = is_there && zmq_msg_more(&id) && zmq_msg_recv(&body, control->socket, ZMQ_DONTWAIT) >= 0;
    size_t body_size = has_body ? zmq_msg_size(&body) : 0;
    if (has_body && zmq_msg_more(&body)) {
        socket_skip_parts(control->socket);
        body_size = 0; /* too many parts: answered as no request */
    }
    control->peer = has_body ? zap_peer(control->zap, zmq_msg_gets(&body, ZAP_USER_ID)) : NULL;
    if (has_body && control->zap)
        zap_hear(control->zap, zmq_msg_get(&body, ZMQ_SRCFD));
    if (is_there)
        answer(control, &id, zmq_msg_data(&body), body_size);
    zmq_msg_close(&id);
    zmq_msg_close(&body);
    return is_there;
}

static uint32_t handle(void *context, uint32_t budget)
{
    uint32_t handled = 0;
    while (handled < budget && handle_one(context))
        handled++;
    return handled;
}

struct control *control_create(struct event_base *base, void *zmq_context, const char *endpoint, const char *instance,
                               struct monitor *monitor, struct challenge *challenge, const struct control_calls *calls,
                               struct zap *zap)
{
    struct socket_bounds bounds = {QUEUE_MESSAGES, CONTROL_REQUEST_BYTES_MAX};
    struct control *control = calloc(1, sizeof *control);
    if (!control)
        return NULL;
    control->instance = instance;
    control->monitor = monitor;
    control->challenge = challenge;
    control->calls = *calls;
    control->zap = zap;
    control->outgoing = outgoing_create();
    if (control->outgoing)
        control->socket = zap_bind(zap, ZAP_CONTROL, zmq_context, ZMQ_ROUTER, &bounds, endpoint, control->endpoint);
    if (control->socket)
        control->event = zmq_event_create(base, control->socket, LOOP_REST, HANDLER_BUDGET, handle, control);
    if (control->event) {
        socket_set(control->socket, ZMQ_ROUTER_MANDATORY, 1); /* says which replies were not taken */
        return control;
    }
    int error = errno;
    control_destroy(control);
    errno = error;
    return NULL;
}

void control_destroy(struct control *control)
{
    if (!control)
        return;
    if (control->event)
        zmq_event_destroy(control->event);
    zap_close(control->zap, ZAP_CONTROL, control->socket);
    outgoing_destroy(control->outgoing);
    free(control);
}

/* ---- checkpoints ---- */

static void release(struct control *control)
{
    struct held_reply *held;
    while ((held = held_replies_release(&control->held)) != NULL) {
        if (control->checkpoints == CHECKPOINTS_FAILED)
            say_not_durable(held->text, sizeof held->text);
        send_reply(control, held->peer, held->peer_size, &held->reply);
    }
    zmq_event_touch(control->event);
}

void control_expect_checkpoints(struct control *control)
{
    control->checkpoints = CHECKPOINTS_EXPECTED;
}

bool control_is_waiting(const struct control *control)
{
    return held_replies_is_uncovered(&control->held);
}

void control_checkpoint_taken(struct control *control)
{
    held_replies_cover(&control->held);
}

void control_checkpoint_durable(struct control *control)
{
    release(control);
}

void control_checkpoint_failed(struct control *control)
{
    control->checkpoints = CHECKPOINTS_FAILED;
    held_replies_cover(&control->held);
    release(control);
}

uint64_t control_busy(const struct control *control)
{
    return control->busy;
}

size_t control_waiting(const struct control *control)
{
    return outgoing_bytes(control->outgoing);
}

uint64_t control_dropped(const struct control *control)
{
    return control->dropped;
}

const char *control_endpoint(const struct control *control)
{
    return control->endpoint;
}
