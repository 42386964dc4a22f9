/* SPDX-License-Identifier: MIT */
/*
 * frame_publisher - front-end frames on a PUB socket, for whoever listens: the other end of io/tap.
 *
 * It never waits: who does not keep up, or comes late, has missed what was sent.
 */
#ifndef HNLMON_IO_FRAME_PUBLISHER_H
#define HNLMON_IO_FRAME_PUBLISHER_H

#include <stdbool.h>
#include <stdint.h>

struct frame_publisher;

/* Binds. NULL with errno set. */
struct frame_publisher *frame_publisher_create(const char *endpoint) __attribute__((warn_unused_result));
/* Waits up to 200 ms for what is still on its way. */
void frame_publisher_destroy(struct frame_publisher *publisher);

/* Waits until somebody listens; false: nobody did within timeout_ms. */
bool frame_publisher_wait(struct frame_publisher *publisher, int timeout_ms);

void frame_publisher_send(struct frame_publisher *publisher, const unsigned char *bytes, uint32_t size);

#endif
