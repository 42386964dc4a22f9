/* SPDX-License-Identifier: MIT */
/*
 * acceptance - see the header.
 *
 * Cheapest test first: energies, then the track chamber by chamber, then the calorimeter. The dipole is a thin kick of
 * the transverse momentum, so slopes change by kick / p_z: p_z itself changes by 2e-3 at
 * 5 GeV/c and less above.
 */
#include "physics/acceptance.h"

#include <assert.h>
#include <math.h>

#include "physics/vertex.h"

#define BEAM_SLOPE 1.2e-3 /* in x, against the axis of the experiment */
#define BEAM_CROSSING_Z_MM 101800.0
#define MAGNET_Z_MM 197645.0
#define MAGNET_KICK_MEV 270.0 /* of a positive particle, towards -x */
#define MAGNET_CHAMBER 2      /* the first chamber behind the magnet */

static const struct {
    double z_mm, hole_x_mm;
} chambers[STRAW_CHAMBERS] = {{STRAW_FIRST_Z_MM, 101.2}, {194066, STRAW_HOLE_X_MAX_MM}, {204459, 92.4}, {218885, 52.8}};

static struct ray ray_of(struct point origin, struct four particle)
{
    return (struct ray){origin, particle.x / particle.z, particle.y / particle.z};
}

/* From the frame of the beam to that of the experiment. */
static struct ray to_experiment(struct ray ray)
{
    ray.at.x += BEAM_SLOPE * (ray.at.z - BEAM_CROSSING_Z_MM);
    ray.slope_x += BEAM_SLOPE;
    return ray;
}

static double distance2(struct point a, struct point b)
{
    return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

static bool chamber_sees(const struct detector *detector, int chamber, const struct ray *track)
{
    struct point at = ray_point(track, chambers[chamber].z_mm);
    double from_axis2 = at.x * at.x + at.y * at.y;
    double from_hole2 = distance2(at, (struct point){chambers[chamber].hole_x_mm, 0, at.z});
    return from_hole2 > detector->straw_hole_mm * detector->straw_hole_mm &&
           from_axis2 < detector->straw_outer_mm * detector->straw_outer_mm;
}

/* The hole, and the octagon with two horizontal and two vertical sides. */
static bool lkr_sees(const struct detector *detector, struct point at)
{
    double x = fabs(at.x), y = fabs(at.y);
    return x * x + y * y > detector->lkr_hole_mm * detector->lkr_hole_mm && x < detector->lkr_apothem_mm &&
           y < detector->lkr_apothem_mm && x + y < sqrt(2) * detector->lkr_apothem_mm;
}

/* Follows the track through the spectrometer; *impact is where it reaches the calorimeter, frame of the experiment. */
static bool track_passes(const struct detector *detector, const struct decay *decay, struct point *impact)
{
    struct ray track = to_experiment(ray_of(decay->track_origin, decay->track));
    if (!(track.at.z < STRAW_FIRST_Z_MM))
        return false;
    for (int chamber = 0; chamber < STRAW_CHAMBERS; chamber++) {
        if (chamber == MAGNET_CHAMBER) {
            track.at = ray_point(&track, MAGNET_Z_MM);
            track.slope_x -= MAGNET_KICK_MEV / decay->track.z;
        }
        if (!chamber_sees(detector, chamber, &track))
            return false;
    }
    *impact = ray_point(&track, LKR_Z_MM);
    return lkr_sees(detector, *impact);
}

static bool energies_suffice(const struct detector *detector, const struct decay *decay)
{
    const double p_min = detector->positron_momentum_min_mev, e_min = detector->photon_energy_min_mev;
    const struct four *photons = decay->photons;
    return photons[0].e > e_min && photons[1].e > e_min && four_momentum2(decay->track) > p_min * p_min &&
           decay->track.z > 0 && photons[0].z > 0 && photons[1].z > 0;
}

bool acceptance_contains(const struct detector *detector, const struct decay *decay, struct point impacts[2])
{
    assert(decay->photon_count >= 2);
    struct point positron, clusters[2];
    if (!energies_suffice(detector, decay) || !track_passes(detector, decay, &positron))
        return false;
    for (int i = 0; i < 2; i++) {
        struct ray photon = ray_of(decay->vertex, decay->photons[i]);
        impacts[i] = ray_point(&photon, LKR_Z_MM);
        photon = to_experiment(photon);
        clusters[i] = ray_point(&photon, LKR_Z_MM);
        double apart = detector->positron_distance_mm;
        if (!lkr_sees(detector, clusters[i]) || !(distance2(clusters[i], positron) > apart * apart))
            return false;
    }
    return distance2(clusters[0], clusters[1]) > detector->photon_distance_mm * detector->photon_distance_mm;
}
