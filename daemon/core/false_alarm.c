/* SPDX-License-Identifier: MIT */
/* false_alarm - see false_alarm.h. */
#include "core/false_alarm.h"

#include <float.h>
#include <math.h>

#include "core/normal.h"

#define SECONDS_PER_DAY 86400.0
#define POINTS 3

/* The simulated points: z at which there is one episode in 4, in 30 and in 120 days. */
static const double rates_per_day[POINTS] = {0.25, 1.0 / 30, 0.25 / 30};
static const double points_z[HORIZON_COUNT][POINTS] = {
    [HORIZON_1] = {4.83, 5.26, 5.56},   [HORIZON_10] = {4.86, 5.39, 5.64},     [HORIZON_100] = {4.46, 4.92, 5.22},
    [HORIZON_RUN] = {3.97, 4.49, 4.74}, [HORIZON_PERIOD] = {2.83, 3.42, 3.84}, /* the first is where the normal tail
                                                                                  through the second is */
};

/* Beyond a point by the normal tail. */
static double extrapolated(int point, double point_z, double z)
{
    return rates_per_day[point] * exp(normal_ln_upper_tail(z) - normal_ln_upper_tail(point_z));
}

static double interpolated(int point, const double *points, double z)
{
    double share = (z - points[point]) / (points[point + 1] - points[point]);
    return rates_per_day[point] * pow(rates_per_day[point + 1] / rates_per_day[point], share);
}

static double rate_per_day(const double *points, double z)
{
    if (z < points[0])
        return extrapolated(0, points[0], z);
    for (int i = 0; i + 1 < POINTS; i++)
        if (z <= points[i + 1])
            return interpolated(i, points, z);
    return extrapolated(POINTS - 1, points[POINTS - 1], z);
}

double false_alarm_rate_hz(enum horizon_id horizon, double z)
{
    if (isnan(z))
        return NAN;
    if (horizon == HORIZON_OPEN || horizon >= HORIZON_COUNT)
        return 0;
    double rate = fmin(rate_per_day(points_z[horizon], z), FALSE_ALARM_BURSTS_PER_DAY) / SECONDS_PER_DAY;
    return fmax(rate, DBL_MIN);
}
