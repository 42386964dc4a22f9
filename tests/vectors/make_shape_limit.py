#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes shape_limit_vectors.h: limits from the shape of a spectrum, by scipy.

Template and spectra are those of background.py. -ln L is minimised by sequential quadratic programming with the
positive background as linear constraints, from several starting points; the program takes Newton steps with a barrier.
Usage: make_shape_limit.py > shape_limit_vectors.h     (python3-numpy, python3-scipy)
"""
import math
import sys

import numpy as np
from scipy import optimize, special, stats

import background as spectra

CL = 0.9


class Model:
    def __init__(self, m_n, counts, f_sys):
        self.m2 = float(m_n * m_n)
        self.window, side, _ = spectra.fit(m_n)
        centres, edges, sigma = spectra.centres, spectra.edges, spectra.SIGMA
        upper = (centres >= self.m2) & (centres < self.m2 + spectra.OUTER * sigma)
        lower = (centres < self.m2) & (centres >= self.m2 - spectra.OUTER * sigma) & (edges >= spectra.LOWEST)
        self.used = np.flatnonzero(lower | upper)
        self.side = side[self.used]
        self.n = np.array(counts, dtype=float)[self.used]
        below = side & (centres < self.m2)
        order = 1 if below.sum() * spectra.WIDTH < spectra.SHORT * sigma else 2
        u = (centres[self.used] - self.m2) / (spectra.OUTER * sigma)
        template = spectra.template[self.used]
        self.basis = (template * self.n.sum() / template.sum())[:, None] * u[:, None] ** np.arange(order + 1)
        share = np.diff(stats.norm.cdf(np.append(edges, edges[-1] + spectra.WIDTH), self.m2, sigma))
        self.g, in_window = share[self.used], share[self.window].sum()
        _, c = self.minimise(self.n, self.side, t=0.0)
        self.asimov = self.basis @ c
        self.d = f_sys * self.asimov[np.isin(self.used, self.window)].sum() / in_window

    def minimise(self, n, used, t=None, s=None, d=0.0):
        """t: the signal is fixed; s: it is drawn to s with spread d; neither: free. Returns (-ln L, parameters)."""
        free = t is None

        def mean(x):
            return self.basis @ x[free:] + (x[0] if free else t) * self.g

        def value(x):
            mu = np.maximum(mean(x), 1e-12)[used]
            k = n[used]
            deviance = (mu - k - special.xlogy(k, mu / np.where(k > 0, k, 1))).sum()
            return deviance + (0.5 * ((x[0] - s) / d) ** 2 if free and s is not None else 0.0)

        def gradient(x):
            w = np.where(used, 1 - n / np.maximum(mean(x), 1e-12), 0.0)
            slope = self.basis.T @ w
            if not free:
                return slope
            return np.concatenate([[self.g @ w + ((x[0] - s) / d ** 2 if s is not None else 0.0)], slope])

        rows = np.hstack([np.zeros((len(self.g), 1)), self.basis]) if free else self.basis
        whole = np.hstack([self.g[:, None], self.basis]) if free else self.basis
        constraints = [{"type": "ineq", "fun": lambda x: rows @ x, "jac": lambda x: rows},
                       {"type": "ineq", "fun": lambda x: whole @ x + (0 if free else t * self.g), "jac": lambda x: whole}]
        best = None
        for c0 in (1.0, 0.7, 1.3):
            start = np.array(([max(s or 0.0, 0.0)] if free else []) + [c0] + [0.0] * (self.basis.shape[1] - 1))
            found = start
            for _ in range(3):
                result = optimize.minimize(value, found, jac=gradient, method="SLSQP", constraints=constraints,
                                           options={"maxiter": 500, "ftol": 1e-13})
                found = result.x
            if best is None or result.fun < best[0]:
                best = (result.fun, result.x)
        return best

    def at(self, n, s):
        everywhere = np.ones(len(n), dtype=bool)
        return self.minimise(n, everywhere, t=s)[0] if self.d == 0 else self.minimise(n, everywhere, s=s, d=self.d)[0]

    def limits(self):
        least, free = self.minimise(self.n, np.ones(len(self.n), dtype=bool))
        if free[0] < 0:
            least = self.at(self.n, 0.0)
        asimov_least = self.at(self.asimov, 0.0)
        floor = -math.log(1 - CL) / self.g.sum()

        def root(s):
            return math.sqrt(max(2 * (self.at(self.asimov, s) - asimov_least), 0.0))

        def expected(band):
            z = stats.norm.isf((1 - CL) * stats.norm.cdf(band)) + band
            hi = 5.0
            while root(hi) < z:
                hi *= 2
            return max(optimize.brentq(lambda s: root(s) - z, 1e-6, hi, xtol=1e-5), floor)

        def cls(s):
            q, asimov = 2 * max(self.at(self.n, s) - least, 0.0), root(s)
            if q <= asimov ** 2:
                return stats.norm.sf(math.sqrt(q)) / stats.norm.sf(math.sqrt(q) - asimov)
            return stats.norm.sf((q / asimov + asimov) / 2) / stats.norm.sf((q / asimov - asimov) / 2)

        lo = max(free[0], 0.0) + 1e-3
        hi = lo + 5.0
        while cls(hi) > 1 - CL:
            hi = lo + 2 * (hi - lo)
        observed = max(optimize.brentq(lambda s: cls(s) - (1 - CL), lo, hi, xtol=1e-5), floor)
        return [free[0], observed, *(expected(band) for band in (-2, -1, 0, 1, 2))]


def main():
    print("/* SPDX-License-Identifier: MIT */\n/* Written by tests/vectors/make_shape_limit.py. */\n/* clang-format off */\n"
          "#include <stdbool.h>\n\nstatic const struct {\n    bool is_smooth;\n    int m_n_mev;\n    double f_sys;\n"
          "    double fitted, observed, minus2, minus1, median, plus1, plus2;\n} shape_limit_vectors[] = {")
    for is_smooth, m_n, f_sys in ((1, 116, 0.0), (1, 120, 0.0), (1, 135, 0.03), (1, 150, 0.0), (1, 200, 0.03), (1, 279, 0.0),
                                  (0, 118, 0.0), (0, 135, 0.0), (0, 150, 0.03), (0, 180, 0.03), (0, 250, 0.0)):
        counts = spectra.smooth_counts() if is_smooth else spectra.sparse_counts_with_excess()
        values = Model(m_n, counts, f_sys).limits()
        print("    {%d, %d, %g, %s}," % (is_smooth, m_n, f_sys, ", ".join("%.8g" % v for v in values)), flush=True)
    print("};")


if __name__ == "__main__":
    main()
