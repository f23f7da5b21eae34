/* SPDX-License-Identifier: MIT */
/* The lines of a random vector, kept so that a difference can be run again and shortened. */
#ifndef TESTS_PROPERTY_SCRIPT_H
#define TESTS_PROPERTY_SCRIPT_H

#include "base/vec.h"

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

#endif
