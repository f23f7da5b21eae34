/* SPDX-License-Identifier: MIT */
/* Tests of the metrics of a run, from its lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "compare/metric_set.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

static const char *const header = "{\"type\":\"header\",\"schema_version\":1}";
static const char *const event = "{\"type\":\"event\",\"event\":\"stall\",\"time_ns\":5,\"x\":1.5}";

/* Two ticks and a summary with two zones, one task, and a value that is null. */
static const char *const tick_1 =
    "{\"type\":\"tick\",\"time_ns\":1000000000,\"zones\":[{\"name\":\"0/DMA\",\"free\":10,"
    "\"margin\":-5,\"nr_free\":[1,2]},{\"name\":\"0/"
    "Normal\",\"free\":100,\"margin\":50,\"nr_free\":["
    "3,4]}],\"lat_ns\":{\"count\":1,\"p99\":7},\"rate\":null,\"kswapd\":{\"nodes\":[{\"node\":0,"
    "\"asleep\":true}]}}";
static const char *const tick_2 =
    "{\"type\":\"tick\",\"time_ns\":4000000000,\"zones\":[{\"name\":\"0/DMA\",\"free\":20,"
    "\"margin\":5,\"nr_free\":[0,1]},{\"name\":\"0/Normal\",\"free\":90,\"margin\":40,\"nr_free\":["
    "5,6]}],\"lat_ns\":{\"count\":4,\"p99\":9},\"rate\":8,\"kswapd\":{\"nodes\":[{\"node\":0,"
    "\"asleep\":false}]}}";
static const char *const summary =
    "{\"type\":\"summary\",\"time_ns\":5000000000,\"ended\":\"idle\",\"zones\":[{\"name\":\"0/"
    "DMA\","
    "\"free\":21,\"margin\":6,\"nr_free\":[9,8],\"below\":3},{\"name\":\"0/Normal\",\"free\":91,"
    "\"margin\":41,\"nr_free\":[7,6],\"below\":4}],\"lat_ns\":{\"count\":5,\"p99\":11},\"rate\":"
    "null,"
    "\"kswapd\":{\"nodes\":[{\"node\":0,\"asleep\":true}]},\"big\":18446744073709551615,\"stall\":{"
    "\"a\":{\"n\":1},\"b.c\":{\"n\":2}},\"groups\":[],\"tasks\":[{\"name\":\"a]\\u0062\",\"n\":1},{"
    "\"name\":\"7\",\"n\":2},{\"name\":\"7\",\"n\":3},{\"name\":\"*\",\"n\":4},{\"n\":5}]}";

static bool feed(struct metric_set *set, const char *line, struct sim_error *err)
{
    /* in a block of its size, so that a read past the end is seen */
    size_t length = strlen(line);
    char *copy = malloc(length);
    bool good;

    memcpy(copy, line, length);
    good = metric_set_line(set, copy, length, err);
    free(copy);
    return good;
}

static bool feed_run(struct metric_set *set, struct sim_error *err)
{
    return feed(set, header, err) && feed(set, tick_1, err) && feed(set, event, err) &&
           feed(set, tick_2, err) && feed(set, summary, err) && metric_set_finish(set, err);
}

/* "NAME=VALUE NAME=VALUE" */
static void tell(const struct metric_set *set, struct strbuf *buf)
{
    for (size_t i = 0; i < metric_set_count(set); i++) {
        strbuf_addf(buf, "%s%s=", i ? " " : "", metric_set_at(set, i)->name);
        metric_value_format(buf, metric_set_at(set, i)->value);
    }
}

static void expect_told(const struct metric_set *set, const char *expected)
{
    struct strbuf buf = {0};

    tell(set, &buf);
    ck_assert_str_eq(buf.data ? buf.data : "", expected);
    strbuf_fini(&buf);
}

