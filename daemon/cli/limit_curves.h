/* SPDX-License-Identifier: MIT */
/*
 * limit_curves - limits against the mass as a picture of characters: curves on a logarithmic axis, over bands.
 *
 * Every row is a fixed share of a decade, so that a label stands exactly on its value.
 */
#ifndef HNLMON_CLI_LIMIT_CURVES_H
#define HNLMON_CLI_LIMIT_CURVES_H

#include <jansson.h>
#include <stdint.h>

#define LIMIT_CURVES_MAX 6u /* in one picture, bands included */

/* A field of the hypotheses of a scan; 0 is no limit. */
struct limit_curve {
    const json_t *hypotheses;
    const char *field;
    const char *upper_field; /* NULL: a curve; otherwise a band from field to upper_field */
    const char *mark;        /* one column */
    const char *name;        /* in the legend */
    const char *group;       /* before the names of neighbours that have the same; NULL: none */
};

/* Later ones are drawn over earlier ones. All have the masses of the first. Nothing when there is no limit at all. */
void limit_curves_print(const struct limit_curve *curves, uint32_t count);

#endif
