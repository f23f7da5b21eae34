/* SPDX-License-Identifier: MIT */
/* A task: what the kernel's current is to the allocator, without its program. */
#ifndef SIM_ENGINE_TASK_H
#define SIM_ENGINE_TASK_H

#include <stdbool.h>
#include <stdint.h>

/* Flags by the kernel's names; the values are ours, except PF_MEMALLOC. */
enum {
    TASK_PF_MEMALLOC = 0x800, /* may use all reserves, never enters reclaim */
    TASK_TIF_MEMDIE = 0x1,    /* chosen by the OOM killer */
    TASK_RT = 0x2,            /* real-time scheduling class */
    TASK_IN_INTERRUPT = 0x4,  /* the caller is an interrupt handler */
};

struct task {
    uint32_t id;    /* index in the simulation's task table */
    uint32_t cpu;   /* where it runs */
    uint32_t flags; /* TASK_* */
};

#endif
