/* SPDX-License-Identifier: MIT */
/*
 * board - what same_bits.c needs of a system on a Cortex-M without one: an entry, a way to print, and the four
 * functions that a compiler may call. The system calls are those of Linux on Arm, which qemu-arm carries out.
 */
#ifndef PROOFS_BOARD_H
#define PROOFS_BOARD_H

#include <stddef.h>
#include <stdint.h>

enum { CALL_EXIT = 1, CALL_WRITE = 4 };

static int32_t system_call(int32_t number, int32_t first, const void *second, uint32_t third)
{
    register int32_t r0 __asm__("r0") = first;
    register const void *r1 __asm__("r1") = second;
    register uint32_t r2 __asm__("r2") = third;
    register int32_t r3 __asm__("r3") = number; /* Linux wants it in r7, which may be the frame pointer */
    __asm__ volatile("push {r7}\n\tmov r7, r3\n\tsvc 0\n\tpop {r7}" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r3) : "memory");
    return r0;
}

static void say(const char *text)
{
    uint32_t size = 0;
    while (text[size] != '\0')
        size++;
    system_call(CALL_WRITE, 1, text, size);
}

int main(void);
void _start(void);
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);
void __aeabi_memcpy(void *restrict to, const void *restrict from, size_t size);
void __aeabi_memclr(void *to, size_t size);

void _start(void)
{
    system_call(CALL_EXIT, main(), NULL, 0);
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    volatile unsigned char *next = to; /* volatile, or the loop would become a call of this function */
    for (size_t i = 0; i < size; i++)
        next[i] = ((const unsigned char *)from)[i];
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    volatile unsigned char *next = to;
    for (size_t i = 0; i < size; i++)
        next[i] = (unsigned char)byte;
    return to;
}

void __aeabi_memcpy(void *restrict to, const void *restrict from, size_t size)
{
    memcpy(to, from, size);
}

void __aeabi_memclr(void *to, size_t size)
{
    memset(to, 0, size);
}

#endif
