/* SPDX-License-Identifier: MIT */
/*
 * decimal - numbers as people write them: sign, digits, at most one point, an exponent (-12, .5, 75e3, 1.25E-4).
 *
 * Narrower than strtod: no hexadecimal, no inf or nan, no leading blanks, nothing behind the number.
 */
#ifndef HNLMON_CLI_DECIMAL_H
#define HNLMON_CLI_DECIMAL_H

#include <stdint.h>

enum decimal_status {
    DECIMAL_OK,
    DECIMAL_MALFORMED,
    DECIMAL_OUT_OF_RANGE /* a number, but too large for the result */
};

/* A whole text as the nearest double; the magnitude must be finite. */
enum decimal_status decimal_to_double(const char *text, double *value);

/* A whole text of digits only, 0 .. 2^53, as a double: a count. */
enum decimal_status decimal_to_count(const char *text, double *value);

/* A momentum in MeV/c at *cursor, up to a blank or the end of the text, in Q13: the nearest integer to 2^13 times the
 * decimal itself (not to its double), half away from zero. |result| < 2^31. Unless malformed, *cursor ends behind it.
 */
enum decimal_status decimal_to_q13(const char **cursor, int32_t *value);

#endif
