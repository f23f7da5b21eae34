/* SPDX-License-Identifier: MIT */
/* Tests of the line writer: whole lines only, and failures that stick. */
#define _GNU_SOURCE /* fopencookie */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "stats/jsonl_writer.h"

enum { LINES = 4, LINE_NUMBERS = 2000, SINK_MAX = 65536 };

/* A file that takes `limit` bytes and then reports a full disk. */
struct sink {
    char bytes[SINK_MAX];
    size_t length;
    size_t limit;
    unsigned writes;
};

static ssize_t sink_write(void *cookie, const char *bytes, size_t length)
{
    struct sink *sink = cookie;
    size_t taken = sink->limit - sink->length < length ? sink->limit - sink->length : length;

    memcpy(sink->bytes + sink->length, bytes, taken);
    sink->length += taken;
    sink->writes++;
    if (taken < length)
        errno = ENOSPC; /* what the next write(2) would say */
    return (ssize_t)taken;
}

static FILE *sink_open(struct sink *sink, size_t limit)
{
    FILE *stream;

    *sink = (struct sink){.limit = limit};
    stream = fopencookie(sink, "w", (cookie_io_functions_t){.write = sink_write});
    ck_assert_ptr_nonnull(stream);
    return stream;
}

/* Lines of 8 kB and more: longer than any stream buffer. */
static unsigned write_lines(struct jsonl_writer *writer)
{
    unsigned good = 0;

    for (unsigned line = 0; line < LINES; line++) {
        struct json_stream *json = jsonl_writer_begin(writer, "tick");

        json_key_array(json, "n");
        for (unsigned i = 0; i < LINE_NUMBERS; i++)
            json_uint(json, 1000 + i);
        json_end_array(json);
        good += jsonl_writer_end(writer);
    }
    return good;
}

START_TEST(each_line_is_one_object_and_one_write)
{
    static struct sink sink;
    struct jsonl_writer writer;
    struct sim_error err = {0};
    FILE *stream = sink_open(&sink, SINK_MAX);
    const char *at = sink.bytes;

    jsonl_writer_init(&writer, stream);
    ck_assert_uint_eq(write_lines(&writer), LINES);
    ck_assert_uint_eq(writer.lines, LINES);
    ck_assert_uint_eq(sink.writes, LINES);
    for (unsigned line = 0; line < LINES; line++) {
        ck_assert(!strncmp(at, "{\"type\":\"tick\",\"n\":[1000,1001,", 30));
        at = strchr(at, '\n') + 1;
        ck_assert(!strncmp(at - 3, "]}\n", 3));
    }
    ck_assert_ptr_eq(at, sink.bytes + sink.length);
    ck_assert(jsonl_writer_check(&writer, "out.jsonl", &err));
    jsonl_writer_fini(&writer);
    fclose(stream);
}
END_TEST

START_TEST(any_full_disk_is_reported_and_leaves_whole_lines_before_it)
{
    static struct sink all, sink;
    struct jsonl_writer writer;
    FILE *stream = sink_open(&all, SINK_MAX);

    jsonl_writer_init(&writer, stream);
    write_lines(&writer);
    jsonl_writer_fini(&writer);
    fclose(stream);
    for (size_t limit = 0; limit < all.length; limit += limit < 64 ? 1 : 97) {
        struct sim_error err = {0};
        unsigned whole = (unsigned)(limit / (all.length / LINES));

        stream = sink_open(&sink, limit);
        jsonl_writer_init(&writer, stream);
        ck_assert_uint_eq(write_lines(&writer), whole);
        ck_assert_uint_eq(writer.lines, whole);
        ck_assert(!jsonl_writer_end((jsonl_writer_begin(&writer, "tick"), &writer)));
        ck_assert(!jsonl_writer_check(&writer, "out.jsonl", &err));
        ck_assert_int_eq(err.code, ERR_WRITE);
        ck_assert_ptr_nonnull(strstr(err.message, "out.jsonl"));
        ck_assert_ptr_nonnull(strstr(err.message, strerror(ENOSPC)));
        ck_assert_uint_eq(sink.length, limit);
        ck_assert(!memcmp(sink.bytes, all.bytes, limit));
        jsonl_writer_fini(&writer);
        fclose(stream);
    }
}
END_TEST

START_TEST(nothing_is_written_after_a_failure)
{
    static struct sink sink;
    struct jsonl_writer writer;
    FILE *stream = sink_open(&sink, 10);

    jsonl_writer_init(&writer, stream);
    write_lines(&writer);
    sink.limit = SINK_MAX;
    ck_assert_uint_eq(write_lines(&writer), 0);
    ck_assert_uint_eq(sink.length, 10);
    jsonl_writer_fini(&writer);
    fclose(stream);
}
END_TEST

START_TEST(lack_of_memory_sticks_and_is_reported)
{
    unsigned nth = 0;

    for (;; nth++) {
        struct jsonl_writer writer;
        struct sim_error err = {0};
        unsigned good;
        bool failed;

        jsonl_writer_init(&writer, NULL);
        fail_malloc_at(nth);
        good = write_lines(&writer);
        failed = fail_malloc_off();
        ck_assert_int_eq(jsonl_writer_check(&writer, "out.jsonl", &err), !failed);
        ck_assert_int_eq(err.code, failed ? ERR_OUT_OF_MEMORY : ERR_NONE);
        ck_assert_uint_eq(good, failed ? 0 : LINES);
        jsonl_writer_fini(&writer);
        if (!failed)
            break;
    }
    ck_assert_uint_gt(nth, 3);
}
END_TEST

/* Takes `left` lines and refuses the next. */
struct reluctant {
    unsigned left;
    size_t bytes;
};

static bool take_some(void *ctx, const char *line, size_t length, struct sim_error *err)
{
    struct reluctant *reluctant = ctx;

    ck_assert_int_eq(line[length], '\n');
    if (reluctant->left == 0)
        return sim_error_set(err, ERR_RESULT_FORMAT, "no more of this");
    reluctant->left--;
    reluctant->bytes += length + 1;
    return true;
}

START_TEST(an_observer_sees_each_line_and_its_error_ends_the_writing)
{
    static struct sink sink;
    struct reluctant reluctant = {.left = LINES - 1};
    const struct line_observer observer = {take_some, &reluctant};
    struct jsonl_writer writer;
    struct sim_error err = {0};
    FILE *stream = sink_open(&sink, SINK_MAX);

    jsonl_writer_init(&writer, stream);
    writer.observer = &observer;
    ck_assert_uint_eq(write_lines(&writer), LINES - 1);
    ck_assert_uint_eq(reluctant.bytes, sink.length);
    ck_assert(jsonl_writer_failed(&writer));
    ck_assert(!jsonl_writer_check(&writer, "out.jsonl", &err));
    ck_assert_int_eq(err.code, ERR_RESULT_FORMAT);
    ck_assert_str_eq(err.message, "no more of this");
    jsonl_writer_fini(&writer);
    fclose(stream);
}
END_TEST

START_TEST(a_writer_that_never_was_can_be_destroyed)
{
    struct jsonl_writer writer = {0};

    jsonl_writer_fini(NULL);
    jsonl_writer_fini(&writer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("jsonl_writer");

    TEST_CASE(suite, "lines", each_line_is_one_object_and_one_write);
    TEST_CASE(suite, "failure", any_full_disk_is_reported_and_leaves_whole_lines_before_it,
              nothing_is_written_after_a_failure, lack_of_memory_sticks_and_is_reported,
              a_writer_that_never_was_can_be_destroyed,
              an_observer_sees_each_line_and_its_error_ends_the_writing);
    return test_run(suite);
}
