/* SPDX-License-Identifier: MIT */
/* standard_streams - see standard_streams.h. */
#include "io/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void standard_streams_reserve(void)
{
    int number;
    do
        number = open("/dev/null", O_RDONLY); /* the lowest free number */
    while (number >= 0 && number <= STDERR_FILENO);
    if (number >= 0)
        (void)close(number);
}

bool standard_streams_flush(const char *program)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return true;
    fprintf(stderr, "%s: standard output: %s\n", program, strerror(errno));
    return false;
}
