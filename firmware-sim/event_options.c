/* SPDX-License-Identifier: MIT */
/* event_options - see the header. */
#include "event_options.h"

#include <stdio.h>

#include "physics/component.h"

bool event_options(const struct options *options, struct event_config *config)
{
    char text[COMPONENT_ERROR_SIZE];
    *config = event_config_default((enum event_mode)options->mode);
    config->seed = options->seed;
    config->signal_mass_mev = options->signal_mass_mev;
    config->u2 = options->u2;
    config->detector.kaon = (enum kaon_tag)options->kaon;
    config->detector.straw_hole_mm = options->straw_hole_mm;
    config->detector.lkr_hole_mm = options->lkr_hole_mm;
    config->detector.photon_energy_min_mev = options->photon_energy_mev;
    config->detector.positron_momentum_min_mev = options->positron_momentum_mev;
    const char *error = event_config_error(config);
    if (options->backgrounds != NULL && !component_parse(options->backgrounds, &config->components, text))
        error = text;
    if (error != NULL)
        fprintf(stderr, "hnlmon-fwsim: %s\n", error);
    return error == NULL;
}
