/* SPDX-License-Identifier: MIT */
/* Run-time writes to vm.* as workload files write them. */
#include "config/sysctl_config.h"

#include <string.h>

#include "base/suggest.h"
#include "config/key_value.h"
#include "yaml/yaml_value.h"

static bool find_in_kernel(enum vm_sysctl_id id, bool numa, enum vm_sysctl_id *ret_id,
                           struct sim_error *err)
{
    if (!vm_sysctl_exists(id, numa)) {
        sim_error_set(err, ERR_UNKNOWN_SYSCTL, "a UMA kernel has no %s", vm_sysctl_name(id));
        sim_error_add_hint(err, "machine.numa: true makes it a NUMA kernel");
        return false;
    }
    *ret_id = id;
    return true;
}

bool sysctl_find(const char *name, bool numa, enum vm_sysctl_id *ret_id, struct sim_error *err)
{
    const char *names[NR_VM_SYSCTLS];
    const char *word = strncmp(name, "vm.", 3) == 0 ? name + 3 : name;
    const char *near;

    for (unsigned id = 0; id < NR_VM_SYSCTLS; id++) {
        names[id] = vm_sysctl_name((enum vm_sysctl_id)id);
        if (strcmp(word, names[id]) == 0)
            return find_in_kernel((enum vm_sysctl_id)id, numa, ret_id, err);
    }
    near = suggest_word(word, names, NR_VM_SYSCTLS);
    sim_error_set(err, ERR_UNKNOWN_SYSCTL, "no sysctl of this name can be written at run time");
    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    else
        sim_error_add_hint(err, "known: %s, %s, %s, %s, %s", names[0], names[1], names[2], names[3],
                           names[4]);
    return false;
}

bool sysctl_find_at(const struct yaml_node *node, const char *name, bool numa,
                    enum vm_sysctl_id *ret_id, struct sim_error *err)
{
    struct sim_error name_err = {0};

    if (sysctl_find(name, numa, ret_id, &name_err))
        return true;
    yaml_error_at(node, err, name_err.code, "%s", name_err.message);
    sim_error_add_hint(err, "%s", name_err.hint);
    return false;
}

static bool read_values(enum vm_sysctl_id id, const struct yaml_node *value, uint64_t *values,
                        struct sim_error *err)
{
    static const char *const orders[] = {
        [ZONELIST_ORDER_DEFAULT] = "default",
        [ZONELIST_ORDER_NODE] = "node",
        [ZONELIST_ORDER_ZONE] = "zone",
    };
    unsigned nr_values = vm_sysctl_nr_values(id);
    size_t order;

    if (id == VM_NUMA_ZONELIST_ORDER) {
        if (!yaml_get_choice(value, orders, NR_ITEMS(orders), &order, err))
            return false;
        values[0] = order;
        return true;
    }
    if (nr_values == 1)
        return yaml_get_uint(value, 0, INT32_MAX, &values[0], err);
    if (!yaml_expect(value, YAML_SEQUENCE, err))
        return false;
    if (value->count != nr_values)
        return yaml_error_at(value, err, ERR_OUT_OF_RANGE, "%s takes %u values", vm_sysctl_name(id),
                             nr_values);
    for (unsigned i = 0; i < nr_values; i++) {
        if (!yaml_get_uint(yaml_seq_at(value, i), 0, INT32_MAX, &values[i], err))
            return false;
    }
    return true;
}

bool sysctl_write_read(const struct yaml_node *name, const struct yaml_node *value, bool numa,
                       struct trace_record *record, struct sim_error *err)
{
    const char *text;
    uint64_t values[NR_ITEMS(record->values)] = {0};
    enum vm_sysctl_id id;

    if (!yaml_get_string(name, &text, err) || !sysctl_find_at(name, text, numa, &id, err) ||
        !read_values(id, value, values, err))
        return false;
    if (!vm_sysctl_valid(id, values))
        return yaml_error_at(value, err, ERR_OUT_OF_RANGE, "the kernel refuses this value of %s",
                             vm_sysctl_name(id));
    record->sysctl = (uint8_t)id;
    memcpy(record->values, values, sizeof(values));
    return true;
}
