/* SPDX-License-Identifier: MIT */
/* Which CPU belongs to which node, from the nodes' `cpus` keys. */
#ifndef SIM_CONFIG_CPU_LIST_H
#define SIM_CONFIG_CPU_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mm/machine_spec.h"
#include "yaml/yaml_doc.h"

/*
 * A node says `cpus: 4` (that many, numbered on from the highest so far; 0 = a memory-only node),
 * `cpus: [0, 2]` or `cpus: "0-3,8"`; without the key it has one. `struct cpu_list cpus = {0}` is
 * empty.
 */
struct cpu_list {
    uint32_t nr_cpus; /* highest CPU + 1 */
    uint8_t nid[CPUS_MAX];
    bool taken[CPUS_MAX];
};

/* Adds the CPUs of one item of `nodes`, a mapping. On failure the list is void. */
bool cpu_list_read_node(struct cpu_list *cpus, uint32_t nid, const struct yaml_node *item,
                        struct sim_error *err);

/* There is a CPU, and no number below the highest is missing; `nodes` is where an error stands. */
bool cpu_list_finish(const struct cpu_list *cpus, const struct yaml_node *nodes,
                     struct sim_error *err);

#endif
