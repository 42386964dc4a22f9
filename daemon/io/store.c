/* SPDX-License-Identifier: MIT */
/*
 * store - see store.h.
 *
 * The three files are created together: bursts and journal first, the checkpoint last, each complete under another name
 * before it gets its own. So where a checkpoint is, the others are, and it has a valid slot.
 *
 * The journal goes on in a new file in the same way, right behind a checkpoint, which needs nothing of the old one:
 *
 *   alarms.journal.new complete -> alarms.journal becomes .1 -> .new becomes alarms.journal    each durable in turn
 *
 * So when there is no alarms.journal, the new one takes its place.
 */
#include "io/store.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEW_SUFFIX ".new"
#define NAME_SIZE 64u

static const char *const names[] = {CHECKPOINT_FILE, BURST_FILE, JOURNAL_FILE, JOURNAL_OLD_FILE,
                                    JOURNAL_FILE NEW_SUFFIX};
static unsigned char zeros[BURST_SLOT_BYTES]; /* never written */

bool store_job_init(struct store_job *job)
{
    *job = (struct store_job){.slot = calloc(1, CHECKPOINT_SLOT_BYTES),
                              .bursts = calloc(HORIZON_DEPTH, BURST_SLOT_BYTES),
                              .journal = calloc(1, STORE_JOURNAL_JOB_MAX + BLOCK_SECTOR_BYTES)};
    if (job->slot && job->bursts && job->journal)
        return true;
    store_job_fini(job);
    return false;
}

void store_job_fini(struct store_job *job)
{
    free(job->slot);
    free(job->bursts);
    free(job->journal);
    *job = (struct store_job){.slot = NULL};
}

/* ---- what went wrong ---- */

static enum store_verdict failed(struct store *store, const char *name)
{
    snprintf(store->error, sizeof store->error, "%s: %s", name, strerror(errno));
    return STORE_FAILED;
}

static enum store_verdict damaged(struct store *store, const char *name, const char *what)
{
    snprintf(store->error, sizeof store->error, "%s: %s", name, what);
    return STORE_DAMAGED;
}

static enum store_verdict newer(struct store *store, const char *name)
{
    snprintf(store->error, sizeof store->error, "%s: was written by a newer version", name);
    return STORE_NEWER;
}

/* ---- creating ---- */

/* Everything is written once, so that later nothing can fail for want of room but the growth of the journal. */
static bool fill_with_zeros(const struct disk *disk, int file, uint64_t from, uint64_t to)
{
    for (uint64_t at = from; at < to; at += sizeof zeros) {
        size_t size = to - at < sizeof zeros ? (size_t)(to - at) : sizeof zeros;
        if (!disk->write(disk->context, file, zeros, size, at))
            return false;
    }
    return true;
}

/* A file that begins with `size` bytes and goes on with zeros, complete. When there was no room it keeps none. */
static bool write_new_file(const struct disk *disk, const char *new_name, const unsigned char *bytes, size_t size,
                           uint64_t file_bytes)
{
    int file = disk->open(disk->context, new_name, true);
    if (file < 0)
        return false;
    bool is_written = disk->write(disk->context, file, bytes, size, 0) &&
                      fill_with_zeros(disk, file, size, file_bytes) && disk->sync(disk->context, file);
    int error = errno;
    if (!is_written)
        (void)!disk->truncate(disk->context, file, 0);
    disk->close(disk->context, file);
    errno = error;
    return is_written;
}

/* Complete, and only then under its name. */
static bool create_file(const struct disk *disk, const char *name, const unsigned char *bytes, size_t size,
                        uint64_t file_bytes)
{
    char new_name[NAME_SIZE];
    snprintf(new_name, sizeof new_name, "%s" NEW_SUFFIX, name);
    return write_new_file(disk, new_name, bytes, size, file_bytes) && disk->rename(disk->context, new_name, name);
}

static bool create_all(const struct disk *disk)
{
    unsigned char bytes[BLOCK_SECTOR_BYTES] = {0};
    struct checkpoint first = {.generation = 1, .journal_bytes = JOURNAL_HEADER_BYTES};
    uint64_t checkpoint_bytes = (uint64_t)CHECKPOINT_SLOTS * CHECKPOINT_SLOT_BYTES;
    if (!create_file(disk, BURST_FILE, bytes, sizeof bytes, (uint64_t)BURST_SLOTS * BURST_SLOT_BYTES))
        return false;
    journal_begin(0, bytes);
    if (!create_file(disk, JOURNAL_FILE, bytes, sizeof bytes, STORE_JOURNAL_STEP) || !disk->sync_names(disk->context))
        return false;
    size_t size = checkpoint_seal(&first, bytes);
    return create_file(disk, CHECKPOINT_FILE, bytes, size, checkpoint_bytes) && disk->sync_names(disk->context);
}

