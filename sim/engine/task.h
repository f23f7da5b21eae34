/* SPDX-License-Identifier: MIT */
/* A task: what the kernel's current is to the model, and how it waits, without its program. */
#ifndef SIM_ENGINE_TASK_H
#define SIM_ENGINE_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flags by the kernel's names; the values are ours, except PF_MEMALLOC. */
enum {
    TASK_TIF_MEMDIE = 0x1,   /* chosen by the OOM killer */
    TASK_RT = 0x2,           /* real-time scheduling class */
    TASK_IN_INTERRUPT = 0x4, /* the caller is an interrupt handler */
    TASK_PF_SWAPWRITE = 0x8, /* may write to congested devices */
    TASK_PF_KSWAPD = 0x10,
    TASK_PF_LESS_THROTTLE = 0x20, /* higher dirty limits */
    TASK_PF_MEMALLOC = 0x800,     /* may use all reserves, never enters reclaim */
};

/* The answer of an operation that may wait. */
enum step {
    STEP_DONE,
    STEP_BLOCKED, /* task->wait says for what; then call again */
};

enum wait_kind {
    WAIT_CPU,   /* it works: keeps its CPU until wake_ns and until its work so far is paid for */
    WAIT_YIELD, /* it gives the CPU up but could go on */
    WAIT_SLEEP, /* off its CPU until `queue` is woken or wake_ns is there */
};

struct cpuset;
struct mempolicy;
struct waitqueue;

/* Set by whoever answers STEP_BLOCKED, obeyed by the owner of the simulation. */
struct wait {
    uint8_t kind;            /* enum wait_kind */
    uint8_t stall;           /* enum stall (mm/stall.h): what the time is booked on */
    uint64_t wake_ns;        /* SLEEP: UINT64_MAX = no timeout */
    struct waitqueue *queue; /* SLEEP: NULL = the timeout only */
};

/*
 * At a stable address as long as it lives: requests and wait queues point to it. Invariant:
 * waiting_on is the queue the task is linked into, by the two links, or NULL.
 */
struct task {
    uint32_t id;                      /* index in the simulation's task table */
    uint32_t cpu;                     /* where it runs */
    uint32_t flags;                   /* TASK_* */
    uint32_t il_next;                 /* node that MPOL_INTERLEAVE takes next */
    struct mempolicy *mempolicy;      /* mm/mempolicy.h; NULL: the default policy */
    const struct cpuset *cpuset;      /* mm/cpuset.h; NULL: the root, all nodes */
    uint32_t cpuset_mem_spread_rotor; /* node that got the last page of page cache spread */
    struct wait wait;
    struct waitqueue *waiting_on;
    struct task *next_waiting;
    struct task *prev_waiting;
    struct reclaim_state *reclaim_state; /* reclaim/reclaim.h; NULL where nothing is reclaimed */
};

static inline enum step task_work(struct task *task, unsigned stall, uint64_t until_ns)
{
    task->wait = (struct wait){WAIT_CPU, (uint8_t)stall, until_ns, NULL};
    return STEP_BLOCKED;
}

static inline enum step task_yield(struct task *task, unsigned stall)
{
    task->wait = (struct wait){WAIT_YIELD, (uint8_t)stall, 0, NULL};
    return STEP_BLOCKED;
}

static inline enum step task_sleep(struct task *task, unsigned stall, uint64_t until_ns,
                                   struct waitqueue *queue)
{
    task->wait = (struct wait){WAIT_SLEEP, (uint8_t)stall, until_ns, queue};
    return STEP_BLOCKED;
}

#endif
