/* SPDX-License-Identifier: MIT */
/*
 * doors - the connections of the guarded sockets, by their descriptors: how many are open, which of them may still be
 * at their handshake, and whether there is room for another peer.
 *
 * libzmq names connections by their descriptor only, and may close one without a word: it is counted right again when
 * its descriptor comes back. The bound on peers is about those that were let in: a connection that is open for longer
 * than a handshake may take, or was let in since and may still be there. Others may come and go, but they cannot lock
 * anybody out.
 *
 * It reads no socket and no clock, and cuts nobody: that is io/zap's.
 */
#ifndef HNLMON_IO_DOORS_H
#define HNLMON_IO_DOORS_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/published.h"

#define DESCRIPTORS_MAX 4096 /* of this process: files and connections; what is beyond is not counted */

struct door {
    uint32_t strangers_max; /* connections that may be at their handshake */
    int64_t visited_ns;     /* when somebody connected last; 0: nobody did */
    int64_t window_ns;      /* when the window began ... */
    uint32_t window_in;     /* ... and who was let in since */
    uint32_t before_in;     /* in the window before */
};

struct door_connection {
    bool is_open;
    bool is_heard; /* it was let in, and said something */
    uint8_t door;
    int64_t since_ns;
};

/* All zero but for strangers_max, and socket and peers_max of the reports. A door is a number below DOORS_MAX; now_ns
 * is of a clock that does not go back and is above 0. */
struct doors {
    struct door doors[DOORS_MAX];
    struct door_report reports[DOORS_MAX]; /* `peers` and `connections` are counted here, the others by the caller */
    struct door_connection connections[DESCRIPTORS_MAX]; /* by descriptor */
};

/* A connection came, or is gone. */
void doors_open(struct doors *doors, uint32_t door, int descriptor, int64_t now_ns);
void doors_close(struct doors *doors, uint32_t door, int descriptor);

/* It said something that makes sense: it is no stranger any more. */
void doors_hear(struct doors *doors, int descriptor);

/* Whether there is room for the connection that is at its handshake now; it was let in. */
bool doors_is_full(struct doors *doors, uint32_t door, int64_t now_ns);
void doors_let_in(struct doors *doors, uint32_t door, int64_t now_ns);

/* Whether somebody connected within the time of a handshake. */
bool doors_is_visited(const struct doors *doors, uint32_t door, int64_t now_ns);

/* The descriptor of the oldest connection that may still be at its handshake, when there are more than strangers_max;
 * else -1. */
int doors_oldest_stranger(const struct doors *doors, uint32_t door, int64_t now_ns);

/* A connection that has said nothing for longer than a handshake takes; -1: there is none. */
int doors_silent(const struct doors *doors, uint32_t door, int64_t now_ns);

#endif
