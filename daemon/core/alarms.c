/* SPDX-License-Identifier: MIT */
/* alarms - see alarms.h. */
#include "core/alarms.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/constancy.h"
#include "core/excess.h"

#define NS_PER_MINUTE (INT64_C(60) * 1000000000)

void alarms_init(struct alarms *alarms, double sigma_mev2)
{
    memset(alarms, 0, sizeof *alarms);
    alarms->sigma_mev2 = sigma_mev2;
}

/* The place of a kind that has one. */
static struct alarm_entry *entry_of(struct alarms *alarms, enum alarm_kind kind)
{
    assert(kind >= ALARM_RATE && kind < ALARM_KIND_END);
    return &alarms->entries[ALARMS_OF_CLUSTERS + kind - ALARM_RATE];
}

/* The places of EXCESS or of ANOMALY: CLUSTERS_MAX from here on. */
static struct alarm_entry *entries_of(struct alarms *alarms, enum alarm_kind kind)
{
    assert(alarm_is_physics(kind));
    return &alarms->entries[kind == ALARM_EXCESS ? 0 : CLUSTERS_MAX];
}

/* ---- flood ---- */

/* The id of an alarm that is the only one of its kind: "veto-7-22". */
static void name_alarm(struct alarm *alarm, uint32_t run, uint32_t burst)
{
    int length = snprintf(alarm->id, sizeof alarm->id, "%s-%u-%u", alarm_table[alarm->kind].name, run, burst);
    for (int i = 0; i < length && alarm->id[i] != '-'; i++)
        alarm->id[i] = (char)(alarm->id[i] - 'A' + 'a'); /* names are A to Z */
}

static void raise_flood(struct alarms *alarms, uint32_t run, uint32_t burst)
{
    struct alarm_entry *entry = entry_of(alarms, ALARM_FLOOD);
    struct alarm *flood = &entry->alarm;
    if (flood->state == ALARM_NORMAL) {
        alarm_entry_begin(entry, ALARM_FLOOD, run, burst);
        name_alarm(flood, run, burst);
    }
    alarm_entry_raise(entry, SEVERITY_MAJOR, run, burst);
    flood->condition.severity = SEVERITY_MAJOR;
    snprintf(flood->condition.text, sizeof flood->condition.text,
             "More than %u new alarms within 10 minutes; those that follow are listed but not announced.", FLOOD_COUNT);
}

/* An alarm other than FLOOD has begun, at burst (run, burst). */
static void count_begun(struct alarms *alarms, struct alarm *alarm, uint32_t run, uint32_t burst)
{
    struct alarm_entry *flood = entry_of(alarms, ALARM_FLOOD);
    flood_add(&alarms->flood);
    if (flood_recent(&alarms->flood) > FLOOD_COUNT)
        raise_flood(alarms, run, burst);
    alarm->is_held_back = flood->is_raised;
    flood->alarm.condition.measured += flood->is_raised;
}

static void end_flood(struct alarms *alarms)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++)
        alarms->entries[i].alarm.is_held_back = false;
}

void alarms_begin_burst(struct alarms *alarms, uint32_t run, uint32_t burst, uint64_t t_end_ns)
{
    struct alarm_entry *flood = entry_of(alarms, ALARM_FLOOD);
    flood_advance(&alarms->flood, t_end_ns);
    if (!flood->is_raised)
        return;
    if (flood_recent(&alarms->flood) <= FLOOD_OVER)
        alarm_entry_quieten(flood);
    else
        alarm_entry_raise(flood, SEVERITY_MAJOR, run, burst);
    if (!flood->is_raised)
        end_flood(alarms);
}

/* ---- excesses ---- */

static double minor_threshold(const struct scan *scan, enum alarm_kind kind)
{
    return kind == ALARM_EXCESS ? 0.0 : scan->z_minor;
}

/* The lowest threshold at which anything is raised; 0: nothing is. */
static double lowest_threshold(const struct scan *scan, enum alarm_kind kind)
{
    double major = scan->z_major, minor = minor_threshold(scan, kind);
    return minor > 0.0 && (minor < major || major <= 0.0) ? minor : major;
}

