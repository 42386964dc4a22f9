/* SPDX-License-Identifier: MIT */
/*
 * zap - see zap.h.
 *
 *   libzmq's thread --(inproc://zeromq.zap.01)--> judge --> 200, 300 (full, try again) or 400
 *
 * What the judge never hears of - greetings that are none, other mechanisms, peers that say nothing - is told by the
 * monitor of each socket, and kept in io/doors.
 */
#include "io/zap.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <zmq.h>

#include "io/clock.h"
#include "io/curve.h"
#include "io/doors.h"
#include "io/loop.h"
#include "io/socket_monitor.h"
#include "io/zmq_event.h"

/* Accepted by Debian's libzmq, whose header does not name it: no handler, no entry. */
#define ZAP_ENFORCE_DOMAIN_OPTION 93
#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define HANDLER_BUDGET 64u
#define PARTS_MAX 7u /* version, id, domain, address, routing id, mechanism, key */
#define PART_SIZE 256u
#define KEY_BYTES 32u
/* Spec 26: what encryption adds to a message, and room for the longest command of a handshake, INITIATE: 257 bytes and
 * the properties of the peer, of which the longest, its routing id, has 255. */
#define CURVE_MESSAGE_BYTES 33
#define CURVE_HANDSHAKE_BYTES 1024
#define SELF_TEST_NS (2000 * NS_PER_MS) /* of each client; it takes a millisecond */
#define SELF_TEST_STEP_MS 20
#define SELF_TEST_DOMAIN "self-test"

enum part { PART_VERSION, PART_ID, PART_DOMAIN, PART_ADDRESS, PART_ROUTING_ID, PART_MECHANISM, PART_KEY };

/* What libzmq asks; parts are cut at PART_SIZE - 1 bytes and terminated. */
struct zap_request {
    char parts[PARTS_MAX][PART_SIZE];
    size_t sizes[PARTS_MAX];
    uint32_t count;
};

struct verdict {
    const char *status, *text, *user_id;
};

static const struct verdict refused = {"400", "not allowed", ""}, full = {"300", "full", ""};

struct guarded {
    struct zap *zap;
    void *monitor;           /* NULL: not guarded yet */
    struct zmq_event *event; /* of the monitor; NULL: not guarded yet */
    bool expects_speech;     /* who is not heard is cut */
};

_Static_assert((uint32_t)ZAP_SOCKETS <= DOORS_MAX, "every socket is a door");

struct zap {
    struct event_base *base;
    void *context;
    void *socket;
    struct zmq_event *event;
    const struct certificate *own;
    struct peer peers[CURVE_PEERS_MAX];
    char keys[CURVE_PEERS_MAX][CERTIFICATE_KEY_SIZE];
    uint32_t peer_count;
    char test_key[CERTIFICATE_KEY_SIZE]; /* let in by the self-test; "": nobody */
    struct guarded sockets[ZAP_SOCKETS];
    struct doors doors;
};

/* The domain of a socket, which is its name. */
static const char *const names[ZAP_SOCKETS] = {
    [ZAP_LINK] = "link", [ZAP_PUBLISH] = "publish", [ZAP_CONTROL] = "control"};

static bool is_role_right(enum zap_socket which, enum certificate_role role)
{
    switch (role) {
    case ROLE_FRONT_END:
        return which == ZAP_LINK;
    case ROLE_SUBSCRIBER:
    case ROLE_OPERATOR:
        return which == ZAP_PUBLISH || which == ZAP_CONTROL;
    case ROLE_NONE:
    case ROLE_COUNT:
        break;
    }
    return false;
}

/* ---- who came and went ---- */

static void follow(struct zap *zap, enum zap_socket which)
{
    struct socket_event event;
    while (socket_monitor_next(zap->sockets[which].monitor, &event)) {
        switch (event.number) {
        case ZMQ_EVENT_ACCEPTED:
            doors_open(&zap->doors, which, event.value, clock_monotonic_ns());
            break;
        case ZMQ_EVENT_DISCONNECTED:
            zap->doors.reports[which].ended++;
            doors_close(&zap->doors, which, event.value);
            break;
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            zap->doors.reports[which].admitted++;
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            zap->doors.reports[which].failed++;
            break;
        }
    }
}

