/* SPDX-License-Identifier: MIT */
/* alarm - see alarm.h. */
#include "core/alarm.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define MINOR (1u << SEVERITY_MINOR)
#define MAJOR (1u << SEVERITY_MAJOR)
#define INVALID (1u << SEVERITY_INVALID)

#define AFTER_THREE_BURSTS "after 3 closed bursts without it, or with the end of the run"
#define BELOW_THRESHOLD "after 3 closed bursts below the lowest threshold minus 0.5, on each of its horizons"

const struct alarm_info alarm_table[ALARM_KIND_END] = {
    [ALARM_EXCESS] = {"EXCESS", "core, each closed burst",
                      "an excess on run or period (Z_Bi) that comes with the kaons (constancy p >= 0.01)", MAJOR,
                      ALARM_CLEAR_BURSTS, BELOW_THRESHOLD,
                      "Call the HNL analysis expert; check data quality of the run; do not stop the run."},
    [ALARM_ANOMALY] =
        {"ANOMALY", "core, each closed burst",
         "an excess on 1, 10 or 100 bursts (Z_Bi), or one on run or period that does not come with the kaons",
         MINOR | MAJOR, ALARM_CLEAR_BURSTS, BELOW_THRESHOLD,
         "Check vetoes, calorimeter gain and beam momentum of these bursts: a short excess is a "
         "data-quality problem."},
    [ALARM_RATE] = {"RATE", "core, each closed burst",
                    "a change of candidates per intensity, of a link, or of the downscaling; MAJOR from 10 % on",
                    MINOR | MAJOR, ALARM_CLEAR_BURSTS, AFTER_THREE_BURSTS,
                    "Check links, triggers and hot channels; the alarm says which number changed."},
    [ALARM_PEAK] = {"PEAK", "core, each closed burst",
                    "a change of the Ke3 peak, of its tail, or of a cut; MAJOR from 10 % on", MINOR | MAJOR,
                    ALARM_CLEAR_BURSTS, AFTER_THREE_BURSTS,
                    "Check calorimeter gain, tracking and beam momentum; the alarm says which number changed."},
    [ALARM_VETO] = {"VETO", "core, each closed burst", "a change of a photon veto; MAJOR from 10 % on", MINOR | MAJOR,
                    ALARM_CLEAR_BURSTS, AFTER_THREE_BURSTS,
                    "Check that veto detector, or the beam intensity when all of them changed."},
    [ALARM_LOSS] =
        {"LOSS", "core, each closed burst", "candidates of a burst were lost; MAJOR from 1 % of the burst on",
         MINOR | MAJOR, ALARM_CLEAR_BURSTS, "after 3 closed bursts without losses",
         "Look at 'hnlmon status' for the source and the cause; check its link and the load of the machine."},
    [ALARM_SILENT] = {"SILENT", "core, at any time",
                      "a source in a run sent no frame for 3 burst periods and the close timeout; INVALID when none "
                      "speaks",
                      MAJOR | INVALID, 1, "when every source in the run speaks again, or left the run",
                      "Check that front-end and its network; bursts without it are incomplete."},
    [ALARM_LINK] = {"LINK", "report, each second", "10 damaged frames or resends within 10 s; MAJOR from 100 on",
                    MINOR | MAJOR, 3, "after 30 s with fewer",
                    "Look at 'hnlmon status' for the reason; check network and software version of the front-ends."},
    [ALARM_STORAGE] = {"STORAGE", "report, each second", "frames are not recorded", MAJOR, 1,
                       "when frames are recorded again",
                       "Check disk space and quota; start a new recording. Live results are not affected."},
    [ALARM_CONFIG] = {"CONFIG", "core, each closed burst, each run that begins",
                      "template or settings cannot be used for this run: no significance means anything; MAJOR when a "
                      "source begins what is closed already, an older run or one that it repeats",
                      MAJOR | INVALID, 1, "with the first closed burst that they fit",
                      "Correct selection, template, announced downscaling or run number; until then nothing, or "
                      "nothing of that source, is searched."},
    [ALARM_FLOOD] =
        {"FLOOD", "core, with a new alarm", "more than 10 new alarms within 10 minutes", MAJOR, ALARM_CLEAR_BURSTS,
         "after 3 closed bursts with at most 5 new alarms in the last 10 minutes",
         "Look at 'hnlmon alarms': the others are listed there but not announced; find their common cause."},
};

