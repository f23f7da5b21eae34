/* SPDX-License-Identifier: MIT */
/* The text under a document: encoding faults and places. */
#include "yaml/yaml_text.h"
#include "yaml_case.h"

static void expect_fault(const char *text, size_t size, enum yaml_text_fault fault, size_t offset)
{
    size_t found = 4711;

    ck_assert_int_eq(yaml_text_check((const uint8_t *)text, size, &found), fault);
    ck_assert_uint_eq(found, fault == YAML_TEXT_GOOD ? 4711 : offset);
}

START_TEST(every_byte_is_judged_wherever_it_stands)
{
    /* Among ASCII text the check goes eight bytes a step: the fault must not hide in a step. */
    for (unsigned byte = 0; byte < 256; byte++) {
        bool good = (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n' || byte == '\r';
        enum yaml_text_fault fault = byte == 0      ? YAML_TEXT_NUL
                                     : byte >= 0x80 ? YAML_TEXT_NOT_UTF8
                                     : good         ? YAML_TEXT_GOOD
                                                    : YAML_TEXT_CONTROL;

        for (size_t at = 0; at < 19; at++) {
            char text[20] = "abcdefgh~ ~ ABCDEFG";

            text[at] = (char)byte;
            expect_fault(text, 19, fault, at);
        }
    }
}
END_TEST

START_TEST(characters_of_every_length_are_text)
{
    static const char good[] = "\xc2\x85\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
                               "\xef\xbf\xbd\xef\xbb\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";

    expect_fault(good, sizeof(good) - 1, YAML_TEXT_GOOD, 0);
    expect_fault("", 0, YAML_TEXT_GOOD, 0);
}
END_TEST

START_TEST(forms_that_are_not_utf8_are_found)
{
    static const char *const bad[] = {
        "\xc1\xbf",         "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80", "\xc3(",        "\xe2\x82(",        "\xf0\x9f\x98", "\xfe",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_fault(bad[i], strlen(bad[i]), YAML_TEXT_NOT_UTF8, 0);
}
END_TEST

static void expect_place(const char *text, size_t offset, uint32_t line, uint32_t column)
{
    uint32_t found_line, found_column;

    yaml_text_place((const uint8_t *)text, offset, &found_line, &found_column);
    ck_assert_uint_eq(found_line, line);
    ck_assert_uint_eq(found_column, column);
}

START_TEST(a_place_counts_lines_and_characters)
{
    expect_place("ab", 0, 1, 1);
    expect_place("ab", 2, 1, 3);
    expect_place("a\nb", 1, 1, 2);
    expect_place("a\nb", 2, 2, 1);
    expect_place("\xc3\xa4\xf0\x9f\x98\x80x", 6, 1, 3);
}
END_TEST

START_TEST(every_line_break_of_yaml_ends_a_line)
{
    expect_place("\r\nx", 2, 2, 1);
    expect_place("\r\rx", 2, 3, 1);
    expect_place("\xc2\x85x", 2, 2, 1);
    expect_place("\xe2\x80\xa8x", 3, 2, 1);
    expect_place("\xe2\x80\xa9x", 3, 2, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_text");

    TEST_CASE(suite, "encoding", every_byte_is_judged_wherever_it_stands,
              characters_of_every_length_are_text, forms_that_are_not_utf8_are_found);
    TEST_CASE(suite, "places", a_place_counts_lines_and_characters,
              every_line_break_of_yaml_ends_a_line);
    return test_run(suite);
}