/* ---- reading ---- */

/* Where in its file the journal ends. */
static uint64_t journal_end(const struct store *store)
{
    return store->newest.journal_bytes - store->journal_place;
}

/* A block whose slot begins at `offset`: no more than its header says. */
static bool read_block(struct store *store, int file, uint64_t offset, unsigned char *slot, size_t slot_bytes,
                       size_t *size)
{
    const struct disk *disk = store->disk;
    if (!disk->read(disk->context, file, slot, BLOCK_HEADER_BYTES, offset, size))
        return false;
    if (*size < BLOCK_HEADER_BYTES)
        return true;
    return disk->read(disk->context, file, slot, block_extent(slot, slot_bytes), offset, size);
}

/* Judges slot `index` of the checkpoint file; its content stays in the job. */
static bool read_slot(struct store *store, uint32_t index, struct store_job *job, struct checkpoint *found)
{
    size_t size;
    uint64_t offset = (uint64_t)index * CHECKPOINT_SLOT_BYTES;
    if (!read_block(store, store->checkpoint, offset, job->slot, CHECKPOINT_SLOT_BYTES, &size))
        return false;
    store->slots[index] = checkpoint_judge(found, job->slot, size);
    if (store->slots[index] == BLOCK_VALID)
        store->found[index] = *found;
    return true;
}

static enum store_verdict read_checkpoint(struct store *store, struct store_job *job)
{
    bool is_any = false;
    for (uint32_t i = 0; i < CHECKPOINT_SLOTS; i++) {
        struct checkpoint found;
        if (!read_slot(store, i, job, &found))
            return failed(store, CHECKPOINT_FILE);
        if (store->slots[i] == BLOCK_NEWER)
            return newer(store, CHECKPOINT_FILE);
        if (store->slots[i] != BLOCK_VALID || (is_any && found.generation <= store->newest.generation))
            continue;
        is_any = true;
        store->newest = found;
        store->newest_slot = i;
    }
    if (!is_any)
        return damaged(store, CHECKPOINT_FILE, "neither of its two slots is valid");
    struct checkpoint again;
    if (!read_slot(store, store->newest_slot, job, &again))
        return failed(store, CHECKPOINT_FILE);
    if (store->slots[store->newest_slot] != BLOCK_VALID || again.generation != store->newest.generation)
        return damaged(store, CHECKPOINT_FILE, "it reads differently each time");
    job->content_bytes = again.content_bytes;
    return STORE_OK;
}

bool store_read_burst(struct store *store, uint64_t number, unsigned char *slot, size_t *content_bytes)
{
    size_t size;
    uint64_t found;
    uint64_t position = store->newest.ring_position - (store->newest.closed_bursts - number);
    return read_block(store, store->bursts, burst_slot_offset(position), slot, BURST_SLOT_BYTES, &size) &&
           burst_judge(&found, content_bytes, slot, size) == BLOCK_VALID && found == number;
}

uint32_t store_burst_count(const struct store *store)
{
    uint64_t closed = store->newest.closed_bursts;
    return closed < HORIZON_DEPTH ? (uint32_t)closed : HORIZON_DEPTH;
}

static enum store_verdict check_bursts(struct store *store, struct store_job *job)
{
    for (uint32_t i = 0; i < store_burst_count(store); i++) {
        size_t content_bytes;
        uint64_t number = store->newest.closed_bursts - 1 - i;
        if (store_read_burst(store, number, job->bursts, &content_bytes))
            continue;
        char what[NAME_SIZE];
        snprintf(what, sizeof what, "burst %" PRIu64 " is damaged", number);
        return damaged(store, BURST_FILE, what);
    }
    return STORE_OK;
}

