/* SPDX-License-Identifier: MIT */
/* What a run comes to: extremes seen at ticks, failures with their reasons, the last line. */
#ifndef SIM_STATS_SUMMARY_H
#define SIM_STATS_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mm/machine.h"
#include "stats/failure.h"
#include "stats/fields.h"
#include "stats/jsonl_writer.h"
#include "stats/run_stats.h"

enum {
    SUMMARY_FAILURES_MAX = 100, /* kept in full, beside the first of each kind */
    SUMMARY_GROUPS_MAX = 64,    /* kinds of failures counted apart */
    SUMMARY_KEPT_MAX = SUMMARY_FAILURES_MAX + SUMMARY_GROUPS_MAX,
    SUMMARY_TASK_NAME_MAX = 64,
};

/* What the ticks saw of one zone. */
struct zone_extremes {
    uint64_t min_free_pages; /* least NR_FREE_PAGES (as the kernel sees it) at boot and at ticks */
    uint64_t min_free_time_ns;
    uint64_t ticks_at_level[NR_LEVELS];
};

/* Failures of one kind: the same request refused by the same check of the same first zone. */
struct failure_group {
    uint32_t gfp;
    uint32_t order;
    int32_t zone_id; /* first of the zonelist; -1: no zone was asked */
    enum alloc_refusal refusal;
    uint64_t count;
    uint64_t first_time_ns;
    uint64_t last_time_ns;
};

/*
 * Accumulated during the run, in memory fixed at the start. Invariants: the counts of the groups
 * and ungrouped_failures sum up to `failures`; the first failure of
 * each group is among those kept.
 */
struct summary_state {
    uint64_t ticks;
    struct zone_extremes *zones; /* [machine->nr_zones] */
    uint32_t nr_zones;

    uint64_t failures;
    struct failure *kept;          /* the first ones, and the first of each kind */
    struct zone_refusal *refusals; /* [SUMMARY_KEPT_MAX * refusals_per_failure] */
    char (*task_names)[SUMMARY_TASK_NAME_MAX];
    uint32_t refusals_per_failure;
    uint32_t nr_kept;
    struct failure_group groups[SUMMARY_GROUPS_MAX]; /* by first occurrence */
    uint32_t nr_groups;
    uint64_t ungrouped_failures; /* of kinds beyond SUMMARY_GROUPS_MAX */
};

/* For a booted machine. False: ERR_OUT_OF_MEMORY, nothing is held. */
bool summary_init(struct summary_state *state, const struct machine *machine,
                  struct sim_error *err);
void summary_fini(struct summary_state *state);

/* Takes in the present moment; once per tick. O(zones). */
void summary_tick(struct summary_state *state, const struct machine *machine);

/* Counts a failure and keeps it if it is among the first. Task names are cut to 63 bytes. */
void summary_add_failure(struct summary_state *state, const struct failure *failure);

/* Whether a failure is of the group's kind. */
bool failure_in_group(const struct failure *failure, const struct failure_group *group);

/* What the last line and the table are made of; pointers are the caller's and only read. */
struct summary_info {
    const struct machine *machine; /* at the end */
    const struct run_stats *stats;
    const struct summary_state *state;
    const char *kernel;
    const char *workload;
    enum run_end ended;
};

/*
 * Writes the summary line: a pure function of the run, no wall clock in it. False: the writer has
 * failed.
 */
bool summary_write(struct jsonl_writer *writer, const struct summary_info *info);

#endif
