/* SPDX-License-Identifier: MIT */
/*
 * fuzz - what the fuzz targets share. A target is one function that takes any bytes and ends the program by an
 * assertion when a property does not hold; libFuzzer calls it (make fuzz), and so does replay.c on the kept corpus
 * (make check).
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bytes are the only ones of their allocation, so that a sanitizer sees every read beyond them. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A copy that has nothing behind it, the caller's to free. */
static inline unsigned char *fuzz_copy(const void *bytes, size_t size)
{
    unsigned char *copy = calloc(size ? size : 1, 1);
    assert(copy);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

#endif
