/* SPDX-License-Identifier: MIT */
/*
 * template_simulate - background templates (core/template.h) by weighted simulation.
 *
 * paper: flat acceptance, a Gaussian resolution that is folded in, veto of 50 mrad and 1e-3 (physics/spectrum.h).
 *
 * na62: every decay goes through the detector, the cuts of the preset na62 and, as a weight, the veto of its own
 * photons. Ke3 with good measurements is drawn with k log-uniform (physics/strata.h) and its photon turned backwards
 * (backward.h); Ke3 with one bad measurement, which brings the peak under the search windows, is drawn with that for
 * certain and weighted by how rare it is; Ke3 with a soft photon is not weighted, and there is most of it; the other
 * decays come in their proportion (physics/component.h). Random
 * vetoes take the same share of everything: they are in the acceptance.
 *
 * Everything is done in independent copies, whose spread is the statistical error.
 */
#ifndef FIRMWARE_SIM_TEMPLATE_SIMULATE_H
#define FIRMWARE_SIM_TEMPLATE_SIMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/template.h"
#include "physics/detector.h"
#include "physics/event.h"

#define TEMPLATE_EVENTS_MIN 20000u

struct template_options {
    enum event_mode mode;
    enum kaon_tag kaon; /* na62 */
    uint64_t events;    /* Ke3 decays with a hard photon and good measurements; >= TEMPLATE_EVENTS_MIN */
    uint64_t seed;
    double threshold_mev; /* of the veto, laboratory */
    double sigma_mev2;    /* paper: TEMPLATE_SIGMA_MIN_MEV2 .. TEMPLATE_SIGMA_MAX_MEV2 */
};

/* The veto threshold of the mode, 1700 MeV^2, GTK, seed 1; as many events as the built-in templates have. */
struct template_options template_options_default(enum event_mode mode);

/* Fills *shape: its name is that of the built-in template, its provenance the command that makes it. About 0.2 s
 * (paper) and 4 s (na62) per million events. False without memory, or when the result is no template: fewer events
 * than the minimum give empty windows. */
bool template_simulate(struct template *shape, const struct template_options *options)
    __attribute__((warn_unused_result));

#endif