bool alarm_is_physics(enum alarm_kind kind)
{
    return kind == ALARM_EXCESS || kind == ALARM_ANOMALY;
}

bool alarm_is_change(enum alarm_kind kind)
{
    return kind == ALARM_RATE || kind == ALARM_PEAK || kind == ALARM_VETO;
}

const char *alarm_kind_name(enum alarm_kind kind)
{
    return kind >= ALARM_EXCESS && kind < ALARM_KIND_END ? alarm_table[kind].name : "?";
}

const char *severity_name(enum severity severity)
{
    static const char *const names[SEVERITY_COUNT] = {"NO_ALARM", "MINOR", "MAJOR", "INVALID"};
    return severity < SEVERITY_COUNT ? names[severity] : "?";
}

const char *alarm_state_name(enum alarm_state state)
{
    static const char *const names[ALARM_STATE_COUNT] = {"NORMAL", "UNACKNOWLEDGED", "ACKNOWLEDGED",
                                                         "RETURNED_UNACKNOWLEDGED", "SHELVED"};
    return state < ALARM_STATE_COUNT ? names[state] : "?";
}

bool alarm_is_waiting(const struct alarm *alarm)
{
    return alarm->state == ALARM_UNACKNOWLEDGED || alarm->state == ALARM_RETURNED_UNACKNOWLEDGED;
}

const char *alarm_action(const struct alarm *alarm)
{
    assert(alarm->kind >= ALARM_EXCESS && alarm->kind < ALARM_KIND_END);
    return alarm_is_change(alarm->kind) ? change_table[alarm->change.id].action : alarm_table[alarm->kind].action;
}

enum alarm_state alarm_next_state(enum alarm_state state, enum alarm_event event)
{
    enum { NORMAL = ALARM_NORMAL, UNACK, ACKED, RETURNED, SHELVED, NEVER };
    static const unsigned char next[ALARM_STATE_COUNT][ALARM_EVENT_COUNT] = {
        /* raise, clear, acknowledge, shelve, time over: still raised, cleared; end */
        [NORMAL] = {UNACK, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER},
        [UNACK] = {UNACK, RETURNED, ACKED, SHELVED, NEVER, NEVER, NORMAL},
        [ACKED] = {UNACK, NORMAL, NEVER, SHELVED, NEVER, NEVER, NORMAL},
        [RETURNED] = {UNACK, NEVER, NORMAL, SHELVED, NEVER, NEVER, NORMAL},
        [SHELVED] = {SHELVED, SHELVED, NEVER, SHELVED, UNACK, NORMAL, NORMAL},
    };
    _Static_assert((int)NEVER == (int)ALARM_STATE_COUNT, "the short names are those of the states");
    assert(state < ALARM_STATE_COUNT && event < ALARM_EVENT_COUNT);
    return (enum alarm_state)next[state][event];
}

void alarm_horizons_text(uint32_t horizons, char text[ALARM_HORIZONS_SIZE])
{
    size_t length = 0;
    *text = '\0';
    for (enum horizon_id id = HORIZON_1; id < HORIZON_COUNT; id++) {
        if (!(horizons >> id & 1u))
            continue;
        int written =
            snprintf(text + length, ALARM_HORIZONS_SIZE - length, "%s%s", length ? "," : "", horizon_name(id));
        assert(written > 0 && (size_t)written < ALARM_HORIZONS_SIZE - length);
        length += (size_t)written;
    }
}

/* ---- what survives a restart ---- */

