/* SPDX-License-Identifier: MIT */
/* Swap slots against a search slot by slot, and the swap cache. */
#include "reclaim/swap.h"

#include "bare_reclaim.h"
#include "base/rng.h"
#include "lib/fail_malloc.h"

enum { CLUSTER = 256 };

static void add_device(struct bare_reclaim *bare, uint64_t pages, int32_t priority)
{
    struct swap_spec spec = {.pages = pages, .priority = priority};

    ck_assert(swapon(&bare->reclaim, &spec));
}

static unsigned device_of(swap_entry entry)
{
    return entry >> 27;
}

static uint32_t slot_of(swap_entry entry)
{
    return entry & ((1 << 27) - 1);
}

static swap_entry entry_of(unsigned device, uint32_t slot)
{
    return (swap_entry)device << 27 | slot;
}

static int64_t file_pages(const struct bare_reclaim *bare)
{
    return bare->machine.vm_stat[NR_FILE_PAGES];
}

/* ---- which slot ---- */

START_TEST(slots_follow_each_other)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    add_device(&bare, 1000, 0);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(0, i));
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), SWAP_NONE);
    ck_assert_uint_eq(bare.reclaim.swap.nr_free_pages, 0);
    bare_end(&bare);
}
END_TEST

START_TEST(without_swap_there_is_no_slot)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), SWAP_NONE);
    ck_assert(!vm_swap_full(&bare.reclaim));
    bare_end(&bare);
}
END_TEST

START_TEST(after_a_cluster_the_lowest_free_cluster_is_taken)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    add_device(&bare, 10 * CLUSTER, 0);
    for (unsigned i = 0; i < 4 * CLUSTER; i++)
        get_swap_page(&bare.reclaim);
    for (uint32_t slot = 100; slot < 100 + CLUSTER; slot++) /* not aligned */
        swap_free(&bare.reclaim, entry_of(0, slot));
    swap_free(&bare.reclaim, entry_of(0, 3)); /* not looked at before */
    for (uint32_t i = 0; i < CLUSTER; i++)
        ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(0, 100 + i));
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(0, 4 * CLUSTER));
    bare_end(&bare);
}
END_TEST

START_TEST(without_a_free_cluster_the_lowest_slot_is_taken)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    add_device(&bare, 4 * CLUSTER, 0);
    for (unsigned i = 0; i < 4 * CLUSTER; i++)
        get_swap_page(&bare.reclaim);
    for (uint32_t slot = 1; slot < 4 * CLUSTER; slot += 2)
        swap_free(&bare.reclaim, entry_of(0, slot));
    for (uint32_t i = 0; i < 2 * CLUSTER; i++)
        ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(0, 2 * i + 1));
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), SWAP_NONE);
    bare_end(&bare);
}
END_TEST

START_TEST(devices_of_one_priority_take_turns)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    add_device(&bare, 10, 5);
    add_device(&bare, 20, 5);
    add_device(&bare, 100, 1);
    for (uint32_t i = 0; i < 10; i++) { /* swapon puts a new one before its equals */
        ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(1, i));
        ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(0, i));
    }
    for (uint32_t i = 10; i < 20; i++)
        ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(1, i));
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(2, 0));
    bare_end(&bare);
}
END_TEST

START_TEST(a_slot_freed_on_a_better_device_is_taken_first)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    add_device(&bare, 10, 1);
    add_device(&bare, 10, 5);
    for (unsigned i = 0; i < 12; i++)
        get_swap_page(&bare.reclaim);
    swap_free(&bare.reclaim, entry_of(1, 4));
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(1, 4));
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), entry_of(0, 2));
    bare_end(&bare);
}
END_TEST

START_TEST(behind_a_full_device_all_others_take_turns_whatever_their_priority)
{
    static const unsigned expected[] = {0, 0, 1, 2, 1, 2};
    struct bare_reclaim bare;

    bare_begin(&bare);
    for (unsigned i = 0; i < 3; i++) {
        add_device(&bare, 2, -1);
        ck_assert_int_eq(bare.reclaim.swap.devices[i].spec.priority, -1 - (int)i);
    }
    for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        ck_assert_uint_eq(device_of(get_swap_page(&bare.reclaim)), expected[i]);
    bare_end(&bare);
}
END_TEST

