/* SPDX-License-Identifier: MIT */
/* Open-loop arrivals: a trace source that draws its records from distributions. */
#ifndef SIM_TRACE_GENERATOR_H
#define SIM_TRACE_GENERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/trace_source.h"

enum distribution_kind {
    DIST_CONSTANT,    /* value */
    DIST_UNIFORM,     /* min..max */
    DIST_EXPONENTIAL, /* mean */
    DIST_LOGNORMAL,   /* median, sigma_milli */
    DIST_ZIPF,        /* min + rank * step, ranks of n, exponent_milli */
    NR_DISTRIBUTIONS,
};

/* A distribution of non-negative integers in the unit of whatever it describes. */
struct distribution {
    uint8_t kind;         /* enum distribution_kind */
    uint64_t value;       /* constant; exponential: mean; lognormal: median */
    uint64_t min, max;    /* uniform and zipf; others: results are clamped to it (max 0 = none) */
    uint64_t step;        /* zipf */
    uint32_t n;           /* zipf */
    uint32_t param_milli; /* lognormal: sigma; zipf: exponent */
};

/*
 * Blocks arrive from start_ns until end_ns. Arrivals: the gap between two is drawn from `gap_ns`;
 * with burst_on_ns > 0 arrivals happen only in the on-phases of an on/off cycle. Each arrival
 * allocates `count` blocks of an order drawn from the weights and frees each after its own
 * lifetime (lifetime_ns kind constant and value UINT64_MAX: never).
 */
struct generator_spec {
    const char *name; /* also names its random stream and its task */
    int32_t cpu;      /* -1: let the run place it */
    uint64_t start_ns;
    uint64_t end_ns;
    struct distribution gap_ns;
    uint64_t burst_on_ns;
    uint64_t burst_off_ns;
    struct distribution count; /* blocks per arrival */
    uint32_t order_weight[11]; /* relative frequency of each order */
    struct distribution lifetime_ns;
    uint32_t gfp;
    int16_t node; /* -1: local */
    uint8_t op;   /* an allocating enum trace_op */
    bool cold;    /* order-0 frees go to the cold list */
    uint64_t max_live_blocks; /* arrivals beyond it are dropped; 0 = no limit */
};

/* A source over a copy of the spec; `seed` is the run's. NULL: ERR_BAD_DISTRIBUTION or memory. */
struct trace_source *generator_create(const struct generator_spec *spec, uint64_t seed,
                                      struct sim_error *err);

#endif
