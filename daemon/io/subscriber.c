/* SPDX-License-Identifier: MIT */
/* subscriber - see subscriber.h. */
#include "io/subscriber.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "io/client_socket.h"
#include "io/publisher.h"
#include "wire/published.h"

#define FRAMES_MAX 2 /* topic, Envelope */

/* Above PUBLISHED_BYTES_MAX a message is dropped and counted; only far above it the connection is given up. */
static const struct socket_bounds bounds = {.messages = 1000, .bytes_max = 1 << 20};

struct subscriber {
    struct client_socket *client;
    zmq_msg_t frames[FRAMES_MAX];
    char topic[TOPIC_BYTES_MAX];
    uint64_t malformed;
};

struct subscriber *subscriber_create(const char *endpoint, const struct curve_client *curve)
{
    struct subscriber *subscriber = calloc(1, sizeof *subscriber);
    if (subscriber == NULL)
        return NULL;
    subscriber->client = client_socket_create(ZMQ_SUB, endpoint, curve, &bounds);
    if (subscriber->client == NULL) {
        int reason = errno;
        free(subscriber);
        errno = reason;
        return NULL;
    }
    for (int i = 0; i < FRAMES_MAX; i++)
        (void)zmq_msg_init(&subscriber->frames[i]);
    return subscriber;
}

void subscriber_destroy(struct subscriber *subscriber)
{
    if (subscriber == NULL)
        return;
    for (int i = 0; i < FRAMES_MAX; i++)
        (void)zmq_msg_close(&subscriber->frames[i]);
    client_socket_destroy(subscriber->client);
    free(subscriber);
}

void subscriber_add(struct subscriber *subscriber, const char *prefix)
{
    (void)zmq_setsockopt(client_socket_handle(subscriber->client), ZMQ_SUBSCRIBE, prefix, strlen(prefix));
}

/* Receives one whole message. Returns its number of frames, of which the first FRAMES_MAX are kept; 0: there is none.
 */
static uint32_t receive_frames(struct subscriber *subscriber)
{
    void *socket = client_socket_handle(subscriber->client);
    uint32_t count = 0;
    for (int is_more = 1; is_more != 0; count++) {
        zmq_msg_t surplus;
        (void)zmq_msg_init(&surplus);
        zmq_msg_t *frame = count < FRAMES_MAX ? &subscriber->frames[count] : &surplus;
        bool is_received = zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) >= 0;
        is_more = is_received && zmq_msg_more(frame);
        (void)zmq_msg_close(&surplus);
        if (!is_received)
            return count;
    }
    return count;
}

/* A topic is shown on terminals: nothing but printable characters is let through. */
static bool take_topic(struct subscriber *subscriber)
{
    size_t size = zmq_msg_size(&subscriber->frames[0]);
    const unsigned char *bytes = zmq_msg_data(&subscriber->frames[0]);
    if (size == 0 || size >= sizeof subscriber->topic)
        return false;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] < 0x20 || bytes[i] > 0x7E)
            return false;
    memcpy(subscriber->topic, bytes, size);
    subscriber->topic[size] = '\0';
    return true;
}

bool subscriber_receive(struct subscriber *subscriber, int timeout_ms, struct subscriber_message *message)
{
    if (!client_socket_wait(subscriber->client, timeout_ms))
        return false;
    for (uint32_t frames; (frames = receive_frames(subscriber)) > 0; subscriber->malformed++) {
        size_t size = zmq_msg_size(&subscriber->frames[1]);
        if (frames != FRAMES_MAX || size > PUBLISHED_BYTES_MAX || !take_topic(subscriber))
            continue;
        *message = (struct subscriber_message){subscriber->topic, zmq_msg_data(&subscriber->frames[1]), size};
        return true;
    }
    return false;
}

bool subscriber_is_connected(const struct subscriber *subscriber)
{
    return client_socket_is_connected(subscriber->client);
}

uint64_t subscriber_malformed(const struct subscriber *subscriber)
{
    return subscriber->malformed;
}

const char *subscriber_refusal(const struct subscriber *subscriber)
{
    return client_socket_refusal(subscriber->client);
}
