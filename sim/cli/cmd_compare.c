/* SPDX-License-Identifier: MIT */
/* mmsim compare: what changed between results, or between configurations over one workload. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/compare_sides.h"
#include "cli/options.h"
#include "compare/comparison.h"
#include "compare/report.h"

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct compare_options {
    struct option_texts machines;
    struct option_texts tries;
    struct option_texts sets;
    struct option_texts metrics;
    struct option_texts conditions;
    const char *thresholds_path;
    const char *output_path;
    struct option_number seeds;
    struct option_number seed;
    struct option_number tick_ns;
    struct option_number until_ns;
    enum report_format format;
    enum color_mode color;
};

/* ---- options ---- */

/* One of the names; `known` lists them for the hint. */
static bool choose(const char *option, const char *value, const char *const *names, size_t count,
                   const char *known, size_t *ret_index, struct sim_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(value, names[i]) != 0)
            continue;
        *ret_index = i;
        return true;
    }
    sim_error_set(err, ERR_USAGE, "--%s: not known: %.60s", option, value);
    sim_error_add_hint(err, "%s", known);
    return false;
}

static bool set_format(void *target, const char *value, struct sim_error *err)
{
    static const char *const names[] = {
        [REPORT_TABLE] = "table",
        [REPORT_MARKDOWN] = "markdown",
        [REPORT_JSON] = "json",
        [REPORT_JUNIT] = "junit",
    };
    struct compare_options *options = target;
    size_t index = options->format;
    bool known = choose("format", value, names, sizeof(names) / sizeof(names[0]),
                        "table, markdown, json or junit", &index, err);

    options->format = (enum report_format)index;
    return known;
}

static bool set_color(void *target, const char *value, struct sim_error *err)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto",
        [COLOR_ALWAYS] = "always",
        [COLOR_NEVER] = "never",
    };
    struct compare_options *options = target;
    size_t index = options->color;
    bool known = choose("color", value, names, sizeof(names) / sizeof(names[0]),
                        "auto, always or never", &index, err);

    options->color = (enum color_mode)index;
    return known;
}

#define MEMBER(name) offsetof(struct compare_options, name)

static const struct option_spec compare_option_table[] = {
    {"machine", 'c', "MACHINE", "run the workload on it; repeatable, the first is the base",
     OPTION_TEXTS, MEMBER(machines)},
    {"try", 0, "KEY=VALUE", "a candidate: the base with this change; repeatable", OPTION_TEXTS,
     MEMBER(tries)},
    {"metric", 'm', "PATH", "show this metric, not the usual ones; repeatable", OPTION_TEXTS,
     MEMBER(metrics)},
    {"thresholds", 0, "FILE", "the conditions that must hold", OPTION_TEXT,
     MEMBER(thresholds_path)},
    {"threshold", 't', "CONDITION", "one more, such as 'alloc.failed <= 10'; repeatable",
     OPTION_TEXTS, MEMBER(conditions)},
    {"format", 'f', "FORMAT", "table, markdown, json or junit", OPTION_CALL, .apply = set_format},
    {"output", 'o', "FILE", "where the report goes; default: -, stdout", OPTION_TEXT,
     MEMBER(output_path)},
    {"color", 0, "WHEN", "auto, always or never; auto: on a terminal", OPTION_CALL,
     .apply = set_color},
    {"set", 's', "KEY=VALUE", "change a key on all sides; repeatable", OPTION_TEXTS, MEMBER(sets)},
    {"seeds", 0, "N", "run each side with N seeds (2 to 50) and compare medians", OPTION_NUMBER,
     MEMBER(seeds)},
    {"seed", 0, "N", "the seed, or the first of them", OPTION_NUMBER, MEMBER(seed)},
    {"tick", 0, "TIME", "time between two samples, such as 10ms", OPTION_DURATION, MEMBER(tick_ns)},
    {"until", 0, "TIME", "end the runs then", OPTION_DURATION, MEMBER(until_ns)},
};

