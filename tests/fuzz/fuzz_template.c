/* SPDX-License-Identifier: MIT */
/*
 * fuzz_template - files of background templates, as they are and with the hash put right: what is accepted is sound,
 * and comes back to the same bits from its own text form; what is refused is told in one printable line.
 */
#include "fuzz.h"
#include "memory_file.h"
#include "wire/template_file.h"

struct text_form {
    char bytes[TEMPLATE_FILE_SIZE_MAX];
    size_t size;
};

static void put(void *context, const char *text, size_t size)
{
    struct text_form *form = context;
    assert(size <= sizeof form->bytes - form->size);
    memcpy(form->bytes + form->size, text, size);
    form->size += size;
}

static bool load(const void *bytes, size_t size, struct template *shape, char *error)
{
    static struct memory_file file = MEMORY_FILE_NONE;
    memory_file_set(&file, bytes, size);
    error[0] = '\0';
    return template_file_load(file.path, shape, error, TEMPLATE_FILE_ERROR_SIZE);
}

static void check_written_again(const struct template *shape)
{
    static struct text_form form;
    static struct template again;
    char error[TEMPLATE_FILE_ERROR_SIZE];
    assert(template_error(shape) == NULL);
    form.size = 0;
    template_write(shape, true, put, &form);
    bool is_loaded = load(form.bytes, form.size, &again, error);
    assert(is_loaded && memcmp(&again, shape, sizeof again) == 0);
}

static void check_error(const char *error)
{
    assert(error[0] != '\0');
    for (; *error; error++)
        assert(*error >= ' ' && *error <= '~');
}

/* False when there is no line of a hash with all its digits. */
static bool fix_hash(char *bytes, size_t size, const struct template *shape)
{
    char hash[TEMPLATE_HASH_SIZE];
    char *at = size > 0 ? memchr(bytes, '\n', size) : NULL;
    while (at && (size_t)(bytes + size - at) > 6 + TEMPLATE_HASH_SIZE && memcmp(at, "\nhash=", 6) != 0)
        at = memchr(at + 1, '\n', (size_t)(bytes + size - at - 1));
    if (!at || (size_t)(bytes + size - at) <= 6 + TEMPLATE_HASH_SIZE || at[6 + TEMPLATE_HASH_SIZE - 1] != '\n')
        return false;
    template_hash(shape, hash);
    memcpy(at + 6, hash, TEMPLATE_HASH_SIZE - 1);
    return true;
}

/* Everything else was right. */
static bool is_about_hash(const char *error)
{
    static const char end[] = ": the file was changed or damaged";
    size_t length = strlen(error);
    return length >= sizeof end && strcmp(error + length + 1 - sizeof end, end) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct template shape;
    char error[TEMPLATE_FILE_ERROR_SIZE];
    bool is_loaded = load(bytes, size, &shape, error);
    if (!is_loaded)
        check_error(error);
    if (!is_loaded && is_about_hash(error)) {
        unsigned char *copy = fuzz_copy(bytes, size);
        if (fix_hash((char *)copy, size, &shape))
            is_loaded = load(copy, size, &shape, error);
        free(copy);
    }
    if (is_loaded)
        check_written_again(&shape);
    return 0;
}
