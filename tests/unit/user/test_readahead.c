/* SPDX-License-Identifier: MIT */
/* Windows of readahead, and how their reads are started. */
#include "base/units.h"
#include "file_case.h"

/* ---- the first window ---- */

START_TEST(first_page_of_the_file_reads_four)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 1);
    expect_cached(w, 0, 0, 4);
    ck_assert_uint_eq(w->user.work.cache_misses, 1);
    ck_assert_uint_eq(w->user.work.readahead_pages, 3);
    user_world_end(w);
}
END_TEST

START_TEST(first_eight_pages_read_sixteen)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 8);
    /* and page 8 carries the mark */
    expect_cached(w, 0, 0, 16);
    ck_assert(cached_frame(w, 0, 8)->flags & PG_readahead);
    user_world_end(w);
}
END_TEST

START_TEST(first_nine_pages_read_all_the_window_can)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 9);
    expect_cached(w, 0, 0, 32);
    ck_assert(cached_frame(w, 0, 9)->flags & PG_readahead);
    user_world_end(w);
}
END_TEST

START_TEST(window_ends_with_the_file)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, FILE_PAGES - 2, 1);
    read_pages(w, task, 0, FILE_PAGES - 1, 1);
    expect_cached(w, 0, FILE_PAGES - 2, FILE_PAGES);
    user_world_end(w);
}
END_TEST

START_TEST(cached_pages_are_not_read_again)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    write_pages(w, task, 0, 2, 1);

    uint64_t io_pages = w->machine.work.io_pages;

    read_pages(w, task, 0, 0, 1);
    expect_cached(w, 0, 0, 4);
    ck_assert_uint_eq(w->machine.work.io_pages - io_pages, 3);
    user_world_end(w);
}
END_TEST

/* ---- the next ones ---- */

START_TEST(marked_page_starts_the_next_window)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 1);
    ck_assert(cached_frame(w, 0, 1)->flags & PG_readahead);
    read_pages(w, task, 0, 1, 1);
    user_world_pass(w, NSEC_PER_SEC);
    expect_cached(w, 0, 0, 12);
    ck_assert(!(cached_frame(w, 0, 1)->flags & PG_readahead));
    ck_assert(cached_frame(w, 0, 4)->flags & PG_readahead);
    user_world_end(w);
}
END_TEST

START_TEST(windows_of_a_stream_grow_to_32_pages)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    static const uint32_t ends[] = {4, 12, 28, 60, 92, 124};
    unsigned window = 0;

    for (uint64_t i = 0; i < 92; i++) {
        read_pages(w, task, 0, i, 1);

        uint64_t end = w->user.files[0].ra.start + w->user.files[0].ra.size;

        if (end != ends[window])
            ck_assert_uint_eq(end, ends[++window]);
    }
    ck_assert_uint_eq(window, 5);
    ck_assert_uint_eq(w->user.work.cache_misses, 1);
    ck_assert_uint_eq(w->user.work.cache_hits, 91);
    user_world_end(w);
}
END_TEST

START_TEST(missed_window_is_left_behind)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 1);
    user_world_pass(w, NSEC_PER_SEC);
    for (uint64_t i = 1; i < 4; i++)
        evict(w, 0, i, true);
    /* page 1 is where the next window was to be started: it starts, and page 1 is read alone */
    read_pages(w, task, 0, 1, 1);
    user_world_pass(w, NSEC_PER_SEC);
    ck_assert(!pfn_is_none(cached_page(w, 0, 1)));
    ck_assert(pfn_is_none(cached_page(w, 0, 2)));
    for (uint64_t i = 4; i < 12; i++)
        ck_assert(!pfn_is_none(cached_page(w, 0, i)));
    ck_assert_uint_eq(w->user.work.cache_misses, 2);
    ck_assert_uint_eq(w->user.work.refaults, 1);
    user_world_end(w);
}
END_TEST

START_TEST(marked_page_of_another_stream_measures_its_window)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 1);
    read_pages(w, task, 0, 5000, 1);
    read_pages(w, task, 0, 5001, 1);
    read_pages(w, task, 0, 1, 1); /* 1 to 3 are cached: 3 pages, and twice as many follow */
    user_world_pass(w, NSEC_PER_SEC);
    ck_assert(!pfn_is_none(cached_page(w, 0, 9)));
    ck_assert(pfn_is_none(cached_page(w, 0, 10)));
    ck_assert_uint_eq(w->user.files[0].ra.start, 4);
    user_world_end(w);
}
END_TEST

START_TEST(congested_device_defers_the_next_window)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    struct test_task *other = user_world_task(w, "other");
    struct file_io io = {0};

    read_pages(w, task, 0, 0, 1);
    user_world_pass(w, NSEC_PER_SEC);
    narrow_queue(w, 1);
    file_read_begin(&io, &w->user.files[0], 5000, 1);
    user_world_start(w, other, step_read, &io);
    user_world_pass(w, 0);
    read_pages(w, task, 0, 1, 1);
    user_world_pass(w, NSEC_PER_SEC);
    ck_assert_uint_eq(w->user.files[0].mapping->nrpages, 4 + 1);
    ck_assert(!(cached_frame(w, 0, 1)->flags & PG_readahead));
    user_world_end(w);
}
END_TEST

