/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <string.h>

#include "../../vectors/physics_vectors.h"
#include "hnlmon/units.h"
#include "physics/component.h"
#include "physics/constants.h"
#include "physics/event.h"

#define DRAWS 300000
#define NA62_DRAWS 100000 /* each takes five decays */

/* From the wire's integers, in long double. */
static double reconstruct(const struct candidate *c)
{
    const int32_t *momentum[3] = {c->k, c->pi0, c->e};
    const long double mass[3] = {493.677L, 134.9768L, 0.51099895L};
    long double sum[4] = {0};
    for (int i = 0; i < 3; i++) {
        long double p2 = mass[i] * mass[i], sign = i == 0 ? 1 : -1;
        for (int j = 0; j < 3; j++) {
            long double p = momentum[i][j] / 8192.0L;
            p2 += p * p;
            sum[j] += sign * p;
        }
        sum[3] += sign * sqrtl(p2);
    }
    return (double)(sum[3] * sum[3] - sum[0] * sum[0] - sum[1] * sum[1] - sum[2] * sum[2]);
}

static void the_reconstructed_mass_scatters_around_the_truth_as_a_gaussian(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    double sum = 0, sum2 = 0, sum4 = 0;
    (void)state;
    config.seed = check_seed();
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        double pull = (reconstruct(&candidate) - truth.m2_mev2) / 1700;
        sum += pull / DRAWS;
        sum2 += pull * pull / DRAWS;
        sum4 += pull * pull * pull * pull / DRAWS;
        assert_true(truth.kind == DECAY_KE3);
    }
    /* The 0.1 % of decays that cannot be shifted are the most negative pulls: they move the mean by up to 0.004. */
    check_near("mean", sum, 0, 0.004 + 5 / sqrt(DRAWS));
    check_near("variance", sum2, 1, 0.015);
    check_near("fourth moment", sum4, 3, 0.12);
}

/* Signal over background is rho u2; at 135 MeV and u2 = 1 that is 0.50996. */
static void signal_and_background_come_in_the_ratio_of_their_branching_fractions(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    const double ratio = 0.50995795 * 0.5;
    uint64_t signal = 0;
    double sum = 0;
    (void)state;
    config.seed = check_seed();
    config.signal_mass_mev = 135;
    config.u2 = 0.5;
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        if (truth.kind != DECAY_SIGNAL)
            continue;
        signal++;
        sum += reconstruct(&candidate);
        assert_true(truth.m2_mev2 == 18225);
        assert_true((candidate.flags & FLAG_PHOTON_VETO) == 0);
    }
    check_share("signal", signal, DRAWS, ratio / (1 + ratio));
    check_near("mean m2", sum / (double)signal, 18225, 5 * 1700 / sqrt((double)signal));
    assert_true(source.counts.events[DECAY_SIGNAL] == signal);
}

static void the_same_seed_and_stream_give_the_same_candidates(void **state)
{
    static struct event_source first, second, other;
    struct event_config config = event_config_default(EVENT_PAPER);
    (void)state;
    config.signal_mass_mev = 200;
    config.u2 = 0.1;
    event_source_init(&first, &config);
    event_source_init(&second, &config);
    config.stream = 1;
    event_source_init(&other, &config);
    for (int i = 0; i < 1000; i++) {
        struct candidate a, b, c;
        struct event_truth truth;
        event_source_next(&first, &a, &truth);
        event_source_next(&second, &b, &truth);
        event_source_next(&other, &c, &truth);
        assert_memory_equal(&a, &b, sizeof a);
        assert_memory_not_equal(a.k, c.k, sizeof a.k);
    }
}

/* Wide limits of a Ke3 selection: vertex 105-180 m, E/p 0.9-1.1, 2 ns, 25 mm, pi0 mass within 15 MeV. */
static bool is_unremarkable(const struct candidate *c)
{
    return c->vertex_z >= 105000 && c->vertex_z <= 180000 && abs(c->e_over_p - 1024) <= 102 && abs(c->dt) <= 2000 &&
           abs(c->dt_k) <= 2000 && c->cda >= 0 && c->cda < 25000 && abs(c->m_gg - MASS_PI0_Q13) < 15 * 8192;
}

