/* SPDX-License-Identifier: MIT */
/*
 * monitor - the deterministic middle: frames in, sums, significances and alarms out.
 *
 * It knows no clock, no socket and no disk: time is an argument. The same frames give the same bits, in whatever order
 * the sources interleave, at any batch size and any speed.
 *
 *   frame -> ledger -> kernel -> bins of the open burst -> [end of burst] -> horizons -> scan --> alarms -> observer
 *                                                                        `-> changes ----------^
 *                                                                        `-> losses, silence --^
 */
#ifndef HNLMON_CORE_MONITOR_H
#define HNLMON_CORE_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alarms.h"
#include "core/burst.h"
#include "core/ledger.h"
#include "core/scan.h"
#include "core/template.h"
#include "hnlmon/frame.h"
#include "hnlmon/select.h"

/* A source in a run is silent after this many burst periods, but not before the close timeout of a burst and not before
 * six heartbeats of a front-end were missed. */
#define SILENT_PERIODS 3
#define SILENT_LEAST_NS INT64_C(3000000000)
#define BURST_PERIOD_MAX_NS UINT64_C(3600000000000) /* a longer one is a pause */

#define PICKS_MAX 65536u     /* candidates of the searched region that are kept for `pick` */
#define PICK_ABOVE_MEV2 9350 /* 5.5 sigma: the searched region begins */

struct monitor_config {
    enum selection_preset preset;
    double f_sys; /* relative systematic uncertainty of the background, >= 0 */
    struct alarm_promise promise;
    int64_t close_timeout_ns;  /* a burst without progress for this long is closed as incomplete */
    uint32_t expected_sources; /* a burst waits for this many sources in its run; 0: for those that are there */
};

/* Called from inside monitor_apply, _take_burst, _tick, _flush, _unblind, _condition and _new_period; what they point
 * to is valid during the call only. */
struct monitor_observer {
    void *context;
    void (*burst_closed)(void *context, const struct burst_summary *summary);
    void (*alarm_changed)(void *context, const struct alarm *alarm);
};

struct monitor;

/* Allocates everything that the monitor will ever need; NULL when there is no memory. */
struct monitor *monitor_create(const struct monitor_config *config, const struct template *background,
                               const struct monitor_observer *observer) __attribute__((warn_unused_result));
void monitor_destroy(struct monitor *monitor);

/* What a frame did. */
struct applied {
    struct ledger_entry *entry; /* of its source; NULL for a frame that was refused before it was known */
    bool is_duplicate;          /* it brought nothing new */
    uint64_t first_seq;         /* of the candidates that were counted from a batch */
    uint32_t count;             /* of these; 0 for other frames */
    /* Which of them each line takes: bit i of byte i / 8 is candidate first_seq + i. */
    unsigned char decisions[LINE_COUNT][BATCH_CANDIDATES_MAX / 8];
};

/* Applies a frame as the decoder lets it through: seqs from 1 to below SEQ_LIMIT, at most BATCH_CANDIDATES_MAX
 * candidates, a known cause of a loss with first <= last. Everything but REFUSAL_NONE leaves the state as it was; the
 * frame may then come again. A Hello opens the ledger entry and ends what earlier epochs of its source began. now_ns:
 * any clock that does not go back. */
enum refusal monitor_apply(struct monitor *monitor, const struct frame *frame, int64_t now_ns, struct applied *applied)
    __attribute__((warn_unused_result));

/* The entry of a source that is overheard by a passive tap, into applied->entry; when it is new it begins at first_seq:
 * what came before was never ours. NOT_WELCOME: it has a link, so that a gap is none. A source that is overheard cannot
 * say Hello. */
enum refusal monitor_overhear(struct monitor *monitor, uint32_t source, uint64_t epoch, uint64_t first_seq,
                              struct applied *applied) __attribute__((warn_unused_result));

/* A source said something that means nothing but that it is there (a heartbeat). */
void monitor_hear(struct monitor *monitor, uint32_t source, uint64_t epoch, int64_t now_ns);

/* Closes bursts that made no progress for too long, raises SILENT, and takes alarms back from the shelf. To be called
 * several times a second. */
