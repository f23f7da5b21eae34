/* SPDX-License-Identifier: MIT */
/* Running a vector's lines. */
#include "golden_world.h"

#include "mm/gfp.h"

void golden_world_init(struct golden_world *world, const struct golden_model *model, FILE *out)
{
    *world = (struct golden_world){.model = model, .out = out, .oom = GOLDEN_OOM_MEMDIE};
    golden_spec_init(&world->spec);
}

void golden_world_fini(struct golden_world *world)
{
    if (world->self)
        world->model->end(world->self);
    free(world->slots);
    free(world->queue);
    golden_spec_fini(&world->spec);
    *world = (struct golden_world){0};
}

/* ---- slots ---- */

static struct golden_slot *slot_at(struct golden_world *world, const struct golden_words *words,
                                   unsigned word)
{
    uint64_t index = golden_uint(words, word);

    if (index >= world->nr_slots) {
        size_t count = (size_t)(index + 1) * 2;
        struct golden_slot *slots = realloc(world->slots, count * sizeof(*slots));

        if (!slots)
            golden_fail(words, "out of memory");
        for (size_t i = world->nr_slots; i < count; i++)
            slots[i] = (struct golden_slot){.pfn = GOLDEN_NO_PFN};
        world->slots = slots;
        world->nr_slots = count;
    }
    return &world->slots[index];
}

static void free_slot(struct golden_world *world, struct golden_slot *slot, unsigned cpu, bool cold)
{
    if (slot->pfn == GOLDEN_NO_PFN)
        return;
    world->model->free(world->self, slot->pfn, slot->order, cpu, cold && slot->order == 0);
    slot->pfn = GOLDEN_NO_PFN;
}

/* Frees up to `max` queued blocks the way reclaim does; returns their pages. */
static uint64_t free_queued(struct golden_world *world, uint64_t max, unsigned cpu)
{
    uint64_t pages = 0;

    while (max && world->queue_head < world->queue_count) {
        struct golden_slot *slot = &world->slots[world->queue[world->queue_head++]];

        if (slot->pfn == GOLDEN_NO_PFN)
            continue;
        pages += UINT64_C(1) << slot->order;
        free_slot(world, slot, cpu, true);
        max--;
    }
    return pages;
}

/* ---- hooks ---- */

void golden_hook_kswapd(struct golden_world *world, unsigned nid, unsigned max_order)
{
    fprintf(world->out, "e kswapd %u %u\n", nid, max_order);
}

bool golden_hook_zone_reclaim(struct golden_world *world, unsigned nid, const char *zone_name,
                              unsigned order)
{
    bool reclaimed = world->zone_reclaims_left > 0;

    if (reclaimed)
        world->zone_reclaims_left--;
    if (reclaimed || world->spec.zreclaim_events)
        fprintf(world->out, "e zreclaim %u %s %u %d\n", nid, zone_name, order, reclaimed);
    return reclaimed;
}

uint64_t golden_hook_reclaim(struct golden_world *world, unsigned order, uint32_t gfp, unsigned cpu)
{
    uint64_t pages = free_queued(world, world->reclaim_max, cpu);

    fprintf(world->out, "e reclaim %u 0x%" PRIx32 " %" PRIu64 "\n", order, gfp, pages);
    return pages;
}

/* Counts a wait; past the limit the allocation is given up where it stands. */
static bool within_limit(struct golden_world *world)
{
    return ++world->waits <= world->wait_limit;
}

bool golden_hook_congestion_wait(struct golden_world *world, unsigned timeout)
{
    fprintf(world->out, "e cwait %u\n", timeout);
    world->model->add_jiffies(world->self, timeout);
    return within_limit(world);
}

bool golden_hook_oom(struct golden_world *world, unsigned order, uint32_t gfp, unsigned cpu,
                     bool *ret_memdie)
{
    fprintf(world->out, "e oom %u 0x%" PRIx32 "\n", order, gfp);
    if (world->oom == GOLDEN_OOM_MEMDIE) {
        *ret_memdie = true;
    } else {
        if (world->oom == GOLDEN_OOM_FREE_QUEUED)
            free_queued(world, UINT64_MAX, cpu);
        world->model->add_jiffies(world->self, 1);
    }
    return within_limit(world);
}

/* ---- operations ---- */

static void op_alloc(struct golden_world *world, const struct golden_words *words)
{
    const struct golden_call call = {
        .cpu = (uint32_t)golden_uint(words, 2),
        .task = world->task,
        .gfp = (uint32_t)golden_uint(words, 3),
        .order = (uint32_t)golden_uint(words, 4),
        .nid = (int32_t)golden_int(words, 5),
    };
    struct golden_slot *slot = slot_at(world, words, 1);
    uint32_t pfn = GOLDEN_NO_PFN;
    enum golden_result result;

    world->waits = 0;
    result = world->model->alloc(world->self, &call, &pfn);
    if (result == GOLDEN_PAGE)
        fprintf(world->out, "a %s %" PRIu32 "\n", words->word[1], pfn);
    else
        fprintf(world->out, "a %s %s\n", words->word[1], result == GOLDEN_LOOP ? "loop" : "fail");
    *slot = (struct golden_slot){pfn, call.order, call.gfp};
}

