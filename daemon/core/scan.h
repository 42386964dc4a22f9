/* SPDX-License-Identifier: MIT */
/*
 * scan - the excess in the search window of every mass hypothesis, over one horizon of one line.
 *
 * Window: |m2_miss - m_N^2| <= 1.4 sigma, in whole bins. Background: core/background. Significance: core/significance.
 */
#ifndef HNLMON_CORE_SCAN_H
#define HNLMON_CORE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/estimates.h"
#include "core/horizon.h"
#include "core/line.h"

#define SCAN_ALPHA_MAX 4.0   /* above it the sidebands say too little: not valid */
#define SCAN_NAIVE_Z_MIN 2.4 /* pre-filter: the exact statistic is computed above it only */

struct hypothesis {
    double m_n_mev;
    uint64_t n;         /* candidates in the search window */
    double b;           /* expected background, >= 0 */
    double sigma_b;     /* its uncertainty: sidebands and f_sys in quadrature */
    double alpha;       /* of the sidebands alone, from the template: variance of b over b */
    double z;           /* signed Li-Ma */
    double z_alarm;     /* exact on/off Z_Bi; 0 below the pre-filter */
    double constancy_p; /* of the excess over run or period (constancy.h), at a look where z_alarm may raise; else 1 */
    double p_local;     /* exact tail above the pre-filter, Gaussian tail of z below */
    /* What it means, when somebody asks (scan_conclude); 0 when it means nothing. */
    double far_hz;      /* how often background alone brings any mass this far on this horizon (false_alarm.h) */
    double u2_limit;    /* |U_e|^2 excluded at 90 % CL, .. */
    double u2_expected; /* .. its median without a signal, .. */
    double u2_paper;    /* .. and by the counting experiment of arXiv:2008.11654 (exclusion.h) */
    /* More of what it means: the edges of the central 95 % and 68 % of u2_limit without a signal, and its median if
     * f_sys were 0. */
    double u2_expected_minus2, u2_expected_minus1, u2_expected_plus1, u2_expected_plus2, u2_expected_statistical;
    double signal_leakage; /* share of a signal that the sidebands take for background */
    /* Why its significance is withheld: z, z_alarm and far_hz are 0, p_local is 1. NULL: it is not. */
    const char *withheld;
    bool valid; /* b and sigma_b can be used, also for limits; otherwise sigma_b is 0, and it is withheld */
};

struct scan {
    enum line line;
    enum horizon_id horizon;
    uint32_t bursts, left_out; /* as in struct horizon */
    /* Expected background per burst in the search window at 135 MeV, from the Ke3 peak and the template: what false
     * alarm rates and thresholds depend on beside the horizon (false_alarm.h). */
    double density;
    double z_major, z_minor;    /* an alarm is raised from this Z_Bi on; 0: never */
    double exposure;            /* kaon decays over the downscaling of input and line; 0: not normalised */
    double exposure_error;      /* its statistical error, from the count in the Ke3 peak */
    double f_sys;               /* relative systematic uncertainty of b, as scan_evaluate was told */
    const char *template_name;  /* name and hash of the template behind b; NULL: not said */
    const char *withheld;       /* why nothing may be concluded from it; NULL: nothing is in the way */
    bool is_blind;              /* b and sigma_b are expected, n and what follows from it is hidden (blind.h) */
    double searchable_from_mev; /* the lowest valid hypothesis; 0: none is */
    struct hypothesis hypotheses[HYPOTHESIS_COUNT];
};

struct background;
struct exclusion;

/* Evaluates all hypotheses on the bins of an m2 histogram (slot 0 left out). f_sys: relative systematic uncertainty of
 * b. Leaves out what scan_conclude fills in. */
void scan_evaluate(struct scan *scan, const struct background *background, const uint64_t *m2_bins, double f_sys);

/* The same from the estimates of those bins, bit for bit. */
void scan_evaluate_estimates(struct scan *scan, const struct background *background, const struct estimates *estimates,
                             double f_sys);

/* What alarms need of the same: m_n_mev, n, b, alpha, valid and z_alarm of every hypothesis; z of the best one alone,
 * which is returned: scan_best of the whole evaluation. sigma_b is 0, p_local is 1.
 * About 5 us. */
const struct hypothesis *scan_look(struct scan *scan, const struct background *background,
                                   const struct estimates *estimates, double f_sys);

/* False alarm rates and limits of an evaluated scan whose other members are set; all 0 when it is withheld. Alarms need
 * none of them, and they take 1.3 ms, twenty times as long as the rest: for scans that are shown. */
void scan_conclude(struct scan *scan, const struct exclusion *exclusion);

/* The hypothesis with the largest z that is not withheld, or NULL when there is none. */
const struct hypothesis *scan_best(const struct scan *scan);

#endif
