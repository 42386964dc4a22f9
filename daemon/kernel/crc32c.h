/* SPDX-License-Identifier: MIT */
/*
 * crc32c - the ways to compute a CRC-32C, all with the contract of hnlmon/crc32c.h and the same values.
 */
#ifndef KERNEL_CRC32C_H
#define KERNEL_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && __STDC_HOSTED__
#define CRC32C_ACCELERATED 1
#else
#define CRC32C_ACCELERATED 0
#endif

/* One byte at a time; every build has it. */
uint32_t crc32c_portable(uint32_t crc, const void *bytes, size_t size);

#if CRC32C_ACCELERATED
/* The fastest that this CPU has, or what crc32c_use chose. */
uint32_t crc32c_accelerated(uint32_t crc, const void *bytes, size_t size);

/* "portable", "pclmul" or "vpclmul": what crc32c_accelerated uses. */
const char *crc32c_name(void);

/* Chooses by name, for tests and benchmarks; false, with nothing changed, if the CPU lacks it or the name is unknown.
 */
bool crc32c_use(const char *name) __attribute__((warn_unused_result));
#endif

#endif
