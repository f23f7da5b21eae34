/* SPDX-License-Identifier: MIT */
/* Distributions: every form, and its limits. */
#include "config/distribution_config.h"
#include "config_case.h"

static struct distribution must_read(const char *text, enum distribution_unit unit)
{
    struct distribution d = {.kind = NR_DISTRIBUTIONS};
    struct sim_error err = {0};
    struct yaml_doc doc;

    ck_assert(yaml_doc_parse(&doc, "d", (const uint8_t *)text, strlen(text), NULL, &err));
    ck_assert_msg(
        distribution_read(yaml_map_get(yaml_doc_root(&doc), "d"), unit, 0, INT64_MAX, &d, &err),
        "%s", err.message);
    yaml_doc_fini(&doc);
    return d;
}

START_TEST(a_value_alone_is_a_constant)
{
    struct distribution d = must_read("d: 10ms", UNIT_DURATION_NS);

    ck_assert(d.kind == DIST_CONSTANT && d.value == 10000000);
    d = must_read("d: {constant: 7}", UNIT_NUMBER);
    ck_assert(d.kind == DIST_CONSTANT && d.value == 7);
}
END_TEST

START_TEST(each_distribution_has_its_parameters)
{
    struct distribution d = must_read("d: {uniform: {min: 1, max: 8}}", UNIT_NUMBER);

    ck_assert(d.kind == DIST_UNIFORM && d.min == 1 && d.max == 8);
    d = must_read("d: {exponential: {mean: 1ms, max: 5ms}}", UNIT_DURATION_NS);
    ck_assert(d.kind == DIST_EXPONENTIAL && d.value == 1000000);
    ck_assert(d.min == 0 && d.max == 5000000);
    d = must_read("d: {lognormal: {median: 10us, sigma: 1.5, min: 1us}}", UNIT_DURATION_NS);
    ck_assert(d.kind == DIST_LOGNORMAL && d.value == 10000 && d.param_milli == 1500);
    ck_assert(d.min == 1000 && d.max == 0);
    d = must_read("d: {zipf: {n: 100, exponent: 0.987, min: 4, step: 2}}", UNIT_NUMBER);
    ck_assert(d.kind == DIST_ZIPF && d.n == 100 && d.param_milli == 987);
    ck_assert(d.min == 4 && d.step == 2);
}
END_TEST

START_TEST(decimals_are_exact)
{
    ck_assert_uint_eq(must_read("d: {lognormal: {median: 1, sigma: 8}}", UNIT_NUMBER).param_milli,
                      8000);
    ck_assert_uint_eq(must_read("d: {lognormal: {median: 1, sigma: 0.1}}", UNIT_NUMBER).param_milli,
                      100);
    ck_assert_uint_eq(
        must_read("d: {lognormal: {median: 1, sigma: 0.01}}", UNIT_NUMBER).param_milli, 10);
    ck_assert_uint_eq(
        must_read("d: {lognormal: {median: 1, sigma: 1.009}}", UNIT_NUMBER).param_milli, 1009);
}
END_TEST

START_TEST(an_absent_key_leaves_the_default)
{
    struct distribution d = {.kind = DIST_CONSTANT, .value = 42};
    struct sim_error err = {0};

    ck_assert(distribution_read(NULL, UNIT_NUMBER, 0, 10, &d, &err));
    ck_assert_uint_eq(d.value, 42);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("distribution_config");

    TEST_CASE(suite, "forms", a_value_alone_is_a_constant, each_distribution_has_its_parameters,
              decimals_are_exact, an_absent_key_leaves_the_default);
    return test_run(suite);
}
