/* SPDX-License-Identifier: MIT */
/* Tests of the summary's accumulator and of its table. */
#include <stdlib.h>
#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "stats/summary_table.h"
#include "stats_sample.h"

enum { TABLE_COLUMNS = 100 };

static struct sample *sample;

static void boot(void)
{
    sample = malloc(sizeof(*sample));
    ck_assert_ptr_nonnull(sample);
    sample_boot_numa(sample);
}

static void shut_down(void)
{
    sample_fini(sample);
    free(sample);
}

/* A failure of which zone 0 is the first to refuse, by `refusal`. */
static void add_failure(uint64_t time_ns, unsigned order, enum alloc_refusal refusal)
{
    struct zone_refusal refusals[] = {{.zone_id = 0, .refusal = refusal},
                                      {.zone_id = 1, .refusal = REFUSED_NO_BLOCK}};
    char task[] = "passing";
    struct failure failure = {.time_ns = time_ns,
                              .task = task,
                              .gfp = GFP_ATOMIC,
                              .order = order,
                              .refusals = refusals,
                              .nr_refusals = 2};

    summary_add_failure(&sample->state, &failure);
    /* what was passed is not needed any more */
    memset(refusals, 0xff, sizeof(refusals));
    memset(task, '!', sizeof(task) - 1);
}

START_TEST(ticks_keep_the_least_free_pages_and_when)
{
    struct zone *zone = &sample->machine.zones[0];
    const struct zone_extremes *extremes = &sample->state.zones[0];
    int64_t booted = zone->vm_stat[NR_FREE_PAGES];

    ck_assert_uint_eq(extremes->min_free_pages, (uint64_t)booted);
    for (int64_t i = 0; i < 5; i++) {
        clock_advance_to(&sample->clock, (uint64_t)(i + 1) * 10);
        zone->vm_stat[NR_FREE_PAGES] = booted - (i < 3 ? i * 7 : 1);
        summary_tick(&sample->state, &sample->machine);
    }
    ck_assert_uint_eq(sample->state.ticks, 5);
    ck_assert_uint_eq(extremes->min_free_pages, (uint64_t)booted - 14);
    ck_assert_uint_eq(extremes->min_free_time_ns, 30);
}
END_TEST

START_TEST(ticks_count_the_time_at_each_level)
{
    struct zone *zone = &sample->machine.zones[0];
    const uint64_t marks[] = {zone->pages_min, zone->pages_low, zone->pages_high,
                              zone->pages_high + 1};

    for (unsigned i = 0; i < 4; i++) {
        zone->vm_stat[NR_FREE_PAGES] = (int64_t)marks[i];
        summary_tick(&sample->state, &sample->machine);
    }
    for (unsigned level = 0; level < NR_LEVELS; level++)
        ck_assert_uint_eq(sample->state.zones[0].ticks_at_level[level], 1);
}
END_TEST

START_TEST(the_first_hundred_failures_are_kept_in_full)
{
    for (unsigned i = 0; i < 150; i++)
        add_failure(i, 3, REFUSED_WATERMARK_ORDER);
    ck_assert_uint_eq(sample->state.failures, 150);
    ck_assert_uint_eq(sample->state.nr_kept, SUMMARY_FAILURES_MAX);
    for (unsigned i = 0; i < SUMMARY_FAILURES_MAX; i++) {
        const struct failure *kept = &sample->state.kept[i];

        ck_assert_uint_eq(kept->time_ns, i);
        ck_assert_str_eq(kept->task, "passing");
        ck_assert_uint_eq(kept->nr_refusals, 2);
        ck_assert_uint_eq(kept->refusals[1].zone_id, 1);
        ck_assert_int_eq(kept->refusals[1].refusal, REFUSED_NO_BLOCK);
    }
}
END_TEST

START_TEST(the_first_failure_of_a_late_kind_is_kept_too)
{
    for (unsigned i = 0; i < 150; i++)
        add_failure(i, 3, REFUSED_WATERMARK_ORDER);
    add_failure(150, 2, REFUSED_WATERMARK);
    add_failure(151, 2, REFUSED_WATERMARK);
    ck_assert_uint_eq(sample->state.nr_kept, SUMMARY_FAILURES_MAX + 1);
    ck_assert_uint_eq(sample->state.kept[SUMMARY_FAILURES_MAX].time_ns, 150);
}
END_TEST

START_TEST(failures_are_grouped_by_request_and_first_refusal)
{
    add_failure(1, 0, REFUSED_WATERMARK);
    add_failure(2, 3, REFUSED_WATERMARK);
    add_failure(3, 0, REFUSED_NO_BLOCK);
    add_failure(4, 0, REFUSED_WATERMARK);
    ck_assert_uint_eq(sample->state.nr_groups, 3);
    ck_assert_uint_eq(sample->state.groups[0].count, 2);
    ck_assert_uint_eq(sample->state.groups[0].first_time_ns, 1);
    ck_assert_uint_eq(sample->state.groups[0].last_time_ns, 4);
    ck_assert_uint_eq(sample->state.groups[1].order, 3);
    ck_assert_int_eq(sample->state.groups[2].refusal, REFUSED_NO_BLOCK);
}
END_TEST

