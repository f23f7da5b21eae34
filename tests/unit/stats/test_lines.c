/* SPDX-License-Identifier: MIT */
/* Tests of the four line types: what a parser reads in them is what the machine holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "lib/test.h"
#include "stats/event.h"
#include "stats/fragmentation.h"
#include "stats/tick.h"
#include "stats/zone_fields.h"
#include "stats_sample.h"

static struct sample *sample;
static struct jsonl_writer writer;
static cJSON *read_line;

static void boot_numa(void)
{
    sample = malloc(sizeof(*sample));
    ck_assert_ptr_nonnull(sample);
    sample_boot_numa(sample);
    jsonl_writer_init(&writer, NULL);
    read_line = NULL;
}

static void boot_uma(void)
{
    sample = malloc(sizeof(*sample));
    ck_assert_ptr_nonnull(sample);
    sample_boot_uma(sample);
    jsonl_writer_init(&writer, NULL);
    read_line = NULL;
}

static void shut_down(void)
{
    cJSON_Delete(read_line);
    jsonl_writer_fini(&writer);
    sample_fini(sample);
    free(sample);
}

/* The line written last, as cJSON reads it. */
static const cJSON *line(bool written)
{
    ck_assert(written);
    cJSON_Delete(read_line);
    read_line = cJSON_Parse(writer.line.data);
    ck_assert_ptr_nonnull(read_line);
    return read_line;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);

    ck_assert_msg(found, "no member %s", name);
    return found;
}

static int64_t number(const cJSON *object, const char *name)
{
    ck_assert(cJSON_IsNumber(member(object, name)));
    return (int64_t)member(object, name)->valuedouble;
}

static const char *text(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(member(object, name));
}

static int64_t element(const cJSON *object, const char *name, int index)
{
    const cJSON *found = cJSON_GetArrayItem(member(object, name), index);

    ck_assert(cJSON_IsNumber(found));
    return (int64_t)found->valuedouble;
}

static void expect_keys(const cJSON *object, const char *keys)
{
    struct strbuf found = {0};

    for (const cJSON *child = object->child; child; child = child->next)
        strbuf_addf(&found, "%s%s", child->prev && found.length ? " " : "", child->string);
    ck_assert_str_eq(found.data, keys);
    strbuf_fini(&found);
}

START_TEST(header_says_what_was_run)
{
    struct header_info info = sample_header(sample);
    const cJSON *header = line(header_write(&writer, &info));
    const cJSON *input = cJSON_GetArrayItem(member(header, "inputs"), 0);

    expect_keys(header, "type schema_version tool kernel workload seed tick_ns duration_ns events "
                        "inputs config booted");
    ck_assert_str_eq(text(header, "type"), "header");
    ck_assert_int_eq(number(header, "schema_version"), OUTPUT_SCHEMA_VERSION);
    ck_assert_str_eq(text(member(header, "tool"), "version"), "0.1.0");
    ck_assert_str_eq(text(header, "workload"), "burst");
    ck_assert_str_eq(text(input, "fnv1a64"), "00c0ffee00000001");
    ck_assert_int_eq(number(member(member(header, "config"), "costs"), "alloc_ns"), 100);
    ck_assert_ptr_nonnull(strstr(writer.line.data, "\"seed\":18446744073709551615,"));
}
END_TEST

START_TEST(header_shows_the_effective_machine)
{
    struct header_info info = sample_header(sample);
    const cJSON *config = member(line(header_write(&writer, &info)), "config");
    const cJSON *machine = member(config, "machine");
    const cJSON *vm = member(config, "vm");
    const cJSON *range = cJSON_GetArrayItem(member(machine, "memory"), 1);

    ck_assert_int_eq(number(range, "start_pfn"), 8192);
    ck_assert_int_eq(number(range, "end_pfn"), 16384);
    ck_assert_int_eq(number(range, "node"), 1);
    ck_assert_int_eq(number(cJSON_GetArrayItem(member(machine, "reserved"), 0), "end_pfn"), 256);
    ck_assert_int_eq(element(machine, "cpu_nodes", 1), 1);
    ck_assert_int_eq(element(machine, "zone_end_pfn", 0), 4096);
    ck_assert_int_eq(
        cJSON_GetArrayItem(cJSON_GetArrayItem(member(machine, "distance"), 0), 1)->valueint, 20);
    ck_assert_int_eq(number(machine, "stat_threshold"), -1);
    ck_assert_int_eq(number(vm, "min_free_kbytes"), (int64_t)sample->machine.vm.min_free_kbytes);
    ck_assert_int_gt(number(vm, "min_free_kbytes"), 0);
}
END_TEST

