/* SPDX-License-Identifier: MIT */
/* Small machines at random with devices, files, swap and processes: worth reclaiming on. */
#ifndef TESTS_PROPERTY_RECLAIM_MACHINE_H
#define TESTS_PROPERTY_RECLAIM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "script.h"

enum { RECLAIM_NODES = 4, RECLAIM_FILES = 8, RECLAIM_DEVICES = 6, RECLAIM_SHRINKERS = 3 };

/* What a machine must be (1) or must not be (0); -1 leaves it to chance. */
struct reclaim_wish {
    int numa;
    int highmem;
    int movable;
    int exact; /* counters: stat_threshold 0 */
    int oom;   /* full of memory that cannot be reclaimed */
};

/* What the operations need to know. */
struct reclaim_machine {
    bool numa;
    uint32_t nr_cpus;
    uint32_t nr_nids; /* nodes with memory: 0 up to this */
    uint64_t pages;
    uint64_t slots; /* about so many are used */
};

/* Appends the lines of a description, `boot`, and those that set up the outside world. */
struct reclaim_machine reclaim_machine(struct rng *rng, const struct reclaim_wish *wish,
                                       struct script *script);

/* Lines that may come at any time after `boot`. */
const char *reclaim_device_line(struct rng *rng, const struct reclaim_machine *machine,
                                struct script *script);
const char *reclaim_file_line(struct rng *rng, struct script *script);
const char *reclaim_shrinker_line(struct rng *rng, struct script *script);
/* Those that steer reclaim; memory's own are the operations'. */
const char *reclaim_sysctl_line(struct rng *rng, struct script *script);
/* Defines or changes a process with a pid of at most `pid_max`. */
const char *reclaim_process_line(struct rng *rng, const struct reclaim_machine *machine,
                                 uint64_t pid_max, struct script *script);

#endif
