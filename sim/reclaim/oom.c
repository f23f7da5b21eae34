/* SPDX-License-Identifier: MIT */
/* The OOM killer. */
#include "reclaim/reclaim.h"

/*
 * Kernel: mm/oom_kill.c out_of_memory() [2.6.24]
 * DEVIATION: the victim is always the caller, as the kernel decides when the memory policy is what
 * constrains it: tasks have no address space yet that a badness could be reckoned from.
 */
enum step reclaim_out_of_memory(struct machine *machine, struct alloc_request *request)
{
    struct reclaim_context *context = reclaim_context(machine);

    if (!request->blocked) {
        request->wake_ns = machine->clock->now_ns + context->out_of_memory_ns;
        context->blocked_on_cpu = true;
        return STEP_BLOCKED;
    }
    request->task->flags |= TASK_TIF_MEMDIE;
    context->oom_kill(context->owner, request);
    return STEP_DONE;
}
