/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <string.h>

#include "aim.h"
#include "physics/acceptance.h"
#include "physics/beam.h"
#include "physics/constants.h"
#include "physics/detector.h"
#include "physics/ke3gamma.h"
#include "physics/pi0.h"
#include "physics/signal.h"

/* ---- decays of the generators, on the axis of the beam between 105 and 180 m ---- */

static const struct beam beam = {75000, 0.01, 1e-4};

static double draw_vertex_z(struct random *random)
{
    double decayed = -expm1(-75.0 / 563.8);
    return 1e3 * (105 - 563.8 * log1p(-decayed * random_uniform(random)));
}

static struct decay place(struct random *random, const struct rotation *rotation, struct four kaon, struct four pi0,
                          struct four e)
{
    struct decay decay = {.kaon = kaon, .photon_count = 2};
    decay.vertex = decay.track_origin = (struct point){0, 0, draw_vertex_z(random)};
    decay.pi0 = four_boost(four_rotate(pi0, rotation), kaon, MASS_KAON_MEV);
    decay.track = four_boost(four_rotate(e, rotation), kaon, MASS_KAON_MEV);
    pi0_decay(random, decay.pi0, decay.photons);
    return decay;
}

static struct decay draw_ke3(struct random *random)
{
    struct ke3gamma_counts counts = {0};
    struct ke3gamma ke3;
    ke3gamma_draw(random, &ke3, &counts);
    struct rotation rotation = random_rotation(random);
    struct decay decay = place(random, &rotation, beam_draw(&beam, random), ke3.pi0, ke3.e);
    decay.kind = DECAY_KE3;
    decay.m2 = ke3.m2;
    return decay;
}

static struct decay draw_signal(const struct signal *signal, struct random *random)
{
    struct signal_decay at_rest;
    signal_draw(signal, random, &at_rest);
    struct rotation rotation = random_rotation(random);
    struct decay decay = place(random, &rotation, beam_draw(&beam, random), at_rest.pi0, at_rest.e);
    decay.kind = DECAY_SIGNAL;
    decay.m2 = signal->mass * signal->mass;
    return decay;
}

/* Ke3 for mass 0. */
struct generator {
    double mass;
    struct signal signal;
};

static struct generator generator_of(double mass)
{
    struct generator generator = {.mass = mass};
    if (mass > 0)
        signal_init(&generator.signal, mass);
    return generator;
}

static struct decay draw_decay(const struct generator *generator, struct random *random)
{
    return generator->mass > 0 ? draw_signal(&generator->signal, random) : draw_ke3(random);
}

/* ---- what comes out ---- */

static double mev(int32_t q13)
{
    return q13 / 8192.0;
}

static struct four measured(const int32_t momentum[3], double mass)
{
    return four_on_shell(mass, mev(momentum[0]), mev(momentum[1]), mev(momentum[2]));
}

static double missing_m2(const struct candidate *candidate, struct four pi0)
{
    struct four missing = four_subtract(measured(candidate->k, MASS_KAON_MEV), pi0);
    missing = four_subtract(missing, measured(candidate->e, MASS_ELECTRON_MEV));
    return four_dot(missing, missing);
}

static double reconstructed_m2(const struct candidate *candidate)
{
    return missing_m2(candidate, measured(candidate->pi0, MASS_PI0_MEV));
}

/* The reconstructed vertex lies on the measured kaon: the axis of the beam, or a line through the true point at 102.4
 * m.
 */
static struct point reconstructed_vertex(const struct detector *detector, const struct candidate *candidate,
                                         const struct decay *decay)
{
    struct four kaon = measured(candidate->k, MASS_KAON_MEV);
    double to_gtk = 102400 - decay->vertex.z, from_gtk = candidate->vertex_z - 102400;
    if (detector->kaon == KAON_BEAM)
        return (struct point){0, 0, candidate->vertex_z};
    return (struct point){decay->kaon.x / decay->kaon.z * to_gtk + kaon.x / kaon.z * from_gtk,
                          decay->kaon.y / decay->kaon.z * to_gtk + kaon.y / kaon.z * from_gtk, candidate->vertex_z};
}

/* The pi0 as its clusters look from the true vertex at (0, 0, z). With E the sum of their energies and L the distance
 * of the vertex, p_x L + E x_vertex is the sum of all E_i x_i, and the opening angle, so m_gg, goes as 1 / L. */
