/* SPDX-License-Identifier: MIT */
/* digest - a published message as one line of text for a person who watches. */
#ifndef HNLMON_CLI_DIGEST_H
#define HNLMON_CLI_DIGEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Prints the line of an envelope (JSON with its "topic") to the standard output; trigger decisions are those of
 * decisions.h. */
void digest_print(const json_t *envelope);

/* `ALARM MAJOR EXCESS m_n_mev=150 z=7.12 id=... horizon=run state=UNACKNOWLEDGED run=1 burst=6 ...` */
void digest_print_alarm(const json_t *alarm);

/* What became of the candidates of one source or of several; sent = accepted + rejected + lost. */
struct digest_ledger {
    uint64_t sent, accepted, rejected, lost;
};

/* Adds a SourceLedger to it. */
void digest_add_source(struct digest_ledger *ledger, const json_t *source);

/* The valid hypothesis of a scan with the largest z; NULL when there is none, or when that is hidden. */
const json_t *digest_best_hypothesis(const json_t *scan);

/* The hypothesis of a scan at a mass, or NULL. */
const json_t *digest_hypothesis_at(const json_t *scan, double m_n_mev);

/* The heading of a scan: line, horizon, bursts and exposure, and when it is withheld, why and with what `consequence`
 * (a sentence). Returns whether it is withheld. */
bool digest_print_scan_head(const json_t *envelope, const json_t *scan, const char *consequence);

#endif
