/* SPDX-License-Identifier: MIT */
/*
 * wire_faults - a bad wire for tests: batches that are dropped, doubled, late or damaged, repeatable by seed.
 *
 * A flipped bit is one that the receiver can see. The checksum of a batch covers its columns, and a flip of the burst,
 * the source or the structure is refused; a flip in first_seq would go unseen, so another bit is drawn.
 */
#ifndef HNLMON_IO_WIRE_FAULTS_H
#define HNLMON_IO_WIRE_FAULTS_H

#include <stdint.h>

enum wire_fault { FAULT_DROP, FAULT_DUPLICATE, FAULT_REORDER, FAULT_CORRUPT, FAULT_COUNT, FAULT_NONE = FAULT_COUNT };

struct wire_faults {
    double probability[FAULT_COUNT];
    uint64_t random; /* state */
};

void wire_faults_init(struct wire_faults *faults, const double probability[FAULT_COUNT], uint64_t seed);

/* What happens to the next batch. Several that are drawn at once: the first in the order above. */
enum wire_fault wire_faults_draw(struct wire_faults *faults);

/* Copies the batch with one bit flipped so that it cannot be decoded; `copy` has room for `size` bytes. */
void wire_faults_corrupt(struct wire_faults *faults, const unsigned char *bytes, uint32_t size, unsigned char *copy);

#endif
