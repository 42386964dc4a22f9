/* SPDX-License-Identifier: MIT */
/* event_options - see the header. */
#include "event_options.h"

#include <stdio.h>

#include "physics/component.h"

/* What is mixed in: nothing in paper mode, everything in mode na62, or what the option names. */
static const char *set_components(const struct options *options, struct event_config *config,
                                  char error[COMPONENT_ERROR_SIZE])
{
    config->components = config->mode == EVENT_NA62 ? COMPONENT_ALL : 0;
    if (options->backgrounds == NULL)
        return NULL;
    if (!component_parse(options->backgrounds, &config->components, error))
        return error;
    return config->components != 0 && config->mode == EVENT_PAPER ? "--backgrounds needs --mode na62" : NULL;
}

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
    const char *error = set_components(options, config, text);
    if (error == NULL)
        error = event_config_error(config);
    if (error != NULL)
        fprintf(stderr, "hnlmon-fwsim: %s\n", error);
    return error == NULL;
}
