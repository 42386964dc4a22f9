/* SPDX-License-Identifier: MIT */
/*
 * template_builtin - the templates that come with the program, and which one belongs to a selection.
 *
 * paper is simulated when the program is built; na62 (kaon measured by the GTK) and na62-beam (average beam in place of
 * the kaon) take minutes, so their files are kept in firmware-sim/templates, with the command that makes them.
 */
#ifndef HNLMON_CORE_TEMPLATE_BUILTIN_H
#define HNLMON_CORE_TEMPLATE_BUILTIN_H

#include "core/template.h"

#define TEMPLATE_BUILTIN_NAMES "paper, na62, na62-beam"

/* By name; NULL when there is none. */
const struct template *template_builtin(const char *name);

/* The one of a selection; na62: that with the GTK. */
const struct template *template_builtin_of(enum selection_preset preset);

#endif
