/* SPDX-License-Identifier: MIT */
/* Counts over a trace, its text, and the ids behind both. */
#include "event_text.h"
#include "lib/test.h"
#include "trace/api_call.h"
#include "trace/held_blocks.h"
#include "trace/record.h"
#include "trace/trace_dump.h"
#include "trace/trace_info.h"
#include "trace_text.h"

static struct trace_info info_of(const char *yaml)
{
    struct sim_error err = {0};
    struct trace_source *source = events_of(yaml, &err);
    struct trace_info info;

    ck_assert_msg(source != NULL, "%s", err.message);
    ck_assert(trace_info_collect(source, &info, &err));
    trace_source_destroy(source);
    return info;
}

START_TEST(counts_are_over_all_records)
{
    struct trace_info info = info_of("- [5, t, alloc_pages, a, 3]\n- [6, u, alloc_pages, b]\n"
                                     "- [7, u, free_part, a, 1, 0]\n- [8, u, free_pages, b]\n"
                                     "- [9, u, drain_local_pages]\n");

    ck_assert_uint_eq(info.records, 5);
    ck_assert_uint_eq(info.first_ns, 5);
    ck_assert_uint_eq(info.last_ns, 9);
    ck_assert_uint_eq(info.ops[TRACE_ALLOC_PAGES], 2);
    ck_assert_uint_eq(info.ops[TRACE_FREE_PART], 1);
    ck_assert_uint_eq(info.orders[3], 1);
    ck_assert_uint_eq(info.peak_blocks, 2);
    ck_assert_uint_eq(info.peak_pages, 9);
    ck_assert_uint_eq(info.peak_pages_ns, 6);
    ck_assert_uint_eq(info.live_blocks, 1);
    ck_assert_uint_eq(info.live_pages, 6);
    ck_assert_uint_eq(info.nr_tasks, 2);
}
END_TEST

START_TEST(an_empty_trace_counts_nothing)
{
    struct trace_info info = info_of("  []\n");

    ck_assert_uint_eq(info.records, 0);
    ck_assert_uint_eq(info.last_ns, 0);
}
END_TEST

static bool stop_at_once(void *ctx, const char *text, size_t length)
{
    (void)text;
    (void)length;
    ++*(unsigned *)ctx;
    return false;
}

START_TEST(a_dump_stops_when_its_reader_does)
{
    struct strbuf yaml = {0};
    struct sim_error err = {0};
    struct trace_source *source;
    unsigned calls = 0;

    for (unsigned i = 0; i < 10000; i++)
        strbuf_addf(&yaml, "- [%u, t, drain_local_pages]\n", i);
    source = events_of(yaml.data, &err);
    ck_assert(trace_dump(source, stop_at_once, &calls, &err));
    ck_assert_uint_eq(calls, 1);
    trace_source_destroy(source);
    strbuf_fini(&yaml);
}
END_TEST

START_TEST(names_of_ops_are_read_back)
{
    for (unsigned op = 0; op < NR_TRACE_OPS; op++) {
        const struct api_call *call = api_call_find(trace_op_name((enum trace_op)op));

        ck_assert_ptr_nonnull(call);
        ck_assert_uint_eq(call->op, op);
        ck_assert(!(trace_op_allocates(call->op) && trace_op_uses_block(call->op)));
    }
    ck_assert_ptr_null(api_call_find("malloc"));
}
END_TEST

START_TEST(pieces_must_be_disjoint_and_the_last_ends_the_block)
{
    struct held_blocks held = {0};

    ck_assert_int_eq(held_blocks_alloc(&held, 7, 2), HELD_OK);
    ck_assert_int_eq(held_blocks_alloc(&held, 7, 0), HELD_IN_USE);
    ck_assert_int_eq(held_blocks_free_part(&held, 7, 1, 3), HELD_BAD_PIECE);
    ck_assert_int_eq(held_blocks_free_part(&held, 7, 1, 2), HELD_OK);
    ck_assert_uint_eq(held.nr_pages, 2);
    ck_assert_int_eq(held_blocks_free_part(&held, 7, 0, 2), HELD_BAD_PIECE);
    ck_assert_int_eq(held_blocks_free(&held, 7), HELD_BAD_PIECE);
    ck_assert_int_eq(held_blocks_whole(&held, 7), HELD_BAD_PIECE);
    ck_assert_int_eq(held_blocks_free_part(&held, 7, 1, 0), HELD_LAST_PIECE);
    ck_assert_uint_eq(held.nr_blocks, 0);
    ck_assert_int_eq(held_blocks_free(&held, 7), HELD_UNKNOWN);
    /* no piece is remembered for the next holder of the id */
    ck_assert_int_eq(held_blocks_alloc(&held, 7, 2), HELD_OK);
    ck_assert_int_eq(held_blocks_free_part(&held, 7, 2, 0), HELD_LAST_PIECE);
    held_blocks_fini(&held);
}
END_TEST

