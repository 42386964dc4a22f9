#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes subleading_vectors.h: expected values for the subleading backgrounds, integrated numerically.

Kmu3: the Dalitz density and the polarisation of the muon as the Particle Data Group prints them (review "Kl3 form
factors"; N. Cabibbo and A. Maksymowicz, Phys. Lett. 9 (1964) 352): in terms of xi = f-/f+, energies in the kaon's rest
frame. The simulation uses the covariant form instead.
    rho(E_pi, E_mu) ~ f+^2 (A + B xi + C xi^2)
    A = m_K (2 E_mu E_nu - m_K E'_pi) + m_mu^2 (E'_pi / 4 - E_nu)
    B = m_mu^2 (E_nu - E'_pi / 2),  C = m_mu^2 E'_pi / 4,  E'_pi = E_pi,max - E_pi
    polarisation ~ a1 p_mu - a2 [p_mu / m_mu (m_K - E_pi + p_pi.p_mu / p_mu^2 (E_mu - m_mu)) + p_pi]
    a1 = 2 m_K^2 / m_mu (E_nu + b E'_pi),  a2 = m_K^2 + 2 b m_K E_mu + b^2 m_mu^2,  b = (xi - 1) / 2
A muon of momentum p_z decays between z and the first STRAW with probability 1 - exp(-(z_STRAW - z) m / (c tau p_z));
the mean runs over the isotropic decay, the beam momentum stays at 75 GeV/c and z follows the decay law of the kaon.
Positron of a muon: <x> = 0.7 and <x cos> = 0.1 P with x = 2 E / m_mu, by hand from x^2 (3 - 2x + P cos (2x - 1)).

Ke4: S wave, massless positron (J. Bijnens, G. Colangelo, J. Gasser, Nucl. Phys. B 427 (1994) 427):
    dGamma ~ X^3 sigma_pi sin^2(theta_e) |F|^2 ds_pi ds_e dcos(theta_e),  X = lambda^(1/2)(m_K^2, s_pi, s_e) / 2
    2 p_pi.p_nu = (1 + sigma_pi c) (P.p_nu),  2 P.p_nu = (m_K^2 - s_pi - s_e) / 2 + X cos(theta_e), c uniform
Two-body: E = (m_K^2 + m_1^2 - m_2^2) / (2 m_K).

Needs numpy. Gauss-Legendre nodes; doubling their number changes no printed digit. Usage: make_subleading.py > FILE
"""
import numpy as np

M_K, M_PI, M_E, M_MU, M_PIC = 493.677, 134.9768, 0.51099895, 105.6583755, 139.57039
L1, L2, L0 = 24.24e-3, 1.67e-3, 14.47e-3
C_TAU_MM = 2.1969811e-6 * 299792458 * 1e3
STRAW_MM, BEAM_MEV = 183508.0, 75000.0
Z_FIRST_MM, Z_LAST_MM, KAON_LENGTH_MM = 105e3, 180e3, 563.8e3


def nodes(count, low, high):
    x, w = np.polynomial.legendre.leggauss(count)
    return 0.5 * (high - low) * x + 0.5 * (high + low), 0.5 * (high - low) * w


def form_factors(t):
    x = t / M_PIC**2
    plus = 1 + L1 * x + 0.5 * L2 * x * x
    return plus, ((1 + L0 * x) / plus - 1) * (M_K**2 - M_PI**2) / t


class Dalitz:
    """Nodes over the Dalitz plane of K -> pi0 l nu, weighted with the density."""

    def __init__(self, mass, count=400):
        s, ws = nodes(count, 0, 1)
        c, wc = nodes(count, -1, 1)
        e_max = (M_K**2 + M_PI**2 - mass**2) / (2 * M_K)
        # E_pi = m + range (3 s^2 - 2 s^3): the square roots at both ends become polynomials
        self.e_pi = (M_PI + (e_max - M_PI) * (3 * s**2 - 2 * s**3))[:, None]
        jacobian = (ws * (e_max - M_PI) * 6 * s * (1 - s))[:, None]
        self.p_pi = np.sqrt(self.e_pi**2 - M_PI**2)
        self.t = M_K**2 + M_PI**2 - 2 * M_K * self.e_pi
        root, p_star = np.sqrt(self.t), (self.t - mass**2) / (2 * np.sqrt(self.t))
        e_star = (self.t + mass**2) / (2 * root)
        half = self.p_pi * p_star / root
        self.e_l = (M_K - self.e_pi) * e_star / root + half * c[None, :]
        self.e_nu = M_K - self.e_pi - self.e_l
        plus, xi = form_factors(self.t)
        e_prime = e_max - self.e_pi
        a = M_K * (2 * self.e_l * self.e_nu - M_K * e_prime) + mass**2 * (e_prime / 4 - self.e_nu)
        b = mass**2 * (self.e_nu - e_prime / 2)
        d = mass**2 * e_prime / 4
        self.weight = plus**2 * (a + b * xi + d * xi**2) * jacobian * half * wc[None, :]
        self.mass, self.xi, self.e_prime = mass, xi, e_prime

    def mean(self, values, extra=1.0):
        weight = self.weight * extra
        return float((values * weight).sum() / weight.sum())

    def polarisation(self):
        """Unit vector in the muon's rest frame: along the muon, and across it on the side of the pi0."""
        return polarisation(self.e_pi, self.e_l, self.xi, self.e_prime)


def polarisation(e_pi, e_mu, xi, e_prime):
    p_mu, p_pi = np.sqrt(e_mu**2 - M_MU**2), np.sqrt(e_pi**2 - M_PI**2)
    e_nu = M_K - e_pi - e_mu
    dot = (e_nu**2 - p_mu**2 - p_pi**2) / 2
    along_pi, across_pi = dot / p_mu, np.sqrt(np.maximum(p_pi**2 - (dot / p_mu)**2, 0))
    b = (xi - 1) / 2
    a1 = 2 * M_K**2 / M_MU * (e_nu + b * e_prime)
    a2 = M_K**2 + 2 * b * M_K * e_mu + b * b * M_MU**2
    along = a1 * p_mu - a2 * (p_mu / M_MU * (M_K - e_pi + dot / p_mu**2 * (e_mu - M_MU)) + along_pi)
    across = -a2 * across_pi
    length = np.hypot(along, across)
    return along / length, across / length


def kmu3():
    d = Dalitz(M_MU)
    p = np.sqrt(d.e_l**2 - M_MU**2)
    along, across = d.polarisation()
    print('/* Kmu3 with all decays (kaon at rest), and those that decay in flight, weighted with 1 / p_z. */')
    inverse = M_K * np.log((d.e_l + p) / (d.e_l - p)) / (2 * p)
    ratio = d.weight.sum() / Dalitz(M_E).weight.sum()
    gamma = d.e_l / M_MU
    positron = M_MU / 2 * (0.7 * gamma + 0.1 * along * p / M_MU)
    # momentum of the positron along the muon and across it, on the side of the pi0
    e_along = M_MU / 2 * (0.7 * p / M_MU + 0.1 * along * gamma)
    e_across = M_MU / 2 * 0.1 * across
    dot = (d.e_nu**2 - p**2 - d.p_pi**2) / 2
    along_pi, across_pi = dot / p, np.sqrt(np.maximum(d.p_pi**2 - (dot / p)**2, 0))
    product = d.e_pi * positron - along_pi * e_along - across_pi * e_across
    m2 = M_K**2 + M_PI**2 + M_E**2 - 2 * M_K * (d.e_pi + positron) + 2 * product
    # mean cosine of the muon to the beam, weighted with 1 / (E + p cos)
    muon_cosine = 2 / np.log((d.e_l + p) / (d.e_l - p)) - d.e_l / p
    values = [('ratio_to_ke3', ratio), ('pi0_energy_mev', d.mean(d.e_pi)), ('muon_energy_mev', d.mean(d.e_l)),
              ('muon_energy_rms_mev', np.sqrt(d.mean(d.e_l**2) - d.mean(d.e_l)**2)), ('q2_mev2', d.mean(d.t)),
              ('longitudinal_polarisation', d.mean(along)),
              ('momentum_ratio', d.mean(inverse)),
              ('in_flight_pi0_energy_mev', d.mean(d.e_pi, inverse)),
              ('in_flight_positron_energy_mev', d.mean(positron, inverse)),
              ('in_flight_m2_mev2', d.mean(m2, inverse)),
              ('in_flight_pi0_cosine', d.mean(along_pi / d.p_pi * muon_cosine, inverse)),
              ('in_flight_probability', in_flight(d))]
    for name, value in values:
        print(f'static const double vector_kmu3_{name} = {value:.10g};')


def in_flight(d):
    """Mean over decays, directions and vertices, without expanding the exponential."""
    z, wz = nodes(20, Z_FIRST_MM, Z_LAST_MM)
    wz = wz * np.exp(-z / KAON_LENGTH_MM)
    c, wc = nodes(40, -1, 1)
    e_k = np.hypot(BEAM_MEV, M_K)
    p = np.sqrt(d.e_l**2 - M_MU**2)
    total = 0.0
    for ci, wi in zip(c, wc / 2):
        p_z = (e_k * p * ci + BEAM_MEV * d.e_l) / M_K
        for zi, vi in zip(z, wz / wz.sum()):
            total += wi * vi * d.mean(-np.expm1(-(STRAW_MM - zi) * M_MU / (C_TAU_MM * p_z)))
    return total


def kmu3_points():
    print('\n/* Kmu3: polarisation of the muon in its rest frame, along its momentum and across on the side of the pi0. */')
    print('static const struct {\n    double pi0_energy_mev, muon_energy_mev, along, across;\n} vector_kmu3_spin[] = {')
    e_max = (M_K**2 + M_PI**2 - M_MU**2) / (2 * M_K)
    for e_pi, e_mu in ((150, 200), (180, 150), (200, 130), (210, 190), (230, 150), (245, 170)):
        t = M_K**2 + M_PI**2 - 2 * M_K * e_pi
        along, across = polarisation(e_pi, e_mu, form_factors(t)[1], e_max - e_pi)
        print(f'    {{{e_pi}, {e_mu}, {along:.12g}, {across:.12g}}},')
    print('};')


def ke4():
    s, ws = nodes(300, 0, 1)
    m_pp = (2 * M_PI + (M_K - 2 * M_PI) * (3 * s**2 - 2 * s**3))[:, None]
    w_pp = ((M_K - 2 * M_PI) * ws * 6 * s * (1 - s))[:, None]
    m_l = (M_K - m_pp) * s[None, :]
    w_l = (M_K - m_pp) * ws[None, :]
    s_pi, s_e = m_pp**2, m_l**2
    x = 0.5 * np.sqrt(np.maximum((M_K**2 - s_pi - s_e)**2 - 4 * s_pi * s_e, 0))
    sigma = np.sqrt(np.maximum(1 - 4 * M_PI**2 / s_pi, 0))
    q2 = s_pi / (4 * M_PIC**2) - 1
    form = 1 + 0.152 * q2 - 0.073 * q2**2 + 0.068 * s_e / (4 * M_PIC**2)
    weight = x**3 * sigma * form**2 * 4 * m_pp * m_l * w_pp * w_l

    def mean(values):
        return float((values * weight).sum() / weight.sum())

    # P.p_nu = u + v cos, <cos^2> = 1/5 for sin^2, <c^2> = 1/3
    u, v = (M_K**2 - s_pi - s_e) / 4, x / 2
    square = (u**2 + v**2 / 5) * (1 + sigma**2 / 3)
    first = mean(M_PI**2 + u)
    second = mean(M_PI**4 + 2 * M_PI**2 * u + square)
    print('\n/* Ke4: means, kaon at rest. */')
    for name, value in [('dipion_mass_mev', mean(m_pp)), ('dipion_mass_rms_mev', np.sqrt(mean(s_pi) - mean(m_pp)**2)),
                        ('pair_mass2_mev2', mean(s_e)), ('m2_mev2', first), ('m2_rms_mev2', np.sqrt(second - first**2)),
                        ('positron_energy_mev', mean((M_K**2 + s_e - s_pi) / (4 * M_K)))]:
        print(f'static const double vector_ke4_{name} = {value:.10g};')


def pipi0():
    e_pi0 = (M_K**2 + M_PI**2 - M_PIC**2) / (2 * M_K)
    e_pic = M_K - e_pi0
    p = np.sqrt(e_pic**2 - M_PIC**2)
    e_k = np.hypot(BEAM_MEV, M_K)
    print('\n/* K+ -> pi+ pi0: at rest, and the true m2 at 75 GeV/c for a pi+ along the beam and against it. */')
    values = [('pion_energy_mev', e_pic), ('momentum_mev', p)]
    for name, side in (('forward', 1), ('backward', -1)):
        lab = (e_k * p * side + BEAM_MEV * e_pic) / M_K
        energy = np.hypot(lab, M_PIC)
        values.append((name + '_m2_mev2', ((M_PIC**2 - M_E**2) / (energy + np.hypot(lab, M_E)))**2))
    for name, value in values:
        print(f'static const double vector_pipi0_{name} = {value:.10g};')


def main():
    print('/* SPDX-License-Identifier: MIT */')
    print('/* subleading_vectors - independent values for the subleading backgrounds; written by make_subleading.py. */')
    print('#ifndef SUBLEADING_VECTORS_H\n#define SUBLEADING_VECTORS_H\n')
    kmu3()
    kmu3_points()
    ke4()
    pipi0()
    print('\n#endif')


if __name__ == '__main__':
    main()
