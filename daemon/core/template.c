/* SPDX-License-Identifier: MIT */
/* template - see template.h. */
#include "core/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/summary.h"

#define LINE_SIZE (TEMPLATE_PROVENANCE_SIZE + 32u)
#define FNV_OFFSET UINT64_C(0xCBF29CE484222325)
#define FNV_PRIME UINT64_C(0x100000001B3)

bool template_covers(const struct template *shape, double m_n_mev)
{
    bool is_limited = shape->first_mev > 0.0 || shape->last_mev > 0.0;
    return !is_limited || (m_n_mev >= shape->first_mev && m_n_mev <= shape->last_mev);
}

/* ---- what is wrong ---- */

static bool is_name(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strnlen(text, TEMPLATE_NAME_SIZE);
    return length > 0 && length < TEMPLATE_NAME_SIZE && strspn(text, allowed) == length;
}

static bool is_printable(const char *text)
{
    size_t length = strnlen(text, TEMPLATE_PROVENANCE_SIZE);
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return length < TEMPLATE_PROVENANCE_SIZE;
}

/* Closed range; false for NaN. */
static bool is_within(double value, double low, double high)
{
    return value >= low && value <= high;
}

static bool are_within(const double *values, uint32_t count, double low, double high)
{
    for (uint32_t i = 0; i < count; i++)
        if (!is_within(values[i], low, high))
            return false;
    return true;
}

static const char *texts_error(const struct template *shape)
{
    if (!is_name(shape->name))
        return "the name must be 1 to 31 letters, digits, '.', '_' and '-'";
    if (!is_printable(shape->provenance))
        return "the provenance must be up to 511 printable characters";
    return (unsigned)shape->preset < SELECTION_PRESET_COUNT ? NULL : "the selection is none of this program";
}

static const char *numbers_error(const struct template *shape)
{
    if (!is_within(shape->sigma_mev2, TEMPLATE_SIGMA_MIN_MEV2, TEMPLATE_SIGMA_MAX_MEV2))
        return "the resolution must be between 100 and 2500 MeV^2";
    if (!(is_within(shape->first_mev, 0, 1000) && is_within(shape->last_mev, shape->first_mev, 1000)))
        return "the range of masses must be within 0 and 1000 MeV, in this order";
    if (!(shape->br_ke3 > 0 && shape->br_ke3 <= 1))
        return "the branching ratio must be above 0 and at most 1";
    if (!(shape->a_peak > 0 && shape->a_peak <= 1))
        return "the acceptance must be above 0 and at most 1";
    if (!(shape->f_peak > 0 && shape->f_peak <= 1))
        return "the share in the peak must be above 0 and at most 1";
    return is_within(shape->eps_background, 0, 1) ? NULL : "the share that survives the veto must be between 0 and 1";
}

/* What the peak is measured with, and blind backgrounds are scaled to. */
static bool has_peak(const struct template *shape)
{
    for (int bin = -PEAK_HALF_BINS; bin < PEAK_HALF_BINS; bin++)
        if (shape->bins[bin - M2_BIN_FIRST] > 0)
            return true;
    return false;
}

/* Other decays come on top of the accepted Ke3, so that a bin may hold a little more than 1. */
static const char *lists_error(const struct template *shape)
{
    if (!are_within(shape->bins, M2_BIN_COUNT, 0, 2) || !are_within(shape->bins_before, M2_BIN_COUNT, 0, 2))
        return "a bin must be between 0 and 2";
    if (!has_peak(shape))
        return "the bins of the peak are empty";
    if (!are_within(shape->acceptance_ratio, HYPOTHESIS_COUNT, 0, 100))
        return "a ratio of acceptances must be between 0 and 100";
    if (!are_within(shape->window_ratio, HYPOTHESIS_COUNT, 0, 2))
        return "a ratio of windows must be between 0 and 2";
    if (!are_within(shape->window_error, HYPOTHESIS_COUNT, 0, 1e6) ||
        !are_within(shape->bias_error, HYPOTHESIS_COUNT, 0, 1e6))
        return "a relative error must be between 0 and 1e6";
    return NULL;
}

const char *template_error(const struct template *shape)
{
    const char *error = texts_error(shape);
    if (error == NULL)
        error = numbers_error(shape);
    return error != NULL ? error : lists_error(shape);
}

