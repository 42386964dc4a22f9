/* SPDX-License-Identifier: MIT */
/* event - see the header. */
#include "physics/event.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "hnlmon/units.h"
#include "physics/component.h"
#include "physics/constants.h"
#include "physics/flight.h"
#include "physics/hot_channel.h"
#include "physics/pi0.h"
#include "physics/smear.h"
#include "physics/wire_round.h"

/* Spreads of the observables that the kinematics does not give. */
#define M_GG_SIGMA_MEV 2.0
#define E_OVER_P_SIGMA 0.02
#define CDA_SIGMA_UM 3000.0

/* With BEAM_MOMENTUM_MAX_MEV the beam stays inside the wire's range of 131 GeV/c by six standard deviations. */
#define BEAM_SPREAD_MAX 0.05
#define BEAM_DIVERGENCE_MAX_RAD 0.01
#define SIGMA_MAX_MEV2 1e5

/* The acceptance of the na62 mode is known to 0.6 %, and the same for every seed. */
#define PILOT_DECAYS 100000
#define PILOT_SEED 1

#define FAKE_TRIES_MAX 1000 /* of which one in a few is accepted by the nominal detector */

static const char *const mode_names[EVENT_MODE_COUNT] = {[EVENT_PAPER] = "paper", [EVENT_NA62] = "na62"};

const char *event_mode_name(enum event_mode mode)
{
    return mode_names[mode];
}

struct event_config event_config_default(enum event_mode mode)
{
    return (struct event_config){
        .mode = mode,
        .seed = 1,
        .sigma_mev2 = M2_RESOLUTION_MEV2,
        .beam = BEAM_NOMINAL,
        .detector = detector_default(),
        .components = COMPONENT_ALL,
        .accidental = accidental_default(),
        .veto = {.threshold_mev = mode == EVENT_NA62 ? NA62_VETO_THRESHOLD_MEV : VETO_THRESHOLD_MEV,
                 .angle_rad = VETO_ANGLE_RAD,
                 .inefficiency = VETO_INEFFICIENCY},
        .l0_mask = 1,
    };
}

/* Closed range; false for NaN. */
static bool is_within(double value, double lo, double hi)
{
    return value >= lo && value <= hi;
}

const char *event_config_error(const struct event_config *config)
{
    if (!(config->signal_mass_mev >= 0 && config->signal_mass_mev < END_POINT_MEV))
        return "the signal mass must be at least 0 and below the end point of 358.189 MeV";
    if (!is_within(config->u2, 0, 1))
        return "|U|^2 must be between 0 and 1";
    if (config->u2 > 0 && !(config->signal_mass_mev > 0))
        return "|U|^2 above 0 needs a signal mass";
    if (!is_within(config->sigma_mev2, 0, SIGMA_MAX_MEV2))
        return "the resolution must be between 0 and 100000 MeV^2";
    if (!is_within(config->beam.momentum_mev, BEAM_MOMENTUM_MIN_MEV, BEAM_MOMENTUM_MAX_MEV))
        return "the beam momentum must be between 1 and 100 GeV/c";
    if (!is_within(config->beam.spread, 0, BEAM_SPREAD_MAX))
        return "the beam momentum spread must be between 0 and 0.05";
    if (!is_within(config->beam.divergence_rad, 0, BEAM_DIVERGENCE_MAX_RAD))
        return "the beam divergence must be between 0 and 0.01 rad";
    if (!(config->veto.threshold_mev >= 0 && isfinite(config->veto.threshold_mev)))
        return "the veto threshold must not be negative";
    if (!is_within(config->veto.angle_rad, 1e-3, 3))
        return "the veto angle must be between 0.001 and 3 rad";
    if (!is_within(config->veto.inefficiency, 0, 1))
        return "the veto inefficiency must be between 0 and 1";
    if (!is_within(config->veto.outer_efficiency, 0, 1))
        return "the veto efficiency outside the angle must be between 0 and 1";
    if (config->components & ~COMPONENT_ALL)
        return "the components must be some of component.h";
    const char *error = detector_error(&config->detector);
    return error ? error : accidental_error(&config->accidental);
}

static bool has(const struct event_source *source, enum component_index component)
{
    return source->config.components >> component & 1;
}

void event_source_disturb(struct event_source *source, const struct disturbance *disturbance)
{
    assert(disturbance_is_sane(disturbance));
    source->disturbance = *disturbance;
}

static void draw_kaon(struct event_source *source, struct decay *decay)
{
    struct beam beam = source->config.beam;
    beam.momentum_mev *= 1 + source->disturbance.beam_shift;
    flight_begin(&beam, &source->random, decay);
}

static void draw_ke3(struct event_source *source, struct decay *decay)
{
    struct ke3gamma ke3;
    ke3gamma_draw(&source->random, &ke3, &source->counts.ke3gamma);
    flight_ke3(&source->random, &ke3, decay);
}

