/* SPDX-License-Identifier: MIT */
/* mmsim trace: looks into a binary trace. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/units.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "trace/mmtr_source.h"
#include "trace/trace_dump.h"
#include "trace/trace_info.h"

struct trace_options {
    bool quality;
};

static const struct option_spec trace_option_table[] = {
    {"quality", 0, NULL, "info: the counts of the import, too", OPTION_FLAG,
     offsetof(struct trace_options, quality)},
};

static const struct usage trace_usage = {
    .synopsis = "mmsim trace info|dump FILE [OPTION]...",
    .intro = "info says what is in a binary trace, dump prints its records, one a line.\n"
             "\"-\" is stdin.\n",
    .options = trace_option_table,
    .nr_options = sizeof(trace_option_table) / sizeof(trace_option_table[0]),
    .examples = "  mmsim trace info workloads/boot-256m.mmtr\n"
                "  mmsim trace dump workloads/boot-256m.mmtr | head\n",
    .min_operands = 2,
    .max_operands = 2,
};

static void print_seconds(const char *label, uint64_t time_ns)
{
    printf("%-16s %" PRIu64 ".%09" PRIu64 " s\n", label, time_ns / NSEC_PER_SEC,
           time_ns % NSEC_PER_SEC);
}

static void print_info(const struct trace_info *info)
{
    printf("%-16s %" PRIu64 "\n", "records", info->records);
    printf("%-16s %" PRIu32 "\n", "tasks", info->nr_tasks);
    print_seconds("first", info->first_ns);
    print_seconds("last", info->last_ns);
    for (unsigned op = 0; op < NR_TRACE_OPS; op++) {
        if (info->ops[op])
            printf("%-22s %10" PRIu64 "\n", trace_op_name((enum trace_op)op), info->ops[op]);
    }
    for (unsigned order = 0; order <= TRACE_ORDER_MAX; order++) {
        if (info->orders[order])
            printf("allocations of order %-2u %9" PRIu64 "\n", order, info->orders[order]);
    }
    printf("%-16s %" PRIu64 "\n", "reclaim frees", info->reclaim_frees);
    printf("%-16s %" PRIu64 " blocks\n", "most held", info->peak_blocks);
    printf("%-16s %" PRIu64 " pages (%" PRIu64 " kB)\n", "most held", info->peak_pages,
           pages_to_kb(info->peak_pages));
    print_seconds("  at", info->peak_pages_ns);
    printf("%-16s %" PRIu64 " blocks, %" PRIu64 " pages\n", "held at the end", info->live_blocks,
           info->live_pages);
}

static void print_meta(const struct trace_source *source)
{
    for (uint32_t i = 0; i < mmtr_source_nr_meta(source); i++) {
        const char *key;
        const char *value;

        mmtr_source_meta(source, i, &key, &value);
        printf("%-16s %s\n", key, value);
    }
}

static void print_quality(const struct import_quality *quality, bool all)
{
    const char *warning;

    if (!quality)
        return;
    for (unsigned i = 0; all && i < NR_IMPORT_COUNTS; i++)
        printf("%-20s %12" PRIu64 "  %s\n", import_count_name(i), import_count_value(quality, i),
               import_count_meaning(i));
    for (unsigned i = 0; (warning = import_quality_warning(quality, i)) != NULL; i++)
        printf("warning: %s\n", warning);
}

static bool print_all_info(struct trace_source *source, const struct trace_options *options,
                           struct sim_error *err)
{
    struct trace_info info;

    if (!trace_info_collect(source, &info, err))
        return false;
    print_meta(source);
    print_info(&info);
    print_quality(mmtr_source_quality(source), options->quality);
    return true;
}

/* False stops a dump that nobody reads any more; main() sees that stdout has failed. */
static bool write_text(void *ctx, const char *text, size_t length)
{
    return fwrite(text, 1, length, (FILE *)ctx) == length;
}

static bool show(struct trace_source *source, bool info, const struct trace_options *options,
                 struct sim_error *err)
{
    if (info)
        return print_all_info(source, options, err);
    return trace_dump(source, write_text, stdout, err);
}

static int trace(const struct trace_options *options, const char *action, const char *path)
{
    struct sim_error err = {0};
    struct file_bytes bytes;
    struct trace_source *source;
    bool info = strcmp(action, "info") == 0;
    bool ok;

    if (!info && strcmp(action, "dump") != 0) {
        sim_error_set(&err, ERR_USAGE, "unknown action %.60s", action);
        sim_error_add_hint(&err, "known: info, dump");
        return cli_fail(&err);
    }
    if (!file_bytes_init(&bytes, path, &err))
        return cli_fail(&err);
    source = mmtr_source_create(path, bytes.data, bytes.size, &err);
    ok = source && show(source, info, options, &err);
    trace_source_destroy(source);
    file_bytes_fini(&bytes);
    return ok ? EXIT_DONE : cli_fail(&err);
}

static int run(int argc, char **argv)
{
    struct trace_options options = {0};
    int first;
    int code;

    if (!cli_options(&trace_usage, argc, argv, &options, &first, &code))
        return code;
    return trace(&options, argv[first], argv[first + 1]);
}

const struct command cmd_trace = {"trace", "look into a binary trace", run};
