/* SPDX-License-Identifier: MIT */
/*
 * journal - what alarms did and what operators ordered, for ever, in the append-only file `alarms.journal`.
 *
 * The file is a block without content (block.h), then records:
 *
 *   0 body bytes 4 | 4 CRC-32C 4 | body: 8 Unix time 8 | 16 kind 1 | 17 state 1 | 18 severity 1 | 19 who bytes 1 |
 *   20 id bytes 1 | 21 zero 1 | 22 text bytes 2 | who | id | text
 *
 * All little endian; the CRC-32C covers the length and the body. A record that is not whole ends the journal.
 */
#ifndef HNLMON_WIRE_JOURNAL_H
#define HNLMON_WIRE_JOURNAL_H

#include "core/alarm.h"
#include "wire/block.h"

#define JOURNAL_FILE "alarms.journal"
#define JOURNAL_VERSION 1u
#define JOURNAL_HEADER_BYTES BLOCK_SECTOR_BYTES
#define JOURNAL_WHO_SIZE 65u /* texts with their terminating 0; longer ones are cut */
#define JOURNAL_RECORD_MAX (24u + JOURNAL_WHO_SIZE + ALARM_ID_SIZE + ALARM_TEXT_SIZE)

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
    char text[ALARM_TEXT_SIZE];
};

/* The begin of the file, JOURNAL_HEADER_BYTES. */
void journal_begin(unsigned char *bytes);

/* BLOCK_VALID when the file begins as it must. */
enum block_verdict journal_judge(const unsigned char *bytes, size_t size) __attribute__((warn_unused_result));

/* Appends one record; `bytes` has room for JOURNAL_RECORD_MAX. Returns its size. */
size_t journal_encode(const struct journal_record *record, unsigned char *bytes);

/* The record at the begin of `size` bytes; returns its size, 0 when there is no whole one. Any bytes may be given;
 * texts come back as printable ASCII. */
size_t journal_decode(struct journal_record *record, const unsigned char *bytes, size_t size)
    __attribute__((warn_unused_result));

/* "start", "alarm", "ack", ... */
const char *journal_kind_name(enum journal_kind kind);

#endif