static struct four pi0_from_true_vertex(const struct detector *detector, const struct candidate *candidate,
                                        const struct decay *decay)
{
    struct four pi0 = measured(candidate->pi0, mev(candidate->m_gg));
    struct point vertex = reconstructed_vertex(detector, candidate, decay);
    double distance = AIM_LKR_Z_MM - vertex.z, true_distance = AIM_LKR_Z_MM - decay->vertex.z;
    double mass = mev(candidate->m_gg) * distance / true_distance;
    double x = (pi0.x * distance + pi0.e * vertex.x) / true_distance;
    double y = (pi0.y * distance + pi0.e * vertex.y) / true_distance;
    return four_on_shell(MASS_PI0_MEV, x, y, sqrt(pi0.e * pi0.e - mass * mass - x * x - y * y));
}

/* ---- samples and their errors ---- */

struct sample {
    uint32_t count;
    double values[120000];
};

static void sample_add(struct sample *sample, double value)
{
    assert_true(sample->count < sizeof sample->values / sizeof sample->values[0]);
    sample->values[sample->count++] = value;
}

static double sample_mean(const struct sample *sample)
{
    double sum = 0;
    for (uint32_t i = 0; i < sample->count; i++)
        sum += sample->values[i];
    return sum / sample->count;
}

/* rms about the mean and its standard error, from the fourth moment. */
static double sample_rms(const struct sample *sample, double *error)
{
    double mean = sample_mean(sample), second = 0, fourth = 0;
    for (uint32_t i = 0; i < sample->count; i++) {
        double square = (sample->values[i] - mean) * (sample->values[i] - mean);
        second += square / sample->count;
        fourth += square * square / sample->count;
    }
    double rms = sqrt(second);
    *error = rms * sqrt((fourth / (second * second) - 1) / (4.0 * sample->count));
    return rms;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Half the central interval that holds 68.27 %. Its relative error is 0.96 / sqrt(n) near a Gaussian: quantiles at
 * +-1 sigma have the variance p (1 - p) / (n phi(1)^2), p = 0.1587, and the covariance p^2 / (n phi(1)^2). Sorts. */
static double sample_core(struct sample *sample, double *error)
{
    qsort(sample->values, sample->count, sizeof sample->values[0], compare);
    double lo = sample->values[(uint32_t)(0.158655 * sample->count)];
    double hi = sample->values[(uint32_t)(0.841345 * sample->count)];
    *error = 0.96 * (hi - lo) / 2 / sqrt(sample->count);
    return (hi - lo) / 2;
}

/* Four standard errors beside the half digit that the reference, another model, is quoted with. */
static void check_quoted(const char *what, double value, double error, double reference, double half_digit)
{
    printf("    %s: %.4g +- %.2g, reference %g\n", what, value, error, reference);
    check_near(what, value, reference, half_digit + 4 * error);
}

/* ---- geometry and resolution against an independent model ---- */

#define KE3_DECAYS 400000
#define SIGNAL_DECAYS 250000

/* The other model's own error is not known; its figure at 150 MeV lies 0.1 % above a smooth curve through the others,
 * so 0.05 % is taken for it. Long runs of this one: 19.37, 18.25, 17.32, 16.86 and 14.94 %, +- 0.02 %. */
static void the_acceptance_is_that_of_an_independent_model(void **state)
{
    static const double masses[] = {0, 100, 135, 150, 200}, percent[] = {19.4, 18.3, 17.3, 17.0, 14.9};
    struct detector detector = detector_default();
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < 5; i++) {
        struct generator generator = generator_of(masses[i]);
        int decays = masses[i] > 0 ? SIGNAL_DECAYS : KE3_DECAYS, accepted = 0;
        for (int n = 0; n < decays; n++) {
            struct decay decay = draw_decay(&generator, &random);
            struct candidate candidate;
            accepted += detector_measure(&detector, &random, &decay, &candidate);
        }
        double share = (double)accepted / decays;
        printf("  m_N = %g MeV\n", masses[i]);
        double error = 100 * sqrt(share * (1 - share) / decays);
        check_quoted("acceptance, %", 100 * share, hypot(error, 0.05), percent[i], 0.05);
    }
}

static struct sample residuals, from_true_vertex;

static void measure_residuals(const struct detector *detector, double mass, struct random *random)
{
    struct generator generator = generator_of(mass);
    residuals.count = from_true_vertex.count = 0;
    for (int n = 0; n < SIGNAL_DECAYS; n++) {
        struct decay decay = draw_decay(&generator, random);
        struct candidate candidate;
        if (!detector_measure(detector, random, &decay, &candidate))
            continue;
        sample_add(&residuals, 1e-3 * (reconstructed_m2(&candidate) - decay.m2));
        struct four pi0 = pi0_from_true_vertex(detector, &candidate, &decay);
        sample_add(&from_true_vertex, 1e-3 * (missing_m2(&candidate, pi0) - decay.m2));
    }
}

