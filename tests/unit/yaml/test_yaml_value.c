/* SPDX-License-Identifier: MIT */
/* Typed readers: what each accepts, and code, place and path of what it refuses. */
#include <stdio.h>

#include "yaml/yaml_value.h"
#include "yaml_case.h"

/* The value of `key: VALUE`, read by one of the readers below; ERR_NONE when it was accepted. */
enum reader { UINT, INT, SIZE, DURATION, RATE, BOOL, STRING };

static enum sim_error_code read_as(enum reader reader, const char *value)
{
    char text[128];
    struct yaml_doc doc;
    struct sim_error err = {0};
    const struct yaml_node *node;
    uint64_t number = 4711;
    int64_t integer = 4711;
    bool flag, ok = false;
    const char *string = NULL;

    snprintf(text, sizeof(text), "a:\n  - key: %s\n", value);
    doc = must_parse(text);
    node = yaml_map_get(yaml_seq_at(child(&doc, "a"), 0), "key");
    switch (reader) {
    case UINT:
        ok = yaml_get_uint(node, 2, 1000, &number, &err);
        break;
    case INT:
        ok = yaml_get_int(node, -10, 10, &integer, &err);
        break;
    case SIZE:
        ok = yaml_get_size_bytes(node, 4096, 1 << 20, &number, &err);
        break;
    case DURATION:
        ok = yaml_get_duration_ns(node, 1000, 1000000, &number, &err);
        break;
    case RATE:
        ok = yaml_get_rate(node, 4096, 1000000000, &number, &err);
        break;
    case BOOL:
        ok = yaml_get_bool(node, &flag, &err);
        break;
    case STRING:
        ok = yaml_get_string(node, &string, &err);
        break;
    }
    if (!ok) {
        ck_assert(number == 4711 && integer == 4711 && !string);
        expect_error(&err, err.code, "file.yaml", 2, 10, "a[0].key");
    }
    ck_assert_int_eq(ok, !sim_error_is_set(&err));
    yaml_doc_fini(&doc);
    return err.code;
}

START_TEST(numbers_are_plain_decimal_or_hexadecimal)
{
    ck_assert_int_eq(read_as(UINT, "2"), ERR_NONE);
    ck_assert_int_eq(read_as(UINT, "1000"), ERR_NONE);
    ck_assert_int_eq(read_as(UINT, "0x10"), ERR_NONE);
    ck_assert_int_eq(read_as(UINT, "1"), ERR_OUT_OF_RANGE);
    ck_assert_int_eq(read_as(UINT, "1001"), ERR_OUT_OF_RANGE);
    ck_assert_int_eq(read_as(UINT, "010"), ERR_BAD_NUMBER);
    ck_assert_int_eq(read_as(UINT, "1e2"), ERR_BAD_NUMBER);
    ck_assert_int_eq(read_as(UINT, "-5"), ERR_BAD_NUMBER);
    ck_assert_int_eq(read_as(UINT, "5.0"), ERR_BAD_NUMBER);
    ck_assert_int_eq(read_as(UINT, "99999999999999999999"), ERR_BAD_NUMBER);
    ck_assert_int_eq(read_as(UINT, "many"), ERR_BAD_NUMBER);
}
END_TEST

START_TEST(numbers_are_never_quoted_null_or_collections)
{
    for (enum reader reader = UINT; reader <= RATE; reader++) {
        ck_assert_int_eq(read_as(reader, "'5'"), ERR_WRONG_TYPE);
        ck_assert_int_eq(read_as(reader, "~ "), ERR_WRONG_TYPE);
        ck_assert_int_eq(read_as(reader, "null"), ERR_WRONG_TYPE);
        ck_assert_int_eq(read_as(reader, "[5]"), ERR_WRONG_TYPE);
        ck_assert_int_eq(read_as(reader, "{a: 5}"), ERR_WRONG_TYPE);
    }
}
END_TEST

