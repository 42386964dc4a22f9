/* SPDX-License-Identifier: MIT */
/* sample - see sample.h. */
#include "cli/sample.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/decimal.h"

#define N_KAON_MAX 1e18

const struct sample sample_table[SAMPLE_COUNT] = {
    [SAMPLE_RUN1] = {"run1", 3e10},
    [SAMPLE_MIN_BIAS] = {"min-bias", 6e10},
    [SAMPLE_DIELECTRON] = {"dielectron", 5e10},
    [SAMPLE_ALL] = {"all", 1.4e11},
    [SAMPLE_DEDICATED] = {"dedicated", 9e12},
};

/* 0 when no sample has the name. */
static double n_kaon_of(const char *name, size_t size)
{
    for (size_t i = 0; i < SAMPLE_COUNT; i++)
        if (strlen(sample_table[i].name) == size && memcmp(sample_table[i].name, name, size) == 0)
            return sample_table[i].n_kaon;
    return 0;
}

static bool add_names(const char *text, double *n_kaon)
{
    for (;; text++) {
        size_t size = strcspn(text, "+");
        double more = n_kaon_of(text, size);
        *n_kaon += more;
        text += size;
        if (*text == '\0' || !(more > 0))
            return more > 0;
    }
}

bool sample_read(const char *text, struct sample *sample)
{
    *sample = (struct sample){0};
    if (strlen(text) >= SAMPLE_NAME_MAX)
        return false;
    (void)snprintf(sample->name, sizeof sample->name, "%s", text);
    if (decimal_to_double(text, &sample->n_kaon) == DECIMAL_OK)
        return sample->n_kaon >= 1 && sample->n_kaon <= N_KAON_MAX;
    sample->n_kaon = 0;
    return add_names(text, &sample->n_kaon);
}
