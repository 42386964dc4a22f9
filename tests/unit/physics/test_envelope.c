/* SPDX-License-Identifier: MIT */
/* Unweighted decays against weighted ones where an envelope may be too low: hard photons, slow positrons, the far tail
 * of m2, and the two sides of v = 0.9, where the accept-reject changes its envelope. Weighted decays know no envelope,
 * and there are many of them in each region. */
#include "chi2.h"

#include <stdbool.h>

#include "physics/constants.h"
#include "physics/ke3gamma.h"

#define PILOT_EACH 2000
#define HARD_PHOTON_MEV 30.0
#define FAR_M2_MEV2 3e4 /* needs a photon above 33 MeV */
#define SLOW_POSITRON_MEV 20.0
#define EDGE_V 0.8
#define CLIPPED 5e-7 /* share of all decays */

enum { HARD, FAR, SLOW, EDGE, REGIONS };
enum { PHOTON_ENERGY, POSITRON_ENERGY, COSINE, M2, PI0_ENERGY, V, QUANTITIES };

static const char *const region_names[REGIONS] = {"hard photon", "far tail", "slow positron", "edge"};

static const char *const names[REGIONS][QUANTITIES] = {
    {"k, hard", "E_e, hard", "cos, hard", "m2, hard", "E_pi0, hard", "v, hard"},
    {"k, far", "E_e, far", "cos, far", "m2, far", "E_pi0, far", "v, far"},
    {"k, slow", "E_e, slow", "cos, slow", "m2, slow", "E_pi0, slow", "v, slow"},
    {"k, edge", "E_e, edge", "cos, edge", "m2, edge", "E_pi0, edge", "v, edge"},
};

/* (k / m_K)^b, uniform but for the matrix element. */
static double v_of(const struct ke3gamma *decay)
{
    return pow(decay->k / MASS_KAON_MEV, decay->positron.soft_exponent);
}

static bool contains(int region, const struct ke3gamma *decay)
{
    const bool answers[REGIONS] = {decay->k > HARD_PHOTON_MEV, decay->m2 > FAR_M2_MEV2,
                                   decay->e.e<SLOW_POSITRON_MEV, v_of(decay)> EDGE_V};
    return answers[region];
}

static void quantities_of(const struct ke3gamma *decay, double values[QUANTITIES])
{
    values[PHOTON_ENERGY] = decay->k;
    values[POSITRON_ENERGY] = decay->e.e;
    values[COSINE] = decay->n.z;
    values[M2] = decay->m2;
    values[PI0_ENERGY] = decay->pi0.e;
    values[V] = v_of(decay);
}

/* One histogram per region and quantity, and the rate of each region: sums of weights, and a count. */
struct comparison {
    struct chi2 chi2[REGIONS][QUANTITIES];
    double weight[REGIONS], square[REGIONS];
    uint64_t count[REGIONS];
};

/* Edges from decays that are not used again. */
static void edges_of(struct comparison *comparison, struct random *random)
{
    static double pilot[REGIONS][QUANTITIES][PILOT_EACH];
    size_t count[REGIONS] = {0}, full = 0;
    struct ke3gamma_counts counts = {0};
    while (full < REGIONS) {
        struct ke3gamma decay;
        double values[QUANTITIES];
        ke3gamma_draw(random, &decay, &counts);
        quantities_of(&decay, values);
        for (int region = 0; region < REGIONS; region++) {
            if (count[region] == PILOT_EACH || !contains(region, &decay))
                continue;
            for (int i = 0; i < QUANTITIES; i++)
                pilot[region][i][count[region]] = values[i];
            full += ++count[region] == PILOT_EACH;
        }
    }
    for (int region = 0; region < REGIONS; region++)
        for (int i = 0; i < QUANTITIES; i++)
            chi2_init(&comparison->chi2[region][i], names[region][i], pilot[region][i], PILOT_EACH);
}

