/* SPDX-License-Identifier: MIT */
/* One run that is only measured. */
#include "sweep/probe.h"

#include "run/simulation.h"

/* Where the lines of the run go. */
struct probe {
    struct metric_set *metrics;
    const struct line_observer *also;
};

static bool take_line(void *ctx, const char *line, size_t length, struct sim_error *err)
{
    const struct probe *probe = ctx;

    if (probe->also && !probe->also->line(probe->also->ctx, line, length, err))
        return false;
    return metric_set_line(probe->metrics, line, length, err);
}

bool probe_run(const struct run_inputs *inputs, struct metric_set *metrics,
               const struct probe_output *output, struct sim_error *err)
{
    struct probe probe = {metrics, output->also};
    const struct line_observer observer = {take_line, &probe};
    const struct run_output lines = {
        .events = output->events,
        .observer = &observer,
        .tool_version = output->tool_version,
        .inputs = inputs->named.items,
        .nr_inputs = inputs->named.count,
    };
    struct simulation *simulation;
    bool ok;

    metric_set_restart(metrics);
    simulation = simulation_create(&inputs->spec, &lines, err);
    if (!simulation)
        return false;
    ok = simulation_run(simulation, err) && metric_set_finish(metrics, err);
    simulation_destroy(simulation);
    return ok;
}
