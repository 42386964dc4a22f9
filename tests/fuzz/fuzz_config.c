/* SPDX-License-Identifier: MIT */
/*
 * fuzz_config - the configuration: any bytes as a YAML file, and as an assignment of the option --set.
 *
 * What is accepted is printed and read back to the same settings; what is refused is told in one printable line.
 */
#include "config.h"
#include "fuzz.h"
#include "memory_file.h"

/* Texts that a terminal would obey do not get into a line about them. */
static void check_error(const char *error)
{
    assert(error[0] != '\0' && strlen(error) < CONFIG_ERROR_SIZE);
    assert(!strchr(error, '\n') && !strchr(error, '\033'));
}

static void check_printed_again(const struct config *config)
{
    static struct memory_file file = MEMORY_FILE_NONE;
    struct config again;
    char *text = NULL, error[CONFIG_ERROR_SIZE];
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert(stream);
    bool is_printed = config_print(config, stream);
    int is_bad = fclose(stream);
    assert(is_printed && !is_bad);
    memory_file_set(&file, text, size);
    config_defaults(&again);
    bool is_read = config_load_file(&again, file.path, error, sizeof error);
    assert(is_read && memcmp(&again, config, sizeof again) == 0);
    free(text);
}

static void try_file(const uint8_t *bytes, size_t size)
{
    static struct memory_file file = MEMORY_FILE_NONE;
    struct config config;
    char error[CONFIG_ERROR_SIZE] = "";
    config_defaults(&config);
    memory_file_set(&file, bytes, size);
    if (config_load_file(&config, file.path, error, sizeof error))
        check_printed_again(&config);
    else
        check_error(error);
}

static void try_assignment(const uint8_t *bytes, size_t size)
{
    struct config config;
    char error[CONFIG_ERROR_SIZE] = "";
    char *text = (char *)malloc(size + 1);
    assert(text);
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = '\0';
    config_defaults(&config);
    if (config_set(&config, text, error, sizeof error))
        check_printed_again(&config);
    else
        check_error(error);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    try_file(bytes, size);
    try_assignment(bytes, size);
    return 0;
}
