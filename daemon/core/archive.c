/* SPDX-License-Identifier: MIT */
/* archive - see archive.h. */
#include "core/archive.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MORE 0x80u /* another byte follows */

struct archive archive_save(unsigned char *bytes, size_t capacity)
{
    return (struct archive){.bytes = bytes, .size = capacity, .is_saving = true, .is_sound = true};
}

/* Restoring never writes to the bytes. */
struct archive archive_restore(const unsigned char *bytes, size_t size)
{
    return (struct archive){.bytes = (unsigned char *)(uintptr_t)bytes, .size = size, .is_sound = true};
}

bool archive_is_complete(const struct archive *archive)
{
    return archive->is_sound && archive->at == archive->size;
}

void archive_reject(struct archive *archive)
{
    archive->is_sound = false;
}

void archive_require(struct archive *archive, bool is_valid)
{
    if (!is_valid)
        archive->is_sound = false;
}

/* The next `size` bytes, or NULL when there are not so many. */
static unsigned char *take(struct archive *archive, size_t size)
{
    if (!archive->is_sound || size > archive->size - archive->at) {
        archive->is_sound = false;
        return NULL;
    }
    unsigned char *bytes = archive->bytes + archive->at;
    archive->at += size;
    return bytes;
}

/* ---- numbers ---- */

/* There is room for ARCHIVE_U64_BYTES_MAX. */
static size_t put_u64(unsigned char *bytes, uint64_t value)
{
    size_t size = 0;
    for (; value >= MORE; value >>= 7)
        bytes[size++] = (unsigned char)(value | MORE);
    bytes[size++] = (unsigned char)value;
    return size;
}

static void save_u64(struct archive *archive, uint64_t value)
{
    unsigned char scratch[ARCHIVE_U64_BYTES_MAX];
    size_t size = put_u64(scratch, value);
    unsigned char *bytes = take(archive, size);
    if (bytes)
        memcpy(bytes, scratch, size);
}

/* The tenth byte holds the last bit of 64. A last byte of 0 behind another would be a second form of a number. */
static uint64_t restore_u64(struct archive *archive)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        const unsigned char *byte = take(archive, 1);
        if (!byte || (shift == 63 && *byte > 1) || (shift > 0 && *byte == 0))
            break;
        value |= (uint64_t)(*byte & (MORE - 1)) << shift;
        if (*byte < MORE)
            return value;
    }
    archive->is_sound = false;
    return 0;
}

/* One that is at most `last`; 0 when it is not. */
static uint64_t restore_up_to(struct archive *archive, uint64_t last)
{
    uint64_t value = restore_u64(archive);
    if (value <= last)
        return value;
    archive->is_sound = false;
    return 0;
}

void archive_u64(struct archive *archive, uint64_t *value)
{
    if (archive->is_saving)
        save_u64(archive, *value);
    else
        *value = restore_u64(archive);
}

void archive_u32(struct archive *archive, uint32_t *value)
{
    if (archive->is_saving)
        save_u64(archive, *value);
    else
        *value = (uint32_t)restore_up_to(archive, UINT32_MAX);
}

/* 0, -1, 1, -2, ... as 0, 1, 2, 3, ... */
static uint64_t zigzag(int64_t value)
{
    return value < 0 ? ~((uint64_t)value << 1) : (uint64_t)value << 1;
}

/* The half of a number fits; ~half is -half - 1. */
static int64_t unzigzag(uint64_t number)
{
    int64_t half = (int64_t)(number >> 1);
    return number & 1 ? -half - 1 : half;
}

void archive_i64(struct archive *archive, int64_t *value)
{
    if (archive->is_saving)
        save_u64(archive, zigzag(*value));
    else
        *value = unzigzag(restore_u64(archive));
}

void archive_i32(struct archive *archive, int32_t *value)
{
    if (archive->is_saving)
        save_u64(archive, zigzag(*value));
    else
        *value = (int32_t)unzigzag(restore_up_to(archive, UINT32_MAX));
}

void archive_bool(struct archive *archive, bool *value)
{
    if (archive->is_saving)
        save_u64(archive, *value);
    else
        *value = restore_up_to(archive, 1) != 0;
}

/* ---- numbers side by side ---- */

/* How many of `count` numbers have room in any case, so that no single one needs to be asked. */
static size_t certain(const struct archive *archive, size_t count)
{
    size_t room = archive->is_sound ? (archive->size - archive->at) / ARCHIVE_U64_BYTES_MAX : 0;
    return count < room ? count : room;
}

/* Whether the next number is a single byte: most are. */
static bool is_short(const struct archive *archive)
{
    return archive->is_sound && archive->at < archive->size && archive->bytes[archive->at] < MORE;
}

void archive_u64s(struct archive *archive, uint64_t *values, size_t count)
{
    size_t free = archive->is_saving ? certain(archive, count) : 0, i = 0;
    for (; i < free; i++)
        archive->at += put_u64(archive->bytes + archive->at, values[i]);
    for (; i < count; i++)
        if (!archive->is_saving && is_short(archive))
            values[i] = archive->bytes[archive->at++];
        else
            archive_u64(archive, &values[i]);
}