START_TEST(header_shows_whose_memory_is_of_which_nodes)
{
    struct header_info info = sample_header(sample);

    line(header_write(&writer, &info));
    ck_assert_ptr_nonnull(strstr(
        writer.line.data,
        "\"cpusets\":[{\"name\":\"left\",\"parent\":null,\"mems\":[0,1],\"mem_exclusive\":true,"
        "\"memory_spread_page\":false},{\"name\":\"inner\",\"parent\":\"left\",\"mems\":[1],"
        "\"mem_exclusive\":false,\"memory_spread_page\":true}],"
        "\"numa_tasks\":[{\"name\":\"db\",\"cpuset\":\"inner\",\"mempolicy\":\"bind\",\"nodes\":[1]"
        "},"
        "{\"name\":\"web\",\"cpuset\":null,\"mempolicy\":\"interleave\",\"nodes\":[61,63]}],"));
}
END_TEST

START_TEST(header_shows_the_booted_zones_and_zonelists)
{
    struct header_info info = sample_header(sample);
    const cJSON *booted = member(line(header_write(&writer, &info)), "booted");
    const cJSON *zones = member(booted, "zones");
    const cJSON *dma = cJSON_GetArrayItem(zones, 0);
    const cJSON *node = cJSON_GetArrayItem(member(booted, "nodes"), 1);
    const cJSON *list = member(member(node, "zonelists"), "Normal");
    const struct zone *zone = &sample->machine.zones[0];

    ck_assert_int_eq(cJSON_GetArraySize(zones), 3);
    ck_assert_str_eq(text(dma, "name"), "0/DMA");
    ck_assert_int_eq(number(dma, "pages_low"), (int64_t)zone->pages_low);
    ck_assert_int_eq(element(dma, "lowmem_reserve", 1), (int64_t)zone->lowmem_reserve[1]);
    ck_assert_int_eq(number(member(member(dma, "pcp"), "hot"), "batch"),
                     zone->pageset[0].pcp[0].batch);
    ck_assert_int_eq(element(node, "cpus", 0), 1);
    ck_assert_str_eq(cJSON_GetArrayItem(list, 0)->valuestring, "1/DMA32");
    ck_assert_str_eq(cJSON_GetArrayItem(list, 1)->valuestring, "0/DMA32");
    ck_assert_str_eq(cJSON_GetArrayItem(list, 2)->valuestring, "0/DMA");
    ck_assert(cJSON_IsTrue(member(booted, "mobility_grouping")));
}
END_TEST

START_TEST(tick_keys_stand_in_a_fixed_order)
{
    const cJSON *tick = line(tick_write(&writer, &sample->machine, &sample->stats));

    expect_keys(tick, "type time_ns jiffies zones vmstat alloc alloc_latency_ns free stall late "
                      "kswapd reclaim swap dirty devices user calls slabs vmalloc extfrag "
                      "tasks_blocked blocks_live "
                      "pages_live oom_kills "
                      "ops_of_dead_tasks bad_pages misuses");
    expect_keys(cJSON_GetArrayItem(member(tick, "zones"), 0),
                "name node nr_free_pages nr_free_pages_exact pages_min pages_low pages_high "
                "lowmem_reserve level margin_min_pages margin_low_pages margin_high_pages nr_free "
                "free_blocks unusable_index fragmentation_index pcp nr_active nr_inactive "
                "nr_anon_pages nr_mapped nr_file_pages nr_dirty nr_writeback nr_slab_reclaimable "
                "nr_slab_unreclaimable nr_page_table_pages nr_unstable nr_bounce nr_vmscan_write "
                "numa_hit numa_miss numa_foreign numa_interleave numa_local numa_other "
                "vm_stat_diff nr_scan_active nr_scan_inactive pages_scanned prev_priority "
                "all_unreclaimable pageblocks");
}
END_TEST

