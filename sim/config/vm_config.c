/* SPDX-License-Identifier: MIT */
/* The `vm` and `kernel_params` parts of a machine file. */
#include "config/vm_config.h"

#include <stddef.h>

#include "config/key_value.h"
#include "config/sysctl_config.h"
#include "yaml/yaml_value.h"

/* The sysctls that are one number in a plain range. */
static const struct number_key {
    enum vm_sysctl_id id;
    size_t offset;
    uint32_t max;
} number_keys[] = {
    {VM_SWAPPINESS, offsetof(struct vm_sysctl, swappiness), 100},
    {VM_DIRTY_RATIO, offsetof(struct vm_sysctl, dirty_ratio), 100},
    {VM_DIRTY_BACKGROUND_RATIO, offsetof(struct vm_sysctl, dirty_background_ratio), 100},
    {VM_DIRTY_WRITEBACK_CENTISECS, offsetof(struct vm_sysctl, dirty_writeback_centisecs),
     INT32_MAX},
    {VM_DIRTY_EXPIRE_CENTISECS, offsetof(struct vm_sysctl, dirty_expire_centisecs), INT32_MAX},
    {VM_LAPTOP_MODE, offsetof(struct vm_sysctl, laptop_mode), INT32_MAX},
    {VM_PAGE_CLUSTER, offsetof(struct vm_sysctl, page_cluster), 10},
};

static bool read_numbers(struct vm_sysctl *vm, const struct yaml_node *node, struct sim_error *err)
{
    for (size_t i = 0; i < NR_ITEMS(number_keys); i++) {
        const struct number_key *key = &number_keys[i];
        uint32_t *number = (uint32_t *)((char *)vm + key->offset);
        uint64_t value = *number;

        if (!yaml_get_uint(yaml_map_get(node, vm_sysctl_name(key->id)), 0, key->max, &value, err))
            return false;
        *number = (uint32_t)value;
    }
    return true;
}

static bool read_lowmem_reserve_ratio(struct vm_sysctl *vm, const struct yaml_node *node,
                                      struct sim_error *err)
{
    if (!node)
        return true;
    if (!yaml_expect(node, YAML_SEQUENCE, err))
        return false;
    if (node->count != NR_ITEMS(vm->lowmem_reserve_ratio))
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE,
                             "needs %zu ratios, one per zone but the last",
                             NR_ITEMS(vm->lowmem_reserve_ratio));
    for (uint32_t i = 0; i < node->count; i++) {
        uint64_t ratio;

        if (!yaml_get_uint(yaml_seq_at(node, i), 0, INT32_MAX, &ratio, err))
            return false;
        vm->lowmem_reserve_ratio[i] = (uint32_t)ratio;
    }
    return true;
}

static bool read_min_free_kbytes(struct vm_sysctl *vm, const struct yaml_node *node,
                                 struct sim_error *err)
{
    if (config_is_auto(node)) {
        vm->min_free_kbytes_auto = true;
        return true;
    }
    vm->min_free_kbytes_auto = false;
    return yaml_get_uint(node, 0, INT32_MAX, &vm->min_free_kbytes, err);
}

static bool read_percpu_pagelist_fraction(struct vm_sysctl *vm, const struct yaml_node *node,
                                          struct sim_error *err)
{
    uint64_t fraction = 0;

    if (!yaml_get_uint(node, 0, INT32_MAX, &fraction, err))
        return false;
    if (fraction > 0 && fraction < 8)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE,
                             "the kernel accepts 0 (off) or at least 8");
    vm->percpu_pagelist_fraction = (uint32_t)fraction;
    return true;
}

static bool read_numa_zonelist_order(struct vm_sysctl *vm, const struct yaml_node *node,
                                     struct sim_error *err)
{
    static const char *const orders[] = {
        [ZONELIST_ORDER_DEFAULT] = "default",
        [ZONELIST_ORDER_NODE] = "node",
        [ZONELIST_ORDER_ZONE] = "zone",
    };
    size_t order = ZONELIST_ORDER_DEFAULT;

    if (!yaml_get_choice(node, orders, NR_ITEMS(orders), &order, err))
        return false;
    vm->numa_zonelist_order = (enum zonelist_order)order;
    return true;
}

static bool read_zone_reclaim_mode(struct vm_sysctl *vm, const struct yaml_node *node,
                                   struct sim_error *err)
{
    uint64_t mode;

    if (config_is_auto(node)) {
        vm->zone_reclaim_mode = -1;
        return true;
    }
    if (!yaml_get_uint(node, 0, 7, &mode, err))
        return false;
    vm->zone_reclaim_mode = (int32_t)mode;
    return true;
}

