/* SPDX-License-Identifier: MIT */
/* Literal events. */
#include <stdio.h>
#include <string.h>

#include "event_text.h"
#include "lib/test.h"
#include "trace_text.h"

static void expect_events(const char *yaml, const char *expected)
{
    struct sim_error err = {0};
    struct trace_source *source = events_of(yaml, &err);

    ck_assert_msg(source != NULL, "%u:%u %s", err.line, err.column, err.message);
    expect_trace(source, expected);
    trace_source_destroy(source);
}

/* The line counts "events:" as 1. */
static struct sim_error refuse(const char *yaml, enum sim_error_code code, uint32_t line,
                               uint32_t column)
{
    struct sim_error err = {0};

    ck_assert_ptr_null(events_of(yaml, &err));
    expect_error(&err, code, line, column);
    ck_assert_str_eq(err.file, "w.yaml");
    return err;
}

START_TEST(both_forms_give_the_same_records)
{
    const char *expected = "10000000 \"nic\" alloc_pages id=0 order=1 gfp=0x20 node=0\n"
                           "10000000 \"nic\" free_pages id=0\n";

    expect_events("- {t: 10ms, task: nic, op: alloc_pages, id: a, order: 1, gfp: GFP_ATOMIC, "
                  "node: 0}\n- {t: 10ms, task: nic, op: free_pages, id: a}\n",
                  expected);
    expect_events("- [10000000, nic, alloc_pages, a, 1, GFP_ATOMIC, 0]\n"
                  "- [10ms, nic, free_pages, a]\n",
                  expected);
}
END_TEST

START_TEST(every_op_has_a_row_and_a_mapping)
{
    const char *expected = "1 \"t\" get_free_pages id=0 order=2 gfp=0x20\n"
                           "1 \"t\" get_zeroed_page id=1 order=0 gfp=0x20\n"
                           "1 \"t\" get_dma_pages id=2 order=3 gfp=0xd0\n"
                           "2 \"t\" split_page id=0\n"
                           "3 \"t\" free_part id=0 order=0 part=2\n"
                           "3 \"t\" free_hot_page id=1\n"
                           "3 \"t\" free_cold_page id=2\n"
                           "4 \"u\" drain_local_pages\n"
                           "4 \"u\" drain_all_local_pages\n"
                           "5 \"u\" sysctl sysctl=0 values=7,0,0\n"
                           "5 \"u\" sysctl sysctl=1 values=256,32,1\n";

    expect_events("- [1, t, get_free_pages, a, 2, GFP_ATOMIC]\n"
                  "- [1, t, get_zeroed_page, b, GFP_ATOMIC]\n"
                  "- [1, t, get_dma_pages, c, 3]\n"
                  "- [2, t, split_page, a]\n"
                  "- [3, t, free_part, a, 0, 2]\n"
                  "- [3, t, free_hot_page, b]\n"
                  "- [3, t, free_cold_page, c]\n"
                  "- [4, u, drain_local_pages]\n"
                  "- [4, u, drain_all_local_pages]\n"
                  "- [5, u, sysctl, one, 7]\n"
                  "- [5, u, sysctl, three, 256, 32, 1]\n",
                  expected);
    expect_events("- {t: 1, task: t, op: get_free_pages, id: a, order: 2, gfp: GFP_ATOMIC}\n"
                  "- {t: 1, task: t, op: get_zeroed_page, id: b, gfp: GFP_ATOMIC}\n"
                  "- {t: 1, task: t, op: get_dma_pages, id: c, order: 3}\n"
                  "- {t: 2, task: t, op: split_page, id: a}\n"
                  "- {t: 3, task: t, op: free_part, id: a, order: 0, part: 2}\n"
                  "- {t: 3, task: t, op: free_hot_page, id: b}\n"
                  "- {t: 3, task: t, op: free_cold_page, id: c}\n"
                  "- {t: 4, task: u, op: drain_local_pages}\n"
                  "- {t: 4, task: u, op: drain_all_local_pages}\n"
                  "- {t: 5, task: u, op: sysctl, name: one, value: 7}\n"
                  "- {t: 5, task: u, op: sysctl, name: three, value: [256, 32, 1]}\n",
                  expected);
}
END_TEST

