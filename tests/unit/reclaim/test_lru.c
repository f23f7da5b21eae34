/* SPDX-License-Identifier: MIT */
/* Batches, lists, references and their ends. */
#include "core_case.h"

static struct core_case c;

START_TEST(a_page_is_invisible_until_its_batch_is_full)
{
    uint32_t expected[PAGEVEC_SIZE];

    case_begin(&c);
    for (uint32_t pfn = 0; pfn < PAGEVEC_SIZE; pfn++) {
        ck_assert_int_eq(c.bare.zones[0].vm_stat[NR_INACTIVE], 0);
        case_file_page(&c, pfn);
        lru_cache_add(&c.bare.reclaim, (pfn_t){pfn}, 0);
        expected[PAGEVEC_SIZE - 1 - pfn] = pfn;
    }
    expect_list(&c, 0, false, expected, PAGEVEC_SIZE);
    for (uint32_t pfn = 0; pfn < PAGEVEC_SIZE; pfn++)
        ck_assert_uint_eq(bare_frame(&c.bare, pfn)->count, 1);
    case_end(&c);
}
END_TEST

START_TEST(each_cpu_has_its_own_batches)
{
    case_begin(&c);
    case_file_page(&c, 1);
    case_file_page(&c, 2);
    lru_cache_add(&c.bare.reclaim, (pfn_t){1}, 0);
    lru_cache_add_active(&c.bare.reclaim, (pfn_t){2}, 1);
    lru_add_drain(&c.bare.reclaim, 0);
    expect_list(&c, 0, false, (const uint32_t[]){1}, 1);
    expect_list(&c, 0, true, NULL, 0);
    lru_add_drain(&c.bare.reclaim, 1);
    expect_list(&c, 0, true, (const uint32_t[]){2}, 1);
    case_end(&c);
}
END_TEST

START_TEST(a_page_goes_to_the_list_of_its_zone)
{
    case_begin(&c);
    case_file_on_lru(&c, BARE_PAGES - 1, false);
    expect_list(&c, 0, false, NULL, 0);
    expect_list(&c, 1, false, (const uint32_t[]){BARE_PAGES - 1}, 1);
    case_end(&c);
}
END_TEST

START_TEST(the_second_access_activates_and_the_first_only_marks)
{
    pfn_t page = {3};

    case_begin(&c);
    case_file_on_lru(&c, 3, false);
    mark_page_accessed(&c.bare.reclaim, page, 0);
    expect_list(&c, 0, false, (const uint32_t[]){3}, 1);
    ck_assert_uint_ne(bare_frame(&c.bare, 3)->flags & PG_referenced, 0);
    mark_page_accessed(&c.bare.reclaim, page, 0);
    expect_list(&c, 0, true, (const uint32_t[]){3}, 1);
    ck_assert_uint_eq(bare_frame(&c.bare, 3)->flags & PG_referenced, 0);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGACTIVATE], 1);
    mark_page_accessed(&c.bare.reclaim, page, 0);
    mark_page_accessed(&c.bare.reclaim, page, 0);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGACTIVATE], 1);
    case_end(&c);
}
END_TEST

START_TEST(a_referenced_page_in_a_batch_stays_there)
{
    case_begin(&c);
    case_file_page(&c, 4);
    lru_cache_add(&c.bare.reclaim, (pfn_t){4}, 0);
    mark_page_accessed(&c.bare.reclaim, (pfn_t){4}, 0);
    mark_page_accessed(&c.bare.reclaim, (pfn_t){4}, 0);
    lru_add_drain(&c.bare.reclaim, 0);
    expect_list(&c, 0, false, (const uint32_t[]){4}, 1);
    case_end(&c);
}
END_TEST

static void write_back(uint32_t pfn)
{
    bare_frame(&c.bare, pfn)->flags |= PG_reclaim;
    set_page_writeback(&c.bare.reclaim, (pfn_t){pfn}, 0);
    end_page_writeback(&c.bare.reclaim, (pfn_t){pfn}, 0);
    ck_assert_uint_eq(bare_frame(&c.bare, pfn)->flags & (PG_reclaim | PG_writeback), 0);
}