static void observables_look_like_those_of_selected_decays(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    uint64_t remarkable = 0, in_first_half = 0, lowest_fine_bit = 0;
    (void)state;
    config.seed = check_seed();
    config.l0_mask = 0x8001;
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        remarkable += !is_unremarkable(&candidate);
        in_first_half += candidate.vertex_z < 142500;
        lowest_fine_bit += candidate.flags & 1;
        assert_true(candidate.time == 0 && (candidate.flags & FLAG_KEPT) == 0);
        assert_true(candidate.flags >> FLAG_L0_MASK_SHIFT == 0x8001);
    }
    assert_true(remarkable <= 5);
    check_share("first half", in_first_half, DRAWS, 0.516627); /* 1 / (1 + exp(-37.5 / 563.8)) */
    check_share("fine time", lowest_fine_bit, DRAWS, 0.5);
}

/* Among decays with m2 above 0.01 GeV^2 the veto leaves 0.0180 (50 MeV threshold: the same to a per cent). */
static void the_veto_leaves_the_expected_share_of_the_tail(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    uint64_t tail = 0, survived = 0;
    (void)state;
    config.seed = check_seed();
    event_source_init(&source, &config);
    while (tail < 20000) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        if (truth.m2_mev2 <= 10000)
            continue;
        tail++;
        survived += (candidate.flags & FLAG_PHOTON_VETO) == 0;
    }
    check_share("survival", survived, tail, vector_survival);
    check_share("tail", tail, source.counts.events[DECAY_KE3], 1.487e-2);
}

/* Sums over candidates, and what a shifter would look at. */
struct tally {
    uint64_t lav, other_vetoes, noise, tail, tail_survived;
    double m_gg, e_over_p, k_z, total_p; /* means, MeV */
};

static struct tally tally_of(const struct disturbance *disturbance, uint64_t stream)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    struct tally tally = {0};
    config.seed = check_seed();
    config.stream = stream;
    event_source_init(&source, &config);
    event_source_disturb(&source, disturbance);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate c;
        struct event_truth truth;
        event_source_next(&source, &c, &truth);
        const bool is_vetoed = (c.flags & FLAG_PHOTON_VETO) != 0, is_tail = truth.m2_mev2 > 10000;
        double x = c.pi0[0] + c.e[0], y = c.pi0[1] + c.e[1], z = c.pi0[2] + c.e[2];
        tally.lav += (c.flags & FLAG_LAV) != 0;
        tally.other_vetoes += (c.flags & FLAG_PHOTON_VETO & ~FLAG_LAV) != 0;
        tally.noise += truth.kind == DECAY_NOISE;
        tally.tail += is_tail;
        tally.tail_survived += is_tail && !is_vetoed;
        tally.m_gg += c.m_gg / 8192.0 / DRAWS;
        tally.e_over_p += c.e_over_p / 1024.0 / DRAWS;
        tally.k_z += c.k[2] / 8192.0 / DRAWS;
        tally.total_p += sqrt(x * x + y * y + z * z) / 8192.0 / DRAWS;
    }
    assert_int_equal(tally.noise, source.counts.events[DECAY_NOISE]);
    return tally;
}

/* Two counts of the same number of candidates, the second `ratio` times the first, 5 sigma. */
static void check_ratio(const char *what, uint64_t first, uint64_t second, double ratio)
{
    double error = ratio * sqrt(1.0 / (double)first + 1.0 / (double)second);
    check_near(what, (double)second / (double)first, ratio, 5 * error);
}

/* A hard photon is seen by the LAV, 8.5 .. 50 mrad at 75 GeV/c, with a probability of 0.357484: lost for a quarter of
 * it, 0.018011 + 0.089371 of the tail survive instead of 0.018011. */
