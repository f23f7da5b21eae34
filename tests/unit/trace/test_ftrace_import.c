/* SPDX-License-Identifier: MIT */
/* The ftrace importer. */
#include <stdlib.h>
#include <string.h>

#include "lib/test.h"
#include "trace/ftrace_gfp.h"
#include "trace/ftrace_import.h"
#include "trace/ftrace_line.h"
#include "trace/mmtr_source.h"
#include "trace_text.h"

#define HEAD(time) "              sh-7       [000] d..1. " time ": "
#define ALLOC(time, pfn, order)                                     \
    HEAD(time)                                                      \
    "mm_page_alloc: page=00000000c7eed02a pfn=" pfn " order=" order \
    " migratetype=0 gfp_flags=GFP_KERNEL\n"
#define FREE(time, pfn, order) \
    HEAD(time) "mm_page_free: page=00000000c7eed02a pfn=" pfn " order=" order "\n"

struct imported {
    struct import_quality quality;
    struct strbuf bytes;
    struct trace_source *source; /* NULL: failed */
    struct sim_error err;
    uint8_t *text; /* as long as the input, so that a read beyond it is seen */
};

static void import(struct imported *imported, const char *text)
{
    struct ftrace_import_options options = {.file_name = "trace.txt", .kernel = "6.1"};
    struct mmtr_writer *writer;
    size_t size = strlen(text);

    *imported = (struct imported){0};
    imported->text = malloc(size ? size : 1);
    memcpy(imported->text, text, size);
    writer = mmtr_writer_create(NULL, &imported->bytes, &imported->err);
    if (ftrace_import(&options, imported->text, size, writer, &imported->quality, &imported->err)) {
        imported->source = mmtr_source_create(NULL, (const uint8_t *)imported->bytes.data,
                                              imported->bytes.length, &imported->err);
        ck_assert_msg(imported->source != NULL, "%s", imported->err.message);
    }
    mmtr_writer_destroy(writer);
}

static void imported_fini(struct imported *imported)
{
    trace_source_destroy(imported->source);
    strbuf_fini(&imported->bytes);
    free(imported->text);
}

/* Imports, compares the dump, and hands back the counts. */
static struct import_quality expect_import(const char *text, const char *expected)
{
    struct imported imported;
    const struct import_quality *q = &imported.quality;

    import(&imported, text);
    ck_assert_msg(imported.source != NULL, "%u:%u: %s", imported.err.line, imported.err.column,
                  imported.err.message);
    expect_trace(imported.source, expected);
    ck_assert_mem_eq(mmtr_source_quality(imported.source), q, sizeof(*q));
    ck_assert_uint_eq(q->lines, q->comment_lines + q->unreadable_lines + q->truncated_lines +
                                    q->lost_marks + q->event_lines);
    ck_assert_uint_eq(q->event_lines, q->alloc_events + q->failed_allocs + q->free_events +
                                          q->batched_events + q->probe_events + q->other_events);
    ck_assert_uint_eq(q->free_events, q->exact_frees + q->partial_frees + q->unknown_frees);
    ck_assert_uint_eq(q->alloc_events,
                      q->exact_frees + q->closed_in_pieces + q->implied_frees + q->live_blocks);
    imported_fini(&imported);
    return imported.quality;
}

static void expect_refused(const char *text, enum sim_error_code code, uint32_t line,
                           uint32_t column)
{
    struct imported imported;

    import(&imported, text);
    ck_assert_ptr_null(imported.source);
    expect_error(&imported.err, code, line, column);
    ck_assert_str_eq(imported.err.file, "trace.txt");
    imported_fini(&imported);
}

START_TEST(an_allocation_and_its_free_become_two_records)
{
    expect_import("# tracer: nop\n#\n" ALLOC("    0.287914", "0x520b", "0")
                      FREE("    1.287915", "0x520b", "0"),
                  "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                  "1000001000 \"sh-7\" free_pages id=0\n");
}
END_TEST

