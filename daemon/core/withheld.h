/* SPDX-License-Identifier: MIT */
/*
 * withheld - every reason for which a significance is computed but nothing may be concluded from it, in one table.
 *
 * A reason concerns a whole scan or a single mass hypothesis. What is withheld is published with its reason and neither
 * raises nor clears an alarm. Which reason applies is decided in evaluation.c (scans) and scan.c (hypotheses).
 *
 * That the data span two background templates is no reason: a monitor has one as long as it lives, so no sum of it can.
 */
#ifndef HNLMON_CORE_WITHHELD_H
#define HNLMON_CORE_WITHHELD_H

enum withheld {
    WITHHELD_BLIND, /* from here on: a scan. The first that applies is named */
    WITHHELD_TEMPLATE,
    WITHHELD_OPEN,
    WITHHELD_LOSS,
    WITHHELD_INCOMPLETE,
    WITHHELD_DOWNSCALING,
    WITHHELD_BURSTS,
    WITHHELD_ALPHA, /* from here on: a hypothesis */
    WITHHELD_MASS,
    WITHHELD_NO_BACKGROUND,
    WITHHELD_COUNT
};

/* For people, without a full stop. */
const char *withheld_text(enum withheld reason);

#endif
