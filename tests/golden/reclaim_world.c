/* SPDX-License-Identifier: MIT */
/* A machine with the product's reclaim behind a vector's script. */
#include "reclaim_world.h"

#include "golden_dump.h"
#include "kernels/linux_2_6_24.h"

static struct reclaim_world *world_of(struct golden_world *script)
{
    return (struct reclaim_world *)((char *)script - offsetof(struct reclaim_world, script));
}

static struct reclaim_world *world_of_machine(struct machine *machine)
{
    return (struct reclaim_world *)((char *)machine - offsetof(struct reclaim_world, machine));
}

/* ---- who runs ---- */

/* The bits of a `task` line. */
static uint32_t task_flags(uint32_t bits)
{
    static const uint32_t flags[] = {TASK_PF_MEMALLOC, TASK_TIF_MEMDIE, TASK_RT, TASK_IN_INTERRUPT};
    uint32_t result = 0;

    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (bits >> i & 1)
            result |= flags[i];
    return result;
}

void world_enter(struct reclaim_world *world, unsigned cpu)
{
    struct world_process *process = world_find_process(world, world->current_pid);

    world->cpu = cpu;
    world->current = process ? &process->task : &world->kernel_task;
    world->current->task.cpu = cpu;
    world->current->task.flags = world->current->base_flags | task_flags(world->script.task);
}

void world_leave(struct reclaim_world *world)
{
    world->current->task.flags = world->current->base_flags;
    world_exit_killed(world, false);
    if (world->kswapd_mode >= 1)
        world_run_woken_kswapds(world);
}

/* ---- allocation ---- */

/*
 * Answers STEP_BLOCKED to have the allocation given up when it has waited more often than
 * `waitlimit` allows.
 */
static enum step count_wait(struct reclaim_world *world)
{
    if (++world->script.waits <= world->script.wait_limit && !world->panicked)
        return STEP_DONE;
    world->abandoned = true;
    return STEP_BLOCKED;
}

static enum step counted_congestion_wait(struct machine *machine, struct alloc_request *request,
                                         unsigned timeout)
{
    if (linux_2_6_24_ops.congestion_wait(machine, request, timeout) == STEP_BLOCKED)
        return STEP_BLOCKED;
    return count_wait(world_of_machine(machine));
}

/* Whoever was killed exits at the end of the sleep after it. */
static enum step counted_out_of_memory(struct machine *machine, struct alloc_request *request)
{
    struct reclaim_world *world = world_of_machine(machine);
    bool slept = request->blocked;
    enum step step = linux_2_6_24_ops.out_of_memory(machine, request);

    if (step == STEP_BLOCKED && !world->panicked)
        return STEP_BLOCKED;
    if (slept)
        world_exit_killed(world, true);
    return count_wait(world);
}

static enum step noted_zone_reclaim(struct machine *machine, struct zone *zone,
                                    struct alloc_request *request, uint32_t gfp,
                                    bool *ret_reclaimed)
{
    if (!request->walk.under_way)
        world_begin_reclaim(world_of_machine(machine)->current);
    return linux_2_6_24_ops.zone_reclaim(machine, zone, request, gfp, ret_reclaimed);
}

/* Until it has its result or is abandoned: false. */
static bool run_request(struct reclaim_world *world, struct alloc_request *request)
{
    struct world_task *current = world->current;

    while (alloc_request_step(&world->machine, request) == STEP_BLOCKED) {
        if (world->abandoned) {
            alloc_request_abandon(&world->machine, request);
            world->abandoned = world->panicked = false;
            current->state = (struct reclaim_state){.process = current->state.process};
            return false;
        }
        world_wait(world, current);
    }
    return true;
}

/*
 * Where a zone ends inside a word of the boot bitmap, its buddy lists hold pages of the next zone,
 * too; a page's zone is that of its pfn. The product leaves such machines out.
 */
static void set_page_zone(struct reclaim_world *world, pfn_t page)
{
    const struct zone *zone = page_zone(&world->reclaim, page);

    if (page.nr - zone->start_pfn >= zone->spanned_pages)
        page_frame(&world->reclaim, page)->zone = machine_pfn_zone(&world->machine, page.nr)->id;
}

