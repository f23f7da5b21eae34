/* SPDX-License-Identifier: MIT */
/* What a replayed record costs, from its source to its counters; prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/units.h"
#include "cpu_time.h"
#include "mm/gfp.h"
#include "run/simulation.h"

enum {
    RECORDS = 4000000,
    LIVE = 20000, /* blocks between an allocation and its free */
    REPEATS = 3,  /* the best run counts: the others were disturbed */
    NR_TASKS = 16,
    NR_CPUS = 4,
};

/* Allocations of ascending ids, each freed after LIVE others; records are made before the clock. */
struct bench_source {
    struct trace_source head;
    struct trace_task tasks[NR_TASKS];
    char names[NR_TASKS][16];
    struct trace_record *records;
    size_t next;
};

static enum trace_next bench_next(struct trace_source *source, struct trace_record *ret_record,
                                  struct sim_error *err)
{
    struct bench_source *bench = (struct bench_source *)source;

    (void)err;
    if (bench->next == RECORDS)
        return TRACE_END;
    *ret_record = bench->records[bench->next++];
    return TRACE_RECORD;
}

static void bench_rewind(struct trace_source *source)
{
    ((struct bench_source *)source)->next = 0;
}

static uint64_t bench_count(const struct trace_source *source)
{
    (void)source;
    return RECORDS;
}

static void bench_destroy(struct trace_source *source)
{
    free(((struct bench_source *)source)->records);
}

static const struct trace_source_ops bench_ops = {
    .kind = "bench",
    .next = bench_next,
    .rewind = bench_rewind,
    .count = bench_count,
    .destroy = bench_destroy,
};

/* Mostly order 0, as captures are. */
static uint8_t random_order(struct rng *rng)
{
    uint64_t dice = rng_below(rng, 100);

    if (dice < 90)
        return 0;
    return dice < 99 ? (uint8_t)rng_between(rng, 1, 3) : 9;
}

static void make_source(struct bench_source *bench)
{
    uint64_t allocated = 0;
    uint64_t freed = 0;
    struct rng rng;

    *bench = (struct bench_source){.head = {.ops = &bench_ops, .nr_tasks = NR_TASKS}};
    bench->head.tasks = bench->tasks;
    bench->records = malloc(RECORDS * sizeof(*bench->records));
    if (!bench->records)
        abort();
    for (unsigned i = 0; i < NR_TASKS; i++) {
        snprintf(bench->names[i], sizeof(bench->names[i]), "task-%u", i);
        bench->tasks[i] = (struct trace_task){.name = bench->names[i], .cpu = -1};
    }
    rng_init(&rng, 1, "bench");
    for (size_t i = 0; i < RECORDS; i++) {
        bool frees = allocated - freed >= LIVE;

        bench->records[i] = (struct trace_record){
            .time_ns = i * NSEC_PER_USEC,
            .id = frees ? freed++ : allocated++,
            .task = (uint32_t)rng_below(&rng, NR_TASKS),
            .node = -1,
            .op = frees ? TRACE_FREE_PAGES : TRACE_ALLOC_PAGES,
            .order = frees ? 0 : random_order(&rng),
            .gfp = frees ? 0 : GFP_HIGHUSER_MOVABLE,
        };
    }
}

static uint64_t time_run(const struct run_spec *spec)
{
    const struct run_output output = {.name = "none", .tool_version = "bench"};
    struct sim_error err = {0};
    uint64_t begin_ns = cpu_time_ns();
    struct simulation *sim = simulation_create(spec, &output, &err);

    if (!sim || !simulation_run(sim, &err)) {
        fprintf(stderr, "bench_replay: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
    simulation_destroy(sim);
    return cpu_time_ns() - begin_ns;
}

int main(void)
{
    const struct memory_range memory = {.end_pfn = UINT64_C(1) << 20};
    struct bench_source source;
    struct trace_source *sources[] = {&source.head};
    struct run_spec spec = {
        .kernel = "linux-2.6.24",
        .name = "bench",
        .costs = {.alloc_ns = 200, .free_ns = 100, .zone_try_ns = 10, .buddy_block_ns = 20},
        .tick_ns = 100 * NSEC_PER_MSEC,
        .sources = sources,
        .nr_sources = 1,
    };
    uint64_t best_ns = UINT64_MAX;

    machine_spec_init(&spec.machine, false);
    spec.machine.memory = &memory;
    spec.machine.nr_memory = 1;
    spec.machine.nr_cpus = NR_CPUS;
    make_source(&source);
    for (unsigned i = 0; i < REPEATS; i++) {
        uint64_t run_ns = time_run(&spec);

        if (run_ns < best_ns)
            best_ns = run_ns;
    }
    trace_source_destroy(&source.head);
    printf("{\"bench\":\"replay\",\"records\":%d,\"ns_per_record\":%" PRIu64
           ",\"records_per_s\":%" PRIu64 "}\n",
           RECORDS, best_ns / RECORDS, RECORDS * NSEC_PER_SEC / best_ns);
    return 0;
}