void archive_u32s(struct archive *archive, uint32_t *values, size_t count)
{
    size_t free = archive->is_saving ? certain(archive, count) : 0, i = 0;
    for (; i < free; i++)
        archive->at += put_u64(archive->bytes + archive->at, values[i]);
    for (; i < count; i++)
        if (!archive->is_saving && is_short(archive))
            values[i] = archive->bytes[archive->at++];
        else
            archive_u32(archive, &values[i]);
}

void archive_i64s(struct archive *archive, int64_t *values, size_t count)
{
    size_t free = archive->is_saving ? certain(archive, count) : 0, i = 0;
    for (; i < free; i++)
        archive->at += put_u64(archive->bytes + archive->at, zigzag(values[i]));
    for (; i < count; i++)
        archive_i64(archive, &values[i]);
}

/* ---- numbers within limits ---- */

void archive_below(struct archive *archive, uint32_t *value, uint32_t limit)
{
    assert(limit > 0);
    archive_u32(archive, value);
    if (*value < limit)
        return;
    archive->is_sound = false;
    if (!archive->is_saving)
        *value = 0;
}

void archive_between(struct archive *archive, uint64_t *value, uint64_t first, uint64_t last)
{
    assert(first <= last);
    archive_u64(archive, value);
    if (*value >= first && *value <= last)
        return;
    archive->is_sound = false;
    if (!archive->is_saving)
        *value = first;
}

uint32_t archive_enum(struct archive *archive, uint32_t value, uint32_t limit)
{
    archive_below(archive, &value, limit);
    return value;
}

/* ---- doubles ---- */

_Static_assert(sizeof(double) == sizeof(uint64_t), "a double is 64 bits");

static void save_double(struct archive *archive, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned char *bytes = take(archive, sizeof bits);
    for (unsigned i = 0; bytes && i < sizeof bits; i++)
        bytes[i] = (unsigned char)(bits >> 8 * i);
}

static double restore_double(struct archive *archive)
{
    uint64_t bits = 0;
    double value;
    const unsigned char *bytes = take(archive, sizeof bits);
    for (unsigned i = 0; bytes && i < sizeof bits; i++)
        bits |= (uint64_t)bytes[i] << 8 * i;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void archive_double(struct archive *archive, double *value)
{
    if (archive->is_saving)
        save_double(archive, *value);
    else
        *value = restore_double(archive);
    if (!isnan(*value))
        return;
    archive->is_sound = false;
    if (!archive->is_saving)
        *value = 0.0;
}

void archive_double_between(struct archive *archive, double *value, double first, double last)
{
    assert(first <= last);
    archive_double(archive, value);
    if (*value >= first && *value <= last)
        return;
    archive->is_sound = false;
    if (!archive->is_saving)
        *value = first;
}

/* ---- texts and bytes ---- */

static bool is_control(char character)
{
    unsigned char byte = (unsigned char)character;
    return byte < 0x20 || byte == 0x7F;
}

static void save_text(struct archive *archive, const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);
    assert(end);
    size_t length = (size_t)(end - text);
    save_u64(archive, length);
    unsigned char *bytes = take(archive, length);
    for (size_t i = 0; bytes && i < length; i++)
        bytes[i] = (unsigned char)(is_control(text[i]) ? '?' : text[i]);
}

static void restore_text(struct archive *archive, char *text, size_t size)
{
    size_t length = (size_t)restore_up_to(archive, size - 1);
    const unsigned char *bytes = take(archive, length);
    memset(text, 0, size);
    if (!bytes)
        return;
    for (size_t i = 0; i < length; i++)
        archive_require(archive, !is_control((char)bytes[i]));
    if (archive->is_sound)
        memcpy(text, bytes, length);
}

void archive_text(struct archive *archive, char *text, size_t size)
{
    assert(size > 0);
    if (archive->is_saving)
        save_text(archive, text, size);
    else
        restore_text(archive, text, size);
}

void archive_bytes(struct archive *archive, unsigned char *bytes, size_t size)
{
    unsigned char *place = take(archive, size);
    if (place && archive->is_saving)
        memcpy(place, bytes, size);
    else if (place)
        memcpy(bytes, place, size);
    else if (!archive->is_saving)
        memset(bytes, 0, size);
}

/* ---- times ---- */

void archive_time(struct archive *archive, int64_t *t_ns, int64_t now_ns)
{
    int64_t distance_ns = archive->is_saving ? now_ns - *t_ns : 0; /* both below 2^61 but for a shelf: below 2^62 */
    assert(now_ns >= 0 && now_ns <= ARCHIVE_TIME_MAX_NS);
    archive_i64(archive, &distance_ns);
    if (distance_ns < -ARCHIVE_TIME_MAX_NS || distance_ns > ARCHIVE_TIME_MAX_NS) {
        archive->is_sound = false;
        distance_ns = 0;
    }
    if (!archive->is_saving)
        *t_ns = now_ns - distance_ns;
}