static void expect_metrics(const char *text, const char *expected)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert_msg(metric_set_add(set, text, &err) && feed_run(set, &err), "%s: %s", text,
                  err.message);
    expect_told(set, expected);
    metric_set_destroy(set);
}

START_TEST(a_path_leads_to_a_number_of_the_summary)
{
    expect_metrics("time_ns", "time_ns=5000000000");
    expect_metrics("lat_ns.count", "lat_ns.count=5");
    expect_metrics("big", "big=18446744073709551615");
    expect_metrics("zones[0/Normal].free", "zones[0/Normal].free=91");
    expect_metrics("zones[1].nr_free[0]", "zones[1].nr_free[0]=7");
    expect_metrics("kswapd.nodes[0].asleep", "kswapd.nodes[0].asleep=1");
    expect_metrics("rate", "rate=-");
    expect_metrics("stall[a].n", "stall[a].n=1");
    expect_metrics("stall[b.c].n", "stall[b.c].n=2");
}
END_TEST

START_TEST(each_element_is_one_metric)
{
    expect_metrics("zones[*].below", "zones[0/DMA].below=3 zones[0/Normal].below=4");
    expect_metrics("zones[*].nr_free[*]",
                   "zones[0/DMA].nr_free[0]=9 zones[0/DMA].nr_free[1]=8 "
                   "zones[0/Normal].nr_free[0]=7 zones[0/Normal].nr_free[1]=6");
    expect_metrics("zones[*].margin.min",
                   "zones[0/DMA].margin.min=-5 zones[0/Normal].margin.min=40");
    expect_metrics("stall[*].n", "stall.a.n=1 stall[b.c].n=2");
    expect_metrics("kswapd.nodes[*].node", "kswapd.nodes[0].node=0");
    expect_metrics("groups[*].count", "");
    expect_metrics("groups[*].count.max", "");
}
END_TEST

START_TEST(names_of_elements_can_be_read_again)
{
    expect_metrics("tasks[*].n", "tasks[a\\]b].n=1 tasks[\\7].n=2 tasks[2].n=3 tasks[\\*].n=4 "
                                 "tasks[4].n=5");
    expect_metrics("tasks[a\\]b].n", "tasks[a\\]b].n=1");
    expect_metrics("tasks[\\*].n", "tasks[\\*].n=4");
    expect_metrics("tasks[4].n", "tasks[4].n=5");
}
END_TEST

START_TEST(an_aggregate_is_taken_over_the_ticks)
{
    expect_metrics("zones[0/DMA].free.min", "zones[0/DMA].free.min=10");
    expect_metrics("zones[0/DMA].free.max", "zones[0/DMA].free.max=20");
    expect_metrics("zones[0/DMA].free.last", "zones[0/DMA].free.last=20");
    expect_metrics("zones[0/DMA].margin.mean", "zones[0/DMA].margin.mean=0");
    expect_metrics("zones[0/Normal].nr_free[1].mean", "zones[0/Normal].nr_free[1].mean=5");
    /* 10 for the first second, 20 for the three that follow */
    expect_metrics("zones[0/DMA].free.integral", "zones[0/DMA].free.integral=70");
    expect_metrics("kswapd.nodes[0].asleep.mean", "kswapd.nodes[0].asleep.mean=0.5");
    expect_metrics("lat_ns.count.p50", "lat_ns.count.p50=1");
    expect_metrics("lat_ns.count.p95", "lat_ns.count.p95=4");
}
END_TEST

