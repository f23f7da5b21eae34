/* SPDX-License-Identifier: MIT */
/* A run as a source of lines. */
#include "sweep/run_lines.h"

#include <string.h>

#include "run/simulation.h"

static bool keep_line(void *ctx, const char *line, size_t length, struct sim_error *err)
{
    struct run_lines *run = ctx;

    strbuf_add(&run->lines, line, length);
    strbuf_adds(&run->lines, "\n");
    return !run->lines.failed ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a line of the output");
}

bool run_lines_begin(struct run_lines *run, const struct run_inputs *inputs,
                     const char *tool_version, bool events, struct sim_error *err)
{
    *run = (struct run_lines){.observer = {keep_line, run}};

    const struct run_output output = {
        .events = events,
        .observer = &run->observer,
        .tool_version = tool_version,
        .inputs = inputs->named.items,
        .nr_inputs = inputs->named.count,
    };

    run->simulation = simulation_create(&inputs->spec, &output, err);
    return run->simulation;
}

void run_lines_end(struct run_lines *run)
{
    if (!run)
        return;
    simulation_destroy(run->simulation);
    strbuf_fini(&run->lines);
    run->simulation = NULL;
}

/* Goes on until there is a line, or the run is over. */
static bool more_lines(struct run_lines *run, struct sim_error *err)
{
    enum simulation_step step = SIMULATION_MORE;

    strbuf_reset(&run->lines);
    run->at = 0;
    while (step == SIMULATION_MORE && run->lines.length == 0)
        step = simulation_step(run->simulation, err);
    run->done = step != SIMULATION_MORE;
    return step != SIMULATION_ERROR;
}

static bool next_line(void *ctx, const char **ret_line, size_t *ret_length, struct sim_error *err)
{
    struct run_lines *run = ctx;

    if (run->at == run->lines.length && (run->done || !more_lines(run, err)))
        return false;
    if (run->at == run->lines.length)
        return false;
    *ret_line = run->lines.data + run->at;
    *ret_length = strcspn(*ret_line, "\n");
    run->at += *ret_length + 1;
    return true;
}

struct line_source run_lines_source(struct run_lines *run)
{
    return (struct line_source){next_line, run};
}
