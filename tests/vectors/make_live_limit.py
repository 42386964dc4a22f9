#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes live_limit.tsv: the limits that are published, recomputed in full by scipy.

b < 100: CLs with P(N <= n) as the integral of the Poisson tail over a gamma distribution of the background, by adaptive
quadrature; the program sums negative binomial probabilities. Beyond: q~ in its asymptotic form, where the likelihood of
on and off counts is maximised by a root finder for its derivative; the program has a closed form. Columns, tab separated:

  n b sigma_b cl observed minus2 minus1 median plus1 plus2

Usage: make_live_limit.py > live_limit.tsv      (python3-numpy, python3-scipy)
       make_live_limit.py --study               the share of limits that hold the true signal, for four ways to include
                                                sigma_b, and these limits beside CLs from the full distribution of q~
       make_live_limit.py --normalisation       what the statistical error of N_K does to a limit
"""
import math
import sys

import numpy as np
from scipy import integrate, optimize, special, stats

EXACT_B = 100.0


# ---- the definition ----

def gamma_average(function, b, sigma):
    """Mean of function(background) over a gamma distribution with mean b and standard deviation sigma."""
    shape, scale = (b / sigma) ** 2, sigma ** 2 / b
    # The variable is the probability below: no singularity for shapes below 1, and the quantiles spread the points.
    cuts = [0.0, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 1 - 1e-6, 1.0]
    return sum(integrate.quad(lambda p: function(stats.gamma.ppf(p, shape, scale=scale)), lo, hi, epsabs=0, epsrel=1e-10,
                              limit=200)[0] for lo, hi in zip(cuts, cuts[1:]))


def tail(n, s, b, sigma):
    """P(N <= n); the density form where most of the integral comes from a background far below b."""
    if sigma == 0 or b == 0:
        return stats.poisson.cdf(n, b + s)
    shape, scale = (b / sigma) ** 2, sigma ** 2 / b
    if shape < 0.5:
        return gamma_average(lambda x: stats.poisson.cdf(n, x + s), b, sigma)
    spread = math.sqrt(b + sigma ** 2)
    middle = max(min(n - s, b) + spread, 1e-3)
    cuts = sorted({0.0, middle / 100, middle / 10, middle / 3, middle, b, b + 3 * spread, b + 10 * spread, b + 60 * spread})
    return sum(integrate.quad(lambda x: stats.gamma.pdf(x, shape, scale=scale) * stats.poisson.cdf(n, x + s), lo, hi,
                              epsabs=0, epsrel=1e-11, limit=300)[0] for lo, hi in zip(cuts, cuts[1:]))


def root_above(function, lo, first):
    hi = lo + first
    while function(hi) > 0:
        hi = lo + 2 * (hi - lo)
    return optimize.brentq(function, lo, hi, xtol=1e-12, rtol=1e-13)


def exact(n, b, sigma, cl):
    at_zero = tail(n, 0, b, sigma)
    return root_above(lambda s: math.log(tail(n, s, b, sigma) / at_zero / (1 - cl)), 0.0, 5 + n)


def deviance(n, mean):
    """n ln(n/mean) - n + mean, by its series where the terms nearly cancel."""
    x = (mean - n) / n if n > 0 else 1.0
    if n > 0 and abs(x) < 1e-2:
        return n * sum((-1) ** k * x ** k / k for k in range(2, 14))
    return special.xlogy(n, n / mean) - n + mean if n > 0 else mean


def on_off(n, s, b, sigma):
    """Least of the two deviances over the background."""
    if sigma == 0 or b == 0:
        return deviance(n, s + b)
    tau = b / sigma ** 2

    def slope(x):
        return 1 - n / (s + x) + tau - tau * b / x

    best = optimize.brentq(slope, 1e-12 * b, b + n + s, xtol=1e-14, rtol=1e-15)
    return deviance(n, s + best) + tau * deviance(b, best)


def asymptotic_cls(s, n, b, sigma):
    least = on_off(n, 0, b, sigma) if n < b else 0.0
    half_q = max(on_off(n, s, b, sigma) - least, 0.0) if s > n - b else 0.0
    q, root = 2 * half_q, math.sqrt(2 * on_off(b, s, b, sigma))
    if q <= root ** 2:
        return stats.norm.sf(math.sqrt(q)) / stats.norm.sf(math.sqrt(q) - root)
    return stats.norm.sf((q + root ** 2) / (2 * root)) / stats.norm.sf((q - root ** 2) / (2 * root))


def asymptotic(n, b, sigma, cl):
    lo = max(n - b, 0.0)
    spread = math.sqrt(b + n + sigma ** 2)
    found = root_above(lambda s: math.log(asymptotic_cls(s, n, b, sigma) / (1 - cl)), lo + 1e-3 * spread, spread)
    return max(found, -math.log(1 - cl))


def published(n, b, sigma, cl=0.9):
    return exact(n, b, sigma, cl) if b < EXACT_B else asymptotic(n, b, sigma, cl)


def quantile(z, b, sigma):
    p = stats.norm.cdf(z)
    if b == 0:
        return 0
    if b >= EXACT_B:
        spread = math.sqrt(b + sigma ** 2)
        skewness = (1 + 2 * sigma ** 2 / b) / spread
        return max(b + 2 * spread / skewness * ((1 + z * skewness / 6) ** 3 - 1), 0.0)
    if sigma == 0:
        return int(stats.poisson.ppf(p, b))
    ratio = sigma ** 2 / b
    return int(stats.nbinom.ppf(p, b / ratio, 1 / (1 + ratio)))


def band(b, sigma, cl=0.9):
    return [published(quantile(z, b, sigma), b, sigma, cl) for z in (-2, -1, 0, 1, 2)]


def write_table():
    print("# Written by make_live_limit.py, which explains the columns.")
    for b in (0.0, 0.05, 0.5, 2.0, 7.5, 30.0, 75.0, 99.99, 100.0, 300.0, 2500.0, 1e5, 1e7):
        for alpha, f_sys in ((0.0, 0.0), (0.3, 0.0), (0.8, 0.03), (2.5, 0.03), (3.9, 0.1)):
            sigma = math.sqrt(alpha * b + (f_sys * b) ** 2)
            if b == 0 and alpha > 0:
                continue
            spread = math.sqrt(b + sigma ** 2)
            counts = sorted({max(0, round(b + pull * spread)) for pull in (-3, -1.5, 0, 1, 3)} | ({0, 1, 4} if b < 3 else set()))
            for cl in (0.9, 0.95) if alpha == 0.8 else (0.9,):
                edges = band(b, sigma, cl)
                for n in counts:
                    print("\t".join(["%d" % n, "%.17g" % b, "%.17g" % sigma, "%g" % cl]
                                    + ["%.12g" % x for x in [published(n, b, sigma, cl), *edges]]))


# ---- the study: which way to include sigma_b ----

def gauss(n, s, b, sigma):
    """As on_off, with a Gaussian constraint."""
    if sigma == 0:
        return deviance(n, s + b)

    def slope(x):
        return 1 - n / (s + x) + (x - b) / sigma ** 2

    best = optimize.brentq(slope, 1e-12, b + n + s, xtol=1e-12) if slope(1e-12) < 0 else 0.0
    return deviance(n, s + best) + 0.5 * ((best - b) / sigma) ** 2


def negative_binomial_limit(n, b, sigma):
    if n == 0:
        return math.log(10)
    j = np.arange(n + 1)
    ratio = sigma ** 2 / b if b > 0 else 0
    of_b = stats.nbinom.pmf(j, b / ratio, 1 / (1 + ratio)) if ratio > 0 else stats.poisson.pmf(j, b)
    below = [float(np.sum(of_b * stats.poisson.cdf(n - j, 0)))]
    return root_above(lambda s: math.log(10 * float(np.sum(of_b * stats.poisson.cdf(n - j, s))) / below[0]), 0.0, 5 + n)


def limit_of(way, n, b, sigma):
    if way == "mixture" or b == 0:
        return negative_binomial_limit(n, b, sigma)
    known = negative_binomial_limit(n, b, 0)
    if way == "known":
        return known
    saved = globals()["on_off"]
    globals()["on_off"] = gauss
    try:
        wide = asymptotic(n, b, sigma, 0.9)
        return wide if way == "gauss" else known * wide / asymptotic(n, b, 0, 0.9)
    finally:
        globals()["on_off"] = saved


def coverage(way, b, alpha, s):
    """The share of 90 % limits that are above the true s, summed over off counts m and on counts n."""
    off, total, covered = np.arange(int(b / alpha + 12 * math.sqrt(b / alpha) + 12)), 0.0, 0.0
    for m in off:
        p = stats.poisson.pmf(m, b / alpha)
        if p < 2e-4:
            continue
        lo, hi = -1, int(b + s + 9 * math.sqrt(b + s) + 9)
        while hi - lo > 1:  # the smallest n with a limit >= s: limits grow with n
            middle = (lo + hi) // 2
            lo, hi = (lo, middle) if limit_of(way, middle, alpha * m, alpha * math.sqrt(m)) >= s else (middle, hi)
        total += p
        covered += p * stats.poisson.sf(hi - 1, b + s)
    return covered / total


def full_cls(n, m, s, tau):
    """CLs from the whole distribution of q~, the background where the data put it."""
    def best_b(n, m, s):
        linear = (1 + tau) * s - n - m
        return (-linear + np.sqrt(np.maximum(linear ** 2 + 4 * (1 + tau) * m * s, 0))) / (2 * (1 + tau))

    def minus_ln_l(n, m, s, b):
        return s + b - special.xlogy(n, np.maximum(s + b, 1e-300)) + tau * b - special.xlogy(m, np.maximum(tau * b, 1e-300))

    def q(n, m):
        s_hat = n - m / tau
        best = np.where(s_hat <= 0, minus_ln_l(n, m, 0.0, best_b(n, m, 0.0)), minus_ln_l(n, m, np.maximum(s_hat, 0), m / tau))
        return np.where(s_hat >= s, 0, np.maximum(2 * (minus_ln_l(n, m, s, best_b(n, m, s)) - best), 0))

    shares, observed = [], q(np.float64(n), np.float64(m))
    for true_s in (s, 0.0):
        b = max(float(best_b(n, m, true_s)), 1e-12)
        ons, offs = np.meshgrid(np.arange(int(true_s + b + 9 * math.sqrt(true_s + b) + 15)),
                                np.arange(int(tau * b + 9 * math.sqrt(tau * b) + 15)), indexing="ij")
        weight = stats.poisson.pmf(ons, true_s + b) * stats.poisson.pmf(offs, tau * b)
        shares.append(weight[q(ons.astype(float), offs.astype(float)) >= observed - 1e-9].sum())
    return shares[0] / shares[1]


def study():
    ways = ("known", "gauss", "rescaled", "mixture")
    print("share of 90 % limits above the true signal\n%5s %5s %5s" % ("b", "alpha", "s"), *("%9s" % way for way in ways))
    for b in (0.5, 2, 8, 30, 80):
        for alpha in (0.3, 0.8, 2.5):
            for s in (3, 0.2 * b + 6):
                print("%5.1f %5.1f %5.1f" % (b, alpha, s), *("%9.3f" % coverage(way, b, alpha, s) for way in ways), flush=True)
    print("limits from the full distribution, and the others as a share of them\n    n     m alpha     full", *("%9s" % w for w in ways))
    for alpha in (0.3, 0.8, 2.5):
        for b in (2, 8, 30, 80):
            m = round(b / alpha)
            for pull in (-1, 0, 1.5):
                b_hat, sigma = alpha * m, alpha * math.sqrt(m)
                n = round(max(b_hat + pull * math.sqrt(b_hat + sigma ** 2), 0))
                guess = negative_binomial_limit(n, b_hat, sigma)
                lo, hi = 0.5 * guess, 1.6 * guess
                for _ in range(22):
                    middle = (lo + hi) / 2
                    lo, hi = (middle, hi) if full_cls(n, m, middle, 1 / alpha) > 0.1 else (lo, middle)
                print("%5d %5d %5.1f %8.2f" % (n, m, alpha, lo),
                      *("%9.3f" % (limit_of(way, n, b_hat, sigma) / lo) for way in ways), flush=True)
    print("beyond b = 100, over the mixture: Gaussian constraint, on/off form, at -3 .. +8 spreads")
    for b in (100, 300, 1000):
        for sigma in (0.5 * b ** 0.5, math.sqrt(0.8 * b + (0.03 * b) ** 2), 1.6 * b ** 0.5):
            row = []
            for pull in (-3, -2, -1, 0, 1, 2, 4, 8):
                n = round(b + pull * math.sqrt(b + sigma ** 2))
                mixture = negative_binomial_limit(n, b, sigma)
                row.append("%+.3f/%+.3f" % (limit_of("gauss", n, b, sigma) / mixture - 1, asymptotic(n, b, sigma, 0.9) / mixture - 1))
            print(b, "%.1f" % sigma, *row, flush=True)


def normalisation():
    """CLs averaged over a Gaussian relative error of N_K: x is the signal in units of the nominal one."""
    points, weights = np.polynomial.hermite_e.hermegauss(21)
    weights = weights / weights.sum()
    print("%8s %10s %10s %10s" % ("b", "error", "limit", "raised by"))
    for b in (0.0, 3.0, 30.0, 90.0, 1e4):
        for error in (0.01, 0.04, 0.1):
            def lower(s):
                if b < EXACT_B:
                    return stats.poisson.cdf(round(b), b + s)
                return stats.norm.cdf((b - (b + s)) / math.sqrt(b + s))

            def mean(s):
                return sum(w * lower(max(s * (1 + error * x), 0)) for x, w in zip(points, weights))

            plain = root_above(lambda s: math.log(10 * lower(s) / lower(0)), 1e-3, 5 + b ** 0.5)
            wide = root_above(lambda s: math.log(10 * mean(s) / lower(0)), 1e-3, 5 + b ** 0.5)
            print("%8g %10g %10.4f %9.3f%%" % (b, error, plain, 100 * (wide / plain - 1)))


if __name__ == "__main__":
    {"--study": study, "--normalisation": normalisation}.get(" ".join(sys.argv[1:]), write_table)()
