/* SPDX-License-Identifier: MIT */
/* simulation - see simulation.h. */
#include "cli/simulation.h"

#include <stdlib.h>
#include <time.h>

#include "core/template.h"

#define RUN_BURSTS 1500
#define PERIOD_BURSTS 120000

struct simulation_setting simulation_setting_default(void)
{
    struct simulation_setting setting = {
        .source = null_source_config_default(), .run_bursts = RUN_BURSTS, .period_bursts = PERIOD_BURSTS};
    config_defaults(&setting.config);
    return setting;
}

struct simulation *simulation_create(const struct simulation_setting *setting, const struct truth *truth,
                                     const struct monitor_observer *observer)
{
    const struct monitor_config monitor = {
        .preset = SELECTION_PAPER,
        .f_sys = setting->config.background.f_sys,
        .promise = setting->config.alarm,
    };
    struct simulation *simulation = calloc(1, sizeof *simulation);
    if (simulation == NULL)
        return NULL;
    simulation->setting = *setting;
    simulation->source = null_source_create(&setting->source, truth, template_paper.sigma_mev2);
    simulation->monitor = monitor_create(&monitor, &template_paper, observer);
    simulation->key = (struct burst_key){.run = 1};
    if (simulation->source != NULL && simulation->monitor != NULL)
        return simulation;
    simulation_destroy(simulation);
    return NULL;
}

void simulation_destroy(struct simulation *simulation)
{
    if (simulation == NULL)
        return;
    null_source_destroy(simulation->source);
    monitor_destroy(simulation->monitor);
    free(simulation);
}

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void acknowledge_all(struct simulation *simulation)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(monitor_alarms(simulation->monitor), i);
        if (alarm != NULL && alarm->state != ALARM_ACKNOWLEDGED)
            monitor_acknowledge(simulation->monitor, alarm->id);
    }
}

static void advance(struct burst_key *key, uint32_t run_bursts)
{
    if (key->burst < run_bursts)
        key->burst++;
    else
        *key = (struct burst_key){key->run + 1, 1};
}

void simulation_step(struct simulation *simulation)
{
    double begin = cpu_s();
    if (simulation->bursts > 0 && simulation->bursts % simulation->setting.period_bursts == 0)
        monitor_new_period(simulation->monitor);
    simulation->bursts++;
    advance(&simulation->key, simulation->setting.run_bursts);
    null_source_draw(simulation->source, simulation->key, &simulation->burst);
    double drawn = cpu_s();
    monitor_take_burst(simulation->monitor, &simulation->burst);
    acknowledge_all(simulation);
    simulation->draw_s += drawn - begin;
    simulation->monitor_s += cpu_s() - drawn;
}
