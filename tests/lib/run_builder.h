/* SPDX-License-Identifier: MIT */
/* A run spec for tests: a small machine, tasks, records, and the output in memory. */
#ifndef TESTS_LIB_RUN_BUILDER_H
#define TESTS_LIB_RUN_BUILDER_H

#include <stdio.h>

#include "base/vec.h"
#include "run/simulation.h"
#include "trace/trace_source.h"

enum { RUN_STEPS_MAX = 32, RUN_TASKS_MAX = 8, RUN_SOURCES_MAX = 4, RUN_FILES_MAX = 4 };

/* Costs of a test run: round numbers, and none for the machine's inner work. */
enum {
    RUN_ALLOC_NS = 100,
    RUN_FREE_NS = 50,
    RUN_SLOW_PATH_NS = 1000,
    RUN_DIRECT_RECLAIM_NS = 20000,
    RUN_KSWAPD_ROUND_NS = 30000,
    RUN_OOM_NS = 40000,
    RUN_SYSCTL_NS = 5000,
};

/* A source over records in memory; can end in an error instead. */
struct list_source {
    struct trace_source head;
    struct trace_task tasks[RUN_TASKS_MAX];
    VEC(struct trace_record) records;
    size_t next;
    bool ends_in_error; /* ERR_TRACE_CHECKSUM after the last record */
};

/*
 *     struct run_builder rb;
 *     run_builder_init(&rb, 4096);                         pages of one node, one CPU
 *     struct list_source *events = run_add_source(&rb, "app", 0);
 *     add_alloc(events, 1000, 1, 0, GFP_KERNEL);           at 1 us: id 1, order 0
 *     run_start(&rb);
 *     run_to_end(&rb);
 *     ... rb.sim, rb.lines ...
 *     run_builder_fini(&rb);
 *
 * The machine: min_free_kbytes 1024, exact counters, HZ 250; ticks of 100 ms.
 */
struct run_builder {
    struct memory_range memory[2];
    struct run_spec spec;
    struct run_output output;
    struct step_spec steps[RUN_TASKS_MAX][RUN_STEPS_MAX];
    struct task_spec tasks[RUN_TASKS_MAX];
    struct list_source lists[RUN_SOURCES_MAX];
    struct trace_source *sources[RUN_SOURCES_MAX];
    struct backing_dev_spec devices[2];
    struct swap_spec swaps[2];
    struct file_spec files[RUN_FILES_MAX];
    struct cache_spec caches[1];

    struct simulation *sim;
    struct sim_error err;
    char *lines; /* the output so far, after run_flush() */
    size_t size;
    FILE *stream;
};

void run_builder_init(struct run_builder *rb, uint64_t pages);
void run_builder_fini(struct run_builder *rb);

/* A source with one task. */
struct list_source *run_add_source(struct run_builder *rb, const char *task, int32_t cpu);

/* Another task of a source; returns its index there. */
uint32_t add_task(struct list_source *source, const char *task, int32_t cpu);

/* Records of the source's first task; the result may be changed until the next call. */
struct trace_record *add_alloc(struct list_source *source, uint64_t time_ns, uint64_t id,
                               unsigned order, uint32_t gfp);
struct trace_record *add_free(struct list_source *source, uint64_t time_ns, uint64_t id);
struct trace_record *add_part(struct list_source *source, uint64_t time_ns, uint64_t id,
                              uint32_t part, unsigned order);
struct trace_record *add_op(struct list_source *source, uint64_t time_ns, enum trace_op op,
                            uint64_t id);

/* A scripted task; add its steps in order. */
struct task_spec *run_add_task(struct run_builder *rb, const char *name, int32_t cpu);
struct step_spec *step_alloc(struct task_spec *task, uint64_t id, uint64_t count, unsigned order,
                             uint32_t gfp);
struct step_spec *step_free(struct task_spec *task, uint64_t id, uint64_t count, uint64_t every);
struct step_spec *step_sleep(struct task_spec *task, uint64_t duration_ns);
struct step_spec *step_until(struct task_spec *task, uint64_t time_ns);
struct step_spec *step_loop(struct task_spec *task, uint64_t count, uint32_t nr_steps);
struct step_spec *step_exit(struct task_spec *task);

/* Steps of user space; the result may be changed until the next step of any task. */
struct user_op_spec *step_user(struct task_spec *task, enum user_op op);
struct user_op_spec *step_anon(struct task_spec *task, uint32_t region, uint64_t pages);
/* Every page of the region once, in order. */
struct user_op_spec *step_touch(struct task_spec *task, uint32_t region, bool write);
/* All of the file in order, in blocks of 16 pages. */
struct user_op_spec *step_read(struct task_spec *task, uint32_t file);
struct user_op_spec *step_fork(struct task_spec *task, uint32_t child);

/* "disk0" ...: returns its number. A page_ns and seek_ns of 0: a synchronous device. */
uint32_t run_add_device(struct run_builder *rb, uint64_t seek_ns, uint64_t page_ns);
/* The only slab cache, 10 objects a page. */
void run_add_cache(struct run_builder *rb);
/* On the device, from its page 0 on. */
void run_add_swap(struct run_builder *rb, uint32_t device, uint64_t pages);
/* "file0" ...; files lie one after the other behind 1 GiB. Returns its number. */
uint32_t run_add_file(struct run_builder *rb, uint32_t device, uint64_t pages);

/* Creates the simulation; fails the test when it cannot be. */
void run_start(struct run_builder *rb);
/* Fails the test unless the run comes to its end. Flushes. */
void run_to_end(struct run_builder *rb);
/* Steps until the clock stands at `time_ns` or later, or the run is over. */
enum simulation_step run_until(struct run_builder *rb, uint64_t time_ns);
void run_flush(struct run_builder *rb);
/* Reads what was written to a temporary file into *text, which may hold an older text or NULL. */
void run_read_stream(FILE *stream, char **text, size_t *ret_size);

/* How often `text` occurs in the output. */
unsigned count_text(const struct run_builder *rb, const char *text);
/* The free pages of the machine, those on per-CPU lists included. */
uint64_t free_pages_of(const struct run_builder *rb);

#endif
