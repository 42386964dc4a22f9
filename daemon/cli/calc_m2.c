/* SPDX-License-Identifier: MIT */
/* calc_m2 - see calc_m2.h. The physics is the kernel's: this file reads decimals and prints what the kernel says. */
#include "cli/calc_m2.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/decimal.h"
#include "hnlmon/histogram.h"
#include "hnlmon/mmiss.h"
#include "hnlmon/units.h"

#define MOMENTUM_COUNT 9 /* K, pi0, e: x y z each */
#define MALFORMED "expected nine decimal momenta in MeV/c: K, pi0, e, each x y z"
#define OUT_OF_DOMAIN "out of domain: a momentum, or the missing four-momentum, beyond 2^30 LSB = 131072 MeV"

static const char *skip_blanks(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

/* Reads the momenta of a line that ends at `end`; returns what is wrong with it, or NULL. */
static const char *read_momenta(const char *line, const char *end, int32_t momenta[MOMENTUM_COUNT])
{
    bool is_in_range = true;
    const char *at = skip_blanks(line);
    for (int i = 0; i < MOMENTUM_COUNT; i++) {
        enum decimal_status status = decimal_to_q13(&at, &momenta[i]);
        if (status == DECIMAL_MALFORMED)
            return MALFORMED;
        is_in_range = is_in_range && status == DECIMAL_OK;
        at = skip_blanks(at);
    }
    if (at != end)
        return MALFORMED;
    return is_in_range ? NULL : OUT_OF_DOMAIN;
}

/* m2 / 2^26 with six decimals, the nearest to the exact value and half to even, in integers:
 * fraction * 10^6 < 2^26 * 2^20 = 2^46. */
static void print_m2(FILE *out, int64_t m2)
{
    uint64_t magnitude = m2 < 0 ? -(uint64_t)m2 : (uint64_t)m2;
    uint64_t one = (uint64_t)1 << M2_SHIFT, half = one / 2;
    uint64_t scaled = (magnitude & (one - 1)) * 1000000;
    uint64_t micro = scaled >> M2_SHIFT, rest = scaled & (one - 1);
    if (rest > half || (rest == half && micro % 2 == 1))
        micro++;
    uint64_t whole = (magnitude >> M2_SHIFT) + micro / 1000000;
    (void)fprintf(out, "%s%" PRIu64 ".%06" PRIu64, m2 < 0 ? "-" : "", whole, micro % 1000000);
}

static void print_bin(FILE *out, int64_t m2)
{
    const struct axis axis = {M2_BIN_FIRST * M2_BIN_WIDTH_MEV2, M2_BIN_WIDTH_MEV2, M2_BIN_COUNT};
    uint32_t slot = axis_slot(&axis, mmiss_mev2(m2));
    if (slot == 0)
        (void)fputs(" underflow\n", out);
    else if (slot == axis_slots(&axis) - 1)
        (void)fputs(" overflow\n", out);
    else
        (void)fprintf(out, " %" PRIu32 "\n", slot - 1);
}

static bool answer_line(FILE *out, const char *line, const char *end)
{
    int32_t momenta[MOMENTUM_COUNT];
    int64_t m2 = 0;
    const char *wrong = read_momenta(line, end, momenta);
    if (wrong == NULL && !mmiss_compute(&momenta[0], &momenta[3], &momenta[6], &m2))
        wrong = OUT_OF_DOMAIN;
    if (wrong != NULL) {
        (void)fprintf(out, "error: %s\n", wrong);
        return false;
    }
    print_m2(out, m2);
    print_bin(out, m2);
    return true;
}

int calc_m2(FILE *in, FILE *out)
{
    char *line = NULL;
    size_t capacity = 0;
    bool is_clean = true;
    for (ssize_t size; (size = getline(&line, &capacity, in)) >= 0;)
        is_clean = answer_line(out, line, line + size) && is_clean;
    bool is_read = feof(in) != 0;
    if (!is_read)
        (void)fprintf(stderr, "hnlmon calc m2: reading: %s\n", strerror(errno));
    free(line);
    if (!is_read)
        return CLI_FAILED;
    return is_clean ? CLI_DONE : CLI_DAMAGED;
}
