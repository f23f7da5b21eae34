/* SPDX-License-Identifier: MIT */
/* The lines of the reclaim vectors: which there are, and those that start reclaim or set it up. */
#include "base/units.h"
#include "mm/zonelist.h"
#include "reclaim_world.h"

static unsigned node_word(const struct reclaim_world *world, const struct golden_words *words,
                          unsigned i)
{
    int64_t nid = golden_int(words, i);

    if (nid < 0)
        nid = world->machine.cpu_nid[world->cpu];
    if (nid >= world->machine.nr_nodes || !world->machine.nodes[nid].online)
        golden_fail(words, "no such node");
    return (unsigned)nid;
}

static void op_trace(struct reclaim_world *world, const struct golden_words *words)
{
    world->trace = (uint32_t)golden_uint(words, 1);
    world->reclaim.observer.wanted = world_wanted_events(world);
}

static void op_time(struct reclaim_world *world, const struct golden_words *words)
{
    world_enter(world, (unsigned)golden_uint(words, 2));
    world_pass_time(world, world->clock.now_ns + golden_uint(words, 1) * NSEC_PER_USEC);
}

static void op_lru_drain(struct reclaim_world *world, const struct golden_words *words)
{
    world_enter(world, (unsigned)golden_uint(words, 1));
    lru_add_drain(&world->reclaim, world->cpu);
}

static void op_kswapd(struct reclaim_world *world, const struct golden_words *words)
{
    world_run_kswapd(world, node_word(world, words, 1));
}

static void op_kswapd_order(struct reclaim_world *world, const struct golden_words *words)
{
    struct node *node = &world->machine.nodes[node_word(world, words, 1)];
    uint32_t order = (uint32_t)golden_uint(words, 2);

    if (node->kswapd_max_order < order)
        node->kswapd_max_order = order;
    world_run_kswapd(world, node->nid);
}

static void op_kswapd_mode(struct reclaim_world *world, const struct golden_words *words)
{
    world->kswapd_mode = (uint32_t)golden_uint(words, 1);
}

static void op_kswapd_limit(struct reclaim_world *world, const struct golden_words *words)
{
    world->kswapd_restart_limit = golden_uint(words, 1);
}

/* In the state in which the allocator reclaims. */
static void op_reclaim(struct reclaim_world *world, const struct golden_words *words)
{
    uint32_t gfp = (uint32_t)golden_uint(words, 2);
    struct world_task *current;
    struct direct_reclaim *direct;
    unsigned nid;

    world_enter(world, (unsigned)golden_uint(words, 1));
    nid = node_word(world, words, 4);
    current = world->current;
    direct = &current->state.direct;
    current->task.flags |= TASK_PF_MEMALLOC;
    direct_reclaim_begin(direct, &world->reclaim, &current->task,
                         &world->machine.nodes[nid].zonelists[gfp_zone(&world->machine, gfp)],
                         (unsigned)golden_uint(words, 3), gfp);
    while (direct_reclaim_step(direct, &world->reclaim, &current->task) == STEP_BLOCKED)
        world_wait(world, current);
    fprintf(world->script.out, "reclaim %" PRIu64 "\n", direct->ret);
}

static int reclaim_zone(struct reclaim_world *world, struct zone *zone, unsigned order,
                        uint32_t gfp)
{
    struct world_task *current = world->current;
    struct zone_reclaim *request = &current->state.zone_reclaim;

    if (!world->machine.numa || !zone_populated(zone))
        return -1;
    world_begin_reclaim(current);
    zone_reclaim_begin(request, &world->reclaim, &current->task, zone, order, gfp);
    while (zone_reclaim_step(request, &world->reclaim, &current->task) == STEP_BLOCKED)
        world_wait(world, current);
    return request->ret;
}

static void op_zone_reclaim(struct reclaim_world *world, const struct golden_words *words)
{
    uint64_t index = golden_uint(words, 5);
    unsigned nid;

    world_enter(world, (unsigned)golden_uint(words, 1));
    nid = node_word(world, words, 4);
    if (index >= MAX_NR_ZONES)
        golden_fail(words, "no such zone");
    fprintf(world->script.out, "zreclaim %d\n",
            reclaim_zone(world, &world->machine.zones[nid * MAX_NR_ZONES + index],
                         (unsigned)golden_uint(words, 3), (uint32_t)golden_uint(words, 2)));
}

static void op_limits(struct reclaim_world *world, const struct golden_words *words)
{
    struct dirty_limits limits = get_dirty_limits(&world->reclaim, &world->current->task);

    (void)words;
    fprintf(
        world->script.out, "limits background %" PRIu64 " dirty %" PRIu64 " throttle %" PRIu64 "\n",
        limits.background_pages, limits.dirty_pages, limits.dirty_pages + limits.dirty_pages / 10);
}

static const struct world_verb control_verbs[] = {
    {"trace", op_trace},
    {"t", op_time},
    {"lrudrain", op_lru_drain},
    {"kswapd", op_kswapd},
    {"kswapdo", op_kswapd_order},
    {"kmode", op_kswapd_mode},
    {"klimit", op_kswapd_limit},
    {"reclaim", op_reclaim},
    {"zreclaim", op_zone_reclaim},
    {"limits", op_limits},
    {NULL, NULL},
};

static const struct world_verb *find_verb(const char *verb)
{
    static const struct world_verb *const tables[] = {control_verbs, world_slot_verbs,
                                                      world_device_verbs, world_process_verbs};

    for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        for (const struct world_verb *entry = tables[i]; entry->verb; entry++)
            if (strcmp(entry->verb, verb) == 0)
                return entry;
    return NULL;
}

bool reclaim_world_knows(const char *verb)
{
    return find_verb(verb);
}

void reclaim_world_line(struct reclaim_world *world, const struct golden_words *words)
{
    const struct world_verb *verb = find_verb(words->word[0]);

    if (!world->booted) {
        golden_world_line(&world->script, words);
        return;
    }
    world->idle_throttles = 0;
    world_enter(world, world->cpu);
    if (verb)
        verb->run(world, words);
    else
        golden_world_line(&world->script, words);
    world_leave(world);
}
