/* SPDX-License-Identifier: MIT */
/* All inputs of one run: loaded, checked against each other, named for the header. */
#include "config/run_inputs.h"

#include <string.h>

static bool is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (is_stdin(path))
        return "stdin";
    return slash ? slash + 1 : path;
}

static void apply_overrides(struct workload_config *workload, const struct run_choice *choice)
{
    if (choice->seed.given)
        workload->seed = choice->seed.value;
    if (choice->tick_ns.given)
        workload->tick_ns = choice->tick_ns.value;
    if (choice->until_ns.given)
        workload->duration_ns = choice->until_ns.value;
}

static bool name_all(struct run_inputs *inputs, const char *workload_path)
{
    const struct workload_config *workload = &inputs->workload;
    const struct header_input machine = {"machine", base_name(inputs->machine_path),
                                         inputs->machine.hash};
    const struct header_input input = {"workload", base_name(workload_path), workload->hash};

    if (!vec_push(&inputs->named, machine) || !vec_push(&inputs->named, input))
        return false;
    for (size_t i = 0; i < workload->traces.count; i++) {
        const struct workload_trace *trace = &workload->traces.items[i];
        const struct header_input named = {"trace", base_name(trace->path), trace->hash};

        if (!vec_push(&inputs->named, named))
            return false;
    }
    return true;
}

static bool choose_machine(struct run_inputs *inputs, const struct run_choice *choice,
                           struct sim_error *err)
{
    inputs->machine_path =
        choice->machine_path ? choice->machine_path : inputs->workload.machine_path;
    if (inputs->machine_path)
        return true;
    sim_error_set(err, ERR_USAGE, "no machine to run %.100s on", choice->workload_path);
    sim_error_add_hint(err, "give one with -c, or a machine: key in the workload");
    return false;
}

static bool load(struct run_inputs *inputs, const struct run_choice *choice, struct sim_error *err)
{
    if (is_stdin(choice->machine_path) && is_stdin(choice->workload_path))
        return sim_error_set(err, ERR_USAGE, "only one file can be stdin");
    if (!workload_config_open(&inputs->workload, choice->workload_path, choice->store, choice->sets,
                              err) ||
        !choose_machine(inputs, choice, err) ||
        !machine_config_load(&inputs->machine, inputs->machine_path, choice->store, choice->sets,
                             err))
        return false;
    apply_overrides(&inputs->workload, choice);
    if (!workload_config_load(&inputs->workload, &inputs->machine, err))
        return false;
    workload_config_fill(&inputs->workload, &inputs->machine, &inputs->spec);
    inputs->spec.reclaim_replay = choice->reclaim;
    return name_all(inputs, choice->workload_path) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the run");
}

bool run_inputs_load(struct run_inputs *inputs, const struct run_choice *choice,
                     struct sim_error *err)
{
    bool ok;

    *inputs = (struct run_inputs){0};
    ok = load(inputs, choice, err);
    if (!ok && choice->sets)
        set_options_restore_place(choice->sets, err);
    return ok;
}

void run_inputs_fini(struct run_inputs *inputs)
{
    vec_fini(&inputs->named);
    machine_config_fini(&inputs->machine);
    workload_config_fini(&inputs->workload);
}
