/* SPDX-License-Identifier: MIT */
/* The header line: tool, run, effective configuration, machine as booted. */
#include "stats/header.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"
#include "mm/vmalloc.h"
#include "stats/fields.h"
#include "stats/zone_fields.h"

void header_write_inputs(struct json_stream *json, const struct header_input *inputs, size_t count)
{
    json_key_array(json, "inputs");
    for (size_t i = 0; i < count; i++) {
        char hash[17];

        snprintf(hash, sizeof(hash), "%016" PRIx64, inputs[i].fnv1a64);
        json_begin_object(json);
        json_key_string(json, "role", inputs[i].role);
        json_key_string(json, "name", inputs[i].name);
        json_key_string(json, "fnv1a64", hash);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_memory_map(struct json_stream *json, const struct machine_spec *spec)
{
    json_key_array(json, "memory");
    for (size_t i = 0; i < spec->nr_memory; i++) {
        json_begin_object(json);
        json_key_uint(json, "node", spec->memory[i].nid);
        json_key_uint(json, "start_pfn", spec->memory[i].start_pfn);
        json_key_uint(json, "end_pfn", spec->memory[i].end_pfn);
        json_end_object(json);
    }
    json_end_array(json);
    json_key_array(json, "reserved");
    for (size_t i = 0; i < spec->nr_reserved; i++) {
        json_begin_object(json);
        json_key_uint(json, "start_pfn", spec->reserved[i].start_pfn);
        json_key_uint(json, "end_pfn", spec->reserved[i].end_pfn);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_machine(struct json_stream *json, const struct machine_spec *spec,
                          unsigned nr_nodes)
{
    struct vmalloc_layout vmalloc = vmalloc_layout_of(spec);

    json_key_object(json, "machine");
    json_key_uint(json, "page_size_bytes", PAGE_SIZE);
    json_key_uint(json, "pageblock_order", spec->pageblock_order);
    json_key_bool(json, "numa", spec->numa);
    json_key_bool(json, "highmem", spec->highmem);
    json_key_uint(json, "hz", spec->hz);
    json_key_uint(json, "initial_jiffies", spec->initial_jiffies);
    json_key_array(json, "cpu_nodes");
    for (unsigned cpu = 0; cpu < spec->nr_cpus; cpu++)
        json_uint(json, spec->cpu_nid[cpu]);
    json_end_array(json);
    write_memory_map(json, spec);
    json_key_array(json, "zone_end_pfn");
    for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
        json_uint(json, spec->zone_end_pfn[i]);
    json_end_array(json);
    json_key_array(json, "distance");
    for (unsigned from = 0; from < nr_nodes; from++) {
        json_begin_array(json);
        for (unsigned to = 0; to < nr_nodes; to++)
            json_uint(json, spec->distance[from][to]);
        json_end_array(json);
    }
    json_end_array(json);
    json_key_uint(json, "kernelcore_pages", spec->kernelcore_pages);
    json_key_uint(json, "movablecore_pages", spec->movablecore_pages);
    json_key_uint(json, "dma_reserve_pages", spec->dma_reserve_pages);
    json_key_int(json, "stat_threshold", spec->stat_threshold);
    json_key_uint(json, "vmalloc_bytes", vmalloc.end - vmalloc.start);
    json_end_object(json);
}

static void write_vm(struct json_stream *json, const struct vm_sysctl *vm)
{
    json_key_object(json, "vm");
    json_key_uint(json, "min_free_kbytes", vm->min_free_kbytes);
    json_key_array(json, "lowmem_reserve_ratio");
    for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
        json_uint(json, vm->lowmem_reserve_ratio[i]);
    json_end_array(json);
    json_key_uint(json, "percpu_pagelist_fraction", vm->percpu_pagelist_fraction);
    json_key_string(json, "numa_zonelist_order", zonelist_order_name(vm->numa_zonelist_order));
    json_key_int(json, "zone_reclaim_mode", vm->zone_reclaim_mode);
    json_key_uint(json, "swappiness", vm->swappiness);
    json_key_uint(json, "dirty_ratio", vm->dirty_ratio);
    json_key_uint(json, "dirty_background_ratio", vm->dirty_background_ratio);
    json_key_uint(json, "dirty_writeback_centisecs", vm->dirty_writeback_centisecs);
    json_key_uint(json, "dirty_expire_centisecs", vm->dirty_expire_centisecs);
    json_key_uint(json, "laptop_mode", vm->laptop_mode);
    json_key_uint(json, "page_cluster", vm->page_cluster);
    json_end_object(json);
}

static void write_kernel_params(struct json_stream *json, const struct kernel_params *params)
{
    json_key_object(json, "kernel_params");
    json_key_bool(json, "wait_iff_congested", params->wait_iff_congested);
    json_key_bool(json, "slab_reports_pages", params->slab_reports_pages);
    json_key_string(json, "slab", params->slab ? "slab" : "slub");
    json_key_uint(json, "slub_min_order", params->slub_min_order);
    json_key_uint(json, "slub_max_order", params->slub_max_order);
    json_key_uint(json, "slub_min_objects", params->slub_min_objects);
    json_key_bool(json, "slub_nomerge", params->slub_nomerge);
    json_key_uint(json, "cache_line_size", params->cache_line_size);
    json_end_object(json);
}

static void write_devices(struct json_stream *json, const struct header_info *info)
{
    json_key_array(json, "devices");
    for (size_t i = 0; i < info->nr_devices; i++) {
        const struct backing_dev_spec *dev = &info->devices[i];

        json_begin_object(json);
        json_key_string(json, "name", dev->name);
        json_key_uint(json, "nr_requests", dev->nr_requests);
        json_key_uint(json, "max_request_pages", dev->max_request_pages);
        json_key_uint(json, "cpu", dev->cpu);
        json_key_uint(json, "seek_ns", dev->seek_ns);
        json_key_uint(json, "page_ns", dev->page_ns);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_swaps(struct json_stream *json, const struct header_info *info)
{
    json_key_array(json, "swaps");
    for (size_t i = 0; i < info->nr_swaps; i++) {
        const struct swap_spec *swap = &info->swaps[i];

        json_begin_object(json);
        json_key_string(json, "device", info->devices[swap->backing_dev].name);
        json_key_uint(json, "pages", swap->pages);
        json_key_int(json, "priority", swap->priority);
        json_key_uint(json, "first_sector_page", swap->first_sector_page);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_cache_flags(struct json_stream *json, uint32_t flags)
{
    json_key_array(json, "flags");
    if (flags & SLAB_HWCACHE_ALIGN)
        json_string(json, "SLAB_HWCACHE_ALIGN");
    if (flags & SLAB_CACHE_DMA)
        json_string(json, "SLAB_CACHE_DMA");
    if (flags & SLAB_RECLAIM_ACCOUNT)
        json_string(json, "SLAB_RECLAIM_ACCOUNT");
    json_end_array(json);
}

static void write_files(struct json_stream *json, const struct header_info *info)
{
    json_key_array(json, "files");
    for (size_t i = 0; i < info->nr_files; i++) {
        const struct file_spec *file = &info->files[i];

        json_begin_object(json);
        json_key_string(json, "name", file->name);
        json_key_uint(json, "pages", file->pages);
        json_key_string(json, "device", info->devices[file->device].name);
        json_key_uint(json, "first_sector_page", file->first_sector_page);
        json_key_string(json, "writepage", writepage_name(file->writepage));
        json_end_object(json);
    }
    json_end_array(json);
    json_key_array(json, "caches");
    for (size_t i = 0; i < info->nr_caches; i++) {
        const struct cache_spec *cache = &info->caches[i];

        json_begin_object(json);
        json_key_string(json, "name", cache->name);
        json_key_uint(json, "objects_per_page", cache->objects_per_page);
        json_key_uint(json, "object_size", cache->object_size);
        json_key_uint(json, "align", cache->align);
        write_cache_flags(json, cache->flags);
        json_key_uint(json, "seeks", cache->seeks);
        json_key_bool(json, "fs_only", cache->fs_only);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_costs(struct json_stream *json, const struct header_info *info)
{
    json_key_object(json, "costs");
    for (size_t i = 0; i < info->nr_costs; i++) {
        json_key_escaped(json, info->costs[i].name);
        json_uint(json, info->costs[i].value);
    }
    json_end_object(json);
}

/* The lists with fallback; those of __GFP_THISNODE follow from them. */
static void write_zonelists(struct json_stream *json, const struct machine *machine,
                            const struct node *node)
{
    char label[ZONE_LABEL_MAX];

    json_key_object(json, "zonelists");
    for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
        const struct zonelist *zonelist = &node->zonelists[i];

        json_key_array(json, machine_zone_name(machine, i));
        for (unsigned k = 0; k < zonelist->length; k++)
            json_string(json, zone_label(machine, &machine->zones[zonelist->zones[k]], label));
        json_end_array(json);
    }
    json_end_object(json);
}

static void write_node(struct json_stream *json, const struct machine *machine, unsigned nid)
{
    const struct node *node = &machine->nodes[nid];

    json_begin_object(json);
    json_key_uint(json, "node", nid);
    json_key_array(json, "cpus");
    for (unsigned cpu = 0; cpu < machine->nr_cpus; cpu++)
        if (machine->cpu_nid[cpu] == nid)
            json_uint(json, cpu);
    json_end_array(json);
    json_key_uint(json, "start_pfn", node->start_pfn);
    json_key_uint(json, "spanned_pages", node->spanned_pages);
    json_key_uint(json, "present_pages", node->present_pages);
    write_zonelists(json, machine, node);
    json_end_object(json);
}

static void write_pcp_limits(struct json_stream *json, const char *name,
                             const struct per_cpu_pages *pcp)
{
    json_key_object(json, name);
    json_key_uint(json, "high", pcp->high);
    json_key_uint(json, "batch", pcp->batch);
    json_end_object(json);
}

/* Every CPU has the same limits; zones without memory have no per-CPU lists. */
static void write_pageset(struct json_stream *json, const struct zone *zone)
{
    json_key(json, "pcp");
    if (!zone->pageset) {
        json_null(json);
        return;
    }
    json_begin_object(json);
    write_pcp_limits(json, "hot", &zone->pageset[0].pcp[0]);
    write_pcp_limits(json, "cold", &zone->pageset[0].pcp[1]);
    json_key_int(json, "stat_threshold", zone->pageset[0].stat_threshold);
    json_end_object(json);
}

static void write_zone(struct json_stream *json, const struct machine *machine,
                       const struct zone *zone)
{
    char label[ZONE_LABEL_MAX];

    json_begin_object(json);
    json_key_string(json, "name", zone_label(machine, zone, label));
    json_key_uint(json, "node", zone->nid);
    json_key_uint(json, "start_pfn", zone->start_pfn);
    json_key_uint(json, "spanned_pages", zone->spanned_pages);
    json_key_uint(json, "present_pages", zone->present_pages);
    json_key_uint(json, "nr_free_pages", zone_page_state(zone, NR_FREE_PAGES));
    zone_watermarks_write(json, zone);
    write_pageset(json, zone);
    json_end_object(json);
}

static void write_booted(struct json_stream *json, const struct machine *machine)
{
    json_key_object(json, "booted");
    json_key_uint(json, "vm_total_pages", machine->vm_total_pages);
    json_key_uint(json, "totalreserve_pages", machine->totalreserve_pages);
    json_key_bool(json, "mobility_grouping", !machine->page_group_by_mobility_disabled);
    json_key_array(json, "nodes");
    for (unsigned nid = 0; nid < machine->nr_nodes; nid++)
        if (machine->nodes[nid].online)
            write_node(json, machine, nid);
    json_end_array(json);
    json_key_array(json, "zones");
    for (unsigned i = 0; i < machine->nr_zones; i++)
        if (zone_shown(&machine->zones[i]))
            write_zone(json, machine, &machine->zones[i]);
    json_end_array(json);
    json_end_object(json);
}

bool header_write(struct jsonl_writer *writer, const struct header_info *info)
{
    struct json_stream *json = jsonl_writer_begin(writer, "header");

    json_key_uint(json, "schema_version", OUTPUT_SCHEMA_VERSION);
    json_key_object(json, "tool");
    json_key_string(json, "name", "mmsim");
    json_key_string(json, "version", info->tool_version);
    json_end_object(json);
    json_key_string(json, "kernel", info->kernel);
    json_key_string(json, "workload", info->workload);
    json_key_uint(json, "seed", info->seed);
    json_key_uint(json, "tick_ns", info->tick_ns);
    json_key_uint(json, "duration_ns", info->duration_ns);
    json_key_bool(json, "events", info->events);
    header_write_inputs(json, info->inputs, info->nr_inputs);
    json_key_object(json, "config");
    write_machine(json, info->spec, info->machine->nr_nodes);
    write_vm(json, &info->machine->vm);
    write_kernel_params(json, &info->machine->params);
    write_devices(json, info);
    write_swaps(json, info);
    write_files(json, info);
    cpusets_write(json, info->cpusets, info->nr_cpusets);
    numa_tasks_write(json, info->numa_tasks, info->nr_numa_tasks, info->cpusets);
    write_costs(json, info);
    json_end_object(json);
    write_booted(json, info->machine);
    return jsonl_writer_end(writer);
}
