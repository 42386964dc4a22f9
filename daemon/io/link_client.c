/* SPDX-License-Identifier: MIT */
/* link_client - see the header. What is said is io/session's; here are the socket and the clock. */
#include "io/link_client.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/clock.h"
#include "io/curve.h"
#include "io/epoch.h"
#include "io/handshake.h"
#include "io/socket.h"
#include "wire/frame_codec.h"

#define LISTEN_NS (NS_PER_MS / 5)
/* A daemon that starts anew is found within RECONNECT_MAX_MS; a connection that the network swallowed, or that was
 * about to be made when it did, within CONNECT_MS of its return. */
#define RECONNECT_MS 5
#define RECONNECT_MAX_MS 40
#define CONNECT_MS 700 /* above a round trip of a slow link (twice 200 ms), below the 1 s of TCP's second attempt */
#define QUEUE_MESSAGES 1000
#define CUTS_MAX 64 /* half a second of attempts at least: a daemon that is full may have room by then */

struct link_client {
    void *own_context; /* NULL: the caller's is used */
    void *context;
    void *socket;
    struct handshake handshake;
    bool has_keys;
    struct curve_client curve;
    char endpoint[ENDPOINT_BYTES_MAX];
    uint64_t epoch;
    struct session *session;
    int64_t listened_ns;
};

/* ---- the socket ---- */

static bool open_socket(struct link_client *client)
{
    static const struct socket_bounds bounds = {.messages = QUEUE_MESSAGES, .bytes_max = 64 * 1024};
    client->socket = socket_create(client->context, ZMQ_DEALER, &bounds);
    if (!client->socket)
        return false;
    socket_set(client->socket, ZMQ_LINGER, 0);
    socket_set(client->socket, ZMQ_IMMEDIATE, 1);
    socket_set(client->socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
    socket_set(client->socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
    socket_set(client->socket, ZMQ_CONNECT_TIMEOUT, CONNECT_MS);
    curve_client_apply(client->has_keys ? &client->curve : NULL, client->socket);
    return handshake_watch(&client->handshake, client->context, client->socket, client->has_keys,
                           client->has_keys ? CUTS_MAX : 0) &&
           zmq_connect(client->socket, client->endpoint) == 0;
}

static void reconnect(void *context)
{
    struct link_client *client = context;
    handshake_end(&client->handshake);
    zmq_close(client->socket);
    bool is_open = open_socket(client);
    assert(is_open); /* it was, with the same endpoint */
}

static bool send_bytes(void *context, const unsigned char *bytes, uint32_t size)
{
    const struct link_client *client = context;
    return zmq_send(client->socket, bytes, size, ZMQ_DONTWAIT) >= 0;
}

/* Takes everything that arrived; false when there was nothing. */
static bool listen_to(struct link_client *client, int64_t now_ns)
{
    bool is_any = false;
    unsigned char bytes[FRAME_ENCODED_MAX];
    int size;
    while ((size = zmq_recv(client->socket, bytes, sizeof bytes, ZMQ_DONTWAIT)) >= 0) {
        socket_skip_parts(client->socket);
        is_any = true;
        if ((size_t)size > sizeof bytes)
            size = 0; /* longer than any answer: none */
        session_receive(client->session, bytes, (uint32_t)size, now_ns);
    }
    return is_any;
}

/* A connection that is gone is not waited for: the daemon may be back already. */
static void follow_connection(struct link_client *client, int64_t now_ns)
{
    uint64_t before = client->handshake.disconnects;
    handshake_follow(&client->handshake);
    if (client->handshake.disconnects != before)
        session_disconnected(client->session, now_ns);
}

/* ---- time ---- */

/* Does what is possible now; false when there was nothing. An empty socket is expensive to ask, so a caller who does
 * not wait and always has something to send does not listen each time. */
static bool step(struct link_client *client, bool is_waiting)
{
    int64_t now_ns = clock_monotonic_ns();
    bool is_any = false;
    if (is_waiting || session_is_blocked(client->session) || now_ns - client->listened_ns > LISTEN_NS) {
        is_any = listen_to(client, now_ns);
        follow_connection(client, now_ns);
        client->listened_ns = now_ns;
    }
    return session_step(client->session, now_ns) || is_any;
}

/* Until the socket may have something, or for as long as the session wants; both at most left_ns. */
static void wait(struct link_client *client, int64_t now_ns, int64_t left_ns)
{
    int64_t wait_ns = session_wait_ns(client->session, now_ns);
    if (wait_ns > left_ns)
        wait_ns = left_ns;
    zmq_pollitem_t items[2] = {{.socket = client->socket, .events = ZMQ_POLLIN},
                               {.socket = client->handshake.monitor, .events = ZMQ_POLLIN}};
    if (session_is_blocked(client->session))
        items[0].events = ZMQ_POLLIN | ZMQ_POLLOUT;
    zmq_poll(items, 2, (long)((wait_ns + NS_PER_MS - 1) / NS_PER_MS));
}

void link_client_pump(struct link_client *client, int timeout_ms)
{
    int64_t end_ns = clock_monotonic_ns() + timeout_ms * NS_PER_MS;
    while (!step(client, timeout_ms > 0) && timeout_ms > 0) {
        int64_t now_ns = clock_monotonic_ns();
        if (now_ns >= end_ns)
            return;
        wait(client, now_ns, end_ns - now_ns);
    }
}

/* ---- life ---- */

struct link_client *link_client_create(void *zmq_context, const struct link_client_config *config)
{
    struct link_client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    if (strlen(config->endpoint) >= sizeof client->endpoint || !endpoint_is_valid(config->endpoint)) {
        free(client);
        errno = EINVAL;
        return NULL;
    }
    client->own_context = zmq_context ? NULL : zmq_ctx_new();
    client->context = zmq_context ? zmq_context : client->own_context;
    client->epoch = config->epoch ? config->epoch : epoch_draw();
    strcpy(client->endpoint, config->endpoint);
    client->has_keys = config->curve != NULL;
    if (config->curve)
        client->curve = *config->curve;
    const struct session_config settings = {config->source, client->epoch, config->name, config->ring_bytes,
                                            config->faults};
    const struct session_calls calls = {client, send_bytes, reconnect};
    client->session = session_create(&settings, &calls);
    if (!client->context || !client->session || !open_socket(client)) {
        int error = errno;
        link_client_destroy(client);
        errno = error;
        return NULL;
    }
    return client;
}

void link_client_destroy(struct link_client *client)
{
    if (!client)
        return;
    handshake_end(&client->handshake);
    if (client->socket)
        zmq_close(client->socket);
    explicit_bzero(&client->curve, sizeof client->curve);
    if (client->own_context)
        zmq_ctx_term(client->own_context);
    session_destroy(client->session);
    free(client);
}

/* ---- the session ---- */

uint64_t link_client_epoch(const struct link_client *client)
{
    return client->epoch;
}

uint32_t link_client_max_batch(const struct link_client *client)
{
    return session_max_batch(client->session);
}

bool link_client_has_room(const struct link_client *client, uint32_t size)
{
    return session_has_room(client->session, size);
}

bool link_client_push(struct link_client *client, uint64_t first_seq, uint32_t count, const unsigned char *bytes,
                      uint32_t size)
{
    return session_push(client->session, first_seq, count, bytes, size);
}

bool link_client_is_idle(const struct link_client *client)
{
    return session_is_idle(client->session);
}

const struct session_counters *link_client_counters(const struct link_client *client)
{
    return session_counters(client->session);
}

const char *link_client_refusal(const struct link_client *client)
{
    return handshake_refusal(&client->handshake);
}
