/* SPDX-License-Identifier: MIT */
/*
 * beam_time - how much more data a search window needs until its expected limit is low enough.
 *
 * With r times the data there are r times the signal, the background b and the variance of its estimate, but f_sys b
 * grows with r too: the expected limit falls like 1/sqrt(r) at first and ends at a floor, the systematic uncertainty
 * itself (1.645 f_sys b per unit of signal). It is the median of the published limit (limit.h), at constant rate and
 * conditions.
 */
#ifndef HNLMON_CORE_BEAM_TIME_H
#define HNLMON_CORE_BEAM_TIME_H

struct beam_time {
    double b;        /* background in the data at hand, >= 0 */
    double variance; /* of its estimate, statistical, >= 0 */
    double f_sys;    /* relative systematic uncertainty of b, >= 0 */
    double shown;    /* signal events in the data at hand at |U|^2 = 1, > 0 */
};

/* From what is published about a hypothesis. `shown` follows from the expected limit itself; 0 when there is none. */
struct beam_time beam_time_of(double b, double sigma_b, double f_sys, double u2_expected);

/* The expected limit on |U|^2 with r times the data, 1e-9 <= r <= BEAM_TIME_MAX. */
double beam_time_expected_u2(const struct beam_time *time, double r);

/* What it falls to in the end; 0 for f_sys = 0. */
double beam_time_floor_u2(const struct beam_time *time);

#define BEAM_TIME_MAX 1e12

/* The r that brings the expected limit down to u2 > 0; +inf: never, or not by BEAM_TIME_MAX. Relative error below
 * 1e-6, or a step of the limit where counts are few. */
double beam_time_needed(const struct beam_time *time, double u2);

#endif
