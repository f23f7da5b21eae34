/* SPDX-License-Identifier: MIT */
/* The sweep file: which settings vary over which values, and what is kept of each run. */
#ifndef SIM_SWEEP_SWEEP_FILE_H
#define SIM_SWEEP_SWEEP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/units.h"
#include "base/vec.h"
#include "run/run_spec.h"
#include "sweep/sweep_axis.h"
#include "sweep/sweep_filter.h"
#include "sweep/sweep_manifest.h"
#include "yaml/yaml_doc.h"

/*
 * docs/sweep.md describes every key. The points of the grid are counted in the order of the axes as
 * they stand in the file, the last one fastest; the axes of one `zip` group advance together.
 * Whether KEYs and values are good for the machine and the workload is found by the plan.
 */
enum { SWEEP_AXES_MAX = 32 };

/* Axes that advance together: one, or those of a zip group. */
struct sweep_dimension {
    size_t first_axis;
    size_t nr_axes;
    size_t count; /* values of each */
};

/* A fixed change. */
struct sweep_setting {
    const char *key;
    const char *argument; /* KEY=VALUE */
    const struct yaml_node *node;
};

/* A VEC of filters. */
struct sweep_filters {
    struct sweep_filter *items;
    size_t count;
    size_t capacity;
};

/* Valid to end after `= {0}` and after a failed load. */
struct sweep_file {
    const char *path;
    const char *name;                /* of the document, or the file's own without its extension */
    const char *machine_path;        /* NULL: the workload names it, or there is an axis */
    const char *workload_path;       /* NULL: there is an axis */
    const struct yaml_node *machine; /* where they are written */
    const struct yaml_node *workload;
    enum sweep_keep keep;
    enum reclaim_replay reclaim;
    struct option_number tick_ns;
    struct option_number until_ns;
    uint64_t timeout_ns;
    uint64_t memory_bytes;
    uint32_t points; /* of the grid, before filters; at most SWEEP_RUNS_MAX */
    VEC(struct sweep_setting) settings;
    VEC(struct sweep_axis) axes;
    VEC(struct sweep_dimension) dimensions;
    struct sweep_filters only; /* a point must match one of them, if there are any */
    struct sweep_filters exclude;
    struct sweep_texts metrics; /* at least one */
    struct yaml_doc doc;
    struct yaml_arena arena;
};

/*
 * Reads the file (path "-" = stdin) and checks all that it says by itself. Errors: those of
 * file_bytes_init() and yaml_doc_parse(); ERR_02xx, ERR_SWEEP_AXIS, ERR_SWEEP_FILTER,
 * ERR_SWEEP_EMPTY, ERR_BAD_METRIC, ERR_BAD_CONDITION with their place. *file is overwritten.
 */
bool sweep_file_load(struct sweep_file *file, const char *path, struct sim_error *err);

/* The same of a parsed document, which passes to the file, also on failure. */
bool sweep_file_read(struct sweep_file *file, const char *path, struct yaml_doc doc,
                     struct sim_error *err);
void sweep_file_fini(struct sweep_file *file);

/* Whether the document has a sweep file's shape. */
bool sweep_file_recognises(const struct yaml_doc *doc);

/* choice[axis] of a point < points. False: a filter leaves the point out. */
bool sweep_file_point(const struct sweep_file *file, uint32_t point,
                      uint32_t choice[static SWEEP_AXES_MAX]);

#endif
