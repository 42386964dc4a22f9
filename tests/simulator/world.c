/* SPDX-License-Identifier: MIT */
/* world - see world.h. */
#include "world.h"

#include <stdarg.h>
#include <string.h>

#define EVENTS 48u
#define EVENT_SIZE 160u

bool world_is_verbose;
static char events[EVENTS][EVENT_SIZE];
static uint64_t event_count;

void world_begin(struct world *world, uint64_t seed, enum mistake mistake)
{
    *world = (struct world){.seed = seed, .mistake = mistake, .now_ns = NS_PER_MS};
    world->random.state = seed * UINT64_C(0xD1B54A32D192ED03);
    event_count = 0;
}

uint64_t world_draw(struct world *world, uint64_t limit)
{
    return random_below(&world->random, limit);
}

bool world_chance(struct world *world, uint64_t one_in)
{
    return world_draw(world, one_in) == 0;
}

void world_note(struct world *world, const char *format, ...)
{
    char *event = events[event_count++ % EVENTS];
    int length = snprintf(event, EVENT_SIZE, "%10.3f ms  ", (double)world->now_ns / 1e6);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(event + length, EVENT_SIZE - (size_t)length, format, arguments);
    va_end(arguments);
    if (world_is_verbose)
        printf("%s\n", event);
}

void world_fail(struct world *world, const char *format, ...)
{
    va_list arguments;
    if (world_has_failed(world))
        return;
    va_start(arguments, format);
    vsnprintf(world->failure, sizeof world->failure, format, arguments);
    va_end(arguments);
}

bool world_has_failed(const struct world *world)
{
    return world->failure[0] != '\0';
}

void world_report(const struct world *world)
{
    uint64_t first = event_count > EVENTS ? event_count - EVENTS : 0;
    for (uint64_t i = first; i < event_count && !world_is_verbose; i++)
        printf("# %s\n", events[i % EVENTS]);
    printf("# at %.3f ms: %s\n", (double)world->now_ns / 1e6, world->failure);
    printf("repeat: build/release/tests/simulator/simulator --seed %" PRIu64 "\n", world->seed);
    fflush(stdout);
}
