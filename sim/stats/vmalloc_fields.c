/* SPDX-License-Identifier: MIT */
/* The vmalloc address space as JSON. */
#include "stats/vmalloc_fields.h"

#include "stats/reclaim_fields.h"

static uint64_t calls_so_far(const struct vmalloc_space *space)
{
    uint64_t calls = 0;

    for (unsigned result = 0; result < NR_VMALLOC_RESULTS; result++)
        calls += space->results[result];
    return calls;
}

static void write_failed(struct json_stream *json, const struct vmalloc_space *space)
{
    json_key_object(json, "failed");
    for (unsigned result = VMALLOC_OK + 1; result < NR_VMALLOC_RESULTS; result++)
        json_key_uint(json, vmalloc_result_names[result], space->results[result]);
    json_end_object(json);
}

void vmalloc_fields_write(struct json_stream *json, const struct vmalloc_space *space)
{
    uint64_t total, left, largest;

    if (!space || (space->list.inserted == 0 && calls_so_far(space) == 0)) {
        json_key_string(json, "vmalloc", NULL);
        return;
    }
    total = space->layout.end - space->layout.start;
    left = total - space->list.used_bytes;
    largest = vmlist_largest_hole(&space->list);
    json_key_object(json, "vmalloc");
    json_key_uint(json, "total_bytes", total);
    json_key_uint(json, "used_bytes", space->list.used_bytes);
    json_key_uint(json, "largest_hole_bytes", largest);
    permille_write(json, "fragmentation_permille", left - largest, left);
    json_key_uint(json, "areas", space->list.nr_areas);
    json_key_uint(json, "pages", space->nr_pages);
    json_key_uint(json, "page_table_pages", space->page_table.nr_pages);
    json_key_uint(json, "calls", calls_so_far(space));
    write_failed(json, space);
    json_end_object(json);
}
