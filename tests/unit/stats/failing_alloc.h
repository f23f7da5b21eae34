/* SPDX-License-Identifier: MIT */
/* Makes the n-th allocation of the code under test fail. */
#ifndef TESTS_UNIT_STATS_FAILING_ALLOC_H
#define TESTS_UNIT_STATS_FAILING_ALLOC_H

#include <stdbool.h>

/*
 * For programs linked with failing_alloc_dep (the linker wraps malloc and its like):
 *
 *     for (unsigned nth = 0; ; nth++) {
 *         failing_alloc_start(nth);
 *         ... the code under test ...
 *         if (!failing_alloc_stop())
 *             break;                 all its allocations have failed once
 *     }
 */
void failing_alloc_start(unsigned nth); /* 0 = the next one */
bool failing_alloc_stop(void);          /* whether an allocation has failed */

#endif
