/* SPDX-License-Identifier: MIT */
/* The page cache of a file against plain arrays, its counters, and the list of dirty files. */
#include "reclaim/address_space.h"

#include "bare_reclaim.h"
#include "base/rng.h"
#include "lib/fail_malloc.h"

static const struct backing_dev_spec disk = {
    .name = "disk", .nr_requests = 128, .max_request_pages = 1, .page_ns = 1000};

static struct address_space *new_file(struct bare_reclaim *bare)
{
    struct address_space *mapping;

    if (bare->reclaim.nr_devices == 0)
        bare_device(bare, &disk);
    mapping = address_space_create(&bare->reclaim, 0);
    ck_assert_ptr_nonnull(mapping);
    return mapping;
}

/* Puts page `pfn` at `index`; whether that is a refault. */
static bool add(struct bare_reclaim *bare, struct address_space *mapping, uint32_t index,
                uint32_t pfn)
{
    bool refault;

    ck_assert(add_to_page_cache(&bare->reclaim, mapping, index, (pfn_t){pfn}, 0, &refault));
    return refault;
}

static void drop(struct bare_reclaim *bare, uint32_t pfn, bool evicted)
{
    remove_from_page_cache(&bare->reclaim, (pfn_t){pfn}, evicted, 0);
    bare_frame(bare, pfn)->count--;
}

static bool dirty(struct bare_reclaim *bare, uint32_t pfn)
{
    return set_page_dirty(&bare->reclaim, (pfn_t){pfn}, 0);
}

static int64_t counter(const struct bare_reclaim *bare, enum zone_stat_item item)
{
    return bare->machine.vm_stat[item];
}

/* ---- pages come and go ---- */

START_TEST(a_cached_page_has_a_reference_an_owner_and_is_counted)
{
    struct bare_reclaim bare;
    struct address_space *mapping;
    uint32_t pfn = BARE_PAGES - 5;

    bare_begin(&bare);
    new_file(&bare);
    mapping = new_file(&bare);
    ck_assert_uint_eq(find_get_slot(mapping, 70000), CACHE_SLOT_EMPTY);
    ck_assert(!add(&bare, mapping, 70000, pfn));
    ck_assert_uint_eq(find_get_slot(mapping, 70000), pfn);
    ck_assert_uint_eq(find_get_slot(mapping, 70001), CACHE_SLOT_EMPTY);
    ck_assert_ptr_eq(page_mapping_file(&bare.reclaim, (pfn_t){pfn}), mapping);
    ck_assert_uint_eq(page_owner(&bare.reclaim, (pfn_t){pfn})->index, 70000);
    ck_assert_uint_eq(bare_frame(&bare, pfn)->count, 2);
    ck_assert_uint_eq(mapping->nrpages, 1);
    ck_assert_int_eq(bare.zones[1].vm_stat[NR_FILE_PAGES], 1);
    bare_end(&bare);
}
END_TEST

START_TEST(what_reclaim_took_comes_back_as_a_refault_what_was_truncated_does_not)
{
    struct bare_reclaim bare;
    struct address_space *mapping;

    bare_begin(&bare);
    mapping = new_file(&bare);
    add(&bare, mapping, 3, 10);
    drop(&bare, 10, true);
    ck_assert_uint_eq(find_get_slot(mapping, 3), CACHE_SLOT_EVICTED);
    ck_assert_ptr_null(page_mapping_file(&bare.reclaim, (pfn_t){10}));
    ck_assert(add(&bare, mapping, 3, 11));
    drop(&bare, 11, false);
    ck_assert_uint_eq(find_get_slot(mapping, 3), CACHE_SLOT_EMPTY);
    ck_assert(!add(&bare, mapping, 3, 12));
    ck_assert_int_eq(counter(&bare, NR_FILE_PAGES), 1);
    ck_assert_uint_eq(mapping->nrpages, 1);
    bare_end(&bare);
}
END_TEST

