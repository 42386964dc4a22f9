/* SPDX-License-Identifier: MIT */
/* doors - see doors.h. */
#include "io/doors.h"

#include "io/clock.h"

#define SETTLED_NS (2500 * NS_PER_MS) /* a handshake is over before (HANDSHAKE_MS of io/socket, and some) */

static bool is_known(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS_MAX;
}

void doors_open(struct doors *doors, uint32_t door, int descriptor, int64_t now_ns)
{
    doors->reports[door].connections++;
    if (!is_known(descriptor))
        return;
    struct door_connection *connection = &doors->connections[descriptor];
    if (connection->is_open)
        doors->reports[connection->door].peers--;
    *connection = (struct door_connection){.is_open = true, .door = (uint8_t)door, .since_ns = now_ns};
    doors->doors[door].visited_ns = now_ns;
    doors->reports[door].peers++;
}

void doors_close(struct doors *doors, uint32_t door, int descriptor)
{
    if (!is_known(descriptor))
        return;
    struct door_connection *connection = &doors->connections[descriptor];
    if (!connection->is_open || connection->door != door)
        return;
    connection->is_open = false;
    doors->reports[door].peers--;
}

void doors_hear(struct doors *doors, int descriptor)
{
    if (is_known(descriptor))
        doors->connections[descriptor].is_heard = doors->connections[descriptor].is_open;
}

bool doors_is_visited(const struct doors *doors, uint32_t door, int64_t now_ns)
{
    return doors->doors[door].visited_ns > 0 && now_ns - doors->doors[door].visited_ns <= SETTLED_NS;
}

/* ---- room ---- */

/* Two windows of SETTLED_NS: whoever was let in within the last SETTLED_NS is in one of them. */
static void turn_window(struct door *door, int64_t now_ns)
{
    int64_t age_ns = now_ns - door->window_ns;
    if (age_ns < SETTLED_NS)
        return;
    door->before_in = age_ns < 2 * SETTLED_NS ? door->window_in : 0;
    door->window_in = 0;
    door->window_ns = now_ns;
}

static bool is_at(const struct door_connection *connection, uint32_t door)
{
    return connection->is_open && connection->door == door;
}

static bool is_settled(const struct door_connection *connection, int64_t now_ns)
{
    return now_ns - connection->since_ns > SETTLED_NS;
}

/* Of the connections that may still be at their handshake, one is that which is judged now; of the others no more are
 * inside than were let in since, and no more than there are: who was let in and left takes no place. */
bool doors_is_full(struct doors *doors, uint32_t door, int64_t now_ns)
{
    uint32_t settled = 0, others = 0;
    turn_window(&doors->doors[door], now_ns);
    for (int i = 0; i < DESCRIPTORS_MAX; i++) {
        const struct door_connection *connection = &doors->connections[i];
        settled += is_at(connection, door) && is_settled(connection, now_ns);
        others += is_at(connection, door) && !is_settled(connection, now_ns);
    }
    others -= others > 0;
    uint32_t let_in = doors->doors[door].window_in + doors->doors[door].before_in;
    return settled + (others < let_in ? others : let_in) >= doors->reports[door].peers_max;
}

void doors_let_in(struct doors *doors, uint32_t door, int64_t now_ns)
{
    turn_window(&doors->doors[door], now_ns);
    doors->doors[door].window_in++;
}

/* ---- who is to go ---- */

int doors_oldest_stranger(const struct doors *doors, uint32_t door, int64_t now_ns)
{
    uint32_t strangers = 0;
    int oldest = -1;
    for (int i = 0; i < DESCRIPTORS_MAX; i++) {
        const struct door_connection *connection = &doors->connections[i];
        if (!is_at(connection, door) || connection->is_heard || is_settled(connection, now_ns))
            continue;
        strangers++;
        if (oldest < 0 || connection->since_ns < doors->connections[oldest].since_ns)
            oldest = i;
    }
    return strangers > doors->doors[door].strangers_max ? oldest : -1;
}

int doors_silent(const struct doors *doors, uint32_t door, int64_t now_ns)
{
    for (int i = 0; i < DESCRIPTORS_MAX; i++) {
        const struct door_connection *connection = &doors->connections[i];
        if (is_at(connection, door) && !connection->is_heard && is_settled(connection, now_ns))
            return i;
    }
    return -1;
}