START_TEST(moments_and_lengths_of_time_count_ticks)
{
    expect_metrics("zones[0/DMA].margin.first_below(0)",
                   "zones[0/DMA].margin.first_below(0)=1000000000");
    expect_metrics("zones[0/DMA].margin.first_above(0)",
                   "zones[0/DMA].margin.first_above(0)=4000000000");
    expect_metrics("zones[0/DMA].margin.first_below(-5)", "zones[0/DMA].margin.first_below(-5)=-");
    expect_metrics("zones[0/DMA].margin.first_below(-4.999)",
                   "zones[0/DMA].margin.first_below(-4.999)=1000000000");
    expect_metrics("zones[0/DMA].margin.time_above(0)",
                   "zones[0/DMA].margin.time_above(0)=3000000000");
    expect_metrics("zones[0/DMA].margin.time_below(100)",
                   "zones[0/DMA].margin.time_below(100)=4000000000");
    expect_metrics("zones[0/DMA].margin.time_below(-5)", "zones[0/DMA].margin.time_below(-5)=0");
}
END_TEST

START_TEST(the_summary_goes_before_the_ticks)
{
    expect_metrics("lat_ns.p99", "lat_ns.p99=11");
    expect_metrics("lat_ns.p99.max", "lat_ns.p99.max=9");
}
END_TEST

START_TEST(a_null_counts_for_nothing)
{
    expect_metrics("rate.min", "rate.min=8");
    expect_metrics("rate.mean", "rate.mean=8");
    expect_metrics("rate.integral", "rate.integral=24");
    expect_metrics("rate.time_above(0)", "rate.time_above(0)=3000000000");
}
END_TEST

START_TEST(metrics_come_in_the_order_of_their_texts)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "lat_ns.count", &err));
    ck_assert(metric_set_add(set, "zones[*].free", &err));
    ck_assert(metric_set_add(set, "lat_ns.count", &err));
    ck_assert(metric_set_add(set, "zones[1].free", &err));
    ck_assert(metric_set_add(set, "zones[0/Normal].free.max", &err));
    ck_assert_uint_eq(metric_set_texts(set), 4);
    ck_assert_uint_eq(metric_set_find(set, "zones[1].free"), 2);
    ck_assert_uint_eq(metric_set_find(set, "zones"), 4);
    ck_assert_str_eq(metric_set_text(set, 1), "zones[*].free");
    ck_assert(feed_run(set, &err));
    expect_told(set, "lat_ns.count=5 zones[0/DMA].free=21 zones[0/Normal].free=91 zones[1].free=91 "
                     "zones[0/Normal].free.max=100");
    ck_assert_uint_eq(metric_set_at(set, 2)->text, 1);
    metric_set_destroy(set);
}
END_TEST

START_TEST(a_restart_forgets_the_run_and_keeps_the_metrics)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "zones[*].free.max", &err));
    ck_assert(feed_run(set, &err));
    for (unsigned round = 0; round < 2; round++) {
        metric_set_restart(set);
        ck_assert_uint_eq(metric_set_count(set), 0);
        ck_assert(metric_set_wants_ticks(set));
        ck_assert(feed(set, header, &err) && feed(set, tick_2, &err) && feed(set, summary, &err));
        ck_assert(metric_set_finish(set, &err));
        expect_told(set, "zones[0/DMA].free.max=20 zones[0/Normal].free.max=90");
    }
    metric_set_destroy(set);
}
END_TEST

START_TEST(a_run_without_ticks_has_no_aggregates)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "zones[*].free.max", &err));
    ck_assert(metric_set_add(set, "lat_ns.count.time_above(0)", &err));
    ck_assert(feed(set, header, &err) && feed(set, summary, &err) && metric_set_finish(set, &err));
    expect_told(set, "zones[0/DMA].free.max=- zones[0/Normal].free.max=- "
                     "lat_ns.count.time_above(0)=-");
    metric_set_destroy(set);
}
END_TEST

static bool wants_ticks(const char *text, bool after_the_first)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();
    bool wants;

    ck_assert(metric_set_add(set, text, &err));
    if (after_the_first)
        ck_assert(feed(set, header, &err) && feed(set, tick_1, &err));
    wants = metric_set_wants_ticks(set);
    metric_set_destroy(set);
    return wants;
}