/* A weighted decay that covers the region, and little more; its mean weight is the rate. */
static double weigh(int region, struct random *random, struct ke3gamma *decay)
{
    const double slow = (SLOW_POSITRON_MEV - MASS_ELECTRON_MEV) / (POSITRON_ENERGY_MAX_MEV - MASS_ELECTRON_MEV);
    double u[5];
    for (int i = 0; i < 5; i++)
        u[i] = random_uniform(random);
    if (region == HARD || region == FAR)
        return ke3gamma_weigh(u, HARD_PHOTON_MEV, PHOTON_ENERGY_MAX_MEV, decay);
    if (region == SLOW)
        u[0] *= slow;
    if (region == EDGE)
        u[1] = EDGE_V + (1 - EDGE_V) * u[1]; /* u_1 = (k / k_max)^b is above v */
    double weight = ke3gamma_weigh(u, 0, PHOTON_ENERGY_MAX_MEV, decay);
    return region == SLOW ? slow * weight : region == EDGE ? (1 - EDGE_V) * weight : weight;
}

static void fill_weighted(struct comparison *comparison, int region, struct random *random, int trials)
{
    for (int i = 0; i < trials; i++) {
        struct ke3gamma decay;
        double values[QUANTITIES], weight = weigh(region, random, &decay);
        if (!(weight > 0 && contains(region, &decay)))
            continue;
        comparison->weight[region] += weight / trials;
        comparison->square[region] += weight / trials * weight / trials;
        quantities_of(&decay, values);
        for (int j = 0; j < QUANTITIES; j++)
            chi2_fill_weighted(&comparison->chi2[region][j], values[j], weight);
    }
}

static void fill_unweighted(struct comparison *comparison, struct random *random, int draws)
{
    struct ke3gamma_counts counts = {0};
    for (int i = 0; i < draws; i++) {
        struct ke3gamma decay;
        double values[QUANTITIES];
        ke3gamma_draw(random, &decay, &counts);
        quantities_of(&decay, values);
        for (int region = 0; region < REGIONS; region++) {
            if (!contains(region, &decay))
                continue;
            comparison->count[region]++;
            for (int j = 0; j < QUANTITIES; j++)
                chi2_fill(&comparison->chi2[region][j], 1, values[j]);
        }
    }
    const double accepted = (double)counts.accepted, clipped = counts.clipped / accepted;
    printf("clipped %.2g, efficiency %.4f\n", clipped, accepted / (double)counts.trials);
    assert_true(clipped < CLIPPED + 5e-3 / sqrt(accepted)); /* seven sigma: single pieces reach 3 */
}

/* The mean raw weight of the plain recipe, 0.2359 * 5.3e18, is the total rate. */
static void check_rates(const struct comparison *comparison, int draws)
{
    for (int region = 0; region < REGIONS; region++) {
        const double total = 0.2359 * 5.3e18, share = comparison->weight[region] / total;
        const double counted = (double)comparison->count[region] / draws;
        const double sigma = hypot(sqrt(comparison->square[region]) / total, sqrt(share / draws));
        printf("%-24s share %.5g, from weights %.5g +- %.2g\n", region_names[region], counted, share, sigma);
        check_near(region_names[region], counted, share, 5 * hypot(sigma, 2e-4 * share));
    }
}

static void the_tails_of_unweighted_decays_are_those_of_weighted_ones(void **state)
{
    static struct comparison comparison;
    const int draws = test_is_full() ? 50000000 : 2000000, trials = test_is_full() ? 8000000 : 400000;
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    edges_of(&comparison, &random);
    for (int region = 0; region < REGIONS; region++)
        fill_weighted(&comparison, region, &random, trials);
    fill_unweighted(&comparison, &random, draws);
    check_rates(&comparison, draws);
    for (int region = 0; region < REGIONS; region++)
        for (int i = 0; i < QUANTITIES; i++)
            chi2_check_value(names[region][i], chi2_weighted_value(&comparison.chi2[region][i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tails_of_unweighted_decays_are_those_of_weighted_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
