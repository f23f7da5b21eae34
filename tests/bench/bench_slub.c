/* SPDX-License-Identifier: MIT */
/* What kmalloc() and kfree() cost the simulator; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "bench_machine.h"
#include "cpu_time.h"
#include "mm/slub.h"

enum { PAIRS = 10000000, MIXED_OPS = 10000000, MIXED_LIVE = 200000, REPEATS = 5 };

struct bench {
    struct bench_machine host;
    struct slub slub;
};

static void boot(struct bench *bench)
{
    struct sim_error err = {0};

    bench_machine_boot(&bench->host, 262144);
    if (!slub_init(&bench->slub, &bench->host.machine, &err))
        bench_fail(&err);
}

static struct slab_object take(struct bench *bench, uint64_t size)
{
    struct slab_request request;

    kmalloc_request_init(&request, &bench->slub, size, GFP_ATOMIC, -1);
    if (slab_request_step(&request, &bench->slub, &bench->host.caller) != STEP_DONE ||
        slab_object_is_null(request.object))
        abort();
    return request.object;
}

static double bench_pairs(struct bench *bench)
{
    uint64_t best = UINT64_MAX;

    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t start = cpu_time_ns();

        for (unsigned i = 0; i < PAIRS; i++)
            kfree(&bench->slub, take(bench, 100), 0);
        start = cpu_time_ns() - start;
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
    start = cpu_time_ns();
    for (unsigned i = 0; i < MIXED_OPS / 2; i++) {
        unsigned which = (unsigned)rng_below(&rng, MIXED_LIVE);

        kfree(&bench->slub, live[which], 0);
        live[which] = take(bench, rng_between(&rng, 1, 2048));
    }
    return (double)(cpu_time_ns() - start) / (MIXED_OPS / 2);
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
    machine_fini(&bench.host.machine);
    return 0;
}
