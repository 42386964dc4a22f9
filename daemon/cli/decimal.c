/* SPDX-License-Identifier: MIT */
/* decimal - see decimal.h. */
#include "cli/decimal.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "hnlmon/units.h"

#define COUNT_MAX 9007199254740992u     /* 2^53: beyond it doubles skip whole numbers */
#define EXPONENT_MAX 100000000000000000 /* saturates here, beyond any number of digits that fits into memory */
#define WHOLE_DIGIT_TOP 6              /* digits before the point, less one: 10^7 MeV/c is far beyond the largest Q13 */
#define FRACTION_DIGITS 14             /* 2^-14, half a unit of Q13, has 14 decimals */
#define HALF_UNIT_FRACTION 6103515625u /* 2^-14 in units of 10^-14: 5^14 */

static_assert(MOMENTUM_SHIFT == 13, "half a unit of Q13 is 2^-14");

/* A decimal in its text: digits (a point among them), of which the first stands for 10^position. */
struct decimal {
    bool is_negative;
    const char *digits, *end;
    int64_t position;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The exponent behind an 'e', saturated; false when it has no digits. */
static bool scan_exponent(const char **cursor, int64_t *exponent)
{
    const char *at = *cursor;
    bool is_negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    if (!is_digit(*at))
        return false;
    *exponent = 0;
    for (; is_digit(*at); at++)
        if (*exponent < EXPONENT_MAX)
            *exponent = 10 * *exponent + (*at - '0');
    if (is_negative)
        *exponent = -*exponent;
    *cursor = at;
    return true;
}

static bool scan_digits(const char **cursor, struct decimal *decimal)
{
    const char *at = *cursor, *point = NULL;
    decimal->digits = at;
    for (; is_digit(*at) || (*at == '.' && !point); at++)
        if (*at == '.')
            point = at;
    decimal->end = at;
    decimal->position = (point ? point : at) - decimal->digits - 1;
    *cursor = at;
    return at - decimal->digits > (point ? 1 : 0);
}

/* Reads one decimal at *cursor; false when there is none, or when something else than a blank follows it. */
static bool scan_decimal(const char **cursor, struct decimal *decimal)
{
    const char *at = *cursor;
    int64_t exponent = 0;
    decimal->is_negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    if (!scan_digits(&at, decimal))
        return false;
    if (*at == 'e' || *at == 'E') {
        at++;
        if (!scan_exponent(&at, &exponent))
            return false;
    }
    decimal->position += exponent;
    *cursor = at;
    return *at == '\0' || isspace((unsigned char)*at);
}

enum decimal_status decimal_to_double(const char *text, double *value)
{
    struct decimal decimal;
    const char *cursor = text;
    if (!scan_decimal(&cursor, &decimal) || *cursor != '\0')
        return DECIMAL_MALFORMED;
    *value = strtod(text, NULL);
    return isfinite(*value) ? DECIMAL_OK : DECIMAL_OUT_OF_RANGE;
}

enum decimal_status decimal_to_count(const char *text, double *value)
{
    uint64_t count = 0;
    bool is_large = false;
    if (*text == '\0')
        return DECIMAL_MALFORMED;
    for (; is_digit(*text); text++) {
        count = 10 * count + (uint64_t)(*text - '0');
        is_large = is_large || count > COUNT_MAX;
        count = is_large ? 0 : count;
    }
    *value = (double)count;
    if (*text != '\0')
        return DECIMAL_MALFORMED;
    return is_large ? DECIMAL_OUT_OF_RANGE : DECIMAL_OK;
}

static void skip_point(struct decimal *decimal)
{
    if (decimal->digits < decimal->end && *decimal->digits == '.')
        decimal->digits++;
}

static void skip_leading_zeros(struct decimal *decimal)
{
    for (skip_point(decimal); decimal->digits < decimal->end && *decimal->digits == '0'; skip_point(decimal)) {
        decimal->digits++;
        decimal->position--;
    }
}

static unsigned next_digit(struct decimal *decimal)
{
    skip_point(decimal);
    return decimal->digits < decimal->end ? (unsigned)(*decimal->digits++ - '0') : 0;
}

/* |decimal| in units of 2^-14, rounded down. Digits after the fourteenth decimal cannot change it: 2^-14 is a whole
 * number of 10^-14. The whole part stays below 10^7, so that the sum is below 1.7e11. */
static uint64_t half_units(struct decimal *decimal)
{
    uint64_t whole = 0, fraction = 0;
    for (int64_t position = decimal->position; position >= -FRACTION_DIGITS; position--) {
        if (position >= 0)
            whole = 10 * whole + next_digit(decimal);
        else
            fraction = 10 * fraction + next_digit(decimal);
    }
    return (whole << (MOMENTUM_SHIFT + 1)) + fraction / HALF_UNIT_FRACTION;
}

enum decimal_status decimal_to_q13(const char **cursor, int32_t *value)
{
    struct decimal decimal;
    *value = 0;
    if (!scan_decimal(cursor, &decimal))
        return DECIMAL_MALFORMED;
    skip_leading_zeros(&decimal);
    if (decimal.digits == decimal.end)
        return DECIMAL_OK;
    if (decimal.position > WHOLE_DIGIT_TOP)
        return DECIMAL_OUT_OF_RANGE;
    uint64_t magnitude = (half_units(&decimal) + 1) / 2;
    if (magnitude > INT32_MAX)
        return DECIMAL_OUT_OF_RANGE;
    *value = decimal.is_negative ? -(int32_t)magnitude : (int32_t)magnitude;
    return DECIMAL_OK;
}
