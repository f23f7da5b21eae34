/* SPDX-License-Identifier: MIT */
/* The hash map against an array that is searched from end to end. */
#include "base/hashmap.h"

#include "base/rng.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

enum { SLOW_MAX = 512 };

/* The slow model: pairs in no order. */
struct slow_map {
    struct hashmap_slot pairs[SLOW_MAX];
    size_t count;
};

static struct hashmap_slot *slow_find(struct slow_map *slow, uint64_t key)
{
    for (size_t i = 0; i < slow->count; i++) {
        if (slow->pairs[i].key == key)
            return &slow->pairs[i];
    }
    return NULL;
}

static void slow_put(struct slow_map *slow, uint64_t key, uint64_t value)
{
    struct hashmap_slot *pair = slow_find(slow, key);

    if (!pair) {
        ck_assert_uint_lt(slow->count, SLOW_MAX);
        pair = &slow->pairs[slow->count++];
    }
    *pair = (struct hashmap_slot){key, value};
}

/* Compared without Check, which notes each assertion in a file: there are millions. */
static bool is_same(const struct hashmap *map, struct slow_map *slow, uint64_t key)
{
    const struct hashmap_slot *pair = slow_find(slow, key);
    uint64_t value = 42;
    bool found = hashmap_get(map, key, &value);

    return found == (pair != NULL) && value == (pair ? pair->value : 42) &&
           map->count == slow->count;
}

static void expect_same(const struct hashmap *map, struct slow_map *slow, uint64_t key)
{
    if (!is_same(map, slow, key))
        ck_abort_msg("key %llx differs from the slow model", (unsigned long long)key);
}

/* Nothing in the slots but what the model holds. */
static void expect_equal(const struct hashmap *map, struct slow_map *slow)
{
    size_t used = 0;

    for (size_t i = 0; i < slow->count; i++)
        expect_same(map, slow, slow->pairs[i].key);
    for (size_t i = 0; i < map->capacity; i++)
        used += map->slots[i].key != HASHMAP_NO_KEY;
    ck_assert_uint_eq(used, slow->count);
    ck_assert_uint_le(map->count * 4, map->capacity * 3);
}

/*
 * The kinds of keys: few small ones, which collide and are deleted in the middle of runs; page
 * numbers of large blocks; addresses; numbers that differ in the high half only.
 */
static uint64_t key_of(unsigned kind, uint64_t i)
{
    switch (kind) {
    case 0:
        return i;
    case 1:
        return i << 10;
    case 2:
        return UINT64_C(0xffff810000000000) + (i << 12);
    case 3:
        return i << 32;
    default:
        return i * UINT64_C(0x9e3779b97f4a7c15);
    }
}

static void compare_random_operations(unsigned kind)
{
    const uint64_t nr_keys[] = {9, 13, 25, 200, 500};
    struct rng rng;

    rng_init(&rng, kind, "hashmap");
    for (unsigned round = 0; round < 5; round++) {
        struct hashmap map = {0};
        struct slow_map slow = {0};

        for (unsigned step = 0; step < 4000; step++) {
            uint64_t key = key_of(kind, rng_below(&rng, nr_keys[round]));

            switch (rng_below(&rng, 4)) {
            case 0:
            case 1:
                ck_assert(hashmap_put(&map, key, step));
                slow_put(&slow, key, step);
                break;
            case 2: {
                struct hashmap_slot *pair = slow_find(&slow, key);
                uint64_t value = 42;

                ck_assert_int_eq(hashmap_remove(&map, key, &value), pair != NULL);
                ck_assert_uint_eq(value, pair ? pair->value : 42);
                if (pair)
                    *pair = slow.pairs[--slow.count];
                break;
            }
            default:
                expect_same(&map, &slow, key);
            }
            if (step % 64 == 0)
                expect_equal(&map, &slow);
        }
        expect_equal(&map, &slow);
        hashmap_fini(&map);
    }
}

START_TEST(random_operations_do_what_the_slow_model_does)
{
    for (unsigned kind = 0; kind < 5; kind++)
        compare_random_operations(kind);
}
END_TEST

