/* SPDX-License-Identifier: MIT */
/*
 * bench_generator - how fast the event source is, on one core: unweighted Ke3gamma decays, signal decays at 135 MeV,
 * and whole candidates of both modes; a candidate of the na62 mode takes five decays. Prints one JSON line. Usage:
 * bench_generator [EVENTS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "physics/event.h"

#define EVENTS_DEFAULT 2000000

static double now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double ke3_rate(long events)
{
    struct random random;
    struct ke3gamma decay;
    struct ke3gamma_counts counts = {0};
    random_init(&random, 1, 0);
    double start = now_s();
    for (long i = 0; i < events; i++)
        ke3gamma_draw(&random, &decay, &counts);
    return (double)events / (now_s() - start);
}

static double signal_rate(long events)
{
    struct random random;
    struct signal signal;
    struct signal_decay decay;
    random_init(&random, 1, 0);
    signal_init(&signal, 135);
    double start = now_s();
    for (long i = 0; i < events; i++)
        signal_draw(&signal, &random, &decay);
    return (double)events / (now_s() - start);
}

static double candidate_rate(enum event_mode mode, long events)
{
    static struct event_source source;
    struct event_config config = event_config_default(mode);
    struct candidate candidate;
    struct event_truth truth;
    event_source_init(&source, &config);
    double start = now_s();
    for (long i = 0; i < events; i++)
        event_source_next(&source, &candidate, &truth);
    return (double)events / (now_s() - start);
}

int main(int argc, char **argv)
{
    long events = argc > 1 ? strtol(argv[1], NULL, 10) : EVENTS_DEFAULT;
    if (events < 1) {
        fprintf(stderr, "usage: bench_generator [EVENTS]\n");
        return 2;
    }
    printf("{\"ke3_events_per_s\":%.0f,\"signal_events_per_s\":%.0f,", ke3_rate(events), signal_rate(events));
    printf("\"candidates_per_s\":%.0f,\"na62_candidates_per_s\":%.0f}\n", candidate_rate(EVENT_PAPER, events),
           candidate_rate(EVENT_NA62, events));
    return 0;
}
