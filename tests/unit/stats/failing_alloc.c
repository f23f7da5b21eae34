/* SPDX-License-Identifier: MIT */
/* malloc and its like, one of which fails on demand. */
#include "failing_alloc.h"

#include <stddef.h>

static struct {
    bool armed;
    bool failed;
    unsigned left;
} state;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void failing_alloc_start(unsigned nth)
{
    state.armed = true;
    state.failed = false;
    state.left = nth;
}

bool failing_alloc_stop(void)
{
    state.armed = false;
    return state.failed;
}

static bool fails(void)
{
    if (!state.armed || state.failed || state.left-- > 0)
        return false;
    state.failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}
