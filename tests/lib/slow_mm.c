/* SPDX-License-Identifier: MIT */
/* The slow model's lists, counters and other small tools. */
#include "lib/slow_mm.h"

#include <stdlib.h>

void *slow_calloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    slow_must(memory);
    return memory;
}

void slow_die(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: the slow model is broken: %s\n", file, line, condition);
    abort();
}

void slow_list_init(struct slow_link *head)
{
    head->next = head;
    head->prev = head;
}

bool slow_list_empty(const struct slow_link *head)
{
    return head->next == head;
}

void slow_list_add(struct slow_link *link, struct slow_link *after)
{
    link->prev = after;
    link->next = after->next;
    link->prev->next = link;
    link->next->prev = link;
}

void slow_list_del(struct slow_link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    link->next = NULL;
    link->prev = NULL;
}

uint64_t slow_pfn(const struct slow_mm *mm, const struct slow_page *page)
{
    return (uint64_t)(page - mm->pages);
}

bool slow_populated(const struct slow_zone *zone)
{
    return zone->present != 0;
}

unsigned slow_fls(uint64_t value)
{
    unsigned position = 0;

    for (; value; value >>= 1)
        position++;
    return position;
}

const char *slow_zone_name(const struct slow_mm *mm, unsigned index)
{
    if (index == 0)
        return "DMA";
    if (index == 1)
        return mm->highmem ? "Normal" : "DMA32";
    if (index == 2)
        return mm->highmem ? "HighMem" : "Normal";
    return "Movable";
}

void slow_mod_state(struct slow_zone *zone, enum slow_item item, int64_t delta, unsigned cpu)
{
    struct slow_pageset *pageset = &zone->pageset[cpu];
    int64_t x = pageset->diff[item] + delta;

    if (x > pageset->threshold || x < -pageset->threshold) {
        zone->stat[item] += x;
        x = 0;
    }
    pageset->diff[item] = (int)x;
}

void slow_inc_state(struct slow_zone *zone, enum slow_item item, unsigned cpu)
{
    struct slow_pageset *pageset = &zone->pageset[cpu];

    pageset->diff[item]++;
    if (pageset->diff[item] > pageset->threshold) {
        zone->stat[item] += pageset->diff[item] + pageset->threshold / 2;
        pageset->diff[item] = -(pageset->threshold / 2);
    }
}

void slow_dec_state(struct slow_zone *zone, enum slow_item item, unsigned cpu)
{
    struct slow_pageset *pageset = &zone->pageset[cpu];

    pageset->diff[item]--;
    if (pageset->diff[item] < -pageset->threshold) {
        zone->stat[item] += pageset->diff[item] - pageset->threshold / 2;
        pageset->diff[item] = pageset->threshold / 2;
    }
}
