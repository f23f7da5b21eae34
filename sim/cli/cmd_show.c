/* SPDX-License-Identifier: MIT */
/* mmsim show: a machine at one moment of its run, as the kernel's files in /proc show one. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/units.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/show_files.h"
#include "stats/result_reader.h"

struct show_options {
    const char *at;
    const char *as;
    const char *output;
    struct option_number node;
};

#define MEMBER(name) offsetof(struct show_options, name)

static const struct option_spec show_option_table[] = {
    {"at", 0, "TIME", "the last tick at or before; default: the end of the run", OPTION_TEXT,
     MEMBER(at)},
    {"as", 0, "FILE", "which file, or all of them", OPTION_TEXT, MEMBER(as)},
    {"node", 0, "N", "whose, of a file that each node has", OPTION_NUMBER, MEMBER(node)},
    {"output", 'o', "PATH", "where to; with --as all a folder", OPTION_TEXT, MEMBER(output)},
};

static const struct usage show_usage = {
    .synopsis = "mmsim show OUT.jsonl --as FILE [OPTION]...",
    .intro =
        "Prints what a file of the kernel would have shown at one moment of a run, byte for\n"
        "byte: buddyinfo, zoneinfo, pagetypeinfo, vmstat and slabinfo of /proc, and numastat,\n"
        "meminfo and distance of a node. --as all writes all of them below a folder, as\n"
        "proc/... and sys/devices/system/node/..., for tools that can be pointed there.\n",
    .options = show_option_table,
    .nr_options = sizeof(show_option_table) / sizeof(show_option_table[0]),
    .examples = "  mmsim show out.jsonl --at 200ms --as buddyinfo\n"
                "  mmsim show out.jsonl --as all -o host\n",
    .min_operands = 1,
    .max_operands = 1,
};

/* The two lines that a snapshot is read from. */
struct show_lines {
    struct strbuf header;
    struct strbuf tick;
    uint32_t tick_number; /* its line, 0: none */
};

static void lines_fini(struct show_lines *lines)
{
    strbuf_fini(&lines->header);
    strbuf_fini(&lines->tick);
}

static void keep(struct strbuf *copy, const struct result_reader *reader)
{
    strbuf_reset(copy);
    strbuf_add(copy, reader->line, reader->length);
}

static bool is_regular(FILE *stream)
{
    struct stat status;

    return fstat(fileno(stream), &status) == 0 && S_ISREG(status.st_mode);
}

/* The line at the time, or before it; UINT64_MAX: the summary. What is no file is read to its end:
 * who writes a pipe need not notice. */
static bool choose_line(struct show_lines *lines, struct result_reader *reader, uint64_t at_ns,
                        struct sim_error *err)
{
    bool is_file = is_regular(reader->stream);
    bool finished = false;

    keep(&lines->header, reader);
    while (result_reader_next(reader, err)) {
        finished = reader->type == RESULT_SUMMARY;
        if (reader->time_ns > at_ns && is_file)
            break;
        if (reader->type == RESULT_EVENT || reader->type == RESULT_HEADER ||
            reader->time_ns > at_ns)
            continue;
        keep(&lines->tick, reader);
        lines->tick_number = reader->number;
    }
    if (sim_error_is_set(err))
        return false;
    if (lines->header.failed || lines->tick.failed)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a line");
    if (at_ns == UINT64_MAX && !finished)
        sim_error_set(err, ERR_RESULT_UNFINISHED, "the output ends before its summary");
    else if (lines->tick_number == 0)
        sim_error_set(err, ERR_RESULT_NOTHING, "the first tick is later than that");
    else
        return true;
    sim_error_add_place(err, reader->path, reader->number, 1);
    if (err->code == ERR_RESULT_UNFINISHED)
        sim_error_add_hint(err, "--at TIME shows one of its ticks");
    return false;
}

static bool find_lines(struct show_lines *lines, const char *path, uint64_t at_ns,
                       struct sim_error *err)
{
    struct result_reader reader;
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    bool ok;

