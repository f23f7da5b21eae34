/* SPDX-License-Identifier: MIT */
/* Changing zone counters: on the CPU's difference first, on the global part past the threshold. */
#ifndef SIM_MM_ZONE_PAGE_STATE_H
#define SIM_MM_ZONE_PAGE_STATE_H

#include <stdint.h>

#include "mm/machine.h"

/* Kernel: include/linux/vmstat.h zone_page_state_add() [2.6.24] */
static inline void zone_page_state_add(struct machine *machine, struct zone *zone,
                                       enum zone_stat_item item, int64_t delta)
{
    zone->vm_stat[item] += delta;
    machine->vm_stat[item] += delta;
}

/* Kernel: mm/vmstat.c __mod_zone_page_state() [2.6.24] */
static inline void mod_zone_page_state(struct machine *machine, struct zone *zone,
                                       enum zone_stat_item item, int64_t delta, unsigned cpu)
{
    struct per_cpu_pageset *pageset = &zone->pageset[cpu];
    int64_t diff = pageset->vm_stat_diff[item] + delta;

    if (SIM_UNLIKELY(diff > pageset->stat_threshold || diff < -pageset->stat_threshold)) {
        zone_page_state_add(machine, zone, item, diff);
        diff = 0;
    }
    pageset->vm_stat_diff[item] = (int8_t)diff;
}

/*
 * Oversteps by half the threshold so that a steadily rising counter folds half as often.
 * Kernel: mm/vmstat.c __inc_zone_state() [2.6.24]
 */
static inline void inc_zone_state(struct machine *machine, struct zone *zone,
                                  enum zone_stat_item item, unsigned cpu)
{
    struct per_cpu_pageset *pageset = &zone->pageset[cpu];
    int diff = pageset->vm_stat_diff[item] + 1;

    if (SIM_UNLIKELY(diff > pageset->stat_threshold)) {
        int overstep = pageset->stat_threshold / 2;

        zone_page_state_add(machine, zone, item, diff + overstep);
        diff = -overstep;
    }
    pageset->vm_stat_diff[item] = (int8_t)diff;
}

/* Kernel: mm/vmstat.c __dec_zone_state() [2.6.24] */
static inline void dec_zone_state(struct machine *machine, struct zone *zone,
                                  enum zone_stat_item item, unsigned cpu)
{
    struct per_cpu_pageset *pageset = &zone->pageset[cpu];
    int diff = pageset->vm_stat_diff[item] - 1;

    if (SIM_UNLIKELY(diff < -pageset->stat_threshold)) {
        int overstep = pageset->stat_threshold / 2;

        zone_page_state_add(machine, zone, item, diff - overstep);
        diff = overstep;
    }
    pageset->vm_stat_diff[item] = (int8_t)diff;
}

#endif
