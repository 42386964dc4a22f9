/* SPDX-License-Identifier: MIT */
/* subleading_vectors - independent values for the subleading backgrounds; written by make_subleading.py. */
#ifndef SUBLEADING_VECTORS_H
#define SUBLEADING_VECTORS_H

/* Kmu3 with all decays (kaon at rest), and those that decay in flight, weighted with 1 / p_z. */
static const double vector_kmu3_ratio_to_ke3 = 0.6627630821;
static const double vector_kmu3_pi0_energy_mev = 209.6714061;
static const double vector_kmu3_muon_energy_mev = 166.8445744;
static const double vector_kmu3_muon_energy_rms_mev = 29.81814626;
static const double vector_kmu3_q2_mev2 = 54915.81538;
static const double vector_kmu3_longitudinal_polarisation = 0.689793386;
static const double vector_kmu3_momentum_ratio = 3.964280459;
static const double vector_kmu3_in_flight_pi0_energy_mev = 209.7985674;
static const double vector_kmu3_in_flight_positron_energy_mev = 62.03780356;
static const double vector_kmu3_in_flight_m2_mev2 = 31536.56936;
static const double vector_kmu3_in_flight_pi0_cosine = 0.1896056854;
static const double vector_kmu3_in_flight_probability = 0.0003546626956;

/* Kmu3: polarisation of the muon in its rest frame, along its momentum and across on the side of the pi0. */
static const struct {
    double pi0_energy_mev, muon_energy_mev, along, across;
} vector_kmu3_spin[] = {
    {150, 200, 0.14479337186, -0.989461914106}, {180, 150, 0.330644367052, -0.943755425169},
    {200, 130, 0.386246714951, -0.92239550909}, {210, 190, 0.883445282686, -0.468534345059},
    {230, 150, 0.92775761522, -0.373183342877}, {245, 170, 0.991020023636, -0.133713547375},
};

/* Ke4: means, kaon at rest. */
static const double vector_ke4_dipion_mass_mev = 320.7717948;
static const double vector_ke4_dipion_mass_rms_mev = 32.91907541;
static const double vector_ke4_pair_mass2_mev2 = 8815.536067;
static const double vector_ke4_m2_mev2 = 50949.54514;
static const double vector_ke4_m2_rms_mev2 = 17378.06357;
static const double vector_ke4_positron_energy_mev = 75.22849278;

/* K+ -> pi+ pi0: at rest, and the true m2 at 75 GeV/c for a pi+ along the beam and against it. */
static const double vector_pipi0_pion_energy_mev = 248.1158101;
static const double vector_pipi0_momentum_mev = 205.1379084;
static const double vector_pipi0_forward_m2_mev2 = 0.0200065699;
static const double vector_pipi0_backward_m2_mev2 = 2.225179084;

#endif