static void a_station_of_the_lav_that_is_off_lets_the_tail_through(void **state)
{
    struct disturbance disturbance = DISTURBANCE_NONE;
    (void)state;
    struct tally good = tally_of(&disturbance, 0);
    disturbance.lav_lost = 0.25;
    struct tally bad = tally_of(&disturbance, 1);
    check_ratio("LAV", good.lav, bad.lav, 0.75);
    check_ratio("other vetoes", good.other_vetoes, bad.other_vetoes, 1);
    check_share("tail", bad.tail_survived, bad.tail, 0.107382);
}

/* Gain and beam need no random number of their own: the candidates are the same ones. */
static void the_gain_of_the_lkr_scales_mass_and_momentum_of_the_pi0(void **state)
{
    static struct event_source good, bad;
    struct event_config config = event_config_default(EVENT_PAPER);
    struct disturbance disturbance = DISTURBANCE_NONE;
    (void)state;
    disturbance.lkr_gain = 0.02;
    config.seed = check_seed();
    event_source_init(&good, &config);
    event_source_init(&bad, &config);
    event_source_disturb(&bad, &disturbance);
    for (int i = 0; i < 1000; i++) {
        struct candidate a, b;
        struct event_truth truth;
        event_source_next(&good, &a, &truth);
        event_source_next(&bad, &b, &truth);
        for (int j = 0; j < 3; j++) {
            check_near("pi0", b.pi0[j], 1.02 * a.pi0[j], 1.1);
            assert_true(a.e[j] == b.e[j] && a.k[j] == b.k[j]);
        }
        check_near("m_gg", b.m_gg, 1.02 * a.m_gg, 1.1);
        check_near("E/p", b.e_over_p, 1.02 * a.e_over_p, 1.1);
        assert_true(a.flags == b.flags && a.dt == b.dt && a.cda == b.cda);
    }
    struct tally tally = tally_of(&disturbance, 0);
    check_near("mean m_gg", tally.m_gg, 1.02 * 134.9768, 5 * 1.02 * 2 / sqrt(DRAWS));
    check_near("mean E/p", tally.e_over_p, 1.02, 5 * 1.02 * 0.02 / sqrt(DRAWS));
}

/* In the laboratory everything scales with the beam, up to the masses. */
static void a_shifted_beam_shifts_kaon_and_total_momentum(void **state)
{
    struct disturbance disturbance = DISTURBANCE_NONE;
    (void)state;
    struct tally good = tally_of(&disturbance, 0);
    disturbance.beam_shift = 0.01;
    struct tally bad = tally_of(&disturbance, 0);
    check_near("kaon", bad.k_z, 75750, 5 * 757.5 / sqrt(DRAWS));
    check_relative("total momentum", bad.total_p / good.total_p, 1.01, 2e-4);
    check_ratio("tail", good.tail, bad.tail, 1);
}

/* 0.2 fakes per true candidate are a sixth of all. */
static void a_hot_channel_adds_fakes_with_an_extra_cluster(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    struct disturbance disturbance = DISTURBANCE_NONE;
    uint64_t noise = 0, pi0_like = 0;
    (void)state;
    disturbance.hot_share = 0.2;
    config.seed = check_seed();
    event_source_init(&source, &config);
    event_source_disturb(&source, &disturbance);
    for (int i = 0; i < DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        if (truth.kind != DECAY_NOISE)
            continue;
        noise++;
        pi0_like += abs(candidate.m_gg - MASS_PI0_Q13) < 15 * 8192;
        assert_true((candidate.flags & FLAG_LKR_EXTRA) != 0);
        assert_true(candidate.m_gg >= 0 && abs(candidate.dt) < 2000);
        check_near("m2", reconstruct(&candidate), truth.m2_mev2, 60); /* 0.5 + rounding of nine momenta */
    }
    check_share("noise", noise, DRAWS, 1.0 / 6);
    assert_true(pi0_like > noise / 20 && pi0_like < noise / 4);
}

