/* SPDX-License-Identifier: MIT */
/* feeder_options - what the feeder is asked for on its command line. */
#ifndef HNLMON_CAMPAIGNS_FEEDER_OPTIONS_H
#define HNLMON_CAMPAIGNS_FEEDER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct feeder_options {
    const char *link;
    uint32_t source;
    uint64_t epoch; /* 0: random */
    uint64_t seed;  /* of the candidates and of the lengths of batches */
    uint32_t run;   /* the first */
    uint32_t bursts, bursts_per_run;
    uint32_t burst_candidates, batch_max;
    uint32_t pool;  /* candidates in it */
    double rate_hz; /* 0: as fast as the daemon counts */
    double signal_mass_mev, u2;
    uint32_t ring_mib;
    uint32_t period_s;   /* of the bursts, in source time */
    uint32_t loss_every; /* bursts: one of them loses candidates on purpose; 0: none */
    double timeout_s;    /* without progress */
    const char *expect;  /* file for what the daemon must show; NULL: no reference is kept */
    bool is_patient;     /* waits for room in the ring instead of shedding */
    bool is_commanded;   /* commands come on the standard input */
};

/* False when they make no sense, which is said. */
bool feeder_options_parse(struct feeder_options *options, int argc, char **argv) __attribute__((warn_unused_result));

#endif
