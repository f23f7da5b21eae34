/* SPDX-License-Identifier: MIT */
/* The owner of a small simulation: runs whoever can run, else lets time pass. */
#include "lib/user_builder.h"

#include <stdlib.h>

#include "base/units.h"
#include "kernels/linux_2_6_24.h"
#include "lib/test.h"

enum { PAGES_PER_MIB = 256, FIRST_PID = PID_INIT + 1 };
#define HOUR_NS (3600 * NSEC_PER_SEC)

/* ---- what reclaim asks of its owner ---- */

static bool on_need_resched(void *context, unsigned cpu)
{
    (void)context;
    (void)cpu;
    return false;
}

static void on_timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    struct user_world *world = context;

    ck_assert(event_queue_push(&world->timers, at_ns, timer, arg));
}

static void on_wake(void *context, struct task *task)
{
    struct user_world *world = context;
    struct test_task *actor = (struct test_task *)task;

    actor->stall_ns[task->wait.stall] += world->clock.now_ns - actor->sleep_begin_ns;
    actor->sleeping = false;
}

static struct test_task *thread_of(struct user_world *world, enum kthread_kind kind, uint32_t arg)
{
    return &world->threads[kind == KTHREAD_KSWAPD ? arg : NODES_MAX + arg];
}

static void on_kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    struct test_task *thread = thread_of(context, kind, arg);

    ck_assert(!thread->runnable);
    thread->runnable = true;
}

static void on_kill(void *context, struct process *victim, bool memdie)
{
    struct user_world *world = context;

    (void)memdie;
    ck_assert(victim->sigkill);
    world->kills++;
}

static enum step step_kswapd(struct user_world *world, struct test_task *task, void *context)
{
    (void)context;
    return kswapd_step(&world->reclaim, &task->task, (unsigned)(task - world->threads));
}

static enum step step_pdflush(struct user_world *world, struct test_task *task, void *context)
{
    (void)context;
    return pdflush_step(&world->reclaim, &task->task,
                        (uint32_t)(task - world->threads) - NODES_MAX);
}

/* ---- running ---- */

/* Does what a blocked actor asks for. */
static void obey(struct user_world *world, struct test_task *actor)
{
    struct wait *wait = &actor->task.wait;

    if (wait->kind == WAIT_YIELD ||
        (wait->kind == WAIT_CPU && wait->wake_ns <= world->clock.now_ns))
        return;
    actor->stalls[wait->stall]++;
    actor->sleeping = true;
    actor->sleep_begin_ns = world->clock.now_ns;
    if (wait->kind == WAIT_SLEEP && wait->queue)
        waitqueue_add(wait->queue, &actor->task);
}

/* Whether the actor could do something. */
static bool run_actor(struct user_world *world, struct test_task *actor)
{
    if (!actor->live || !actor->runnable || actor->sleeping)
        return false;
    if (actor->step(world, actor, actor->context) == STEP_DONE)
        actor->runnable = false;
    else
        obey(world, actor);
    ck_assert(!world->reclaim.out_of_memory);
    return true;
}

static struct test_task *actor_at(struct user_world *world, unsigned i)
{
    return i < WORLD_TASKS_MAX ? &world->tasks[i] : &world->threads[i - WORLD_TASKS_MAX];
}

enum { NR_ACTORS = WORLD_TASKS_MAX + WORLD_THREADS_MAX };

/* Wakes those whose timeout has come. */
static void wake_due(struct user_world *world)
{
    for (unsigned i = 0; i < NR_ACTORS; i++) {
        struct test_task *actor = actor_at(world, i);

        if (!actor->sleeping || actor->task.wait.wake_ns > world->clock.now_ns)
            continue;
        waitqueue_remove(&actor->task);
        on_wake(world, &actor->task);
    }
}

/* The next thing that happens; UINT64_MAX: nothing. */
static uint64_t next_time(struct user_world *world)
{
    uint64_t time_ns = world->timers.count ? world->timers.heap[0].time_ns : UINT64_MAX;

    for (unsigned i = 0; i < NR_ACTORS; i++) {
        const struct test_task *actor = actor_at(world, i);

        if (actor->sleeping && actor->task.wait.wake_ns < time_ns)
            time_ns = actor->task.wait.wake_ns;
    }
    return time_ns;
}

static void advance_to(struct user_world *world, uint64_t time_ns)
{
    struct event event;

    clock_advance_to(&world->clock, time_ns);
    while (world->timers.count && world->timers.heap[0].time_ns <= time_ns) {
        event_queue_pop(&world->timers, &event);
        reclaim_timer(&world->reclaim, (enum reclaim_timer)event.kind, event.arg);
    }
    wake_due(world);
}