START_TEST(ticks_are_wanted_for_aggregates_only)
{
    ck_assert(!wants_ticks("lat_ns.count", false));
    ck_assert(!wants_ticks("zones[*].free", true));
    ck_assert(wants_ticks("zones[*].free.max", false) && wants_ticks("zones[*].free.max", true));
    ck_assert(wants_ticks("lat_ns.p99", false));
    ck_assert(!wants_ticks("lat_ns.p99", true));
    ck_assert(wants_ticks("rate.mean", true));
    ck_assert(wants_ticks("none.n.max", true));
}
END_TEST

START_TEST(ticks_that_are_not_wanted_need_not_come)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "lat_ns.p99", &err));
    ck_assert(feed(set, header, &err) && feed(set, tick_1, &err) && feed(set, summary, &err) &&
              metric_set_finish(set, &err));
    expect_told(set, "lat_ns.p99=11");
    metric_set_destroy(set);
}
END_TEST

/* ---- what is wrong ---- */

START_TEST(a_metric_that_is_not_there_is_an_error_with_a_hint)
{
    static const struct {
        const char *text, *hint;
    } cases[] = {
        {"zonez[*].free", "'zones'"},
        {"zones[0/DMA].fre", "'free'"},
        {"zones[0/Norml].free", "'0/Normal'"},
        {"zones[2].free", "0/DMA, 0/Normal"},
        {"zones.free", "list"},
        {"zones", "[*]"},
        {"zones[0/DMA]", "free, margin"},
        {"zones[*].name", ""},
        {"zones[*].name.max", ""},
        {"zones[*].free.maxx", "'max'"},
        {"zones[*].below.max", ""},
        {"kswapd.nodes[1].asleep", "[0] to [0]"},
        {"lat_ns", "count, p99"},
        {"lat_ns.max", "count, p99"},
        {"lat_ns.first_below(3)", "count, p99"},
        {"time_ns[0]", "min, max"},
        {"groups", "[*]"},
        {"groups[0].count", "empty"},
        {"ended", ""},
        {"schema_version", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sim_error err = {0};
        struct metric_set *set = metric_set_create();

        ck_assert(metric_set_add(set, cases[i].text, &err));
        ck_assert_msg(!feed_run(set, &err), "%s", cases[i].text);
        ck_assert_int_eq(err.code, ERR_UNKNOWN_METRIC);
        ck_assert_msg(strstr(err.message, cases[i].text), "%s", err.message);
        ck_assert_msg(strstr(err.hint, cases[i].hint), "%s: %s", cases[i].text, err.hint);
        metric_set_destroy(set);
    }
}
END_TEST

START_TEST(what_the_run_did_not_use_is_said_to_be_null)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "v.failed.no_space", &err) && feed(set, header, &err));
    ck_assert(feed(set, "{\"type\":\"summary\",\"time_ns\":3,\"v\":null}", &err));
    ck_assert(!metric_set_finish(set, &err));
    ck_assert_int_eq(err.code, ERR_UNKNOWN_METRIC);
    ck_assert_str_eq(err.message,
                     "'v' is null, the run did not use it; wanted by 'v.failed.no_space'");
    ck_assert_str_eq(err.hint, "");
    metric_set_destroy(set);
}
END_TEST

START_TEST(each_element_of_what_is_null_is_none)
{
    static const char *const texts[] = {"v[*].failed", "v.failed[*]"};

    for (size_t i = 0; i < 2; i++) {
        struct sim_error err = {0};
        struct metric_set *set = metric_set_create();

        ck_assert(metric_set_add(set, texts[i], &err) && feed(set, header, &err));
        ck_assert(feed(set, "{\"type\":\"summary\",\"time_ns\":3,\"v\":null}", &err));
        ck_assert_msg(metric_set_finish(set, &err), "%s", err.message);
        ck_assert_uint_eq(metric_set_count(set), 0);
        metric_set_destroy(set);
    }
}
END_TEST