static void expect_pcp(const cJSON *pcp, const struct zone *zone)
{
    for (int cpu = 0; cpu < (int)sample->machine.nr_cpus; cpu++) {
        const struct per_cpu_pages *lists = zone->pageset[cpu].pcp;

        ck_assert_int_eq(element(pcp, "cpus", cpu), lists[0].count + lists[1].count);
        ck_assert_int_eq(element(pcp, "cpus_cold", cpu), lists[1].count);
        ck_assert_int_eq(number(pcp, "hot_high"), lists[0].high);
        ck_assert_int_eq(number(pcp, "hot_batch"), lists[0].batch);
        ck_assert_int_eq(number(pcp, "cold_high"), lists[1].high);
        ck_assert_int_eq(number(pcp, "cold_batch"), lists[1].batch);
    }
}

/* Every counter is what /proc shows plus what the CPUs have not folded yet. */
static void expect_counters(const cJSON *object, const struct zone *zone)
{
    for (unsigned item = NR_FREE_PAGES; item < NR_VM_ZONE_STAT_ITEMS; item++) {
        const char *name = item ? zone_stat_name(item) : "nr_free_pages_exact";

        ck_assert_int_eq(number(object, name) - element(object, "vm_stat_diff", (int)item),
                         zone->vm_stat[item]);
    }
}

/* One zone's object against the struct it was written from. */
static void expect_zone(const cJSON *object, const struct zone *zone)
{
    const cJSON *blocks = member(object, "free_blocks");
    int64_t free_pages = (int64_t)zone_page_state(zone, NR_FREE_PAGES);
    uint64_t pcp = zone_pcp_pages(&sample->machine, zone);

    ck_assert_int_eq(number(object, "nr_free_pages"), free_pages);
    ck_assert_int_eq(number(object, "nr_free_pages_exact"),
                     (int64_t)fragmentation_free_pages(zone->nr_free));
    ck_assert_int_eq(number(object, "margin_min_pages"), free_pages - (int64_t)zone->pages_min);
    ck_assert_int_eq(number(object, "margin_high_pages"), free_pages - (int64_t)zone->pages_high);
    ck_assert_str_eq(text(object, "level"), watermark_level_name(zone_watermark_level(zone)));
    for (int order = 0; order < MAX_ORDER; order++) {
        int64_t sum = 0;

        for (unsigned type = 0; type < OUTPUT_MIGRATE_TYPES; type++)
            sum += element(blocks, migratetype_name(type), order);
        ck_assert_int_eq(element(object, "nr_free", order), (int64_t)zone->nr_free[order]);
        ck_assert_int_eq(element(object, "nr_free", order), sum);
        ck_assert_int_eq(element(object, "fragmentation_index", order),
                         fragmentation_index(zone->nr_free, (unsigned)order));
        ck_assert_int_eq(element(object, "unusable_index", order),
                         fragmentation_unusable_index(zone->nr_free, (unsigned)order));
    }
    ck_assert_int_eq(number(member(object, "pcp"), "total"), (int64_t)pcp);
    expect_pcp(member(object, "pcp"), zone);
    expect_counters(object, zone);
    ck_assert_int_eq(number(member(object, "pageblocks"), "movable"),
                     zone->nr_pageblocks_of_type[MIGRATE_MOVABLE]);
}

START_TEST(tick_shows_each_zone_as_it_is)
{
    const cJSON *zones;

    for (unsigned i = 0; i < 3000; i++)
        sample_alloc(sample, i % 3 ? GFP_ATOMIC : GFP_BIT_MOVABLE, i % 4);
    clock_advance_to(&sample->clock, 1000000000);
    zones = member(line(tick_write(&writer, &sample->machine, &sample->stats)), "zones");
    expect_zone(cJSON_GetArrayItem(zones, 0), &sample->machine.zones[0]);
    expect_zone(cJSON_GetArrayItem(zones, 1), &sample->machine.zones[1]);
    expect_zone(cJSON_GetArrayItem(zones, 2), &sample->machine.zones[MAX_NR_ZONES + 1]);
    ck_assert_int_eq(number(read_line, "time_ns"), 1000000000);
    ck_assert_int_eq(number(read_line, "jiffies"), 10000 + 250);
}
END_TEST

