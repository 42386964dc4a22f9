#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes significance.tsv: reference values for daemon/core/significance.c and tail.c, independent of their methods.

Tails are sums of probabilities, term by term in 400-bit integers; likelihood roots are evaluated as they are defined,
with 60 digits. Arguments are taken as the exact binary values of the doubles that the printed text stands for. Columns,
tab separated, '-' where a column does not apply:

  kind n b third root gauss naive ln_upper ln_lower z

  known_b  b known:       third '-';     root r,         ln_upper ln P(N>=n), ln_lower ln P(N<=n), z of P(N>=n)
  on_off   b is n_off:    third alpha;   root Li-Ma,     ln_upper ln p,       ln_lower ln(1-p),    z Z_Bi
  sigma_b  b +- third:    third sigma_b; root Li-Ma, gauss, naive, and the exact on/off tail after the substitution

Needs mpmath. Usage: make_significance.py > significance.tsv
"""
from fractions import Fraction
import sys

from mpmath import mp, mpf, erfc, exp, inf, log, loggamma, log1p, sqrt, findroot, nstr

mp.dps = 60
BITS = 400


def exact(x):
    return mpf(x.numerator) / x.denominator


def tail_sum(ratio):
    """1 + r0 + r0 r1 + ... to 1e-45, ratio(j) being a pair of integers."""
    one = 1 << BITS
    term, total, j = one, one, 0
    while term > total >> 150:
        numerator, denominator = ratio(j)
        term = term * numerator // denominator
        total += term
        j += 1
    return mpf(total) / one


def z_of(p, q):
    """z with P(X > z) = p, from the smaller of p and q = 1 - p."""
    if p == 0 or q == 0:
        return inf if p == 0 else -inf
    small, sign = (p, 1) if p < q else (q, -1)
    target = log(small)
    w = sqrt(-2 * target)
    start = w - log(w * mpf('2.5') + 1) / (w + mpf('0.5'))
    return sign * findroot(lambda z: log(erfc(z / sqrt(2)) / 2) - target, start)


def deviance(n, mu):
    return mu if n == 0 else n * log(n / mu) - n + mu


def poisson_tails(n, b):
    """P(N >= n), P(N < n), P(N <= n), P(N > n)."""
    x = exact(b)
    pmf = exp(n * log(x) - x - loggamma(n + 1))
    if n > b:
        upper = pmf * tail_sum(lambda j: (b.numerator, b.denominator * (n + 1 + j)))
        above = pmf * x / (n + 1) * tail_sum(lambda j: (b.numerator, b.denominator * (n + 2 + j)))
        return upper, 1 - upper, 1 - above, above
    lower = pmf * tail_sum(lambda j: ((n - j) * b.denominator, b.numerator))
    return 1 - lower + pmf, lower - pmf, lower, 1 - lower


def on_off_tails(n, m, alpha):
    """P(on >= n) and P(on < n): the on counts are negative binomial with m + 1 and x = alpha/(1 + alpha)."""
    if n == 0:
        return mpf(1), mpf(0)
    x = alpha / (1 + alpha)
    q = m + 1

    def pmf(k):
        return exp(loggamma(exact(q) + k) - loggamma(k + 1) - loggamma(exact(q)) + k * log(exact(x))
                   - exact(q) * log1p(exact(alpha)))

    # x (q + k) / (k + 1) = xa (qa + k qb) / (xb qb (k + 1))
    xa, xb, qa, qb = x.numerator, x.denominator, q.numerator, q.denominator
    if n > alpha * q:
        upper = pmf(n) * tail_sum(lambda j: (xa * (qa + (n + j) * qb), xb * qb * (n + j + 1)))
        return upper, 1 - upper
    k0 = n - 1
    lower = pmf(k0) * tail_sum(lambda j: (xb * qb * (k0 - j), xa * (qa + (k0 - j - 1) * qb)) if j < k0 else (0, 1))
    return 1 - lower, lower


def li_ma(n, m, alpha):
    n, m, alpha = mpf(n), exact(m), exact(alpha)
    total = n + m
    if total == 0:
        return mpf(0)
    value = mpf(0)
    if n > 0:
        value += n * log((1 + alpha) / alpha * n / total)
    if m > 0:
        value += m * log((1 + alpha) * m / total)
    return (1 if n > alpha * m else -1) * sqrt(max(2 * value, 0))


def gauss(n, b, sigma):
    n, b, v = mpf(n), exact(b), exact(sigma) ** 2
    best = ((b - v) + sqrt((b - v) ** 2 + 4 * n * v)) / 2
    value = (deviance(n, best) if best > 0 else mpf(0)) + (best - b) ** 2 / (2 * v)
    return (1 if n > b else -1 if n < b else 0) * sqrt(2 * max(value, 0))


def text(x):
    return x if isinstance(x, str) else nstr(x, 20)


def row(*columns):
    print('\t'.join(text(c) for c in columns), flush=True)


def ln(p, q):
    """ln p, from the smaller of p and q = 1 - p."""
    return -inf if p == 0 else log(p) if p < q else log1p(-q)


def known_b(n, b_text):
    b = Fraction(float(b_text))
    upper, below, lower, above = poisson_tails(n, b)
    d = 2 * deviance(mpf(n), exact(b))
    root = (1 if n > b else -1) * sqrt(max(d, 0))
    row('known_b', str(n), b_text, '-', root, '-', '-', ln(upper, below), ln(lower, above), z_of(upper, below))


def on_off(n, m_text, alpha_text):
    m, alpha = Fraction(float(m_text)), Fraction(float(alpha_text))
    upper, below = on_off_tails(n, m, alpha)
    row('on_off', str(n), m_text, alpha_text, li_ma(n, m, alpha), '-', '-', ln(upper, below), ln(below, upper),
        z_of(upper, below))


def sigma_b(n, b_text, sigma_text):
    b, sigma = Fraction(float(b_text)), Fraction(float(sigma_text))
    m, alpha = b * b / (sigma * sigma), sigma * sigma / b
    upper, below = on_off_tails(n, m, alpha)
    naive = (n - exact(b)) / sqrt(exact(b + sigma * sigma))
    row('sigma_b', str(n), b_text, sigma_text, li_ma(n, m, alpha), gauss(n, b, sigma), naive, ln(upper, below),
        ln(below, upper), z_of(upper, below))


def published():
    """The cases of papers and of other programs' tests, and the corners."""
    for n, b in [(0, '0.5'), (1, '0.001'), (1, '2'), (5, '1'), (10, '5'), (1, '20'), (12, '3.2'), (100, '100'),
                 (50, '100'), (150, '100'), (1250, '1000'), (13500, '10000'), (1000000, '995000'),
                 (1040000, '1000000'), (1000000000, '999990000.25'), (1000000000, '998735500')]:
        known_b(n, b)
    for n, m, alpha in [(0, '0', '1'), (5, '0', '0.1'), (5, '1', '1'), (10, '5', '0.3'), (10, '23', '0.1'),
                        (4, '5', '0.2'), (9, '17.83', '0.212765957446808511'), (50, '55', '0.5'), (200, '10', '10'),
                        (498426, '493434', '1'), (1000000, '3960000', '0.25')]:
        on_off(n, m, alpha)
    for n, b, sigma in [(150, '100', '7'), (150, '100', '10'), (0, '5', '1'), (0, '1', '5'), (5, '1', '0.3'),
                        (100, '50', '7'), (1000, '1000', '10'), (10000, '9500', '50'), (1005000, '1000000', '1000'),
                        (1040000, '1000000', '1000'), (1000000000, '999000000', '1000'), (30, '5', '0.001')]:
        sigma_b(n, b, sigma)


