/* SPDX-License-Identifier: MIT */
/* epoch - the number by which one start of a source or of a daemon is told from any other. */
#ifndef HNLMON_IO_EPOCH_H
#define HNLMON_IO_EPOCH_H

#include <stdint.h>

/* 64 random bits, never 0: where an epoch can be chosen, 0 means that none was. */
uint64_t epoch_draw(void);

#endif
