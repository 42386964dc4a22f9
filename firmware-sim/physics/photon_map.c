/* SPDX-License-Identifier: MIT */
/* photon_map - see the header. */
#include "physics/photon_map.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "physics/constants.h"
#include "physics/estimate.h"
#include "physics/ke3gamma.h"
#include "physics/random.h"

/* Streams of kaons and directions; those of the decays are the numbers of the copies. */
#define DIRECTION_STREAM 1000

struct copy {
    const struct beam *beam;
    struct random random;
    double share[PHOTON_MAP_M2_BINS][PHOTON_MAP_ANGLE_BINS];
    double total;
};

double photon_map_angle_rad(int bin)
{
    return PHOTON_MAP_ANGLE_MIN_RAD * pow(10, bin / PHOTON_MAP_BINS_PER_DECADE);
}

static int angle_bin(double angle_rad)
{
    double decades = log10(fmax(angle_rad, PHOTON_MAP_ANGLE_MIN_RAD) / PHOTON_MAP_ANGLE_MIN_RAD);
    return (int)(decades * PHOTON_MAP_BINS_PER_DECADE);
}

/*
 * A photon's direction in the kaon's frame, and its weight. Isotropic directions would leave the large angles of the
 * laboratory empty. A boost multiplies tan(angle / 2) by a constant, so every decay gets DIRECTIONS photons at equal
 * distances in x = ln tan(angle / 2), shifted at random: cos = -tanh x, sin = 1 / cosh x, d cos = sin^2 dx. The weights
 * of a decay add up to 1 within 1e-3: a sum over equal distances is nearly the integral of a bell. Beyond X_MIN and
 * X_MAX are 1e-7 of all photons.
 */
#define DIRECTIONS 12
#define X_MIN (-8.0)
#define X_MAX 10.0
#define X_STEP ((X_MAX - X_MIN) / DIRECTIONS)

static struct four direction_at(double x, double phi, double *weight)
{
    double sine = 1 / cosh(x);
    *weight = 0.5 * sine * sine * X_STEP;
    return (struct four){1, sine * cos(phi), sine * sin(phi), -tanh(x)};
}

/* The photon's angle to the beam axis. */
static double boost(struct four direction, struct four kaon)
{
    struct four photon = four_boost(direction, kaon, MASS_KAON_MEV);
    return atan2(hypot(photon.x, photon.y), photon.z);
}

static void take_decay(void *context, const struct ke3gamma *decay, double weight)
{
    struct copy *copy = context;
    double *row = copy->share[(int)(decay->m2 / PHOTON_MAP_M2_WIDTH_MEV2)];
    struct four kaon = beam_draw(copy->beam, &copy->random);
    double shift = random_uniform(&copy->random);
    for (int i = 0; i < DIRECTIONS; i++) {
        double share;
        double phi = 2 * PI * random_uniform(&copy->random);
        struct four direction = direction_at(X_MIN + (i + shift) * X_STEP, phi, &share);
        row[angle_bin(boost(direction, kaon))] += weight * share;
    }
    copy->total += weight;
}

/* Sums of the shares and, in `error`, of their squares. */
static void add_copy(struct photon_map *map, const struct copy *copy)
{
    for (size_t i = 0; i < PHOTON_MAP_M2_BINS; i++)
        for (size_t j = 0; j < PHOTON_MAP_ANGLE_BINS; j++) {
            double share = copy->share[i][j] / copy->total;
            map->share[i][j] += share;
            map->error[i][j] += share * share;
        }
}

/* From the sums to the mean and its standard error. */
static void finish(struct photon_map *map)
{
    for (size_t i = 0; i < PHOTON_MAP_M2_BINS; i++)
        for (size_t j = 0; j < PHOTON_MAP_ANGLE_BINS; j++) {
            struct estimate mean = estimate_of_mean(map->share[i][j], map->error[i][j], STRATA_COPIES);
            map->share[i][j] = mean.value;
            map->error[i][j] = mean.error;
        }
}

void photon_map_simulate(struct photon_map *map, const struct photon_map_config *config)
{
    memset(map, 0, sizeof *map);
    for (uint64_t i = 0; i < STRATA_COPIES; i++) {
        struct copy copy = {.beam = &config->beam};
        struct random shifts;
        random_init(&shifts, config->seed, i);
        random_init(&copy.random, config->seed, DIRECTION_STREAM + i);
        strata_simulate(config->events / STRATA_COPIES, &shifts, take_decay, &copy);
        add_copy(map, &copy);
    }
    finish(map);
}
