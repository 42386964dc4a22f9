/* SPDX-License-Identifier: MIT */
/*
 * template_bias - how wrong the background estimate is when the data follow another spectrum than its template.
 *
 * The estimate is linear in the counts, so its expectation on any spectrum is a sum, without simulation: b = sum_j c_j
 * T_j over the sidebands, against W = sum T_j over the search window, and the bias is b / W - 1. A functional has no
 * bias on its own template but for the rounding of its coefficients.
 */
#ifndef HNLMON_CORE_TEMPLATE_BIAS_H
#define HNLMON_CORE_TEMPLATE_BIAS_H

#include "core/background.h"
#include "core/template.h"

/* Sum of a spectrum over the search window, in the spectrum's unit. */
double template_bias_window(const struct functional *functional, const double bins[M2_BIN_COUNT]);

/* What the functional estimates for it from the sidebands, in the same unit; may be negative. */
double template_bias_estimate(const struct functional *functional, const double bins[M2_BIN_COUNT]);

/* Estimate over window less 1; NaN when the window is empty. */
double template_bias(const struct functional *functional, const double bins[M2_BIN_COUNT]);

/* When data follow `truth` and the functionals are those of `assumed`. */
struct template_bias_result {
    bool is_valid[HYPOTHESIS_COUNT]; /* the functional of `assumed` is, and `truth` covers the mass, too */
    double bias[HYPOTHESIS_COUNT];   /* 0 when not valid */
    double error[HYPOTHESIS_COUNT];  /* statistical, of both templates in quadrature */
    /* The valid hypothesis with the largest |bias|, and that: a measure for f_sys. -1 and 0 without a valid one. */
    int worst;
    double f_sys;
};

void template_bias_compare(const struct background *background, const struct template *truth,
                           const struct template *assumed, struct template_bias_result *result);

#endif
