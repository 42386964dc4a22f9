/* SPDX-License-Identifier: MIT */
/*
 * ke3gamma - the background K+ -> pi0 e+ nu gamma in the kaon's rest frame.
 *
 * Every decay carries exactly one photon, with energies down to zero: gauge-invariant inner bremsstrahlung times
 * (k / m_K)^b, the soft-photon resummation of C. Gatti (hep-ph/0507280), which the seed paper used too. There is no
 * cut-off and no separate non-radiative class; two thirds of all photons are below 1 eV. All that is computed is
 * k^2 |M|^2 with q = k n, finite for k -> 0: a photon of 1e-300 MeV is as good as one of 100 MeV.
 *
 * Before random_rotation() the positron is along +z and the photon in the half plane x > 0 of x-z. MeV.
 */
#ifndef PHYSICS_KE3GAMMA_H
#define PHYSICS_KE3GAMMA_H

#include <stdbool.h>
#include <stdint.h>

#include "physics/random.h"
#include "physics/vector.h"

/* What follows from the positron's energy alone. */
struct positron {
    double energy;
    double momentum;
    double velocity;      /* beta */
    double below_light;   /* 1 - beta, without cancellation */
    double log_ratio;     /* ln((1 + beta) / (1 - beta)) */
    double soft_exponent; /* b of (k / m_K)^b */
};

struct ke3gamma {
    struct positron positron;
    struct four pi0, e, nu;
    struct four n;   /* photon direction (1, unit vector) */
    double k;        /* photon energy, >= 0; it may be 1e-300 or 0 */
    double approach; /* y = 1 - beta cos(e, gamma) */
    double pair_m2;  /* squared mass of pi0 and neutrino, MeV^2 */
    double m2;       /* true squared missing mass (p_nu + q)^2 = 2 k (p_nu . n), MeV^2 */
};

/* m_e < energy <= POSITRON_ENERGY_MAX_MEV. */
struct positron positron_of_energy(double energy);

/* Inverse of the distribution that y is drawn from, dy / y: u in (0, 1). */
double positron_approach(const struct positron *positron, double u);

/* Builds the momenta for photon energy k, y, and the direction of the neutrino in the rest frame of pi0 and neutrino
 * (axes parallel to those of the kaon's). Returns false, with the momenta not set, outside the phase space. */
bool ke3gamma_place(struct ke3gamma *decay, const struct positron *positron, double k, double y, double cos_star,
                    double phi_star);

/* k^2 S: the squared matrix element summed over spins is (G_F^2 / 4) |V_us|^2 (4 pi alpha) S. MeV^4. */
double ke3gamma_k2s(const struct ke3gamma *decay);

/* Rate, up to a constant, per unit of E_e, ln k, the u of positron_approach(), cos* and phi*; without (k / m_K)^b. */
double ke3gamma_density(const struct ke3gamma *decay);

/* Weight of a decay whose variables were drawn with E_e uniform, k = kmax u^(1/b), y by positron_approach() and the
 * angles uniform. */
double ke3gamma_raw_weight(const struct ke3gamma *decay);

/* Bookkeeping of the accept-reject. clipped / accepted is the share of decays that are lost, 4e-7 in the mean. */
struct ke3gamma_counts {
    uint64_t trials;
    uint64_t accepted;
    double clipped; /* decays that a density above the envelope would have deserved: rare, and then large */
};

/* Draws one unweighted decay, in 1.8 trials; not yet rotated. Adds to *counts. */
void ke3gamma_draw(struct random *random, struct ke3gamma *decay, struct ke3gamma_counts *counts);

/* A weighted decay with k_min < k < k_max <= PHOTON_ENERGY_MAX_MEV, for spectra whose tail matters. u: five numbers in
 * (0, 1), random or of low discrepancy. k is log-uniform if k_min > 0, and drawn as k_max u^(1/b) if k_min is 0.
 * Returns the weight, 0 outside the phase space: its mean is the rate in that range of k, in the unit of the raw
 * weight. */
double ke3gamma_weigh(const double u[5], double k_min, double k_max, struct ke3gamma *decay);

#endif
