/* SPDX-License-Identifier: MIT */
/* The event queue against a sorted array: earliest first, equal times in the order of insertion. */
#include "engine/event_queue.h"

#include <string.h>

#include "base/rng.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

enum { SLOW_MAX = 4096 };

/* The slow model: events in the order in which they must come out. */
struct slow_queue {
    struct event events[SLOW_MAX];
    size_t count;
};

static void slow_push(struct slow_queue *slow, struct event event)
{
    size_t at = slow->count;

    ck_assert_uint_lt(slow->count, SLOW_MAX);
    while (at > 0 && slow->events[at - 1].time_ns > event.time_ns)
        at--;
    memmove(&slow->events[at + 1], &slow->events[at], (slow->count - at) * sizeof(event));
    slow->events[at] = event;
    slow->count++;
}

static struct event slow_pop(struct slow_queue *slow)
{
    struct event event = slow->events[0];

    slow->count--;
    memmove(&slow->events[0], &slow->events[1], slow->count * sizeof(event));
    return event;
}

/* Fields, not bytes: Check notes each assertion in a file, and there are many. */
static bool is_same(const struct event *a, const struct event *b)
{
    return a->time_ns == b->time_ns && a->seq == b->seq && a->kind == b->kind && a->arg == b->arg;
}

static void push_both(struct event_queue *queue, struct slow_queue *slow, uint64_t time_ns,
                      struct rng *rng)
{
    const struct event event = {.time_ns = time_ns,
                                .seq = queue->next_seq,
                                .kind = (uint32_t)rng_next(rng),
                                .arg = (uint32_t)rng_next(rng)};

    if (!event_queue_push(queue, event.time_ns, event.kind, event.arg))
        ck_abort_msg("no memory");
    slow_push(slow, event);
}

static void pop_both(struct event_queue *queue, struct slow_queue *slow)
{
    struct event event, expected;

    if (slow->count == 0) {
        ck_assert(!event_queue_pop(queue, &event));
        return;
    }
    if (!event_queue_pop(queue, &event))
        ck_abort_msg("the queue is empty too early");
    expected = slow_pop(slow);
    if (!is_same(&event, &expected))
        ck_abort_msg("another event comes out");
}

static void expect_sound(const struct event_queue *queue, const struct slow_queue *slow)
{
    if (!event_queue_check(queue) || queue->count != slow->count)
        ck_abort_msg("the queue is not sound");
}

/* push_percent over 50 fills the queue, below empties it; times are below nr_times. */
static void compare_random_operations(uint64_t seed, uint64_t nr_times, unsigned push_percent)
{
    static struct slow_queue slow;
    struct event_queue queue = {0};
    struct rng rng;

    slow.count = 0;
    rng_init(&rng, seed, "event_queue");
    for (unsigned step = 0; step < 4000; step++) {
        if (rng_below(&rng, 100) < push_percent)
            push_both(&queue, &slow, rng_below(&rng, nr_times), &rng);
        else
            pop_both(&queue, &slow);
        expect_sound(&queue, &slow);
    }
    while (slow.count) {
        pop_both(&queue, &slow);
        expect_sound(&queue, &slow);
    }
    pop_both(&queue, &slow);
    event_queue_fini(&queue);
}

START_TEST(random_operations_do_what_the_slow_model_does)
{
    static const uint64_t nr_times[] = {1, 3, 100, 1000000, UINT64_MAX};

    for (unsigned i = 0; i < 5; i++) {
        compare_random_operations(i, nr_times[i], 40);
        compare_random_operations(i, nr_times[i], 50);
        compare_random_operations(i, nr_times[i], 60);
    }
}
END_TEST

START_TEST(a_simulation_only_goes_forward)
{
    static struct slow_queue slow;
    struct event_queue queue = {0};
    uint64_t now_ns = 0;
    struct rng rng;

    slow.count = 0;
    rng_init(&rng, 1, "forward");
    for (unsigned i = 0; i < 200; i++)
        push_both(&queue, &slow, rng_below(&rng, 50), &rng);
    for (unsigned step = 0; step < 20000; step++) {
        uint64_t earliest_ns = queue.heap[0].time_ns;

        if (earliest_ns < now_ns)
            ck_abort_msg("time goes backward");
        now_ns = earliest_ns;
        pop_both(&queue, &slow);
        push_both(&queue, &slow, now_ns + rng_below(&rng, 50), &rng);
    }
    expect_sound(&queue, &slow);
    event_queue_fini(&queue);
}
END_TEST

START_TEST(equal_times_come_out_as_they_went_in)
{
    struct event_queue queue = {0};
    struct event event;
    bool in_order = true;

    for (uint32_t i = 0; i < 1000; i++)
        ck_assert(event_queue_push(&queue, i % 2 ? 7 : 5, 0, i));
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t expected = i < 500 ? 2 * i : 2 * (i - 500) + 1;

        in_order &= event_queue_pop(&queue, &event) && event.arg == expected;
    }
    ck_assert(in_order);
    event_queue_fini(&queue);
}
END_TEST

