/* SPDX-License-Identifier: MIT */
/* wire_model - see wire_model.h. */
#include "wire_model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define VANISHED_MAX 24u /* messages that a kernel takes for a peer that is gone */

/* ---- queues ---- */

static bool put(struct wire_queue *queue, const unsigned char *bytes, uint32_t size, int64_t due_ns)
{
    if (queue->count == WIRE_MESSAGES)
        return false;
    if (queue->count > 0) {
        int64_t last_ns = queue->messages[(queue->first + queue->count - 1) % WIRE_MESSAGES].due_ns;
        due_ns = last_ns > due_ns ? last_ns : due_ns;
    }
    struct wire_message *message = &queue->messages[(queue->first + queue->count++) % WIRE_MESSAGES];
    *message = (struct wire_message){malloc(size + 1), size, due_ns};
    assert(message->bytes);
    memcpy(message->bytes, bytes, size);
    return true;
}

static struct wire_message take(struct wire_queue *queue)
{
    struct wire_message message = queue->messages[queue->first];
    queue->first = (queue->first + 1) % WIRE_MESSAGES;
    queue->count--;
    return message;
}

/* Only the first `count` arrive. */
static void shorten(struct wire_queue *queue, uint32_t count)
{
    while (queue->count > count)
        free(queue->messages[(queue->first + --queue->count) % WIRE_MESSAGES].bytes);
}

static int64_t due_ns(const struct wire_connection *connection, const struct wire_queue *queue)
{
    if (queue->count == 0)
        return NEVER_NS;
    int64_t ns = queue->messages[queue->first].due_ns;
    return ns > connection->stalled_ns ? ns : connection->stalled_ns;
}

/* ---- connections ---- */

static struct wire_connection *open_one(struct wire_model *wire, uint32_t owner)
{
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++)
        if (wire->connections[i].number != 0 && wire->connections[i].is_open && wire->connections[i].owner == owner)
            return &wire->connections[i];
    return NULL;
}

static void release(struct wire_connection *connection)
{
    if (connection->is_open || connection->up.count > 0)
        return;
    shorten(&connection->down, 0);
    connection->number = 0;
}

void wire_model_init(struct wire_model *wire, struct world *world, const struct wire_calls *calls)
{
    *wire = (struct wire_model){.world = world, .calls = *calls};
}

void wire_model_fini(struct wire_model *wire)
{
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++) {
        shorten(&wire->connections[i].up, 0);
        shorten(&wire->connections[i].down, 0);
    }
}

/* Usually a short delay, now and then that of another continent. */
static int64_t draw_delay_ns(struct world *world)
{
    static const int64_t delays_ns[] = {NS_PER_MS / 10, NS_PER_MS, 5 * NS_PER_MS, 60 * NS_PER_MS};
    return delays_ns[world_draw(world, world->is_calm ? 2 : 4)];
}

void wire_model_open(struct wire_model *wire, uint32_t owner)
{
    struct wire_connection *connection = wire->connections;
    while (connection->number != 0)
        connection++;
    assert(connection < wire->connections + WIRE_CONNECTIONS);
    *connection = (struct wire_connection){.number = ++wire->last_number,
                                           .owner = owner,
                                           .is_open = true,
                                           .told_ns = NEVER_NS,
                                           .delay_ns = draw_delay_ns(wire->world)};
    wire->world->totals.connections++;
}

void wire_model_close(struct wire_model *wire, uint32_t owner)
{
    struct world *world = wire->world;
    struct wire_connection *connection = open_one(wire, owner);
    if (!connection)
        return;
    connection->is_open = false;
    shorten(&connection->down, 0);
    shorten(&connection->up, (uint32_t)world_draw(world, connection->up.count + 1));
    if (!world->is_calm && world_chance(world, 4))
        connection->stalled_ns = world->now_ns + (int64_t)world_draw(world, 500) * NS_PER_MS;
    release(connection);
}

bool wire_model_has_late(const struct wire_model *wire, uint32_t owner)
{
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++)
        if (wire->connections[i].number != 0 && !wire->connections[i].is_open && wire->connections[i].owner == owner)
            return true;
    return false;
}

/* ---- messages ---- */

static int64_t arrival_ns(struct wire_model *wire, const struct wire_connection *connection)
{
    return wire->world->now_ns + (int64_t)world_draw(wire->world, (uint64_t)connection->delay_ns);
}

bool wire_model_send_up(struct wire_model *wire, uint32_t owner, const unsigned char *bytes, uint32_t size)
{
    struct wire_connection *connection = open_one(wire, owner);
    if (connection->is_dead)
        return connection->vanished++ < VANISHED_MAX;
    return wire->is_daemon_up && put(&connection->up, bytes, size, arrival_ns(wire, connection));
}

