/* SPDX-License-Identifier: MIT */
/* check_decay - what must hold for every decay that is drawn: mass shells, sums, and the missing mass that it states.
 */
#ifndef TESTS_PHYSICS_CHECK_DECAY_H
#define TESTS_PHYSICS_CHECK_DECAY_H

#include "check.h"

#include "physics/constants.h"
#include "physics/decay.h"

/* Squares of lab momenta of up to 1e5 MeV are good to 1e10 * 2^-52 * a few MeV^2. */
#define CHECK_MASS2_MEV2 5e-5

static const struct four check_kaon = {75001.62476226984, 0, 0, 75000}; /* sqrt(75000^2 + 493.677^2) */
static const struct point check_vertex = {3, -2, 130000};

static inline void check_mass(const char *what, struct four particle, double mass)
{
    check_near(what, four_dot(particle, particle), mass * mass, CHECK_MASS2_MEV2);
    assert_true(particle.e > 0);
}

static inline void check_pi0(struct four pi0, const struct four photons[2])
{
    struct four rest = four_subtract(pi0, four_add(photons[0], photons[1]));
    check_mass("pi0", pi0, 134.9768);
    check_mass("first photon", photons[0], 0);
    check_mass("second photon", photons[1], 0);
    check_near("sum of the photons", fabs(rest.e) + sqrt(four_momentum2(rest)), 0, 1e-9);
}

/* `track_mass`: of the particle that the track is. */
static inline void check_decay(const struct decay *decay, enum decay_kind kind, uint32_t photon_count,
                               double track_mass)
{
    struct four positron = four_on_shell(0.51099895, decay->track.x, decay->track.y, decay->track.z);
    struct four missing = four_subtract(four_subtract(decay->kaon, decay->pi0), positron);
    assert_int_equal(decay->kind, kind);
    assert_int_equal(decay->photon_count, photon_count);
    check_mass("track", decay->track, track_mass);
    check_pi0(decay->pi0, decay->photons);
    check_near("m2", decay->m2, four_dot(missing, missing), CHECK_MASS2_MEV2);
}

/* Energy of a particle in the kaon's rest frame. */
static inline double check_rest_energy(struct four kaon, struct four particle)
{
    return four_dot(kaon, particle) / MASS_KAON_MEV;
}

/* Its cosine to the beam there, for a kaon along z. */
static inline double check_rest_cosine(struct four kaon, struct four particle)
{
    double energy = check_rest_energy(kaon, particle);
    double along = (kaon.e * particle.z - kaon.z * particle.e) / MASS_KAON_MEV;
    return along / sqrt(energy * energy - four_dot(particle, particle));
}

/* Mean and rms of a quantity, and a comparison of the mean with 4.5 of its errors. */
struct check_sum {
    double count, sum, sum2;
};

static inline void check_add(struct check_sum *sums, double value)
{
    sums->count++;
    sums->sum += value;
    sums->sum2 += value * value;
}

static inline double check_rms(const struct check_sum *sums)
{
    double mean = sums->sum / sums->count;
    return sqrt(sums->sum2 / sums->count - mean * mean);
}

static inline void check_mean(const char *what, const struct check_sum *sums, double expected)
{
    check_near(what, sums->sum / sums->count, expected, 4.5 * check_rms(sums) / sqrt(sums->count));
}

#endif