START_TEST(there_are_at_most_32_devices)
{
    struct bare_reclaim bare;
    struct swap_spec spec = {.pages = 1, .priority = -1};

    bare_begin(&bare);
    for (unsigned i = 0; i < SWAP_DEVICES_MAX; i++)
        add_device(&bare, 1, -1);
    ck_assert(!swapon(&bare.reclaim, &spec));
    for (unsigned i = 0; i < SWAP_DEVICES_MAX; i++)
        ck_assert_uint_eq(slot_of(get_swap_page(&bare.reclaim)), 0);
    ck_assert_uint_eq(get_swap_page(&bare.reclaim), SWAP_NONE);
    bare_end(&bare);
}
END_TEST

START_TEST(a_device_that_cannot_be_had_changes_nothing)
{
    struct bare_reclaim bare;
    struct swap_spec spec = {.pages = 1000, .priority = -1};
    unsigned n = 0;
    bool ok, reached;

    bare_begin(&bare);
    for (;; n++) {
        fail_malloc_at(n);
        ok = swapon(&bare.reclaim, &spec);
        reached = fail_malloc_off();
        if (!reached)
            break;
        ck_assert(!ok);
        ck_assert_uint_eq(bare.reclaim.swap.nr_devices, 0);
        ck_assert_uint_eq(bare.reclaim.swap.total_pages, 0);
    }
    ck_assert(ok);
    ck_assert_uint_gt(n, 0);
    bare_end(&bare);
}
END_TEST

/* One device as the kernel keeps it: a byte a slot, searched one by one. */
struct slow_device {
    bool used[2000];
    int32_t pages, nr_used, priority;
    int32_t lowest, highest; /* lowest_bit, highest_bit */
    int32_t cluster_next, cluster_nr;
};

struct slow_swap {
    struct slow_device devices[4];
    unsigned order[4]; /* by priority */
    unsigned nr, next; /* next: a place in `order` */
};

static bool slow_run_is_free(const struct slow_device *dev, int32_t first)
{
    for (int32_t slot = first; slot < first + CLUSTER; slot++) {
        if (dev->used[slot])
            return false;
    }
    return true;
}

static int32_t slow_first_free(const struct slow_device *dev, int32_t from)
{
    while (from <= dev->highest && dev->used[from])
        from++;
    return from <= dev->highest ? from : -1;
}

static uint32_t slow_scan(struct slow_device *dev)
{
    int32_t slot = -1;

    if (dev->cluster_nr-- == 0) {
        dev->cluster_nr = CLUSTER - 1;
        for (int32_t i = dev->lowest; slot < 0 && i + CLUSTER - 1 <= dev->highest; i++) {
            if (slow_run_is_free(dev, i))
                slot = i;
        }
    } else {
        slot = slow_first_free(dev, dev->cluster_next);
    }
    if (slot < 0)
        slot = slow_first_free(dev, dev->lowest);
    ck_assert_int_ge(slot, 0);
    dev->used[slot] = true;
    dev->lowest += slot == dev->lowest;
    dev->highest -= slot == dev->highest;
    if (++dev->nr_used == dev->pages) {
        dev->lowest = dev->pages;
        dev->highest = -1;
    }
    dev->cluster_next = slot + 1;
    return (uint32_t)slot;
}

static swap_entry slow_get(struct slow_swap *slow)
{
    unsigned wraps = 0;
    unsigned next;

    for (unsigned at = slow->next; wraps < 2; at = next) {
        struct slow_device *dev = &slow->devices[slow->order[at]];

        next = at + 1;
        if (next == slow->nr ||
            (wraps == 0 && slow->devices[slow->order[next]].priority != dev->priority)) {
            next = 0;
            wraps++;
        }
        if (dev->nr_used < dev->pages) {
            slow->next = next;
            return entry_of(slow->order[at], slow_scan(dev));
        }
    }
    return SWAP_NONE;
}

static void slow_free(struct slow_swap *slow, swap_entry entry)
{
    struct slow_device *dev = &slow->devices[device_of(entry)];
    int32_t slot = (int32_t)slot_of(entry);

    dev->used[slot] = false;
    dev->nr_used--;
    if (slot < dev->lowest)
        dev->lowest = slot;
    if (slot > dev->highest)
        dev->highest = slot;
    if (dev->priority <= slow->devices[slow->order[slow->next]].priority)
        return;
    for (unsigned at = 0; at < slow->nr; at++) {
        if (slow->order[at] == device_of(entry))
            slow->next = at;
    }
}

