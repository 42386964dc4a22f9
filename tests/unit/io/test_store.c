/* SPDX-License-Identifier: MIT */
/*
 * test_store - state on a disk whose power is cut, whose process is killed, and whose operations fail: after each of
 * these the store gives exactly one complete checkpoint, with its bursts and its journal, and never one older than what
 * was reported as durable. Stores that are wrong on purpose must be found out by the same seeds.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the headers above. */
#include <cmocka.h>

#include "io/store.h"
#include "power_cut.h"
#include "wire/block.h"

#define GENERATIONS_MAX 400u
#define BURSTS_MAX 20000u
#define RECORDS_MAX 2000u
#define STATE_MAX 6000u
#define BURST_MAX 1500u
#define FILE_ROOM (4u * 1024u * 1024u) /* bounds a journal here */

/* What the store was given, by generation and by burst: contents follow from an id that is never used twice. */
struct expected {
    uint64_t id[GENERATIONS_MAX];     /* of the last job of that generation */
    uint64_t closed[GENERATIONS_MAX]; /* bursts */
    uint32_t records[GENERATIONS_MAX];
    uint64_t record_ids[RECORDS_MAX];
    uint64_t burst_ids[BURSTS_MAX];
    uint64_t generation; /* of the last job */
    uint64_t durable;    /* the highest generation that was reported */
    uint64_t last_id;
};

static struct expected expected;
static struct store_job job;
static struct store store;
static struct disk disk;
static uint64_t random_state;

static uint64_t draw_below(uint64_t limit)
{
    random_state ^= random_state << 13; /* xorshift64, Marsaglia 2003 */
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % limit;
}

static uint64_t first_seed(void)
{
    const char *text = getenv("HNLMON_SEED");
    return text ? strtoull(text, NULL, 0) : 1;
}

static bool is_full(void)
{
    return getenv("HNLMON_FULL") != NULL;
}

/* ---- contents ---- */

static size_t size_of_id(uint64_t id, size_t limit)
{
    return 1 + (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 33) % limit;
}

static void fill(unsigned char *bytes, size_t size, uint64_t id)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)((id * 167 + i * 13 + (id >> 8) + (i >> 8)) % 255 + 1);
}

static bool is_filled(const unsigned char *bytes, size_t size, uint64_t id)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != (unsigned char)((id * 167 + i * 13 + (id >> 8) + (i >> 8)) % 255 + 1))
            return false;
    return true;
}

/* ---- writing ---- */

/* Mostly none or a few, now and then more than the horizons hold. */
static uint64_t draw_closing(void)
{
    uint64_t kind = draw_below(20);
    return kind == 0 ? draw_below(300) : kind < 10 ? draw_below(4) : 0;
}

static void prepare_bursts(uint64_t closed_before)
{
    job.burst_count = (uint32_t)(job.closed_bursts - closed_before);
    if (job.burst_count > HORIZON_DEPTH)
        job.burst_count = HORIZON_DEPTH;
    for (uint32_t i = 0; i < job.burst_count; i++) {
        uint64_t number = job.closed_bursts - job.burst_count + i;
        uint64_t id = expected.burst_ids[number % BURSTS_MAX] = ++expected.last_id;
        job.burst_bytes[i] = size_of_id(id, BURST_MAX);
        fill(job.bursts + (size_t)i * BURST_SLOT_BYTES + BLOCK_HEADER_BYTES, job.burst_bytes[i], id);
    }
}

static void prepare_journal(uint32_t generation)
{
    uint32_t records = expected.records[generation - 1];
    job.journal_bytes = 0;
    for (uint64_t i = draw_below(3); i > 0 && records < RECORDS_MAX; i--) {
        struct journal_record record = {.kind = JOURNAL_ACK, .t_ns = ++expected.last_id};
        snprintf(record.text, sizeof record.text, "%*d", (int)draw_below(300), 7);
        expected.record_ids[records++] = record.t_ns;
        job.journal_bytes += journal_encode(&record, job.journal + job.journal_bytes);
    }
    expected.records[generation] = records;
}

