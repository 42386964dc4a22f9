/* SPDX-License-Identifier: MIT */
/*
 * candidates - batches of candidates for tests of the core: plausible decays with a chosen m2_miss, and words at
 * random.
 *
 * A decay: K+ at rest into a (pi0 e+) pair of random mass and a missing particle of squared mass m2 (a negative one is
 * a plausible measurement of 0), isotropic, boosted to a kaon of 75 GeV/c along z, everything rounded to Q13.
 */
#ifndef TESTS_CORE_CANDIDATES_H
#define TESTS_CORE_CANDIDATES_H

#include <math.h>
#include <string.h>

#include "../kernel/random.h"
#include "hnlmon/frame.h"
#include "hnlmon/units.h"

struct candidates {
    uint32_t count;
    unsigned char columns[CANDIDATE_COLUMN_COUNT][4 * BATCH_CANDIDATES_MAX + 1];
};

static inline void candidates_put(struct candidates *candidates, const struct candidate *c)
{
    const int32_t words[CANDIDATE_COLUMN_COUNT] = {
        c->k[0],          c->k[1],           c->k[2],     c->pi0[0], c->pi0[1],   c->pi0[2], c->e[0], c->e[1], c->e[2],
        (int32_t)c->time, (int32_t)c->flags, c->vertex_z, c->m_gg,   c->e_over_p, c->dt,     c->dt_k, c->cda,
    };
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++) /* + 1: unaligned on purpose */
        store_le32(candidates->columns[column] + 4 * candidates->count + 1, (uint32_t)words[column]);
    candidates->count++;
}

/* A view of candidates first .. first + count - 1. */
static inline struct candidate_columns candidates_view(const struct candidates *candidates, uint32_t first,
                                                       uint32_t count)
{
    struct candidate_columns view = {.count = count};
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        view.column[column] = candidates->columns[column] + 4 * first + 1;
    return view;
}

static inline double random_unit(struct random *random)
{
    return ldexp((double)(random_word(random) >> 11), -53);
}

static inline double random_normal(struct random *random)
{
    return sqrt(-2.0 * log(1.0 - random_unit(random))) * cos(6.283185307179586 * random_unit(random));
}

struct lorentz {
    double e, p[3];
};

/* One of two particles of squared masses m2 and other2 from the decay of a mass M at rest, in a random direction. */
static inline struct lorentz decay_at_rest(struct random *random, double mass, double m2, double other2)
{
    double e = (mass * mass + m2 - other2) / (2.0 * mass), p = sqrt(e * e - m2);
    double z = 2.0 * random_unit(random) - 1.0, phi = 6.283185307179586 * random_unit(random), t = sqrt(1.0 - z * z);
    return (struct lorentz){e, {p * t * cos(phi), p * t * sin(phi), p * z}};
}

/* From the rest frame of `frame`, whose mass is `mass`, to where it moves. */
static inline struct lorentz boost(struct lorentz v, struct lorentz frame, double mass)
{
    double dot = v.p[0] * frame.p[0] + v.p[1] * frame.p[1] + v.p[2] * frame.p[2];
    double share = (dot / (mass + frame.e) + v.e) / mass;
    struct lorentz moved = {(v.e * frame.e + dot) / mass, {0, 0, 0}};
    for (int i = 0; i < 3; i++)
        moved.p[i] = v.p[i] + frame.p[i] * share;
    return moved;
}

static inline void set_momentum(int32_t q13[3], struct lorentz v)
{
    for (int i = 0; i < 3; i++)
        q13[i] = (int32_t)lround(v.p[i] * (1 << MOMENTUM_SHIFT));
}

/* Accepted by the paper selection unless a veto flag is set; m2 in MeV^2, below 120000. */
static inline struct candidate plausible_candidate(struct random *random, double m2)
{
    const double m_k = 493.677, m_pi = 134.9768, m_e = 0.51099895;
    double pair = m_pi + m_e + random_unit(random) * (m_k - sqrt(fmax(m2, 0.0)) - m_pi - m_e);
    struct lorentz kaon = {0,
                           {75000 * 1e-4 * random_normal(random), 75000 * 1e-4 * random_normal(random),
                            75000 + 750 * random_normal(random)}};
    kaon.e = sqrt(m_k * m_k + kaon.p[0] * kaon.p[0] + kaon.p[1] * kaon.p[1] + kaon.p[2] * kaon.p[2]);
    struct lorentz both = decay_at_rest(random, m_k, pair * pair, m2);
    struct lorentz pi0 = decay_at_rest(random, pair, m_pi * m_pi, m_e * m_e);
    struct lorentz e = {pair - pi0.e, {-pi0.p[0], -pi0.p[1], -pi0.p[2]}};
    struct candidate c = {.time = (uint32_t)random_below(random, 200000000),
                          .flags = (uint32_t)random_word(random) & ~FLAG_PHOTON_VETO,
                          .vertex_z = random_between(random, 105000, 185000),
                          .m_gg = MASS_PI0_Q13 + random_between(random, -60000, 60000),
                          .e_over_p = random_between(random, 900, 1150),
                          .dt = random_between(random, -2100, 2100),
                          .dt_k = random_between(random, -2100, 2100),
                          .cda = random_between(random, 0, 30000)};
    if (random_below(random, 3) == 0)
        c.flags |= FLAG_LAV << random_below(random, 4);
    set_momentum(c.k, kaon);
    set_momentum(c.pi0, boost(boost(pi0, both, pair), kaon, m_k));
    set_momentum(c.e, boost(boost(e, both, pair), kaon, m_k));
    return c;
}

/* m2_miss of a plausible spectrum: mostly the peak, and a tail over the whole searched region. */
static inline double plausible_m2(struct random *random)
{
    double peak = 1700.0 * random_normal(random);
    return random_below(random, 4) ? peak : peak - 20000.0 * log(1.0 - 0.99 * random_unit(random));
}

/* Any words: half of them anything, half of them near an edge of the domain or of a cut. */
static inline struct candidate adversarial_candidate(struct random *random)
{
    static const int32_t edges[] = {0,
                                    INT32_MIN,
                                    INT32_MAX,
                                    MOMENTUM_LIMIT_Q13,
                                    -MOMENTUM_LIMIT_Q13,
                                    1000,
                                    1024,
                                    100 * 8192,
                                    170 * 8192,
                                    100000,
                                    185000,
                                    5000,
                                    -5000,
                                    50000,
                                    75 * 8192000,
                                    614400000};
    const uint64_t edge_count = sizeof edges / sizeof *edges;
    uint32_t words[CANDIDATE_COLUMN_COUNT];
    struct candidate c;
    for (int i = 0; i < CANDIDATE_COLUMN_COUNT; i++) {
        uint32_t edge = (uint32_t)edges[random_below(random, edge_count)] + (uint32_t)random_below(random, 5) - 2;
        words[i] = random_below(random, 2) ? edge : (uint32_t)(random_word(random) >> random_below(random, 32));
    }
    memcpy(&c, words, sizeof c);
    return c;
}
_Static_assert(sizeof(struct candidate) == CANDIDATE_BYTES, "a candidate is its words without padding");

#endif