static void add_random_devices(struct bare_reclaim *bare, struct slow_swap *slow, struct rng *rng)
{
    unsigned nr = 1 + (unsigned)rng_below(rng, 4);

    for (unsigned i = 0; i < nr; i++) {
        struct slow_device *dev = &slow->devices[i];
        unsigned at = slow->nr++;

        dev->pages = 1 + (int32_t)rng_below(rng, 2000);
        dev->priority = (int32_t)rng_below(rng, 3);
        dev->highest = dev->pages - 1;
        add_device(bare, (uint64_t)dev->pages, dev->priority);
        while (at > 0 && slow->devices[slow->order[at - 1]].priority <= dev->priority) {
            slow->order[at] = slow->order[at - 1];
            at--;
        }
        slow->order[at] = i;
    }
}

/* Takes or frees slots for a while; frees in runs now and then so that clusters form. */
static void race(struct bare_reclaim *bare, struct slow_swap *slow, struct rng *rng)
{
    static const unsigned takes_in_100[] = {90, 50, 10};

    for (unsigned round = 0; round < 3000; round++) {
        unsigned device = (unsigned)rng_below(rng, slow->nr);
        uint32_t slot = (uint32_t)rng_below(rng, (uint64_t)slow->devices[device].pages);
        uint32_t run = rng_below(rng, 100) ? 1 : CLUSTER + 40;

        if (rng_below(rng, 100) < takes_in_100[round / 1000]) {
            for (uint32_t i = 0; i < 4; i++)
                ck_assert_uint_eq(get_swap_page(&bare->reclaim), slow_get(slow));
            continue;
        }
        for (; run > 0 && slot < (uint32_t)slow->devices[device].pages; run--, slot++) {
            if (slow->devices[device].used[slot]) {
                swap_free(&bare->reclaim, entry_of(device, slot));
                slow_free(slow, entry_of(device, slot));
            }
        }
    }
    ck_assert(swap_check(&bare->reclaim));
}

START_TEST(slots_are_those_of_a_search_one_by_one)
{
    struct slow_swap slow = {0};
    struct bare_reclaim bare;
    struct rng rng;

    rng_init(&rng, (uint64_t)_i, "swap");
    bare_begin(&bare);
    add_random_devices(&bare, &slow, &rng);
    race(&bare, &slow, &rng);
    bare_end(&bare);
}
END_TEST

/* ---- uses ---- */

START_TEST(the_last_use_frees_the_slot)
{
    struct bare_reclaim bare;
    swap_entry entry;

    bare_begin(&bare);
    add_device(&bare, 10, 0);
    entry = get_swap_page(&bare.reclaim);
    ck_assert_uint_eq(swap_count(&bare.reclaim, entry), 1);
    swap_duplicate(&bare.reclaim, entry);
    swap_free(&bare.reclaim, entry);
    ck_assert_uint_eq(swap_count(&bare.reclaim, entry), 1);
    ck_assert_uint_eq(bare.reclaim.swap.nr_free_pages, 9);
    swap_free(&bare.reclaim, entry);
    ck_assert_uint_eq(swap_count(&bare.reclaim, entry), 0);
    ck_assert_uint_eq(bare.reclaim.swap.nr_free_pages, 10);
    bare_end(&bare);
}
END_TEST

START_TEST(swap_is_full_when_more_than_half_is_used)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    add_device(&bare, 10, 0);
    for (unsigned i = 0; i < 5; i++) {
        get_swap_page(&bare.reclaim);
        ck_assert(!vm_swap_full(&bare.reclaim));
    }
    get_swap_page(&bare.reclaim);
    ck_assert(vm_swap_full(&bare.reclaim));
    bare_end(&bare);
}
END_TEST

