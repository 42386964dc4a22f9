/* SPDX-License-Identifier: MIT */
/* sheet - see sheet.h. */
#include "cli/sheet.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/paragraph.h"

#define DIGITS 9 /* of CSV and JSON */
#define CELL_MAX 128
#define NOTE_MAX 512

void sheet_init(struct sheet *sheet, const char *figure, const char *title)
{
    *sheet = (struct sheet){.root = json_object()};
    (void)json_object_set_new(sheet->root, "figure", json_string(figure));
    (void)json_object_set_new(sheet->root, "title", json_string(title));
    (void)json_object_set_new(sheet->root, "settings", json_object());
    (void)json_object_set_new(sheet->root, "notes", json_array());
    (void)json_object_set_new(sheet->root, "rows", json_array());
    sheet->settings = json_object_get(sheet->root, "settings");
    sheet->notes = json_object_get(sheet->root, "notes");
    sheet->rows = json_object_get(sheet->root, "rows");
}

void sheet_fini(struct sheet *sheet)
{
    json_decref(sheet->root);
    *sheet = (struct sheet){0};
}

void sheet_add_column(struct sheet *sheet, const char *head, const char *unit, int digits, const char *key_format, ...)
{
    assert(sheet->column_count < SHEET_COLUMNS_MAX && sheet->row == NULL);
    struct sheet_column *column = &sheet->columns[sheet->column_count++];
    va_list arguments;
    va_start(arguments, key_format);
    (void)vsnprintf(column->key, sizeof column->key, key_format, arguments);
    va_end(arguments);
    (void)snprintf(column->head, sizeof column->head, "%s", head);
    (void)snprintf(column->unit, sizeof column->unit, "%s", unit);
    column->digits = digits;
}

void sheet_add_row(struct sheet *sheet)
{
    assert(sheet->row == NULL || sheet->filled == sheet->column_count);
    sheet->row = json_object();
    sheet->filled = 0;
    (void)json_array_append_new(sheet->rows, sheet->row);
}

static void put(struct sheet *sheet, json_t *cell)
{
    assert(sheet->filled < sheet->column_count);
    (void)json_object_set_new(sheet->row, sheet->columns[sheet->filled++].key, cell);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

void sheet_put(struct sheet *sheet, double value)
{
    put(sheet, number(value));
}

void sheet_put_text(struct sheet *sheet, const char *text)
{
    put(sheet, json_string(text));
}

void sheet_set(struct sheet *sheet, const char *name, double value)
{
    (void)json_object_set_new(sheet->settings, name, number(value));
}

void sheet_set_text(struct sheet *sheet, const char *name, const char *text)
{
    (void)json_object_set_new(sheet->settings, name, json_string(text));
}

void sheet_add_note(struct sheet *sheet, const char *format, ...)
{
    char text[NOTE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)json_array_append_new(sheet->notes, json_string(text));
}

/* ---- text ---- */

static void format_number(char text[CELL_MAX], const struct sheet_column *column, double value)
{
    if (column->digits == 0) {
        (void)snprintf(text, CELL_MAX, "%g", value);
        return;
    }
    int size = snprintf(text, CELL_MAX, "%#.*g", column->digits, value);
    if (text[size - 1] == '.')
        text[size - 1] = '\0';
}

/* The cell as people read it; "-" for what is undefined. */
static void format_cell(char text[CELL_MAX], const struct sheet_column *column, const json_t *row)
{
    const json_t *cell = json_object_get(row, column->key);
    if (json_is_string(cell))
        (void)snprintf(text, CELL_MAX, "%s", json_string_value(cell));
    else if (json_is_real(cell))
        format_number(text, column, json_real_value(cell));
    else
        (void)snprintf(text, CELL_MAX, "-");
}

/* How a column of the text is laid out: texts stand to the left, numbers to the right. */
struct layout {
    int width;
    bool is_left, is_last;
};

static struct layout layout_of(const struct sheet *sheet, uint32_t index)
{
    const struct sheet_column *column = &sheet->columns[index];
    size_t width = strlen(column->head) > strlen(column->unit) ? strlen(column->head) : strlen(column->unit);
    size_t i;
    const json_t *row;
    json_array_foreach(sheet->rows, i, row)
    {
        char text[CELL_MAX];
        format_cell(text, column, row);
        width = strlen(text) > width ? strlen(text) : width;
    }
    const json_t *first = json_object_get(json_array_get(sheet->rows, 0), column->key);
    return (struct layout){(int)width, json_is_string(first), index + 1 == sheet->column_count};
}

static void print_padded(const char *text, const struct layout *layout)
{
    int width = layout->is_left && layout->is_last ? 0 : layout->width;
    (void)printf("%*s%s", layout->is_left ? -width : width, text, layout->is_last ? "\n" : "  ");
}

static void print_heads(const struct sheet *sheet, const struct layout *layouts)
{
    for (uint32_t i = 0; i < sheet->column_count; i++)
        print_padded(sheet->columns[i].head, &layouts[i]);
    for (uint32_t i = 0; i < sheet->column_count; i++)
        print_padded(sheet->columns[i].unit, &layouts[i]);
}

static void print_row(const struct sheet *sheet, const json_t *row, const struct layout *layouts)
{
    for (uint32_t i = 0; i < sheet->column_count; i++) {
        char text[CELL_MAX];
        format_cell(text, &sheet->columns[i], row);
        print_padded(text, &layouts[i]);
    }
}

void sheet_print_text(const struct sheet *sheet)
{
    struct layout layouts[SHEET_COLUMNS_MAX];
    size_t index;
    const json_t *row, *note;
    for (uint32_t i = 0; i < sheet->column_count; i++)
        layouts[i] = layout_of(sheet, i);
    (void)printf("%s\n\n", json_string_value(json_object_get(sheet->root, "title")));
    print_heads(sheet, layouts);
    json_array_foreach(sheet->rows, index, row)
    {
        print_row(sheet, row, layouts);
    }
    (void)putchar('\n');
    json_array_foreach(sheet->notes, index, note)
    {
        paragraph_print(0, json_string_value(note));
    }
}

/* ---- CSV and JSON ---- */

/* A text in quotes; none of ours has a quote inside. */
static void print_csv_cell(const json_t *cell, bool is_last)
{
    if (json_is_string(cell))
        (void)printf("\"%s\"", json_string_value(cell));
    else if (json_is_real(cell))
        (void)printf("%.*g", DIGITS, json_real_value(cell));
    (void)putchar(is_last ? '\n' : ',');
}

void sheet_print_csv(const struct sheet *sheet)
{
    const uint32_t last = sheet->column_count - 1;
    size_t index;
    const json_t *row;
    for (uint32_t i = 0; i <= last; i++)
        (void)printf("%s%c", sheet->columns[i].key, i == last ? '\n' : ',');
    json_array_foreach(sheet->rows, index, row)
    {
        for (uint32_t i = 0; i <= last; i++)
            print_csv_cell(json_object_get(row, sheet->columns[i].key), i == last);
    }
}

void sheet_print_json(const struct sheet *sheet)
{
    (void)json_dumpf(sheet->root, stdout, JSON_REAL_PRECISION(DIGITS));
    (void)putchar('\n');
}
