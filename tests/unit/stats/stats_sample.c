/* SPDX-License-Identifier: MIT */
/* A booted machine for the output tests. */
#include "stats_sample.h"

#include <stdlib.h>
#include <string.h>

static bool need_resched(void *owner, unsigned cpu)
{
    (void)owner;
    (void)cpu;
    return false;
}

static void kswapd_woken(void *owner, unsigned nid)
{
    (void)nid;
    ((struct sample *)owner)->stats.kswapd_wakeups++;
}

static void oom_kill(void *owner, const struct alloc_request *request)
{
    (void)owner;
    (void)request;
}

static void boot(struct sample *sample)
{
    struct sim_error err = {0};

    sample->reclaim = (struct reclaim_context){
        .owner = sample,
        .need_resched = need_resched,
        .kswapd_woken = kswapd_woken,
        .oom_kill = oom_kill,
    };
    if (!machine_spec_check(&sample->spec, &err) ||
        !machine_init(&sample->machine, &sample->spec, &linux_2_6_24_ops, &sample->reclaim,
                      &sample->clock, &err) ||
        !summary_init(&sample->state, &sample->machine, &err))
        abort();
}

void sample_boot_numa(struct sample *sample)
{
    memset(sample, 0, sizeof(*sample));
    machine_spec_init(&sample->spec, false);
    sample->memory[0] = (struct memory_range){0, 8192, 0};
    sample->memory[1] = (struct memory_range){8192, 16384, 1};
    sample->reserved[0] = (struct reserved_range){160, 256};
    sample->spec.memory = sample->memory;
    sample->spec.nr_memory = 2;
    sample->spec.reserved = sample->reserved;
    sample->spec.nr_reserved = 1;
    sample->spec.nr_cpus = 2;
    sample->spec.cpu_nid[1] = 1;
    boot(sample);
}

void sample_boot_uma(struct sample *sample)
{
    memset(sample, 0, sizeof(*sample));
    machine_spec_init(&sample->spec, false);
    sample->spec.numa = false;
    sample->memory[0] = (struct memory_range){0, 16384, 0};
    sample->spec.memory = sample->memory;
    sample->spec.nr_memory = 1;
    boot(sample);
}

void sample_fini(struct sample *sample)
{
    summary_fini(&sample->state);
    machine_fini(&sample->machine);
}

pfn_t sample_alloc(struct sample *sample, uint32_t gfp, unsigned order)
{
    struct alloc_request request;
    struct failure failure;

    alloc_request_init(&request, &sample->machine, &sample->task, gfp, order, -1);
    request.refusals = sample->refusals;
    request.max_refusals = SAMPLE_REFUSALS;
    if (alloc_request_step(&sample->machine, &request) != STEP_DONE)
        abort();
    sample->stats.allocs++;
    histogram_record(&sample->stats.alloc_latency_ns, 100 + order);
    if (pfn_is_none(request.page)) {
        sample->stats.alloc_failures++;
        sample->stats.failed_by_order[order < MAX_ORDER ? order : MAX_ORDER]++;
        failure_init(&failure, &sample->machine, &request, "nic");
        summary_add_failure(&sample->state, &failure);
    } else {
        sample->stats.blocks_live++;
        sample->stats.pages_live += UINT64_C(1) << order;
    }
    return request.page;
}

void sample_exhaust(struct sample *sample, uint32_t gfp)
{
    while (!pfn_is_none(sample_alloc(sample, gfp, 0)))
        ;
}

struct header_info sample_header(const struct sample *sample)
{
    static const struct header_input inputs[] = {
        {"machine", "small.yaml", UINT64_C(0x00c0ffee00000001)},
        {"workload", "burst.yaml", UINT64_MAX},
    };
    static const struct named_value costs[] = {{"alloc_ns", 100}, {"free_ns", UINT64_MAX}};

    return (struct header_info){
        .tool_version = "0.1.0",
        .kernel = "linux-2.6.24",
        .workload = "burst",
        .seed = UINT64_MAX,
        .tick_ns = 10000000,
        .duration_ns = 0,
        .inputs = inputs,
        .nr_inputs = 2,
        .spec = &sample->spec,
        .costs = costs,
        .nr_costs = 2,
        .machine = &sample->machine,
    };
}

struct summary_info sample_summary(const struct sample *sample)
{
    return (struct summary_info){
        .machine = &sample->machine,
        .stats = &sample->stats,
        .state = &sample->state,
        .kernel = "linux-2.6.24",
        .workload = "burst",
        .ended = RUN_ENDED_IDLE,
    };
}
