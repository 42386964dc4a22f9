/* SPDX-License-Identifier: MIT */
/* announcement - see announcement.h. */
#include "core/announcement.h"

#include <stddef.h>
#include <string.h>

/* Whether nothing more is to be said of it. */
static bool is_free(const struct alarm *told)
{
    return told->sequence == 0 || (told->state == ALARM_NORMAL && told->is_durable);
}

/* The place of an id; NULL when it was never told, or its end was confirmed. */
static const struct alarm *find(const struct announcements *announcements, const char *id)
{
    for (uint32_t i = 0; i < ANNOUNCEMENTS_MAX; i++)
        if (!is_free(&announcements->told[i]) && strcmp(announcements->told[i].id, id) == 0)
            return &announcements->told[i];
    return NULL;
}

/* Whether the confirmation of `a` is missed less than that of `b`: an alarm that ended, and then the oldest. */
static bool is_less_missed(const struct alarm *a, const struct alarm *b)
{
    bool is_a_over = a->state == ALARM_NORMAL, is_b_over = b->state == ALARM_NORMAL;
    return is_a_over != is_b_over ? is_a_over : a->sequence < b->sequence;
}

/* A free place, or the least missed one. There are more places than alarms, so that is one that ended. */
static struct alarm *make_room(struct announcements *announcements)
{
    struct alarm *least = &announcements->told[0];
    for (uint32_t i = 0; i < ANNOUNCEMENTS_MAX; i++) {
        struct alarm *told = &announcements->told[i];
        if (is_free(told))
            return told;
        if (is_less_missed(told, least))
            least = told;
    }
    announcements->forgotten++;
    return least;
}

const struct alarm *announcements_note(struct announcements *announcements, const struct alarm *alarm)
{
    const struct alarm *before = find(announcements, alarm->id);
    struct alarm *told = before ? &announcements->told[before - announcements->told] : make_room(announcements);
    *told = *alarm;
    told->sequence = ++announcements->sequence;
    told->is_durable = false;
    return told;
}

const struct alarm *announcements_note_restored(struct announcements *announcements, const struct alarm *alarm)
{
    const struct alarm *told = announcements_note(announcements, alarm);
    announcements->told[told - announcements->told].is_durable = true;
    return told;
}

void announcements_mark(const struct announcements *announcements, struct alarm *alarm)
{
    const struct alarm *told = find(announcements, alarm->id);
    alarm->sequence = told ? told->sequence : 0;
    alarm->is_durable = told && told->is_durable;
}

void announcements_taken(struct announcements *announcements)
{
    announcements->taken = announcements->sequence;
}

void announcements_durable(struct announcements *announcements)
{
    announcements->durable = announcements->taken;
}

const struct alarm *announcements_take_durable(struct announcements *announcements)
{
    for (uint32_t i = 0; i < ANNOUNCEMENTS_MAX; i++) {
        struct alarm *told = &announcements->told[i];
        if (is_free(told) || told->is_durable || told->sequence > announcements->durable)
            continue;
        told->is_durable = true;
        return told;
    }
    return NULL;
}

const struct alarm *announcements_ended(const struct announcements *announcements, uint32_t index)
{
    const struct alarm *told = &announcements->told[index];
    return !is_free(told) && told->state == ALARM_NORMAL ? told : NULL;
}
