/* SPDX-License-Identifier: MIT */
/* Results on disk: written, found again, damaged, in the way of a full disk. */
#include "sweep/segment.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

/* The folder of a sweep; goes away with its results. */
struct sweep_folder {
    char path[40];
    char results[56];
};

static void sweep_folder_init(struct sweep_folder *folder)
{
    *folder = (struct sweep_folder){"/tmp/mmsim-test-XXXXXX", ""};
    ck_assert_ptr_nonnull(mkdtemp(folder->path));
    snprintf(folder->results, sizeof(folder->results), "%s/results", folder->path);
}

/* Calls rmdir() on the folders, too: nothing else may be in them. */
static void sweep_folder_fini(const struct sweep_folder *folder)
{
    const struct dirent *entry;
    DIR *dir = opendir(folder->results);

    while (dir && (entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(folder->results);
    ck_assert_int_eq(rmdir(folder->path), 0);
}

static unsigned files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    unsigned count = 0;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2; /* . and .. */
}

/* The line of run n: its key is n, and n % 7 says how long it is. */
static void line_of(struct strbuf *line, struct sweep_key *key, uint32_t n)
{
    char text[SWEEP_KEY_TEXT];

    *key = (struct sweep_key){.high = UINT64_C(0xabc0000000000000) | n, .low = n};
    sweep_key_format(key, text);
    strbuf_reset(line);
    strbuf_addf(line, "{\"type\":\"run\",\"key\":\"%s\",\"n\":%u,\"x\":\"%.*s\"}", text, n,
                (int)(n % 7), "1234567");
    ck_assert(!line->failed);
}

static void add(struct segment_writer *writer, uint32_t n, uint64_t now_ns)
{
    struct strbuf line = {0};
    struct sweep_key key;
    struct sim_error err = {0};

    line_of(&line, &key, n);
    ck_assert(segment_writer_add(writer, &key, line.data, line.length, now_ns, &err));
    strbuf_fini(&line);
}

/* What was read. */
struct seen {
    uint32_t count;
    uint32_t stop_at; /* lines; the one after them is refused */
    uint64_t sum;     /* of the numbers of the runs */
};

static bool see(void *ctx, const struct segment_line *line, struct sim_error *err)
{
    struct seen *seen = ctx;
    struct strbuf expected = {0};
    struct sweep_key key;

    if (seen->count == seen->stop_at)
        return sim_error_set(err, ERR_USAGE, "enough");
    line_of(&expected, &key, (uint32_t)line->key.low);
    ck_assert_int_eq(sweep_key_compare(&key, &line->key), 0);
    ck_assert_uint_eq(line->length, expected.length);
    ck_assert_mem_eq(line->text, expected.data, expected.length);
    strbuf_fini(&expected);
    seen->count++;
    seen->sum += line->key.low;
    return true;
}

static bool read_all(const struct sweep_folder *folder, struct seen *seen, struct sim_error *err)
{
    struct segment_set set;
    bool ok = segment_set_open(&set, folder->path, err) && segment_set_each(&set, see, seen, err);

    segment_set_close(&set);
    return ok;
}

static void expect_runs(const struct sweep_folder *folder, uint32_t count, uint64_t sum)
{
    struct seen seen = {.stop_at = UINT32_MAX};
    struct sim_error err = {0};

    ck_assert_msg(read_all(folder, &seen, &err), "%s", err.message);
    ck_assert_uint_eq(seen.count, count);
    ck_assert_uint_eq(seen.sum, sum);
}

static void open_writer(struct segment_writer *writer, const struct sweep_folder *folder)
{
    struct sim_error err = {0};

    ck_assert_msg(segment_writer_init(writer, folder->path, &err), "%s", err.message);
}

static void commit(struct segment_writer *writer)
{
    struct sim_error err = {0};

    ck_assert_msg(segment_writer_commit(writer, &err), "%s", err.message);
}

/* ---- writing ---- */

START_TEST(what_is_committed_is_read_again)
{
    struct sweep_folder folder;
    struct segment_writer writer;

    sweep_folder_init(&folder);
    expect_runs(&folder, 0, 0);
    open_writer(&writer, &folder);
    commit(&writer);
    ck_assert_uint_eq(files_in(folder.results), 0);
    for (uint32_t n = 1; n <= 5; n++)
        add(&writer, n, 0);
    expect_runs(&folder, 0, 0);
    commit(&writer);
    expect_runs(&folder, 5, 15);
    add(&writer, 6, 0);
    commit(&writer);
    add(&writer, 7, 0);
    segment_writer_fini(&writer); /* 7 is gone */
    expect_runs(&folder, 6, 21);
    ck_assert_uint_eq(files_in(folder.results), 2);
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(the_same_results_again_are_no_change)
{
    struct sweep_folder folder;
    struct segment_writer writer;

    sweep_folder_init(&folder);
    open_writer(&writer, &folder);
    for (unsigned round = 0; round < 3; round++) {
        add(&writer, 1, round);
        add(&writer, 2, round);
        commit(&writer);
    }
    segment_writer_fini(&writer);
    ck_assert_uint_eq(files_in(folder.results), 1);
    expect_runs(&folder, 2, 3);
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(a_commit_is_due_by_the_age_of_the_first_line)
{
    struct sweep_folder folder;
    struct segment_writer writer;

    sweep_folder_init(&folder);
    open_writer(&writer, &folder);
    ck_assert(!segment_writer_due(&writer, UINT64_MAX));
    add(&writer, 1, 1000);
    add(&writer, 2, SEGMENT_COMMIT_NS);
    ck_assert(!segment_writer_due(&writer, SEGMENT_COMMIT_NS + 999));
    ck_assert(segment_writer_due(&writer, SEGMENT_COMMIT_NS + 1000));
    commit(&writer);
    ck_assert(!segment_writer_due(&writer, UINT64_MAX));
    add(&writer, 3, 2 * SEGMENT_COMMIT_NS);
    ck_assert(!segment_writer_due(&writer, 2 * SEGMENT_COMMIT_NS + 1));
    segment_writer_fini(&writer);
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(a_commit_is_due_by_runs_and_by_bytes)
{
    static char long_line[SEGMENT_BYTES_MAX / 2];
    const struct sweep_key key = {1, 2};
    struct sweep_folder folder;
    struct segment_writer writer;
    struct sim_error err = {0};

    sweep_folder_init(&folder);
    open_writer(&writer, &folder);
    for (uint32_t n = 0; n < SEGMENT_RUNS_MAX; n++) {
        ck_assert(!segment_writer_due(&writer, 0));
        add(&writer, n, 0);
    }
    ck_assert(segment_writer_due(&writer, 0));
    commit(&writer);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert(!segment_writer_due(&writer, 0));
        ck_assert(segment_writer_add(&writer, &key, long_line, sizeof(long_line), 0, &err));
    }
    ck_assert(segment_writer_due(&writer, 0));
    segment_writer_fini(&writer);
    sweep_folder_fini(&folder);
}
END_TEST

/* A limit on the size of files stands for a disk that is full. */
START_TEST(a_full_disk_keeps_the_lines_for_another_try)
{
    const struct rlimit none = {16, RLIM_INFINITY};
    struct sweep_folder folder;
    struct segment_writer writer;
    struct rlimit before;
    struct sim_error err = {0};
    bool ok;

    sweep_folder_init(&folder);
    open_writer(&writer, &folder);
    add(&writer, 1, 0);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    setrlimit(RLIMIT_FSIZE, &none);
    ok = segment_writer_commit(&writer, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    ck_assert(!ok);
    ck_assert_int_eq(err.code, ERR_WRITE);
    ck_assert_uint_eq(files_in(folder.results), 0);
    add(&writer, 2, 0);
    commit(&writer);
    segment_writer_fini(&writer);
    expect_runs(&folder, 2, 3);
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(a_sweep_without_a_folder_cannot_be_written)
{
    struct segment_writer writer;
    struct sim_error err = {0};

    ck_assert(!segment_writer_init(&writer, "/nonexistent", &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
    segment_writer_fini(&writer);
    segment_writer_fini(NULL);
}
END_TEST

/* ---- reading ---- */

static void write_segment(const struct sweep_folder *folder, const char *name, const char *text)
{
    struct strbuf path = {0};
    struct sim_error err = {0};

    strbuf_addf(&path, "%s/%s", folder->results, name);
    ck_assert(whole_file_write(path.data, text, strlen(text), &err));
    strbuf_fini(&path);
}

START_TEST(files_of_other_names_are_passed_over)
{
    static const char *const names[] = {
        ".tmp-host-1-00000000000000000000000000000000-cbf29ce484222325.jsonl",
        "README",
        "0000000000000000000000000000000-cbf29ce484222325.jsonl",
        "0000000000000000000000000000000g-cbf29ce484222325.jsonl",
        "00000000000000000000000000000000-cbf29ce48422232X.jsonl",
        "00000000000000000000000000000000-cbf29ce484222325.jsonk",
    };
    struct sweep_folder folder;
    struct sim_error err = {0};

    sweep_folder_init(&folder);
    ck_assert(whole_file_folder(folder.results, &err));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        write_segment(&folder, names[i], "no result");
    expect_runs(&folder, 0, 0);
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(a_file_that_does_not_hold_what_its_name_says_is_refused)
{
    struct sweep_folder folder;
    struct seen seen = {.stop_at = UINT32_MAX};
    struct sim_error err = {0};

    sweep_folder_init(&folder);
    ck_assert(whole_file_folder(folder.results, &err));
    write_segment(&folder, "00000000000000000000000000000000-cbf29ce484222325.jsonl", "x");
    ck_assert(!read_all(&folder, &seen, &err));
    ck_assert_int_eq(err.code, ERR_SWEEP_RESULT);
    ck_assert_ptr_nonnull(strstr(err.file, "-cbf29ce484222325.jsonl"));
    sweep_folder_fini(&folder);
}
END_TEST

START_TEST(a_line_that_is_no_result_is_shown)
{
    static const char *const lines[] = {
        "",
        "{\"type\":\"run\",\"key\":\"\"}",
        "{\"type\":\"run\",\"key\":\"0123456789abcdef0123456789abcdeX\",\"n\":1}",
        "{\"type\":\"run\",\"key\":\"0123456789abcdef0123456789abcdef\"}",
        "{\"type\":\"run\",\"key\":\"0123456789abcdef0123456789abcdef\",\"n\":1",
        "{\"type\":\"tick\",\"key\":\"0123456789abcdef0123456789abcdef\",\"n\":1}",
    };
    const struct sweep_key key = {0};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct sweep_folder folder;
        struct segment_writer writer;
        struct seen seen = {.stop_at = UINT32_MAX};
        struct sim_error err = {0};

        sweep_folder_init(&folder);
        open_writer(&writer, &folder);
        add(&writer, 1, 0);
        ck_assert(segment_writer_add(&writer, &key, lines[i], strlen(lines[i]), 0, &err));
        commit(&writer);
        segment_writer_fini(&writer);
        ck_assert(!read_all(&folder, &seen, &err));
        ck_assert_int_eq(err.code, ERR_SWEEP_RESULT);
        ck_assert_uint_eq(err.line, 2);
        ck_assert_uint_eq(seen.count, 1);
        sweep_folder_fini(&folder);
    }
}
END_TEST

START_TEST(the_reader_may_stop)
{
    struct sweep_folder folder;
    struct segment_writer writer;
    struct seen seen = {.stop_at = 2};
    struct sim_error err = {0};

    sweep_folder_init(&folder);
    open_writer(&writer, &folder);
    for (uint32_t n = 1; n <= 5; n++)
        add(&writer, n, 0);
    commit(&writer);
    segment_writer_fini(&writer);
    ck_assert(!read_all(&folder, &seen, &err));
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_uint_eq(seen.count, 2);
    sweep_folder_fini(&folder);
}
END_TEST

/* ---- memory ---- */

static bool write_and_read(const struct sweep_folder *folder, const struct strbuf *line,
                           const struct sweep_key *key, struct sim_error *err)
{
    struct segment_writer writer;
    struct segment_set set = {0};
    bool ok = segment_writer_init(&writer, folder->path, err) &&
              segment_writer_add(&writer, key, line->data, line->length, 0, err) &&
              segment_writer_commit(&writer, err) && segment_set_open(&set, folder->path, err);

    segment_set_close(&set);
    segment_writer_fini(&writer);
    return ok;
}

START_TEST(each_allocation_may_be_the_one_that_fails)
{
    struct sweep_folder folder;
    struct strbuf line = {0};
    struct sweep_key key;

    sweep_folder_init(&folder);
    line_of(&line, &key, 1);
    for (unsigned n = 0;; n++) {
        struct sim_error err = {0};
        bool ok, failed;

        fail_malloc_at(n);
        ok = write_and_read(&folder, &line, &key, &err);
        failed = fail_malloc_off();
        ck_assert(ok == !failed);
        ck_assert(ok || err.code == ERR_OUT_OF_MEMORY);
        if (!failed)
            break;
    }
    expect_runs(&folder, 1, 1);
    strbuf_fini(&line);
    sweep_folder_fini(&folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("segment");

    TEST_CASE(suite, "writing", what_is_committed_is_read_again,
              the_same_results_again_are_no_change, a_commit_is_due_by_the_age_of_the_first_line,
              a_commit_is_due_by_runs_and_by_bytes, a_full_disk_keeps_the_lines_for_another_try,
              a_sweep_without_a_folder_cannot_be_written);
    TEST_CASE(suite, "reading", files_of_other_names_are_passed_over,
              a_file_that_does_not_hold_what_its_name_says_is_refused,
              a_line_that_is_no_result_is_shown, the_reader_may_stop);
    TEST_CASE(suite, "memory", each_allocation_may_be_the_one_that_fails);
    return test_run(suite);
}
