/* SPDX-License-Identifier: MIT */
/* The manifest of a sweep: every run with its key and its changes, as `sweep plan` wrote it. */
#ifndef SIM_SWEEP_SWEEP_MANIFEST_H
#define SIM_SWEEP_SWEEP_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/units.h"
#include "base/vec.h"
#include "run/run_spec.h"
#include "sweep/key_map.h"
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
 * "machine" and "workload" are indices of inputs, which hold the traces, too; "seed" is null when
 * the workload's own is used. "set" are the arguments of --set, in their order; "values" has one
 * text for each axis. Unknown members are passed over.
 *
 * A run's index and axes are the plan's and not the run's: a plan of more values gives the same run
 * another index and the same key. So a stored result must be good without them; whoever shows them
 * looks them up here by the key.
 */
enum { SWEEP_SCHEMA_VERSION = 1 };

/* Runs of one sweep. */
enum { SWEEP_RUNS_MAX = 1000000 };

enum sweep_keep {
    SWEEP_KEEP_METRICS, /* a result is the run's metrics */
    SWEEP_KEEP_SUMMARY, /* ... and its summary line, as it stands */
    SWEEP_KEEP_OUTPUT,  /* ... and its whole output in DIR/outputs/KEY.jsonl */
};
extern const char *const sweep_keep_names[];
enum { NR_SWEEP_KEEP = 3 };

/* A VEC of texts. */
struct sweep_texts {
    const char **items;
    size_t count;
    size_t capacity;
};

struct sweep_input {
    const char *path; /* resolved: usable from the current folder */
    uint64_t fnv1a64;
};

struct sweep_run {
    struct sweep_key key;
    uint32_t machine;  /* of inputs */
    uint32_t workload; /* of inputs */
    struct option_number seed;
    size_t offset; /* of its line in the manifest's bytes, without the newline */
    size_t length;
};

/*
 * Invariants: keys are all different, runs[i] has index i, machine and workload are inputs.
 * Strings live as long as the manifest. Valid to close after `= {0}` and after a failed open.
 */
struct sweep_manifest {
    const char *dir;
    const char *path; /* DIR/manifest.jsonl */
    const char *name;
    enum sweep_keep keep;
    enum reclaim_replay reclaim;
    struct option_number tick_ns;
    struct option_number until_ns;
    uint64_t timeout_ns;   /* wall clock of one run; 0 = none */
    uint64_t memory_bytes; /* address space of one worker beyond what it shares; 0 = no limit */
    struct sweep_texts axes;
    struct sweep_texts metrics;
    VEC(struct sweep_input) inputs;
    VEC(struct sweep_run) runs;
    struct key_map by_key;
    struct file_bytes bytes; /* the file; its first line is the sweep's */
    VEC(char *) strings;     /* what the pointers above point to */
};

/*
 * Reads DIR/manifest.jsonl. Memory: 64 bytes a run and up to 100 for its key, beside the mapped
 * file; time: about a microsecond a run. Errors: ERR_OPEN, ERR_READ, ERR_SWEEP_MANIFEST (with the
 * line), ERR_SWEEP_VERSION (planned by another version of the tool: the hint says to plan anew),
 * ERR_OUT_OF_MEMORY.
 */
bool sweep_manifest_open(struct sweep_manifest *manifest, const char *dir, const char *tool_version,
                         struct sim_error *err);
void sweep_manifest_close(struct sweep_manifest *manifest);

/* A VEC of texts on the heap. */
struct sweep_owned_texts {
    char **items;
    size_t count;
    size_t capacity;
};

/* The --set arguments and the axis values of a run; there are as many values as axes. */
struct sweep_run_texts {
    struct sweep_owned_texts sets;
    struct sweep_owned_texts values;
};

/* Parsed on demand, *ret_texts is overwritten. Errors: ERR_SWEEP_MANIFEST, ERR_OUT_OF_MEMORY. */
bool sweep_manifest_texts(const struct sweep_manifest *manifest, uint32_t index,
                          struct sweep_run_texts *ret_texts, struct sim_error *err);
void sweep_run_texts_fini(struct sweep_run_texts *texts);

/* Index of the run with that key; false: none. O(1). */
bool sweep_manifest_find(const struct sweep_manifest *manifest, const struct sweep_key *key,
                         uint32_t *ret_index);

#endif
