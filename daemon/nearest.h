/* SPDX-License-Identifier: MIT */
/* nearest - the name that somebody probably meant. */
#ifndef HNLMON_NEAREST_H
#define HNLMON_NEAREST_H

#include <stddef.h>

/* Single characters to add, drop, replace or swap with their neighbour to get from one text to the other; texts longer
 * than 63 characters are compared up to there. */
size_t nearest_distance(const char *from, const char *to);

/* The one of `names` (NULL-terminated) that is nearest to `word`; when none is near, that is, more than two steps away
 * or than a third of its length, the first that begins with `word` (two characters or more); otherwise NULL. */
const char *nearest_name(const char *word, const char *const *names);

#endif
