/* SPDX-License-Identifier: MIT */
/* poisson_interval - see poisson_interval.h. */
#include "cli/poisson_interval.h"

#include <math.h>

#include "core/tail.h"

/* The mean in [low, high] where a tail, which grows with the sign of `direction`, passes ln_p. */
static double solve(double (*ln_tail)(double n, double b), double direction, double count, double ln_p, double low,
                    double high)
{
    while (high - low > 1e-12 * high) {
        double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
            break;
        if (direction * (ln_tail(count, middle) - ln_p) < 0)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

struct poisson_interval poisson_interval(uint64_t count, double level)
{
    const double n = (double)count, ln_p = log(0.5 * (1 - level));
    /* Normal tails at the level, doubled and more. */
    const double reach = 10 * sqrt(-2 * ln_p) * (sqrt(n) + 10);
    return (struct poisson_interval){
        .low = count ? solve(tail_poisson_ln_upper, 1, n, ln_p, 0, n) : 0,
        .high = solve(tail_poisson_ln_lower, -1, n, ln_p, n, n + reach),
    };
}
