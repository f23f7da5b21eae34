/* SPDX-License-Identifier: MIT */
/* Operations of the reclaim vectors at random, in phases, mostly where memory is short. */
#ifndef TESTS_PROPERTY_RECLAIM_OPERATIONS_H
#define TESTS_PROPERTY_RECLAIM_OPERATIONS_H

#include "reclaim_machine.h"

/* One stretch of operations with the same tendencies. */
struct reclaim_phase {
    uint32_t left; /* operations */
    uint32_t gfp;  /* of most allocations */
    uint32_t grow; /* weight of new pages */
    uint32_t file; /* so many of 100 new pages are of files */
    uint32_t order_max;
    bool one_cpu;
    uint32_t cpu;
    const char *flags; /* of most new pages */
};

struct reclaim_operations {
    struct rng *rng;
    const struct reclaim_machine *machine;
    struct reclaim_phase phase;
    uint64_t next_slot; /* new pages go around */
    uint64_t pid_max;
};

void reclaim_operations_init(struct reclaim_operations *ops, struct rng *rng,
                             const struct reclaim_machine *machine);

/* The next line, appended to the script. */
const char *reclaim_operation(struct reclaim_operations *ops, struct script *script);

#endif
