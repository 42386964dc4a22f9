/* SPDX-License-Identifier: MIT */
/*
 * component - the table of what may be mixed into Ke3 and the signal: how much of it, and who draws it.
 *
 * Decays have a rate relative to Ke3: branching ratio, times the candidates per decay, times the probability to look
 * like one (misidentification, decay in flight), over BR(Ke3). It counts what happens in the decay volume; acceptance
 * and vetoes act afterwards. Each candidate needs its pi0 -> gamma gamma, in Ke3 too, so that factor cancels.
 * Accidentals and tails are conditions of the detector: they have no rate and draw no decay.
 */
#ifndef PHYSICS_COMPONENT_H
#define PHYSICS_COMPONENT_H

#include <stdbool.h>
#include <stdint.h>

#include "physics/decay.h"
#include "physics/random.h"

enum component_index {
    COMPONENT_KE4,
    COMPONENT_KMU3,
    COMPONENT_PIPI0,
    COMPONENT_ACCIDENTALS, /* accidental.h */
    COMPONENT_TAILS,       /* non-Gaussian tails of the detector */
    COMPONENT_COUNT
};

#define COMPONENT_BIT(index) (1u << (index))
#define COMPONENT_ALL (COMPONENT_BIT(COMPONENT_COUNT) - 1)

struct component {
    const char *name;       /* in the list of names */
    enum decay_kind kind;   /* of its decays */
    double branching_ratio; /* of the kaon; 0: no decay */
    double candidates;      /* per decay */
    double probability;     /* to look like K+ -> pi0 e+ nu, mean over beam and vertices */

    /* The same for one kaon (laboratory) and vertex; NULL when it is `probability` for all. */
    double (*probability_at)(struct four kaon, struct point vertex);

    /* Draws a decay; kaon: laboratory, vertex: inside the decay volume. NULL when branching_ratio is 0. */
    void (*draw)(struct random *random, struct four kaon, struct point vertex, struct decay *decay);
};

/* By enum component_index. */
extern const struct component component_table[COMPONENT_COUNT];

/* Candidates per Ke3 decay, in the whole decay volume. */
double component_rate(const struct component *component);

/* The same given kaon and vertex: choosing the component by it makes the vertices of all components right. */
double component_rate_at(const struct component *component, struct four kaon, struct point vertex);

#define COMPONENT_ERROR_SIZE 160

/* Reads "ke4,pipi0", "all" or "none" into the bits of *set. False, with a sentence in `error` and *set not touched,
 * when a name is unknown or empty. A name may be repeated. */
bool component_parse(const char *list, uint32_t *set, char error[COMPONENT_ERROR_SIZE])
    __attribute__((warn_unused_result));

#endif