START_TEST(signed_numbers_have_a_range)
{
    ck_assert_int_eq(read_as(INT, "-10"), ERR_NONE);
    ck_assert_int_eq(read_as(INT, "10"), ERR_NONE);
    ck_assert_int_eq(read_as(INT, "-11"), ERR_OUT_OF_RANGE);
    ck_assert_int_eq(read_as(INT, "11"), ERR_OUT_OF_RANGE);
    ck_assert_int_eq(read_as(INT, "+1"), ERR_BAD_NUMBER);
}
END_TEST

START_TEST(sizes_and_durations_have_units)
{
    ck_assert_int_eq(read_as(SIZE, "64KiB"), ERR_NONE);
    ck_assert_int_eq(read_as(SIZE, "4096"), ERR_NONE);
    ck_assert_int_eq(read_as(SIZE, "2MiB"), ERR_OUT_OF_RANGE);
    ck_assert_int_eq(read_as(SIZE, "64MB"), ERR_BAD_SIZE);
    ck_assert_int_eq(read_as(DURATION, "10us"), ERR_NONE);
    ck_assert_int_eq(read_as(DURATION, "1000"), ERR_NONE);
    ck_assert_int_eq(read_as(DURATION, "2ms"), ERR_OUT_OF_RANGE);
    ck_assert_int_eq(read_as(DURATION, "10 us"), ERR_BAD_DURATION);
    ck_assert_int_eq(read_as(RATE, "4096"), ERR_NONE);
    ck_assert_int_eq(read_as(RATE, "1GB/s"), ERR_NONE);
    ck_assert_int_eq(read_as(RATE, "1GiB/s"), ERR_OUT_OF_RANGE);
    ck_assert_int_eq(read_as(RATE, "60kB/s"), ERR_BAD_RATE);
}
END_TEST

START_TEST(booleans_are_true_or_false_only)
{
    ck_assert_int_eq(read_as(BOOL, "true"), ERR_NONE);
    ck_assert_int_eq(read_as(BOOL, "false"), ERR_NONE);
    ck_assert_int_eq(read_as(BOOL, "yes"), ERR_WRONG_TYPE);
    ck_assert_int_eq(read_as(BOOL, "True"), ERR_WRONG_TYPE);
    ck_assert_int_eq(read_as(BOOL, "1"), ERR_WRONG_TYPE);
    ck_assert_int_eq(read_as(BOOL, "'true'"), ERR_WRONG_TYPE);
    ck_assert_int_eq(read_as(BOOL, "~"), ERR_WRONG_TYPE);
}
END_TEST

START_TEST(strings_are_any_scalar_but_null)
{
    ck_assert_int_eq(read_as(STRING, "text"), ERR_NONE);
    ck_assert_int_eq(read_as(STRING, "17"), ERR_NONE);
    ck_assert_int_eq(read_as(STRING, "'null'"), ERR_NONE);
    ck_assert_int_eq(read_as(STRING, "''"), ERR_NONE);
    ck_assert_int_eq(read_as(STRING, "null"), ERR_WRONG_TYPE);
    ck_assert_int_eq(read_as(STRING, "[]"), ERR_WRONG_TYPE);
}
END_TEST

