/* SPDX-License-Identifier: MIT */
/* Sequences that are handed over item by item. */
#include <stdlib.h>

#include "base/strbuf.h"
#include "yaml_case.h"

/* What on_item saw, as text: "path=line:column " for each item. */
struct seen {
    struct strbuf text;
    const struct yaml_doc *doc;
    uint32_t items;
    uint32_t stop_at;       /* fail at this item; 0: never */
    uint32_t root_pairs;    /* of the document as it was during the last item */
    const void *first_item; /* its address */
    uint32_t at_first;      /* items that lay where the first one did */
};

static bool note_item(void *ctx, const struct yaml_node *item, struct sim_error *err)
{
    struct seen *seen = ctx;
    char path[64];

    yaml_node_path(item, path, sizeof(path));
    if (seen->items < 10)
        strbuf_addf(&seen->text, "%s=%u:%u ", path, item->line, item->column);
    if (!seen->first_item)
        seen->first_item = item;
    seen->at_first += item == seen->first_item;
    seen->items++;
    seen->root_pairs = yaml_doc_root(seen->doc)->count;
    if (seen->items == seen->stop_at)
        return yaml_error_at(item, err, ERR_BAD_EVENT, "enough");
    return true;
}

static bool parse_stream(struct yaml_doc *doc, const char *text, struct seen *seen,
                         struct sim_error *err)
{
    const struct yaml_stream stream = {"events", seen ? note_item : NULL, seen};

    if (seen)
        seen->doc = doc;
    return yaml_doc_parse(doc, "file.yaml", (const uint8_t *)text, strlen(text), &stream, err);
}

static void expect_seen(const char *text, const char *expected)
{
    struct seen seen = {0};
    struct yaml_doc doc;
    struct sim_error err = {0};

    ck_assert_msg(parse_stream(&doc, text, &seen, &err), "%s", err.message);
    ck_assert_str_eq(seen.text.data ? seen.text.data : "", expected);
    strbuf_fini(&seen.text);
    yaml_doc_fini(&doc);
}

START_TEST(items_come_one_by_one_with_place_and_path)
{
    expect_seen("a: 1\nevents:\n- [1, x]\n- {t: 2}\n- text\n- [[3]]\nb: 2\n",
                "events[0]=3:3 events[1]=4:3 events[2]=5:3 events[3]=6:3 ");
    expect_seen("events: [a, [b], {}]", "events[0]=1:10 events[1]=1:13 events[2]=1:18 ");
}
END_TEST

START_TEST(only_the_top_level_sequence_is_streamed)
{
    expect_seen("a: {events: [1, 2]}\n", "");
    expect_seen("events: {x: [1, 2]}\n", "");
    expect_seen("events: text\n", "");
    expect_seen("- events\n- [1]\n", "");
    expect_seen("events: []\n", "");
    expect_seen("'events': [1]\n", "events[0]=1:12 ");
}
END_TEST

START_TEST(the_document_keeps_everything_else)
{
    struct seen seen = {0};
    struct yaml_doc doc;
    struct sim_error err = {0};
    const struct yaml_node *events;

    ck_assert(parse_stream(&doc, "a: [1]\nevents:\n - 1\n - [2]\nb: [3, 4]\n", &seen, &err));
    ck_assert_uint_eq(seen.root_pairs, 2); /* a and events */
    ck_assert_uint_eq(yaml_doc_root(&doc)->count, 3);
    ck_assert_uint_eq(child(&doc, "a")->count, 1);
    ck_assert_uint_eq(child(&doc, "b")->count, 2);
    ck_assert_str_eq(yaml_seq_at(child(&doc, "b"), 1)->text, "4");
    events = child(&doc, "events");
    ck_assert_int_eq(events->kind, YAML_SEQUENCE);
    ck_assert_uint_eq(events->count, 0);
    ck_assert_uint_eq(events->line, 3);
    ck_assert_uint_eq(events->column, 2);
    strbuf_fini(&seen.text);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_value_that_is_no_sequence_stays_in_the_tree)
{
    struct yaml_doc doc;
    struct sim_error err = {0};

    ck_assert(parse_stream(&doc, "events: {x: 1}\n", NULL, &err));
    ck_assert_int_eq(child(&doc, "events")->kind, YAML_MAPPING);
    ck_assert_uint_eq(child(&doc, "events")->count, 1);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_first_pass_may_drop_the_items)
{
    struct yaml_doc doc;
    struct sim_error err = {0};

    ck_assert(parse_stream(&doc, "events: [[1], 2]\nseed: 7\n", NULL, &err));
    ck_assert_str_eq(child(&doc, "seed")->text, "7");
    yaml_doc_fini(&doc);
    ck_assert(!parse_stream(&doc, "events: [[1], *a]\n", NULL, &err));
    expect_error(&err, ERR_YAML_ALIAS, "file.yaml", 1, 15, "events[1]");
}
END_TEST

