/* SPDX-License-Identifier: MIT */
/*
 * flight - kaons decay in flight: from a decay at rest to one in the laboratory.
 *
 * The kaon has the momentum of the beam and decays on its axis (the beam has no width), inside the decay volume, by
 * the decay law at the nominal momentum. Every decay is rotated at random: a kaon has no spin.
 */
#ifndef PHYSICS_FLIGHT_H
#define PHYSICS_FLIGHT_H

#include "physics/beam.h"
#include "physics/decay.h"
#include "physics/ke3gamma.h"
#include "physics/random.h"
#include "physics/signal.h"

/* Draws the kaon, and the vertex where it decays. */
void flight_begin(const struct beam *beam, struct random *random, struct decay *decay);

/* Then: what the kaon decays to, in the laboratory; turned at random, or as given. `kind` and photons[0] and [1], those
 * of the pi0, stay as they are; photon_count is 3 with the radiated photon, 2 without. */
void flight_ke3(struct random *random, const struct ke3gamma *ke3, struct decay *decay);
void flight_turned_ke3(const struct rotation *rotation, const struct ke3gamma *ke3, struct decay *decay);
void flight_signal(struct random *random, const struct signal_decay *signal, struct decay *decay);

#endif
