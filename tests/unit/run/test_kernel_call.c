/* SPDX-License-Identifier: MIT */
/* kmalloc(), kmem_cache_alloc() and their frees as records and steps. */
#include "run/kernel_call.h"

#include "base/units.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"
#include "mm/misuse.h"

enum { PAGES = 4096, KMALLOC_NS = 70, KFREE_NS = 50 };

static struct list_source *begin(struct run_builder *rb)
{
    run_builder_init(rb, PAGES);
    rb->spec.costs.kmalloc_ns = KMALLOC_NS;
    rb->spec.costs.kfree_ns = KFREE_NS;
    return run_add_source(rb, "app", 0);
}

static void add_kmalloc(struct list_source *events, uint64_t time_ns, uint64_t id, uint64_t size)
{
    struct trace_record *record = add_op(events, time_ns, TRACE_KMALLOC, id);

    record->gfp = GFP_KERNEL;
    record->size_bytes = size;
}

static const struct kmem_cache *cache_named(const struct run_stats *stats, const char *name)
{
    for (size_t i = 0; i < stats->slub->caches.count; i++)
        if (strcmp(stats->slub->caches.items[i]->name, name) == 0)
            return stats->slub->caches.items[i];
    ck_abort_msg("no cache %s", name);
    return NULL;
}

static const struct run_stats *play(struct run_builder *rb)
{
    run_start(rb);
    run_to_end(rb);
    return simulation_stats(rb->sim);
}

static uint64_t misuses(const struct run_stats *stats, enum mm_misuse check)
{
    return stats->slub->machine->misuses[check];
}

START_TEST(objects_live_from_their_call_to_kfree)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;

    for (uint64_t id = 0; id < 33; id++)
        add_kmalloc(events, 1000 + id * 1000, id, 100);
    for (uint64_t id = 0; id < 33; id++)
        add_op(events, 200000000 + id * 1000, TRACE_KFREE, id);
    run_start(&rb);
    stats = simulation_stats(rb.sim);
    run_until(&rb, 100000000);
    ck_assert_uint_eq(cache_named(stats, "kmalloc-128")->counts.held, 33);
    ck_assert_uint_eq(cache_named(stats, "kmalloc-128")->counts.slabs, 2);
    ck_assert_uint_eq(stats->blocks_live, 33);
    ck_assert_uint_eq(stats->pages_live, 0);
    run_to_end(&rb);
    ck_assert_uint_eq(cache_named(stats, "kmalloc-128")->counts.held, 0);
    ck_assert_uint_eq(cache_named(stats, "kmalloc-128")->counts.slabs, 1); /* the CPU's */
    ck_assert_uint_eq(stats->calls[0].count, 33);
    ck_assert_uint_eq(stats->calls[0].failed, 0);
    ck_assert_uint_eq(stats->allocs, 2);
    ck_assert_uint_eq(stats->frees, 33);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(nothing_and_whole_pages_are_blocks_too)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;

    add_kmalloc(events, 1000, 1, 0);
    add_kmalloc(events, 2000, 2, 3 * PAGE_SIZE);
    add_kmalloc(events, 3000, 3, UINT64_MAX);
    for (uint64_t id = 1; id <= 3; id++)
        add_op(events, 100000 + id, TRACE_KFREE, id);
    stats = play(&rb);
    ck_assert_uint_eq(stats->calls[0].count, 3);
    ck_assert_uint_eq(stats->calls[0].failed, 1);
    ck_assert_uint_eq(stats->alloc_failures, 1);
    ck_assert_uint_eq(stats->frees, 2);
    ck_assert_uint_eq(stats->frees_of_failed, 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(caches_of_the_workload_are_called_by_their_number)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    struct trace_record *record;
    const struct run_stats *stats;

    run_add_cache(&rb);
    record = add_op(events, 1000, TRACE_KMEM_CACHE_ALLOC, 7);
    record->gfp = GFP_ATOMIC;
    record->cache = 0;
    add_op(events, 1000000, TRACE_KMEM_CACHE_FREE, 7);
    stats = play(&rb);
    ck_assert_uint_eq(stats->calls[1].count, 1);
    ck_assert_uint_eq(stats->frees, 1);
    ck_assert(cache_named(stats, "cache0")->ever_used);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(a_cache_that_is_not_there_is_an_error)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    struct trace_record *record = add_op(events, 1000, TRACE_KMEM_CACHE_ALLOC, 7);
    struct sim_error err = {0};

    record->cache = 0;
    ck_assert_ptr_null(simulation_create(&rb.spec, &rb.output, &err));
    ck_assert_int_eq(err.code, ERR_TRACE_CORRUPT);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(frees_of_something_else_are_refused)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;
    struct trace_record *record;

    add_kmalloc(events, 1000, 1, 100);
    add_kmalloc(events, 2000, 2, 8192);
    record = add_op(events, 3000, TRACE_ALLOC_PAGES, 3);
    record->gfp = GFP_KERNEL;
    record->order = 1;
    add_op(events, 100000, TRACE_FREE_PAGES, 1);
    add_op(events, 200000, TRACE_KMEM_CACHE_FREE, 2);
    add_op(events, 300000, TRACE_KFREE, 3);
    stats = play(&rb);
    ck_assert_uint_eq(misuses(stats, MISUSE_FREE_PAGES_CHECK), 1);
    ck_assert_uint_eq(misuses(stats, MISUSE_SLAB_OUTSIDE), 2);
    ck_assert_uint_eq(stats->frees, 0);
    ck_assert_uint_eq(stats->blocks_live, 3);
    run_builder_fini(&rb);
}
END_TEST

static uint64_t cpu_ns_of_a_kmalloc(uint64_t size, uint32_t more_gfp)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;
    uint64_t before_ns;

    rb.spec.costs.zero_page_ns = 4000;
    add_kmalloc(events, 1000, 1, size);
    add_kmalloc(events, 200000000, 2, size);
    events->records.items[1].gfp |= more_gfp;
    run_start(&rb);
    stats = simulation_stats(rb.sim);
    run_until(&rb, 100000000);
    before_ns = stats->tasks[0].cpu_ns;
    run_to_end(&rb);
    before_ns = stats->tasks[0].cpu_ns - before_ns;
    run_builder_fini(&rb);
    return before_ns;
}

START_TEST(clearing_an_object_takes_time_by_its_size)
{
    ck_assert_uint_eq(cpu_ns_of_a_kmalloc(1000, 0), KMALLOC_NS);
    ck_assert_uint_eq(cpu_ns_of_a_kmalloc(1000, GFP_BIT_ZERO), KMALLOC_NS + 1000);
    ck_assert_uint_eq(cpu_ns_of_a_kmalloc(4096, GFP_BIT_ZERO) - cpu_ns_of_a_kmalloc(4096, 0), 4000);
}
END_TEST

START_TEST(kfree_puts_a_single_page)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;

    add_op(events, 3000, TRACE_ALLOC_PAGES, 3)->gfp = GFP_KERNEL;
    add_op(events, 300000, TRACE_KFREE, 3);
    stats = play(&rb);
    ck_assert_uint_eq(stats->frees, 1);
    ck_assert_uint_eq(stats->pages_live, 0);
    run_builder_fini(&rb);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel_call");

    TEST_CASE(suite, "records", objects_live_from_their_call_to_kfree,
              nothing_and_whole_pages_are_blocks_too,
              caches_of_the_workload_are_called_by_their_number,
              a_cache_that_is_not_there_is_an_error, frees_of_something_else_are_refused,
              kfree_puts_a_single_page, clearing_an_object_takes_time_by_its_size);
    return test_run(suite);
}
