/* SPDX-License-Identifier: MIT */
/* vertex - where a measured track comes closest to the measured kaon. mm and slopes, any frame with z along the beam.
 */
#ifndef PHYSICS_VERTEX_H
#define PHYSICS_VERTEX_H

#include <stdbool.h>

#include "physics/decay.h"

/* A straight line: through `at`, with slopes dx/dz and dy/dz. */
struct ray {
    struct point at;
    double slope_x, slope_y;
};

/* The point of the ray at `z_mm`. */
struct point ray_point(const struct ray *ray, double z_mm);

/* *vertex is the point of the kaon, the better known of the two, where the track passes it at the distance *cda_mm.
 * Distances are taken at equal z, which is right to the square of the slopes (1e-4). False, with both not set, when
 * the two are parallel. */
bool vertex_find(const struct ray *track, const struct ray *kaon, struct point *vertex, double *cda_mm)
    __attribute__((warn_unused_result));

#endif
