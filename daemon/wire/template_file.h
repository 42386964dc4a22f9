/* SPDX-License-Identifier: MIT */
/*
 * template_file - background templates as files.
 *
 * A file is the text form of core/template.h: a first line with the version, key=value lines in a fixed order, two
 * tables of numbers, a last line "end". Nothing may be left out, added or formatted in another way: the hash in the
 * file must be that of the template it gives. Files are not trusted.
 */
#ifndef HNLMON_WIRE_TEMPLATE_FILE_H
#define HNLMON_WIRE_TEMPLATE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/template.h"

#define TEMPLATE_FILE_SIZE_MAX (256u * 1024u) /* bytes; a template has about 100 KiB */
#define TEMPLATE_FILE_ERROR_SIZE 1400u        /* room for any error; a smaller buffer cuts it */

/* False, with one line "FILE: what" or "FILE:LINE: what" in `error` and *shape undefined, for anything but a sound
 * template of this version and binning. */
bool template_file_load(const char *path, struct template *shape, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Writes beside the file first: it is replaced as a whole or not at all. False with one line in `error`. */
bool template_file_save(const char *path, const struct template *shape, char *error, size_t error_size)
    __attribute__((warn_unused_result));

#endif
