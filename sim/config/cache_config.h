/* SPDX-License-Identifier: MIT */
/* One item of a workload's `caches`. */
#ifndef SIM_CONFIG_CACHE_CONFIG_H
#define SIM_CONFIG_CACHE_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "config/workload_names.h"
#include "user/user_spec.h"
#include "yaml/yaml_doc.h"

/* Its name goes into names->caches. */
bool cache_config_read(const struct yaml_node *item, struct workload_names *names,
                       struct cache_spec *ret_cache, struct sim_error *err);

#endif
