/* SPDX-License-Identifier: MIT */
/*
 * checkpoint - the two slots in which the whole state is kept, in turns, in the file `checkpoint`.
 *
 * A slot is a block (block.h). The valid slot with the higher generation is the state; the other one is written next.
 * What the content says is core/monitor's.
 */
#ifndef HNLMON_WIRE_CHECKPOINT_H
#define HNLMON_WIRE_CHECKPOINT_H

#include "wire/block.h"

#define CHECKPOINT_FILE "checkpoint"
#define CHECKPOINT_SLOTS 2u
#define CHECKPOINT_SLOT_BYTES (4u * 1024u * 1024u) /* slot i is at i times this; bounds a state */
#define CHECKPOINT_CONTENT_MAX (CHECKPOINT_SLOT_BYTES - BLOCK_HEADER_BYTES)
#define CHECKPOINT_VERSION 1u

struct checkpoint {
    uint64_t generation;    /* from 1 on, of the empty state with which a store begins */
    uint64_t journal_bytes; /* the place in the journal up to which it covers it */
    uint64_t closed_bursts; /* since the state began; the newest HORIZON_DEPTH are in the burst file */
    uint64_t ring_position; /* behind the newest closed burst in the burst file, see burst_file.h */
    uint64_t t_ns;          /* Unix time of taking it, for people */
    size_t content_bytes;   /* 0: the empty state */
};

/* As block_seal: the content stands at slot + BLOCK_HEADER_BYTES. Returns the bytes to write. */
size_t checkpoint_seal(const struct checkpoint *checkpoint, unsigned char *slot);

/* As block_judge: fills *checkpoint in when it is BLOCK_VALID. */
enum block_verdict checkpoint_judge(struct checkpoint *checkpoint, const unsigned char *slot, size_t size)
    __attribute__((warn_unused_result));

#endif
