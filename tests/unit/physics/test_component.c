/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "check_decay.h"

#include <string.h>

#include "../../vectors/subleading_vectors.h"
#include "physics/beam.h"
#include "physics/component.h"

#define DRAWS 200000

/* By hand: 2 * 2.55e-5 / 0.0507, 0.2067e-3 / 0.0507, and 0.03352 / 0.0507 times the integrated probability. */
static void rates_are_branching_ratios_over_that_of_ke3(void **state)
{
    (void)state;
    check_relative("ke4", component_rate(&component_table[COMPONENT_KE4]), 1.00591716e-3, 1e-8);
    check_relative("pipi0", component_rate(&component_table[COMPONENT_PIPI0]), 4.07692308e-3, 1e-8);
    check_relative("kmu3", component_rate(&component_table[COMPONENT_KMU3]),
                   0.661143984 * vector_kmu3_in_flight_probability, 1e-4);
    assert_true(component_rate(&component_table[COMPONENT_ACCIDENTALS]) == 0);
    assert_true(component_rate(&component_table[COMPONENT_TAILS]) == 0);
}

/* With the beam of 75 GeV/c +- 1 % and vertices between 105 and 180 m. */
static void the_mean_of_the_rates_at_vertices_is_the_rate(void **state)
{
    const struct beam beam = {75000, 0.01, 1e-4};
    const double decayed = 1 - exp(-75 / 563.8);
    struct check_sum rates[COMPONENT_COUNT] = {{0}};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        struct four kaon = beam_draw(&beam, &random);
        struct point vertex = {0, 0, 105e3 - 563.8e3 * log(1 - decayed * random_uniform(&random))};
        for (int j = 0; j < COMPONENT_COUNT; j++)
            check_add(&rates[j], component_rate_at(&component_table[j], kaon, vertex));
    }
    for (int j = 0; j < COMPONENT_COUNT; j++)
        check_relative(component_table[j].name, rates[j].sum / DRAWS, component_rate(&component_table[j]),
                       j == COMPONENT_KMU3 ? 1e-3 + 4.5 * 0.5 / sqrt(DRAWS) : 1e-9);
}

/* Further upstream there is more room to decay: 63.508 m against 23.508 m. */
static void muons_decay_in_flight_more_often_upstream(void **state)
{
    const struct component *kmu3 = &component_table[COMPONENT_KMU3];
    double upstream = component_rate_at(kmu3, check_kaon, (struct point){0, 0, 120000});
    double downstream = component_rate_at(kmu3, check_kaon, (struct point){0, 0, 160000});
    (void)state;
    check_relative("ratio", upstream / downstream, 63.508 / 23.508, 1e-3);
}

static void every_component_with_a_rate_draws_its_own_kind(void **state)
{
    const double track_mass[] = {MASS_ELECTRON_MEV, MASS_ELECTRON_MEV, MASS_PION_MEV};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int j = 0; j < COMPONENT_COUNT; j++) {
        const struct component *component = &component_table[j];
        assert_true((component->draw != NULL) == (component_rate(component) > 0));
        if (component->draw == NULL)
            continue;
        struct decay d;
        component->draw(&random, check_kaon, check_vertex, &d);
        check_decay(&d, component->kind, j == COMPONENT_KE4 ? 4 : 2, track_mass[j]);
        assert_string_equal(decay_kind_name(d.kind), component->name);
        assert_memory_equal(&d.kaon, &check_kaon, sizeof d.kaon);
        assert_memory_equal(&d.vertex, &check_vertex, sizeof d.vertex);
    }
}

static void expect_set(const char *list, uint32_t expected)
{
    char error[COMPONENT_ERROR_SIZE];
    uint32_t set = 0xFFFF;
    assert_true(component_parse(list, &set, error));
    assert_int_equal(set, expected);
}

static void lists_of_names_become_bits(void **state)
{
    (void)state;
    expect_set("none", 0);
    expect_set("all", 31);
    expect_set("ke4", 1);
    expect_set("kmu3", 2);
    expect_set("pipi0", 4);
    expect_set("accidentals", 8);
    expect_set("tails", 16);
    expect_set("tails,ke4", 17);
    expect_set("ke4,kmu3,pipi0,accidentals,tails", 31);
    expect_set("ke4,ke4", 1);
    expect_set("ke4,all", 31);
}

static void expect_error(const char *list, const char *quoted)
{
    char error[COMPONENT_ERROR_SIZE] = "";
    uint32_t set = 0xFFFF;
    assert_false(component_parse(list, &set, error));
    assert_int_equal(set, 0xFFFF);
    assert_true(strstr(error, quoted) == error);
    assert_non_null(strstr(error, "ke4,kmu3,pipi0,accidentals,tails"));
    assert_non_null(strstr(error, "none"));
}

static void wrong_names_are_quoted(void **state)
{
    (void)state;
    expect_error("", "''");
    expect_error("ke5", "'ke5'");
    expect_error("ke", "'ke'");
    expect_error("ke44", "'ke44'");
    expect_error("ke4,", "''");
    expect_error(",ke4", "''");
    expect_error("ke4, kmu3", "' kmu3'");
    expect_error("ke4,none", "'none'");
    expect_error("KE4", "'KE4'");
    expect_error("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                 "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_branching_ratios_over_that_of_ke3),
        cmocka_unit_test(the_mean_of_the_rates_at_vertices_is_the_rate),
        cmocka_unit_test(muons_decay_in_flight_more_often_upstream),
        cmocka_unit_test(every_component_with_a_rate_draws_its_own_kind),
        cmocka_unit_test(lists_of_names_become_bits),
        cmocka_unit_test(wrong_names_are_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
