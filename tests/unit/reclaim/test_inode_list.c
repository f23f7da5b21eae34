/* SPDX-License-Identifier: MIT */
/* The order in which dirty files are written. */
#include "bare_reclaim.h"

enum { FILES = 3 };

struct list_case {
    struct bare_reclaim bare;
    struct address_space *files[FILES]; /* page 0 of file i is pfn i, page 1 is FILES + i */
};

static struct list_case c;

static void begin(void)
{
    const struct backing_dev_spec disk = {.nr_requests = 1, .max_request_pages = 1};
    bool refault;

    bare_begin(&c.bare);
    bare_device(&c.bare, &disk);
    for (uint32_t i = 0; i < FILES; i++) {
        c.files[i] = address_space_create(&c.bare.reclaim, 0);
        for (uint32_t page = 0; page < 2; page++)
            ck_assert(add_to_page_cache(&c.bare.reclaim, c.files[i], page,
                                        (pfn_t){page * FILES + i}, 0, &refault));
    }
}

static void end(void)
{
    bare_end(&c.bare);
}

static void dirty_at(uint32_t pfn, uint64_t now_ns)
{
    c.bare.clock.now_ns = now_ns;
    ck_assert(set_page_dirty(&c.bare.reclaim, (pfn_t){pfn}, 0));
}

static void clean(uint32_t pfn)
{
    ck_assert(clear_page_dirty_for_io(&c.bare.reclaim, (pfn_t){pfn}, 0));
}

static void queue(uint64_t older_than_ns)
{
    queue_io(&c.bare.reclaim, 0, older_than_ns);
}

/* A list holds these files, by their numbers in this order. */
static void expect(enum inode_list_kind kind, const char *files)
{
    const struct inode_list *list = &c.bare.reclaim.writeback.inodes[0][kind];
    char text[FILES + 1] = "";
    size_t nr = 0;

    for (const struct address_space *file = list->first; file; file = file->next_inode) {
        ck_assert_uint_lt(nr, FILES);
        ck_assert_uint_eq(file->inode_list, kind);
        text[nr++] = (char)('0' + file->id);
    }
    ck_assert_str_eq(text, files);
}

START_TEST(dirty_files_are_listed_in_the_order_they_became_so)
{
    begin();
    dirty_at(0, 100);
    dirty_at(2, 200);
    dirty_at(1, 300);
    dirty_at(FILES, 900); /* another page of the first */
    expect(INODE_LIST_DIRTY, "021");
    ck_assert_uint_eq(c.files[0]->dirtied_when_ns, 100);
    ck_assert_uint_eq(c.bare.reclaim.writeback.nr_dirty_files, 3);
    end();
}
END_TEST

START_TEST(a_file_whose_pages_others_clean_keeps_its_place_and_age)
{
    begin();
    dirty_at(0, 100);
    dirty_at(1, 200);
    clean(0);
    ck_assert_uint_eq(c.bare.reclaim.writeback.nr_dirty_files, 1);
    expect(INODE_LIST_DIRTY, "01");
    dirty_at(0, 300);
    expect(INODE_LIST_DIRTY, "01");
    ck_assert_uint_eq(c.files[0]->dirtied_when_ns, 100);
    clean(0);
    queue(UINT64_MAX);
    inode_sync_begin(c.files[0]);
    inode_sync_end(&c.bare.reclaim, c.files[0], false);
    expect(INODE_LIST_IO, "1");
    ck_assert(!c.files[0]->inode_dirty);
    end();
}
END_TEST

START_TEST(what_was_requeued_is_served_first_then_what_is_left_then_the_old_ones)
{
    begin();
    dirty_at(0, 100);
    dirty_at(1, 200);
    dirty_at(2, 300);
    queue(200);
    expect(INODE_LIST_IO, "01");
    expect(INODE_LIST_DIRTY, "2");
    requeue_io(&c.bare.reclaim, c.files[1]);
    queue(300);
    expect(INODE_LIST_IO, "102");
    requeue_io(&c.bare.reclaim, c.files[2]);
    requeue_io(&c.bare.reclaim, c.files[0]);
    expect(INODE_LIST_MORE_IO, "20");
    queue(0);
    expect(INODE_LIST_IO, "201");
    end();
}
END_TEST

START_TEST(a_file_becomes_younger_only_behind_a_younger_one)
{
    begin();
    dirty_at(0, 100);
    queue(UINT64_MAX);
    c.bare.clock.now_ns = 200;
    redirty_tail(&c.bare.reclaim, c.files[0]);
    ck_assert_uint_eq(c.files[0]->dirtied_when_ns, 100);
    dirty_at(1, 300);
    c.bare.clock.now_ns = 400;
    redirty_tail(&c.bare.reclaim, c.files[0]);
    expect(INODE_LIST_DIRTY, "10");
    ck_assert_uint_eq(c.files[0]->dirtied_when_ns, 400);
    end();
}
END_TEST

/* Writes nothing of file 0; `dirty`: it gets another dirty page meanwhile. */
static void sync_file(bool for_kupdate, bool dirty)
{
    queue(UINT64_MAX);
    inode_sync_begin(c.files[0]);
    if (dirty)
        dirty_at(FILES, 500);
    inode_sync_end(&c.bare.reclaim, c.files[0], for_kupdate);
    ck_assert(c.files[0]->inode_dirty);
}

START_TEST(a_file_with_pages_left_is_requeued_by_kupdate_unless_it_was_written_to)
{
    begin();
    dirty_at(0, 100);
    sync_file(false, false);
    expect(INODE_LIST_DIRTY, "0");
    sync_file(true, false);
    expect(INODE_LIST_MORE_IO, "0");
    sync_file(true, true);
    expect(INODE_LIST_DIRTY, "0");
    ck_assert_uint_eq(c.files[0]->dirtied_when_ns, 100);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inode_list");

    TEST_CASE(suite, "order", dirty_files_are_listed_in_the_order_they_became_so,
              a_file_whose_pages_others_clean_keeps_its_place_and_age,
              what_was_requeued_is_served_first_then_what_is_left_then_the_old_ones,
              a_file_becomes_younger_only_behind_a_younger_one,
              a_file_with_pages_left_is_requeued_by_kupdate_unless_it_was_written_to);
    return test_run(suite);
}
