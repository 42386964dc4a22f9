/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "../../vectors/physics_vectors.h"
#include "physics/photon_map.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct photon_map map;

static int simulate(void **state)
{
    (void)state;
    photon_map_simulate(&map, &(struct photon_map_config){160000, check_seed(), {75000, 0.01, 1e-4}});
    return 0;
}

static double sum(int m2_first, int angle_first)
{
    double total = 0;
    for (int i = m2_first; i < PHOTON_MAP_M2_BINS; i++)
        for (int j = angle_first; j < PHOTON_MAP_ANGLE_BINS; j++)
            total += map.share[i][j];
    return total;
}

static void the_map_holds_every_decay(void **state)
{
    (void)state;
    check_near("total", sum(0, 0), 1, 2e-3);
}

static void its_columns_have_the_published_tail(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vector_tail); i++) {
        double bins = vector_tail[i].above_mev2 / 2500;
        if (bins == floor(bins))
            check_relative("tail", sum((int)bins, 0), vector_tail[i].before, 0.03);
    }
}

/* (1 - beta)(1 + cos t) / (2 (1 - beta cos t)) with 1 - beta = 2.166303e-5 (75 GeV/c), calculated in Python with 30
 * digits; the spread of the beam's momentum adds 3e-4 of it. */
static void as_many_photons_are_beyond_an_angle_as_an_isotropic_emitter_sends_there(void **state)
{
    static const struct {
        int bin;
        double angle_rad, share;
    } beyond[] = {{20, 1e-3, 0.9774401406},
                  {40, 1e-2, 0.3022889229},
                  {54, 0.05011872336, 0.0169491527},
                  {70, 0.3162277660, 4.25880831e-4}};
    (void)state;
    for (size_t i = 0; i < COUNT(beyond); i++) {
        check_relative("edge", photon_map_angle_rad(beyond[i].bin), beyond[i].angle_rad, 1e-9);
        check_relative("share", sum(4, beyond[i].bin) / sum(4, 0), beyond[i].share, 0.02);
    }
}

static void no_cell_is_beyond_the_phase_space(void **state)
{
    (void)state;
    assert_true(photon_map_angle_rad(PHOTON_MAP_ANGLE_BINS) > 3.141592653589793);
    assert_true(sum(0, 70) > 0);
    assert_true(sum(PHOTON_MAP_M2_BINS - 1, 0) < 1e-7);
}

static void the_errors_cover_the_scatter_between_seeds(void **state)
{
    static struct photon_map other;
    double chi2 = 0, cells = 0;
    (void)state;
    photon_map_simulate(&other, &(struct photon_map_config){160000, check_seed() + 1, {75000, 0.01, 1e-4}});
    for (int i = 4; i < 20; i++)
        for (int j = 20; j < 60; j++) {
            double error = hypot(map.error[i][j], other.error[i][j]);
            double pull = (map.share[i][j] - other.share[i][j]) / error;
            chi2 += pull * pull, cells++;
        }
    check_near("chi2 / cells", chi2 / cells, 1, 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_map_holds_every_decay),
        cmocka_unit_test(its_columns_have_the_published_tail),
        cmocka_unit_test(as_many_photons_are_beyond_an_angle_as_an_isotropic_emitter_sends_there),
        cmocka_unit_test(no_cell_is_beyond_the_phase_space),
        cmocka_unit_test(the_errors_cover_the_scatter_between_seeds),
    };
    return cmocka_run_group_tests(tests, simulate, NULL);
}
