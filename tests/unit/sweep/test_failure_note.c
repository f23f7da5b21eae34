/* SPDX-License-Identifier: MIT */
/* Notes of failed runs: what they say, and that they go away. */
#include "sweep/failure_note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

static const struct sweep_key key = {UINT64_C(0x0123456789abcdef), 16};
#define KEY_TEXT "0123456789abcdef0000000000000010"

/* The folder of a sweep with at most the one note. */
struct sweep_folder {
    char path[40];
    char failed[56];
    char note[128];
};

static void sweep_folder_init(struct sweep_folder *folder)
{
    *folder = (struct sweep_folder){.path = "/tmp/mmsim-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(folder->path));
    snprintf(folder->failed, sizeof(folder->failed), "%s/failed", folder->path);
    snprintf(folder->note, sizeof(folder->note), "%s/" KEY_TEXT ".json", folder->failed);
}

static void sweep_folder_fini(const struct sweep_folder *folder)
{
    unlink(folder->note);
    rmdir(folder->failed);
    ck_assert_int_eq(rmdir(folder->path), 0);
}

static void expect_note(const struct sweep_folder *folder, const char *text)
{
    struct file_bytes bytes;
    struct sim_error err = {0};

    ck_assert_msg(file_bytes_init(&bytes, folder->note, &err), "%s", err.message);
    ck_assert_uint_eq(bytes.size, strlen(text));
    ck_assert_mem_eq(bytes.data, text, bytes.size);
    file_bytes_fini(&bytes);
}

static struct worker_failure failure_of(enum worker_fate fate, enum sim_error_code code)
{
    struct worker_failure failure = {.fate = fate};

    sim_error_set(&failure.cause, code, "it \"broke\"");
    return failure;
}

START_TEST(each_failure_has_its_reason)
{
    static const struct {
        enum worker_fate fate;
        enum sim_error_code code;
        const char *reason;
    } cases[] = {
        {WORKER_CRASHED, ERR_SWEEP_WORKER, "crashed"},
        {WORKER_TIMEOUT, ERR_SWEEP_WORKER, "timeout"},
        {WORKER_REFUSED, ERR_OUT_OF_MEMORY, "memory"},
        {WORKER_REFUSED, ERR_BAD_STEP, "input"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct worker_failure failure = failure_of(cases[i].fate, cases[i].code);

        ck_assert_str_eq(failure_note_reason(&failure), cases[i].reason);
    }
}
END_TEST

START_TEST(a_note_says_what_the_error_says_but_the_hint)
{
    struct worker_failure failure = failure_of(WORKER_REFUSED, ERR_BAD_STEP);
    struct sweep_folder folder;
    struct sim_error err = {0};

    sweep_folder_init(&folder);
    sim_error_add_place(&failure.cause, "w.yaml", 3, 7);
    sim_error_add_hint(&failure.cause, "mend it");
    ck_assert(failure_note_write(folder.path, &key, &failure, &err));
    expect_note(&folder, "{\"type\":\"failed\",\"key\":\"" KEY_TEXT "\",\"reason\":\"input\","
                         "\"message\":\"w.yaml:3:7: error[MM-0316]: it \\\"broke\\\"\"}\n");
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(a_note_is_replaced_and_removed)
{
    struct worker_failure first = failure_of(WORKER_TIMEOUT, ERR_SWEEP_WORKER);
    struct worker_failure second = failure_of(WORKER_CRASHED, ERR_SWEEP_WORKER);
    struct sweep_folder folder;
    struct sim_error err = {0};

    sweep_folder_init(&folder);
    ck_assert(failure_note_remove(folder.path, &key, &err)); /* not even the folder is there */
    ck_assert(failure_note_write(folder.path, &key, &first, &err));
    ck_assert(failure_note_write(folder.path, &key, &second, &err));
    expect_note(&folder, "{\"type\":\"failed\",\"key\":\"" KEY_TEXT "\",\"reason\":\"crashed\","
                         "\"message\":\"error[MM-1113]: it \\\"broke\\\"\"}\n");
    ck_assert(failure_note_remove(folder.path, &key, &err));
    ck_assert_int_ne(access(folder.note, F_OK), 0);
    ck_assert(failure_note_remove(folder.path, &key, &err));
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(a_note_that_cannot_be_written_is_an_error)
{
    struct worker_failure failure = failure_of(WORKER_CRASHED, ERR_SWEEP_WORKER);
    struct sim_error err = {0};

    ck_assert(!failure_note_write("/nonexistent", &key, &failure, &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
}
END_TEST

START_TEST(each_allocation_may_be_the_one_that_fails)
{
    struct worker_failure failure = failure_of(WORKER_CRASHED, ERR_SWEEP_WORKER);
    struct sweep_folder folder;

    sweep_folder_init(&folder);
    for (unsigned n = 0;; n++) {
        struct sim_error err = {0};
        bool ok, failed;

        fail_malloc_at(n);
        ok = failure_note_write(folder.path, &key, &failure, &err) &&
             failure_note_remove(folder.path, &key, &err);
        failed = fail_malloc_off();
        ck_assert(ok == !failed);
        ck_assert(ok || err.code == ERR_OUT_OF_MEMORY);
        if (!failed)
            break;
    }
    sweep_folder_fini(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failure_note");

    TEST_CASE(suite, "notes", each_failure_has_its_reason,
              a_note_says_what_the_error_says_but_the_hint, a_note_is_replaced_and_removed,
              a_note_that_cannot_be_written_is_an_error, each_allocation_may_be_the_one_that_fails);
    return test_run(suite);
}
