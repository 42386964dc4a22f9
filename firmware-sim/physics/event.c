/* SPDX-License-Identifier: MIT */
/* event - see the header. */
#include "physics/event.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "hnlmon/units.h"
#include "physics/constants.h"
#include "physics/hot_channel.h"
#include "physics/smear.h"

/* Spreads of the observables that the kinematics does not give. */
#define M_GG_SIGMA_MEV 2.0
#define E_OVER_P_SIGMA 0.02
#define DT_SIGMA_PS 300.0
#define DT_K_SIGMA_PS 150.0
#define CDA_SIGMA_UM 3000.0

/* The beam must stay inside the wire's momentum range of 131 GeV/c by six standard deviations. */
#define BEAM_MOMENTUM_MIN_MEV 1e3
#define BEAM_MOMENTUM_MAX_MEV 1e5
#define BEAM_SPREAD_MAX 0.05
#define BEAM_DIVERGENCE_MAX_RAD 0.01
#define SIGMA_MAX_MEV2 1e5

struct event_config event_config_default(void)
{
    return (struct event_config){
        .seed = 1,
        .sigma_mev2 = M2_RESOLUTION_MEV2,
        .beam = {BEAM_MOMENTUM_MEV, BEAM_SPREAD, BEAM_DIVERGENCE_RAD},
        .veto = {VETO_THRESHOLD_MEV, VETO_ANGLE_RAD, VETO_INEFFICIENCY},
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
    return NULL;
}

void event_source_init(struct event_source *source, const struct event_config *config)
{
    assert(event_config_error(config) == NULL);
    *source = (struct event_source){.config = *config, .disturbance = DISTURBANCE_NONE};
    random_init(&source->random, config->seed, config->stream);
    if (config->u2 > 0) {
        double ratio = signal_rho(config->signal_mass_mev) * config->u2;
        source->signal_probability = ratio / (1 + ratio);
        signal_init(&source->signal, config->signal_mass_mev);
    }
}

void event_source_disturb(struct event_source *source, const struct disturbance *disturbance)
{
    assert(disturbance_is_sane(disturbance));
    source->disturbance = *disturbance;
}

/* Exponential decay law inside the decay volume, by inversion; mm from the target. */
static double draw_vertex_z(struct random *random)
{
    const double decayed = -expm1((DECAY_VOLUME_FIRST_M - DECAY_VOLUME_LAST_M) / DECAY_LENGTH_M);
    return 1e3 * (DECAY_VOLUME_FIRST_M - DECAY_LENGTH_M * log1p(-decayed * random_uniform(random)));
}

/* A kaon that decays; it left the axis of the beam where the decay volume begins. */
static void draw_kaon(struct event_source *source, struct decay *decay)
{
    struct beam beam = source->config.beam;
    beam.momentum_mev *= 1 + source->disturbance.beam_shift;
    decay->kaon = beam_draw(&beam, &source->random);
    double z = draw_vertex_z(&source->random);
    double along = (z - 1e3 * BEAM_FOCUS_M) / decay->kaon.z;
    decay->vertex = decay->track_origin = (struct point){along * decay->kaon.x, along * decay->kaon.y, z};
}

static struct four to_lab(struct four particle, const struct rotation *rotation, struct four kaon)
{
    return four_boost(four_rotate(particle, rotation), kaon, MASS_KAON_MEV);
}

static void draw_ke3(struct event_source *source, struct decay *decay)
{
    struct ke3gamma ke3;
    ke3gamma_draw(&source->random, &ke3, &source->counts.ke3gamma);
    struct rotation rotation = random_rotation(&source->random);
    decay->pi0 = to_lab(ke3.pi0, &rotation, decay->kaon);
    decay->track = to_lab(ke3.e, &rotation, decay->kaon);
    decay->photons[2] = four_scale(ke3.k, to_lab(ke3.n, &rotation, decay->kaon));
    decay->photon_count = 3;
    decay->m2 = ke3.m2;
}

static void draw_signal(struct event_source *source, struct decay *decay)
{
    struct signal_decay signal;
    signal_draw(&source->signal, &source->random, &signal);
    struct rotation rotation = random_rotation(&source->random);
    decay->pi0 = to_lab(signal.pi0, &rotation, decay->kaon);
    decay->track = to_lab(signal.e, &rotation, decay->kaon);
    decay->photon_count = 2;
    decay->m2 = source->signal.mass * source->signal.mass;
}

static void draw_decay(struct event_source *source, enum decay_kind kind, struct decay *decay)
{
    decay->kind = kind;
    draw_kaon(source, decay);
    if (kind == DECAY_SIGNAL)
        draw_signal(source, decay);
    else
        draw_ke3(source, decay);
    if (kind == DECAY_NOISE)
        hot_channel_fake(&source->random, decay);
}

/* The flags of all photons that are not those of the candidate's pi0, of accidental activity and of a hot channel. */
static uint32_t draw_veto(struct event_source *source, const struct decay *decay)
{
    struct random *random = &source->random;
    uint32_t flags = disturbance_accidental(&source->disturbance, random);
    for (uint32_t i = 2; i < decay->photon_count; i++) {
        uint32_t seen = veto_flags(&source->config.veto, random, decay->photons[i], decay->photons[i].e);
        flags |= disturbance_veto(&source->disturbance, random, seen);
    }
    return decay->kind == DECAY_NOISE ? flags | FLAG_LKR_EXTRA : flags;
}

/* Nearest integer; |value| is far below 2^31 for everything that is rounded here. */
static int32_t nearest(double value)
{
    return (int32_t)lrint(value);
}

static void round_momentum(int32_t momentum[3], struct four particle)
{
    const double lsb = 1 << MOMENTUM_SHIFT;
    momentum[0] = nearest(lsb * particle.x);
    momentum[1] = nearest(lsb * particle.y);
    momentum[2] = nearest(lsb * particle.z);
}

/* What the kinematics of the paper mode does not give; energies are `gain` times the true ones. */
static void draw_observables(struct random *random, const struct decay *decay, double gain, struct candidate *candidate)
{
    const double mass = decay->kind == DECAY_NOISE ? hot_channel_mass(decay) : MASS_PI0_MEV;
    candidate->m_gg = nearest(gain * fabs(mass + M_GG_SIGMA_MEV * random_normal(random)) * (1 << MOMENTUM_SHIFT));
    candidate->e_over_p = nearest(gain * (1 + E_OVER_P_SIGMA * random_normal(random)) * (1 << E_OVER_P_SHIFT));
    candidate->dt = nearest(DT_SIGMA_PS * random_normal(random));
    candidate->dt_k = nearest(DT_K_SIGMA_PS * random_normal(random));
    candidate->cda = nearest(CDA_SIGMA_UM * fabs(random_normal(random)));
}

/* Paper mode: decays until the resolution has a solution. The kind is kept, so that signal over background stays. A
 * fake needs no resolution, its m2 is as broad as it is. */
static void measure_paper(struct event_source *source, struct decay *decay, struct candidate *candidate)
{
    const double gain = 1 + source->disturbance.lkr_gain;
    while (decay->kind != DECAY_NOISE) {
        double target = decay->m2 + source->config.sigma_mev2 * random_normal(&source->random);
        if (smear_to(target, decay->kaon, &decay->pi0, &decay->track))
            break;
        source->counts.smear_failures++;
        draw_decay(source, decay->kind, decay);
    }
    round_momentum(candidate->k, decay->kaon);
    round_momentum(candidate->pi0, four_scale(gain, decay->pi0));
    round_momentum(candidate->e, decay->track);
    candidate->vertex_z = nearest(decay->vertex.z);
    draw_observables(&source->random, decay, gain, candidate);
}

static enum decay_kind draw_kind(struct event_source *source)
{
    const double hot = source->disturbance.hot_share;
    if (hot > 0 && random_uniform(&source->random) < hot / (1 + hot))
        return DECAY_NOISE;
    bool is_signal = source->signal_probability > 0 && random_uniform(&source->random) < source->signal_probability;
    return is_signal ? DECAY_SIGNAL : DECAY_KE3;
}

void event_source_next(struct event_source *source, struct candidate *candidate, struct event_truth *truth)
{
    struct decay decay;
    draw_decay(source, draw_kind(source), &decay);
    measure_paper(source, &decay, candidate);
    const uint32_t veto = draw_veto(source, &decay);
    candidate->time = 0;
    candidate->flags = veto | (uint32_t)source->config.l0_mask << FLAG_L0_MASK_SHIFT |
                       (uint32_t)(random_word(&source->random) & FLAG_FINE_TIME_MASK);
    *truth = (struct event_truth){.m2_mev2 = nearest(decay.m2), .kind = decay.kind};
    source->counts.events[decay.kind]++;
    source->counts.vetoed += (veto & FLAG_PHOTON_VETO) != 0;
}
