/* SPDX-License-Identifier: MIT */
/* false_alarm - see false_alarm.h. */
#include "core/false_alarm.h"

#include <float.h>
#include <math.h>

#include "core/normal.h"

#define MONTH_S (30 * 86400.0)
#define EPISODES_PER_MONTH_MAX (30 * FALSE_ALARM_BURSTS_PER_DAY)
#define DENSITIES 4
#define POINTS 3

/* The simulated points: z at which there are so many episodes in 30 days, by horizon and density. */
static const double episodes[POINTS] = {10.0, 1.0, 0.2};
static const double densities[DENSITIES] = {0.02446, 0.4892, 4.892, 48.92}; /* 500, 10^4, 10^5, 10^6 candidates */
static const double simulated_z[HORIZON_COUNT][DENSITIES][POINTS] = {
    [HORIZON_1] = {{2.50, 2.75, 3.00}, {2.50, 2.75, 3.00}, {4.11, 4.48, 4.72}, {4.70, 5.14, 5.41}},
    [HORIZON_10] = {{2.50, 2.75, 3.00}, {4.07, 4.46, 4.69}, {4.64, 5.14, 5.44}, {4.66, 5.13, 5.43}},
    [HORIZON_100] = {{3.17, 3.60, 3.87}, {4.24, 4.89, 5.33}, {4.32, 4.91, 5.33}, {4.38, 4.94, 5.26}},
    [HORIZON_RUN] = {{3.34, 4.04, 4.45}, {3.72, 4.44, 4.95}, {3.86, 4.50, 4.89}, {3.89, 4.45, 4.76}},
    [HORIZON_PERIOD] = {{2.50, 3.13, 3.81}, {2.51, 3.32, 3.89}, {2.51, 3.32, 3.89}, {2.51, 3.32, 3.89}},
};

struct curve {
    double z[POINTS];
};

/* The points at a density: between two simulated ones linear in its logarithm, otherwise those of the nearest. */
static struct curve curve_at(enum horizon_id horizon, double density)
{
    const double(*table)[POINTS] = simulated_z[horizon];
    int above = 0;
    double share = 0.0;
    struct curve curve;
    while (above < DENSITIES - 1 && density > densities[above])
        above++;
    int below = above > 0 ? above - 1 : 0;
    if (above > below)
        share = fmin(log(density / densities[below]) / log(densities[above] / densities[below]), 1.0);
    for (int i = 0; i < POINTS; i++)
        curve.z[i] = table[below][i] + share * (table[above][i] - table[below][i]);
    return curve;
}

/* Beyond a point by the normal tail. */
static double extrapolated(const struct curve *curve, int point, double z)
{
    return episodes[point] * exp(normal_ln_upper_tail(z) - normal_ln_upper_tail(curve->z[point]));
}

static double interpolated(const struct curve *curve, int point, double z)
{
    double share = (z - curve->z[point]) / (curve->z[point + 1] - curve->z[point]);
    return episodes[point] * pow(episodes[point + 1] / episodes[point], share);
}

static double episodes_per_month(const struct curve *curve, double z)
{
    if (z < curve->z[0])
        return extrapolated(curve, 0, z);
    for (int i = 0; i + 1 < POINTS; i++)
        if (z <= curve->z[i + 1])
            return interpolated(curve, i, z);
    return extrapolated(curve, POINTS - 1, z);
}

double false_alarm_rate_hz(enum horizon_id horizon, double density, double z)
{
    if (isnan(z) || isnan(density))
        return NAN;
    if (horizon == HORIZON_OPEN || horizon >= HORIZON_COUNT)
        return 0;
    struct curve curve = curve_at(horizon, density);
    return fmax(fmin(episodes_per_month(&curve, z), EPISODES_PER_MONTH_MAX) / MONTH_S, DBL_MIN);
}

/* Inverse of extrapolated. */
static double z_beyond(const struct curve *curve, int point, double rate)
{
    return normal_z_of_ln_p(fmin(normal_ln_upper_tail(curve->z[point]) + log(rate / episodes[point]), 0.0));
}

/* Inverse of episodes_per_month. */
static double z_of_rate(const struct curve *curve, double rate)
{
    if (rate > episodes[0])
        return z_beyond(curve, 0, rate);
    for (int i = 0; i + 1 < POINTS; i++) {
        double share = log(rate / episodes[i]) / log(episodes[i + 1] / episodes[i]);
        if (share <= 1.0)
            return curve->z[i] + share * (curve->z[i + 1] - curve->z[i]);
    }
    return z_beyond(curve, POINTS - 1, rate);
}

double false_alarm_z(enum horizon_id horizon, double density, double episodes_per_30_days)
{
    if (!(episodes_per_30_days > 0.0) || horizon == HORIZON_OPEN || horizon >= HORIZON_COUNT)
        return 0;
    struct curve curve = curve_at(horizon, density);
    return fmax(z_of_rate(&curve, episodes_per_30_days), FALSE_ALARM_Z_MIN);
}
