/* SPDX-License-Identifier: MIT */
/* Counting allocations and refusing one. */
#include "lib/fail_malloc.h"

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

/* A test tool's state, not the model's: the wrapped functions have no other way to be told. */
static struct {
    bool armed;
    bool fired;
    unsigned left;
} plan;

static bool refuse(void)
{
    if (!plan.armed || plan.fired)
        return false;
    if (plan.left--)
        return false;
    plan.fired = true;
    return true;
}

void fail_malloc_at(unsigned n)
{
    plan.armed = true;
    plan.fired = false;
    plan.left = n;
}

bool fail_malloc_off(void)
{
    plan.armed = false;
    return plan.fired;
}

void *__wrap_malloc(size_t size)
{
    return refuse() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refuse() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return refuse() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return refuse() ? NULL : __real_aligned_alloc(alignment, size);
}