START_TEST(time_0_is_the_first_event_of_any_kind)
{
    expect_import(HEAD("5.000000") "mm_vmscan_kswapd_sleep: nid=0\n" ALLOC("5.000002", "9", "0"),
                  "2000 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");
}
END_TEST

START_TEST(nanoseconds_decimal_pfns_crlf_and_missing_columns_are_read)
{
    expect_import("sh-7 [000] 5.000000001: mm_page_alloc: page=ffffea pfn=77 order=1 "
                  "migratetype=0 gfp_flags=GFP_ATOMIC\r\n"
                  "          sh-7     (    7) [000] .... 5.000000003: mm_page_free: page=ffffea "
                  "pfn=0x4d order=1\r\n",
                  "0 \"sh-7\" alloc_pages id=0 order=1 gfp=0x20 node=-1\n"
                  "2 \"sh-7\" free_pages id=0\n");
}
END_TEST

START_TEST(a_comm_may_hold_anything)
{
    expect_import("      a-1 [0] x-7       [000] d..1. 1.000000: mm_page_alloc: page=1 pfn=1 "
                  "order=0 migratetype=0 gfp_flags=none\n"
                  "     \xc3\xa4\xff\"\\ [000]-8       [000] d..1. 1.000000: mm_page_alloc: page=1 "
                  "pfn=2 order=0 migratetype=0 gfp_flags=none\n"
                  "           <...>-9       [000] d..1. 1.000000: mm_page_alloc: page=1 pfn=3 "
                  "order=0 migratetype=0 gfp_flags=none\n",
                  "0 \"a-1 [0] x-7\" alloc_pages id=0 order=0 gfp=0x0 node=-1\n"
                  "0 \"\xc3\xa4?\\\"\\\\ [000]-8\" alloc_pages id=1 order=0 gfp=0x0 node=-1\n"
                  "0 \"<...>-9\" alloc_pages id=2 order=0 gfp=0x0 node=-1\n");
}
END_TEST

