/* SPDX-License-Identifier: MIT */
/*
 * ack - the acknowledge protocol of the link, for Spin: a front-end that keeps what is not acknowledged, a daemon that
 * counts, writes checkpoints into two slots and then acknowledges, and a wire that loses and doubles.
 *
 *   front-end --Hello, Batch--> daemon --job--> storage: the older of two slots, sync
 *       ^------Welcome, Gap, Ack---'   <--done--'
 *
 * A batch is one candidate. The daemon may die between any two steps, also while a slot is being written: that slot
 * then holds what it held before, the new contents, or nothing that has a right checksum. It starts again from the
 * newest good slot. Time is not modelled: who waits for an answer asks again when nothing else can happen.
 *
 * Safety, by assertions: nothing lost (a daemon never asks for what the front-end has forgotten), nothing counted twice
 * (in memory and in every good slot), and what is acknowledged is durable. Liveness: as crashes and faults of the wire
 * are finite, everything is acknowledged in the end, and then a good slot holds each candidate once.
 *
 * Orders that must fail, by a macro each:
 *   BROKEN_ACK_FIRST   acknowledges what was counted, before a checkpoint has it
 *   BROKEN_ACK_LATEST  acknowledges, when a checkpoint is done, what was counted meanwhile
 *   BROKEN_ONE_SLOT    overwrites the only slot
 *   BROKEN_NO_TRIM     counts a batch that comes again
 */
#define CANDIDATES 3 /* seqs 1 .. 3; two bits each in the sums */
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef FAULTS
#define FAULTS 2 /* messages lost or doubled */
#endif
#define RECONNECTS 1 /* of the front-end without need */

mtype = { HELLO, BATCH, WELCOME, GAP, ACK };

chan to_daemon = [2] of { mtype, byte };
chan to_front_end = [2] of { mtype, byte };

byte crashes = CRASHES, faults = FAULTS, reconnects = RECONNECTS;

/* The front-end: seqs up to `released` are forgotten, `position` is sent next. */
byte released = 0, position = 1;
bool is_welcome = false;

/* The daemon's memory, which a crash takes. sums: how often each seq was counted, two bits each. */
byte next_seq = 1, sums = 0;
bool is_known = false; /* somebody said Hello since the start */
bool is_ack_due = false;
byte durable_seq = 0; /* what it would acknowledge */

/* The job under way, and what the one before it held. */
bool is_writing = false;
byte job_next = 1, job_sums = 0, taken_next = 1;

/* The disk. Generation 0: never written, or damaged. */
typedef slot {
    byte generation;
    byte next;
    byte sums
};
slot slots[2];
byte newest = 0, generation = 0;
byte proven_seq = 0; /* what every restart would find, whatever becomes of the slot being written */

#define COUNT_OF(a, seq) ((a >> (2 * ((seq) - 1))) & 3)
/* Each seq below `next` once, the others not at all: 1 + 4 + 16 = 21. */
#define IS_EXACT(a, next) ((a) == ((next) == 1 -> 0 : ((next) == 2 -> 1 : ((next) == 3 -> 5 : 21))))

#ifdef BROKEN_ONE_SLOT
#define OLDER newest
#else
#define OLDER (1 - newest)
#endif

inline drain(channel)
{
    do
    :: nempty(channel) -> channel?_, _
    :: empty(channel) -> break
    od
}

inline write_slot(which)
{
    slots[which].generation = generation + 1;
    slots[which].next = job_next;
    slots[which].sums = job_sums
}

proctype front_end()
{
    byte seq;
end:
    do
    :: atomic { is_welcome && position <= CANDIDATES && nfull(to_daemon) ->
            to_daemon!BATCH, position;
            position++ }
    :: atomic { to_front_end?WELCOME, seq ->
            assert(seq > released); /* nothing lost: what it asks for is still held */
            is_welcome = true;
            position = seq }
    :: atomic { to_front_end?GAP, seq ->
            assert(seq > released);
            position = seq }
    :: atomic { to_front_end?ACK, seq ->
            assert(seq <= proven_seq); /* what is acknowledged is durable */
            if
            :: seq > released -> released = seq
            :: else
            fi }
    :: atomic { reconnects > 0 && released < CANDIDATES ->
            reconnects--;
            drain(to_daemon);
            drain(to_front_end);
            is_welcome = false;
            to_daemon!HELLO, 0 }
    :: atomic { timeout && released < CANDIDATES -> /* a fresh connection */
            drain(to_daemon);
            drain(to_front_end);
            is_welcome = false;
            to_daemon!HELLO, 0 }
    od
}