void monitor_tick(struct monitor *monitor, int64_t now_ns);

/* Closes every open burst as it is (at the end of the program). */
void monitor_flush(struct monitor *monitor);

/* Takes a burst that was counted elsewhere, a simulation for instance, and closes it as if its last frame had just
 * come: everything that a closed burst goes through follows. Its key is larger than that of every burst so far, none is
 * open, and no source takes part otherwise. What closing finds out (expected, is_open) need not be set. */
void monitor_take_burst(struct monitor *monitor, const struct burst *burst);

/* From now on `watch` sees every scan of a closed burst as the alarms are about to see it, withheld ones, too; NULL:
 * nobody does. It need not have been concluded. While blind there is none. */
void monitor_watch_scans(struct monitor *monitor, void (*watch)(void *context, const struct scan *scan), void *context);

const struct ledger *monitor_ledger(const struct monitor *monitor);
const struct alarms *monitor_alarms(const struct monitor *monitor);
const struct alarm *monitor_acknowledge(struct monitor *monitor, const char *alarm_id);

/* Acknowledges the alarm of a change that is raised, and takes the level since it began as the reference from now on,
 * up to the end of the run. NULL when no raised change has that id. What comes later depends on it: a replay without it
 * raises again. */
const struct alarm *monitor_accept_level(struct monitor *monitor, const char *alarm_id);

/* As alarms_shelve. */
const struct alarm *monitor_shelve(struct monitor *monitor, const char *alarm_id, uint32_t minutes, int64_t now_ns);

/* What others know: a look at ALARM_LINK or ALARM_STORAGE, at the burst that closed last. The observer hears of it. */
void monitor_condition(struct monitor *monitor, enum alarm_kind kind, const struct alarm_condition *condition);

/* The burst that closed last; {0, 0} before the first. */
struct burst_key monitor_last_burst(const struct monitor *monitor);

/* A new period begins: its horizon is empty, and what alarms the last one showed is final (alarm_changed). */
void monitor_new_period(struct monitor *monitor);

/* The strictest origin that a run of any source had since the start (DATA before SIMULATION before INJECTION), since
 * its candidates are in the sums. A run that does not say counts as DATA. ORIGIN_UNSPECIFIED before the first. */
enum origin monitor_origin(const struct monitor *monitor);

/* Whether the searched region is hidden (blind.h): candidates of origin DATA came, and nobody unblinded them. Then no
 * function of the monitor tells what is hidden. */
bool monitor_is_blind(const struct monitor *monitor);

/* Shows the searched region of DATA, or hides it again. What was hidden is judged for alarms from the next closed burst
 * on; alarms of what is hidden again are withdrawn (alarm_changed). */
void monitor_unblind(struct monitor *monitor, bool is_unblinded);

/* Who shows the searched region of DATA, why, and since when (Unix time): kept for people, over a restart, too.
 * since_ns 0: nobody. */
struct unblinding {
    char who[136], reason[200];
    uint64_t since_ns;
};
void monitor_sign_unblinding(struct monitor *monitor, const struct unblinding *unblinding);
const struct unblinding *monitor_unblinding(const struct monitor *monitor);

/* Sums over a horizon; HORIZON_OPEN sums the open bursts. Valid until the next call of a monitor function. */
const struct horizon *monitor_horizon(struct monitor *monitor, enum horizon_id id);

/* The scan of a horizon of a line, evaluated and concluded now. HORIZON_OPEN: displayed, never tested (withheld says
 * so). */
void monitor_scan(struct monitor *monitor, enum line line, enum horizon_id id, struct scan *scan);

/* A candidate of the searched region, accepted by the unprescaled line. */
struct pick {
    uint32_t run, burst, source;
    uint64_t epoch, seq;
    uint32_t time; /* clock counts since start of burst */
    int64_t m2;    /* Q26 MeV^2 */
};

/* The search window of m_N: low <= m2_miss < high, MeV^2. */
void monitor_window(const struct monitor *monitor, double m_n_mev, int32_t *low_mev2, int32_t *high_mev2);

/* Candidates with low <= m2_miss < high, newest first, up to `capacity`. *forgotten counts those of the searched region
 * that are no longer kept. Returns how many were written. While blind there are none. */
