/* SPDX-License-Identifier: MIT */
/* The processes of the vectors: how they begin, who is current, how they die. */
#include "reclaim_world.h"

struct world_process *world_find_process(struct reclaim_world *world, uint32_t pid)
{
    for (struct world_process *p = world->first_process; p; p = p->next)
        if (p->live && p->process.pid == pid)
            return p;
    return NULL;
}

static struct world_process *new_process(struct reclaim_world *world, uint32_t pid,
                                         const struct golden_words *words)
{
    struct world_process *p = calloc(1, sizeof(*p));
    struct world_process *parent = world_find_process(world, (uint32_t)golden_uint(words, 11));

    if (!p)
        golden_fail(words, "out of memory");
    p->live = true;
    p->process.comm = "process";
    p->process.pid = pid;
    p->process.task = &p->task.task;
    p->task.task.reclaim_state = &p->task.state;
    p->task.state.process = &p->process;
    if (world->last_process)
        world->last_process->next = p;
    else
        world->first_process = p;
    world->last_process = p;
    process_add(&world->reclaim.processes, &p->process, parent ? &parent->process : NULL);
    return p;
}

/* The size is the mm's, which others may share: one that shares has no say in it. */
static void set_mm(struct reclaim_world *world, struct process *process, uint64_t pages,
                   int64_t shared_with, const struct golden_words *words)
{
    if (shared_with < 0) {
        process->mm = PROCESS_NO_MM;
        process->total_vm_pages = pages;
    } else if (shared_with > 0) {
        const struct world_process *other = world_find_process(world, (uint32_t)shared_with);

        if (!other)
            golden_fail(words, "no such process to share an mm with");
        process->mm = other->process.mm;
        process->total_vm_pages = other->process.total_vm_pages;
    } else {
        process->mm = process->pid;
        for (struct world_process *p = world->first_process; p; p = p->next)
            if (p->process.mm == process->mm)
                p->process.total_vm_pages = pages;
    }
}

enum { PROC_ADMIN = 1, PROC_RAWIO = 2 };
enum { PROC_EXITING = 1, PROC_SWAPOFF = 2, PROC_LESS_THROTTLE = 4 };

static void op_process(struct reclaim_world *world, const struct golden_words *words)
{
    uint32_t pid = (uint32_t)golden_uint(words, 1);
    uint64_t caps = golden_uint(words, 9);
    uint64_t bits = golden_uint(words, 12);
    struct world_process *p = world_find_process(world, pid);
    struct process *process;

    if (!p)
        p = new_process(world, pid, words);
    process = &p->process;
    set_mm(world, process, golden_uint(words, 2), golden_int(words, 13), words);
    process->utime_jiffies = golden_uint(words, 3);
    process->stime_jiffies = golden_uint(words, 4);
    process->start_time_s = golden_uint(words, 5);
    process->nice = (int32_t)golden_int(words, 6);
    process->superuser = golden_uint(words, 7) == 0 || golden_uint(words, 8) == 0;
    process->cap_sys_admin = caps & PROC_ADMIN;
    process->cap_sys_rawio = caps & PROC_RAWIO;
    process->oom_adj = (int32_t)golden_int(words, 10);
    process->exiting = bits & PROC_EXITING;
    process->in_swapoff = bits & PROC_SWAPOFF;
    p->task.base_flags &= ~(uint32_t)TASK_PF_LESS_THROTTLE;
    if (bits & PROC_LESS_THROTTLE)
        p->task.base_flags |= TASK_PF_LESS_THROTTLE;
    p->task.task.flags = p->task.base_flags;
}

static void op_current(struct reclaim_world *world, const struct golden_words *words)
{
    world->current_pid = (uint32_t)golden_uint(words, 1);
}

static void op_exit(struct reclaim_world *world, const struct golden_words *words)
{
    world->killed_exit = golden_uint(words, 1);
}

static void op_badness(struct reclaim_world *world, const struct golden_words *words)
{
    (void)words;
    for (const struct world_process *p = world->first_process; p; p = p->next)
        if (p->live)
            fprintf(world->script.out, "badness %" PRIu32 " %" PRIu64 "\n", p->process.pid,
                    badness(&p->process, &world->machine, &world->current->task));
}

/* ---- death ---- */

void world_on_kill(void *context, struct process *victim, bool memdie)
{
    struct reclaim_world *world = context;
    struct world_process *p =
        (struct world_process *)((char *)victim - offsetof(struct world_process, process));

    p->killed = true;
    if (memdie)
        p->task.base_flags |= TASK_TIF_MEMDIE;
    world_print(world, 0, "e kill %" PRIu32 "%s\n", victim->pid, memdie ? " memdie" : "");
}

static void exit_process(struct reclaim_world *world, struct world_process *p)
{
    world_print(world, 1, "e exit %" PRIu32 "\n", p->process.pid);
    for (uint32_t number = 0; number < world->slots.count; number++) {
        const struct lru_slot *slot = &world->slots.items[number];

        if ((slot->state == SLOT_ANON || slot->state == SLOT_SWAPPED) &&
            slot->owner == p->process.pid)
            world_delete_slot(world, number);
    }
    process_remove(&world->reclaim.processes, &p->process);
    p->live = false;
}

void world_exit_killed(struct reclaim_world *world, bool spare_current)
{
    if (!world->killed_exit)
        return;
    for (struct world_process *p = world->first_process; p; p = p->next)
        if (p->live && p->killed && !(spare_current && &p->task == world->current))
            exit_process(world, p);
}

void world_processes_fini(struct reclaim_world *world)
{
    struct world_process *next;

    for (struct world_process *p = world->first_process; p; p = next) {
        next = p->next;
        free(p);
    }
}

const struct world_verb world_process_verbs[] = {
    {"proc", op_process},    {"cur", op_current}, {"oomexit", op_exit},
    {"badness", op_badness}, {NULL, NULL},
};
