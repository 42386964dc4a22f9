/* SPDX-License-Identifier: MIT */
/*
 * event - the source of candidates: one call gives the next reconstructed pi0 e+ pair with its kaon, and its truth.
 *
 * Background is K+ -> pi0 e+ nu gamma, signal K+ -> pi0 e+ N; both are generated, boosted, smeared (smear.h) and vetoed
 * (veto.h) in double precision and rounded to the wire's units. This is the paper mode: every candidate stands for one
 * that passed all cuts, the flat 10 % acceptance is a number in the bookkeeping. When a candidate comes, and whether
 * the trigger keeps it, is decided elsewhere (spill.h, the downscaling): `time` is 0 and FLAG_KEPT is clear.
 *
 * The observables that the kinematics does not give are drawn so that histograms look real and a selection loses
 * practically nothing: two-photon mass 134.9768 +- 2 MeV, E/p 1 +- 0.02, dt 0 +- 300 ps, dt_k 0 +- 150 ps, cda |0 +- 3
 * mm|, vertex_z from the decay law between 105 and 180 m (7 % lie before 110 m).
 */
#ifndef PHYSICS_EVENT_H
#define PHYSICS_EVENT_H

#include <stdint.h>

#include "hnlmon/candidate.h"
#include "physics/beam.h"
#include "physics/decay.h"
#include "physics/disturbance.h"
#include "physics/ke3gamma.h"
#include "physics/random.h"
#include "physics/signal.h"
#include "physics/veto.h"

struct event_config {
    uint64_t seed, stream;  /* the same pair gives the same events; different streams are independent */
    double signal_mass_mev; /* m_N, below END_POINT_MEV; 0: no signal */
    double u2;              /* |U_e|^2, 0 .. 1; must be 0 without signal */
    double sigma_mev2;      /* resolution of m2_miss, >= 0 */
    struct beam beam;
    struct veto veto;
    uint16_t l0_mask; /* goes to bits 16-31 of `flags` */
};

struct event_truth {
    int32_t m2_mev2; /* squared missing mass before resolution, nearest MeV^2 */
    uint32_t kind;   /* enum decay_kind */
};

struct event_counts {
    uint64_t events[DECAY_KIND_COUNT];
    uint64_t vetoed;         /* candidates with a photon veto flag */
    uint64_t smear_failures; /* decays drawn again because no resolution shift was possible */
    struct ke3gamma_counts ke3gamma;
};

struct event_source {
    struct event_config config;
    struct random random;
    struct signal signal;
    struct disturbance disturbance;
    double signal_probability; /* of the next event that is no fake */
    struct event_counts counts;
};

/* Paper mode: no signal, 1700 MeV^2, 75 GeV/c +- 1 %, 0.1 mrad, veto 50 mrad / 1e-3 / 50 MeV, mask bit 0, seed 1. */
struct event_config event_config_default(void);

/* What is wrong with the configuration, as a sentence; NULL when nothing is. */
const char *event_config_error(const struct event_config *config);

/* The configuration must be free of errors. Signal over background is rho(m_N) |U|^2: the acceptance is the same. */
void event_source_init(struct event_source *source, const struct event_config *config);

/* From the next candidate on; `disturbance` must be sane. Fakes of a hot channel come beside the true candidates: the
 * caller asks for hot_share more of them, and for `intensity` times as many. */
void event_source_disturb(struct event_source *source, const struct disturbance *disturbance);

/* The next candidate and its truth. Never fails. */
void event_source_next(struct event_source *source, struct candidate *candidate, struct event_truth *truth);

#endif
