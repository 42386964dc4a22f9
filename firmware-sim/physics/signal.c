/* SPDX-License-Identifier: MIT */
/* signal - see the header. */
#include "physics/signal.h"

#include <assert.h>

#include "physics/constants.h"

double signal_msq3(double mass, double pi0_energy, double positron_energy)
{
    return dalitz_msq3(MASS_ELECTRON_MEV, mass, pi0_energy, positron_energy);
}

double signal_rho(double mass)
{
    return mass < END_POINT_MEV ? dalitz_rate(MASS_ELECTRON_MEV, mass) / dalitz_rate(MASS_ELECTRON_MEV, 0) : 0;
}

void signal_init(struct signal *signal, double mass)
{
    assert(mass >= 0 && mass < END_POINT_MEV);
    signal->mass = mass;
    dalitz_init(&signal->dalitz, MASS_ELECTRON_MEV, mass);
}

void signal_draw(const struct signal *signal, struct random *random, struct signal_decay *decay)
{
    struct dalitz_decay drawn;
    dalitz_draw(&signal->dalitz, random, &drawn);
    *decay = (struct signal_decay){.pi0 = drawn.pi0, .e = drawn.lepton, .n = drawn.neutral};
}
