/* SPDX-License-Identifier: MIT */
/* The areas of an address space: first fit, holes, and what a walk over a plain list finds. */
#include "mm/vmlist.h"

#include "base/rng.h"
#include "base/units.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

#define START UINT64_C(0xffffc20000000000)

enum { AREAS_MAX = 3000 };

static uint32_t insert(struct vmlist *list, uint64_t size)
{
    uint32_t area;

    ck_assert(vmlist_insert(list, size, &area));
    return area;
}

static void expect_sound(const struct vmlist *list)
{
    char why[256] = "";

    ck_assert_msg(vmlist_check(list, why, sizeof(why)), "%s", why);
}

START_TEST(an_empty_space_is_one_hole)
{
    struct vmlist list;

    vmlist_init(&list, START, START + 64 * PAGE_SIZE);
    ck_assert_uint_eq(vmlist_largest_hole(&list), 64 * PAGE_SIZE);
    ck_assert_uint_eq(vmlist_find(&list, START), VM_AREA_NONE);
    ck_assert_uint_eq(insert(&list, 65 * PAGE_SIZE), VM_AREA_NONE);
    ck_assert_uint_ne(insert(&list, 64 * PAGE_SIZE), VM_AREA_NONE);
    ck_assert_uint_eq(vmlist_largest_hole(&list), 0);
    ck_assert_uint_eq(insert(&list, PAGE_SIZE), VM_AREA_NONE);
    expect_sound(&list);
    vmlist_fini(&list);
}
END_TEST

START_TEST(the_lowest_hole_that_is_large_enough_is_taken)
{
    struct vmlist list;
    uint32_t areas[6];

    vmlist_init(&list, START, START + 100 * PAGE_SIZE);
    for (unsigned i = 0; i < 6; i++)
        areas[i] = insert(&list, 10 * PAGE_SIZE);
    vmlist_remove(&list, areas[1]);
    vmlist_remove(&list, areas[3]);
    vmlist_remove(&list, areas[4]);
    expect_sound(&list);
    ck_assert_uint_eq(vmlist_area(&list, insert(&list, 11 * PAGE_SIZE))->addr,
                      START + 30 * PAGE_SIZE);
    ck_assert_uint_eq(vmlist_area(&list, insert(&list, 10 * PAGE_SIZE))->addr,
                      START + 10 * PAGE_SIZE);
    ck_assert_uint_eq(vmlist_area(&list, insert(&list, 10 * PAGE_SIZE))->addr,
                      START + 60 * PAGE_SIZE);
    ck_assert_uint_eq(vmlist_area(&list, insert(&list, 9 * PAGE_SIZE))->addr,
                      START + 41 * PAGE_SIZE);
    expect_sound(&list);
    vmlist_fini(&list);
}
END_TEST

START_TEST(an_area_is_found_by_where_it_begins_only)
{
    struct vmlist list;
    uint32_t area;

    vmlist_init(&list, START, START + 100 * PAGE_SIZE);
    insert(&list, 3 * PAGE_SIZE);
    area = insert(&list, 3 * PAGE_SIZE);
    ck_assert_uint_eq(vmlist_find(&list, START + 3 * PAGE_SIZE), area);
    ck_assert_uint_eq(vmlist_find(&list, START + 4 * PAGE_SIZE), VM_AREA_NONE);
    vmlist_remove(&list, area);
    ck_assert_uint_eq(vmlist_find(&list, START + 3 * PAGE_SIZE), VM_AREA_NONE);
    vmlist_fini(&list);
}
END_TEST

/* A sorted array, walked from its beginning. */
struct plain {
    uint64_t addr[AREAS_MAX];
    uint64_t size[AREAS_MAX];
    unsigned count;
};

static uint64_t plain_insert(struct plain *plain, uint64_t end, uint64_t size)
{
    uint64_t addr = START;
    unsigned at;

    for (at = 0; at < plain->count && addr + size > plain->addr[at]; at++)
        addr = plain->addr[at] + plain->size[at];
    if (addr + size > end)
        return 0;
    for (unsigned i = plain->count++; i > at; i--) {
        plain->addr[i] = plain->addr[i - 1];
        plain->size[i] = plain->size[i - 1];
    }
    plain->addr[at] = addr;
    plain->size[at] = size;
    return addr;
}

static void plain_remove(struct plain *plain, unsigned at)
{
    plain->count--;
    for (unsigned i = at; i < plain->count; i++) {
        plain->addr[i] = plain->addr[i + 1];
        plain->size[i] = plain->size[i + 1];
    }
}

static uint64_t plain_largest_hole(const struct plain *plain, uint64_t end)
{
    uint64_t from = START;
    uint64_t largest = 0;

    for (unsigned i = 0; i < plain->count; i++) {
        if (plain->addr[i] - from > largest)
            largest = plain->addr[i] - from;
        from = plain->addr[i] + plain->size[i];
    }
    return end - from > largest ? end - from : largest;
}

START_TEST(thousands_of_areas_lie_where_a_walk_puts_them)
{
    static struct plain plain;
    uint64_t end = START + 18000 * PAGE_SIZE;
    unsigned refused = 0;
    struct vmlist list;
    struct rng rng;

    plain.count = 0;
    rng_init(&rng, 1, "vmlist");
    vmlist_init(&list, START, end);
    for (unsigned round = 0; round < 12000; round++) {
        if (plain.count == 0 || (plain.count < AREAS_MAX && rng_below(&rng, 100) < 55)) {
            uint64_t size = (1 + rng_between(&rng, 1, 40)) * PAGE_SIZE;
            uint32_t area = insert(&list, size);
            uint64_t addr = plain_insert(&plain, end, size);

            refused += addr == 0;
            ck_assert_uint_eq(area == VM_AREA_NONE ? 0 : vmlist_area(&list, area)->addr, addr);
        } else {
            unsigned at = (unsigned)rng_below(&rng, plain.count);

            vmlist_remove(&list, vmlist_find(&list, plain.addr[at]));
            plain_remove(&plain, at);
        }
        ck_assert_uint_eq(vmlist_largest_hole(&list), plain_largest_hole(&plain, end));
        if (round % 100 == 0)
            expect_sound(&list);
    }
    ck_assert_uint_gt(refused, 100);
    ck_assert_uint_eq(list.nr_areas, plain.count);
    vmlist_fini(&list);
}
END_TEST

START_TEST(without_host_memory_nothing_is_inserted)
{
    struct vmlist list;
    uint32_t area;
    bool ok;

    vmlist_init(&list, START, START + 100 * PAGE_SIZE);
    fail_malloc_at(0);
    ok = vmlist_insert(&list, 2 * PAGE_SIZE, &area);
    ck_assert(fail_malloc_off());
    ck_assert(!ok && area == VM_AREA_NONE);
    expect_sound(&list);
    ck_assert_uint_ne(insert(&list, 2 * PAGE_SIZE), VM_AREA_NONE);
    vmlist_fini(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vmlist");

    TEST_CASE(
        suite, "areas", an_empty_space_is_one_hole, the_lowest_hole_that_is_large_enough_is_taken,
        an_area_is_found_by_where_it_begins_only, thousands_of_areas_lie_where_a_walk_puts_them,
        without_host_memory_nothing_is_inserted);
    return test_run(suite);
}