/* The next checkpoint; false when it could not be written. */
static bool write_next(void)
{
    uint32_t generation = (uint32_t)++expected.generation;
    assert_true(generation < GENERATIONS_MAX);
    job.closed_bursts = expected.closed[generation - 1] + draw_closing();
    expected.closed[generation] = job.closed_bursts;
    uint64_t id = expected.id[generation] = ++expected.last_id;
    job.content_bytes = size_of_id(id, STATE_MAX);
    fill(job.slot + BLOCK_HEADER_BYTES, job.content_bytes, id);
    prepare_bursts(expected.closed[generation - 1]);
    prepare_journal(generation);
    if (!store_write(&store, &job))
        return false;
    expected.durable = generation;
    return true;
}

/* ---- checking ---- */

static bool has_its_bursts(void)
{
    static unsigned char slot[BURST_SLOT_BYTES];
    uint64_t closed = store.newest.closed_bursts;
    for (uint64_t number = closed - store_burst_count(&store); number < closed; number++) {
        size_t size;
        uint64_t id = expected.burst_ids[number % BURSTS_MAX];
        if (!store_read_burst(&store, number, slot, &size) || size != size_of_id(id, BURST_MAX) ||
            !is_filled(slot + BLOCK_HEADER_BYTES, size, id))
            return false;
    }
    return true;
}

/* Whether a file of the journal holds the records that end with number `due`, and nothing but zeros behind them. Gives
 * the number of its first one, and the place at which it begins. */
static bool has_records(const char *name, uint32_t due, uint32_t *first, uint64_t *place)
{
    static unsigned char bytes[FILE_ROOM];
    static uint64_t ids[RECORDS_MAX];
    size_t size, at = JOURNAL_HEADER_BYTES;
    struct journal_record record;
    uint32_t count = 0;
    int file = disk.open(disk.context, name, false);
    if (file < 0 || !disk.read(disk.context, file, bytes, sizeof bytes, 0, &size) ||
        journal_judge(place, bytes, size) != BLOCK_VALID)
        return false;
    while (journal_next(&record, bytes, size, &at) && count < RECORDS_MAX)
        ids[count++] = record.t_ns;
    for (size_t i = at; i < size; i++)
        if (bytes[i] != 0)
            return false;
    *first = due - count;
    return count <= due && memcmp(ids, expected.record_ids + *first, count * sizeof ids[0]) == 0;
}

/* The one before goes on in the one that is written: none is missing in between. */
static bool has_its_journal(void)
{
    uint32_t first, due = expected.records[store.newest.generation];
    uint64_t place;
    if (!has_records(JOURNAL_FILE, due, &first, &place))
        return false;
    if (place > 0 && !has_records(JOURNAL_OLD_FILE, first, &first, &place))
        return false;
    return place > 0 || first == 0;
}

/* What is opened is one of the jobs: the last one that was reported, or one that was under way. Says why not. */
static const char *judge(enum store_verdict verdict)
{
    const struct checkpoint *newest = &store.newest;
    if (verdict != STORE_OK)
        return store.error;
    if (newest->generation < expected.durable)
        return "older than what was reported";
    if (newest->generation > expected.generation)
        return "never written";
    uint64_t id = expected.id[newest->generation];
    if (newest->generation > 1 && (job.content_bytes != size_of_id(id, STATE_MAX) ||
                                   !is_filled(job.slot + BLOCK_HEADER_BYTES, job.content_bytes, id)))
        return "not what was written";
    if (newest->closed_bursts != expected.closed[newest->generation] || !has_its_bursts())
        return "without its bursts";
    return has_its_journal() ? NULL : "without its journal";
}

/* With a journal that soon needs more room, and soon another file. */
static enum store_verdict open_store(void)
{
    enum store_verdict verdict = store_open(&store, &disk, &job);
    store.journal_step = 1024;
    store.journal_file_max = 6000;
    return verdict;
}

/* Opens what is there and goes on from it; says what is wrong with it. */
static const char *reopen(void)
{
    const char *wrong = judge(open_store());
    expected.generation = store.newest.generation;
    if (expected.durable < expected.generation)
        expected.durable = expected.generation;
    return wrong;
}

/* ---- lives ---- */

static void begin(void)
{
    memset(&expected, 0, sizeof expected);
    expected.generation = expected.durable = 1;
}

/* Opens the store and writes until something cuts it short; says what was wrong with what it opened. */
static const char *live(void)
{
    enum store_verdict verdict = open_store();
    const char *wrong = verdict == STORE_FAILED ? NULL : judge(verdict);
    if (verdict == STORE_OK && !wrong) {
        expected.generation = store.newest.generation;
        for (uint64_t left = 1 + draw_below(12); left > 0 && write_next(); left--)
            ;
    }
    store_close(&store);
    return wrong;
}

