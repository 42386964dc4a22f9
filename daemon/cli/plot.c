/* SPDX-License-Identifier: MIT */
/*
 * plot - see plot.h.
 *
 * A column shows a density: counts per so many bins. The last column may hold fewer bins than the others, and is scaled
 * to theirs, so that a flat spectrum looks flat to its end. A column that is not empty shows at least one eighth of a
 * row.
 */
#include "cli/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/terminal.h"

#define LABEL_COLUMNS 7u /* of the y axis: four digits, a point, a suffix, a space */
#define TICK_COLUMNS 9.0 /* at least this far apart on the x axis */
#define TICKS_Y 4u       /* of a linear y axis */
#define EIGHTHS 8
#define PICTURE_COLUMNS_MAX 1024u

static const char *const blocks[EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/* How bins become columns: `group` bins share a column, or a bin takes `repeat` columns; one of the two is 1. */
struct grid {
    uint32_t group, repeat, columns;
};

static struct grid grid_of(const struct plot *plot)
{
    uint32_t room = plot->columns - LABEL_COLUMNS - 2;
    if (room > PICTURE_COLUMNS_MAX)
        room = PICTURE_COLUMNS_MAX;
    struct grid grid = {.group = (plot->bin_count + room - 1) / room, .repeat = 1};
    if (grid.group == 1)
        grid.repeat = room / plot->bin_count;
    grid.columns = (plot->bin_count + grid.group - 1) / grid.group * grid.repeat;
    return grid;
}

static double column_height(const struct plot *plot, const struct grid *grid, uint32_t column)
{
    uint32_t first = column / grid->repeat * grid->group;
    uint32_t end = first + grid->group < plot->bin_count ? first + grid->group : plot->bin_count;
    double sum = 0;
    for (uint32_t i = first; i < end; i++)
        sum += (double)plot->bins[i];
    return sum * grid->group / (end - first);
}

double plot_largest(const struct plot *plot)
{
    struct grid grid = grid_of(plot);
    double largest = 0;
    for (uint32_t i = 0; i < grid.columns; i++)
        largest = fmax(largest, column_height(plot, &grid, i));
    return largest;
}

/* The smallest number of the list times a power of ten that is >= number > 0. */
static double round_up(double number, const double *steps, uint32_t count)
{
    double power = pow(10, floor(log10(number)));
    for (uint32_t i = 0; i < count; i++)
        if (steps[i] * power >= number * (1 - 1e-12))
            return steps[i] * power;
    return 10 * power;
}

/* From counts to rows, and the labels of the rows. */
struct scale {
    uint32_t rows, rows_per_tick;
    double per_tick; /* linear: counts */
    bool is_log;
};

static struct scale scale_of(const struct plot *plot, double largest)
{
    static const double steps[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
    struct scale scale = {.rows = plot->rows, .is_log = plot->is_log};
    if (!plot->is_log) {
        scale.rows_per_tick = plot->rows / TICKS_Y;
        scale.rows = scale.rows_per_tick * TICKS_Y;
        scale.per_tick = fmax(1, round_up(fmax(largest, 1) / TICKS_Y, steps, sizeof steps / sizeof *steps));
        return scale;
    }
    /* One row up to a count of 1, then the same number of rows for each decade. */
    uint32_t decades = (uint32_t)fmax(1, ceil(log10(fmax(largest, 1)) - 1e-12));
    scale.rows_per_tick = plot->rows > decades ? (plot->rows - 1) / decades : 1;
    scale.rows = 1 + scale.rows_per_tick * decades;
    return scale;
}

/* Height in eighths of a row. */
static int height_eighths(const struct scale *scale, double count)
{
    if (count <= 0)
        return 0;
    double rows =
        scale->is_log ? 1 + scale->rows_per_tick * log10(count) : count / scale->per_tick * scale->rows_per_tick;
    return (int)fmin(fmax(1, round(rows * EIGHTHS)), (double)scale->rows * EIGHTHS);
}

static void print_label(const struct scale *scale, uint32_t row)
{
    char text[GROUPED_SIZE] = "";
    uint32_t above = row + 1; /* the upper edge of the row */
    bool is_tick = scale->is_log ? row % scale->rows_per_tick == 0 : above % scale->rows_per_tick == 0;
    if (is_tick && scale->is_log)
        (void)terminal_short(pow(10, (double)row / scale->rows_per_tick), text);
    else if (is_tick)
        (void)terminal_short(scale->per_tick * (double)(above / scale->rows_per_tick), text);
    printf("%s%*s %s%s", terminal_style(STYLE_FAINT), (int)LABEL_COLUMNS - 1, text, is_tick ? "┤" : "│",
           terminal_style(STYLE_PLAIN));
}

static void print_bars(const struct plot *plot, const struct grid *grid, const struct scale *scale)
{
    int heights[PICTURE_COLUMNS_MAX];
    for (uint32_t i = 0; i < grid->columns; i++)
        heights[i] = height_eighths(scale, column_height(plot, grid, i));
    for (uint32_t row = scale->rows; row-- > 0;) {
        print_label(scale, row);
        int below = (int)row * EIGHTHS;
        for (uint32_t i = 0; i < grid->columns; i++) {
            int part = heights[i] - below;
            fputs(blocks[part < 0 ? 0 : part > EIGHTHS ? EIGHTHS : part], stdout);
        }
        (void)putchar('\n');
    }
}

struct ticks {
    double first, step; /* in the unit of the axis */
    double lo, per_column;
    uint32_t columns;
};

static struct ticks ticks_of(const struct plot *plot, const struct grid *grid)
{
    static const double steps[] = {1, 2, 2.5, 5};
    struct ticks ticks = {.lo = plot->lo, .columns = grid->columns};
    ticks.per_column = plot->width * grid->group / grid->repeat;
    ticks.step = round_up(ticks.per_column * TICK_COLUMNS, steps, sizeof steps / sizeof *steps);
    ticks.first = ceil(plot->lo / ticks.step - 1e-9) * ticks.step;
    return ticks;
}

/* The column of tick `index`; false beyond the last one. */
static bool tick_column(const struct ticks *ticks, uint32_t index, uint32_t *column)
{
    double position = (ticks->first + index * ticks->step - ticks->lo) / ticks->per_column;
    *column = (uint32_t)(position + 1e-6);
    return *column < ticks->columns;
}

static void print_axis(const struct ticks *ticks)
{
    bool is_tick[PICTURE_COLUMNS_MAX] = {false};
    for (uint32_t i = 0, column; tick_column(ticks, i, &column); i++)
        is_tick[column] = true;
    printf("%s%*s└", terminal_style(STYLE_FAINT), (int)LABEL_COLUMNS, "");
    for (uint32_t i = 0; i < ticks->columns; i++)
        fputs(is_tick[i] ? "┬" : "─", stdout);
    printf("%s\n", terminal_style(STYLE_PLAIN));
}

static void print_tick_labels(const struct ticks *ticks)
{
    char line[LABEL_COLUMNS + 1 + PICTURE_COLUMNS_MAX + 32];
    memset(line, ' ', sizeof line);
    uint32_t end = 0;
    for (uint32_t i = 0, column; tick_column(ticks, i, &column); i++) {
        char text[24];
        double value = ticks->first + i * ticks->step;
        int size = snprintf(text, sizeof text, "%.6g", fabs(value) < 1e-9 * ticks->step ? 0.0 : value);
        uint32_t middle = LABEL_COLUMNS + 1 + column;
        uint32_t begin = middle - (uint32_t)(size / 2);
        if (begin < end)
            continue;
        memcpy(line + begin, text, (size_t)size);
        end = begin + (uint32_t)size + 1; /* a space before the next one */
    }
    printf("%.*s\n", (int)(end > 0 ? end - 1 : 0), line);
}

/* In the middle below the axis; nothing for a pure number. */
static void print_unit(const struct plot *plot, const struct grid *grid)
{
    char unit[64];
    (void)snprintf(unit, sizeof unit, "[%s]", plot->unit);
    uint32_t middle = LABEL_COLUMNS + 1 + grid->columns / 2;
    if (*plot->unit != '\0')
        printf("%*s\n", (int)(middle + strlen(unit) / 2), unit);
}

void plot_print(const struct plot *plot)
{
    struct grid grid = grid_of(plot);
    struct scale scale = scale_of(plot, plot->top > 0 ? plot->top : plot_largest(plot));
    struct ticks ticks = ticks_of(plot, &grid);
    printf("%*s %s per %.6g%s%s\n", (int)LABEL_COLUMNS, "", plot->y_title, plot->width * grid.group,
           *plot->unit != '\0' ? " " : "", plot->unit);
    print_bars(plot, &grid, &scale);
    print_axis(&ticks);
    print_tick_labels(&ticks);
    print_unit(plot, &grid);
}
