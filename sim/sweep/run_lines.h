/* SPDX-License-Identifier: MIT */
/* A run as a source of lines: it goes on as far as somebody asks. */
#ifndef SIM_SWEEP_RUN_LINES_H
#define SIM_SWEEP_RUN_LINES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "compare/line_source.h"
#include "config/run_inputs.h"
#include "stats/jsonl_writer.h"

struct simulation;

/* Stays where it is between begin and end: the run points to it. */
struct run_lines {
    struct simulation *simulation;
    struct line_observer observer;
    struct strbuf lines; /* of the last step, each with its newline */
    size_t at;           /* of the next one */
    bool done;
};

/*
 * Starts the run, with event lines or without. The inputs must stay until the end, which may come
 * at any line. Errors: those of simulation_create(). Valid to end after `= {0}`.
 */
bool run_lines_begin(struct run_lines *run, const struct run_inputs *inputs,
                     const char *tool_version, bool events, struct sim_error *err);
void run_lines_end(struct run_lines *run);

/* The source; errors: those of simulation_step(). */
struct line_source run_lines_source(struct run_lines *run);

#endif
