/* SPDX-License-Identifier: MIT */
/*
 * limit_outlook - how long a line has to go on until it excludes a given mixing, from published scans: with f_sys as it
 * is, and without. At the rate and under the conditions of the bursts of the scan.
 *
 * All lines have the same background for a kaon decay. It is taken from the unprescaled line, because a downscaled one
 * has too few candidates to tell; only the exposure is that of the line itself.
 */
#ifndef HNLMON_CLI_LIMIT_OUTLOOK_H
#define HNLMON_CLI_LIMIT_OUTLOOK_H

#include <jansson.h>
#include <stdbool.h>

#define OUTLOOK_U2_DEFAULT 1e-6
#define OUTLOOK_BURSTS_PER_DAY 4000.0

#define OUTLOOK_B_MIN 3.0 /* below it the background says nothing about more data */

struct limit_outlook {
    bool is_known;   /* there is an expected limit, and enough background to project it */
    bool is_reached; /* some day */
    double bursts;   /* in all, those at hand included; 0 unless it is reached */
    double floor_u2; /* what the expected limit cannot fall below; 0 without f_sys */
};

/* Of a hypothesis of the unprescaled scan, for the line of the other scan (which may be the same). */
struct limit_outlook limit_outlook_of(const json_t *unprescaled, const json_t *hypothesis, const json_t *line,
                                      bool is_with_f_sys, double u2);

#define OUTLOOK_TEXT_SIZE 32

/* "19.5k (4.9 d)", "never (5.2e-06)": 16 columns at most, or "-". Returns text. */
const char *limit_outlook_text(const struct limit_outlook *outlook, char text[OUTLOOK_TEXT_SIZE]);

/* Every mass: [{m_n_mev, f_sys, is_reached, bursts, days, floor_u2}, ...], those that are not known left out. */
json_t *limit_outlook_json(const json_t *unprescaled, const json_t *line, double u2);

/* Every fifth mass, with the expected limits of the line. */
void limit_outlook_print(const json_t *unprescaled, const json_t *line, double u2);

#endif
