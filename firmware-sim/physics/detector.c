/* SPDX-License-Identifier: MIT */
/*
 * detector - see the header.
 *
 * Everything happens in the frame of the beam: planes of constant z are the same in both frames, so a measured position
 * or slope there is a true one plus its error. What is outside the acceptance is dropped before a random number is
 * drawn.
 *
 * The track is measured in the first chamber, whose material scatters it, so its line turns about the true point there;
 * the kaon's turns about the last station of the beam tracker. Their position errors (about 0.1 mm) are left out: over
 * the decay volume the angles make 1 to 4 mm.
 */
#include "physics/detector.h"

#include <math.h>
#include <stddef.h>

#include "physics/acceptance.h"
#include "physics/constants.h"
#include "physics/vertex.h"
#include "physics/wire_round.h"

/* Kaon: beam tracker. */
#define GTK_MOMENTUM_SIGMA 2e-3
#define GTK_ANGLE_SIGMA_RAD 16e-6
#define GTK_LAST_Z_MM 102400.0

/* Track: sigma(p)/p = constant (+) slope p; angle per plane = scattering / p (+) constant. p in GeV, (+) in quadrature.
 */
#define TRACK_MOMENTUM_CONSTANT 3e-3
#define TRACK_MOMENTUM_SLOPE 5e-5
#define TRACK_SCATTERING_RAD 590e-6
#define TRACK_ANGLE_CONSTANT_RAD 16e-6

/* Cluster: sigma(E)/E = stochastic / sqrt(E) (+) noise / E (+) constant; position = stochastic / sqrt(E) (+) constant.
 * E in GeV. */
#define CLUSTER_STOCHASTIC 0.048
#define CLUSTER_NOISE 0.11
#define CLUSTER_CONSTANT 0.009
#define CLUSTER_POSITION_STOCHASTIC_MM 4.2
#define CLUSTER_POSITION_CONSTANT_MM 0.6

/* The pi+ that is taken for a positron: one whose shower left about all of its energy. */
#define PION_E_OVER_P_MIN 0.85
#define PION_E_OVER_P_MAX 1.05

/* Tails of the times. All tails are assumptions of this model: none is measured. */
#define TIME_WIDE_SHARE 0.005 /* of all times: resolution wider by the factor */
#define TIME_WIDE_FACTOR 5.0
#define TIME_ACCIDENTAL_SHARE 0.01 /* of all times: uniform */
#define TIME_ACCIDENTAL_PS 10000.0

#define TRACK_WIDE_SHARE 0.01 /* of all tracks: momentum and angles worse by the factor (hits of other particles) */
#define TRACK_WIDE_FACTOR 3.0

/* Of all clusters: the energy is exp(-x) times it, x exponential of this mean (dead cells, photons that shower late).
 */
#define CLUSTER_LOSS_SHARE 0.002
#define CLUSTER_LOSS_MEAN 0.05

/* A vertex is looked for between the target and the first chamber. */
#define VERTEX_FIRST_Z_MM 0.0
#define VERTEX_LAST_Z_MM STRAW_FIRST_Z_MM

#define LKR_GAIN_MIN 0.5
#define LKR_GAIN_MAX 2.0
#define POSITRON_MOMENTUM_MIN_MEV 1e3 /* the kick of the magnet stays small */
#define PHOTON_ENERGY_MIN_MEV 500.0   /* the resolution stays below 24 % */
#define ENERGY_LIMIT_MEV 1e5

struct detector detector_default(void)
{
    return (struct detector){
        .kaon = KAON_GTK,
        .beam_momentum_mev = BEAM_MOMENTUM_MEV,
        .has_tails = false,
        .tails = {TRACK_WIDE_SHARE, {CLUSTER_LOSS_SHARE, CLUSTER_LOSS_SHARE}},
        .lkr_gain = 1,
        .straw_hole_mm = 63.8,
        .straw_outer_mm = 1000,
        .lkr_hole_mm = 150,
        .lkr_apothem_mm = 1130,
        .photon_distance_mm = 200,
        .positron_distance_mm = 150,
        .photon_energy_min_mev = 2000,
        .positron_momentum_min_mev = 5000,
    };
}

/* Closed range; false for NaN. */
static bool is_within(double value, double lo, double hi)
{
    return value >= lo && value <= hi;
}

static const char *geometry_error(const struct detector *detector)
{
    if (!(detector->straw_hole_mm >= 0 && isfinite(detector->straw_outer_mm) &&
          detector->straw_hole_mm + STRAW_HOLE_X_MAX_MM < detector->straw_outer_mm))
        return "the beam hole of a STRAW chamber must lie inside the chamber";
    if (!(detector->lkr_hole_mm >= 0 && isfinite(detector->lkr_apothem_mm) &&
          detector->lkr_hole_mm < detector->lkr_apothem_mm))
        return "the beam hole of the LKr must lie inside the LKr";
    if (!is_within(detector->photon_distance_mm, 0, 2 * detector->lkr_apothem_mm))
        return "the distance between the photons must be between 0 and the width of the LKr";
    if (!is_within(detector->positron_distance_mm, 0, 2 * detector->lkr_apothem_mm))
        return "the distance of a photon from the positron must be between 0 and the width of the LKr";
    return NULL;
}