    if (!stream)
        return sim_error_set(err, ERR_OPEN, "cannot open '%.180s': %s", path, strerror(errno));
    if (!result_reader_attach_pipe(&reader, stream, path, err))
        return false;
    ok = choose_line(lines, &reader, at_ns, err);
    result_reader_close(&reader);
    return ok;
}

static bool take_snapshot(struct snapshot *snapshot, const char *path, uint64_t at_ns,
                          struct sim_error *err)
{
    struct show_lines lines = {0};
    bool ok = find_lines(&lines, path, at_ns, err);
    uint32_t number = 0;

    if (ok && !snapshot_read_header(snapshot, lines.header.data, lines.header.length))
        number = 1;
    else if (ok && !snapshot_read_tick(snapshot, lines.tick.data, lines.tick.length))
        number = lines.tick_number;
    if (number && snapshot->out_of_memory)
        ok = sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the machine");
    else if (number) {
        ok = sim_error_set(err, ERR_RESULT_FORMAT, "not a line as this version writes it");
        sim_error_add_place(err, path, number, 1);
    }
    lines_fini(&lines);
    return ok;
}

static bool parse_at(const struct show_options *options, uint64_t *ret_ns, struct sim_error *err)
{
    *ret_ns = UINT64_MAX;
    if (!options->at || strcmp(options->at, "end") == 0 ||
        duration_parse(options->at, strlen(options->at), ret_ns))
        return true;
    return sim_error_set(err, ERR_USAGE, "--at: not a time such as 10ms, nor end: %.60s",
                         options->at);
}

/* Writes the text of the file, or of all; returns the exit code. */
static int write_files(const struct show_options *options, const struct snapshot *snapshot,
                       const struct show_file *file, struct sim_error *err)
{
    const char *path = options->output ? options->output : "-";
    struct strbuf text = {0};
    FILE *stream;

    if (!file)
        return show_folder_write(path, snapshot, err) ? EXIT_DONE : cli_fail_output(err);
    if (!show_file_format(&text, snapshot, file, options->node.given ? &options->node.value : NULL,
                          err))
        return cli_fail(err);
    if (text.failed)
        sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the text of the file");
    else if (file_output_open(&stream, path, err)) {
        fwrite(text.data ? text.data : "", 1, text.length, stream);
        file_output_close(stream, path, err);
    }
    strbuf_fini(&text);
    return sim_error_is_set(err) ? cli_fail_output(err) : EXIT_DONE;
}

/* What of the options can be judged before anything is read; *ret_all: --as all. */
static bool check_options(const struct show_options *options, const char *path,
                          struct show_file *ret_file, bool *ret_all, struct sim_error *err)
{
    const char *output = options->output ? options->output : "-";

    if (!options->as)
        return sim_error_set(err, ERR_USAGE, "--as is missing: which file?");
    *ret_all = strcmp(options->as, "all") == 0;
    if (!*ret_all && !show_file_parse(ret_file, options->as, err))
        return false;
    if (*ret_all && (strcmp(output, "-") == 0 || options->node.given))
        return sim_error_set(err, ERR_USAGE, "--as all needs -o FOLDER, and no --node");
    if (!*output)
        return sim_error_set(err, ERR_USAGE, "-o: the path is empty");
    if (cli_same_file(output, path))
        return sim_error_set(err, ERR_USAGE, "%.180s is what is to be shown", output);
    return true;
}

static int show(const struct show_options *options, const char *path, struct sim_error *err)
{
    struct snapshot snapshot = {0};
    struct show_file file = {0};
    uint64_t at_ns;
    bool all = false;
    int code;

    if (!check_options(options, path, &file, &all, err) || !parse_at(options, &at_ns, err))
        return cli_fail(err);
    code = take_snapshot(&snapshot, path, at_ns, err)
               ? write_files(options, &snapshot, all ? NULL : &file, err)
               : cli_fail(err);
    snapshot_fini(&snapshot);
    return code;
}

static int run(int argc, char **argv)
{
    struct show_options options = {0};
    struct sim_error err = {0};
    int first;
    int code;

    if (!cli_options(&show_usage, argc, argv, &options, &first, &code))
        return code;
    return show(&options, argv[first], &err);
}

const struct command cmd_show = {"show", "show a tick as the files of /proc show a machine", run};