/* Of a significance that reaches the lowest threshold. */
static enum severity severity_of(const struct scan *scan, double z)
{
    return scan->z_major > 0.0 && z >= scan->z_major ? SEVERITY_MAJOR : SEVERITY_MINOR;
}

/* The alarm of that kind whose best mass is nearest among those that overlap; NULL when there is none. */
static struct alarm_entry *nearest_entry(struct alarms *alarms, enum alarm_kind kind, double m_n_mev)
{
    struct alarm_entry *entries = entries_of(alarms, kind), *nearest = NULL;
    double least = HUGE_VAL;
    for (uint32_t i = 0; i < CLUSTERS_MAX; i++) {
        const struct alarm *alarm = &entries[i].alarm;
        double distance = fabs(alarm->m_n_mev - m_n_mev);
        if (alarm->state == ALARM_NORMAL || !cluster_overlap(alarm->m_n_mev, m_n_mev, alarms->sigma_mev2) ||
            distance >= least)
            continue;
        nearest = &entries[i];
        least = distance;
    }
    return nearest;
}

/* A place whose last alarm has ended, and that was told; NULL when there is none. */
static struct alarm_entry *free_entry(struct alarms *alarms, enum alarm_kind kind)
{
    struct alarm_entry *entries = entries_of(alarms, kind);
    for (uint32_t i = 0; i < CLUSTERS_MAX; i++)
        if (entries[i].alarm.state == ALARM_NORMAL && !entries[i].is_news)
            return &entries[i];
    return NULL;
}

/* A new alarm of an excess; NULL when there is no place for it. */
static struct alarm_entry *begin_excess(struct alarms *alarms, const struct scan *scan, enum alarm_kind kind,
                                        const struct cluster *cluster, uint32_t run, uint32_t burst)
{
    struct alarm_entry *entry = free_entry(alarms, kind);
    if (!entry) {
        alarms->overflow++;
        return NULL;
    }
    excess_begin(entry, kind, scan, cluster, run, burst);
    count_begun(alarms, &entry->alarm, run, burst);
    return entry;
}

/* The alarm that shows a cluster after this look; NULL when there is none. In a shadow, one that is there stays as it
 * is, and none begins. */
static struct alarm_entry *show(struct alarms *alarms, const struct scan *scan, enum alarm_kind kind,
                                const struct cluster *cluster, uint32_t run, uint32_t burst)
{
    struct alarm_entry *entry = nearest_entry(alarms, kind, cluster->best->m_n_mev);
    if (cluster->is_shadowed)
        return entry;
    if (!entry)
        entry = begin_excess(alarms, scan, kind, cluster, run, burst);
    if (entry)
        excess_raise(entry, scan, cluster, severity_of(scan, cluster->best->z_alarm), run, burst);
    return entry;
}

/* What an excess is called that the look calls `kind`, unless it does not come with the kaons. */
static enum alarm_kind kind_of(const struct cluster *cluster, enum alarm_kind kind)
{
    return cluster->best->constancy_p < CONSTANCY_P_MIN ? ALARM_ANOMALY : kind;
}

/* Whether the excess of an alarm now goes by the name of the other kind. */
static bool is_renamed(const struct alarm *alarm, const struct cluster *clusters, uint32_t count, enum alarm_kind kind,
                       double sigma_mev2)
{
    for (uint32_t i = 0; i < count; i++)
        if (cluster_overlap(alarm->m_n_mev, clusters[i].best->m_n_mev, sigma_mev2))
            return kind_of(&clusters[i], kind) != alarm->kind;
    return false;
}

