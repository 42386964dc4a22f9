/* SPDX-License-Identifier: MIT */
/* held_reply - see held_reply.h. */
#include "io/held_reply.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool held_replies_hold(struct held_replies *held, const void *peer, size_t peer_size, const struct control_reply *reply)
{
    assert(peer_size <= HELD_PEER_MAX);
    if (held_replies_is_full(held))
        return false;
    struct held_reply *entry = &held->entries[(held->first + held->count++) % HELD_REPLIES_MAX];
    memcpy(entry->peer, peer, peer_size);
    entry->peer_size = peer_size;
    entry->reply = *reply;
    snprintf(entry->text, sizeof entry->text, "%s", reply->text);
    entry->reply.text = entry->text;
    return true;
}

bool held_replies_is_full(const struct held_replies *held)
{
    return held->count == HELD_REPLIES_MAX;
}

bool held_replies_is_uncovered(const struct held_replies *held)
{
    return held->covered < held->count;
}

void held_replies_cover(struct held_replies *held)
{
    held->covered = held->count;
}

struct held_reply *held_replies_release(struct held_replies *held)
{
    if (held->covered == 0)
        return NULL;
    struct held_reply *entry = &held->entries[held->first];
    held->first = (held->first + 1) % HELD_REPLIES_MAX;
    held->count--;
    held->covered--;
    return entry;
}