START_TEST(a_hint_fits_whatever_the_words_are)
{
    for (size_t length = 1; length <= 200; length++) {
        struct sim_error err = {0};
        struct metric_set *set = metric_set_create();
        struct strbuf line = {0};

        strbuf_adds(&line, "{\"type\":\"summary\",\"a\":{");
        for (char letter = 'b'; letter < 'g'; letter++) {
            strbuf_adds(&line, letter == 'b' ? "\"" : ",\"");
            for (size_t i = 0; i < length / (letter == 'f' ? 1 : 4) + 1; i++)
                strbuf_add(&line, &letter, 1);
            strbuf_adds(&line, "\":1");
        }
        strbuf_adds(&line, "}}");
        ck_assert(metric_set_add(set, "a.other", &err));
        ck_assert(feed(set, header, &err) && feed(set, line.data, &err));
        ck_assert(!metric_set_finish(set, &err));
        ck_assert_int_eq(err.code, ERR_UNKNOWN_METRIC);
        ck_assert_ptr_nonnull(strstr(err.hint, "there is: b"));
        strbuf_fini(&line);
        metric_set_destroy(set);
    }
}
END_TEST

START_TEST(a_run_without_summary_is_unfinished)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "time_ns", &err));
    ck_assert(feed(set, header, &err) && feed(set, tick_1, &err));
    ck_assert(!metric_set_finish(set, &err));
    ck_assert_int_eq(err.code, ERR_RESULT_UNFINISHED);
    metric_set_destroy(set);
}
END_TEST

static void expect_bad_line(const char *const *lines, size_t count, uint32_t column)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "zones[*].free.max", &err));
    for (size_t i = 0; i + 1 < count; i++)
        ck_assert_msg(feed(set, lines[i], &err), "%s", lines[i]);
    ck_assert_msg(!feed(set, lines[count - 1], &err), "%s", lines[count - 1]);
    ck_assert_int_eq(err.code, ERR_RESULT_FORMAT);
    ck_assert_uint_eq(err.line, count);
    if (column)
        ck_assert_uint_eq(err.column, column);
    metric_set_destroy(set);
}
#define EXPECT_BAD_LINE(column, ...)                    \
    expect_bad_line((const char *const[]){__VA_ARGS__}, \
                    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (column))

START_TEST(lines_stand_in_their_order)
{
    EXPECT_BAD_LINE(1, tick_1);
    EXPECT_BAD_LINE(1, summary);
    EXPECT_BAD_LINE(1, event);
    EXPECT_BAD_LINE(1, header, header);
    EXPECT_BAD_LINE(1, header, tick_2, tick_1);
    EXPECT_BAD_LINE(1, header, summary, tick_1);
    EXPECT_BAD_LINE(1, header, summary, summary);
    EXPECT_BAD_LINE(1, header, summary, event);
}
END_TEST

START_TEST(a_line_that_is_no_line_of_a_run_is_refused_at_its_place)
{
    EXPECT_BAD_LINE(1, "");
    EXPECT_BAD_LINE(1, "{}");
    EXPECT_BAD_LINE(1, "[]");
    EXPECT_BAD_LINE(1, "{\"type\":\"heading\"}");
    EXPECT_BAD_LINE(1, "{\"type\":1}");
    EXPECT_BAD_LINE(1, header, "{\"type\":\"tick\"}");
    EXPECT_BAD_LINE(1, header, "{\"type\":\"tick\",\"time_ns\":-1}");
    EXPECT_BAD_LINE(34, header, "{\"type\":\"tick\",\"time_ns\":1,\"a\":[1}}");
    EXPECT_BAD_LINE(32, header, "{\"type\":\"tick\",\"time_ns\":1,\"a\":1.5}");
    EXPECT_BAD_LINE(0, header, "{\"type\":\"tick\",\"time_ns\":1,\"zones\":[{\"name\":\"a\"");
    EXPECT_BAD_LINE(0, header, "{\"type\":\"summary\",\"time_ns\":1,\"zones\":[{\"name\":}]}");
    EXPECT_BAD_LINE(0, header, "{\"type\":\"tick\",\"time_ns\":1} x");
}
END_TEST

