/* SPDX-License-Identifier: MIT */
/*
 * sheet - a table of numbers under named columns, printed as text for people, as CSV or as JSON.
 *
 * The three come from the same rows. CSV has one line of keys, then the rows; JSON is one object with "figure",
 * "title", "settings", "notes" and "rows", each row an object by the same keys. Both have nine digits and agree. What
 * is undefined or infinite is empty in CSV and null in JSON.
 */
#ifndef HNLMON_CLI_SHEET_H
#define HNLMON_CLI_SHEET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define SHEET_COLUMNS_MAX 16u
#define SHEET_TEXT_MAX 40u /* of a key or a head, with its end */

struct sheet_column {
    char key[SHEET_TEXT_MAX];
    char head[SHEET_TEXT_MAX], unit[SHEET_TEXT_MAX]; /* two lines above the column of the text */
    int digits; /* significant ones in the text, zeros included; 0: as many as the number has, up to six */
};

struct sheet {
    json_t *root;                          /* all of the JSON */
    json_t *settings, *rows, *notes, *row; /* within it; row: the current one */
    struct sheet_column columns[SHEET_COLUMNS_MAX];
    uint32_t column_count, filled; /* filled: cells of the current row */
};

void sheet_init(struct sheet *sheet, const char *figure, const char *title);
void sheet_fini(struct sheet *sheet);

/* Columns come before rows. `head` and `unit` are what people read; the key is made by the format. */
void sheet_add_column(struct sheet *sheet, const char *head, const char *unit, int digits, const char *key_format, ...)
    __attribute__((format(printf, 5, 6)));

/* Begins a row; then its cells come, one for each column. */
void sheet_add_row(struct sheet *sheet);
void sheet_put(struct sheet *sheet, double value);
void sheet_put_text(struct sheet *sheet, const char *text);

/* What the numbers depend on. */
void sheet_set(struct sheet *sheet, const char *name, double value);
void sheet_set_text(struct sheet *sheet, const char *name, const char *text);

/* A sentence below the text, and in the JSON. */
void sheet_add_note(struct sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));

void sheet_print_text(const struct sheet *sheet);
void sheet_print_csv(const struct sheet *sheet);
void sheet_print_json(const struct sheet *sheet);

#endif
