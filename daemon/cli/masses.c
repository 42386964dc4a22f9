/* SPDX-License-Identifier: MIT */
/* masses - see masses.h. */
#include "cli/masses.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/decimal.h"

#define MASS_MAX_MEV 358.1 /* K+ -> pi0 e+ N is closed from 358.189 MeV on */
#define TEXT_MAX 100

const double masses_shown[MASSES_SHOWN] = {120, 135, 150, 180, 220, 260};

/* The parts of a range, one to three, or none when there are more; the text is cut at its colons. */
static int split(char *text, const char *parts[3])
{
    for (int count = 0; count < 3;) {
        parts[count++] = text;
        text += strcspn(text, ":");
        if (*text == '\0')
            return count;
        *text++ = '\0';
    }
    return 0;
}

static bool is_mass(double mass)
{
    return mass >= 0 && mass <= MASS_MAX_MEV;
}

bool masses_read(const char *text, struct masses *masses)
{
    char copy[TEXT_MAX];
    const char *parts[3];
    double values[3] = {0};
    if (strlen(text) >= sizeof copy)
        return false;
    (void)snprintf(copy, sizeof copy, "%s", text);
    int count = split(copy, parts);
    for (int i = 0; i < count; i++)
        if (decimal_to_double(parts[i], &values[i]) != DECIMAL_OK)
            return false;
    *masses = (struct masses){values[0], count > 1 ? values[1] : values[0], values[2]};
    bool is_step = count < 3 || (values[2] > 0 && masses_count(masses) <= MASSES_MAX);
    return count > 0 && is_mass(masses->first_mev) && is_mass(masses->last_mev) &&
           masses->first_mev <= masses->last_mev && is_step;
}

/* A millionth of a step is left to rounding. */
uint32_t masses_count(const struct masses *masses)
{
    double steps = (masses->last_mev - masses->first_mev) / masses->step_mev;
    return (uint32_t)fmin(floor(steps + 1e-6), MASSES_MAX) + 1;
}

double masses_at(const struct masses *masses, uint32_t index)
{
    return masses->first_mev + index * masses->step_mev;
}
