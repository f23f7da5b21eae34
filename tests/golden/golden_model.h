/* SPDX-License-Identifier: MIT */
/* What a vector can do to a model of the allocator: the product's, or the slow one of the tests. */
#ifndef TESTS_GOLDEN_GOLDEN_MODEL_H
#define TESTS_GOLDEN_GOLDEN_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "mm/machine_spec.h"
#include "mm/sysctl.h"

struct golden_world;

enum golden_result { GOLDEN_PAGE, GOLDEN_FAIL, GOLDEN_LOOP };

/* One allocation as an `a` line says it; task holds the bits of the last `task` line. */
struct golden_call {
    uint32_t cpu;
    uint32_t task;
    uint32_t gfp;
    uint32_t order;
    int32_t nid;
};

/*
 * `self` is the model's own object, from boot() to end(). The scripted hooks (reclaim, waits, the
 * OOM killer, zone_reclaim) are the world's: see golden_world.h. Models write no results; the world
 * does.
 */
struct golden_model {
    /* NULL: the machine could not be booted, the reason is on stderr. */
    void *(*boot)(struct golden_world *world, const struct machine_spec *spec);
    void (*end)(void *self);
    enum golden_result (*alloc)(void *self, const struct golden_call *call, uint32_t *ret_pfn);
    void (*free)(void *self, uint32_t pfn, unsigned order, unsigned cpu, bool cold);
    void (*split)(void *self, uint32_t pfn, unsigned order);
    void (*drain)(void *self, unsigned cpu);
    void (*drain_all)(void *self, unsigned cpu);
    void (*vmstat)(void *self, unsigned cpu);
    void (*kswapd_sleep)(void *self, unsigned nid);
    void (*add_jiffies)(void *self, uint64_t jiffies);
    void (*sysctl)(void *self, enum vm_sysctl_id id, const uint64_t *values);
    void (*zonelists)(void *self, FILE *out);
    void (*sum)(void *self, FILE *out);
    void (*dump)(void *self, unsigned number, FILE *out);
    /* What the vectors neither do nor show: reclaim gives all zones up; each zone's scan state. */
    void (*give_up)(void *self);
    void (*scan_state)(void *self, FILE *out);
    /* Whether the model's invariants hold; `why` otherwise. */
    bool (*check)(void *self, char *why, size_t why_size);
};

extern const struct golden_model golden_fast_model; /* sim/mm with the 2.6.24 operations */
extern const struct golden_model golden_slow_model; /* tests/lib/slow_mm.h */

#endif