/* In the middle of anything the power is cut, or the process is killed, again and again. */
static const char *live_and_die(struct power_cut *cut)
{
    const char *wrong = draw_below(8) > 0 ? live() : NULL; /* the others are cut short while the files are created */
    for (int life = 0; life < 8 && !wrong; life++) {
        bool is_killed = draw_below(3) == 0;
        uint64_t most = expected.durable == 1 ? 500 : draw_below(3) > 0 ? 14 : 60;
        power_cut_arm(cut, draw_below(most)); /* opening takes 4 changes, a checkpoint 2 to 6, mostly */
        wrong = live();
        if (is_killed)
            power_cut_kill(cut);
        else
            power_cut_restore(cut);
    }
    wrong = wrong ? wrong : reopen();
    store_close(&store);
    return wrong;
}

/* NULL when everything was as it must be. */
static const char *try_seed(uint64_t seed, enum sabotage sabotage)
{
    random_state = seed * 2 + 1;
    struct power_cut *cut = power_cut_create(seed, sabotage, CHECKPOINT_SLOT_BYTES);
    disk = power_cut_disk(cut);
    begin();
    const char *wrong = live_and_die(cut);
    static char kept[STORE_ERROR_SIZE];
    if (wrong)
        snprintf(kept, sizeof kept, "%s", wrong);
    power_cut_destroy(cut);
    return wrong ? kept : NULL;
}

static uint64_t seed_count(void)
{
    return is_full() ? 30000 : 600;
}

static void after_every_cut_one_complete_checkpoint_is_there_and_none_that_was_reported_is_lost(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < seed_count(); i++) {
        const char *wrong = try_seed(first_seed() + i, SABOTAGE_NONE);
        if (wrong)
            fail_msg("repeat with HNLMON_SEED=%" PRIu64 ": %s", first_seed() + i, wrong);
    }
}

static uint64_t found_out(enum sabotage sabotage)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < seed_count() / 10; i++)
        count += try_seed(first_seed() + i, sabotage) != NULL;
    return count;
}

static void a_store_that_overwrites_its_only_slot_is_found_out(void **state)
{
    (void)state;
    assert_true(found_out(SABOTAGE_ONE_SLOT) > 10);
}

static void a_store_that_does_not_sync_bursts_and_journal_first_is_found_out(void **state)
{
    (void)state;
    assert_true(found_out(SABOTAGE_FIRST_SYNC) > 10);
}

static void a_store_that_reports_before_the_checkpoint_is_synced_is_found_out(void **state)
{
    (void)state;
    assert_true(found_out(SABOTAGE_LAST_SYNC) > 10);
}

/* A killed process leaves what only the cache has: seen, but lost in a power cut. */
static void a_store_that_relies_on_what_a_killed_process_left_is_found_out(void **state)
{
    (void)state;
    uint64_t count = 0;
    for (uint64_t i = 0; i < 2 * seed_count() && count == 0; i++)
        count += try_seed(first_seed() + i, SABOTAGE_OPENING_SYNC) != NULL;
    assert_true(count > 0);
}

/* ---- errors ---- */

/* A disk with a few checkpoints on it, closed. */
static struct power_cut *disk_of_seed(uint64_t seed, uint32_t checkpoints)
{
    struct power_cut *cut = power_cut_create(seed, SABOTAGE_NONE, CHECKPOINT_SLOT_BYTES);
    disk = power_cut_disk(cut);
    random_state = 7;
    begin();
    assert_int_equal(store_open(&store, &disk, &job), STORE_OK);
    for (uint32_t i = 0; i < checkpoints; i++)
        assert_true(write_next());
    store_close(&store);
    return cut;
}

static struct power_cut *disk_in_use(uint32_t checkpoints)
{
    return disk_of_seed(7, checkpoints);
}

