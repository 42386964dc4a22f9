/* SPDX-License-Identifier: MIT */
/* log - see log.h. */
#include "log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "io/clock.h"

/* A message and how often it came in its window. */
struct message {
    const char *module, *format; /* NULL: free */
    enum log_level level;
    int64_t begin_ns; /* of the window, monotonic time */
    uint64_t count;
    char text[LOG_TEXT_SIZE]; /* of the last line that was written */
};

static struct {
    enum log_level level;
    void (*sink)(void *context, enum log_level level, const char *module, const char *text);
    void *context;
    bool is_in_sink;
    struct message messages[LOG_MESSAGES_MAX];
} state = {.level = LEVEL_INFO};

const char *log_level_name(enum log_level level)
{
    switch (level) {
    case LEVEL_ERROR:
        return "error";
    case LEVEL_WARNING:
        return "warning";
    case LEVEL_INFO:
        return "info";
    case LEVEL_DEBUG:
        return "debug";
    }
    return "?";
}

void log_set_level(enum log_level level)
{
    state.level = level;
}

void log_set_sink(void (*sink)(void *context, enum log_level level, const char *module, const char *text),
                  void *context)
{
    state.sink = sink;
    state.context = context;
}

/* JOURNAL_STREAM is inherited by whatever a service starts, so systemd.exec(5) asks to compare it with stderr. */
static bool is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    uint64_t device, inode;
    return stream != NULL && sscanf(stream, "%" SCNu64 ":%" SCNu64, &device, &inode) == 2 &&
           fstat(fileno(stderr), &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

/* One call of stdio, so that lines of several processes on one terminal stay whole. */
static void write_stderr(enum log_level level, const char *module, const char *text)
{
    if (is_journal()) {
        fprintf(stderr, "<%d>%s: %s\n", (int)level, module, text);
        return;
    }
    uint64_t now_ns = clock_unix_ns();
    time_t now_s = (time_t)(now_ns / NS_PER_S);
    struct tm local;
    char clock[16];
    localtime_r(&now_s, &local);
    strftime(clock, sizeof clock, "%H:%M:%S", &local);
    fprintf(stderr, "%s.%03d %s %s: %s\n", clock, (int)(now_ns % NS_PER_S / NS_PER_MS), log_level_name(level), module,
            text);
}

static void write_line(enum log_level level, const char *module, const char *text)
{
    write_stderr(level, module, text);
    if (state.sink == NULL)
        return;
    state.is_in_sink = true;
    state.sink(state.context, level, module, text);
    state.is_in_sink = false;
}

/* Ends the window of a message. */
static void close_window(struct message *message)
{
    if (message->format != NULL && message->count > LOG_BURST_LINES) {
        char text[LOG_TEXT_SIZE];
        snprintf(text, sizeof text, "%" PRIu64 " more like this: %.440s", message->count - LOG_BURST_LINES,
                 message->text);
        write_line(message->level, message->module, text);
    }
    message->format = NULL;
}

/* The entry of a message: its own, a free one, or the one that began first. */
static struct message *entry_of(const char *module, const char *format)
{
    struct message *chosen = &state.messages[0];
    for (size_t i = 0; i < LOG_MESSAGES_MAX; i++) {
        struct message *message = &state.messages[i];
        if (message->format == format && strcmp(message->module, module) == 0)
            return message;
        if (chosen->format != NULL && (message->format == NULL || message->begin_ns < chosen->begin_ns))
            chosen = message;
    }
    close_window(chosen);
    return chosen;
}

/* Counts a message. NULL: it is held back. */
static struct message *admit(enum log_level level, const char *module, const char *format)
{
    int64_t now_ns = clock_monotonic_ns();
    struct message *message = entry_of(module, format);
    if (now_ns - message->begin_ns >= LOG_WINDOW_S * NS_PER_S)
        close_window(message);
    if (message->format == NULL)
        *message = (struct message){.module = module, .format = format, .level = level, .begin_ns = now_ns};
    message->count++;
    return message->count <= LOG_BURST_LINES ? message : NULL;
}

/* Writes a text unless its message is held back. */
static void write_admitted(enum log_level level, const char *module, const char *format, const char *text)
{
    struct message *message = admit(level, module, format);
    if (message == NULL)
        return;
    strcpy(message->text, text);
    write_line(level, module, text);
}

static void write_formatted(enum log_level level, const char *module, bool is_limited, const char *format,
                            va_list arguments) __attribute__((format(printf, 4, 0)));
static void write_formatted(enum log_level level, const char *module, bool is_limited, const char *format,
                            va_list arguments)
{
    char text[LOG_TEXT_SIZE];
    if (level > state.level)
        return;
    vsnprintf(text, sizeof text, format, arguments);
    for (char *at = text; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    if (state.is_in_sink)
        write_stderr(level, module, text);
    else if (is_limited)
        write_admitted(level, module, format, text);
    else
        write_line(level, module, text);
}

void log_write(enum log_level level, const char *module, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_formatted(level, module, true, format, arguments);
    va_end(arguments);
}

void log_write_always(enum log_level level, const char *module, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_formatted(level, module, false, format, arguments);
    va_end(arguments);
}

void log_tick(void)
{
    int64_t now_ns = clock_monotonic_ns();
    for (size_t i = 0; i < LOG_MESSAGES_MAX; i++)
        if (state.messages[i].format != NULL && now_ns - state.messages[i].begin_ns >= LOG_WINDOW_S * NS_PER_S)
            close_window(&state.messages[i]);
}

void log_fini(void)
{
    for (size_t i = 0; i < LOG_MESSAGES_MAX; i++)
        close_window(&state.messages[i]);
    state.sink = NULL;
}
