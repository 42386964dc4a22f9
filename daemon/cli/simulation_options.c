/* SPDX-License-Identifier: MIT */
/* simulation_options - see simulation_options.h. */
#include "cli/simulation_options.h"

#include <math.h>

#include "cli/cli.h"
#include "cli/decimal.h"

#define SECONDS_PER_DAY 86400.0
#define PERIOD_DAYS 30
#define SEED_MAX 9007199254740992.0 /* 2^53 */

struct simulation_choice simulation_choice_default(void)
{
    struct simulation_choice choice = {.setting = simulation_setting_default(), .per_day = 4000};
    choice.setting.source.links = 2;
    choice.setting.source.cut_share = 0.01;
    return choice;
}

bool simulation_take_count(struct options *options, int row, double lo, double hi, double *count)
{
    if (decimal_to_count(options->value, count) == DECIMAL_OK && *count >= lo && *count <= hi)
        return true;
    return options_refuse(options, "--%s: '%s' is not a whole number from %.0f to %.0f", options->rows[row].name,
                          options->value, lo, hi);
}

static bool take_uint32(struct options *options, int row, double lo, double hi, uint32_t *count)
{
    double value = 0;
    bool is_count = simulation_take_count(options, row, lo, hi, &value);
    *count = (uint32_t)value;
    return is_count;
}

static bool take_seed(struct options *options, int row, uint64_t *seed)
{
    double value = 0;
    bool is_count = simulation_take_count(options, row, 0, SEED_MAX, &value);
    *seed = (uint64_t)value;
    return is_count;
}

static bool take_per_day(struct options *options, int row, struct simulation_choice *choice)
{
    bool is_number = options_number(options, row, 1, SECONDS_PER_DAY / 5, &choice->per_day);
    choice->setting.source.period_s = SECONDS_PER_DAY / choice->per_day;
    choice->setting.period_bursts = (uint32_t)ceil(PERIOD_DAYS * choice->per_day);
    return is_number;
}

static bool take_config(struct options *options, struct config *config, bool is_file)
{
    char error[CONFIG_ERROR_SIZE];
    bool is_done = is_file ? config_load_file(config, options->value, error, sizeof error)
                           : config_set(config, options->value, error, sizeof error);
    if (!is_done) {
        (void)options_refuse(options, "%s", error);
        options->exit_code = CLI_CONFIGURATION;
    }
    return is_done;
}

bool simulation_take_option(struct options *options, enum simulation_row row, struct simulation_choice *choice)
{
    struct simulation_setting *setting = &choice->setting;
    switch (row) {
    case SIMULATION_CANDIDATES:
        return options_number(options, (int)row, 1, 1e8, &setting->source.candidates);
    case SIMULATION_F_SYS:
        return options_number(options, (int)row, 0, 1, &setting->config.background.f_sys);
    case SIMULATION_PER_DAY:
        return take_per_day(options, (int)row, choice);
    case SIMULATION_RUN_BURSTS:
        return take_uint32(options, (int)row, 1, 1e6, &setting->run_bursts);
    case SIMULATION_LINKS:
        return take_uint32(options, (int)row, 1, LEDGER_ENTRIES_MAX, &setting->source.links);
    case SIMULATION_SPREAD:
        return options_number(options, (int)row, 0, 0.3, &setting->source.spread);
    case SIMULATION_CUT_SHARE:
        return options_number(options, (int)row, 0, 10, &setting->source.cut_share);
    case SIMULATION_SEED:
        return take_seed(options, (int)row, &setting->source.seed);
    case SIMULATION_CONFIG:
    case SIMULATION_SET:
        return take_config(options, &setting->config, row == SIMULATION_CONFIG);
    case SIMULATION_ROWS:
        break;
    }
    return false;
}
