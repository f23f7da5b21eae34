/* SPDX-License-Identifier: MIT */
/* What every unit test includes: Check, and the one main() of a suite. */
#ifndef TESTS_LIB_TEST_H
#define TESTS_LIB_TEST_H

#include <check.h>

/*
 * A suite is one file tests/unit/<layer>/test_<module>.c:
 *
 *     START_TEST(pcp_refills_by_batch_when_empty) { ... } END_TEST
 *
 *     int main(void)
 *     {
 *         Suite *suite = suite_create("pcp");
 *         TEST_CASE(suite, "refill", pcp_refills_by_batch_when_empty, ...);
 *         return test_run(suite);
 *     }
 *
 * Output is TAP, one line per test. CK_FORK=no (sanitizers, valgrind) runs in one process.
 */
#define TEST_CASE(suite, name, ...)                                                 \
    do {                                                                            \
        const TTest *const tests_[] = {__VA_ARGS__};                                \
        test_add_case((suite), (name), tests_, sizeof(tests_) / sizeof(tests_[0])); \
    } while (0)

void test_add_case(Suite *suite, const char *name, const TTest *const *tests, unsigned count);

/* Runs the suite, prints TAP on stdout, returns the exit code. Frees the suite. */
int test_run(Suite *suite);

#endif
