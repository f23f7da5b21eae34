/* SPDX-License-Identifier: MIT */
/* Allocating and freeing pages: the kernel's public calls, made resumable where they may sleep. */
#ifndef SIM_MM_PAGE_ALLOC_H
#define SIM_MM_PAGE_ALLOC_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task.h"
#include "mm/gfp.h"
#include "mm/kernel_ops.h"
#include "mm/machine.h"

struct policy_area;
struct zone_refusal;

/* Internal flags of one walk. Kernel: mm/page_alloc.c ALLOC_* [2.6.24] */
enum {
    ALLOC_NO_WATERMARKS = 0x01,
    ALLOC_WMARK_MIN = 0x02,
    ALLOC_WMARK_LOW = 0x04,
    ALLOC_WMARK_HIGH = 0x08,
    ALLOC_HARDER = 0x10,
    ALLOC_HIGH = 0x20,
    ALLOC_CPUSET = 0x40,
};

enum { PAGE_ALLOC_COSTLY_ORDER = 3 };

/* Where a request stands; named after the labels of __alloc_pages(). */
enum alloc_state {
    ALLOC_RESTART,
    ALLOC_WAKE_KSWAPD,
    ALLOC_SLOW_WALK,
    ALLOC_REBALANCE,
    ALLOC_NOFAIL_ALLOC,
    ALLOC_NOFAIL_WAIT,
    ALLOC_RESCHED,
    ALLOC_RECLAIM,
    ALLOC_RECLAIM_RESCHED,
    ALLOC_RECLAIMED,
    ALLOC_RECLAIMED_WALK,
    ALLOC_OOM_LOCK,
    ALLOC_OOM_WALK,
    ALLOC_OOM_BACKOFF,
    ALLOC_OOM,
    ALLOC_RETRY_WAIT,
    ALLOC_NOPAGE,
    ALLOC_GOT_PG,
};

/* Where a walk over the zonelist stands while a zone_reclaim() in it waits. */
struct zonelist_walk {
    bool under_way;
    bool cache_active;
    bool cache_was_set_up;
    uint16_t position;
};

/*
 * One allocation from call to result. The caller fills it with alloc_request_init(), steps it
 * until STEP_DONE and reads `page`. It lives where the caller wants (in its task) and must stay
 * there while blocked. Plain data.
 */
struct alloc_request {
    /* the call */
    uint32_t gfp;
    uint32_t order;
    uint32_t cpu;
    struct task *task; /* current; its flags may change while it sleeps */
    struct zonelist *zonelist;
    uint16_t zonelist_nid;
    uint8_t zonelist_index;

    /* what begins at 0 lies side by side from here on: a few wide stores clear it */
    bool interleave; /* it is the zonelist's node's turn; a page of its first zone is a hit */
    bool by_policy;  /* a memory policy or a cpuset has a say in its walks */

    /* where it stands */
    uint8_t state; /* enum alloc_state */
    bool blocked;  /* an operation answered STEP_BLOCKED and is to be asked again */
    bool oom_locked;
    struct zonelist_walk walk;
    bool entered_slow_path;
    uint32_t alloc_flags;       /* ALLOC_* of the last walk */
    uint32_t slow_alloc_flags;  /* ... of the walks after the first */
    uint64_t did_some_progress; /* of the last direct reclaim */

    /*
     * Room for what refused the last walk that failed (mm/alloc_failure.h), set after
     * alloc_request_init(); NULL = nobody asks. An entry per zone of the list, at most max.
     */
    struct zone_refusal *refusals;
    uint16_t max_refusals;
    uint16_t nr_refusals;

    /* what came of it */
    uint32_t nr_direct_reclaims;
    uint32_t nr_congestion_waits;
    uint32_t nr_ooms;
    pfn_t page; /* PFN_NONE: failed */
};

/*
 * alloc_pages(gfp, order) by the task's memory policy on its CPU when nid < 0,
 * alloc_pages_node(nid, gfp, order) otherwise, whatever the policy. The node must be online.
 * Kernel: include/linux/gfp.h alloc_pages(), alloc_pages_node() [2.6.24]
 */
