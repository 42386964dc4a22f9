/* SPDX-License-Identifier: MIT */
/*
 * chi2 - do two samples of a quantity follow one distribution? Bins of equal population, K. Pearson's chi2 for two
 * histograms of counts, or for one of weights and one of counts, and its tail probability.
 *
 * The number of bins is odd, so that the degrees of freedom are even and the tail is a finite sum,
 * exp(-x) (1 + x + ... + x^(ndf/2 - 1) / (ndf/2 - 1)!) with x = chi2 / 2.
 */
#ifndef TESTS_PHYSICS_CHI2_H
#define TESTS_PHYSICS_CHI2_H

#include "check.h"

#define CHI2_BINS 41

/* Two-sided: a chi2 as improbably small means that the samples share events, or an error in the test. */
#define CHI2_P_MIN 1e-4

/* Two histograms on the same bins; bin i ends at edge[i], the last one nowhere. */
struct chi2 {
    const char *name;
    double edge[CHI2_BINS - 1];
    double count[2][CHI2_BINS];
    double square[CHI2_BINS]; /* of the weights, where sample 0 has weights */
};

static inline int chi2_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Edges at the quantiles of `pilot`, a sample that is not filled later; sorts it. */
static inline void chi2_init(struct chi2 *chi2, const char *name, double *pilot, size_t count)
{
    *chi2 = (struct chi2){.name = name};
    qsort(pilot, count, sizeof *pilot, chi2_compare);
    for (size_t i = 0; i < CHI2_BINS - 1; i++)
        chi2->edge[i] = pilot[count * (i + 1) / CHI2_BINS];
}

static inline size_t chi2_bin(const struct chi2 *chi2, double value)
{
    size_t lo = 0, hi = CHI2_BINS - 1;
    while (lo < hi) {
        size_t middle = (lo + hi) / 2;
        if (value < chi2->edge[middle])
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

static inline void chi2_fill(struct chi2 *chi2, int sample, double value)
{
    chi2->count[sample][chi2_bin(chi2, value)]++;
}

/* Into sample 0. */
static inline void chi2_fill_weighted(struct chi2 *chi2, double value, double weight)
{
    size_t bin = chi2_bin(chi2, value);
    chi2->count[0][bin] += weight;
    chi2->square[bin] += weight * weight;
}

/* Probability of a chi2 above this; ndf even. */
static inline double chi2_tail(double chi2, int ndf)
{
    double term = exp(-chi2 / 2), sum = 0;
    for (int i = 0; i < ndf / 2; i++) {
        sum += term;
        term *= chi2 / 2 / (i + 1);
    }
    return sum;
}

static inline double chi2_value(const struct chi2 *chi2)
{
    double total[2] = {0}, sum = 0;
    for (int i = 0; i < CHI2_BINS; i++)
        for (int sample = 0; sample < 2; sample++)
            total[sample] += chi2->count[sample][i];
    for (int i = 0; i < CHI2_BINS; i++) {
        double difference =
            chi2->count[0][i] * sqrt(total[1] / total[0]) - chi2->count[1][i] * sqrt(total[0] / total[1]);
        sum += difference * difference / (chi2->count[0][i] + chi2->count[1][i]);
    }
    return sum;
}

/* Counts of sample 1 against what the weights of sample 0 predict, with the errors of both. */
static inline double chi2_weighted_value(const struct chi2 *chi2)
{
    double total[2] = {0}, sum = 0;
    for (int i = 0; i < CHI2_BINS; i++)
        for (int sample = 0; sample < 2; sample++)
            total[sample] += chi2->count[sample][i];
    double ratio = total[1] / total[0];
    for (int i = 0; i < CHI2_BINS; i++) {
        double expected = ratio * chi2->count[0][i], difference = expected - chi2->count[1][i];
        sum += difference * difference / (expected + ratio * ratio * chi2->square[i]);
    }
    return sum;
}

static inline void chi2_check_value(const char *name, double value)
{
    double p = chi2_tail(value, CHI2_BINS - 1);
    printf("%-24s chi2 %6.2f / %d, p = %.4f\n", name, value, CHI2_BINS - 1, p);
    if (!(p >= CHI2_P_MIN && p <= 1 - CHI2_P_MIN))
        fail_msg("%s: chi2 %g for %d degrees of freedom", name, value, CHI2_BINS - 1);
}

static inline void chi2_check(const struct chi2 *chi2)
{
    chi2_check_value(chi2->name, chi2_value(chi2));
}

#endif
