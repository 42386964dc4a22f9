/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <string.h>

#include "hnlmon/candidate.h"
#include "physics/accidental.h"

#define DRAWS 1000000

static const uint32_t detector_flags[] = {FLAG_LAV, FLAG_IRC, FLAG_SAC, FLAG_LKR_EXTRA, FLAG_CHANTI, FLAG_MUV3};

struct counts {
    uint64_t fired[ACCIDENTAL_DETECTORS], photon, any, lav_and_muv3;
};

static struct counts count(const struct accidental *accidental, double intensity, uint64_t stream)
{
    struct counts counts = {0};
    struct random random;
    random_init(&random, check_seed(), stream);
    for (int i = 0; i < DRAWS; i++) {
        uint32_t flags = accidental_flags(accidental, intensity, &random);
        for (int j = 0; j < ACCIDENTAL_DETECTORS; j++)
            counts.fired[j] += (flags & detector_flags[j]) != 0;
        counts.photon += (flags & FLAG_PHOTON_VETO) != 0;
        counts.any += flags != 0;
        counts.lav_and_muv3 += (flags & FLAG_LAV) != 0 && (flags & FLAG_MUV3) != 0;
        assert_true((flags & ~(FLAG_PHOTON_VETO | FLAG_CHANTI | FLAG_MUV3)) == 0);
    }
    return counts;
}

/* 1 - exp(-0.066) and 1 - exp(-0.096). */
static void the_nominal_random_veto_is_six_per_cent(void **state)
{
    struct accidental accidental = accidental_default();
    struct counts counts = count(&accidental, 1, 0);
    (void)state;
    check_share("photon veto", counts.photon, DRAWS, 0.06386912);
    check_share("any", counts.any, DRAWS, 0.09153598);
    check_share("LAV", counts.fired[0], DRAWS, 0.02955447);
    check_share("MUV3", counts.fired[5], DRAWS, 0.01980133);
}

/* With 0.2, 0.4, ... 1.2 hits; two detectors fire together as often as the product of their probabilities says. */
static void detectors_fire_independently_in_proportion_to_the_intensity(void **state)
{
    const struct accidental accidental = {{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}};
    const double fired[] = {0.18126925, 0.32967995, 0.45118836, 0.55067104, 0.63212056, 0.69880579};
    struct counts counts = count(&accidental, 2, 1);
    (void)state;
    for (int j = 0; j < ACCIDENTAL_DETECTORS; j++)
        check_share("detector", counts.fired[j], DRAWS, fired[j]);
    check_share("two", counts.lav_and_muv3, DRAWS, 0.18126925 * 0.69880579);
}

static void nothing_fires_without_intensity_or_hits(void **state)
{
    const struct accidental silent = {{0}};
    struct accidental nominal = accidental_default();
    (void)state;
    assert_true(count(&nominal, 0, 2).any == 0);
    assert_true(count(&silent, 5, 3).any == 0);
}

static void a_quiet_candidate_costs_one_random_number(void **state)
{
    struct accidental accidental = accidental_default();
    struct random random, reference;
    (void)state;
    random_init(&random, check_seed(), 4);
    for (int i = 0; i < 1000; i++) {
        reference = random;
        if (accidental_flags(&accidental, 1, &random) != 0)
            continue;
        (void)random_word(&reference);
        assert_true(random.block_count == reference.block_count && random.used == reference.used);
    }
}

static void impossible_hits_are_named(void **state)
{
    struct accidental accidental = accidental_default();
    (void)state;
    assert_null(accidental_error(&accidental));
    accidental.hits[3] = -1e-9;
    assert_non_null(strstr(accidental_error(&accidental), "between 0 and 10"));
    accidental.hits[3] = NAN;
    assert_non_null(accidental_error(&accidental));
    accidental.hits[3] = 10.5;
    assert_non_null(accidental_error(&accidental));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nominal_random_veto_is_six_per_cent),
        cmocka_unit_test(detectors_fire_independently_in_proportion_to_the_intensity),
        cmocka_unit_test(nothing_fires_without_intensity_or_hits),
        cmocka_unit_test(a_quiet_candidate_costs_one_random_number),
        cmocka_unit_test(impossible_hits_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
