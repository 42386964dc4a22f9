/* SPDX-License-Identifier: MIT */
/*
 * vertex - see the header.
 *
 * At z = z0 + t the track lies at a + b t from the kaon: a = (a_x, a_y) the separation at z0, b the difference of the
 * slopes. |a + b t| is smallest at t = -a.b / b^2, where it is |a x b| / |b|.
 */
#include "physics/vertex.h"

#include <math.h>

struct point ray_point(const struct ray *ray, double z_mm)
{
    double distance = z_mm - ray->at.z;
    return (struct point){ray->at.x + ray->slope_x * distance, ray->at.y + ray->slope_y * distance, z_mm};
}

bool vertex_find(const struct ray *track, const struct ray *kaon, struct point *vertex, double *cda_mm)
{
    struct point beside = ray_point(kaon, track->at.z);
    double a_x = track->at.x - beside.x, a_y = track->at.y - beside.y;
    double b_x = track->slope_x - kaon->slope_x, b_y = track->slope_y - kaon->slope_y;
    double b2 = b_x * b_x + b_y * b_y;
    if (!(b2 > 0))
        return false;
    *vertex = ray_point(kaon, track->at.z - (a_x * b_x + a_y * b_y) / b2);
    *cda_mm = fabs(a_x * b_y - a_y * b_x) / sqrt(b2);
    return true;
}