START_TEST(mark_means_something_else_during_writeback)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 0, 1);
    user_world_pass(w, NSEC_PER_SEC);

    pfn_t page = cached_page(w, 0, 1);

    set_page_writeback(&w->reclaim, page, 0);
    read_pages(w, task, 0, 1, 1);
    ck_assert(cached_frame(w, 0, 1)->flags & PG_readahead);
    expect_cached(w, 0, 0, 4);
    end_page_writeback(&w->reclaim, page, 0);
    user_world_end(w);
}
END_TEST

/* ---- random reads ---- */

START_TEST(random_read_reads_just_what_is_asked)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 100, 3);
    expect_cached(w, 0, 100, 103);
    ck_assert_uint_eq(w->user.files[0].ra.size, 0);
    ck_assert_uint_eq(w->user.work.cache_misses, 1);
    ck_assert_uint_eq(w->user.work.cache_hits, 2);
    user_world_end(w);
}
END_TEST

START_TEST(page_behind_the_last_read_begins_a_stream)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 100, 1);
    read_pages(w, task, 0, 101, 1);
    expect_cached(w, 0, 100, 105);
    user_world_end(w);
}
END_TEST

START_TEST(oversize_random_read_is_taken_for_a_stream)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 0, 100, 33);
    user_world_pass(w, NSEC_PER_SEC);
    /* each window's first page is marked and brings the next one: 100, 132, 164 */
    expect_cached(w, 0, 100, 196);
    user_world_end(w);
}
END_TEST

/* ---- starting the reads ---- */

START_TEST(full_queue_makes_the_reader_wait)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    narrow_queue(w, 2);
    read_pages(w, task, 0, 0, 8);
    user_world_pass(w, NSEC_PER_SEC);
    expect_cached(w, 0, 0, 16);
    ck_assert_uint_ge(task->stalls[STALL_GET_REQUEST], 1);
    for (unsigned i = 0; i < 16; i++)
        ck_assert(cached_frame(w, 0, i)->flags & PG_uptodate);
    user_world_end(w);
}
END_TEST

START_TEST(page_entered_by_another_meanwhile_is_given_back)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    struct test_task *reader = user_world_task(w, "reader");
    struct test_task *writer = user_world_task(w, "writer");
    struct file_io first = {0};
    struct file_io second = {0};
    uint64_t free_before;

    narrow_queue(w, 1);
    write_pages(w, writer, 0, 1, 1); /* makes page 2 begin a run of its own */
    free_before = free_pages_of(w);
    file_read_begin(&first, &w->user.files[0], 5000, 1);
    user_world_start(w, task, step_read, &first);
    file_read_begin(&second, &w->user.files[0], 0, 3);
    user_world_start(w, reader, step_read, &second);
    write_pages(w, writer, 0, 2, 1); /* while both wait for the disk */
    user_world_pass(w, NSEC_PER_SEC);
    ck_assert(!task->runnable && !reader->runnable);
    ck_assert(cached_frame(w, 0, 2)->flags & PG_dirty);
    ck_assert_uint_eq(free_before - free_pages_of(w), 8); /* 0, 2 to 7, 5000 */
    user_world_end(w);
}
END_TEST

START_TEST(pages_without_memory_end_the_window)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    exhaust_memory(w, task);
    ck_assert_uint_eq(read_pages(w, task, 0, 0, 1), 1);
    expect_cached(w, 0, 0, 0);
    user_world_end(w);
}
END_TEST

START_TEST(refaults_are_pages_that_reclaim_had_taken)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");

    read_pages(w, task, 1, 0, 1);
    evict(w, 1, 0, true);
    evict(w, 1, 1, false);
    read_pages(w, task, 1, 0, 1);
    read_pages(w, task, 1, 1, 1);
    ck_assert_uint_eq(w->user.work.refaults, 1);
    user_world_end(w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("readahead");

    TEST_CASE(suite, "first", first_page_of_the_file_reads_four, first_eight_pages_read_sixteen,
              first_nine_pages_read_all_the_window_can, window_ends_with_the_file,
              cached_pages_are_not_read_again);
    TEST_CASE(suite, "next", marked_page_starts_the_next_window,
              windows_of_a_stream_grow_to_32_pages, missed_window_is_left_behind,
              marked_page_of_another_stream_measures_its_window,
              congested_device_defers_the_next_window, mark_means_something_else_during_writeback);
    TEST_CASE(suite, "random", random_read_reads_just_what_is_asked,
              page_behind_the_last_read_begins_a_stream,
              oversize_random_read_is_taken_for_a_stream);
    TEST_CASE(suite, "starting", full_queue_makes_the_reader_wait,
              page_entered_by_another_meanwhile_is_given_back, pages_without_memory_end_the_window,
              refaults_are_pages_that_reclaim_had_taken);
    return test_run(suite);
}
