/* SPDX-License-Identifier: MIT */
/* Decimal numbers as exact thousandths. */
#ifndef SIM_CONFIG_DECIMAL_H
#define SIM_CONFIG_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "yaml/yaml_doc.h"

/* The limit of rng_lognormal()'s sigma and zipf_init()'s exponent. */
enum { DECIMAL_MAX_MILLI = 8000 };

/*
 * A decimal from 0 to 8 with up to three places behind the point, in thousandths. ERR_BAD_NUMBER,
 * ERR_OUT_OF_RANGE. A NULL node leaves the output alone.
 */
bool config_get_milli(const struct yaml_node *node, uint32_t *ret_milli, struct sim_error *err);

#endif