START_TEST(an_event_pushed_for_now_comes_after_those_already_there)
{
    struct event_queue queue = {0};
    struct event event;

    ck_assert(event_queue_push(&queue, 10, 1, 0));
    ck_assert(event_queue_push(&queue, 10, 2, 0));
    ck_assert(event_queue_pop(&queue, &event) && event.kind == 1);
    ck_assert(event_queue_push(&queue, 10, 3, 0));
    ck_assert(event_queue_pop(&queue, &event) && event.kind == 2);
    ck_assert(event_queue_pop(&queue, &event) && event.kind == 3);
    event_queue_fini(&queue);
}
END_TEST

START_TEST(all_fields_come_back_at_their_extremes)
{
    struct event_queue queue = {0};
    struct event event;

    ck_assert(event_queue_push(&queue, UINT64_MAX, UINT32_MAX, UINT32_MAX));
    ck_assert(event_queue_push(&queue, 0, 0, 0));
    ck_assert(event_queue_pop(&queue, &event));
    ck_assert_uint_eq(event.time_ns, 0);
    ck_assert_uint_eq(event.seq, 1);
    ck_assert(event_queue_pop(&queue, &event));
    ck_assert_uint_eq(event.time_ns, UINT64_MAX);
    ck_assert_uint_eq(event.seq, 0);
    ck_assert_uint_eq(event.kind, UINT32_MAX);
    ck_assert_uint_eq(event.arg, UINT32_MAX);
    event_queue_fini(&queue);
}
END_TEST

START_TEST(an_empty_queue_gives_nothing)
{
    struct event_queue queue = {0};
    struct event event = {.arg = 42};

    ck_assert(!event_queue_pop(&queue, &event));
    ck_assert_uint_eq(event.arg, 42);
    ck_assert(event_queue_check(&queue));
    event_queue_fini(&queue);
    ck_assert_ptr_null(queue.heap);
    event_queue_fini(&queue);
    event_queue_fini(NULL);
}
END_TEST

START_TEST(the_check_finds_what_is_broken)
{
    struct event_queue queue = {0};

    for (uint64_t i = 0; i < 6; i++)
        ck_assert(event_queue_push(&queue, i / 5, 0, 0));
    ck_assert(event_queue_check(&queue));

    for (size_t i = 1; i < 6; i++) {
        const struct event saved = queue.heap[i];
        struct event *parent = &queue.heap[(i - 1) / 4];
        uint64_t parent_ns = parent->time_ns;

        parent->time_ns = 2; /* later than its child */
        ck_assert(!event_queue_check(&queue));
        parent->time_ns = saved.time_ns; /* at the same time, but inserted later */
        queue.heap[i].seq = parent->seq;
        parent->seq++;
        ck_assert(!event_queue_check(&queue));
        parent->seq--;
        parent->time_ns = parent_ns;
        queue.heap[i].seq = queue.next_seq; /* never given out */
        ck_assert(!event_queue_check(&queue));
        queue.heap[i] = saved;
        ck_assert(event_queue_check(&queue));
    }
    queue.count = queue.capacity + 1;
    ck_assert(!event_queue_check(&queue));
    queue.count = 6;
    event_queue_fini(&queue);
}
END_TEST

START_TEST(a_push_without_memory_changes_nothing)
{
    struct event_queue queue = {0};
    unsigned nr_refused = 0;
    struct event event;

    for (uint32_t i = 0; i < 300; i++) {
        const struct event_queue before = queue;
        bool ok, refused;

        fail_malloc_at(0);
        ok = event_queue_push(&queue, 300 - i, 0, i);
        refused = fail_malloc_off();
        ck_assert_int_eq(ok, !refused);
        if (refused) {
            nr_refused++;
            ck_assert_mem_eq(&queue, &before, sizeof(queue));
            ck_assert(event_queue_check(&queue));
            ck_assert(event_queue_push(&queue, 300 - i, 0, i));
        }
    }
    ck_assert_uint_ge(nr_refused, 3);
    for (uint32_t i = 300; i-- > 0;) {
        ck_assert(event_queue_pop(&queue, &event));
        ck_assert_uint_eq(event.arg, i);
        ck_assert_uint_eq(event.seq, i);
    }
    event_queue_fini(&queue);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event_queue");

    TEST_CASE(suite, "model", random_operations_do_what_the_slow_model_does,
              a_simulation_only_goes_forward);
    TEST_CASE(suite, "order", equal_times_come_out_as_they_went_in,
              an_event_pushed_for_now_comes_after_those_already_there,
              all_fields_come_back_at_their_extremes, an_empty_queue_gives_nothing);
    TEST_CASE(suite, "soundness", the_check_finds_what_is_broken,
              a_push_without_memory_changes_nothing);
    return test_run(suite);
}