START_TEST(tick_shows_the_run_as_it_is)
{
    const cJSON *tick, *alloc;

    sample_exhaust(sample, GFP_ATOMIC);
    sample_alloc(sample, GFP_ATOMIC, 4);
    sample->stats.stalls[STALL_CONGESTION_WAIT] = 3;
    sample->stats.stall_ns[STALL_CONGESTION_WAIT] = 60000000;
    sample->stats.late_max_ns = 9;
    tick = line(tick_write(&writer, &sample->machine, &sample->stats));
    alloc = member(tick, "alloc");
    ck_assert_int_eq(number(alloc, "count"), (int64_t)sample->stats.allocs);
    ck_assert_int_eq(number(alloc, "failed"), 2);
    ck_assert_int_eq(element(alloc, "failed_by_order", 0), 1);
    ck_assert_int_eq(element(alloc, "failed_by_order", 4), 1);
    ck_assert_int_eq(number(member(tick, "alloc_latency_ns"), "max"), 104);
    ck_assert_int_eq(number(member(member(tick, "stall"), "congestion_wait"), "count"), 3);
    ck_assert_int_eq(number(member(member(tick, "stall"), "congestion_wait"), "total_ns"),
                     60000000);
    ck_assert_int_eq(number(member(tick, "late"), "max_ns"), 9);
    ck_assert_int_eq(cJSON_GetArraySize(member(member(tick, "kswapd"), "nodes")), 2);
}
END_TEST

START_TEST(vmstat_has_the_kernels_names_in_the_kernels_order)
{
    const cJSON *vmstat, *child;

    sample_exhaust(sample, GFP_ATOMIC);
    sample->machine.vm_events[PGPGIN] = 16; /* sectors */
    vmstat = member(line(tick_write(&writer, &sample->machine, &sample->stats)), "vmstat");
    child = vmstat->child;
    for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++, child = child->next) {
        ck_assert_str_eq(child->string, zone_stat_name(item));
        ck_assert_int_eq((int64_t)child->valuedouble,
                         machine_page_state_exact(&sample->machine, item));
    }
    for (unsigned item = 0; item < NR_VM_EVENT_ITEMS; item++, child = child->next) {
        ck_assert_str_eq(child->string, vm_event_name(item, false));
        ck_assert_int_eq((int64_t)child->valuedouble,
                         item == PGPGIN ? 8 : (int64_t)sample->machine.vm_events[item]);
    }
    ck_assert_ptr_null(child);
    ck_assert_int_gt(number(vmstat, "numa_hit"), 0);
}
END_TEST

START_TEST(vmstat_without_numa_has_no_numa_counters)
{
    const cJSON *tick = line(tick_write(&writer, &sample->machine, &sample->stats));

    const cJSON *zone = cJSON_GetArrayItem(member(tick, "zones"), 0);

    ck_assert_ptr_null(cJSON_GetObjectItem(member(tick, "vmstat"), "numa_hit"));
    ck_assert_ptr_null(cJSON_GetObjectItem(zone, "numa_hit"));
    ck_assert_int_eq(cJSON_GetArraySize(member(zone, "vm_stat_diff")), NUMA_HIT);
    ck_assert_ptr_nonnull(cJSON_GetObjectItem(member(tick, "vmstat"), "pgalloc_dma32"));
}
END_TEST

START_TEST(a_negative_counter_reads_as_zero)
{
    struct zone *zone = &sample->machine.zones[1];
    const cJSON *object;

    sample->machine.vm_stat[NR_FILE_DIRTY] = zone->vm_stat[NR_FILE_DIRTY] = -7;
    zone->pageset[0].vm_stat_diff[NR_FILE_DIRTY] = 3;
    line(tick_write(&writer, &sample->machine, &sample->stats));
    object = cJSON_GetArrayItem(member(read_line, "zones"), 1);
    ck_assert_int_eq(number(object, "nr_dirty"), 0);
    ck_assert_int_eq(number(member(read_line, "vmstat"), "nr_dirty"), 0);
    zone->pageset[0].vm_stat_diff[NR_FILE_DIRTY] = 9;
    line(tick_write(&writer, &sample->machine, &sample->stats));
    object = cJSON_GetArrayItem(member(read_line, "zones"), 1);
    ck_assert_int_eq(number(object, "nr_dirty"), 2);
    ck_assert_int_eq(number(member(read_line, "vmstat"), "nr_dirty"), 2);
}
END_TEST

