/* SPDX-License-Identifier: MIT */
/* change - see change.h. */
#include "core/change.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/summary.h"

/* Changes below 5 % of a count, 0.02 sigma of the mean of m2_miss, or 50 ms of a spill, are of no interest on shift. */
#define LEAST_FACTOR 1.05
#define LEAST_SHIFT 0.02
#define LEAST_SHIFT_S 0.05

#define EXPLAINED_WITHIN 0.1 /* relative difference of two factors that count as the same */
#define PEAK_COUNT_MIN 20    /* candidates, for a mean that is as good as Gaussian */
#define SPILL_PAIRS_MIN 1000 /* of candidates in the same bin of time, for the same reason */

#define PER_INTENSITY "per unit of intensity"
#define CHECK_CALORIMETER "Check the LKr: gain and hot cells; look at the histograms m2, m_gg and e_over_p."
#define CHECK_BEAM "Check beam momentum and kaon tracker (GTK); look at the histograms m2 and cda."
#define CHECK_MAGNET                                                                                                   \
    "Check the current of the spectrometer magnet and the straws; look at the histograms p_e and e_over_p."
#define CHECK_SPILL                                                                                                    \
    "Ask the accelerator for the spill structure; check start-of-burst signal and choke; look at burst_time."

const struct change_info change_table[CHANGE_COUNT] = {
    [CHANGE_CANDIDATES] = {"candidates", "candidates", PER_INTENSITY,
                           "Fewer: look for a dead link or trigger; more: for a hot channel. 'hnlmon status' shows "
                           "each source.",
                           CHANGE_OF_RATE, FOCUS_POISSON},
    [CHANGE_DOWNSCALING] = {"downscaling", "kept triggers over those that the downscaling lets through", "",
                            "Compare the downscaling set in the trigger with the announced one; correct one of them.",
                            CHANGE_OF_RATE, FOCUS_POISSON},
    [CHANGE_SPILL_LENGTH] = {"spill_length", "effective length of the spill", "s", CHECK_SPILL, CHANGE_OF_RATE,
                             FOCUS_GAUSSIAN},
    [CHANGE_SPILL_CENTRE] = {"spill_centre", "mean time of the candidates in the burst", "s", CHECK_SPILL,
                             CHANGE_OF_RATE, FOCUS_GAUSSIAN},
    [CHANGE_BAD_TIME] = {"bad_time", "candidates with a time outside the burst", "",
                         "Check clock and start-of-burst signal of the front-ends.", CHANGE_OF_RATE, FOCUS_POISSON},
    [CHANGE_BAD_RANGE] = {"bad_range", "candidates with impossible momenta", "",
                          "Check the reconstruction in the front-ends: calibration constants loaded?", CHANGE_OF_RATE,
                          FOCUS_POISSON},
    [CHANGE_VERTEX] = {"vertex", "rejected by the vertex", "",
                       "Check alignment and efficiency of the spectrometer; look at the histogram vertex_z.",
                       CHANGE_OF_PEAK, FOCUS_POISSON},
    [CHANGE_POSITRON_MOMENTUM] = {"positron_momentum", "rejected by the positron momentum", "", CHECK_MAGNET,
                                  CHANGE_OF_PEAK, FOCUS_POISSON},
    [CHANGE_E_OVER_P] = {"e_over_p", "rejected by E/p", "", CHECK_CALORIMETER, CHANGE_OF_PEAK, FOCUS_POISSON},
    [CHANGE_DT] = {"dt", "rejected by track minus pi0 time", "",
                   "Check the time offsets of LKr and track timing; look at the histogram dt.", CHANGE_OF_PEAK,
                   FOCUS_POISSON},
    [CHANGE_DT_K] = {"dt_k", "rejected by kaon tag minus track time", "",
                     "Check the time offsets of KTAG and GTK; look at the histogram dt_k.", CHANGE_OF_PEAK,
                     FOCUS_POISSON},
    [CHANGE_CDA] = {"cda", "rejected by the closest approach", "", CHECK_BEAM, CHANGE_OF_PEAK, FOCUS_POISSON},
    [CHANGE_TWO_PHOTON_MASS] = {"two_photon_mass", "rejected by the two-photon mass", "", CHECK_CALORIMETER,
                                CHANGE_OF_PEAK, FOCUS_POISSON},
    [CHANGE_TOTAL_MOMENTUM] = {"total_momentum", "rejected by the total momentum", "", CHECK_BEAM, CHANGE_OF_PEAK,
                               FOCUS_POISSON},
    [CHANGE_TRANSVERSE_MOMENTUM] = {"transverse_momentum", "rejected by the transverse momentum", "", CHECK_BEAM,
                                    CHANGE_OF_PEAK, FOCUS_POISSON},
    [CHANGE_PEAK_COUNT] = {"peak_count", "candidates in the Ke3 peak", PER_INTENSITY, CHECK_CALORIMETER, CHANGE_OF_PEAK,
                           FOCUS_POISSON},
    [CHANGE_PEAK_POSITION] = {"peak_position", "position of the Ke3 peak", "MeV^2", CHECK_CALORIMETER, CHANGE_OF_PEAK,
                              FOCUS_GAUSSIAN},
    [CHANGE_PEAK_WIDTH] = {"peak_width", "width of the Ke3 peak", "MeV^2", CHECK_CALORIMETER, CHANGE_OF_PEAK,
                           FOCUS_GAUSSIAN},
    [CHANGE_MIRROR_TAIL] =
        {"mirror_tail", "candidates below -7600 MeV^2 per candidate in the Ke3 peak", "",
         "Resolution tails change: check tracking and LKr; the background of the search changes with them.",
         CHANGE_OF_PEAK, FOCUS_POISSON},
    [CHANGE_LAV] = {"lav", "LAV veto fraction", "",
                    "Check the LAV stations. Lower: high voltage, readout; higher: noisy or hot blocks.",
                    CHANGE_OF_VETO, FOCUS_POISSON},
    [CHANGE_IRC] = {"irc", "IRC veto fraction", "", "Check the IRC. Lower: high voltage, readout; higher: noise.",
                    CHANGE_OF_VETO, FOCUS_POISSON},
    [CHANGE_SAC] = {"sac", "SAC veto fraction", "", "Check the SAC. Lower: high voltage, readout; higher: noise.",
                    CHANGE_OF_VETO, FOCUS_POISSON},
    [CHANGE_LKR_EXTRA] =
        {"lkr_extra", "extra LKr cluster veto fraction", "",
         "Check the LKr. Lower: dead cells or a higher threshold of extra clusters; higher: hot cells.", CHANGE_OF_VETO,
         FOCUS_POISSON},
    [CHANGE_RANDOM_VETO] = {"random_veto", "random veto fraction below |m2_miss| of 5000 MeV^2", "",
                            "Check beam intensity and spill structure, then noise in the vetoes.", CHANGE_OF_VETO,
                            FOCUS_POISSON},
    [CHANGE_LINK] = {"link", "candidates of one link", PER_INTENSITY,
                     "Check the front-end and the link of this source, the number in the name of the stream.",
                     CHANGE_OF_RATE, FOCUS_POISSON},
};

