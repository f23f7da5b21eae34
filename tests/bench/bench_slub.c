/* SPDX-License-Identifier: MIT */
/* What kmalloc() and kfree() cost the simulator; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/rng.h"
#include "base/units.h"
#include "kernels/linux_2_6_24.h"
#include "mm/slub.h"

enum { PAIRS = 10000000, MIXED_OPS = 10000000, MIXED_LIVE = 200000, REPEATS = 5 };

struct bench {
    struct machine machine;
    struct kernel_ops ops;
    struct clock clock;
    struct task task;
    struct slub slub;
    struct alloc_caller caller;
};

/* CPU time: what else runs on the host does not count. */
static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

/* There is no kswapd to wake. */
static void ignore_kswapd(struct machine *machine, struct zone *zone, unsigned order,
                          const struct task *current)
{
    (void)machine;
    (void)zone;
    (void)order;
    (void)current;
}

static void boot(struct bench *bench)
{
    static const struct memory_range memory = {0, 262144, 0};
    struct machine_spec spec;
    struct sim_error err = {0};

    *bench = (struct bench){.ops = linux_2_6_24_ops, .caller = {.task = &bench->task}};
    bench->ops.wakeup_kswapd = ignore_kswapd;
    machine_spec_init(&spec, false);
    spec.memory = &memory;
    spec.nr_memory = 1;
    if (!machine_spec_check(&spec, &err) ||
        !machine_init(&bench->machine, &spec, &bench->ops, NULL, &bench->clock, &err) ||
        !slub_init(&bench->slub, &bench->machine, &err)) {
        fprintf(stderr, "bench_slub: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
}

static struct slab_object take(struct bench *bench, uint64_t size)
{
    struct slab_request request;

    kmalloc_request_init(&request, &bench->slub, size, GFP_ATOMIC, -1);
    if (slab_request_step(&request, &bench->slub, &bench->caller) != STEP_DONE ||
        slab_object_is_null(request.object))
        abort();
    return request.object;
}

static double bench_pairs(struct bench *bench)
{
    uint64_t best = UINT64_MAX;

    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t start = now_ns();

        for (unsigned i = 0; i < PAIRS; i++)
            kfree(&bench->slub, take(bench, 100), 0);
        start = now_ns() - start;
        best = start < best ? start : best;
    }
    return (double)best / PAIRS;
}

/* Objects of all sizes that live for long and go in any order: lists and pages are in it. */
static double bench_mixed(struct bench *bench)
{
    static struct slab_object live[MIXED_LIVE];
    struct rng rng;
    uint64_t start;

    rng_init(&rng, 1, "bench");
    for (unsigned i = 0; i < MIXED_LIVE; i++)
        live[i] = take(bench, rng_between(&rng, 1, 2048));
    start = now_ns();
    for (unsigned i = 0; i < MIXED_OPS / 2; i++) {
        unsigned which = (unsigned)rng_below(&rng, MIXED_LIVE);

        kfree(&bench->slub, live[which], 0);
        live[which] = take(bench, rng_between(&rng, 1, 2048));
    }
    return (double)(now_ns() - start) / (MIXED_OPS / 2);
}

int main(void)
{
    struct bench bench;
    double pair_ns;
    double mixed_ns;

    boot(&bench);
    pair_ns = bench_pairs(&bench);
    mixed_ns = bench_mixed(&bench);
    printf("{\"bench\": \"slub\", \"kmalloc_kfree_pair_ns\": %.1f, \"mixed_pair_ns\": %.1f}\n",
           pair_ns, mixed_ns);
    slub_fini(&bench.slub);
    machine_fini(&bench.machine);
    return 0;
}
