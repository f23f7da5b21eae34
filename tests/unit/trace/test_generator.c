/* SPDX-License-Identifier: MIT */
/* Open-loop arrivals. */
#include "lib/test.h"
#include "trace/generator.h"
#include "trace/trace_info.h"
#include "trace_text.h"

static struct generator_spec ticks(void)
{
    return (struct generator_spec){
        .name = "ticks",
        .cpu = -1,
        .start_ns = 100,
        .end_ns = 200,
        .gap_ns = {.kind = DIST_CONSTANT, .value = 30},
        .count = {.kind = DIST_CONSTANT, .value = 1},
        .order_weight = {1},
        .lifetime_ns = {.kind = DIST_CONSTANT, .value = 45},
        .gfp = 0xd0,
        .node = -1,
    };
}

static struct generator_spec storm(void)
{
    struct generator_spec spec = ticks();

    spec.name = "storm";
    spec.end_ns = 1000000;
    spec.gap_ns = (struct distribution){.kind = DIST_EXPONENTIAL, .value = 100};
    spec.count = (struct distribution){.kind = DIST_UNIFORM, .min = 0, .max = 3};
    spec.lifetime_ns =
        (struct distribution){.kind = DIST_LOGNORMAL, .value = 5000, .param_milli = 1500};
    for (unsigned order = 0; order < 11; order++)
        spec.order_weight[order] = 1u << (10 - order);
    return spec;
}

static struct trace_source *create(const struct generator_spec *spec, uint64_t seed)
{
    struct sim_error err = {0};
    struct trace_source *source = generator_create(spec, seed, &err);

    ck_assert_msg(source != NULL, "%s", err.message);
    return source;
}

static void expect_refused(const struct generator_spec *spec)
{
    struct sim_error err = {0};

    ck_assert_ptr_null(generator_create(spec, 1, &err));
    expect_error(&err, ERR_BAD_DISTRIBUTION, 0, 0);
}

START_TEST(first_arrival_comes_one_gap_after_the_start_and_none_at_the_end)
{
    struct generator_spec spec = ticks();
    struct trace_source *source;

    spec.end_ns = 190;
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                         "160 \"ticks\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                         "175 \"ticks\" free_pages id=0\n"
                         "205 \"ticks\" free_pages id=1\n");
    trace_source_destroy(source);
}
END_TEST

START_TEST(a_free_comes_before_an_arrival_of_the_same_time)
{
    struct generator_spec spec = ticks();
    struct trace_source *source;

    spec.lifetime_ns.value = 30;
    spec.end_ns = 161;
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                         "160 \"ticks\" free_pages id=0\n"
                         "160 \"ticks\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                         "190 \"ticks\" free_pages id=1\n");
    trace_source_destroy(source);
}
END_TEST

START_TEST(bursts_stop_the_clock_of_the_arrivals)
{
    struct generator_spec spec = ticks();
    struct trace_source *source;

    spec.start_ns = 0;
    spec.end_ns = 2200;
    spec.gap_ns.value = 40;
    spec.burst_on_ns = 100;
    spec.burst_off_ns = 900;
    spec.lifetime_ns.value = UINT64_MAX;
    source = create(&spec, 1);
    /* on-time 40 80 | 120 160 | 200 240 280 -> cycles of 1000 */
    expect_trace(source, "40 \"ticks\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                         "80 \"ticks\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                         "1020 \"ticks\" alloc_pages id=2 order=0 gfp=0xd0 node=-1\n"
                         "1060 \"ticks\" alloc_pages id=3 order=0 gfp=0xd0 node=-1\n"
                         "2000 \"ticks\" alloc_pages id=4 order=0 gfp=0xd0 node=-1\n"
                         "2040 \"ticks\" alloc_pages id=5 order=0 gfp=0xd0 node=-1\n"
                         "2080 \"ticks\" alloc_pages id=6 order=0 gfp=0xd0 node=-1\n");
    trace_source_destroy(source);
}
END_TEST

START_TEST(arrivals_above_the_live_limit_are_dropped)
{
    struct generator_spec spec = ticks();
    struct trace_source *source;

    spec.max_live_blocks = 1;
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                         "175 \"ticks\" free_pages id=0\n"
                         "190 \"ticks\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                         "235 \"ticks\" free_pages id=1\n");
    trace_source_destroy(source);
}
END_TEST