/* An alarm that a look did not show. What is withheld at its mass says nothing about it. */
static void quieten(struct alarms *alarms, struct alarm_entry *entry, const struct scan *scan,
                    const struct cluster *clusters, uint32_t count, enum alarm_kind kind)
{
    const struct alarm *alarm = &entry->alarm;
    if (cluster_is_withheld(scan, alarm->m_n_mev))
        return;
    bool is_gone = is_renamed(alarm, clusters, count, kind, alarms->sigma_mev2);
    double z = is_gone ? 0.0 : cluster_z(scan, alarm->m_n_mev, alarms->sigma_mev2);
    excess_quieten(entry, scan->horizon, z, lowest_threshold(scan, kind) - ALARM_HYSTERESIS);
}

void alarms_look(struct alarms *alarms, const struct scan *scan, enum alarm_kind kind, uint32_t run, uint32_t burst)
{
    struct cluster clusters[CLUSTERS_MAX];
    bool is_shown[ALARMS_OF_CLUSTERS] = {false};
    double threshold = lowest_threshold(scan, kind);
    if (scan->withheld || threshold <= 0.0)
        return;
    uint32_t count = clusters_find(scan, threshold, alarms->sigma_mev2, clusters);
    for (uint32_t i = 0; i < count; i++) {
        const struct alarm_entry *entry = show(alarms, scan, kind_of(&clusters[i], kind), &clusters[i], run, burst);
        if (entry)
            is_shown[entry - alarms->entries] = true;
    }
    for (uint32_t i = 0; i < ALARMS_OF_CLUSTERS; i++)
        if (alarms->entries[i].is_raised && !is_shown[i])
            quieten(alarms, &alarms->entries[i], scan, clusters, count, kind);
}

void alarms_end_stretch(struct alarms *alarms, enum horizon_id horizon)
{
    for (uint32_t i = 0; i < ALARMS_OF_CLUSTERS; i++)
        excess_end(&alarms->entries[i], horizon);
}

void alarms_mark_suspects(struct alarms *alarms)
{
    bool is_suspect = false;
    for (enum alarm_kind kind = ALARM_RATE; kind <= ALARM_VETO; kind++)
        is_suspect |= entry_of(alarms, kind)->is_raised;
    for (uint32_t i = 0; i < ALARMS_OF_CLUSTERS; i++) {
        struct alarm_entry *entry = &alarms->entries[i];
        if (entry->alarm.state == ALARM_NORMAL || entry->alarm.is_suspect == is_suspect)
            continue;
        entry->alarm.is_suspect = is_suspect;
        alarm_entry_is_news(entry);
    }
}

void alarms_withdraw(struct alarms *alarms)
{
    for (uint32_t i = 0; i < ALARMS_OF_CLUSTERS; i++) {
        struct alarm_entry *entry = &alarms->entries[i];
        if (entry->alarm.state == ALARM_NORMAL)
            continue;
        alarm_entry_end(entry);
        alarm_entry_is_news(entry);
    }
}

/* ---- one alarm for a kind ---- */

/* Begins the alarm unless it has begun. */
static void open_single(struct alarms *alarms, struct alarm_entry *entry, enum alarm_kind kind, uint32_t run,
                        uint32_t burst)
{
    if (entry->alarm.state != ALARM_NORMAL)
        return;
    alarm_entry_begin(entry, kind, run, burst);
    name_alarm(&entry->alarm, run, burst);
    count_begun(alarms, &entry->alarm, run, burst);
}

_Static_assert(ALARM_PEAK - ALARM_RATE == (int)CHANGE_OF_PEAK && ALARM_VETO - ALARM_RATE == (int)CHANGE_OF_VETO &&
                   CHANGE_OF_RATE == 0,
               "changes and their alarms are in the same order");

static enum alarm_kind kind_of_change(enum change_kind kind)
{
    return (enum alarm_kind)(ALARM_RATE + (int)kind);
}

/* Raised anew: what changed before it cleared may be another stream, of another run. */
static void begin_change(struct alarm *alarm, const struct change_finding *leading, uint32_t run)
{
    alarm->first_run = run;
    alarm->first_burst = leading->start;
    alarm->streams = 0;
    alarm->z = 0.0;
}

