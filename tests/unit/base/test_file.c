/* SPDX-License-Identifier: MIT */
/* Files and streams, whole: found, missing, empty, unreadable, full. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

enum { LARGE = 300000 }; /* several reads */

/* A temporary file with the given content; its name is the test's to unlink. */
struct temp_file {
    char path[32];
};

static void temp_file_init(struct temp_file *temp, const void *bytes, size_t size)
{
    int fd;

    *temp = (struct temp_file){"/tmp/mmsim-test-XXXXXX"};
    fd = mkstemp(temp->path);
    ck_assert_int_ge(fd, 0);
    ck_assert(write(fd, bytes, size) == (ssize_t)size);
    close(fd);
}

static void temp_file_fini(struct temp_file *temp)
{
    unlink(temp->path);
}

/* The lowest free descriptor: the same before and after what leaks none. */
static int next_descriptor(void)
{
    int fd = dup(STDERR_FILENO);

    close(fd);
    return fd;
}

/* Puts `fd` in the place of stdin and closes it; stdin_restore() undoes that. */
static int stdin_replace(int fd)
{
    int saved = dup(STDIN_FILENO);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_ge(saved, 0);
    ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
    return saved;
}

static void stdin_restore(int saved)
{
    dup2(saved, STDIN_FILENO);
    close(saved);
}

/* The read end of a pipe that holds the text and has no writer any more. */
static int pipe_with(const char *text)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert(write(ends[1], text, strlen(text)) == (ssize_t)strlen(text));
    close(ends[1]);
    return ends[0];
}

static uint8_t *large_bytes(void)
{
    uint8_t *bytes = malloc(LARGE);

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
    return bytes;
}

/* ---- input ---- */

START_TEST(a_file_is_brought_in_byte_for_byte)
{
    uint8_t *content = large_bytes();
    struct temp_file temp;
    struct file_bytes bytes;
    struct sim_error err = {0};
    int descriptor = next_descriptor();

    temp_file_init(&temp, content, LARGE);
    ck_assert_msg(file_bytes_init(&bytes, temp.path, &err), "%s", err.message);
    ck_assert_uint_eq(bytes.size, LARGE);
    ck_assert_mem_eq(bytes.data, content, LARGE);
    file_bytes_fini(&bytes);
    ck_assert_ptr_null(bytes.data);
    ck_assert_int_eq(next_descriptor(), descriptor);
    file_bytes_fini(&bytes);
    file_bytes_fini(NULL);
    temp_file_fini(&temp);
    free(content);
}
END_TEST

START_TEST(an_empty_file_has_data_of_size_0)
{
    struct temp_file temp;
    struct file_bytes bytes;
    struct sim_error err = {0};

    temp_file_init(&temp, "", 0);
    ck_assert(file_bytes_init(&bytes, temp.path, &err));
    ck_assert_ptr_nonnull(bytes.data);
    ck_assert_uint_eq(bytes.size, 0);
    file_bytes_fini(&bytes);
    temp_file_fini(&temp);
}
END_TEST

START_TEST(a_little_file_is_as_it_was_when_it_was_read)
{
    struct temp_file temp;
    struct file_bytes bytes;
    struct sim_error err = {0};
    FILE *stream;

    temp_file_init(&temp, "before", 6);
    ck_assert(file_bytes_init(&bytes, temp.path, &err));
    stream = fopen(temp.path, "w");
    ck_assert_ptr_nonnull(stream);
    fputs("behind", stream);
    fclose(stream);
    ck_assert_uint_eq(bytes.size, 6);
    ck_assert_mem_eq(bytes.data, "before", 6);
    file_bytes_fini(&bytes);
    temp_file_fini(&temp);
}
END_TEST

START_TEST(a_file_that_says_it_is_empty_is_read_to_its_end)
{
    struct file_bytes bytes;
    struct sim_error err = {0};

    ck_assert(file_bytes_init(&bytes, "/proc/self/status", &err));
    ck_assert_uint_gt(bytes.size, 0);
    ck_assert_mem_eq(bytes.data, "Name:", 5);
    file_bytes_fini(&bytes);
}
END_TEST

/* Nothing is brought in, the error has the code and names the file, and no descriptor is left. */
static void expect_no_bytes(const char *path, enum sim_error_code code, int error)
{
    struct file_bytes bytes = {.size = 42};
    struct sim_error err = {0};
    int descriptor = next_descriptor();

    ck_assert(!file_bytes_init(&bytes, path, &err));
    ck_assert_int_eq(err.code, code);
    ck_assert_str_eq(err.file, path);
    ck_assert_uint_eq(err.line, 0);
    ck_assert_ptr_nonnull(strstr(err.message, strerror(error)));
    ck_assert_ptr_null(bytes.data);
    ck_assert_uint_eq(bytes.size, 42);
    ck_assert_int_eq(next_descriptor(), descriptor);
}

