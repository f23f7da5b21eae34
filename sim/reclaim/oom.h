/* SPDX-License-Identifier: MIT */
/* Choosing who dies. */
#ifndef SIM_RECLAIM_OOM_H
#define SIM_RECLAIM_OOM_H

#include <stdint.h>

#include "reclaim/process.h"

struct alloc_request;
struct machine;
struct reclaim;

/* Kernel: mm/oom_kill.c badness() [2.6.24] */
uint64_t badness(const struct process *process, uint64_t uptime_s);

enum oom_constraint { CONSTRAINT_NONE, CONSTRAINT_MEMORY_POLICY };

/* Kernel: mm/oom_kill.c constrained_alloc() [2.6.24] */
enum oom_constraint constrained_alloc(const struct machine *machine,
                                      const struct alloc_request *request);

/*
 * Chooses and kills: the owner's kill callback is called for each process that gets SIGKILL, first
 * for the one that gets TIF_MEMDIE. Returns false when there is nobody left to kill: the kernel
 * panics. Never blocks. Kernel: mm/oom_kill.c out_of_memory() [2.6.24]
 */
bool oom_kill_somebody(struct reclaim *reclaim, const struct alloc_request *request);

#endif