/* Takes over what is more than before. */
static void worsen_change(struct alarm_entry *entry, uint32_t streams, const struct change_finding *leading)
{
    struct alarm *alarm = &entry->alarm;
    if (streams > alarm->streams || leading->z >= 2.0 * entry->told)
        alarm_entry_is_news(entry);
    alarm->streams = streams > alarm->streams ? streams : alarm->streams;
    if (leading->z > alarm->z) {
        alarm->z = leading->z;
        alarm->change = *leading;
    }
}

void alarms_look_at_change(struct alarms *alarms, enum change_kind kind, uint32_t streams,
                           const struct change_finding *leading, uint32_t run, uint32_t burst)
{
    struct alarm_entry *entry = entry_of(alarms, kind_of_change(kind));
    struct alarm *alarm = &entry->alarm;
    if (streams == 0) {
        alarm_entry_quieten(entry);
        return;
    }
    bool is_new = !entry->is_raised;
    open_single(alarms, entry, kind_of_change(kind), run, burst);
    if (is_new)
        begin_change(alarm, leading, run);
    else if (leading->start < alarm->first_burst)
        alarm->first_burst = leading->start;
    enum severity severity = fabs(leading->size) >= ALARM_CHANGE_MAJOR ? SEVERITY_MAJOR : SEVERITY_MINOR;
    alarm_entry_raise(entry, severity, run, burst);
    worsen_change(entry, streams, leading);
    if (entry->is_news)
        entry->told = alarm->z;
}

void alarms_forget_change(struct alarms *alarms, enum change_kind kind)
{
    alarm_entry_clear(entry_of(alarms, kind_of_change(kind)));
}

/* Takes over what is more than at the last look; one more part is a new occurrence. */
static void worsen_condition(struct alarm_entry *entry, const struct alarm_condition *condition, bool is_new)
{
    struct alarm_condition *worst = &entry->alarm.condition;
    bool has_more_parts = !is_new && condition->parts > worst->parts;
    if (has_more_parts)
        alarm_entry_event(entry, ALARM_RAISE);
    if (has_more_parts || (entry->told > 0.0 && condition->measured >= 2.0 * entry->told))
        alarm_entry_is_news(entry);
    if (is_new || condition->parts != worst->parts || condition->measured > worst->measured)
        *worst = *condition;
}

void alarms_condition(struct alarms *alarms, enum alarm_kind kind, const struct alarm_condition *condition,
                      uint32_t run, uint32_t burst)
{
    struct alarm_entry *entry = entry_of(alarms, kind);
    bool is_new = !entry->is_raised;
    assert(kind >= ALARM_LOSS && kind <= ALARM_CONFIG);
    if (condition->severity == SEVERITY_NONE) {
        alarm_entry_quieten(entry);
        return;
    }
    open_single(alarms, entry, kind, run, burst);
    alarm_entry_raise(entry, condition->severity, run, burst);
    worsen_condition(entry, condition, is_new);
    if (entry->is_news)
        entry->told = entry->alarm.condition.measured;
}

/* ---- telling ---- */

const struct alarm *alarms_take_news(struct alarms *alarms)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        if (!alarms->entries[i].is_news)
            continue;
        alarms->entries[i].is_news = false;
        return &alarms->entries[i].alarm;
    }
    return NULL;
}

const struct alarm *alarms_get(const struct alarms *alarms, uint32_t index)
{
    const struct alarm *alarm = &alarms->entries[index].alarm;
    return alarm->state == ALARM_NORMAL ? NULL : alarm;
}

const struct alarm *alarms_find(const struct alarms *alarms, const char *id)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        const struct alarm *alarm = alarms_get(alarms, i);
        if (alarm && strcmp(alarm->id, id) == 0)
            return alarm;
    }
    return NULL;
}

uint32_t alarms_count(const struct alarms *alarms)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ALARMS_MAX; i++)
        count += alarms_get(alarms, i) != NULL;
    return count;
}

/* ---- people ---- */

static struct alarm_entry *find_entry(struct alarms *alarms, const char *id)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        struct alarm_entry *entry = &alarms->entries[i];
        if (entry->alarm.state != ALARM_NORMAL && strcmp(entry->alarm.id, id) == 0)
            return entry;
    }
    return NULL;
}