def grid():
    """Counts on both sides of every change of method, over the Z that a double can hold and beyond."""
    for n in [1, 2, 7, 15, 16, 31, 32, 33, 50, 100, 400, 1000, 10000, 100000, 1000000, 100000000, 1000000000]:
        for z in [-40, -20, -8, -3, -1, -0.1, 0.1, 1, 3, 5, 8, 20, 40]:
            root = n ** 0.5 - z / 2
            b = root * root if root > 0.1 else n * 2.718281828 ** (-z * z / (2 * n) - 1)
            if b > 1e-290:
                known_b(n, '%.12g' % b)
    for alpha in ['1e-6', '0.05', '0.3', '1', '3.7', '50']:
        for m in ['0', '0.5', '3.7', '25.25', '100', '493.2', '10000.3', '1000000.5', '100000000']:
            a, b = float(alpha), float(alpha) * (float(m) + 1)
            spread = (b * (1 + a)) ** 0.5
            if spread > 2e4:
                continue
            counts = sorted({max(1, round(b + z * spread)) for z in [-20, -5, -1, 0, 1, 3, 5, 10, 40]})
            for n in counts:
                on_off(n, m, alpha)


print('# Written by make_significance.py, which explains the columns.')
published()
if '--published' not in sys.argv:
    grid()