/* Runs everybody who can run, once each; false: nobody could. */
static bool run_all(struct user_world *world)
{
    bool ran = false;

    for (unsigned i = 0; i < NR_ACTORS; i++)
        ran |= run_actor(world, actor_at(world, i));
    return ran;
}

void user_world_start(struct user_world *world, struct test_task *task,
                      enum step (*step)(struct user_world *world, struct test_task *task,
                                        void *context),
                      void *context)
{
    (void)world;
    ck_assert(task->live && !task->runnable);
    task->step = step;
    task->context = context;
    task->runnable = true;
}

void user_world_run(struct user_world *world, struct test_task *task,
                    enum step (*step)(struct user_world *world, struct test_task *task,
                                      void *context),
                    void *context)
{
    uint64_t begin_ns = world->clock.now_ns;

    user_world_start(world, task, step, context);
    while (task->runnable) {
        if (run_all(world))
            continue;
        ck_assert_msg(next_time(world) - begin_ns < HOUR_NS, "everybody sleeps for ever");
        advance_to(world, next_time(world));
    }
}

void user_world_pass(struct user_world *world, uint64_t ns)
{
    uint64_t end_ns = world->clock.now_ns + ns;

    for (;;) {
        if (run_all(world))
            continue;
        if (next_time(world) > end_ns)
            break;
        advance_to(world, next_time(world));
    }
    advance_to(world, end_ns);
    while (run_all(world))
        ;
}

static enum step step_call(struct user_world *world, struct test_task *task, void *context)
{
    return user_call_step(context, &world->user, &task->user);
}

enum user_result user_world_call(struct user_world *world, struct test_task *task,
                                 const struct user_op_spec *op)
{
    struct user_call call;
    enum user_result result;

    user_call_begin(&call, op, &world->user, &task->user);
    user_world_run(world, task, step_call, &call);
    result = (enum user_result)call.result;
    user_call_end(&call);
    expect_sound_world(world);
    return result;
}

enum user_result world_anon(struct user_world *world, struct test_task *task, uint32_t region,
                            uint64_t nr_pages)
{
    struct user_op_spec op = {.op = USER_ANON, .region = region, .nr_pages = nr_pages};

    return user_world_call(world, task, &op);
}

enum user_result world_mmap(struct user_world *world, struct test_task *task, uint32_t region,
                            uint32_t file)
{
    struct user_op_spec op = {.op = USER_MMAP, .region = region, .file = file};

    return user_world_call(world, task, &op);
}

enum user_result world_touch(struct user_world *world, struct test_task *task, uint32_t region,
                             uint64_t first_page, uint64_t nr_pages, bool write)
{
    struct user_op_spec op = {
        .op = USER_TOUCH, .region = region, .write = write, .access = {0, 0, first_page, nr_pages}};

    return user_world_call(world, task, &op);
}

pte world_pte(const struct test_task *task, uint32_t region, uint64_t page)
{
    const struct vm_area *area = find_vma(&task->user.mm, region);
    const pte *entry;

    ck_assert_ptr_nonnull(area);
    entry = vm_area_pte(area, page);
    return entry ? *entry : 0;
}

pfn_t world_page(const struct test_task *task, uint32_t region, uint64_t page)
{
    pte entry = world_pte(task, region, page);

    return entry & PTE_PRESENT ? (pfn_t){pte_value(entry)} : PFN_NONE;
}

/* ---- tasks ---- */

static void init_actor(struct test_task *actor, uint32_t id)
{
    *actor = (struct test_task){.live = true};
    actor->task.id = id;
    actor->task.reclaim_state = &actor->reclaim_state;
}

static struct test_task *new_task(struct user_world *world, struct test_task *parent,
                                  const char *name)
{
    struct test_task *task = &world->tasks[world->nr_tasks];

    ck_assert_uint_lt(world->nr_tasks, WORLD_TASKS_MAX);
    init_actor(task, world->nr_tasks);
    task->user.process.pid = FIRST_PID + world->nr_tasks++;
    user_task_init(&task->user, &world->user, &task->task, parent ? &parent->user : NULL, 1, name);
    task->reclaim_state.process = &task->user.process;
    return task;
}

struct test_task *user_world_task(struct user_world *world, const char *name)
{
    return new_task(world, NULL, name);
}