START_TEST(order_gfp_and_node_have_defaults)
{
    expect_events("- [0, t, alloc_pages, a]\n- {t: 0, task: t, op: alloc_pages, id: b}\n",
                  "0 \"t\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                  "0 \"t\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n");
}
END_TEST

START_TEST(ids_and_tasks_are_numbered_by_first_use)
{
    struct sim_error err = {0};
    struct trace_source *source = events_of("- [0, x, alloc_pages, 77]\n- [0, y, alloc_pages, b]\n"
                                            "- [1, x, free_pages, 77]\n- [2, y, alloc_pages, 77]\n",
                                            &err);

    ck_assert_ptr_nonnull(source);
    ck_assert_uint_eq(source->nr_tasks, 2);
    ck_assert_str_eq(source->tasks[1].name, "y");
    ck_assert_int_eq(source->tasks[1].cpu, -1);
    ck_assert_str_eq(source->ops->kind, "events");
    ck_assert_uint_eq(source->ops->count(source), 4);
    expect_trace(source, "0 \"x\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                         "0 \"y\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                         "1 \"x\" free_pages id=0\n"
                         "2 \"y\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");
    trace_source_destroy(source);
}
END_TEST

START_TEST(records_know_their_line)
{
    struct sim_error err = {0};
    struct trace_source *source =
        events_of("- [0, x, alloc_pages, a]\n\n- [0, x, free_pages, a]\n", &err);
    struct trace_record record;

    ck_assert_int_eq(trace_source_next(source, &record, &err), TRACE_RECORD);
    ck_assert_uint_eq(record.line, 2);
    ck_assert_int_eq(trace_source_next(source, &record, &err), TRACE_RECORD);
    ck_assert_uint_eq(record.line, 4);
    ck_assert_int_eq(trace_source_next(source, &record, &err), TRACE_END);
    ck_assert_int_eq(trace_source_next(source, &record, &err), TRACE_END);
    trace_source_destroy(source);
}
END_TEST

START_TEST(orders_11_to_63_are_accepted)
{
    expect_events("- [0, t, alloc_pages, a, 63]\n- [0, t, free_pages, a]\n",
                  "0 \"t\" alloc_pages id=0 order=63 gfp=0xd0 node=-1\n0 \"t\" free_pages id=0\n");
    refuse("- [0, t, alloc_pages, a, 64]\n", ERR_BAD_ORDER, 2, 26);
}
END_TEST

START_TEST(the_calls_go_by_all_names_of_the_kernel)
{
    expect_events("- [0, t, alloc_page, a, GFP_ATOMIC]\n"
                  "- [0, t, alloc_pages_node, b, 2, GFP_ATOMIC, 1]\n"
                  "- [0, t, __get_free_pages, c, 2]\n"
                  "- [0, t, __get_free_page, d]\n"
                  "- [0, t, __get_dma_pages, e, 1]\n"
                  "- [1, t, __free_page, a]\n"
                  "- [1, t, __free_pages, b, 2]\n"
                  "- {t: 1, task: t, op: free_pages, id: c, order: 2}\n"
                  "- [1, t, free_page, d]\n"
                  "- [1, t, free_pages, e]\n",
                  "0 \"t\" alloc_pages id=0 order=0 gfp=0x20 node=-1\n"
                  "0 \"t\" alloc_pages id=1 order=2 gfp=0x20 node=1\n"
                  "0 \"t\" get_free_pages id=2 order=2 gfp=0xd0\n"
                  "0 \"t\" get_free_pages id=3 order=0 gfp=0xd0\n"
                  "0 \"t\" get_dma_pages id=4 order=1 gfp=0xd0\n"
                  "1 \"t\" free_pages id=0 order=0\n"
                  "1 \"t\" free_pages id=1 order=2\n"
                  "1 \"t\" free_pages id=2 order=2\n"
                  "1 \"t\" free_pages id=3 order=0\n"
                  "1 \"t\" free_pages id=4\n");
}
END_TEST