/* Shut down below libzmq, which owns the descriptor and sees its peer go; a peer that was just let in connects again.
 * libzmq reports the end of a connection before it gives the descriptor back, so with all events read a descriptor that
 * is open here is that connection's. Should it change hands in this very moment, another one has to connect again. */
static void cut(struct zap *zap, enum zap_socket which, int descriptor)
{
    (void)shutdown(descriptor, SHUT_RDWR);
    doors_close(&zap->doors, which, descriptor);
}

static void cut_strangers(struct zap *zap, enum zap_socket which)
{
    int64_t now_ns = clock_monotonic_ns();
    int descriptor;
    while ((descriptor = doors_oldest_stranger(&zap->doors, which, now_ns)) >= 0)
        cut(zap, which, descriptor);
}

static void cut_silent(struct zap *zap, enum zap_socket which)
{
    int64_t now_ns = clock_monotonic_ns();
    int descriptor;
    while ((descriptor = doors_silent(&zap->doors, which, now_ns)) >= 0) {
        cut(zap, which, descriptor);
        zap->doors.reports[which].silent++;
    }
}

static uint32_t handle_events(void *context, uint32_t budget)
{
    struct guarded *guarded = context;
    enum zap_socket which = (enum zap_socket)(guarded - guarded->zap->sockets);
    (void)budget; /* all of it: see cut */
    follow(guarded->zap, which);
    cut_strangers(guarded->zap, which);
    return 1;
}

bool zap_is_visited(const struct zap *zap, enum zap_socket which, int64_t now_ns)
{
    return doors_is_visited(&zap->doors, which, now_ns);
}

void zap_hear(struct zap *zap, int descriptor)
{
    doors_hear(&zap->doors, descriptor);
}

void zap_tick(struct zap *zap)
{
    for (enum zap_socket which = ZAP_LINK; which < ZAP_SOCKETS; which++) {
        if (!zap->sockets[which].monitor)
            continue;
        follow(zap, which);
        if (zap->sockets[which].expects_speech)
            cut_silent(zap, which);
        zmq_event_touch(zap->sockets[which].event);
    }
}

/* ---- the judge ---- */

static const struct peer *peer_by_key(const struct zap *zap, const char *bytes)
{
    char key[CERTIFICATE_KEY_SIZE];
    if (!zmq_z85_encode(key, (const uint8_t *)bytes, KEY_BYTES))
        return NULL;
    for (uint32_t i = 0; i < zap->peer_count; i++)
        if (strcmp(zap->keys[i], key) == 0)
            return &zap->peers[i];
    return NULL;
}

static bool is_test_key(const struct zap *zap, const char *bytes)
{
    char key[CERTIFICATE_KEY_SIZE];
    return *zap->test_key && zmq_z85_encode(key, (const uint8_t *)bytes, KEY_BYTES) && strcmp(key, zap->test_key) == 0;
}

static bool has_key(const struct zap_request *request)
{
    return request->count == PARTS_MAX && strcmp(request->parts[PART_MECHANISM], "CURVE") == 0 &&
           request->sizes[PART_KEY] == KEY_BYTES;
}

static struct verdict let_in(struct zap *zap, enum zap_socket which, const char *user_id)
{
    struct door_report *report = &zap->doors.reports[which];
    zap_tick(zap);
    int64_t now_ns = clock_monotonic_ns();
    if (doors_is_full(&zap->doors, which, now_ns)) {
        report->full++;
        return full;
    }
    doors_let_in(&zap->doors, which, now_ns);
    return (struct verdict){"200", "OK", user_id};
}

