/* SPDX-License-Identifier: MIT */
/* Binary traces: writing, reading back, and refusing what is broken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "event_text.h"
#include "lib/test.h"
#include "trace/mmtr_format.h"
#include "trace/mmtr_source.h"
#include "trace/mmtr_text.h"
#include "trace/mmtr_writer.h"
#include "trace_text.h"

static const char all_ops[] = "- [1, t, get_free_pages, a, 2, GFP_ATOMIC]\n"
                              "- [1, t, get_zeroed_page, b, GFP_ATOMIC]\n"
                              "- [1, v, get_dma_pages, c, 63]\n"
                              "- [2, t, alloc_pages, d, 9, GFP_KERNEL, 3]\n"
                              "- [2, t, alloc_pages_node, k, 0, GFP_KERNEL, -1]\n"
                              "- [2, t, split_page, a]\n"
                              "- [3, t, free_part, a, 1, 2]\n"
                              "- [3, t, kmalloc, e, 18446744073709551615, GFP_ATOMIC]\n"
                              "- [3, t, kmalloc_node, f, 0, GFP_ATOMIC, 2]\n"
                              "- [3, t, kmem_cache_alloc, g, inodes]\n"
                              "- [3, t, vmalloc, h, 5000]\n"
                              "- [3, t, vmalloc_32, i, 1]\n"
                              "- [3, t, get_page, d]\n"
                              "- [3, t, put_page, d]\n"
                              "- [3, t, kfree, e]\n"
                              "- [3, t, kmem_cache_free, g]\n"
                              "- [3, t, vfree, h]\n"
                              "- [3, t, alloc_pages, j, 7]\n"
                              "- [3, t, free_pages, j, 7]\n"
                              "- [1s, t, free_hot_page, b]\n"
                              "- [18446744073709551615, t, free_cold_page, c]\n"
                              "- [18446744073709551615, v, free_pages, d]\n"
                              "- [18446744073709551615, u, drain_local_pages]\n"
                              "- [18446744073709551615, u, drain_all_local_pages]\n"
                              "- [18446744073709551615, u, sysctl, one, 7]\n"
                              "- [18446744073709551615, u, sysctl, three, 18446744073709551615, 0, "
                              "1]\n";

static struct strbuf compile(const char *yaml)
{
    struct sim_error err = {0};
    struct trace_source *source = events_of(yaml, &err);
    struct strbuf bytes = {0};
    struct mmtr_writer *writer = mmtr_writer_create(NULL, &bytes, &err);

    ck_assert(source && writer);
    ck_assert_msg(mmtr_writer_add_source(writer, source, &err), "%s", err.message);
    ck_assert(mmtr_writer_finish(writer, NULL, &err));
    mmtr_writer_destroy(writer);
    trace_source_destroy(source);
    return bytes;
}

static struct trace_source *open_bytes(const struct strbuf *bytes, struct sim_error *err)
{
    return mmtr_source_create("t.mmtr", (const uint8_t *)bytes->data, bytes->length, err);
}

START_TEST(every_record_comes_back_as_it_was_written)
{
    struct sim_error err = {0};
    struct strbuf bytes = compile(all_ops), expected;
    struct trace_source *events = events_of(all_ops, &err), *trace = open_bytes(&bytes, &err);

    ck_assert_msg(trace != NULL, "%s", err.message);
    ck_assert_str_eq(trace->ops->kind, "mmtr");
    ck_assert_uint_eq(trace->ops->count(trace), 26);
    ck_assert_ptr_null(mmtr_source_quality(trace));
    expected = trace_text(events);
    expect_trace(trace, expected.data);
    expect_trace(trace, expected.data);
    strbuf_fini(&expected);
    strbuf_fini(&bytes);
    trace_source_destroy(events);
    trace_source_destroy(trace);
}
END_TEST

START_TEST(a_trace_that_was_checked_reads_the_same_unchecked)
{
    struct sim_error err = {0};
    struct strbuf bytes = compile(all_ops), expected;
    struct trace_source *trace = open_bytes(&bytes, &err), *again;

    expected = trace_text(trace);
    again = mmtr_source_create_again("t.mmtr", (const uint8_t *)bytes.data, bytes.length, &err);
    ck_assert_ptr_nonnull(again);
    expect_trace(again, expected.data);
    expect_trace(again, expected.data);
    trace_source_destroy(again);
    bytes.data[bytes.length - 8] ^= 1;
    again = mmtr_source_create_again("t.mmtr", (const uint8_t *)bytes.data, bytes.length, &err);
    ck_assert_ptr_nonnull(again);
    ck_assert_ptr_null(open_bytes(&bytes, &err));
    strbuf_fini(&expected);
    strbuf_fini(&bytes);
    trace_source_destroy(again);
    trace_source_destroy(trace);
}
END_TEST

START_TEST(a_stream_and_a_buffer_receive_the_same_bytes)
{
    struct sim_error err = {0};
    struct strbuf bytes = compile(all_ops);
    struct trace_source *events = events_of(all_ops, &err);
    FILE *stream = tmpfile();
    struct mmtr_writer *writer = mmtr_writer_create(stream, NULL, &err);
    char *copy = malloc(bytes.length + 1);

    ck_assert(mmtr_writer_add_source(writer, events, &err));
    ck_assert(mmtr_writer_finish(writer, NULL, &err));
    rewind(stream);
    ck_assert_uint_eq(fread(copy, 1, bytes.length + 1, stream), bytes.length);
    ck_assert_mem_eq(copy, bytes.data, bytes.length);
    free(copy);
    fclose(stream);
    mmtr_writer_destroy(writer);
    strbuf_fini(&bytes);
    trace_source_destroy(events);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    struct sim_error err = {0};
    FILE *full = fopen("/dev/full", "w");
    struct mmtr_writer *writer = mmtr_writer_create(full, NULL, &err);
    uint32_t task;
    bool ok = true;

    ck_assert_ptr_nonnull(full);
    ck_assert(mmtr_writer_add_task(writer, "t", -1, &task, &err));
    for (unsigned i = 0; ok && i < 1000000; i++)
        ok = mmtr_writer_add(writer, &(struct trace_record){.id = i, .node = -1}, &err);
    ck_assert(!ok);
    expect_error(&err, ERR_WRITE, 0, 0);
    mmtr_writer_destroy(writer);
    fclose(full);
}
END_TEST

START_TEST(tasks_texts_and_counts_come_back)
{
    struct sim_error err = {0};
    struct strbuf bytes = {0};
    struct mmtr_writer *writer = mmtr_writer_create(NULL, &bytes, &err);
    struct import_quality quality = {.lines = 5, .overwritten_events = UINT64_MAX};
    struct trace_source *trace;
    const char *key, *value;
    uint32_t task;

    ck_assert(mmtr_writer_set_meta(writer, "kernel", "6.1", &err));
    ck_assert(mmtr_writer_set_meta(writer, "note", "", &err));
    ck_assert(mmtr_writer_add_task(writer, "dd-1", 65535, &task, &err));
    ck_assert_uint_eq(task, 0);
    ck_assert(mmtr_writer_add_task(writer, "\xc3\xa4\"-2", -1, &task, &err));
    ck_assert_uint_eq(task, 1);
    ck_assert(mmtr_writer_finish(writer, &quality, &err));
    trace = open_bytes(&bytes, &err);
    ck_assert_msg(trace != NULL, "%s", err.message);
    ck_assert_uint_eq(trace->nr_tasks, 2);
    ck_assert_int_eq(trace->tasks[0].cpu, 65535);
    ck_assert_str_eq(trace->tasks[1].name, "\xc3\xa4\"-2");
    ck_assert_int_eq(trace->tasks[1].cpu, -1);
    ck_assert_uint_eq(mmtr_source_nr_meta(trace), 2);
    mmtr_source_meta(trace, 0, &key, &value);
    ck_assert_str_eq(key, "kernel");
    ck_assert_str_eq(value, "6.1");
    mmtr_source_meta(trace, 1, &key, &value);
    ck_assert_str_eq(value, "");
    ck_assert_mem_eq(mmtr_source_quality(trace), &quality, sizeof(quality));
    trace_source_destroy(trace);
    mmtr_writer_destroy(writer);
    strbuf_fini(&bytes);
}
END_TEST

START_TEST(names_that_are_no_text_are_not_written)
{
    static const char *const bad[] = {"",         "a\nb",     "\xff",
                                      "\xc0\x80", "\xc2\x85", "\xf4\x90\x80\x80"};
    struct strbuf bytes = {0};
    struct sim_error err = {0};
    struct mmtr_writer *writer = mmtr_writer_create(NULL, &bytes, &err);
    uint32_t task;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct sim_error name_err = {0}, meta_err = {0};

        ck_assert(!mmtr_writer_add_task(writer, bad[i], -1, &task, &name_err));
        expect_error(&name_err, ERR_TRACE_CORRUPT, 0, 0);
        ck_assert(!mmtr_writer_set_meta(writer, bad[i], "v", &meta_err));
        expect_error(&meta_err, ERR_TRACE_CORRUPT, 0, 0);
    }
    mmtr_writer_destroy(writer);
    strbuf_fini(&bytes);
}
END_TEST

START_TEST(cleaning_keeps_characters_and_replaces_bytes)
{
    uint8_t text[] = "a\xc3\xa4\xff\x01\xe2\x82\xac\xe2\x82";

    mmtr_text_clean(text, sizeof(text) - 1);
    ck_assert_str_eq((char *)text, "a\xc3\xa4?\?\xe2\x82\xac?\?");
}
END_TEST

START_TEST(a_trace_is_known_by_its_first_bytes)
{
    ck_assert(mmtr_is_trace((const uint8_t *)MMTR_MAGIC "..", 10));
    ck_assert(!mmtr_is_trace((const uint8_t *)MMTR_MAGIC, 7));
    ck_assert(!mmtr_is_trace((const uint8_t *)"version: 1", 10));
}
END_TEST

START_TEST(every_broken_file_gives_its_error)
{
    char path[256], name[128];
    unsigned code, files = 0;
    const char *data = getenv("MMSIM_TEST_DATA");
    FILE *list;

    ck_assert_ptr_nonnull(data);
    snprintf(path, sizeof(path), "%s/broken/expected.txt", data);
    list = fopen(path, "r");
    ck_assert_ptr_nonnull(list);
    ck_assert_int_eq(fscanf(list, "#%*[^\n] "), 0);
    while (fscanf(list, "%100s %u", name, &code) == 2) {
        struct sim_error err = {0};
        struct file_bytes bytes;
        struct trace_source *trace;

        snprintf(path, sizeof(path), "%s/broken/%s.mmtr", data, name);
        ck_assert(file_bytes_init(&bytes, path, &err));
        trace = mmtr_source_create(path, bytes.data, bytes.size, &err);
        ck_assert_msg((unsigned)err.code == code, "%s: %u instead of %u: %s", name,
                      (unsigned)err.code, code, err.message);
        ck_assert((trace != NULL) == (code == 0));
        trace_source_destroy(trace);
        file_bytes_fini(&bytes);
        files++;
    }
    ck_assert_uint_ge(files, 70);
    fclose(list);
}
END_TEST

START_TEST(no_prefix_of_a_trace_is_a_trace)
{
    struct strbuf bytes = compile(all_ops);

    for (size_t size = 0; size < bytes.length; size++) {
        struct sim_error err = {0};
        /* its own allocation, so that a read beyond it is seen */
        uint8_t *prefix = malloc(size ? size : 1);

        memcpy(prefix, bytes.data, size);
        ck_assert_ptr_null(mmtr_source_create(NULL, prefix, size, &err));
        expect_error(&err, ERR_TRACE_TRUNCATED, 0, 0);
        free(prefix);
    }
    strbuf_fini(&bytes);
}
END_TEST

