/* SPDX-License-Identifier: MIT */
/* flight - see the header. */
#include "physics/flight.h"

#include <math.h>

#include "physics/constants.h"

/* Exponential decay law inside the decay volume, by inversion; mm from the target. */
static double draw_vertex_z(struct random *random)
{
    const double decayed = -expm1((DECAY_VOLUME_FIRST_M - DECAY_VOLUME_LAST_M) / DECAY_LENGTH_M);
    return 1e3 * (DECAY_VOLUME_FIRST_M - DECAY_LENGTH_M * log1p(-decayed * random_uniform(random)));
}

void flight_begin(const struct beam *beam, struct random *random, struct decay *decay)
{
    decay->kaon = beam_draw(beam, random);
    decay->vertex = decay->track_origin = (struct point){.z = draw_vertex_z(random)};
}

void flight_turned_ke3(const struct rotation *rotation, const struct ke3gamma *ke3, struct decay *decay)
{
    decay->pi0 = decay_to_lab(ke3->pi0, rotation, decay->kaon);
    decay->track = decay_to_lab(ke3->e, rotation, decay->kaon);
    decay->photons[2] = four_scale(ke3->k, decay_to_lab(ke3->n, rotation, decay->kaon));
    decay->photon_count = 3;
    decay->m2 = ke3->m2;
}

void flight_ke3(struct random *random, const struct ke3gamma *ke3, struct decay *decay)
{
    const struct rotation rotation = random_rotation(random);
    flight_turned_ke3(&rotation, ke3, decay);
}

void flight_signal(struct random *random, const struct signal_decay *signal, struct decay *decay)
{
    const struct rotation rotation = random_rotation(random);
    decay->pi0 = decay_to_lab(signal->pi0, &rotation, decay->kaon);
    decay->track = decay_to_lab(signal->e, &rotation, decay->kaon);
    decay->photon_count = 2;
    decay->m2 = four_dot(signal->n, signal->n);
}