START_TEST(the_values_are_exact)
{
    struct yaml_doc doc = must_parse(
        "{u: 18446744073709551615, i: -9223372036854775808, s: 1.5GiB, d: 1.5s, r: 60MB/s, "
        "b: true, t: x}");
    struct sim_error err = {0};
    uint64_t u, s, d, r;
    int64_t i;
    bool b;
    const char *t;

    ck_assert(yaml_get_uint(child(&doc, "u"), 0, UINT64_MAX, &u, &err) && u == UINT64_MAX);
    ck_assert(yaml_get_int(child(&doc, "i"), INT64_MIN, 0, &i, &err) && i == INT64_MIN);
    ck_assert(yaml_get_size_bytes(child(&doc, "s"), 0, UINT64_MAX, &s, &err));
    ck_assert_uint_eq(s, UINT64_C(3) << 29);
    ck_assert(yaml_get_duration_ns(child(&doc, "d"), 0, UINT64_MAX, &d, &err));
    ck_assert_uint_eq(d, UINT64_C(1500000000));
    ck_assert(yaml_get_rate(child(&doc, "r"), 0, UINT64_MAX, &r, &err) && r == 60000000);
    ck_assert(yaml_get_bool(child(&doc, "b"), &b, &err) && b);
    ck_assert(yaml_get_string(child(&doc, "t"), &t, &err));
    ck_assert_str_eq(t, "x");
    yaml_doc_fini(&doc);
}
END_TEST

static const char *const kernels[] = {"linux-2.6.24", "linux-6.1"};