static void draw_signal(struct event_source *source, struct decay *decay)
{
    struct signal_decay signal;
    signal_draw(&source->signal, &source->random, &signal);
    flight_signal(&source->random, &signal, decay);
}

static const struct component *component_of(enum decay_kind kind)
{
    for (const struct component *c = component_table; c < component_table + COMPONENT_COUNT; c++)
        if (c->draw != NULL && c->kind == kind)
            return c;
    return NULL;
}

/* A decay of the kaon in *decay. */
static void draw_decay(struct event_source *source, enum decay_kind kind, struct decay *decay)
{
    decay->kind = kind;
    switch (kind) {
    case DECAY_SIGNAL:
        draw_signal(source, decay);
        return;
    case DECAY_KE3:
        draw_ke3(source, decay);
        return;
    case DECAY_NOISE:
        draw_ke3(source, decay);
        hot_channel_fake(&source->random, decay);
        return;
    case DECAY_KE4:
    case DECAY_KMU3:
    case DECAY_PIPI0:
        component_of(kind)->draw(&source->random, decay->kaon, decay->vertex, decay);
        return;
    case DECAY_KIND_COUNT:
        break;
    }
    assert(kind != DECAY_KIND_COUNT);
}

/* Intensity of the accidental activity. What comes at the nominal intensity is part of the paper's acceptance. */
static double accidental_intensity(const struct event_source *source)
{
    bool is_modelled = source->config.mode == EVENT_NA62 && has(source, COMPONENT_ACCIDENTALS);
    return fmax(0, source->disturbance.intensity - (is_modelled ? 0 : 1));
}

/* The flags of all photons that are not those of the candidate's pi0, of accidental activity and of a hot channel. */
static uint32_t draw_veto(struct event_source *source, const struct decay *decay)
{
    struct random *random = &source->random;
    uint32_t flags = accidental_flags(&source->config.accidental, accidental_intensity(source), random);
    flags = disturbance_veto(&source->disturbance, random, flags);
    for (uint32_t i = 2; i < decay->photon_count; i++) {
        uint32_t seen = veto_flags(&source->config.veto, random, decay->photons[i], decay->photons[i].e);
        flags |= disturbance_veto(&source->disturbance, random, seen);
    }
    return decay->kind == DECAY_NOISE ? flags | FLAG_LKR_EXTRA : flags;
}

/* What the kinematics of the paper mode does not give; energies are `gain` times the true ones. */
static void draw_observables(struct random *random, const struct decay *decay, double gain, struct candidate *candidate)
{
    const double mass = decay->kind == DECAY_NOISE ? hot_channel_mass(decay) : MASS_PI0_MEV;
    candidate->m_gg = wire_round_mev(gain * fabs(mass + M_GG_SIGMA_MEV * random_normal(random)));
    candidate->e_over_p = wire_round(gain * (1 + E_OVER_P_SIGMA * random_normal(random)) * (1 << E_OVER_P_SHIFT));
    candidate->dt = wire_round(DT_SIGMA_PS * random_normal(random));
    candidate->dt_k = wire_round(DT_K_SIGMA_PS * random_normal(random));
    candidate->cda = wire_round(CDA_SIGMA_UM * fabs(random_normal(random)));
}

static enum decay_kind draw_paper_kind(struct event_source *source)
{
    bool is_signal =
        source->signal_rate > 0 && random_uniform(&source->random) * (1 + source->signal_rate) < source->signal_rate;
    return is_signal ? DECAY_SIGNAL : DECAY_KE3;
}

/* Paper mode: decays until the resolution has a solution. The kind is kept, so that signal over background stays. A
 * fake needs no resolution, its m2 is as broad as it is. */
static void measure_paper(struct event_source *source, enum decay_kind kind, struct decay *decay,
                          struct candidate *candidate)
{
    const double gain = 1 + source->disturbance.lkr_gain;
    for (;; source->counts.smear_failures++) {
        draw_kaon(source, decay);
        draw_decay(source, kind, decay);
        source->counts.decays[kind]++;
        if (kind == DECAY_NOISE)
            break;
        double target = decay->m2 + source->config.sigma_mev2 * random_normal(&source->random);
        if (smear_to(target, decay->kaon, &decay->pi0, &decay->track))
            break;
    }
    wire_round_momentum(candidate->k, decay->kaon);
    wire_round_momentum(candidate->pi0, four_scale(gain, decay->pi0));
    wire_round_momentum(candidate->e, decay->track);
    candidate->vertex_z = wire_round(decay->vertex.z);
    draw_observables(&source->random, decay, gain, candidate);
}