/* At three times the intensity 1 - exp(-2 * 0.030) = 0.0582355 of the candidates have accidental activity in the LAV,
 * and 1 - exp(-2 * 0.036) = 0.0694692 in the other photon vetoes. */
static void a_higher_intensity_vetoes_at_random(void **state)
{
    struct disturbance disturbance = DISTURBANCE_NONE;
    (void)state;
    struct tally good = tally_of(&disturbance, 0);
    disturbance.intensity = 3;
    struct tally bad = tally_of(&disturbance, 1);
    double lav = (double)good.lav / DRAWS, other = (double)good.other_vetoes / DRAWS;
    const double expected_lav = lav + (1 - lav) * 0.0582355;
    const double expected_other = other + (1 - other) * 0.0694692;
    check_ratio("LAV", good.lav, bad.lav, expected_lav / lav);
    check_ratio("other vetoes", good.other_vetoes, bad.other_vetoes, expected_other / other);
    check_near("m_gg", bad.m_gg, 134.9768, 5 * 2 / sqrt(DRAWS));
}

static void what_was_wrong_leaves_nothing_behind(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    struct disturbance none = DISTURBANCE_NONE, all = {0.5, 0.02, 0.01, 1, 5};
    struct candidate candidate;
    struct event_truth truth;
    uint64_t lav = 0, flags = 0;
    double m_gg = 0, k_z = 0;
    (void)state;
    struct tally good = tally_of(&none, 0);
    config.seed = check_seed();
    config.stream = 1;
    event_source_init(&source, &config);
    event_source_disturb(&source, &all);
    for (int i = 0; i < 1000; i++)
        event_source_next(&source, &candidate, &truth);
    assert_true(source.counts.events[DECAY_NOISE] > 400);
    event_source_disturb(&source, &none);
    for (int i = 0; i < DRAWS; i++) {
        event_source_next(&source, &candidate, &truth);
        lav += (candidate.flags & FLAG_LAV) != 0;
        flags += (candidate.flags & FLAG_PHOTON_VETO & ~FLAG_LAV) != 0;
        m_gg += candidate.m_gg / 8192.0 / DRAWS;
        k_z += candidate.k[2] / 8192.0 / DRAWS;
        assert_true(truth.kind == DECAY_KE3);
    }
    check_ratio("LAV", good.lav, lav, 1);
    check_ratio("other vetoes", good.other_vetoes, flags, 1);
    check_near("m_gg", m_gg, 134.9768, 5 * 2 / sqrt(DRAWS));
    check_near("kaon", k_z, 75000, 5 * 750 / sqrt(DRAWS));
}

/* The widest disturbance at the highest beam momentum: nothing overflows on the way to the wire. */
static void the_widest_disturbance_fits_into_the_integers_of_the_wire(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    const struct disturbance widest = {0, DISTURBANCE_GAIN_MAX, DISTURBANCE_BEAM_MAX, DISTURBANCE_HOT_MAX, 1};
    (void)state;
    config.seed = check_seed();
    config.beam.momentum_mev = 1e5;
    event_source_init(&source, &config);
    event_source_disturb(&source, &widest);
    for (int i = 0; i < DRAWS / 3; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        for (int j = 0; j < 3; j++)
            assert_true(fabs((double)candidate.pi0[j]) < 0x1p31 - 1);
        assert_true(abs(truth.m2_mev2) < 10000000);
    }
}

static void expect_error(struct event_config config, const char *word)
{
    const char *error = event_config_error(&config);
    assert_non_null(error);
    assert_non_null(strstr(error, word));
}