static struct verdict judge_key(struct zap *zap, enum zap_socket which, const struct zap_request *request)
{
    const struct peer *peer = has_key(request) ? peer_by_key(zap, request->parts[PART_KEY]) : NULL;
    if (!peer) {
        zap->doors.reports[which].unknown_key++;
        return refused;
    }
    if (!is_role_right(which, peer->role)) {
        zap->doors.reports[which].wrong_role++;
        return refused;
    }
    return let_in(zap, which, peer->name);
}

static struct verdict judge(struct zap *zap, const struct zap_request *request)
{
    const char *domain = request->parts[PART_DOMAIN];
    for (enum zap_socket which = ZAP_LINK; which < ZAP_SOCKETS; which++)
        if (strcmp(domain, names[which]) == 0)
            return zap->own ? judge_key(zap, which, request) : let_in(zap, which, "");
    bool is_test =
        strcmp(domain, SELF_TEST_DOMAIN) == 0 && has_key(request) && is_test_key(zap, request->parts[PART_KEY]);
    return is_test ? (struct verdict){"200", "OK", ""} : refused;
}

/* ---- the socket of the handler ---- */

/* False when there is none. */
static bool receive(struct zap *zap, struct zap_request *request)
{
    int more = 1;
    size_t more_size = sizeof more;
    memset(request, 0, sizeof *request);
    while (more && request->count < PARTS_MAX) {
        uint32_t i = request->count;
        int size = zmq_recv(zap->socket, request->parts[i], PART_SIZE - 1, ZMQ_DONTWAIT);
        if (size < 0)
            return false;
        request->sizes[i] = (size_t)size;
        request->count++;
        if (zmq_getsockopt(zap->socket, ZMQ_RCVMORE, &more, &more_size) != 0)
            return false;
    }
    socket_skip_parts(zap->socket);
    return true;
}

static void reply(struct zap *zap, const struct zap_request *request, const struct verdict *verdict)
{
    const char *const parts[] = {"1.0", request->parts[PART_ID], verdict->status, verdict->text, verdict->user_id};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t size = i == PART_ID ? request->sizes[PART_ID] : strlen(parts[i]);
        if (zmq_send(zap->socket, parts[i], size, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
            return;
    }
    (void)zmq_send(zap->socket, "", 0, ZMQ_DONTWAIT); /* no metadata */
}

static uint32_t handle(void *context, uint32_t budget)
{
    struct zap *zap = context;
    struct zap_request request;
    uint32_t handled = 0;
    for (; handled < budget && receive(zap, &request); handled++) {
        struct verdict verdict = judge(zap, &request);
        reply(zap, &request, &verdict);
    }
    return handled;
}

/* ---- the door ---- */

static void set_text(void *socket, int option, const char *text)
{
    int result = zmq_setsockopt(socket, option, text, strlen(text));
    assert(result == 0);
}

static void shut(const struct zap *zap, void *socket, const char *domain)
{
    set_text(socket, ZMQ_ZAP_DOMAIN, domain);
    socket_set(socket, ZAP_ENFORCE_DOMAIN_OPTION, 1);
    if (!zap->own)
        return;
    socket_set(socket, ZMQ_CURVE_SERVER, 1);
    int result = zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, zap->own->secret_key, CERTIFICATE_KEY_SIZE);
    assert(result == 0);
}

static bool guard(struct zap *zap, enum zap_socket which, void *socket)
{
    static const int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                              ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
    if (!zap)
        return true;
    shut(zap, socket, names[which]);
    struct guarded *guarded = &zap->sockets[which];
    guarded->zap = zap;
    guarded->monitor = socket_monitor_open(zap->context, socket, events);
    if (guarded->monitor)
        guarded->event =
            zmq_event_create(zap->base, guarded->monitor, LOOP_INGEST, HANDLER_BUDGET, handle_events, guarded);
    return guarded->event != NULL;
}

