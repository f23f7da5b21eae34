/* SPDX-License-Identifier: MIT */
/* The shipped capture: its text imports to the shipped trace, byte for byte. */
#include <stdlib.h>

#include "base/file.h"
#include "lib/test.h"
#include "trace/ftrace_import.h"
#include "trace/mmtr_source.h"

/* What `kernel` says in the shipped trace: workloads/README.md. */
static const char kernel[] = "Linux 6.1.192-2 (Debian linux-image-6.1.0-56-cloud-amd64)";

static struct file_bytes read_file(const char *variable)
{
    const char *path = getenv(variable);
    struct sim_error err = {0};
    struct file_bytes bytes;

    ck_assert_msg(path != NULL, "%s is not set", variable);
    ck_assert_msg(file_bytes_init(&bytes, path, &err), "%s", err.message);
    return bytes;
}

START_TEST(the_shipped_text_imports_to_the_shipped_trace)
{
    struct ftrace_import_options options = {.file_name = "boot-256m.ftrace", .kernel = kernel};
    struct file_bytes text = read_file("BOOT_TEXT"), shipped = read_file("BOOT_TRACE");
    struct import_quality quality;
    struct strbuf bytes = {0};
    struct sim_error err = {0};
    struct mmtr_writer *writer = mmtr_writer_create(NULL, &bytes, &err);

    ck_assert_msg(ftrace_import(&options, text.data, text.size, writer, &quality, &err), "%s",
                  err.message);
    ck_assert_uint_eq(bytes.length, shipped.size);
    ck_assert_mem_eq(bytes.data, shipped.data, shipped.size);
    mmtr_writer_destroy(writer);
    strbuf_fini(&bytes);
    file_bytes_fini(&text);
    file_bytes_fini(&shipped);
}
END_TEST

START_TEST(the_shipped_trace_says_how_good_it_is)
{
    struct file_bytes shipped = read_file("BOOT_TRACE");
    struct sim_error err = {0};
    struct trace_source *trace = mmtr_source_create(NULL, shipped.data, shipped.size, &err);
    const struct import_quality *quality;

    ck_assert_msg(trace != NULL, "%s", err.message);
    quality = mmtr_source_quality(trace);
    ck_assert_uint_eq(quality->alloc_events, 22596);
    ck_assert_uint_eq(quality->failed_allocs, 0);
    ck_assert_uint_eq(quality->free_events, 12287);
    ck_assert_uint_eq(quality->batched_events, 7891);
    ck_assert_uint_eq(quality->exact_frees, 8855);
    ck_assert_uint_eq(quality->unknown_frees, 2424 + 1008);
    ck_assert_uint_eq(quality->overlapping_allocs, 0);
    ck_assert_ptr_null(import_quality_warning(quality, 0));
    trace_source_destroy(trace);
    file_bytes_fini(&shipped);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("boot_capture");

    TEST_CASE(suite, "capture", the_shipped_text_imports_to_the_shipped_trace,
              the_shipped_trace_says_how_good_it_is);
    return test_run(suite);
}
