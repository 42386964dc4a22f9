/* SPDX-License-Identifier: MIT */
/*
 * select - the selection as a cut flow: the first cut that a candidate fails names its reject reason.
 *
 * The photon veto is the last cut, so that every spectrum exists before it (reason none or veto) and after it (none).
 * There is deliberately no cut on |m2_miss|: the standard Ke3 selection has one, and it would remove the signal.
 */
#ifndef HNLMON_SELECT_H
#define HNLMON_SELECT_H

#include <stdint.h>

#include "hnlmon/candidate.h"

/* In the order in which they are tested. */
enum reject_reason {
    REJECT_NONE,                /* accepted */
    REJECT_LATE_BURST,          /* its burst was closed already (set by the core, never by the kernel) */
    REJECT_BAD_TIME,            /* time >= CLOCK_LIMIT */
    REJECT_BAD_RANGE,           /* a momentum outside the domain of mmiss.h */
    REJECT_VERTEX,              /* vertex_z outside the decay volume */
    REJECT_POSITRON_MOMENTUM,   /* |p_e| outside its range */
    REJECT_E_OVER_P,            /* not a positron in the calorimeter */
    REJECT_DT,                  /* track and pi0 not in time */
    REJECT_DT_K,                /* kaon tag and track not in time */
    REJECT_CDA,                 /* track does not come from the kaon */
    REJECT_TWO_PHOTON_MASS,     /* not a pi0 */
    REJECT_TOTAL_MOMENTUM,      /* |p_pi0 + p_e| at or above the limit: nothing is missing */
    REJECT_TRANSVERSE_MOMENTUM, /* transverse momentum of pi0 e+ with respect to z at or below the limit */
    REJECT_VETO,                /* in-time activity in the photon vetoes (flags & veto_mask) */
    REJECT_REASON_COUNT
};

/* "late_burst", "bad_time", ...; "none" for REJECT_NONE. */
const char *reject_reason_name(enum reject_reason reason);

/* Limits are inclusive unless said. A cut is off when its bit, 1u << reason, is not in `enabled`. BAD_TIME and
 * BAD_RANGE are always on. */
struct selection {
    uint32_t enabled;
    int32_t vertex_z_min, vertex_z_max;     /* mm */
    int32_t positron_p_min, positron_p_max; /* Q13 MeV/c, >= 0 */
    int32_t e_over_p_min, e_over_p_max;     /* Q10 */
    int32_t dt_max;                         /* |dt|, ps, >= 0 */
    int32_t dt_k_max;                       /* |dt_k|, ps, >= 0 */
    int32_t cda_max;                        /* exclusive, um */
    int32_t m_gg_min, m_gg_max;             /* Q13 MeV */
    int32_t total_p_max;                    /* exclusive, Q13 MeV/c, >= 0 */
    int32_t transverse_p_min;               /* exclusive, Q13 MeV/c, >= 0 */
    uint32_t veto_mask;                     /* a candidate with any of these flags is vetoed */
};

enum selection_preset { SELECTION_PAPER, SELECTION_NA62, SELECTION_PRESET_COUNT };

/* paper: two-photon mass and veto only (the paper's flat 10 % acceptance is a number after all cuts).
 * na62: vertex 110-180 m, positron 3-70 GeV/c, E/p 0.9-1.1, |dt| <= 2 ns, |dt_k| <= 2 ns, cda < 25 mm, two-photon mass,
 * total momentum < 72 GeV/c, transverse momentum > 40 MeV/c, veto. */
struct selection selection_preset(enum selection_preset preset);

/* "paper", "na62". */
const char *selection_preset_name(enum selection_preset preset);

/* The first cut that the candidate fails, or REJECT_NONE. On return *m2 is its squared missing mass in Q26 MeV^2, 0
 * when the reason is BAD_TIME or BAD_RANGE. */
enum reject_reason select_candidate(const struct selection *selection, const struct candidate *candidate, int64_t *m2);

#endif
