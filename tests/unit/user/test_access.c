/* SPDX-License-Identifier: MIT */
/* Which pages a step accesses, in which order. */
#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "user/access.h"

enum { SIZE = 100 };

struct access_case {
    struct zipf_tables tables;
    struct rng rng;
    struct access access;
};

static void begin(struct access_case *c, const struct access_spec *spec, uint64_t size_pages)
{
    *c = (struct access_case){0};
    rng_init(&c->rng, 1, "test");
    ck_assert(access_init(&c->access, spec, size_pages, &c->rng, &c->tables));
}

static void finish(struct access_case *c)
{
    access_fini(&c->access);
    zipf_tables_fini(&c->tables);
}

static uint64_t next(struct access_case *c)
{
    uint64_t page = UINT64_MAX;

    ck_assert(access_next(&c->access, &page));
    return page;
}

static void expect_end(struct access_case *c)
{
    uint64_t page = 7;

    ck_assert(!access_next(&c->access, &page));
    ck_assert_uint_eq(page, 7);
}

START_TEST(sequential_accesses_wrap_around)
{
    struct access_spec spec = {.first_page = 5, .nr_pages = 3, .count = 7};
    const uint64_t expected[] = {5, 6, 7, 5, 6, 7, 5};
    struct access_case c;

    begin(&c, &spec, SIZE);
    for (unsigned i = 0; i < 7; i++)
        ck_assert_uint_eq(next(&c), expected[i]);
    expect_end(&c);
    finish(&c);
}
END_TEST

START_TEST(without_a_count_each_page_comes_once)
{
    struct access_spec spec = {.first_page = 98};
    struct access_case c;

    begin(&c, &spec, SIZE);
    ck_assert_uint_eq(next(&c), 98);
    ck_assert_uint_eq(next(&c), 99);
    expect_end(&c);
    finish(&c);
}
END_TEST

START_TEST(a_range_beyond_the_object_is_cut)
{
    struct access_spec spec = {.first_page = 98, .nr_pages = 50};
    struct access_case c;

    begin(&c, &spec, SIZE);
    next(&c);
    ck_assert_uint_eq(next(&c), 99);
    expect_end(&c);
    finish(&c);
}
END_TEST

START_TEST(a_range_outside_has_no_access)
{
    struct access_spec spec = {.pattern = ACCESS_ZIPF, .first_page = SIZE, .count = 5};
    struct access_case c;
    uint64_t page, nr_pages;

    begin(&c, &spec, SIZE);
    expect_end(&c);
    ck_assert(!access_next_block(&c.access, 4, &page, &nr_pages));
    finish(&c);
}
END_TEST

/* Draws so often that a page left out would be a wonder. */
static void expect_covers(struct access_case *c, uint64_t first_page, uint64_t nr_pages)
{
    bool seen[SIZE] = {0};
    uint64_t page;

    while (access_next(&c->access, &page)) {
        ck_assert_uint_ge(page, first_page);
        ck_assert_uint_lt(page, first_page + nr_pages);
        seen[page] = true;
    }
    for (uint64_t i = first_page; i < first_page + nr_pages; i++)
        ck_assert(seen[i]);
}

START_TEST(random_accesses_cover_the_range)
{
    struct access_spec spec = {
        .pattern = ACCESS_RANDOM, .first_page = 10, .nr_pages = 50, .count = 5000};
    struct access_case c;

    begin(&c, &spec, SIZE);
    expect_covers(&c, 10, 50);
    finish(&c);
}
END_TEST

static void expect_drawn_ahead(uint8_t pattern)
{
    struct access_spec spec = {
        .pattern = pattern, .first_page = 10, .nr_pages = 50, .count = ZIPF_DRAWS_MAX + 1};
    const uint64_t *pages = NULL;
    struct access_case c;

    begin(&c, &spec, SIZE);
    ck_assert_uint_eq(access_draw_ahead(&c.access, &pages), ZIPF_DRAWS_MAX);
    for (unsigned i = 0; i < ZIPF_DRAWS_MAX; i++) {
        ck_assert_uint_eq(access_draw_ahead(&c.access, &pages), 0);
        ck_assert_uint_eq(pages[i], next(&c));
    }
    ck_assert_uint_eq(access_draw_ahead(&c.access, &pages), 1);
    ck_assert_uint_eq(pages[0], next(&c));
    ck_assert_uint_eq(access_draw_ahead(&c.access, &pages), 0);
    expect_end(&c);
    finish(&c);
}

START_TEST(pages_are_drawn_ahead_as_far_as_the_count)
{
    expect_drawn_ahead(ACCESS_RANDOM);
    expect_drawn_ahead(ACCESS_ZIPF);
}
END_TEST

START_TEST(sequential_pages_are_not_drawn)
{
    struct access_spec spec = {.count = 2};
    const uint64_t *pages;
    struct access_case c;

    begin(&c, &spec, SIZE);
    ck_assert_uint_eq(access_draw_ahead(&c.access, &pages), 0);
    finish(&c);
}
END_TEST

START_TEST(zipf_ranks_are_scattered_by_a_permutation)
{
    struct access_spec spec = {.pattern = ACCESS_ZIPF,
                               .zipf_exponent_milli = 0,
                               .first_page = 10,
                               .nr_pages = 50,
                               .count = 5000};
    struct access_case c;

    begin(&c, &spec, SIZE);
    expect_covers(&c, 10, 50);
    finish(&c);
}
END_TEST

