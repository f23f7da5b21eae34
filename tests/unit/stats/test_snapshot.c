/* SPDX-License-Identifier: MIT */
/* Tests of reading a machine back: what the files show is what the machine holds. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "stats/node_files.h"
#include "stats/proc_files.h"
#include "stats/tick.h"
#include "stats_sample.h"

static struct sample *sample;
static struct jsonl_writer writer;
static char *header_line;
static char *tick_line;
static struct snapshot snapshot;
static struct strbuf text;

static char *written(bool ok)
{
    ck_assert(ok);
    return strdup(writer.line.data);
}

static void boot(void (*boot_sample)(struct sample *sample))
{
    struct header_info info;

    sample = malloc(sizeof(*sample));
    ck_assert_ptr_nonnull(sample);
    boot_sample(sample);
    jsonl_writer_init(&writer, NULL);
    info = sample_header(sample);
    header_line = written(header_write(&writer, &info));
    for (unsigned i = 0; i < 500; i++)
        sample_alloc(sample, i % 3 ? GFP_ATOMIC : GFP_BIT_MOVABLE, i % 4);
    sample->machine.vm_events[PGPGIN] = 16;
    tick_line = written(tick_write(&writer, &sample->machine, &sample->stats));
    snapshot = (struct snapshot){0};
    text = (struct strbuf){0};
}

static void boot_numa(void)
{
    boot(sample_boot_numa);
}

static void boot_uma(void)
{
    boot(sample_boot_uma);
}

static void shut_down(void)
{
    strbuf_fini(&text);
    snapshot_fini(&snapshot);
    free(header_line);
    free(tick_line);
    jsonl_writer_fini(&writer);
    sample_fini(sample);
    free(sample);
}

static bool read_lines(const char *header, const char *tick)
{
    return snapshot_read_header(&snapshot, header, strlen(header)) &&
           snapshot_read_tick(&snapshot, tick, strlen(tick));
}

/* The machine's zone of that label. */
static const struct zone *zone_of(const char *wanted)
{
    char label[ZONE_LABEL_MAX];

    for (unsigned i = 0; i < sample->machine.nr_zones; i++)
        if (strcmp(zone_label(&sample->machine, &sample->machine.zones[i], label), wanted) == 0)
            return &sample->machine.zones[i];
    ck_abort_msg("no zone %s", wanted);
    return NULL;
}

START_TEST(counters_are_those_that_the_kernel_shows)
{
    unsigned unfolded = 0;

    ck_assert(read_lines(header_line, tick_line));
    ck_assert_uint_eq(snapshot.zones.count, 3);
    for (size_t i = 0; i < snapshot.zones.count; i++) {
        const struct zone_snapshot *zone = &snapshot.zones.items[i];

        for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++) {
            ck_assert_uint_eq(snapshot_zone_state(zone, item),
                              zone_page_state(zone_of(zone->label), item));
            unfolded += zone->diffs[item] != 0;
        }
    }
    for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++)
        ck_assert_int_eq((int64_t)snapshot_global_state(&snapshot, item),
                         sample->machine.vm_stat[item] < 0 ? 0 : sample->machine.vm_stat[item]);
    ck_assert_uint_gt(unfolded, 0);
    ck_assert_uint_eq(snapshot.vm_events[PGPGIN], 8);
}
END_TEST

