/* SPDX-License-Identifier: MIT */
/* crc32c - CRC-32C (Castagnoli, RFC 3720 appendix B.4: polynomial 0x1EDC6F41, reflected, initial and final inversion).
 */
#ifndef HNLMON_CRC32C_H
#define HNLMON_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C of `size` bytes that follow bytes whose CRC-32C is `crc` (0 for none): crc32c(crc32c(0, a), b) = crc32c(0,
 * ab). crc32c(0, "123456789", 9) = 0xE3069283. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t size);

#endif
