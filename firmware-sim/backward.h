/* SPDX-License-Identifier: MIT */
/*
 * backward - decays K+ -> pi0 e+ nu gamma in flight, turned so that photons which a veto misses are frequent.
 *
 * Only photons that fly backwards in the kaon's frame are at large angles or faint in the laboratory, and only one
 * photon in twenty does. Every second decay is turned until its photon is one of those; a weight makes up for it.
 */
#ifndef FIRMWARE_SIM_BACKWARD_H
#define FIRMWARE_SIM_BACKWARD_H

#include "physics/beam.h"
#include "physics/decay.h"
#include "physics/ke3gamma.h"
#include "physics/random.h"

/* The decay in the laboratory, of a kaon of the beam; its pi0 is still to decay. Returns its weight, of mean 1. */
double backward_place(const struct beam *beam, struct random *random, const struct ke3gamma *ke3, struct decay *decay);

#endif