START_TEST(an_integral_that_is_too_large_is_refused)
{
    EXPECT_BAD_LINE(0, header,
                    "{\"type\":\"tick\",\"time_ns\":18446744073709551615,\"zones\":[{\"free\":"
                    "18446744073709551615}]}");
}
END_TEST

START_TEST(elements_may_come_and_go)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "d[*].n.mean", &err));
    ck_assert(feed(set, header, &err));
    ck_assert(
        feed(set, "{\"type\":\"tick\",\"time_ns\":1,\"d\":[{\"name\":\"b\",\"n\":1}]}", &err));
    ck_assert(feed(set,
                   "{\"type\":\"tick\",\"time_ns\":2,\"x\":{},\"d\":[{\"name\":\"a\",\"n\":2},"
                   "{\"name\":\"b\",\"n\":3}]}",
                   &err));
    ck_assert(feed(
        set, "{\"type\":\"tick\",\"time_ns\":3,\"d\":[{\"name\":\"a\",\"n\":4},{\"n\":8}]}", &err));
    ck_assert(feed(set, "{\"type\":\"summary\",\"time_ns\":3,\"d\":[]}", &err));
    ck_assert(metric_set_finish(set, &err));
    expect_told(set, "d[b].n.mean=2 d[a].n.mean=3 d[1].n.mean=8");
    metric_set_destroy(set);
}
END_TEST

/* As slabs[] and vmalloc do, which are empty and null until they are used. */
START_TEST(what_comes_with_a_later_tick_is_aggregated)
{
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();

    ck_assert(metric_set_add(set, "d[a].n.max", &err) && metric_set_add(set, "v.n.max", &err));
    ck_assert(feed(set, header, &err));
    ck_assert(feed(set, "{\"type\":\"tick\",\"time_ns\":1,\"d\":[],\"v\":null}", &err));
    ck_assert(metric_set_wants_ticks(set));
    ck_assert(feed(set,
                   "{\"type\":\"tick\",\"time_ns\":2,\"d\":[{\"name\":\"a\",\"n\":7}],"
                   "\"v\":{\"n\":9}}",
                   &err));
    ck_assert(feed(set,
                   "{\"type\":\"summary\",\"time_ns\":3,\"d\":[{\"name\":\"a\",\"n\":1}],"
                   "\"v\":{\"n\":2}}",
                   &err));
    ck_assert(metric_set_finish(set, &err));
    expect_told(set, "d[a].n.max=7 v.n.max=9");
    metric_set_destroy(set);
}
END_TEST

/* ---- against a sorted array ---- */

