/* SPDX-License-Identifier: MIT */
/* mmsim tune: the smallest or largest value of a sysctl that meets a goal. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_store.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "config/run_inputs.h"
#include "config/sysctl_config.h"
#include "run/simulation.h"
#include "sweep/tune.h"
#include "sweep/tune_curve.h"
#include "sweep/tune_report.h"

enum {
    PROBES_DEFAULT = 8,
    PROBES_MAX = 1000,
    SEEDS_MAX = 50,
    MIN_FREE_SHARE = 8, /* of the memory: min_free_kbytes is not tried beyond one in so many */
};

struct tune_options {
    const char *machine_path;
    const char *sysctl;
    const char *output_path;
    struct option_texts goals;
    struct set_options sets;
    struct option_number low;
    struct option_number high;
    struct option_number seeds;
    struct option_number probes;
    struct option_number seed;
    struct option_number tick_ns;
    struct option_number until_ns;
    bool largest;
    bool json;
    bool quiet;
};

static bool add_set(void *target, const char *value, struct sim_error *err)
{
    struct tune_options *options = target;

    return set_options_add(&options->sets, value) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the options");
}

static bool set_range(void *target, const char *value, struct sim_error *err)
{
    struct tune_options *options = target;
    const char *dots = strstr(value, "..");
    struct option_number low = {.given = true};
    struct option_number high = {.given = true};

    if (!dots || !uint_parse(value, (size_t)(dots - value), &low.value) ||
        !uint_parse(dots + 2, strlen(dots + 2), &high.value))
        return sim_error_set(err, ERR_USAGE, "--range: not a range such as 128..65536: %.60s",
                             value);
    options->low = low;
    options->high = high;
    return true;
}

static bool set_format(void *target, const char *value, struct sim_error *err)
{
    struct tune_options *options = target;

    if (strcmp(value, "text") != 0 && strcmp(value, "json") != 0)
        return sim_error_set(err, ERR_USAGE, "--format: neither text nor json: %.60s", value);
    options->json = strcmp(value, "json") == 0;
    return true;
}

#define MEMBER(name) offsetof(struct tune_options, name)

static const struct option_spec tune_option_table[] = {
    {"sysctl", 0, "NAME", "the sysctl to search: vm.min_free_kbytes or another number of vm",
     OPTION_TEXT, MEMBER(sysctl)},
    {"goal", 'g', "GOAL", "a metric and its condition, 'vmstat.allocstall == 0'; repeatable: all",
     OPTION_TEXTS, MEMBER(goals)},
    {"largest", 0, NULL, "search the largest value, not the smallest", OPTION_FLAG,
     MEMBER(largest)},
    {"range", 0, "LOW..HIGH", "the values to search in", OPTION_CALL, .apply = set_range},
    {"seeds", 0, "N", "run each value with N seeds, one after the other; all must meet the goal",
     OPTION_NUMBER, MEMBER(seeds)},
    {"probes", 0, "N", "further values that test whether the curve is monotonic; default: 8",
     OPTION_NUMBER, MEMBER(probes)},
    {"machine", 'c', "MACHINE", "the machine file; default: the one the workload names",
     OPTION_TEXT, MEMBER(machine_path)},
    {"set", 's', "KEY=VALUE", "change a key of the machine, or workload.KEY; repeatable",
     OPTION_CALL, .apply = add_set},
    {"tick", 0, "TIME", "time between two samples, such as 10ms", OPTION_DURATION, MEMBER(tick_ns)},
    {"until", 0, "TIME", "end the runs then, instead of the workload's duration", OPTION_DURATION,
     MEMBER(until_ns)},
    {"seed", 0, "N", "the first seed", OPTION_NUMBER, MEMBER(seed)},
    {"output", 'o', "FILE", "write the curve as JSON to FILE, too", OPTION_TEXT,
     MEMBER(output_path)},
    {"format", 0, "FORMAT", "what is printed: text or json; default: text", OPTION_CALL,
     .apply = set_format},
    {"quiet", 'q', NULL, "no line of progress at a terminal", OPTION_FLAG, MEMBER(quiet)},
};