START_TEST(zipf_prefers_few_pages_that_are_no_neighbours)
{
    struct access_spec spec = {.pattern = ACCESS_ZIPF, .zipf_exponent_milli = 1500, .count = 10000};
    unsigned seen[SIZE] = {0};
    unsigned often = 0;
    struct access_case c;
    uint64_t page;

    begin(&c, &spec, SIZE);
    while (access_next(&c.access, &page))
        seen[page]++;
    for (unsigned i = 0; i < SIZE; i++) {
        often += seen[i] > 1000;
        ck_assert(i == 0 || seen[i] <= 1000 || seen[i - 1] <= 1000);
    }
    ck_assert_uint_eq(often, 2); /* 1 / zeta(1.5) = 38 %, 14 %, 7 % ... */
    finish(&c);
}
END_TEST

START_TEST(zipf_ranges_beyond_the_table_share_ranks)
{
    uint64_t size = (uint64_t)ZIPF_N_MAX * 3 - 1;
    struct access_spec spec = {.pattern = ACCESS_ZIPF, .zipf_exponent_milli = 100, .count = 100000};
    uint64_t page, highest = 0;
    struct access_case c;

    begin(&c, &spec, size);
    ck_assert_uint_eq(c.access.rank_pages, 3);
    while (access_next(&c.access, &page)) {
        ck_assert_uint_lt(page, size);
        highest = page > highest ? page : highest;
    }
    ck_assert_uint_gt(highest, size - size / 100);
    finish(&c);
}
END_TEST

START_TEST(equal_zipf_accesses_share_a_table)
{
    struct access_spec spec = {.pattern = ACCESS_ZIPF, .zipf_exponent_milli = 900};
    struct access_case c;
    struct access other;

    begin(&c, &spec, SIZE);
    ck_assert(access_init(&other, &spec, SIZE, &c.rng, &c.tables));
    ck_assert_ptr_eq(other.table, c.access.table);
    ck_assert_uint_eq(c.access.table->users, 2);
    access_fini(&other);
    finish(&c);
}
END_TEST

START_TEST(tables_that_nobody_uses_are_dropped_when_there_are_many)
{
    struct access_spec spec = {.pattern = ACCESS_ZIPF, .zipf_exponent_milli = 900};
    struct access_case c;
    struct access other;

    begin(&c, &spec, SIZE);
    for (uint64_t size = 1; size < SIZE; size++) {
        ck_assert(access_init(&other, &spec, size, &c.rng, &c.tables));
        access_fini(&other);
    }
    ck_assert_uint_eq(c.tables.tables.count, ZIPF_TABLES_KEPT);
    ck_assert_ptr_eq(c.tables.tables.items[0], c.access.table);
    finish(&c);
}
END_TEST

START_TEST(sequential_blocks_end_with_range_and_count)
{
    struct access_spec spec = {.first_page = 1, .nr_pages = 10, .count = 13};
    const uint64_t expected[][2] = {{1, 4}, {5, 4}, {9, 2}, {1, 3}};
    struct access_case c;
    uint64_t page, nr_pages;

    begin(&c, &spec, SIZE);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert(access_next_block(&c.access, 4, &page, &nr_pages));
        ck_assert_uint_eq(page, expected[i][0]);
        ck_assert_uint_eq(nr_pages, expected[i][1]);
    }
    ck_assert(!access_next_block(&c.access, 4, &page, &nr_pages));
    finish(&c);
}
END_TEST

START_TEST(random_blocks_are_aligned_in_the_range)
{
    struct access_spec spec = {
        .pattern = ACCESS_RANDOM, .first_page = 3, .nr_pages = 10, .count = 1000};
    struct access_case c;
    uint64_t page, nr_pages, all = 0;

    begin(&c, &spec, SIZE);
    while (access_next_block(&c.access, 4, &page, &nr_pages)) {
        ck_assert_uint_eq((page - 3) % 4, 0);
        all += nr_pages;
        ck_assert(nr_pages == (page == 11 ? 2 : 4) || all == 1000);
    }
    ck_assert_uint_eq(all, 1000);
    finish(&c);
}
END_TEST

START_TEST(a_table_without_memory_leaves_nothing_behind)
{
    struct access_spec spec = {.pattern = ACCESS_ZIPF, .zipf_exponent_milli = 900};
    struct zipf_tables tables = {0};
    struct access access;
    struct rng rng;
    bool ok;

    rng_init(&rng, 1, "test");
    for (unsigned n = 0;; n++) {
        fail_malloc_at(n);
        ok = access_init(&access, &spec, SIZE, &rng, &tables);
        if (!fail_malloc_off())
            break;
        ck_assert(!ok);
        ck_assert_uint_eq(tables.tables.count, 0);
    }
    ck_assert(ok);
    access_fini(&access);
    zipf_tables_fini(&tables);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("access");

    TEST_CASE(suite, "range", sequential_accesses_wrap_around, without_a_count_each_page_comes_once,
              a_range_beyond_the_object_is_cut, a_range_outside_has_no_access);
    TEST_CASE(suite, "patterns", random_accesses_cover_the_range,
              zipf_ranks_are_scattered_by_a_permutation,
              zipf_prefers_few_pages_that_are_no_neighbours,
              zipf_ranges_beyond_the_table_share_ranks, pages_are_drawn_ahead_as_far_as_the_count,
              sequential_pages_are_not_drawn);
    TEST_CASE(suite, "tables", equal_zipf_accesses_share_a_table,
              tables_that_nobody_uses_are_dropped_when_there_are_many,
              a_table_without_memory_leaves_nothing_behind);
    TEST_CASE(suite, "blocks", sequential_blocks_end_with_range_and_count,
              random_blocks_are_aligned_in_the_range);
    return test_run(suite);
}