proctype daemon()
{
    byte seq;
end:
    do
    :: atomic { nfull(to_front_end) && to_daemon?[HELLO, _] ->
            to_daemon?HELLO, _;
            is_known = true;
            is_ack_due = true; /* in the program a heartbeat asks for it */
            to_front_end!WELCOME, next_seq }
    :: atomic { nfull(to_front_end) && to_daemon?[BATCH, _] ->
            to_daemon?BATCH, seq;
            if
            :: !is_known /* not welcome */
            :: is_known && seq > next_seq -> to_front_end!GAP, next_seq
#ifdef BROKEN_NO_TRIM
            :: is_known && seq < next_seq -> sums = sums + (1 << (2 * (seq - 1)))
#else
            :: is_known && seq < next_seq -> is_ack_due = true
#endif
            :: is_known && seq == next_seq ->
                sums = sums + (1 << (2 * (seq - 1)));
                next_seq++
#ifdef BROKEN_ACK_FIRST
                ;
                durable_seq = next_seq - 1;
                is_ack_due = true
#endif
            fi;
            assert(IS_EXACT(sums, next_seq)) } /* nothing counted twice */
    :: atomic { !is_writing && next_seq != taken_next -> /* a checkpoint is taken */
            is_writing = true;
            job_next = next_seq;
            job_sums = sums;
            taken_next = next_seq }
    :: atomic { is_writing -> /* written and synced */
            write_slot(OLDER);
            newest = OLDER;
            generation++;
            is_writing = false;
            proven_seq = job_next - 1;
#ifdef BROKEN_ACK_LATEST
            durable_seq = next_seq - 1;
#else
            durable_seq = job_next - 1;
#endif
            is_ack_due = true }
    :: atomic { is_ack_due && nfull(to_front_end) ->
            is_ack_due = false;
            to_front_end!ACK, durable_seq }
    od
}

/* kill -9, or the power: memory and connections are gone. */
proctype crash()
{
end:
    do
    :: atomic { crashes > 0 ->
            crashes--;
            drain(to_daemon);
            drain(to_front_end);
            if
            :: is_writing -> /* new, torn, or untouched */
                if
                :: write_slot(OLDER)
                :: slots[OLDER].generation = 0
                :: skip
                fi
            :: else
            fi;
            is_writing = false;
            is_known = false;
            is_ack_due = false;
            /* The newest good slot, or nothing. */
            newest = (slots[1].generation > slots[0].generation -> 1 : 0);
            generation = slots[newest].generation;
            if
            :: generation > 0 ->
                next_seq = slots[newest].next;
                sums = slots[newest].sums
            :: else ->
                next_seq = 1;
                sums = 0
            fi;
            assert(IS_EXACT(sums, next_seq)); /* one whole checkpoint, each candidate once */
            assert(next_seq > released);
            taken_next = next_seq;
            job_next = next_seq;
            job_sums = sums;
            durable_seq = next_seq - 1;
            proven_seq = next_seq - 1 }
    od
}

proctype wire()
{
    mtype kind;
    byte seq;
end:
    do
    :: atomic { faults > 0 && nempty(to_daemon) -> to_daemon?_, _; faults-- }
    :: atomic { faults > 0 && nempty(to_front_end) -> to_front_end?_, _; faults-- }
    :: atomic { faults > 0 && nempty(to_daemon) && nfull(to_daemon) ->
            to_daemon?<kind, seq>;
            to_daemon!kind, seq;
            faults-- }
    od
}

init
{
    atomic {
        run front_end();
        run daemon();
        run crash();
        run wire()
    }
}

ltl everything_is_acknowledged { <> [] (released == CANDIDATES && proven_seq == CANDIDATES) }