START_TEST(slots_lie_one_behind_the_other_on_their_device)
{
    struct bare_reclaim bare;
    struct swap_spec spec = {
        .pages = 10, .priority = 0, .backing_dev = 3, .first_sector_page = 7000};
    swap_entry entry;

    bare_begin(&bare);
    ck_assert(swapon(&bare.reclaim, &spec));
    get_swap_page(&bare.reclaim);
    entry = get_swap_page(&bare.reclaim);
    ck_assert_uint_eq(swap_backing_dev(&bare.reclaim, entry), 3);
    ck_assert_uint_eq(swap_sector_page(&bare.reclaim, entry), 7001);
    bare_end(&bare);
}
END_TEST

/* ---- the swap cache ---- */

START_TEST(a_page_enters_the_swap_cache_dirty_with_a_slot_and_a_reference)
{
    struct bare_reclaim bare;
    pfn_t page = {BARE_PAGES - 1};
    swap_entry entry;

    bare_begin(&bare);
    add_device(&bare, 10, 0);
    ck_assert(add_to_swap(&bare.reclaim, page, 1));
    entry = page_owner(&bare.reclaim, page)->swap;
    ck_assert_uint_eq(entry, entry_of(0, 0));
    ck_assert_uint_eq(lookup_swap_cache(&bare.reclaim, entry).nr, page.nr);
    ck_assert_uint_eq(swap_count(&bare.reclaim, entry), 1);
    ck_assert_uint_eq(bare_frame(&bare, page.nr)->count, 2);
    ck_assert_int_eq(bare_frame(&bare, page.nr)->flags, PG_swapcache | PG_dirty | PG_uptodate);
    ck_assert_int_eq(file_pages(&bare), 1);
    ck_assert_int_eq(bare.zones[1].vm_stat[NR_FILE_PAGES], 1);
    ck_assert_int_eq(bare.machine.vm_stat[NR_FILE_DIRTY], 0);
    ck_assert_uint_eq(bare.reclaim.swap.cache_pages, 1);
    bare_end(&bare);
}
END_TEST

START_TEST(without_a_slot_the_page_stays_as_it_is)
{
    struct bare_reclaim bare;

    bare_begin(&bare);
    add_device(&bare, 1, 0);
    get_swap_page(&bare.reclaim);
    ck_assert(!add_to_swap(&bare.reclaim, (pfn_t){5}, 0));
    ck_assert_int_eq(bare_frame(&bare, 5)->flags, 0);
    ck_assert_uint_eq(bare_frame(&bare, 5)->count, 1);
    bare_end(&bare);
}
END_TEST

START_TEST(leaving_the_swap_cache_gives_its_use_back_and_tells)
{
    struct bare_reclaim bare;
    pfn_t page = {5};
    swap_entry entry;

    bare_begin(&bare);
    bare.reclaim.observer.wanted = UINT32_C(1) << RECLAIM_UNCACHE;
    add_device(&bare, 10, 0);
    ck_assert(add_to_swap(&bare.reclaim, page, 0));
    entry = page_owner(&bare.reclaim, page)->swap;
    swap_duplicate(&bare.reclaim, entry); /* a mapping */
    delete_from_swap_cache(&bare.reclaim, page, 0);
    ck_assert_uint_eq(swap_count(&bare.reclaim, entry), 1);
    ck_assert(pfn_is_none(lookup_swap_cache(&bare.reclaim, entry)));
    ck_assert(!(bare_frame(&bare, 5)->flags & PG_swapcache));
    ck_assert_uint_eq(bare_frame(&bare, 5)->count, 2); /* the cache's is ours */
    ck_assert_int_eq(file_pages(&bare), 0);
    ck_assert_uint_eq(bare.reclaim.swap.cache_pages, 0);
    ck_assert_uint_eq(bare.nr_events, 1);
    ck_assert_uint_eq(bare.events[0].pfn, 5);
    bare_end(&bare);
}
END_TEST

