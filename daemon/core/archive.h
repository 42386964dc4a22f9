/* SPDX-License-Identifier: MIT */
/*
 * archive - values to bytes and back: one function for each structure says in which order its members go, and both
 * saves and restores it, so that the two cannot disagree.
 *
 * Whole numbers are LEB128, seven bits to a byte, least significant first; signed ones are zigzagged before (0, -1, 1,
 * -2, ...). A number has one form only: no unnecessary bytes, no bit beyond its type. Doubles are the eight bytes of
 * their bits, little endian, so that they come back to the bit.
 *
 * Whoever restores can rely on nothing: any byte may be anything. Every function that restores checks what it reads,
 * and what cannot be makes the archive unsound for good. From then on restoring gives zeroes (or the limit's smallest),
 * within the same bounds, so that a caller may go on to the end and ask is_sound once. Nothing is read or written
 * outside the bytes; when they do not suffice, the archive is unsound, too.
 *
 * Which values make sense together is decided by the structures (ledger_archive, burst_archive, ...).
 */
#ifndef HNLMON_CORE_ARCHIVE_H
#define HNLMON_CORE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARCHIVE_U64_BYTES_MAX 10u
#define ARCHIVE_U32_BYTES_MAX 5u

/* The longest form of values that together take `size` bytes in memory: LEB128 is at worst a quarter longer. */
#define ARCHIVE_BYTES_MAX(size) ((size) + ((size) + 3u) / 4u)

struct archive {
    unsigned char *bytes; /* the caller's; only read when restoring */
    size_t size;          /* of them, or their capacity when saving */
    size_t at;            /* so far */
    bool is_saving;
    bool is_sound;
};

struct archive archive_save(unsigned char *bytes, size_t capacity);
struct archive archive_restore(const unsigned char *bytes, size_t size);

/* Restored, and nothing is left over. */
bool archive_is_complete(const struct archive *archive);

/* Unsound from now on. */
void archive_reject(struct archive *archive);

/* Unsound from now on unless `is_valid`. While saving it must be: what could not be restored must not be saved. */
void archive_require(struct archive *archive, bool is_valid);

void archive_u64(struct archive *archive, uint64_t *value);
void archive_u32(struct archive *archive, uint32_t *value);
void archive_i64(struct archive *archive, int64_t *value);
void archive_i32(struct archive *archive, int32_t *value);
void archive_bool(struct archive *archive, bool *value);

/* Numbers side by side. */
void archive_u64s(struct archive *archive, uint64_t *values, size_t count);
void archive_u32s(struct archive *archive, uint32_t *values, size_t count);
void archive_i64s(struct archive *archive, int64_t *values, size_t count);

/* Not NaN; infinite it may be. */
void archive_double(struct archive *archive, double *value);

/* first <= value <= last, which are finite. */
void archive_double_between(struct archive *archive, double *value, double first, double last);

/* value < limit, or first <= value <= last; restores 0 or `first` when it is not. */
void archive_below(struct archive *archive, uint32_t *value, uint32_t limit);
void archive_between(struct archive *archive, uint64_t *value, uint64_t first, uint64_t last);

/* The value of an enum that counts from 0: returns `value`, or what was restored, below limit. */
uint32_t archive_enum(struct archive *archive, uint32_t value, uint32_t limit);

/* A terminated text in `size` > 0 bytes, without control characters: these are saved as '?'. What is behind it is set
 * to 0. */
void archive_text(struct archive *archive, char *text, size_t size);

/* As they are. */
void archive_bytes(struct archive *archive, unsigned char *bytes, size_t size);

/* A time by a clock of which only differences mean something, as its distance from now: the same distance from the
 * other now when it is restored. Both clocks are within 0 .. ARCHIVE_TIME_MAX_NS, and the distance is, either way. */
#define ARCHIVE_TIME_MAX_NS (INT64_C(1) << 61) /* 73 years */
void archive_time(struct archive *archive, int64_t *t_ns, int64_t now_ns);

#endif