START_TEST(objects_and_areas_have_a_size_or_a_cache)
{
    expect_events("- [0, t, kmalloc, a, 4KiB, GFP_ATOMIC]\n"
                  "- [0, t, kzalloc, b, 1]\n"
                  "- [0, t, kmalloc_node, c, 0, GFP_ATOMIC, 1]\n"
                  "- [0, t, kmem_cache_alloc, d, inodes]\n"
                  "- [0, t, kmem_cache_zalloc, e, inodes, GFP_ATOMIC]\n"
                  "- {t: 0, task: t, op: kmem_cache_alloc_node, id: f, cache: inodes, node: 2}\n"
                  "- [0, t, vmalloc, g, 1GiB]\n"
                  "- [0, t, vmalloc_node, h, 1, 3]\n"
                  "- [0, t, __vmalloc, i, 1, GFP_ATOMIC]\n"
                  "- [0, t, vmalloc_32, j, 18446744073709551615]\n"
                  "- [1, t, kfree, a]\n"
                  "- [1, t, kmem_cache_free, d]\n"
                  "- [1, t, vfree, g]\n",
                  "0 \"t\" kmalloc id=0 size=4096 gfp=0x20 node=-1\n"
                  "0 \"t\" kmalloc id=1 size=1 gfp=0x80d0 node=-1\n"
                  "0 \"t\" kmalloc id=2 size=0 gfp=0x20 node=1\n"
                  "0 \"t\" kmem_cache_alloc id=3 cache=3 gfp=0xd0 node=-1\n"
                  "0 \"t\" kmem_cache_alloc id=4 cache=3 gfp=0x8020 node=-1\n"
                  "0 \"t\" kmem_cache_alloc id=5 cache=3 gfp=0xd0 node=2\n"
                  "0 \"t\" vmalloc id=6 size=1073741824 gfp=0xd2 node=-1\n"
                  "0 \"t\" vmalloc id=7 size=1 gfp=0xd2 node=3\n"
                  "0 \"t\" vmalloc id=8 size=1 gfp=0x20 node=-1\n"
                  "0 \"t\" vmalloc_32 id=9 size=18446744073709551615 gfp=0x0 node=-1\n"
                  "1 \"t\" kfree id=0\n"
                  "1 \"t\" kmem_cache_free id=3\n"
                  "1 \"t\" vfree id=6\n");
}
END_TEST

START_TEST(a_block_is_held_until_its_last_reference_goes)
{
    expect_events("- [0, t, alloc_pages, a, 1]\n"
                  "- [0, t, get_page, a]\n"
                  "- [0, t, free_pages, a]\n"
                  "- [0, t, put_page, a]\n"
                  "- [0, t, alloc_pages, a]\n",
                  "0 \"t\" alloc_pages id=0 order=1 gfp=0xd0 node=-1\n"
                  "0 \"t\" get_page id=0\n"
                  "0 \"t\" free_pages id=0\n"
                  "0 \"t\" put_page id=0\n"
                  "0 \"t\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");
    refuse("- [0, t, alloc_pages, a]\n- [0, t, put_page, a]\n- [0, t, put_page, a]\n",
           ERR_DOUBLE_FREE, 4, 20);
    /* references are to page 0 */
    refuse("- [0, t, alloc_pages, a, 1]\n- [0, t, get_page, a]\n- [0, t, free_part, a, 0, 0]\n"
           "- [0, t, free_part, a, 0, 0]\n- [0, t, free_part, a, 0, 0]\n",
           ERR_BAD_EVENT, 6, 21);
    refuse("- [0, t, kmalloc, a, 1]\n- [0, t, get_page, a]\n", ERR_BAD_EVENT, 3, 20);
    refuse("- [0, t, get_page, a]\n", ERR_UNKNOWN_ID, 2, 20);
}
END_TEST

