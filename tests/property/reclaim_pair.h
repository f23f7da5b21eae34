/* SPDX-License-Identifier: MIT */
/* The product's reclaim and the slow model's side by side. */
#ifndef TESTS_PROPERTY_RECLAIM_PAIR_H
#define TESTS_PROPERTY_RECLAIM_PAIR_H

#include "reclaim_world.h"
#include "script.h"
#include "slow_world.h"
#include "twin_output.h"

/* What the two worlds write is compared after every line. */
struct reclaim_pair {
    struct reclaim_world fast;
    struct slow_world slow;
    struct twin_output output;
    bool left_out;            /* the last line */
    bool refused;             /* machine_spec_check() does not take the machine */
    char why[DIFFERENCE_MAX]; /* the first difference */
};

/* Out of memory ends the program. The pair must not move. */
void reclaim_pair_init(struct reclaim_pair *pair);
void reclaim_pair_fini(struct reclaim_pair *pair);

/*
 * Runs one line on both; false at the first difference, and when the product's invariants break
 * (tested after `sum`). A line that makes no sense in the state reached is left out: allocating
 * into an occupied slot, sharing the mm of a process that is gone, moving a file in use to another
 * device, reclaim on an empty zonelist. A machine that is refused runs nothing and never differs.
 */
bool reclaim_pair_line(struct reclaim_pair *pair, const char *line);

/* The complete states: sum, dump, invariants. */
bool reclaim_pair_compare(struct reclaim_pair *pair);

#endif