START_TEST(leaving_the_cache_is_told_whoever_asks_for_it)
{
    struct bare_reclaim bare;
    struct address_space *mapping;

    bare_begin(&bare);
    bare.reclaim.observer.wanted = UINT32_C(1) << RECLAIM_EVICT;
    mapping = new_file(&bare);
    add(&bare, mapping, 0, 10);
    add(&bare, mapping, 1, 11);
    drop(&bare, 10, true);
    drop(&bare, 11, false);
    ck_assert_uint_eq(bare.nr_events, 2);
    ck_assert_uint_eq(bare.events[0].pfn, 10);
    ck_assert_ptr_eq(bare.events[0].zone, &bare.zones[0]);
    ck_assert_uint_eq(bare.events[1].pfn, 11);
    bare_end(&bare);
}
END_TEST

START_TEST(counters_change_by_single_increments_on_the_cpu)
{
    struct bare_reclaim bare;
    struct address_space *mapping;

    bare_begin(&bare);
    mapping = new_file(&bare);
    bare.pagesets[0][0].stat_threshold = 4;
    for (uint32_t i = 0; i < 5; i++)
        add(&bare, mapping, i, i);
    ck_assert_int_eq(counter(&bare, NR_FILE_PAGES), 7); /* 5 and half the threshold */
    ck_assert_int_eq(bare.pagesets[0][0].vm_stat_diff[NR_FILE_PAGES], -2);
    for (uint32_t i = 0; i < 3; i++)
        drop(&bare, i, true);
    ck_assert_int_eq(counter(&bare, NR_FILE_PAGES), 0);
    ck_assert_int_eq(bare.pagesets[0][0].vm_stat_diff[NR_FILE_PAGES], 2);
    bare_end(&bare);
}
END_TEST

START_TEST(anonymous_pages_are_in_no_file)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    page_owner(&bare.reclaim, (pfn_t){1})->mapping = PAGE_MAPPING_ANON | 5;
    ck_assert_ptr_null(page_mapping_file(&bare.reclaim, (pfn_t){1}));
    ck_assert_ptr_null(page_mapping_file(&bare.reclaim, (pfn_t){2}));
    bare_end(&bare);
}
END_TEST

START_TEST(buffers_are_released_unless_pinned)
{
    struct bare_reclaim bare;
    struct frame *frame;

    bare_begin(&bare);
    frame = bare_frame(&bare, 1);
    ck_assert(try_to_release_page(&bare.reclaim, (pfn_t){1}));
    ck_assert_uint_eq(frame->count, 1);
    frame->flags = PG_private | PG_owner_priv_1;
    frame->count = 3;
    ck_assert(!try_to_release_page(&bare.reclaim, (pfn_t){1}));
    ck_assert_uint_eq(frame->count, 3);
    frame->flags = PG_private | PG_uptodate;
    ck_assert(try_to_release_page(&bare.reclaim, (pfn_t){1}));
    ck_assert_uint_eq(frame->count, 2);
    ck_assert_int_eq(frame->flags, PG_uptodate);
    bare_end(&bare);
}
END_TEST

START_TEST(without_host_memory_nothing_changes)
{
    struct bare_reclaim bare;
    struct address_space *mapping;
    bool refault = false;
    bool ok = false;
    bool reached = true;
    unsigned n;

    bare_begin(&bare);
    mapping = new_file(&bare);
    for (n = 0; reached; n++) {
        ck_assert_uint_eq(mapping->nrpages, 0);
        fail_malloc_at(n);
        ok = add_to_page_cache(&bare.reclaim, mapping, 1u << 20, (pfn_t){9}, 0, &refault);
        reached = fail_malloc_off();
        ck_assert_int_eq(ok, !reached);
        ck_assert_uint_eq(bare_frame(&bare, 9)->count, reached ? 1 : 2);
    }
    ck_assert_uint_gt(n, 2);
    bare_end(&bare);
}
END_TEST

START_TEST(a_mapping_that_cannot_be_made_is_not_listed)
{
    struct bare_reclaim bare;
    const struct address_space *mapping;
    bool reached = true;

    bare_begin(&bare);
    for (unsigned n = 0; reached; n++) {
        fail_malloc_at(n);
        mapping = address_space_create(&bare.reclaim, 0);
        reached = fail_malloc_off();
        ck_assert_int_eq(mapping != NULL, !reached);
        ck_assert_uint_eq(bare.reclaim.mappings.count, reached ? 0 : 1);
    }
    bare_end(&bare);
}
END_TEST

/* ---- dirty pages ---- */

