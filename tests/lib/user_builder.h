/* SPDX-License-Identifier: MIT */
/* A machine with devices, swap and user memory for tests, whose tasks run until they are done. */
#ifndef TESTS_LIB_USER_BUILDER_H
#define TESTS_LIB_USER_BUILDER_H

#include "engine/event_queue.h"
#include "user/user_call.h"

/*
 *     struct user_world *world = user_world_boot(&(struct user_world_spec){.mib = 64});
 *     struct test_task *task = user_world_task(world, "a");
 *     ck_assert_int_eq(user_world_call(world, task, &op), USER_OK);
 *     user_world_end(world);                    checks the invariants once more, frees all
 *
 * Time passes only while nobody can run: to the next completion of a device, timer or timeout.
 * kswapd and pdflush run whenever they have work. Costs nothing: no step takes time of itself.
 */
enum { WORLD_TASKS_MAX = 8, WORLD_THREADS_MAX = NODES_MAX + PDFLUSH_THREADS_MAX };

/* Zero is: one node and CPU, exact counters, no swap, device 0 synchronous. */
struct user_world_spec {
    uint64_t mib; /* memory, >= 4 */
    uint32_t nr_cpus;
    bool preemptible;
    const struct backing_dev_spec *devices; /* 0 devices: one that is synchronous */
    size_t nr_devices;
    uint64_t swap_pages; /* on device 0, behind all files */
    const struct file_spec *files;
    size_t nr_files;
    const struct cache_spec *caches;
    size_t nr_caches;
};

struct user_world;

/* An actor: a task of the test or a kernel thread. */
struct test_task {
    struct task task; /* first */
    struct reclaim_state reclaim_state;
    struct user_task user;
    uint64_t stall_ns[NR_STALLS + 1]; /* by what was waited for; last: STALL_NONE */
    uint64_t stalls[NR_STALLS + 1];
    bool live;
    bool runnable; /* has something to do and does not sleep */
    bool sleeping;
    uint64_t sleep_begin_ns;
    enum step (*step)(struct user_world *world, struct test_task *task, void *context);
    void *context;
};

struct user_world {
    struct machine machine;
    struct clock clock;
    struct reclaim reclaim;
    struct slub slub;
    struct user_memory user;
    struct event_queue timers;
    struct test_task tasks[WORLD_TASKS_MAX];
    struct test_task threads[WORLD_THREADS_MAX];
    unsigned nr_tasks;
    unsigned kills;
};

/* Boots; fails the test when something is refused. On the heap: it must not move. */
struct user_world *user_world_boot(const struct user_world_spec *spec);
void user_world_end(struct user_world *world);

/* A new process on CPU 0, its pid 2 and up. */
struct test_task *user_world_task(struct user_world *world, const char *name);
/* The same, a child of `parent` with a copy of its memory: fork(). */
struct test_task *user_world_fork(struct user_world *world, struct test_task *parent,
                                  const char *name);
/* It ends and its memory goes back. */
void user_world_exit(struct user_world *world, struct test_task *task);

/* Runs one call to its end, whatever it waits for. */
enum user_result user_world_call(struct user_world *world, struct test_task *task,
                                 const struct user_op_spec *op);

/* The commonest ones: mmap of an anonymous region, mmap of a whole file, and one access to each
 * page. */
enum user_result world_anon(struct user_world *world, struct test_task *task, uint32_t region,
                            uint64_t nr_pages);
enum user_result world_mmap(struct user_world *world, struct test_task *task, uint32_t region,
                            uint32_t file);
enum user_result world_touch(struct user_world *world, struct test_task *task, uint32_t region,
                             uint64_t first_page, uint64_t nr_pages, bool write);

/* The entry of a page of a region, 0 if it was never touched; the page it maps, PFN_NONE if none.
 */
pte world_pte(const struct test_task *task, uint32_t region, uint64_t page);
pfn_t world_page(const struct test_task *task, uint32_t region, uint64_t page);

/* Steps `step` with `context` in the task's name until STEP_DONE. */
void user_world_run(struct user_world *world, struct test_task *task,
                    enum step (*step)(struct user_world *world, struct test_task *task,
                                      void *context),
                    void *context);

/* Begins it without running: other tasks' calls and user_world_pass() run it, too. */
void user_world_start(struct user_world *world, struct test_task *task,
                      enum step (*step)(struct user_world *world, struct test_task *task,
                                        void *context),
                      void *context);

/* Lets time pass, threads run and devices complete; tasks that were started run, too. */
void user_world_pass(struct user_world *world, uint64_t ns);

/* Fails the test when an invariant of any layer does not hold. */
void expect_sound_world(const struct user_world *world);

#endif