START_TEST(a_pid_of_absurd_length_is_no_event)
{
    struct import_quality quality = expect_import(
        "              sh-00000000000000000000000000000000000000000000000000000000000000000007 "
        "[000] 1.000000: mm_page_free: page=1 pfn=3 order=0\n" ALLOC("1.000000", "1", "0"),
        "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.unreadable_lines, 1);
}
END_TEST

START_TEST(a_task_on_a_second_cpu_is_a_task_of_its_own)
{
    struct imported imported;

    import(&imported,
           ALLOC("1.000000", "1", "0") "              sh-7       [001] d..1. 1.000000: "
                                       "mm_page_alloc: page=1 pfn=2 order=0 "
                                       "migratetype=0 gfp_flags=none\n" FREE("1.000000", "1", "0"));
    ck_assert_ptr_nonnull(imported.source);
    ck_assert_uint_eq(imported.source->nr_tasks, 2);
    ck_assert_str_eq(imported.source->tasks[0].name, "sh-7");
    ck_assert_int_eq(imported.source->tasks[0].cpu, 0);
    ck_assert_str_eq(imported.source->tasks[1].name, "sh-7/cpu1");
    ck_assert_int_eq(imported.source->tasks[1].cpu, 1);
    imported_fini(&imported);
}
END_TEST

START_TEST(failed_allocations_are_counted_only)
{
    struct import_quality quality = expect_import(
        HEAD("1.0") "ignored\n" HEAD(
            "1.000000") "mm_page_alloc: page=0000000000000000 pfn=0x0 order=9 migratetype=1 "
                        "gfp_flags=none\n" HEAD("1.000000") "mm_page_alloc: page=(null) "
                                                            "pfn=18446744073709551615 order=40 "
                                                            "migratetype=1 gfp_flags=none\n" ALLOC(
                                                                "1.000000", "1", "0"),
        "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.failed_allocs, 2);
    ck_assert_uint_eq(quality.unreadable_lines, 1);
}
END_TEST

START_TEST(batched_frees_come_in_addition)
{
    struct import_quality quality =
        expect_import(ALLOC("1.000000", "1", "0") FREE("1.000000", "1", "0")
                          HEAD("1.000000") "mm_page_free_batched: page=1 pfn=0x1 order=0\n" ALLOC(
                              "1.000000", "1", "0"),
                      "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                      "0 \"sh-7\" free_pages id=0\n"
                      "0 \"sh-7\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.batched_events, 1);
    ck_assert_uint_eq(quality.unknown_frees, 0);
}
END_TEST

START_TEST(old_names_of_frees_are_understood)
{
    struct import_quality quality =
        expect_import(ALLOC("1.000000", "1", "0")
                          HEAD("1.000000") "mm_pagevec_free: page=1 pfn=1 order=0 cold=0\n" HEAD(
                              "1.000000") "mm_page_free_direct: page=1 pfn=1 order=0\n",
                      "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                      "0 \"sh-7\" free_pages id=0\n");

    ck_assert_uint_eq(quality.batched_events, 1);
    quality = expect_import(ALLOC("1.000000", "1", "0")
                                HEAD("1.000000") "mm_pagevec_free: page=1 pfn=1 order=0 cold=0\n",
                            "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                            "0 \"sh-7\" free_pages id=0\n");
    ck_assert_uint_eq(quality.free_events, 1);
}
END_TEST

START_TEST(a_block_comes_back_in_pieces)
{
    struct import_quality quality = expect_import(
        ALLOC("1.000000", "8", "2") FREE("1.000000", "11", "0") FREE("1.000000", "8", "1")
            FREE("1.000000", "10", "0") FREE("1.000000", "10", "0"),
        "0 \"sh-7\" alloc_pages id=0 order=2 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" free_part id=0 order=0 part=3\n"
        "0 \"sh-7\" free_part id=0 order=1 part=0\n"
        "0 \"sh-7\" free_part id=0 order=0 part=2\n");

    ck_assert_uint_eq(quality.partial_frees, 3);
    ck_assert_uint_eq(quality.closed_in_pieces, 1);
    ck_assert_uint_eq(quality.unknown_frees, 1);
    ck_assert_uint_eq(quality.unknown_first_pages, 0);
}
END_TEST

START_TEST(a_free_over_several_blocks_ends_each)
{
    struct import_quality quality = expect_import(
        ALLOC("1.000000", "8", "0") ALLOC("1.000000", "10", "1") FREE("1.000000", "8", "2"),
        "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" alloc_pages id=1 order=1 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" free_pages id=0\n"
        "0 \"sh-7\" free_pages id=1\n");

    ck_assert_uint_eq(quality.partial_frees, 1);
    ck_assert_uint_eq(quality.closed_in_pieces, 2);
    ck_assert_uint_eq(quality.unknown_free_pages, 1);
}
END_TEST

START_TEST(unknown_frees_are_dropped)
{
    struct import_quality quality = expect_import(
        FREE("1.000000", "0x1000", "3") FREE("1.000000", "0x1000", "3") ALLOC("1.000000", "1", "0"),
        "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.unknown_frees, 2);
    ck_assert_uint_eq(quality.unknown_free_pages, 16);
    ck_assert_uint_eq(quality.unknown_first_pages, 8);
}
END_TEST

START_TEST(an_overlapping_allocation_ends_the_older_block)
{
    struct import_quality quality =
        expect_import(ALLOC("1.000000", "8", "2") FREE("1.000000", "9", "0")
                          ALLOC("1.000000", "12", "0") ALLOC("1.000000", "8", "3"),
                      "0 \"sh-7\" alloc_pages id=0 order=2 gfp=0xd0 node=-1\n"
                      "0 \"sh-7\" free_part id=0 order=0 part=1\n"
                      "0 \"sh-7\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                      "0 \"sh-7\" free_part id=0 order=0 part=0\n"
                      "0 \"sh-7\" free_part id=0 order=1 part=2\n"
                      "0 \"sh-7\" free_pages id=1\n"
                      "0 \"sh-7\" alloc_pages id=2 order=3 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.overlapping_allocs, 1);
    ck_assert_uint_eq(quality.implied_frees, 2);
    ck_assert_str_eq(import_quality_warning(&quality, 0),
                     "pages were allocated that a traced block holds: frees are missing from the "
                     "trace");
    ck_assert_ptr_null(import_quality_warning(&quality, 1));
}
END_TEST

START_TEST(frees_by_reclaim_have_their_origin)
{
    struct import_quality quality = expect_import(
        ALLOC("1.000000", "1", "0") ALLOC("1.000000", "2", "0") ALLOC("1.000000", "3", "0") ALLOC(
            "1.000000", "4", "0") ALLOC("1.000000", "5", "0")
            HEAD("1.000000") "mm_vmscan_direct_reclaim_begin: order=0 gfp_flags=GFP_KERNEL\n" FREE(
                "1.000000", "1",
                "0") "              sh-8       [000] d..1. 1.000000: mm_page_free: page=1 pfn=2 "
                     "order=0\n"
                     "              sh-7       [000] d.s1. 1.000000: mm_page_free: page=1 pfn=3 "
                     "order=0\n" HEAD("1.000000") "mm_vmscan_direct_reclaim_end: "
                                                  "nr_reclaimed=1\n" FREE(
                                                      "1.000000", "4",
                                                      "0") "         kswapd0-47      [000] d..1. "
                                                           "1.000000: mm_page_free: page=1 pfn=5 "
                                                           "order=0\n",
        "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" alloc_pages id=2 order=0 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" alloc_pages id=3 order=0 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" alloc_pages id=4 order=0 gfp=0xd0 node=-1\n"
        "0 \"sh-7\" free_pages id=0 origin=reclaim\n"
        "0 \"sh-8\" free_pages id=1\n"
        "0 \"sh-7\" free_pages id=2\n"
        "0 \"sh-7\" free_pages id=3\n"
        "0 \"kswapd0-47\" free_pages id=4 origin=reclaim\n");

    ck_assert_uint_eq(quality.reclaim_frees, 2);
}
END_TEST

START_TEST(lost_events_are_counted)
{
    struct import_quality quality = expect_import(
        "# entries-in-buffer/entries-written: 100/163   #P:2\n" ALLOC(
            "1.000000", "1",
            "0") "CPU:1 [LOST 12 EVENTS]\nCPU:0 [LOST EVENTS]\n##### CPU 1 buffer started ####\n",
        "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.overwritten_events, 63);
    ck_assert_uint_eq(quality.lost_marks, 2);
    ck_assert_uint_eq(quality.lost_events, 12);
    ck_assert_uint_eq(quality.comment_lines, 2);
}
END_TEST

START_TEST(time_that_goes_back_is_held)
{
    struct import_quality quality =
        expect_import(ALLOC("1.000005", "1", "0") ALLOC("1.000004", "2", "0")
                          ALLOC("0.900000", "3", "0") ALLOC("1.000006", "4", "0"),
                      "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                      "0 \"sh-7\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                      "0 \"sh-7\" alloc_pages id=2 order=0 gfp=0xd0 node=-1\n"
                      "1000 \"sh-7\" alloc_pages id=3 order=0 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.time_backwards, 2);
}
END_TEST

START_TEST(the_last_line_without_its_end_is_dropped)
{
    struct import_quality quality =
        expect_import(ALLOC("1.000000", "1", "0") HEAD("1.000000") "mm_page_free: page=1 pfn=1 or",
                      "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");

    ck_assert_uint_eq(quality.truncated_lines, 1);
}
END_TEST

START_TEST(probes_and_long_lines_are_passed_over)
{
    struct strbuf text = {0};
    struct import_quality quality;

    strbuf_adds(&text, HEAD("1.000000") "x_bulk_page: (a+0x0) page=0x1\n" HEAD(
                           "1.000000") "tracing_mark_write: ");
    for (unsigned i = 0; i < 100000; i++)
        strbuf_adds(&text, "- [");
    strbuf_adds(&text, "\n");
    for (unsigned i = 0; i < 100000; i++)
        strbuf_adds(&text, "-[");
    strbuf_adds(&text, "\n" ALLOC("1.000000", "1", "0"));
    quality = expect_import(text.data, "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n");
    ck_assert_uint_eq(quality.probe_events, 1);
    ck_assert_uint_eq(quality.other_events, 1);
    ck_assert_uint_eq(quality.unreadable_lines, 1);
    strbuf_fini(&text);
}
END_TEST

START_TEST(broken_lines_of_known_events_are_refused_with_their_place)
{
    expect_refused("#\n" HEAD("1.000000") "mm_page_free: page=1 pfn=zz order=0\n", ERR_IMPORT_LINE,
                   2, 73);
    expect_refused(HEAD("1.000000") "mm_page_free: page=1 order=0\n", ERR_IMPORT_LINE, 1, 62);
    expect_refused(HEAD("1.000000") "mm_page_free: page=1 pfn=1\n", ERR_IMPORT_LINE, 1, 62);
    expect_refused(HEAD("1.000000") "mm_page_free:\n", ERR_IMPORT_LINE, 1, 0);
    expect_refused(FREE("1.000000", "1", "14"), ERR_IMPORT_LINE, 1, 62);
    expect_refused(FREE("1.000000", "0xffffffffff", "0"), ERR_IMPORT_LINE, 1, 62);
    expect_refused(ALLOC("1.000000", "0xffffffffffffffff", "0"), ERR_IMPORT_LINE, 1, 0);
    expect_refused(HEAD("1.000000") "mm_page_alloc: page=1 pfn=1 order=0\n", ERR_IMPORT_LINE, 1,
                   63);
}
END_TEST

START_TEST(other_texts_are_refused)
{
    expect_refused("", ERR_IMPORT_FORMAT, 0, 0);
    expect_refused("version: 1\nmachine:\n", ERR_IMPORT_FORMAT, 0, 0);
    expect_refused(
        "              sh-7       [000] d..1. 12345: mm_page_free: page=1 pfn=1 order=0\n",
        ERR_IMPORT_FORMAT, 0, 0);
    expect_refused(FREE("1.000000", "1", "0"), ERR_IMPORT_EMPTY, 0, 0);
}
END_TEST

START_TEST(meta_texts_name_kernel_importer_and_source)
{
    struct imported imported;
    const char *key, *value;

    import(&imported, ALLOC("1.000000", "1", "0"));
    ck_assert_uint_eq(mmtr_source_nr_meta(imported.source), 4);
    mmtr_source_meta(imported.source, 0, &key, &value);
    ck_assert_str_eq(key, "importer");
    ck_assert_str_eq(value, "ftrace 1");
    mmtr_source_meta(imported.source, 1, &key, &value);
    ck_assert_str_eq(value, "6.1");
    mmtr_source_meta(imported.source, 3, &key, &value);
    ck_assert_str_eq(key, "source_fnv1a64");
    ck_assert_uint_eq(strlen(value), 16);
    imported_fini(&imported);
}
END_TEST

START_TEST(gfp_words_become_bits_of_2_6_24)
{
    static const struct {
        const char *text;
        uint32_t mask;
        uint64_t unknown;
    } rows[] = {
        {"none", 0, 0},
        {"GFP_NOWAIT", 0, 0},
        {"GFP_KERNEL", 0xd0, 0},
        {"GFP_KERNEL_ACCOUNT|__GFP_ZERO", 0x80d0, 0},
        {"GFP_NOFS|__GFP_HARDWALL|__GFP_WRITE", 0x20050, 0},
        {"GFP_NOIO", 0x10, 0},
        {"GFP_ATOMIC|__GFP_COMP", 0x4020, 0},
        {"GFP_USER", 0x200d0, 0},
        {"GFP_HIGHUSER", 0x200d2, 0},
        {"GFP_HIGHUSER_MOVABLE|__GFP_COMP", 0x1240d2, 0},
        {"GFP_TRANSHUGE_LIGHT", 0x1342c2, 0},
        {"GFP_TRANSHUGE|__GFP_NORETRY|__GFP_THISNODE", 0x1752d2, 0},
        {"GFP_TEMPORARY", 0x800d0, 0},
        {"__GFP_RETRY_MAYFAIL|__GFP_NOFAIL", 0xc00, 0},
        {"__GFP_HIGH|__GFP_ATOMIC|__GFP_KSWAPD_RECLAIM|__GFP_DIRECT_RECLAIM", 0x30, 0},
        {"GFP_DMA32|GFP_DMA", 0x5, 0},
        {"GFP_WAIT|GFP_IO|GFP_COMP|GFP_THISNODE", 0x44050, 0},
        {"0x2dc2", 0x82d2, 0},
        {"GFP_KERNEL|0x8000000", 0xd0, 1},
        {"GFP_KERNEL|__GFP_SHINY|FOO", 0xd0, 2},
        {"", 0, 0},
        {"||__GFP_ZERO|", 0x8000, 0},
        {"__GFP_|GFP_", 0, 2},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t unknown = 0;
        uint32_t mask = ftrace_gfp_parse(rows[i].text, strlen(rows[i].text), &unknown);

        ck_assert_msg(mask == rows[i].mask, "%s: 0x%x", rows[i].text, mask);
        ck_assert_uint_eq(unknown, rows[i].unknown);
    }
}
END_TEST

START_TEST(a_nul_in_a_gfp_word_makes_it_unknown)
{
    uint64_t unknown = 0;

    ck_assert_uint_eq(ftrace_gfp_parse("GFP_USER\0\0\0|__GFP_ZERO", 22, &unknown), 0x8000);
    ck_assert_uint_eq(unknown, 1);
}
END_TEST

START_TEST(unknown_gfp_words_are_counted_each_time)
{
    static const char line[] = HEAD("1.000000") "mm_page_alloc: page=1 pfn=%d order=0 "
                                                "migratetype=0 gfp_flags=GFP_KERNEL|__GFP_SHINY\n";
    struct strbuf text = {0};
    struct import_quality quality;

    for (int pfn = 1; pfn <= 3; pfn++)
        strbuf_addf(&text, line, pfn);
    quality = expect_import(text.data, "0 \"sh-7\" alloc_pages id=0 order=0 gfp=0xd0 node=-1\n"
                                       "0 \"sh-7\" alloc_pages id=1 order=0 gfp=0xd0 node=-1\n"
                                       "0 \"sh-7\" alloc_pages id=2 order=0 gfp=0xd0 node=-1\n");
    ck_assert_uint_eq(quality.unknown_gfp, 3);
    strbuf_fini(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ftrace_import");

    TEST_CASE(suite, "lines", an_allocation_and_its_free_become_two_records,
              time_0_is_the_first_event_of_any_kind,
              nanoseconds_decimal_pfns_crlf_and_missing_columns_are_read, a_comm_may_hold_anything,
              a_pid_of_absurd_length_is_no_event, a_task_on_a_second_cpu_is_a_task_of_its_own,
              time_that_goes_back_is_held, the_last_line_without_its_end_is_dropped,
              probes_and_long_lines_are_passed_over);
    TEST_CASE(suite, "blocks", failed_allocations_are_counted_only, batched_frees_come_in_addition,
              old_names_of_frees_are_understood, a_block_comes_back_in_pieces,
              a_free_over_several_blocks_ends_each, unknown_frees_are_dropped,
              an_overlapping_allocation_ends_the_older_block, frees_by_reclaim_have_their_origin,
              lost_events_are_counted);
    TEST_CASE(suite, "errors", broken_lines_of_known_events_are_refused_with_their_place,
              other_texts_are_refused);
    TEST_CASE(suite, "meta", meta_texts_name_kernel_importer_and_source);
    TEST_CASE(suite, "gfp", gfp_words_become_bits_of_2_6_24, a_nul_in_a_gfp_word_makes_it_unknown,
              unknown_gfp_words_are_counted_each_time);
    return test_run(suite);
}