START_TEST(a_free_may_not_claim_another_order)
{
    struct sim_error err;

    err = refuse("- [0, t, alloc_pages, a, 1]\n- [0, t, free_pages, a, 2]\n", ERR_BAD_ORDER, 3, 22);
    ck_assert_str_eq(err.message, "\"a\" is not a block of order 2");
    ck_assert_str_eq(err.hint, "allocated in line 2");
    refuse("- [0, t, alloc_pages, a, 1]\n- [0, t, __free_page, a]\n", ERR_BAD_ORDER, 3, 23);
    refuse("- [0, t, kmalloc, a, 1]\n- [0, t, free_page, a]\n", ERR_BAD_ORDER, 3, 21);
    refuse("- [0, t, alloc_pages, a]\n- [0, t, free_pages, a, 64]\n", ERR_BAD_ORDER, 3, 25);
}
END_TEST

START_TEST(misuse_of_ids_is_found_with_its_line)
{
    struct sim_error err;

    err = refuse("- [0, t, alloc_pages, rx_ring]\n- [0, t, free_pages, rx_rign]\n", ERR_UNKNOWN_ID,
                 3, 22);
    ck_assert_str_eq(err.hint, "did you mean rx_ring?");
    ck_assert_str_eq(err.path, "events[1][3]");
    err = refuse("- [0, t, alloc_pages, a]\n- [0, t, free_pages, a]\n- [0, t, free_pages, a]\n",
                 ERR_DOUBLE_FREE, 4, 22);
    ck_assert_str_eq(err.hint, "freed in line 3");
    err = refuse("- [0, t, alloc_pages, a]\n- {t: 1, task: t, op: alloc_pages, id: a}\n",
                 ERR_ID_IN_USE, 3, 40);
    ck_assert_str_eq(err.hint, "allocated in line 2");
    refuse("- [0, t, split_page, a]\n", ERR_UNKNOWN_ID, 2, 22);
    refuse("- [0, t, alloc_pages, a, 1]\n- [0, t, free_part, a, 0, 2]\n", ERR_BAD_EVENT, 3, 21);
    refuse("- [0, t, alloc_pages, a, 1]\n- [0, t, free_part, a, 0, 0]\n- [0, t, free_pages, a]\n",
           ERR_DOUBLE_FREE, 4, 22);
}
END_TEST

START_TEST(time_does_not_go_back)
{
    struct sim_error err = refuse("- [10ms, t, drain_local_pages]\n- [9ms, t, drain_local_pages]\n",
                                  ERR_TIME_ORDER, 3, 4);

    ck_assert_str_eq(err.hint, "the later one is in line 2");
}
END_TEST

START_TEST(rows_of_the_wrong_shape_are_refused)
{
    refuse("- 5\n", ERR_BAD_EVENT, 2, 3);
    refuse("- []\n", ERR_BAD_EVENT, 2, 3);
    refuse("- [0, t]\n", ERR_BAD_EVENT, 2, 3);
    refuse("- [0, t, alloc_pages]\n", ERR_BAD_EVENT, 2, 3);
    refuse("- [0, t, free_pages, a, 1, 2]\n", ERR_BAD_EVENT, 2, 28);
    refuse("- [0, t, alloc_pages, a, 0, GFP_ATOMIC, 0, 9]\n", ERR_BAD_EVENT, 2, 44);
    refuse("- [0, t, alloc_page, a, GFP_ATOMIC, 0]\n", ERR_BAD_EVENT, 2, 37);
    refuse("- [0, t, alloc_pages_node, a, 0, GFP_ATOMIC]\n", ERR_BAD_EVENT, 2, 3);
    refuse("- [0, t, kmalloc, a]\n", ERR_BAD_EVENT, 2, 3);
    refuse("- [0, t, vmalloc, a, 1, GFP_ATOMIC]\n", ERR_BAD_EVENT, 2, 25);
    refuse("- [0, t, drain_local_pages, a]\n", ERR_BAD_EVENT, 2, 29);
    refuse("- [0, t, sysctl, one]\n", ERR_BAD_EVENT, 2, 3);
    refuse("- [0, t, sysctl, three, 1]\n", ERR_BAD_EVENT, 2, 25);
    refuse("- [0, t, sysctl, one, 1, 2]\n", ERR_BAD_EVENT, 2, 23);
    refuse("- [0, t, sysctl, three, 1, 2, 3, 4]\n", ERR_BAD_EVENT, 2, 34);
    refuse("- {t: 0, task: t, op: sysctl, name: three, value: [1, 2, 3, 4, 5]}\n", ERR_BAD_EVENT, 2,
           51);
    refuse("- [[0], t, drain_local_pages]\n", ERR_WRONG_TYPE, 2, 4);
    refuse("- [0, [t], drain_local_pages]\n", ERR_WRONG_TYPE, 2, 7);
    refuse("- [0, t, [drain_local_pages]]\n", ERR_WRONG_TYPE, 2, 10);
    refuse("- [0, t, alloc_pages, [a]]\n", ERR_WRONG_TYPE, 2, 23);
}
END_TEST

