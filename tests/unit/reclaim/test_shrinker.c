/* SPDX-License-Identifier: MIT */
/* shrink_slab(): each cache's share of the pressure, what is left of it, and who hears of it. */
#include "core_case.h"

static struct core_case c;

/* A cache of objects that all can be freed; first member, for the callback. */
struct cache {
    struct shrinker shrinker;
    int64_t objects;
    int64_t grows;        /* objects that come with each shrinking */
    int64_t refuse_after; /* shrinkings before it says -1; -1: never */
    int64_t scans;
    uint64_t pages_reported; /* with each shrinking */
    unsigned number;
    uint32_t gfp;
};

static unsigned order_of_calls[8];
static unsigned nr_calls;

static int64_t shrink(struct shrinker *shrinker, uint64_t nr, uint32_t gfp, struct task *task)
{
    struct cache *cache = (struct cache *)shrinker;

    ck_assert_ptr_eq(task, &c.task);
    cache->gfp = gfp;
    if (nr == 0) {
        if (nr_calls < 8)
            order_of_calls[nr_calls++] = cache->number;
        return cache->objects;
    }
    ck_assert_uint_eq(nr, 128);
    if (cache->scans == cache->refuse_after)
        return -1;
    cache->scans++;
    cache->objects -= cache->objects < 128 ? cache->objects : 128;
    cache->objects += cache->grows;
    note_slab_pages_freed(&c.bare.reclaim, task, cache->pages_reported);
    return cache->objects;
}

static struct cache new_cache(int64_t objects, uint32_t seeks)
{
    return (struct cache){
        .shrinker = {.shrink = shrink, .seeks = seeks}, .objects = objects, .refuse_after = -1};
}

static void begin_case(struct cache *cache)
{
    case_begin(&c);
    nr_calls = 0;
    c.bare.reclaim.observer.wanted = 1U << RECLAIM_SHRINK_SLAB;
    if (cache)
        register_shrinker(&c.bare.reclaim, &cache->shrinker);
}

static uint64_t slab(uint64_t scanned, uint64_t lru_pages)
{
    return shrink_slab(&c.bare.reclaim, &c.task, scanned, GFP_NOFS, lru_pages);
}

START_TEST(a_cache_shrinks_as_the_lists_do)
{
    struct cache cache = new_cache(10000, 2);

    begin_case(&cache);
    /* 4 * 100 / 2 * 10000 / 1001 = 1998: 15 batches and 78 */
    ck_assert_uint_eq(slab(100, 1000), 15 * 128);
    ck_assert_int_eq(cache.objects, 10000 - 15 * 128);
    ck_assert_uint_eq(cache.shrinker.nr, 78);
    ck_assert_uint_eq(cache.gfp, GFP_NOFS);
    ck_assert_uint_eq(c.bare.machine.vm_events[SLABS_SCANNED], 15 * 128);
    ck_assert_uint_eq(c.bare.machine.work.slab_objects, 15 * 128);
    case_end(&c);
}
END_TEST

START_TEST(what_does_not_make_a_batch_is_kept_for_the_next_time)
{
    struct cache cache = new_cache(1000, 2);

    begin_case(&cache);
    ck_assert_uint_eq(slab(1, 31), 0); /* 2 * 1000 / 32 = 62 */
    ck_assert_uint_eq(slab(1, 31), 0);
    ck_assert_uint_eq(cache.shrinker.nr, 124);
    ck_assert_uint_eq(slab(1, 31), 128); /* 186 */
    ck_assert_uint_eq(cache.shrinker.nr, 58);
    case_end(&c);
}
END_TEST

START_TEST(a_batch_is_128_objects)
{
    struct cache cache = new_cache(127, 4);

    begin_case(&cache);
    ck_assert_uint_eq(slab(32, 31), 0); /* 32 * 127 / 32 */
    ck_assert_uint_eq(cache.shrinker.nr, 127);
    cache.objects = 128;
    cache.shrinker.nr = 0;
    ck_assert_uint_eq(slab(32, 31), 128);
    ck_assert_uint_eq(cache.shrinker.nr, 0);
    case_end(&c);
}
END_TEST

