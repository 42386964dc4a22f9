/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "hnlmon/units.h"
#include "physics/beam.h"
#include "physics/constants.h"
#include "physics/ke3gamma.h"
#include "physics/smear.h"

#define DRAWS 100000

struct lab_event {
    struct four kaon, pi0, e;
    double m2;
};

static struct lab_event draw_event(struct random *random, struct ke3gamma_counts *counts)
{
    const struct beam beam = {75000, 0.01, 1e-4};
    struct ke3gamma decay;
    ke3gamma_draw(random, &decay, counts);
    struct rotation rotation = random_rotation(random);
    struct lab_event event = {.kaon = beam_draw(&beam, random), .m2 = decay.m2};
    event.pi0 = four_boost(four_rotate(decay.pi0, &rotation), event.kaon, MASS_KAON_MEV);
    event.e = four_boost(four_rotate(decay.e, &rotation), event.kaon, MASS_KAON_MEV);
    return event;
}

/* Squared missing mass from momenta alone, with the fixed masses; long double, so that its own error is below 1e-9. */
static double reconstruct(struct four kaon, struct four pi0, struct four e, double lsb)
{
    const struct four particle[3] = {kaon, pi0, e};
    const long double mass[3] = {493.677L, 134.9768L, 0.51099895L};
    long double sum[4] = {0};
    for (int i = 0; i < 3; i++) {
        long double p[3] = {particle[i].x, particle[i].y, particle[i].z};
        long double p2 = mass[i] * mass[i];
        for (int j = 0; j < 3; j++) {
            if (lsb > 0)
                p[j] = roundl(p[j] / lsb) * lsb;
            p2 += p[j] * p[j];
            sum[j] += i == 0 ? p[j] : -p[j];
        }
        sum[3] += i == 0 ? sqrtl(p2) : -sqrtl(p2);
    }
    return (double)(sum[3] * sum[3] - sum[0] * sum[0] - sum[1] * sum[1] - sum[2] * sum[2]);
}

struct shift_tally {
    uint64_t failures, by_pi0;
    double worst, worst_rounded, rounded2;
};

static void smear_checked(struct shift_tally *tally, struct lab_event event, double target)
{
    struct lab_event before = event;
    if (!smear_to(target, event.kaon, &event.pi0, &event.e)) {
        tally->failures++;
        assert_true(event.pi0.z == before.pi0.z && event.e.z == before.e.z);
        return;
    }
    double rounded = reconstruct(event.kaon, event.pi0, event.e, 1.0 / (1 << MOMENTUM_SHIFT));
    tally->by_pi0 += event.e.z == before.e.z;
    tally->worst = fmax(tally->worst, fabs(reconstruct(event.kaon, event.pi0, event.e, 0) - target));
    tally->rounded2 += (rounded - target) * (rounded - target);
    tally->worst_rounded = fmax(tally->worst_rounded, fabs(rounded - target));
}

static void the_reconstructed_mass_is_the_wanted_one(void **state)
{
    struct random random;
    struct ke3gamma_counts counts = {0};
    struct shift_tally tally = {0};
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        struct lab_event event = draw_event(&random, &counts);
        smear_checked(&tally, event, event.m2 + 1700 * random_normal(&random));
    }
    double rounded_rms = sqrt(tally.rounded2 / DRAWS);
    printf("worst %.3g, after rounding %.3g, rms %.3g MeV^2; failures %.3g %%, pi0 %.3g %%\n", tally.worst,
           tally.worst_rounded, rounded_rms, 100.0 * (double)tally.failures / DRAWS,
           100.0 * (double)tally.by_pi0 / DRAWS);
    assert_true(tally.worst < 1e-5);
    assert_true(rounded_rms < 1); /* half a unit of the wire in six components, at wide angles */
    assert_true(tally.worst_rounded < 21);
    check_near("failures", (double)tally.failures / DRAWS, 0.0012, 0.0006);
}

static void the_true_mass_needs_no_shift(void **state)
{
    struct random random;
    struct ke3gamma_counts counts = {0};
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int i = 0; i < 1000; i++) {
        struct lab_event event = draw_event(&random, &counts), before = event;
        assert_true(smear_to(event.m2, event.kaon, &event.pi0, &event.e));
        check_relative("pi0", event.pi0.z, before.pi0.z, 1e-8);
        check_relative("e", event.e.z, before.e.z, 1e-8);
    }
}

static void a_mass_beyond_all_energy_is_refused(void **state)
{
    struct four kaon = four_on_shell(MASS_KAON_MEV, 0, 0, 75000);
    struct four pi0 = four_on_shell(MASS_PI0_MEV, 50, 0, 30000), e = four_on_shell(MASS_ELECTRON_MEV, -60, 0, 20000);
    (void)state;
    assert_false(smear_to(1e6, kaon, &pi0, &e));
    assert_true(pi0.z == 30000 && e.z == 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reconstructed_mass_is_the_wanted_one),
        cmocka_unit_test(the_true_mass_needs_no_shift),
        cmocka_unit_test(a_mass_beyond_all_energy_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
