/* SPDX-License-Identifier: MIT */
/* The error value: the first one wins, later callers complete it, its text always fits. */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "lib/test.h"

struct code_row {
    enum sim_error_code code;
    const char *summary;
};

static const struct code_row codes[] = {
#define X(name, number, summary) {name, summary},
    SIM_ERROR_CODES(X)
#undef X
};

enum { NR_CODES = sizeof(codes) / sizeof(codes[0]) };

START_TEST(a_zeroed_error_is_no_error)
{
    struct sim_error err = {0};

    ck_assert(!sim_error_is_set(&err));
    ck_assert_str_eq(sim_error_code_name(err.code), "MM-0000");
}
END_TEST

START_TEST(setting_returns_false_and_keeps_code_and_message)
{
    struct sim_error err = {0};

    ck_assert(!sim_error_set(&err, ERR_BAD_ORDER, "order %d", 11));
    ck_assert(sim_error_is_set(&err));
    ck_assert_int_eq(err.code, ERR_BAD_ORDER);
    ck_assert_str_eq(err.message, "order 11");
}
END_TEST

START_TEST(the_first_error_wins)
{
    struct sim_error err = {0};

    sim_error_set(&err, ERR_OPEN, "the cause");
    ck_assert(!sim_error_set(&err, ERR_WRITE, "what followed"));
    ck_assert_int_eq(err.code, ERR_OPEN);
    ck_assert_str_eq(err.message, "the cause");
}
END_TEST

START_TEST(place_path_and_hint_are_added_once)
{
    struct sim_error err = {0};

    sim_error_set(&err, ERR_BAD_SIZE, "m");
    sim_error_add_place(&err, "a.yaml", 3, 7);
    sim_error_add_path(&err, "machine.nodes[0]");
    sim_error_add_hint(&err, "write %s", "64MiB");
    sim_error_add_place(&err, "b.yaml", 4, 8);
    sim_error_add_path(&err, "elsewhere");
    sim_error_add_hint(&err, "another");
    ck_assert_str_eq(err.file, "a.yaml");
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 7);
    ck_assert_str_eq(err.path, "machine.nodes[0]");
    ck_assert_str_eq(err.hint, "write 64MiB");
}
END_TEST

START_TEST(the_file_may_be_known_later_than_the_line)
{
    struct sim_error err = {0};

    sim_error_set(&err, ERR_BAD_SIZE, "m");
    sim_error_add_place(&err, NULL, 3, 7);
    sim_error_add_place(&err, "a.yaml", 0, 0);
    ck_assert_str_eq(err.file, "a.yaml");
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 7);
}
END_TEST

START_TEST(nothing_is_added_without_an_error)
{
    struct sim_error err = {0};
    const struct sim_error zero = {0};

    sim_error_add_place(&err, "a.yaml", 3, 7);
    sim_error_add_path(&err, "machine");
    sim_error_add_hint(&err, "hint");
    ck_assert_mem_eq(&err, &zero, sizeof(err));
}
END_TEST

START_TEST(overlong_parts_are_cut_and_terminated)
{
    struct sim_error err = {0};
    char text[1000];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    sim_error_set(&err, ERR_USAGE, "%s", text);
    sim_error_add_place(&err, text, 1, 1);
    sim_error_add_path(&err, text);
    sim_error_add_hint(&err, "%s", text);
    ck_assert_uint_eq(strlen(err.message), sizeof(err.message) - 1);
    ck_assert_uint_eq(strlen(err.file), sizeof(err.file) - 1);
    ck_assert_uint_eq(strlen(err.path), sizeof(err.path) - 1);
    ck_assert_uint_eq(strlen(err.hint), sizeof(err.hint) - 1);
}
END_TEST

START_TEST(control_characters_of_the_input_do_not_get_through)
{
    struct sim_error err = {0};

    sim_error_set(&err, ERR_UNKNOWN_KEY, "key %s", "a\x1b[2J\n\x7f\xc3\xa4");
    sim_error_add_place(&err, "f\r.yaml", 1, 1);
    sim_error_add_path(&err, "a.\tb");
    sim_error_add_hint(&err, "%s", "\x01");
    ck_assert_str_eq(err.message, "key a?[2J??\xc3\xa4");
    ck_assert_str_eq(err.file, "f?.yaml");
    ck_assert_str_eq(err.path, "a.?b");
    ck_assert_str_eq(err.hint, "?");
}
END_TEST

