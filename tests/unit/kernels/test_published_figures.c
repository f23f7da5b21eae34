/* SPDX-License-Identifier: MIT */
/* Sizes, watermarks, reserves and per-CPU lists of real machines, as docs/figures.md quotes them.
 */
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/watermark.h"

enum { RANGES = 3, ZONES = 4 };

/* Memory dumps tell kB of whole pages, /proc/zoneinfo pages. */
#define KB(kb) ((kb) / 4)

/* What was published of one zone, in pages; what was not is 0, and 0 is never checked. */
struct zone_figures {
    uint8_t nid;
    uint8_t index;
    uint64_t memmap; /* "pages used for memmap" */
    uint64_t present;
    uint64_t min, low, high;
    bool tells_reserve;
    uint64_t reserve[MAX_NR_ZONES];
    uint32_t hot_high, hot_batch; /* batch 0: not told */
    uint32_t cold_high, cold_batch;
    uint32_t stat_threshold;
};

struct machine_figures {
    const char *name; /* the heading in docs/figures.md */
    bool highmem;
    bool numa;
    uint32_t page_struct_bytes; /* 0: as usual for the layout */
    uint32_t nr_cpus;
    struct memory_range memory[RANGES];
    uint64_t dma_end;           /* 0: 16 MiB */
    uint64_t dma_reserve_pages; /* "pages reserved" */
    uint64_t total_pages;       /* "Total pages" of the zonelists; 0: not told */
    struct zone_figures zones[ZONES];
};

/* clang-format off */
#define LARGE_ZONE .hot_high = 186, .hot_batch = 31, .cold_high = 62, .cold_batch = 15
#define SMALL_ZONE .hot_high = 0, .hot_batch = 1, .cold_high = 0, .cold_batch = 1
#define NO_RESERVE .tells_reserve = true