START_TEST(kinds_beyond_the_limit_are_counted_together)
{
    for (unsigned order = 0; order < SUMMARY_GROUPS_MAX + 5; order++)
        add_failure(order, order, REFUSED_WATERMARK);
    add_failure(99, 0, REFUSED_WATERMARK);
    ck_assert_uint_eq(sample->state.nr_groups, SUMMARY_GROUPS_MAX);
    ck_assert_uint_eq(sample->state.ungrouped_failures, 5);
    ck_assert_uint_eq(sample->state.groups[0].count, 2);
}
END_TEST

START_TEST(a_long_task_name_is_cut)
{
    char name[200];
    struct failure failure = {.task = name};

    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    summary_add_failure(&sample->state, &failure);
    ck_assert_uint_eq(strlen(sample->state.kept[0].task), SUMMARY_TASK_NAME_MAX - 1);
    ck_assert_int_eq(sample->state.groups[0].zone_id, -1);
}
END_TEST

START_TEST(lack_of_memory_leaves_nothing_behind)
{
    for (unsigned nth = 0;; nth++) {
        struct summary_state state;
        struct sim_error err = {0};
        bool good, failed;

        fail_malloc_at(nth);
        good = summary_init(&state, &sample->machine, &err);
        failed = fail_malloc_off();
        ck_assert_int_eq(good, !failed);
        ck_assert_int_eq(err.code, failed ? ERR_OUT_OF_MEMORY : ERR_NONE);
        summary_fini(&state);
        if (!failed)
            break;
    }
    summary_fini(NULL);
}
END_TEST

static void expect_in_table(const struct strbuf *table, const char *words)
{
    ck_assert_msg(strstr(table->data, words), "no \"%s\" in\n%s", words, table->data);
}

START_TEST(table_of_a_quiet_run_is_short)
{
    struct summary_info info = sample_summary(sample);
    struct strbuf table = {0};

    clock_advance_to(&sample->clock, 1500000000);
    summary_table_format(&table, &info);
    expect_in_table(&table, "burst on linux-2.6.24: 1.500 s of virtual time, 0 ticks");
    expect_in_table(&table, "stalls      none\n");
    expect_in_table(&table, "docs/output.md");
    ck_assert_ptr_null(strstr(table.data, "failures, by kind"));
    ck_assert_ptr_null(strstr(table.data, "latency"));
    strbuf_fini(&table);
}
END_TEST

START_TEST(table_gives_the_reasons_of_failures_in_words)
{
    struct summary_info info = sample_summary(sample);
    struct strbuf table = {0};

    sample_exhaust(sample, GFP_ATOMIC);
    sample_alloc(sample, GFP_BIT_DMA | GFP_BIT_HIGH, 5);
    sample_alloc(sample, GFP_NOWAIT, 11);
    summary_tick(&sample->state, &sample->machine);
    sample->stats.stalls[STALL_CONGESTION_WAIT] = 2;
    sample->stats.stall_ns[STALL_CONGESTION_WAIT] = 40000000;
    sample->stats.stalls[STALL_OOM] = 1;
    sample->stats.stall_ns[STALL_OOM] = 999;
    sample->stats.late_ops = 3;
    sample->stats.late_ns = 1500;
    sample->stats.extfrag_steals = 1;
    summary_table_format(&table, &info);
    expect_in_table(&table, "1 x GFP_ATOMIC, order 0, first at 0 ns\n");
    expect_in_table(&table, "      0/DMA refused: free ");
    expect_in_table(&table, " + lowmem_reserve 15\n");
    expect_in_table(&table, "no free block of order 11 or more\n");
    expect_in_table(&table, "failed      of order 0 to 10 and larger: 1 0 0 0 0 1 0 0 0 0 0 1\n");
    expect_in_table(
        &table,
        "stalls      congestion_wait 2 times, 40.000 ms\n            oom 1 times, 999 ns\n");
    expect_in_table(&table, "late        3 operations, in all 1.500 us, worst 0 ns\n");
    expect_in_table(&table, "below_min");
    expect_in_table(&table, "vm.min_free_kbytes");
    expect_in_table(&table, "numa_miss");
    strbuf_fini(&table);
}
END_TEST

START_TEST(table_of_a_quiet_run_says_nothing_of_reclaim)
{
    static const char *const words[] = {"reclaim  ", "direct  ",   "congestion",
                                        "faults ",   "page cache", "dirty ",
                                        "swap ",     "devices",    "tasks that lost"};
    struct summary_info info = sample_summary(sample);
    struct strbuf table = {0};

    summary_table_format(&table, &info);
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        ck_assert_msg(!strstr(table.data, words[i]), "%s in\n%s", words[i], table.data);
    strbuf_fini(&table);
}
END_TEST

