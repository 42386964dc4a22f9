/* SPDX-License-Identifier: MIT */
/*
 * burst_file - the closed bursts that the rolling horizons still hold, one block each in the slots of the file
 * `bursts`.
 *
 * Bursts go into the slots in the order in which they are written: position p into slot p % BURST_SLOTS. A checkpoint
 * names the position behind its newest burst, so burst number n of closed_bursts is at ring_position - (closed_bursts -
 * n).
 * Not the number decides: between two checkpoints any number of bursts may close, of which only the newest
 * HORIZON_DEPTH are written. There are slots for those of the newest checkpoint and as many new ones beside them, so
 * nothing that a durable checkpoint needs is ever overwritten before its successor is durable.
 */
#ifndef HNLMON_WIRE_BURST_FILE_H
#define HNLMON_WIRE_BURST_FILE_H

#include "core/horizon.h"
#include "wire/block.h"

#define BURST_FILE "bursts"
#define BURST_SLOTS 256u
#define BURST_SLOT_BYTES (64u * 1024u)
#define BURST_CONTENT_MAX (BURST_SLOT_BYTES - BLOCK_HEADER_BYTES)
#define BURST_FILE_VERSION 1u

_Static_assert(2 * HORIZON_DEPTH <= BURST_SLOTS,
               "the bursts of a checkpoint and of its successor have slots of their own");

/* Where in the file a position is. */
uint64_t burst_slot_offset(uint64_t position);

/* As block_seal. number: from 0 on, in the order of closing. */
size_t burst_seal(uint64_t number, size_t content_bytes, unsigned char *slot);

/* As block_judge; fills *number and *content_bytes in when it is BLOCK_VALID. */
enum block_verdict burst_judge(uint64_t *number, size_t *content_bytes, const unsigned char *slot, size_t size)
    __attribute__((warn_unused_result));

#endif
