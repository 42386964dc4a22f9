/* SPDX-License-Identifier: MIT */
/*
 * template - what the background is expected to look like: the m2_miss spectrum of accepted K+ -> pi0 e+ nu (gamma)
 * after the photon veto, and the numbers that turn a count in the peak into a number of kaons.
 *
 * It is data, not code: generated at build time by weighted simulation (firmware-sim/template_build.c), because
 * unweighted counts would leave a bias of per cents in the tail. Its name and hash travel with every result.
 */
#ifndef HNLMON_CORE_TEMPLATE_H
#define HNLMON_CORE_TEMPLATE_H

#include "hnlmon/units.h"

struct template
{
    const char *name;                 /* "paper": flat acceptance, Gaussian m2 resolution, veto threshold 50 MeV */
    const char *hash;                 /* 16 hexadecimal digits over the contents below */
    double sigma_mev2;                /* resolution of m2_miss, MeV^2 */
    double bins[M2_BIN_COUNT];        /* fraction of inclusive Ke3(gamma) in each m2 bin after the veto */
    double bins_before[M2_BIN_COUNT]; /* the same before the veto */
    double relative_error;            /* statistical, of a search window at 135 MeV */
    double br_ke3;                    /* BR(K+ -> pi0 e+ nu (gamma)), 0.0507 */
    double a_peak;                    /* acceptance of Ke3 in the peak window [-20w, 20w) */
    double f_peak;                    /* fraction of accepted Ke3 in the peak window after the veto */
    double eps_background;            /* fraction that survives the veto for m2 > 0.01 GeV^2 */
};

extern const struct template template_paper;

#endif