START_TEST(a_zone_is_read_back_whole)
{
    ck_assert(read_lines(header_line, tick_line));
    for (size_t i = 0; i < snapshot.zones.count; i++) {
        const struct zone_snapshot *copy = &snapshot.zones.items[i];
        const struct zone *zone = zone_of(copy->label);

        ck_assert_uint_eq(copy->start_pfn, zone->start_pfn);
        ck_assert_uint_eq(copy->present_pages, zone->present_pages);
        ck_assert_mem_eq(copy->lowmem_reserve, zone->lowmem_reserve, sizeof(zone->lowmem_reserve));
        ck_assert_mem_eq(copy->nr_free, zone->nr_free, sizeof(zone->nr_free));
        for (unsigned type = 0; type < OUTPUT_MIGRATE_TYPES; type++) {
            ck_assert_uint_eq(copy->pageblocks[type], zone->nr_pageblocks_of_type[type]);
            for (unsigned order = 0; order < MAX_ORDER; order++)
                ck_assert_uint_eq(copy->free_blocks[type][order], zone->nr_free_type[order][type]);
        }
        ck_assert_uint_eq(copy->pcp_cpus.count, sample->machine.nr_cpus);
        for (unsigned cpu = 0; cpu < sample->machine.nr_cpus; cpu++)
            ck_assert_uint_eq(copy->pcp_cpus.items[cpu],
                              zone->pageset[cpu].pcp[0].count + zone->pageset[cpu].pcp[1].count);
        ck_assert_uint_eq(copy->hot_high, zone->pageset[0].pcp[0].high);
        ck_assert_int_eq((int64_t)copy->stat_threshold, zone->pageset[0].stat_threshold);
    }
}
END_TEST

START_TEST(buddyinfo_is_the_kernels_line_for_each_zone)
{
    char line[256];
    int length;

    ck_assert(read_lines(header_line, tick_line));
    proc_file_format(&text, &snapshot, PROC_BUDDYINFO);
    length = snprintf(line, sizeof(line), "Node %d, zone %8s ", 0, "DMA");
    for (unsigned order = 0; order < MAX_ORDER; order++)
        length += snprintf(line + length, sizeof(line) - (size_t)length, "%6" PRIu64 " ",
                           zone_of("0/DMA")->nr_free[order]);
    ck_assert_int_eq(strncmp(text.data, line, (size_t)length), 0);
    ck_assert_int_eq(text.data[length], '\n');
}
END_TEST

START_TEST(zoneinfo_has_the_lists_of_each_cpu)
{
    ck_assert(read_lines(header_line, tick_line));
    proc_file_format(&text, &snapshot, PROC_ZONEINFO);
    ck_assert_ptr_nonnull(strstr(text.data, "\n    cpu: 1 pcp: 1\n              count: 0\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\n    numa_interleave 0\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\n  start_pfn:         0\nNode 0, zone    DMA32\n"));
}
END_TEST

START_TEST(without_grouping_all_pageblocks_read_as_unmovable)
{
    char line[64];

    ck_assert(read_lines(header_line, tick_line));
    snapshot.mobility_grouping = false;
    proc_file_format(&text, &snapshot, PROC_PAGETYPEINFO);
    snprintf(line, sizeof(line), "Node 0, zone      DMA %12u %12u ",
             zone_of("0/DMA")->nr_pageblocks, 0);
    ck_assert_ptr_nonnull(strstr(text.data, line));
    ck_assert_ptr_nonnull(strstr(text.data, ", type       <NULL> "));
}
END_TEST

/* Gives the tick two caches; the name of one is longer than its column and has an escape. */
static void add_slabs(void)
{
    static const char slabs[] =
        ",\"slabs\":[{\"name\":\"a\",\"size\":8,\"objects_per_slab\":512,\"slab_pages\":1,"
        "\"active_objects\":600,\"slabs\":2},{\"name\":\"the \\\"second\\\" cache of two\","
        "\"size\":256,\"objects_per_slab\":32,\"slab_pages\":2,\"active_objects\":1,"
        "\"slabs\":1}]}";

    tick_line = realloc(tick_line, strlen(tick_line) + sizeof(slabs));
    ck_assert_ptr_nonnull(tick_line);
    memcpy(strrchr(tick_line, '}'), slabs, sizeof(slabs));
}

START_TEST(slabinfo_has_the_columns_of_version_2_1)
{
    add_slabs();
    ck_assert(read_lines(header_line, tick_line));
    proc_file_format(&text, &snapshot, PROC_SLABINFO);
    ck_assert_str_eq(
        strchr(strchr(text.data, '\n') + 1, '\n') + 1,
        "a                    600   1024      8  512    1 : tunables    0    0    0 : "
        "slabdata      2      2      0\n"
        "the \"second\" cache of two      1     32    256   32    2 : tunables    0    0    0 : "
        "slabdata      1      1      0\n");
}
END_TEST