START_TEST(no_changed_byte_goes_unnoticed)
{
    struct strbuf bytes = compile(all_ops);

    for (size_t at = 0; at < bytes.length; at++) {
        struct sim_error err = {0};

        bytes.data[at] ^= 0x10;
        ck_assert_ptr_null(open_bytes(&bytes, &err));
        ck_assert(err.code >= ERR_TRACE_MAGIC && err.code <= ERR_TRACE_CORRUPT);
        bytes.data[at] ^= 0x10;
    }
    strbuf_fini(&bytes);
}
END_TEST

START_TEST(the_cpu_s_node_is_for_calls_of_the_page_allocator)
{
    static const enum trace_op ops[] = {TRACE_ALLOC_PAGES, TRACE_KMALLOC, TRACE_VMALLOC};

    for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        const struct trace_record record = {.op = ops[i], .node = TRACE_NODE_LOCAL};
        struct sim_error err = {0};
        struct strbuf bytes = {0};
        struct mmtr_writer *writer = mmtr_writer_create(NULL, &bytes, &err);
        struct trace_source *trace;
        uint32_t task;

        ck_assert(mmtr_writer_add_task(writer, "t", -1, &task, &err));
        ck_assert(mmtr_writer_add(writer, &record, &err));
        ck_assert(mmtr_writer_finish(writer, NULL, &err));
        trace = open_bytes(&bytes, &err);
        if (ops[i] == TRACE_ALLOC_PAGES)
            ck_assert_ptr_nonnull(trace);
        else
            expect_error(&err, ERR_TRACE_CORRUPT, 0, 0);
        trace_source_destroy(trace);
        mmtr_writer_destroy(writer);
        strbuf_fini(&bytes);
    }
}
END_TEST

