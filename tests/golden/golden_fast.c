/* SPDX-License-Identifier: MIT */
/* The product's allocator behind a vector; only what the vectors script is replaced. */
#include "golden_fast.h"

#include <stdlib.h>

#include "golden_dump.h"
#include "golden_world.h"
#include "kernels/linux_2_6_24.h"
#include "reclaim/kswapd.h"

/* ---- the scripted operations ---- */

static struct golden_world *world_of(struct machine *machine)
{
    const struct golden_fast *fast = machine->ops_context;

    return fast->world;
}

static void wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order,
                          const struct task *current)
{
    if (kswapd_wakeup(machine, zone, order, current))
        golden_hook_kswapd(world_of(machine), zone->nid,
                           machine->nodes[zone->nid].kswapd_max_order);
}

static enum step zone_reclaim(struct machine *machine, struct zone *zone,
                              struct alloc_request *request, uint32_t gfp, bool *ret_reclaimed)
{
    (void)gfp;
    *ret_reclaimed = golden_hook_zone_reclaim(
        world_of(machine), zone->nid, machine_zone_name(machine, zone->index), request->order);
    return STEP_DONE;
}

static enum step cond_resched(struct machine *machine, struct alloc_request *request)
{
    (void)machine;
    (void)request;
    return STEP_DONE;
}

static enum step try_to_free_pages(struct machine *machine, struct alloc_request *request)
{
    request->did_some_progress =
        golden_hook_reclaim(world_of(machine), request->order, request->gfp, request->cpu);
    return STEP_DONE;
}

static enum step scripted_congestion_wait(struct machine *machine, struct alloc_request *request,
                                          unsigned timeout)
{
    (void)request;
    return golden_hook_congestion_wait(world_of(machine), timeout) ? STEP_DONE : STEP_BLOCKED;
}

/* Only another task can hold the OOM lock, and there is none. */
static enum step schedule_timeout(struct machine *machine, struct alloc_request *request,
                                  unsigned timeout)
{
    (void)machine;
    (void)request;
    (void)timeout;
    SIM_ASSERT(!"somebody else holds the OOM lock");
    return STEP_BLOCKED;
}

static enum step out_of_memory(struct machine *machine, struct alloc_request *request)
{
    bool memdie = false;
    bool go_on =
        golden_hook_oom(world_of(machine), request->order, request->gfp, request->cpu, &memdie);

    if (memdie)
        request->task->flags |= TASK_TIF_MEMDIE;
    return go_on ? STEP_DONE : STEP_BLOCKED;
}

/* ---- the model ---- */

static void *fast_boot(struct golden_world *world, const struct machine_spec *spec)
{
    struct golden_fast *fast = calloc(1, sizeof(*fast));
    struct sim_error err = {0};

    if (!fast)
        return NULL;
    fast->world = world;
    fast->ops = linux_2_6_24_ops;
    fast->ops.wakeup_kswapd = wakeup_kswapd;
    fast->ops.zone_reclaim = zone_reclaim;
    fast->ops.cond_resched = cond_resched;
    fast->ops.try_to_free_pages = try_to_free_pages;
    fast->ops.congestion_wait = scripted_congestion_wait;
    fast->ops.schedule_timeout = schedule_timeout;
    fast->ops.out_of_memory = out_of_memory;
    if (!machine_init(&fast->machine, spec, &fast->ops, fast, &fast->clock, &err)) {
        fprintf(stderr, "%s\n", err.message);
        free(fast);
        return NULL;
    }
    return fast;
}

static void fast_end(void *self)
{
    struct golden_fast *fast = self;

    machine_fini(&fast->machine);
    free(fast);
}

static uint32_t task_flags(uint32_t bits)
{
    static const uint32_t flags[] = {TASK_PF_MEMALLOC, TASK_TIF_MEMDIE, TASK_RT, TASK_IN_INTERRUPT};
    uint32_t result = 0;

    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (bits >> i & 1)
            result |= flags[i];
    return result;
}

static enum golden_result fast_alloc(void *self, const struct golden_call *call, uint32_t *ret_pfn)
{
    struct golden_fast *fast = self;
    struct task task = {.cpu = call->cpu, .flags = task_flags(call->task)};
    struct alloc_request request;

    alloc_request_init(&request, &fast->machine, &task, call->gfp, call->order, call->nid);
    if (alloc_request_step(&fast->machine, &request) == STEP_BLOCKED) {
        alloc_request_abandon(&fast->machine, &request);
        return GOLDEN_LOOP;
    }
    if (pfn_is_none(request.page))
        return GOLDEN_FAIL;
    *ret_pfn = request.page.nr;
    return GOLDEN_PAGE;
}