static const struct machine_figures machines[] = {
    {.name = "i386, 2 GiB, 2.6.24.2", .highmem = true, .nr_cpus = 2,
     .memory = {{0, 524272, 0}},
     .zones = {
         {.index = 0, .present = KB(16256), .min = KB(68), .low = KB(84), .high = KB(100),
          .tells_reserve = true, .reserve = {0, 873, 2016, 2016}, SMALL_ZONE},
         {.index = 1, .present = KB(894080), .min = KB(3744), .low = KB(4680), .high = KB(5616),
          .tells_reserve = true, .reserve = {0, 0, 9143, 9143}, LARGE_ZONE},
         {.index = 2, .present = KB(1170372), .min = KB(512), .low = KB(1736), .high = KB(2964),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "i386 PAE, 4 GiB, 2.6.24-19-server", .highmem = true, .nr_cpus = 4,
     .memory = {{0, 1245184, 0}},
     .zones = {
         {.index = 0, .present = KB(16256), .min = KB(68), .low = KB(84), .high = KB(100),
          .tells_reserve = true, .reserve = {0, 873, 4810, 4810}, SMALL_ZONE},
         {.index = 1, .present = KB(894080), .min = KB(3744), .low = KB(4680), .high = KB(5616),
          .tells_reserve = true, .reserve = {0, 0, 31496, 31496}, LARGE_ZONE},
         {.index = 2, .present = KB(4031488), .min = KB(512), .low = KB(4736), .high = KB(8960),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "i386 PAE, 12 GiB, September 2007", .highmem = true, .nr_cpus = 4,
     .memory = {{0, 229376 + 2916351, 0}},
     .zones = {
         {.index = 0, .present = 4064, .min = 17, .low = 21, .high = 25,
          .tells_reserve = true, .reserve = {0, 873, 12176}, SMALL_ZONE, .stat_threshold = 6},
         {.index = 1, .present = 223520, .min = 936, .low = 1170, .high = 1404,
          .tells_reserve = true, .reserve = {0, 0, 90424}, LARGE_ZONE, .stat_threshold = 24},
         {.index = 2, .present = 2893568, .min = 128, .low = 3160, .high = 6192,
          NO_RESERVE, LARGE_ZONE, .stat_threshold = 48}}},
    {.name = "i386, 5 GiB, 2.6.24-rc5-mm1", .highmem = true, .nr_cpus = 8, .page_struct_bytes = 92,
     .memory = {{0, 1310720, 0}},
     .zones = {
         {.index = 0, .present = KB(16016), .min = KB(64), .low = KB(80), .high = KB(96),
          .tells_reserve = true, .reserve = {0, 860, 4989, 4989},
          .hot_high = 0, .hot_batch = 1},
         {.index = 1, .present = KB(880880), .min = KB(3720), .low = KB(4648), .high = KB(5580),
          .tells_reserve = true, .reserve = {0, 0, 33033, 33033},
          .hot_high = 186, .hot_batch = 31},
         {.index = 2, .present = KB(4228224), .min = KB(512), .low = KB(4976), .high = KB(9440),
          NO_RESERVE, .hot_high = 186, .hot_batch = 31}}},
    {.name = "i386, 512 MiB, August 2008", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 130672, 0}},
     .zones = {
         {.index = 0, .present = KB(16256), .min = KB(88), .low = KB(108), .high = KB(132),
          .tells_reserve = true, .reserve = {0, 490, 490, 490}, SMALL_ZONE},
         {.index = 1, .present = KB(502352), .min = KB(2788), .low = KB(3484), .high = KB(4180),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "x86-64, 512 MiB, 2.6.24-16-generic", .numa = true, .nr_cpus = 1,
     .memory = {{0, 159, 0}, {256, 131008, 0}}, .dma_reserve_pages = 1207,
     .zones = {
         {.index = 0, .present = KB(10944), .min = KB(60), .low = KB(72), .high = KB(88),
          .tells_reserve = true, .reserve = {0, 488, 488, 488}, SMALL_ZONE},
         {.index = 1, .present = KB(500708), .min = KB(2796), .low = KB(3492), .high = KB(4192),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "x86-64, 1 GiB, 2.6.24-rc2", .numa = true, .nr_cpus = 4,
     .memory = {{0, 159, 0}, {256, 261582, 0}}, .dma_reserve_pages = 2055,
     .zones = {
         {.index = 0, .present = KB(7552), .min = KB(28), .low = KB(32), .high = KB(40),
          .tells_reserve = true, .reserve = {0, 992, 992, 992}, SMALL_ZONE},
         {.index = 1, .present = KB(1015864), .min = KB(4012), .low = KB(5012), .high = KB(6016),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "ppc64, two nodes, 1 GiB, 2.6.20-rc5", .numa = true, .nr_cpus = 2,
     .memory = {{0, 147456, 0}, {147456, 262144, 1}}, .dma_end = 1048576,
     .zones = {
         {.nid = 0, .index = 0, .present = 145440, .min = 571, .low = 713, .high = 856,
          NO_RESERVE, LARGE_ZONE, .stat_threshold = 16},
         {.nid = 1, .index = 0, .present = 113120, .min = 444, .low = 555, .high = 666,
          NO_RESERVE, LARGE_ZONE, .stat_threshold = 12}}},
    {.name = "x86-64, 896 MiB, 2.6.24-19-generic", .numa = true, .nr_cpus = 2,
     .memory = {{0, 159, 0}, {256, 229280, 0}}, .dma_reserve_pages = 1219, .total_pages = 224830,
     .zones = {
         {.index = 0, .memmap = 56, .present = 2724, SMALL_ZONE},
         {.index = 1, .memmap = 3078, .present = 222106, LARGE_ZONE}}},
    {.name = "x86-64, 4 GiB, August 2008", .numa = true, .nr_cpus = 2,
     .memory = {{0, 158, 0}, {256, 786384, 0}, {1048576, 1245184, 0}}, .dma_reserve_pages = 1177,
     .zones = {
         {.index = 0, .memmap = 56, .present = 2765, SMALL_ZONE},
         {.index = 1, .memmap = 14280, .present = 768008, LARGE_ZONE},
         {.index = 2, .memmap = 2688, .present = 193920, LARGE_ZONE}}},
    {.name = "i386, 512 MiB, 2.6.24-16-generic", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 130935, 0}}, .total_pages = 129913,
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064, SMALL_ZONE},
         {.index = 1, .memmap = 990, .present = 125849, LARGE_ZONE}}},
    {.name = "i386, 2 GiB, 2.6.24-19-generic", .highmem = true, .nr_cpus = 2,
     .memory = {{0, 521837, 0}}, .total_pages = 517761,
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064, SMALL_ZONE},
         {.index = 1, .memmap = 1760, .present = 223520, LARGE_ZONE},
         {.index = 2, .memmap = 2284, .present = 290177, LARGE_ZONE}}},
    {.name = "i386, 1 GiB, 2.6.22-14", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 262080, 0}},
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064, SMALL_ZONE},
         {.index = 1, .memmap = 1760, .present = 223520, LARGE_ZONE},
         {.index = 2, .memmap = 255, .present = 32449, .hot_high = 6 * 7, .hot_batch = 7}}},
    {.name = "i386, 320 MiB, 2.6.22-14", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 81904, 0}},
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064, SMALL_ZONE},
         {.index = 1, .memmap = 607, .present = 77201, .hot_high = 6 * 15, .hot_batch = 15}}},
};
/* clang-format on */

enum { NR_MACHINES = sizeof(machines) / sizeof(machines[0]) };

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
    if (published->memmap)
        expect(figures, published, "memmap", zone->spanned_pages * bytes / 4096, published->memmap);
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

int main(void)
{
    Suite *suite = suite_create("published_figures");

    TEST_CASE(suite, "boot", present_pages_are_what_boot_logs_and_dumps_say,
              the_zonelists_of_boot_hold_the_published_total);
    TEST_CASE(suite, "watermarks", min_free_kbytes_is_the_kernels_table_but_for_one_row,
              watermarks_are_those_of_memory_dumps, lowmem_reserve_is_that_of_memory_dumps);
    TEST_CASE(suite, "lists", per_cpu_lists_are_sized_as_published);
    return test_run(suite);
}