void alloc_request_init(struct alloc_request *request, struct machine *machine, struct task *task,
                        uint32_t gfp, unsigned order, int nid);

/*
 * One page for a region of user memory, by its policy; NULL: it is known of none, as alloc_pages().
 * Kernel: mm/mempolicy.c alloc_page_vma() [2.6.24]
 */
void alloc_request_init_vma(struct alloc_request *request, struct machine *machine,
                            struct task *task, uint32_t gfp, const struct policy_area *area);

/*
 * Runs the request until it has its result or must wait as task->wait says; then call again.
 * Order >= MAX_ORDER fails at once.
 * Kernel: mm/page_alloc.c __alloc_pages() [2.6.24]
 */
enum step alloc_request_step(struct machine *machine, struct alloc_request *request);

/* Gives up a blocked request for good: locks it holds are released, it has no page. */
void alloc_request_abandon(struct machine *machine, struct alloc_request *request);

/*
 * Frees are total: a call that may not be made is reported (mm/misuse.h) and refused, but for one
 * that claims less than its block, which frees what it claims and loses the rest. All answer
 * whether the page, or block, is free now.
 *
 * Drops one reference; the last one frees the block. order must be that of the allocation, or 0
 * after split_page(). Kernel: mm/page_alloc.c __free_pages() [2.6.24]
 */
bool free_pages(struct machine *machine, pfn_t page, unsigned order, unsigned cpu);

/*
 * Drops a reference of a single page; the last one puts it on the hot or cold list.
 * DEVIATION: the kernel's take a page whose last reference their callers have dropped, and report
 * one that has any by free_pages_check(); here the call is all that a workload has for both.
 * Kernel: mm/page_alloc.c free_hot_cold_page() [2.6.24]
 */
bool free_hot_page(struct machine *machine, pfn_t page, unsigned cpu);
bool free_cold_page(struct machine *machine, pfn_t page, unsigned cpu);

/* Whether a block in use begins at the page. */
bool page_is_used(const struct machine *machine, pfn_t page);

/*
 * Takes a reference to a page in use; of a compound page to its head. False: reported, or there are
 * 65535 already. Kernel: include/linux/mm.h get_page() [2.6.24]
 */
bool page_get(struct machine *machine, pfn_t page);

/*
 * Drops a reference; the last one frees a compound page as a whole, any other page as a single one.
 * Not for pages of the LRU. Kernel: mm/swap.c put_page() [2.6.24]
 */
bool page_put(struct machine *machine, pfn_t page, unsigned cpu);

/*
 * Makes 2^order single pages of a block. False: a compound page or a free one, reported.
 * Kernel: mm/page_alloc.c split_page() [2.6.24]
 */
bool split_page(struct machine *machine, pfn_t page, unsigned order);

/*
 * The first page of the compound page that `page` is part of, or `page` itself. O(MAX_ORDER).
 * Kernel: include/linux/mm.h compound_head() [2.6.24]
 */
pfn_t compound_head(const struct machine *machine, pfn_t page);

/* The order of the block that starts at `page` and is in use. */
unsigned page_block_order(const struct machine *machine, pfn_t page);

/* Empties the CPU's lists of every zone. Kernel: mm/page_alloc.c drain_local_pages() [2.6.24] */
void drain_local_pages(struct machine *machine, unsigned cpu);

/* `cpu` first, then the others ascending. Kernel: mm/page_alloc.c drain_all_local_pages() [2.6.24]
 */
void drain_all_local_pages(struct machine *machine, unsigned cpu);

/*
 * The once-a-second work of a CPU: folds counter differences, ages remote per-CPU lists.
 * Kernel: mm/vmstat.c refresh_cpu_vm_stats() [2.6.24]
 */
void refresh_cpu_vm_stats(struct machine *machine, unsigned cpu);

#endif
