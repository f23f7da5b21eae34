/* SPDX-License-Identifier: MIT */
/* Tests of what is known of metrics by their names. */
#include <string.h>

#include "compare/metric_catalogue.h"
#include "compare/metric_path.h"
#include "lib/test.h"

static void expect_direction(enum metric_direction expected, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(metric_direction(names[i]) == expected, "%s", names[i]);
}
#define EXPECT_DIRECTION(expected, ...)                              \
    expect_direction((expected), (const char *const[]){__VA_ARGS__}, \
                     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

START_TEST(waits_failures_and_lacks_are_better_low)
{
    EXPECT_DIRECTION(
        METRIC_LOWER_IS_BETTER, "alloc.failed", "alloc.failed_by_order[3]", "alloc.slow_paths",
        "alloc_latency_ns.p99", "alloc_latency_ns.max", "stall.direct_reclaim.total_ns",
        "stall.oom.count", "late.ops", "vmstat.allocstall", "oom_kills", "tasks[a].oom_killed",
        "user.refaults", "rates.refault_permille", "vmstat.pgmajfault", "user.major_faults",
        "tasks[x].major_faults", "rates.major_fault_permille", "zones[0/DMA].ticks_below_low",
        "reclaim.direct_reclaims", "reclaim.direct_reclaim_ns.count", "reclaim.congestion_waits",
        "rates.congestion_wait_timeout_permille", "vmstat.pswpin", "vmstat.pswpout",
        "zones[0/DMA].unusable_index[9]", "failures.count", "failures.groups[0].count",
        "extfrag.events", "kswapd.awake_ns", "kswapd.nodes[0].awake_ns",
        "tasks[a].stall.resched.count", "tasks[a].direct_reclaim_ns", "calls.kmalloc.failed",
        "vmalloc.failed.no_memory", "slabs[dentry].waste_bytes.max", "misuses.count",
        "misuses.by_check.slab_free_twice", "vmalloc.fragmentation_permille");
}
END_TEST

START_TEST(margins_and_yields_are_better_high)
{
    EXPECT_DIRECTION(METRIC_HIGHER_IS_BETTER, "zones[0/DMA].margin_low_pages",
                     "zones[0/DMA].min_free_pages", "reclaim.efficiency_permille",
                     "rates.cache_hit_permille", "vmalloc.largest_hole_bytes.min");
}
END_TEST

START_TEST(anything_else_is_neutral)
{
    EXPECT_DIRECTION(METRIC_NEUTRAL, "alloc.count", "alloc_latency_ns.count", "free.count",
                     "kswapd.wakeups", "vmstat.pgfree", "zones[0/DMA].nr_free_pages",
                     "failures.groups[0].order", "zones[0/DMA].fragmentation_index[9]", "time_ns",
                     "zones[0/DMA].min_free_time_ns", "tasks[a].cpu_ns", "calls.kmalloc.count",
                     "slabs[dentry].active_objects", "vmalloc.used_bytes", "zones[0/DMA].numa_miss",
                     "");
}
END_TEST

START_TEST(an_aggregate_inherits_but_a_moment_does_not)
{
    EXPECT_DIRECTION(METRIC_LOWER_IS_BETTER, "vmstat.allocstall.last", "late.total_ns.mean",
                     "zones[0/DMA].unusable_index[9].integral", "alloc_latency_ns.p99.max");
    EXPECT_DIRECTION(METRIC_HIGHER_IS_BETTER, "zones[0/DMA].margin_low_pages.min",
                     "zones[0/DMA].margin_low_pages.integral");
    EXPECT_DIRECTION(METRIC_NEUTRAL, "zones[0/DMA].margin_low_pages.first_below(0)",
                     "zones[0/DMA].margin_low_pages.time_above(-1.5)", "alloc_latency_ns.count.max",
                     "zones[0/DMA].nr_free_pages.min");
}
END_TEST

START_TEST(names_in_brackets_count_for_nothing)
{
    EXPECT_DIRECTION(METRIC_NEUTRAL, "tasks[latency].cpu_ns", "tasks[a.stall.b].cpu_ns",
                     "tasks[a\\]latency].cpu_ns", "tasks[a\\\\].cpu_ns");
    EXPECT_DIRECTION(METRIC_LOWER_IS_BETTER, "tasks[a\\]].major_faults");
}
END_TEST

START_TEST(a_name_of_any_length_is_judged)
{
    char name[1000];

    memset(name, 'a', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    ck_assert_int_eq(metric_direction(name), METRIC_NEUTRAL);
    ck_assert_int_eq(metric_unit(name), METRIC_UNIT_NONE);
}
END_TEST

START_TEST(units_are_told_by_the_field)
{
    static const struct {
        const char *name;
        enum metric_unit unit;
    } cases[] = {
        {"late.total_ns", METRIC_UNIT_NS},
        {"late.total_ns.mean", METRIC_UNIT_NS},
        {"late.total_ns.integral", METRIC_UNIT_NONE},
        {"alloc_latency_ns.p999", METRIC_UNIT_NS},
        {"alloc_latency_ns.p99.max", METRIC_UNIT_NS},
        {"alloc_latency_ns.sum", METRIC_UNIT_NS},
        {"alloc_latency_ns.count", METRIC_UNIT_NONE},
        {"zones[a_ns].nr_free_pages", METRIC_UNIT_NONE},
        {"zones[0].nr_free_pages.first_below(5)", METRIC_UNIT_NS},
        {"zones[0].nr_free_pages.time_above(5ms)", METRIC_UNIT_NS},
        {"rates.cache_hit_permille", METRIC_UNIT_PERMILLE},
        {"reclaim.efficiency_permille.min", METRIC_UNIT_PERMILLE},
        {"alloc.count", METRIC_UNIT_NONE},
        {"min", METRIC_UNIT_NONE},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_msg(metric_unit(cases[i].name) == cases[i].unit, "%s", cases[i].name);
}
END_TEST

START_TEST(headline_metrics_are_paths_and_different)
{
    for (size_t i = 0; i < metric_headline_count; i++) {
        struct sim_error err = {0};
        struct metric_path path;

        ck_assert_msg(metric_path_init(&path, metric_headline[i], &err), "%s", err.message);
        metric_path_fini(&path);
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(metric_headline[i], metric_headline[k]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metric_catalogue");

    TEST_CASE(suite, "direction", waits_failures_and_lacks_are_better_low,
              margins_and_yields_are_better_high, anything_else_is_neutral,
              an_aggregate_inherits_but_a_moment_does_not, names_in_brackets_count_for_nothing,
              a_name_of_any_length_is_judged);
    TEST_CASE(suite, "unit", units_are_told_by_the_field);
    TEST_CASE(suite, "headline", headline_metrics_are_paths_and_different);
    return test_run(suite);
}
