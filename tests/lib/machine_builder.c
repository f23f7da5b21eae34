/* SPDX-License-Identifier: MIT */
/* Booting test machines and answering for reclaim. */
#include "lib/machine_builder.h"

#include "kernels/linux_2_6_24.h"
#include "lib/test.h"
#include "mm/stall.h"

static struct test_machine *owner(const struct machine *machine)
{
    return machine->ops_context;
}

static void on_wakeup_kswapd(struct machine *machine, struct zone *zone, unsigned order,
                             const struct task *current)
{
    (void)zone;
    (void)order;
    (void)current;
    owner(machine)->kswapd_wakeups++;
}

/* Whether this asking of an operation is its first and is to block. */
static bool block(const struct machine *machine, struct alloc_request *request, bool first)
{
    if (!owner(machine)->block_every_operation || !first)
        return false;
    task_sleep(request->task, STALL_NONE, machine->clock->now_ns + 1, NULL);
    return true;
}

static bool block_first(const struct machine *machine, struct alloc_request *request)
{
    return block(machine, request, !request->blocked);
}

static enum step on_zone_reclaim(struct machine *machine, struct zone *zone,
                                 struct alloc_request *request, uint32_t gfp, bool *ret_reclaimed)
{
    (void)zone;
    (void)gfp;
    if (block(machine, request, !request->walk.under_way))
        return STEP_BLOCKED;
    owner(machine)->zone_reclaims++;
    *ret_reclaimed = owner(machine)->zone_reclaim_answer;
    return STEP_DONE;
}

static enum step on_cond_resched(struct machine *machine, struct alloc_request *request)
{
    if (block_first(machine, request))
        return STEP_BLOCKED;
    owner(machine)->resched_points++;
    return STEP_DONE;
}

static enum step on_try_to_free_pages(struct machine *machine, struct alloc_request *request)
{
    struct test_machine *tm = owner(machine);

    tm->flags_in_reclaim = request->task->flags;
    if (block_first(machine, request))
        return STEP_BLOCKED;
    tm->direct_reclaims++;
    request->did_some_progress = tm->reclaim_progress;
    if (!pfn_is_none(tm->reclaim_frees)) {
        free_pages(machine, tm->reclaim_frees, 0, request->cpu);
        tm->reclaim_frees = PFN_NONE;
    }
    return STEP_DONE;
}

static enum step on_congestion_wait(struct machine *machine, struct alloc_request *request,
                                    unsigned timeout)
{
    if (block_first(machine, request))
        return STEP_BLOCKED;
    owner(machine)->congestion_waits++;
    owner(machine)->clock.now_ns += timeout * (UINT64_C(1000000000) / machine->hz);
    return STEP_DONE;
}

static enum step on_schedule_timeout(struct machine *machine, struct alloc_request *request,
                                     unsigned timeout)
{
    (void)timeout;
    if (block_first(machine, request))
        return STEP_BLOCKED;
    owner(machine)->timeouts++;
    return STEP_DONE;
}

static enum step on_out_of_memory(struct machine *machine, struct alloc_request *request)
{
    if (block_first(machine, request))
        return STEP_BLOCKED;
    owner(machine)->ooms++;
    if (owner(machine)->oom_marks_caller)
        request->task->flags |= TASK_TIF_MEMDIE;
    return STEP_DONE;
}

static void on_extfrag(void *context, const struct mm_extfrag *extfrag)
{
    struct test_machine *tm = context;

    tm->extfrags++;
    tm->last_extfrag = *extfrag;
}

static void on_bad_page(void *context, pfn_t page, uint32_t flags)
{
    (void)page;
    (void)flags;
    ((struct test_machine *)context)->bad_pages++;
}

struct machine_spec test_machine_spec(const struct memory_range *memory, size_t count)
{
    struct machine_spec spec;

    machine_spec_init(&spec, false);
    spec.memory = memory;
    spec.nr_memory = count;
    spec.stat_threshold = 0;
    return spec;
}

void test_machine_boot(struct test_machine *tm, struct machine_spec spec)
{
    struct sim_error err = {0};

    *tm = (struct test_machine){.ops = linux_2_6_24_ops, .reclaim_frees = PFN_NONE};
    tm->ops.wakeup_kswapd = on_wakeup_kswapd;
    tm->ops.zone_reclaim = on_zone_reclaim;
    tm->ops.cond_resched = on_cond_resched;
    tm->ops.try_to_free_pages = on_try_to_free_pages;
    tm->ops.congestion_wait = on_congestion_wait;
    tm->ops.schedule_timeout = on_schedule_timeout;
    tm->ops.out_of_memory = on_out_of_memory;
    tm->observer =
        (struct mm_observer){.extfrag = on_extfrag, .bad_page = on_bad_page, .context = tm};
    ck_assert_msg(machine_spec_check(&spec, &err), "%s", err.message);
    ck_assert_msg(machine_init(&tm->machine, &spec, &tm->ops, tm, &tm->clock, &err), "%s",
                  err.message);
    tm->machine.observer = &tm->observer;
    expect_sound(tm);
}

void test_machine_end(struct test_machine *tm)
{
    expect_sound(tm);
    machine_fini(&tm->machine);
}

void expect_sound(const struct test_machine *tm)
{
    char why[256] = "";

    ck_assert_msg(machine_check(&tm->machine, why, sizeof(why)), "%s", why);
}

pfn_t take_on(struct test_machine *tm, unsigned cpu, unsigned order, uint32_t gfp, int nid)
{
    struct alloc_request request;

    tm->task.cpu = cpu;
    alloc_request_init(&request, &tm->machine, &tm->task, gfp, order, nid);
    while (alloc_request_step(&tm->machine, &request) == STEP_BLOCKED)
        clock_advance_to(&tm->clock, tm->task.wait.wake_ns);
    return request.page;
}

pfn_t take(struct test_machine *tm, unsigned order, uint32_t gfp)
{
    return take_on(tm, tm->task.cpu, order, gfp, -1);
}

void give(struct test_machine *tm, pfn_t page, unsigned order)
{
    free_pages(&tm->machine, page, order, tm->task.cpu);
}

void drain_zone_to(struct test_machine *tm, unsigned zone_id, uint64_t left)
{
    const struct zone *zone = &tm->machine.zones[zone_id];
    uint32_t flags = tm->task.flags;

    tm->task.flags |= TASK_PF_MEMALLOC;
    while (zone_page_state(zone, NR_FREE_PAGES) > left) {
        uint64_t surplus = zone_page_state(zone, NR_FREE_PAGES) - left;
        unsigned order = 63 - (unsigned)__builtin_clzll(surplus);
        pfn_t page = PFN_NONE;

        for (order = order < MAX_ORDER ? order + 1 : MAX_ORDER; order-- > 1;) {
            page = take(tm, order, 0);
            if (!pfn_is_none(page))
                break;
        }
        if (pfn_is_none(page))
            page = take(tm, 0, 0);
        ck_assert(!pfn_is_none(page));
        drain_local_pages(&tm->machine, tm->task.cpu);
    }
    tm->task.flags = flags;
    ck_assert_uint_eq(zone_page_state(zone, NR_FREE_PAGES), left);
}

struct zone *zone_of(struct test_machine *tm, unsigned nid, unsigned index)
{
    return &tm->machine.zones[nid * MAX_NR_ZONES + index];
}