START_TEST(a_missing_file_cannot_be_opened)
{
    expect_no_bytes("/nonexistent/machine.yaml", ERR_OPEN, ENOENT);
    expect_no_bytes("", ERR_OPEN, ENOENT);
    expect_no_bytes("/dev/null/x", ERR_OPEN, ENOTDIR);
}
END_TEST

START_TEST(a_directory_cannot_be_read)
{
    expect_no_bytes("/", ERR_READ, EISDIR);
}
END_TEST

START_TEST(stdin_may_be_a_pipe)
{
    int saved = stdin_replace(pipe_with("from a pipe"));
    struct file_bytes bytes = {0};
    struct sim_error err = {0};
    bool ok = file_bytes_init(&bytes, "-", &err);

    stdin_restore(saved);
    ck_assert(ok);
    ck_assert_uint_eq(bytes.size, 11);
    ck_assert_mem_eq(bytes.data, "from a pipe", 11);
    file_bytes_fini(&bytes);
}
END_TEST

START_TEST(stdin_may_be_an_empty_pipe)
{
    int saved = stdin_replace(pipe_with(""));
    struct file_bytes bytes = {0};
    struct sim_error err = {0};
    bool ok = file_bytes_init(&bytes, "-", &err);

    stdin_restore(saved);
    ck_assert(ok);
    ck_assert_uint_eq(bytes.size, 0);
    ck_assert_ptr_nonnull(bytes.data);
    file_bytes_fini(&bytes);
}
END_TEST

START_TEST(of_a_redirected_stdin_only_the_unread_rest_is_taken)
{
    uint8_t *content = large_bytes();
    struct temp_file temp;
    struct file_bytes bytes = {0};
    struct sim_error err = {0};
    int saved;
    bool ok;

    temp_file_init(&temp, content, LARGE);
    saved = stdin_replace(open(temp.path, O_RDONLY));
    ck_assert_int_eq(lseek(STDIN_FILENO, 1000, SEEK_SET), 1000);
    ok = file_bytes_init(&bytes, "-", &err);
    stdin_restore(saved);
    ck_assert(ok);
    ck_assert_uint_eq(bytes.size, LARGE - 1000);
    ck_assert_mem_eq(bytes.data, content + 1000, LARGE - 1000);
    file_bytes_fini(&bytes);
    temp_file_fini(&temp);
    free(content);
}
END_TEST

START_TEST(a_closed_stdin_cannot_be_read)
{
    int saved = dup(STDIN_FILENO);
    struct file_bytes bytes = {0};
    struct sim_error err = {0};
    bool ok;

    ck_assert_int_ge(saved, 0);
    close(STDIN_FILENO);
    ok = file_bytes_init(&bytes, "-", &err);
    stdin_restore(saved);
    ck_assert(!ok);
    ck_assert_int_eq(err.code, ERR_READ);
    ck_assert_str_eq(err.file, "<standard stream>");
}
END_TEST

START_TEST(each_allocation_of_a_read_may_be_the_one_that_fails)
{
    uint8_t *content = large_bytes();
    struct temp_file temp;
    int descriptor;
    bool refused = true;
    unsigned n;

    temp_file_init(&temp, content, LARGE);
    descriptor = next_descriptor();
    for (n = 0; refused; n++) {
        struct file_bytes bytes = {0};
        struct sim_error err = {0};
        int saved = stdin_replace(open(temp.path, O_RDONLY));
        bool ok;

        ck_assert_int_eq(lseek(STDIN_FILENO, 1, SEEK_SET), 1); /* read, not mapped */
        fail_malloc_at(n);
        ok = file_bytes_init(&bytes, "-", &err);
        refused = fail_malloc_off();
        stdin_restore(saved);
        ck_assert_int_eq(ok, !refused);
        ck_assert_int_eq(err.code, refused ? ERR_OUT_OF_MEMORY : ERR_NONE);
        ck_assert_int_eq(bytes.data == NULL, refused);
        ck_assert_int_eq(next_descriptor(), descriptor);
        file_bytes_fini(&bytes);
    }
    ck_assert_uint_ge(n, 3);
    temp_file_fini(&temp);
    free(content);
}
END_TEST

/* ---- output ---- */

