/* SPDX-License-Identifier: MIT */
/*
 * allocation_count - counts the allocations of a program while it runs: those that its own code asks for, and those of
 * the libraries (libzmq makes some for every message).
 *
 * To be preloaded (LD_PRELOAD). Two 64-bit counters, own and of libraries, lie in the file that ALLOCATION_COUNT_FILE
 * names, which is mapped and so can be read from outside at any time. Whose code asks is told by the address to which
 * malloc returns: within the program or not.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

struct counters {
    _Atomic uint64_t own, of_libraries;
};

static struct counters before_mapping;
static struct counters *_Atomic counters = &before_mapping;
static _Atomic uintptr_t program_begin, program_end;

/* The first lines of the map of the memory are the program itself: from its beginning to its heap. */
static void find_program(void)
{
    char text[4096];
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, text, sizeof text - 1);
    (void)close(file);
    text[size > 0 ? size : 0] = 0;
    uintptr_t begin = strtoul(text, NULL, 16), end = begin;
    for (char *line = text; *line != 0;) {
        char *next = line;
        uintptr_t from = strtoul(line, &next, 16);
        if (*next != '-' || (end != begin && from != end))
            break;
        end = strtoul(next + 1, &next, 16);
        while (*next != 0 && *next != '\n')
            next++;
        line = *next ? next + 1 : next;
    }
    program_begin = begin;
    program_end = end;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("ALLOCATION_COUNT_FILE");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    (void)close(file);
    if (mapped == MAP_FAILED)
        return;
    find_program();
    counters = mapped;
}

static void count(const void *caller)
{
    uintptr_t address = (uintptr_t)caller;
    if (address >= program_begin && address < program_end)
        counters->own++;
    else
        counters->of_libraries++;
}

void *malloc(size_t size)
{
    count(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size)
{
    count(__builtin_return_address(0));
    return __libc_calloc(items, size);
}

void *realloc(void *memory, size_t size)
{
    count(__builtin_return_address(0));
    return __libc_realloc(memory, size);
}
