/* SPDX-License-Identifier: MIT */
/* Distributions as workload files write them. */
#include "config/distribution_config.h"

#include <assert.h>

#include "base/zipf.h"
#include "config/decimal.h"
#include "config/key_value.h"
#include "yaml/yaml_value.h"

struct reader {
    enum distribution_unit unit;
    uint64_t min_value;
    uint64_t max_value;
    struct sim_error *err;
};

static bool read_value(const struct reader *r, const struct yaml_node *node, uint64_t *ret_value)
{
    if (r->unit == UNIT_DURATION_NS)
        return yaml_get_duration_ns(node, r->min_value, r->max_value, ret_value, r->err);
    if (r->unit == UNIT_BYTES)
        return yaml_get_size_bytes(node, r->min_value, r->max_value, ret_value, r->err);
    return yaml_get_uint(node, r->min_value, r->max_value, ret_value, r->err);
}

static bool require_value(const struct reader *r, const struct yaml_node *parameters,
                          const char *key, uint64_t *ret_value)
{
    const struct yaml_node *node;

    return yaml_require(parameters, key, &node, r->err) && read_value(r, node, ret_value);
}

static bool require_milli(const struct reader *r, const struct yaml_node *parameters,
                          const char *key, uint32_t *ret_milli)
{
    const struct yaml_node *node;

    return yaml_require(parameters, key, &node, r->err) &&
           config_get_milli(node, ret_milli, r->err);
}

/* The optional limits of the results; max 0 means none. */
static bool read_limits(const struct reader *r, const struct yaml_node *parameters,
                        struct distribution *d)
{
    const struct yaml_node *max = yaml_map_get(parameters, "max");

    d->max = 0;
    d->min = 0;
    if (!read_value(r, yaml_map_get(parameters, "min"), &d->min) || !read_value(r, max, &d->max))
        return false;
    if (max && (d->max < d->min || d->max == 0))
        return yaml_error_at(max, r->err, ERR_BAD_DISTRIBUTION, "max is 0 or below min");
    return true;
}

static bool read_uniform(const struct reader *r, const struct yaml_node *parameters,
                         struct distribution *d)
{
    static const char *const keys[] = {"min", "max"};

    if (!yaml_check_keys(parameters, keys, NR_ITEMS(keys), r->err) ||
        !require_value(r, parameters, "min", &d->min) ||
        !require_value(r, parameters, "max", &d->max))
        return false;
    if (d->max < d->min)
        return yaml_error_at(yaml_map_get(parameters, "max"), r->err, ERR_BAD_DISTRIBUTION,
                             "max is below min");
    return true;
}

static bool read_exponential(const struct reader *r, const struct yaml_node *parameters,
                             struct distribution *d)
{
    static const char *const keys[] = {"mean", "min", "max"};

    return yaml_check_keys(parameters, keys, NR_ITEMS(keys), r->err) &&
           require_value(r, parameters, "mean", &d->value) && read_limits(r, parameters, d);
}

static bool read_lognormal(const struct reader *r, const struct yaml_node *parameters,
                           struct distribution *d)
{
    static const char *const keys[] = {"median", "sigma", "min", "max"};

    return yaml_check_keys(parameters, keys, NR_ITEMS(keys), r->err) &&
           require_value(r, parameters, "median", &d->value) &&
           require_milli(r, parameters, "sigma", &d->param_milli) && read_limits(r, parameters, d);
}

static bool read_zipf(const struct reader *r, const struct yaml_node *parameters,
                      struct distribution *d)
{
    static const char *const keys[] = {"n", "exponent", "min", "step"};
    const struct yaml_node *n_node;
    uint64_t n;

    d->min = r->min_value;
    d->step = 1;
    if (!yaml_check_keys(parameters, keys, NR_ITEMS(keys), r->err) ||
        !yaml_require(parameters, "n", &n_node, r->err) ||
        !yaml_get_uint(n_node, 1, ZIPF_N_MAX, &n, r->err) ||
        !require_milli(r, parameters, "exponent", &d->param_milli) ||
        !read_value(r, yaml_map_get(parameters, "min"), &d->min) ||
        !read_value(r, yaml_map_get(parameters, "step"), &d->step))
        return false;
    if (d->step > (r->max_value - d->min) / n)
        return yaml_error_at(parameters, r->err, ERR_BAD_DISTRIBUTION,
                             "the largest value is too large");
    d->n = (uint32_t)n;
    return true;
}

static bool read_constant(const struct reader *r, const struct yaml_node *value,
                          struct distribution *d)
{
    return read_value(r, value, &d->value);
}

bool distribution_read(const struct yaml_node *node, enum distribution_unit unit,
                       uint64_t min_value, uint64_t max_value, struct distribution *ret,
                       struct sim_error *err)
{
    static const char *const names[] = {
        [DIST_CONSTANT] = "constant",
        [DIST_UNIFORM] = "uniform",
        [DIST_EXPONENTIAL] = "exponential",
        [DIST_LOGNORMAL] = "lognormal",
        [DIST_ZIPF] = "zipf",
    };
    static bool (*const readers[])(const struct reader *, const struct yaml_node *,
                                   struct distribution *) = {
        [DIST_CONSTANT] = read_constant,
        [DIST_UNIFORM] = read_uniform,
        [DIST_EXPONENTIAL] = read_exponential,
        [DIST_LOGNORMAL] = read_lognormal,
        [DIST_ZIPF] = read_zipf,
    };
    static_assert(NR_ITEMS(names) == NR_DISTRIBUTIONS && NR_ITEMS(readers) == NR_DISTRIBUTIONS,
                  "every distribution can be written");
    const struct reader r = {
        .unit = unit, .min_value = min_value, .max_value = max_value, .err = err};
    struct distribution d = {.kind = DIST_CONSTANT};
    const struct yaml_node *key;
    const struct yaml_node *value;
    size_t kind;

    if (!node)
        return true;
    if (node->kind == YAML_SCALAR) {
        if (!read_constant(&r, node, &d))
            return false;
        *ret = d;
        return true;
    }
    if (!yaml_check_keys(node, names, NR_ITEMS(names), err))
        return false;
    if (node->count != 1)
        return yaml_error_at(node, err, ERR_BAD_DISTRIBUTION, "needs exactly one distribution");
    yaml_map_at(node, 0, &key, &value);
    if (!yaml_get_choice(key, names, NR_ITEMS(names), &kind, err))
        return false;
    d.kind = (uint8_t)kind;
    if (!readers[kind](&r, value, &d))
        return false;
    *ret = d;
    return true;
}
