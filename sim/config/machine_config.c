/* SPDX-License-Identifier: MIT */
/* The machine file: a YAML document to a machine spec, the costs and the kernel generation. */
#include "config/machine_config.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "config/config_version.h"
#include "config/key_value.h"
#include "config/machine_layout.h"
#include "config/sysctl_config.h"
#include "kernels/registry.h"
#include "yaml/yaml_value.h"

/* No step of an allocator takes longer than this. */
#define COST_MAX_NS UINT64_C(10000000000)

static const char *const top_keys[] = {"version", "kernel", "description",
                                       "machine", "vm",     "costs"};

/* A server of about 2010: 3 GHz, 10 GB/s, a cache miss of 100 ns. */
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
    .sysctl_ns = 5000,
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
    {"sysctl", offsetof(struct cost_spec, sysctl_ns)},
};

static_assert(NR_ITEMS(cost_keys) == sizeof(struct cost_spec) / sizeof(uint64_t),
              "every cost has a key");

static bool read_costs(struct cost_spec *costs, const struct yaml_node *node, struct sim_error *err)
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

static bool read_vm(struct vm_sysctl *vm, const struct yaml_node *node, struct sim_error *err)
{
    static const char *const keys[] = {"min_free_kbytes", "lowmem_reserve_ratio",
                                       "percpu_pagelist_fraction", "numa_zonelist_order",
                                       "zone_reclaim_mode"};
    static const char *const orders[] = {
        [ZONELIST_ORDER_DEFAULT] = "default",
        [ZONELIST_ORDER_NODE] = "node",
        [ZONELIST_ORDER_ZONE] = "zone",
    };
    const struct yaml_node *fraction_node = yaml_map_get(node, "percpu_pagelist_fraction");
    uint64_t fraction = 0;
    size_t order = ZONELIST_ORDER_DEFAULT;

    if (!yaml_check_keys(node, keys, NR_ITEMS(keys), err) ||
        !read_min_free_kbytes(vm, yaml_map_get(node, "min_free_kbytes"), err) ||
        !read_lowmem_reserve_ratio(vm, yaml_map_get(node, "lowmem_reserve_ratio"), err) ||
        !yaml_get_uint(fraction_node, 0, INT32_MAX, &fraction, err) ||
        !yaml_get_choice(yaml_map_get(node, "numa_zonelist_order"), orders, NR_ITEMS(orders),
                         &order, err) ||
        !read_zone_reclaim_mode(vm, yaml_map_get(node, "zone_reclaim_mode"), err))
        return false;
    if (fraction > 0 && fraction < 8)
        return yaml_error_at(fraction_node, err, ERR_OUT_OF_RANGE,
                             "the kernel accepts 0 (off) or at least 8");
    vm->percpu_pagelist_fraction = (uint32_t)fraction;
    vm->numa_zonelist_order = (enum zonelist_order)order;
    return true;
}

static bool read_kernel(struct machine_config *config, const struct yaml_node *node,
                        struct sim_error *err)
{
    const struct kernel_ops *kernel = kernel_registry[0];
    const char *name;

    if (node) {
        if (!yaml_get_string(node, &name, err))
            return false;
        kernel = kernel_ops_find(name);
    }
    if (!kernel) {
        yaml_error_at(node, err, ERR_BAD_KERNEL, "no kernel generation \"%s\"",
                      yaml_excerpt(node).text);
        sim_error_add_hint(err, "the oldest known is %s", kernel_registry[0]->name);
        return false;
    }
    config->kernel = kernel->name;
    return true;
}

bool machine_config_read(struct machine_config *config, const struct yaml_doc *doc,
                         struct sim_error *err)
{
    const struct yaml_node *root = yaml_doc_root(doc);
    const struct yaml_node *machine;
    const char *description;

    *config = (struct machine_config){.costs = default_costs};
    return yaml_check_keys(root, top_keys, NR_ITEMS(top_keys), err) &&
           config_version_read(root, err) &&
           yaml_get_string(yaml_map_get(root, "description"), &description, err) &&
           read_kernel(config, yaml_map_get(root, "kernel"), err) &&
           yaml_require(root, "machine", &machine, err) &&
           machine_layout_read(config, machine, err) &&
           read_vm(&config->spec.vm, yaml_map_get(root, "vm"), err) &&
           check_numa_sysctls(&config->spec, yaml_map_get(root, "vm"), err) &&
           read_costs(&config->costs, yaml_map_get(root, "costs"), err);
}

bool machine_config_load(struct machine_config *config, const char *path,
                         const struct set_options *sets, struct sim_error *err)
{
    struct file_bytes bytes;
    struct yaml_doc doc = {0};
    bool ok;

    *config = (struct machine_config){0};
    if (!file_bytes_init(&bytes, path, err))
        return false;
    ok = yaml_doc_parse(&doc, path, bytes.data, bytes.size, NULL, err) &&
         set_options_apply_machine(sets, &doc, err) && machine_config_read(config, &doc, err);
    config->hash = fnv1a64(bytes.data, bytes.size);
    yaml_doc_fini(&doc);
    file_bytes_fini(&bytes);
    return ok;
}

bool machine_config_recognises(const struct yaml_doc *doc)
{
    const struct yaml_node *machine = yaml_map_get(yaml_doc_root(doc), "machine");

    return machine && machine->kind == YAML_MAPPING;
}

void machine_config_fini(struct machine_config *config)
{
    if (!config)
        return;
    vec_fini(&config->memory);
    vec_fini(&config->reserved);
}
