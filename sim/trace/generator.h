/* SPDX-License-Identifier: MIT */
/* Open-loop arrivals: a trace source that draws its records from distributions. */
#ifndef SIM_TRACE_GENERATOR_H
#define SIM_TRACE_GENERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/distribution.h"
#include "trace/trace_source.h"

/*
 * Blocks arrive from start_ns until before end_ns. Arrivals: the gap between two is drawn from
 * `gap_ns`, the first comes one gap after start_ns; with burst_on_ns > 0 time passes only in the
 * on-phases of an on/off cycle that begins, on, at start_ns. Each arrival allocates `count` blocks
 * of an order drawn from the weights and frees each after its own lifetime (lifetime_ns kind
 * constant and value UINT64_MAX: never); frees may come after end_ns. At equal times frees come
 * before arrivals, earlier blocks first.
 */
struct generator_spec {
    const char *name; /* also names its random stream and its task */
    int32_t cpu;      /* -1: let the run place it */
    uint64_t start_ns;
    uint64_t end_ns;
    struct distribution gap_ns;
    uint64_t burst_on_ns;
    uint64_t burst_off_ns;
    struct distribution count;      /* blocks per arrival */
    uint32_t order_weight[11];      /* relative frequency of each order; blocks of pages only */
    struct distribution size_bytes; /* kmalloc, vmalloc, vmalloc_32 only */
    uint32_t cache;                 /* kmem_cache_alloc only */
    struct distribution lifetime_ns;
    uint32_t gfp;
    int16_t node;             /* as of a record; not all calls take one */
    uint8_t op;               /* an allocating enum trace_op */
    bool cold;                /* order-0 frees of pages go to the cold list */
    uint64_t max_live_blocks; /* arrivals beyond it are dropped; 0 = no limit */
};

/*
 * A source over a copy of the spec; `seed` is the run's. Ids count from 0. O(log live) a record.
 * NULL: ERR_BAD_DISTRIBUTION (also: a gap that is always 0, no order weight, start after end, an
 * op that does not allocate or that takes order 0 only with another weight) or ERR_OUT_OF_MEMORY.
 */
struct trace_source *generator_create(const struct generator_spec *spec, uint64_t seed,
                                      struct sim_error *err);

#endif