struct test_task *user_world_fork(struct user_world *world, struct test_task *parent,
                                  const char *name)
{
    struct test_task *child = new_task(world, parent, name);

    ck_assert(user_task_fork(&child->user, &parent->user, &world->user));
    expect_sound_world(world);
    return child;
}

void user_world_exit(struct user_world *world, struct test_task *task)
{
    ck_assert(task->live && !task->runnable);
    user_task_exit(&task->user, &world->user);
    task->live = false;
    expect_sound_world(world);
}

/* ---- boot ---- */

static void boot_machine(struct user_world *world, const struct user_world_spec *spec)
{
    struct memory_range memory = {0, spec->mib * PAGES_PER_MIB, 0};
    struct machine_spec machine;
    struct sim_error err = {0};

    machine_spec_init(&machine, false);
    machine.memory = &memory;
    machine.nr_memory = 1;
    machine.stat_threshold = 0;
    machine.nr_cpus = spec->nr_cpus ? spec->nr_cpus : 1;
    ck_assert_msg(machine_spec_check(&machine, &err), "%s", err.message);
    ck_assert_msg(machine_init(&world->machine, &machine, &linux_2_6_24_ops, &world->reclaim,
                               &world->clock, &err),
                  "%s", err.message);
}

static void boot_reclaim(struct user_world *world, const struct user_world_spec *spec)
{
    struct reclaim_owner owner = {world, on_need_resched, on_timer, on_wake, on_kthread, on_kill};
    struct rmap_ops rmap = user_memory_rmap(&world->user);
    struct backing_dev_spec idle = {.name = "disk", .nr_requests = 128, .max_request_pages = 128};
    const struct backing_dev_spec *devices = spec->nr_devices ? spec->devices : &idle;
    struct sim_error err = {0};
    uint64_t end = 0;
    uint32_t dev;

    ck_assert_msg(reclaim_init(&world->reclaim, &world->machine, &owner, &rmap, &err), "%s",
                  err.message);
    world->reclaim.preemptible = spec->preemptible;
    for (size_t i = 0; i < (spec->nr_devices ? spec->nr_devices : 1); i++)
        ck_assert(reclaim_add_device(&world->reclaim, &devices[i], &dev));
    for (size_t i = 0; i < spec->nr_files; i++)
        if (spec->files[i].first_sector_page + spec->files[i].pages > end)
            end = spec->files[i].first_sector_page + spec->files[i].pages;
    if (spec->swap_pages)
        ck_assert(swapon(&world->reclaim, &(struct swap_spec){.pages = spec->swap_pages,
                                                              .priority = -1,
                                                              .first_sector_page = end}));
}

struct user_world *user_world_boot(const struct user_world_spec *spec)
{
    struct user_world *world = calloc(1, sizeof(*world));
    struct sim_error err = {0};

    ck_assert_ptr_nonnull(world);
    for (unsigned i = 0; i < WORLD_THREADS_MAX; i++) {
        struct test_task *thread = &world->threads[i];

        init_actor(thread, WORLD_TASKS_MAX + i);
        thread->step = i < NODES_MAX ? step_kswapd : step_pdflush;
        if (i < NODES_MAX)
            thread->task.flags = TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE | TASK_PF_KSWAPD;
    }
    boot_machine(world, spec);
    boot_reclaim(world, spec);
    ck_assert_msg(slub_init(&world->slub, &world->machine, &err), "%s", err.message);
    ck_assert_msg(user_memory_init(&world->user, &world->reclaim, &world->slub, spec->files,
                                   spec->nr_files, spec->caches, spec->nr_caches, &err),
                  "%s", err.message);
    expect_sound_world(world);
    return world;
}

void user_world_end(struct user_world *world)
{
    expect_sound_world(world);
    for (unsigned i = 0; i < WORLD_TASKS_MAX; i++)
        if (world->tasks[i].live)
            user_task_exit(&world->tasks[i].user, &world->user);
    user_memory_fini(&world->user);
    slub_fini(&world->slub);
    reclaim_fini(&world->reclaim);
    machine_fini(&world->machine);
    event_queue_fini(&world->timers);
    free(world);
}

void expect_sound_world(const struct user_world *world)
{
    char why[256] = "";

    ck_assert_msg(reclaim_check(&world->reclaim, why, sizeof(why)), "%s", why);
    ck_assert_msg(user_memory_check(&world->user, why, sizeof(why)), "%s", why);
    ck_assert_msg(slub_check(&world->slub, why, sizeof(why)), "%s", why);
}