static void impossible_configurations_are_named(void **state)
{
    struct event_config good = event_config_default(EVENT_PAPER), bad;
    (void)state;
    assert_null(event_config_error(&good));
    bad = good, bad.signal_mass_mev = END_POINT_MEV, expect_error(bad, "end point");
    bad = good, bad.signal_mass_mev = -1, expect_error(bad, "mass");
    bad = good, bad.signal_mass_mev = NAN, expect_error(bad, "mass");
    bad = good, bad.u2 = -1e-9, expect_error(bad, "|U|^2");
    bad = good, bad.u2 = 1e-4, expect_error(bad, "needs a signal mass");
    bad = good, bad.sigma_mev2 = -1, expect_error(bad, "resolution");
    bad = good, bad.beam.momentum_mev = 2e5, expect_error(bad, "beam momentum");
    bad = good, bad.beam.spread = 0.5, expect_error(bad, "spread");
    bad = good, bad.beam.divergence_rad = 1, expect_error(bad, "divergence");
    bad = good, bad.veto.threshold_mev = -1, expect_error(bad, "threshold");
    bad = good, bad.veto.angle_rad = 0, expect_error(bad, "angle");
    bad = good, bad.veto.inefficiency = 1.1, expect_error(bad, "inefficiency");
    bad = good, bad.veto.outer_efficiency = -0.1, expect_error(bad, "outside the angle");
}

static void every_momentum_fits_into_the_domain_of_the_kernel(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_PAPER);
    (void)state;
    config.seed = check_seed();
    config.beam.momentum_mev = 1e5;
    config.signal_mass_mev = 300;
    config.u2 = 1;
    event_source_init(&source, &config);
    for (int i = 0; i < DRAWS / 3; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        for (int j = 0; j < 3; j++) {
            assert_true(abs(candidate.k[j]) < MOMENTUM_LIMIT_Q13);
            assert_true(abs(candidate.pi0[j]) < MOMENTUM_LIMIT_Q13);
            assert_true(abs(candidate.e[j]) < MOMENTUM_LIMIT_Q13);
        }
    }
}

/* NA62_DRAWS candidates of a new source; returns how many of them have activity in the CHANTI. */
static uint64_t draw_all(struct event_source *source, const struct event_config *config)
{
    uint64_t chanti = 0;
    event_source_init(source, config);
    for (int i = 0; i < NA62_DRAWS; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(source, &candidate, &truth);
        chanti += (candidate.flags & FLAG_CHANTI) != 0;
    }
    return chanti;
}

/* The acceptances are those of another, independent simulation, quoted to 0.1 %: Ke3 19.4 %, 135 MeV 17.3 %. */
static void the_na62_mode_accepts_what_its_geometry_does(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_NA62);
    (void)state;
    config.seed = check_seed();
    config.components = 0;
    config.signal_mass_mev = 135;
    config.u2 = 1;
    draw_all(&source, &config);
    const uint64_t *decays = source.counts.decays, *events = source.counts.events;
    check_share("signal among decays", decays[DECAY_SIGNAL], decays[DECAY_SIGNAL] + decays[DECAY_KE3],
                0.50996 / 1.50996);
    for (int kind = DECAY_KE3; kind <= DECAY_SIGNAL; kind++) {
        double expected = kind == DECAY_SIGNAL ? 0.173 : 0.194, total = (double)decays[kind];
        check_near("acceptance", (double)events[kind] / total, expected,
                   0.0005 + 5 * sqrt(expected * (1 - expected) / total));
    }
    /* Both are candidates; the pilot's own error is 0.6 %. */
    check_relative("kaons", event_source_kaons_per_candidate(&source), 1 / (0.0507 * 0.51 * (0.194 + 0.50996 * 0.173)),
                   0.035);
}

/* Before acceptance the components have the rates of component.h, of which pi+ pi0 is 0.2067 / 0.0507 * 1e-3. */
static void components_come_at_their_rates_when_they_are_asked_for(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_NA62);
    (void)state;
    config.seed = check_seed();
    draw_all(&source, &config);
    const uint64_t *decays = source.counts.decays;
    uint64_t all = 0;
    for (int kind = 0; kind < DECAY_KIND_COUNT; kind++)
        all += decays[kind];
    const double ke4 = 1.006e-3, kmu3 = 2.345e-4, pipi0 = 0.2067 / 0.0507 * 1e-3, sum = 1 + ke4 + kmu3 + pipi0;
    check_share("ke4", decays[DECAY_KE4], all, ke4 / sum);
    check_share("kmu3", decays[DECAY_KMU3], all, kmu3 / sum);
    check_share("pipi0", decays[DECAY_PIPI0], all, pipi0 / sum);
    assert_true(decays[DECAY_SIGNAL] == 0 && decays[DECAY_NOISE] == 0);
}

