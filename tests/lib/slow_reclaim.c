/* SPDX-License-Identifier: MIT */
/* The slow model's reclaim: boot, output, and who runs. */
#include "lib/slow_reclaim.h"

#include <stdarg.h>
#include <stdlib.h>

enum { DEF_PRIORITY = 12, DEFAULT_REQUESTS = 128, DEFAULT_SERVICE_US = 1000 };

void slow_reclaim_boot(struct slow_reclaim *r, const struct machine_spec *spec, FILE *out)
{
    r->out = out;
    r->trace = 1;
    r->boot_jiffies = spec->initial_jiffies;
    r->swappiness = (int64_t)spec->vm.swappiness;
    r->laptop_mode = spec->vm.laptop_mode;
    r->background_ratio = spec->vm.dirty_background_ratio;
    r->dirty_ratio = spec->vm.dirty_ratio;
    r->oom_exit = true;
    r->kswapd_limit = 50;
    for (unsigned i = 0; i < SLOW_DEVICES; i++)
        r->devices[i].requests = DEFAULT_REQUESTS;
    slow_change_device(r, 0, DEFAULT_SERVICE_US, 0, DEFAULT_REQUESTS);
    slow_change_device(r, 1, DEFAULT_SERVICE_US, 0, DEFAULT_REQUESTS);
    for (unsigned i = 0; i < SLOW_FILES; i++)
        r->files[i].device = 1;
    for_each_slow_zone(&r->mm, zone)
    {
        slow_list_init(&zone->active_list);
        slow_list_init(&zone->inactive_list);
        zone->prev_priority = DEF_PRIORITY;
    }
}

void slow_reclaim_fini(struct slow_reclaim *r)
{
    struct slow_process *next;

    for (unsigned i = 0; i < SLOW_DEVICES; i++)
        free(r->devices[i].queue);
    for (unsigned i = 0; i < SLOW_SHRINKERS; i++) {
        free(r->shrinkers[i].pages);
        free(r->shrinkers[i].left);
    }
    for (struct slow_process *p = r->first_process; p; p = next) {
        next = p->next;
        free(p);
    }
    free(r->swap_use);
    free(r->slots);
    slow_mm_fini(&r->mm);
    *r = (struct slow_reclaim){.out = NULL};
}

void slow_say(const struct slow_reclaim *r, unsigned level, const char *format, ...)
{
    va_list arguments;

    if (r->trace < level)
        return;
    va_start(arguments, format);
    vfprintf(r->out, format, arguments);
    va_end(arguments);
}

const char *slow_name(const struct slow_reclaim *r, const struct slow_zone *zone)
{
    return slow_zone_name(&r->mm, zone->index);
}

void slow_enter(struct slow_reclaim *r, unsigned cpu, unsigned task_bits)
{
    r->cpu = cpu;
    r->current = slow_find_process(r, r->current_pid);
    r->mm.task = task_bits;
    if (r->current && r->current->memdie)
        r->mm.task |= SLOW_TIF_MEMDIE;
    if (r->current && r->current->less_throttle)
        r->mm.task |= SLOW_PF_LESS_THROTTLE;
}

void slow_leave(struct slow_reclaim *r)
{
    slow_exit_killed(r, false);
    if (r->kswapd_mode >= 1)
        slow_woken_kswapds(r);
}

uint64_t slow_zone_state(const struct slow_zone *zone, enum slow_item item)
{
    return zone->stat[item] > 0 ? (uint64_t)zone->stat[item] : 0;
}

uint64_t slow_global_state(struct slow_reclaim *r, enum slow_item item)
{
    int64_t sum = 0;

    for_each_slow_zone(&r->mm, zone) sum += zone->stat[item];
    return sum > 0 ? (uint64_t)sum : 0;
}