START_TEST(a_page_becomes_dirty_once)
{
    struct bare_reclaim bare;
    struct address_space *mapping;

    bare_begin(&bare);
    mapping = new_file(&bare);
    add(&bare, mapping, 600, 10);
    ck_assert(dirty(&bare, 10));
    ck_assert(!dirty(&bare, 10));
    ck_assert_int_eq(counter(&bare, NR_FILE_DIRTY), 1);
    ck_assert_uint_eq(mapping->nr_dirty, 1);
    ck_assert_uint_eq(bare.reclaim.devices[0].nr_dirty_pages, 1);
    ck_assert(clear_page_dirty_for_io(&bare.reclaim, (pfn_t){10}, 0));
    ck_assert(!clear_page_dirty_for_io(&bare.reclaim, (pfn_t){10}, 0));
    ck_assert_int_eq(counter(&bare, NR_FILE_DIRTY), 0);
    ck_assert_uint_eq(bare.reclaim.devices[0].nr_dirty_pages, 0);
    ck_assert_uint_eq(mapping->nr_dirty, 0);
    bare_end(&bare);
}
END_TEST

START_TEST(a_cancelled_page_is_clean_and_may_leave)
{
    struct bare_reclaim bare;
    struct address_space *mapping;

    bare_begin(&bare);
    mapping = new_file(&bare);
    add(&bare, mapping, 0, 10);
    dirty(&bare, 10);
    cancel_dirty_page(&bare.reclaim, (pfn_t){10}, 0);
    cancel_dirty_page(&bare.reclaim, (pfn_t){10}, 0);
    drop(&bare, 10, false);
    ck_assert_int_eq(counter(&bare, NR_FILE_DIRTY), 0);
    ck_assert_int_eq(counter(&bare, NR_FILE_PAGES), 0);
    bare_end(&bare);
}
END_TEST

START_TEST(dirty_swap_pages_and_pages_of_memory_files_are_not_counted)
{
    struct bare_reclaim bare;
    struct address_space *mapping;
    uint32_t index;

    bare_begin(&bare);
    mapping = new_file(&bare);
    mapping->memory_only = true;
    add(&bare, mapping, 0, 10);
    bare_frame(&bare, 11)->flags |= PG_swapcache;
    page_owner(&bare.reclaim, (pfn_t){11})->mapping = PAGE_MAPPING_ANON;
    ck_assert(dirty(&bare, 10));
    ck_assert(dirty(&bare, 11));
    ck_assert_int_eq(counter(&bare, NR_FILE_DIRTY), 0);
    ck_assert_uint_eq(mapping->inode_list, INODE_LIST_NONE);
    ck_assert(!find_dirty_page(mapping, 0, &index));
    ck_assert(clear_page_dirty_for_io(&bare.reclaim, (pfn_t){10}, 0));
    ck_assert(clear_page_dirty_for_io(&bare.reclaim, (pfn_t){11}, 0));
    ck_assert_int_eq(counter(&bare, NR_FILE_DIRTY), 0);
    bare_end(&bare);
}
END_TEST

START_TEST(writeback_is_counted_where_the_page_lies)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    set_page_writeback(&bare.reclaim, (pfn_t){BARE_PAGES - 1}, 1);
    ck_assert_int_eq(bare_frame(&bare, BARE_PAGES - 1)->flags, PG_writeback);
    ck_assert_int_eq(bare.zones[1].vm_stat[NR_WRITEBACK], 1);
    ck_assert_int_eq(bare.zones[0].vm_stat[NR_WRITEBACK], 0);
    bare_end(&bare);
}
END_TEST

START_TEST(the_last_dirty_page_of_a_huge_file_is_found)
{
    struct bare_reclaim bare;
    struct address_space *mapping;
    uint32_t index = 0;

    bare_begin(&bare);
    mapping = new_file(&bare);
    add(&bare, mapping, UINT32_C(1) << 28, 10);
    add(&bare, mapping, 511, 11);
    dirty(&bare, 10);
    ck_assert(find_dirty_page(mapping, 0, &index));
    ck_assert_uint_eq(index, UINT32_C(1) << 28);
    ck_assert(!find_dirty_page(mapping, index + 1, &index));
    dirty(&bare, 11);
    ck_assert(find_dirty_page(mapping, 0, &index));
    ck_assert_uint_eq(index, 511);
    ck_assert(find_dirty_page(mapping, 512, &index));
    ck_assert_uint_eq(index, UINT32_C(1) << 28);
    bare_end(&bare);
}
END_TEST

