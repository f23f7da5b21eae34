/* SPDX-License-Identifier: MIT */
/* The checker of this layer: counters against what was counted. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "reclaim/reclaim.h"
#include "reclaim/reclaim_recount.h"

static const uint8_t counter_of[NR_RECOUNTED] = {
    [RECOUNT_INACTIVE] = NR_INACTIVE,     [RECOUNT_ACTIVE] = NR_ACTIVE,
    [RECOUNT_ANON_PAGES] = NR_ANON_PAGES, [RECOUNT_FILE_MAPPED] = NR_FILE_MAPPED,
    [RECOUNT_FILE_PAGES] = NR_FILE_PAGES, [RECOUNT_FILE_DIRTY] = NR_FILE_DIRTY,
    [RECOUNT_WRITEBACK] = NR_WRITEBACK,
};

bool recount_broken(struct recount *count, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(count->why, count->why_size, format, args);
    va_end(args);
    return false;
}

/* A zone's counter with the differences of the CPUs. */
static int64_t exact_state(const struct machine *machine, const struct zone *zone, unsigned item)
{
    int64_t value = zone->vm_stat[item];

    for (uint32_t cpu = 0; cpu < machine->nr_cpus; cpu++)
        value += zone->pageset[cpu].vm_stat_diff[item];
    return value;
}

static bool check_zone_counters(struct recount *count, const struct zone *zone)
{
    const struct machine *machine = count->reclaim->machine;

    for (unsigned i = 0; i < NR_RECOUNTED; i++) {
        int64_t value = exact_state(machine, zone, counter_of[i]);

        if (value != count->pages[zone->id][i])
            return recount_broken(count, "zone %u/%s: %s is %lld, there are %lld", zone->nid,
                                  machine_zone_name(machine, zone->index),
                                  zone_stat_name(counter_of[i]), (long long)value,
                                  (long long)count->pages[zone->id][i]);
    }
    return true;
}

/* Each machine-wide counter is the sum of the zones' ones. */
static bool check_sums(struct recount *count)
{
    const struct machine *machine = count->reclaim->machine;

    for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++) {
        int64_t sum = 0;

        for (uint32_t id = 0; id < machine->nr_zones; id++)
            sum += machine->zones[id].vm_stat[item];
        if (sum != machine->vm_stat[item])
            return recount_broken(count, "%s is %lld, the zones have %lld", zone_stat_name(item),
                                  (long long)machine->vm_stat[item], (long long)sum);
    }
    return true;
}

static bool check_isolated(struct recount *count)
{
    /* A page whose last user has gone while it was isolated looks like any other. */
    if (count->off_list_pages > count->reclaim->isolated_pages)
        return recount_broken(count, "%llu pages are on no list, %llu are isolated",
                              (unsigned long long)count->off_list_pages,
                              (unsigned long long)count->reclaim->isolated_pages);
    return true;
}

static bool check_counters(struct recount *count)
{
    const struct machine *machine = count->reclaim->machine;

    for (uint32_t id = 0; id < machine->nr_zones; id++)
        if (machine->zones[id].pageset && !check_zone_counters(count, &machine->zones[id]))
            return false;
    return check_sums(count) && check_isolated(count);
}

bool reclaim_check(const struct reclaim *reclaim, char *why, size_t why_size)
{
    struct recount *count;
    bool sound = true;

    if (!machine_check(reclaim->machine, why, why_size))
        return false;
    count = calloc(1, sizeof(*count));
    if (!count)
        return true;
    *count = (struct recount){.reclaim = reclaim, .why = why, .why_size = why_size};
    count->marks = calloc(reclaim->machine->frame_table.max_pfn, 1);
    if (count->marks)
        sound = recount_lists(count) && recount_owners(count) && recount_frames(count) &&
                check_counters(count);
    free(count->marks);
    free(count);
    return sound;
}
