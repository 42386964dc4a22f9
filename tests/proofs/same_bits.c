/* SPDX-License-Identifier: MIT */
/*
 * same_bits - a digest of what the kernel and the trigger firmware compute from a seeded set of candidates.
 *
 * Compilers, processors and byte orders must not show in it (tests/proofs/same_bits_everywhere compares them). It needs
 * no C library: on a bare Cortex-M board.h stands in for it. The set: momenta near the beam, momenta over the whole
 * domain, and words at the limits. One line per part.
 */
#include "firmware/downscaling.h"
#include "firmware/framing.h"
#include "hnlmon/crc32c.h"
#include "hnlmon/histogram.h"
#include "hnlmon/mmiss.h"
#include "hnlmon/ring.h"
#include "hnlmon/select.h"
#include "hnlmon/units.h"

#if __STDC_HOSTED__
#include <stdio.h>
static void say(const char *text)
{
    fputs(text, stdout);
}
#else
#include "proofs/board.h"
#endif

#ifndef SEED
#define SEED 20260101
#endif
#define CANDIDATES_LOG2 22
#define ROOTS 1000000u
#define FRAME_BYTES (CANDIDATE_BYTES * BATCH_CANDIDATES_MAX + 8u * BATCH_CANDIDATES_MAX + 512u)

/* ---- the numbers: splitmix64 (Vigna 2015) ---- */

static uint64_t state = SEED;

static uint64_t random_word(void)
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Uniform in -2^(bits - 1) .. 2^(bits - 1) - 1. */
static int32_t random_bits(unsigned bits)
{
    return (int32_t)((uint32_t)(random_word() >> (64 - bits)) - ((uint32_t)1 << (bits - 1)));
}

/* ---- the digest: FNV-1a over the bytes of words, the lowest first ---- */

static uint64_t digest;

static void digest_start(void)
{
    digest = UINT64_C(0xCBF29CE484222325);
}

static void add_bytes(const unsigned char *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001B3);
}

static void add(uint64_t word)
{
    unsigned char bytes[8];
    store_le32(bytes, (uint32_t)word);
    store_le32(bytes + 4, (uint32_t)(word >> 32));
    add_bytes(bytes, sizeof bytes);
}

static void print_digest(const char *name)
{
    char text[18];
    for (int i = 0; i < 16; i++)
        text[i] = "0123456789abcdef"[digest >> (60 - 4 * i) & 15];
    text[16] = '\n';
    text[17] = '\0';
    say(name);
    say(" ");
    say(text);
}

/* ---- candidates ---- */

static const int32_t edges[] = {
    0,
    1,
    -1,
    INT32_MAX,
    INT32_MIN,
    INT32_MIN + 1,
    MOMENTUM_LIMIT_Q13,
    -MOMENTUM_LIMIT_Q13,
    MOMENTUM_LIMIT_Q13 + 1,
    MASS_PI0_Q13,
    619925131,
    614400000,
    409600000,
    204800000,
    -204800000,
    32768,
};

static int32_t edge(void)
{
    return edges[random_word() >> 60];
}

_Static_assert(sizeof edges / sizeof edges[0] == 16, "four bits choose an edge");

/* The next numbers one after the other: the order in which an initialiser is evaluated is the compiler's choice. */
static void fill(int32_t momentum[3], unsigned transverse_bits, int32_t z, unsigned z_bits)
{
    momentum[0] = random_bits(transverse_bits);
    momentum[1] = random_bits(transverse_bits);
    momentum[2] = z + random_bits(z_bits);
}

/* A kaon of 75 GeV/c, a pi0 and a positron with about half and a quarter of it; words that a selection likes. */
static struct candidate near_the_beam(void)
{
    struct candidate c;
    fill(c.k, 16, 614400000, 23);
    fill(c.pi0, 20, 307200000, 27);
    fill(c.e, 20, 153600000, 27);
    c.time = (uint32_t)random_word() >> 1;
    c.flags = (uint32_t)(random_word() & random_word() & random_word());
    c.vertex_z = 145000 + random_bits(17);
    c.m_gg = MASS_PI0_Q13 + random_bits(18);
    c.e_over_p = 1024 + random_bits(8);
    c.dt = random_bits(12);
    c.dt_k = random_bits(12);
    c.cda = random_bits(16);
    return c;
}

static struct candidate any_words(void)
{
    struct candidate c;
    fill(c.k, 31, 0, 31);
    fill(c.pi0, 31, 0, 31);
    fill(c.e, 31, 0, 31);
    c.time = (uint32_t)random_word();
    c.flags = (uint32_t)random_word();
    c.vertex_z = random_bits(32);
    c.m_gg = random_bits(32);
    c.e_over_p = random_bits(32);
    c.dt = random_bits(32);
    c.dt_k = random_bits(32);
    c.cda = random_bits(32);
    return c;
}