_Static_assert(CHANGE_TRANSVERSE_MOMENTUM - CHANGE_BAD_TIME == (int)REJECT_TRANSVERSE_MOMENTUM - (int)REJECT_BAD_TIME,
               "one stream for each cut but the veto");
_Static_assert(CHANGE_LKR_EXTRA - CHANGE_LAV + 1 == (int)VETO_COUNT, "one stream for each photon veto");

void change_name(const struct change_finding *finding, char name[CHANGE_NAME_SIZE])
{
    if (finding->id == CHANGE_LINK)
        snprintf(name, CHANGE_NAME_SIZE, "%s-%" PRIu32, change_table[CHANGE_LINK].name, finding->source);
    else
        snprintf(name, CHANGE_NAME_SIZE, "%s", change_table[finding->id].name);
}

static double least_of(const struct change *change, enum change_id id)
{
    if (change_table[id].model == FOCUS_POISSON)
        return LEAST_FACTOR;
    bool is_time = id == CHANGE_SPILL_LENGTH || id == CHANGE_SPILL_CENTRE;
    return is_time ? LEAST_SHIFT_S : LEAST_SHIFT * change->sigma_mev2;
}

static struct stream_settings settings_of(const struct change *change, enum change_id id)
{
    return (struct stream_settings){
        .model = change_table[id].model,
        .least = least_of(change, id),
        .threshold = change->threshold,
        .is_known = id == CHANGE_DOWNSCALING,
    };
}

void change_init(struct change *change, double threshold, double sigma_mev2)
{
    change->threshold = threshold;
    change->sigma_mev2 = sigma_mev2;
    change->link_count = 0;
    change->is_peak_explained = false;
    for (enum change_id id = CHANGE_CANDIDATES; id < CHANGE_LINK; id++) {
        struct stream_settings settings = settings_of(change, id);
        stream_init(&change->streams[id], &settings);
    }
}

void change_new_run(struct change *change)
{
    change_init(change, change->threshold, change->sigma_mev2);
}

/* ---- what is watched in a burst ---- */

/* One burst, as the streams see it. */
struct look {
    struct change *change;
    const struct burst *burst;
    const uint64_t *slots;
    double luminosity; /* intensity x live time over the input downscaling; 0: not known */
};

