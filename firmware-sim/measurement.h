/* SPDX-License-Identifier: MIT */
/*
 * measurement - what the monitor would make of one decay: through the detector of a mode, its selection and its veto.
 *
 * paper: the resolution of 1700 MeV^2 is applied to m2_miss itself (smear.h), every decay is a candidate that passed
 * all cuts, and the veto is the mean over photon directions. na62: detector.h and all cuts, and the veto of the very
 * photon, because acceptance and veto go together. m2_miss is that of the kernel, from the integers of the wire.
 */
#ifndef FIRMWARE_SIM_MEASUREMENT_H
#define FIRMWARE_SIM_MEASUREMENT_H

#include <stdint.h>

#include "hnlmon/select.h"
#include "physics/beam.h"
#include "physics/decay.h"
#include "physics/detector.h"
#include "physics/event.h"
#include "physics/random.h"
#include "physics/response.h"
#include "physics/veto.h"

struct measurement {
    enum event_mode mode;
    struct selection selection; /* of the mode, without the veto */
    struct beam beam;
    struct veto veto;
    struct detector detector; /* na62 only */
    uint64_t smear_failures;  /* paper only: decays that the resolution could not be applied to */
};

/* Beam, veto and detector are those of the event source; of its components none is mixed in. */
void measurement_init(struct measurement *measurement, const struct event_config *config);

/* Measures a decay: Ke3 and signal, whose pi0 it lets decay in mode na62, and in that mode those of component.h, too.
 */
struct response_candidate measurement_of(struct measurement *measurement, struct random *random, struct decay *decay);

#endif
