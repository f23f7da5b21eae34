/* SPDX-License-Identifier: MIT */
/* The actors of a run: who they are, what waits for them, and what they are doing. */
#ifndef SIM_RUN_RUN_TASK_H
#define SIM_RUN_RUN_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hashmap.h"
#include "base/vec.h"
#include "engine/task.h"
#include "mm/page_alloc.h"
#include "run/run_spec.h"
#include "run/script.h"
#include "trace/record.h"

#define TASK_NONE UINT32_MAX

/* One thing to do: a record, and what its id means. */
struct operation {
    struct trace_record record;
    uint32_t block; /* BLOCK_NONE: the op uses none, or a script had none */
    uint32_t list;  /* of the script that allocates */
    bool scripted;
};

/* First in, first out. */
struct operation_fifo {
    struct operation *items; /* ring of `capacity`, a power of two */
    size_t head;
    size_t count;
    size_t capacity;
};

/* False: no host memory. */
bool operation_fifo_push(struct operation_fifo *fifo, const struct operation *operation);
/* The oldest one, NULL when empty; it stays valid until the next push. */
const struct operation *operation_fifo_pop(struct operation_fifo *fifo);

enum run_task_state {
    RUN_TASK_IDLE,     /* nothing to do now */
    RUN_TASK_RUNNABLE, /* in its CPU's queue */
    RUN_TASK_RUNNING,  /* its CPU is busy with it */
    RUN_TASK_BLOCKED,  /* asleep in an allocation */
    RUN_TASK_DEAD,
};

struct run_task {
    struct task task;
    const char *name; /* of the spec or a source */
    int32_t wanted_cpu;
    uint8_t state; /* enum run_task_state */
    bool killed;   /* by the OOM killer: ends with the operation under way */
    bool resched;  /* gave up its CPU inside an allocation */
    uint32_t next_runnable;

    struct operation_fifo pending;
    struct script script;
    bool has_script;
    bool script_ready;        /* its next step is due */
    uint64_t script_ready_ns; /* since when */

    /* the operation under way */
    bool in_operation;
    struct operation operation;
    uint64_t begin_ns;
    uint64_t blocked_ns; /* when its sleep began */
    struct alloc_request request;
};

/* Tasks by index; a name is one task. `= {0}` is empty. */
struct task_table {
    VEC(struct run_task) tasks;
    struct hashmap by_name; /* hash, moved on while taken by another name -> index */
};

void task_table_fini(struct task_table *table);

/*
 * The index of the task called `name`, new or known; the first CPU that is not -1 is its CPU.
 * False: ERR_OUT_OF_MEMORY.
 */
bool task_table_intern(struct task_table *table, const char *name, int32_t cpu, uint32_t *ret_index,
                       struct sim_error *err);

/* Gives the other tasks CPUs in turn. False: ERR_UNKNOWN_CPU, naming the task. */
bool task_table_place(struct task_table *table, uint32_t nr_cpus, struct sim_error *err);

#endif