static const struct usage compare_usage = {
    .synopsis = "mmsim compare BASE.jsonl CANDIDATE.jsonl... [OPTION]...\n"
                "       mmsim compare [-c MACHINE]... WORKLOAD [--try KEY=VALUE]... [OPTION]...",
    .intro = "Says what changed from the base to each candidate, in which metrics, and where the\n"
             "outputs differ first. The sides are results, or runs of one workload made here.\n"
             "Exit code 1: a threshold is broken; without thresholds: the outputs differ.\n",
    .options = compare_option_table,
    .nr_options = sizeof(compare_option_table) / sizeof(compare_option_table[0]),
    .examples = "  mmsim compare before.jsonl after.jsonl --thresholds thresholds.yaml\n"
                "  mmsim compare workloads/atomic-burst.yaml --try vm.min_free_kbytes=4096\n",
    .min_operands = 1,
    .max_operands = -1,
};

/* ---- the sides ---- */

/* All of one command. */
struct compare_command {
    struct compare_options options;
    struct thresholds thresholds;
    struct comparison comparison;
    struct compare_sides sides;
};

static bool runs_here(const struct compare_options *options)
{
    return options->machines.count > 0 || options->tries.count > 0;
}

static bool check_run_options(const struct compare_options *options, struct sim_error *err)
{
    if (options->seeds.given || options->seed.given || options->tick_ns.given ||
        options->until_ns.given || options->sets.count > 0)
        return sim_error_set(err, ERR_USAGE,
                             "--seeds, --seed, --set, --tick and --until are for runs made here");
    return true;
}

/* The counts of sides and seeds. */
static bool count_sides(struct compare_command *command, size_t nr_operands, struct sim_error *err)
{
    const struct compare_options *options = &command->options;
    struct comparison *comparison = &command->comparison;

    comparison->nr_seeds = options->seeds.given ? options->seeds.value : 1;
    comparison->nr_sides = nr_operands;
    if (!runs_here(options)) {
        if (!check_run_options(options, err))
            return false;
    } else {
        if (nr_operands != 1)
            return sim_error_set(err, ERR_USAGE, "with -c or --try there is one workload");
        if (options->tries.count > 0 && options->machines.count > 1)
            return sim_error_set(err, ERR_USAGE, "--try changes one machine: give one -c at most");
        comparison->nr_sides =
            options->tries.count > 0 ? options->tries.count + 1 : options->machines.count;
    }
    if (comparison->nr_sides < 2) {
        sim_error_set(err, ERR_USAGE, "there is one side only");
        sim_error_add_hint(err, "give a second result; or a workload with --try or a second -c");
        return false;
    }
    if (comparison->nr_sides > COMPARISON_SIDES_MAX)
        return sim_error_set(err, ERR_USAGE, "more than %d sides", COMPARISON_SIDES_MAX);
    if (options->seeds.given &&
        (options->seeds.value < 2 || options->seeds.value > COMPARISON_SEEDS_MAX))
        return sim_error_set(err, ERR_USAGE, "--seeds: 2 to %d", COMPARISON_SEEDS_MAX);
    return true;
}

static bool plan_runs(struct compare_command *command, const char *workload, struct sim_error *err)
{
    const struct compare_options *options = &command->options;
    const struct compare_plan plan = {
        .choice = {.workload_path = workload,
                   .seed = options->seed,
                   .tick_ns = options->tick_ns,
                   .until_ns = options->until_ns},
        .machines = &options->machines,
        .tries = &options->tries,
        .sets = &options->sets,
    };

    return compare_sides_plan(&command->sides, &plan, command->comparison.nr_sides, err);
}

/* ---- the report ---- */

