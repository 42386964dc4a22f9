/* SPDX-License-Identifier: MIT */
/*
 * bench_kernel - nanoseconds per candidate of each batch kernel, and the rate of the checksum, as one JSON object.
 *
 * 4096 candidates (272 KiB of columns, which stay in the second-level cache), evaluated in blocks; the least of many
 * repetitions, since other work on the machine only ever adds time. A kernel that the CPU lacks is null.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hnlmon/crc32c.h"
#include "hnlmon/units.h"
#include "kernel/batch.h"

#define CANDIDATES 4096u
#define REPETITIONS 2000
#define M_KAON 493.677         /* MeV */
#define M_PI0 134.9768         /* MeV */
#define CRC_COLUMN_BYTES 1024u /* 256 candidates */

static unsigned char words[CANDIDATE_COLUMN_COUNT][4 * CANDIDATES];
static volatile uint64_t sink; /* keeps the results alive */

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double uniform(double min, double max)
{
    return min + (max - min) * ((double)rand() / RAND_MAX);
}

static void put(enum candidate_column column, uint32_t index, double value)
{
    store_le32(words[column] + 4 * index, (uint32_t)(int32_t)lrint(value));
}

static void put_momentum(enum candidate_column first, uint32_t index, const double p_mev[3])
{
    for (int axis = 0; axis < 3; axis++)
        put((enum candidate_column)((int)first + axis), index, p_mev[axis] * (1 << MOMENTUM_SHIFT));
}

/* Cosine of the angle between pi0 and e+ in the kaon's rest frame, energies in MeV; beyond +-1 the decay is impossible.
 */
static double cosine(double e_pi0, double e_e)
{
    double e_nu = M_KAON - e_pi0 - e_e;
    double p2 = e_pi0 * e_pi0 - M_PI0 * M_PI0;
    return e_nu < 0 ? 2 : (e_nu * e_nu - p2 - e_e * e_e) / (2 * sqrt(p2) * e_e);
}

/* Boosts along z to the frame in which the kaon has energy e_k and momentum p_k. */
static void boost(double p[3], double energy, double e_k, double p_k)
{
    p[2] = (e_k * p[2] + p_k * energy) / M_KAON;
}

/* A decay K+ -> pi0 e+ nu, flat over the Dalitz plot, of a kaon along z; the positron is measured to 1 %. */
static void fill_decay(uint32_t i)
{
    double e_pi0, e_e, cos_e;
    do {
        e_pi0 = uniform(M_PI0, 266);
        e_e = uniform(1, 229);
        cos_e = cosine(e_pi0, e_e);
    } while (fabs(cos_e) > 1);
    double k[3] = {0, 0, uniform(74000, 76000)}, e_k = hypot(k[2], M_KAON);
    double p_pi0 = sqrt(e_pi0 * e_pi0 - M_PI0 * M_PI0);
    double tilt = acos(uniform(-1, 1)), sin_e = sqrt(1 - cos_e * cos_e);
    double pi0[3] = {p_pi0 * sin(tilt), 0, p_pi0 * cos(tilt)};
    double e[3] = {e_e * (cos_e * sin(tilt) + sin_e * cos(tilt)), 0, e_e * (cos_e * cos(tilt) - sin_e * sin(tilt))};
    boost(pi0, e_pi0, e_k, k[2]);
    boost(e, e_e, e_k, k[2]);
    e[2] *= uniform(0.99, 1.01);
    put_momentum(COLUMN_K_PX, i, k);
    put_momentum(COLUMN_PI0_PX, i, pi0);
    put_momentum(COLUMN_E_PX, i, e);
}

/* A Ke3 decay; one in ten has a photon in the vetoes, and some fail another cut of the na62 selection. */
static void fill_candidate(uint32_t i)
{
    fill_decay(i);
    put(COLUMN_TIME, i, uniform(0, 2e8));
    put(COLUMN_FLAGS, i, rand() % 10 == 0 ? FLAG_LAV : 0);
    put(COLUMN_VERTEX_Z, i, uniform(109000, 181000));
    put(COLUMN_M_GG, i, (M_PI0 + uniform(-16, 16)) * (1 << MOMENTUM_SHIFT));
    put(COLUMN_E_OVER_P, i, uniform(920, 1128));
    put(COLUMN_DT, i, uniform(-2040, 2040));
    put(COLUMN_DT_K, i, uniform(-2040, 2040));
    put(COLUMN_CDA, i, uniform(0, 25500));
}

static struct candidate_columns fill_columns(void)
{
    struct candidate_columns columns = {.count = CANDIDATES};
    srand(1);
    for (uint32_t i = 0; i < CANDIDATES; i++)
        fill_candidate(i);
    for (int c = 0; c < CANDIDATE_COLUMN_COUNT; c++)
        columns.column[c] = words[c];
    return columns;
}

static double pass_ns(const struct selection *selection, const struct candidate_columns *columns)
{
    static struct batch_result result;
    double start = now_ns();
    for (uint32_t begin = 0; begin < CANDIDATES; begin += BATCH_BLOCK) {
        batch_evaluate(selection, columns, begin, BATCH_BLOCK, &result);
        sink += result.slot[7] + result.reason[9];
    }
    return now_ns() - start;
}

static double kernel_ns(const struct selection *selection, const struct candidate_columns *columns)
{
    double best = 1e18;
    for (int i = 0; i < REPETITIONS; i++) {
        double ns = pass_ns(selection, columns);
        best = ns < best ? ns : best;
    }
    return best / CANDIDATES;
}

static void print_kernels(enum selection_preset preset, const struct candidate_columns *columns)
{
    static const char *const names[] = {"scalar", "avx2", "avx512"};
    const struct selection selection = selection_preset(preset);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *suffix = preset == SELECTION_PAPER ? "" : selection_preset_name(preset);
        printf("\"%s_%s%sns\":", names[i], suffix, *suffix ? "_" : "");
        if (batch_kernel_use(names[i]))
            printf("%.2f,", kernel_ns(&selection, columns));
        else
            printf("null,");
    }
}

/* All columns of a batch of 256 candidates, one after another. */
static double crc_gb_per_s(void)
{
    double best = 1e18;
    for (int i = 0; i < REPETITIONS; i++) {
        uint32_t crc = 0;
        double start = now_ns();
        for (int repeat = 0; repeat < 16; repeat++)
            for (int c = 0; c < CANDIDATE_COLUMN_COUNT; c++)
                crc = crc32c(crc, words[c], CRC_COLUMN_BYTES);
        double ns = now_ns() - start;
        best = ns < best ? ns : best;
        sink += crc;
    }
    return 16.0 * CANDIDATE_COLUMN_COUNT * CRC_COLUMN_BYTES / best;
}

int main(void)
{
    const struct candidate_columns columns = fill_columns();
    printf("{");
    print_kernels(SELECTION_PAPER, &columns);
    print_kernels(SELECTION_NA62, &columns);
    printf("\"crc32c_gb_per_s\":%.1f}\n", crc_gb_per_s());
    return 0;
}
