/* SPDX-License-Identifier: MIT */
/* Objects in slab pages, and their shrinker. */
#include "lib/test.h"
#include "lib/user_builder.h"
#include "user/drop_caches.h"

/* 16 MB; cache 0 packs 10 objects into a page, cache 1 one, for callers with __GFP_FS only. */
static struct user_world *slab_world(void)
{
    static const struct cache_spec caches[] = {{"ten", 10, 2, false, SLAB_RECLAIM_ACCOUNT, 0, 0},
                                               {"one", 1, 2, true, SLAB_RECLAIM_ACCOUNT, 0, 0}};

    return user_world_boot(&(struct user_world_spec){.mib = 16, .caches = caches, .nr_caches = 2});
}

static enum step step_slab(struct user_world *world, struct test_task *task, void *context)
{
    return slab_alloc_step(context, &world->user, &task->user);
}

/* Returns objects that could not be had. */
static uint64_t alloc_objects(struct user_world *world, struct test_task *task, unsigned cache,
                              uint64_t nr)
{
    struct slab_alloc alloc = {.cache = &world->user.caches[cache], .left = nr, .gfp = GFP_KERNEL};

    user_world_run(world, task, step_slab, &alloc);
    ck_assert(slab_cache_check(&world->user.caches[cache]));
    expect_sound_world(world);
    return alloc.failed;
}

static int64_t slab_pages(const struct user_world *world)
{
    return machine_page_state_exact(&world->machine, NR_SLAB_RECLAIMABLE);
}

/* Calls the cache's shrinker. */
static int64_t shrink(struct user_world *world, struct test_task *task, unsigned cache, uint64_t nr,
                      uint32_t gfp)
{
    struct shrinker *shrinker = &world->user.caches[cache].shrinker;

    return shrinker->shrink(shrinker, nr, gfp, &task->task);
}

static uint32_t oldest_page(const struct slab_cache *cache)
{
    return cache->ring[cache->head].page.nr;
}

/* ---- objects and pages ---- */

START_TEST(objects_fill_a_page_before_the_next)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    ck_assert_uint_eq(alloc_objects(w, task, 0, 1), 0);
    ck_assert_int_eq(slab_pages(w), 1);
    alloc_objects(w, task, 0, 9);
    ck_assert_int_eq(slab_pages(w), 1);
    alloc_objects(w, task, 0, 21);
    ck_assert_int_eq(slab_pages(w), 4);
    ck_assert_uint_eq(w->user.caches[0].objects, 31);
    user_world_end(w);
}
END_TEST

START_TEST(frees_empty_the_oldest_page_first)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");
    struct slab_cache *cache = &w->user.caches[0];

    alloc_objects(w, task, 0, 25);

    uint32_t oldest = oldest_page(cache);

    ck_assert_uint_eq(slab_free_objects(cache, 9, 0), 9);
    ck_assert_uint_eq(oldest_page(cache), oldest);
    ck_assert_uint_eq(slab_free_objects(cache, 1, 0), 1);
    ck_assert_uint_ne(oldest_page(cache), oldest);
    ck_assert_int_eq(slab_pages(w), 2);
    ck_assert(slab_cache_check(cache));
    alloc_objects(w, task, 0, 5);
    ck_assert_int_eq(slab_pages(w), 2);
    user_world_end(w);
}
END_TEST

START_TEST(the_slab_of_the_cpu_stays_without_objects)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");
    struct slab_cache *cache = &w->user.caches[0];

    alloc_objects(w, task, 0, 13);
    ck_assert_uint_eq(slab_free_objects(cache, 100, 0), 13);
    ck_assert_int_eq(slab_pages(w), 1);
    ck_assert(slab_cache_check(cache));
    alloc_objects(w, task, 0, 10);
    ck_assert_int_eq(slab_pages(w), 1);
    user_world_end(w);
}
END_TEST

START_TEST(pages_are_reclaimable_kernel_pages)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");
    struct slab_alloc alloc = {
        .cache = &w->user.caches[1], .left = 1, .gfp = GFP_USER | GFP_BIT_ZERO | GFP_BIT_COLD};

    user_world_run(w, task, step_slab, &alloc);
    ck_assert_uint_eq(alloc.request.pages.gfp, GFP_USER | GFP_BIT_RECLAIMABLE);
    ck_assert_uint_eq(page_frame(&w->reclaim, (pfn_t){oldest_page(&w->user.caches[1])})->flags,
                      PG_slab);
    user_world_end(w);
}
END_TEST