static void accidentals_fire_in_na62_mode_at_the_nominal_intensity(void **state)
{
    static struct event_source source;
    struct event_config config = event_config_default(EVENT_NA62);
    (void)state;
    config.seed = check_seed();
    config.components = COMPONENT_BIT(COMPONENT_ACCIDENTALS);
    check_share("CHANTI", draw_all(&source, &config), NA62_DRAWS, 0.0099502); /* 1 - exp(-0.010) */
}

/* The hot cell has 20 GeV at most, so a higher threshold leaves only true candidates. */
static void a_hot_channel_that_the_detector_never_accepts_falls_silent(void **state)
{
    static struct event_source source;
    struct disturbance disturbance = DISTURBANCE_NONE;
    struct event_config config = event_config_default(EVENT_NA62);
    (void)state;
    config.detector.photon_energy_min_mev = 20500;
    disturbance.hot_share = 1;
    event_source_init(&source, &config);
    event_source_disturb(&source, &disturbance);
    for (int i = 0; i < 20; i++) {
        struct candidate candidate;
        struct event_truth truth;
        event_source_next(&source, &candidate, &truth);
        assert_true(truth.kind != DECAY_NOISE);
    }
}

static void a_bad_detector_is_a_bad_configuration(void **state)
{
    struct event_config bad = event_config_default(EVENT_NA62);
    (void)state;
    assert_null(event_config_error(&bad));
    bad.detector.straw_hole_mm = 2000;
    assert_non_null(event_config_error(&bad));
    bad = event_config_default(EVENT_NA62);
    bad.components = COMPONENT_ALL + 1;
    assert_non_null(event_config_error(&bad));
    bad = event_config_default(EVENT_NA62);
    bad.accidental.hits[0] = -1;
    assert_non_null(event_config_error(&bad));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reconstructed_mass_scatters_around_the_truth_as_a_gaussian),
        cmocka_unit_test(signal_and_background_come_in_the_ratio_of_their_branching_fractions),
        cmocka_unit_test(the_same_seed_and_stream_give_the_same_candidates),
        cmocka_unit_test(observables_look_like_those_of_selected_decays),
        cmocka_unit_test(the_veto_leaves_the_expected_share_of_the_tail),
        cmocka_unit_test(a_station_of_the_lav_that_is_off_lets_the_tail_through),
        cmocka_unit_test(the_gain_of_the_lkr_scales_mass_and_momentum_of_the_pi0),
        cmocka_unit_test(a_shifted_beam_shifts_kaon_and_total_momentum),
        cmocka_unit_test(a_hot_channel_adds_fakes_with_an_extra_cluster),
        cmocka_unit_test(a_higher_intensity_vetoes_at_random),
        cmocka_unit_test(what_was_wrong_leaves_nothing_behind),
        cmocka_unit_test(the_widest_disturbance_fits_into_the_integers_of_the_wire),
        cmocka_unit_test(impossible_configurations_are_named),
        cmocka_unit_test(every_momentum_fits_into_the_domain_of_the_kernel),
        cmocka_unit_test(the_na62_mode_accepts_what_its_geometry_does),
        cmocka_unit_test(components_come_at_their_rates_when_they_are_asked_for),
        cmocka_unit_test(accidentals_fire_in_na62_mode_at_the_nominal_intensity),
        cmocka_unit_test(a_hot_channel_that_the_detector_never_accepts_falls_silent),
        cmocka_unit_test(a_bad_detector_is_a_bad_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