/* By the rates of signal and components relative to Ke3, given the kaon and its vertex. */
static enum decay_kind draw_na62_kind(struct event_source *source, const struct decay *decay)
{
    double rates[COMPONENT_COUNT], sum = 1 + source->signal_rate;
    for (uint32_t i = 0; i < COMPONENT_COUNT; i++) {
        rates[i] = has(source, i) ? component_rate_at(&component_table[i], decay->kaon, decay->vertex) : 0;
        sum += rates[i];
    }
    double left = sum * random_uniform(&source->random) - 1;
    for (uint32_t i = 0; i < COMPONENT_COUNT && left > 0; i++) {
        left -= rates[i];
        if (left <= 0)
            return component_table[i].kind;
    }
    return left > 0 ? DECAY_SIGNAL : DECAY_KE3;
}

/* One decay of the na62 mode, of any kind that a kaon decays to or else a fake; whether it becomes a candidate. */
static bool try_na62(struct event_source *source, const struct detector *detector, bool is_fake, struct decay *decay,
                     struct candidate *candidate)
{
    draw_kaon(source, decay);
    enum decay_kind kind = is_fake ? DECAY_NOISE : draw_na62_kind(source, decay);
    draw_decay(source, kind, decay);
    if (kind == DECAY_KE3 || kind == DECAY_SIGNAL)
        pi0_decay(&source->random, decay->pi0, decay->photons);
    source->counts.decays[kind]++;
    return detector_measure(detector, &source->random, decay, candidate);
}

/* Until there is a candidate. With thresholds or holes that leave no room for the fakes of a hot channel, decays take
 * their place; decays themselves are accepted, that is part of a configuration without errors. */
static void measure_na62(struct event_source *source, bool is_fake, struct decay *decay, struct candidate *candidate)
{
    struct detector detector = source->config.detector;
    detector.lkr_gain *= 1 + source->disturbance.lkr_gain;
    for (uint32_t tries = 0; !try_na62(source, &detector, is_fake && tries < FAKE_TRIES_MAX, decay, candidate);)
        tries++;
}

/* Candidates of every kind per Ke3 decay, but for what is not modelled. */
static double simulate_acceptance(const struct event_source *source)
{
    struct event_source pilot = *source;
    struct decay decay;
    struct candidate candidate;
    uint64_t accepted = 0;
    random_init(&pilot.random, PILOT_SEED, UINT64_MAX);
    for (uint64_t i = 0; i < PILOT_DECAYS; i++)
        accepted += try_na62(&pilot, &pilot.config.detector, false, &decay, &candidate);
    return NA62_EFFICIENCY * (double)accepted / (double)pilot.counts.decays[DECAY_KE3];
}

void event_source_init(struct event_source *source, const struct event_config *config)
{
    assert(event_config_error(config) == NULL);
    *source = (struct event_source){.config = *config, .disturbance = DISTURBANCE_NONE};
    source->config.detector.has_tails = has(source, COMPONENT_TAILS);
    if (config->u2 > 0) {
        source->signal_rate = signal_rho(config->signal_mass_mev) * config->u2;
        signal_init(&source->signal, config->signal_mass_mev);
    }
    source->acceptance =
        config->mode == EVENT_NA62 ? simulate_acceptance(source) : FLAT_ACCEPTANCE * (1 + source->signal_rate);
    random_init(&source->random, config->seed, config->stream);
}

double event_source_kaons_per_candidate(const struct event_source *source)
{
    return 1 / (BR_KE3 * source->acceptance);
}

double event_source_kaons(const struct event_source *source)
{
    const double share = source->config.mode == EVENT_NA62 ? NA62_EFFICIENCY : FLAT_ACCEPTANCE;
    return (double)source->counts.decays[DECAY_KE3] / (BR_KE3 * share);
}

static bool draw_is_fake(struct event_source *source)
{
    const double hot = source->disturbance.hot_share;
    return hot > 0 && random_uniform(&source->random) * (1 + hot) < hot;
}

void event_source_next(struct event_source *source, struct candidate *candidate, struct event_truth *truth)
{
    struct decay decay;
    bool is_fake = draw_is_fake(source);
    if (source->config.mode == EVENT_NA62)
        measure_na62(source, is_fake, &decay, candidate);
    else
        measure_paper(source, is_fake ? DECAY_NOISE : draw_paper_kind(source), &decay, candidate);
    const uint32_t veto = draw_veto(source, &decay);
    candidate->time = 0;
    candidate->flags = veto | (uint32_t)source->config.l0_mask << FLAG_L0_MASK_SHIFT |
                       (uint32_t)(random_word(&source->random) & FLAG_FINE_TIME_MASK);
    *truth = (struct event_truth){.m2_mev2 = wire_round(decay.m2), .kind = decay.kind};
    source->counts.events[decay.kind]++;
    source->counts.vetoed += (veto & FLAG_PHOTON_VETO) != 0;
}