static void fast_free(void *self, uint32_t pfn, unsigned order, unsigned cpu, bool cold)
{
    struct golden_fast *fast = self;

    if (cold)
        free_cold_page(&fast->machine, (pfn_t){pfn}, cpu);
    else
        free_pages(&fast->machine, (pfn_t){pfn}, order, cpu);
}

static void fast_split(void *self, uint32_t pfn, unsigned order)
{
    struct golden_fast *fast = self;

    split_page(&fast->machine, (pfn_t){pfn}, order);
}

static void fast_drain(void *self, unsigned cpu)
{
    struct golden_fast *fast = self;

    drain_local_pages(&fast->machine, cpu);
}

static void fast_drain_all(void *self, unsigned cpu)
{
    struct golden_fast *fast = self;

    drain_all_local_pages(&fast->machine, cpu);
}

static void fast_vmstat(void *self, unsigned cpu)
{
    struct golden_fast *fast = self;

    refresh_cpu_vm_stats(&fast->machine, cpu);
}

static void fast_kswapd_sleep(void *self, unsigned nid)
{
    struct golden_fast *fast = self;

    SIM_ASSERT(nid < fast->machine.nr_nodes);
    fast->machine.nodes[nid].kswapd_asleep = true;
    fast->machine.nodes[nid].kswapd_max_order = 0;
}

static void fast_add_jiffies(void *self, uint64_t jiffies)
{
    struct golden_fast *fast = self;

    fast->clock.now_ns += jiffies * (UINT64_C(1000000000) / fast->machine.hz);
}

static void fast_sysctl(void *self, enum vm_sysctl_id id, const uint64_t *values)
{
    struct golden_fast *fast = self;

    vm_sysctl_write(&fast->machine, id, values);
}

static void fast_zonelists(void *self, FILE *out)
{
    const struct golden_fast *fast = self;

    golden_zonelists(&fast->machine, out);
}

static void fast_sum(void *self, FILE *out)
{
    const struct golden_fast *fast = self;

    golden_sum(&fast->machine, out);
}

static void fast_dump(void *self, unsigned number, FILE *out)
{
    const struct golden_fast *fast = self;

    golden_dump(&fast->machine, number, out);
}

static void fast_give_up(void *self)
{
    struct golden_fast *fast = self;

    for (uint32_t id = 0; id < fast->machine.nr_zones; id++) {
        fast->machine.zones[id].flags |= ZONE_ALL_UNRECLAIMABLE;
        fast->machine.zones[id].pages_scanned = 1;
    }
}

static void fast_scan_state(void *self, FILE *out)
{
    const struct machine *machine = &((const struct golden_fast *)self)->machine;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        const struct zone *zone = &machine->zones[id];

        if (zone->spanned_pages)
            fprintf(out, "scan %u %s unreclaimable %d scanned %" PRIu64 " oom %d\n", zone->nid,
                    machine_zone_name(machine, zone->index),
                    !!(zone->flags & ZONE_ALL_UNRECLAIMABLE), zone->pages_scanned,
                    !!(zone->flags & ZONE_OOM_LOCKED));
    }
}

/* Beyond the machine's own invariants: the machine-wide counters are the sums of the zones'. */
static bool fast_check(void *self, char *why, size_t why_size)
{
    const struct machine *machine = &((const struct golden_fast *)self)->machine;

    for (unsigned item = 0; item < NR_VM_ZONE_STAT_ITEMS; item++) {
        int64_t sum = 0;

        for (uint32_t id = 0; id < machine->nr_zones; id++)
            sum += machine->zones[id].vm_stat[item];
        if (sum != machine->vm_stat[item]) {
            snprintf(why, why_size, "%s of the machine is not that of its zones",
                     zone_stat_name(item));
            return false;
        }
    }
    if (machine->bad_pages) {
        snprintf(why, why_size, "%" PRIu64 " bad pages", machine->bad_pages);
        return false;
    }
    return machine_check(machine, why, why_size);
}

const struct golden_model golden_fast_model = {
    .boot = fast_boot,
    .end = fast_end,
    .alloc = fast_alloc,
    .free = fast_free,
    .split = fast_split,
    .drain = fast_drain,
    .drain_all = fast_drain_all,
    .vmstat = fast_vmstat,
    .kswapd_sleep = fast_kswapd_sleep,
    .add_jiffies = fast_add_jiffies,
    .sysctl = fast_sysctl,
    .zonelists = fast_zonelists,
    .sum = fast_sum,
    .dump = fast_dump,
    .give_up = fast_give_up,
    .scan_state = fast_scan_state,
    .check = fast_check,
};