static void after_the_first_error_nothing_is_durable_any_more_and_the_reason_is_told(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 40; n++) {
        struct power_cut *cut = disk_in_use(3);
        assert_null(reopen());
        power_cut_fail_once(cut, n);
        uint32_t written = 0;
        while (written < 60 && write_next())
            written++;
        assert_true(written < 60);
        assert_non_null(strstr(store.error, "Input/output error"));
        uint64_t changes = power_cut_changes(cut), generation = store.newest.generation;
        assert_false(store_write(&store, &job));
        assert_int_equal(power_cut_changes(cut), changes);
        assert_int_equal(store.newest.generation, generation);
        store_close(&store);
        assert_null(reopen()); /* another process may go on */
        store_close(&store);
        power_cut_destroy(cut);
    }
}

static void an_error_while_it_is_opened_is_told_and_harms_nothing(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 5; n++) {
        struct power_cut *cut = disk_in_use(3);
        power_cut_fail_once(cut, n);
        enum store_verdict verdict = store_open(&store, &disk, &job);
        assert_true(verdict == STORE_FAILED || verdict == STORE_OK); /* there are four changes */
        assert_true((verdict == STORE_OK) == (n >= 4));
        store_close(&store);
        power_cut_kill(cut);
        assert_null(reopen());
        store_close(&store);
        power_cut_destroy(cut);
    }
}

static void damage(const char *name, uint64_t offset)
{
    unsigned char byte;
    size_t got;
    int file = disk.open(disk.context, name, false);
    assert_true(disk.read(disk.context, file, &byte, 1, offset, &got) && got == 1);
    byte ^= 0x10;
    assert_true(disk.write(disk.context, file, &byte, 1, offset));
}

/* ---- a full disk ---- */

static void write_record(void)
{
    struct journal_record record = {.kind = JOURNAL_ACK, .t_ns = ++expected.last_id};
    if (job.journal_bytes == 0)
        job.journal_bytes = journal_encode(&record, job.journal);
    job.content_bytes = 1;
    job.burst_count = 0;
    job.closed_bursts = store.newest.closed_bursts;
    assert_true(store_write(&store, &job));
}

static void on_a_full_disk_checkpoints_go_on_and_the_records_wait_until_there_is_room(void **state)
{
    (void)state;
    struct power_cut *cut = disk_in_use(3);
    assert_null(reopen());
    store.journal_file_max = 1;
    write_record(); /* and the next file has two sectors ahead */
    assert_true(store.journal_place > 0);
    power_cut_fill(cut, true);
    write_record();
    write_record();
    assert_int_equal(job.journal_bytes, 0);
    uint64_t end = store.newest.journal_bytes, generation = store.newest.generation;
    for (int i = 0; i < 5; i++) {
        write_record();
        assert_true(job.journal_bytes > 0);
    }
    assert_int_equal(store.newest.generation, generation + 5);
    assert_int_equal(store.newest.journal_bytes, end);
    power_cut_fill(cut, false);
    write_record();
    assert_int_equal(job.journal_bytes, 0);
    assert_int_equal(store.newest.journal_bytes, end + BLOCK_SECTOR_BYTES);
    store_close(&store);
    assert_int_equal(open_store(), STORE_OK);
    assert_int_equal(store.newest.journal_bytes, end + BLOCK_SECTOR_BYTES);
    store_close(&store);
    power_cut_destroy(cut);
}

/* What it is made of is there; the next file of the journal can wait. */
static void a_store_opens_on_a_full_disk_and_stays_with_its_journal(void **state)
{
    (void)state;
    struct power_cut *cut = disk_in_use(12);
    power_cut_fill(cut, true);
    assert_null(reopen());
    store.journal_file_max = 1;
    write_record();
    assert_int_equal(store.journal_place, 0);
    assert_int_equal(job.journal_bytes, 0);
    power_cut_fill(cut, false);
    store.journal_file_max = 1;
    write_record();
    assert_true(store.journal_place > 0);
    store_close(&store);
    power_cut_destroy(cut);
}

static void without_the_newest_slot_the_older_one_does_without_the_journal_that_went_on_elsewhere(void **state)
{
    (void)state;
    struct power_cut *cut = disk_in_use(3);
    assert_null(reopen());
    store.journal_file_max = 1;
    write_record();
    uint64_t end = store.newest.journal_bytes, generation = store.newest.generation;
    uint32_t slot = store.newest_slot;
    store_close(&store);
    damage(CHECKPOINT_FILE, slot * (uint64_t)CHECKPOINT_SLOT_BYTES + BLOCK_HEADER_BYTES);
    assert_int_equal(open_store(), STORE_OK);
    assert_int_equal(store.newest.generation, generation - 1);
    assert_int_equal(store.newest.journal_bytes, end);
    write_record();
    store_close(&store);
    power_cut_destroy(cut);
}

