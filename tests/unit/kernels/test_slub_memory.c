/* SPDX-License-Identifier: MIT */
/* SLUB when the host has no memory. */
#include "lib/fail_malloc.h"
#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/slub.h"

static const struct memory_range memory[] = {{0, 32768, 0}};
static const struct kmem_cache_spec spec = {.name = "a", .object_size = 1000};

/* All that takes host memory; false: some of it was not to be had. */
static bool use_everything(struct test_machine *tm, struct slub *slub)
{
    struct alloc_caller caller = {.task = &tm->task};
    struct sim_error err = {0};
    struct slab_request request;
    struct kmem_cache *cache;
    bool ok;

    if (!slub_init(slub, &tm->machine, &err))
        return false;
    cache = kmem_cache_create(slub, &spec);
    if (cache) {
        kmem_cache_request_init(&request, cache, GFP_KERNEL, -1);
        slab_request_step(&request, slub, &caller);
        kfree(slub, request.object, 0);
    }
    kmalloc_request_init(&request, slub, 100, GFP_KERNEL | GFP_BIT_DMA, -1);
    slab_request_step(&request, slub, &caller);
    kfree(slub, request.object, 0);
    ok = cache && kmem_cache_shrink(cache, 0) && !slub->out_of_memory;
    slub_fini(slub);
    return ok;
}

START_TEST(no_host_memory_is_said_and_nothing_leaks)
{
    struct test_machine tm;
    struct slub slub;
    bool ok;

    test_machine_boot(&tm, test_machine_spec(memory, 1));
    for (unsigned n = 0;; n++) {
        bool failed;

        fail_malloc_at(n);
        ok = use_everything(&tm, &slub);
        failed = fail_malloc_off();
        if (!failed)
            break;
        ck_assert(!ok);
    }
    ck_assert(ok);
    test_machine_end(&tm);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slub memory");

    TEST_CASE(suite, "memory", no_host_memory_is_said_and_nothing_leaks);
    return test_run(suite);
}
