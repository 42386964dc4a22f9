/* SPDX-License-Identifier: MIT */
/* limit_curves - see limit_curves.h. */
#include "cli/limit_curves.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/field.h"
#include "cli/terminal.h"
#include "core/scan.h"

#define ROWS_MAX 24
#define COLUMNS_MAX HYPOTHESIS_COUNT
#define LABEL_COLUMNS 8u /* of the y axis: "1e-06 ", and the axis */
#define TICK_MEV 20

/* Mean logarithms of the limits that share a column; NaN: none. */
struct picture {
    const struct limit_curve *curves;
    uint32_t count, columns;
    double lower[LIMIT_CURVES_MAX][COLUMNS_MAX], upper[LIMIT_CURVES_MAX][COLUMNS_MAX];
    int rows_per_decade;
    int bottom, top; /* rows above |U|^2 = 1, top > bottom */
};

static uint32_t column_of(const struct picture *picture, size_t index, size_t count)
{
    return (uint32_t)(index * picture->columns / count);
}

static void add_field(const struct picture *picture, const json_t *hypotheses, const char *field,
                      double means[COLUMNS_MAX])
{
    double sums[COLUMNS_MAX] = {0};
    uint32_t counts[COLUMNS_MAX] = {0};
    size_t index;
    const json_t *hypothesis;
    json_array_foreach(hypotheses, index, hypothesis)
    {
        double u2 = field_number(hypothesis, field);
        uint32_t column = column_of(picture, index, json_array_size(hypotheses));
        if (!(u2 > 0) || !isfinite(u2))
            continue;
        sums[column] += log10(u2);
        counts[column]++;
    }
    for (uint32_t i = 0; i < picture->columns; i++)
        means[i] = counts[i] > 0 ? sums[i] / counts[i] : NAN;
}

static const char *top_field(const struct limit_curve *curve)
{
    return curve->upper_field != NULL ? curve->upper_field : curve->field;
}

/* The finest division of a decade with which everything fits; 10 and its multiples have 2 and 5 on a row. */
static void choose_rows(struct picture *picture, double lowest, double highest)
{
    static const int divisions[] = {40, 20, 10, 8, 6, 5, 4, 3, 2, 1};
    for (size_t i = 0; i < sizeof divisions / sizeof *divisions; i++) {
        picture->rows_per_decade = divisions[i];
        picture->bottom = (int)floor(lowest * divisions[i]);
        picture->top = (int)ceil(highest * divisions[i]);
        if (picture->top == picture->bottom)
            picture->top++;
        if (picture->top - picture->bottom < ROWS_MAX)
            return;
    }
    picture->bottom = picture->top - ROWS_MAX + 1;
}

/* False: there is nothing to draw. */
static bool picture_init(struct picture *picture, const struct limit_curve *curves, uint32_t count)
{
    size_t room = terminal_width() - LABEL_COLUMNS - 1, masses = json_array_size(curves[0].hypotheses);
    double lowest = INFINITY, highest = -INFINITY;
    picture->curves = curves;
    picture->count = count;
    picture->columns = (uint32_t)(room < masses ? room : masses);
    if (picture->columns > COLUMNS_MAX)
        picture->columns = COLUMNS_MAX;
    for (uint32_t i = 0; i < count; i++) {
        add_field(picture, curves[i].hypotheses, curves[i].field, picture->lower[i]);
        add_field(picture, curves[i].hypotheses, top_field(&curves[i]), picture->upper[i]);
        for (uint32_t k = 0; k < picture->columns; k++) { /* fmin and fmax leave NaN out */
            lowest = fmin(lowest, picture->lower[i][k]);
            highest = fmax(highest, picture->upper[i][k]);
        }
    }
    if (!isfinite(highest))
        return false;
    choose_rows(picture, lowest, highest);
    return true;
}

