/* SPDX-License-Identifier: MIT */
/* The runner behind every unit test program. */
#include "lib/test.h"

#include <stdlib.h>

enum { TIMEOUT_S = 120 };

void test_add_case(Suite *suite, const char *name, const TTest *const *tests, unsigned count)
{
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, TIMEOUT_S);
    for (unsigned i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
}

int test_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
