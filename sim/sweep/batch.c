/* SPDX-License-Identifier: MIT */
/* A sweep as jobs of a batch system. */
#include "sweep/batch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool batch_chunks(uint32_t runs, uint64_t chunks, uint64_t chunk_runs, uint32_t max_array_size,
                  uint32_t *ret_chunks, struct sim_error *err)
{
    uint64_t limit = max_array_size - 1;
    uint64_t wanted = chunks;

    if (chunks > limit) {
        sim_error_set(err, ERR_USAGE, "--chunks: this site allows array tasks up to %u",
                      max_array_size - 1);
        return false;
    }
    if (!chunks) {
        uint64_t size = chunk_runs ? chunk_runs : BATCH_CHUNK_RUNS;

        wanted = runs / size + (runs % size != 0);
    }
    if (wanted > limit)
        wanted = limit;
    *ret_chunks = (uint32_t)(wanted < runs ? wanted : runs);
    return true;
}

/* Adds a word that is two texts, joined. */
static void add(struct batch_command *command, const char *begin, const char *end)
{
    struct strbuf word = {0};

    strbuf_adds(&word, begin);
    strbuf_adds(&word, end);
    if (word.failed || !vec_reserve(&command->words, command->words.count + 2)) {
        strbuf_fini(&word);
        command->failed = true;
        return;
    }
    command->words.items[command->words.count++] = word.data;
    command->words.items[command->words.count] = NULL;
}

static void add_number(struct batch_command *command, const char *begin, uint64_t number)
{
    struct strbuf text = {0};

    strbuf_addf(&text, "%s%" PRIu64, begin, number);
    if (text.failed)
        command->failed = true;
    else
        add(command, text.data, "");
    strbuf_fini(&text);
}

/* What both jobs have in common, up to the script. */
static void add_common(struct batch_command *command, const struct batch_jobs *jobs,
                       const char *log)
{
    add(command, "sbatch", "");
    add(command, "--parsable", "");
    add(command, "--job-name=mmsim-", jobs->name);
    add(command, "--output=", log);
    if (jobs->partition)
        add(command, "--partition=", jobs->partition);
    if (jobs->time)
        add(command, "--time=", jobs->time);
}

static void add_script(struct batch_command *command, const struct batch_jobs *jobs,
                       const char *action)
{
    for (uint32_t i = 0; i < jobs->nr_extra; i++)
        add(command, jobs->extra[i], "");
    add(command, jobs->script, "");
    add(command, action, "");
    add(command, jobs->mmsim, "");
    add(command, jobs->dir, "");
}

/* DIR/logs/NAME, in which only NAME has a pattern of sbatch; NULL: no host memory. */
static char *log_path(const struct batch_jobs *jobs, const char *name)
{
    struct strbuf path = {0};

    for (const char *at = jobs->dir; *at; at++) {
        strbuf_adds(&path, *at == '%' ? "%" : "");
        strbuf_add(&path, at, 1);
    }
    strbuf_addf(&path, "/logs/%s", name);
    if (path.failed)
        strbuf_fini(&path);
    return path.data;
}

void batch_array_command(struct batch_command *command, const struct batch_jobs *jobs)
{
    struct strbuf tasks = {0};
    char *log = log_path(jobs, "chunk-%a.log");

    *command = (struct batch_command){0};
    index_set_format(&tasks, jobs->missing, 1);
    if (log && !tasks.failed) {
        add_common(command, jobs, log);
        add(command, "--array=", tasks.data);
        if (jobs->cpus)
            add_number(command, "--cpus-per-task=", jobs->cpus);
        add_script(command, jobs, "run");
        add_number(command, "", jobs->chunks);
    } else {
        command->failed = true;
    }
    strbuf_fini(&tasks);
    free(log);
}

void batch_merge_command(struct batch_command *command, const struct batch_jobs *jobs,
                         const char *job)
{
    char *log = log_path(jobs, "merge.log");

    *command = (struct batch_command){0};
    if (log) {
        add_common(command, jobs, log);
        add(command, "--dependency=afterany:", job);
        add_script(command, jobs, "merge");
        add(command, jobs->output, "");
    } else {
        command->failed = true;
    }
    free(log);
}

void batch_command_fini(struct batch_command *command)
{
    for (size_t i = 0; i < command->words.count; i++)
        free(command->words.items[i]);
    vec_fini(&command->words);
}

/* In single quotes, unless the shell leaves it alone anyway. */
static void format_word(struct strbuf *buf, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_=+,./:@%";

    if (*word && word[strspn(word, plain)] == '\0') {
        strbuf_adds(buf, word);
        return;
    }
    strbuf_adds(buf, "'");
    for (; *word; word++) {
        if (*word == '\'')
            strbuf_adds(buf, "'\\''");
        else
            strbuf_add(buf, word, 1);
    }
    strbuf_adds(buf, "'");
}

void batch_command_format(struct strbuf *buf, const struct batch_command *command)
{
    for (size_t i = 0; i < command->words.count; i++) {
        if (i)
            strbuf_adds(buf, " ");
        format_word(buf, command->words.items[i]);
    }
}
