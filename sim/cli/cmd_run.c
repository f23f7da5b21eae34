/* SPDX-License-Identifier: MIT */
/* mmsim run: replays a workload on a machine. */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "config/run_inputs.h"
#include "run/simulation.h"
#include "stats/summary_table.h"

struct run_options {
    const char *machine_path;
    const char *output_path;
    const char *summary_path;
    struct set_options sets;
    struct option_number tick_ns;
    struct option_number until_ns;
    struct option_number seed;
    enum reclaim_replay reclaim;
    bool events;
    bool table;
    bool progress;
    bool quiet;
};

static bool add_set(void *target, const char *value, struct sim_error *err)
{
    struct run_options *options = target;

    return set_options_add(&options->sets, value) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the options");
}

static bool set_reclaim(void *target, const char *value, struct sim_error *err)
{
    struct run_options *options = target;

    for (unsigned i = 0; i < NR_RECLAIM_REPLAYS; i++) {
        if (strcmp(value, reclaim_replay_names[i]) != 0)
            continue;
        options->reclaim = (enum reclaim_replay)i;
        return true;
    }
    return sim_error_set(err, ERR_USAGE, "--reclaim: neither captured nor simulated: %.60s", value);
}

#define MEMBER(name) offsetof(struct run_options, name)

static const struct option_spec run_option_table[] = {
    {"machine", 'c', "MACHINE", "the machine file; default: the one the workload names",
     OPTION_TEXT, MEMBER(machine_path)},
    {"set", 's', "KEY=VALUE", "change a key of the machine, or workload.KEY; repeatable",
     OPTION_CALL, .apply = add_set},
    {"output", 'o', "FILE", "where the JSON Lines go; default: -, stdout", OPTION_TEXT,
     MEMBER(output_path)},
    {"tick", 0, "TIME", "time between two samples, such as 10ms", OPTION_DURATION, MEMBER(tick_ns)},
    {"until", 0, "TIME", "end the run then, instead of the workload's duration", OPTION_DURATION,
     MEMBER(until_ns)},
    {"seed", 0, "N", "the seed of all random numbers", OPTION_NUMBER, MEMBER(seed)},
    {"reclaim", 0, "WAY", "of a trace: captured (its reclaim frees) or simulated (the model's do)",
     OPTION_CALL, .apply = set_reclaim},
    {"events", 0, NULL, "write events between the ticks, too", OPTION_FLAG, MEMBER(events)},
    {"summary", 0, "FILE", "write the summary line to FILE, too", OPTION_TEXT,
     MEMBER(summary_path)},
    {"table", 0, NULL, "print a summary to read; without -o no JSON Lines", OPTION_FLAG,
     MEMBER(table)},
    {"progress", 0, NULL, "always show the progress bar", OPTION_FLAG, MEMBER(progress)},
    {"quiet", 'q', NULL, "never show the progress bar", OPTION_FLAG, MEMBER(quiet)},
};

static const struct usage run_usage = {
    .synopsis = "mmsim run [-c MACHINE.yaml] WORKLOAD [OPTION]...",
    .intro = "Runs WORKLOAD, a YAML file or a binary trace, on the machine and writes JSON Lines:\n"
             "a header, one line per tick, a summary. \"-\" is stdin or stdout.\n",
    .options = run_option_table,
    .nr_options = sizeof(run_option_table) / sizeof(run_option_table[0]),
    .examples =
        "  mmsim run --table workloads/atomic-burst.yaml\n"
        "  mmsim run workloads/atomic-burst.yaml --set vm.min_free_kbytes=16384 -o out.jsonl\n",
    .min_operands = 1,
    .max_operands = 1,
};

/* Events between two looks at the clock and the signals. */
enum { STEPS_PER_LOOK = 4096 };

/* A run with everything it holds. */
struct run_command {
    struct run_options options;
    struct run_inputs inputs;
    FILE *output;
    FILE *summary;
};

static bool check_paths(const struct run_options *options, const char *workload_path,
                        const char *machine_path, struct sim_error *err)
{
    const char *outputs[] = {options->output_path, options->summary_path};

    if (options->output_path && options->table && strcmp(options->output_path, "-") == 0)
        return sim_error_set(err, ERR_USAGE, "--table and -o - both write to stdout");
    if (options->summary_path && strcmp(options->summary_path, "-") == 0 &&
        (options->table || !options->output_path || strcmp(options->output_path, "-") == 0))
        return sim_error_set(err, ERR_USAGE, "--summary - needs stdout for itself");
    for (size_t i = 0; i < 2; i++) {
        if (outputs[i] &&
            (cli_same_file(outputs[i], workload_path) || cli_same_file(outputs[i], machine_path)))
            return sim_error_set(err, ERR_USAGE, "%.200s is an input of this run", outputs[i]);
    }
    return true;
}

