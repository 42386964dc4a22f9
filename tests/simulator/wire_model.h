/* SPDX-License-Identifier: MIT */
/*
 * wire_model - connections between front-ends and the daemon, as TCP and libzmq make them: in order and without
 * repetition on each, but late, stalled, or cut in the middle, with or without anybody hearing of it.
 *
 * What was on its way to the daemon when a connection ended may still arrive, beside its successor's.
 */
#ifndef HNLMON_SIMULATOR_WIRE_MODEL_H
#define HNLMON_SIMULATOR_WIRE_MODEL_H

#include "world.h"

#define WIRE_CONNECTIONS 32u
#define WIRE_MESSAGES 64u /* in each direction of a connection: its high-water mark */
#define WIRE_STRANGER UINT32_MAX

struct wire_message {
    unsigned char *bytes;
    uint32_t size;
    int64_t due_ns;
};

struct wire_queue {
    struct wire_message messages[WIRE_MESSAGES];
    uint32_t first, count;
};

struct wire_connection {
    uint32_t number; /* its routing id; 0: free */
    uint32_t owner;  /* a front-end, or WIRE_STRANGER, who has no answers */
    bool is_open;    /* the front-end has it */
    bool is_dead;    /* what is sent from now on, either way, is lost, .. */
    bool is_renewed; /* .. until the daemon is back, when libzmq connects anew by itself */
    uint32_t vanished;
    int64_t told_ns; /* when the front-end hears that it is gone */
    int64_t stalled_ns;
    int64_t delay_ns; /* of a message, at most */
    struct wire_queue up, down;
};

struct wire_calls {
    void *context;
    void (*to_daemon)(void *context, uint32_t connection, const unsigned char *bytes, uint32_t size);
    void (*to_front_end)(void *context, uint32_t owner, const unsigned char *bytes, uint32_t size);
    void (*told)(void *context, uint32_t owner); /* its connection is gone */
};

struct wire_model {
    struct world *world;
    struct wire_calls calls;
    bool is_daemon_up;
    uint32_t last_number;
    struct wire_connection connections[WIRE_CONNECTIONS];
};

void wire_model_init(struct wire_model *wire, struct world *world, const struct wire_calls *calls);
void wire_model_fini(struct wire_model *wire);

/* A front-end opens a connection, and ends it. It has one at a time. */
void wire_model_open(struct wire_model *wire, uint32_t owner);
void wire_model_close(struct wire_model *wire, uint32_t owner);
/* Whether something of its earlier connections may still arrive. */
bool wire_model_has_late(const struct wire_model *wire, uint32_t owner);

/* False when the queue is full, or nobody is there. */
bool wire_model_send_up(struct wire_model *wire, uint32_t owner, const unsigned char *bytes, uint32_t size);
bool wire_model_send_down(struct wire_model *wire, uint32_t connection, const unsigned char *bytes, uint32_t size);

/* The daemon is gone, with all that was on its way; it is back. */
void wire_model_daemon_died(struct wire_model *wire);
void wire_model_daemon_started(struct wire_model *wire);

/* Something happens to the connection of a front-end. */
void wire_model_disturb(struct wire_model *wire, uint32_t owner);

/* Brings what is due; when the next is. */
void wire_model_deliver(struct wire_model *wire);
int64_t wire_model_next_ns(const struct wire_model *wire);

#endif
