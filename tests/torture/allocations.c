/* SPDX-License-Identifier: MIT */
/* allocations - see allocations.h. Only one thread of ours allocates between two calls of allocations_fail_at. */
#include "allocations.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

#define LIVE_MAX 4096u /* allocations at the same time */

static struct {
    uint32_t fail_at, count;
    bool has_failed;
    void *live[LIVE_MAX];
} allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

void allocations_fail_at(uint32_t n)
{
    allocations.fail_at = n;
    allocations.count = 0;
    allocations.has_failed = false;
    for (uint32_t i = 0; i < LIVE_MAX; i++)
        allocations.live[i] = NULL;
}

bool allocations_has_failed(void)
{
    return allocations.has_failed;
}

uint32_t allocations_count(void)
{
    return allocations.count;
}

uint32_t allocations_left_over(void)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < LIVE_MAX; i++)
        left += allocations.live[i] != NULL;
    return left;
}

/* Whether this allocation is the one that fails. */
static bool fails(void)
{
    if (++allocations.count != allocations.fail_at)
        return false;
    allocations.has_failed = true;
    errno = ENOMEM;
    return true;
}

/* Writes `to` where `from` is noted, the first place with `from` NULL. False when it is nowhere. */
static bool note(const void *from, void *to)
{
    for (uint32_t i = 0; i < LIVE_MAX; i++) {
        if (allocations.live[i] != from)
            continue;
        allocations.live[i] = to;
        return true;
    }
    return false;
}

static void *keep(void *memory)
{
    bool has_room = memory == NULL || note(NULL, memory);
    assert(has_room);
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : keep(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : keep(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (fails())
        return NULL;
    uintptr_t before = (uintptr_t)memory;
    void *moved = __real_realloc(memory, size);
    if (!moved)
        return NULL;
    if (memory == NULL || !note((void *)before, moved))
        keep(moved);
    return moved;
}

void __wrap_free(void *memory)
{
    if (memory != NULL)
        (void)note(memory, NULL); /* what a library gave us is not noted */
    __real_free(memory);
}