static enum store_verdict check_journal(struct store *store)
{
    const struct disk *disk = store->disk;
    unsigned char bytes[JOURNAL_HEADER_BYTES];
    size_t got;
    if (!disk->read(disk->context, store->journal, bytes, sizeof bytes, 0, &got) ||
        !disk->size(disk->context, store->journal, &store->journal_room))
        return failed(store, JOURNAL_FILE);
    enum block_verdict verdict = journal_judge(&store->journal_place, bytes, got);
    if (verdict == BLOCK_NEWER)
        return newer(store, JOURNAL_FILE);
    if (verdict != BLOCK_VALID)
        return damaged(store, JOURNAL_FILE, "its header is damaged");
    /* The older slot, since the newest is damaged, may be from before this file began. */
    if (store->newest.journal_bytes < store->journal_place + JOURNAL_HEADER_BYTES)
        store->newest.journal_bytes = store->journal_place + JOURNAL_HEADER_BYTES;
    if (journal_end(store) > store->journal_room)
        return damaged(store, JOURNAL_FILE, "it is shorter than the checkpoint says");
    return STORE_OK;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    return memcmp(bytes, zeros, size) == 0;
}

/* What lies behind was never confirmed, or is about to be derived again. It becomes zero and not shorter: on a full
 * disk there would be no room for it any more. */
static bool wipe_journal(struct store *store, struct store_job *job)
{
    const struct disk *disk = store->disk;
    size_t got = sizeof zeros;
    for (uint64_t at = journal_end(store); got == sizeof zeros; at += got) {
        if (!disk->read(disk->context, store->journal, job->journal, sizeof zeros, at, &got))
            return false;
        if (!is_zero(job->journal, got) && !disk->write(disk->context, store->journal, zeros, got, at))
            return false;
    }
    return true;
}

/* What is left of a checkpoint that was cut short must not become whole again when the next one is cut short over it,
 * byte by byte the same in parts: its bursts and its journal are about to be overwritten. Nor by the zeros, when these
 * are cut short: they must be there before its journal is wiped. */
static bool wipe_remains(const struct store *store)
{
    const struct disk *disk = store->disk;
    uint32_t slot = 1 - store->newest_slot;
    uint64_t begin = (uint64_t)slot * CHECKPOINT_SLOT_BYTES;
    return store->slots[slot] != BLOCK_DAMAGED ||
           (fill_with_zeros(disk, store->checkpoint, begin, begin + CHECKPOINT_SLOT_BYTES) &&
            disk->sync(disk->context, store->checkpoint));
}

/* What a killed process left is seen here but need not be on the disk yet: it must be, before the other slot is
 * overwritten. */
static bool sync_all(const struct store *store)
{
    const struct disk *disk = store->disk;
    return disk->sync(disk->context, store->bursts) && disk->sync(disk->context, store->journal) &&
           disk->sync(disk->context, store->checkpoint) && disk->sync_names(disk->context);
}

/* ---- opening ---- */

static bool open_all(struct store *store)
{
    const struct disk *disk = store->disk;
    store->checkpoint = disk->open(disk->context, CHECKPOINT_FILE, false);
    if (store->checkpoint < 0)
        return false;
    store->bursts = disk->open(disk->context, BURST_FILE, false);
    store->journal = disk->open(disk->context, JOURNAL_FILE, false);
    return store->bursts >= 0 && store->journal >= 0;
}

/* Without a checkpoint there may be the other files of a creation that was cut short, but nothing in them. */
static bool is_unused(const struct disk *disk)
{
    static unsigned char header[BLOCK_HEADER_BYTES];
    struct {
        const char *name;
        uint64_t offset; /* where the first use leaves a byte */
    } const places[] = {{BURST_FILE, burst_slot_offset(0)}, {JOURNAL_FILE, JOURNAL_HEADER_BYTES}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int file = disk->open(disk->context, places[i].name, false);
        size_t got = 0;
        memset(header, 0, sizeof header);
        if (file >= 0) {
            (void)disk->read(disk->context, file, header, 1, places[i].offset, &got);
            disk->close(disk->context, file);
        }
        if (got > 0 && header[0] != 0)
            return false;
    }
    return true;
}

/* A new journal may have been about to take the place of the one before. False with ENOENT: it was not. */
static bool finish_new_journal(struct store *store)
{
    const struct disk *disk = store->disk;
    if (!disk->sync_names(disk->context) || !disk->rename(disk->context, JOURNAL_FILE NEW_SUFFIX, JOURNAL_FILE))
        return false;
    store->journal = disk->open(disk->context, JOURNAL_FILE, false);
    return store->journal >= 0;
}