START_TEST(counters_above_2_to_the_53_are_exact)
{
    sample->machine.vm_events[PGFREE] = (UINT64_C(1) << 53) + 1;
    sample->stats.frees = UINT64_MAX;
    sample->stats.late_ns = UINT64_MAX - 1;
    line(tick_write(&writer, &sample->machine, &sample->stats));
    ck_assert_ptr_nonnull(strstr(writer.line.data, "\"pgfree\":9007199254740993,"));
    ck_assert_ptr_nonnull(strstr(writer.line.data, "\"free\":{\"count\":18446744073709551615,"));
    ck_assert_ptr_nonnull(strstr(writer.line.data, "\"total_ns\":18446744073709551614,"));
}
END_TEST

START_TEST(failure_names_each_zone_and_its_check)
{
    const cJSON *event, *refusal;

    sample_exhaust(sample, GFP_ATOMIC);
    event = line(event_write_alloc_failure(&writer, &sample->machine, &sample->state.kept[0]));
    expect_keys(event, "type event time_ns task cpu gfp order node call begin_ns "
                       "direct_reclaims congestion_waits ooms refusals");
    ck_assert_str_eq(text(event, "event"), "alloc_failure");
    ck_assert_str_eq(text(event, "task"), "nic");
    ck_assert_str_eq(text(event, "gfp"), "GFP_ATOMIC");
    ck_assert(cJSON_IsNull(member(event, "call")));
    ck_assert_int_eq(cJSON_GetArraySize(member(event, "refusals")), 3);
    refusal = cJSON_GetArrayItem(member(event, "refusals"), 1);
    expect_keys(refusal, "zone check free_pages required_pages mark mark_pages "
                         "lowmem_reserve failed_order");
    ck_assert_str_eq(text(refusal, "zone"), "0/DMA");
    ck_assert_str_eq(text(refusal, "check"), "watermark");
    ck_assert_int_le(number(refusal, "free_pages"), number(refusal, "required_pages"));
    ck_assert_int_eq(number(refusal, "lowmem_reserve"),
                     (int64_t)sample->machine.zones[0].lowmem_reserve[1]);
    ck_assert(cJSON_IsNull(member(refusal, "failed_order")));
}
END_TEST

static const struct event_cause nic = {77, "nic", 1, true, GFP_KERNEL, 2};
static const struct event_cause nobody = {.time_ns = 78};

START_TEST(events_begin_with_their_cause)
{
    const cJSON *event = line(event_write_stall(&writer, &nic, STALL_OOM, 1, 2));

    expect_keys(event, "type event time_ns task cpu gfp order cause from_ns until_ns");
    ck_assert_int_eq(number(event, "time_ns"), 77);
    ck_assert_str_eq(text(event, "task"), "nic");
    ck_assert_str_eq(text(event, "gfp"), "GFP_KERNEL");
    ck_assert_int_eq(number(event, "order"), 2);
    event = line(event_write_invalid_free(&writer, &nobody, UINT64_MAX, INVALID_FREE_DOUBLE));
    expect_keys(event, "type event time_ns task cpu gfp order id reason");
    ck_assert(cJSON_IsNull(member(event, "task")));
    ck_assert(cJSON_IsNull(member(event, "gfp")));
    ck_assert(cJSON_IsNull(member(event, "order")));
    ck_assert_str_eq(text(event, "reason"), "double");
    ck_assert_ptr_nonnull(strstr(writer.line.data, "\"id\":18446744073709551615,"));
}
END_TEST

START_TEST(extfrag_names_the_block_that_was_stolen)
{
    struct mm_extfrag extfrag = {&sample->machine.zones[1], 4608, 0, 9, MIGRATE_UNMOVABLE,
                                 MIGRATE_MOVABLE,           true};
    const cJSON *event = line(event_write_extfrag(&writer, &sample->machine, &nic, &extfrag));

    ck_assert_str_eq(text(event, "zone"), "0/DMA32");
    ck_assert_int_eq(number(event, "block_pfn"), 4608);
    ck_assert_int_eq(number(event, "fallback_order"), 9);
    ck_assert_str_eq(text(event, "alloc_migratetype"), "unmovable");
    ck_assert_str_eq(text(event, "fallback_migratetype"), "movable");
    ck_assert(cJSON_IsTrue(member(event, "change_ownership")));
}
END_TEST

