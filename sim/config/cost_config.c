/* SPDX-License-Identifier: MIT */
/* The `costs` part of a machine file. */
#include "config/cost_config.h"

#include <assert.h>
#include <stddef.h>

#include "config/key_value.h"
#include "yaml/yaml_value.h"

/*
 * A server of about 2010: 3 GHz, 10 GB/s, a cache miss of 100 ns. scan_page, reclaim_page and
 * submit_page are measurements of the kernel's own code.
 */
const struct cost_spec default_costs = {
    .alloc_ns = 100,
    .free_ns = 80,
    .zone_try_ns = 20,
    .buddy_block_ns = 60,
    .move_page_ns = 5,
    .zero_page_ns = 400,
    .drain_list_ns = 500,
    .slow_path_ns = 300,
    .direct_reclaim_ns = 20000,
    .kswapd_round_ns = 20000,
    .out_of_memory_ns = 1000000,
    .scan_page_ns = 20,
    .unmap_page_ns = 40,
    .reclaim_page_ns = 33,
    .slab_object_ns = 100,
    .submit_page_ns = 54,
    .access_ns = 100,
    .page_fault_ns = 500,
    .copy_page_ns = 800,
    .fork_ns = 50000,
    .sysctl_ns = 5000,
    .kmalloc_ns = 40,
    .kfree_ns = 30,
    .vmalloc_ns = 1000,
};

static const struct cost_key {
    const char *name;
    size_t offset;
} cost_keys[] = {
    {"alloc", offsetof(struct cost_spec, alloc_ns)},
    {"free", offsetof(struct cost_spec, free_ns)},
    {"zone_try", offsetof(struct cost_spec, zone_try_ns)},
    {"buddy_block", offsetof(struct cost_spec, buddy_block_ns)},
    {"move_page", offsetof(struct cost_spec, move_page_ns)},
    {"zero_page", offsetof(struct cost_spec, zero_page_ns)},
    {"drain_list", offsetof(struct cost_spec, drain_list_ns)},
    {"slow_path", offsetof(struct cost_spec, slow_path_ns)},
    {"direct_reclaim", offsetof(struct cost_spec, direct_reclaim_ns)},
    {"kswapd_round", offsetof(struct cost_spec, kswapd_round_ns)},
    {"out_of_memory", offsetof(struct cost_spec, out_of_memory_ns)},
    {"scan_page", offsetof(struct cost_spec, scan_page_ns)},
    {"unmap_page", offsetof(struct cost_spec, unmap_page_ns)},
    {"reclaim_page", offsetof(struct cost_spec, reclaim_page_ns)},
    {"slab_object", offsetof(struct cost_spec, slab_object_ns)},
    {"submit_page", offsetof(struct cost_spec, submit_page_ns)},
    {"access", offsetof(struct cost_spec, access_ns)},
    {"page_fault", offsetof(struct cost_spec, page_fault_ns)},
    {"copy_page", offsetof(struct cost_spec, copy_page_ns)},
    {"fork", offsetof(struct cost_spec, fork_ns)},
    {"sysctl", offsetof(struct cost_spec, sysctl_ns)},
    {"kmalloc", offsetof(struct cost_spec, kmalloc_ns)},
    {"kfree", offsetof(struct cost_spec, kfree_ns)},
    {"vmalloc", offsetof(struct cost_spec, vmalloc_ns)},
};

static_assert(NR_ITEMS(cost_keys) == sizeof(struct cost_spec) / sizeof(uint64_t),
              "every cost has a key");

bool cost_config_read(struct cost_spec *costs, const struct yaml_node *node, struct sim_error *err)
{
    const char *names[NR_ITEMS(cost_keys)];

    for (size_t i = 0; i < NR_ITEMS(cost_keys); i++)
        names[i] = cost_keys[i].name;
    if (!yaml_check_keys(node, names, NR_ITEMS(names), err))
        return false;
    for (size_t i = 0; i < NR_ITEMS(cost_keys); i++) {
        uint64_t *cost_ns = (uint64_t *)((char *)costs + cost_keys[i].offset);

        if (!yaml_get_duration_ns(yaml_map_get(node, cost_keys[i].name), 0, COST_MAX_NS, cost_ns,
                                  err))
            return false;
    }
    return true;
}
