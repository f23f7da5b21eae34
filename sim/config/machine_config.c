/* SPDX-License-Identifier: MIT */
/* The machine file: a YAML document to a machine spec, devices, costs and the kernel generation. */
#include "config/machine_config.h"

#include "base/file.h"
#include "config/config_version.h"
#include "config/cost_config.h"
#include "config/key_value.h"
#include "config/machine_layout.h"
#include "config/vm_config.h"
#include "kernels/registry.h"
#include "yaml/yaml_value.h"

static const char *const top_keys[] = {"version", "kernel",        "description", "machine",
                                       "vm",      "kernel_params", "devices",     "costs"};

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
           vm_config_read(&config->spec, yaml_map_get(root, "vm"), err) &&
           kernel_params_read(&config->spec.params, yaml_map_get(root, "kernel_params"), err) &&
           device_list_read(&config->devices, yaml_map_get(root, "devices"), config->spec.nr_cpus,
                            err) &&
           cost_config_read(&config->costs, yaml_map_get(root, "costs"), err);
}

bool machine_config_load(struct machine_config *config, const char *path, struct file_store *store,
                         const struct set_options *sets, struct sim_error *err)
{
    struct file_bytes bytes;
    struct yaml_doc doc = {0};
    uint64_t hash;
    bool ok;

    *config = (struct machine_config){0};
    if (!file_store_get(store, path, &bytes, &hash, err))
        return false;
    ok = yaml_doc_parse(&doc, path, bytes.data, bytes.size, NULL, err) &&
         set_options_apply_machine(sets, &doc, err) && machine_config_read(config, &doc, err);
    config->hash = hash;
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
    device_list_fini(&config->devices);
}
