/* SPDX-License-Identifier: MIT */
/* Sorting, joining and subtracting pfn ranges. */
#include "mm/range_list.h"

#include <stdlib.h>

#include "base/vec.h"

static int compare_ranges(const void *a, const void *b)
{
    const struct pfn_range *left = a;
    const struct pfn_range *right = b;

    if (left->start_pfn != right->start_pfn)
        return left->start_pfn < right->start_pfn ? -1 : 1;
    return (left->end_pfn > right->end_pfn) - (left->end_pfn < right->end_pfn);
}

/* Sorts, and joins what overlaps or touches. */
static void normalize(struct range_list *list)
{
    size_t kept = 0;

    if (list->count == 0)
        return;
    qsort(list->items, list->count, sizeof(*list->items), compare_ranges);
    for (size_t i = 1; i < list->count; i++) {
        struct pfn_range *last = &list->items[kept];

        if (list->items[i].start_pfn > last->end_pfn)
            list->items[++kept] = list->items[i];
        else if (list->items[i].end_pfn > last->end_pfn)
            last->end_pfn = list->items[i].end_pfn;
    }
    list->count = kept + 1;
}

void range_list_fini(struct range_list *list)
{
    vec_fini(list);
}

static bool add_range(struct range_list *list, uint64_t start_pfn, uint64_t end_pfn)
{
    const struct pfn_range range = {start_pfn, end_pfn};

    return start_pfn >= end_pfn || vec_push(list, range);
}

bool range_list_of_node(struct range_list *list, const struct machine_spec *spec, uint32_t nid)
{
    for (size_t i = 0; i < spec->nr_memory; i++)
        if (spec->memory[i].nid == nid &&
            !add_range(list, spec->memory[i].start_pfn, spec->memory[i].end_pfn))
            return false;
    normalize(list);
    return true;
}

bool range_list_subtract(struct range_list *list, const struct reserved_range *ranges, size_t count)
{
    struct range_list holes = {0};
    struct range_list result = {0};
    size_t hole = 0;
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++)
        ok = add_range(&holes, ranges[i].start_pfn, ranges[i].end_pfn);
    normalize(&holes);
    for (size_t i = 0; ok && i < list->count; i++) {
        uint64_t start = list->items[i].start_pfn;
        uint64_t end = list->items[i].end_pfn;

        while (hole < holes.count && holes.items[hole].end_pfn <= start)
            hole++;
        for (size_t h = hole; ok && h < holes.count && holes.items[h].start_pfn < end; h++) {
            ok = add_range(&result, start, holes.items[h].start_pfn);
            start = holes.items[h].end_pfn;
        }
        ok = ok && add_range(&result, start, end);
    }
    range_list_fini(&holes);
    if (!ok) {
        range_list_fini(&result);
        return false;
    }
    range_list_fini(list);
    *list = result;
    return true;
}

uint64_t range_list_pages_within(const struct range_list *list, uint64_t start_pfn,
                                 uint64_t end_pfn)
{
    uint64_t pages = 0;

    for (size_t i = 0; i < list->count; i++) {
        uint64_t start =
            list->items[i].start_pfn > start_pfn ? list->items[i].start_pfn : start_pfn;
        uint64_t end = list->items[i].end_pfn < end_pfn ? list->items[i].end_pfn : end_pfn;

        if (start < end)
            pages += end - start;
    }
    return pages;
}

/* Adds the gaps between a node's ranges. */
static bool add_holes(struct range_list *list, const struct machine_spec *spec, uint32_t nid)
{
    struct range_list memory = {0};
    bool ok = range_list_of_node(&memory, spec, nid);

    for (size_t i = 1; ok && i < memory.count; i++)
        ok = add_range(list, memory.items[i - 1].end_pfn, memory.items[i].start_pfn);
    range_list_fini(&memory);
    return ok;
}

bool range_list_unavailable(const struct machine_spec *spec, struct reserved_range **ret_ranges,
                            size_t *ret_count)
{
    struct range_list list = {0};
    struct reserved_range *ranges = NULL;
    bool ok = true;

    for (size_t i = 0; ok && i < spec->nr_reserved; i++)
        ok = add_range(&list, spec->reserved[i].start_pfn, spec->reserved[i].end_pfn);
    for (uint32_t nid = 0; ok && nid < NODES_MAX; nid++)
        ok = add_holes(&list, spec, nid);
    if (ok) {
        normalize(&list);
        ranges = malloc((list.count + 1) * sizeof(*ranges));
        ok = ranges != NULL;
    }
    if (ok) {
        for (size_t i = 0; i < list.count; i++)
            ranges[i] = (struct reserved_range){list.items[i].start_pfn, list.items[i].end_pfn};
        *ret_ranges = ranges;
        *ret_count = list.count;
    }
    range_list_fini(&list);
    return ok;
}