static void archive_mass(struct archive *archive, double *m_n_mev)
{
    archive_double_between(archive, m_n_mev, HYPOTHESIS_FIRST_MEV, HYPOTHESIS_LAST_MEV);
}

static void archive_excess(struct archive *archive, struct alarm *alarm)
{
    alarm->line = (enum line)archive_enum(archive, alarm->line, LINE_COUNT);
    alarm->horizon = (enum horizon_id)archive_enum(archive, alarm->horizon, HORIZON_COUNT);
    archive_mass(archive, &alarm->m_n_mev);
    archive_mass(archive, &alarm->m_n_low_mev);
    archive_mass(archive, &alarm->m_n_high_mev);
    archive_u64(archive, &alarm->n);
    archive_double(archive, &alarm->b);
    archive_double(archive, &alarm->far_hz);
    archive_double(archive, &alarm->constancy_p);
    archive_below(archive, &alarm->horizons, 1u << HORIZON_COUNT);
    archive_bool(archive, &alarm->is_suspect);
    archive_bool(archive, &alarm->is_provisional);
    archive_bool(archive, &alarm->is_retracted);
    archive_double(archive, &alarm->retracted_z);
}

/* Of a stream that belongs to the kind of the alarm. */
static void archive_change(struct archive *archive, struct alarm *alarm)
{
    struct change_finding *change = &alarm->change;
    change->id = (enum change_id)archive_enum(archive, change->id, CHANGE_COUNT);
    archive_require(archive, (int)change_table[change->id].kind == (int)alarm->kind - ALARM_RATE);
    archive_u32(archive, &change->source);
    archive_u32(archive, &change->start);
    archive_u32(archive, &change->bursts);
    archive_double(archive, &change->measured);
    archive_double(archive, &change->expected);
    archive_double(archive, &change->size);
    archive_double(archive, &change->z);
    archive_u32(archive, &alarm->streams);
}

static void archive_condition(struct archive *archive, struct alarm_condition *condition)
{
    condition->severity = (enum severity)archive_enum(archive, condition->severity, SEVERITY_COUNT);
    archive_u32(archive, &condition->parts);
    archive_double(archive, &condition->measured);
    archive_text(archive, condition->text, sizeof condition->text);
}

/* An id begins with its kind, in small letters. */
static bool is_id_of(const char *id, enum alarm_kind kind)
{
    const char *name = alarm_table[kind].name;
    while (*name && *id == *name - 'A' + 'a') /* names are A to Z */
        id++, name++;
    return *name == '\0' && *id == '-';
}

void alarm_archive(struct archive *archive, struct alarm *alarm, int64_t now_ns)
{
    archive_text(archive, alarm->id, sizeof alarm->id);
    alarm->severity = (enum severity)archive_enum(archive, alarm->severity, SEVERITY_COUNT);
    alarm->state = (enum alarm_state)archive_enum(archive, alarm->state, ALARM_STATE_COUNT);
    archive_require(archive, is_id_of(alarm->id, alarm->kind));
    archive_require(archive, alarm_table[alarm->kind].severities >> alarm->severity & 1u);
    archive_bool(archive, &alarm->is_held_back);
    if (alarm->state == ALARM_SHELVED)
        archive_time(archive, &alarm->shelved_until_ns, now_ns);
    archive_double(archive, &alarm->z);
    archive_u32(archive, &alarm->first_run);
    archive_u32(archive, &alarm->first_burst);
    archive_u32(archive, &alarm->last_run);
    archive_u32(archive, &alarm->last_burst);
    archive_u32(archive, &alarm->count);
    if (alarm_is_physics(alarm->kind))
        archive_excess(archive, alarm);
    else if (alarm_is_change(alarm->kind))
        archive_change(archive, alarm);
    else
        archive_condition(archive, &alarm->condition);
}

struct alarm_promise alarm_default_promise(void)
{
    return (struct alarm_promise){.major = 1.0, .minor = 30.0, .change = 5.5};
}
