/* SPDX-License-Identifier: MIT */
/*
 * log - lines for whoever runs the daemon: on stderr, and to one sink, which publishes them.
 *
 * It decides how a line looks and how often one is repeated: a message (module and format) that comes more than
 * LOG_BURST_LINES times in LOG_WINDOW_S is held back, and later one line says how many there were. What is worth a line
 * is left to the callers; nothing is, per candidate. To be called from one thread.
 */
#ifndef HNLMON_LOG_H
#define HNLMON_LOG_H

/* The numbers are those of syslog(3), of the journal, and of LogLine.level. */
enum log_level { LEVEL_ERROR = 3, LEVEL_WARNING = 4, LEVEL_INFO = 6, LEVEL_DEBUG = 7 };

#define LOG_TEXT_SIZE 512u   /* bounds the text of a line; a longer one is cut */
#define LOG_BURST_LINES 10u  /* of one message that are written in a window */
#define LOG_WINDOW_S 10      /* from the first of these lines on */
#define LOG_MESSAGES_MAX 64u /* messages that are limited at a time; the one that began first makes room */

/* "error", "warning", "info", "debug": as in the configuration and in the topic hnlmon.v1.log.<level>. */
const char *log_level_name(enum log_level level);

/* Lines of this level and of the more urgent ones are written; before the first call: LEVEL_INFO. */
void log_set_level(enum log_level level);

/* The sink gets every line that is written, after stderr; NULL: none. The text has neither level nor line end. What is
 * logged from inside the sink goes to stderr only. */
void log_set_sink(void (*sink)(void *context, enum log_level level, const char *module, const char *text),
                  void *context);

/* One line without its end. `module` and `format` are texts that stay (literals). Bytes that are not printable ASCII
 * become '?', since some of what is told comes from the network. */
void log_write(enum log_level level, const char *module, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same, and never held back: for lines that scripts rely on, whose number is bounded by what they tell of (alarms,
 * sources). */
void log_write_always(enum log_level level, const char *module, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says "N more like this" for the messages whose window is over. For once a second or so. */
void log_tick(void);

/* Says it for all, and forgets the sink. For the end of the program. */
void log_fini(void);

#endif
