/* SPDX-License-Identifier: MIT */
/* Reading a vector's machine description. */
#include "golden_spec.h"

enum { DEFAULT_WAIT_LIMIT = 4 };

void golden_spec_init(struct golden_spec *spec)
{
    *spec = (struct golden_spec){.wait_limit = DEFAULT_WAIT_LIMIT};
    machine_spec_init(&spec->machine, false);
}

void golden_spec_fini(struct golden_spec *spec)
{
    free(spec->memory);
    free(spec->reserved);
}

static uint64_t config_value(const struct golden_words *words, unsigned i, const char *key)
{
    size_t length = strlen(key);

    if (i >= words->count || strncmp(words->word[i], key, length) != 0)
        golden_fail(words, "bad config line");
    return strtoull(words->word[i] + length, NULL, 10);
}

static void read_config(struct golden_spec *spec, const struct golden_words *words)
{
    machine_spec_init(&spec->machine, config_value(words, 3, "highmem=") != 0);
    spec->machine.page_struct_bytes = 56; /* the code that wrote the vectors ran on 64 bits */
    spec->machine.pageblock_order = (uint32_t)config_value(words, 1, "pageblock_order=");
    spec->machine.numa = config_value(words, 2, "numa=") != 0;
}

static void *grown(const struct golden_words *words, void *items, size_t count, size_t size)
{
    void *larger = realloc(items, (count + 1) * size);

    if (!larger)
        golden_fail(words, "out of memory");
    return larger;
}

static void read_memory(struct golden_spec *spec, const struct golden_words *words)
{
    size_t count = spec->machine.nr_memory++;

    spec->memory = grown(words, spec->memory, count, sizeof(*spec->memory));
    spec->memory[count] = (struct memory_range){golden_uint(words, 2), golden_uint(words, 3),
                                                (uint32_t)golden_uint(words, 1)};
    spec->machine.memory = spec->memory;
}

static void read_reserved(struct golden_spec *spec, const struct golden_words *words)
{
    size_t count = spec->machine.nr_reserved++;

    spec->reserved = grown(words, spec->reserved, count, sizeof(*spec->reserved));
    spec->reserved[count] = (struct reserved_range){golden_uint(words, 1), golden_uint(words, 2)};
    spec->machine.reserved = spec->reserved;
}

static void read_distances(struct golden_spec *spec, const struct golden_words *words)
{
    uint64_t from = golden_uint(words, 1);

    if (from >= NODES_MAX)
        golden_fail(words, "no such node");
    for (unsigned i = 2; i < words->count && i - 2 < NODES_MAX; i++)
        spec->machine.distance[from][i - 2] = (uint8_t)golden_uint(words, i);
}

enum zonelist_order golden_zonelist_order(const struct golden_words *words)
{
    if (words->count > 1 && strcmp(words->word[1], "node") == 0)
        return ZONELIST_ORDER_NODE;
    if (words->count > 1 && strcmp(words->word[1], "zone") == 0)
        return ZONELIST_ORDER_ZONE;
    return ZONELIST_ORDER_DEFAULT;
}

void golden_spec_line(struct golden_spec *spec, const struct golden_words *words)
{
    struct machine_spec *machine = &spec->machine;

    if (golden_is(words, "config")) {
        read_config(spec, words);
    } else if (golden_is(words, "cpus")) {
        machine->nr_cpus = (uint32_t)golden_uint(words, 1);
    } else if (golden_is(words, "cpu_node")) {
        if (golden_uint(words, 1) >= CPUS_MAX)
            golden_fail(words, "no such CPU");
        machine->cpu_nid[golden_uint(words, 1)] = (uint8_t)golden_uint(words, 2);
    } else if (golden_is(words, "mem")) {
        read_memory(spec, words);
    } else if (golden_is(words, "reserve")) {
        read_reserved(spec, words);
    } else if (golden_is(words, "zone_pfn")) {
        for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
            machine->zone_end_pfn[i] = golden_uint(words, i + 1);
    } else if (golden_is(words, "distance")) {
        read_distances(spec, words);
    } else if (golden_is(words, "zonelist_order")) {
        machine->vm.numa_zonelist_order = golden_zonelist_order(words);
    } else if (golden_is(words, "kernelcore")) {
        machine->kernelcore_pages = golden_uint(words, 1);
    } else if (golden_is(words, "movablecore")) {
        machine->movablecore_pages = golden_uint(words, 1);
    } else if (golden_is(words, "dma_reserve")) {
        machine->dma_reserve_pages = golden_uint(words, 1);
    } else if (golden_is(words, "min_free_kbytes")) {
        machine->vm.min_free_kbytes_auto = false;
        machine->vm.min_free_kbytes = golden_uint(words, 1);
    } else if (golden_is(words, "lowmem_reserve_ratio")) {
        for (unsigned i = 0; i < MAX_NR_ZONES - 1; i++)
            machine->vm.lowmem_reserve_ratio[i] = (uint32_t)golden_uint(words, i + 1);
    } else if (golden_is(words, "percpu_pagelist_fraction")) {
        machine->vm.percpu_pagelist_fraction = (uint32_t)golden_uint(words, 1);
    } else if (golden_is(words, "stat_threshold")) {
        machine->stat_threshold = (int32_t)golden_int(words, 1);
    } else if (golden_is(words, "page_group_by_mobility_off")) {
        machine->page_group_by_mobility_off = true;
    } else if (golden_is(words, "hz")) {
        machine->hz = (uint32_t)golden_uint(words, 1);
    } else if (golden_is(words, "jiffies")) {
        machine->initial_jiffies = golden_uint(words, 1);
    } else if (golden_is(words, "waitlimit")) {
        spec->wait_limit = (unsigned)golden_uint(words, 1);
    } else if (golden_is(words, "zreclaim_events")) {
        spec->zreclaim_events = golden_uint(words, 1) != 0;
    } else {
        golden_fail(words, "not a line of a machine description");
    }
}
