/* SPDX-License-Identifier: MIT */
/* estimate - a number of a simulation with its statistical error. */
#ifndef PHYSICS_ESTIMATE_H
#define PHYSICS_ESTIMATE_H

#include <math.h>
#include <stdint.h>

struct estimate {
    double value;
    double error; /* one standard deviation, in the unit of the value */
};

/* NaN where the value is 0: nothing was simulated there, so nothing is known about the error. */
static inline double estimate_relative_error(struct estimate estimate)
{
    return estimate.error / estimate.value;
}

/* Mean of `count` >= 2 independent values, from their sum and that of their squares. */
static inline struct estimate estimate_of_mean(double sum, double sum2, uint32_t count)
{
    const double mean = sum / count;
    return (struct estimate){mean, sqrt(fmax(0, sum2 / count - mean * mean) / (count - 1))};
}

static inline struct estimate estimate_of_values(const double *values, uint32_t count)
{
    double sum = 0, sum2 = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += values[i];
        sum2 += values[i] * values[i];
    }
    return estimate_of_mean(sum, sum2, count);
}

static inline struct estimate estimate_scaled(struct estimate estimate, double factor)
{
    return (struct estimate){factor * estimate.value, factor * estimate.error};
}

#endif
