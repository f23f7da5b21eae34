/* SPDX-License-Identifier: MIT */
/* Every allocation of this layer fails once: an error, nothing lost, nothing crashed. */
#include <string.h>

#include "event_text.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "trace/ftrace_import.h"
#include "trace/generator.h"
#include "trace/mmtr_source.h"
#include "trace/trace_dump.h"
#include "trace/trace_info.h"

static bool drain(void *ctx, const char *text, size_t length)
{
    (void)ctx;
    (void)text;
    (void)length;
    return true;
}

/* Uses a source to its end in every way there is. */
static bool use(struct trace_source *source, struct sim_error *err)
{
    struct trace_info info;

    return trace_info_collect(source, &info, err) && trace_dump(source, drain, NULL, err);
}

static bool use_events(struct sim_error *err)
{
    struct trace_source *source = events_of(
        "- [0, t, alloc_pages, a, 2]\n- [0, u, alloc_pages, b]\n"
        "- [1, t, free_part, a, 1, 0]\n- [1, t, sysctl, one, 5]\n- [2, u, free_pages, b]\n",
        err);
    bool ok = source && use(source, err);

    trace_source_destroy(source);
    return ok;
}

static bool use_generator(struct sim_error *err)
{
    struct generator_spec spec = {
        .name = "g",
        .end_ns = 3000,
        .gap_ns = {.kind = DIST_CONSTANT, .value = 10},
        .count = {.kind = DIST_ZIPF, .min = 1, .step = 1, .n = 3},
        .order_weight = {3, 1},
        .lifetime_ns = {.kind = DIST_UNIFORM, .min = 100, .max = 900},
    };
    struct trace_source *source = generator_create(&spec, 1, err);
    bool ok = source && use(source, err);

    trace_source_destroy(source);
    return ok;
}

static bool use_import(struct sim_error *err)
{
    static const char text[] =
        "   a-1 [000] 1.000000: mm_page_alloc: page=1 pfn=8 order=2 migratetype=0 gfp_flags=none\n"
        "   a-1 [001] 1.000000: mm_page_free: page=1 pfn=9 order=0\n"
        "   b-2 [001] 1.000000: mm_vmscan_direct_reclaim_begin: order=0 gfp_flags=none\n"
        "   b-2 [001] 1.000000: mm_page_free: page=1 pfn=4096 order=9\n"
        "   b-2 [001] 1.000000: mm_page_alloc: page=1 pfn=8 order=0 migratetype=0 gfp_flags=none\n";
    struct ftrace_import_options options = {.file_name = "t"};
    struct import_quality quality;
    struct strbuf bytes = {0};
    struct trace_source *source = NULL;
    struct mmtr_writer *writer = mmtr_writer_create(NULL, &bytes, err);
    bool ok = writer && ftrace_import(&options, (const uint8_t *)text, sizeof(text) - 1, writer,
                                      &quality, err);

    if (ok)
        source = mmtr_source_create("t", (const uint8_t *)bytes.data, bytes.length, err);
    ok = source && use(source, err);
    trace_source_destroy(source);
    mmtr_writer_destroy(writer);
    strbuf_fini(&bytes);
    return ok;
}

static void fail_each(bool (*body)(struct sim_error *err))
{
    struct sim_error err;
    bool ok;
    unsigned n;

    for (n = 0;; n++) {
        err = (struct sim_error){0};
        fail_malloc_at(n);
        ok = body(&err);
        if (!fail_malloc_off())
            break;
        ck_assert_msg(!ok, "allocation %u", n);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    }
    ck_assert_msg(ok, "%s", err.message);
    ck_assert_uint_gt(n, 5);
}

START_TEST(events_survive_each_failed_allocation)
{
    fail_each(use_events);
}
END_TEST

START_TEST(generators_survive_each_failed_allocation)
{
    fail_each(use_generator);
}
END_TEST

START_TEST(import_and_binary_trace_survive_each_failed_allocation)
{
    fail_each(use_import);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("no_memory");

    TEST_CASE(suite, "trace", events_survive_each_failed_allocation,
              generators_survive_each_failed_allocation,
              import_and_binary_trace_survive_each_failed_allocation);
    return test_run(suite);
}
