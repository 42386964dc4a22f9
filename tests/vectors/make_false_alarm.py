#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The simulated points of daemon/core/false_alarm.c: rates of episodes with f_sys 0 and the template's own spectrum.

  make_false_alarm.py RESULT...   of `hnlmon null --f-sys 0 --candidates N --months M --seed S --json`, several for each N

The period has few episodes, and many candidates at any rate: all results of 10^4 candidates and more are taken together.

For each density and horizon ln(rate) is fitted by a parabola in z, by Poisson likelihood of the counts in steps of 0.05,
where there are at least 3 and at most 30 in 30 days; where there is no fit, nothing was seen above FALSE_ALARM_Z_MIN.
"""
import json
import math
import sys

import numpy
from scipy.optimize import brentq

RATES = (10.0, 1.0, 0.2)  # episodes per 30 days
NONE = (2.5, 2.75, 3.0)   # of a horizon that hardly ever comes that far


def add(total, result):
    for e in result["episodes"]:
        z, counts, months = total.setdefault(e["horizon"], (result["z"], [0] * len(result["z"]), [0.0]))
        assert z == result["z"]
        for i, n in enumerate(e["counts"]):
            counts[i] += n
        months[0] += result["months"]


def polynomial(x, n, months, order):
    """Of ln(rate), by iteratively reweighted least squares."""
    fit = numpy.polyfit(x, numpy.log(n / months), order, w=numpy.sqrt(n))
    for _ in range(50):
        expected = months * numpy.exp(numpy.polyval(fit, x))
        fit = numpy.polyfit(x, numpy.polyval(fit, x) + (n - expected) / expected, order, w=numpy.sqrt(expected))
    return fit


def points(z, counts, months):
    used = [(x, n) for x, n in zip(z, counts) if 3 <= n <= 3 * RATES[0] * months]
    if len(used) < 4:
        return NONE
    x, n = (numpy.array(v, dtype=float) for v in zip(*used))
    fit = polynomial(x, n, months, 2)
    if fit[0] > 0.0:
        fit = polynomial(x, n, months, 1)
    at = [brentq(lambda v, r=r: numpy.polyval(fit, v) - math.log(r), x[0] - 1.0, x[-1] + 2.0) for r in RATES]
    return [max(v, least) for v, least in zip(at, NONE)]




def share_period(totals):
    together = {}
    for total in totals.values():
        z, counts, months = total.pop("period")
        add(together, {"z": z, "months": months[0], "episodes": [{"horizon": "period", "counts": counts}]})
    for total in totals.values():
        total.update(together)


def main():
    totals = {}
    for path in sys.argv[1:]:
        with open(path) as file:
            result = json.load(file)
        add(totals.setdefault(result["settings"]["candidates"], {}), result)
    share_period({n: total for n, total in totals.items() if n >= 1e4})
    for candidates, total in sorted(totals.items()):
        for horizon, (z, counts, months) in total.items():
            at = points(z, counts, months[0])
            seen = [next((c for v, c in zip(z, counts) if v > p), 0) for p in at]
            print("%8d %-7s %5.1f months  {%s}  seen above %s" % (
                candidates, horizon, months[0], ", ".join("%.2f" % v for v in at), seen))


main()