/* The alarm after what a person wants; NULL when that is not possible. */
static const struct alarm *apply(struct alarm_entry *entry, enum alarm_event event)
{
    if (!entry || alarm_next_state(entry->alarm.state, event) == ALARM_STATE_COUNT)
        return NULL;
    alarm_entry_event(entry, event);
    return &entry->alarm;
}

const struct alarm *alarms_acknowledge(struct alarms *alarms, const char *id)
{
    return apply(find_entry(alarms, id), ALARM_ACKNOWLEDGE);
}

const struct alarm *alarms_accept(struct alarms *alarms, const char *id, enum change_kind *kind)
{
    for (*kind = CHANGE_OF_RATE; *kind < CHANGE_KIND_COUNT; ++*kind) {
        struct alarm_entry *entry = entry_of(alarms, kind_of_change(*kind));
        if (!entry->is_raised || strcmp(entry->alarm.id, id) != 0)
            continue;
        alarm_entry_end(entry);
        return &entry->alarm;
    }
    return NULL;
}

static const struct alarm *unshelve(struct alarm_entry *entry)
{
    return apply(entry, entry && entry->is_raised ? ALARM_UNSHELVE_RAISED : ALARM_UNSHELVE_CLEARED);
}

const struct alarm *alarms_shelve(struct alarms *alarms, const char *id, uint32_t minutes, int64_t now_ns)
{
    struct alarm_entry *entry = find_entry(alarms, id);
    if (minutes == 0)
        return unshelve(entry);
    const struct alarm *alarm = minutes <= ALARM_SHELVE_MINUTES_MAX ? apply(entry, ALARM_SHELVE) : NULL;
    if (alarm)
        entry->alarm.shelved_until_ns = now_ns + minutes * NS_PER_MINUTE;
    return alarm;
}

void alarms_tick(struct alarms *alarms, int64_t now_ns)
{
    for (uint32_t i = 0; i < ALARMS_MAX; i++) {
        struct alarm_entry *entry = &alarms->entries[i];
        if (entry->alarm.state == ALARM_SHELVED && now_ns >= entry->alarm.shelved_until_ns && unshelve(entry))
            alarm_entry_is_news(entry);
    }
}

/* ---- what survives a restart ---- */

static enum alarm_kind kind_of_place(uint32_t index)
{
    if (index >= ALARMS_OF_CLUSTERS)
        return (enum alarm_kind)(ALARM_RATE + index - ALARMS_OF_CLUSTERS);
    return index < CLUSTERS_MAX ? ALARM_EXCESS : ALARM_ANOMALY;
}

static bool is_used(const struct alarm_entry *entry)
{
    return entry->alarm.state != ALARM_NORMAL || entry->is_news;
}

/* The place of the next used entry, from `index` on; ALARMS_MAX when there is none. */
static uint32_t next_used(const struct alarms *alarms, uint32_t index)
{
    while (index < ALARMS_MAX && !is_used(&alarms->entries[index]))
        index++;
    return index;
}

/* Used entries, each with its place, from which its kind follows; ALARMS_MAX ends them. */
static void archive_entries(struct archive *archive, struct alarms *alarms, int64_t now_ns)
{
    uint32_t first = 0;
    while (archive->is_sound) {
        uint32_t index = archive->is_saving ? next_used(alarms, first) : 0;
        archive_below(archive, &index, ALARMS_MAX + 1);
        archive_require(archive, index >= first);
        if (index == ALARMS_MAX || !archive->is_sound)
            return;
        alarms->entries[index].alarm.kind = kind_of_place(index);
        alarm_entry_archive(archive, &alarms->entries[index], now_ns);
        first = index + 1;
    }
}

void alarms_archive(struct archive *archive, struct alarms *alarms, int64_t now_ns)
{
    archive_entries(archive, alarms, now_ns);
    flood_archive(archive, &alarms->flood);
    archive_u64(archive, &alarms->overflow);
}