START_TEST(each_division_is_cut_off)
{
    struct cache cache = new_cache(1000, 3);

    begin_case(&cache);
    slab(2, 19); /* 8 / 3 = 2, * 1000 / 20 = 100 */
    ck_assert_uint_eq(cache.shrinker.nr, 100);
    cache.objects = 19;
    cache.shrinker.nr = 0;
    slab(2, 19); /* 2 * 19 / 20 */
    ck_assert_uint_eq(cache.shrinker.nr, 1);
    case_end(&c);
}
END_TEST

START_TEST(objects_that_cost_more_seeks_are_kept_longer)
{
    struct cache cheap = new_cache(100, 1);
    struct cache dear = new_cache(100, 4);

    begin_case(&cheap);
    register_shrinker(&c.bare.reclaim, &dear.shrinker);
    slab(10, 99);
    ck_assert_uint_eq(cheap.shrinker.nr, 40);
    ck_assert_uint_eq(dear.shrinker.nr, 10);
    case_end(&c);
}
END_TEST

START_TEST(never_more_than_twice_the_objects)
{
    struct cache cache = new_cache(1000, 2);

    begin_case(&cache);
    /* without pages on the lists: 200 * 1000 / 1, cut to 2000 */
    ck_assert_uint_eq(slab(100, 0), 1000);
    ck_assert_int_eq(cache.scans, 15);
    ck_assert_uint_eq(cache.shrinker.nr, 2000 - 15 * 128);
    case_end(&c);
}
END_TEST

START_TEST(twice_the_objects_are_not_cut)
{
    struct cache cache = new_cache(50, 2);

    begin_case(&cache);
    slab(1, 0); /* 2 * 50 / 1 */
    ck_assert_uint_eq(cache.shrinker.nr, 100);
    slab(1, 0); /* 200, cut */
    ck_assert_uint_eq(cache.shrinker.nr, 100);
    cache.objects = 100;
    cache.shrinker.nr = 0;
    slab(3, 3); /* 6 * 100 / 4 = 150 */
    ck_assert_uint_eq(cache.shrinker.nr, 150 - 128);
    case_end(&c);
}
END_TEST

START_TEST(no_scan_counts_as_a_cluster)
{
    struct cache cache = new_cache(64, 2);

    begin_case(&cache);
    slab(0, 63); /* 64 * 64 / 64 */
    ck_assert_uint_eq(cache.shrinker.nr, 64);
    ck_assert_uint_eq(c.bare.events[0].scanned, 0); /* but that is told */
    case_end(&c);
}
END_TEST

START_TEST(a_cache_that_cannot_now_keeps_its_share)
{
    struct cache cache = new_cache(10000, 2);

    begin_case(&cache);
    cache.refuse_after = 3;
    ck_assert_uint_eq(slab(100, 1000), 3 * 128);
    ck_assert_uint_eq(cache.shrinker.nr, 1998 - 3 * 128);
    ck_assert_uint_eq(c.bare.machine.vm_events[SLABS_SCANNED], 3 * 128);
    cache.refuse_after = -1;
    cache.objects = 10000;
    ck_assert_uint_eq(slab(1, 1000000), 12 * 128);
    case_end(&c);
}
END_TEST

START_TEST(a_cache_that_grows_meanwhile_freed_nothing)
{
    struct cache cache = new_cache(1000, 2);

    begin_case(&cache);
    cache.grows = 200;
    ck_assert_uint_eq(slab(100, 999), 0);
    ck_assert_int_eq(cache.scans, 1);
    ck_assert_uint_eq(c.bare.machine.vm_events[SLABS_SCANNED], 128);
    case_end(&c);
}
END_TEST

