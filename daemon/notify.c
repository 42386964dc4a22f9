/* SPDX-License-Identifier: MIT */
/* notify - see notify.h. */
#include "notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>

#define STATUS_SIZE 256u /* bounds a status line; a longer one is cut */

void notify_ready(void)
{
    sd_notify(0, "READY=1");
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void notify_watchdog(void)
{
    sd_notify(0, "WATCHDOG=1");
}

void notify_status(const char *format, ...)
{
    char status[STATUS_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(status, sizeof status, format, arguments);
    va_end(arguments);
    sd_notifyf(0, "STATUS=%s", status);
}

uint32_t notify_watchdog_interval_ms(void)
{
    uint64_t timeout_us = 0;
    if (sd_watchdog_enabled(0, &timeout_us) <= 0)
        return 0;
    uint64_t interval_ms = timeout_us / 2000;
    return interval_ms == 0 ? 1 : interval_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)interval_ms;
}
