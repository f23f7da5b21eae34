/* SPDX-License-Identifier: MIT */
/* Tests of tables. */
#include "compare/text_table.h"

#include <string.h>

#include "lib/test.h"

static void expect(struct text_table *table, bool markdown, bool color, const char *expected)
{
    struct strbuf text = {0};

    if (markdown)
        text_table_format_markdown(table, &text);
    else
        text_table_format(table, 1, color, &text);
    ck_assert_str_eq(text.data, expected);
    strbuf_fini(&text);
}

static struct text_table make(void)
{
    struct text_table table = {.align = "lrrl"};
    const char *const texts[] = {"metric", "base", "%", "",  "a|b_c", "10",
                                 "",       "",     "é", "9", "",      "x"};

    for (size_t i = 0; i < 12; i++)
        text_table_add(&table,
                       i == 4    ? TEXT_NAME
                       : i == 11 ? TEXT_BAD
                                 : TEXT_PLAIN,
                       "%s", texts[i]);
    return table;
}

START_TEST(columns_are_aligned_and_empty_ones_left_out)
{
    struct text_table table = make();

    expect(&table, false, false,
           " metric  base\n"
           " a|b_c     10\n"
           " é          9  x\n");
    text_table_fini(&table);
}
END_TEST

START_TEST(colours_do_not_move_columns)
{
    struct text_table table = make();

    expect(&table, false, true,
           " metric  base\n"
           " a|b_c     10\n"
           " é          9  \033[1;31mx\033[0m\n");
    text_table_fini(&table);
}
END_TEST

START_TEST(markdown_shows_texts_as_they_are)
{
    struct text_table table = make();
    struct strbuf text = {0};

    expect(&table, true, false,
           "| metric | base |  |\n"
           "| --- | ---: | --- |\n"
           "| `a\\|b_c` | 10 |  |\n"
           "| é | 9 | **x** |\n");
    text_table_fini(&table);
    markdown_add_code(&text, "a|b", false);
    markdown_add_code(&text, "`<b>`*", false);
    ck_assert_str_eq(text.data, "`a|b`\\`\\<b>\\`\\*");
    strbuf_reset(&text);
    markdown_add_text(&text, "# nr_free _x_ <= 1 & 2 &lt; zones[0/DMA].a [b](c) - #");
    ck_assert_str_eq(text.data, "\\# nr_free \\_x\\_ <= 1 & 2 \\&lt; zones[0/DMA].a [b\\](c) - #");
    strbuf_fini(&text);
}
END_TEST

START_TEST(a_name_with_a_line_end_stays_in_its_cell)
{
    struct text_table table = {.align = "ll"};

    text_table_add(&table, TEXT_PLAIN, "a");
    text_table_add(&table, TEXT_PLAIN, "b");
    text_table_add(&table, TEXT_PLAIN, "x\ny\033[m");
    text_table_add(&table, TEXT_PLAIN, "z");
    expect(&table, false, false, " a       b\n x?y?[m  z\n");
    text_table_fini(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text_table");

    TEST_CASE(suite, "text_table", columns_are_aligned_and_empty_ones_left_out,
              colours_do_not_move_columns, markdown_shows_texts_as_they_are,
              a_name_with_a_line_end_stays_in_its_cell);
    return test_run(suite);
}
