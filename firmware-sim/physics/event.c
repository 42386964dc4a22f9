/* SPDX-License-Identifier: MIT */
/* event - see the header. */
#include "physics/event.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "hnlmon/units.h"
#include "physics/constants.h"
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
    *source = (struct event_source){.config = *config};
    random_init(&source->random, config->seed, config->stream);
    if (config->u2 > 0) {
        double ratio = signal_rho(config->signal_mass_mev) * config->u2;
        source->signal_probability = ratio / (1 + ratio);
        signal_init(&source->signal, config->signal_mass_mev);
    }
}

/* What a decay leaves in the laboratory. */
struct lab_event {
    struct four kaon, pi0, e;
    double m2;      /* true squared missing mass */
    uint32_t flags; /* photon vetoes */
};

static struct four to_lab(struct four particle, const struct rotation *rotation, struct four kaon)
{
    return four_boost(four_rotate(particle, rotation), kaon, MASS_KAON_MEV);
}

static void draw_background(struct event_source *source, const struct rotation *rotation, struct lab_event *lab)
{
    struct ke3gamma decay;
    ke3gamma_draw(&source->random, &decay, &source->counts.ke3gamma);
    lab->pi0 = to_lab(decay.pi0, rotation, lab->kaon);
    lab->e = to_lab(decay.e, rotation, lab->kaon);
    lab->m2 = decay.m2;
    struct four direction = to_lab(decay.n, rotation, lab->kaon);
    lab->flags = veto_flags(&source->config.veto, &source->random, direction, decay.k * direction.e);
}

static void draw_signal(struct event_source *source, const struct rotation *rotation, struct lab_event *lab)
{
    struct signal_decay decay;
    signal_draw(&source->signal, &source->random, &decay);
    lab->pi0 = to_lab(decay.pi0, rotation, lab->kaon);
    lab->e = to_lab(decay.e, rotation, lab->kaon);
    lab->m2 = source->signal.mass * source->signal.mass;
    lab->flags = 0;
}

/* Draws kaon, decay and resolution until a shift is possible; the kind is kept, so that signal over background stays.
 */
static void draw_event(struct event_source *source, enum event_kind kind, struct lab_event *lab)
{
    struct random *random = &source->random;
    for (;;) {
        lab->kaon = beam_draw(&source->config.beam, random);
        struct rotation rotation = random_rotation(random);
        if (kind == EVENT_SIGNAL)
            draw_signal(source, &rotation, lab);
        else
            draw_background(source, &rotation, lab);
        double target = lab->m2 + source->config.sigma_mev2 * random_normal(random);
        if (smear_to(target, lab->kaon, &lab->pi0, &lab->e))
            return;
        source->counts.smear_failures++;
    }
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

/* Exponential decay law inside the decay volume, by inversion. */
static int32_t draw_vertex_mm(struct random *random)
{
    const double decayed = -expm1((DECAY_VOLUME_FIRST_M - DECAY_VOLUME_LAST_M) / DECAY_LENGTH_M);
    return nearest(1e3 * (DECAY_VOLUME_FIRST_M - DECAY_LENGTH_M * log1p(-decayed * random_uniform(random))));
}

static void draw_observables(struct random *random, struct candidate *candidate)
{
    candidate->vertex_z = draw_vertex_mm(random);
    candidate->m_gg = nearest((MASS_PI0_MEV + M_GG_SIGMA_MEV * random_normal(random)) * (1 << MOMENTUM_SHIFT));
    candidate->e_over_p = nearest((1 + E_OVER_P_SIGMA * random_normal(random)) * (1 << E_OVER_P_SHIFT));
    candidate->dt = nearest(DT_SIGMA_PS * random_normal(random));
    candidate->dt_k = nearest(DT_K_SIGMA_PS * random_normal(random));
    candidate->cda = nearest(CDA_SIGMA_UM * fabs(random_normal(random)));
}

void event_source_next(struct event_source *source, struct candidate *candidate, struct event_truth *truth)
{
    struct lab_event lab;
    bool is_signal = source->signal_probability > 0 && random_uniform(&source->random) < source->signal_probability;
    enum event_kind kind = is_signal ? EVENT_SIGNAL : EVENT_BACKGROUND;
    draw_event(source, kind, &lab);
    round_momentum(candidate->k, lab.kaon);
    round_momentum(candidate->pi0, lab.pi0);
    round_momentum(candidate->e, lab.e);
    draw_observables(&source->random, candidate);
    candidate->time = 0;
    candidate->flags = lab.flags | (uint32_t)source->config.l0_mask << FLAG_L0_MASK_SHIFT |
                       (uint32_t)(random_word(&source->random) & FLAG_FINE_TIME_MASK);
    *truth = (struct event_truth){.m2_mev2 = nearest(lab.m2), .kind = kind};
    source->counts.events[kind]++;
    source->counts.vetoed += (lab.flags & FLAG_PHOTON_VETO) != 0;
}
