/* SPDX-License-Identifier: MIT */
/* What drop_caches throws away, and what it must keep. */
#include "base/units.h"
#include "file_case.h"
#include "user/drop_caches.h"

START_TEST(clean_pages_leave_all_files)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 20);
    user_world_pass(w, NSEC_PER_SEC);
    read_pages(w, task, 1, 500, 28); /* fills the last LRU batch */
    lru_add_drain(&w->reclaim, 0);

    uint64_t cached = w->user.files[0].mapping->nrpages + w->user.files[1].mapping->nrpages;
    uint64_t free_before = free_pages_of(w);

    ck_assert_uint_eq(drop_pagecache(&w->user, 0), cached);
    ck_assert_uint_eq(free_pages_of(w) - free_before, cached);
    expect_cached(w, 0, 0, 0);
    expect_cached(w, 1, 0, 0);
    expect_sound_world(w);
    user_world_end(w);
}
END_TEST

START_TEST(dropped_pages_are_no_refaults)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 1, 0, 1);
    lru_add_drain(&w->reclaim, 0);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 4);
    read_pages(w, task, 1, 0, 1);
    ck_assert_uint_eq(w->user.work.refaults, 0);
    user_world_end(w);
}
END_TEST

START_TEST(dirty_and_written_pages_stay)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    write_pages(w, task, 0, 0, 2);

    pfn_t page = cached_page(w, 0, 1);

    clear_page_dirty_for_io(&w->reclaim, page, 0);
    set_page_writeback(&w->reclaim, page, 0);
    lru_add_drain(&w->reclaim, 0);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 0);
    expect_cached(w, 0, 0, 2);
    end_page_writeback(&w->reclaim, page, 0);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 1);
    expect_cached(w, 0, 0, 1);
    user_world_end(w);
}
END_TEST

START_TEST(pages_being_read_stay)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 1); /* 1 to 3 are still under way */
    lru_add_drain(&w->reclaim, 0);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 1);
    expect_cached(w, 0, 1, 4);
    user_world_pass(w, NSEC_PER_SEC);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 3);
    user_world_end(w);
}
END_TEST

START_TEST(pages_in_use_stay)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 1, 100, 2);
    lru_add_drain(&w->reclaim, 0);

    pfn_t page = cached_page(w, 1, 101);

    get_page(&w->reclaim, page);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 1);
    expect_cached(w, 1, 101, 102);
    put_page(&w->reclaim, page, 0);
    user_world_end(w);
}
END_TEST

START_TEST(pages_in_an_lru_batch_stay)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 1, 100, 2);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 0);
    expect_cached(w, 1, 100, 102);
    /* but the attempt drained the batch */
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 2);
    user_world_end(w);
}
END_TEST

START_TEST(batches_of_other_cpus_are_not_drained)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    task->task.cpu = 1;
    read_pages(w, task, 1, 100, 2);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 0);
    ck_assert_uint_eq(drop_pagecache(&w->user, 0), 0);
    ck_assert_uint_eq(drop_pagecache(&w->user, 1), 0);
    ck_assert_uint_eq(drop_pagecache(&w->user, 1), 2);
    user_world_end(w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("drop_caches");

    TEST_CASE(suite, "pagecache", clean_pages_leave_all_files, dropped_pages_are_no_refaults,
              dirty_and_written_pages_stay, pages_being_read_stay, pages_in_use_stay,
              pages_in_an_lru_batch_stay, batches_of_other_cpus_are_not_drained);
    return test_run(suite);
}