START_TEST(caches_are_asked_in_the_order_of_registration)
{
    struct cache first = new_cache(100, 2);
    struct cache second = new_cache(100, 2);
    struct cache third = new_cache(100, 2);

    begin_case(&first);
    third.shrinker.next = &first.shrinker; /* what it says before does not matter */
    first.number = 1;
    second.number = 2;
    third.number = 3;
    register_shrinker(&c.bare.reclaim, &second.shrinker);
    register_shrinker(&c.bare.reclaim, &third.shrinker);
    slab(1, 1000);
    ck_assert_uint_eq(nr_calls, 3);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(order_of_calls[i], i + 1);
    case_end(&c);
}
END_TEST

START_TEST(what_all_caches_freed_adds_up)
{
    struct cache first = new_cache(200, 2);
    struct cache second = new_cache(300, 2);

    begin_case(&first);
    register_shrinker(&c.bare.reclaim, &second.shrinker);
    ck_assert_uint_eq(slab(100, 199), 128 + 256);
    ck_assert_uint_eq(c.bare.machine.vm_events[SLABS_SCANNED], 128 + 256);
    case_end(&c);
}
END_TEST

START_TEST(only_slab_tells_the_reclaimer_of_its_pages)
{
    struct cache cache = new_cache(256, 2);

    begin_case(&cache);
    cache.pages_reported = 5;
    slab(100, 199);
    ck_assert_uint_eq(c.state.reclaimed_slab, 0);
    ck_assert_uint_eq(c.bare.events[0].pages, 0);
    c.bare.machine.params.slab_reports_pages = true;
    cache.objects = 256;
    c.state.reclaimed_slab = 100;
    slab(100, 199);
    ck_assert_uint_eq(c.state.reclaimed_slab, 110);
    ck_assert_uint_eq(c.bare.events[1].pages, 10);
    case_end(&c);
}
END_TEST

START_TEST(pages_freed_for_a_task_that_never_reclaims_are_nobodys)
{
    struct task idle = {0};

    begin_case(NULL);
    c.bare.machine.params.slab_reports_pages = true;
    note_slab_pages_freed(&c.bare.reclaim, &idle, 7);
    ck_assert_uint_eq(c.state.reclaimed_slab, 0);
    case_end(&c);
}
END_TEST

START_TEST(the_event_says_what_was_asked_and_done)
{
    struct cache cache = new_cache(256, 2);

    begin_case(&cache);
    c.bare.machine.vm_events[SLABS_SCANNED] = 5000;
    slab(100, 199);
    ck_assert_uint_eq(c.bare.nr_events, 1);
    ck_assert_ptr_eq(c.bare.events[0].task, &c.task);
    ck_assert_uint_eq(c.bare.events[0].scanned, 100);
    ck_assert_uint_eq(c.bare.events[0].lru_pages, 199);
    ck_assert_uint_eq(c.bare.events[0].ret, 256);
    ck_assert_uint_eq(c.bare.events[0].slabs_scanned, 256);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shrinker");

    TEST_CASE(suite, "share", a_cache_shrinks_as_the_lists_do,
              what_does_not_make_a_batch_is_kept_for_the_next_time, a_batch_is_128_objects,
              each_division_is_cut_off, objects_that_cost_more_seeks_are_kept_longer,
              never_more_than_twice_the_objects, twice_the_objects_are_not_cut,
              no_scan_counts_as_a_cluster);
    TEST_CASE(suite, "caches", a_cache_that_cannot_now_keeps_its_share,
              a_cache_that_grows_meanwhile_freed_nothing,
              caches_are_asked_in_the_order_of_registration, what_all_caches_freed_adds_up);
    TEST_CASE(suite, "reports", only_slab_tells_the_reclaimer_of_its_pages,
              pages_freed_for_a_task_that_never_reclaims_are_nobodys,
              the_event_says_what_was_asked_and_done);
    return test_run(suite);
}
