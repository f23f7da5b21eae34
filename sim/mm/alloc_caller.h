/* SPDX-License-Identifier: MIT */
/* Who makes the page requests inside a larger call, and who hears of their results. */
#ifndef SIM_MM_ALLOC_CALLER_H
#define SIM_MM_ALLOC_CALLER_H

#include "mm/page_alloc.h"

/*
 * A fault, kmalloc() or vmalloc() asks for pages on its way: they are asked for in the name of
 * `task`, explained into `refusals`, and told to request_done, so that an inner request counts and
 * shows like one that a workload names. One caller is in one call at a time.
 */
struct alloc_caller {
    struct task *task;
    struct zone_refusal *refusals; /* room for explanations; NULL: nobody asks */
    uint16_t max_refusals;
    uint64_t request_begin_ns; /* of the last request */
    /* The request has its page, or (PFN_NONE) has failed. NULL: nobody listens. */
    void (*request_done)(struct alloc_caller *caller, const struct alloc_request *request);
    void *context; /* of whoever listens */
};

/* As alloc_request_init(). */
static inline void caller_request_init(struct alloc_request *request, struct machine *machine,
                                       struct alloc_caller *caller, uint32_t gfp, unsigned order,
                                       int nid)
{
    alloc_request_init(request, machine, caller->task, gfp, order, nid);
    request->refusals = caller->refusals;
    request->max_refusals = caller->max_refusals;
    caller->request_begin_ns = machine->clock->now_ns;
}

/* As alloc_request_init_vma(). */
static inline void caller_request_init_vma(struct alloc_request *request, struct machine *machine,
                                           struct alloc_caller *caller, uint32_t gfp,
                                           const struct policy_area *area)
{
    alloc_request_init_vma(request, machine, caller->task, gfp, area);
    request->refusals = caller->refusals;
    request->max_refusals = caller->max_refusals;
    caller->request_begin_ns = machine->clock->now_ns;
}

/* As alloc_request_step(). */
static inline enum step caller_request_step(struct alloc_request *request, struct machine *machine,
                                            struct alloc_caller *caller)
{
    enum step step = alloc_request_step(machine, request);

    if (step == STEP_DONE && caller->request_done)
        caller->request_done(caller, request);
    return step;
}

#endif