const char *detector_error(const struct detector *detector)
{
    if (detector->kaon != KAON_GTK && detector->kaon != KAON_BEAM)
        return "the kaon must come from the beam tracker or be the average beam";
    if (!is_within(detector->beam_momentum_mev, BEAM_MOMENTUM_MIN_MEV, BEAM_MOMENTUM_MAX_MEV))
        return "the beam momentum must be between 1 and 100 GeV/c";
    if (!is_within(detector->lkr_gain, LKR_GAIN_MIN, LKR_GAIN_MAX))
        return "the LKr gain must be between 0.5 and 2";
    if (!is_within(detector->photon_energy_min_mev, PHOTON_ENERGY_MIN_MEV, ENERGY_LIMIT_MEV))
        return "the smallest photon energy must be between 0.5 and 100 GeV";
    if (!is_within(detector->positron_momentum_min_mev, POSITRON_MOMENTUM_MIN_MEV, ENERGY_LIMIT_MEV))
        return "the smallest positron momentum must be between 1 and 100 GeV/c";
    const struct detector_tails *tails = &detector->tails;
    if (!(is_within(tails->wide_track, 0, 1) && is_within(tails->lost_energy[0], 0, 1) &&
          is_within(tails->lost_energy[1], 0, 1)))
        return "the share of a tail must be between 0 and 1";
    return geometry_error(detector);
}

/* What the detectors record. */
struct cluster {
    struct point at;
    double energy_mev;
};

struct measurement {
    struct ray kaon, track;
    double kaon_momentum_mev, track_momentum_mev;
    struct cluster photons[2];
    double e_over_p;
};

static double quadrature(double a, double b)
{
    return sqrt(a * a + b * b);
}

static bool happens(const struct detector *detector, struct random *random, double share)
{
    return detector->has_tails && random_uniform(random) < share;
}

static struct ray smear_ray(struct random *random, struct point pivot, struct four particle, double angle_sigma_rad)
{
    return (struct ray){pivot, particle.x / particle.z + angle_sigma_rad * random_normal(random),
                        particle.y / particle.z + angle_sigma_rad * random_normal(random)};
}

/* Where a particle that passes `from` is, or was, at `z_mm`. */
static struct point point_of(struct point from, struct four particle, double z_mm)
{
    struct ray ray = {from, particle.x / particle.z, particle.y / particle.z};
    return ray_point(&ray, z_mm);
}

static void measure_kaon(const struct detector *detector, struct random *random, const struct decay *decay,
                         struct measurement *measured)
{
    if (detector->kaon == KAON_BEAM) {
        measured->kaon = (struct ray){.at = {0, 0, GTK_LAST_Z_MM}};
        measured->kaon_momentum_mev = detector->beam_momentum_mev;
        return;
    }
    struct point pivot = point_of(decay->vertex, decay->kaon, GTK_LAST_Z_MM);
    double momentum = sqrt(four_momentum2(decay->kaon));
    measured->kaon = smear_ray(random, pivot, decay->kaon, GTK_ANGLE_SIGMA_RAD);
    measured->kaon_momentum_mev = momentum * (1 + GTK_MOMENTUM_SIGMA * random_normal(random));
}

static void measure_track(const struct detector *detector, struct random *random, const struct decay *decay,
                          struct measurement *measured)
{
    double momentum = sqrt(four_momentum2(decay->track));
    double p_gev = momentum / MEV_PER_GEV;
    double wide = happens(detector, random, detector->tails.wide_track) ? TRACK_WIDE_FACTOR : 1;
    double angle_sigma = wide * quadrature(TRACK_SCATTERING_RAD / p_gev, TRACK_ANGLE_CONSTANT_RAD);
    double momentum_sigma = wide * quadrature(TRACK_MOMENTUM_CONSTANT, TRACK_MOMENTUM_SLOPE * p_gev);
    struct point pivot = point_of(decay->track_origin, decay->track, STRAW_FIRST_Z_MM);
    measured->track = smear_ray(random, pivot, decay->track, angle_sigma);
    measured->track_momentum_mev = momentum * (1 + momentum_sigma * random_normal(random));
}

static double measure_energy(const struct detector *detector, struct random *random, double energy_mev,
                             double loss_share)
{
    double gev = energy_mev / MEV_PER_GEV;
    double sigma = quadrature(quadrature(CLUSTER_STOCHASTIC / sqrt(gev), CLUSTER_NOISE / gev), CLUSTER_CONSTANT);
    double measured = detector->lkr_gain * energy_mev * (1 + sigma * random_normal(random));
    if (happens(detector, random, loss_share))
        measured *= exp(-CLUSTER_LOSS_MEAN * random_exponential(random));
    return measured;
}