START_TEST(other_events_name_what_happened)
{
    const struct machine *machine = &sample->machine;
    const uint64_t ratios[] = {1, 2, 3};
    const cJSON *event =
        line(event_write_kswapd_wake(&writer, machine, &nic, &machine->zones[5], 3, false));

    ck_assert_str_eq(text(event, "zone"), "1/DMA32");
    ck_assert_int_eq(number(event, "kswapd_order"), 3);
    ck_assert(cJSON_IsFalse(member(event, "woken")));
    event = line(event_write_stall(&writer, &nic, STALL_DIRECT_RECLAIM, 5, 9));
    ck_assert_str_eq(text(event, "cause"), "direct_reclaim");
    ck_assert_int_eq(number(event, "until_ns"), 9);
    event = line(event_write_bad_page(&writer, machine, &nobody, (pfn_t){9000}, PG_locked));
    ck_assert_str_eq(text(event, "zone"), "1/DMA32");
    event = line(event_write_bad_page(&writer, machine, &nobody, (pfn_t){99999}, PG_locked));
    ck_assert(cJSON_IsNull(member(event, "zone")));
    event = line(event_write_sysctl(&writer, &nobody, VM_LOWMEM_RESERVE_RATIO, ratios));
    ck_assert_str_eq(text(event, "name"), "lowmem_reserve_ratio");
    ck_assert_int_eq(cJSON_GetArraySize(member(event, "values")), 3);
    event = line(event_write_sysctl(&writer, &nobody, VM_MIN_FREE_KBYTES, ratios));
    ck_assert_int_eq(cJSON_GetArraySize(member(event, "values")), 1);
}
END_TEST

static const cJSON *reclaim_line(struct reclaim_event event)
{
    return line(event_write_reclaim(&writer, &sample->machine, &nic, &event));
}

#define CAUSE "type event time_ns task cpu gfp order"

START_TEST(reclaim_events_have_the_members_of_their_kind)
{
    const struct zone *zone = &sample->machine.zones[1];

    expect_keys(reclaim_line((struct reclaim_event){.kind = RECLAIM_BALANCE_END, .nid = 1}),
                CAUSE " node kswapd_order scanned freed ret");
    ck_assert_int_eq(number(read_line, "node"), 1);
    expect_keys(reclaim_line((struct reclaim_event){
                    .kind = RECLAIM_SHRINK_PAGE_LIST, .zone = zone, .sync = true, .activated = 5}),
                CAUSE " zone sync pages scanned freed activated");
    ck_assert_str_eq(text(read_line, "event"), "shrink_page_list");
    ck_assert_str_eq(text(read_line, "zone"), "0/DMA32");
    ck_assert_int_eq(number(read_line, "activated"), 5);
    expect_keys(reclaim_line((struct reclaim_event){
                    .kind = RECLAIM_CONGESTION_WAIT, .timeout = 25, .begin_ns = 7, .woken = true}),
                CAUSE " timeout_jiffies from_ns until_ns ended");
    ck_assert_int_eq(number(read_line, "from_ns"), 7);
    ck_assert_int_eq(number(read_line, "until_ns"), 77);
    ck_assert_str_eq(text(read_line, "ended"), "woken");
    expect_keys(reclaim_line((struct reclaim_event){.kind = RECLAIM_REQUEST_WAIT}),
                CAUSE " device from_ns until_ns");
    ck_assert_str_eq(text(read_line, "device"), "sda");
    expect_keys(reclaim_line((struct reclaim_event){.kind = RECLAIM_OOM_PANIC}), CAUSE);
}
END_TEST

START_TEST(a_direct_reclaim_bears_its_own_request)
{
    expect_keys(reclaim_line((struct reclaim_event){
                    .kind = RECLAIM_DIRECT_END, .order = 4, .gfp = GFP_NOFS, .priority = -1}),
                CAUSE " zone priority scanned freed ret from_ns until_ns");
    ck_assert_int_eq(number(read_line, "order"), 4);
    ck_assert_str_eq(text(read_line, "gfp"), "GFP_NOFS");
    ck_assert_int_eq(number(read_line, "priority"), -1);
    ck_assert(cJSON_IsNull(member(read_line, "zone")));
}
END_TEST