START_TEST(cold_frees_are_for_order_0_only)
{
    struct generator_spec spec = ticks();
    struct trace_source *source;

    spec.cold = true;
    spec.end_ns = 131;
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                         "175 \"ticks\" free_cold_page id=0\n");
    trace_source_destroy(source);
    spec.order_weight[0] = 0;
    spec.order_weight[2] = 7;
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" alloc_pages id=0 order=2 gfp=0xd0 node=-1\n"
                         "175 \"ticks\" free_pages id=0\n");
    trace_source_destroy(source);
}
END_TEST

START_TEST(objects_and_areas_are_given_back_by_their_own_calls)
{
    struct generator_spec spec = ticks();
    struct trace_source *source;

    spec.op = TRACE_KMALLOC;
    spec.end_ns = 131;
    spec.cold = true;
    spec.node = 1;
    spec.size_bytes = (struct distribution){.kind = DIST_CONSTANT, .value = 100};
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" kmalloc id=0 size=100 gfp=0xd0 node=1\n"
                         "175 \"ticks\" kfree id=0\n");
    trace_source_destroy(source);
    spec.op = TRACE_KMEM_CACHE_ALLOC;
    spec.cache = 2;
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" kmem_cache_alloc id=0 cache=2 gfp=0xd0 node=1\n"
                         "175 \"ticks\" kmem_cache_free id=0\n");
    trace_source_destroy(source);
    spec.op = TRACE_VMALLOC;
    source = create(&spec, 1);
    expect_trace(source, "130 \"ticks\" vmalloc id=0 size=100 gfp=0xd0 node=1\n"
                         "175 \"ticks\" vfree id=0\n");
    trace_source_destroy(source);
}
END_TEST

START_TEST(rewind_repeats_every_record)
{
    struct generator_spec spec = storm();
    struct trace_source *source = create(&spec, 42);
    struct strbuf first = trace_text(source), second = trace_text(source);

    ck_assert_uint_gt(first.length, 100000);
    ck_assert_str_eq(first.data, second.data);
    strbuf_fini(&first);
    strbuf_fini(&second);
    trace_source_destroy(source);
}
END_TEST

START_TEST(numbers_depend_on_the_name_and_the_seed)
{
    struct generator_spec spec = storm(), other = storm();
    struct trace_source *a = create(&spec, 1), *b = create(&spec, 2), *c;
    struct strbuf text_a, text_b, text_c;

    other.name = "breeze";
    c = create(&other, 1);
    text_a = trace_text(a);
    text_b = trace_text(b);
    text_c = trace_text(c);
    ck_assert_str_ne(text_a.data, text_b.data);
    ck_assert_uint_ne(text_a.length, text_c.length);
    strbuf_fini(&text_a);
    strbuf_fini(&text_b);
    strbuf_fini(&text_c);
    trace_source_destroy(a);
    trace_source_destroy(b);
    trace_source_destroy(c);
}
END_TEST

START_TEST(times_never_decrease_and_every_block_is_freed_once)
{
    struct generator_spec spec = storm();
    struct trace_source *source = create(&spec, 7);
    struct trace_record record;
    struct trace_info info;
    struct sim_error err = {0};
    uint64_t last = 0;

    while (trace_source_next(source, &record, &err) == TRACE_RECORD) {
        ck_assert_uint_ge(record.time_ns, last);
        last = record.time_ns;
    }
    ck_assert(trace_info_collect(source, &info, &err));
    ck_assert_uint_gt(info.ops[TRACE_ALLOC_PAGES], 10000);
    ck_assert_uint_eq(info.ops[TRACE_ALLOC_PAGES], info.ops[TRACE_FREE_PAGES]);
    ck_assert_uint_eq(info.live_blocks, 0);
    /* weights 1024, 512, ...: half of the blocks have order 0 */
    ck_assert_uint_gt(info.orders[0], info.ops[TRACE_ALLOC_PAGES] * 45 / 100);
    ck_assert_uint_lt(info.orders[0], info.ops[TRACE_ALLOC_PAGES] * 55 / 100);
    trace_source_destroy(source);
}
END_TEST

START_TEST(an_arrival_beyond_the_end_of_time_is_the_end)
{
    struct generator_spec spec = ticks();
    struct trace_source *source;

    spec.end_ns = UINT64_MAX;
    spec.gap_ns.value = UINT64_MAX / 2;
    spec.burst_on_ns = UINT64_MAX / 4;
    spec.burst_off_ns = UINT64_MAX / 4;
    source = create(&spec, 1);
    expect_trace(source, "");
    trace_source_destroy(source);
}
END_TEST

