/* SPDX-License-Identifier: MIT */
/*
 * background - the expected background in a search window, as a linear function of the counts in its sidebands.
 *
 * The template T times a polynomial in u = (m2 - m_N^2) / (11.25 sigma) is fitted to the sidebands by least squares
 * with weights 1/T. Since that fit is linear in the counts, the background is b = sum_j c_j n_j with coefficients that
 * depend on the template alone, here c_j = x_0 + x_1 u_j + x_2 u_j^2 with F x = a, F_kl = sum_sidebands T_j u_j^(k+l)
 * and a_k = sum_window T_j u_j^k. It is exactly unbiased for a spectrum T x polynomial, has an exact variance sum_j
 * c_j^2 n_j, and cannot fail to converge.
 *
 * Sidebands: 2.0 to 11.25 sigma from m_N^2, nowhere below 9350 MeV^2 = 5.5 sigma, where the resolution tail of the Ke3
 * peak would enter. Order 2; order 1 where the lower sideband is too short to hold a parabola.
 */
#ifndef HNLMON_CORE_BACKGROUND_H
#define HNLMON_CORE_BACKGROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/estimates.h"
#include "core/scan.h"
#include "core/template.h"

#define WINDOW_SIGMAS 1.4 /* half width of the search window: maximises erf(k/sqrt2)/sqrt(k) */
#define SIDEBAND_INNER_SIGMAS 2.0
#define SIDEBAND_OUTER_SIGMAS 11.25
#define SIDEBAND_LOWEST_MEV2 9350
/* A lower sideband below this length holds a straight line only. With the paper template both orders have the same
 * alpha at 117 MeV (0.49 sigma); below it a parabola costs alpha (4.16 against 3.06 at 114 MeV), above it it saves
 * bias. */
#define SIDEBAND_SHORT_SIGMAS 0.45
#define SIDEBAND_BINS_MAX 400u        /* 2 x (11.25 - 2.0) sigma / w = 264 at sigma = 1700 MeV^2 */
#define BACKGROUND_SHIFT 20           /* coefficients are Q20 */
#define BACKGROUND_COEFFICIENT_MAX 16 /* a hypothesis that needs a larger one cannot be estimated */

/* Bins are numbered from 0 at the first bin of the m2 histogram; ranges are [first, end). */
struct search_window {
    uint32_t first, end;
};

struct functional {
    struct search_window window;
    uint32_t below_first, below_end; /* lower sideband; may be empty */
    uint32_t above_first, above_end; /* upper sideband */
    /* Coefficients of the lower, then of the upper sideband, and their squares, each rounded by itself: |c| < 2^4, so
     * |c_q20| <= 2^24 and c2_q20 <= 2^28. All 0 when alpha is infinite. */
    int32_t c_q20[SIDEBAND_BINS_MAX];
    uint32_t c2_q20[SIDEBAND_BINS_MAX];
    bool is_covered; /* the template may be used for this mass; otherwise alpha is infinite */
    double alpha;    /* variance over expectation of b on the template; infinite when it cannot be estimated */
    /* Of a signal with the Gaussian resolution of the template, as shares of all of it: inside the window, and
     * sum_j c_j s_j, what its part s_j of the sidebands adds to b. */
    double signal_share, signal_leakage;
};

struct background {
    struct functional functionals[HYPOTHESIS_COUNT];
    /* Two of their members again, side by side: a look at all masses waits for nothing else. */
    double alpha[HYPOTHESIS_COUNT], signal_leakage[HYPOTHESIS_COUNT];
};

/* The window around m_N^2: the whole bins nearest to +-1.4 sigma. Width is the m2 bin width. */
struct search_window background_window(double m_n_mev, double sigma_mev2);

/* Share of a Gaussian signal at m2 in a bin, MeV^2. */
double background_signal_in_bin(uint32_t bin, double m2, double sigma);

/* Prepares all hypotheses for a template. */
void background_init(struct background *background, const struct template *shape);

/* The estimates of all hypotheses from the counts of one burst in the m2 bins (slot 0 of the histogram left out), or
 * from sums of counts. Fewer than 2^34 candidates in the sidebands. The first takes 20 us, the second 60. */
void background_estimate(const struct background *background, const uint32_t *bins, struct estimates *estimates);
void background_estimate_sums(const struct background *background, const uint64_t *bins, struct estimates *estimates);

/* b and its variance of an estimate, in candidates. A negative estimate becomes 0. */
double background_b(int64_t b_q20);
double background_variance(uint64_t v_q20);

/* n, b and the variance of b from the sidebands alone, of hypothesis `index`, as background_estimate_sums. */
void background_evaluate(const struct background *background, uint32_t index, const uint64_t *bins, uint64_t *n,
                         double *b, double *variance);

#endif