START_TEST(the_receiver_can_stop_the_parse)
{
    struct seen seen = {.stop_at = 2};
    struct yaml_doc doc;
    struct sim_error err = {0};

    ck_assert(!parse_stream(&doc, "events:\n- a\n- b\n- c\n", &seen, &err));
    expect_error(&err, ERR_BAD_EVENT, "file.yaml", 3, 3, "events[1]");
    ck_assert_uint_eq(seen.items, 2);
    ck_assert_ptr_null(yaml_doc_root(&doc));
    strbuf_fini(&seen.text);
}
END_TEST

START_TEST(errors_inside_items_have_their_path)
{
    struct yaml_doc doc;
    struct sim_error err = {0};

    ck_assert(!parse_stream(&doc, "events:\n- {a: 1}\n- [0, {b: 1, b: 2}]\n", NULL, &err));
    expect_error(&err, ERR_YAML_DUPLICATE_KEY, "file.yaml", 3, 14, "events[1][1].b");
    err = (struct sim_error){0};
    ck_assert(!parse_stream(&doc, "events:\n- 0\n- [0}\n", NULL, &err));
    expect_error(&err, ERR_YAML_SYNTAX, "file.yaml", 3, 5, "events[1]");
}
END_TEST

START_TEST(a_second_streamed_sequence_is_never_handed_over)
{
    struct seen seen = {0};
    struct strbuf text = {0};
    struct yaml_doc doc;
    struct sim_error err = {0};

    strbuf_adds(&text, "events: [1]\n");
    for (int i = 0; i < 100; i++)
        strbuf_addf(&text, "k%d: 1\n", i);
    strbuf_adds(&text, "events: [2]\n");
    ck_assert(!parse_stream(&doc, text.data, &seen, &err));
    expect_error(&err, ERR_YAML_DUPLICATE_KEY, "file.yaml", 102, 1, "events");
    ck_assert_uint_eq(seen.items, 1);
    strbuf_fini(&seen.text);
    strbuf_fini(&text);
}
END_TEST

START_TEST(streaming_needs_no_memory_for_the_items)
{
    enum { ROWS = 200000 };
    struct seen seen = {0};
    struct strbuf text = {0};
    struct yaml_doc doc;
    struct sim_error err = {0};

    strbuf_adds(&text, "events:\n");
    for (int i = 0; i < ROWS; i++)
        strbuf_adds(&text, "- [1, nic, alloc_pages, a, 1, GFP_ATOMIC]\n");
    ck_assert(parse_stream(&doc, text.data, &seen, &err));
    ck_assert_uint_eq(seen.items, ROWS);
    /* Each item takes the place of the one before it. */
    ck_assert_uint_eq(seen.at_first, ROWS);
    strbuf_fini(&seen.text);
    strbuf_fini(&text);
    yaml_doc_fini(&doc);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_stream");

    TEST_CASE(suite, "items", items_come_one_by_one_with_place_and_path,
              only_the_top_level_sequence_is_streamed, the_document_keeps_everything_else,
              a_value_that_is_no_sequence_stays_in_the_tree, a_first_pass_may_drop_the_items);
    TEST_CASE(suite, "errors", the_receiver_can_stop_the_parse, errors_inside_items_have_their_path,
              a_second_streamed_sequence_is_never_handed_over);
    TEST_CASE(suite, "memory", streaming_needs_no_memory_for_the_items);
    return test_run(suite);
}
