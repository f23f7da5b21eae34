/* SPDX-License-Identifier: MIT */
/* Wait queues: first come, first served, and leaving from anywhere. */
#include "engine/waitqueue.h"

#include "lib/test.h"

enum { TASKS = 4 };

/* The queue holds exactly these tasks, seen from both ends. */
static void expect_queue(const struct waitqueue *queue, struct task *const *tasks, unsigned nr)
{
    const struct task *at = queue->first;

    ck_assert_int_eq(waitqueue_active(queue), nr > 0);
    for (unsigned i = 0; i < nr; i++, at = at->next_waiting) {
        ck_assert_ptr_eq(at, tasks[i]);
        ck_assert_ptr_eq(at->waiting_on, queue);
    }
    ck_assert_ptr_null(at);
    at = queue->last;
    for (unsigned i = nr; i-- > 0; at = at->prev_waiting)
        ck_assert_ptr_eq(at, tasks[i]);
    ck_assert_ptr_null(at);
}

static void fill(struct waitqueue *queue, struct task tasks[TASKS])
{
    *queue = (struct waitqueue){0};
    for (unsigned i = 0; i < TASKS; i++) {
        tasks[i] = (struct task){.id = i};
        waitqueue_add(queue, &tasks[i]);
    }
}

START_TEST(tasks_stand_in_the_order_they_came)
{
    struct waitqueue queue = {0};
    struct task t[TASKS];

    expect_queue(&queue, NULL, 0);
    fill(&queue, t);
    expect_queue(&queue, (struct task *[]){&t[0], &t[1], &t[2], &t[3]}, 4);
}
END_TEST

START_TEST(a_task_leaves_from_either_end_or_the_middle)
{
    struct waitqueue queue;
    struct task t[TASKS];

    fill(&queue, t);
    waitqueue_remove(&t[1]);
    ck_assert_ptr_null(t[1].waiting_on);
    expect_queue(&queue, (struct task *[]){&t[0], &t[2], &t[3]}, 3);
    waitqueue_remove(&t[0]);
    expect_queue(&queue, (struct task *[]){&t[2], &t[3]}, 2);
    waitqueue_remove(&t[3]);
    expect_queue(&queue, (struct task *[]){&t[2]}, 1);
    waitqueue_remove(&t[2]);
    expect_queue(&queue, NULL, 0);
}
END_TEST

START_TEST(who_comes_back_stands_last)
{
    struct waitqueue queue;
    struct task t[TASKS];

    fill(&queue, t);
    waitqueue_remove(&t[0]);
    waitqueue_add(&queue, &t[0]);
    expect_queue(&queue, (struct task *[]){&t[1], &t[2], &t[3], &t[0]}, 4);
}
END_TEST

START_TEST(a_task_goes_from_one_queue_to_another)
{
    struct waitqueue queue;
    struct waitqueue other = {0};
    struct task t[TASKS];

    fill(&queue, t);
    waitqueue_remove(&t[2]);
    waitqueue_add(&other, &t[2]);
    waitqueue_remove(&t[3]);
    waitqueue_add(&other, &t[3]);
    expect_queue(&queue, (struct task *[]){&t[0], &t[1]}, 2);
    expect_queue(&other, (struct task *[]){&t[2], &t[3]}, 2);
}
END_TEST

START_TEST(removing_a_task_that_does_not_wait_does_nothing)
{
    struct waitqueue queue;
    struct task t[TASKS];
    struct task awake = {.id = 9};

    fill(&queue, t);
    waitqueue_remove(&awake);
    waitqueue_remove(&t[0]);
    waitqueue_remove(&t[0]);
    expect_queue(&queue, (struct task *[]){&t[1], &t[2], &t[3]}, 3);
}
END_TEST

START_TEST(a_wait_says_all_of_what_it_is_for)
{
    struct waitqueue queue = {0};
    struct task task = {0};

    ck_assert_int_eq(task_sleep(&task, 3, 500, &queue), STEP_BLOCKED);
    ck_assert_int_eq(task.wait.kind, WAIT_SLEEP);
    ck_assert_int_eq(task.wait.stall, 3);
    ck_assert_uint_eq(task.wait.wake_ns, 500);
    ck_assert_ptr_eq(task.wait.queue, &queue);
    ck_assert_int_eq(task_work(&task, 4, 600), STEP_BLOCKED);
    ck_assert_int_eq(task.wait.kind, WAIT_CPU);
    ck_assert_int_eq(task.wait.stall, 4);
    ck_assert_uint_eq(task.wait.wake_ns, 600);
    ck_assert_ptr_null(task.wait.queue);
    ck_assert_int_eq(task_yield(&task, 5), STEP_BLOCKED);
    ck_assert_int_eq(task.wait.kind, WAIT_YIELD);
    ck_assert_int_eq(task.wait.stall, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("waitqueue");

    TEST_CASE(suite, "queue", tasks_stand_in_the_order_they_came,
              a_task_leaves_from_either_end_or_the_middle, who_comes_back_stands_last,
              a_task_goes_from_one_queue_to_another,
              removing_a_task_that_does_not_wait_does_nothing);
    TEST_CASE(suite, "wait", a_wait_says_all_of_what_it_is_for);
    return test_run(suite);
}
