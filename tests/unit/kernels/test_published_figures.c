/* SPDX-License-Identifier: MIT */
/* Real machines as docs/figures.md quotes them, against the model of them. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/pcp_hotcold.h"
#include "mm/slab_layout.h"
#include "mm/watermark.h"
#include "published_figures.h"

static size_t count_ranges(const struct machine_figures *figures)
{
    size_t count = 0;

    while (count < RANGES && figures->memory[count].end_pfn)
        count++;
    return count;
}

static void boot(struct test_machine *tm, const struct machine_figures *figures)
{
    struct machine_spec spec;

    machine_spec_init(&spec, figures->highmem);
    spec.numa = figures->numa;
    spec.nr_cpus = figures->nr_cpus;
    spec.memory = figures->memory;
    spec.nr_memory = count_ranges(figures);
    spec.dma_reserve_pages = figures->dma_reserve_pages;
    if (figures->page_struct_bytes)
        spec.page_struct_bytes = figures->page_struct_bytes;
    if (figures->dma_end)
        spec.zone_end_pfn[0] = spec.zone_end_pfn[1] = figures->dma_end;
    test_machine_boot(tm, spec);
}

/* Says the machine and the zone when a figure is not met. */
static void expect(const struct machine_figures *figures, const struct zone_figures *zone,
                   const char *what, uint64_t got, uint64_t published)
{
    ck_assert_msg(got == published, "%s, node %u zone %u: %s is %llu, published %llu",
                  figures->name, zone->nid, zone->index, what, (unsigned long long)got,
                  (unsigned long long)published);
}

/* Calls check(figures, published, booted) for every published zone of every machine. */
typedef void zone_check(const struct machine_figures *, const struct zone_figures *,
                        const struct zone *);

static void for_each_zone(zone_check *check)
{
    for (size_t i = 0; i < NR_MACHINES; i++) {
        struct test_machine tm;

        boot(&tm, &machines[i]);
        for (size_t z = 0; z < ZONES; z++) {
            const struct zone_figures *published = &machines[i].zones[z];

            if (published->present)
                check(&machines[i], published, zone_of(&tm, published->nid, published->index));
        }
        test_machine_end(&tm);
    }
}

static void check_size(const struct machine_figures *figures, const struct zone_figures *published,
                       const struct zone *zone)
{
    uint64_t bytes = figures->page_struct_bytes ? figures->page_struct_bytes
                     : figures->highmem         ? 32
                                                : 56;

    expect(figures, published, "present", zone->present_pages, published->present);
    if (!published->memmap)
        return;
    expect(figures, published, "memmap", zone->spanned_pages * bytes / 4096, published->memmap);
    expect(figures, published, "LIFO batch", zone_batchsize(zone), published->lifo_batch);
}

START_TEST(present_pages_are_what_boot_logs_and_dumps_say)
{
    for_each_zone(check_size);
}
END_TEST

START_TEST(the_zonelists_of_boot_hold_the_published_total)
{
    for (size_t i = 0; i < NR_MACHINES; i++) {
        struct test_machine tm;

        if (!machines[i].total_pages)
            continue;
        boot(&tm, &machines[i]);
        ck_assert_uint_eq(tm.machine.vm_total_pages, machines[i].total_pages);
        test_machine_end(&tm);
    }
}
END_TEST

static void check_watermarks(const struct machine_figures *figures,
                             const struct zone_figures *published, const struct zone *zone)
{
    if (!published->high)
        return;
    expect(figures, published, "min", zone->pages_min, published->min);
    expect(figures, published, "low", zone->pages_low, published->low);
    expect(figures, published, "high", zone->pages_high, published->high);
}

START_TEST(watermarks_are_those_of_memory_dumps)
{
    for_each_zone(check_watermarks);
}
END_TEST

static void check_reserve(const struct machine_figures *figures,
                          const struct zone_figures *published, const struct zone *zone)
{
    /* A kernel without a zone leaves its column out: the last told one goes on. */
    uint64_t told = 0;

    for (unsigned j = 0; published->tells_reserve && j < MAX_NR_ZONES; j++) {
        told = published->reserve[j] ? published->reserve[j] : told;
        expect(figures, published, "lowmem_reserve", zone->lowmem_reserve[j], told);
    }
}