START_TEST(what_is_written_is_in_the_file)
{
    struct temp_file temp;
    struct file_bytes bytes;
    struct sim_error err = {0};
    FILE *stream;

    temp_file_init(&temp, "an older and longer text", 24);
    ck_assert(file_output_open(&stream, temp.path, &err));
    ck_assert_int_ge(fputs("new\n", stream), 0);
    ck_assert(file_output_close(stream, temp.path, &err));
    ck_assert(!sim_error_is_set(&err));
    ck_assert(file_bytes_init(&bytes, temp.path, &err));
    ck_assert_uint_eq(bytes.size, 4);
    ck_assert_mem_eq(bytes.data, "new\n", 4);
    file_bytes_fini(&bytes);
    temp_file_fini(&temp);
}
END_TEST

START_TEST(an_output_that_cannot_be_opened_is_an_error)
{
    static const char *const paths[] = {"/nonexistent/out.jsonl", "/", ""};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        FILE *untouched = stderr;
        struct sim_error err = {0};

        ck_assert(!file_output_open(&untouched, paths[i], &err));
        ck_assert_int_eq(err.code, ERR_OPEN);
        ck_assert_str_eq(err.file, paths[i]);
        ck_assert_ptr_eq(untouched, stderr);
    }
}
END_TEST

static void fill_full_device(size_t size)
{
    FILE *stream;
    struct sim_error err = {0};
    int descriptor = next_descriptor();

    ck_assert(file_output_open(&stream, "/dev/full", &err));
    for (size_t i = 0; i < size; i++)
        (void)putc('x', stream);
    ck_assert(!file_output_close(stream, "/dev/full", &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
    ck_assert_str_eq(err.file, "/dev/full");
    ck_assert_int_eq(next_descriptor(), descriptor);
}

START_TEST(a_full_disk_is_noticed_at_the_close_at_the_latest)
{
    fill_full_device(1);      /* fails when it is flushed */
    fill_full_device(100000); /* fails on the way */
}
END_TEST

START_TEST(a_failure_on_the_way_is_not_forgotten)
{
    FILE *stream;
    struct sim_error err = {0};

    ck_assert(file_output_open(&stream, "/dev/full", &err));
    setvbuf(stream, NULL, _IONBF, 0);
    ck_assert_int_eq(fputc('x', stream), EOF); /* and nothing is left to flush */
    ck_assert(!file_output_close(stream, "/dev/full", &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
}
END_TEST

START_TEST(stdout_is_flushed_but_stays_open)
{
    FILE *stream;
    struct sim_error err = {0};

    ck_assert(file_output_open(&stream, "-", &err));
    ck_assert_ptr_eq(stream, stdout);
    ck_assert(file_output_close(stream, "-", &err));
    ck_assert_int_ge(fileno(stdout), 0);
    ck_assert_int_eq(fflush(stdout), 0);
}
END_TEST

/* ---- names of contents ---- */

START_TEST(the_hash_is_the_published_fnv1a)
{
    ck_assert_uint_eq(fnv1a64("", 0), UINT64_C(0xcbf29ce484222325));
    ck_assert_uint_eq(fnv1a64("a", 1), UINT64_C(0xaf63dc4c8601ec8c));
    ck_assert_uint_eq(fnv1a64("foobar", 6), UINT64_C(0x85944171f73967e8));
    ck_assert_uint_eq(fnv1a64("foobar", 1), fnv1a64("fig", 1));
    ck_assert_uint_ne(fnv1a64("\0", 1), fnv1a64("\0\0", 2));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");

    TEST_CASE(suite, "files", a_file_is_brought_in_byte_for_byte, an_empty_file_has_data_of_size_0,
              a_little_file_is_as_it_was_when_it_was_read,
              a_file_that_says_it_is_empty_is_read_to_its_end, a_missing_file_cannot_be_opened,
              a_directory_cannot_be_read);
    TEST_CASE(suite, "stdin", stdin_may_be_a_pipe, stdin_may_be_an_empty_pipe,
              of_a_redirected_stdin_only_the_unread_rest_is_taken, a_closed_stdin_cannot_be_read,
              each_allocation_of_a_read_may_be_the_one_that_fails);
    TEST_CASE(suite, "output", what_is_written_is_in_the_file,
              an_output_that_cannot_be_opened_is_an_error,
              a_full_disk_is_noticed_at_the_close_at_the_latest,
              a_failure_on_the_way_is_not_forgotten, stdout_is_flushed_but_stays_open);
    TEST_CASE(suite, "hash", the_hash_is_the_published_fnv1a);
    return test_run(suite);
}