/* The independent model points the photons from the true vertex. Here they are pointed from the reconstructed one,
 * which widens the core by 6 % to 1.00, 1.015 and 0.955 and the rms to 1.16, 1.14 and 1.05 (long runs). 10^3 MeV^2. */
static void the_resolution_is_that_of_an_independent_model_when_photons_come_from_the_true_vertex(void **state)
{
    static const double masses[] = {0, 135, 200}, core[] = {0.94, 0.95, 0.91}, rms[] = {1.08, 1.06, 0.99};
    static const double wide_core[] = {1.00, 1.015, 0.955}, wide_rms[] = {1.163, 1.142, 1.052};
    struct detector detector = detector_default();
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int i = 0; i < 3; i++) {
        double error;
        measure_residuals(&detector, masses[i], &random);
        printf("  m_N = %g MeV\n", masses[i]);
        double value = sample_core(&from_true_vertex, &error);
        check_quoted("core", value, error, core[i], 0.005);
        value = sample_rms(&from_true_vertex, &error);
        check_quoted("rms", value, error, rms[i], 0.005);
        value = sample_core(&residuals, &error);
        check_near("core from the measured vertex", value, wide_core[i], 0.005 + 4 * error);
        value = sample_rms(&residuals, &error);
        check_near("rms from the measured vertex", value, wide_rms[i], 0.005 + 4 * error);
    }
}

/* In a long run 1.78, and 1.80 with the photons pointed from the reconstructed vertex. */
static void the_average_beam_in_place_of_the_kaon_nearly_doubles_the_resolution(void **state)
{
    struct detector detector = detector_default();
    struct random random;
    double error;
    (void)state;
    random_init(&random, check_seed(), 2);
    detector.kaon = KAON_BEAM;
    measure_residuals(&detector, 135, &random);
    double value = sample_core(&from_true_vertex, &error);
    check_quoted("core with the average beam", value, error, 1.78, 0.005);
    value = sample_core(&residuals, &error);
    check_near("core from the measured vertex", value, 1.80, 0.005 + 4 * error);
}

/* ---- the veto inside the acceptance ---- */

/* Radiative decays with m2 above 0.0182 GeV^2, weighted; k below 20 MeV cannot give it: m2 <= 4 k E_nu, E_nu < 228. */
struct tail {
    double all, accepted, accepted2, lost, lost2; /* sums of weights and of their squares */
};

static void tail_add(struct tail *tail, const struct detector *detector, struct random *random)
{
    double u[5];
    struct ke3gamma ke3;
    struct point impacts[2];
    for (int i = 0; i < 5; i++)
        u[i] = random_uniform(random);
    double weight = ke3gamma_weigh(u, 19.9, PHOTON_ENERGY_MAX_MEV, &ke3);
    if (!(weight > 0) || ke3.m2 <= 18200)
        return;
    struct rotation rotation = random_rotation(random);
    struct decay decay = place(random, &rotation, beam_draw(&beam, random), ke3.pi0, ke3.e);
    tail->all += weight;
    if (!acceptance_contains(detector, &decay, impacts))
        return;
    struct four photon = four_boost(four_rotate(ke3.n, &rotation), decay.kaon, MASS_KAON_MEV);
    bool is_lost = ke3.k * photon.e < 200 || atan2(hypot(photon.x, photon.y), photon.z) >= 0.050;
    tail->accepted += weight;
    tail->accepted2 += weight * weight;
    tail->lost += is_lost ? weight : 0;
    tail->lost2 += is_lost ? weight * weight : 0;
}

/* A positron in the spectrometer flies forward, and the photon near it: only 0.35 % of the photons escape, not 1.8 %.
 */
static void photons_escape_the_veto_less_often_when_the_positron_is_accepted(void **state)
{
    struct detector detector = detector_default();
    struct tail tail = {0};
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 3);
    for (int i = 0; i < 3000000; i++)
        tail_add(&tail, &detector, &random);
    double survival = 1e-3 + (1 - 1e-3) * tail.lost / tail.accepted;
    check_quoted("acceptance of the tail, %", 100 * tail.accepted / tail.all, 100 * sqrt(tail.accepted2) / tail.all,
                 11.2, 0.05);
    check_quoted("survival in the tail, %", 100 * survival, 100 * sqrt(tail.lost2) / tail.accepted, 0.35, 0.01);
}

