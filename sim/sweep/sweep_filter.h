/* SPDX-License-Identifier: MIT */
/* A filter of a sweep: values or conditions on some axes, all of which must match. */
#ifndef SIM_SWEEP_SWEEP_FILTER_H
#define SIM_SWEEP_SWEEP_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "sweep/sweep_axis.h"
#include "yaml/yaml_doc.h"

/*
 *     {vm.min_free_kbytes: ">= 4096", seed: 1}
 *
 * A text that begins with an operator is a condition of compare/criterion.h with a number, anything
 * else a value that the axis must have. Which of an axis' values match is settled when the filter
 * is read, so that asking costs one look for each axis in it.
 */
struct sweep_term {
    size_t axis;
    bool *matches; /* for each value of the axis */
};

struct sweep_filter {
    VEC(struct sweep_term) terms;
};

/*
 * Errors: ERR_SWEEP_FILTER with its place: no such axis, a value that the axis does not have, a
 * condition on what is no number; ERR_BAD_CONDITION; ERR_OUT_OF_MEMORY. *filter is overwritten;
 * valid to end after a failure.
 */
bool sweep_filter_read(struct sweep_filter *filter, const struct yaml_node *mapping,
                       const struct sweep_axis *axes, size_t nr_axes, struct sim_error *err);
void sweep_filter_fini(struct sweep_filter *filter);

/* choice[i] is the index of axis i's value. */
bool sweep_filter_matches(const struct sweep_filter *filter, const uint32_t *choice);

#endif