/* About half of the momenta, and times, at a limit. */
static struct candidate at_the_edges(void)
{
    struct candidate c = near_the_beam();
    for (int i = 0; i < 3; i++) {
        c.k[i] = random_word() & 1 ? edge() : c.k[i];
        c.pi0[i] = random_word() & 1 ? edge() : c.pi0[i];
        c.e[i] = random_word() & 1 ? edge() : c.e[i];
    }
    c.time = random_word() & 1 ? CLOCK_LIMIT - 1 + (uint32_t)(random_word() & 1) : c.time;
    c.dt = edge();
    c.dt_k = edge();
    return c;
}

static struct candidate next_candidate(void)
{
    switch (random_word() & 3) {
    case 0:
        return any_words();
    case 1:
        return at_the_edges();
    default:
        return near_the_beam();
    }
}

/* ---- the parts ---- */

static const struct axis wide_axis = {-300 * M2_BIN_WIDTH_MEV2, M2_BIN_WIDTH_MEV2, M2_BIN_COUNT};
static const struct axis odd_axis = {-2000000000, 61035, 65533};

/* The momenta and squares, the cut flows of both presets and of neither, and the slots. */
static void candidates(void)
{
    struct selection paper = selection_preset(SELECTION_PAPER), na62 = selection_preset(SELECTION_NA62);
    digest_start();
    for (uint32_t i = 0; i < (uint32_t)1 << CANDIDATES_LOG2; i++) {
        struct candidate candidate = next_candidate();
        int64_t m2;
        unsigned reasons = select_candidate(&paper, &candidate, &m2);
        reasons |= (unsigned)select_candidate(&na62, &candidate, &m2) << 8;
        int32_t mev2 = mmiss_mev2(m2);
        add((uint64_t)m2);
        add((uint64_t)reasons << 32 | (uint32_t)mev2);
        add((uint64_t)axis_slot(&wide_axis, mev2) << 32 | axis_slot(&odd_axis, candidate.vertex_z));
    }
    print_digest("select");
}

static void roots(void)
{
    digest_start();
    for (uint32_t i = 0; i < ROOTS; i++)
        add(isqrt_nearest(random_word() >> 1 >> (i & 62)));
    for (uint64_t root = 3037000498; root <= 3037000499; root++)
        for (uint64_t away = 0; away < 3; away++)
            add((uint64_t)isqrt_nearest(root * root + away) << 32 | isqrt_nearest(root * root - away));
    print_digest("isqrt");
}

static struct framer framer;
static unsigned char frame[FRAME_BYTES];
static unsigned char circle[1 << 16];

static void add_frame(struct ring *ring, uint64_t first_seq, uint32_t count, uint32_t size)
{
    add_bytes(frame, size);
    add(crc32c(0, frame, size));
    while (!ring_push(ring, first_seq, count, frame, size))
        ring_drop(ring);
    add((uint64_t)ring->frames << 32 | ring->tail_offset);
}

static void add_burst(struct ring *ring, uint32_t burst)
{
    uint32_t size = framer_burst_begin(&framer, burst, random_word(), (int32_t)burst - 20, frame, FRAME_BYTES);
    add_frame(ring, framer.next_seq, 0, size);
    for (uint32_t batch = 0; batch < 4; batch++) {
        uint32_t count = 1 + (uint32_t)(random_word() >> 57); /* 1 .. 128 */
        for (uint32_t i = 0; i < count; i++) {
            struct candidate candidate = next_candidate();
            int32_t truth_m2 = random_bits(32);
            framer_add(&framer, &candidate, truth_m2, (uint32_t)(random_word() & 1));
        }
        uint64_t first_seq = framer.next_seq;
        size = framer_batch(&framer, frame, FRAME_BYTES);
        add_frame(ring, first_seq, count, size);
    }
    struct burst_end end = {
        .mark.t_ns = random_word(), .generated = random_word(), .kept = 7, .downscaling = -999, .intensity = 0.75};
    add_frame(ring, framer.next_seq, 0, framer_burst_end(&framer, &end, frame, FRAME_BYTES));
}

/* Frames byte by byte, their checksums, and a ring that forgets the oldest. */
static void frames(void)
{
    struct ring ring;
    ring_init(&ring, circle, sizeof circle);
    framer_init(&framer, 3, UINT64_C(0x0123456789ABCDEF));
    digest_start();
    add_frame(
        &ring, 1, 0,
        framer_run_begin(&framer, 7, random_word(), ORIGIN_SIMULATION, (struct text){"bits", 4}, frame, FRAME_BYTES));
    for (uint32_t burst = 1; burst <= 40; burst++)
        add_burst(&ring, burst);
    print_digest("frames");
}

static void downscaled(void)
{
    struct downscaling downscaling = {.period = 150};
    digest_start();
    for (uint32_t i = 0; i < 100000; i++) {
        add(downscaling_count(&downscaling, random_word() >> (i & 63)));
        if (i % 1000 == 0)
            downscaling_set_period(&downscaling, 1 + (uint32_t)(random_word() >> 40));
    }
    print_digest("downscaling");
}

int main(void)
{
    candidates();
    roots();
    frames();
    downscaled();
    return 0;
}
