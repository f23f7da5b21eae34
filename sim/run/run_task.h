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
#include "reclaim/reclaim.h"
#include "run/kernel_call.h"
#include "run/run_spec.h"
#include "run/script.h"
#include "stats/run_stats.h"
#include "trace/record.h"
#include "user/user_call.h"

#define TASK_NONE UINT32_MAX

/* One thing to do: a record and what its id means, or an operation of user space. */
struct operation {
    struct trace_record record;
    const struct step_spec *user_step; /* NULL: the record counts */
    uint32_t block;                    /* BLOCK_NONE: the op uses none, or a script had none */
    uint32_t list;                     /* of the script that allocates */
    bool scripted;
    bool again; /* a script uses what it has freed: no block */
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
    RUN_TASK_RUNNABLE, /* in its CPU's queue, or having its go at this moment */
    RUN_TASK_RUNNING,  /* its CPU is busy with it */
    RUN_TASK_BLOCKED,  /* asleep in an operation */
    RUN_TASK_DEAD,
};

/* What a kernel thread does instead of operations. */
struct kthread_job {
    bool is_kthread;
    bool has_work;    /* to be begun */
    uint8_t kind;     /* enum kthread_kind */
    uint32_t arg;     /* node or thread */
    uint64_t done_ns; /* when the last go of its last job is over */
};

/* The stall that a task is in; `works`: it works for it on its CPU rather than sleeps. */
struct open_stall {
    uint8_t stall; /* enum stall; STALL_NONE: none */
    bool works;
    uint64_t from_ns;
};

/* Its address and its place in the table stay the same as long as the simulation lives. */
struct run_task {
    struct task task;
    struct reclaim_state reclaim_state;
    struct user_task user;        /* not of kernel threads */
    const char *name;             /* of the spec or a source, or own_name */
    char *own_name;               /* of a thread or a forked copy */
    const struct task_spec *spec; /* NULL: known from sources only */
    int32_t wanted_cpu;
    uint8_t state; /* enum run_task_state */
    bool killed;   /* SIGKILL: ends with the operation under way */
    uint32_t next_runnable;
    uint64_t wake_ns; /* BLOCKED: when it wakes by itself, UINT64_MAX: never */
    struct open_stall stall;
    uint64_t next_jiffy_ns; /* of CPU time that is not in its process's utime yet */
    struct kthread_job job;

    uint64_t user_blocks; /* HELD blocks that go with it: BLOCK_USER */
    struct operation_fifo pending;
    struct script script;
    bool has_script;
    bool script_ready;        /* its next step is due */
    uint64_t script_ready_ns; /* since when */

    /* the operation under way */
    bool in_operation;
    bool in_call; /* user_call_begin() was called */
    struct operation operation;
    uint64_t begin_ns;
    struct kernel_call kernel_call;
    struct user_call call;
    struct zone_refusal *refusals; /* room for what refused its last failed walk */
};

/* Tasks by index; a name is one task. `= {0}` is empty. */
struct task_table {
    VEC(struct run_task *) tasks;
    VEC(struct task_stats) stats; /* of the task with the same index */
    struct hashmap by_name;       /* hash, moved on while taken by another name -> index */
    uint32_t next_cpu;            /* for the next task without a wish */
};

void task_table_fini(struct task_table *table);

/* The index of the task called `name`; false: there is none. */
bool task_table_find(const struct task_table *table, const char *name, uint32_t *ret_index);

/*
 * The index of the task called `name`, new or known; the first CPU that is not -1 is its CPU.
 * False: ERR_OUT_OF_MEMORY.
 */
bool task_table_intern(struct task_table *table, const char *name, int32_t cpu, uint32_t *ret_index,
                       struct sim_error *err);

/* A task with a copy of `name` that nobody finds by it; NULL: no host memory. */
struct run_task *task_table_add_private(struct task_table *table, const char *name);

/* Gives a task the CPU that it wants, or the next one in turn. False: there is no such CPU. */
bool task_table_place(struct task_table *table, struct run_task *task, uint32_t nr_cpus);

#endif