START_TEST(meminfo_prints_active_in_pages_as_the_kernel_does)
{
    ck_assert(read_lines(header_line, tick_line));
    for (size_t i = 0; i < snapshot.zones.count; i++) {
        snapshot.zones.items[i].counters[NR_ACTIVE] = 5;
        snapshot.zones.items[i].counters[NR_ANON_PAGES] = 5;
        snapshot.zones.items[i].diffs[NR_ACTIVE] = snapshot.zones.items[i].diffs[NR_ANON_PAGES] = 0;
    }
    node_file_format(&text, &snapshot, &snapshot.nodes.items[1], NODE_MEMINFO);
    ck_assert_ptr_nonnull(strstr(text.data, "\nNode 1 MemTotal:        32768 kB\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\nNode 1 Active:              5 kB\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\nNode 1 AnonPages:          20 kB\n"));
}
END_TEST

START_TEST(without_numa_there_are_no_numa_counters)
{
    ck_assert(read_lines(header_line, tick_line));
    proc_file_format(&text, &snapshot, PROC_ZONEINFO);
    ck_assert_ptr_null(strstr(text.data, "numa"));
    ck_assert_ptr_nonnull(strstr(text.data, "nr_vmscan_write 0\n        protection: ("));
}
END_TEST

/* Cut anywhere, or without one of its members, a line is refused. */
START_TEST(what_a_run_does_not_write_is_refused)
{
    static const char *const members[] = {"\"vm_stat_diff\"", "\"cpus_cold\"", "\"vmstat\"",
                                          "\"pgfree\"",       "\"reserve\"",   "\"time_ns\""};
    size_t length = strlen(tick_line);

    for (size_t cut = 0; cut < length; cut += 7) {
        snapshot_fini(&snapshot);
        snapshot = (struct snapshot){0};
        ck_assert(snapshot_read_header(&snapshot, header_line, strlen(header_line)));
        ck_assert(!snapshot_read_tick(&snapshot, tick_line, cut));
    }
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        char *name = strstr(tick_line, members[i]);

        ck_assert_ptr_nonnull(name);
        name[1]++;
        snapshot_fini(&snapshot);
        snapshot = (struct snapshot){0};
        ck_assert(!read_lines(header_line, tick_line));
        ck_assert(!snapshot.out_of_memory);
        name[1]--;
    }
    for (size_t cut = 0; cut < strlen(header_line); cut += 7) {
        snapshot_fini(&snapshot);
        snapshot = (struct snapshot){0};
        ck_assert(!snapshot_read_header(&snapshot, header_line, cut));
    }
}
END_TEST

START_TEST(lack_of_host_memory_is_said_and_leaks_nothing)
{
    add_slabs();
    for (unsigned n = 0;; n++) {
        bool ok;

        snapshot_fini(&snapshot);
        snapshot = (struct snapshot){0};
        fail_malloc_at(n);
        ok = read_lines(header_line, tick_line);
        if (!fail_malloc_off()) {
            ck_assert(ok);
            break;
        }
        ck_assert(!ok && snapshot.out_of_memory);
    }
}
END_TEST

int main(void)
{
    const TTest *const numa[] = {
        counters_are_those_that_the_kernel_shows,          a_zone_is_read_back_whole,
        buddyinfo_is_the_kernels_line_for_each_zone,       zoneinfo_has_the_lists_of_each_cpu,
        without_grouping_all_pageblocks_read_as_unmovable, slabinfo_has_the_columns_of_version_2_1,
        meminfo_prints_active_in_pages_as_the_kernel_does, what_a_run_does_not_write_is_refused,
        lack_of_host_memory_is_said_and_leaks_nothing,
    };
    Suite *suite = suite_create("snapshot");
    TCase *tcase = tcase_create("numa");

    tcase_add_checked_fixture(tcase, boot_numa, shut_down);
    for (size_t i = 0; i < sizeof(numa) / sizeof(numa[0]); i++)
        tcase_add_test(tcase, numa[i]);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("uma");
    tcase_add_checked_fixture(tcase, boot_uma, shut_down);
    tcase_add_test(tcase, without_numa_there_are_no_numa_counters);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