START_TEST(an_oom_kill_names_the_victim_and_its_points)
{
    const cJSON *event = reclaim_line((struct reclaim_event){
        .kind = RECLAIM_OOM_KILL, .process = &sample->process, .points = 99, .memdie = true});

    expect_keys(event, CAUSE " victim pid points memdie");
    ck_assert_str_eq(text(event, "victim"), "nic");
    ck_assert_int_eq(number(event, "pid"), 7);
    ck_assert_int_eq(number(event, "points"), 99);
    ck_assert(cJSON_IsTrue(member(event, "memdie")));
}
END_TEST

START_TEST(a_slow_allocation_names_its_page_if_it_has_one)
{
    struct failure request = {
        .begin_ns = 5, .time_ns = 50, .task = "nic", .gfp = GFP_KERNEL, .call = "vmalloc"};
    const cJSON *event =
        line(event_write_alloc_slow(&writer, &sample->machine, &request, (pfn_t){9000}));

    expect_keys(event, "type event time_ns task cpu gfp order node call begin_ns "
                       "direct_reclaims congestion_waits ooms refusals zone pfn");
    ck_assert_str_eq(text(event, "call"), "vmalloc");
    ck_assert_str_eq(text(event, "zone"), "1/DMA32");
    ck_assert_int_eq(number(event, "pfn"), 9000);
    event = line(event_write_alloc_slow(&writer, &sample->machine, &request, PFN_NONE));
    ck_assert(cJSON_IsNull(member(event, "zone")));
    ck_assert(cJSON_IsNull(member(event, "pfn")));
}
END_TEST

START_TEST(tick_shows_reclaim_as_it_is)
{
    struct machine *machine = &sample->machine;
    struct backing_dev *dev = &sample->reclaim.devices[0];
    const cJSON *tick, *object;

    machine->vm_events[PGSCAN_KSWAPD_ZONE0 + 1] = 100;
    machine->vm_events[PGSCAN_DIRECT_ZONE0 + 3] = 300;
    machine->vm_events[PGSTEAL_ZONE0 + 1] = 90;
    machine->vm_events[KSWAPD_STEAL] = 60;
    machine->nodes[1].kswapd_asleep = false;
    sample->reclaim.kswapds[1] = (struct kswapd){.order = 3, .priority = 9, .busy_ns = 40};
    sample->reclaim.kswapds[1].run_begin_ns = 900;
    dev->count[IO_WRITE] = 4;
    dev->pages_done[IO_READ] = 11;
    sample->user.refaults = 6;
    sample->stats.kswapd_ns = 140;
    clock_advance_to(&sample->clock, 1000);
    tick = line(tick_write(&writer, machine, &sample->stats));
    object = member(tick, "reclaim");
    ck_assert_int_eq(number(object, "kswapd_scanned"), 100);
    ck_assert_int_eq(number(object, "direct_scanned"), 300);
    ck_assert_int_eq(number(object, "direct_freed"), 30);
    ck_assert_int_eq(number(object, "efficiency_permille"), 225);
    object = cJSON_GetArrayItem(member(member(tick, "kswapd"), "nodes"), 1);
    ck_assert_int_eq(number(object, "order"), 3);
    ck_assert_int_eq(number(object, "priority"), 9);
    ck_assert_int_eq(number(object, "awake_ns"), 140);
    object = cJSON_GetArrayItem(member(member(tick, "kswapd"), "nodes"), 0);
    ck_assert(cJSON_IsNull(member(object, "priority")));
    ck_assert_int_eq(number(member(tick, "kswapd"), "awake_ns"), 140);
    object = cJSON_GetArrayItem(member(tick, "devices"), 0);
    ck_assert_str_eq(text(object, "name"), "sda");
    ck_assert_int_eq(number(object, "queued_writes"), 4);
    ck_assert_int_eq(number(object, "read_pages"), 11);
    ck_assert_int_eq(number(member(tick, "swap"), "free_pages"),
                     (int64_t)sample->reclaim.swap.nr_free_pages);
    ck_assert_int_eq(number(member(tick, "user"), "refaults"), 6);
}
END_TEST

START_TEST(rates_of_nothing_are_null)
{
    struct summary_info info = sample_summary(sample);
    const cJSON *summary = line(summary_write(&writer, &info));

    ck_assert(cJSON_IsNull(member(member(summary, "reclaim"), "efficiency_permille")));
    ck_assert(cJSON_IsNull(member(member(summary, "rates"), "cache_hit_permille")));
    sample->user.cache_hits = 3;
    sample->user.cache_misses = 1;
    summary = line(summary_write(&writer, &info));
    ck_assert_int_eq(number(member(summary, "rates"), "cache_hit_permille"), 750);
}
END_TEST

