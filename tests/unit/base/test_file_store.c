/* SPDX-License-Identifier: MIT */
/* Files that are brought in once. */
#include "base/file_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

/* A temporary file with this text; its name is the test's to unlink. */
static void write_temp(char *path, const char *text)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(a_file_is_brought_in_once_and_shared)
{
    char path[] = "/tmp/mmsim-test-XXXXXX";
    struct file_store store = {0};
    struct file_bytes first;
    struct file_bytes again;
    struct sim_error err = {0};
    uint64_t hash = 0;

    write_temp(path, "some text");
    ck_assert(file_store_get(&store, path, &first, &hash, &err));
    ck_assert_uint_eq(hash, fnv1a64("some text", 9));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert(file_store_get(&store, path, &again, &hash, &err));
    ck_assert_ptr_eq(first.data, again.data);
    ck_assert_uint_eq(again.size, 9);
    ck_assert_uint_eq(store.files.count, 1);
    ck_assert(!*file_store_checked(&store, path));
    *file_store_checked(&store, path) = true;
    ck_assert(*file_store_checked(&store, path));
    ck_assert_ptr_null(file_store_checked(&store, "/another"));
    ck_assert_ptr_null(file_store_checked(NULL, path));
    file_bytes_fini(&first);
    ck_assert_int_eq(memcmp(again.data, "some text", 9), 0);
    file_bytes_fini(&again);
    file_store_fini(&store);
}
END_TEST

START_TEST(without_a_store_the_bytes_are_the_callers)
{
    char path[] = "/tmp/mmsim-test-XXXXXX";
    struct file_bytes bytes;
    struct sim_error err = {0};
    uint64_t hash = 0;

    write_temp(path, "alone");
    ck_assert(file_store_get(NULL, path, &bytes, &hash, &err));
    unlink(path);
    ck_assert(!bytes.borrowed);
    ck_assert_uint_eq(hash, fnv1a64("alone", 5));
    file_bytes_fini(&bytes);
}
END_TEST

START_TEST(a_missing_file_is_an_error_and_is_not_kept)
{
    struct file_store store = {0};
    struct file_bytes bytes;
    struct sim_error err = {0};
    uint64_t hash;

    ck_assert(!file_store_get(&store, "/missing/file", &bytes, &hash, &err));
    ck_assert_int_eq(err.code, ERR_OPEN);
    ck_assert_uint_eq(store.files.count, 0);
    file_store_fini(&store);
}
END_TEST

START_TEST(lack_of_memory_is_reported_and_leaks_nothing)
{
    char path[] = "/tmp/mmsim-test-XXXXXX";
    unsigned nth = 0;

    write_temp(path, "x");
    for (bool failed = true; failed; nth++) {
        struct file_store store = {0};
        struct file_bytes bytes;
        struct sim_error err = {0};
        uint64_t hash;
        bool ok;

        fail_malloc_at(nth);
        ok = file_store_get(&store, path, &bytes, &hash, &err);
        failed = fail_malloc_off();
        ck_assert_int_eq(ok, !failed);
        ck_assert_int_eq(err.code, failed ? ERR_OUT_OF_MEMORY : ERR_NONE);
        file_store_fini(&store);
    }
    unlink(path);
    ck_assert_uint_ge(nth, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file_store");

    TEST_CASE(suite, "file_store", a_file_is_brought_in_once_and_shared,
              without_a_store_the_bytes_are_the_callers, a_missing_file_is_an_error_and_is_not_kept,
              lack_of_memory_is_reported_and_leaks_nothing);
    return test_run(suite);
}