START_TEST(lowmem_reserve_is_that_of_memory_dumps)
{
    for_each_zone(check_reserve);
}
END_TEST

static void check_pagesets(const struct machine_figures *figures,
                           const struct zone_figures *published, const struct zone *zone)
{
    for (uint32_t cpu = 0; cpu < figures->nr_cpus; cpu++) {
        const struct per_cpu_pageset *pageset = &zone->pageset[cpu];

        if (published->hot_batch) {
            expect(figures, published, "hot high", pageset->pcp[0].high, published->hot_high);
            expect(figures, published, "hot batch", pageset->pcp[0].batch, published->hot_batch);
        }
        if (published->cold_batch) {
            expect(figures, published, "cold high", pageset->pcp[1].high, published->cold_high);
            expect(figures, published, "cold batch", pageset->pcp[1].batch, published->cold_batch);
        }
        if (published->stat_threshold)
            expect(figures, published, "vm stats threshold", (uint64_t)pageset->stat_threshold,
                   published->stat_threshold);
    }
}

START_TEST(per_cpu_lists_are_sized_as_published)
{
    for_each_zone(check_pagesets);
}
END_TEST

/* The comment at init_per_zone_pages_min(), MiB of lowmem and kB, in mm/page_alloc.c [2.6.24]. */
START_TEST(min_free_kbytes_is_the_kernels_table_but_for_one_row)
{
    static const uint64_t table[][2] = {{16, 512},    {32, 724},     {64, 1024},    {128, 1448},
                                        {256, 2048},  {512, 2896},   {1024, 4096},  {2048, 5792},
                                        {4096, 8192}, {8192, 11585}, {16384, 16384}};

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        ck_assert_uint_eq(auto_min_free_kbytes(table[i][0] * 1024), table[i][1]);
    /* The comment says 11584, twice the row of 2048 MiB; the formula it explains gives 11585. */
    ck_assert_uint_lt(UINT64_C(11584) * 11584, UINT64_C(16) * 8192 * 1024);
    ck_assert_uint_le(UINT64_C(11585) * 11585, UINT64_C(16) * 8192 * 1024);
}
END_TEST

static void check_slabs(const struct slab_rules *rules, const struct slab_figures *figures,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slab_layout layout;

        ck_assert(slab_layout_init(&layout, rules, figures[i].size, 0, 0));
        ck_assert_msg(layout.size == figures[i].size && layout.objects == figures[i].objects &&
                          UINT32_C(1) << layout.order == figures[i].pages,
                      "%s: %u objects of %u bytes in %u pages", figures[i].name, layout.objects,
                      layout.size, 1u << layout.order);
    }
}

START_TEST(slub_lays_out_slabs_as_published)
{
    const struct slab_rules rules = {
        .word_size = 8, .cache_line = 64, .min_objects = 4, .max_order = 1};

    check_slabs(&rules, slub_x86_64, sizeof(slub_x86_64) / sizeof(slub_x86_64[0]));
}
END_TEST

START_TEST(slab_lays_out_slabs_as_published)
{
    const struct slab_rules rules = {.slab = true, .word_size = 4, .cache_line = 64};

    check_slabs(&rules, slab_i386, sizeof(slab_i386) / sizeof(slab_i386[0]));
}
END_TEST

/* "SLUB: Genslabs=12, HWalign=64, Order=0-1, MinObjects=4" in the boot logs. */
START_TEST(a_default_machine_has_the_rules_that_boot_logs_tell)
{
    struct test_machine tm;
    struct slab_rules rules;

    boot(&tm, &machines[0]);
    rules = slab_rules_of(&tm.machine);
    ck_assert(!rules.slab);
    ck_assert_uint_eq(rules.min_order, 0);
    ck_assert_uint_eq(rules.max_order, 1);
    ck_assert_uint_eq(rules.min_objects, 4);
    ck_assert_uint_eq(rules.cache_line, 64);
    test_machine_end(&tm);
}
END_TEST

/* ---- the page that quotes them ---- */

static char *read_page(void)
{
    FILE *file = fopen(FIGURES_PAGE, "rb");
    long size;
    char *text;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    ck_assert_int_gt(size, 0);
    rewind(file);
    text = malloc((size_t)size + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, (size_t)size, file), (size_t)size);
    text[size] = 0;
    fclose(file);
    return text;
}

