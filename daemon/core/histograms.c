/* SPDX-License-Identifier: MIT */
/* histograms - see histograms.h. */
#include "core/histograms.h"

#include <string.h>

#define M2_AXIS                                                                                                        \
    {                                                                                                                  \
        M2_BIN_FIRST *M2_BIN_WIDTH_MEV2, M2_BIN_WIDTH_MEV2, M2_BIN_COUNT                                               \
    }
#define M2_HISTOGRAM(index, name, title)                                                                               \
    {                                                                                                                  \
        name, title, "MeV^2", M2_AXIS, 1.0, (index)*M2_SLOTS                                                           \
    }
#define AFTER_M2 (6 * M2_SLOTS)

#define Q13_TO_MEV (1.0 / 8192.0)

const struct histogram_info histogram_table[HISTOGRAM_COUNT] = {
    M2_HISTOGRAM(0, "m2", "squared missing mass after the veto"),
    M2_HISTOGRAM(1, "m2_before_veto", "squared missing mass before the veto"),
    M2_HISTOGRAM(2, "m2_downscaled", "squared missing mass after the veto, line downscaled"),
    M2_HISTOGRAM(3, "m2_downscaled_before_veto", "squared missing mass before the veto, line downscaled"),
    M2_HISTOGRAM(4, "m2_tail", "squared missing mass after the veto, line tail"),
    M2_HISTOGRAM(5, "m2_tail_before_veto", "squared missing mass before the veto, line tail"),
    /* Bin widths in the integer unit of the column. */
    {"m_gg", "two-photon mass", "MeV", {100 * 8192, 4096, 140}, Q13_TO_MEV, AFTER_M2},
    {"e_over_p", "E/p of the positron", "", {768, 4, 128}, 1.0 / 1024.0, AFTER_M2 + 142},
    {"vertex_z", "vertex z", "m", {100000, 500, 170}, 1e-3, AFTER_M2 + 272},
    {"p_e", "positron momentum", "GeV/c", {0, 4096000, 150}, Q13_TO_MEV * 1e-3, AFTER_M2 + 444},
    {"dt", "track minus pi0 time", "ns", {-5000, 50, 200}, 1e-3, AFTER_M2 + 596},
    {"dt_k", "kaon tag minus track time", "ns", {-5000, 50, 200}, 1e-3, AFTER_M2 + 798},
    {"cda", "closest distance of approach", "mm", {0, 500, 100}, 1e-3, AFTER_M2 + 1000},
    {"burst_time", "time since start of burst", "s", {0, 400784, 700}, CLOCK_PERIOD_NS * 1e-9, AFTER_M2 + 1102},
};

_Static_assert(HISTOGRAM_SLOTS == AFTER_M2 + 1102 + 702, "the table fills the array of slots exactly");
_Static_assert(M2_SLOTS == 1502, "the slots of batch_result are those of the m2 axis");

enum histogram_id histogram_by_name(const char *name)
{
    enum histogram_id id = HISTOGRAM_M2;
    while (id < HISTOGRAM_COUNT && strcmp(histogram_table[id].name, name) != 0)
        id++;
    return id;
}

bool histograms_hold(const uint32_t *slots, uint64_t candidates)
{
    bool is_sound = true;
    for (enum histogram_id id = HISTOGRAM_M2; id < HISTOGRAM_COUNT; id++) {
        const uint32_t *counts = slots + histogram_table[id].offset;
        uint64_t entries = 0; /* < 2^32 times the slots */
        for (uint32_t slot = 0; slot < axis_slots(&histogram_table[id].axis); slot++)
            entries += counts[slot];
        is_sound &= entries <= candidates;
    }
    for (enum histogram_id id = HISTOGRAM_M2; id < HISTOGRAM_M_GG; id += 2)
        for (uint32_t slot = 0; slot < M2_SLOTS; slot++)
            is_sound &= slots[id * M2_SLOTS + slot] <= slots[(id + 1) * M2_SLOTS + slot];
    return is_sound;
}

/* FNV-1a over 64-bit words. */
static uint64_t mix(uint64_t hash, int64_t number)
{
    return (hash ^ (uint64_t)number) * UINT64_C(0x100000001B3);
}

uint64_t histograms_fingerprint(void)
{
    uint64_t hash = mix(mix(UINT64_C(0xCBF29CE484222325), HISTOGRAM_COUNT), HISTOGRAM_SLOTS);
    for (enum histogram_id id = HISTOGRAM_M2; id < HISTOGRAM_COUNT; id++) {
        const struct axis *axis = &histogram_table[id].axis;
        hash = mix(mix(mix(hash, axis->lo), axis->width), axis->bins);
    }
    return hash;
}
