/* SPDX-License-Identifier: MIT */
/* The vocabulary of the output tests: a booted machine that some allocations have marked. */
#ifndef TESTS_UNIT_STATS_STATS_SAMPLE_H
#define TESTS_UNIT_STATS_STATS_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/linux_2_6_24.h"
#include "mm/page_alloc.h"
#include "reclaim/reclaim.h"
#include "stats/header.h"
#include "stats/summary.h"

enum { SAMPLE_REFUSALS = 16, SAMPLE_TASKS = 2 };

/* Plain data that points into itself: does not move once booted. */
struct sample {
    struct memory_range memory[2];
    struct reserved_range reserved[1];
    struct machine_spec spec;
    struct clock clock;
    struct reclaim reclaim;
    struct machine machine;
    struct task task;
    struct reclaim_state reclaim_state; /* of the task */
    struct process process;             /* ... and its process, "nic" */
    struct user_work user;
    struct task_stats tasks[SAMPLE_TASKS];
    struct run_stats stats;
    struct summary_state state;
    struct zone_refusal refusals[SAMPLE_REFUSALS];
};

/* Two nodes of 32 MiB with a CPU each: 0/DMA, 0/DMA32, 1/DMA32; a disk "sda" with swap. */
void sample_boot_numa(struct sample *sample);
/* One node of 64 MiB without NUMA: 0/DMA, 0/DMA32. */
void sample_boot_uma(struct sample *sample);
void sample_fini(struct sample *sample);

/* alloc_pages() that may not sleep; a failure is counted and added to the summary. */
pfn_t sample_alloc(struct sample *sample, uint32_t gfp, unsigned order);
/* Allocates single pages until a request fails. */
void sample_exhaust(struct sample *sample, uint32_t gfp);

struct header_info sample_header(const struct sample *sample);
struct summary_info sample_summary(const struct sample *sample);

#endif
