/* SPDX-License-Identifier: MIT */
/* standard_streams - see standard_streams.h. */
#include "io/standard_streams.h"

#include <fcntl.h>
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
