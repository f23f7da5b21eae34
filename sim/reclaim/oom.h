/* SPDX-License-Identifier: MIT */
/* Choosing who dies. */
#ifndef SIM_RECLAIM_OOM_H
#define SIM_RECLAIM_OOM_H

#include <stdint.h>

#include "reclaim/process.h"

struct alloc_request;
struct machine;
struct reclaim;

/*
 * The higher, the better a victim; the process's times are jiffies of the machine, whose clock says
 * how long it has been running. 0 without memory, UINT64_MAX within swapoff(). Less by far if its
 * cpuset has no node in common with that of `current`, who asks.
 * Kernel: mm/oom_kill.c badness() [2.6.24]
 */
uint64_t badness(const struct process *process, const struct machine *machine,
                 const struct task *current);

enum oom_constraint { CONSTRAINT_NONE, CONSTRAINT_CPUSET, CONSTRAINT_MEMORY_POLICY };

/*
 * CPUSET: a zone of the request's zonelist is out of its task's cpuset. MEMORY_POLICY: some node
 * with memory has no zone in the request's zonelist (NUMA kernels only). Kernel: mm/oom_kill.c
 * constrained_alloc() [2.6.24]
 */
enum oom_constraint constrained_alloc(const struct machine *machine,
                                      const struct alloc_request *request);

/*
 * Chooses and kills for the process of request->task (its reclaim_state->process; none when either
 * is NULL). For each process that gets SIGKILL its `sigkill` is set, RECLAIM_OOM_KILL is told and
 * the owner's kill callback called, first for the one that gets TIF_MEMDIE. Nobody is killed while
 * an earlier victim still dies. False: there is nobody to kill, the kernel panics. The caller tells
 * RECLAIM_OOM and RECLAIM_OOM_PANIC and, unless the task bears TASK_TIF_MEMDIE after the call,
 * makes it sleep one jiffy whatever the answer but false. Never blocks. Kernel: mm/oom_kill.c
 * out_of_memory() [2.6.24]
 */
bool oom_kill_somebody(struct reclaim *reclaim, const struct alloc_request *request);

#endif
