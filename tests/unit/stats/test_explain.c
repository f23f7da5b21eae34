/* SPDX-License-Identifier: MIT */
/* Tests of reading a run's output and of explaining one request of it. */
#include "stats/explain.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "stats/event.h"
#include "stats/tick.h"
#include "stats_sample.h"

#define MS UINT64_C(1000000)

static struct sample *sample;
static struct jsonl_writer writer;
static FILE *stream;
static char path[] = "/tmp/mmsim-explain-XXXXXX";
static struct strbuf text;

static void begin_recording(bool events)
{
    struct header_info header = sample_header(sample);

    header.events = events;
    header.tick_ns = 10 * MS;
    stream = fopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    jsonl_writer_fini(&writer);
    jsonl_writer_init(&writer, stream);
    header_write(&writer, &header);
}

static void set_up(void)
{
    int fd;

    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    sample = malloc(sizeof(*sample));
    ck_assert_ptr_nonnull(sample);
    sample_boot_uma(sample);
    writer = (struct jsonl_writer){0};
    text = (struct strbuf){0};
    begin_recording(true);
}

static void tear_down(void)
{
    if (stream)
        fclose(stream);
    unlink(path);
    strbuf_fini(&text);
    jsonl_writer_fini(&writer);
    sample_fini(sample);
    free(sample);
}

static void tick_at(uint64_t time_ns)
{
    clock_advance_to(&sample->clock, time_ns);
    tick_write(&writer, &sample->machine, &sample->stats);
}

static void end_recording(void)
{
    struct summary_info summary = sample_summary(sample);

    summary_write(&writer, &summary);
    fclose(stream);
    stream = NULL;
}

static struct event_cause by(const char *task, uint64_t time_ns)
{
    return (struct event_cause){time_ns, task, 0, true, GFP_KERNEL, 0};
}

static void tell(const char *task, uint64_t time_ns, struct reclaim_event event)
{
    struct event_cause cause = by(task, time_ns);

    event_write_reclaim(&writer, &sample->machine, &cause, &event);
}

static void stall(const char *task, enum stall cause, uint64_t from_ns, uint64_t until_ns)
{
    struct event_cause of = by(task, until_ns);

    event_write_stall(&writer, &of, cause, from_ns, until_ns);
}

static struct failure request(const char *task, uint64_t begin_ns, uint64_t end_ns)
{
    static const struct zone_refusal refusals[] = {
        {.zone_id = 1, .refusal = REFUSED_NO_BLOCK},
    };

    return (struct failure){.begin_ns = begin_ns,
                            .time_ns = end_ns,
                            .task = task,
                            .gfp = GFP_KERNEL,
                            .nr_direct_reclaims = 1,
                            .refusals = refusals,
                            .nr_refusals = 1};
}

static void served(const char *task, uint64_t begin_ns, uint64_t end_ns)
{
    struct failure slow = request(task, begin_ns, end_ns);

    event_write_alloc_slow(&writer, &sample->machine, &slow, (pfn_t){9000});
}

static void failed(const char *task, uint64_t begin_ns, uint64_t end_ns, uint32_t gfp,
                   uint32_t order)
{
    struct failure failure = request(task, begin_ns, end_ns);

    failure.gfp = gfp;
    failure.order = order;
    event_write_alloc_failure(&writer, &sample->machine, &failure);
    summary_add_failure(&sample->state, &failure);
}

/* ERR_NONE, and what is said in `text`; or the error. */
static enum sim_error_code explain(struct decision_query query)
{
    struct sim_error err = {0};
    struct result_reader reader;
    struct decision decision;

    strbuf_reset(&text);
    if (query.nth == 0)
        query.nth = 1;
    if (!result_reader_open(&reader, path, &err))
        return err.code;
    if (decision_find(&reader, &query, &decision, &err))
        explain_format(&text, &reader, &decision, &err);
    result_reader_close(&reader);
    return err.code;
}

/* All of it; says which line is another. */
static void expect_text(const char *words)
{
    const char *line = text.data;
    size_t i = 0;

    for (; words[i] && text.data[i] == words[i]; i++)
        if (words[i] == '\n')
            line = text.data + i + 1;
    ck_assert_msg(text.data[i] == words[i], "differs in: %.200s", line);
}

