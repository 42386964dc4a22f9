/* SPDX-License-Identifier: MIT */
/* notify - what the service manager is told (sd_notify(3)); all of it does nothing where none listens. */
#ifndef HNLMON_NOTIFY_H
#define HNLMON_NOTIFY_H

#include <stdint.h>

void notify_open(void); /* finds the manager; before the others */
void notify_close(void);

void notify_ready(void);    /* everything is bound: units that wait for this one may start */
void notify_stopping(void); /* the end has begun */
void notify_watchdog(void); /* the main loop turns */

/* One line for `systemctl status`. */
void notify_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often notify_watchdog is to be called: half of WatchdogSec, ms; 0: not at all. */
uint32_t notify_watchdog_interval_ms(void);

#endif
