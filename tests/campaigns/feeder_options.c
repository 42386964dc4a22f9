/* SPDX-License-Identifier: MIT */
/* feeder_options - see feeder_options.h. */
#include "feeder_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "hnlmon/frame.h"

static const char usage[] =
    "Usage: feeder --link ENDPOINT [OPTION]...\n"
    "A front-end for campaigns: sends the candidates of a pool again and again, and knows what must come of it.\n\n"
    "  --source N --epoch N --seed N --run N\n"
    "  --bursts N             in all (10), --bursts-per-run N (all), --burst-candidates N (120000), --period S (200)\n"
    "  --batch N              batches have 1 to N candidates (4096)\n"
    "  --pool N               candidates in the pool (65536), --signal-mass MEV --u2 X: with a signal\n"
    "  --rate HZ              candidates per second, sheds when the ring is full; without: as fast as they are "
    "counted\n"
    "  --patient              with --rate: waits instead of shedding\n"
    "  --ring MIB             (64)\n"
    "  --loss-every N         each Nth burst loses ten candidates on purpose\n"
    "  --timeout S            gives up after so long without progress (60)\n"
    "  --expect FILE          writes what the daemon must show in the end (not when it sheds)\n"
    "  --commands             reads: burst COUNT LOST INPUT_DOWNSCALING | ack ALARM | run | end\n";

enum {
    OPTION_LINK = 1,
    OPTION_SOURCE,
    OPTION_EPOCH,
    OPTION_SEED,
    OPTION_RUN,
    OPTION_BURSTS,
    OPTION_BURSTS_PER_RUN,
    OPTION_BURST_CANDIDATES,
    OPTION_PERIOD,
    OPTION_BATCH,
    OPTION_POOL,
    OPTION_SIGNAL_MASS,
    OPTION_U2,
    OPTION_RATE,
    OPTION_PATIENT,
    OPTION_RING,
    OPTION_LOSS_EVERY,
    OPTION_TIMEOUT,
    OPTION_EXPECT,
    OPTION_COMMANDS,
};

static const struct option long_options[] = {
    {"link", required_argument, NULL, OPTION_LINK},
    {"source", required_argument, NULL, OPTION_SOURCE},
    {"epoch", required_argument, NULL, OPTION_EPOCH},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"run", required_argument, NULL, OPTION_RUN},
    {"bursts", required_argument, NULL, OPTION_BURSTS},
    {"bursts-per-run", required_argument, NULL, OPTION_BURSTS_PER_RUN},
    {"burst-candidates", required_argument, NULL, OPTION_BURST_CANDIDATES},
    {"period", required_argument, NULL, OPTION_PERIOD},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"pool", required_argument, NULL, OPTION_POOL},
    {"signal-mass", required_argument, NULL, OPTION_SIGNAL_MASS},
    {"u2", required_argument, NULL, OPTION_U2},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"patient", no_argument, NULL, OPTION_PATIENT},
    {"ring", required_argument, NULL, OPTION_RING},
    {"loss-every", required_argument, NULL, OPTION_LOSS_EVERY},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"expect", required_argument, NULL, OPTION_EXPECT},
    {"commands", no_argument, NULL, OPTION_COMMANDS},
    {NULL, 0, NULL, 0},
};

static void set(struct feeder_options *options, int option, const char *text)
{
    uint64_t count = text ? strtoull(text, NULL, 10) : 0;
    double real = text ? strtod(text, NULL) : 0;
    switch (option) {
    case OPTION_LINK:
        options->link = text;
        break;
    case OPTION_SOURCE:
        options->source = (uint32_t)count;
        break;
    case OPTION_EPOCH:
        options->epoch = count;
        break;
    case OPTION_SEED:
        options->seed = count;
        break;
    case OPTION_RUN:
        options->run = (uint32_t)count;
        break;
    case OPTION_BURSTS:
        options->bursts = (uint32_t)count;
        break;
    case OPTION_BURSTS_PER_RUN:
        options->bursts_per_run = (uint32_t)count;
        break;
    case OPTION_BURST_CANDIDATES:
        options->burst_candidates = (uint32_t)count;
        break;
    case OPTION_PERIOD:
        options->period_s = (uint32_t)count;
        break;
    case OPTION_BATCH:
        options->batch_max = (uint32_t)count;
        break;
    case OPTION_POOL:
        options->pool = (uint32_t)count;
        break;
    case OPTION_SIGNAL_MASS:
        options->signal_mass_mev = real;
        break;
    case OPTION_U2:
        options->u2 = real;
        break;
    case OPTION_RATE:
        options->rate_hz = real;
        break;
    case OPTION_PATIENT:
        options->is_patient = true;
        break;
    case OPTION_RING:
        options->ring_mib = (uint32_t)count;
        break;
    case OPTION_LOSS_EVERY:
        options->loss_every = (uint32_t)count;
        break;
    case OPTION_TIMEOUT:
        options->timeout_s = real;
        break;
    case OPTION_EXPECT:
        options->expect = text;
        break;
    case OPTION_COMMANDS:
        options->is_commanded = true;
        break;
    default:
        break;
    }
}

static bool is_sane(const struct feeder_options *options)
{
    return options->link && options->source > 0 && options->run > 0 && options->batch_max > 0 &&
           options->batch_max <= BATCH_CANDIDATES_MAX && options->pool >= options->batch_max &&
           options->pool <= 1u << 24 && options->ring_mib > 0 && options->ring_mib <= 1024 &&
           options->burst_candidates > 0 && options->rate_hz >= 0;
}

bool feeder_options_parse(struct feeder_options *options, int argc, char **argv)
{
    int option;
    *options = (struct feeder_options){.source = 1,
                                       .seed = 1,
                                       .run = 1,
                                       .bursts = 10,
                                       .burst_candidates = 120000,
                                       .batch_max = BATCH_CANDIDATES_MAX,
                                       .pool = 65536,
                                       .ring_mib = 64,
                                       .period_s = 200,
                                       .timeout_s = 60};
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option == '?')
            return false;
        set(options, option, optarg);
    }
    if (optind == argc && is_sane(options))
        return true;
    fputs(usage, stderr);
    return false;
}