START_TEST(a_removed_key_leaves_all_others_reachable)
{
    /* Every pair of a full run of collisions, whatever the order of removal. */
    for (uint64_t stride = 1; stride <= 64; stride++) {
        struct hashmap map = {0};
        unsigned present = (1U << 12) - 1;
        uint64_t value;

        for (uint64_t i = 0; i < 12; i++)
            ck_assert(hashmap_put(&map, i * stride, i));
        ck_assert_uint_eq(map.capacity, 16);
        for (uint64_t i = 0; i < 12; i++) {
            uint64_t gone = i * 5 % 12;
            unsigned found = 0;

            ck_assert(hashmap_remove(&map, gone * stride, &value));
            ck_assert_uint_eq(value, gone);
            present &= ~(1U << gone);
            for (unsigned j = 0; j < 12; j++)
                found |= (unsigned)hashmap_get(&map, j * stride, &value) << j;
            ck_assert_uint_eq(found, present);
        }
        ck_assert_uint_eq(map.count, 0);
        hashmap_fini(&map);
    }
}
END_TEST

START_TEST(an_empty_map_finds_and_removes_nothing)
{
    struct hashmap map = {0};
    uint64_t value = 42;

    ck_assert(!hashmap_get(&map, 0, &value));
    ck_assert(!hashmap_remove(&map, 0, &value));
    ck_assert(hashmap_put(&map, 0, 7));
    ck_assert(hashmap_remove(&map, 0, NULL));
    ck_assert(!hashmap_get(&map, 0, &value));
    ck_assert(!hashmap_remove(&map, 0, &value));
    ck_assert_uint_eq(value, 42);
    hashmap_fini(&map);
    ck_assert_ptr_null(map.slots);
    hashmap_fini(&map);
    hashmap_fini(NULL);
}
END_TEST

START_TEST(the_reserved_key_is_never_there)
{
    struct hashmap map = {0};
    uint64_t value = 42;

    ck_assert(hashmap_put(&map, HASHMAP_NO_KEY - 1, 1));
    ck_assert(!hashmap_get(&map, HASHMAP_NO_KEY, &value));
    ck_assert(!hashmap_remove(&map, HASHMAP_NO_KEY, &value));
    ck_assert_uint_eq(value, 42);
    ck_assert_uint_eq(map.count, 1);
    hashmap_fini(&map);
}
END_TEST

START_TEST(ten_thousand_keys_survive_every_growth)
{
    struct hashmap map = {0};
    uint64_t value;

    for (uint64_t i = 0; i < 10000; i++) {
        if (!hashmap_put(&map, i * i, ~i))
            ck_abort_msg("no memory");
    }
    ck_assert_uint_eq(map.count, 10000);
    ck_assert_uint_eq(map.capacity, 16384);
    for (uint64_t i = 0; i < 10000; i++) {
        if (!hashmap_get(&map, i * i, &value) || value != ~i)
            ck_abort_msg("key %llu is lost", (unsigned long long)(i * i));
    }
    hashmap_fini(&map);
}
END_TEST

START_TEST(a_put_without_memory_leaves_the_map_as_it_was)
{
    struct hashmap map = {0};
    struct slow_map slow = {0};
    unsigned nr_refused = 0;

    for (uint64_t i = 0; i < 400; i++) {
        size_t capacity = map.capacity;
        bool ok, refused;

        fail_malloc_at(0);
        ok = hashmap_put(&map, i, i + 1);
        refused = fail_malloc_off();
        ck_assert_int_eq(ok, !refused);
        if (refused) {
            nr_refused++;
            ck_assert_uint_eq(map.capacity, capacity);
            expect_same(&map, &slow, i);
            expect_equal(&map, &slow);
            ck_assert(hashmap_put(&map, i, i + 1));
        }
        slow_put(&slow, i, i + 1);
    }
    expect_equal(&map, &slow);
    ck_assert_uint_eq(nr_refused, 7); /* 16 to 1024 slots */
    hashmap_fini(&map);
}
END_TEST

START_TEST(overwriting_in_a_full_map_needs_no_memory)
{
    struct hashmap map = {0};
    uint64_t value;
    bool ok;

    for (uint64_t i = 0; i < 12; i++)
        ck_assert(hashmap_put(&map, i, i));
    fail_malloc_at(0);
    ok = hashmap_put(&map, 5, 55);
    ck_assert(!fail_malloc_off());
    ck_assert(ok && hashmap_get(&map, 5, &value) && value == 55);
    hashmap_fini(&map);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hashmap");

    TEST_CASE(suite, "model", random_operations_do_what_the_slow_model_does);
    TEST_CASE(suite, "content", a_removed_key_leaves_all_others_reachable,
              an_empty_map_finds_and_removes_nothing, the_reserved_key_is_never_there,
              ten_thousand_keys_survive_every_growth);
    TEST_CASE(suite, "failures", a_put_without_memory_leaves_the_map_as_it_was,
              overwriting_in_a_full_map_needs_no_memory);
    return test_run(suite);
}
