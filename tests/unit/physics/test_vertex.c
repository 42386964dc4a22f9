/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/vertex.h"

static void expect_vertex(struct ray track, struct ray kaon, struct point expected, double expected_cda)
{
    struct point vertex;
    double cda;
    assert_true(vertex_find(&track, &kaon, &vertex, &cda));
    check_near("x", vertex.x, expected.x, 1e-9);
    check_near("y", vertex.y, expected.y, 1e-9);
    check_near("z", vertex.z, expected.z, 1e-6);
    check_near("cda", cda, expected_cda, 1e-9);
}

static void two_lines_that_cross_meet_where_they_cross(void **state)
{
    (void)state;
    expect_vertex((struct ray){{43.5, 0, 183500}, 1e-3, 0}, (struct ray){{0, 0, 100000}, 0, 0},
                  (struct point){0, 0, 140000}, 0);
    expect_vertex((struct ray){{8, 43.5, 183500}, 0, 1e-3}, (struct ray){{8, 0, 100000}, 0, 0},
                  (struct point){8, 0, 140000}, 0);
}

/* The kaon is at x = 8 mm at 140 m; there the track passes it 5 mm beside, perpendicular to the slope between them. */
static void a_track_beside_the_kaon_leaves_its_distance_and_a_vertex_on_the_kaon(void **state)
{
    const struct ray kaon = {{0, 0, 100000}, 2e-4, 0};
    const struct ray track = {{13, 0, 140000}, 2e-4, 2e-3};
    (void)state;
    expect_vertex(track, kaon, (struct point){8, 0, 140000}, 5);
    expect_vertex((struct ray){ray_point(&track, 183500), 2e-4, 2e-3}, kaon, (struct point){8, 0, 140000}, 5);
}

static void parallel_lines_have_no_vertex(void **state)
{
    const struct ray track = {{50, 0, 183500}, 1e-4, 2e-4}, kaon = {{0, 0, 100000}, 1e-4, 2e-4};
    struct point vertex;
    double cda;
    (void)state;
    assert_false(vertex_find(&track, &kaon, &vertex, &cda));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lines_that_cross_meet_where_they_cross),
        cmocka_unit_test(a_track_beside_the_kaon_leaves_its_distance_and_a_vertex_on_the_kaon),
        cmocka_unit_test(parallel_lines_have_no_vertex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
