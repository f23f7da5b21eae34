/* SPDX-License-Identifier: MIT */
/* Without host memory: each allocation fails once, nothing is lost or half done. */
#include "base/strbuf.h"
#include "lib/fail_malloc.h"
#include "yaml/yaml_override.h"
#include "yaml_case.h"

static bool accept_item(void *ctx, const struct yaml_node *item, struct sim_error *err)
{
    (void)ctx;
    (void)item;
    (void)err;
    return true;
}

/* Every way to need memory: blocks of the arena, the pending children, sorting a large mapping. */
static struct strbuf rich_text(void)
{
    struct strbuf text = {0};

    strbuf_adds(&text, "map:\n");
    for (int i = 0; i < 300; i++)
        strbuf_addf(&text, "  key%d: [%d, 'text']\n", i, i);
    strbuf_adds(&text, "events:\n");
    for (int i = 0; i < 20; i++)
        strbuf_addf(&text, "- [%d, {name: %0500d}]\n", i, i);
    ck_assert(!text.failed);
    return text;
}

static void parse_fails_at_each_allocation(const struct yaml_stream *stream)
{
    struct strbuf text = rich_text();
    bool ok = false, failed = true;
    unsigned n;

    for (n = 0; failed; n++) {
        struct yaml_doc doc;
        struct sim_error err = {0};

        fail_malloc_at(n);
        ok = yaml_doc_parse(&doc, "f", (const uint8_t *)text.data, text.length, stream, &err);
        failed = fail_malloc_off();
        ck_assert_int_eq(ok, !failed);
        ck_assert_int_eq(err.code, failed ? ERR_OUT_OF_MEMORY : ERR_NONE);
        ck_assert_int_eq(yaml_doc_root(&doc) != NULL, ok);
        yaml_doc_fini(&doc);
    }
    ck_assert(ok && n > 10);
    strbuf_fini(&text);
}

START_TEST(a_parse_without_memory_leaves_nothing)
{
    parse_fails_at_each_allocation(NULL);
}
END_TEST

START_TEST(a_streamed_parse_without_memory_leaves_nothing)
{
    const struct yaml_stream stream = {"events", accept_item, NULL};

    parse_fails_at_each_allocation(&stream);
}
END_TEST

START_TEST(an_override_without_memory_changes_nothing)
{
    const char *argument = "a.b.c=[1, 2]";
    bool failed = true;
    unsigned n;

    for (n = 0; failed; n++) {
        struct yaml_doc doc = must_parse("{a: {x: 1}}");
        struct sim_error err = {0};
        bool ok;

        /* No room is left: the next piece needs a block of its own. */
        while (doc.arena.used < 4096)
            ck_assert_ptr_nonnull(yaml_arena_alloc(&doc.arena, 8));
        fail_malloc_at(n);
        ok = yaml_override_apply(&doc, &argument, 1, &err);
        failed = fail_malloc_off();
        ck_assert_int_eq(ok, !failed);
        ck_assert_int_eq(err.code, failed ? ERR_OUT_OF_MEMORY : ERR_NONE);
        ck_assert_uint_eq(child(&doc, "a")->count, failed ? 1 : 2);
        yaml_doc_fini(&doc);
    }
    ck_assert_uint_gt(n, 2);
}
END_TEST

START_TEST(each_piece_of_an_override_may_be_the_one_that_fails)
{
    const char *argument = "a.b.c=[1, 2]";
    unsigned nr_failed = 0;

    /* Less and less room in the block, so that another piece of the change meets its end. */
    for (size_t used = 3000; used <= 4096; used += 8) {
        struct yaml_doc doc = must_parse("{a: {x: 1}}");
        struct sim_error err = {0};
        bool ok, failed;

        while (doc.arena.used < used)
            ck_assert_ptr_nonnull(yaml_arena_alloc(&doc.arena, 8));
        fail_malloc_at(1); /* the first is the builder's */
        ok = yaml_override_apply(&doc, &argument, 1, &err);
        failed = fail_malloc_off();
        ck_assert_int_eq(ok, !failed);
        ck_assert_uint_eq(child(&doc, "a")->count, failed ? 1 : 2);
        nr_failed += failed;
        yaml_doc_fini(&doc);
    }
    ck_assert_uint_gt(nr_failed, 10);
}
END_TEST

START_TEST(the_arena_keeps_what_it_has)
{
    struct yaml_arena arena = {0};
    char *piece = yaml_arena_copy(&arena, "kept", 4);

    fail_malloc_at(0);
    ck_assert_ptr_null(yaml_arena_alloc(&arena, 1 << 20));
    ck_assert(fail_malloc_off());
    ck_assert_ptr_null(yaml_arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(yaml_arena_copy(&arena, "x", SIZE_MAX / 2));
    ck_assert_str_eq(piece, "kept");
    ck_assert_ptr_nonnull(yaml_arena_alloc(&arena, 1 << 20));
    yaml_arena_rewind(&arena);
    ck_assert_uint_eq(arena.used, 0);
    yaml_arena_fini(&arena);
    yaml_arena_fini(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_memory");

    TEST_CASE(suite, "failures", a_parse_without_memory_leaves_nothing,
              a_streamed_parse_without_memory_leaves_nothing,
              an_override_without_memory_changes_nothing,
              each_piece_of_an_override_may_be_the_one_that_fails, the_arena_keeps_what_it_has);
    return test_run(suite);
}
