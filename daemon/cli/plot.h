/* SPDX-License-Identifier: MIT */
/*
 * plot - a histogram as block characters on a terminal, with axes that can be read off.
 *
 *     40k ┤        ▃█▅                      the label of a row is the value of its upper edge
 *     20k ┤      ▂▇███▄
 *         └┬─────────┬─────────┬────
 *        -10         0        10            a tick points at the column that begins there
 */
#ifndef HNLMON_CLI_PLOT_H
#define HNLMON_CLI_PLOT_H

#include <stdbool.h>
#include <stdint.h>

struct plot {
    const char *y_title; /* what is counted: "candidates" */
    const char *unit;    /* of the x axis */
    double lo, width;    /* lower edge and width of the first bin, in that unit; width > 0 */
    const uint64_t *bins;
    uint32_t bin_count; /* >= 1 */
    uint32_t columns;   /* of the whole picture, >= 40 */
    uint32_t rows;      /* of the bars, >= 4 */
    bool is_log;        /* logarithmic counts; an empty bin stays empty */
    double top;         /* the largest column that the axis must hold; 0: that of these bins */
};

/* Several bins share a column when they do not fit. This is the largest column. */
double plot_largest(const struct plot *plot);

void plot_print(const struct plot *plot);

#endif
