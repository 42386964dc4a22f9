/* SPDX-License-Identifier: MIT */
/*
 * candidate - one reconstructed pi0 e+ pair with its kaon, and a view of many of them as columns.
 *
 * Candidates travel and are processed as columns of little-endian 32-bit words at any alignment: exactly the bytes
 * of the wire, read in place. Nothing here owns memory.
 */
#ifndef HNLMON_CANDIDATE_H
#define HNLMON_CANDIDATE_H

#include <stdint.h>

/* The columns in the order of their field numbers on the wire: column c is field 10 + c. */
enum candidate_column {
    COLUMN_K_PX,
    COLUMN_K_PY,
    COLUMN_K_PZ,
    COLUMN_PI0_PX,
    COLUMN_PI0_PY,
    COLUMN_PI0_PZ,
    COLUMN_E_PX,
    COLUMN_E_PY,
    COLUMN_E_PZ,
    COLUMN_TIME,
    COLUMN_FLAGS,
    COLUMN_VERTEX_Z,
    COLUMN_M_GG,
    COLUMN_E_OVER_P,
    COLUMN_DT,
    COLUMN_DT_K,
    COLUMN_CDA,
    CANDIDATE_COLUMN_COUNT
};

#define CANDIDATE_BYTES (4 * CANDIDATE_COLUMN_COUNT) /* on the wire, without truth */

/* Bits of `flags`. Bits 0-7: fine time, 1/256 of a clock count. Bits 16-31: L0 trigger mask. */
#define FLAG_FINE_TIME_MASK 0xFFu
#define FLAG_LAV (1u << 8)
#define FLAG_IRC (1u << 9)
#define FLAG_SAC (1u << 10)
#define FLAG_LKR_EXTRA (1u << 11)
#define FLAG_CHANTI (1u << 12)
#define FLAG_MUV3 (1u << 13)
#define FLAG_KEPT (1u << 14) /* the L0 trigger of the candidate passed the downscaling */
#define FLAG_PHOTON_VETO (FLAG_LAV | FLAG_IRC | FLAG_SAC | FLAG_LKR_EXTRA)
#define FLAG_VETO_SHIFT 8 /* the bit of photon veto 0 */
#define FLAG_L0_MASK_SHIFT 16

/* The photon vetoes in the order of their bits. */
enum photon_veto { VETO_LAV, VETO_IRC, VETO_SAC, VETO_LKR_EXTRA, VETO_COUNT };

struct candidate {
    int32_t k[3];   /* kaon momentum x y z, Q13 MeV/c */
    int32_t pi0[3]; /* pi0 momentum, Q13 MeV/c */
    int32_t e[3];   /* positron momentum, Q13 MeV/c */
    uint32_t time;  /* clock counts since start of burst */
    uint32_t flags;
    int32_t vertex_z; /* mm */
    int32_t m_gg;     /* two-photon mass, Q13 MeV */
    int32_t e_over_p; /* Q10 */
    int32_t dt;       /* track minus pi0 time, ps */
    int32_t dt_k;     /* kaon tag minus track time, ps */
    int32_t cda;      /* closest distance of approach of track and kaon, um */
};

/* `count` candidates; column[c] points to 4 * count bytes, little endian, any alignment. */
struct candidate_columns {
    uint32_t count;
    const unsigned char *column[CANDIDATE_COLUMN_COUNT];
};

static inline uint32_t load_le32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline void store_le32(unsigned char *bytes, uint32_t value)
{
    bytes[0] = (unsigned char)value;
    bytes[1] = (unsigned char)(value >> 8);
    bytes[2] = (unsigned char)(value >> 16);
    bytes[3] = (unsigned char)(value >> 24);
}

/* Word `index` of column `column`; index < columns->count. */
static inline uint32_t column_word(const struct candidate_columns *columns, enum candidate_column column,
                                   uint32_t index)
{
    return load_le32(columns->column[column] + (uintptr_t)4 * index);
}

static inline int32_t column_value(const struct candidate_columns *columns, enum candidate_column column,
                                   uint32_t index)
{
    return (int32_t)column_word(columns, column, index);
}

/* Gathers candidate `index` from its columns; index < columns->count. */
static inline struct candidate candidate_load(const struct candidate_columns *columns, uint32_t index)
{
#define VALUE(name) column_value(columns, COLUMN_##name, index)
    return (struct candidate){
        .k = {VALUE(K_PX), VALUE(K_PY), VALUE(K_PZ)},
        .pi0 = {VALUE(PI0_PX), VALUE(PI0_PY), VALUE(PI0_PZ)},
        .e = {VALUE(E_PX), VALUE(E_PY), VALUE(E_PZ)},
        .time = column_word(columns, COLUMN_TIME, index),
        .flags = column_word(columns, COLUMN_FLAGS, index),
        .vertex_z = VALUE(VERTEX_Z),
        .m_gg = VALUE(M_GG),
        .e_over_p = VALUE(E_OVER_P),
        .dt = VALUE(DT),
        .dt_k = VALUE(DT_K),
        .cda = VALUE(CDA),
    };
#undef VALUE
}

#endif
