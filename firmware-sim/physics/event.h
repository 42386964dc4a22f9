/* SPDX-License-Identifier: MIT */
/*
 * event - the source of candidates: one call gives the next reconstructed pi0 e+ pair with its kaon, and its truth.
 *
 * Decays are generated, boosted, measured and vetoed in double precision and rounded to the wire's units. When a
 * candidate comes, and whether the trigger keeps it, is decided elsewhere (spill.h, the downscaling): `time` is 0 and
 * FLAG_KEPT is clear. There are two modes:
 *
 * paper: the assumptions of arXiv:2008.11654. Background is K+ -> pi0 e+ nu gamma, signal K+ -> pi0 e+ N; m2_miss is
 * Gaussian around the true one (smear.h), photons above 50 MeV are vetoed. Every candidate stands for one that passed
 * all cuts, the flat 10 % acceptance is a number in the bookkeeping. What the kinematics does not give is drawn so that
 * histograms look real and a selection loses practically nothing: two-photon mass 134.9768 +- 2 MeV, E/p 1 +- 0.02, dt
 * 0 +- 300 ps, dt_k 0 +- 150 ps, cda |0 +- 3 mm|, vertex_z from the decay law between 105 and 180 m (7 % lie before
 * 110 m).
 *
 * na62: geometry and resolution of the experiment (detector.h), photons above 200 MeV are vetoed, subleading
 * backgrounds (component.h) come as their rates and acceptances say. A candidate has its particles inside the
 * acceptance; the cuts are still to come.
 */
#ifndef PHYSICS_EVENT_H
#define PHYSICS_EVENT_H

#include <stdint.h>

#include "hnlmon/candidate.h"
#include "physics/accidental.h"
#include "physics/beam.h"
#include "physics/decay.h"
#include "physics/detector.h"
#include "physics/disturbance.h"
#include "physics/ke3gamma.h"
#include "physics/random.h"
#include "physics/signal.h"
#include "physics/veto.h"

enum event_mode { EVENT_PAPER, EVENT_NA62, EVENT_MODE_COUNT };

struct event_config {
    enum event_mode mode;
    uint64_t seed, stream;        /* the same pair gives the same events; different streams are independent */
    double signal_mass_mev;       /* m_N, below END_POINT_MEV; 0: no signal */
    double u2;                    /* |U_e|^2, 0 .. 1; must be 0 without signal */
    double sigma_mev2;            /* paper mode: resolution of m2_miss, >= 0 */
    struct detector detector;     /* na62 mode; its tails come with the component of that name */
    uint32_t components;          /* na62 mode: what is mixed in, a set of component.h */
    struct accidental accidental; /* na62 mode, with the component of that name */
    struct beam beam;
    struct veto veto;
    uint16_t l0_mask; /* goes to bits 16-31 of `flags` */
};

struct event_truth {
    int32_t m2_mev2; /* squared missing mass before resolution, nearest MeV^2 */
    uint32_t kind;   /* enum decay_kind */
};

struct event_counts {
    uint64_t decays[DECAY_KIND_COUNT]; /* that were tried */
    uint64_t events[DECAY_KIND_COUNT]; /* that became candidates */
    uint64_t vetoed;                   /* candidates with a photon veto flag */
    uint64_t smear_failures;           /* decays drawn again because no resolution shift was possible */
    struct ke3gamma_counts ke3gamma;
};

struct event_source {
    struct event_config config;
    struct random random;
    struct signal signal;
    struct disturbance disturbance;
    double signal_rate; /* decays per Ke3 decay */
    double acceptance;  /* candidates of every kind per Ke3 decay */
    struct event_counts counts;
};

/* "paper", "na62". */
const char *event_mode_name(enum event_mode mode);

/* No signal, 75 GeV/c +- 1 %, 0.1 mrad, veto 50 mrad / 1e-3 / 50 MeV (na62: 200 MeV), mask bit 0, seed 1; paper: 1700
 * MeV^2; na62: the detector's default, all components. */
struct event_config event_config_default(enum event_mode mode);

/* What is wrong with the configuration, as a sentence; NULL when nothing is. */
const char *event_config_error(const struct event_config *config);

/* The configuration must be free of errors. Signal over Ke3 is rho(m_N) |U|^2 before acceptance, which in paper mode is
 * the same for both. In na62 mode this simulates 1e5 decays to learn the acceptance, from a stream of their own. */
void event_source_init(struct event_source *source, const struct event_config *config);

/* From the next candidate on; `disturbance` must be sane. Fakes of a hot channel come beside the true candidates: the
 * caller asks for hot_share more of them, and for `intensity` times as many. */
void event_source_disturb(struct event_source *source, const struct disturbance *disturbance);

/* Kaon decays in the decay volume behind one candidate. paper: 1 / (BR 0.10) for Ke3 alone. na62: 1 / (BR A 0.51), with
 * the geometric acceptance A and 0.51 for what is not modelled: trigger, identification, pile-up, quality. */
double event_source_kaons_per_candidate(const struct event_source *source);

/* Kaon decays behind the Ke3 decays that were tried so far, whatever became of them: what a monitor should find. */
double event_source_kaons(const struct event_source *source);

/* The next candidate and its truth. Never fails. */
void event_source_next(struct event_source *source, struct candidate *candidate, struct event_truth *truth);

#endif