static const char *mark_at(const struct picture *picture, int row, uint32_t column)
{
    const char *mark = " ";
    for (uint32_t i = 0; i < picture->count; i++) {
        double first = round(picture->lower[i][column] * picture->rows_per_decade);
        double last = round(picture->upper[i][column] * picture->rows_per_decade);
        if (row >= first && row <= last) /* false for NaN */
            mark = picture->curves[i].mark;
    }
    return mark;
}

/* "1e-06", and 2 and 5 in the finer divisions; "" for a row between them. */
static const char *label_of(const struct picture *picture, int row, char text[LABEL_COLUMNS])
{
    static const int figures[] = {1, 2, 5};
    int decade = (int)floor((double)row / picture->rows_per_decade), above = row - decade * picture->rows_per_decade;
    for (size_t i = 0; i < (picture->rows_per_decade >= 10 ? 3 : 1); i++)
        if (above == lround(log10(figures[i]) * picture->rows_per_decade)) {
            (void)snprintf(text, LABEL_COLUMNS, "%.0e", figures[i] * pow(10, decade));
            return text;
        }
    return "";
}

static void print_row(const struct picture *picture, int row)
{
    char text[LABEL_COLUMNS];
    const char *label = label_of(picture, row, text);
    printf("%s%*s %s%s", terminal_style(STYLE_FAINT), (int)LABEL_COLUMNS - 2, label, *label != '\0' ? "┤" : "│",
           terminal_style(STYLE_PLAIN));
    for (uint32_t i = 0; i < picture->columns; i++)
        fputs(mark_at(picture, row, i), stdout);
    (void)putchar('\n');
}

/* Labels of the masses, each beginning below the tick of its column. */
static void print_axis(const struct picture *picture)
{
    const json_t *hypotheses = picture->curves[0].hypotheses, *hypothesis;
    char labels[COLUMNS_MAX + 8];
    bool is_tick[COLUMNS_MAX] = {false};
    memset(labels, ' ', sizeof labels);
    size_t index, end = 0;
    json_array_foreach(hypotheses, index, hypothesis)
    {
        double m_n_mev = field_number(hypothesis, "m_n_mev");
        uint32_t column = column_of(picture, index, json_array_size(hypotheses));
        char text[8];
        int size = snprintf(text, sizeof text, "%.0f", m_n_mev);
        if (fmod(m_n_mev, TICK_MEV) != 0 || size > 4 || column < end)
            continue;
        is_tick[column] = true;
        memcpy(labels + column, text, (size_t)size);
        end = column + (size_t)size + 1;
    }
    printf("%s%*s└", terminal_style(STYLE_FAINT), (int)LABEL_COLUMNS - 1, "");
    for (uint32_t i = 0; i < picture->columns; i++)
        fputs(is_tick[i] ? "┬" : "─", stdout);
    printf("%s\n%*s%.*s\n", terminal_style(STYLE_PLAIN), (int)LABEL_COLUMNS, "", (int)(end > 0 ? end - 1 : 0), labels);
}

/* The last curve first; a line for each group. */
static void print_legend(const struct picture *picture)
{
    const char *group = NULL;
    printf("%*s", (int)LABEL_COLUMNS - 2, "");
    for (uint32_t i = picture->count; i-- > 0;) {
        const struct limit_curve *curve = &picture->curves[i];
        if (curve->group != NULL && group != NULL && strcmp(curve->group, group) != 0)
            printf("\n%*s", (int)LABEL_COLUMNS - 2, "");
        if (curve->group != NULL && (group == NULL || strcmp(curve->group, group) != 0))
            printf("  %-11s", curve->group);
        group = curve->group;
        printf("  %s %s", curve->mark, curve->name);
    }
    (void)putchar('\n');
}

void limit_curves_print(const struct limit_curve *curves, uint32_t count)
{
    struct picture picture;
    if (count == 0 || count > LIMIT_CURVES_MAX || !picture_init(&picture, curves, count))
        return;
    printf("\n%*s|U|^2 at 90 %% CL against m_N [MeV]\n", (int)LABEL_COLUMNS, "");
    print_legend(&picture);
    for (int row = picture.top; row >= picture.bottom; row--)
        print_row(&picture, row);
    print_axis(&picture);
}
