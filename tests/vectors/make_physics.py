#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes physics.tsv: rho(m_N) of K+ -> pi0 e+ N, integrated adaptively with 30 digits over the pion energy of the
Dalitz plot and the angle in the lepton system: the two-dimensional form of the decay rate, not the one that
daemon/core/physics.c uses.

    Sum|M|^2 ~ 2 (H.p_e)(H.p_N) - H^2 (p_e.p_N),   H = f+ (p + p') + f- (p - p')
    dGamma/dE_pi dc ~ Sum|M|^2 p_pi p*/sqrt(t)

The integrand is quadratic in the cosine c, so that three points (Simpson's rule) are exact there.
Columns, tab separated: m_N in MeV, rho. Needs mpmath. Usage: make_physics.py > physics.tsv
"""
from mpmath import mp, mpf, quad, sqrt, nstr

mp.dps = 30
M_K, M_PI, M_E, M_SCALE = mpf('493.677'), mpf('134.9768'), mpf('0.51099895'), mpf('139.57039')
L1, L2, L0 = mpf('24.24e-3'), mpf('1.67e-3'), mpf('14.47e-3')


def squared_amplitude(m_n, e_pi, e_e):
    t = M_K**2 + M_PI**2 - 2 * M_K * e_pi
    e_n = M_K - e_pi - e_e
    x = t / M_SCALE**2
    plus = 1 + L1 * x + L2 * x * x / 2
    minus = (1 + L0 * x - plus) * (M_K**2 - M_PI**2) / t
    a, b = plus + minus, plus - minus
    pi_e = (M_K**2 + m_n**2 - 2 * M_K * e_n - M_PI**2 - M_E**2) / 2
    pi_n = (M_K**2 + M_E**2 - 2 * M_K * e_e - M_PI**2 - m_n**2) / 2
    h2 = a * a * M_K**2 + b * b * M_PI**2 + 2 * a * b * M_K * e_pi
    return 2 * (a * M_K * e_e + b * pi_e) * (a * M_K * e_n + b * pi_n) - h2 * (t - M_E**2 - m_n**2) / 2


def slope(m_n, e_pi):
    """dGamma/dE_pi up to a constant."""
    t = M_K**2 + M_PI**2 - 2 * M_K * e_pi
    e_star = (t + M_E**2 - m_n**2) / (2 * sqrt(t))
    p_star = sqrt(max(e_star**2 - M_E**2, mpf(0)))
    p_pi = sqrt(max(e_pi**2 - M_PI**2, mpf(0)))
    sums = sum(w * squared_amplitude(m_n, e_pi, ((M_K - e_pi) * e_star + p_pi * p_star * c) / sqrt(t))
               for c, w in ((-1, mpf(1) / 3), (0, mpf(4) / 3), (1, mpf(1) / 3)))
    return sums * p_pi * p_star / sqrt(t)


def width(m_n):
    low, high = M_PI, (M_K**2 + M_PI**2 - (m_n + M_E)**2) / (2 * M_K)
    points, step = [high], (m_n + M_E)**2 / (2 * M_K) / 100
    while step < (high - low) / 3:
        points.append(high - step)
        step *= 8
    return quad(lambda e: slope(m_n, e), (points + [low + (high - low) / 4, low])[::-1])


def main():
    print('# Written by make_physics.py, which explains the columns.')
    normal = width(mpf(0))
    for m in ['0', '0.001', '0.3', '0.51099895', '1', '3', '10', '20', '30', '40', '50', '60', '70', '80', '90', '100',
              '110', '113', '120', '125', '130', '135', '140', '144', '150', '160', '170', '180', '190', '200', '210',
              '220', '230', '240', '250', '260', '270', '279', '280', '290', '300', '310', '320', '330', '340', '350',
              '357', '358.1', '358.18']:
        print(m + '\t' + nstr(width(mpf(m)) / normal, 17), flush=True)


main()
