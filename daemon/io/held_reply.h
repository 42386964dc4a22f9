/* SPDX-License-Identifier: MIT */
/*
 * held_reply - answers to commands that wait until what they confirm is on disk, in the order in which they came.
 *
 *   held --> covered by the checkpoint that is being taken --> released when that is durable
 *
 * Who takes checkpoints, and how an answer is sent, is left to the caller. Nothing is allocated.
 */
#ifndef HNLMON_IO_HELD_REPLY_H
#define HNLMON_IO_HELD_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarm.h"
#include "wire/control_codec.h"

#define HELD_REPLIES_MAX 64u
#define HELD_PEER_MAX 255u                        /* bytes of a routing id */
#define CONTROL_TEXT_SIZE (ALARM_TEXT_SIZE + 40u) /* of an answer, with what is said when it is not durable */

struct held_reply {
    unsigned char peer[HELD_PEER_MAX];
    size_t peer_size;
    struct control_reply reply; /* to a command: no lists */
    char text[CONTROL_TEXT_SIZE];
};

struct held_replies {
    struct held_reply entries[HELD_REPLIES_MAX]; /* a circle */
    uint32_t first, count;
    uint32_t covered; /* <= count, the oldest ones */
};

/* Keeps an answer for a peer, its text included. False when it is full. */
bool held_replies_hold(struct held_replies *held, const void *peer, size_t peer_size, const struct control_reply *reply)
    __attribute__((warn_unused_result));

bool held_replies_is_full(const struct held_replies *held);

/* Whether one waits that no checkpoint covers yet. */
bool held_replies_is_uncovered(const struct held_replies *held);

/* A checkpoint is being taken that covers all that are there now. */
void held_replies_cover(struct held_replies *held);

/* The next one that is covered, until NULL; it is forgotten. Valid until the next call. */
struct held_reply *held_replies_release(struct held_replies *held);

#endif
