/* SPDX-License-Identifier: MIT */
/* Distributions of non-negative integers. */
#include "trace/distribution.h"

#include <inttypes.h>

#include "base/check.h"

bool distribution_check(const struct distribution *spec, const char *what, struct sim_error *err)
{
    if (spec->kind >= NR_DISTRIBUTIONS)
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "%s: no such kind of distribution", what);
    if (spec->kind == DIST_UNIFORM && spec->min > spec->max)
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "%s: min %" PRIu64 " is above max %" PRIu64,
                             what, spec->min, spec->max);
    if ((spec->kind == DIST_LOGNORMAL || spec->kind == DIST_ZIPF) &&
        spec->param_milli > DISTRIBUTION_PARAM_MILLI_MAX)
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "%s: %s is above %d", what,
                             spec->kind == DIST_ZIPF ? "exponent" : "sigma",
                             DISTRIBUTION_PARAM_MILLI_MAX / 1000);
    if (spec->kind == DIST_ZIPF) {
        uint64_t span, last;

        if (spec->n == 0 || spec->n > ZIPF_N_MAX)
            return sim_error_set(err, ERR_BAD_DISTRIBUTION, "%s: a zipf has 1 to %" PRIu32 " ranks",
                                 what, ZIPF_N_MAX);
        if (__builtin_mul_overflow(spec->step, (uint64_t)spec->n - 1, &span) ||
            __builtin_add_overflow(spec->min, span, &last))
            return sim_error_set(err, ERR_BAD_DISTRIBUTION, "%s: the last value is above 2^64",
                                 what);
        if (spec->max != 0 && spec->max < spec->min)
            return sim_error_set(err, ERR_BAD_DISTRIBUTION,
                                 "%s: min %" PRIu64 " is above max %" PRIu64, what, spec->min,
                                 spec->max);
    }
    return true;
}

uint64_t distribution_max(const struct distribution *spec)
{
    uint64_t max = 0;

    switch ((enum distribution_kind)spec->kind) {
    case DIST_CONSTANT:
        max = spec->value;
        break;
    case DIST_UNIFORM:
        return spec->max;
    case DIST_EXPONENTIAL:
    case DIST_LOGNORMAL:
        max = spec->value ? UINT64_MAX : 0;
        break;
    case DIST_ZIPF:
        max = spec->min + spec->step * (spec->n - 1);
        break;
    case NR_DISTRIBUTIONS:
        SIM_ASSERT(false);
    }
    return spec->max && spec->max < max ? spec->max : max;
}

bool sampler_init(struct sampler *sampler, const struct distribution *spec)
{
    struct zipf zipf = {0};

    if (spec->kind == DIST_ZIPF && !zipf_init(&zipf, spec->n, spec->param_milli))
        return false;
    *sampler = (struct sampler){.spec = *spec, .zipf = zipf};
    return true;
}

void sampler_fini(struct sampler *sampler)
{
    zipf_fini(&sampler->zipf);
}

uint64_t sampler_draw(const struct sampler *sampler, struct rng *rng)
{
    const struct distribution *spec = &sampler->spec;
    uint64_t value = 0;

    switch ((enum distribution_kind)spec->kind) {
    case DIST_CONSTANT:
        value = spec->value;
        break;
    case DIST_UNIFORM:
        return rng_between(rng, spec->min, spec->max);
    case DIST_EXPONENTIAL:
        value = rng_exponential(rng, spec->value);
        break;
    case DIST_LOGNORMAL:
        value = rng_lognormal(rng, spec->value, spec->param_milli);
        break;
    case DIST_ZIPF:
        value = spec->min + spec->step * zipf_draw(&sampler->zipf, rng);
        break;
    case NR_DISTRIBUTIONS:
        SIM_ASSERT(false);
    }
    return spec->max && spec->max < value ? spec->max : value;
}