static void op_split(struct golden_world *world, const struct golden_words *words)
{
    struct golden_slot *slot = slot_at(world, words, 1);
    unsigned cpu = (unsigned)golden_uint(words, 2);
    bool cold = golden_uint(words, 3) != 0;
    uint32_t first = slot->pfn;
    uint32_t pages = UINT32_C(1) << slot->order;

    if (first == GOLDEN_NO_PFN)
        return;
    if (slot->gfp & GFP_BIT_COMP && slot->order > 0) {
        free_slot(world, slot, cpu, cold);
        return;
    }
    world->model->split(world->self, first, slot->order);
    for (uint32_t i = 0; i < pages; i++) {
        *slot = (struct golden_slot){.pfn = first + i};
        free_slot(world, slot, cpu, cold);
    }
}

static void op_queue(struct golden_world *world, const struct golden_words *words)
{
    slot_at(world, words, 1);
    if (world->queue_count == world->queue_capacity) {
        size_t capacity = world->queue_capacity ? 2 * world->queue_capacity : 64;
        uint32_t *queue = realloc(world->queue, capacity * sizeof(*queue));

        if (!queue)
            golden_fail(words, "out of memory");
        world->queue = queue;
        world->queue_capacity = capacity;
    }
    world->queue[world->queue_count++] = (uint32_t)golden_uint(words, 1);
}

static void op_sysctl(struct golden_world *world, const struct golden_words *words,
                      enum vm_sysctl_id id)
{
    uint64_t values[MAX_NR_ZONES - 1] = {0};

    for (unsigned i = 0; i < vm_sysctl_nr_values(id); i++)
        values[i] =
            id == VM_NUMA_ZONELIST_ORDER ? golden_zonelist_order(words) : golden_uint(words, i + 1);
    world->model->sysctl(world->self, id, values);
}

static enum vm_sysctl_id sysctl_of(const struct golden_words *words)
{
    for (unsigned id = 0; id < NR_VM_SYSCTLS; id++)
        if (golden_is(words, vm_sysctl_name(id)))
            return id;
    golden_fail(words, "unknown operation");
}

static void run_operation(struct golden_world *world, const struct golden_words *words)
{
    const struct golden_model *model = world->model;

    if (golden_is(words, "a"))
        op_alloc(world, words);
    else if (golden_is(words, "f"))
        free_slot(world, slot_at(world, words, 1), (unsigned)golden_uint(words, 2),
                  golden_uint(words, 3) != 0);
    else if (golden_is(words, "s"))
        op_split(world, words);
    else if (golden_is(words, "drain"))
        model->drain(world->self, (unsigned)golden_uint(words, 1));
    else if (golden_is(words, "drainall"))
        model->drain_all(world->self, (unsigned)golden_uint(words, 1));
    else if (golden_is(words, "vmstat"))
        model->vmstat(world->self, (unsigned)golden_uint(words, 1));
    else if (golden_is(words, "j"))
        model->add_jiffies(world->self, golden_uint(words, 1));
    else if (golden_is(words, "ksleep"))
        model->kswapd_sleep(world->self, (unsigned)golden_uint(words, 1));
    else if (golden_is(words, "task"))
        world->task = (uint32_t)golden_uint(words, 1);
    else if (golden_is(words, "rq"))
        op_queue(world, words);
    else if (golden_is(words, "rmax"))
        world->reclaim_max = golden_uint(words, 1);
    else if (golden_is(words, "oom"))
        world->oom = (enum golden_oom)golden_uint(words, 1);
    else if (golden_is(words, "zr"))
        world->zone_reclaims_left = golden_uint(words, 1);
    else if (golden_is(words, "waitlimit"))
        world->wait_limit = (unsigned)golden_uint(words, 1);
    else if (golden_is(words, "give_up"))
        model->give_up(world->self);
    else if (golden_is(words, "scan_state"))
        model->scan_state(world->self, world->out);
    else if (golden_is(words, "zonelists"))
        model->zonelists(world->self, world->out);
    else if (golden_is(words, "sum"))
        model->sum(world->self, world->out);
    else if (golden_is(words, "dump"))
        model->dump(world->self, ++world->dumps, world->out);
    else
        op_sysctl(world, words, sysctl_of(words));
}

static void boot(struct golden_world *world, const struct golden_words *words)
{
    const struct machine_spec *spec = &world->spec.machine;

    world->wait_limit = world->spec.wait_limit;
    world->self = world->model->boot(world, spec);
    if (!world->self)
        golden_fail(words, "the machine does not boot");
    fprintf(world->out, "boot pageblock_order %" PRIu32 " numa %d highmem %d\n",
            spec->pageblock_order, spec->numa, spec->highmem);
}

void golden_world_line(struct golden_world *world, const struct golden_words *words)
{
    if (world->self)
        run_operation(world, words);
    else if (golden_is(words, "boot"))
        boot(world, words);
    else
        golden_spec_line(&world->spec, words);
}