int64_t world_alloc(struct reclaim_world *world, uint32_t gfp, unsigned order, int nid)
{
    struct alloc_request request;

    alloc_request_init(&request, &world->machine, &world->current->task, gfp, order, nid);
    if (!run_request(world, &request))
        return WORLD_LOOP;
    if (pfn_is_none(request.page))
        return WORLD_FAIL;
    set_page_zone(world, request.page);
    return request.page.nr;
}

/* ---- what the script asks of a model ---- */

static enum golden_result model_alloc(void *self, const struct golden_call *call, uint32_t *ret_pfn)
{
    struct reclaim_world *world = self;
    int64_t result;

    world_enter(world, call->cpu);
    result = world_alloc(world, call->gfp, call->order, call->nid);
    if (result < 0)
        return result == WORLD_LOOP ? GOLDEN_LOOP : GOLDEN_FAIL;
    *ret_pfn = (uint32_t)result;
    return GOLDEN_PAGE;
}

static void model_free(void *self, uint32_t pfn, unsigned order, unsigned cpu, bool cold)
{
    struct reclaim_world *world = self;

    world_enter(world, cpu);
    if (cold)
        free_cold_page(&world->machine, (pfn_t){pfn}, cpu);
    else
        free_pages(&world->machine, (pfn_t){pfn}, order, cpu);
}

static void model_split(void *self, uint32_t pfn, unsigned order)
{
    struct reclaim_world *world = self;

    split_page(&world->machine, (pfn_t){pfn}, order);
}

static void model_drain(void *self, unsigned cpu)
{
    struct reclaim_world *world = self;

    world_enter(world, cpu);
    drain_local_pages(&world->machine, cpu);
}

static void model_drain_all(void *self, unsigned cpu)
{
    struct reclaim_world *world = self;

    world_enter(world, cpu);
    drain_all_local_pages(&world->machine, cpu);
}

static void model_vmstat(void *self, unsigned cpu)
{
    struct reclaim_world *world = self;

    world_enter(world, cpu);
    refresh_cpu_vm_stats(&world->machine, cpu);
}

static void model_kswapd_sleep(void *self, unsigned nid)
{
    struct reclaim_world *world = self;

    world->machine.nodes[nid].kswapd_asleep = true;
    world->machine.nodes[nid].kswapd_max_order = 0;
}

static void model_add_jiffies(void *self, uint64_t jiffies)
{
    struct reclaim_world *world = self;
    uint64_t jiffy_ns = UINT64_C(1000000000) / world->machine.hz;

    world_pass_time(world, world->clock.now_ns + jiffies * jiffy_ns);
}

static void model_sysctl(void *self, enum vm_sysctl_id id, const uint64_t *values)
{
    struct reclaim_world *world = self;

    vm_sysctl_write(&world->machine, id, values);
}

static void model_zonelists(void *self, FILE *out)
{
    const struct reclaim_world *world = self;

    golden_zonelists(&world->machine, out);
}

static void model_sum(void *self, FILE *out)
{
    struct reclaim_world *world = self;

    golden_sum(&world->machine, out);
    world_sum(world, out);
}

static void model_dump(void *self, unsigned number, FILE *out)
{
    struct reclaim_world *world = self;

    golden_dump_machine(&world->machine, number, out);
    world_dump(world, out);
    fprintf(out, "enddump\n");
}

static bool model_check(void *self, char *why, size_t why_size)
{
    const struct reclaim_world *world = self;

    return reclaim_check(&world->reclaim, why, why_size);
}

/* ---- what reclaim asks of its owner ---- */

/* Asked where a kswapd run starts over, which is where `klimit` ends it. */
static bool on_need_resched(void *context, unsigned cpu)
{
    struct reclaim_world *world = context;

    (void)cpu;
    return world->kswapd_running && ++world->kswapd_restarts >= world->kswapd_restart_limit;
}

/* Time is passed by looking at the devices; there is no pdflush to be woken. */
static void on_timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    (void)context;
    (void)timer;
    (void)arg;
    (void)at_ns;
}

/* Seen by the task being on no queue any more. */
static void on_wake(void *context, struct task *task)
{
    (void)context;
    (void)task;
}

