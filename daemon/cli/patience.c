/* SPDX-License-Identifier: MIT */
/* patience - see patience.h. */
#include "cli/patience.h"

#include <signal.h>
#include <stdio.h>

#include "io/clock.h"

#define COMPLAIN_FIRST_S 1.0 /* one that is there answers before, even if it lets nobody in (io/handshake) */
#define COMPLAIN_EVERY_S 5.0

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
}

double patience_now_s(void)
{
    return 1e-9 * (double)clock_monotonic_ns();
}

void patience_init(struct patience *patience, const char *endpoint, double timeout_s)
{
    /* No SA_RESTART: the signal must end the wait for a message. A second one ends the program. */
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    double now_s = patience_now_s();
    *patience = (struct patience){endpoint, timeout_s, now_s, now_s + COMPLAIN_FIRST_S, false};
}

bool patience_is_interrupted(void)
{
    return is_interrupted != 0;
}

static void complain(struct patience *patience, double now_s, bool is_connected)
{
    if (is_connected) {
        if (patience->has_complained)
            fprintf(stderr, "hnlmon: the daemon at %s answers\n", patience->endpoint);
        patience->has_complained = false;
        patience->complain_at_s = now_s + COMPLAIN_FIRST_S;
        return;
    }
    if (now_s < patience->complain_at_s)
        return;
    fprintf(stderr, "hnlmon: no daemon answers at %s: is hnlmond running? trying again\n", patience->endpoint);
    patience->has_complained = true;
    patience->complain_at_s = now_s + COMPLAIN_EVERY_S;
}

enum patience_state patience_check(struct patience *patience, bool is_connected)
{
    double now_s = patience_now_s();
    if (patience_is_interrupted())
        return PATIENCE_INTERRUPTED;
    complain(patience, now_s, is_connected);
    bool is_over = patience->timeout_s > 0 && now_s - patience->since_s >= patience->timeout_s;
    return is_over ? PATIENCE_TIMEOUT : PATIENCE_LEFT;
}

void patience_renew(struct patience *patience)
{
    patience->since_s = patience_now_s();
}
