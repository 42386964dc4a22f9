/* SPDX-License-Identifier: MIT */
/*
 * config - the settings of the daemon: one table of keys that drives reading, checking and printing.
 *
 * A setting comes from its default, the YAML file, an HNLMON_* variable or an option, and the later of these wins: call
 *
 *   config_defaults -> config_load_file -> config_load_environment -> config_set, config_set_key
 *
 * Every mistake is an error: it is told in one line without end, and then `config` may be partly changed. A function
 * that returns false has filled `error`; nothing is written otherwise. Numbers are read in the C locale.
 */
#ifndef HNLMON_CONFIG_H
#define HNLMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/alarm.h"
#include "hnlmon/select.h"
#include "log.h"

/* Sizes of texts with their terminating 0. Texts are printable ASCII. */
#define CONFIG_NAME_SIZE 64u
#define CONFIG_ENDPOINT_SIZE 256u
#define CONFIG_PATH_SIZE 1024u
#define CONFIG_FILE_SIZE_MAX 65536u /* bytes; bounds what is read of a file */
#define CONFIG_ERROR_SIZE 1024u     /* room for any error; a smaller buffer cuts it */

/* SANDBOX_AUTO: wherever it is possible (io/sandbox.h). */
enum config_sandbox { SANDBOX_AUTO, SANDBOX_ON, SANDBOX_OFF };

/* Member a.b is the key a.b, background.template_file is background.template. Units and ranges: the table in
 * config_table.c, which `hnlmond --print-config` shows. */
struct config {
    char instance[CONFIG_NAME_SIZE]; /* not empty */
    struct {
        char endpoint[CONFIG_ENDPOINT_SIZE];
        uint32_t credit_candidates; /* BATCH_CANDIDATES_MAX .. 2^30 */
        uint32_t max_batch;         /* candidates, 1 .. BATCH_CANDIDATES_MAX */
        uint32_t expected_sources;  /* 0 .. LEDGER_ENTRIES_MAX; 0: those that are there */
    } link;
    struct {
        char endpoint[CONFIG_PATH_SIZE]; /* one or more, separated by blanks; "": none */
    } tap;
    struct {
        char endpoint[CONFIG_ENDPOINT_SIZE];
        uint32_t interval_ms; /* 1 .. 60000 */
    } publisher;
    struct {
        char endpoint[CONFIG_ENDPOINT_SIZE];
    } control;
    struct {
        enum selection_preset preset;
    } selection;
    struct {
        double f_sys;                         /* 0 .. 1 */
        char template_file[CONFIG_PATH_SIZE]; /* "": the built-in one of the selection */
    } background;
    struct alarm_promise alarm;
    struct {
        double close_timeout_s; /* 0.01 .. 86400 */
    } burst;
    struct {
        char file[CONFIG_PATH_SIZE]; /* "": none */
    } record;
    struct {
        char directory[CONFIG_PATH_SIZE]; /* "": nothing survives the end */
        uint32_t interval_ms;             /* 10 .. 60000 */
    } state;
    struct {
        char key_file[CONFIG_PATH_SIZE]; /* "": nothing unblinds */
    } blind;
    struct {
        char certificate[CONFIG_PATH_SIZE]; /* "": the sockets are plain */
        char clients[CONFIG_PATH_SIZE];     /* a directory */
    } curve;
    struct {
        enum config_sandbox seccomp;
    } sandbox;
    struct {
        enum log_level level;
    } log;
    struct {
        uint32_t front_ends; /* 1 .. LEDGER_ENTRIES_MAX */
    } limits;
};

/* Every member; all of `config` is written, so that two of them can be compared with memcmp. */
void config_defaults(struct config *config);

/* Errors: "FILE:LINE:COLUMN: what", or "FILE: why it cannot be read". Keys that the file leaves out stay. */
bool config_load_file(struct config *config, const char *path, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Key a.b is the variable HNLMON_A_B. Errors: "HNLMON_A_B: what". An HNLMON_ variable that resembles no key and names
 * no section is somebody else's and ignored. */
bool config_load_environment(struct config *config, char *const *environment, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* "key=value" as given to the option --set. Errors: "--set: what". */
bool config_set(struct config *config, const char *assignment, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* For an option that stands for a key. Errors: "what". */
bool config_set_key(struct config *config, const char *key, const char *value, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* All settings as a YAML file that config_load_file reads back to the same, with meaning, unit and range as comments.
 * Returns whether it could be written. */
bool config_print(const struct config *config, FILE *file) __attribute__((warn_unused_result));

#endif
