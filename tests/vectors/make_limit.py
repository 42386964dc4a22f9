#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes limit.tsv: reference values for daemon/core/limit.c, independent of its methods.

Everything is evaluated as it is defined, with 40 digits: Poisson tails as sums of probabilities, the profiled background
by bisection of the derivative of the likelihood, limits by bisection. Columns, tab separated, '-' where a column does
not apply (exact and classical with sigma_b; the closed form without spread):

  n b sigma_b cl cls classical asymptotic closed

Needs mpmath. Usage: make_limit.py > limit.tsv
"""
from mpmath import mp, mpf, erfc, exp, log, loggamma, sqrt, nstr

mp.dps = 40


def upper(z):
    """P(X > z), standard normal."""
    return erfc(z / sqrt(2)) / 2


def bisect(is_below, lo, hi, digits=22):
    """Where is_below turns from true to false; hi is doubled until it does."""
    while is_below(hi):
        lo, hi = hi, 2 * hi
    while hi - lo > hi * mpf(10) ** -digits:
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if is_below(middle) else (lo, middle)
    return hi


def quantile(p):
    """z with P(X > z) = p."""
    if p > mpf(1) / 2:
        return -quantile(1 - p)
    return bisect(lambda z: upper(z) > p, mpf(0), mpf(1))


def sum_of(first, ratio):
    """first + first ratio(0) + ... until the terms are negligible."""
    total, term, j = first, first, 0
    while term > total * mpf(10) ** -32:
        term *= ratio(j)
        total += term
        j += 1
    return total


def poisson_lower(n, mu):
    """P(N <= n), from the smaller tail."""
    if mu == 0:
        return mpf(1)
    pmf = exp(n * log(mu) - mu - loggamma(n + 1))
    if mu > n:
        return sum_of(pmf, lambda j: (n - j) / mu)
    return 1 - sum_of(pmf * mu / (n + 1), lambda j: mu / (n + 2 + j))


def cls(n, b, cl, digits=22):
    at_zero = poisson_lower(n, b)
    return bisect(lambda s: poisson_lower(n, b + s) > (1 - cl) * at_zero, mpf(0), mpf(1), digits)


def deviance(n, mu):
    return mu if n == 0 else n * log(n / mu) - n + mu


def profiled(n, s, b, sigma):
    """Least deviance of n and of the background's measurement over all backgrounds >= 0, for a signal s."""
    if sigma == 0:
        return deviance(n, s + b)

    def slope_is_negative(background):
        mean = s + background
        return mean == 0 and n > 0 or (1 - (n / mean if n > 0 else 0) + (background - b) / sigma**2) < 0

    if not slope_is_negative(mpf(0)):
        best = mpf(0)
    else:
        best = bisect(slope_is_negative, mpf(0), b + 1, 30)
    return deviance(n, s + best) + (best - b)**2 / (2 * sigma**2)


def cls_at(s, n, b, sigma):
    """CLs of the statistic q~ in its asymptotic form (Cowan, Cranmer, Gross, Vitells 2011), Asimov data at n = b."""
    least = profiled(n, max(n - b, mpf(0)), b, sigma)
    q = 2 * (profiled(n, s, b, sigma) - least) if s > n - b else mpf(0)
    q_asimov = 2 * profiled(b, s, b, sigma)
    if q <= q_asimov:
        return upper(sqrt(q)) / upper(sqrt(q) - sqrt(q_asimov))
    spread = 2 * sqrt(q_asimov)
    return upper((q + q_asimov) / spread) / upper((q - q_asimov) / spread)


def asymptotic(n, b, sigma, cl):
    low = max(n - b, mpf(0))
    first = max(sqrt(b + n + sigma**2), mpf(1))
    return low + bisect(lambda x: cls_at(low + x, n, b, sigma) > 1 - cl, mpf(0), first, 18)


def closed(n, b, sigma, cl):
    spread = sqrt(b + sigma**2)
    pull = (n - b) / spread
    return (n - b) + spread * quantile((1 - cl) * upper(-pull))


def row(n, b_text, sigma_text, cl_text):
    b, sigma, cl = mpf(float(b_text)), mpf(float(sigma_text)), mpf(float(cl_text))
    exact = None if sigma > 0 else cls(n, b, cl)
    classical = None if sigma > 0 else cls(n, mpf(0), cl) - b
    values = [exact, classical, asymptotic(mpf(n), b, sigma, cl),
              closed(n, b, sigma, cl) if b + sigma > 0 else None]
    print('\t'.join([str(n), b_text, sigma_text, cl_text] + ['-' if v is None else nstr(v, 16) for v in values]),
          flush=True)


KNOWN = [(0, '0'), (0, '3'), (3, '3'), (5, '3'), (10, '3'), (10, '10'), (80, '100'), (100, '100'), (120, '100'),
         (1000, '1000'), (0, '0.001'), (1, '0'), (1, '0.001'), (7, '0'), (1, '40'), (2, '0.5'), (31, '5.5'),
         (32, '64'), (100, '300'), (300, '100'), (10000, '10000'), (10000, '9500'), (10000, '10500'),
         (1000000, '1000000'), (1002000, '1000000.5'), (997000, '1000000')]
SIGMA = [(50, '50', '7'), (100, '100', '10'), (10000, '10000', '70'), (14000, '14000', '118'),
         (1000000, '1000000', '1000'), (0, '0', '2'), (3, '0', '2'), (0, '5', '1'), (0, '5', '4'), (4, '2', '3'),
         (2, '8', '1.5'), (60, '50', '7'), (35, '50', '7'), (150, '100', '12'), (60, '100', '12'), (5, '1', '0.001'),
         (1004000, '1000000', '1000'), (995000, '1000000', '2500'), (1000000000, '1000000000', '30000'),
         (1000100000, '1000000000', '30000')]

print('# Written by make_limit.py, which explains the columns.')
for n, b in KNOWN:
    for cl in ('0.9', '0.95'):
        row(n, b, '0', cl)
for n, b in [(4, '6'), (12, '6'), (950, '1000')]:
    for cl in ('0.500001', '0.6827', '0.99', '0.999999'):
        row(n, b, '0', cl)
for n, b, sigma in SIGMA:
    for cl in ('0.9', '0.95'):
        row(n, b, sigma, cl)
for cl in ('0.500001', '0.6827', '0.99', '0.999999'):
    row(23, '20', '4', cl)
