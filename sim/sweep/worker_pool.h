/* SPDX-License-Identifier: MIT */
/* Processes that do numbered jobs side by side, and may crash at it. */
#ifndef SIM_SWEEP_WORKER_POOL_H
#define SIM_SWEEP_WORKER_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/*
 * The caller becomes the parent of up to `workers` forked processes. A worker does one job at a
 * time, in a copy of the caller's memory as it was at the fork, and sends its answer over a socket;
 * all else happens in the parent, in one thread. A worker that is free gets the next job at once,
 * so none waits behind a long one (about 50 us a job are spent on this). Only the job that a worker
 * was at is lost with it: another worker takes its place and the rest goes on. When the parent
 * dies, however it dies, so do its workers.
 *
 * Interrupts: the caller blocks SIGINT and SIGTERM before (so the workers do not see them either);
 * one that is pending ends the pool early and stays pending.
 */
struct worker_pool_spec {
    uint32_t workers;      /* at least 1 */
    uint64_t timeout_ns;   /* wall clock of one job; 0 = none */
    uint64_t memory_bytes; /* address space of a worker beyond what it begins with; 0 = no limit */
};

enum worker_fate {
    WORKER_REFUSED, /* work() returned false; the worker goes on */
    WORKER_CRASHED, /* the process ended: a signal, an exit */
    WORKER_TIMEOUT, /* it was killed for taking too long */
};

struct worker_failure {
    enum worker_fate fate;
    struct sim_error cause; /* work()'s own, or ERR_SWEEP_WORKER in words */
};

/* What the pool does, by its caller. All get worker_pool_run()'s ctx. */
struct worker_pool_ops {
    /*
     * In a worker: appends the job's answer, which is empty before. What it changes in memory stays
     * in this process.
     */
    bool (*work)(void *ctx, uint32_t job, struct strbuf *answer, struct sim_error *err);

    /* In the parent; false with err set ends the pool. now_ns: a clock that does not run backwards.
     * next() says false when no job is left; idle() is called about every WORKER_POOL_LOOK_NS. */
    bool (*next)(void *ctx, uint32_t *ret_job);
    bool (*done)(void *ctx, uint32_t job, const struct strbuf *answer, uint64_t now_ns,
                 struct sim_error *err);
    bool (*failed)(void *ctx, uint32_t job, const struct worker_failure *failure,
                   struct sim_error *err);
    bool (*idle)(void *ctx, uint64_t now_ns, struct sim_error *err);
};

#define WORKER_POOL_LOOK_NS UINT64_C(50000000)

enum worker_pool_end {
    WORKER_POOL_DONE,        /* every job has its answer or its failure */
    WORKER_POOL_INTERRUPTED, /* a signal is pending; jobs in progress were dropped */
    WORKER_POOL_ERROR,       /* err: a callback's, or ERR_OUT_OF_MEMORY (no process, no memory) */
};

/* No worker is left when it returns. */
enum worker_pool_end worker_pool_run(const struct worker_pool_spec *spec,
                                     const struct worker_pool_ops *ops, void *ctx,
                                     struct sim_error *err);

#endif