START_TEST(no_changed_byte_under_a_good_checksum_does_harm)
{
    struct strbuf bytes = compile(all_ops);
    size_t body = bytes.length - 8;

    for (size_t at = 0; at < body; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct sim_error err = {0};
            uint64_t sum;
            struct trace_source *trace;

            bytes.data[at] ^= (char)(1 << bit);
            sum = mmtr_checksum(MMTR_CHECKSUM_INIT, (const uint8_t *)bytes.data, body);
            for (unsigned i = 0; i < 8; i++)
                bytes.data[body + i] = (char)(sum >> 8 * i);
            trace = open_bytes(&bytes, &err);
            if (trace) {
                struct strbuf text = trace_text(trace);

                strbuf_fini(&text);
            }
            trace_source_destroy(trace);
            bytes.data[at] ^= (char)(1 << bit);
        }
    }
    strbuf_fini(&bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mmtr");

    TEST_CASE(suite, "round trip", every_record_comes_back_as_it_was_written,
              a_trace_that_was_checked_reads_the_same_unchecked,
              a_stream_and_a_buffer_receive_the_same_bytes, a_full_disk_is_an_error,
              tasks_texts_and_counts_come_back, a_trace_is_known_by_its_first_bytes);
    TEST_CASE(suite, "text", names_that_are_no_text_are_not_written,
              cleaning_keeps_characters_and_replaces_bytes);
    TEST_CASE(suite, "broken", every_broken_file_gives_its_error, no_prefix_of_a_trace_is_a_trace,
              the_cpu_s_node_is_for_calls_of_the_page_allocator, no_changed_byte_goes_unnoticed,
              no_changed_byte_under_a_good_checksum_does_harm);
    return test_run(suite);
}
