/* SPDX-License-Identifier: MIT */
/* random - see the header. */
#include "physics/random.h"

#include <math.h>

#define ROUNDS 10

/* Multipliers and key increments of Philox4x64 (table 2 of the paper and its section 3.3: golden ratio, sqrt(3) - 1).
 */
#define MULTIPLIER_0 UINT64_C(0xD2E7470EE14C6C93)
#define MULTIPLIER_1 UINT64_C(0xCA5A826395121157)
#define INCREMENT_0 UINT64_C(0x9E3779B97F4A7C15)
#define INCREMENT_1 UINT64_C(0xBB67AE8584CAA73B)

void random_init(struct random *random, uint64_t seed, uint64_t stream)
{
    *random = (struct random){.key = {seed, stream}, .used = 4};
}

void random_block(const uint64_t counter[4], const uint64_t key[2], uint64_t words[4])
{
    uint64_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint64_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
        unsigned __int128 left = (unsigned __int128)MULTIPLIER_0 * c0;
        unsigned __int128 right = (unsigned __int128)MULTIPLIER_1 * c2;
        c0 = (uint64_t)(right >> 64) ^ c1 ^ k0;
        c2 = (uint64_t)(left >> 64) ^ c3 ^ k1;
        c1 = (uint64_t)right;
        c3 = (uint64_t)left;
        k0 += INCREMENT_0;
        k1 += INCREMENT_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
}

uint64_t random_word(struct random *random)
{
    if (random->used == 4) {
        const uint64_t counter[4] = {random->block_count++, 0, 0, 0};
        random_block(counter, random->key, random->words);
        random->used = 0;
    }
    return random->words[random->used++];
}

/* 52 bits and a half, so that neither end is reached after rounding. */
double random_uniform(struct random *random)
{
    return ((double)(random_word(random) >> 12) + 0.5) * 0x1p-52;
}

/* A point inside the unit disc, the origin excluded; returns its squared radius. */
static double disc_point(struct random *random, double *x, double *y)
{
    double radius2;
    do {
        *x = 2 * random_uniform(random) - 1;
        *y = 2 * random_uniform(random) - 1;
        radius2 = *x * *x + *y * *y;
    } while (radius2 >= 1 || radius2 == 0);
    return radius2;
}

/* Marsaglia's polar method: two numbers per point, the second one is kept for the next call. */
double random_normal(struct random *random)
{
    if (random->has_spare) {
        random->has_spare = false;
        return random->spare;
    }
    double x, y;
    double radius2 = disc_point(random, &x, &y);
    double factor = sqrt(-2 * log(radius2) / radius2);
    random->spare = y * factor;
    random->has_spare = true;
    return x * factor;
}

double random_exponential(struct random *random)
{
    return -log(random_uniform(random));
}

/* P(n >= j) = (mean / (1 + mean))^j, by inversion. */
uint64_t random_geometric(struct random *random, double mean)
{
    if (!(mean > 0))
        return 0;
    double failures = random_exponential(random) / log1p(1 / mean);
    return failures < 0x1p62 ? (uint64_t)failures : UINT64_C(1) << 62;
}

/* G. Marsaglia, Ann. Math. Stat. 43 (1972) 645. */
struct four random_direction(struct random *random)
{
    double x, y;
    double radius2 = disc_point(random, &x, &y);
    double stretch = 2 * sqrt(1 - radius2);
    return (struct four){0, x * stretch, y * stretch, 1 - 2 * radius2};
}

/* A uniform unit quaternion from two points in discs (G. Marsaglia, Ann. Math. Stat. 43 (1972) 645). */
struct rotation random_rotation(struct random *random)
{
    double a, b, c, d;
    double first = disc_point(random, &a, &b);
    double second = disc_point(random, &c, &d);
    double stretch = sqrt((1 - first) / second);
    c *= stretch;
    d *= stretch;
    return (struct rotation){{{1 - 2 * (c * c + d * d), 2 * (b * c - a * d), 2 * (b * d + a * c)},
                              {2 * (b * c + a * d), 1 - 2 * (b * b + d * d), 2 * (c * d - a * b)},
                              {2 * (b * d - a * c), 2 * (c * d + a * b), 1 - 2 * (b * b + c * c)}}};
}