/* ---- damage ---- */

static uint32_t records_in_journal(void)
{
    static unsigned char bytes[FILE_ROOM];
    size_t size, at = JOURNAL_HEADER_BYTES;
    struct journal_record record;
    uint32_t count = 0;
    assert_true(disk.read(disk.context, store.journal, bytes, sizeof bytes, 0, &size));
    while (journal_next(&record, bytes, size, &at))
        count++;
    return count;
}

/* A slot that was torn in what is zero in a whole one: zeros that are cut short make it whole. */
static void a_damaged_slot_that_becomes_whole_while_it_is_wiped_has_its_journal(void **state)
{
    (void)state;
    uint32_t whole = 0;
    for (uint64_t seed = 0; seed < 120; seed++) {
        struct power_cut *cut = disk_of_seed(seed, 1);
        assert_int_equal(open_store(), STORE_OK);
        write_record();
        uint64_t generation = store.newest.generation;
        uint32_t records = records_in_journal();
        damage(CHECKPOINT_FILE, store.newest_slot * (uint64_t)CHECKPOINT_SLOT_BYTES + BLOCK_SECTOR_BYTES - 1);
        assert_true(disk.sync(disk.context, store.checkpoint));
        store_close(&store);
        power_cut_arm(cut, 1 + seed % 4);
        assert_int_equal(open_store(), STORE_FAILED);
        store_close(&store);
        power_cut_restore(cut);
        assert_int_equal(open_store(), STORE_OK);
        whole += store.newest.generation == generation;
        assert_int_equal(records_in_journal(), records - (store.newest.generation < generation));
        store_close(&store);
        power_cut_destroy(cut);
    }
    assert_true(whole > 2);
}

static void check_refused(struct power_cut *cut, enum store_verdict verdict, const char *file)
{
    uint64_t changes = power_cut_changes(cut);
    assert_int_equal(store_open(&store, &disk, &job), verdict);
    assert_ptr_equal(strstr(store.error, file), store.error);
    assert_int_equal(power_cut_changes(cut), changes);
    store_close(&store);
}

static void one_damaged_slot_leaves_the_other_one(void **state)
{
    (void)state;
    for (uint32_t slot = 0; slot < CHECKPOINT_SLOTS; slot++) {
        struct power_cut *cut = disk_in_use(4); /* generation 5 */
        damage(CHECKPOINT_FILE, slot * (uint64_t)CHECKPOINT_SLOT_BYTES + BLOCK_HEADER_BYTES);
        expected.durable = 4;
        assert_null(reopen());
        assert_int_equal(store.newest.generation, slot == 0 ? 4 : 5);
        assert_int_equal(store.slots[slot], BLOCK_DAMAGED);
        store_close(&store);
        power_cut_destroy(cut);
    }
}

static void two_damaged_slots_are_refused_until_they_are_moved_aside(void **state)
{
    (void)state;
    struct power_cut *cut = disk_in_use(4);
    damage(CHECKPOINT_FILE, 5);
    damage(CHECKPOINT_FILE, CHECKPOINT_SLOT_BYTES + 30);
    check_refused(cut, STORE_DAMAGED, CHECKPOINT_FILE);
    assert_true(store_move_aside(&disk, 1234));
    assert_int_equal(store_open(&store, &disk, &job), STORE_OK);
    assert_int_equal(store.newest.generation, 1);
    assert_int_equal(job.content_bytes, 0);
    store_close(&store);
    assert_true(disk.open(disk.context, "checkpoint.damaged-1234", false) >= 0);
    assert_true(disk.open(disk.context, "bursts.damaged-1234", false) >= 0);
    assert_true(disk.open(disk.context, "alarms.journal.damaged-1234", false) >= 0);
    assert_true(store_move_aside(&disk, 1234)); /* in the same second: what is aside stays */
    assert_true(disk.open(disk.context, "checkpoint.damaged-1235", false) >= 0);
    power_cut_destroy(cut);
}

