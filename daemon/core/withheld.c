/* SPDX-License-Identifier: MIT */
/* withheld - see withheld.h. */
#include "core/withheld.h"

static const char *const texts[WITHHELD_COUNT] = {
    [WITHHELD_BLIND] = "blind",
    [WITHHELD_TEMPLATE] = "no template for this selection",
    [WITHHELD_OPEN] = "the burst is still open",
    [WITHHELD_LOSS] = "candidates were lost",
    [WITHHELD_INCOMPLETE] = "a burst is incomplete",
    [WITHHELD_DOWNSCALING] = "input downscaling unknown or variable",
    [WITHHELD_BURSTS] = "not enough bursts yet",
    [WITHHELD_ALPHA] = "the sidebands say too little (alpha > 4)",
    [WITHHELD_MASS] = "the template does not cover this mass",
    [WITHHELD_NO_BACKGROUND] = "the sidebands show no background (b <= 0)",
};

const char *withheld_text(enum withheld reason)
{
    return texts[reason];
}