static void put(char *row, size_t size, bool told, const char *format, ...)
{
    size_t used = strlen(row);
    va_list args;

    va_start(args, format);
    if (told)
        vsnprintf(row + used, size - used, format, args);
    va_end(args);
    used = strlen(row);
    snprintf(row + used, size - used, " | ");
}

/* The zone's row in the table below the machine's heading; what was not told is left out. */
static void render(char *row, size_t size, const struct machine_figures *figures,
                   const struct zone_figures *zone)
{
    static const char *const names[2][3] = {{"DMA", "DMA32", "Normal"},
                                            {"DMA", "Normal", "HighMem"}};
    const uint64_t *reserve = zone->reserve;

    snprintf(row, size, "| ");
    put(row, size, true, "%u/%s", zone->nid, names[figures->highmem][zone->index]);
    put(row, size, true, "%" PRIu64, zone->present);
    put(row, size, zone->memmap != 0, "%" PRIu64, zone->memmap);
    put(row, size, zone->memmap != 0, "%" PRIu32, zone->lifo_batch);
    put(row, size, zone->high != 0, "%" PRIu64 " %" PRIu64 " %" PRIu64, zone->min, zone->low,
        zone->high);
    put(row, size, zone->tells_reserve, "%" PRIu64 " %" PRIu64 " %" PRIu64, reserve[0], reserve[1],
        reserve[2]);
    put(row, size, zone->hot_batch != 0, "%" PRIu32 "/%" PRIu32, zone->hot_high, zone->hot_batch);
    put(row, size, zone->cold_batch != 0, "%" PRIu32 "/%" PRIu32, zone->cold_high,
        zone->cold_batch);
    put(row, size, zone->stat_threshold != 0, "%" PRIu32, zone->stat_threshold);
    row[strlen(row) - 1] = '\n';
}

START_TEST(the_page_quotes_every_machine)
{
    char *page = read_page();

    for (size_t i = 0; i < NR_MACHINES; i++) {
        char line[256];
        const char *section;

        snprintf(line, sizeof(line), "\n### %s\n", machines[i].name);
        section = strstr(page, line);
        ck_assert_msg(section, "docs/figures.md has no heading '%s'", machines[i].name);
        for (size_t z = 0; z < ZONES && machines[i].zones[z].present; z++) {
            const char *end = strstr(section + 1, "\n### ");
            const char *found;

            render(line, sizeof(line), &machines[i], &machines[i].zones[z]);
            found = strstr(section, line);
            ck_assert_msg(found && (!end || found < end), "'%s' lacks the row\n%s",
                          machines[i].name, line);
        }
    }
    free(page);
}
END_TEST

static void check_quoted(const char *page, const struct slab_figures *figures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char row[128];

        snprintf(row, sizeof(row), "\n| %s | %u | %u | %u |\n", figures[i].name, figures[i].size,
                 figures[i].objects, figures[i].pages);
        ck_assert_msg(strstr(page, row), "docs/figures.md lacks%s", row);
    }
}

START_TEST(the_page_quotes_every_cache)
{
    char *page = read_page();

    check_quoted(page, slub_x86_64, sizeof(slub_x86_64) / sizeof(slub_x86_64[0]));
    check_quoted(page, slab_i386, sizeof(slab_i386) / sizeof(slab_i386[0]));
    free(page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("published_figures");

    TEST_CASE(suite, "boot", present_pages_are_what_boot_logs_and_dumps_say,
              the_zonelists_of_boot_hold_the_published_total);
    TEST_CASE(suite, "watermarks", min_free_kbytes_is_the_kernels_table_but_for_one_row,
              watermarks_are_those_of_memory_dumps, lowmem_reserve_is_that_of_memory_dumps);
    TEST_CASE(suite, "lists", per_cpu_lists_are_sized_as_published);
    TEST_CASE(suite, "slabs", slub_lays_out_slabs_as_published, slab_lays_out_slabs_as_published,
              a_default_machine_has_the_rules_that_boot_logs_tell);
    TEST_CASE(suite, "page", the_page_quotes_every_machine, the_page_quotes_every_cache);
    return test_run(suite);
}