static void on_kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    struct reclaim_world *world = context;

    if (kind == KTHREAD_KSWAPD)
        world_print(world, 0, "e kswapd %" PRIu32 " %" PRIu32 "\n", arg,
                    world->machine.nodes[arg].kswapd_max_order);
}

/* ---- boot ---- */

enum { DEFAULT_TRACE = 1, DEFAULT_KSWAPD_RESTARTS = 50 };

static bool boot_kswapds(struct reclaim_world *world)
{
    struct machine *machine = &world->machine;

    world->kswapds = calloc(machine->nr_nodes, sizeof(*world->kswapds));
    if (!world->kswapds)
        return false;
    for (unsigned nid = 0; nid < machine->nr_nodes; nid++) {
        struct world_task *kswapd = &world->kswapds[nid];

        kswapd->base_flags = TASK_PF_MEMALLOC | TASK_PF_SWAPWRITE | TASK_PF_KSWAPD;
        kswapd->task.flags = kswapd->base_flags;
        kswapd->task.reclaim_state = &kswapd->state;
        for (uint32_t cpu = machine->nr_cpus; cpu-- > 0;)
            if (machine->cpu_nid[cpu] == nid)
                kswapd->task.cpu = cpu;
    }
    return true;
}

static bool boot_reclaim(struct reclaim_world *world, struct sim_error *err)
{
    const struct reclaim_owner owner = {.context = world,
                                        .need_resched = on_need_resched,
                                        .timer = on_timer,
                                        .wake = on_wake,
                                        .kthread = on_kthread,
                                        .kill = world_on_kill};
    struct rmap_ops rmap = world_rmap_ops;

    rmap.context = world;
    if (!reclaim_init(&world->reclaim, &world->machine, &owner, &rmap, err))
        return false;
    world->reclaim.observer = (struct reclaim_observer){
        .event = world_on_event, .context = world, .wanted = world_wanted_events(world)};
    if (world_devices_init(world) && boot_kswapds(world))
        return true;
    reclaim_fini(&world->reclaim);
    sim_error_set(err, ERR_OUT_OF_MEMORY, "out of memory");
    return false;
}

static void *model_boot(struct golden_world *script, const struct machine_spec *spec)
{
    struct reclaim_world *world = world_of(script);
    struct sim_error err = {0};

    world->ops = linux_2_6_24_ops;
    world->ops.zone_reclaim = noted_zone_reclaim;
    world->ops.congestion_wait = counted_congestion_wait;
    world->ops.out_of_memory = counted_out_of_memory;
    world->booted =
        machine_init(&world->machine, spec, &world->ops, &world->reclaim, &world->clock, &err);
    if (world->booted && !boot_reclaim(world, &err)) {
        machine_fini(&world->machine);
        world->booted = false;
    }
    if (!world->booted) {
        fprintf(stderr, "%s\n", err.message);
        return NULL;
    }
    world->kernel_task.task.reclaim_state = &world->kernel_task.state;
    world_enter(world, 0);
    return world;
}

static void model_end(void *self)
{
    struct reclaim_world *world = self;

    reclaim_fini(&world->reclaim);
    machine_fini(&world->machine);
    free(world->kswapds);
}

const struct golden_model reclaim_world_model = {
    .boot = model_boot,
    .end = model_end,
    .alloc = model_alloc,
    .free = model_free,
    .split = model_split,
    .drain = model_drain,
    .drain_all = model_drain_all,
    .vmstat = model_vmstat,
    .kswapd_sleep = model_kswapd_sleep,
    .add_jiffies = model_add_jiffies,
    .sysctl = model_sysctl,
    .zonelists = model_zonelists,
    .sum = model_sum,
    .dump = model_dump,
    .check = model_check,
};

void reclaim_world_init(struct reclaim_world *world, FILE *out)
{
    *world = (struct reclaim_world){.trace = DEFAULT_TRACE,
                                    .kswapd_restart_limit = DEFAULT_KSWAPD_RESTARTS,
                                    .killed_exit = true};
    golden_world_init(&world->script, &reclaim_world_model, out);
}

void reclaim_world_fini(struct reclaim_world *world)
{
    golden_world_fini(&world->script);
    world_devices_fini(world);
    world_processes_fini(world);
    vec_fini(&world->slots);
    *world = (struct reclaim_world){0};
}
