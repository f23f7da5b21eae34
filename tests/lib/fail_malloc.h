/* SPDX-License-Identifier: MIT */
/* Makes one chosen allocation of the code under test fail. */
#ifndef TESTS_LIB_FAIL_MALLOC_H
#define TESTS_LIB_FAIL_MALLOC_H

#include <stdbool.h>

/*
 * Works through the linker's --wrap: a test that uses it links fail_malloc_dep, and every malloc,
 * calloc, realloc and aligned_alloc of its objects and static libraries comes here first: Check's
 * own, too, so no ck_assert stands between at() and off(). What the C library allocates for itself
 * and mmap() do not come here.
 *
 *     for (unsigned n = 0;; n++) {
 *         fail_malloc_at(n);
 *         ok = thing_init(&thing, ...);
 *         if (!fail_malloc_off())
 *             break;                      fewer than n + 1 allocations: all have failed once
 *         ck_assert(!ok);                 and nothing is leaked, which ASan and valgrind see
 *     }
 *     ck_assert(ok);
 */

/* The n-th allocation from now (0 = the next) returns NULL, once. */
void fail_malloc_at(unsigned n);

/* Back to normal; whether the allocation to fail was reached. */
bool fail_malloc_off(void);

#endif
