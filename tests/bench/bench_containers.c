/* SPDX-License-Identifier: MIT */
/* What the containers under every run cost: map, event queue, random numbers. One JSON line. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hashmap.h"
#include "base/rng.h"
#include "base/units.h"
#include "cpu_time.h"
#include "engine/event_queue.h"

enum {
    MAP_IDS = 10000000,
    MAP_LIVE = 20000, /* ids between a put and its removal */
    QUEUE_STEPS = 5000000,
    QUEUE_EVENTS = 10000,
    NUMBERS = 100000000,
    REPEATS = 5, /* the best run counts: the others were disturbed */
};

/* As a replay uses it: ascending ids, each put, found once in its middle age, and removed. */
static uint64_t time_map(void)
{
    struct hashmap map = {0};
    uint64_t start_ns = cpu_time_ns();

    for (uint64_t id = 0; id < MAP_IDS; id++) {
        uint64_t value;

        if (!hashmap_put(&map, id, ~id))
            abort();
        if (id < MAP_LIVE)
            continue;
        if (!hashmap_get(&map, id - MAP_LIVE / 2, &value) ||
            !hashmap_remove(&map, id - MAP_LIVE, &value) || value != ~(id - MAP_LIVE))
            abort();
    }
    start_ns = cpu_time_ns() - start_ns;
    hashmap_fini(&map);
    return start_ns;
}

/* The earliest event comes out and one goes in, up to a millisecond later. */
static uint64_t time_queue(void)
{
    struct event_queue queue = {0};
    struct rng rng;
    uint64_t start_ns;

    rng_init(&rng, 1, "bench");
    for (uint32_t i = 0; i < QUEUE_EVENTS; i++) {
        if (!event_queue_push(&queue, rng_below(&rng, NSEC_PER_MSEC), 0, i))
            abort();
    }
    start_ns = cpu_time_ns();
    for (uint32_t i = 0; i < QUEUE_STEPS; i++) {
        struct event event;

        if (!event_queue_pop(&queue, &event) ||
            !event_queue_push(&queue, event.time_ns + (rng_next(&rng) & 0xfffff), 0, event.arg))
            abort();
    }
    start_ns = cpu_time_ns() - start_ns;
    event_queue_fini(&queue);
    return start_ns;
}

static uint64_t time_numbers(void)
{
    struct rng rng;
    uint64_t sum = 0;
    uint64_t start_ns;

    rng_init(&rng, 1, "bench");
    start_ns = cpu_time_ns();
    for (unsigned i = 0; i < NUMBERS; i++)
        sum += rng_next(&rng);
    start_ns = cpu_time_ns() - start_ns;
    if (sum == 0)
        abort(); /* the sum is used, so the numbers are drawn */
    return start_ns;
}

static double best_ns(uint64_t (*time_one)(void), double operations)
{
    uint64_t best = UINT64_MAX;

    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t took_ns = time_one();

        best = took_ns < best ? took_ns : best;
    }
    return (double)best / operations;
}

int main(void)
{
    printf("{\"bench\":\"containers\",\"hashmap_put_get_remove_ns\":%.2f,"
           "\"event_queue_pop_push_10k_ns\":%.2f,\"rng_ns\":%.2f}\n",
           best_ns(time_map, MAP_IDS), best_ns(time_queue, QUEUE_STEPS),
           best_ns(time_numbers, NUMBERS));
    return EXIT_SUCCESS;
}
