#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/vectors/background_vectors.h: background and significance of search windows, by numpy and scipy.

The template is analytic (synthetic_bin in tests/unit/core/synthetic.h is the same formula) and the counts are integer
formulas of the bin number. The background is fitted here as a weighted least-squares problem solved by a singular value
decomposition, whose solution operator gives the coefficients; the program solves normal equations. Significances come
from their definitions: Li and Ma equation 17, and the incomplete beta function of scipy. Limits are in events, by
make_live_limit.py.
Run: /usr/bin/python3 tests/vectors/background.py   (needs python3-numpy and python3-scipy)
"""
import math
import os

import numpy as np
from scipy import special, stats

import make_live_limit

WIDTH, FIRST, BINS, SIGMA = 119, -300, 1500, 1700.0
INNER, OUTER, LOWEST, SHORT = 2.0, 11.25, 9350, 0.45
F_SYS = 0.03
MASSES = (113, 114, 115, 116, 117, 118, 120, 121, 125, 135, 150, 180, 200, 250, 279)

edges = (np.arange(BINS) + FIRST) * float(WIDTH)
centres = edges + WIDTH / 2
template = 0.02 * np.exp(-0.5 * (centres / SIGMA) ** 2) + np.where(
    centres > -6000, 2e-3 * np.exp(-centres / 30000) * (1 + np.maximum(centres + 6000, 0) / 8000) ** -1.5, 0)


def smooth_counts():
    return [30000000 // ((j - 300) ** 2 + 900) // 10 + j * 7919 % 23 for j in range(BINS)]


def sparse_counts_with_excess():
    """Few counts, and three more in each of 31 bins around 135 MeV."""
    return [60000 // ((j - 300) ** 2 + 900) + (j * 7919 % 23 == 0) + 3 * (abs(j - 453) <= 15) for j in range(BINS)]


def fit(m_n):
    m2 = float(m_n * m_n)
    middle = math.floor(m2 / WIDTH + 0.5) - FIRST
    window = np.arange(middle - 20, middle + 20)
    below = (centres >= m2 - OUTER * SIGMA) & (centres < m2 - INNER * SIGMA) & (edges >= LOWEST)
    above = (centres >= m2 + INNER * SIGMA) & (centres < m2 + OUTER * SIGMA)
    order = 1 if below.sum() * WIDTH < SHORT * SIGMA else 2
    side = below | above
    u = (centres - m2) / (OUTER * SIGMA)
    basis = template[:, None] * u[:, None] ** np.arange(order + 1)
    weight = 1 / np.sqrt(template[side])
    operator = np.linalg.pinv(basis[side] * weight[:, None]) * weight  # parameters = operator @ counts
    return window, side, basis[window].sum(axis=0) @ operator


def li_ma(n, m, alpha):
    on = n * math.log((1 + alpha) / alpha * n / (n + m)) if n else 0.0
    off = m * math.log((1 + alpha) * m / (n + m)) if m else 0.0
    return math.copysign(math.sqrt(max(0.0, 2 * (on + off))), n - alpha * m)


def judge(n, b, alpha):
    total = alpha + F_SYS**2 * b
    z = li_ma(n, b / total, total)
    if (n - b) / math.sqrt(b + total * b) <= 2.4:
        return z, 0.0, stats.norm.sf(z)
    p = special.betainc(n, b / total + 1, total / (1 + total))
    return z, stats.norm.isf(p), p


def signal(m_n, window, side, c):
    """Shares of a Gaussian signal: in the window, and in the background estimate."""
    share = np.diff(stats.norm.cdf(np.append(edges, edges[-1] + WIDTH), float(m_n * m_n), SIGMA))
    return share[window].sum(), c @ share[side]


def row(m_n, counts):
    window, side, c = fit(m_n)
    counts = np.array(counts, dtype=float)
    n, b, variance = counts[window].sum(), c @ counts[side], c**2 @ counts[side]
    alpha = (c**2 @ template[side]) / (c @ template[side])
    z, z_alarm, p = judge(n, b, alpha) if alpha <= 4 else (0, 0, 1)
    sigma_b = math.sqrt(variance + (F_SYS * b) ** 2) if alpha <= 4 else 0
    z90 = stats.norm.isf(0.1)
    if alpha > 4:
        limits = (0,) * 8
    else:
        limits = (make_live_limit.published(int(n), b, sigma_b), *make_live_limit.band(b, sigma_b),
                  make_live_limit.band(b, math.sqrt(variance))[2], (z90**2 + z90 * math.sqrt(z90**2 + 4 * b)) / 2)
    return (m_n, window[0], n, b, variance, alpha, sigma_b, z, z_alarm, p, *signal(m_n, window, side, c),
            *limits)


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "background_vectors.h")
    with open(path, "w") as out:
        out.write("/* SPDX-License-Identifier: MIT */\n/* Written by tests/vectors/background.py. */\n"
                  "/* clang-format off */\n#include <stdint.h>\n\n"
                  "struct background_vector {\n    int m_n_mev;\n    uint32_t window_first;\n    uint64_t n;\n"
                  "    double b, variance, alpha, sigma_b, z, z_alarm, p_local;\n"
                  "    double signal_share, signal_leakage;\n"
                  "    double limit, minus2, minus1, expected, plus1, plus2, statistical, paper;\n};\n")
        for name, counts in (("smooth", smooth_counts()), ("sparse", sparse_counts_with_excess())):
            out.write("\nstatic const struct background_vector %s_vectors[] = {\n" % name)
            for m_n in MASSES:
                values = row(m_n, counts)
                out.write("    {%d, %d, %d, %s},\n" % (*values[:3], ", ".join("%.15g" % v for v in values[3:])))
            out.write("};\n")


if __name__ == "__main__":
    main()
