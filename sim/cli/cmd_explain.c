/* SPDX-License-Identifier: MIT */
/* mmsim explain: the decisions behind one slow or failed allocation. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "stats/explain.h"

struct explain_options {
    struct option_number failure;
    struct option_number stall;
    const char *task;
    struct option_number at_ns;
};

#define MEMBER(name) offsetof(struct explain_options, name)

static const struct option_spec explain_option_table[] = {
    {"failure", 'f', "N", "the Nth allocation that failed, from 1", OPTION_NUMBER, MEMBER(failure)},
    {"stall", 's', "N", "the Nth longest allocation; default: the longest", OPTION_NUMBER,
     MEMBER(stall)},
    {"task", 't', "NAME", "only those of this task", OPTION_TEXT, MEMBER(task)},
    {"at", 0, "TIME", "the one that was under way then; needs --task", OPTION_DURATION,
     MEMBER(at_ns)},
};

static const struct usage explain_usage = {
    .synopsis = "mmsim explain OUT.jsonl [OPTION]...",
    .intro = "Says why one allocation failed or took long: who asked for what, the check of each\n"
             "zone that refused, what reclaim did, each wait and its end. OUT.jsonl is the output\n"
             "of a run with --events; of one without, --failure tells what the summary knows.\n",
    .options = explain_option_table,
    .nr_options = sizeof(explain_option_table) / sizeof(explain_option_table[0]),
    .examples = "  mmsim run workloads/atomic-burst.yaml --events -o out.jsonl\n"
                "  mmsim explain out.jsonl --failure 1\n",
    .min_operands = 1,
    .max_operands = 1,
};

static bool make_query(const struct explain_options *options, struct decision_query *query,
                       struct sim_error *err)
{
    unsigned ways = options->failure.given + options->stall.given + options->at_ns.given;

    *query = (struct decision_query){.by = DECISION_BY_TIME, .nth = 1, .task = options->task};
    if (ways > 1)
        return sim_error_set(err, ERR_USAGE, "--failure, --stall and --at exclude each other");
    if (options->at_ns.given && !options->task)
        return sim_error_set(err, ERR_USAGE, "--at needs --task");
    if (options->failure.given) {
        query->by = DECISION_BY_FAILURE;
        query->nth = options->failure.value;
    } else if (options->stall.given) {
        query->nth = options->stall.value;
    } else if (options->at_ns.given) {
        query->by = DECISION_AT;
        query->at_ns = options->at_ns.value;
    }
    return query->nth > 0 || sim_error_set(err, ERR_USAGE, "they are counted from 1");
}

static bool explain(const struct decision_query *query, const char *path, struct strbuf *text,
                    struct sim_error *err)
{
    struct result_reader reader;
    struct decision decision;
    bool ok;

    if (strcmp(path, "-") == 0)
        return sim_error_set(err, ERR_USAGE, "the output is read twice: it cannot be stdin");
    if (!result_reader_open(&reader, path, err))
        return false;
    ok = decision_find(&reader, query, &decision, err) &&
         explain_format(text, &reader, &decision, err);
    result_reader_close(&reader);
    return ok;
}

static int execute(const struct explain_options *options, const char *path)
{
    struct decision_query query;
    struct sim_error err = {0};
    struct strbuf text = {0};
    bool ok = make_query(options, &query, &err) && explain(&query, path, &text, &err);

    if (ok)
        fwrite(text.data, 1, text.length, stdout);
    strbuf_fini(&text);
    if (ok)
        return EXIT_DONE;
    return cli_fail(&err);
}

static int run(int argc, char **argv)
{
    struct explain_options options = {0};
    int first;
    int code;

    if (!cli_options(&explain_usage, argc, argv, &options, &first, &code))
        return code;
    return execute(&options, argv[first]);
}

const struct command cmd_explain = {"explain", "say why an allocation failed or took long", run};