static bool wants_color(const struct compare_options *options)
{
    const char *no_color = getenv("NO_COLOR");
    bool to_stdout = !options->output_path || strcmp(options->output_path, "-") == 0;

    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    return to_stdout && isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static bool check_output(const struct compare_command *command, char *const *operands,
                         size_t nr_operands, struct sim_error *err)
{
    const struct compare_options *options = &command->options;
    bool bad = false;

    if (!options->output_path)
        return true;
    for (size_t i = 0; i < nr_operands; i++)
        bad |= cli_same_file(options->output_path, operands[i]);
    for (size_t i = 0; i < options->machines.count; i++)
        bad |= cli_same_file(options->output_path, options->machines.items[i]);
    if (options->thresholds_path)
        bad |= cli_same_file(options->output_path, options->thresholds_path);
    return !bad || sim_error_set(err, ERR_USAGE, "%.200s is an input of this comparison",
                                 options->output_path);
}

static int write_report(const struct compare_command *command)
{
    const struct compare_options *options = &command->options;
    const char *path = options->output_path ? options->output_path : "-";
    struct sim_error err = {0};
    struct strbuf text = {0};
    FILE *stream;
    bool ok;

    report_add(&text, &command->comparison, options->format, wants_color(options));
    ok = !text.failed || sim_error_set(&err, ERR_OUT_OF_MEMORY, "no memory for the report");
    ok = ok && file_output_open(&stream, path, &err);
    if (ok) {
        fwrite(text.data, 1, text.length, stream);
        ok = file_output_close(stream, path, &err);
    }
    strbuf_fini(&text);
    if (!ok)
        return cli_fail_output(&err);
    return comparison_passed(&command->comparison) ? EXIT_DONE : EXIT_NO;
}

/* ---- all of it ---- */

static bool load_thresholds(struct compare_command *command, struct sim_error *err)
{
    const struct compare_options *options = &command->options;

    if (options->thresholds_path &&
        !thresholds_load(&command->thresholds, options->thresholds_path, err))
        return false;
    for (size_t i = 0; i < options->conditions.count; i++)
        if (!thresholds_add(&command->thresholds, options->conditions.items[i], err))
            return false;
    return true;
}

static bool compare(struct compare_command *command, char *const *operands, size_t nr_operands,
                    struct sim_error *err)
{
    const struct compare_options *options = &command->options;
    struct comparison *comparison = &command->comparison;

    comparison->tool_version = mmsim_version;
    return count_sides(command, nr_operands, err) &&
           check_output(command, operands, nr_operands, err) && load_thresholds(command, err) &&
           comparison_init(comparison, options->metrics.items, options->metrics.count,
                           &command->thresholds, err) &&
           (runs_here(options)
                ? plan_runs(command, operands[0], err)
                : compare_sides_open(&command->sides, operands, comparison->nr_sides, err)) &&
           compare_sides_take(&command->sides, comparison, err) &&
           comparison_settle(comparison, err) &&
           compare_sides_find_differences(&command->sides, comparison, err);
}

static void fini(struct compare_command *command)
{
    compare_sides_fini(&command->sides);
    comparison_fini(&command->comparison);
    thresholds_fini(&command->thresholds);
    vec_fini(&command->options.machines);
    vec_fini(&command->options.tries);
    vec_fini(&command->options.sets);
    vec_fini(&command->options.metrics);
    vec_fini(&command->options.conditions);
}

static int execute(struct compare_command *command, int argc, char **argv)
{
    struct sim_error err = {0};
    int first;
    int code;

    if (!cli_options(&compare_usage, argc, argv, &command->options, &first, &code))
        return code;
    if (!compare(command, argv + first, (size_t)(argc - first), &err))
        return cli_fail(&err);
    return write_report(command);
}

static int run(int argc, char **argv)
{
    struct compare_command *command = calloc(1, sizeof(*command));
    struct sim_error err = {0};
    int code;

    if (!command) {
        sim_error_set(&err, ERR_OUT_OF_MEMORY, "no memory for the comparison");
        return cli_fail(&err);
    }
    code = execute(command, argc, argv);
    fini(command);
    free(command);
    return code;
}

const struct command cmd_compare = {"compare", "say what changed between runs", run};
