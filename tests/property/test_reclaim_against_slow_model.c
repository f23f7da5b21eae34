/* SPDX-License-Identifier: MIT */
/* Random machines short of memory: sim/reclaim and the slow model must never differ. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/test.h"
#include "reclaim_machine.h"
#include "reclaim_operations.h"
#include "reclaim_pair.h"

/*
 * Without arguments: a fixed set of seeds, as a test (the share MMSIM_PROPERTY_PERCENT of them when
 * that is set: valgrind has no time for all). For a soak over other seeds:
 *
 *     test_reclaim_against_slow_model SEEDS [FIRST_SEED [OPERATIONS [TRACE_FILE]]]
 *
 * runs SEEDS machines from FIRST_SEED on with OPERATIONS operations each (default 3000). The first
 * difference ends it: it is shortened and printed as a vector for golden_replay. TRACE_FILE
 * receives each machine's lines before they run, for crashes.
 */

enum { SUM_EVERY = 23, COMPARE_EVERY = 311, SOAK_OPERATIONS = 3000, SEED_OPERATIONS = 600 };

static const struct reclaim_wish any_machine = {-1, -1, -1, -1, -1};

/* Whether the chosen lines differ somewhere; those that made no sense are chosen no more. */
static bool lines_differ(const struct script *script, bool *keep, char why[static DIFFERENCE_MAX])
{
    struct reclaim_pair pair;
    bool same = true;

    reclaim_pair_init(&pair);
    for (size_t i = 0; same && i < script->count; i++)
        if (keep[i]) {
            same = reclaim_pair_line(&pair, script->items[i]);
            keep[i] = !pair.left_out;
        }
    same = same && (!pair.fast.script.self || reclaim_pair_compare(&pair));
    if (!same)
        snprintf(why, DIFFERENCE_MAX, "%s", pair.why);
    reclaim_pair_fini(&pair);
    return !same;
}

struct run {
    uint64_t seed;
    const struct reclaim_wish *wish;
    uint64_t operations;
    FILE *trace; /* or NULL */
    bool refused;
};

static bool traced_line(const struct run *run, struct reclaim_pair *pair, const char *line)
{
    if (run->trace) {
        fprintf(run->trace, "%s\n", line);
        fflush(run->trace);
    }
    return reclaim_pair_line(pair, line);
}

/* One machine. The lines are kept only while they are few enough to shorten. */
static bool machine_agrees(struct run *run)
{
    struct script script = {0};
    struct rng machine_rng;
    struct rng operation_rng;
    struct reclaim_machine machine;
    struct reclaim_operations ops;
    struct reclaim_pair pair;
    bool same = true;

    rng_init(&machine_rng, run->seed, "machine");
    rng_init(&operation_rng, run->seed, "operations");
    reclaim_pair_init(&pair);
    machine = reclaim_machine(&machine_rng, run->wish, &script);
    reclaim_operations_init(&ops, &operation_rng, &machine);
    for (size_t i = 0; same && i < script.count; i++)
        same = traced_line(run, &pair, script.items[i]);
    same = same && (pair.refused || reclaim_pair_compare(&pair));
    for (uint64_t i = 0; same && !pair.refused && i < run->operations; i++) {
        same = traced_line(run, &pair, reclaim_operation(&ops, &script));
        if (same && i % SUM_EVERY == 0)
            same = traced_line(run, &pair, "sum");
        if (same && i % COMPARE_EVERY == 0)
            same = reclaim_pair_compare(&pair);
    }
    same = same && (pair.refused || reclaim_pair_compare(&pair));
    if (!same)
        script_report(&script, run->seed, pair.why, lines_differ);
    run->refused = pair.refused;
    reclaim_pair_fini(&pair);
    script_fini(&script);
    return same;
}

/* ---- as a test ---- */

static void expect_agreement(struct reclaim_wish wish, uint64_t first_seed, unsigned seeds)
{
    const char *percent = getenv("MMSIM_PROPERTY_PERCENT");

    if (percent)
        seeds = (unsigned)(seeds * strtoul(percent, NULL, 10) / 100);
    for (unsigned i = 0; i < seeds; i++) {
        struct run run = {first_seed + i, &wish, SEED_OPERATIONS, NULL, false};

        ck_assert_msg(machine_agrees(&run), "seed %" PRIu64, run.seed);
    }
}

START_TEST(machines_of_every_kind_agree_with_the_slow_model)
{
    expect_agreement(any_machine, 1, 35);
}
END_TEST

START_TEST(nodes_agree_with_the_slow_model)
{
    expect_agreement((struct reclaim_wish){1, -1, -1, -1, -1}, 1000, 15);
}
END_TEST

START_TEST(movable_zones_agree_with_the_slow_model)
{
    expect_agreement((struct reclaim_wish){-1, -1, 1, -1, -1}, 2000, 15);
}
END_TEST

START_TEST(highmem_agrees_with_the_slow_model)
{
    expect_agreement((struct reclaim_wish){-1, 1, -1, -1, -1}, 3000, 15);
}
END_TEST

START_TEST(counters_that_lag_agree_with_the_slow_model)
{
    expect_agreement((struct reclaim_wish){-1, -1, -1, 0, -1}, 4000, 15);
}
END_TEST

START_TEST(the_oom_killer_agrees_with_the_slow_model)
{
    expect_agreement((struct reclaim_wish){-1, -1, -1, -1, 1}, 5000, 10);
}
END_TEST

static int soak(int argc, char **argv)
{
    uint64_t seeds = strtoull(argv[1], NULL, 0);
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 0) : 1000000;
    uint64_t operations = argc > 3 ? strtoull(argv[3], NULL, 0) : SOAK_OPERATIONS;
    uint64_t refused = 0;

    for (uint64_t i = 0; i < seeds; i++) {
        struct run run = {first + i, &any_machine, operations, NULL, false};

        if (argc > 4 && !(run.trace = fopen(argv[4], "w"))) {
            perror(argv[4]);
            return EXIT_FAILURE;
        }
        if (!machine_agrees(&run))
            return EXIT_FAILURE;
        if (run.trace)
            fclose(run.trace);
        refused += run.refused;
    }
    printf("%" PRIu64 " machines, %" PRIu64 " of them refused, no difference\n", seeds, refused);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    Suite *suite;

    if (argc > 1)
        return soak(argc, argv);
    suite = suite_create("reclaim against the slow model");
    TEST_CASE(suite, "random machines", machines_of_every_kind_agree_with_the_slow_model,
              nodes_agree_with_the_slow_model, movable_zones_agree_with_the_slow_model,
              highmem_agrees_with_the_slow_model, counters_that_lag_agree_with_the_slow_model,
              the_oom_killer_agrees_with_the_slow_model);
    return test_run(suite);
}
