/* SPDX-License-Identifier: MIT */
/* The tasks of a captured trace: who acts on which CPU. */
#ifndef SIM_TRACE_CAPTURED_TASKS_H
#define SIM_TRACE_CAPTURED_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "trace/ftrace_line.h"
#include "trace/mmtr_writer.h"
#include "trace/name_table.h"
#include "trace/text_cache.h"

/*
 * COMM-PID on the CPU where it is seen first; on any other one it is COMM-PID/cpuN, a task of its
 * own. Bytes that are no text become '?'. `struct captured_tasks tasks = {0};` is empty.
 */
struct captured_tasks {
    struct name_table names;
    VEC(uint32_t) cpus; /* parallel to names */
    struct text_cache cache;
};

void captured_tasks_fini(struct captured_tasks *tasks);

/* The task of the line, added to the writer when it is new. ERR_OUT_OF_MEMORY. */
bool captured_tasks_find(struct captured_tasks *tasks, const struct ftrace_line *line,
                         struct mmtr_writer *writer, uint32_t *ret_task, struct sim_error *err);

#endif
