/* SPDX-License-Identifier: MIT */
/* nearest - see nearest.h. Distance: optimal string alignment (Damerau-Levenshtein without overlapping swaps). */
#include "nearest.h"

#include <string.h>

#define WORD_MAX 63u
#define SHORTEST_BEGINNING 2u

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t nearest_distance(const char *from, const char *to)
{
    size_t rows = smaller(strlen(from), WORD_MAX), columns = smaller(strlen(to), WORD_MAX);
    size_t cost[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= rows; i++)
        for (size_t j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            size_t replaced = cost[i - 1][j - 1] + (from[i - 1] != to[j - 1]);
            cost[i][j] = smaller(replaced, smaller(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                cost[i][j] = smaller(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[rows][columns];
}

static const char *begun_by(const char *word, const char *const *names)
{
    size_t length = strlen(word);
    for (; length >= SHORTEST_BEGINNING && *names != NULL; names++)
        if (strncmp(word, *names, length) == 0)
            return *names;
    return NULL;
}

const char *nearest_name(const char *word, const char *const *names)
{
    const char *begun = begun_by(word, names);
    const char *nearest = NULL;
    size_t least = 0;
    for (; *names != NULL; names++) {
        size_t distance = nearest_distance(word, *names);
        size_t bound = smaller(2, (strlen(*names) + 2) / 3);
        if (distance <= bound && (nearest == NULL || distance < least)) {
            nearest = *names;
            least = distance;
        }
    }
    return nearest != NULL ? nearest : begun;
}
