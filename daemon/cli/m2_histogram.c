/* SPDX-License-Identifier: MIT */
/* m2_histogram - see m2_histogram.h. */
#include "cli/m2_histogram.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/field.h"
#include "cli/query.h"

static bool is_m2(const json_t *histogram)
{
    return strcmp(field_text(histogram, "name"), "m2") == 0;
}

/* Wherever it is; NULL when it is nowhere. */
static const json_t *find(const json_t *root)
{
    const json_t *inner = field_object(root, "histogram"), *histogram;
    size_t index;
    if (is_m2(root) || is_m2(inner))
        return is_m2(root) ? root : inner;
    json_array_foreach(field_object(root, "histograms"), index, histogram)
    {
        if (is_m2(histogram))
            return histogram;
    }
    return NULL;
}

/* What is wrong with it as a sentence; NULL when the bins were taken. */
static const char *take(const json_t *histogram, uint64_t bins[M2_BIN_COUNT])
{
    const json_t *list = field_object(histogram, "bins");
    const json_t *lo = field_object(histogram, "lo"), *width = field_object(histogram, "width");
    if (json_array_size(list) != M2_BIN_COUNT || json_integer_value(width) != M2_BIN_WIDTH_MEV2 ||
        json_integer_value(lo) != M2_BIN_FIRST * M2_BIN_WIDTH_MEV2)
        return "the histogram m2 has another binning";
    for (size_t i = 0; i < M2_BIN_COUNT; i++) {
        const json_t *bin = json_array_get(list, i);
        if (!json_is_integer(bin) || json_integer_value(bin) < 0 || json_integer_value(bin) > (json_int_t)1 << 53)
            return "a bin of the histogram m2 is no count";
        bins[i] = (uint64_t)json_integer_value(bin);
    }
    return NULL;
}

static bool take_from(struct options *options, const json_t *root, const char *where, uint64_t bins[M2_BIN_COUNT])
{
    const json_t *histogram = find(root);
    const char *error = histogram != NULL ? take(histogram, bins) : "there is no histogram m2";
    if (error == NULL)
        return true;
    fprintf(stderr, "hnlmon %s: %s: %s\n", options->command, where, error);
    options->exit_code = CLI_DAMAGED;
    return false;
}

bool m2_histogram_read(struct options *options, const char *path, uint64_t bins[M2_BIN_COUNT])
{
    json_error_t error;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        fprintf(stderr, "hnlmon %s: %s:%d: %s\n", options->command, path, error.line < 0 ? 0 : error.line, error.text);
        options->exit_code = CLI_DAMAGED;
        return false;
    }
    bool is_taken = take_from(options, root, path, bins);
    json_decref(root);
    return is_taken;
}

bool m2_histogram_ask(struct options *options, uint64_t bins[M2_BIN_COUNT])
{
    json_t *reply = query_ask_yes(options, &(struct control_request){.kind = CONTROL_SNAPSHOT});
    if (reply == NULL)
        return false;
    bool is_taken = take_from(options, field_object(reply, "snapshot"), options->control_endpoint, bins);
    json_decref(reply);
    return is_taken;
}