START_TEST(a_page_read_back_joins_the_slot_that_its_mapping_holds)
{
    struct bare_reclaim bare;
    pfn_t page = {6};
    swap_entry entry;

    bare_begin(&bare);
    add_device(&bare, 10, 0);
    entry = get_swap_page(&bare.reclaim); /* the mapping's use */
    swap_duplicate(&bare.reclaim, entry);
    add_to_swap_cache(&bare.reclaim, page, entry, 0);
    ck_assert_int_eq(bare_frame(&bare, 6)->flags, PG_swapcache);
    ck_assert_uint_eq(lookup_swap_cache(&bare.reclaim, entry).nr, 6);
    swap_free(&bare.reclaim, entry); /* mapped: the use is the cache's alone */
    ck_assert(remove_exclusive_swap_page(&bare.reclaim, page, 0));
    ck_assert_uint_eq(bare.reclaim.swap.nr_free_pages, 10);
    ck_assert_uint_eq(bare_frame(&bare, 6)->count, 1);
    ck_assert_int_eq(bare_frame(&bare, 6)->flags, PG_dirty);
    bare_end(&bare);
}
END_TEST

START_TEST(a_page_that_somebody_else_needs_keeps_its_swap_cache)
{
    struct bare_reclaim bare;
    pfn_t page = {7};
    struct frame *frame;

    bare_begin(&bare);
    frame = bare_frame(&bare, 7);
    add_device(&bare, 10, 0);
    ck_assert(!remove_exclusive_swap_page(&bare.reclaim, page, 0)); /* not in it */
    ck_assert(add_to_swap(&bare.reclaim, page, 0));
    frame->flags |= PG_writeback;
    ck_assert(!remove_exclusive_swap_page(&bare.reclaim, page, 0));
    frame->flags &= (uint16_t)~PG_writeback;
    frame->count = 3;
    ck_assert(!remove_exclusive_swap_page(&bare.reclaim, page, 0));
    frame->count = 2;
    swap_duplicate(&bare.reclaim, page_owner(&bare.reclaim, page)->swap);
    ck_assert(!remove_exclusive_swap_page(&bare.reclaim, page, 0));
    swap_free(&bare.reclaim, page_owner(&bare.reclaim, page)->swap);
    ck_assert(remove_exclusive_swap_page(&bare.reclaim, page, 0));
    bare_end(&bare);
}
END_TEST

START_TEST(the_checker_sees_a_slot_that_names_the_wrong_page)
{
    struct bare_reclaim bare;
    struct swap_slot *slot;

    bare_begin(&bare);
    add_device(&bare, 10, 0);
    ck_assert(add_to_swap(&bare.reclaim, (pfn_t){7}, 0));
    ck_assert(swap_check(&bare.reclaim));
    slot = &bare.reclaim.swap.devices[0].slots[0];
    slot->page++;
    ck_assert(!swap_check(&bare.reclaim));
    slot->page--;
    bare.reclaim.swap.nr_free_pages++;
    ck_assert(!swap_check(&bare.reclaim));
    bare.reclaim.swap.nr_free_pages--;
    bare.reclaim.swap.devices[0].used_map[0] |= 2;
    ck_assert(!swap_check(&bare.reclaim));
    bare.reclaim.swap.devices[0].used_map[0] &= ~UINT64_C(2);
    bare_end(&bare);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("swap");
    TCase *random_case = tcase_create("random");

    TEST_CASE(suite, "slots", slots_follow_each_other, without_swap_there_is_no_slot,
              after_a_cluster_the_lowest_free_cluster_is_taken,
              without_a_free_cluster_the_lowest_slot_is_taken);
    TEST_CASE(suite, "devices", devices_of_one_priority_take_turns,
              a_slot_freed_on_a_better_device_is_taken_first,
              behind_a_full_device_all_others_take_turns_whatever_their_priority,
              there_are_at_most_32_devices, a_device_that_cannot_be_had_changes_nothing);
    tcase_add_loop_test(random_case, slots_are_those_of_a_search_one_by_one, 0, 40);
    suite_add_tcase(suite, random_case);
    TEST_CASE(suite, "uses", the_last_use_frees_the_slot, swap_is_full_when_more_than_half_is_used,
              slots_lie_one_behind_the_other_on_their_device);
    TEST_CASE(suite, "cache", a_page_enters_the_swap_cache_dirty_with_a_slot_and_a_reference,
              without_a_slot_the_page_stays_as_it_is,
              leaving_the_swap_cache_gives_its_use_back_and_tells,
              a_page_read_back_joins_the_slot_that_its_mapping_holds,
              a_page_that_somebody_else_needs_keeps_its_swap_cache,
              the_checker_sees_a_slot_that_names_the_wrong_page);
    return test_run(suite);
}
