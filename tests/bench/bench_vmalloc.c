/* SPDX-License-Identifier: MIT */
/* What vmalloc() and vfree() of a page cost the simulator by live areas; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/units.h"
#include "bench_machine.h"
#include "cpu_time.h"
#include "mm/vmalloc.h"

enum { LIVE_MAX = 300000, NR_LIVE = 3, OPS = 300000 };

struct bench {
    struct bench_machine host;
    struct slub slub;
    struct vmalloc_space space;
    struct rng rng;
    uint64_t live[LIVE_MAX]; /* addresses, in any order */
    unsigned nr_live;
};

static void boot(struct bench *bench)
{
    struct sim_error err = {0};

    bench_machine_boot(&bench->host, 1048576);
    if (!slub_init(&bench->slub, &bench->host.machine, &err))
        bench_fail(&err);
    vmalloc_space_init(&bench->space, &bench->host.machine, &bench->host.spec);
    rng_init(&bench->rng, 1, "bench");
    bench->nr_live = 0;
}

static void take(struct bench *bench)
{
    struct vmalloc_request request;

    vmalloc_request_init(&request, &bench->space, rng_between(&bench->rng, 1, 3 * PAGE_SIZE),
                         vmalloc_gfp(), -1);
    if (vmalloc_request_step(&request, &bench->space, &bench->slub, &bench->host.caller) !=
            STEP_DONE ||
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
    start = cpu_time_ns();
    for (unsigned i = 0; i < OPS; i++) {
        give(bench);
        take(bench);
    }
    return (double)(cpu_time_ns() - start) / OPS;
}

/* All areas go, in random order. */
static double bench_last_frees(struct bench *bench)
{
    unsigned nr = bench->nr_live;
    uint64_t start = cpu_time_ns();

    while (bench->nr_live > 0)
        give(bench);
    return (double)(cpu_time_ns() - start) / nr;
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
    machine_fini(&bench.host.machine);
}