static int compare_integers(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static int64_t value_at(const struct metric_set *set, size_t index)
{
    ck_assert(metric_set_at(set, index)->value.present);
    return (int64_t)metric_set_at(set, index)->value.milli;
}

START_TEST(aggregates_are_those_of_a_sorted_array)
{
    enum { TICKS_MAX = 130 };
    static const char *const texts[] = {"v.min", "v.max", "v.p50", "v.p95", "v.p99", "v.mean"};
    struct sim_error err = {0};
    struct metric_set *set = metric_set_create();
    struct strbuf line = {0};
    struct rng rng;

    rng_init(&rng, 1, "metric_set");
    for (size_t i = 0; i < 6; i++)
        ck_assert(metric_set_add(set, texts[i], &err));
    for (unsigned ticks = 1; ticks <= TICKS_MAX; ticks++) {
        int64_t values[TICKS_MAX], sum = 0, mean;

        ck_assert(feed(set, header, &err));
        for (unsigned i = 0; i < ticks; i++) {
            values[i] = (int64_t)rng_below(&rng, 100) - 50;
            sum += values[i];
            strbuf_reset(&line);
            strbuf_addf(&line, "{\"type\":\"tick\",\"time_ns\":%u,\"v\":%" PRId64 "}", i,
                        values[i]);
            ck_assert(feed(set, line.data, &err));
        }
        ck_assert(feed(set, "{\"type\":\"summary\",\"v\":0}", &err) &&
                  metric_set_finish(set, &err));
        qsort(values, ticks, sizeof(values[0]), compare_integers);
        ck_assert_int_eq(value_at(set, 0), values[0] * 1000);
        ck_assert_int_eq(value_at(set, 1), values[ticks - 1] * 1000);
        ck_assert_int_eq(value_at(set, 2), values[(ticks * 50 + 99) / 100 - 1] * 1000);
        ck_assert_int_eq(value_at(set, 3), values[(ticks * 95 + 99) / 100 - 1] * 1000);
        ck_assert_int_eq(value_at(set, 4), values[(ticks * 99 + 99) / 100 - 1] * 1000);
        mean = (2 * llabs(sum) * 1000 + ticks) / (2 * ticks);
        ck_assert_int_eq(value_at(set, 5), sum < 0 ? -mean : mean);
        metric_set_restart(set);
    }
    strbuf_fini(&line);
    metric_set_destroy(set);
}
END_TEST

/* Without feed(), which allocates itself. */
static bool measure(struct sim_error *err)
{
    const char *const lines[] = {header, tick_1, tick_2, summary};
    struct metric_set *set = metric_set_create();
    bool good = set && metric_set_add(set, "zones[*].free.p50", err) &&
                metric_set_add(set, "tasks[*].n", err) &&
                metric_set_add(set, "zones[0/DMA].margin.first_below(0)", err);

    for (size_t i = 0; good && i < sizeof(lines) / sizeof(lines[0]); i++)
        good = metric_set_line(set, lines[i], strlen(lines[i]), err);
    good = good && metric_set_finish(set, err);
    metric_set_destroy(set);
    return good;
}

START_TEST(lack_of_memory_is_told_wherever_it_strikes)
{
    struct sim_error err = {0};
    unsigned n = 0;
    bool ok;

    for (;; n++) {
        err = (struct sim_error){0};
        fail_malloc_at(n);
        ok = measure(&err);
        if (!fail_malloc_off())
            break;
        ck_assert_msg(!ok, "allocation %u", n);
        ck_assert(n == 0 || err.code == ERR_OUT_OF_MEMORY);
    }
    ck_assert(ok);
    ck_assert_uint_gt(n, 40);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metric_set");

    TEST_CASE(suite, "summary", a_path_leads_to_a_number_of_the_summary, each_element_is_one_metric,
              names_of_elements_can_be_read_again);
    TEST_CASE(suite, "ticks", an_aggregate_is_taken_over_the_ticks,
              moments_and_lengths_of_time_count_ticks, the_summary_goes_before_the_ticks,
              a_null_counts_for_nothing, elements_may_come_and_go,
              what_comes_with_a_later_tick_is_aggregated, aggregates_are_those_of_a_sorted_array,
              a_run_without_ticks_has_no_aggregates, ticks_are_wanted_for_aggregates_only,
              ticks_that_are_not_wanted_need_not_come);
    TEST_CASE(suite, "set", metrics_come_in_the_order_of_their_texts,
              a_restart_forgets_the_run_and_keeps_the_metrics);
    TEST_CASE(suite, "errors", a_metric_that_is_not_there_is_an_error_with_a_hint,
              what_the_run_did_not_use_is_said_to_be_null, each_element_of_what_is_null_is_none,
              a_hint_fits_whatever_the_words_are, a_run_without_summary_is_unfinished,
              lines_stand_in_their_order, a_line_that_is_no_line_of_a_run_is_refused_at_its_place,
              an_integral_that_is_too_large_is_refused, lack_of_memory_is_told_wherever_it_strikes);
    return test_run(suite);
}
