/* SPDX-License-Identifier: MIT */
#include "cli/episodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* z = 2.5 + 0.05 point */
#define POINT_OF_4 30
#define POINT_OF_5 50

static struct episodes episodes;

static void look(enum horizon_id horizon, double z, const char *withheld)
{
    static struct scan scan;
    memset(&scan, 0, sizeof scan);
    scan.horizon = horizon;
    scan.withheld = withheld;
    scan.hypotheses[3] = (struct hypothesis){.valid = true, .z_alarm = z - 1};
    scan.hypotheses[20] = (struct hypothesis){.valid = true, .z_alarm = z};
    scan.hypotheses[21] = (struct hypothesis){.valid = false, .z_alarm = 30};
    episodes_look(&episodes, &scan);
}

static void an_episode_ends_half_a_sigma_below_where_it_began(void **state)
{
    static const double z[] = {3.9, 4.01, 3.6, 4.1, 5.2, 3.52, 4.02, 3.4, 4.2, 0, 3.99};
    (void)state;
    episodes_init(&episodes);
    for (size_t i = 0; i < sizeof z / sizeof *z; i++)
        look(HORIZON_10, z[i], NULL);
    assert_int_equal(episodes.counts[HORIZON_10][POINT_OF_4], 2); /* until 3.4, and 4.2 */
    assert_int_equal(episodes.counts[HORIZON_10][POINT_OF_5], 1);
    assert_int_equal(episodes.counts[HORIZON_10][EPISODES_POINTS - 1], 0);
    assert_int_equal(episodes.looks[HORIZON_10], sizeof z / sizeof *z);
    assert_true(episodes.highest[HORIZON_10] == 5.2);
}

static void horizons_are_counted_apart_and_withheld_scans_not_at_all(void **state)
{
    (void)state;
    episodes_init(&episodes);
    look(HORIZON_1, 5, NULL);
    look(HORIZON_RUN, 6, NULL);
    look(HORIZON_100, 9, "candidates were lost");
    assert_int_equal(episodes.counts[HORIZON_1][POINT_OF_4], 1);
    assert_int_equal(episodes.counts[HORIZON_RUN][POINT_OF_5], 1);
    assert_int_equal(episodes.looks[HORIZON_100], 0);
    assert_int_equal(episodes.counts[HORIZON_100][0], 0);
    look(HORIZON_RUN, 0, "not enough bursts yet"); /* nothing ends by it */
    look(HORIZON_RUN, 6, NULL);
    assert_int_equal(episodes.counts[HORIZON_RUN][POINT_OF_5], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_episode_ends_half_a_sigma_below_where_it_began),
        cmocka_unit_test(horizons_are_counted_apart_and_withheld_scans_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
