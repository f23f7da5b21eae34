/* SPDX-License-Identifier: MIT */
/* The lines of a random vector, kept so that a difference can be run again and shortened. */
#ifndef TESTS_PROPERTY_SCRIPT_H
#define TESTS_PROPERTY_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "twin_output.h"

enum { SCRIPT_LINE_MAX = 256 };

/* Lines are in the vectors' format, without their ends. Valid to end when all zero. */
struct script {
    char **items;
    size_t count;
    size_t capacity;
};

/* Appends a line of at most SCRIPT_LINE_MAX - 1 characters; returns it. */
const char *script_add(struct script *script, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void script_fini(struct script *script);

/*
 * Whether the two models differ over the lines with keep[i], and where; it may take lines out of
 * keep that make no sense without those left out.
 */
typedef bool script_differs(const struct script *script, bool *keep,
                            char why[static DIFFERENCE_MAX]);

/* Prints the difference `why` on stderr, and a script as short as can be found that shows one. */
void script_report(const struct script *script, uint64_t seed, const char *why,
                   script_differs *differs);

#endif
