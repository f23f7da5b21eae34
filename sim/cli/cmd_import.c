/* SPDX-License-Identifier: MIT */
/* mmsim import: turns a captured trace into a binary one. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "trace/ftrace_import.h"

struct import_options {
    const char *output_path;
    const char *kernel;
    bool json;
    bool quiet;
};

#define MEMBER(name) offsetof(struct import_options, name)

static const struct option_spec import_option_table[] = {
    {"output", 'o', "OUT", "the binary trace to write; required", OPTION_TEXT, MEMBER(output_path)},
    {"kernel", 0, "TEXT", "which kernel was captured; kept in the trace", OPTION_TEXT,
     MEMBER(kernel)},
    {"json", 0, NULL, "print the counts as one JSON object", OPTION_FLAG, MEMBER(json)},
    {"quiet", 'q', NULL, "print no counts, only warnings", OPTION_FLAG, MEMBER(quiet)},
};

static const struct usage import_usage = {
    .synopsis = "mmsim import ftrace INPUT -o OUT [OPTION]...",
    .intro =
        "Reads the text of an ftrace capture with kmem:mm_page_alloc and mm_page_free, writes\n"
        "a binary trace that `mmsim run` replays, and prints what it met on the way.\n"
        "\"-\" is stdin or stdout; with OUT on stdout the counts go to stderr.\n",
    .options = import_option_table,
    .nr_options = sizeof(import_option_table) / sizeof(import_option_table[0]),
    .examples = "  mmsim import ftrace trace.txt -o boot.mmtr\n"
                "  xzcat trace.txt.xz | mmsim import ftrace - -o boot.mmtr\n",
    .min_operands = 2,
    .max_operands = 2,
};

static void print_counts(const struct import_quality *quality, FILE *stream)
{
    for (unsigned i = 0; i < NR_IMPORT_COUNTS; i++)
        fprintf(stream, "%-20s %12" PRIu64 "  %s\n", import_count_name(i),
                import_count_value(quality, i), import_count_meaning(i));
}

static void print_counts_json(const struct import_quality *quality, FILE *stream)
{
    for (unsigned i = 0; i < NR_IMPORT_COUNTS; i++)
        fprintf(stream, "%s\"%s\":%" PRIu64, i == 0 ? "{" : ",", import_count_name(i),
                import_count_value(quality, i));
    fputs("}\n", stream);
}

static void print_quality(const struct import_options *options,
                          const struct import_quality *quality)
{
    FILE *stream = strcmp(options->output_path, "-") == 0 ? stderr : stdout;
    const char *warning;

    if (options->json)
        print_counts_json(quality, stream);
    else if (!options->quiet)
        print_counts(quality, stream);
    for (unsigned i = 0; (warning = import_quality_warning(quality, i)) != NULL; i++)
        fprintf(stderr, "warning: %s\n", warning);
}

static bool import_bytes(const struct import_options *options, const char *input_path,
                         const struct file_bytes *bytes, FILE *output,
                         struct import_quality *ret_quality, struct sim_error *err)
{
    const struct ftrace_import_options import_options = {.file_name = input_path,
                                                         .kernel = options->kernel};
    struct mmtr_writer *writer = mmtr_writer_create(output, NULL, err);
    bool ok;

    if (!writer)
        return false;
    ok = ftrace_import(&import_options, bytes->data, bytes->size, writer, ret_quality, err);
    mmtr_writer_destroy(writer);
    return ok;
}

/* A failed import leaves no file behind that looks like a trace. */
static int import_file(const struct import_options *options, const char *input_path,
                       const struct file_bytes *bytes)
{
    struct import_quality quality = {0};
    struct sim_error err = {0};
    struct sim_error close_err = {0};
    FILE *output;
    bool ok;

    if (!file_output_open(&output, options->output_path, &err))
        return cli_fail_output(&err);
    ok = import_bytes(options, input_path, bytes, output, &quality, &err);
    if (!file_output_close(output, options->output_path, &close_err) && ok) {
        ok = false;
        err = close_err;
    }
    if (ok || err.code == ERR_IMPORT_EMPTY)
        print_quality(options, &quality);
    if (ok)
        return EXIT_DONE;
    if (strcmp(options->output_path, "-") != 0)
        remove(options->output_path);
    return cli_fail(&err);
}

static int import(const struct import_options *options, const char *format, const char *input_path)
{
    static const char *const formats[] = {"ftrace"};
    struct sim_error err = {0};
    struct file_bytes bytes;
    int code;

    if (strcmp(format, formats[0]) != 0) {
        sim_error_set(&err, ERR_USAGE, "unknown format %.60s", format);
        sim_error_add_hint(&err, "known: %s", formats[0]);
        return cli_fail(&err);
    }
    if (!options->output_path) {
        sim_error_set(&err, ERR_USAGE, "-o OUT is missing");
        return cli_fail(&err);
    }
    if (cli_same_file(options->output_path, input_path)) {
        sim_error_set(&err, ERR_USAGE, "input and output are the same file");
        return cli_fail(&err);
    }
    if (!file_bytes_init(&bytes, input_path, &err))
        return cli_fail(&err);
    code = import_file(options, input_path, &bytes);
    file_bytes_fini(&bytes);
    return code;
}

static int run(int argc, char **argv)
{
    struct import_options options = {0};
    int first;
    int code;

    if (!cli_options(&import_usage, argc, argv, &options, &first, &code))
        return code;
    return import(&options, argv[first], argv[first + 1]);
}

const struct command cmd_import = {"import", "turn a capture of a real kernel into a trace", run};
