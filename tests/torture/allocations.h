/* SPDX-License-Identifier: MIT */
/*
 * allocations - makes the n-th allocation of our code fail, and knows what it has not freed.
 *
 * The linker sends malloc, calloc, realloc and free of our objects here (torture.mk); those of the libraries, which
 * have rules of their own (libzmq ends the program), go where they always went.
 */
#ifndef TESTS_TORTURE_ALLOCATIONS_H
#define TESTS_TORTURE_ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

/* The n-th allocation from now on fails, from 1; 0: none. Forgets what came before. */
void allocations_fail_at(uint32_t n);

/* Since allocations_fail_at. */
bool allocations_has_failed(void);
uint32_t allocations_count(void);     /* that were asked for */
uint32_t allocations_left_over(void); /* that were neither freed nor given to a library that frees */

#endif
