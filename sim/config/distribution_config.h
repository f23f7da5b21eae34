/* SPDX-License-Identifier: MIT */
/* Distributions as workload files write them. */
#ifndef SIM_CONFIG_DISTRIBUTION_CONFIG_H
#define SIM_CONFIG_DISTRIBUTION_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/generator.h"
#include "yaml/yaml_doc.h"

enum distribution_unit {
    UNIT_NUMBER,
    UNIT_DURATION_NS, /* values are durations such as 10ms */
    UNIT_BYTES,       /* values are sizes such as 4KiB */
};

/*
 * A value alone (constant), or a mapping of one distribution to its parameters:
 *     {uniform: {min: 1, max: 8}}            {exponential: {mean: 1ms}}
 *     {lognormal: {median: 10ms, sigma: 1.5}} {zipf: {n: 100, exponent: 1.2, min: 1, step: 1}}
 * exponential and lognormal take min and max, too: results are clamped to them.
 * An absent node leaves *ret alone. Values outside [1 or 0, max] are refused: ERR_OUT_OF_RANGE.
 */
bool distribution_read(const struct yaml_node *node, enum distribution_unit unit,
                       uint64_t min_value, uint64_t max_value, struct distribution *ret,
                       struct sim_error *err);

#endif
