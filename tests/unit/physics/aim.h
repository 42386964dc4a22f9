/* SPDX-License-Identifier: MIT */
/* aim - decays made by hand: particles that fly to given points of the experiment. */
#ifndef TESTS_PHYSICS_AIM_H
#define TESTS_PHYSICS_AIM_H

#include <math.h>

#include "physics/decay.h"

#define AIM_LKR_Z_MM 241093.0

/* The axis of the beam in the frame of the experiment: 1.2 mrad, from x = 0 at z = 101.8 m. */
static inline double beam_x_mm(double z_mm)
{
    return 1.2e-3 * (z_mm - 101800);
}

/* Without mass, from `origin` (frame of the beam) to the point (x, y) of the experiment at z. */
static inline struct four aim(struct point origin, double energy_mev, double x_mm, double y_mm, double z_mm)
{
    double slope_x = (x_mm - beam_x_mm(z_mm) - origin.x) / (z_mm - origin.z);
    double slope_y = (y_mm - origin.y) / (z_mm - origin.z);
    double z = energy_mev / sqrt(1 + slope_x * slope_x + slope_y * slope_y);
    return (struct four){energy_mev, slope_x * z, slope_y * z, z};
}

/* Vertex on the axis of the beam at z = 140 m, kaon of 75 GeV along it. The track, 40 GeV, rises by 5 mrad in y; the
 * photons have 15 GeV each and the opening angle of a pi0, 2 asin(134.9768 / 30000) = 8.9986 mrad, so they arrive
 * 909.70 mm apart. */
static inline struct decay decay_by_hand(void)
{
    const double half_mm = 454.85, x_mm = beam_x_mm(AIM_LKR_Z_MM);
    struct decay decay = {.kind = DECAY_KE3, .photon_count = 2};
    decay.vertex = decay.track_origin = (struct point){0, 0, 140000};
    decay.kaon = four_on_shell(493.677, 0, 0, 75000);
    decay.track = (struct four){40000, 0, 199.9975, 39999.5};
    decay.photons[0] = aim(decay.vertex, 15000, x_mm + half_mm, -200, AIM_LKR_Z_MM);
    decay.photons[1] = aim(decay.vertex, 15000, x_mm - half_mm, -200, AIM_LKR_Z_MM);
    decay.pi0 = four_add(decay.photons[0], decay.photons[1]);
    return decay;
}

#endif