START_TEST(useless_specs_are_refused)
{
    struct generator_spec spec = ticks();

    spec.gap_ns.value = 0;
    expect_refused(&spec);
    spec = ticks();
    spec.start_ns = 300;
    expect_refused(&spec);
    spec = ticks();
    spec.order_weight[0] = 0;
    expect_refused(&spec);
    spec = ticks();
    spec.op = TRACE_FREE_PAGES;
    expect_refused(&spec);
    spec = ticks();
    spec.op = TRACE_GET_ZEROED_PAGE;
    spec.order_weight[1] = 1;
    expect_refused(&spec);
    spec = ticks();
    spec.burst_on_ns = spec.burst_off_ns = UINT64_MAX;
    expect_refused(&spec);
    spec = ticks();
    spec.lifetime_ns.kind = NR_DISTRIBUTIONS;
    expect_refused(&spec);
}
END_TEST

START_TEST(bad_distributions_are_refused)
{
    static const struct distribution bad[] = {
        {.kind = DIST_UNIFORM, .min = 2, .max = 1},
        {.kind = DIST_LOGNORMAL, .value = 1, .param_milli = 8001},
        {.kind = DIST_ZIPF, .n = 0},
        {.kind = DIST_ZIPF, .n = ZIPF_N_MAX + 1},
        {.kind = DIST_ZIPF, .n = 3, .step = UINT64_MAX},
        {.kind = DIST_ZIPF, .n = 3, .min = 5, .max = 4},
        {.kind = DIST_ZIPF, .n = 3, .param_milli = 8001},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct sim_error err = {0};

        ck_assert(!distribution_check(&bad[i], "count", &err));
        expect_error(&err, ERR_BAD_DISTRIBUTION, 0, 0);
    }
}
END_TEST

START_TEST(draws_stay_within_the_limits_of_their_distribution)
{
    static const struct {
        struct distribution spec;
        uint64_t min, max;
    } rows[] = {
        {{.kind = DIST_CONSTANT, .value = 9}, 9, 9},
        {{.kind = DIST_CONSTANT, .value = 9, .max = 4}, 4, 4},
        {{.kind = DIST_UNIFORM, .min = 3, .max = 5}, 3, 5},
        {{.kind = DIST_EXPONENTIAL, .value = 100, .max = 250}, 0, 250},
        {{.kind = DIST_LOGNORMAL, .value = 100, .param_milli = 2000, .max = 250}, 0, 250},
        {{.kind = DIST_ZIPF, .min = 10, .step = 5, .n = 4, .param_milli = 1000}, 10, 25},
        {{.kind = DIST_ZIPF, .min = 10, .step = 5, .n = 4, .max = 20}, 10, 20},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sampler sampler;
        struct rng rng;
        uint64_t low = UINT64_MAX, high = 0;

        ck_assert(sampler_init(&sampler, &rows[i].spec));
        ck_assert_uint_eq(distribution_max(&rows[i].spec), rows[i].max);
        rng_init(&rng, 1, "test");
        for (unsigned n = 0; n < 2000; n++) {
            uint64_t value = sampler_draw(&sampler, &rng);

            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        ck_assert_uint_ge(low, rows[i].min);
        ck_assert_uint_eq(high, rows[i].max);
        sampler_fini(&sampler);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("generator");

    TEST_CASE(suite, "arrivals", first_arrival_comes_one_gap_after_the_start_and_none_at_the_end,
              a_free_comes_before_an_arrival_of_the_same_time,
              bursts_stop_the_clock_of_the_arrivals, arrivals_above_the_live_limit_are_dropped,
              cold_frees_are_for_order_0_only, an_arrival_beyond_the_end_of_time_is_the_end);
    TEST_CASE(suite, "calls", objects_and_areas_are_given_back_by_their_own_calls);
    TEST_CASE(suite, "streams", rewind_repeats_every_record,
              numbers_depend_on_the_name_and_the_seed,
              times_never_decrease_and_every_block_is_freed_once);
    TEST_CASE(suite, "distributions", useless_specs_are_refused, bad_distributions_are_refused,
              draws_stay_within_the_limits_of_their_distribution);
    return test_run(suite);
}
