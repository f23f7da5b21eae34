/* SPDX-License-Identifier: MIT */
/* The arguments of an allocating call, as steps and generators give them. */
#ifndef SIM_CONFIG_API_CONFIG_H
#define SIM_CONFIG_API_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/workload_limits.h"
#include "trace/api_call.h"
#include "yaml/yaml_doc.h"

/* What the mask of the call is when none is given. */
uint32_t api_default_gfp(const struct api_call *call);

/* The mask of a call of that spelling; a NULL node is the default. ERR_BAD_GFP. */
bool api_read_gfp(const struct api_call *call, const struct yaml_node *node,
                  const struct workload_limits *limits, uint32_t *ret_gfp, struct sim_error *err);

/*
 * The key `node` of the item; without it, or when it is -1, none (TRACE_BY_POLICY or
 * TRACE_NODE_LOCAL). ERR_MISSING_KEY, ERR_UNKNOWN_NODE.
 */
bool api_read_node(const struct api_call *call, const struct yaml_node *item,
                   const struct workload_limits *limits, int16_t *ret_nid, struct sim_error *err);

#endif
