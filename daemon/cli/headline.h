/* SPDX-License-Identifier: MIT */
/*
 * headline - the numbers of arXiv:2008.11654 and of an independent calculation, beside ours.
 *
 * "paper" is what the paper prints, rounded as it is there. "independent" is a calculation by another program with
 * another event generator (flat acceptance, no threshold but where one is named), good to three digits. "formula (3)"
 * compares our sum over the window with the closed formula of the paper, which takes the background for flat.
 */
#ifndef HNLMON_CLI_HEADLINE_H
#define HNLMON_CLI_HEADLINE_H

#include "cli/projection.h"
#include "cli/sheet.h"

/* Fills a sheet that is not initialised yet; the caller finishes it. False without memory: then there is none. */
bool headline_table(struct sheet *sheet, const struct projection_setting *setting);

#endif