void *zap_bind(struct zap *zap, enum zap_socket which, void *zmq_context, int type, const struct socket_bounds *bounds,
               const char *endpoint, char bound[ENDPOINT_BYTES_MAX])
{
    struct socket_bounds room = *bounds;
    if (zap_has_keys(zap) && (room.bytes_max += CURVE_MESSAGE_BYTES) < CURVE_HANDSHAKE_BYTES)
        room.bytes_max = CURVE_HANDSHAKE_BYTES;
    void *socket = socket_create(zmq_context, type, &room);
    if (!socket)
        return NULL;
    if (guard(zap, which, socket) && socket_listen(socket, endpoint, bound))
        return socket;
    int error = errno;
    zap_close(zap, which, socket);
    errno = error;
    return NULL;
}

void zap_close(struct zap *zap, enum zap_socket which, void *socket)
{
    if (!socket)
        return;
    if (zap) {
        struct guarded *guarded = &zap->sockets[which];
        zmq_event_destroy(guarded->event);
        if (guarded->monitor)
            socket_monitor_close(guarded->monitor, socket);
        *guarded = (struct guarded){.monitor = NULL};
    }
    zmq_close(socket);
}

/* ---- the self-test ---- */

enum outcome { OUTCOME_NONE, OUTCOME_LET_IN, OUTCOME_REFUSED };

