/* SPDX-License-Identifier: MIT */
/* What reclaim does, told step by step to whoever listens. */
#ifndef SIM_RECLAIM_RECLAIM_EVENT_H
#define SIM_RECLAIM_RECLAIM_EVENT_H

#include <stdbool.h>
#include <stdint.h>

struct process;
struct task;
struct zone;

/* In brackets: the members that say something, besides task and zone (NULL where none). */
enum reclaim_event_kind {
    RECLAIM_KSWAPD_RUN,    /* kswapd of nid begins [nid order] */
    RECLAIM_KSWAPD_SLEEP,  /* ... sleeps again [nid] */
    RECLAIM_BALANCE_BEGIN, /* balance_pgdat() [nid order] */
    RECLAIM_BALANCE_END,   /* [nid order ret scanned freed] */
    RECLAIM_DIRECT_BEGIN,  /* try_to_free_pages() [order gfp] */
    /* [order gfp ret priority scanned freed begin_ns]; zone: the list's first */
    RECLAIM_DIRECT_END,
    RECLAIM_ZONE_RECLAIM,    /* one zone_reclaim() past its tests, over [order ret scanned freed] */
    RECLAIM_PRIORITY,        /* a priority begins [priority] */
    RECLAIM_CONGESTION_WAIT, /* over [timeout begin_ns woken]; timeout in jiffies */
    RECLAIM_SLEEP,           /* schedule_timeout() over [timeout begin_ns] */
    RECLAIM_REQUEST_WAIT,    /* a full queue had room again [dev begin_ns] */
    RECLAIM_PAGE_WAIT,       /* a page's writeback was waited for [pfn begin_ns] */
    RECLAIM_WAKEUP_PDFLUSH,  /* [pages] */
    RECLAIM_SHRINK_ZONE_BEGIN, /* [priority] */
    RECLAIM_SHRINK_ZONE_END,   /* [scanned freed]; scanned: growth of nr_scanned */
    RECLAIM_SHRINK_ACTIVE,     /* [pages scanned deactivated]; pages: asked for */
    RECLAIM_SHRINK_PAGE_LIST,  /* [sync pages freed activated scanned] */
    RECLAIM_SHRINK_SLAB,       /* [scanned lru_pages ret slabs_scanned pages]; pages: reported */
    RECLAIM_OOM,               /* out_of_memory() begins [order gfp] */
    RECLAIM_OOM_KILL,          /* [process memdie points] */
    RECLAIM_OOM_PANIC,         /* nobody left to kill */
    /* of single pages: [pfn] */
    RECLAIM_UNMAP,   /* unmapped by reclaim */
    RECLAIM_WRITE,   /* a file page was handed to writepage */
    RECLAIM_SWAPOUT, /* a page was handed to the swap device */
    RECLAIM_WRITEBACK_END,
    RECLAIM_EVICT,      /* left the page cache of its file */
    RECLAIM_UNCACHE,    /* left the swap cache */
    RECLAIM_ACTIVATE,   /* PG_active set by shrink_page_list */
    RECLAIM_DEACTIVATE, /* PG_active cleared by reclaim */
    NR_RECLAIM_EVENTS,
};

/* Kinds from here on come once a page. */
#define RECLAIM_FIRST_PAGE_EVENT RECLAIM_UNMAP

struct reclaim_event {
    uint8_t kind;
    const struct task *task; /* on whose behalf, NULL: none */
    const struct zone *zone;
    const struct process *process;
    uint32_t nid;
    uint32_t order;
    uint32_t gfp;
    uint32_t pfn;
    uint32_t dev;
    uint32_t timeout;
    int32_t priority;
    bool sync;
    bool woken;
    bool memdie;
    uint64_t ret;
    uint64_t pages;
    uint64_t scanned;
    uint64_t freed;
    uint64_t activated;
    uint64_t deactivated;
    uint64_t lru_pages;
    uint64_t slabs_scanned;
    uint64_t begin_ns;
    uint64_t points;
};

#endif
