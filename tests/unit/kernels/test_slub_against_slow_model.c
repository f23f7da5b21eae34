/* SPDX-License-Identifier: MIT */
/* Random allocations and frees: SLUB and its literal model agree on every object and every list. */
#include <string.h>

#include "base/rng.h"
#include "lib/machine_builder.h"
#include "lib/slow_slub.h"
#include "lib/test.h"
#include "mm/slub.h"

enum { HELD_MAX = 800 };

static struct test_machine tm;
static struct slub slub;
static struct slow_slub slow;
static struct alloc_caller caller;
static struct slab_object held[HELD_MAX];
static unsigned nr_held;
static pfn_t last_page; /* of the last page request, if there was one */
static bool asked;

static void on_request_done(struct alloc_caller *who, const struct alloc_request *request)
{
    (void)who;
    asked = true;
    last_page = request->page;
}

static void boot(unsigned nr_nodes, struct rng *rng)
{
    static const struct memory_range memory[] = {
        {0, 8192, 0}, {8192, 16384, 1}, {16384, 24576, 2}, {24576, 32768, 3}};
    struct machine_spec spec = test_machine_spec(memory, nr_nodes);
    struct sim_error err = {0};

    spec.nr_cpus = (uint32_t)rng_between(rng, nr_nodes, 8);
    spec.numa = nr_nodes > 1;
    for (unsigned cpu = 0; cpu < spec.nr_cpus; cpu++)
        spec.cpu_nid[cpu] = (uint8_t)(cpu % nr_nodes);
    test_machine_boot(&tm, spec);
    ck_assert(slub_init(&slub, &tm.machine, &err));
    caller = (struct alloc_caller){.task = &tm.task, .request_done = on_request_done};
    nr_held = 0;
}

/* ---- comparing ---- */

static unsigned length_of(const struct kmem_cache *cache, uint32_t slot, uint16_t first,
                          uint16_t *ret_objects)
{
    const uint16_t *links = &cache->links.items[(size_t)slot * cache->layout.objects];
    unsigned nr = 0;

    for (uint16_t object = first; object != OBJECT_END; object = links[object])
        ret_objects[nr++] = object;
    return nr;
}

/* A freelist against a stack, whose last one comes first. */
static void expect_freelist(const struct kmem_cache *cache, uint32_t slot, uint16_t first,
                            const uint16_t *stack, unsigned nr)
{
    static uint16_t objects[4096];

    ck_assert_uint_eq(length_of(cache, slot, first, objects), nr);
    for (unsigned i = 0; i < nr; i++)
        ck_assert_uint_eq(objects[i], stack[nr - 1 - i]);
}

static void expect_same_slab(const struct kmem_cache *cache, uint32_t slot, int slow_index)
{
    const struct kmem_slab *slab = &cache->slabs.items[slot];
    const struct slow_slab *other = &slow.slabs[slow_index];

    ck_assert_uint_eq(slab->page, other->page);
    ck_assert_uint_eq(slab->inuse, other->inuse);
    ck_assert_uint_eq(slab->nid, other->nid);
    ck_assert_int_eq(slab->frozen, other->frozen);
    expect_freelist(cache, slot, slab->freelist, other->freelist, other->nr_free);
}

static void expect_same(const struct kmem_cache *cache)
{
    unsigned slabs = 0;

    for (unsigned nid = 0; nid < slow.nr_nodes; nid++) {
        const struct slow_node *node = &slow.nodes[nid];
        uint32_t slot = cache->nodes[nid].first;

        ck_assert_uint_eq(cache->nodes[nid].nr_partial, node->nr_partial);
        ck_assert_uint_eq(cache->nodes[nid].nr_slabs, node->nr_slabs);
        slabs += node->nr_slabs;
        for (unsigned i = 0; i < node->nr_partial; i++) {
            expect_same_slab(cache, slot, node->partial[i]);
            slot = cache->slabs.items[slot].next;
        }
    }
    ck_assert_uint_eq(cache->counts.slabs, slabs);
    for (unsigned cpu = 0; cpu < slow.nr_cpus; cpu++) {
        const struct kmem_cache_cpu *c = &cache->cpus[cpu];

        ck_assert_int_eq(c->slab == SLAB_SLOT_NONE, slow.cpus[cpu].slab == SLOW_NO_SLAB);
        if (c->slab == SLAB_SLOT_NONE)
            continue;
        expect_same_slab(cache, c->slab, slow.cpus[cpu].slab);
        expect_freelist(cache, c->slab, c->freelist, slow.cpus[cpu].freelist,
                        slow.cpus[cpu].nr_free);
    }
}

/* ---- operations ---- */

