/* SPDX-License-Identifier: MIT */
/* Operations at random, in phases: growing, shrinking, exhausted, churning. */
#ifndef TESTS_PROPERTY_RANDOM_OPERATIONS_H
#define TESTS_PROPERTY_RANDOM_OPERATIONS_H

#include "golden_world.h"
#include "random_machine.h"

/* One stretch of operations with the same tendencies. */
struct phase {
    uint32_t left;          /* operations */
    uint32_t alloc_per_100; /* of allocations and frees */
    uint32_t order_max;     /* of most allocations */
    bool one_cpu;           /* else all of them */
    uint32_t cpu;
    bool one_mask; /* most allocations use `gfp` */
    uint32_t gfp;
    bool oldest_first; /* frees in the order of allocation, else at random */
};

struct slot_list {
    uint32_t *items;
    size_t count;
    size_t capacity;
};

struct random_operations {
    struct rng *rng;
    const struct random_machine *machine;
    struct phase phase;
    struct slot_list live;  /* slots that may hold a block */
    struct slot_list spare; /* slots that hold none */
    uint32_t slots_used;    /* slot numbers below this were named */
    bool pending;           /* the last operation allocates into pending_slot */
    uint32_t pending_slot;
};

void random_operations_init(struct random_operations *ops, struct rng *rng,
                            const struct random_machine *machine);
void random_operations_fini(struct random_operations *ops);

/* The next line, appended to the script; `world` has run all lines before it. */
const char *random_operation(struct random_operations *ops, const struct golden_world *world,
                             struct script *script);

#endif