static struct cluster measure_photon(const struct detector *detector, struct random *random, struct four photon,
                                     struct point impact, double loss_share)
{
    double sigma_mm =
        quadrature(CLUSTER_POSITION_STOCHASTIC_MM / sqrt(photon.e / MEV_PER_GEV), CLUSTER_POSITION_CONSTANT_MM);
    impact.x += sigma_mm * random_normal(random);
    impact.y += sigma_mm * random_normal(random);
    return (struct cluster){impact, measure_energy(detector, random, photon.e, loss_share)};
}

static double measure_e_over_p(const struct detector *detector, struct random *random, const struct decay *decay,
                               double measured_momentum_mev)
{
    if (decay->kind == DECAY_PIPI0) {
        double share = random_uniform(random);
        return detector->lkr_gain * (PION_E_OVER_P_MIN + share * (PION_E_OVER_P_MAX - PION_E_OVER_P_MIN));
    }
    return measure_energy(detector, random, decay->track.e, CLUSTER_LOSS_SHARE) / measured_momentum_mev;
}

static void measure(const struct detector *detector, struct random *random, const struct decay *decay,
                    const struct point impacts[2], struct measurement *measured)
{
    measure_kaon(detector, random, decay, measured);
    measure_track(detector, random, decay, measured);
    for (int i = 0; i < 2; i++)
        measured->photons[i] =
            measure_photon(detector, random, decay->photons[i], impacts[i], detector->tails.lost_energy[i]);
    measured->e_over_p = measure_e_over_p(detector, random, decay, measured->track_momentum_mev);
}

/* Without its mass: that of an electron is below the resolution, and a kaon's energy is not needed. */
static struct four momentum_along(double slope_x, double slope_y, double momentum_mev)
{
    double z = momentum_mev / sqrt(1 + slope_x * slope_x + slope_y * slope_y);
    return (struct four){momentum_mev, slope_x * z, slope_y * z, z};
}

static struct four photon_from(struct point vertex, const struct cluster *cluster)
{
    double distance = cluster->at.z - vertex.z;
    return momentum_along((cluster->at.x - vertex.x) / distance, (cluster->at.y - vertex.y) / distance,
                          cluster->energy_mev);
}

/* From the measurement to the particles. The measured momenta of kaon and track are positive: random_normal() stays
 * within +-12, and twelve of their deviations are less than themselves. False when there is no vertex, or no energy in
 * a cluster, or when the wire cannot hold a momentum. */
static bool reconstruct(const struct measurement *measured, struct candidate *candidate)
{
    struct point vertex;
    double cda_mm;
    if (!vertex_find(&measured->track, &measured->kaon, &vertex, &cda_mm) ||
        !is_within(vertex.z, VERTEX_FIRST_Z_MM, VERTEX_LAST_Z_MM))
        return false;
    if (!(measured->photons[0].energy_mev > 0 && measured->photons[1].energy_mev > 0))
        return false;
    struct four pi0 = four_add(photon_from(vertex, &measured->photons[0]), photon_from(vertex, &measured->photons[1]));
    struct four kaon = momentum_along(measured->kaon.slope_x, measured->kaon.slope_y, measured->kaon_momentum_mev);
    struct four e = momentum_along(measured->track.slope_x, measured->track.slope_y, measured->track_momentum_mev);
    if (!wire_holds_momentum(kaon) || !wire_holds_momentum(pi0) || !wire_holds_momentum(e))
        return false;
    wire_round_momentum(candidate->k, kaon);
    wire_round_momentum(candidate->pi0, pi0);
    wire_round_momentum(candidate->e, e);
    candidate->vertex_z = wire_round(vertex.z);
    candidate->cda = wire_round(1e3 * cda_mm);
    candidate->m_gg = wire_round_mev(sqrt(fmax(four_dot(pi0, pi0), 0)));
    candidate->e_over_p = wire_round((1 << E_OVER_P_SHIFT) * measured->e_over_p);
    return true;
}

static int32_t draw_time_ps(const struct detector *detector, struct random *random, double sigma_ps)
{
    if (happens(detector, random, TIME_ACCIDENTAL_SHARE))
        return wire_round(TIME_ACCIDENTAL_PS * (2 * random_uniform(random) - 1));
    if (happens(detector, random, TIME_WIDE_SHARE))
        sigma_ps *= TIME_WIDE_FACTOR;
    return wire_round(sigma_ps * random_normal(random));
}

bool detector_measure(const struct detector *detector, struct random *random, const struct decay *decay,
                      struct candidate *candidate)
{
    struct point impacts[2];
    struct measurement measured;
    struct candidate result = {.time = 0};
    if (!acceptance_contains(detector, decay, impacts))
        return false;
    measure(detector, random, decay, impacts, &measured);
    if (!reconstruct(&measured, &result))
        return false;
    result.dt = draw_time_ps(detector, random, DT_SIGMA_PS);
    result.dt_k = draw_time_ps(detector, random, DT_K_SIGMA_PS);
    *candidate = result;
    return true;
}
