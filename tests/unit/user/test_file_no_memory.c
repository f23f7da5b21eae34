/* SPDX-License-Identifier: MIT */
/* Files when the host has no memory. */
#include "file_case.h"
#include "lib/fail_malloc.h"

/* What step does when its first allocation of the host fails; true: it was reached. */
static bool step_without_memory(struct user_world *w, struct test_task *task, struct file_io *io,
                                enum step (*step)(struct user_world *w, struct test_task *task,
                                                  void *context))
{
    enum step answer;
    bool reached;

    fail_malloc_at(0);
    answer = step(w, task, io);
    reached = fail_malloc_off();
    ck_assert_int_eq(answer, STEP_DONE);
    return reached;
}

START_TEST(read_that_cannot_enter_its_page_fails)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    uint64_t free_before = free_pages_of(w);
    struct file_io io = {0};

    file_read_begin(&io, &w->user.files[1], 0, 1);
    ck_assert(step_without_memory(w, task, &io, step_read));
    ck_assert(w->reclaim.out_of_memory);
    ck_assert_uint_eq(w->user.files[1].mapping->nrpages + free_pages_of(w), free_before);
    expect_sound_world(w);
    w->reclaim.out_of_memory = false;
    ck_assert_uint_eq(read_pages(w, task, 1, 0, 1), 0);
    user_world_end(w);
}
END_TEST

START_TEST(write_that_cannot_enter_its_page_fails)
{
    struct user_world *w = file_world();
    struct test_task *task = user_world_task(w, "task");
    uint64_t free_before = free_pages_of(w);
    struct file_io io = {0};

    file_write_begin(&io, &w->user.files[1], 0, 1);
    ck_assert(step_without_memory(w, task, &io, step_write));
    ck_assert(w->reclaim.out_of_memory);
    ck_assert_uint_eq(io.failed, 1);
    ck_assert_uint_eq(free_pages_of(w), free_before);
    expect_sound_world(w);
    user_world_end(w);
}
END_TEST

START_TEST(file_without_a_mapping_is_refused)
{
    struct user_world *w = file_world();
    struct file file = {0};

    fail_malloc_at(0);

    bool made = file_init(&file, &w->reclaim, w->user.files[0].spec);
    bool reached = fail_malloc_off();

    ck_assert(reached && !made);
    user_world_end(w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file_no_memory");

    TEST_CASE(suite, "host memory", read_that_cannot_enter_its_page_fails,
              write_that_cannot_enter_its_page_fails, file_without_a_mapping_is_refused);
    return test_run(suite);
}