/* ---- one decay by hand, measured often ---- */

#define MEASUREMENTS 100000

static void measure_by_hand(const struct detector *detector, const struct decay *decay, struct random *random,
                            struct candidate *candidate)
{
    assert_true(detector_measure(detector, random, decay, candidate));
}

static void check_deviation(const char *what, const struct sample *sample, double expected)
{
    double error, rms = sample_rms(sample, &error);
    check_near(what, rms, expected, 5 * error);
    check_near(what, sample_mean(sample), 0, 5 * expected / sqrt(sample->count));
}

/* 40 GeV: 0.30 % (+) 0.20 % = 0.3606 %; 14.75 (+) 16 = 21.762 urad. Kaon 0.2 %, 16 urad. E/p: the cluster has
 * 0.759 (+) 0.275 (+) 0.9 % = 1.2088 %; with the momentum 1.2616 %, in Q10 +- 12.92 (+) the rounding 1 / sqrt(12). */
static void a_decay_by_hand_is_measured_with_the_stated_resolutions(void **state)
{
    static struct sample p, angle, kaon_p, kaon_angle, e_over_p, dt, dt_k;
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 4);
    for (int i = 0; i < MEASUREMENTS; i++) {
        struct candidate candidate;
        measure_by_hand(&detector, &decay, &random, &candidate);
        struct four e = measured(candidate.e, 0), kaon = measured(candidate.k, 0);
        sample_add(&p, e.e / 40000 - 1);
        sample_add(&angle, e.x / e.z);
        sample_add(&kaon_p, kaon.e / 75000 - 1);
        sample_add(&kaon_angle, kaon.y / kaon.z);
        sample_add(&e_over_p, candidate.e_over_p - 1024);
        sample_add(&dt, candidate.dt);
        sample_add(&dt_k, candidate.dt_k);
        assert_true(candidate.time == 0 && candidate.flags == 0 && candidate.cda >= 0);
    }
    check_deviation("momentum", &p, 3.6056e-3);
    check_deviation("angle", &angle, 21.762e-6);
    check_deviation("kaon momentum", &kaon_p, 2e-3);
    check_deviation("kaon angle", &kaon_angle, 16e-6);
    check_deviation("E/p", &e_over_p, 12.922);
    check_deviation("dt", &dt, 300);
    check_deviation("dt_k", &dt_k, 150);
}

/* ---- what else shows in a candidate ---- */

/* Cluster by cluster, half of 1.70 % twice in quadrature at 15 GeV is 1.6 MeV; softer photons, their positions and the
 * vertex make it 2. */
static void the_two_photon_mass_is_that_of_a_pi0(void **state)
{
    static struct sample m_gg;
    struct detector detector = detector_default();
    struct generator ke3 = generator_of(0);
    struct random random;
    double error;
    (void)state;
    random_init(&random, check_seed(), 5);
    for (int n = 0; n < KE3_DECAYS / 2; n++) {
        struct decay decay = draw_decay(&ke3, &random);
        struct candidate candidate;
        if (detector_measure(&detector, &random, &decay, &candidate))
            sample_add(&m_gg, mev(candidate.m_gg) - MASS_PI0_MEV);
    }
    double rms = sample_rms(&m_gg, &error);
    printf("  m_gg - m_pi0: %.3f MeV, rms %.3f +- %.3f MeV\n", sample_mean(&m_gg), rms, error);
    check_near("mean", sample_mean(&m_gg), 0, 0.1);
    check_near("rms", rms, 2, 0.1);
}

static double mean_m_gg(const struct decay *decay, uint64_t stream)
{
    struct detector detector = detector_default();
    struct random random;
    double sum = 0;
    random_init(&random, check_seed(), stream);
    for (int i = 0; i < 10000; i++) {
        struct candidate candidate;
        measure_by_hand(&detector, decay, &random, &candidate);
        sum += mev(candidate.m_gg) / 10000;
    }
    return sum;
}

/* The track rises by 5 mrad: 25 mm higher it points 5 m before the true vertex, and the photons seem to open by
 * 101.093 / 106.093. The error of a mean is 0.017 MeV. */
static void a_track_that_starts_beside_the_vertex_shifts_the_two_photon_mass(void **state)
{
    struct decay decay = decay_by_hand();
    (void)state;
    check_near("m_gg", mean_m_gg(&decay, 6), 134.9768, 0.1);
    decay.track_origin = (struct point){0, 25 + 5e-3 * 20000, 160000};
    check_near("m_gg", mean_m_gg(&decay, 7), 134.9768 * 101.093 / 106.093, 0.1);
}