START_TEST(unknown_words_are_refused_where_they_stand)
{
    struct sim_error err = refuse("- [0, t, aloc_pages, a]\n", ERR_UNKNOWN_NAME, 2, 10);

    ck_assert_str_eq(err.hint, "did you mean alloc_pages?");
    refuse("- [0, t, alloc_pages, a, 0, GFP_ATOMC]\n", ERR_BAD_GFP, 2, 29);
    refuse("- [0, t, kmem_cache_alloc, a, inode]\n", ERR_UNKNOWN_CACHE, 2, 31);
    refuse("- [0, t, kmalloc, a, big]\n", ERR_BAD_SIZE, 2, 22);
    refuse("- {t: 0, task: t, op: kmalloc_node, id: a, size: 1}\n", ERR_MISSING_KEY, 2, 3);
    refuse("- [0, t, sysctl, four, 1]\n", ERR_UNKNOWN_SYSCTL, 2, 18);
    refuse("- [0, t, sysctl, one, 10]\n", ERR_OUT_OF_RANGE, 2, 23);
    refuse("- {t: 0, task: t, op: free_pages, id: a, count: 1}\n", ERR_UNKNOWN_KEY, 2, 42);
    refuse("- {t: 0, op: free_pages, id: a}\n", ERR_MISSING_KEY, 2, 3);
    refuse("- {task: t, op: free_pages, id: a}\n", ERR_MISSING_KEY, 2, 3);
    refuse("- {t: 0, task: t, id: a}\n", ERR_MISSING_KEY, 2, 3);
    refuse("- {t: 0, task: t, op: free_pages}\n", ERR_MISSING_KEY, 2, 3);
    refuse("- [-1, t, drain_local_pages]\n", ERR_BAD_DURATION, 2, 4);
    refuse("- [0, t, alloc_pages, a, x]\n", ERR_BAD_NUMBER, 2, 26);
    refuse("- [0, t, alloc_pages, a, 0, GFP_KERNEL, 40000]\n", ERR_OUT_OF_RANGE, 2, 41);
}
END_TEST

START_TEST(many_ids_are_told_apart)
{
    struct strbuf yaml = {0};
    struct sim_error err = {0};
    struct trace_source *source;

    for (unsigned i = 0; i < 5000; i++)
        strbuf_addf(&yaml, "- [%u, t, alloc_pages, b%u]\n", i, i);
    for (unsigned i = 0; i < 5000; i++)
        strbuf_addf(&yaml, "- [%u, t, free_pages, b%u]\n", 5000 + i, 4999 - i);
    source = events_of(yaml.data, &err);
    ck_assert_msg(source != NULL, "%s", err.message);
    ck_assert_uint_eq(source->ops->count(source), 10000);
    trace_source_destroy(source);
    strbuf_fini(&yaml);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event_list");

    TEST_CASE(suite, "forms", both_forms_give_the_same_records, every_op_has_a_row_and_a_mapping,
              order_gfp_and_node_have_defaults, ids_and_tasks_are_numbered_by_first_use,
              records_know_their_line, orders_11_to_63_are_accepted, many_ids_are_told_apart,
              the_calls_go_by_all_names_of_the_kernel, objects_and_areas_have_a_size_or_a_cache,
              a_block_is_held_until_its_last_reference_goes);
    TEST_CASE(suite, "errors", a_free_may_not_claim_another_order,
              misuse_of_ids_is_found_with_its_line, time_does_not_go_back,
              rows_of_the_wrong_shape_are_refused, unknown_words_are_refused_where_they_stand);
    return test_run(suite);
}
