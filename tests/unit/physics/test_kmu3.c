/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "check_decay.h"

#include <string.h>

#include "../../vectors/subleading_vectors.h"
#include "physics/kmu3.h"

#define DRAWS 100000
#define MUON_MEV 105.6583755
#define COUNT(table) (sizeof(table) / sizeof *(table))

static void the_rate_is_two_thirds_of_that_of_ke3(void **state)
{
    (void)state;
    check_relative("Kmu3 / Ke3", dalitz_rate(MUON_MEV, 0) / dalitz_rate(MASS_ELECTRON_MEV, 0), vector_kmu3_ratio_to_ke3,
                   1e-6);
}

static void the_ceiling_is_the_one_that_a_search_finds(void **state)
{
    struct dalitz searched;
    (void)state;
    dalitz_init(&searched, MUON_MEV, 0);
    assert_true(kmu3_dalitz.weight_max > searched.weight_max / 1.01);
    check_relative("ceiling", kmu3_dalitz.weight_max, searched.weight_max, 2e-3);
    assert_true(kmu3_dalitz.lepton_mass == searched.lepton_mass && kmu3_dalitz.neutral_mass == 0);
}

static void moments_match_the_independent_integrals(void **state)
{
    struct check_sum pi0 = {0}, muon = {0}, q2 = {0}, longitudinal = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        struct dalitz_decay d;
        dalitz_draw(&kmu3_dalitz, &random, &d);
        struct four pair = four_add(d.lepton, d.neutral), sum = four_add(pair, d.pi0), spin = kmu3_spin(&d);
        double momentum = sqrt(four_momentum2(d.lepton));
        check_near("energy", sum.e, MASS_KAON_MEV, 1e-9);
        check_near("momentum", sqrt(four_momentum2(sum)), 0, 1e-9);
        check_near("muon", four_dot(d.lepton, d.lepton), MUON_MEV * MUON_MEV, 1e-7);
        check_near("neutrino", four_dot(d.neutral, d.neutral), 0, 1e-7);
        check_add(&pi0, d.pi0.e);
        check_add(&muon, d.lepton.e);
        check_add(&q2, four_dot(pair, pair));
        check_add(&longitudinal, -four_dot(spin, d.lepton) / momentum);
    }
    check_mean("pi0", &pi0, vector_kmu3_pi0_energy_mev);
    check_mean("muon", &muon, vector_kmu3_muon_energy_mev);
    check_relative("its rms", check_rms(&muon), vector_kmu3_muon_energy_rms_mev, 0.01);
    check_mean("q2", &q2, vector_kmu3_q2_mev2);
    check_mean("longitudinal polarisation", &longitudinal, vector_kmu3_longitudinal_polarisation);
}

/* The muon along z, the pi0 in the half plane x > 0. */
static struct dalitz_decay decay_with(double pi0_energy, double muon_energy)
{
    double pi0 = sqrt(pi0_energy * pi0_energy - MASS_PI0_MEV * MASS_PI0_MEV);
    double muon = sqrt(muon_energy * muon_energy - MUON_MEV * MUON_MEV);
    double nu = MASS_KAON_MEV - pi0_energy - muon_energy;
    double along = (nu * nu - pi0 * pi0 - muon * muon) / (2 * muon);
    double across = sqrt(pi0 * pi0 - along * along);
    return (struct dalitz_decay){
        {pi0_energy, across, 0, along}, {muon_energy, 0, 0, muon}, {nu, -across, 0, -along - muon}};
}

static void the_muon_is_polarised_as_the_published_formula_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vector_kmu3_spin); i++) {
        struct dalitz_decay d = decay_with(vector_kmu3_spin[i].pi0_energy_mev, vector_kmu3_spin[i].muon_energy_mev);
        struct four spin = kmu3_spin(&d);
        check_near("along", spin.z, vector_kmu3_spin[i].along, 1e-9);
        check_near("across", spin.x, vector_kmu3_spin[i].across, 1e-9);
        check_near("out of the plane", spin.y, 0, 1e-12);
        assert_true(spin.e == 0);
    }
}

/* Weighted with the chance to decay in flight; the probability to decay between the vertex and the chamber is the same
 * all along it to 2e-3, so the mean place is half way. */
