/* SPDX-License-Identifier: MIT */
/* limit_compare - see limit_compare.h. */
#include "cli/limit_compare.h"

#include <stdio.h>

#include "cli/digest.h"
#include "cli/field.h"
#include "cli/limit_curves.h"
#include "cli/limit_outlook.h"
#include "cli/masses.h"
#include "cli/terminal.h"

static const json_t *hypotheses_of(const json_t *scan)
{
    return field_object(scan, "hypotheses");
}

/* "1.23e-05" in ten columns, "-" for no limit. */
static void print_u2(const json_t *hypothesis, const char *field)
{
    double u2 = field_number(hypothesis, field);
    if (u2 > 0)
        printf("%10.2e", u2);
    else
        printf("%10s", "-");
}

static void print_limits(const json_t *unprescaled, const json_t *downscaled, double m_n_mev)
{
    const json_t *of[2] = {digest_hypothesis_at(unprescaled, m_n_mev), digest_hypothesis_at(downscaled, m_n_mev)};
    double expected[2] = {field_number(of[0], "u2_expected"), field_number(of[1], "u2_expected")};
    printf("%5.0f  ", m_n_mev);
    for (int i = 0; i < 2; i++) {
        print_u2(of[i], "u2_limit");
        print_u2(of[i], "u2_expected");
        printf("     ");
    }
    if (expected[0] > 0 && expected[1] > 0)
        printf("%8.1f", expected[1] / expected[0]);
    (void)putchar('\n');
}

static void print_outlooks(const json_t *unprescaled, const json_t *downscaled, double m_n_mev, double u2)
{
    const json_t *scans[2] = {unprescaled, downscaled};
    printf("%5.0f", m_n_mev);
    for (int i = 0; i < 4; i++) {
        char text[OUTLOOK_TEXT_SIZE];
        struct limit_outlook outlook =
            limit_outlook_of(unprescaled, digest_hypothesis_at(unprescaled, m_n_mev), scans[i / 2], i % 2 == 0, u2);
        printf(" %17s", limit_outlook_text(&outlook, text));
    }
    (void)putchar('\n');
}

static void print_tables(const json_t *unprescaled, const json_t *downscaled, double u2)
{
    const char *strong = terminal_style(STYLE_STRONG), *plain = terminal_style(STYLE_PLAIN);
    char with[32];
    printf("\n%s%7s%20s     %20s     %8s\n%5s  %10s%10s     %10s%10s     %8s%s\n", strong, "", "unprescaled",
           "downscaled", "ratio", "m_N", "observed", "expected", "observed", "expected", "expected", plain);
    for (uint32_t i = 0; i < MASSES_SHOWN; i++)
        print_limits(unprescaled, downscaled, masses_shown[i]);
    (void)snprintf(with, sizeof with, "f_sys = %g", field_number(unprescaled, "f_sys"));
    printf("\nBursts until the expected limit is %.3g, at the rate of these %.0f (days: %.0f):\n"
           "%s%5s %35s %35s\n%5s %17s %17s %17s %17s%s\n",
           u2, field_number(unprescaled, "bursts"), OUTLOOK_BURSTS_PER_DAY, strong, "", "unprescaled", "downscaled",
           "m_N", with, "f_sys = 0", with, "f_sys = 0", plain);
    for (uint32_t i = 0; i < MASSES_SHOWN; i++)
        print_outlooks(unprescaled, downscaled, masses_shown[i], u2);
    printf("Background: of the unprescaled line. never: f_sys alone leaves (this limit).\n");
}

void limit_compare_print(const json_t *unprescaled, const json_t *downscaled, double u2)
{
    const json_t *proposed = field_object(unprescaled, "scan"), *existing = field_object(downscaled, "scan");
    const struct limit_curve curves[] = {
        {hypotheses_of(existing), "u2_expected_minus1", "u2_expected_plus1", "░", "68 %", "downscaled"},
        {hypotheses_of(existing), "u2_expected", NULL, "=", "expected", "downscaled"},
        {hypotheses_of(existing), "u2_limit", NULL, "○", "observed", "downscaled"},
        {hypotheses_of(proposed), "u2_expected_minus1", "u2_expected_plus1", "▒", "68 %", "unprescaled"},
        {hypotheses_of(proposed), "u2_expected", NULL, "-", "expected", "unprescaled"},
        {hypotheses_of(proposed), "u2_limit", NULL, "●", "observed", "unprescaled"},
    };
    bool is_withheld = digest_print_scan_head(unprescaled, proposed, "There are no limits.");
    is_withheld &= digest_print_scan_head(downscaled, existing, "There are no limits.");
    if (is_withheld)
        return;
    limit_curves_print(curves, sizeof curves / sizeof *curves);
    print_tables(proposed, existing, u2);
}

json_t *limit_compare_json(json_t *unprescaled, json_t *downscaled, double u2)
{
    const json_t *proposed = field_object(unprescaled, "scan"), *existing = field_object(downscaled, "scan");
    return json_pack("{s:f, s:f, s:{s:O, s:o}, s:{s:O, s:o}}", "u2", u2, "bursts_per_day", OUTLOOK_BURSTS_PER_DAY,
                     "unprescaled", "envelope", unprescaled, "beam_time", limit_outlook_json(proposed, proposed, u2),
                     "downscaled", "envelope", downscaled, "beam_time", limit_outlook_json(proposed, existing, u2));
}
