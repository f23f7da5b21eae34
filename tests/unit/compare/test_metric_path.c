/* SPDX-License-Identifier: MIT */
/* Tests of the grammar of metric paths. */
#include <string.h>

#include "compare/metric_path.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

/* The path as words: .member, [name], #index, *, then the aggregate's number and limit. */
static void expect_path(const char *text, const char *expected)
{
    struct sim_error err = {0};
    struct metric_path path;
    struct strbuf words = {0};

    ck_assert_msg(metric_path_init(&path, text, &err), "%s: %s", text, err.message);
    for (size_t i = 0; i < path.parts.count; i++) {
        const struct metric_part *part = &path.parts.items[i];

        if (part->kind == METRIC_PART_MEMBER)
            strbuf_addf(&words, ".%s", part->name);
        else if (part->kind == METRIC_PART_NAME)
            strbuf_addf(&words, "[%s]", part->name);
        else if (part->kind == METRIC_PART_INDEX)
            strbuf_addf(&words, "#%u", part->index);
        else
            strbuf_adds(&words, "*");
        /* all parts together are the text */
        ck_assert_uint_eq(part->begin, i ? path.parts.items[i - 1].end : 0);
    }
    ck_assert_uint_eq(path.parts.items[path.parts.count - 1].end, strlen(text));
    if (path.aggregate)
        strbuf_addf(&words, " %s", metric_aggregate_words[path.aggregate - 1]);
    if (path.has_limit)
        strbuf_addf(&words, " %lld", (long long)path.limit_milli);
    ck_assert_str_eq(words.data, expected);
    strbuf_fini(&words);
    metric_path_fini(&path);
}

START_TEST(paths_are_members_names_indices_and_each)
{
    expect_path("oom_kills", ".oom_kills");
    expect_path("vmstat.allocstall", ".vmstat.allocstall");
    expect_path("zones[0/DMA32].nr_free[9]", ".zones[0/DMA32].nr_free#9");
    expect_path("zones[*].margin_low_pages.min", ".zones*.margin_low_pages.min min");
    expect_path("a[0][1][x]", ".a#0#1[x]");
    expect_path("config.vm.page-cluster", ".config.vm.page-cluster");
}
END_TEST

START_TEST(brackets_hold_any_name)
{
    expect_path("tasks[a.b c(<=)]", ".tasks[a.b c(<=)]");
    expect_path("tasks[a\\]b\\[c\\\\]", ".tasks[a]b[c\\]");
    expect_path("tasks[\\7]", ".tasks[7]");
    expect_path("tasks[\\*]", ".tasks[*]");
    expect_path("tasks[**]", ".tasks[**]");
    expect_path("tasks[-1]", ".tasks[-1]");
    expect_path("tasks[07]", ".tasks[07]");
    expect_path("tasks[99999999999]", ".tasks[99999999999]");
    expect_path("tasks[4294967295]", ".tasks[4294967295]");
    expect_path("tasks[4294967294]", ".tasks#4294967294");
}
END_TEST

START_TEST(a_last_member_may_be_an_aggregate)
{
    expect_path("a.min", ".a.min min");
    expect_path("a.p99", ".a.p99 p99");
    expect_path("a.integral", ".a.integral integral");
    expect_path("a.min.max", ".a.min.max max");
    expect_path("min", ".min");
    expect_path("a[min]", ".a[min]");
    expect_path("a.p90", ".a.p90");
    expect_path("a.first_below(-1.5)", ".a.first_below first_below(X) -1500");
    expect_path("a[b].time_above(2us)", ".a[b].time_above time_above(X) 2000000");
}
END_TEST

START_TEST(what_cannot_be_a_path_is_refused)
{
    static const char *const texts[] = {
        "",
        ".",
        ".a",
        "a.",
        "a..b",
        "[a]",
        "a[",
        "a[]",
        "a[b",
        "a]",
        "a[b]c",
        "a b",
        "a.*",
        "a*",
        "a=b",
        "a[b[c]]",
        "a[b\\]",
        "a\tb",
        "a.b(1)",
        "a.min(1)",
        "a.first_below",
        "a.first_below()",
        "a.first_below(x)",
        "a.first_below(1",
        "a.first_below(1).min",
        "first_below(1)",
        "a[first_below](1)",
        "a.time_below(1)x",
        "a()",
        "a<3",
        "a\"b",
        "a,b)",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct sim_error err = {0};
        struct metric_path path;

        ck_assert_msg(!metric_path_init(&path, texts[i], &err), "%s", texts[i]);
        ck_assert_int_eq(err.code, ERR_BAD_METRIC);
    }
}
END_TEST

static void expect_part(const char *name, bool member, const char *expected)
{
    struct strbuf buf = {0};

    if (member)
        metric_part_format_member(&buf, name, strlen(name));
    else
        metric_part_format_element(&buf, name, name ? strlen(name) : 0, 3);
    ck_assert_str_eq(buf.data, expected);
    strbuf_fini(&buf);
}

START_TEST(parts_are_written_as_they_are_read)
{
    expect_part("resched", true, ".resched");
    expect_part("a.b", true, "[a.b]");
    expect_part("a]b", true, "[a\\]b]");
    expect_part("0/DMA", false, "[0/DMA]");
    expect_part(NULL, false, "[3]");
    expect_part("", false, "[3]");
    expect_part("17", false, "[\\17]");
    expect_part("*", false, "[\\*]");
    expect_part("a\\[", false, "[a\\\\\\[]");
}
END_TEST

START_TEST(lack_of_memory_leaves_nothing_behind)
{
    struct sim_error err = {0};
    struct metric_path path;
    bool ok;

    for (unsigned n = 0;; n++) {
        err = (struct sim_error){0};
        fail_malloc_at(n);
        ok = metric_path_init(&path, "zones[0/DMA].x[3].time_above(4)", &err);
        if (!fail_malloc_off())
            break;
        ck_assert(!ok);
        ck_assert_int_eq(err.code, ERR_OUT_OF_MEMORY);
    }
    ck_assert(ok);
    metric_path_fini(&path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metric_path");

    TEST_CASE(suite, "parse", paths_are_members_names_indices_and_each, brackets_hold_any_name,
              a_last_member_may_be_an_aggregate, what_cannot_be_a_path_is_refused);
    TEST_CASE(suite, "format", parts_are_written_as_they_are_read);
    TEST_CASE(suite, "memory", lack_of_memory_leaves_nothing_behind);
    return test_run(suite);
}
