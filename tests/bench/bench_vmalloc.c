/* SPDX-License-Identifier: MIT */
/* What vmalloc() and vfree() of a page cost the simulator by live areas; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/rng.h"
#include "base/units.h"
#include "kernels/linux_2_6_24.h"
#include "mm/vmalloc.h"

enum { LIVE_MAX = 300000, NR_LIVE = 3, OPS = 300000 };

struct bench {
    struct machine machine;
    struct kernel_ops ops;
    struct clock clock;
    struct task task;
    struct slub slub;
    struct vmalloc_space space;
    struct alloc_caller caller;
    struct rng rng;
    uint64_t live[LIVE_MAX]; /* addresses, in any order */
    unsigned nr_live;
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
    static const struct memory_range memory = {0, 1048576, 0};
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
        fprintf(stderr, "bench_vmalloc: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
    vmalloc_space_init(&bench->space, &bench->machine, &spec);
    rng_init(&bench->rng, 1, "bench");
}

static void take(struct bench *bench)
{
    struct vmalloc_request request;

    vmalloc_request_init(&request, &bench->space, rng_between(&bench->rng, 1, 3 * PAGE_SIZE),
                         vmalloc_gfp(), -1);
    if (vmalloc_request_step(&request, &bench->space, &bench->slub, &bench->caller) != STEP_DONE ||
        request.addr == 0)
        abort();
    bench->live[bench->nr_live++] = request.addr;
}

/* Any of the areas. */
static void give(struct bench *bench)
{
    unsigned which = (unsigned)rng_below(&bench->rng, bench->nr_live);

    if (vfree(&bench->space, &bench->slub, bench->live[which], 0) != VFREE_OK)
        abort();
    bench->live[which] = bench->live[--bench->nr_live];
}

/* One area goes, another comes, among `nr_live` in a space that lies in pieces. */
static double bench_pairs(struct bench *bench, unsigned nr_live)
{
    uint64_t start;

    while (bench->nr_live < nr_live)
        take(bench);
    for (unsigned i = 0; i < nr_live; i++) {
        give(bench);
        take(bench);
    }
    start = now_ns();
    for (unsigned i = 0; i < OPS; i++) {
        give(bench);
        take(bench);
    }
    return (double)(now_ns() - start) / OPS;
}

/* All areas go, in random order. */
static double bench_last_frees(struct bench *bench)
{
    unsigned nr = bench->nr_live;
    uint64_t start = now_ns();

    while (bench->nr_live > 0)
        give(bench);
    return (double)(now_ns() - start) / nr;
}

int main(void)
{
    static const unsigned live[NR_LIVE] = {1000, 100000, LIVE_MAX};
    static struct bench bench;

    boot(&bench);
    printf("{\"bench\": \"vmalloc\"");
    for (unsigned i = 0; i < NR_LIVE; i++)
        printf(", \"pair_ns_of_%u_areas\": %.0f", live[i], bench_pairs(&bench, live[i]));
    printf(", \"vfree_ns_in_random_order\": %.0f}\n", bench_last_frees(&bench));
    vmalloc_space_fini(&bench.space);
    slub_fini(&bench.slub);
    machine_fini(&bench.machine);
}
