/* SPDX-License-Identifier: MIT */
/*
 * daemon_model - the daemon without sockets, thread and clock: io/reception, core/monitor and io/store over a disk
 * whose power can be cut, in the order of daemon/state.c. It dies at any step and comes back with what is on the disk.
 *
 *   is due: reception_checkpoint_taken, savepoint_take --later--> store_write --later--> reception_checkpoint_durable
 *
 * At each start it checks what the last one promised: everything that was acknowledged is there, every alarm that was
 * told as durable, and the journal says each once. It keeps what it did as far as the disk knows of it, for the oracle.
 */
#ifndef HNLMON_SIMULATOR_DAEMON_MODEL_H
#define HNLMON_SIMULATOR_DAEMON_MODEL_H

#include "../unit/io/power_cut.h"
#include "front_end.h"
#include "io/reception.h"
#include "io/savepoint.h"

#define ACKED_MAX (SOURCES_MAX * LIVES_MAX)
#define HISTORY_MAX 8192u

/* Candidates that the daemon counted as lost. */
struct loss_range {
    uint32_t source;
    uint64_t epoch, first, last;
    enum loss_cause cause;
};

struct alarm_change {
    char id[ALARM_ID_SIZE];
    enum alarm_state state;
};

enum order_kind { ORDER_ACKNOWLEDGE, ORDER_ACCEPT_LEVEL, ORDER_NEW_PERIOD, ORDER_COUNT };

/* Of an operator, after so many closed bursts. */
struct order {
    enum order_kind kind;
    uint64_t closed_bursts;
    char id[ALARM_ID_SIZE];
};

/* A restart undoes what is newer than its checkpoint. */
struct history {
    struct loss_range losses[HISTORY_MAX];
    struct alarm_change changes[HISTORY_MAX];
    struct order orders[HISTORY_MAX];
    uint32_t loss_count, change_count, order_count;
};

/* What a checkpoint covers. */
struct covered {
    uint64_t generation;
    uint32_t change_count, order_count;
};

/* The furthest that a source was told to be durable. */
struct acked {
    uint32_t source;
    uint64_t epoch, seq;
    uint32_t run, burst;
};

enum checkpoint_stage { CHECKPOINT_NONE, CHECKPOINT_TAKEN, CHECKPOINT_WRITTEN };

struct daemon_model {
    struct world *world;
    struct wire_model *wire;
    const struct plan *plan;
    struct monitor *monitor;
    struct reception *reception; /* NULL: it is down */
    struct power_cut *cut;
    struct disk disk;
    struct store store;
    struct savepoint savepoint;
    enum checkpoint_stage stage;
    int64_t stage_ns;  /* of the next one, or of the start */
    int64_t offset_ns; /* its clock: another one after each start */
    bool has_failed;   /* the disk; nothing is durable any more */
    struct covered taken, durable;
    uint32_t told_changes; /* covered when it was told that it is durable */
    struct history history;
    struct acked acked[ACKED_MAX];
    uint32_t acked_count;
};

void daemon_model_init(struct daemon_model *daemon, struct world *world, struct wire_model *wire,
                       const struct plan *plan);
void daemon_model_fini(struct daemon_model *daemon);

void daemon_model_receive(struct daemon_model *daemon, uint32_t connection, const unsigned char *bytes, uint32_t size);

/* Answers, and does what is due; when it wants to be called again. */
void daemon_model_step(struct daemon_model *daemon);
int64_t daemon_model_next_ns(const struct daemon_model *daemon);

/* kill -9 or a cut of the power, now or in the middle of the write that is under way. */
void daemon_model_crash(struct daemon_model *daemon, bool is_power_cut);

/* One of the next operations of the disk fails. */
void daemon_model_break_disk(struct daemon_model *daemon);

/* An operator does something. */
void daemon_model_order(struct daemon_model *daemon);

/* It runs, and all that it knows is on the disk. */
bool daemon_model_is_idle(const struct daemon_model *daemon);

/* NULL when it has none. */
const struct ledger_entry *daemon_model_entry(const struct monitor *monitor, uint32_t source, uint64_t epoch);

/* A monitor as it was created, for the daemon (0) or a reference (1); it stays the model's. */
struct monitor *daemon_model_monitor(const struct plan *plan, uint32_t which, const struct monitor_observer *observer);

#endif
