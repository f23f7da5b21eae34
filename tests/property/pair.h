/* SPDX-License-Identifier: MIT */
/* The product's allocator and the slow model side by side. */
#ifndef TESTS_PROPERTY_PAIR_H
#define TESTS_PROPERTY_PAIR_H

#include "golden_world.h"
#include "script.h"
#include "twin_output.h"

/* What the two worlds write is compared after every line. */
struct pair {
    struct golden_world fast;
    struct golden_world slow;
    struct twin_output output;
    bool refused;             /* machine_spec_check() does not take the machine */
    char why[DIFFERENCE_MAX]; /* the first difference */
};

/* Out of memory ends the program. The pair must not move. */
void pair_init(struct pair *pair);
void pair_fini(struct pair *pair);

/*
 * Runs one line on both; false at the first difference, and when the fast model's invariants break
 * (tested after `sum`). A machine that is refused runs nothing and never differs. One operation
 * more than the vectors have: `age_lists N` lets the fast model's per-CPU lists run out of sequence
 * numbers after N more.
 */
bool pair_line(struct pair *pair, const char *line);

/* The complete states: zonelists, sum, dump, invariants. */
bool pair_compare(struct pair *pair);

#endif
