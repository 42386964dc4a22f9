/* SPDX-License-Identifier: MIT */
/* backward - see the header. */
#include "backward.h"

#include "physics/flight.h"

/* The cosine c in the kaon's frame, else uniform in -1 .. 1, has the density 1/4, or 1/4 + 1/2 / (1 + BACKWARD) below
 * BACKWARD; the weight is 1/2 over it. BACKWARD is an angle of 29 mrad in the laboratory. */
#define BACKWARD (-0.9)

static struct rotation turn(struct random *random, struct four direction, double *weight)
{
    const bool is_any = random_uniform(random) < 0.5;
    for (;;) {
        struct rotation rotation = random_rotation(random);
        bool is_backward = four_rotate(direction, &rotation).z < BACKWARD;
        if (!is_any && !is_backward)
            continue;
        *weight = 0.5 / (0.25 + (is_backward ? 0.5 / (1 + BACKWARD) : 0));
        return rotation;
    }
}

double backward_place(const struct beam *beam, struct random *random, const struct ke3gamma *ke3, struct decay *decay)
{
    double weight;
    struct rotation rotation = turn(random, ke3->n, &weight);
    decay->kind = DECAY_KE3;
    flight_begin(beam, random, decay);
    flight_turned_ke3(&rotation, ke3, decay);
    return weight;
}
