/* SPDX-License-Identifier: MIT */
/*
 * decisions - publishes which candidates of a batch each emulated line keeps, as long as somebody subscribes to that.
 *
 * What a line keeps is decided in core/line, who hears of it in io/publisher.
 */
#ifndef HNLMON_IO_DECISIONS_H
#define HNLMON_IO_DECISIONS_H

#include <stdint.h>

#include "core/monitor.h"
#include "wire/published.h"

struct decisions;
struct publisher;

/* NULL when out of memory. All that it is given must outlive it; of *envelope instance, epoch and config_sha256 are
 * taken. */
struct decisions *decisions_create(struct publisher *publisher, const struct monitor *monitor,
                                   const struct envelope *envelope) __attribute__((warn_unused_result));
void decisions_destroy(struct decisions *decisions);

/* A batch was counted, in a burst that began at t_ns of its source. */
void decisions_publish(struct decisions *decisions, const struct applied *applied, uint64_t t_ns);

#endif
