/* SPDX-License-Identifier: MIT */
/* power_cut - see power_cut.h. */
#include "power_cut.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512u
#define SECTORS_MAX 32768u /* of a file: 16 MiB */
#define FILES_MAX 64u      /* that were ever created */
#define NAMES_MAX 32u
#define NAME_CHANGES_MAX 256u /* since the last sync of the names */
#define NEVER UINT64_MAX

struct sector {
    unsigned char durable[SECTOR], cache[SECTOR];
    bool is_listed; /* among the dirty ones of its file */
};

/* A sector that is NULL is all zero, durably and in the cache. */
struct file {
    struct sector *sectors[SECTORS_MAX];
    uint32_t dirty[SECTORS_MAX]; /* which sectors are, or were before they were written back */
    uint32_t dirty_count;
    uint64_t durable_size, size;
};

/* A name leads to a file by its number, or to none: -1. */
struct name {
    char text[64];
    int durable, now;
};

/* A name gets another file, and the name that this file had before, if any, gets none: both or nothing. */
struct name_change {
    struct name *to, *from;
    int file;
};

struct power_cut {
    uint64_t random;
    enum sabotage sabotage;
    uint64_t slot_bytes;
    struct file *files[FILES_MAX];
    int file_count;
    struct name names[NAMES_MAX];
    int name_count;
    struct name_change name_changes[NAME_CHANGES_MAX];
    uint32_t name_change_count;
    bool is_full;
    uint64_t changes, cut_at, fail_at;
    bool is_off;
    bool is_fresh; /* the process has written nothing yet */
};

