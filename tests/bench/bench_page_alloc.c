/* SPDX-License-Identifier: MIT */
/* What an allocation, a touched page and a large machine cost; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/rng.h"
#include "bench_machine.h"
#include "cpu_time.h"
#include "mm/page_alloc.h"

enum {
    PAIRS = 20000000,
    MIXED_OPS = 10000000,
    MIXED_LIVE = 5000,
    REPEATS = 5, /* the best run counts: the others were disturbed */
};

static uint64_t resident_bytes(void)
{
    unsigned long total = 0;
    unsigned long resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");

    if (!statm || fscanf(statm, "%lu %lu", &total, &resident) != 2)
        abort();
    fclose(statm);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* NORETRY without WAIT: fails at once instead of sleeping. */
static pfn_t alloc(struct bench_machine *bench, unsigned order, uint32_t gfp)
{
    struct alloc_request request;

    alloc_request_init(&request, &bench->machine, &bench->task, gfp, order, -1);
    if (alloc_request_step(&bench->machine, &request) != STEP_DONE)
        abort();
    return request.page;
}

static double bench_pairs(void)
{
    struct bench_machine bench;
    uint64_t best = UINT64_MAX;

    bench_machine_boot(&bench, 262144);
    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t start = cpu_time_ns();

        for (unsigned i = 0; i < PAIRS; i++)
            free_pages(&bench.machine, alloc(&bench, 0, GFP_BIT_MOVABLE), 0, 0);
        start = cpu_time_ns() - start;
        best = start < best ? start : best;
    }
    machine_fini(&bench.machine);
    return (double)best / (2.0 * PAIRS);
}

struct block {
    pfn_t page;
    unsigned order;
};

/* Half of the requests are order 0, a quarter order 1 and so on: orders 0 to 10. */
static unsigned draw_order(struct rng *rng)
{
    return (unsigned)__builtin_ctzll(rng_next(rng) | UINT64_C(1) << 10);
}

static double bench_mixed(void)
{
    static const uint32_t masks[] = {0, GFP_BIT_MOVABLE, GFP_BIT_RECLAIMABLE, GFP_BIT_MOVABLE};
    static struct block blocks[MIXED_LIVE];
    uint64_t best = UINT64_MAX;
    uint64_t ops = 0;

    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        struct bench_machine bench;
        struct rng rng;
        uint64_t start;

        bench_machine_boot(&bench, 262144);
        rng_init(&rng, 1, "bench");
        for (unsigned i = 0; i < MIXED_LIVE; i++) {
            blocks[i].order = draw_order(&rng);
            blocks[i].page = alloc(&bench, blocks[i].order, masks[i & 3]);
        }
        ops = 0;
        start = cpu_time_ns();
        for (unsigned i = 0; i < MIXED_OPS / 2; i++) {
            uint64_t random = rng_next(&rng);
            struct block *block = &blocks[random % MIXED_LIVE];

            if (!pfn_is_none(block->page)) {
                free_pages(&bench.machine, block->page, block->order, 0);
                ops++;
            }
            block->order = (unsigned)__builtin_ctzll(random >> 32 | UINT64_C(1) << 10);
            block->page = alloc(&bench, block->order, masks[random >> 60 & 3]);
            ops++;
        }
        start = cpu_time_ns() - start;
        best = start < best ? start : best;
        machine_fini(&bench.machine);
    }
    return (double)best / (double)ops;
}

/* Every page of 1 GiB taken singly: what a page costs once it was used. */
static double bench_bytes_per_page(void)
{
    uint64_t before = resident_bytes();
    struct bench_machine bench;
    uint64_t pages = 0;
    uint64_t after;

    bench_machine_boot(&bench, 262144);
    bench.task.flags = TASK_PF_MEMALLOC;
    while (!pfn_is_none(alloc(&bench, 0, GFP_BIT_MOVABLE)))
        pages++;
    after = resident_bytes();
    machine_fini(&bench.machine);
    return (double)(after - before) / (double)pages;
}

static void bench_setup(double *ret_ms, double *ret_mb)
{
    uint64_t best = UINT64_MAX;
    uint64_t before = resident_bytes();
    uint64_t after = 0;

    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        struct bench_machine bench;
        uint64_t start = cpu_time_ns();

        bench_machine_boot(&bench, UINT64_C(1) << 28);
        start = cpu_time_ns() - start;
        best = start < best ? start : best;
        after = resident_bytes();
        machine_fini(&bench.machine);
    }
    *ret_ms = (double)best / 1e6;
    *ret_mb = (double)(after - before) / 1e6;
}

int main(void)
{
    double setup_ms;
    double setup_mb;
    double bytes = bench_bytes_per_page();

    bench_setup(&setup_ms, &setup_mb);
    printf("{\"pcp_pairs_ns\":%.2f,\"mixed_5k_ns\":%.2f,\"bytes_per_page\":%.2f,"
           "\"setup_1tib_ms\":%.2f,\"setup_1tib_rss_mb\":%.2f}\n",
           bench_pairs(), bench_mixed(), bytes, setup_ms, setup_mb);
    return EXIT_SUCCESS;
}