/* The same random numbers, so the ratio holds candidate by candidate up to the rounding. */
static void a_gain_of_the_calorimeter_scales_its_energies_and_nothing_else(void **state)
{
    struct detector nominal = detector_default(), high = nominal;
    struct decay decay = decay_by_hand();
    struct random random;
    (void)state;
    high.lkr_gain = 1.01;
    random_init(&random, check_seed(), 8);
    for (int i = 0; i < 1000; i++) {
        struct random again = random;
        struct candidate a, b;
        measure_by_hand(&nominal, &decay, &random, &a);
        measure_by_hand(&high, &decay, &again, &b);
        check_near("m_gg", b.m_gg, 1.01 * a.m_gg, 1.1);
        check_near("p_z of the pi0", b.pi0[2], 1.01 * a.pi0[2], 1.1);
        check_near("E/p", b.e_over_p, 1.01 * a.e_over_p, 1.1);
        assert_memory_equal(a.e, b.e, sizeof a.e);
        assert_true(a.vertex_z == b.vertex_z && a.cda == b.cda && a.dt == b.dt);
    }
}

/* Beyond 2 ns: 0.8 of the uniform 1 %, and of the wide 0.5 % of the rest those beyond 4/3 sigma (0.18242) or 8/3 sigma
 * (0.0076608). Beyond five sigma of the momentum: of 1 % those beyond 5/3 of theirs (0.095581). E/p below 0.9: of
 * 0.2 % those that lose more than 0.10546, e^(-0.10546 / 0.05) = 0.12134, widened by the resolution by
 * exp((0.0126 / 0.05)^2 / 2) = 1.0323. */
static void tails_have_their_stated_shares(void **state)
{
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    uint64_t late = 0, late_kaon = 0, far_off = 0, low = 0;
    struct random random;
    (void)state;
    detector.has_tails = true;
    random_init(&random, check_seed(), 9);
    for (int i = 0; i < MEASUREMENTS; i++) {
        struct candidate candidate;
        measure_by_hand(&detector, &decay, &random, &candidate);
        late += abs(candidate.dt) > 2000;
        late_kaon += abs(candidate.dt_k) > 2000;
        far_off += fabs(measured(candidate.e, 0).e / 40000 - 1) > 5 * 3.6056e-3;
        low += candidate.e_over_p < 922;
        assert_true(abs(candidate.dt) <= 10000 && abs(candidate.dt_k) <= 10000);
    }
    check_share("dt", late, MEASUREMENTS, 0.008 + 0.99 * 0.005 * 0.18242);
    check_share("dt_k", late_kaon, MEASUREMENTS, 0.008 + 0.99 * 0.005 * 0.0076608);
    check_share("momentum", far_off, MEASUREMENTS, 0.01 * 0.095581);
    check_share("E/p", low, MEASUREMENTS, 0.002 * 0.12134 * 1.0323);
}

static void the_average_beam_is_the_nominal_momentum_along_the_axis(void **state)
{
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    struct random random;
    struct candidate candidate;
    (void)state;
    detector.kaon = KAON_BEAM;
    detector.beam_momentum_mev = 74000;
    random_init(&random, check_seed(), 10);
    decay.kaon = four_on_shell(MASS_KAON_MEV, 10, 5, 75500);
    measure_by_hand(&detector, &decay, &random, &candidate);
    assert_true(candidate.k[0] == 0 && candidate.k[1] == 0 && candidate.k[2] == 74000 * 8192);
}

/* Uniform in 0.85 .. 1.05, whatever the momentum: mean 0.95, rms 0.2 / sqrt(12). */
static void a_pion_taken_for_a_positron_has_a_flat_energy_over_momentum(void **state)
{
    static struct sample e_over_p;
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    struct random random;
    double error;
    (void)state;
    decay.kind = DECAY_PIPI0;
    random_init(&random, check_seed(), 11);
    for (int i = 0; i < 20000; i++) {
        struct candidate candidate;
        measure_by_hand(&detector, &decay, &random, &candidate);
        sample_add(&e_over_p, candidate.e_over_p / 1024.0);
        assert_true(candidate.e_over_p >= 870 && candidate.e_over_p <= 1075);
    }
    double rms = sample_rms(&e_over_p, &error);
    check_near("mean", sample_mean(&e_over_p), 0.95, 5 * rms / sqrt(20000));
    check_near("rms", rms, 0.05774, 5 * error);
}

