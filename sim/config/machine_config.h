/* SPDX-License-Identifier: MIT */
/* The machine file: a YAML document to a machine spec, devices, costs and the kernel generation. */
#ifndef SIM_CONFIG_MACHINE_CONFIG_H
#define SIM_CONFIG_MACHINE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_store.h"
#include "base/vec.h"
#include "config/device_config.h"
#include "config/set_options.h"
#include "mm/machine_spec.h"
#include "run/run_spec.h"
#include "yaml/yaml_doc.h"

/*
 * docs/machine.md describes every key and its default. What a machine must fulfil as a whole is
 * machine_spec_check()'s; here it gets its place in the document. The spec's arrays belong to the
 * config. Valid to end after `= {0}` and after a failed load.
 */
struct machine_config {
    struct machine_spec spec;
    struct cost_spec costs;
    struct device_list devices;
    const char *kernel; /* static: a registered generation */
    uint64_t hash;      /* fnv1a64() of the file */
    VEC(struct memory_range) memory;
    VEC(struct reserved_range) reserved;
};

/*
 * Reads the file (path "-" = stdin; through `store` unless NULL), applies the machine's --set
 * arguments and checks all of it. Errors: those of file_bytes_init(), yaml_doc_parse(),
 * yaml_override_apply(), and ERR_02xx with their place. *config is overwritten.
 */
bool machine_config_load(struct machine_config *config, const char *path, struct file_store *store,
                         const struct set_options *sets, struct sim_error *err);

/* The same from a parsed document, which may go away afterwards. */
bool machine_config_read(struct machine_config *config, const struct yaml_doc *doc,
                         struct sim_error *err);

/* Whether the document has a machine file's shape: the key that a workload cannot have so. */
bool machine_config_recognises(const struct yaml_doc *doc);

void machine_config_fini(struct machine_config *config);

#endif