static const struct usage tune_usage = {
    .synopsis = "mmsim tune [-c MACHINE.yaml] WORKLOAD --sysctl NAME --goal GOAL [OPTION]...",
    .intro =
        "Runs WORKLOAD with one value of the sysctl after the other and says which is the\n"
        "smallest that meets the goal. Exit code 1: none does, or the curve is not monotonic.\n",
    .options = tune_option_table,
    .nr_options = sizeof(tune_option_table) / sizeof(tune_option_table[0]),
    .examples = "  mmsim tune workloads/atomic-burst.yaml --sysctl vm.min_free_kbytes \\\n"
                "      --goal 'alloc.failed_by_order[0] == 0' -o curve.json\n",
    .min_operands = 1,
    .max_operands = 1,
};

/* A tune with everything it holds. */
struct tune_command {
    struct tune_options options;
    struct file_store store;
    struct run_inputs inputs; /* those of the value in force */
    struct tune tune;
    struct tune_curve curve;
    struct tune_setting setting;
    char key[64]; /* "vm.NAME" */
    uint64_t in_force;
    FILE *output;
};

static bool check_options(const struct tune_options *options, struct sim_error *err)
{
    if (!options->sysctl) {
        sim_error_set(err, ERR_USAGE, "no sysctl to search");
        sim_error_add_hint(err, "name one: --sysctl vm.min_free_kbytes");
        return false;
    }
    if (options->goals.count == 0) {
        sim_error_set(err, ERR_USAGE, "no goal to meet");
        sim_error_add_hint(err, "give one: --goal 'vmstat.allocstall == 0'");
        return false;
    }
    if (options->seeds.given && (options->seeds.value < 1 || options->seeds.value > SEEDS_MAX))
        return sim_error_set(err, ERR_USAGE, "--seeds: 1 to %d", SEEDS_MAX);
    if (options->probes.given && options->probes.value > PROBES_MAX)
        return sim_error_set(err, ERR_USAGE, "--probes: %d at most", PROBES_MAX);
    if (options->output_path && strcmp(options->output_path, "-") == 0)
        return sim_error_set(err, ERR_USAGE, "-o - is --format json");
    return true;
}

/* That the curve does not overwrite what it is made from. */
static bool check_output(const struct tune_command *command, struct sim_error *err)
{
    const char *output = command->options.output_path;

    if (output && (cli_same_file(output, command->setting.choice.workload_path) ||
                   cli_same_file(output, command->inputs.machine_path)))
        return sim_error_set(err, ERR_USAGE, "%.200s is an input of these runs", output);
    return true;
}

static bool find_sysctl(struct tune_command *command, enum vm_sysctl_id *ret_id,
                        struct sim_error *err)
{
    const char *name = command->options.sysctl;

    if (!sysctl_find(name, command->inputs.spec.machine.numa, ret_id, err))
        return false;
    if (*ret_id == VM_LOWMEM_RESERVE_RATIO || *ret_id == VM_NUMA_ZONELIST_ORDER)
        return sim_error_set(err, ERR_UNKNOWN_SYSCTL, "%.60s is not one number", name);
    snprintf(command->key, sizeof(command->key), "vm.%s", vm_sysctl_name(*ret_id));
    return true;
}

static uint64_t memory_kb(const struct machine *machine)
{
    uint64_t pages = 0;

    for (unsigned i = 0; i < machine->nr_zones; i++)
        pages += machine->zones[i].present_pages;
    return pages_to_kb(pages);
}

/* Boots the machine for the value in force, and begins the search there. */
static bool begin_search(struct tune_command *command, enum vm_sysctl_id id, struct sim_error *err)
{
    const struct tune_options *options = &command->options;
    const struct run_output nobody = {.tool_version = mmsim_version};
    struct simulation *simulation = simulation_create(&command->inputs.spec, &nobody, err);
    uint64_t low, high, limit;

    if (!simulation)
        return false;
    vm_sysctl_read(simulation_machine(simulation), id, &command->in_force);
    vm_sysctl_limits(id, &low, &high);
    limit = memory_kb(simulation_machine(simulation)) / MIN_FREE_SHARE;
    simulation_destroy(simulation);
    if (options->low.given && (options->low.value < low || options->high.value > high)) {
        sim_error_set(err, ERR_TUNE_RANGE, "%s cannot have all of these values", command->key);
        sim_error_add_hint(err, "it takes %" PRIu64 " to %" PRIu64, low, high);
        return false;
    }
    if (id == VM_MIN_FREE_KBYTES)
        high = limit > command->in_force ? limit : command->in_force;
    if (options->low.given) {
        low = options->low.value;
        high = options->high.value;
    }
    return tune_init(&command->tune, low, high, command->in_force, options->largest,
                     options->probes.given ? (unsigned)options->probes.value : PROBES_DEFAULT, err);
}

