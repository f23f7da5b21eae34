/* SPDX-License-Identifier: MIT */
/* One axis of a sweep: what varies, and the values it takes. */
#ifndef SIM_SWEEP_SWEEP_AXIS_H
#define SIM_SWEEP_SWEEP_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "yaml/yaml_arena.h"
#include "yaml/yaml_doc.h"

/*
 * An axis is named `machine`, `workload` or `seed`, or by a KEY as --set takes it. Its values are
 * a list, {from: A, to: B, step: S} (A, A+S, ... up to B) or {from: A, to: B, factor: F} (A, A*F,
 * ... up to B) in unsigned integers, both ends 1,000,000 values at most. Texts live in the arena
 * that they were read with, nodes in the document.
 */
enum sweep_axis_kind {
    SWEEP_AXIS_SET,
    SWEEP_AXIS_MACHINE,
    SWEEP_AXIS_WORKLOAD,
    SWEEP_AXIS_SEED,
};

struct sweep_value {
    const char *text;             /* as the manifest and the results show it */
    const char *argument;         /* SET: KEY=VALUE; MACHINE, WORKLOAD: the path; SEED: NULL */
    uint64_t seed;                /* SEED */
    const struct yaml_node *node; /* where it is written: errors point there */
};

struct sweep_axis {
    enum sweep_axis_kind kind;
    const char *name;
    const struct yaml_node *key;
    VEC(struct sweep_value) values; /* at least one */
};

/*
 * Reads `values`, the value of a mapping whose key names the axis. Paths are relative to the file
 * `base`. Errors: ERR_SWEEP_AXIS and ERR_02xx with their place, ERR_OUT_OF_MEMORY. *axis is
 * overwritten; valid to end after a failure.
 */
bool sweep_axis_read(struct sweep_axis *axis, const struct yaml_node *values, const char *base,
                     struct yaml_arena *arena, struct sim_error *err);
void sweep_axis_fini(struct sweep_axis *axis);

/* "KEY=VALUE" of a value node, as --set takes it. Errors: ERR_SWEEP_AXIS: it cannot be one line. */
bool sweep_argument_make(const char *key, const struct yaml_node *value, struct yaml_arena *arena,
                         const char **ret_argument, struct sim_error *err);

/* `name` as seen from the folder of the file `base`; NULL: no host memory. */
const char *sweep_path_resolve(const char *base, const char *name, struct yaml_arena *arena);

#endif
