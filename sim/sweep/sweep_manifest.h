/* SPDX-License-Identifier: MIT */
/* The manifest of a sweep: every run with its key and its changes, as `sweep plan` wrote it. */
#ifndef SIM_SWEEP_SWEEP_MANIFEST_H
#define SIM_SWEEP_SWEEP_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/vec.h"
#include "run/run_spec.h"
#include "sweep/sweep_key.h"

/*
 * DIR/manifest.jsonl. The first line is the sweep, one line for each run follows, in the order of
 * the axes (the last axis runs fastest). What all runs share stands in the first line only; a run
 * is its values along the axes. Integers only, fixed key order; equal sweep files over equal inputs
 * give equal bytes anywhere, because paths are relative to DIR and inputs are named by content.
 *
 *     {"type":"sweep","schema_version":1,"tool":{...},"name":"...","runs":1000,
 *      "axes":["vm.min_free_kbytes","seed"],"metrics":["alloc.failed",...],"keep":"metrics",
 *      "tick_ns":null,"until_ns":null,"reclaim":"captured","timeout_ns":60000000000,
 *      "memory_bytes":0,"inputs":[{"path":"../workloads/x.yaml","fnv1a64":"..."},...]}
 *     {"type":"run","index":0,"key":"<32 hex>","machine":1,"workload":0,"seed":1,
 *      "set":["vm.min_free_kbytes=1024"],"values":["1024","1"]}
 *
 * "machine" and "workload" are indices of inputs; "seed" is null when the workload's own is used.
 * "values" has one text for each axis.
 */
enum sweep_keep {
    SWEEP_KEEP_METRICS, /* a result is the run's metrics */
    SWEEP_KEEP_SUMMARY, /* ... and its summary line, as it stands */
    SWEEP_KEEP_OUTPUT,  /* ... and its whole output in DIR/outputs/KEY.jsonl */
};

struct sweep_input {
    const char *path; /* resolved: usable from the current folder */
    uint64_t fnv1a64;
};

struct sweep_run {
    struct sweep_key key;
    uint32_t index;
    uint32_t machine;  /* of inputs */
    uint32_t workload; /* of inputs */
    bool seed_given;
    uint64_t seed;
    size_t offset; /* of its line in the manifest's bytes */
    size_t length;
};

/* Invariants: keys are all different, runs[i].index == i. Strings live as long as the manifest. */
struct sweep_manifest {
    const char *dir;
    const char *name;
    const char *tool_version;
    enum sweep_keep keep;
    enum reclaim_replay reclaim;
    bool tick_given, until_given;
    uint64_t tick_ns, until_ns;
    uint64_t timeout_ns;   /* wall clock of one run; 0 = none */
    uint64_t memory_bytes; /* address space of one worker beyond what it shares; 0 = no limit */
    VEC(const char *) axes;
    VEC(const char *) metrics;
    VEC(struct sweep_input) inputs;
    VEC(struct sweep_run) runs;
    struct file_bytes bytes; /* the file */
    VEC(char *) strings;     /* what the pointers above point to */
};

/*
 * Reads DIR/manifest.jsonl. Memory: 64 bytes a run beside the mapped file. Errors: ERR_OPEN,
 * ERR_SWEEP_MANIFEST (with the line), ERR_SWEEP_VERSION (planned by another version of the tool:
 * the hint says to plan anew), ERR_OUT_OF_MEMORY.
 */
bool sweep_manifest_open(struct sweep_manifest *manifest, const char *dir, const char *tool_version,
                         struct sim_error *err);
void sweep_manifest_close(struct sweep_manifest *manifest);

/* The --set arguments and the axis values of a run, parsed on demand into the caller's vectors
 * (pointers into `strings`, freed by the caller). */
struct sweep_run_texts {
    VEC(char *) sets;
    VEC(char *) values;
};
bool sweep_manifest_texts(const struct sweep_manifest *manifest, uint32_t index,
                          struct sweep_run_texts *ret_texts, struct sim_error *err);
void sweep_run_texts_fini(struct sweep_run_texts *texts);

/* Index of the run with that key; false: none. O(1). */
bool sweep_manifest_find(const struct sweep_manifest *manifest, const struct sweep_key *key,
                         uint32_t *ret_index);

#endif