static void watch(const struct look *look, enum change_id id, double value, double exposure)
{
    if (exposure > 0.0 && isfinite(exposure))
        stream_add(&look->change->streams[id], look->burst->key.burst, value, exposure);
}

static double luminosity_of(const struct burst *burst)
{
    double live = burst->live_ppm == UINT32_MAX ? 1.0 : 1e-6 * burst->live_ppm;
    return burst->input_downscaling >= 1 ? burst->intensity * live / burst->input_downscaling : 0.0;
}

static uint64_t counted(const struct burst *burst)
{
    uint64_t count = burst->accepted;
    for (int reason = REJECT_BAD_TIME; reason < REJECT_REASON_COUNT; reason++)
        count += burst->rejected[reason];
    return count;
}

static void watch_triggers(const struct look *look)
{
    const struct burst *burst = look->burst;
    watch(look, CHANGE_CANDIDATES, (double)counted(burst), look->luminosity);
    if (burst->downscaling >= 1)
        watch(look, CHANGE_DOWNSCALING, (double)burst->kept, (double)burst->generated / burst->downscaling);
}

static void watch_cuts(const struct look *look)
{
    const struct burst *burst = look->burst;
    uint64_t left = counted(burst);
    for (enum change_id id = CHANGE_BAD_TIME; id <= CHANGE_TRANSVERSE_MOMENTUM; id++) {
        uint64_t rejected = burst->rejected[REJECT_BAD_TIME + (id - CHANGE_BAD_TIME)];
        watch(look, id, (double)rejected, (double)left);
        left -= rejected;
    }
    for (enum change_id id = CHANGE_LAV; id <= CHANGE_LKR_EXTRA; id++)
        watch(look, id, (double)burst->vetoes[id - CHANGE_LAV], (double)left);
}

static void watch_share(const struct look *look, enum change_id id, struct share share)
{
    watch(look, id, (double)share.part, (double)share.whole);
}

static void watch_spill(const struct look *look)
{
    struct spill_shape spill = summary_spill_shape(look->slots);
    if (spill.pairs < SPILL_PAIRS_MIN)
        return;
    watch(look, CHANGE_SPILL_LENGTH, spill.length_s, 1.0 / spill.length_variance);
    watch(look, CHANGE_SPILL_CENTRE, spill.centre_s, 1.0 / spill.centre_variance);
}

static void watch_peak(const struct look *look)
{
    struct peak peak = summary_peak_shape(look->slots);
    watch(look, CHANGE_PEAK_COUNT, (double)peak.count, look->luminosity);
    watch_share(look, CHANGE_MIRROR_TAIL, summary_mirror_tail(look->slots));
    watch_share(look, CHANGE_RANDOM_VETO, summary_random_veto(look->slots));
    if (peak.count < PEAK_COUNT_MIN)
        return;
    watch(look, CHANGE_PEAK_POSITION, peak.position_mev2, 1.0 / peak.position_variance);
    watch(look, CHANGE_PEAK_WIDTH, peak.width_mev2, 1.0 / peak.width_variance);
}

/* ---- links ---- */

static void know_link(struct change *change, uint32_t source)
{
    uint32_t i = 0;
    while (i < change->link_count && change->links[i].source < source)
        i++;
    if (i < change->link_count && change->links[i].source == source)
        return;
    struct stream_settings settings = settings_of(change, CHANGE_LINK);
    if (change->link_count == LEDGER_ENTRIES_MAX)
        return;
    memmove(&change->links[i + 1], &change->links[i], (change->link_count - i) * sizeof change->links[0]);
    change->link_count++;
    change->links[i].source = source;
    stream_init(&change->links[i].stream, &settings);
}

/* Candidates of a source; 0 when it takes no part in the burst. */
static uint64_t candidates_of(const struct burst *burst, uint32_t source)
{
    for (uint32_t i = 0; i < burst->link_count; i++)
        if (burst->links[i].source == source)
            return burst->links[i].candidates;
    return 0;
}

/* A single link is what CHANGE_CANDIDATES watches. */
static void watch_links(const struct look *look)
{
    struct change *change = look->change;
    for (uint32_t i = 0; i < look->burst->link_count; i++)
        know_link(change, look->burst->links[i].source);
    for (uint32_t i = 0; i < change->link_count && change->link_count > 1 && look->luminosity > 0.0; i++) {
        struct change_link *link = &change->links[i];
        stream_add(&link->stream, look->burst->key.burst, (double)candidates_of(look->burst, link->source),
                   look->luminosity);
    }
}

static double factor_of(const struct stream *stream)
{
    return stream->change.measured / stream->change.expected;
}

/* Once explained, a change of the peak count stays so until it is over, even if that of the candidates is over before.
 */