bool wire_model_send_down(struct wire_model *wire, uint32_t number, const unsigned char *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++) {
        struct wire_connection *connection = &wire->connections[i];
        if (connection->number != number)
            continue;
        if (connection->is_dead || !connection->is_open || connection->owner == WIRE_STRANGER)
            return world_chance(wire->world, 2); /* the daemon has heard of it, or not yet */
        return put(&connection->down, bytes, size, arrival_ns(wire, connection));
    }
    return false;
}

static void deliver_one(struct wire_model *wire, struct wire_connection *connection, struct wire_queue *queue)
{
    uint32_t number = connection->number, owner = connection->owner;
    struct wire_message message = take(queue);
    bool is_up = queue == &connection->up;
    release(connection);
    if (is_up)
        wire->calls.to_daemon(wire->calls.context, number, message.bytes, message.size);
    else
        wire->calls.to_front_end(wire->calls.context, owner, message.bytes, message.size);
    free(message.bytes);
}

static bool deliver_any(struct wire_model *wire)
{
    int64_t now_ns = wire->world->now_ns;
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++) {
        struct wire_connection *connection = &wire->connections[i];
        if (connection->number == 0)
            continue;
        if (due_ns(connection, &connection->up) <= now_ns) {
            deliver_one(wire, connection, &connection->up);
            return true;
        }
        if (due_ns(connection, &connection->down) <= now_ns) {
            deliver_one(wire, connection, &connection->down);
            return true;
        }
        if (connection->is_open && connection->told_ns <= now_ns) {
            connection->told_ns = NEVER_NS;
            wire->calls.told(wire->calls.context, connection->owner);
            return true;
        }
    }
    return false;
}

void wire_model_deliver(struct wire_model *wire)
{
    while (!world_has_failed(wire->world) && deliver_any(wire))
        ;
}

int64_t wire_model_next_ns(const struct wire_model *wire)
{
    int64_t next_ns = NEVER_NS;
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++) {
        const struct wire_connection *connection = &wire->connections[i];
        if (connection->number == 0)
            continue;
        const int64_t times_ns[] = {due_ns(connection, &connection->up), due_ns(connection, &connection->down),
                                    connection->is_open ? connection->told_ns : NEVER_NS};
        for (int j = 0; j < 3; j++)
            next_ns = times_ns[j] < next_ns ? times_ns[j] : next_ns;
    }
    return next_ns;
}

/* ---- what goes wrong ---- */

/* From now on nothing goes through; the front-end hears of it, or has to find out. */
static void kill_connection(struct wire_model *wire, struct wire_connection *connection)
{
    struct world *world = wire->world;
    connection->is_dead = true;
    connection->vanished = 0;
    if (connection->owner != WIRE_STRANGER && world_chance(world, 2))
        connection->told_ns = world->now_ns + (int64_t)world_draw(world, 100) * NS_PER_MS;
}

void wire_model_daemon_died(struct wire_model *wire)
{
    wire->is_daemon_up = false;
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++) {
        struct wire_connection *connection = &wire->connections[i];
        if (connection->number == 0)
            continue;
        shorten(&connection->up, 0);
        shorten(&connection->down, 0);
        connection->is_renewed = connection->is_open && !connection->is_dead;
        if (connection->is_renewed)
            kill_connection(wire, connection);
        release(connection);
    }
}

void wire_model_daemon_started(struct wire_model *wire)
{
    wire->is_daemon_up = true;
    for (uint32_t i = 0; i < WIRE_CONNECTIONS; i++) {
        struct wire_connection *connection = &wire->connections[i];
        if (connection->number == 0 || !connection->is_renewed)
            continue;
        connection->number = ++wire->last_number;
        connection->is_renewed = connection->is_dead = false;
    }
}

void wire_model_disturb(struct wire_model *wire, uint32_t owner)
{
    struct world *world = wire->world;
    struct wire_connection *connection = open_one(wire, owner);
    if (!connection || connection->is_dead)
        return;
    if (world_chance(world, 2)) {
        connection->stalled_ns = world->now_ns + (int64_t)world_draw(world, 800) * NS_PER_MS;
        world_note(world, "connection %u of front-end %u stands still", connection->number, owner);
        return;
    }
    shorten(&connection->up, (uint32_t)world_draw(world, connection->up.count + 1));
    shorten(&connection->down, (uint32_t)world_draw(world, connection->down.count + 1));
    kill_connection(wire, connection);
    world_note(world, "connection %u of front-end %u is cut%s", connection->number, owner,
               connection->told_ns == NEVER_NS ? " and nobody knows" : "");
}