START_TEST(objects_without_memory_are_reported)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    task->task.flags = TASK_TIF_MEMDIE;

    uint64_t failed = alloc_objects(w, task, 0, 100000);

    ck_assert_uint_ge(failed, 100000 - 40960); /* 16 MB hold no more */
    ck_assert_uint_lt(failed, 100000);
    ck_assert_uint_eq((100000 - failed) % 10, 0); /* all pages are full */
    user_world_end(w);
}
END_TEST

START_TEST(a_cache_is_shrunk_on_demand)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");
    const struct user_op_spec op = {.op = USER_KMEM_CACHE_SHRINK, .cache = 0};

    alloc_objects(w, task, 0, 13);
    slab_free_objects(&w->user.caches[0], 13, 0);
    ck_assert_int_eq(slab_pages(w), 1);
    ck_assert_int_eq(user_world_call(w, task, &op), USER_OK);
    ck_assert_int_eq(slab_pages(w), 0);
    user_world_end(w);
}
END_TEST

/* ---- shrinking ---- */

START_TEST(query_answers_in_whole_hundreds)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    alloc_objects(w, task, 0, 250);
    ck_assert_int_eq(shrink(w, task, 0, 0, GFP_KERNEL), 200);
    ck_assert_uint_eq(w->user.caches[0].objects, 250);
    user_world_end(w);
}
END_TEST

START_TEST(shrinker_frees_the_oldest_objects)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    alloc_objects(w, task, 0, 400);
    ck_assert_int_eq(shrink(w, task, 0, 128, GFP_KERNEL), 200);
    ck_assert_uint_eq(w->user.caches[0].objects, 272);
    ck_assert_int_eq(slab_pages(w), 28);
    ck_assert(slab_cache_check(&w->user.caches[0]));
    user_world_end(w);
}
END_TEST

START_TEST(file_system_cache_refuses_callers_without_fs)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    alloc_objects(w, task, 1, 300);
    ck_assert_int_eq(shrink(w, task, 1, 128, GFP_NOFS), -1);
    ck_assert_int_eq(shrink(w, task, 1, 0, GFP_NOFS), 300);
    ck_assert_int_eq(slab_pages(w), 300);
    ck_assert_int_eq(shrink(w, task, 1, 128, GFP_KERNEL), 100);
    user_world_end(w);
}
END_TEST

START_TEST(other_cache_serves_any_caller)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    alloc_objects(w, task, 0, 300);
    ck_assert_int_eq(shrink(w, task, 0, 128, GFP_NOFS), 100);
    user_world_end(w);
}
END_TEST

START_TEST(freed_pages_are_reported_as_the_kernel_does)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    alloc_objects(w, task, 1, 300);
    shrink(w, task, 1, 10, GFP_KERNEL);
    ck_assert_uint_eq(task->reclaim_state.reclaimed_slab, 0);
    w->machine.params.slab_reports_pages = true;
    shrink(w, task, 1, 10, GFP_KERNEL);
    ck_assert_uint_eq(task->reclaim_state.reclaimed_slab, 10);
    user_world_end(w);
}
END_TEST

START_TEST(drop_slab_leaves_next_to_nothing)
{
    struct user_world *w = slab_world();
    struct test_task *task = user_world_task(w, "task");

    alloc_objects(w, task, 0, 1000);
    alloc_objects(w, task, 1, 1000);
    drop_slab(&w->user, &task->task);
    ck_assert_uint_lt(w->user.caches[0].objects, 100 + 128);
    ck_assert_uint_lt(w->user.caches[1].objects, 100 + 128);
    ck_assert(slab_cache_check(&w->user.caches[0]) && slab_cache_check(&w->user.caches[1]));
    expect_sound_world(w);
    user_world_end(w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slab_cache");

    TEST_CASE(suite, "objects", objects_fill_a_page_before_the_next,
              frees_empty_the_oldest_page_first, the_slab_of_the_cpu_stays_without_objects,
              pages_are_reclaimable_kernel_pages, objects_without_memory_are_reported,
              a_cache_is_shrunk_on_demand);
    TEST_CASE(suite, "shrink", query_answers_in_whole_hundreds, shrinker_frees_the_oldest_objects,
              file_system_cache_refuses_callers_without_fs, other_cache_serves_any_caller,
              freed_pages_are_reported_as_the_kernel_does, drop_slab_leaves_next_to_nothing);
    return test_run(suite);
}
