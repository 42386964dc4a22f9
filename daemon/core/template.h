/* SPDX-License-Identifier: MIT */
/*
 * template - what the background is expected to look like: the m2_miss spectrum of accepted K+ -> pi0 e+ nu (gamma)
 * after the photon veto, the numbers that turn a count in the peak into a number of kaons and an excess into |U_e|^2,
 * and how well all of it is known.
 *
 * It is data, not code: simulated with weights (firmware-sim/template_simulate.h), because unweighted counts would
 * leave a bias of per cents in the tail. It belongs to one selection. Its name and hash travel with every result; the
 * hash is over its text form, which is also the file (wire/template_file.h).
 */
#ifndef HNLMON_CORE_TEMPLATE_H
#define HNLMON_CORE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/scan.h"
#include "hnlmon/select.h"
#include "hnlmon/units.h"

#define TEMPLATE_VERSION 1u /* of the text form; another one is refused */

/* Sizes of texts with their terminating 0. Texts are printable ASCII. */
#define TEMPLATE_NAME_SIZE 32u
#define TEMPLATE_HASH_SIZE 17u
#define TEMPLATE_PROVENANCE_SIZE 512u
#define TEMPLATE_LABEL_SIZE (TEMPLATE_NAME_SIZE + TEMPLATE_HASH_SIZE)

/* Resolutions that the search windows and sidebands are made for: at least one bin, and at most SIDEBAND_BINS_MAX. */
#define TEMPLATE_SIGMA_MIN_MEV2 100.0
#define TEMPLATE_SIGMA_MAX_MEV2 2500.0

struct template
{
    char name[TEMPLATE_NAME_SIZE];             /* letters, digits, '.', '_' and '-' */
    char hash[TEMPLATE_HASH_SIZE];             /* 16 hexadecimal digits, template_hash */
    char provenance[TEMPLATE_PROVENANCE_SIZE]; /* what it was made from: mode, options, events, seed */
    enum selection_preset preset;              /* the selection that it belongs to */
    double sigma_mev2;                         /* resolution of m2_miss, MeV^2; with tails that of the core, 68.27 % */

    /* Hypotheses that it may be used for, inclusive. One from data holds where its search window was interpolated, and
     * nowhere else. 0 and 0: all. */
    double first_mev, last_mev;

    double bins[M2_BIN_COUNT];        /* share of the accepted Ke3(gamma) in each m2 bin after the veto, other decays */
    double bins_before[M2_BIN_COUNT]; /* in their proportion added; the same before the veto */
    double br_ke3;                    /* BR(K+ -> pi0 e+ nu (gamma)), 0.0507 */
    double a_peak;                    /* acceptance of Ke3: all cuts and random vetoes, but not its own photon's veto */
    double f_peak;                    /* of the accepted, share in the peak window [-20w, 20w) after the veto */
    double eps_background;            /* share of m2_miss > 0.01 GeV^2 that survives the veto */

    /* By hypothesis. */
    double acceptance_ratio[HYPOTHESIS_COUNT]; /* A(m_N) / A_peak; 1 in paper mode */
    double window_ratio[HYPOTHESIS_COUNT];     /* what of a signal its window holds, over what it holds of a Gaussian of
                                                  sigma; 1 in paper mode */
    double window_error[HYPOTHESIS_COUNT]; /* relative statistical error of the background in the search window, .. */
    double bias_error[HYPOTHESIS_COUNT];   /* .. and of b over it: what the template's own statistics makes of b */
};

/* Those that come with the program; template_builtin.h finds them by name. */
extern const struct template template_paper, template_na62, template_na62_beam;

/* Whether it may be used for a mass hypothesis. */
bool template_covers(const struct template *shape, double m_n_mev);

/* What is wrong with its numbers and texts, as a sentence; NULL when nothing is. The hash is not looked at. */
const char *template_error(const struct template *shape);

/* Lines of the text form: the first one and its version, those above the two tables, and the last one. */
#define TEMPLATE_MAGIC "hnlmon-template"
#define TEMPLATE_BINS_HEAD "after_veto before_veto"
#define TEMPLATE_MASSES_HEAD "acceptance_ratio window_ratio window_error bias_error"
#define TEMPLATE_END "end"

/* Gives the text form to `put`, in pieces of whole lines, with or without the line of the hash. Numbers have 17 digits
 * and come back to the same bits. */
typedef void template_put(void *context, const char *text, size_t size);
void template_write(const struct template *shape, bool has_hash_line, template_put *put, void *context);

/* FNV-1a, 64 bits, over the text form without the line of the hash: 16 hexadecimal digits. It tells templates apart and
 * finds damage; it is no protection against intent. */
void template_hash(const struct template *shape, char hash[TEMPLATE_HASH_SIZE]);

/* "NAME HASH". */
void template_label(const struct template *shape, char label[TEMPLATE_LABEL_SIZE]);

#endif