/* ---- against plain arrays ---- */

enum { FILE_PAGES = 4000 };

struct plain_file {
    uint32_t slots[FILE_PAGES]; /* as find_get_slot() */
    bool dirty[FILE_PAGES];
};

static bool plain_find_dirty(const struct plain_file *plain, uint32_t from, uint32_t *ret_index)
{
    for (uint32_t i = from; i < FILE_PAGES; i++) {
        if (plain->dirty[i]) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* One random thing happens to one place of the file; page `index` always comes there. */
static void happen(struct bare_reclaim *bare, struct address_space *mapping,
                   struct plain_file *plain, uint32_t index, unsigned what)
{
    bool cached = plain->slots[index] < CACHE_SLOT_EVICTED;

    if (!cached) {
        ck_assert_int_eq(add(bare, mapping, index, index),
                         plain->slots[index] == CACHE_SLOT_EVICTED);
        plain->slots[index] = index;
    } else if (what < 5) {
        ck_assert_int_eq(dirty(bare, index), !plain->dirty[index]);
        plain->dirty[index] = true;
    } else if (what < 9) {
        ck_assert_int_eq(clear_page_dirty_for_io(&bare->reclaim, (pfn_t){index}, 0),
                         plain->dirty[index]);
        plain->dirty[index] = false;
    } else {
        cancel_dirty_page(&bare->reclaim, (pfn_t){index}, 0);
        drop(bare, index, index & 1);
        plain->dirty[index] = false;
        plain->slots[index] = index & 1 ? CACHE_SLOT_EVICTED : CACHE_SLOT_EMPTY;
    }
}

START_TEST(the_cache_is_that_of_plain_arrays)
{
    static struct plain_file plain;
    struct bare_reclaim bare;
    struct address_space *mapping;
    struct rng rng;

    rng_init(&rng, (uint64_t)_i, "address_space");
    bare_begin(&bare);
    mapping = new_file(&bare);
    memset(&plain, 0, sizeof(plain));
    memset(plain.slots, 0xff, sizeof(plain.slots));
    for (unsigned round = 0; round < 20000; round++) {
        uint32_t range = round < 10000 ? FILE_PAGES : FILE_PAGES / 10;
        uint32_t from = (uint32_t)rng_below(&rng, FILE_PAGES);
        uint32_t found = 0;
        uint32_t expected = 0;

        happen(&bare, mapping, &plain, (uint32_t)rng_below(&rng, range),
               (unsigned)rng_below(&rng, 10));
        ck_assert_uint_eq(find_get_slot(mapping, from), plain.slots[from]);
        ck_assert_int_eq(find_dirty_page(mapping, from, &found),
                         plain_find_dirty(&plain, from, &expected));
        ck_assert_uint_eq(found, expected);
    }
    ck_assert_int_eq(counter(&bare, NR_FILE_PAGES), (int64_t)mapping->nrpages);
    ck_assert_int_eq(counter(&bare, NR_FILE_DIRTY), (int64_t)mapping->nr_dirty);
    bare_end(&bare);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("address_space");
    TCase *random_case = tcase_create("random");

    TEST_CASE(suite, "pages", a_cached_page_has_a_reference_an_owner_and_is_counted,
              what_reclaim_took_comes_back_as_a_refault_what_was_truncated_does_not,
              leaving_the_cache_is_told_whoever_asks_for_it,
              counters_change_by_single_increments_on_the_cpu, anonymous_pages_are_in_no_file,
              buffers_are_released_unless_pinned, without_host_memory_nothing_changes,
              a_mapping_that_cannot_be_made_is_not_listed);
    TEST_CASE(suite, "dirty", a_page_becomes_dirty_once, a_cancelled_page_is_clean_and_may_leave,
              dirty_swap_pages_and_pages_of_memory_files_are_not_counted,
              writeback_is_counted_where_the_page_lies,
              the_last_dirty_page_of_a_huge_file_is_found);
    tcase_add_loop_test(random_case, the_cache_is_that_of_plain_arrays, 0, 5);
    suite_add_tcase(suite, random_case);
    return test_run(suite);
}
