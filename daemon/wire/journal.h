/* SPDX-License-Identifier: MIT */
/*
 * journal - what alarms did and what operators ordered, in the append-only file `alarms.journal` and, when that became
 * too long, in `alarms.journal.1`, which is what it was before.
 *
 * A place in the journal is counted in bytes since it began, in whichever file they are. A file is a block without
 * content (block.h), whose first word is the place at which the file begins, then records:
 *
 *   0 'J' | 1 kind | 2 bytes of the record 2 | 4 CRC-32C 4 | 8 Unix time, ns 8 | 16 state | 17 severity | 18 bytes of
 * who | 19 bytes of the id | 20 bytes of the text 2 | 22 zero 2 | 24 who, id, text
 *
 * All little endian; the CRC-32C covers every byte of the record but its own four. What is written together begins on a
 * sector of its own, so that a write that is cut short cannot damage what was durable before: the rest of the sector
 * before it is zero. Anything else that is not a whole record ends the journal, so do the zeros ahead of its end, which
 * make sure that there is room for what comes.
 */
#ifndef HNLMON_WIRE_JOURNAL_H
#define HNLMON_WIRE_JOURNAL_H

#include "core/alarm.h"
#include "wire/block.h"

#define JOURNAL_FILE "alarms.journal"
#define JOURNAL_OLD_FILE "alarms.journal.1"
#define JOURNAL_VERSION 1u
#define JOURNAL_HEADER_BYTES BLOCK_SECTOR_BYTES
#define JOURNAL_WHO_SIZE 65u /* texts with their terminating 0; longer ones are cut */
#define JOURNAL_TEXT_SIZE 320u
#define JOURNAL_RECORD_MAX (24u + JOURNAL_WHO_SIZE + ALARM_ID_SIZE + JOURNAL_TEXT_SIZE - 3)

enum journal_kind {
    JOURNAL_START = 1,  /* of the daemon: what it restored */
    JOURNAL_ALARM = 2,  /* an alarm was raised, became more severe, came back or was cleared */
    JOURNAL_ACK = 3,    /* from here on: orders of an operator */
    JOURNAL_SHELVE = 4, /* text: for how long */
    JOURNAL_ACCEPT = 5,
    JOURNAL_UNBLIND = 6, /* text: the reason */
    JOURNAL_BLIND = 7,
    JOURNAL_NEW_PERIOD = 8,
    JOURNAL_KIND_END
};

struct journal_record {
    enum journal_kind kind;
    uint64_t t_ns;          /* Unix time */
    enum alarm_state state; /* of the alarm afterwards; ALARM_NORMAL where there is none */
    enum severity severity; /* likewise; SEVERITY_NONE */
    char who[JOURNAL_WHO_SIZE];
    char alarm_id[ALARM_ID_SIZE];
    char text[JOURNAL_TEXT_SIZE];
};

/* Up to the next whole sector. */
size_t journal_padding(uint64_t file_bytes);

/* The begin of a file, JOURNAL_HEADER_BYTES; place: of its first byte. */
void journal_begin(uint64_t place, unsigned char *bytes);

/* BLOCK_VALID when the file begins as it must; then *place is that of its first byte. */
enum block_verdict journal_judge(uint64_t *place, const unsigned char *bytes, size_t size)
    __attribute__((warn_unused_result));

/* Writes one record; `bytes` has room for JOURNAL_RECORD_MAX. Returns its size. */
size_t journal_encode(const struct journal_record *record, unsigned char *bytes);

/* The record at *at or behind the zeros there; `bytes` is the file from its begin, *at at first JOURNAL_HEADER_BYTES,
 * and is moved behind the record. False at the end: *at is where the whole records end. Any bytes may be given; texts
 * come back as printable ASCII. */
bool journal_next(struct journal_record *record, const unsigned char *bytes, size_t size, size_t *at)
    __attribute__((warn_unused_result));

/* "start", "alarm", "ack", ... */
const char *journal_kind_name(enum journal_kind kind);

#endif