static void expect_words(const char *words)
{
    ck_assert_msg(strstr(text.data, words), "no \"%s\" in\n%s", words, text.data);
}

static void expect_silence(const char *words)
{
    ck_assert_msg(!strstr(text.data, words), "\"%s\" in\n%s", words, text.data);
}

/* One direct reclaim of 10 ms that frees 8 of 32 pages at priority 12. */
static void reclaim_round(const char *task, uint64_t at_ns)
{
    const struct zone *zone = &sample->machine.zones[1];

    tell(task, at_ns, (struct reclaim_event){.kind = RECLAIM_DIRECT_BEGIN, .gfp = GFP_KERNEL});
    tell(task, at_ns, (struct reclaim_event){.kind = RECLAIM_PRIORITY, .priority = 12});
    tell(task, at_ns,
         (struct reclaim_event){.kind = RECLAIM_SHRINK_ZONE_BEGIN, .zone = zone, .priority = 12});
    tell(task, at_ns + MS,
         (struct reclaim_event){
             .kind = RECLAIM_SHRINK_ACTIVE, .zone = zone, .scanned = 32, .deactivated = 20});
    tell(task, at_ns + 2 * MS,
         (struct reclaim_event){.kind = RECLAIM_SHRINK_PAGE_LIST, .zone = zone, .activated = 3});
    tell(task, at_ns + 2 * MS,
         (struct reclaim_event){
             .kind = RECLAIM_SHRINK_ZONE_END, .zone = zone, .scanned = 32, .freed = 8});
    tell(task, at_ns + 10 * MS,
         (struct reclaim_event){.kind = RECLAIM_DIRECT_END,
                                .gfp = GFP_KERNEL,
                                .zone = zone,
                                .priority = 12,
                                .scanned = 32,
                                .freed = 8,
                                .ret = 1,
                                .begin_ns = at_ns});
}

static void sleep_congested(const char *task, uint64_t begin_ns, uint64_t end_ns, bool woken)
{
    tell(task, end_ns,
         (struct reclaim_event){
             .kind = RECLAIM_CONGESTION_WAIT, .timeout = 5, .begin_ns = begin_ns, .woken = woken});
    stall(task, STALL_CONGESTION_WAIT, begin_ns, end_ns);
}

START_TEST(the_longest_request_is_told_step_by_step)
{
    struct event_cause cause = by("hog", 12 * MS);

    tick_at(10 * MS);
    event_write_kswapd_wake(&writer, &sample->machine, &cause, &sample->machine.zones[1], 0, true);
    served("nic", 12 * MS, 13 * MS);
    reclaim_round("hog", 13 * MS);
    stall("hog", STALL_DIRECT_RECLAIM, 13 * MS, 15 * MS);
    tell("kswapd0", 20 * MS,
         (struct reclaim_event){.kind = RECLAIM_BALANCE_END, .scanned = 64, .freed = 64});
    tick_at(20 * MS);
    sleep_congested("hog", 23 * MS, 43 * MS, false);
    served("hog", 12 * MS, 44 * MS);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_text(
        "slow allocation, 1 of 2\n"
        "  hog on CPU 0 asked for order 0 (1 page), GFP_KERNEL, by the zonelist of node 0\n"
        "  asked at 0.012000000 s, served at 0.044000000 s, 32.000 ms later\n"
        "\n"
        "zones at the last sample before, 0.010000000 s\n"
        "  0/DMA: free 4096, above_high (min 63 low 78 high 94); active 0, inactive 0, dirty 0, "
        "writeback 0\n"
        "  0/DMA32: free 12288, above_high (min 190 low 237 high 285); active 0, inactive 0, "
        "dirty 0, writeback 0\n"
        "\n"
        "the last walk over the zonelist that brought no page\n"
        "  0/DMA32 refused: no free block of order 0 or more\n"
        "\n"
        "steps\n"
        "  +0 ns         wakeup_kswapd(): 0/DMA32 is low for order 0, kswapd of node 0 slept and "
        "is woken\n"
        "  +1.000 ms     try_to_free_pages(), round 1\n"
        "  +3.000 ms       priority 12, 0/DMA32: scanned 32, freed 8 (25.0 %), 3 back to active; "
        "active list: 20 of 32 deactivated\n"
        "  +11.000 ms    try_to_free_pages() is over after 10.000 ms: scanned 32, freed 8 (25.0 "
        "%), down to priority 12; the zones are walked again\n"
        "  +31.000 ms    congestion_wait(), at most 20.000 ms: waited 20.000 ms; the timeout "
        "passed, no congested queue had drained\n"
        "\n"
        "meanwhile\n"
        "  kswapd: 1 x balance_pgdat(), scanned 64, freed 64 (100.0 %)\n"
        "\n"
        "end\n"
        "  page 9000 of 0/DMA32\n"
        "  direct reclaims 1, congestion waits of the allocator 0, calls of the OOM killer 0\n"
        "\n"
        "where the 32.000 ms went\n"
        "  direct_reclaim            2.000 ms, 1 x\n"
        "  congestion_wait          20.000 ms, 1 x\n"
        "  on a CPU, or for one     10.000 ms\n");
}
END_TEST