/* Reclaim, devices, user memory and tasks with something to tell. */
static void make_busy(void)
{
    uint64_t *events = sample->machine.vm_events;
    struct backing_dev *sda = &sample->reclaim.devices[0];

    clock_advance_to(&sample->clock, 1000000000);
    events[PGSCAN_KSWAPD_ZONE0] = 1000;
    events[PGSCAN_DIRECT_ZONE0 + 1] = 10;
    events[PGSTEAL_ZONE0] = 505;
    events[KSWAPD_STEAL] = 500;
    events[PSWPOUT] = 77;
    histogram_record(&sample->stats.direct_reclaim_ns, 40);
    sample->stats.congestion_waits = 148;
    sample->stats.congestion_wait_timeouts = 127;
    sample->user = (struct user_work){.minor_faults = 9, .cache_hits = 7, .cache_misses = 1};
    sda->pages_done[IO_READ] = 64;
    sda->requests_done[IO_READ] = 2;
    sda->busy_ns = 250000000;
    sample->tasks[0].stall_ns[STALL_PAGE_READ] = 3000;
    sample->tasks[1].stall_ns[STALL_OOM] = 1000;
    sample->tasks[1].stall_ns[STALL_CONGESTION_WAIT] = 4000;
    sample->tasks[1].oom_killed = true;
}

START_TEST(table_says_what_reclaim_did)
{
    struct summary_info info = sample_summary(sample);
    struct strbuf table = {0};

    make_busy();
    summary_table_format(&table, &info);
    expect_in_table(&table, "reclaim     kswapd scanned 1000, freed 500 (50.0 %); direct scanned "
                            "10, freed 5 (50.0 %)\n");
    expect_in_table(&table, "direct      1 reclaims: p50 40 ns, p99 40 ns, max 40 ns\n");
    expect_in_table(&table, "congestion  148 waits, 127 for the whole timeout\n");
    expect_in_table(&table, "faults      9 minor, 0 major, 0 without memory; 0 pages swapped in\n");
    expect_in_table(&table, "page cache  7 of 8 reads hit (87.5 %), 0 refaults");
    expect_in_table(&table, "in the swap cache; 77 out, 0 in\n");
    expect_in_table(&table,
                    "devices     sda: read 64 pages in 2 requests, wrote 0 in 0, busy 25.0 %");
    strbuf_fini(&table);
}
END_TEST

START_TEST(table_puts_the_worst_task_first)
{
    struct summary_info info = sample_summary(sample);
    struct strbuf table = {0};

    make_busy();
    summary_table_format(&table, &info);
    expect_in_table(&table, "tasks that lost most time\n"
                            "  kswapd0 lost 5.000 us, 4.000 us of it in congestion_wait; killed\n"
                            "  nic lost 3.000 us, 3.000 us of it in page_read\n\n");
    strbuf_fini(&table);
}
END_TEST

START_TEST(table_lines_fit_a_terminal)
{
    struct summary_info info = sample_summary(sample);
    struct strbuf table = {0};

    sample_exhaust(sample, GFP_ATOMIC);
    for (unsigned order = 0; order < 12; order++)
        sample_alloc(sample, GFP_ATOMIC, order);
    for (unsigned i = 0; i < NR_STALLS; i++)
        sample->stats.stalls[i] = 1000;
    make_busy();
    summary_table_format(&table, &info);
    expect_in_table(&table, "more kinds\n");
    for (const char *at = table.data; *at; at += strcspn(at, "\n") + 1)
        ck_assert_msg(strcspn(at, "\n") <= TABLE_COLUMNS, "%.120s", at);
    strbuf_fini(&table);
}
END_TEST

START_TEST(table_says_when_memory_lacked)
{
    struct summary_info info = sample_summary(sample);

    sample_exhaust(sample, GFP_ATOMIC);
    for (unsigned nth = 0;; nth++) {
        struct strbuf table = {0};
        bool failed;

        fail_malloc_at(nth);
        summary_table_format(&table, &info);
        failed = fail_malloc_off();
        ck_assert_int_eq(table.failed, failed);
        strbuf_fini(&table);
        if (!failed)
            break;
    }
}
END_TEST

static void add_case(Suite *suite, const char *name, const TTest *const *tests, unsigned count)
{
    TCase *tcase = tcase_create(name);

    tcase_add_checked_fixture(tcase, boot, shut_down);
    for (unsigned i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
}

int main(void)
{
    Suite *suite = suite_create("summary");
    const TTest *const accumulator[] = {
        ticks_keep_the_least_free_pages_and_when,
        ticks_count_the_time_at_each_level,
        the_first_hundred_failures_are_kept_in_full,
        the_first_failure_of_a_late_kind_is_kept_too,
        failures_are_grouped_by_request_and_first_refusal,
        kinds_beyond_the_limit_are_counted_together,
        a_long_task_name_is_cut,
        lack_of_memory_leaves_nothing_behind,
    };
    const TTest *const table[] = {
        table_of_a_quiet_run_is_short,
        table_gives_the_reasons_of_failures_in_words,
        table_of_a_quiet_run_says_nothing_of_reclaim,
        table_says_what_reclaim_did,
        table_puts_the_worst_task_first,
        table_lines_fit_a_terminal,
        table_says_when_memory_lacked,
    };

    add_case(suite, "accumulator", accumulator, sizeof(accumulator) / sizeof(accumulator[0]));
    add_case(suite, "table", table, sizeof(table) / sizeof(table[0]));
    return test_run(suite);
}