static void a_damaged_burst_a_short_journal_and_missing_files_are_refused(void **state)
{
    (void)state;
    struct power_cut *cut = disk_in_use(12);
    assert_true(store.newest.closed_bursts > 0 && store.newest.journal_bytes > JOURNAL_HEADER_BYTES);
    uint64_t newest = burst_slot_offset(store.newest.ring_position - 1);
    damage(BURST_FILE, newest + 70);
    check_refused(cut, STORE_DAMAGED, BURST_FILE);
    damage(BURST_FILE, newest + 70); /* and back */
    int file = disk.open(disk.context, JOURNAL_FILE, false);
    assert_true(disk.truncate(disk.context, file, store.newest.journal_bytes - 1));
    check_refused(cut, STORE_DAMAGED, JOURNAL_FILE);
    damage(JOURNAL_FILE, 3);
    check_refused(cut, STORE_DAMAGED, JOURNAL_FILE);
    assert_true(disk.rename(disk.context, BURST_FILE, "elsewhere"));
    check_refused(cut, STORE_DAMAGED, BURST_FILE);
    assert_true(disk.rename(disk.context, "elsewhere", BURST_FILE));
    assert_true(disk.rename(disk.context, CHECKPOINT_FILE, "elsewhere"));
    check_refused(cut, STORE_DAMAGED, CHECKPOINT_FILE); /* not begun anew beside what there was */
    power_cut_destroy(cut);
}

/* As a newer version would write it: the same frame, another number. */
static void write_newer(const char *name, const char *magic, uint64_t offset)
{
    unsigned char bytes[BLOCK_SECTOR_BYTES] = {0};
    struct block block = {.magic = magic, .version = 2, .words = {1000}, .content_bytes = 100};
    size_t size = block_seal(&block, bytes);
    int file = disk.open(disk.context, name, false);
    assert_true(disk.write(disk.context, file, bytes, size, offset));
}

static void what_a_newer_version_wrote_is_refused_and_not_touched(void **state)
{
    (void)state;
    for (uint32_t slot = 0; slot < CHECKPOINT_SLOTS; slot++) {
        struct power_cut *cut = disk_in_use(4);
        write_newer(CHECKPOINT_FILE, "HNLMSLOT", slot * (uint64_t)CHECKPOINT_SLOT_BYTES);
        check_refused(cut, STORE_NEWER, CHECKPOINT_FILE);
        power_cut_destroy(cut);
    }
    struct power_cut *cut = disk_in_use(4);
    write_newer(JOURNAL_FILE, "HNLMJRNL", 0);
    check_refused(cut, STORE_NEWER, JOURNAL_FILE);
    power_cut_destroy(cut);
}

static int make_job(void **state)
{
    (void)state;
    return store_job_init(&job) ? 0 : -1;
}

static int free_job(void **state)
{
    (void)state;
    store_job_fini(&job);
    return 0;
}

int main(void)
{
    printf("test_store: repeat with HNLMON_SEED=%" PRIu64 "\n", first_seed());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_every_cut_one_complete_checkpoint_is_there_and_none_that_was_reported_is_lost),
        cmocka_unit_test(a_store_that_overwrites_its_only_slot_is_found_out),
        cmocka_unit_test(a_store_that_does_not_sync_bursts_and_journal_first_is_found_out),
        cmocka_unit_test(a_store_that_reports_before_the_checkpoint_is_synced_is_found_out),
        cmocka_unit_test(a_store_that_relies_on_what_a_killed_process_left_is_found_out),
        cmocka_unit_test(after_the_first_error_nothing_is_durable_any_more_and_the_reason_is_told),
        cmocka_unit_test(an_error_while_it_is_opened_is_told_and_harms_nothing),
        cmocka_unit_test(on_a_full_disk_checkpoints_go_on_and_the_records_wait_until_there_is_room),
        cmocka_unit_test(a_store_opens_on_a_full_disk_and_stays_with_its_journal),
        cmocka_unit_test(without_the_newest_slot_the_older_one_does_without_the_journal_that_went_on_elsewhere),
        cmocka_unit_test(one_damaged_slot_leaves_the_other_one),
        cmocka_unit_test(a_damaged_slot_that_becomes_whole_while_it_is_wiped_has_its_journal),
        cmocka_unit_test(two_damaged_slots_are_refused_until_they_are_moved_aside),
        cmocka_unit_test(a_damaged_burst_a_short_journal_and_missing_files_are_refused),
        cmocka_unit_test(what_a_newer_version_wrote_is_refused_and_not_touched),
    };
    return cmocka_run_group_tests(tests, make_job, free_job);
}