/* SplitMix64. */
static uint64_t draw(struct power_cut *cut)
{
    uint64_t z = cut->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t draw_below(struct power_cut *cut, uint64_t limit)
{
    return draw(cut) % limit;
}

/* ---- names and files ---- */

static struct name *find_name(struct power_cut *cut, const char *text)
{
    for (int i = 0; i < cut->name_count; i++)
        if (strcmp(cut->names[i].text, text) == 0)
            return &cut->names[i];
    assert(cut->name_count < (int)NAMES_MAX && strlen(text) < sizeof cut->names[0].text);
    struct name *name = &cut->names[cut->name_count++];
    *name = (struct name){.durable = -1, .now = -1};
    strcpy(name->text, text);
    return name;
}

static bool is_at(const struct power_cut *cut, int file, const char *text)
{
    for (int i = 0; i < cut->name_count; i++)
        if (cut->names[i].now == file && strcmp(cut->names[i].text, text) == 0)
            return true;
    return false;
}

static void free_file(struct file *file)
{
    for (uint32_t i = 0; i < SECTORS_MAX; i++)
        free(file->sectors[i]);
    free(file);
}

/* ---- what happens ---- */

/* Whether a change takes place; counts it. */
static bool may_change(struct power_cut *cut)
{
    if (!cut->is_off && cut->changes == cut->fail_at) {
        cut->fail_at = NEVER;
        errno = EIO;
        return false;
    }
    cut->is_off |= cut->changes >= cut->cut_at;
    cut->changes++;
    errno = EIO;
    return !cut->is_off;
}

static void sync_sector(struct sector *sector)
{
    memcpy(sector->durable, sector->cache, SECTOR);
}

/* What the kernel does on its own: some dirty sectors, not in order. */
static void write_back_some(struct power_cut *cut, struct file *file)
{
    if (draw_below(cut, 8) != 0)
        return;
    for (uint32_t i = 0; i < file->dirty_count; i++)
        if (draw_below(cut, 2) == 0)
            sync_sector(file->sectors[file->dirty[i]]);
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

static void write_in_sector(struct file *file, uint64_t offset, const unsigned char *bytes, size_t size)
{
    uint64_t index = offset / SECTOR;
    assert(index < SECTORS_MAX);
    struct sector **sector = &file->sectors[index];
    if (!*sector && is_zero(bytes, size))
        return;
    if (!*sector)
        *sector = calloc(1, sizeof **sector);
    assert(*sector);
    memcpy((*sector)->cache + offset % SECTOR, bytes, size);
    if (!(*sector)->is_listed)
        file->dirty[file->dirty_count++] = (uint32_t)index;
    (*sector)->is_listed = true;
}

static void write_all(struct file *file, const unsigned char *bytes, size_t size, uint64_t offset)
{
    for (size_t done = 0; done < size;) {
        size_t room = SECTOR - (size_t)((offset + done) % SECTOR);
        size_t piece = size - done < room ? size - done : room;
        write_in_sector(file, offset + done, bytes + done, piece);
        done += piece;
    }
    if (offset + size > file->size)
        file->size = offset + size;
}

static void change_name(struct power_cut *cut, struct name *to, struct name *from, int file)
{
    assert(cut->name_change_count < NAME_CHANGES_MAX);
    cut->name_changes[cut->name_change_count++] = (struct name_change){to, from, file};
    to->now = file;
    if (from)
        from->now = -1;
}

/* ---- the disk ---- */

static int open_file(void *context, const char *text, bool shall_create)
{
    struct power_cut *cut = context;
    struct name *name = find_name(cut, text);
    if (cut->is_off || (shall_create && !may_change(cut))) {
        errno = EIO;
        return -1;
    }
    if (shall_create) {
        assert(cut->file_count < (int)FILES_MAX);
        cut->files[cut->file_count] = calloc(1, sizeof **cut->files);
        assert(cut->files[cut->file_count]);
        change_name(cut, name, NULL, cut->file_count++);
    }
    errno = ENOENT;
    return name->now;
}

static void close_file(void *context, int file)
{
    (void)context;
    (void)file;
}

static uint64_t place(const struct power_cut *cut, int file, uint64_t offset)
{
    bool is_moved = cut->sabotage == SABOTAGE_ONE_SLOT && offset == cut->slot_bytes && is_at(cut, file, "checkpoint");
    return is_moved ? 0 : offset;
}

static bool read_file(void *context, int number, void *bytes, size_t size, uint64_t offset, size_t *got)
{
    struct power_cut *cut = context;
    const struct file *file = cut->files[number];
    errno = EIO;
    offset = place(cut, number, offset);
    *got = offset >= file->size ? 0 : file->size - offset < size ? (size_t)(file->size - offset) : size;
    for (size_t i = 0; i < *got;) {
        const struct sector *sector = file->sectors[(offset + i) / SECTOR];
        size_t at = (size_t)((offset + i) % SECTOR);
        size_t piece = *got - i < SECTOR - at ? *got - i : SECTOR - at;
        if (sector)
            memcpy((unsigned char *)bytes + i, sector->cache + at, piece);
        else
            memset((unsigned char *)bytes + i, 0, piece);
        i += piece;
    }
    return !cut->is_off;
}

static bool write_file(void *context, int number, const void *bytes, size_t size, uint64_t offset)
{
    struct power_cut *cut = context;
    bool was_off = cut->is_off;
    bool is_done = may_change(cut);
    offset = place(cut, number, offset);
    if (!is_done && !was_off && cut->is_off) /* in the middle of it */
        write_all(cut->files[number], bytes, (size_t)draw_below(cut, size + 1), offset);
    if (!is_done)
        return false;
    errno = ENOSPC;
    if (cut->is_full && offset + size > cut->files[number]->size)
        return false;
    cut->is_fresh = false;
    write_all(cut->files[number], bytes, size, offset);
    write_back_some(cut, cut->files[number]);
    return true;
}

static bool is_dropped(const struct power_cut *cut, int number)
{
    bool is_checkpoint = is_at(cut, number, "checkpoint") || is_at(cut, number, "checkpoint.new");
    return (cut->sabotage == SABOTAGE_OPENING_SYNC && cut->is_fresh) ||
           (cut->sabotage == SABOTAGE_FIRST_SYNC && !is_checkpoint) ||
           (cut->sabotage == SABOTAGE_LAST_SYNC && is_checkpoint);
}

static bool sync_file(void *context, int number)
{
    struct power_cut *cut = context;
    struct file *file = cut->files[number];
    if (!may_change(cut))
        return false;
    if (is_dropped(cut, number))
        return true;
    for (uint32_t i = 0; i < file->dirty_count; i++) {
        sync_sector(file->sectors[file->dirty[i]]);
        file->sectors[file->dirty[i]]->is_listed = false;
    }
    file->dirty_count = 0;
    file->durable_size = file->size;
    return true;
}

/* What lies behind the new end is gone in the cache; a cut may bring it back. */
static bool truncate_file(void *context, int number, uint64_t size)
{
    struct power_cut *cut = context;
    struct file *file = cut->files[number];
    static const unsigned char zeros[SECTOR];
    if (!may_change(cut))
        return false;
    for (uint64_t at = size; at < file->size; at += SECTOR - at % SECTOR) {
        uint64_t room = SECTOR - at % SECTOR;
        write_in_sector(file, at, zeros, (size_t)(file->size - at < room ? file->size - at : room));
    }
    file->size = size;
    return true;
}

static bool size_of_file(void *context, int number, uint64_t *size)
{
    struct power_cut *cut = context;
    *size = cut->files[number]->size;
    errno = EIO;
    return !cut->is_off;
}

static bool rename_file(void *context, const char *from, const char *to)
{
    struct power_cut *cut = context;
    struct name *source = find_name(cut, from);
    if (!may_change(cut))
        return false;
    errno = ENOENT;
    if (source->now < 0)
        return false;
    change_name(cut, find_name(cut, to), source, source->now);
    return true;
}

static bool sync_names(void *context)
{
    struct power_cut *cut = context;
    if (!may_change(cut))
        return false;
    for (int i = 0; i < cut->name_count; i++)
        cut->names[i].durable = cut->names[i].now;
    cut->name_change_count = 0;
    return true;
}

struct disk power_cut_disk(struct power_cut *cut)
{
    return (struct disk){cut,       open_file,     close_file,   read_file,   write_file,
                         sync_file, truncate_file, size_of_file, rename_file, sync_names};
}

/* ---- the cut ---- */

static void mix_sector(struct power_cut *cut, struct sector *sector)
{
    size_t tear = (size_t)draw_below(cut, SECTOR);
    switch (draw_below(cut, 5)) {
    case 0: /* old */
        break;
    case 1: /* new */
        memcpy(sector->durable, sector->cache, SECTOR);
        break;
    case 2: /* torn */
        memcpy(sector->durable, sector->cache, tear);
        break;
    case 3:
        memcpy(sector->durable + tear, sector->cache + tear, SECTOR - tear);
        break;
    default:
        memset(sector->durable, 0, SECTOR);
        break;
    }
}

/* Behind the end there is nothing. */
static void cut_off(struct file *file)
{
    for (uint64_t i = file->size / SECTOR; i < SECTORS_MAX; i++) {
        uint64_t from = i * SECTOR < file->size ? file->size % SECTOR : 0;
        if (file->sectors[i]) {
            memset(file->sectors[i]->durable + from, 0, SECTOR - (size_t)from);
            memset(file->sectors[i]->cache + from, 0, SECTOR - (size_t)from);
        }
    }
}

/* Now and then all sectors have one fate, as when nothing, or everything, was written back. */
static void mix_file(struct power_cut *cut, struct file *file)
{
    uint64_t fate = draw_below(cut, 4); /* 0: all old, 1: all new */
    for (uint32_t i = 0; i < file->dirty_count; i++) {
        struct sector *sector = file->sectors[file->dirty[i]];
        if (fate > 1)
            mix_sector(cut, sector);
        else if (fate == 1)
            sync_sector(sector);
        memcpy(sector->cache, sector->durable, SECTOR);
        sector->is_listed = false;
    }
    file->dirty_count = 0;
    uint64_t low = file->size < file->durable_size ? file->size : file->durable_size;
    uint64_t high = file->size < file->durable_size ? file->durable_size : file->size;
    file->size = low + draw_below(cut, high - low + 1);
    file->durable_size = file->size;
    cut_off(file);
}

static void settle_change(const struct name_change *change)
{
    change->to->durable = change->file;
    if (change->from)
        change->from->durable = -1;
}

void power_cut_restore(struct power_cut *cut)
{
    for (int i = 0; i < cut->file_count; i++)
        mix_file(cut, cut->files[i]);
    for (uint32_t i = 0; i < cut->name_change_count; i++)
        if (draw_below(cut, 2) == 0)
            settle_change(&cut->name_changes[i]);
    cut->name_change_count = 0;
    for (int i = 0; i < cut->name_count; i++)
        cut->names[i].now = cut->names[i].durable;
    power_cut_kill(cut);
}

void power_cut_kill(struct power_cut *cut)
{
    cut->is_off = false;
    cut->is_fresh = true;
    cut->cut_at = cut->fail_at = NEVER;
}

void power_cut_arm(struct power_cut *cut, uint64_t changes)
{
    cut->cut_at = cut->changes + changes;
}

void power_cut_fail_once(struct power_cut *cut, uint64_t changes)
{
    cut->fail_at = cut->changes + changes;
}

void power_cut_fill(struct power_cut *cut, bool is_full)
{
    cut->is_full = is_full;
}

uint64_t power_cut_changes(const struct power_cut *cut)
{
    return cut->changes;
}

struct power_cut *power_cut_create(uint64_t seed, enum sabotage sabotage, uint64_t slot_bytes)
{
    struct power_cut *cut = calloc(1, sizeof *cut);
    assert(cut);
    cut->random = seed;
    cut->sabotage = sabotage;
    cut->slot_bytes = slot_bytes;
    power_cut_kill(cut);
    return cut;
}

void power_cut_destroy(struct power_cut *cut)
{
    for (int i = 0; i < cut->file_count; i++)
        free_file(cut->files[i]);
    free(cut);
}
