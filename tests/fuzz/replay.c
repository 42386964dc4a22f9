/* SPDX-License-Identifier: MIT */
/*
 * replay - runs a fuzz target over its kept corpus, without libFuzzer.
 *
 *   fuzz_NOUN                  every file of tests/fuzz/corpus/NOUN
 *   fuzz_NOUN FILE...          these
 *
 * It prints one TAP line per corpus. A property that does not hold ends it by an assertion; the file is told before.
 */
#include <dirent.h>

#include "fuzz.h"

#define CORPUS "tests/fuzz/corpus/"
#define FOLDER_BYTES 256
#define PATH_BYTES (FOLDER_BYTES + 256) /* a name has up to 255 */

static const char *current = "none"; /* the file being replayed */

static void replay_file(const char *path)
{
    current = path;
    printf("# %s\n", path);
    fflush(stdout);
    FILE *file = fopen(path, "rb");
    assert(file);
    int is_bad = fseek(file, 0, SEEK_END);
    long size = ftell(file);
    assert(!is_bad && size >= 0);
    rewind(file);
    uint8_t *bytes = malloc(size ? (size_t)size : 1);
    assert(bytes);
    size_t got = fread(bytes, 1, (size_t)size, file);
    assert(got == (size_t)size);
    fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, got);
    free(bytes);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In the order of their names. Returns how many files there were. */
static unsigned replay_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "%.*s/%s", FOLDER_BYTES - 1, folder, entries[i]->d_name);
        replay_file(path);
        free(entries[i]);
    }
    free(entries);
    return count > 0 ? (unsigned)count : 0;
}

static void replay_nothing(void)
{
    uint8_t *nothing = fuzz_copy(NULL, 0);
    (void)LLVMFuzzerTestOneInput(nothing, 0);
    free(nothing);
}

int main(int argc, char **argv)
{
    char folder[FOLDER_BYTES];
    const char *name = strrchr(argv[0], '/');
    name = name ? name + 1 : argv[0];
    const char *noun = strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;
    unsigned files = 0;
    snprintf(folder, sizeof folder, CORPUS "%s", noun);
    for (int i = 1; i < argc; i++, files++)
        replay_file(argv[i]);
    if (argc == 1)
        files = replay_folder(folder);
    replay_nothing();
    printf("%s - the %u inputs of the corpus %s hold every property of %s\n", files > 0 ? "ok" : "not ok", files, noun,
           name);
    return files > 0 ? 0 : 1;
}
