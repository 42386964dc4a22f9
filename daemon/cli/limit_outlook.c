/* SPDX-License-Identifier: MIT */
/* limit_outlook - see limit_outlook.h. */
#include "cli/limit_outlook.h"

#include <math.h>
#include <stdio.h>

#include "cli/field.h"
#include "cli/terminal.h"
#include "core/beam_time.h"

#define STEP_MEV 5 /* of masses that are printed */

struct limit_outlook limit_outlook_of(const json_t *unprescaled, const json_t *hypothesis, const json_t *line,
                                      bool is_with_f_sys, double u2)
{
    struct limit_outlook outlook = {0};
    double bursts = field_number(unprescaled, "bursts"), n_kaon = field_number(line, "n_kaon");
    struct beam_time time = beam_time_of(field_number(hypothesis, "b"), field_number(hypothesis, "sigma_b"),
                                         field_number(unprescaled, "f_sys"), field_number(hypothesis, "u2_expected"));
    outlook.is_known = time.shown > 0 && time.b >= OUTLOOK_B_MIN && bursts > 0 && n_kaon > 0;
    if (!outlook.is_known)
        return outlook;
    if (!is_with_f_sys)
        time.f_sys = 0;
    double needed = beam_time_needed(&time, u2) * field_number(unprescaled, "n_kaon") / n_kaon;
    outlook.is_reached = isfinite(needed);
    outlook.bursts = outlook.is_reached ? needed * bursts : 0;
    outlook.floor_u2 = beam_time_floor_u2(&time);
    return outlook;
}

/* Bursts come whole. */
const char *limit_outlook_text(const struct limit_outlook *outlook, char text[OUTLOOK_TEXT_SIZE])
{
    char bursts[GROUPED_SIZE], days[GROUPED_SIZE];
    if (!outlook->is_known)
        (void)snprintf(text, OUTLOOK_TEXT_SIZE, "-");
    else if (outlook->is_reached)
        (void)snprintf(text, OUTLOOK_TEXT_SIZE, "%.6s (%.6s d)", terminal_short(ceil(outlook->bursts), bursts),
                       terminal_short(outlook->bursts / OUTLOOK_BURSTS_PER_DAY, days));
    else
        (void)snprintf(text, OUTLOOK_TEXT_SIZE, "never (%.1e)", outlook->floor_u2);
    return text;
}

static void append(json_t *list, const json_t *unprescaled, const json_t *hypothesis, const json_t *line,
                   bool is_with_f_sys, double u2)
{
    struct limit_outlook outlook = limit_outlook_of(unprescaled, hypothesis, line, is_with_f_sys, u2);
    double f_sys = is_with_f_sys ? field_number(unprescaled, "f_sys") : 0.0;
    if (!outlook.is_known)
        return;
    json_t *row = json_pack("{s:f, s:f, s:b, s:f, s:f, s:f}", "m_n_mev", field_number(hypothesis, "m_n_mev"), "f_sys",
                            f_sys, "is_reached", outlook.is_reached, "bursts", outlook.bursts, "days",
                            outlook.bursts / OUTLOOK_BURSTS_PER_DAY, "floor_u2", outlook.floor_u2);
    (void)json_array_append_new(list, row);
}

json_t *limit_outlook_json(const json_t *unprescaled, const json_t *line, double u2)
{
    json_t *list = json_array();
    size_t index;
    const json_t *hypothesis;
    json_array_foreach(field_object(unprescaled, "hypotheses"), index, hypothesis)
    {
        append(list, unprescaled, hypothesis, line, true, u2);
        if (field_number(unprescaled, "f_sys") > 0)
            append(list, unprescaled, hypothesis, line, false, u2);
    }
    return list;
}

static void print_expected(const json_t *hypothesis, const char *field, int width)
{
    double u2 = field_number(hypothesis, field);
    if (u2 > 0)
        printf(" %*.2e", width, u2);
    else
        printf(" %*s", width, "-");
}

void limit_outlook_print(const json_t *unprescaled, const json_t *line, double u2)
{
    size_t index;
    const json_t *hypothesis;
    printf("\n%sExpected limit, and bursts in all until it is %.3g (days of %.0f bursts)\n%5s %12s %14s %18s %18s%s\n",
           terminal_style(STYLE_STRONG), u2, OUTLOOK_BURSTS_PER_DAY, "m_N", "expected", "without f_sys", "bursts",
           "without f_sys", terminal_style(STYLE_PLAIN));
    json_array_foreach(field_object(unprescaled, "hypotheses"), index, hypothesis)
    {
        const json_t *own = json_array_get(field_object(line, "hypotheses"), index);
        char with[OUTLOOK_TEXT_SIZE], without[OUTLOOK_TEXT_SIZE];
        if (fmod(field_number(hypothesis, "m_n_mev"), STEP_MEV) != 0)
            continue;
        struct limit_outlook now = limit_outlook_of(unprescaled, hypothesis, line, true, u2);
        struct limit_outlook statistical = limit_outlook_of(unprescaled, hypothesis, line, false, u2);
        printf("%5.0f", field_number(hypothesis, "m_n_mev"));
        print_expected(own, "u2_expected", 12);
        print_expected(own, "u2_expected_statistical", 14);
        printf(" %18s %18s\n", limit_outlook_text(&now, with), limit_outlook_text(&statistical, without));
    }
    printf("\nAt the rate of these %.0f bursts, background of the unprescaled line.\n"
           "never: f_sys = %g alone leaves (this limit). -: background below %g events.\n",
           field_number(unprescaled, "bursts"), field_number(unprescaled, "f_sys"), OUTLOOK_B_MIN);
}