uint32_t monitor_picks(const struct monitor *monitor, int32_t low_mev2, int32_t high_mev2, struct pick *picks,
                       uint32_t capacity, uint64_t *forgotten);

/* ---- what survives a restart ----
 *
 * The state of a monitor is one piece, monitor_save, and the bursts that closed last, each a piece of its own that
 * never changes again, monitor_save_burst. Another monitor that gets all of them by
 *
 *      monitor_restore, then monitor_restore_burst for monitor_oldest_kept .. monitor_closed_bursts - 1, in that order,
 *
 * goes on as the saved one would have, bit for bit, and saves the same bytes. It needs the same template and selection;
 * f_sys, promises, timeout and number of sources may be others. Times on the caller's clock are kept as distances from
 * now_ns. Candidates for `pick` are not kept: they count as forgotten. Observers hear of nothing.
 *
 * The bytes may be anything: what is accepted is a state that the monitor could be in, as far as its own rules go, and
 * what is refused leaves the monitor as monitor_create made it, to be used or to be tried again. Bytes are checked for
 * sense, not for damage: a checksum is the caller's. */

#define MONITOR_STATE_BYTES_MAX (UINT32_C(1) << 21) /* all bursts open and all counts large; usually below 300 KB */
#define MONITOR_BURST_BYTES_MAX (UINT32_C(56) << 10)

/* What a state says about itself. */
struct state_label {
    uint32_t version;                       /* of the format; another one than this program's tells nothing more */
    char template_name[TEMPLATE_NAME_SIZE]; /* of its background template, .. */
    char template_hash[TEMPLATE_HASH_SIZE]; /* .. and its hash */
    enum selection_preset preset;
    uint64_t closed_bursts;
    struct burst_key last_burst; /* to close; {0, 0}: none has */
};

enum restored {
    RESTORED_OK,
    RESTORED_DAMAGED,         /* not what monitor_save or monitor_save_burst made */
    RESTORED_OTHER_VERSION,   /* of the format, or other histograms, masses or reasons */
    RESTORED_OTHER_SELECTION, /* made with another selection, .. */
    RESTORED_OTHER_TEMPLATE,  /* .. or with another background template */
    RESTORED_COUNT
};

/* For people, without a full stop. */
const char *restored_text(enum restored restored);

/* Closed bursts since the state began, also before restarts: the next one to close gets this number. */
uint64_t monitor_closed_bursts(const struct monitor *monitor);

/* The oldest burst that monitor_save_burst can save and that a restored monitor needs: the last HORIZON_DEPTH are kept.
 * monitor_closed_bursts when there is none. */
uint64_t monitor_oldest_kept(const struct monitor *monitor);

/* Writes the state, not during a call of the observer. Returns the bytes; 0 when the monitor is in a state that it
 * could not be restored to, which is a defect. capacity >= MONITOR_STATE_BYTES_MAX. */
size_t monitor_save(struct monitor *monitor, unsigned char *bytes, size_t capacity, int64_t now_ns);

/* Writes closed burst `number`, monitor_oldest_kept <= number < monitor_closed_bursts: always the same bytes. Returns
 * as monitor_save. capacity >= MONITOR_BURST_BYTES_MAX. */
size_t monitor_save_burst(struct monitor *monitor, uint64_t number, unsigned char *bytes, size_t capacity);

/* Forgets what the monitor knew, unless the state is of another version, selection or template. now_ns: from 0 to
 * ARCHIVE_TIME_MAX_NS (archive.h). */
enum restored monitor_restore(struct monitor *monitor, const unsigned char *bytes, size_t size, int64_t now_ns)
    __attribute__((warn_unused_result));

/* Only after monitor_restore, in order and before anything else. What is refused takes the whole state with it. */
enum restored monitor_restore_burst(struct monitor *monitor, uint64_t number, const unsigned char *bytes, size_t size)
    __attribute__((warn_unused_result));

/* Without a monitor; false when it is no state. */
bool monitor_read_label(const unsigned char *bytes, size_t size, struct state_label *label)
    __attribute__((warn_unused_result));

#endif
