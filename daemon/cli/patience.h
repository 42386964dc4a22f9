/* SPDX-License-Identifier: MIT */
/*
 * patience - how long a command waits for a daemon, and what it says meanwhile.
 *
 * A daemon that is not there is said so on stderr and waited for; the end is a timeout or a signal (SIGINT, SIGTERM).
 */
#ifndef HNLMON_CLI_PATIENCE_H
#define HNLMON_CLI_PATIENCE_H

#include <stdbool.h>

struct patience {
    const char *endpoint;
    double timeout_s; /* 0: for ever */
    double since_s;   /* of the last sign of life; clock of patience_now_s */
    double complain_at_s;
    bool has_complained;
};

enum patience_state { PATIENCE_LEFT, PATIENCE_TIMEOUT, PATIENCE_INTERRUPTED };

/* Seconds on a clock that never goes back. */
double patience_now_s(void);

/* Begins to wait; from now on SIGINT and SIGTERM end the waiting instead of the program. */
void patience_init(struct patience *patience, const char *endpoint, double timeout_s);

/* A signal asked the program to end. */
bool patience_is_interrupted(void);

/* To be called at least every PATIENCE_STEP_MS while waiting. */
enum patience_state patience_check(struct patience *patience, bool is_connected);
#define PATIENCE_STEP_MS 100

/* What was waited for came: the timeout begins anew. */
void patience_renew(struct patience *patience);

#endif
