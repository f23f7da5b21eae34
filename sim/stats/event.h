/* SPDX-License-Identifier: MIT */
/* The lines of --events: single happenings with their cause. */
#ifndef SIM_STATS_EVENT_H
#define SIM_STATS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine.h"
#include "mm/page_alloc.h"
#include "mm/stall.h"
#include "mm/sysctl.h"
#include "reclaim/reclaim_event.h"
#include "stats/failure.h"
#include "stats/fields.h"
#include "stats/jsonl_writer.h"

/* In whose name something happened; every event line begins with it. */
struct event_cause {
    uint64_t time_ns;
    const char *task; /* NULL: no task is known; printed as null */
    uint32_t cpu;
    bool has_request; /* gfp and order are those of the allocation under way, else null */
    uint32_t gfp;
    uint32_t order;
};

/* Each writes one line and returns false when the writer has failed. */
bool event_write_alloc_failure(struct jsonl_writer *writer, const struct machine *machine,
                               const struct failure *failure);
/*
 * A request that reclaimed, waited or killed has its page, or (PFN_NONE) the run ends before it
 * has. `request` is what failure_init() makes of it; its refusals are those of its last walk that
 * brought no page. `mmsim explain` finds slow allocations by these lines and those of failures.
 */
bool event_write_alloc_slow(struct jsonl_writer *writer, const struct machine *machine,
                            const struct failure *request, pfn_t page);
bool event_write_extfrag(struct jsonl_writer *writer, const struct machine *machine,
                         const struct event_cause *cause, const struct mm_extfrag *extfrag);
/* As mm_observer.wakeup_kswapd() reports it: woken, or only the order rose. */
bool event_write_kswapd_wake(struct jsonl_writer *writer, const struct machine *machine,
                             const struct event_cause *cause, const struct zone *zone,
                             unsigned order, bool woken);
/*
 * Any event of reclaim below RECLAIM_FIRST_PAGE_EVENT, under the name of the kernel function, with
 * the members that its kind has. The cause names the task on whose behalf it is (kernel threads
 * among them), also when no request is known; kinds that carry a gfp and an order of their own
 * (try_to_free_pages, out_of_memory) print those. The machine's ops_context is a struct reclaim.
 */
bool event_write_reclaim(struct jsonl_writer *writer, const struct machine *machine,
                         const struct event_cause *cause, const struct reclaim_event *event);
/* One wait of a task, written when it is over. */
bool event_write_stall(struct jsonl_writer *writer, const struct event_cause *cause,
                       enum stall stall, uint64_t from_ns, uint64_t until_ns);
bool event_write_bad_page(struct jsonl_writer *writer, const struct machine *machine,
                          const struct event_cause *cause, pfn_t page, uint32_t flags);
/* `id` is the trace's name of the block. */
bool event_write_invalid_free(struct jsonl_writer *writer, const struct event_cause *cause,
                              uint64_t id, enum invalid_free reason);
/*
 * A call that may not be made, as mm_observer.misuse() reports it: by the record that is carried
 * out, `id` is the trace's name of its block; NULL: by none.
 */
bool event_write_misuse(struct jsonl_writer *writer, const struct machine *machine,
                        const struct event_cause *cause, const char *call, uint64_t id,
                        const struct mm_misuse_report *report);
/* `values`: vm_sysctl_nr_values() of them. */
bool event_write_sysctl(struct jsonl_writer *writer, const struct event_cause *cause,
                        enum vm_sysctl_id sysctl, const uint64_t *values);

#endif