static void allocate(struct kmem_cache *cache, struct rng *rng)
{
    const struct machine *machine = &tm.machine;
    unsigned nids[ZONELIST_LENGTH_MAX];
    struct slab_request request;
    struct slow_slub_call call = {
        .cpu = (unsigned)rng_below(rng, slow.nr_cpus),
        .nid = rng_below(rng, 3) == 0 ? (int)rng_below(rng, slow.nr_nodes) : -1,
        .thisnode = rng_below(rng, 8) == 0,
        .zonelist_nids = nids,
        .new_page = PFN_NONE,
    };
    uint32_t gfp = GFP_ATOMIC | (call.thisnode ? (uint32_t)GFP_THISNODE : 0);
    const struct zonelist *zonelist;
    struct slab_object object;

    call.cpu_nid = machine->cpu_nid[call.cpu];
    zonelist = &machine->nodes[call.cpu_nid].zonelists[2];
    for (unsigned i = 0; machine->numa && i < zonelist->length; i++)
        nids[call.nr_zonelist++] = machine->zones[zonelist->zones[i]].nid;
    asked = false;
    tm.task.cpu = call.cpu;
    kmem_cache_request_init(&request, cache, gfp, call.nid);
    ck_assert_int_eq(slab_request_step(&request, &slub, &caller), STEP_DONE);
    if (asked)
        call.new_page = last_page;
    if (!pfn_is_none(call.new_page))
        call.new_nid = machine_pfn_zone(machine, call.new_page.nr)->nid;
    object = slow_slub_alloc(&slow, &call);
    ck_assert_int_eq(asked, slow.wanted_page);
    ck_assert_uint_eq(request.object.page.nr, object.page.nr);
    ck_assert_uint_eq(request.object.index, object.index);
    if (!slab_object_is_null(object))
        held[nr_held++] = object;
}

static void give_back(unsigned which, unsigned cpu)
{
    struct slab_object object = held[which];

    held[which] = held[--nr_held];
    ck_assert_int_eq(kfree(&slub, object, cpu), SLAB_FREE_OK);
    slow_slub_free(&slow, object, cpu);
}

/* Phases that fill and phases that empty, so that lists are long and short. */
static void run_operations(struct kmem_cache *cache, struct rng *rng, unsigned nr)
{
    unsigned allocs_of_16 = 8;

    for (unsigned i = 0; i < nr; i++) {
        if (i % 256 == 0)
            allocs_of_16 = (unsigned)rng_between(rng, 2, 14);
        if (rng_below(rng, 500) == 0) {
            unsigned cpu = (unsigned)rng_below(rng, slow.nr_cpus);

            ck_assert(kmem_cache_shrink(cache, cpu));
            slow_slub_shrink(&slow, cpu);
        } else if (nr_held < HELD_MAX && (nr_held == 0 || rng_below(rng, 16) < allocs_of_16)) {
            allocate(cache, rng);
        } else {
            give_back((unsigned)rng_below(rng, nr_held), (unsigned)rng_below(rng, slow.nr_cpus));
        }
        if (i % 16 == 0)
            expect_same(cache);
    }
}

static void expect_agreement(unsigned nr_nodes, uint64_t seed, uint32_t object_size)
{
    struct kmem_cache_spec spec = {
        .name = "x", .object_size = object_size, .flags = SLAB_RECLAIM_ACCOUNT};
    struct kmem_cache *cache;
    struct rng rng;
    char why[256];

    rng_init(&rng, seed, "slub");
    boot(nr_nodes, &rng);
    cache = kmem_cache_create(&slub, &spec);
    ck_assert_ptr_nonnull(cache);
    slow_slub_init(&slow, cache->layout.objects, tm.machine.nr_cpus, nr_nodes);
    run_operations(cache, &rng, 3000);
    ck_assert_msg(slub_check(&slub, why, sizeof(why)), "%s", why);
    while (nr_held > 0)
        give_back(nr_held - 1, 0);
    expect_same(cache);
    ck_assert(kmem_cache_shrink(cache, 0));
    ck_assert_uint_eq(cache->counts.slabs, 0);
    ck_assert_int_eq(machine_page_state_exact(&tm.machine, NR_SLAB_RECLAIMABLE), 0);
    slow_slub_fini(&slow);
    slub_fini(&slub);
    test_machine_end(&tm);
}

START_TEST(one_node_agrees_with_the_slow_model)
{
    static const uint32_t sizes[] = {1000, 3000, 200, 2000, 700};

    for (unsigned i = 0; i < 5; i++)
        expect_agreement(1, i + 1, sizes[i]);
}
END_TEST

START_TEST(several_nodes_agree_with_the_slow_model)
{
    static const uint32_t sizes[] = {1000, 5000, 300, 2000, 1300, 64};

    for (unsigned i = 0; i < 6; i++)
        expect_agreement(2 + i % 3, i + 100, sizes[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slub against slow model");

    TEST_CASE(suite, "property", one_node_agrees_with_the_slow_model,
              several_nodes_agree_with_the_slow_model);
    return test_run(suite);
}
