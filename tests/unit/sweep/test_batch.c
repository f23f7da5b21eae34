/* SPDX-License-Identifier: MIT */
/* Chunks and command lines for a batch system. */
#include "sweep/batch.h"

#include "lib/fail_malloc.h"
#include "lib/test.h"

static uint32_t chunks_of(uint32_t runs, uint64_t chunks, uint64_t chunk_runs, uint32_t limit)
{
    struct sim_error err = {0};
    uint32_t result = 0;

    ck_assert(batch_chunks(runs, chunks, chunk_runs, limit, &result, &err));
    return result;
}

START_TEST(each_chunk_has_at_most_the_runs_asked_for)
{
    ck_assert_uint_eq(chunks_of(1000, 0, 0, 1001), 63);
    ck_assert_uint_eq(chunks_of(1000, 0, 100, 1001), 10);
    ck_assert_uint_eq(chunks_of(1001, 0, 100, 1001), 11);
    ck_assert_uint_eq(chunks_of(5, 0, 100, 1001), 1);
    ck_assert_uint_eq(chunks_of(UINT32_MAX, 0, UINT64_MAX, 1001), 1);
}
END_TEST

START_TEST(there_are_no_more_chunks_than_the_site_allows_or_runs)
{
    ck_assert_uint_eq(chunks_of(1000000, 0, 16, 1001), 1000);
    ck_assert_uint_eq(chunks_of(1000000, 0, 1, 2), 1);
    ck_assert_uint_eq(chunks_of(7, 1000, 0, 1001), 7);
    ck_assert_uint_eq(chunks_of(5000, 1000, 0, 1001), 1000);
}
END_TEST

START_TEST(more_chunks_than_the_site_allows_are_refused)
{
    struct sim_error err = {0};
    uint32_t chunks = 77;

    ck_assert(!batch_chunks(5000, 1001, 0, 1001, &chunks, &err));
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_uint_eq(chunks, 77);
}
END_TEST

/* Chunks 2 and 4 to 6 of 9 are missing. */
static struct batch_jobs jobs_with(struct index_set *missing)
{
    static const char *const extra[] = {"--mem=1G", "--comment=it's here"};

    ck_assert(index_set_init(missing, 9));
    index_set_add(missing, 1);
    for (uint32_t i = 3; i < 6; i++)
        index_set_add(missing, i);
    return (struct batch_jobs){
        .name = "grid",
        .script = "/s/sweep.sbatch",
        .mmsim = "/bin/mmsim",
        .dir = "/s",
        .output = "out.jsonl",
        .chunks = 9,
        .missing = missing,
        .cpus = 4,
        .time = "1:00",
        .partition = "p",
        .extra = extra,
        .nr_extra = 2,
    };
}

static void expect_command(const struct batch_command *command, const char *text)
{
    struct strbuf buf = {0};

    ck_assert(!command->failed);
    ck_assert_ptr_null(command->words.items[command->words.count]);
    batch_command_format(&buf, command);
    ck_assert_str_eq(buf.data, text);
    strbuf_fini(&buf);
}

START_TEST(the_array_names_the_missing_chunks)
{
    struct index_set missing;
    struct batch_jobs jobs = jobs_with(&missing);
    struct batch_command command;

    batch_array_command(&command, &jobs);
    expect_command(&command,
                   "sbatch --parsable --job-name=mmsim-grid --output=/s/logs/chunk-%a.log "
                   "--partition=p --time=1:00 --array=2,4-6 --cpus-per-task=4 --mem=1G "
                   "'--comment=it'\\''s here' /s/sweep.sbatch run /bin/mmsim /s 9");
    batch_command_fini(&command);
    index_set_fini(&missing);
}
END_TEST

START_TEST(the_merge_waits_for_the_array_whatever_becomes_of_it)
{
    struct index_set missing;
    struct batch_jobs jobs = jobs_with(&missing);
    struct batch_command command;

    jobs.partition = jobs.time = NULL;
    jobs.nr_extra = 0;
    batch_merge_command(&command, &jobs, "17");
    expect_command(&command, "sbatch --parsable --job-name=mmsim-grid --output=/s/logs/merge.log "
                             "--dependency=afterany:17 /s/sweep.sbatch merge /bin/mmsim /s "
                             "out.jsonl");
    batch_command_fini(&command);
    index_set_fini(&missing);
}
END_TEST

START_TEST(a_percent_sign_in_the_folder_is_no_pattern_of_the_log)
{
    struct index_set missing;
    struct batch_jobs jobs = jobs_with(&missing);
    struct batch_command command;

    jobs.dir = "/50%j";
    batch_array_command(&command, &jobs);
    ck_assert_str_eq(command.words.items[3], "--output=/50%%j/logs/chunk-%a.log");
    batch_command_fini(&command);
    index_set_fini(&missing);
}
END_TEST

START_TEST(a_command_without_memory_says_so)
{
    struct index_set missing;
    struct batch_jobs jobs = jobs_with(&missing);
    bool failed = true;

    for (unsigned n = 0; failed; n++) {
        struct batch_command command;
        bool reached;

        fail_malloc_at(n);
        batch_array_command(&command, &jobs);
        reached = fail_malloc_off();
        failed = command.failed;
        ck_assert_int_eq(failed, reached);
        batch_command_fini(&command);
    }
    index_set_fini(&missing);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batch");

    TEST_CASE(suite, "chunks", each_chunk_has_at_most_the_runs_asked_for,
              there_are_no_more_chunks_than_the_site_allows_or_runs,
              more_chunks_than_the_site_allows_are_refused);
    TEST_CASE(suite, "commands", the_array_names_the_missing_chunks,
              the_merge_waits_for_the_array_whatever_becomes_of_it,
              a_percent_sign_in_the_folder_is_no_pattern_of_the_log,
              a_command_without_memory_says_so);
    return test_run(suite);
}
