/* SPDX-License-Identifier: MIT */
/*
 * fuzz_journal - the journal of alarms, as the bytes are, and with its header and every checksum put right: the reader
 * stops within them, its texts are printable, and every record comes back from its own encoding.
 */
#include "fuzz.h"
#include "hnlmon/crc32c.h"
#include "wire/journal.h"
#include "wire/le64.h"

static void check_text(const char *text, size_t size)
{
    const char *end = memchr(text, 0, size);
    assert(end);
    for (; text < end; text++)
        assert(*text >= ' ' && *text <= '~');
}

static void check_record(const struct journal_record *record)
{
    static unsigned char file[JOURNAL_HEADER_BYTES + JOURNAL_RECORD_MAX];
    struct journal_record again;
    size_t at = JOURNAL_HEADER_BYTES;
    check_text(record->who, sizeof record->who);
    check_text(record->alarm_id, sizeof record->alarm_id);
    check_text(record->text, sizeof record->text);
    assert(journal_kind_name(record->kind)[0] != '?');
    size_t size = journal_encode(record, file + at);
    assert(size <= JOURNAL_RECORD_MAX);
    bool is_there = journal_next(&again, file, at + size, &at);
    assert(is_there && at == JOURNAL_HEADER_BYTES + size && again.kind == record->kind && again.t_ns == record->t_ns);
    assert(strcmp(again.who, record->who) == 0 && strcmp(again.alarm_id, record->alarm_id) == 0);
    assert(strcmp(again.text, record->text) == 0 && again.state == record->state);
    assert(again.severity == record->severity);
}

static void read_all(const unsigned char *bytes, size_t size)
{
    struct journal_record record;
    size_t at = JOURNAL_HEADER_BYTES, before = at;
    uint64_t place = 0;
    (void)!journal_judge(&place, bytes, size);
    while (journal_next(&record, bytes, size, &at)) {
        assert(at > before && at <= size);
        before = at;
        check_record(&record);
    }
    assert(at == before);
}

/* Walks as the reader would if every record were whole. */
static void fix_checksums(unsigned char *bytes, size_t size)
{
    size_t at = JOURNAL_HEADER_BYTES;
    while (at + 24 <= size) {
        if (bytes[at] == 0) {
            at += at % BLOCK_SECTOR_BYTES ? journal_padding(at) : BLOCK_SECTOR_BYTES;
            continue;
        }
        size_t record = bytes[at + 2] | (size_t)bytes[at + 3] << 8;
        if (record < 24 || record > size - at)
            return;
        uint32_t crc = crc32c(0, bytes + at, 4);
        store_le32(bytes + at + 4, crc32c(crc, bytes + at + 8, record - 8));
        at += record;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_all(bytes, size);
    unsigned char *file = calloc(JOURNAL_HEADER_BYTES + size, 1);
    assert(file);
    uint64_t place = 0;
    journal_begin(size, file);
    assert(journal_judge(&place, file, JOURNAL_HEADER_BYTES) == BLOCK_VALID && place == size);
    if (size > 0)
        memcpy(file + JOURNAL_HEADER_BYTES, bytes, size);
    fix_checksums(file, JOURNAL_HEADER_BYTES + size);
    read_all(file, JOURNAL_HEADER_BYTES + size);
    free(file);
    return 0;
}
