/* SPDX-License-Identifier: MIT */
/* control_client - see control_client.h. */
#include "io/control_client.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "io/client_socket.h"
#include "wire/control_codec.h"

static const struct socket_bounds bounds = {.messages = 16, .bytes_max = CONTROL_REPLY_BYTES_MAX};

struct control_client {
    struct client_socket *client;
    zmq_msg_t reply;
};

struct control_client *control_client_create(const char *endpoint, const struct curve_client *curve)
{
    struct control_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return NULL;
    client->client = client_socket_create(ZMQ_DEALER, endpoint, curve, &bounds);
    if (client->client == NULL) {
        int reason = errno;
        free(client);
        errno = reason;
        return NULL;
    }
    (void)zmq_msg_init(&client->reply);
    return client;
}

void control_client_destroy(struct control_client *client)
{
    if (client == NULL)
        return;
    (void)zmq_msg_close(&client->reply);
    client_socket_destroy(client->client);
    free(client);
}

bool control_client_send(struct control_client *client, const unsigned char *bytes, size_t size)
{
    return zmq_send(client_socket_handle(client->client), bytes, size, ZMQ_DONTWAIT) >= 0;
}

bool control_client_receive(struct control_client *client, int timeout_ms, const unsigned char **bytes, size_t *size)
{
    if (!client_socket_wait(client->client, timeout_ms) ||
        zmq_msg_recv(&client->reply, client_socket_handle(client->client), ZMQ_DONTWAIT) < 0)
        return false;
    *bytes = zmq_msg_data(&client->reply);
    *size = zmq_msg_size(&client->reply);
    return true;
}

bool control_client_is_connected(const struct control_client *client)
{
    return client_socket_is_connected(client->client);
}

const char *control_client_refusal(const struct control_client *client)
{
    return client_socket_refusal(client->client);
}
