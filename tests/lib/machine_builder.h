/* SPDX-License-Identifier: MIT */
/* A booted machine for tests, with hands on everything that reclaim would do. */
#ifndef TESTS_LIB_MACHINE_BUILDER_H
#define TESTS_LIB_MACHINE_BUILDER_H

#include "mm/page_alloc.h"

/*
 *     struct test_machine tm;
 *     test_machine_boot(&tm, test_machine_spec(&memory, 1));   one node, or any machine_spec
 *     pfn_t page = take(&tm, 0, GFP_KERNEL);
 *     give(&tm, page, 0);
 *     test_machine_end(&tm);                                    checks the invariants once more
 *
 * Every reclaim operation is counted and answers what the fields say.
 */
struct test_machine {
    struct machine machine;
    struct kernel_ops ops;
    struct mm_observer observer;
    struct clock clock;
    struct task task;

    /* answers */
    uint64_t reclaim_progress; /* what each direct reclaim reports */
    pfn_t reclaim_frees;       /* an order-0 page that the next direct reclaim frees */
    bool zone_reclaim_answer;
    bool block_every_operation; /* operations block once before they are done */
    bool oom_marks_caller;      /* the OOM killer sets TASK_TIF_MEMDIE on the caller */

    /* what happened */
    unsigned kswapd_wakeups;
    unsigned zone_reclaims;
    unsigned direct_reclaims;
    unsigned congestion_waits;
    unsigned timeouts;
    unsigned ooms;
    unsigned resched_points;
    unsigned bad_pages;
    unsigned extfrags;
    struct mm_extfrag last_extfrag;
    uint32_t flags_in_reclaim; /* of the task, during the last direct reclaim */
};

/* A NUMA-kernel spec of the given ranges, one CPU, exact counters. The ranges stay the caller's. */
struct machine_spec test_machine_spec(const struct memory_range *memory, size_t count);

/* Boots; fails the test when the spec is refused. `tm` must not move afterwards. */
void test_machine_boot(struct test_machine *tm, struct machine_spec spec);
void test_machine_end(struct test_machine *tm);

/* Fails the test when an invariant does not hold. */
void expect_sound(const struct test_machine *tm);

/* Allocates on the task's CPU, stepping through every block; PFN_NONE when it failed. */
pfn_t take(struct test_machine *tm, unsigned order, uint32_t gfp);
pfn_t take_on(struct test_machine *tm, unsigned cpu, unsigned order, uint32_t gfp, int nid);
void give(struct test_machine *tm, pfn_t page, unsigned order);

/* Takes order-0 pages, as a PF_MEMALLOC caller, until exactly `left` are free in the zone. */
void drain_zone_to(struct test_machine *tm, unsigned zone_id, uint64_t left);

struct zone *zone_of(struct test_machine *tm, unsigned nid, unsigned index);

#endif