START_TEST(summary_tells_of_each_task)
{
    struct summary_info info = sample_summary(sample);
    const cJSON *task;

    sample->tasks[1].stalls[STALL_CONGESTION_WAIT] = 2;
    sample->tasks[1].stall_ns[STALL_CONGESTION_WAIT] = 40;
    sample->tasks[1].oom_killed = true;
    task = cJSON_GetArrayItem(member(line(summary_write(&writer, &info)), "tasks"), 1);
    expect_keys(task, "name cpu_ns stall direct_reclaims direct_reclaim_ns minor_faults "
                      "major_faults oom_killed");
    ck_assert_str_eq(text(task, "name"), "kswapd0");
    ck_assert_int_eq(number(member(member(task, "stall"), "congestion_wait"), "total_ns"), 40);
    ck_assert(cJSON_IsTrue(member(task, "oom_killed")));
}
END_TEST

START_TEST(summary_has_the_ticks_fields_and_its_own)
{
    struct summary_info info = sample_summary(sample);
    const cJSON *summary, *zone, *failures, *group;

    sample_exhaust(sample, GFP_ATOMIC);
    summary_tick(&sample->state, &sample->machine);
    summary = line(summary_write(&writer, &info));
    expect_keys(
        summary,
        "type time_ns jiffies kernel workload ended ticks events_processed zones "
        "vmstat alloc alloc_latency_ns free stall late kswapd reclaim swap "
        "dirty devices user calls slabs vmalloc extfrag tasks_blocked blocks_live pages_live "
        "oom_kills ops_of_dead_tasks bad_pages misuses tasks rates failures");
    zone = cJSON_GetArrayItem(member(summary, "zones"), 0);
    expect_zone(zone, &sample->machine.zones[0]);
    ck_assert_int_eq(number(zone, "min_free_pages"), number(zone, "nr_free_pages"));
    ck_assert_int_eq(number(zone, "ticks_below_min"), 1);
    ck_assert_int_eq(number(zone, "ticks_below_high"), 1);
    failures = member(summary, "failures");
    ck_assert_int_eq(number(failures, "count"), 1);
    group = cJSON_GetArrayItem(member(failures, "groups"), 0);
    ck_assert_str_eq(text(group, "gfp"), "GFP_ATOMIC");
    ck_assert_str_eq(text(group, "zone"), "0/DMA32");
    ck_assert_str_eq(text(group, "check"), "watermark");
    ck_assert_int_eq(cJSON_GetArraySize(member(failures, "first")), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lines");
    TCase *numa = tcase_create("numa");
    TCase *uma = tcase_create("uma");
    const TTest *const on_numa[] = {
        header_says_what_was_run,
        header_shows_the_effective_machine,
        header_shows_whose_memory_is_of_which_nodes,
        header_shows_the_booted_zones_and_zonelists,
        tick_keys_stand_in_a_fixed_order,
        tick_shows_each_zone_as_it_is,
        tick_shows_the_run_as_it_is,
        vmstat_has_the_kernels_names_in_the_kernels_order,
        a_negative_counter_reads_as_zero,
        counters_above_2_to_the_53_are_exact,
        failure_names_each_zone_and_its_check,
        events_begin_with_their_cause,
        extfrag_names_the_block_that_was_stolen,
        other_events_name_what_happened,
        reclaim_events_have_the_members_of_their_kind,
        a_direct_reclaim_bears_its_own_request,
        an_oom_kill_names_the_victim_and_its_points,
        a_slow_allocation_names_its_page_if_it_has_one,
        tick_shows_reclaim_as_it_is,
        rates_of_nothing_are_null,
        summary_tells_of_each_task,
        summary_has_the_ticks_fields_and_its_own,
    };

    tcase_add_checked_fixture(numa, boot_numa, shut_down);
    tcase_add_checked_fixture(uma, boot_uma, shut_down);
    for (unsigned i = 0; i < sizeof(on_numa) / sizeof(on_numa[0]); i++)
        tcase_add_test(numa, on_numa[i]);
    tcase_add_test(uma, vmstat_without_numa_has_no_numa_counters);
    suite_add_tcase(suite, numa);
    suite_add_tcase(suite, uma);
    return test_run(suite);
}
