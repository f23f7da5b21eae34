/* SPDX-License-Identifier: MIT */
/* What the OOM killer knows of a process. */
#ifndef SIM_RECLAIM_PROCESS_H
#define SIM_RECLAIM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct task;

#define PROCESS_NO_MM UINT32_MAX

enum { OOM_DISABLE = -17, PID_INIT = 1 };

/*
 * Owned by whoever runs it, at a stable address while listed. Children are listed in the order
 * they came. Kernel: include/linux/sched.h struct task_struct [2.6.24]
 */
struct process {
    const char *comm; /* the task's name, for reports; the owner's */
    uint32_t pid;
    uint32_t mm; /* equal for those that share one; PROCESS_NO_MM: a kernel thread */
    uint64_t total_vm_pages;
    uint64_t utime_jiffies;
    uint64_t stime_jiffies;
    uint64_t start_time_s; /* since boot */
    int32_t nice;
    int32_t oom_adj; /* -17..15 */
    bool superuser;  /* uid or euid 0 */
    bool cap_sys_admin;
    bool cap_sys_rawio;
    bool exiting;
    bool in_swapoff;
    bool sigkill;      /* SIGKILL is pending */
    struct task *task; /* TIF_MEMDIE is set there */

    struct process *parent;
    struct process *first_child, *last_child;
    struct process *next_sibling, *prev_sibling;
    struct process *next, *prev; /* all processes, in the order they came */
};

/* All of them; `= {0}` is empty. */
struct process_list {
    struct process *first, *last;
};

/* The parent may be NULL. */
void process_add(struct process_list *list, struct process *process, struct process *parent);

/* Leaves the list and its parent; its children have no parent then.
 * DEVIATION: the kernel gives them to init, which no OOM decision here depends on. */
void process_remove(struct process_list *list, struct process *process);

#endif
