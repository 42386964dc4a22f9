/* SPDX-License-Identifier: MIT */
/* measurement - see the header. */
#include "measurement.h"

#include <math.h>

#include "hnlmon/units.h"
#include "physics/constants.h"
#include "physics/pi0.h"
#include "physics/smear.h"
#include "physics/wire_round.h"

void measurement_init(struct measurement *measurement, const struct event_config *config)
{
    *measurement = (struct measurement){
        .mode = config->mode,
        .selection = selection_preset(config->mode == EVENT_NA62 ? SELECTION_NA62 : SELECTION_PAPER),
        .beam = config->beam,
        .veto = config->veto,
        .detector = config->detector,
    };
    measurement->selection.enabled &= ~(1u << REJECT_VETO);
}

/* False when no shift of a momentum gives the m2_miss that was drawn. The two-photon mass is nominal. */
static bool measure_paper(struct measurement *measurement, struct random *random, struct decay *decay,
                          struct candidate *candidate)
{
    const double target = decay->m2 + M2_RESOLUTION_MEV2 * random_normal(random);
    if (!smear_to(target, decay->kaon, &decay->pi0, &decay->track)) {
        measurement->smear_failures++;
        return false;
    }
    *candidate = (struct candidate){.vertex_z = wire_round(decay->vertex.z), .m_gg = MASS_PI0_Q13};
    wire_round_momentum(candidate->k, decay->kaon);
    wire_round_momentum(candidate->pi0, decay->pi0);
    wire_round_momentum(candidate->e, decay->track);
    return true;
}

static bool measure_na62(const struct measurement *measurement, struct random *random, struct decay *decay,
                         struct candidate *candidate)
{
    if (decay->kind == DECAY_KE3 || decay->kind == DECAY_SIGNAL)
        pi0_decay(random, decay->pi0, decay->photons);
    return detector_measure(&measurement->detector, random, decay, candidate);
}

static double missed(const struct veto *veto, struct four photon)
{
    struct veto_shares shares = {{0}};
    shares.of[veto_region_of(veto, photon, photon.e)] = 1;
    return veto_missed(veto, &shares);
}

/* That all photons are missed but those of the candidate's pi0; a signal has no other. */
static double survival_of(const struct measurement *measurement, const struct decay *decay)
{
    const struct veto *veto = &measurement->veto;
    double survival = 1;
    if (measurement->mode == EVENT_PAPER && decay->photon_count > 2)
        return veto_survival(veto, four_dot(decay->kaon, decay->photons[2]) / MASS_KAON_MEV,
                             sqrt(four_momentum2(decay->kaon)));
    for (uint32_t i = 2; i < decay->photon_count; i++)
        survival *= missed(veto, decay->photons[i]);
    return survival;
}

struct response_candidate measurement_of(struct measurement *measurement, struct random *random, struct decay *decay)
{
    struct response_candidate result = {.survival = survival_of(measurement, decay)};
    struct candidate candidate;
    int64_t m2;
    result.is_accepted = measurement->mode == EVENT_NA62 ? measure_na62(measurement, random, decay, &candidate)
                                                         : measure_paper(measurement, random, decay, &candidate);
    if (!result.is_accepted)
        return result;
    result.is_selected = select_candidate(&measurement->selection, &candidate, &m2) == REJECT_NONE;
    result.m2 = (double)m2 / (1 << M2_SHIFT);
    return result;
}