/* What is left to the kernel may be written for any machine. */
static bool check_numa_sysctls(const struct machine_spec *spec, const struct yaml_node *vm,
                               struct sim_error *err)
{
    const struct yaml_node *order = yaml_map_get(vm, "numa_zonelist_order");
    const struct yaml_node *mode = yaml_map_get(vm, "zone_reclaim_mode");
    enum vm_sysctl_id id;

    return (spec->vm.numa_zonelist_order == ZONELIST_ORDER_DEFAULT ||
            sysctl_find_at(order, "numa_zonelist_order", spec->numa, &id, err)) &&
           (spec->vm.zone_reclaim_mode < 0 ||
            sysctl_find_at(mode, "zone_reclaim_mode", spec->numa, &id, err));
}

bool vm_config_read(struct machine_spec *spec, const struct yaml_node *node, struct sim_error *err)
{
    const char *keys[NR_VM_SYSCTLS];
    struct vm_sysctl *vm = &spec->vm;

    for (unsigned id = 0; id < NR_VM_SYSCTLS; id++)
        keys[id] = vm_sysctl_name((enum vm_sysctl_id)id);
    return yaml_check_keys(node, keys, NR_VM_SYSCTLS, err) &&
           read_min_free_kbytes(vm, yaml_map_get(node, "min_free_kbytes"), err) &&
           read_lowmem_reserve_ratio(vm, yaml_map_get(node, "lowmem_reserve_ratio"), err) &&
           read_percpu_pagelist_fraction(vm, yaml_map_get(node, "percpu_pagelist_fraction"), err) &&
           read_numa_zonelist_order(vm, yaml_map_get(node, "numa_zonelist_order"), err) &&
           read_zone_reclaim_mode(vm, yaml_map_get(node, "zone_reclaim_mode"), err) &&
           read_numbers(vm, node, err) && check_numa_sysctls(spec, node, err);
}

/* Of the command line slub_min_order=, slub_max_order=, slub_min_objects=, slub_nomerge. */
static bool slab_params_read(struct kernel_params *params, const struct yaml_node *node,
                             struct sim_error *err)
{
    static const char *const allocators[] = {"slub", "slab"};
    const struct yaml_node *slab = yaml_map_get(node, "slab");
    const struct yaml_node *line = yaml_map_get(node, "cache_line_size");
    uint64_t min_order = params->slub_min_order;
    uint64_t max_order = params->slub_max_order;
    uint64_t min_objects = params->slub_min_objects;
    uint64_t line_size = params->cache_line_size;
    size_t allocator = params->slab;

    if ((slab && !yaml_get_choice(slab, allocators, NR_ITEMS(allocators), &allocator, err)) ||
        !yaml_get_uint(yaml_map_get(node, "slub_min_order"), 0, SLUB_ORDER_MAX, &min_order, err) ||
        !yaml_get_uint(yaml_map_get(node, "slub_max_order"), 0, SLUB_ORDER_MAX, &max_order, err) ||
        !yaml_get_uint(yaml_map_get(node, "slub_min_objects"), 1, 512, &min_objects, err) ||
        !yaml_get_bool(yaml_map_get(node, "slub_nomerge"), &params->slub_nomerge, err) ||
        !yaml_get_size_bytes(line, 16, 4096, &line_size, err))
        return false;
    if (line_size & (line_size - 1))
        return yaml_error_at(line, err, ERR_OUT_OF_RANGE, "a cache line is a power of two");
    params->slab = allocator == 1;
    params->slub_min_order = (uint8_t)min_order;
    params->slub_max_order = (uint8_t)max_order;
    params->slub_min_objects = (uint16_t)min_objects;
    params->cache_line_size = (uint16_t)line_size;
    return true;
}

bool kernel_params_read(struct kernel_params *params, const struct yaml_node *node,
                        struct sim_error *err)
{
    static const char *const keys[] = {
        "wait_iff_congested", "slab_reports_pages", "slab",         "slub_min_order",
        "slub_max_order",     "slub_min_objects",   "slub_nomerge", "cache_line_size"};

    return yaml_check_keys(node, keys, NR_ITEMS(keys), err) &&
           yaml_get_bool(yaml_map_get(node, keys[0]), &params->wait_iff_congested, err) &&
           yaml_get_bool(yaml_map_get(node, keys[1]), &params->slab_reports_pages, err) &&
           slab_params_read(params, node, err);
}