START_TEST(every_known_part_is_written)
{
    struct sim_error err = {0};
    char text[512];

    sim_error_set(&err, ERR_WRONG_TYPE, "not a list");
    sim_error_add_place(&err, "m.yaml", 3, 7);
    sim_error_add_path(&err, "machine.nodes[1]");
    sim_error_add_hint(&err, "write [..]");
    sim_error_format(&err, text, sizeof(text));
    ck_assert_str_eq(text, "m.yaml:3:7: error[MM-0203]: not a list (at machine.nodes[1])\n"
                           "  hint: write [..]\n");
}
END_TEST

START_TEST(unknown_parts_are_left_out)
{
    struct sim_error err = {0};
    char text[512];

    sim_error_set(&err, ERR_OPEN, "cannot open");
    sim_error_format(&err, text, sizeof(text));
    ck_assert_str_eq(text, "error[MM-0701]: cannot open\n");
    sim_error_add_place(&err, "m.yaml", 0, 5);
    sim_error_format(&err, text, sizeof(text));
    ck_assert_str_eq(text, "m.yaml: error[MM-0701]: cannot open\n");
    sim_error_add_place(&err, NULL, 12, 0);
    sim_error_format(&err, text, sizeof(text));
    ck_assert_str_eq(text, "m.yaml:12: error[MM-0701]: cannot open\n");
}
END_TEST

START_TEST(a_text_of_any_size_is_a_prefix_and_terminated)
{
    struct sim_error err = {0};
    char whole[512], part[512];
    size_t length;

    sim_error_set(&err, ERR_WRONG_TYPE, "not a list");
    sim_error_add_place(&err, "m.yaml", 3, 7);
    sim_error_add_path(&err, "machine.nodes[1]");
    sim_error_add_hint(&err, "write [..]");
    sim_error_format(&err, whole, sizeof(whole));
    length = strlen(whole);
    for (uint32_t size = 1; size <= length + 1; size++) {
        memset(part, '#', sizeof(part));
        sim_error_format(&err, part, size);
        ck_assert_uint_eq(strlen(part), size - 1);
        ck_assert_mem_eq(part, whole, size - 1);
        ck_assert_int_eq(part[size], '#');
    }
    memset(part, '#', sizeof(part));
    sim_error_format(&err, part, 0);
    ck_assert_int_eq(part[0], '#');
}
END_TEST

START_TEST(every_code_has_its_own_number_and_a_summary)
{
    for (unsigned i = 0; i < NR_CODES; i++) {
        char name[16];
        size_t length = strlen(codes[i].summary);

        snprintf(name, sizeof(name), "MM-%04u", (unsigned)codes[i].code);
        ck_assert_str_eq(sim_error_code_name(codes[i].code), name);
        ck_assert_str_eq(sim_error_code_summary(codes[i].code), codes[i].summary);
        ck_assert_uint_gt(length, 0);
        ck_assert_int_eq(codes[i].summary[length - 1], '.');
        for (unsigned j = 0; j < i; j++) {
            ck_assert_uint_ne(codes[i].code, codes[j].code);
            ck_assert_str_ne(codes[i].summary, codes[j].summary);
        }
    }
}
END_TEST

START_TEST(codes_stand_in_the_order_of_their_numbers)
{
    for (unsigned i = 1; i < NR_CODES; i++)
        ck_assert_uint_lt(codes[i - 1].code, codes[i].code);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");

    TEST_CASE(suite, "setting", a_zeroed_error_is_no_error,
              setting_returns_false_and_keeps_code_and_message, the_first_error_wins,
              place_path_and_hint_are_added_once, the_file_may_be_known_later_than_the_line,
              nothing_is_added_without_an_error, overlong_parts_are_cut_and_terminated,
              control_characters_of_the_input_do_not_get_through);
    TEST_CASE(suite, "format", every_known_part_is_written, unknown_parts_are_left_out,
              a_text_of_any_size_is_a_prefix_and_terminated);
    TEST_CASE(suite, "codes", every_code_has_its_own_number_and_a_summary,
              codes_stand_in_the_order_of_their_numbers);
    return test_run(suite);
}