/* A kaon at the very limit of the wire, 131072 MeV: half of its measurements are above it. */
static void a_momentum_that_the_wire_cannot_hold_is_no_candidate(void **state)
{
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    uint64_t sent = 0;
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 12);
    decay.kaon = four_on_shell(MASS_KAON_MEV, 0, 0, 131072);
    for (int i = 0; i < 20000; i++) {
        struct candidate candidate, untouched;
        memset(&candidate, 0x5A, sizeof candidate);
        untouched = candidate;
        if (detector_measure(&detector, &random, &decay, &candidate)) {
            sent++;
            assert_true(measured(candidate.k, 0).e <= 131072);
        } else {
            assert_memory_equal(&candidate, &untouched, sizeof candidate);
        }
    }
    check_share("sent", sent, 20000, 0.5);
}

/* The track passes the kaon 150 mm beside it, and 20 m after its start, rising by 5 mrad from y = -100 mm. */
static void a_vertex_behind_the_first_chamber_is_no_candidate(void **state)
{
    struct detector detector = detector_default();
    struct decay decay = decay_by_hand();
    struct point impacts[2];
    struct random random;
    struct candidate candidate;
    (void)state;
    random_init(&random, check_seed(), 13);
    decay.track_origin = (struct point){150, -100, 183000};
    assert_true(acceptance_contains(&detector, &decay, impacts));
    for (int i = 0; i < 100; i++)
        assert_false(detector_measure(&detector, &random, &decay, &candidate));
}

static void expect_error(struct detector detector, const char *word)
{
    const char *error = detector_error(&detector);
    assert_non_null(error);
    assert_non_null(strstr(error, word));
}

static void impossible_detectors_are_named(void **state)
{
    struct detector good = detector_default(), bad;
    (void)state;
    assert_null(detector_error(&good));
    bad = good, bad.kaon = (enum kaon_tag)7, expect_error(bad, "kaon");
    bad = good, bad.beam_momentum_mev = 2e5, expect_error(bad, "beam momentum");
    bad = good, bad.lkr_gain = 0, expect_error(bad, "gain");
    bad = good, bad.lkr_gain = NAN, expect_error(bad, "gain");
    bad = good, bad.straw_hole_mm = -1, expect_error(bad, "STRAW");
    bad = good, bad.straw_hole_mm = 900, expect_error(bad, "STRAW");
    bad = good, bad.straw_outer_mm = 100, expect_error(bad, "STRAW");
    bad = good, bad.straw_outer_mm = INFINITY, expect_error(bad, "STRAW");
    bad = good, bad.lkr_hole_mm = 1130, expect_error(bad, "LKr");
    bad = good, bad.lkr_apothem_mm = NAN, expect_error(bad, "LKr");
    bad = good, bad.photon_distance_mm = -1, expect_error(bad, "between the photons");
    bad = good, bad.positron_distance_mm = 3000, expect_error(bad, "from the positron");
    bad = good, bad.photon_energy_min_mev = 0, expect_error(bad, "photon energy");
    bad = good, bad.positron_momentum_min_mev = 0, expect_error(bad, "positron momentum");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_acceptance_is_that_of_an_independent_model),
        cmocka_unit_test(the_resolution_is_that_of_an_independent_model_when_photons_come_from_the_true_vertex),
        cmocka_unit_test(the_average_beam_in_place_of_the_kaon_nearly_doubles_the_resolution),
        cmocka_unit_test(photons_escape_the_veto_less_often_when_the_positron_is_accepted),
        cmocka_unit_test(a_decay_by_hand_is_measured_with_the_stated_resolutions),
        cmocka_unit_test(the_two_photon_mass_is_that_of_a_pi0),
        cmocka_unit_test(a_track_that_starts_beside_the_vertex_shifts_the_two_photon_mass),
        cmocka_unit_test(a_gain_of_the_calorimeter_scales_its_energies_and_nothing_else),
        cmocka_unit_test(tails_have_their_stated_shares),
        cmocka_unit_test(the_average_beam_is_the_nominal_momentum_along_the_axis),
        cmocka_unit_test(a_pion_taken_for_a_positron_has_a_flat_energy_over_momentum),
        cmocka_unit_test(a_momentum_that_the_wire_cannot_hold_is_no_candidate),
        cmocka_unit_test(a_vertex_behind_the_first_chamber_is_no_candidate),
        cmocka_unit_test(impossible_detectors_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
