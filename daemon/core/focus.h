/* SPDX-License-Identifier: MIT */
/*
 * focus - finds the stretch of bursts, ending with the last one, that departs most from what was expected of it: every
 * length at once, of a stream of counts (Poisson) or of means (Gaussian), in one direction. For both, use two.
 *
 * Functional online CUSUM (Romano et al. 2023, JMLR 24; Poisson: Ward et al. arXiv:2208.01494, Dilillo et al.
 * arXiv:2312.08817). The log-likelihood ratio of a change from 1 to mu since burst q is, with the sums x of the counts
 * and b of what was expected,
 *      x ln mu - (mu - 1) b = ln mu (x - g b),   g = (mu - 1)/ln mu,
 * for a mean that moves by d, with x the sum of the weighted differences and b that of the weights (1/variance),
 *      d x - d^2 b/2 = d (x - g b),   g = d/2,
 * in both a straight line in g for each q. A start q can be the best for some g only if it is a corner of the upper
 * envelope of these lines, which are the ends of blocks of bursts whose slopes x/b grow in time (the pool of adjacent
 * violators). Blocks that grow too little for the smallest change of interest are forgotten with all before them. So
 * nothing that can still win is lost, and the result is that of an exhaustive search over all starts.
 *
 * What decides on an alarm is left to stream.h.
 */
#ifndef HNLMON_CORE_FOCUS_H
#define HNLMON_CORE_FOCUS_H

#include <stdint.h>

#include "core/archive.h"

enum focus_model { FOCUS_POISSON, FOCUS_GAUSSIAN };
enum focus_direction { FOCUS_RISE, FOCUS_FALL };

/* Bounds the blocks that are kept. While nothing changes their number after n bursts is at most that of the faces of
 * the convex minorant of a random walk, which is distributed as the cycles of a random permutation of n (Sparre
 * Andersen 1954): ln n + 0.58 on average with a variance below it, 15 +- 4 for a million bursts. When the 65th is
 * needed, the oldest one is forgotten and counted: the result is then the largest over the later starts, too small
 * perhaps, never too large. It takes a rise whose slope grows for 64 bursts in a row. */
#define FOCUS_BLOCKS_MAX 64u

struct focus_block {
    double value, weight; /* sums over its bursts */
    uint32_t start;       /* time of its first burst */
    uint32_t length;      /* bursts */
};

struct focus {
    enum focus_model model;
    double sign;               /* +1 rise, -1 fall */
    double least;              /* the smallest change of interest, as mu or d */
    double slope_min;          /* sign times g of it */
    uint32_t count;            /* blocks, the oldest first, with growing sign * value / weight */
    uint32_t length;           /* bursts in all of them */
    uint64_t forgotten_blocks; /* because there was no room */
    struct focus_block blocks[FOCUS_BLOCKS_MAX];
};

/* The best stretch; it ends with the last burst. Nothing is best when ratio is 0, then so is all the rest. */
struct focus_segment {
    double ratio;         /* log-likelihood ratio, >= 0, of the best change that is not smaller than `least` */
    double value, weight; /* sums over the stretch: counts and what was expected, or differences and weights */
    uint32_t start;       /* time of its first burst */
    uint32_t length;      /* bursts */
};

/* `least`, Poisson: mu >= 1, of interest are factors of at least mu (rise) or at most 1/mu (fall); Gaussian: d >= 0, a
 * shift of the mean. 1 and 0 look for any change. */
void focus_init(struct focus *focus, enum focus_model model, enum focus_direction direction, double least);

/* Saves or restores the bursts so far (archive.h) of one with the same model, direction and least. Restored, it has no
 * more bursts than that. */
void focus_archive(struct archive *archive, struct focus *focus, uint32_t bursts);

/* Forgets all bursts so far. */
void focus_clear(struct focus *focus);

/* Adds a burst. Poisson: the count (whole, up to 2^63; exact up to 2^53, then to 1e-16) and the count that was
 * expected, > 0. Gaussian: weight times (mean - expected mean), and the weight > 0. `time` grows. */
void focus_add(struct focus *focus, uint32_t time, double value, double weight);

/* Forgets the oldest blocks until at most `bursts` are left. Starts inside a block are gone with it, so what is found
 * later is at most what an exhaustive search over the last `bursts` bursts would find. */
void focus_limit(struct focus *focus, uint32_t bursts);

/* The stretch with the largest ratio/(1 + relative_variance * weight). With 0 it is the largest ratio of all starts,
 * exactly. relative_variance >= 0: of the expectation, so that a long stretch, whose expectation is as uncertain as its
 * own sum, does not hide a short one. */
struct focus_segment focus_best(const struct focus *focus, double relative_variance);

#endif
