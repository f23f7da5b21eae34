/* SPDX-License-Identifier: MIT */
/* Machine descriptions at random, odd ones preferred. */
#ifndef TESTS_PROPERTY_RANDOM_MACHINE_H
#define TESTS_PROPERTY_RANDOM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "script.h"

enum { NODE_IDS = 64 };

/* What a machine must be (1) or must not be (0); -1 leaves it to chance. */
struct machine_wish {
    int numa;
    int highmem;
    int movable; /* kernelcore or movablecore */
    int tiny;    /* about the size at which mobility grouping goes off */
    int far;     /* some memory about 4 GiB */
};

/* What the operations need to know. */
struct random_machine {
    bool numa;
    bool highmem;
    uint32_t nr_cpus;
    uint32_t nids[NODE_IDS]; /* online nodes */
    uint32_t nr_nids;
    uint64_t total_pages;
};

/*
 * Appends the lines of a description, without `boot`. It may still be one that machine_spec_check()
 * refuses.
 */
struct random_machine random_machine(struct rng *rng, const struct machine_wish *wish,
                                     struct script *script);

/* From nothing to more than the machine has. */
uint64_t random_min_free_kbytes(struct rng *rng, uint64_t pages);

#endif