/* ---- text form ---- */

struct writer {
    template_put *put;
    void *context;
};

static void put_line(const struct writer *writer, const char *line)
{
    writer->put(writer->context, line, strlen(line));
}

static void put_text(const struct writer *writer, const char *key, const char *value)
{
    char line[LINE_SIZE];
    (void)snprintf(line, sizeof line, "%s=%s\n", key, value);
    put_line(writer, line);
}

static void put_integer(const struct writer *writer, const char *key, int value)
{
    char line[LINE_SIZE];
    (void)snprintf(line, sizeof line, "%s=%d\n", key, value);
    put_line(writer, line);
}

static void put_real(const struct writer *writer, const char *key, double value)
{
    char line[LINE_SIZE];
    (void)snprintf(line, sizeof line, "%s=%.17g\n", key, value);
    put_line(writer, line);
}

/* The n-th number of each list. */
static void put_row(const struct writer *writer, const double *const *lists, uint32_t count, uint32_t n)
{
    char line[LINE_SIZE];
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += (size_t)snprintf(line + size, sizeof line - size, "%.17g%c", lists[i][n], i + 1 < count ? ' ' : '\n');
    put_line(writer, line);
}

static void put_head(const struct writer *writer, const struct template *shape, bool has_hash_line)
{
    char magic[LINE_SIZE];
    (void)snprintf(magic, sizeof magic, TEMPLATE_MAGIC " %u\n", TEMPLATE_VERSION);
    put_line(writer, magic);
    put_text(writer, "name", shape->name);
    if (has_hash_line)
        put_text(writer, "hash", shape->hash);
    put_text(writer, "provenance", shape->provenance);
    put_text(writer, "preset", selection_preset_name(shape->preset));
    put_integer(writer, "bin_width_mev2", M2_BIN_WIDTH_MEV2);
    put_integer(writer, "bin_first", M2_BIN_FIRST);
    put_integer(writer, "bin_count", M2_BIN_COUNT);
    put_integer(writer, "hypothesis_first_mev", HYPOTHESIS_FIRST_MEV);
    put_integer(writer, "hypothesis_count", HYPOTHESIS_COUNT);
    put_real(writer, "sigma_mev2", shape->sigma_mev2);
    put_real(writer, "first_mev", shape->first_mev);
    put_real(writer, "last_mev", shape->last_mev);
    put_real(writer, "br_ke3", shape->br_ke3);
    put_real(writer, "a_peak", shape->a_peak);
    put_real(writer, "f_peak", shape->f_peak);
    put_real(writer, "eps_background", shape->eps_background);
}

void template_write(const struct template *shape, bool has_hash_line, template_put *put, void *context)
{
    const struct writer writer = {put, context};
    const double *const bins[] = {shape->bins, shape->bins_before};
    const double *const masses[] = {shape->acceptance_ratio, shape->window_ratio, shape->window_error,
                                    shape->bias_error};
    put_head(&writer, shape, has_hash_line);
    put_line(&writer, TEMPLATE_BINS_HEAD "\n");
    for (uint32_t i = 0; i < M2_BIN_COUNT; i++)
        put_row(&writer, bins, 2, i);
    put_line(&writer, TEMPLATE_MASSES_HEAD "\n");
    for (uint32_t i = 0; i < HYPOTHESIS_COUNT; i++)
        put_row(&writer, masses, 4, i);
    put_line(&writer, TEMPLATE_END "\n");
}

static void add_to_hash(void *context, const char *text, size_t size)
{
    uint64_t *hash = context;
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ (unsigned char)text[i]) * FNV_PRIME;
}

void template_hash(const struct template *shape, char hash[TEMPLATE_HASH_SIZE])
{
    uint64_t value = FNV_OFFSET;
    template_write(shape, false, add_to_hash, &value);
    (void)snprintf(hash, TEMPLATE_HASH_SIZE, "%016" PRIx64, value);
}

void template_label(const struct template *shape, char label[TEMPLATE_LABEL_SIZE])
{
    (void)snprintf(label, TEMPLATE_LABEL_SIZE, "%s %s", shape->name, shape->hash);
}