START_TEST(requests_are_ranked_by_length)
{
    served("a", 0, 5 * MS);
    served("b", 0, 9 * MS);
    failed("c", 9 * MS, 16 * MS, GFP_KERNEL, 4);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME, .nth = 2}), ERR_NONE);
    expect_words("failed allocation, 2 of 3\n  c on CPU 0");
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME, .nth = 3}), ERR_NONE);
    expect_words("  a on CPU 0");
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME, .nth = 4}),
                     ERR_RESULT_NOTHING);
}
END_TEST

START_TEST(failures_are_counted_from_the_first)
{
    failed("a", 0, 0, GFP_ATOMIC, 0);
    failed("b", 1, 1, GFP_ATOMIC, 3);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_FAILURE, .nth = 2}),
                     ERR_NONE);
    expect_words("failed allocation, 2 of 2\n  b on CPU 0 asked for order 3 (8 pages), GFP_ATOMIC");
    expect_words("  0/DMA32 refused: no free block of order 3 or more\n");
    expect_words("no page: without __GFP_WAIT it may neither reclaim nor wait\n");
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_FAILURE, .nth = 3}),
                     ERR_RESULT_NOTHING);
}
END_TEST

START_TEST(each_failure_has_its_reason_to_give_up)
{
    static const struct {
        uint32_t gfp, order;
        const char *words;
    } cases[] = {
        {GFP_KERNEL, 11, "no zone has blocks of that order"},
        {GFP_KERNEL | GFP_BIT_NORETRY, 0, "__GFP_NORETRY"},
        {GFP_KERNEL, 4, "an order above 3"},
        {GFP_KERNEL, 0, "the task was killed (TIF_MEMDIE)"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        failed("a", i, i, cases[i].gfp, cases[i].order);
    end_recording();
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_FAILURE, .nth = i + 1}),
                         ERR_NONE);
        expect_words(cases[i].words);
    }
}
END_TEST

START_TEST(a_task_and_a_time_choose_one)
{
    served("a", 0, 5 * MS);
    served("b", 0, 20 * MS);
    served("a", 6 * MS, 8 * MS);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME, .task = "a"}),
                     ERR_NONE);
    expect_words("slow allocation, 1 of 2\n  a on CPU 0");
    ck_assert_int_eq(
        explain((struct decision_query){.by = DECISION_AT, .at_ns = 7 * MS, .task = "a"}),
        ERR_NONE);
    expect_words("asked at 0.006000000 s, served at 0.008000000 s");
    ck_assert_int_eq(
        explain((struct decision_query){.by = DECISION_AT, .at_ns = 9 * MS, .task = "a"}),
        ERR_RESULT_NOTHING);
}
END_TEST

START_TEST(of_many_rounds_the_first_and_the_last_are_shown)
{
    for (unsigned i = 0; i < 20; i++)
        reclaim_round("a", i * 20 * MS);
    served("a", 0, 400 * MS);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_words("try_to_free_pages(), round 6\n");
    expect_silence("try_to_free_pages(), round 7\n");
    expect_words("  ... 13 more rounds of reclaim: scanned 416, freed 104 (25.0 %) ...\n"
                 "  +380.000 ms   try_to_free_pages(), round 20\n");
}
END_TEST

