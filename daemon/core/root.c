/* SPDX-License-Identifier: MIT */
/* root - see root.h. */
#include "core/root.h"

#include <math.h>

#define DOUBLINGS_MAX 64 /* from 1 beyond 2^53 */
#define STEPS_MAX 100

double root_falling(double (*f)(void *context, double s), void *context, double lo, double guess, double tolerance)
{
    double hi = guess, f_lo = f(context, lo), f_hi = f(context, hi), s = hi;
    for (int i = 0; f_hi > 0 && i < DOUBLINGS_MAX; i++) {
        lo = hi, f_lo = f_hi;
        hi *= 2;
        f_hi = f(context, hi);
    }
    for (int i = 0, side = 0; f_lo > 0 && f_hi < 0 && i < STEPS_MAX; i++) {
        double last = s;
        s = (lo * f_hi - hi * f_lo) / (f_hi - f_lo);
        double f_s = f(context, s);
        if (fabs(s - last) <= tolerance * s || f_s == 0)
            return s;
        if (f_s > 0) {
            lo = s, f_lo = f_s;
            f_hi *= side > 0 ? 0.5 : 1;
            side = 1;
        } else {
            hi = s, f_hi = f_s;
            f_lo *= side < 0 ? 0.5 : 1;
            side = -1;
        }
    }
    return f_lo > 0 ? hi : lo;
}
