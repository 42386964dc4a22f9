/* SPDX-License-Identifier: MIT */
/*
 * figure - the figures of arXiv:2008.11654 as sheets of numbers, and one that it does not have.
 *
 *   br        figure 1   branching ratio of K+ -> pi0 e+ N against the mass of N
 *   spectrum  figure 2   reconstructed m2_miss of accepted K+ -> pi0 e+ nu gamma, before and after the photon veto
 *   photons   figure 3   true m2_miss against the photon's angle to the beam
 *   reach     figure 4   excluded and detected |U_e|^2 against the mass
 *   veto                 the limit against the share of photons beyond the veto's angle that are missed
 *
 * These files say which numbers and under which names; they come from projection.h, physics/photon_map.h and
 * core/physics.h.
 */
#ifndef HNLMON_CLI_FIGURE_H
#define HNLMON_CLI_FIGURE_H

#include "cli/masses.h"
#include "cli/projection.h"
#include "cli/sheet.h"

struct figure_request {
    const struct projection_setting *setting;
    struct masses masses; /* step > 0; veto has one */
    double u2;            /* of br */
    bool is_coarse;       /* few rows, for people */
};

/* Each fills a sheet that is not initialised yet; the caller finishes it. False without memory: then there is none. */
bool figure_br(struct sheet *sheet, const struct figure_request *request);
bool figure_spectrum(struct sheet *sheet, const struct figure_request *request);
bool figure_photons(struct sheet *sheet, const struct figure_request *request);
bool figure_reach(struct sheet *sheet, const struct figure_request *request);
bool figure_veto(struct sheet *sheet, const struct figure_request *request);

/* What a sheet of simulated numbers depends on: its settings, and notes that say what is assumed. */
void figure_add_setting(struct sheet *sheet, const struct projection_setting *setting);

/* A column for one threshold of the veto, which the key and the line below the head name. */
void figure_add_threshold_column(struct sheet *sheet, const char *head, const char *key, int digits,
                                 double threshold_mev);

#endif