START_TEST(a_block_goes_with_its_last_reference)
{
    struct held_blocks held = {0};
    struct trace_record claim = {
        .op = TRACE_FREE_PAGES, .id = 1, .order = 2, .flags = TRACE_CLAIMS_ORDER};

    ck_assert_int_eq(held_blocks_get(&held, 1), HELD_UNKNOWN);
    ck_assert_int_eq(held_blocks_alloc(&held, 1, 3), HELD_OK);
    ck_assert_int_eq(held_blocks_apply(&held, &claim), HELD_BAD_ORDER);
    claim.order = 3;
    for (unsigned i = 0; i < TRACE_GETS_MAX; i++)
        ck_assert_int_eq(held_blocks_get(&held, 1), HELD_OK);
    ck_assert_int_eq(held_blocks_get(&held, 1), HELD_BAD_GET);
    ck_assert_int_eq(held_blocks_whole(&held, 1), HELD_OK);
    for (unsigned i = 0; i < TRACE_GETS_MAX; i++)
        ck_assert_int_eq(held_blocks_apply(&held, &claim), HELD_OK);
    ck_assert_uint_eq(held.nr_pages, 8);
    ck_assert_int_eq(held_blocks_apply(&held, &claim), HELD_OK);
    ck_assert_uint_eq(held.nr_pages, 0);
    ck_assert_int_eq(held_blocks_free(&held, 1), HELD_UNKNOWN);
    held_blocks_fini(&held);
}
END_TEST

START_TEST(references_are_to_the_first_piece)
{
    struct held_blocks held = {0};

    ck_assert_int_eq(held_blocks_alloc(&held, 1, 2), HELD_OK);
    ck_assert_int_eq(held_blocks_get(&held, 1), HELD_OK);
    ck_assert_int_eq(held_blocks_free_part(&held, 1, 1, 2), HELD_OK);
    ck_assert_uint_eq(held.nr_pages, 2);
    ck_assert_int_eq(held_blocks_free_part(&held, 1, 1, 0), HELD_OK); /* page 0 has one left */
    ck_assert_uint_eq(held.nr_pages, 1);
    ck_assert_int_eq(held_blocks_free_part(&held, 1, 0, 1), HELD_BAD_PIECE);
    ck_assert_int_eq(held_blocks_free_part(&held, 1, 0, 0), HELD_LAST_PIECE);
    ck_assert_uint_eq(held.nr_pages, 0);
    held_blocks_fini(&held);
}
END_TEST

START_TEST(what_is_not_pages_counts_none)
{
    struct held_blocks held = {0};

    ck_assert_int_eq(held_blocks_alloc_other(&held, 1), HELD_OK);
    ck_assert_uint_eq(held.nr_blocks, 1);
    ck_assert_uint_eq(held.nr_pages, 0);
    ck_assert_int_eq(held_blocks_get(&held, 1), HELD_BAD_GET);
    ck_assert_int_eq(held_blocks_free_part(&held, 1, 0, 0), HELD_BAD_PIECE);
    ck_assert_int_eq(held_blocks_free(&held, 1), HELD_OK);
    ck_assert_uint_eq(held.nr_blocks, 0);
    held_blocks_fini(&held);
}
END_TEST

START_TEST(blocks_of_absurd_orders_count_no_pages)
{
    struct held_blocks held = {0};

    ck_assert_int_eq(held_blocks_alloc(&held, TRACE_ID_MAX, TRACE_ORDER_MAX), HELD_OK);
    ck_assert_uint_eq(held.nr_pages, 0);
    ck_assert_int_eq(held_blocks_free_part(&held, TRACE_ID_MAX, 0, 0), HELD_BAD_PIECE);
    ck_assert_int_eq(held_blocks_free(&held, TRACE_ID_MAX), HELD_OK);
    held_blocks_fini(&held);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace_info");

    TEST_CASE(suite, "info", counts_are_over_all_records, an_empty_trace_counts_nothing);
    TEST_CASE(suite, "dump", a_dump_stops_when_its_reader_does);
    TEST_CASE(suite, "ops", names_of_ops_are_read_back);
    TEST_CASE(suite, "ids", pieces_must_be_disjoint_and_the_last_ends_the_block,
              a_block_goes_with_its_last_reference, references_are_to_the_first_piece,
              what_is_not_pages_counts_none, blocks_of_absurd_orders_count_no_pages);
    return test_run(suite);
}
