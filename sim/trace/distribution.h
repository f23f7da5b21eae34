/* SPDX-License-Identifier: MIT */
/* Distributions of non-negative integers: what a workload file says, and drawing from it. */
#ifndef SIM_TRACE_DISTRIBUTION_H
#define SIM_TRACE_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/rng.h"
#include "base/zipf.h"

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

/* Nothing a generator draws depends on more than this: sigma and exponent of at most 8. */
#define DISTRIBUTION_PARAM_MILLI_MAX 8000

/*
 * Whether the parameters are usable: min <= max, a zipf of 1..ZIPF_N_MAX ranks whose values fit
 * 64 bits, param_milli within its limit. `what` names the distribution in the message.
 * ERR_BAD_DISTRIBUTION.
 */
bool distribution_check(const struct distribution *spec, const char *what, struct sim_error *err);

/* The largest value that can be drawn. The spec must have passed distribution_check(). */
uint64_t distribution_max(const struct distribution *spec);

/* A distribution ready to be drawn from; holds the table of a zipf. */
struct sampler {
    struct distribution spec;
    struct zipf zipf; /* DIST_ZIPF only */
};

/* The spec must have passed distribution_check(). False: no host memory. */
bool sampler_init(struct sampler *sampler, const struct distribution *spec);
void sampler_fini(struct sampler *sampler);

uint64_t sampler_draw(const struct sampler *sampler, struct rng *rng);

#endif