static void decays_in_flight_match_the_independent_integrals(void **state)
{
    struct check_sum pi0 = {0}, positron = {0}, m2 = {0}, cosine = {0}, place = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int i = 0; i < DRAWS; i++) {
        struct decay d;
        kmu3_draw(&random, check_kaon, check_vertex, &d);
        check_decay(&d, DECAY_KMU3, 2, MASS_ELECTRON_MEV);
        assert_true(d.m2 > -1e-9 && d.m2 < 128300);
        check_add(&pi0, check_rest_energy(check_kaon, d.pi0));
        check_add(&positron, check_rest_energy(check_kaon, d.track));
        check_add(&cosine, check_rest_cosine(check_kaon, d.pi0));
        check_add(&m2, d.m2);
        check_add(&place, (d.track_origin.z - 130000) / (183508 - 130000));
        assert_true(d.track_origin.z > 130000 && d.track_origin.z <= 183508);
        assert_true(hypot(d.track_origin.x - 3, d.track_origin.y + 2) < 0.06 * (d.track_origin.z - 130000));
        assert_memory_equal(&d.vertex, &check_vertex, sizeof d.vertex);
    }
    check_mean("pi0", &pi0, vector_kmu3_in_flight_pi0_energy_mev);
    check_mean("positron", &positron, vector_kmu3_in_flight_positron_energy_mev);
    check_mean("m2", &m2, vector_kmu3_in_flight_m2_mev2);
    check_mean("cosine of the pi0", &cosine, vector_kmu3_in_flight_pi0_cosine);
    check_near("place", place.sum / DRAWS, 0.5, 2e-4 + 4.5 * sqrt(1.0 / 12 / DRAWS));
}

/* 2000 vertices of equal probability, by the decay law between 105 and 180 m. */
static void the_probability_to_decay_in_flight_matches_the_integral(void **state)
{
    const double decayed = 1 - exp(-75 / 563.8);
    double mean = 0;
    (void)state;
    for (int i = 0; i < 2000; i++) {
        double z = 105e3 - 563.8e3 * log(1 - decayed * (i + 0.5) / 2000);
        mean += kmu3_in_flight(check_kaon, (struct point){0, 0, z}) / 2000;
    }
    check_relative("mean", mean, vector_kmu3_in_flight_probability, 1e-3);
    check_relative("constant", KMU3_IN_FLIGHT, vector_kmu3_in_flight_probability, 1e-4);
    assert_true(kmu3_in_flight(check_kaon, (struct point){0, 0, 183508}) == 0);
    assert_true(kmu3_in_flight(check_kaon, (struct point){0, 0, 200000}) == 0);
}

/* A kaon of 300 MeV/c sends muons backwards, which never come to the chamber; a vertex may lie a millimetre before it.
 */
static void slow_kaons_and_late_vertices_have_decays_too(void **state)
{
    const struct four kaons[] = {four_on_shell(MASS_KAON_MEV, 1, 2, 300), four_on_shell(MASS_KAON_MEV, 10, -10, 1e5),
                                 four_on_shell(MASS_KAON_MEV, 500, 0, 5000)};
    const double places[] = {105000, 183507, 183507};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), UINT64_MAX);
    for (int i = 0; i < 600; i++) {
        struct point vertex = {0, 0, places[i % 3]};
        struct decay d;
        kmu3_draw(&random, kaons[i % 3], vertex, &d);
        check_decay(&d, DECAY_KMU3, 2, MASS_ELECTRON_MEV);
        assert_true(d.track_origin.z >= vertex.z && d.track_origin.z <= 183508);
    }
}

static void the_same_seed_and_stream_give_the_same_decays(void **state)
{
    struct random first, second;
    struct decay a, b;
    (void)state;
    random_init(&first, 5, 7);
    random_init(&second, 5, 7);
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    for (int i = 0; i < 100; i++) {
        kmu3_draw(&first, check_kaon, check_vertex, &a);
        kmu3_draw(&second, check_kaon, check_vertex, &b);
        assert_true(a.m2 == b.m2 && a.track_origin.z == b.track_origin.z);
        assert_memory_equal(a.photons, b.photons, 2 * sizeof a.photons[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_is_two_thirds_of_that_of_ke3),
        cmocka_unit_test(the_ceiling_is_the_one_that_a_search_finds),
        cmocka_unit_test(moments_match_the_independent_integrals),
        cmocka_unit_test(the_muon_is_polarised_as_the_published_formula_says),
        cmocka_unit_test(decays_in_flight_match_the_independent_integrals),
        cmocka_unit_test(the_probability_to_decay_in_flight_matches_the_integral),
        cmocka_unit_test(slow_kaons_and_late_vertices_have_decays_too),
        cmocka_unit_test(the_same_seed_and_stream_give_the_same_decays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
