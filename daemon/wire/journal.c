/* SPDX-License-Identifier: MIT */
/* journal - see journal.h. */
#include "wire/journal.h"

#include <assert.h>
#include <string.h>

#include "hnlmon/crc32c.h"
#include "wire/le64.h"

#define MARK 'J'
#define CRC_AT 4u
#define TEXTS_AT 24u

static const char magic[] = "HNLMJRNL";

_Static_assert(JOURNAL_WHO_SIZE <= 256 && ALARM_ID_SIZE <= 256 && JOURNAL_RECORD_MAX < 65536, "lengths fit");

size_t journal_padding(uint64_t file_bytes)
{
    return (size_t)((BLOCK_SECTOR_BYTES - file_bytes % BLOCK_SECTOR_BYTES) % BLOCK_SECTOR_BYTES);
}

void journal_begin(uint64_t place, unsigned char *bytes)
{
    struct block block = {.magic = magic, .version = JOURNAL_VERSION, .words = {place}};
    (void)block_seal(&block, bytes);
}

enum block_verdict journal_judge(uint64_t *place, const unsigned char *bytes, size_t size)
{
    struct block block = {.magic = magic, .version = JOURNAL_VERSION};
    enum block_verdict verdict = block_judge(&block, bytes, size);
    if (verdict == BLOCK_VALID)
        *place = block.words[0];
    return verdict;
}

static void store_le16(unsigned char *bytes, size_t value)
{
    bytes[0] = (unsigned char)value;
    bytes[1] = (unsigned char)(value >> 8);
}

static size_t load_le16(const unsigned char *bytes)
{
    return bytes[0] | (size_t)bytes[1] << 8;
}

static uint32_t crc_of(const unsigned char *bytes, size_t size)
{
    return crc32c(crc32c(0, bytes, CRC_AT), bytes + CRC_AT + 4, size - CRC_AT - 4);
}

static size_t put_text(unsigned char *bytes, size_t at, const char *text, size_t size)
{
    memcpy(bytes + at, text, size);
    return at + size;
}

size_t journal_encode(const struct journal_record *record, unsigned char *bytes)
{
    size_t who_bytes = strnlen(record->who, sizeof record->who - 1);
    size_t id_bytes = strnlen(record->alarm_id, sizeof record->alarm_id - 1);
    size_t text_bytes = strnlen(record->text, sizeof record->text - 1);
    size_t size = put_text(bytes, TEXTS_AT, record->who, who_bytes);
    size = put_text(bytes, size, record->alarm_id, id_bytes);
    size = put_text(bytes, size, record->text, text_bytes);
    bytes[0] = MARK;
    bytes[1] = (unsigned char)record->kind;
    store_le16(bytes + 2, size);
    store_le64(bytes + 8, record->t_ns);
    bytes[16] = (unsigned char)record->state;
    bytes[17] = (unsigned char)record->severity;
    bytes[18] = (unsigned char)who_bytes;
    bytes[19] = (unsigned char)id_bytes;
    store_le16(bytes + 20, text_bytes);
    store_le16(bytes + 22, 0);
    store_le32(bytes + CRC_AT, crc_of(bytes, size));
    return size;
}

/* Copies what people will read; `kept` has room for `size` and a 0. */
static const unsigned char *get_text(char *kept, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        kept[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '?';
    kept[size] = '\0';
    return bytes + size;
}

static bool has_known_values(const unsigned char *bytes)
{
    return bytes[1] > 0 && bytes[1] < JOURNAL_KIND_END && bytes[16] < ALARM_STATE_COUNT && bytes[17] < SEVERITY_COUNT &&
           load_le16(bytes + 22) == 0;
}

static bool has_sound_lengths(const unsigned char *bytes, size_t record_bytes)
{
    return bytes[18] < JOURNAL_WHO_SIZE && bytes[19] < ALARM_ID_SIZE && load_le16(bytes + 20) < JOURNAL_TEXT_SIZE &&
           TEXTS_AT + bytes[18] + bytes[19] + load_le16(bytes + 20) == record_bytes;
}

/* The size of the whole record at `bytes`; 0: there is none. */
static size_t whole_bytes(const unsigned char *bytes, size_t size)
{
    if (size < TEXTS_AT || bytes[0] != MARK)
        return 0;
    size_t record_bytes = load_le16(bytes + 2);
    if (record_bytes < TEXTS_AT || record_bytes > size || load_le32(bytes + CRC_AT) != crc_of(bytes, record_bytes))
        return 0;
    return has_known_values(bytes) && has_sound_lengths(bytes, record_bytes) ? record_bytes : 0;
}

/* A record begins with MARK, so zeros up to the next sector are nothing but padding. */
static size_t skip_padding(const unsigned char *bytes, size_t size, size_t at)
{
    size_t padding = journal_padding(at);
    if (padding > size - at)
        return at;
    for (size_t i = 0; i < padding; i++)
        if (bytes[at + i] != 0)
            return at;
    return at + padding;
}

bool journal_next(struct journal_record *record, const unsigned char *bytes, size_t size, size_t *at)
{
    if (*at > size)
        return false;
    size_t start = skip_padding(bytes, size, *at);
    size_t record_bytes = whole_bytes(bytes + start, size - start);
    if (record_bytes == 0)
        return false;
    const unsigned char *begin = bytes + start;
    record->kind = (enum journal_kind)begin[1];
    record->t_ns = load_le64(begin + 8);
    record->state = (enum alarm_state)begin[16];
    record->severity = (enum severity)begin[17];
    const unsigned char *text = get_text(record->who, begin + TEXTS_AT, begin[18]);
    text = get_text(record->alarm_id, text, begin[19]);
    text = get_text(record->text, text, load_le16(begin + 20));
    assert(text == begin + record_bytes);
    *at = start + record_bytes;
    return true;
}

const char *journal_kind_name(enum journal_kind kind)
{
    static const char *const names[JOURNAL_KIND_END] = {
        [JOURNAL_START] = "start",   [JOURNAL_ALARM] = "alarm",           [JOURNAL_ACK] = "ack",
        [JOURNAL_SHELVE] = "shelve", [JOURNAL_ACCEPT] = "accept",         [JOURNAL_UNBLIND] = "unblind",
        [JOURNAL_BLIND] = "blind",   [JOURNAL_NEW_PERIOD] = "new-period",
    };
    return kind > 0 && kind < JOURNAL_KIND_END ? names[kind] : "?";
}