static void explain_peak(struct change *change)
{
    const struct stream *peak = &change->streams[CHANGE_PEAK_COUNT], *all = &change->streams[CHANGE_CANDIDATES];
    bool is_same = peak->is_raised && all->is_raised &&
                   fabs(factor_of(peak) - factor_of(all)) <= EXPLAINED_WITHIN * factor_of(all);
    change->is_peak_explained = peak->is_raised && (is_same || change->is_peak_explained);
}

void change_look(struct change *change, const struct burst *burst, const uint64_t *slots)
{
    const struct look look = {change, burst, slots, luminosity_of(burst)};
    if (change->threshold <= 0.0 || burst_flaws(burst) & (1u << FLAW_LOSS | 1u << FLAW_INCOMPLETE))
        return;
    watch_triggers(&look);
    watch_spill(&look);
    watch_cuts(&look);
    watch_peak(&look);
    watch_links(&look);
    explain_peak(change);
}

/* ---- on purpose ---- */

void change_accept(struct change *change, enum change_kind kind)
{
    for (enum change_id id = CHANGE_CANDIDATES; id < CHANGE_LINK; id++)
        if (change_table[id].kind == kind && !(id == CHANGE_PEAK_COUNT && change->is_peak_explained))
            stream_accept(&change->streams[id]);
    if (kind != change_table[CHANGE_CANDIDATES].kind)
        return;
    for (uint32_t i = 0; i < change->link_count; i++)
        stream_accept(&change->links[i].stream);
    if (change->is_peak_explained)
        stream_accept(&change->streams[CHANGE_PEAK_COUNT]);
    change->is_peak_explained = false;
}

/* ---- what was found ---- */

static struct change_finding finding_of(const struct change *change, enum change_id id, uint32_t source,
                                        const struct stream_change *found)
{
    double scale = id == CHANGE_PEAK_POSITION ? change->sigma_mev2 : found->expected;
    return (struct change_finding){.id = id,
                                   .source = source,
                                   .start = found->start,
                                   .bursts = found->bursts,
                                   .measured = found->measured,
                                   .expected = found->expected,
                                   .size = (found->measured - found->expected) / scale,
                                   .z = found->z};
}

static void consider(const struct change *change, enum change_id id, uint32_t source, const struct stream *stream,
                     struct change_finding *leading, uint32_t *raised)
{
    if (!stream->is_raised || (id == CHANGE_PEAK_COUNT && change->is_peak_explained))
        return;
    struct change_finding finding = finding_of(change, id, source, &stream->change);
    if (*raised == 0 || finding.z > leading->z)
        *leading = finding;
    ++*raised;
}

/* Several vetoes that change together with the random one do so for one reason, which is not in a detector. */
static bool is_common(const struct change *change)
{
    uint32_t vetoes = 0;
    for (enum change_id id = CHANGE_LAV; id <= CHANGE_LKR_EXTRA; id++)
        vetoes += change->streams[id].is_raised;
    return vetoes >= 2 && change->streams[CHANGE_RANDOM_VETO].is_raised;
}

uint32_t change_leading(const struct change *change, enum change_kind kind, struct change_finding *leading)
{
    uint32_t raised = 0;
    for (enum change_id id = CHANGE_CANDIDATES; id < CHANGE_LINK; id++)
        if (change_table[id].kind == kind)
            consider(change, id, 0, &change->streams[id], leading, &raised);
    for (uint32_t i = 0; i < change->link_count && change_table[CHANGE_LINK].kind == kind; i++)
        consider(change, CHANGE_LINK, change->links[i].source, &change->links[i].stream, leading, &raised);
    if (kind == CHANGE_OF_VETO && is_common(change))
        *leading = finding_of(change, CHANGE_RANDOM_VETO, 0, &change->streams[CHANGE_RANDOM_VETO].change);
    return raised;
}

/* ---- what survives a restart ---- */

static void archive_link(struct archive *archive, struct change *change, struct change_link *link)
{
    if (!archive->is_saving) {
        struct stream_settings settings = settings_of(change, CHANGE_LINK);
        stream_init(&link->stream, &settings);
    }
    archive_u32(archive, &link->source);
    stream_archive(archive, &link->stream);
}

void change_archive(struct archive *archive, struct change *change)
{
    for (enum change_id id = CHANGE_CANDIDATES; id < CHANGE_LINK; id++)
        stream_archive(archive, &change->streams[id]);
    archive_bool(archive, &change->is_peak_explained);
    archive_below(archive, &change->link_count, LEDGER_ENTRIES_MAX + 1);
    for (uint32_t i = 0; i < change->link_count; i++) {
        archive_link(archive, change, &change->links[i]);
        archive_require(archive, i == 0 || change->links[i - 1].source < change->links[i].source);
    }
    if (!archive->is_saving && change->threshold <= 0.0)
        change_init(change, change->threshold, change->sigma_mev2);
}
