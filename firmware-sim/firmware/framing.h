/* SPDX-License-Identifier: MIT */
/*
 * framing - numbers the candidates of a source and packs them, and the marks around them, into frames of the link.
 *
 * It writes the protobuf wire form of proto/frontend.proto by itself, so that the same code runs on a board without any
 * library. Candidates are collected as columns, exactly as they travel; a frame is written when the caller asks.
 */
#ifndef FIRMWARE_FRAMING_H
#define FIRMWARE_FRAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "hnlmon/frame.h"

#define FRAMING_COLUMNS (CANDIDATE_COLUMN_COUNT + 2) /* and the truth: m2, kind */
#define FRAMING_MARK_MAX 512u                        /* bytes of any frame but a Batch, texts below 200 bytes each */

struct framer {
    uint32_t source;
    uint64_t epoch;
    uint64_t next_seq; /* of the next candidate; starts at 1 */
    uint32_t run, burst;
    bool has_truth; /* false in a run of DATA, whose truth columns would be refused */
    uint32_t count; /* candidates collected since the last frame, all of this burst */
    unsigned char columns[FRAMING_COLUMNS][4 * BATCH_CANDIDATES_MAX];
};

void framer_init(struct framer *framer, uint32_t source, uint64_t epoch);

/* Collects a candidate; count < BATCH_CANDIDATES_MAX. truth_m2 in MeV^2; truth_kind as in frontend.proto; neither is
 * sent in a run of DATA. */
void framer_add(struct framer *framer, const struct candidate *candidate, int32_t truth_m2, uint32_t truth_kind);

/* Each writes one frame into bytes[0 .. capacity) and returns its size, 0 when it does not fit. The batch takes all
 * that was collected (at least one) and gives it its seq; the marks need an empty collection and take run, burst,
 * source, epoch and at_seq from the framer. */
uint32_t framer_batch(struct framer *framer, unsigned char *bytes, uint32_t capacity)
    __attribute__((warn_unused_result));
uint32_t framer_run_begin(struct framer *framer, uint32_t run, uint64_t t_ns, enum origin origin, struct text comment,
                          unsigned char *bytes, uint32_t capacity);
uint32_t framer_burst_begin(struct framer *framer, uint32_t burst, uint64_t t_ns, int32_t input_downscaling,
                            unsigned char *bytes, uint32_t capacity);
/* Everything of *end but its mark, whose t_ns alone is taken. */
uint32_t framer_burst_end(struct framer *framer, const struct burst_end *end, unsigned char *bytes, uint32_t capacity);
uint32_t framer_run_end(struct framer *framer, uint64_t t_ns, unsigned char *bytes, uint32_t capacity);

#endif