static enum outcome outcome_of(void *monitor)
{
    struct socket_event event;
    while (socket_monitor_next(monitor, &event)) {
        if (event.number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            return OUTCOME_LET_IN;
        if (event.number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            return OUTCOME_REFUSED;
    }
    return OUTCOME_NONE;
}

/* Judges until the client knows. */
static enum outcome watch_client(struct zap *zap, void *monitor)
{
    int64_t end_ns = clock_monotonic_ns() + SELF_TEST_NS;
    enum outcome outcome;
    while ((outcome = outcome_of(monitor)) == OUTCOME_NONE && clock_monotonic_ns() < end_ns) {
        zmq_pollitem_t items[2] = {{.socket = zap->socket, .events = ZMQ_POLLIN},
                                   {.socket = monitor, .events = ZMQ_POLLIN}};
        (void)zmq_poll(items, 2, SELF_TEST_STEP_MS);
        (void)handle(zap, HANDLER_BUDGET);
    }
    return outcome;
}

/* What becomes of a client with this key. */
static enum outcome knock(struct zap *zap, const char *endpoint, const struct certificate *key)
{
    static const struct socket_bounds bounds = {.messages = 1, .bytes_max = 1024};
    struct curve_client client;
    enum outcome outcome = OUTCOME_NONE;
    memcpy(client.public_key, key->public_key, sizeof client.public_key);
    memcpy(client.secret_key, key->secret_key, sizeof client.secret_key);
    memcpy(client.server_key, zap->own->public_key, sizeof client.server_key);
    void *socket = socket_create(zap->context, ZMQ_DEALER, &bounds);
    if (!socket)
        return outcome;
    socket_set(socket, ZMQ_LINGER, 0);
    curve_client_apply(&client, socket);
    void *monitor =
        socket_monitor_open(zap->context, socket, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    if (monitor && zmq_connect(socket, endpoint) == 0)
        outcome = watch_client(zap, monitor);
    if (monitor)
        socket_monitor_close(monitor, socket);
    zmq_close(socket);
    return outcome;
}

/* The wrong key first, so that nothing that the right one opened can help it. */
static const char *fault_of_door(struct zap *zap, const char *endpoint)
{
    struct certificate wrong, right;
    curve_draw(&wrong);
    curve_draw(&right);
    memcpy(zap->test_key, right.public_key, sizeof zap->test_key);
    enum outcome of_wrong = knock(zap, endpoint, &wrong);
    enum outcome of_right = of_wrong == OUTCOME_REFUSED ? knock(zap, endpoint, &right) : OUTCOME_NONE;
    zap->test_key[0] = '\0';
    if (of_wrong == OUTCOME_LET_IN)
        return "a client with an unknown key is let in";
    if (of_wrong != OUTCOME_REFUSED)
        return "a client with an unknown key is not refused";
    return of_right == OUTCOME_LET_IN ? NULL : "a client with a known key is not let in";
}

bool zap_self_test(struct zap *zap, char *error, size_t error_size)
{
    static const struct socket_bounds bounds = {.messages = 1, .bytes_max = 1024};
    char endpoint[ENDPOINT_BYTES_MAX];
    const char *fault = NULL;
    if (!zap->own)
        return true;
    void *socket = socket_create(zap->context, ZMQ_ROUTER, &bounds);
    if (socket) {
        shut(zap, socket, SELF_TEST_DOMAIN);
        bool is_bound = socket_listen(socket, "tcp://127.0.0.1:*", endpoint);
        fault = is_bound ? fault_of_door(zap, endpoint) : zmq_strerror(errno);
        zmq_close(socket);
    }
    zmq_event_touch(zap->event);
    snprintf(error, error_size, "%s", socket ? fault ? fault : "" : "no socket");
    return socket && !fault;
}

/* ---- life ---- */

/* Every connection has a place in the table, and they cannot take more memory than that. Where a service manager set
 * the limit it may forbid this. */
static void bound_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

struct zap *zap_create(struct event_base *base, void *zmq_context, const struct certificate *own)
{
    static const struct socket_bounds bounds = {.messages = 1000, .bytes_max = 4096};
    struct zap *zap = calloc(1, sizeof *zap);
    if (!zap)
        return NULL;
    bound_descriptors();
    zap->base = base;
    zap->context = zmq_context;
    zap->own = own;
    for (enum zap_socket which = ZAP_LINK; which < ZAP_SOCKETS; which++)
        zap->doors.doors[which].strangers_max = DESCRIPTORS_MAX;
    for (enum zap_socket which = ZAP_LINK; which < ZAP_SOCKETS; which++)
        zap->doors.reports[which] = (struct door_report){.socket = names[which], .peers_max = ZAP_PEERS_MAX};
    zap->socket = socket_create(zmq_context, ZMQ_REP, &bounds);
    if (zap->socket && zmq_bind(zap->socket, ZAP_ENDPOINT) == 0)
        zap->event = zmq_event_create(base, zap->socket, LOOP_REST, HANDLER_BUDGET, handle, zap);
    if (zap->event)
        return zap;
    int error = errno;
    zap_destroy(zap);
    errno = error;
    return NULL;
}

void zap_destroy(struct zap *zap)
{
    if (!zap)
        return;
    for (enum zap_socket which = ZAP_LINK; which < ZAP_SOCKETS; which++)
        assert(!zap->sockets[which].monitor);
    zmq_event_destroy(zap->event);
    if (zap->socket)
        zmq_close(zap->socket);
    free(zap);
}

void zap_set_peers(struct zap *zap, const struct certificate *peers, uint32_t count)
{
    assert(count <= CURVE_PEERS_MAX);
    zap->peer_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct peer *peer = &zap->peers[i];
        *peer = (struct peer){.role = peers[i].role, .source = peers[i].source};
        memcpy(peer->name, peers[i].name, sizeof peer->name);
        memcpy(zap->keys[i], peers[i].public_key, sizeof zap->keys[i]);
    }
}

void zap_expect_speech(struct zap *zap, enum zap_socket which)
{
    zap->sockets[which].expects_speech = true;
}

void zap_set_limits(struct zap *zap, enum zap_socket which, uint32_t peers_max, uint32_t strangers_max)
{
    assert(peers_max >= 1 && peers_max <= ZAP_PEERS_MAX && strangers_max >= 1);
    zap->doors.reports[which].peers_max = peers_max;
    zap->doors.doors[which].strangers_max = strangers_max;
}

bool zap_has_keys(const struct zap *zap)
{
    return zap && zap->own;
}

const struct peer *zap_peer(const struct zap *zap, const char *user_id)
{
    if (!zap_has_keys(zap) || !user_id)
        return NULL;
    for (uint32_t i = 0; i < zap->peer_count; i++)
        if (strcmp(zap->peers[i].name, user_id) == 0)
            return &zap->peers[i];
    return NULL;
}

const struct door_report *zap_doors(const struct zap *zap)
{
    return zap->doors.reports;
}