START_TEST(a_choice_is_an_index)
{
    struct yaml_doc doc = must_parse("{a: linux-6.1, b: linux-6.2, c: plan9, d: ~, e: [x]}");
    struct sim_error err = {0};
    size_t index = 7;

    ck_assert(yaml_get_choice(child(&doc, "a"), kernels, 2, &index, &err));
    ck_assert_uint_eq(index, 1);
    ck_assert(!yaml_get_choice(child(&doc, "b"), kernels, 2, &index, &err));
    expect_error(&err, ERR_UNKNOWN_NAME, "file.yaml", 1, 19, "b");
    ck_assert_str_eq(err.hint, "did you mean linux-6.1?");
    err = (struct sim_error){0};
    ck_assert(!yaml_get_choice(child(&doc, "c"), kernels, 2, &index, &err));
    ck_assert_ptr_nonnull(strstr(err.hint, "linux-2.6.24, linux-6.1"));
    err = (struct sim_error){0};
    ck_assert(!yaml_get_choice(child(&doc, "d"), kernels, 2, &index, &err));
    ck_assert_int_eq(err.code, ERR_WRONG_TYPE);
    err = (struct sim_error){0};
    ck_assert(!yaml_get_choice(child(&doc, "e"), kernels, 2, &index, &err));
    ck_assert_int_eq(err.code, ERR_WRONG_TYPE);
    ck_assert_uint_eq(index, 1);
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(an_unknown_key_names_the_likely_one)
{
    static const char *const known[] = {"nodes", "zones"};
    struct yaml_doc doc = must_parse("machine:\n  zones: 1\n  ndoes: 2\nother: {q: 1}\n");
    struct sim_error err = {0};

    ck_assert(!yaml_check_keys(child(&doc, "machine"), known, 2, &err));
    expect_error(&err, ERR_UNKNOWN_KEY, "file.yaml", 3, 3, "machine.ndoes");
    ck_assert_str_eq(err.hint, "did you mean nodes?");
    err = (struct sim_error){0};
    ck_assert(!yaml_check_keys(child(&doc, "other"), known, 2, &err));
    expect_error(&err, ERR_UNKNOWN_KEY, "file.yaml", 4, 9, "other.q");
    ck_assert_ptr_nonnull(strstr(err.hint, "nodes, zones"));
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(known_keys_pass_and_other_kinds_do_not)
{
    static const char *const known[] = {"a", "b"};
    struct yaml_doc doc = must_parse("a: {b: 1}\nb: [1]\n");
    struct sim_error err = {0};

    ck_assert(yaml_check_keys(yaml_doc_root(&doc), known, 2, &err));
    ck_assert(yaml_check_keys(child(&doc, "a"), known, 2, &err));
    ck_assert(!yaml_check_keys(child(&doc, "b"), known, 2, &err));
    expect_error(&err, ERR_WRONG_TYPE, "file.yaml", 2, 4, "b");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_hint_lists_whole_words_only)
{
    static const char *const known[] = {
        "min_free_kbytes_is_long_one",    "lowmem_reserve_ratio_two",
        "percpu_pagelist_fraction_three", "swappiness_number_four",
        "dirty_background_ratio_five",    "zone_reclaim_mode_six"};
    struct yaml_doc doc = must_parse("x: 1\n");
    struct sim_error err = {0};

    ck_assert(!yaml_check_keys(yaml_doc_root(&doc), known, 6, &err));
    ck_assert_str_eq(err.hint + strlen(err.hint) - 5, ", ...");
    ck_assert_ptr_nonnull(strstr(err.hint, "swappiness_number_four"));
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_required_key_is_missing_from_its_mapping)
{
    struct yaml_doc doc = must_parse("machine:\n  nodes: 1\n");
    const struct yaml_node *node = NULL;
    struct sim_error err = {0};

    ck_assert(yaml_require(child(&doc, "machine"), "nodes", &node, &err));
    ck_assert_str_eq(node->text, "1");
    ck_assert(!yaml_require(child(&doc, "machine"), "zones", &node, &err));
    expect_error(&err, ERR_MISSING_KEY, "file.yaml", 2, 3, "machine");
    err = (struct sim_error){0};
    ck_assert(!yaml_require(node, "x", &node, &err));
    ck_assert_int_eq(err.code, ERR_WRONG_TYPE);
    ck_assert_str_eq(node->text, "1");
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_kind_is_expected)
{
    struct yaml_doc doc = must_parse("{s: 1, l: [], m: {}}");
    const char *const keys[] = {"s", "l", "m"};

    for (int kind = YAML_SCALAR; kind <= YAML_MAPPING; kind++) {
        for (int i = 0; i < 3; i++) {
            struct sim_error err = {0};

            ck_assert_int_eq(yaml_expect(child(&doc, keys[i]), (enum yaml_kind)kind, &err),
                             i == kind);
            ck_assert_int_eq(err.code, i == kind ? ERR_NONE : ERR_WRONG_TYPE);
        }
    }
    yaml_doc_fini(&doc);
}
END_TEST

START_TEST(a_key_that_is_not_there_keeps_the_default)
{
    uint64_t u = 1;
    int64_t i = 2;
    bool b = true;
    const char *t = "x";
    size_t index = 3;
    struct sim_error err = {0};

    ck_assert(yaml_get_uint(NULL, 5, 6, &u, &err) && yaml_get_size_bytes(NULL, 5, 6, &u, &err) &&
              yaml_get_duration_ns(NULL, 5, 6, &u, &err) && yaml_get_rate(NULL, 5, 6, &u, &err) &&
              u == 1);
    ck_assert(yaml_get_int(NULL, 5, 6, &i, &err) && i == 2);
    ck_assert(yaml_get_bool(NULL, &b, &err) && b);
    ck_assert(yaml_get_string(NULL, &t, &err) && *t == 'x');
    ck_assert(yaml_get_choice(NULL, kernels, 2, &index, &err) && index == 3);
    ck_assert(yaml_expect(NULL, YAML_MAPPING, &err) && yaml_check_keys(NULL, kernels, 2, &err));
    ck_assert(!sim_error_is_set(&err));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_value");

    TEST_CASE(suite, "scalars", numbers_are_plain_decimal_or_hexadecimal,
              numbers_are_never_quoted_null_or_collections, signed_numbers_have_a_range,
              sizes_and_durations_have_units, booleans_are_true_or_false_only,
              strings_are_any_scalar_but_null, the_values_are_exact, a_choice_is_an_index);
    TEST_CASE(suite, "mappings", an_unknown_key_names_the_likely_one,
              known_keys_pass_and_other_kinds_do_not, a_hint_lists_whole_words_only,
              a_required_key_is_missing_from_its_mapping, a_kind_is_expected);
    TEST_CASE(suite, "defaults", a_key_that_is_not_there_keeps_the_default);
    return test_run(suite);
}