START_TEST(pages_written_for_reclaim_go_to_the_tail_first_written_first)
{
    case_begin(&c);
    for (uint32_t pfn = 1; pfn <= 4; pfn++)
        case_file_on_lru(&c, pfn, false);
    write_back(3);
    write_back(4);
    ck_assert_uint_eq(bare_frame(&c.bare, 3)->count, 2); /* the batch's */
    lru_add_drain(&c.bare.reclaim, 0);
    expect_list(&c, 0, false, (const uint32_t[]){2, 1, 3, 4}, 4);
    ck_assert_uint_eq(c.bare.machine.vm_events[PGROTATED], 2);
    case_end(&c);
}
END_TEST

START_TEST(locked_dirty_and_active_pages_are_not_rotated)
{
    case_begin(&c);
    case_file_on_lru(&c, 1, false);
    case_file_on_lru(&c, 2, false);
    case_file_on_lru(&c, 5, true);
    bare_frame(&c.bare, 1)->flags |= PG_locked;
    write_back(1);
    write_back(5);
    set_page_dirty(&c.bare.reclaim, (pfn_t){2}, 0);
    write_back(2);
    ck_assert_uint_eq(c.bare.pvecs[0].rotate.nr, 0);
    cancel_dirty_page(&c.bare.reclaim, (pfn_t){2}, 0);
    case_end(&c);
}
END_TEST

START_TEST(last_references_are_freed_in_groups_of_14_from_last_to_first)
{
    uint32_t pfns[20];

    case_begin(&c);
    for (uint32_t i = 0; i < 20; i++)
        pfns[i] = 100 + i;
    release_pages(&c.bare.reclaim, pfns, 20, true, 0);
    ck_assert_uint_eq(c.nr_freed, 20);
    ck_assert_uint_eq(c.freed[0], 113);
    ck_assert_uint_eq(c.freed[13], 100);
    ck_assert_uint_eq(c.freed[14], 119);
    ck_assert_uint_eq(c.freed[19], 114);
    ck_assert(c.freed_cold[0]);
    case_end(&c);
}
END_TEST

START_TEST(the_last_reference_takes_a_page_off_its_list_and_frees_it_hot)
{
    case_begin(&c);
    case_file_on_lru(&c, 7, true);
    remove_from_page_cache(&c.bare.reclaim, (pfn_t){7}, false, 0);
    put_page(&c.bare.reclaim, (pfn_t){7}, 0);
    expect_list(&c, 0, true, NULL, 0);
    ck_assert_uint_eq(c.nr_freed, 1);
    ck_assert(!c.freed_cold[0]);
    ck_assert_uint_eq(bare_frame(&c.bare, 7)->flags & (PG_lru | PG_active), 0);
    case_end(&c);
}
END_TEST

START_TEST(releasing_a_vector_drains_the_batches_first)
{
    struct pagevec pvec = {0};

    case_begin(&c);
    case_file_page(&c, 9);
    lru_cache_add(&c.bare.reclaim, (pfn_t){9}, 0);
    pagevec_release(&c.bare.reclaim, &pvec, true, 0);
    ck_assert_uint_eq(c.bare.pvecs[0].add.nr, 1); /* an empty one does nothing */
    pagevec_add(&pvec, 200);
    pagevec_release(&c.bare.reclaim, &pvec, true, 0);
    ck_assert_uint_eq(c.bare.pvecs[0].add.nr, 0);
    ck_assert_uint_eq(pvec.nr, 0);
    ck_assert_uint_eq(c.freed[0], 200);
    case_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lru");

    TEST_CASE(suite, "batches", a_page_is_invisible_until_its_batch_is_full,
              each_cpu_has_its_own_batches, a_page_goes_to_the_list_of_its_zone,
              a_referenced_page_in_a_batch_stays_there,
              releasing_a_vector_drains_the_batches_first);
    TEST_CASE(suite, "moves", the_second_access_activates_and_the_first_only_marks,
              pages_written_for_reclaim_go_to_the_tail_first_written_first,
              locked_dirty_and_active_pages_are_not_rotated);
    TEST_CASE(suite, "ends", last_references_are_freed_in_groups_of_14_from_last_to_first,
              the_last_reference_takes_a_page_off_its_list_and_frees_it_hot);
    return test_run(suite);
}
