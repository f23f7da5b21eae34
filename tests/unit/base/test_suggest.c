/* SPDX-License-Identifier: MIT */
/* Which word is near enough to be meant. */
#include "base/suggest.h"

#include <string.h>

#include "lib/test.h"

static const char *const words[] = {"kernel", "nodes", "memory", "distance", "sysctl", "", "cpus"};

enum { NR_WORDS = sizeof(words) / sizeof(words[0]) };

START_TEST(a_misspelt_word_is_recognized)
{
    static const char *const rows[][2] = {
        {"kernal", "kernel"},     /* replaced */
        {"kernell", "kernel"},    /* one too many */
        {"kerel", "kernel"},      /* one missing */
        {"ndoes", "nodes"},       /* swapped */
        {"distacne", "distance"}, /* swapped */
        {"mmeroy", "memory"},     /* two swaps in six letters */
        {"kernel", "kernel"},     /* right already */
        {"syscall", "sysctl"},    /* two edits in seven letters */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *meant = suggest_word(rows[i][0], words, NR_WORDS);

        ck_assert_msg(meant && strcmp(meant, rows[i][1]) == 0, "%s: %s", rows[i][0],
                      meant ? meant : "nothing");
    }
}
END_TEST

START_TEST(a_word_too_far_from_all_suggests_nothing)
{
    static const char *const strange[] = {
        "",       "x",          "ok",
        "zzzzzz", "memorandum", "cxxs", /* two edits in four letters: one is the limit */
        "nmdxs",                        /* two edits in five letters */
        "kirnal+"                       /* three in seven */
    };

    for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
        ck_assert_msg(!suggest_word(strange[i], words, NR_WORDS), "%s", strange[i]);
    ck_assert_ptr_null(suggest_word("kernel", NULL, 0));
}
END_TEST

START_TEST(a_word_of_two_letters_may_have_one_edit)
{
    static const char *const ops[] = {"op", "at"};

    ck_assert_str_eq(suggest_word("po", ops, 2), "op");
    ck_assert_str_eq(suggest_word("opt", ops, 2), "op");
    ck_assert_str_eq(suggest_word("a1", ops, 2), "at");
    ck_assert_ptr_null(suggest_word("o", ops, 2));
}
END_TEST

START_TEST(the_nearest_wins_and_of_equals_the_first)
{
    static const char *const near[] = {"pagefault", "page_fault", "page-fault", "page_faults"};
    static const char *const equals[] = {"carb", "cart", "card"};

    ck_assert_ptr_eq(suggest_word("page_fault", near, 4), near[1]);
    ck_assert_ptr_eq(suggest_word("page_faultss", near, 4), near[3]);
    ck_assert_ptr_eq(suggest_word("cars", equals, 3), equals[0]);
    ck_assert_ptr_eq(suggest_word("cart", equals, 3), equals[1]);
}
END_TEST

START_TEST(the_distance_counts_edits_as_a_table_does)
{
    /* One row a distance: the word of twelve letters may be four away. */
    static const char *const target[] = {"abcdefghijkl"};

    ck_assert_ptr_nonnull(suggest_word("abcdefghijkl", target, 1));
    ck_assert_ptr_nonnull(suggest_word("bacdefghijlk", target, 1)); /* 2 */
    ck_assert_ptr_nonnull(suggest_word("badcfehgijkl", target, 1)); /* 4 */
    ck_assert_ptr_null(suggest_word("badcfehgjikl", target, 1));    /* 5 */
    ck_assert_ptr_null(suggest_word("efghijkl0123", target, 1));    /* 8 */
    ck_assert_ptr_nonnull(suggest_word("abcdefgh0123", target, 1)); /* 4 */
    ck_assert_ptr_null(suggest_word("abcdefg01234", target, 1));    /* 5 */
}
END_TEST

START_TEST(a_swap_is_one_edit_not_two)
{
    static const char *const target[] = {"abcd"};

    ck_assert_ptr_nonnull(suggest_word("abdc", target, 1));
    ck_assert_ptr_nonnull(suggest_word("bacd", target, 1));
    ck_assert_ptr_null(suggest_word("badc", target, 1));
    ck_assert_ptr_null(suggest_word("cbad", target, 1)); /* not neighbours */
}
END_TEST

START_TEST(words_beyond_63_letters_are_not_compared)
{
    char just[64], longer[65], longest[1000];
    const char *const candidates[] = {longest, longer, just};

    memset(just, 'a', sizeof(just));
    memset(longer, 'a', sizeof(longer));
    memset(longest, 'a', sizeof(longest));
    just[63] = longer[64] = longest[999] = '\0';
    ck_assert_ptr_eq(suggest_word(just, candidates, 3), just);
    ck_assert_ptr_null(suggest_word(longer, candidates, 3));
    ck_assert_ptr_null(suggest_word(longest, candidates, 3));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("suggest");

    TEST_CASE(suite, "choice", a_misspelt_word_is_recognized,
              a_word_too_far_from_all_suggests_nothing, a_word_of_two_letters_may_have_one_edit,
              the_nearest_wins_and_of_equals_the_first);
    TEST_CASE(suite, "distance", the_distance_counts_edits_as_a_table_does,
              a_swap_is_one_edit_not_two, words_beyond_63_letters_are_not_compared);
    return test_run(suite);
}
