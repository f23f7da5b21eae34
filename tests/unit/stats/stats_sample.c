/* SPDX-License-Identifier: MIT */
/* A booted machine for the output tests. */
#include "stats_sample.h"

#include <stdlib.h>
#include <string.h>

static const struct backing_dev_spec sample_devices[] = {
    {"sda", 128, 128, 0, 5000000, 40000},
};

static bool need_resched(void *context, unsigned cpu)
{
    (void)context;
    (void)cpu;
    return false;
}

static void set_timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    (void)context;
    (void)timer;
    (void)arg;
    (void)at_ns;
}

static void wake(void *context, struct task *task)
{
    (void)context;
    (void)task;
}

static void kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    struct sample *sample = context;

    (void)arg;
    sample->stats.kswapd_wakeups += kind == KTHREAD_KSWAPD;
}

static void kill_process(void *context, struct process *victim, bool memdie)
{
    (void)context;
    (void)victim;
    (void)memdie;
}

static unsigned page_referenced(void *context, pfn_t page)
{
    (void)context;
    (void)page;
    return 0;
}

static enum swap_result try_to_unmap(void *context, pfn_t page, unsigned cpu)
{
    (void)context;
    (void)page;
    (void)cpu;
    return SWAP_SUCCESS;
}

static void boot_reclaim(struct sample *sample, struct sim_error *err)
{
    const struct reclaim_owner owner = {
        .context = sample,
        .need_resched = need_resched,
        .timer = set_timer,
        .wake = wake,
        .kthread = kthread,
        .kill = kill_process,
    };
    const struct rmap_ops rmap = {.page_referenced = page_referenced, .try_to_unmap = try_to_unmap};
    const struct swap_spec swap = {.pages = 1024, .priority = -1};
    uint32_t dev;

    if (!reclaim_init(&sample->reclaim, &sample->machine, &owner, &rmap, err) ||
        !reclaim_add_device(&sample->reclaim, &sample_devices[0], &dev) ||
        !swapon(&sample->reclaim, &swap))
        abort();
    sample->task.reclaim_state = &sample->reclaim_state;
    sample->process = (struct process){.comm = "nic", .pid = 7, .task = &sample->task};
    sample->reclaim_state.process = &sample->process;
    sample->tasks[0] = (struct task_stats){.name = "nic"};
    sample->tasks[1] = (struct task_stats){.name = "kswapd0"};
    sample->stats.reclaim = &sample->reclaim;
    sample->stats.user = &sample->user;
    sample->stats.tasks = sample->tasks;
    sample->stats.nr_tasks = SAMPLE_TASKS;
}

static void boot(struct sample *sample)
{
    struct sim_error err = {0};

    if (!machine_spec_check(&sample->spec, &err) ||
        !machine_init(&sample->machine, &sample->spec, &linux_2_6_24_ops, &sample->reclaim,
                      &sample->clock, &err))
        abort();
    boot_reclaim(sample, &err);
    if (!summary_init(&sample->state, &sample->machine, &err))
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
    reclaim_fini(&sample->reclaim);
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
    static const struct swap_spec swaps[] = {{0, 1024, -1, 0}};
    static const struct file_spec files[] = {{"log", 256, 0, 1024, WRITEPAGE_NONE}};
    static const struct cache_spec caches[] = {{"dentry", 20, 2, true}};
    static const struct cpuset_spec cpusets[] = {{"left", -1, 3, true, false},
                                                 {"inner", 0, 2, false, true}};
    static const struct numa_task tasks[] = {{"db", 2, {MPOL_BIND, 2}},
                                             {"web", 0, {MPOL_INTERLEAVE, UINT64_C(5) << 61}}};
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
        .events = true,
        .spec = &sample->spec,
        .devices = sample_devices,
        .nr_devices = 1,
        .swaps = swaps,
        .nr_swaps = 1,
        .files = files,
        .nr_files = 1,
        .caches = caches,
        .nr_caches = 1,
        .cpusets = cpusets,
        .nr_cpusets = 2,
        .numa_tasks = tasks,
        .nr_numa_tasks = 2,
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