static enum store_verdict open_or_create(struct store *store)
{
    if (open_all(store))
        return STORE_OK;
    if (errno != ENOENT)
        return failed(store, store->checkpoint < 0 ? CHECKPOINT_FILE : "bursts or journal");
    if (store->bursts >= 0 && finish_new_journal(store))
        return STORE_OK;
    if (errno != ENOENT)
        return failed(store, JOURNAL_FILE);
    if (store->checkpoint >= 0)
        return damaged(store, store->bursts < 0 ? BURST_FILE : JOURNAL_FILE, "is missing");
    if (!is_unused(store->disk))
        return damaged(store, CHECKPOINT_FILE, "is missing, beside bursts or a journal");
    if (!create_all(store->disk) || !open_all(store))
        return failed(store, "cannot create the files");
    return STORE_OK;
}

static void begin(struct store *store, const struct disk *disk)
{
    *store = (struct store){.disk = disk,
                            .checkpoint = -1,
                            .bursts = -1,
                            .journal = -1,
                            .journal_step = STORE_JOURNAL_STEP,
                            .journal_file_max = STORE_JOURNAL_FILE_MAX,
                            .has_failed = true};
}

static enum store_verdict read_all(struct store *store, struct store_job *job)
{
    enum store_verdict verdict = read_checkpoint(store, job);
    if (verdict == STORE_OK)
        verdict = check_bursts(store, job);
    if (verdict == STORE_OK)
        verdict = check_journal(store);
    return verdict;
}

enum store_verdict store_look(struct store *store, const struct disk *disk, struct store_job *job)
{
    begin(store, disk);
    if (open_all(store))
        return read_all(store, job);
    return failed(store, store->checkpoint < 0 ? CHECKPOINT_FILE : store->bursts < 0 ? BURST_FILE : JOURNAL_FILE);
}

enum store_verdict store_open(struct store *store, const struct disk *disk, struct store_job *job)
{
    begin(store, disk);
    enum store_verdict verdict = open_or_create(store);
    if (verdict == STORE_OK)
        verdict = read_all(store, job);
    if (verdict == STORE_OK && !wipe_remains(store))
        verdict = failed(store, CHECKPOINT_FILE);
    if (verdict == STORE_OK && !wipe_journal(store, job))
        verdict = failed(store, JOURNAL_FILE);
    if (verdict == STORE_OK && !sync_all(store))
        verdict = failed(store, "sync");
    store->has_failed = verdict != STORE_OK;
    return verdict;
}

void store_close(struct store *store)
{
    const int files[] = {store->checkpoint, store->bursts, store->journal};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] >= 0)
            store->disk->close(store->disk->context, files[i]);
    store->checkpoint = store->bursts = store->journal = -1;
}

static void name_aside(const char *name, uint64_t suffix, char aside[NAME_SIZE])
{
    snprintf(aside, NAME_SIZE, "%s.damaged-%" PRIu64, name, suffix);
}

/* Nothing that was moved aside before may be lost. */
static bool is_suffix_taken(const struct disk *disk, uint64_t suffix)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char aside[NAME_SIZE];
        name_aside(names[i], suffix, aside);
        int file = disk->open(disk->context, aside, false);
        if (file >= 0)
            disk->close(disk->context, file);
        if (file >= 0 || errno != ENOENT)
            return file >= 0;
    }
    return false;
}

bool store_move_aside(const struct disk *disk, uint64_t suffix)
{
    while (is_suffix_taken(disk, suffix))
        suffix++;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char aside[NAME_SIZE];
        name_aside(names[i], suffix, aside);
        if (!disk->rename(disk->context, names[i], aside) && errno != ENOENT)
            return false;
    }
    return disk->sync_names(disk->context);
}

/* ---- writing ---- */

static bool write_bursts(struct store *store, struct store_job *job)
{
    const struct disk *disk = store->disk;
    for (uint32_t i = 0; i < job->burst_count; i++) {
        uint64_t number = job->closed_bursts - job->burst_count + i;
        unsigned char *slot = job->bursts + (size_t)i * BURST_SLOT_BYTES;
        size_t size = burst_seal(number, job->burst_bytes[i], slot);
        uint64_t offset = burst_slot_offset(store->newest.ring_position + i);
        if (!disk->write(disk->context, store->bursts, slot, size, offset))
            return false;
    }
    return job->burst_count == 0 || disk->sync(disk->context, store->bursts);
}

