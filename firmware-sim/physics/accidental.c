/* SPDX-License-Identifier: MIT */
/* accidental - see the header. */
#include "physics/accidental.h"

#include <math.h>
#include <stddef.h>

#include "hnlmon/candidate.h"

#define HITS_MAX 10.0

_Static_assert(FLAG_LAV << (ACCIDENTAL_DETECTORS - 1) == FLAG_MUV3, "the detectors are consecutive bits");

struct accidental accidental_default(void)
{
    return (struct accidental){{0.030, 0.010, 0.006, 0.020, 0.010, 0.020}};
}

const char *accidental_error(const struct accidental *accidental)
{
    for (int i = 0; i < ACCIDENTAL_DETECTORS; i++)
        if (!(accidental->hits[i] >= 0 && accidental->hits[i] <= HITS_MAX))
            return "the accidental hits of a detector must be between 0 and 10";
    return NULL;
}

/* The detectors lie end to end on a line, each as long as its mean number of hits, and hits fall on it with density 1:
 * their distances are exponential, so one number says that the first hit lies beyond the end. */
uint32_t accidental_flags(const struct accidental *accidental, double relative_intensity, struct random *random)
{
    uint32_t flags = 0;
    double end = 0, hit = random_exponential(random);
    for (int i = 0; i < ACCIDENTAL_DETECTORS; i++) {
        end += relative_intensity * accidental->hits[i];
        while (hit < end) {
            flags |= FLAG_LAV << i;
            hit += random_exponential(random);
        }
    }
    return flags;
}
