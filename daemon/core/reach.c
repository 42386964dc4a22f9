/* SPDX-License-Identifier: MIT */
/* reach - see reach.h. */
#include "core/reach.h"

#include <math.h>

#define ACCEPTANCE 0.10
#define HALF_WIDTH 1.4
#define SQRT_2 1.41421356237309504880
#define SQRT_2_OVER_PI 0.79788456080286535588

struct reach_experiment reach_experiment_default(double n_kaon)
{
    return (struct reach_experiment){
        .n_kaon = n_kaon, .acceptance = ACCEPTANCE, .half_width = HALF_WIDTH, .z = REACH_Z90};
}

double reach_window_share(double half_width)
{
    return erf(half_width / SQRT_2);
}

double reach_signal(const struct reach_experiment *experiment, double branching_ratio)
{
    return reach_window_share(experiment->half_width) * experiment->n_kaon * branching_ratio * experiment->acceptance *
           (1 - experiment->f_visible);
}

double reach_detected_events(double b, double z)
{
    return z * sqrt(b);
}

double reach_excluded_events(double b, double z)
{
    return 0.5 * z * (z + sqrt(z * z + 4 * b));
}

/* ds/db = z / sqrt(z^2 + 4 b). */
double reach_excluded_error(double b, double z, double b_relative_error)
{
    return b * z / sqrt(z * z + 4 * b) / reach_excluded_events(b, z) * b_relative_error;
}

double reach_detected_u2(const struct reach_experiment *experiment, double branching_ratio, double b)
{
    double events = reach_detected_events(b, experiment->z);
    return branching_ratio > 0 ? events / reach_signal(experiment, branching_ratio) : INFINITY;
}

double reach_excluded_u2(const struct reach_experiment *experiment, double branching_ratio, double b)
{
    double events = reach_excluded_events(b, experiment->z);
    return branching_ratio > 0 ? events / reach_signal(experiment, branching_ratio) : INFINITY;
}

double reach_closed_factor(double half_width, double z)
{
    return z * sqrt(2 * half_width) / reach_window_share(half_width);
}

/* b = N_K BR(Ke3) acceptance density survival 2 k sigma, put into z sqrt(b). */
double reach_closed_u2(const struct reach_experiment *experiment, double branching_ratio, double br_ke3,
                       double density_per_mev2, double veto_survival, double sigma_mev2)
{
    double kaons = experiment->n_kaon * experiment->acceptance;
    return reach_closed_factor(experiment->half_width, experiment->z) *
           sqrt(br_ke3 * density_per_mev2 * veto_survival * sigma_mev2 / kaons) /
           (branching_ratio * (1 - experiment->f_visible));
}

/* Slope of ln(erf(k / sqrt 2) / sqrt k) times k, which falls through 0 once: 1/2 at k = 0, -1/2 far out. */
static double slope(double half_width)
{
    return half_width * SQRT_2_OVER_PI * exp(-0.5 * half_width * half_width) / reach_window_share(half_width) - 0.5;
}

double reach_best_half_width(void)
{
    double lo = 0.5, hi = 5;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (lo + hi);
        *(slope(middle) > 0 ? &lo : &hi) = middle;
    }
    return lo;
}