/* The disk, the share of it, or the file is as full as it may be. */
static bool is_no_room(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/* Whether the file of the journal has room up to `end`; it grows ahead if it must. */
static bool grow_journal(struct store *store, uint64_t end)
{
    const struct disk *disk = store->disk;
    if (end <= store->journal_room)
        return true;
    if (fill_with_zeros(disk, store->journal, store->journal_room, end + store->journal_step)) {
        store->journal_room = end + store->journal_step;
        return true;
    }
    int error = errno;
    if (!disk->size(disk->context, store->journal, &store->journal_room))
        return false;
    errno = error;
    return end <= store->journal_room;
}

/* Each piece begins on a sector of its own, see journal.h. Without room nothing is written, and *journal_bytes tells.
 */
static bool write_journal(struct store *store, struct store_job *job, uint64_t *journal_bytes)
{
    const struct disk *disk = store->disk;
    *journal_bytes = store->newest.journal_bytes;
    if (job->journal_bytes == 0)
        return true;
    size_t padding = journal_padding(job->journal_bytes);
    size_t size = job->journal_bytes + padding;
    if (!grow_journal(store, journal_end(store) + size))
        return is_no_room(errno);
    memset(job->journal + job->journal_bytes, 0, padding);
    *journal_bytes += size;
    return disk->write(disk->context, store->journal, job->journal, size, journal_end(store)) &&
           disk->sync(disk->context, store->journal);
}

static bool replace_journal(struct store *store)
{
    const struct disk *disk = store->disk;
    if (!disk->sync_names(disk->context) || !disk->rename(disk->context, JOURNAL_FILE, JOURNAL_OLD_FILE) ||
        !disk->sync_names(disk->context) || !disk->rename(disk->context, JOURNAL_FILE NEW_SUFFIX, JOURNAL_FILE) ||
        !disk->sync_names(disk->context))
        return false;
    disk->close(disk->context, store->journal);
    store->journal = disk->open(disk->context, JOURNAL_FILE, false);
    return store->journal >= 0;
}

/* Goes on in a new file when this one is long; without room for that it becomes longer. */
static bool renew_journal(struct store *store)
{
    unsigned char bytes[JOURNAL_HEADER_BYTES];
    uint64_t place = store->newest.journal_bytes - JOURNAL_HEADER_BYTES;
    if (journal_end(store) < store->journal_file_max)
        return true;
    journal_begin(place, bytes);
    uint64_t room = sizeof bytes + store->journal_step;
    if (!write_new_file(store->disk, JOURNAL_FILE NEW_SUFFIX, bytes, sizeof bytes, room)) {
        store->journal_file_max = journal_end(store) + store->journal_step; /* when to try again */
        return is_no_room(errno);
    }
    if (!replace_journal(store))
        return false;
    store->journal_place = place;
    store->journal_room = room;
    return true;
}

static bool write_checkpoint(struct store *store, struct store_job *job, uint64_t journal_bytes)
{
    const struct disk *disk = store->disk;
    struct checkpoint next = {
        .generation = store->newest.generation + 1,
        .journal_bytes = journal_bytes,
        .closed_bursts = job->closed_bursts,
        .ring_position = store->newest.ring_position + job->burst_count,
        .t_ns = job->t_ns,
        .content_bytes = job->content_bytes,
    };
    uint32_t slot = 1 - store->newest_slot;
    size_t size = checkpoint_seal(&next, job->slot);
    if (!disk->write(disk->context, store->checkpoint, job->slot, size, (uint64_t)slot * CHECKPOINT_SLOT_BYTES) ||
        !disk->sync(disk->context, store->checkpoint))
        return false;
    store->newest = next;
    store->newest_slot = slot;
    return true;
}

bool store_write(struct store *store, struct store_job *job)
{
    uint64_t journal_bytes, closed_before = store->newest.closed_bursts;
    assert(job->closed_bursts >= closed_before && job->burst_count <= HORIZON_DEPTH);
    assert(job->burst_count == HORIZON_DEPTH || job->burst_count == job->closed_bursts - closed_before);
    assert(job->content_bytes > 0 && job->journal_bytes <= STORE_JOURNAL_JOB_MAX);
    if (store->has_failed)
        return false;
    const char *name = BURST_FILE;
    bool is_journal_written = false, is_written = write_bursts(store, job);
    if (is_written) {
        name = JOURNAL_FILE;
        is_written = write_journal(store, job, &journal_bytes);
    }
    if (is_written) {
        name = CHECKPOINT_FILE;
        is_journal_written = job->journal_bytes > 0 && journal_bytes > store->newest.journal_bytes;
        is_written = write_checkpoint(store, job, journal_bytes);
    }
    if (is_written) {
        name = JOURNAL_FILE;
        if (is_journal_written)
            job->journal_bytes = 0;
        is_written = renew_journal(store);
    }
    if (!is_written) {
        (void)failed(store, name);
        store->has_failed = true;
    }
    return is_written;
}