static bool load(struct run_command *command, const char *workload_path, struct sim_error *err)
{
    const struct run_options *options = &command->options;
    const struct run_choice choice = {
        .workload_path = workload_path,
        .machine_path = options->machine_path,
        .sets = &options->sets,
        .seed = options->seed,
        .tick_ns = options->tick_ns,
        .until_ns = options->until_ns,
        .reclaim = options->reclaim,
    };

    return run_inputs_load(&command->inputs, &choice, err) &&
           check_paths(options, workload_path, command->inputs.machine_path, err);
}

static const char *output_name(const struct run_options *options)
{
    return options->output_path ? options->output_path : "-";
}

static bool open_outputs(struct run_command *command, struct sim_error *err)
{
    const struct run_options *options = &command->options;

    if ((options->output_path || !options->table) &&
        !file_output_open(&command->output, output_name(options), err))
        return false;
    return !options->summary_path ||
           file_output_open(&command->summary, options->summary_path, err);
}

static bool close_outputs(struct run_command *command, struct sim_error *err)
{
    const struct run_options *options = &command->options;
    bool ok = true;

    if (command->output)
        ok = file_output_close(command->output, output_name(options), err);
    if (command->summary)
        ok = file_output_close(command->summary, options->summary_path, err) && ok;
    command->output = NULL;
    command->summary = NULL;
    return ok;
}

static bool print_table(const struct simulation *simulation, struct sim_error *err)
{
    struct strbuf text = {0};
    struct summary_info info = simulation_summary(simulation);
    bool ok;

    summary_table_format(&text, &info);
    ok = !text.failed || sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the table");
    if (ok)
        fwrite(text.data, 1, text.length, stdout);
    strbuf_fini(&text);
    return ok;
}

static bool interrupt_pending(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

static enum progress_mode progress_mode(const struct run_options *options)
{
    if (options->quiet)
        return PROGRESS_OFF;
    return options->progress ? PROGRESS_ON : PROGRESS_AUTO;
}

/*
 * Steps until the end or until the user has had enough: an interrupted run ends with a tick and
 * its summary. The signals are blocked (execute()) and asked for here, so nothing is cut short.
 */
static bool step_to_end(struct simulation *simulation, struct progress *progress,
                        struct sim_error *err)
{
    enum simulation_step step;

    do {
        for (unsigned i = 0; i < STEPS_PER_LOOK; i++) {
            step = simulation_step(simulation, err);
            if (step != SIMULATION_MORE)
                return step == SIMULATION_DONE;
        }
        progress_update(progress, simulation);
    } while (!interrupt_pending());
    return simulation_interrupt(simulation, err);
}

static bool simulate(struct run_command *command, struct sim_error *err)
{
    const struct run_output output = {
        .stream = command->output,
        .name = output_name(&command->options),
        .summary_stream = command->summary,
        .summary_name = command->options.summary_path,
        .events = command->options.events,
        .tool_version = mmsim_version,
        .inputs = command->inputs.named.items,
        .nr_inputs = command->inputs.named.count,
    };
    struct simulation *simulation = simulation_create(&command->inputs.spec, &output, err);
    struct progress progress;
    bool ok;

    if (!simulation)
        return false;
    progress_init(&progress, progress_mode(&command->options));
    ok = step_to_end(simulation, &progress, err);
    progress_fini(&progress);
    if (ok && command->options.table)
        ok = print_table(simulation, err);
    simulation_destroy(simulation);
    return ok;
}

static int run_loaded(struct run_command *command)
{
    struct sim_error err = {0};
    struct sim_error close_err = {0};
    bool ok;

    if (!open_outputs(command, &err)) {
        close_outputs(command, &close_err);
        return cli_fail_output(&err);
    }
    ok = simulate(command, &err);
    if (!close_outputs(command, &close_err) && ok) {
        ok = false;
        err = close_err;
    }
    return ok ? EXIT_DONE : cli_fail(&err);
}

static int execute(struct run_command *command, const char *workload_path)
{
    struct sim_error err = {0};
    sigset_t before;
    int code;

    if (!load(command, workload_path, &err))
        return cli_fail(&err);
    cli_block_interrupts(&before);
    code = run_loaded(command);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return code;
}

static int run(int argc, char **argv)
{
    struct run_command command = {0};
    int first;
    int code;

    if (cli_options(&run_usage, argc, argv, &command.options, &first, &code))
        code = execute(&command, argv[first]);
    run_inputs_fini(&command.inputs);
    set_options_fini(&command.options.sets);
    return code;
}

const struct command cmd_run = {"run", "replay a workload on a machine", run};