START_TEST(of_many_waits_in_a_row_the_first_are_shown)
{
    for (unsigned i = 0; i < 10; i++)
        tell("a", (i + 1) * MS,
             (struct reclaim_event){.kind = RECLAIM_PAGE_WAIT, .pfn = 70 + i, .begin_ns = i * MS});
    sleep_congested("a", 10 * MS, 11 * MS, true);
    served("a", 0, 12 * MS);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_words("wait_on_page_writeback(): waited 1.000 ms; until page 72 was written\n");
    expect_silence("page 73");
    expect_words("                ... 7 more such waits, in all 7.000 ms\n"
                 "  +11.000 ms    congestion_wait(), at most 20.000 ms: waited 1.000 ms; woken by");
}
END_TEST

START_TEST(an_oom_kill_is_told_with_its_badness)
{
    tell("a", MS, (struct reclaim_event){.kind = RECLAIM_OOM, .gfp = GFP_KERNEL});
    tell(
        "a", MS,
        (struct reclaim_event){
            .kind = RECLAIM_OOM_KILL, .process = &sample->process, .points = 1234, .memdie = true});
    tell("b", 2 * MS,
         (struct reclaim_event){.kind = RECLAIM_OOM_KILL, .process = &sample->process});
    served("a", 0, 3 * MS);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_words("oom_kill_process(): kills nic (pid 7), badness 1234; it may use the reserves");
    expect_words("meanwhile\n  at 0.002000000 s b made the OOM killer kill nic (pid 7)\n");
}
END_TEST

START_TEST(a_request_of_the_same_moment_is_another_one)
{
    struct event_cause cause = by("a", 0);

    event_write_kswapd_wake(&writer, &sample->machine, &cause, &sample->machine.zones[0], 0, true);
    served("a", 0, 0);
    event_write_kswapd_wake(&writer, &sample->machine, &cause, &sample->machine.zones[1], 0, true);
    served("a", 0, MS);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_words("wakeup_kswapd(): 0/DMA32");
    expect_silence("wakeup_kswapd(): 0/DMA ");
}
END_TEST

START_TEST(a_request_cut_off_by_the_end_of_the_run_is_told_too)
{
    struct failure cut = request("a", 0, 7 * MS);

    event_write_alloc_slow(&writer, &sample->machine, &cut, PFN_NONE);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_words("unfinished allocation, 1 of 1\n");
    expect_words("not served when the run ended at 0.007000000 s");
}
END_TEST

START_TEST(without_allocations_a_direct_reclaim_is_told)
{
    reclaim_round("a", 3 * MS);
    fclose(stream); /* a run that was killed */
    stream = NULL;
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_words("direct reclaim, 1 of 1\n  a on CPU 0");
    expect_words("priority 12, 0/DMA32: scanned 32, freed 8 (25.0 %)");
    expect_words("is over after 10.000 ms");
}
END_TEST

START_TEST(without_events_the_summary_tells_of_failures)
{
    sample_exhaust(sample, GFP_ATOMIC);
    fclose(stream);
    begin_recording(false);
    end_recording();
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_FAILURE}), ERR_NONE);
    expect_words("failed allocation, 1 of 1\n  nic on CPU 0");
    expect_words("  0/DMA32 refused: free ");
    expect_words(" <= lowered min ");
    expect_words("the run was recorded without --events");
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_FAILURE, .nth = 2}),
                     ERR_RESULT_NO_EVENTS);
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}),
                     ERR_RESULT_NO_EVENTS);
}
END_TEST

static void write_file(const char *bytes)
{
    fclose(stream);
    stream = fopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    fputs(bytes, stream);
    fclose(stream);
    stream = NULL;
}

