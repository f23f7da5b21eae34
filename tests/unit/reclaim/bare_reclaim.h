/* SPDX-License-Identifier: MIT */
/* Reclaim's data without an allocator below: pages, counters, devices, and an owner who notes. */
#ifndef TESTS_UNIT_RECLAIM_BARE_RECLAIM_H
#define TESTS_UNIT_RECLAIM_BARE_RECLAIM_H

#include <string.h>

#include "lib/test.h"
#include "reclaim/reclaim.h"

enum { BARE_PAGES = 8192, BARE_ZONES = 2, BARE_CPUS = 2, BARE_NOTES = 64 };

/*
 * Zone 1 begins at half of the pages. Every page is in use with one reference from the beginning
 * and never freed. Counters are exact unless a test sets a threshold. Must not move.
 */
struct bare_reclaim {
    struct reclaim reclaim;
    struct machine machine;
    struct zone zones[MAX_NR_ZONES]; /* the others have no pages */
    struct per_cpu_pageset pagesets[BARE_ZONES][BARE_CPUS];
    struct lru_pvecs pvecs[BARE_CPUS];
    struct clock clock;

    uint64_t timer_ns[DEVICES_MAX]; /* as asked for last */
    unsigned nr_timers;
    uint32_t woken[BARE_NOTES]; /* ids of tasks, in their order */
    unsigned nr_woken;
    struct reclaim_event events[BARE_NOTES];
    unsigned nr_events;
};

static inline void bare_timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    struct bare_reclaim *bare = context;

    ck_assert_int_eq(timer, RECLAIM_TIMER_DEVICE);
    bare->timer_ns[arg] = at_ns;
    bare->nr_timers++;
}

static inline void bare_wake(void *context, struct task *task)
{
    struct bare_reclaim *bare = context;

    ck_assert_ptr_null(task->waiting_on);
    ck_assert_uint_lt(bare->nr_woken, BARE_NOTES);
    bare->woken[bare->nr_woken++] = task->id;
}

static inline void bare_event(void *context, const struct reclaim_event *event)
{
    struct bare_reclaim *bare = context;

    ck_assert_uint_lt(bare->nr_events, BARE_NOTES);
    bare->events[bare->nr_events++] = *event;
}

static inline void bare_begin(struct bare_reclaim *bare)
{
    struct frame_table *table = &bare->machine.frame_table;

    *bare = (struct bare_reclaim){0};
    bare->machine = (struct machine){
        .ops_context = &bare->reclaim,
        .clock = &bare->clock,
        .zones = bare->zones,
        .nr_zones = BARE_ZONES,
        .nr_cpus = BARE_CPUS,
        .hz = 250,
        .vm_total_pages = BARE_PAGES,
    };
    ck_assert(frame_table_init(table, BARE_PAGES, BARE_ZONES * NR_LRU_LISTS));
    for (unsigned i = 0; i < BARE_ZONES; i++) {
        bare->zones[i] = (struct zone){
            .id = (uint8_t)i,
            .present_pages = BARE_PAGES / BARE_ZONES,
            .pageset = bare->pagesets[i],
            .lru_base = table->heads_base + i * NR_LRU_LISTS,
        };
        for (unsigned list = 0; list < NR_LRU_LISTS; list++)
            frame_list_init(table->frames, bare->zones[i].lru_base + list);
    }
    for (uint32_t pfn = 0; pfn < BARE_PAGES; pfn++) {
        table->frames[pfn].zone = pfn >= BARE_PAGES / BARE_ZONES;
        table->frames[pfn].count = 1;
    }
    bare->reclaim.machine = &bare->machine;
    bare->reclaim.owner.context = bare;
    bare->reclaim.owner.timer = bare_timer;
    bare->reclaim.owner.wake = bare_wake;
    bare->reclaim.observer = (struct reclaim_observer){.event = bare_event, .context = bare};
    bare->reclaim.lru_pvecs = bare->pvecs;
    bare->reclaim.writeback.completions.shift = 10;
    ck_assert(page_owner_table_init(&bare->reclaim.page_owners, BARE_PAGES));
}

static inline void bare_end(struct bare_reclaim *bare)
{
    for (uint32_t i = 0; i < bare->reclaim.nr_devices; i++) {
        ck_assert(backing_dev_check(&bare->reclaim.devices[i]));
        backing_dev_fini(&bare->reclaim.devices[i]);
    }
    for (size_t i = 0; i < bare->reclaim.mappings.count; i++)
        address_space_destroy(bare->reclaim.mappings.items[i]);
    vec_fini(&bare->reclaim.mappings);
    ck_assert(swap_check(&bare->reclaim));
    swap_fini(&bare->reclaim.swap);
    page_owner_table_fini(&bare->reclaim.page_owners);
    frame_table_fini(&bare->machine.frame_table);
}

/* Adds a device and returns its number. */
static inline uint32_t bare_device(struct bare_reclaim *bare, const struct backing_dev_spec *spec)
{
    uint32_t nr = bare->reclaim.nr_devices;

    ck_assert(backing_dev_init(&bare->reclaim.devices[nr], spec));
    bare->reclaim.nr_devices++;
    return nr;
}

static inline struct frame *bare_frame(struct bare_reclaim *bare, uint32_t pfn)
{
    return &bare->machine.frame_table.frames[pfn];
}

/* A task with the given number that sleeps in the queue. */
static inline void bare_sleep(struct task *task, uint32_t id, struct waitqueue *queue)
{
    *task = (struct task){.id = id};
    waitqueue_add(queue, task);
}

#endif