static bool load(struct tune_command *command, const char *workload_path, struct sim_error *err)
{
    struct tune_options *options = &command->options;
    enum vm_sysctl_id id;

    if (!check_options(options, err))
        return false;
    command->setting = (struct tune_setting){
        .choice =
            {
                .workload_path = workload_path,
                .machine_path = options->machine_path,
                .store = &command->store,
                .sets = &options->sets,
                .seed = options->seed,
                .tick_ns = options->tick_ns,
                .until_ns = options->until_ns,
            },
        .key = command->key,
        .seeds = options->seeds.given ? options->seeds.value : 1,
        .tool_version = mmsim_version,
    };
    if (!tune_curve_init(&command->curve, err))
        return false;
    for (size_t i = 0; i < options->goals.count; i++) {
        if (!tune_curve_add_goal(&command->curve, options->goals.items[i], err))
            return false;
    }
    return run_inputs_load(&command->inputs, &command->setting.choice, err) &&
           check_output(command, err) && find_sysctl(command, &id, err) &&
           begin_search(command, id, err);
}

static bool measure_all(struct tune_command *command, struct sim_error *err)
{
    bool shown = !command->options.quiet && isatty(STDERR_FILENO);
    uint64_t value;
    bool ok = true;

    while (ok && tune_next(&command->tune, &value)) {
        bool met;

        if (shown)
            fprintf(stderr, "\r%zu values measured, now %" PRIu64 "\033[K",
                    command->tune.points.count, value);
        ok = tune_curve_measure(&command->curve, &command->setting, value, &met, err) &&
             tune_add(&command->tune, value, met, err);
    }
    if (shown)
        fputs("\r\033[K", stderr);
    return ok;
}

static bool write_json(struct tune_command *command, const struct strbuf *json,
                       struct sim_error *err)
{
    const char *path = command->options.output_path;
    bool closed;

    fwrite(json->data, 1, json->length, command->output);
    closed = file_output_close(command->output, path, err);
    command->output = NULL;
    return closed;
}

static int report(struct tune_command *command)
{
    const struct tune_report found = {
        .tune = &command->tune,
        .curve = &command->curve,
        .setting = &command->setting,
        .workload = command->inputs.spec.name,
        .inputs = command->inputs.named.items,
        .nr_inputs = command->inputs.named.count,
        .in_force = command->in_force,
    };
    struct sim_error err = {0};
    struct strbuf json = {0};
    struct strbuf text = {0};
    bool ok;

    tune_report_json(&found, &json);
    tune_report_text(&found, &text);
    ok = (!json.failed && !text.failed) ||
         sim_error_set(&err, ERR_OUT_OF_MEMORY, "no memory for the report");
    if (ok) {
        const struct strbuf *shown = command->options.json ? &json : &text;

        fwrite(shown->data, 1, shown->length, stdout);
        ok = !command->output || write_json(command, &json, &err);
    }
    strbuf_fini(&json);
    strbuf_fini(&text);
    if (!ok)
        return cli_fail(&err);
    return tune_report_is_good(&found) ? EXIT_DONE : EXIT_NO;
}

static int execute(struct tune_command *command, const char *workload_path)
{
    struct sim_error err = {0};

    if (!load(command, workload_path, &err))
        return cli_fail(&err);
    if (command->options.output_path &&
        !file_output_open(&command->output, command->options.output_path, &err))
        return cli_fail_output(&err);
    if (!measure_all(command, &err))
        return cli_fail(&err);
    return report(command);
}

static int run(int argc, char **argv)
{
    struct tune_command command = {0};
    int first;
    int code;

    if (cli_options(&tune_usage, argc, argv, &command.options, &first, &code))
        code = execute(&command, argv[first]);
    if (command.output)
        fclose(command.output);
    tune_curve_fini(&command.curve);
    tune_fini(&command.tune);
    run_inputs_fini(&command.inputs);
    file_store_fini(&command.store);
    set_options_fini(&command.options.sets);
    vec_fini(&command.options.goals);
    return code;
}

const struct command cmd_tune = {"tune", "search the value of a sysctl that meets a goal", run};
