/* SPDX-License-Identifier: MIT */
/* beam_time - see beam_time.h. */
#include "core/beam_time.h"

#include <math.h>

#include "core/exclusion.h"
#include "core/limit.h"

#define LEAST 1e-9
#define HALVINGS 80
#define EVENTS_MAX 1e14

struct beam_time beam_time_of(double b, double sigma_b, double f_sys, double u2_expected)
{
    double statistical = exclusion_statistical(b, sigma_b, f_sys);
    double events = limit_expected_median(b, sigma_b, EXCLUSION_CONFIDENCE_LEVEL);
    return (struct beam_time){b, statistical * statistical, f_sys, u2_expected > 0.0 ? events / u2_expected : 0.0};
}

/* Beyond EVENTS_MAX only the floor would be left to be seen: there the limit stays what it is. */
double beam_time_expected_u2(const struct beam_time *time, double r)
{
    double share = fmin(r, EVENTS_MAX / (time->b + time->variance + 1.0)), b = time->b * share;
    double sigma_b = hypot(sqrt(time->variance * share), time->f_sys * b);
    return limit_expected_median(b, sigma_b, EXCLUSION_CONFIDENCE_LEVEL) / (time->shown * share);
}

/* 1.645 standard deviations of a Gaussian b; the likelihood of an on/off measurement with 1/f_sys^2 off counts gives
 * that to second order in f_sys, so the limit itself is asked at a background that makes everything else small. */
double beam_time_floor_u2(const struct beam_time *time)
{
    if (!(time->f_sys > 0.0 && time->b > 0.0))
        return 0.0;
    const double b = 1e12, alone = limit_expected_median(b, time->f_sys * b, EXCLUSION_CONFIDENCE_LEVEL);
    return alone / b * time->b / time->shown;
}

double beam_time_needed(const struct beam_time *time, double u2)
{
    if (!(time->shown > 0.0) || beam_time_floor_u2(time) >= u2 || beam_time_expected_u2(time, BEAM_TIME_MAX) > u2)
        return (double)INFINITY;
    double lo = LEAST, hi = BEAM_TIME_MAX;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = sqrt(lo * hi);
        *(beam_time_expected_u2(time, middle) > u2 ? &lo : &hi) = middle;
    }
    return hi;
}