START_TEST(what_is_no_output_of_a_run_is_refused)
{
    static const struct {
        const char *bytes;
        enum sim_error_code code;
    } cases[] = {
        {"", ERR_RESULT_FORMAT},
        {"hello\n", ERR_RESULT_FORMAT},
        {"{\"type\":\"header\",\"schema_version\":1", ERR_RESULT_FORMAT},
        {"{\"type\":\"header\",\"schema_version\":1}}\n", ERR_RESULT_NO_EVENTS},
        {"{\"type\":\"header\",\"schema_version\":2}\n", ERR_RESULT_VERSION},
        {"{\"type\":\"header\",\n", ERR_RESULT_FORMAT},
        {"{\"type\":\"tick\",\"time_ns\":0}\n", ERR_RESULT_FORMAT},
        {"{\"type\":\"header\",\"schema_version\":1,\"events\":true}\n{\"type\":\"talk\"}\n",
         ERR_RESULT_FORMAT},
        {"{\"type\":\"header\",\"schema_version\":1,\"events\":true}\n"
         "{\"type\":\"event\",\"event\":\"alloc_slow\",\"time_ns\":x}\n",
         ERR_RESULT_FORMAT},
        {"{\"type\":\"header\",\"schema_version\":1,\"events\":true}\n"
         "{\"type\":\"event\",\"event\":\"alloc_slow\",\"time_ns\":1,\n",
         ERR_RESULT_FORMAT},
        {"{\"type\":\"header\",\"schema_version\":1,\"events\":true}\n{\"type\":\"ti",
         ERR_RESULT_NOTHING},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        stream = stream ? stream : fopen(path, "rb");
        write_file(cases[i].bytes);
        ck_assert_msg(explain((struct decision_query){.by = DECISION_BY_TIME}) == cases[i].code,
                      "case %u", i);
    }
    unlink(path);
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_OPEN);
}
END_TEST

START_TEST(lines_whose_members_lack_or_are_of_other_types_do_no_harm)
{
    write_file("{\"type\":\"header\",\"schema_version\":1,\"events\":true,\"tick_ns\":\"x\"}\n"
               "{\"type\":\"event\",\"event\":\"congestion_wait\",\"time_ns\":0,\"task\":\"a\"}\n"
               "{\"type\":\"event\",\"event\":\"kswapd_wake\",\"time_ns\":0,\"task\":\"a\"}\n"
               "{\"type\":\"event\",\"event\":\"oom_kill\",\"time_ns\":0,\"task\":\"a\"}\n"
               "{\"type\":\"event\",\"event\":\"extfrag\",\"time_ns\":0,\"task\":\"a\"}\n"
               "{\"type\":\"event\",\"event\":\"shrink_zone_end\",\"time_ns\":0,\"task\":\"a\"}\n"
               "{\"type\":\"event\",\"event\":\"alloc_slow\",\"time_ns\":9,\"task\":\"a\","
               "\"begin_ns\":0,\"order\":-1e300,\"refusals\":[{}]}\n");
    ck_assert_int_eq(explain((struct decision_query){.by = DECISION_BY_TIME}), ERR_NONE);
    expect_words("unfinished allocation");
}
END_TEST

START_TEST(lack_of_memory_is_reported)
{
    bool refused = true;

    reclaim_round("a", 0);
    sleep_congested("a", 10 * MS, 11 * MS, true);
    served("a", 0, 12 * MS);
    end_recording();
    for (unsigned nth = 0; refused; nth++) {
        enum sim_error_code code;

        strbuf_fini(&text);
        fail_malloc_at(nth);
        code = explain((struct decision_query){.by = DECISION_BY_TIME});
        refused = fail_malloc_off();
        ck_assert_int_eq(code, refused ? ERR_OUT_OF_MEMORY : ERR_NONE);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("explain");
    TCase *tcase = tcase_create("recorded");
    const TTest *const tests[] = {
        the_longest_request_is_told_step_by_step,
        requests_are_ranked_by_length,
        failures_are_counted_from_the_first,
        each_failure_has_its_reason_to_give_up,
        a_task_and_a_time_choose_one,
        of_many_rounds_the_first_and_the_last_are_shown,
        of_many_waits_in_a_row_the_first_are_shown,
        an_oom_kill_is_told_with_its_badness,
        a_request_of_the_same_moment_is_another_one,
        a_request_cut_off_by_the_end_of_the_run_is_told_too,
        without_allocations_a_direct_reclaim_is_told,
        without_events_the_summary_tells_of_failures,
        what_is_no_output_of_a_run_is_refused,
        lines_whose_members_lack_or_are_of_other_types_do_no_harm,
        lack_of_memory_is_reported,
    };

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
