/* SPDX-License-Identifier: MIT */
/* The arguments of an allocating call, as steps and generators give them. */
#include "config/api_config.h"

#include <string.h>

#include "mm/gfp.h"
#include "yaml/yaml_value.h"

uint32_t api_default_gfp(const struct api_call *call)
{
    switch ((enum api_gfp)call->gfp) {
    case API_GFP_HIGHMEM:
        return GFP_KERNEL | GFP_BIT_HIGHMEM;
    case API_GFP_NONE:
        return 0;
    case API_GFP_KERNEL:
    case API_GFP_ZEROED:
        break;
    }
    return GFP_KERNEL;
}

bool api_read_gfp(const struct api_call *call, const struct yaml_node *node,
                  const struct workload_limits *limits, uint32_t *ret_gfp, struct sim_error *err)
{
    *ret_gfp = api_default_gfp(call);
    if (!limits_read_gfp(limits, node, ret_gfp, err))
        return false;
    if (call->gfp == API_GFP_ZEROED)
        *ret_gfp |= GFP_BIT_ZERO;
    return true;
}

bool api_read_node(const struct api_call *call, const struct yaml_node *item,
                   const struct workload_limits *limits, int16_t *ret_nid, struct sim_error *err)
{
    const struct yaml_node *node = yaml_map_get(item, "node");

    *ret_nid = TRACE_BY_POLICY;
    if (call->needs_node && !yaml_require(item, "node", &node, err))
        return false;
    if (node && node->kind == YAML_SCALAR && node->plain && strcmp(node->text, "-1") == 0) {
        *ret_nid = api_no_node(call);
        return true;
    }
    return limits_read_nid(limits, node, ret_nid, err);
}
