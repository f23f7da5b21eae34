/* SPDX-License-Identifier: MIT */
/* vmalloc(): places, pages, page arrays, page tables, failures, against the literal calls. */
#include "mm/vmalloc.h"

#include "base/rng.h"
#include "base/units.h"
#include "lib/fail_malloc.h"
#include "lib/machine_builder.h"
#include "lib/slow_vmalloc.h"
#include "lib/test.h"

enum { MIB_PAGES = 256 };

/* A machine with its caches and its space. */
struct world {
    struct test_machine tm;
    struct machine_spec spec;
    struct slub slub;
    struct vmalloc_space space;
    struct alloc_caller caller;
    unsigned requests; /* page requests that were told */
    uint32_t gfps[3];  /* of the last ones, latest first */
};

static void count_request(struct alloc_caller *caller, const struct alloc_request *request)
{
    struct world *world = caller->context;

    world->requests++;
    world->gfps[2] = world->gfps[1];
    world->gfps[1] = world->gfps[0];
    world->gfps[0] = request->gfp;
}

static void world_boot(struct world *world, const struct machine_spec *spec)
{
    struct sim_error err = {0};

    *world = (struct world){.spec = *spec};
    test_machine_boot(&world->tm, *spec);
    ck_assert(slub_init(&world->slub, &world->tm.machine, &err));
    vmalloc_space_init(&world->space, &world->tm.machine, spec);
    world->caller = (struct alloc_caller){
        .task = &world->tm.task, .request_done = count_request, .context = world};
}

static void world_end(struct world *world)
{
    char why[256] = "";

    ck_assert_msg(vmalloc_check(&world->space, why, sizeof(why)), "%s", why);
    ck_assert_msg(slub_check(&world->slub, why, sizeof(why)), "%s", why);
    vmalloc_space_fini(&world->space);
    slub_fini(&world->slub);
    test_machine_end(&world->tm);
}

static struct machine_spec spec_of(uint64_t mib, bool highmem)
{
    static struct memory_range memory;
    struct machine_spec spec;

    memory = (struct memory_range){.start_pfn = 0, .end_pfn = mib * MIB_PAGES};
    spec = test_machine_spec(&memory, 1);
    if (highmem) {
        machine_spec_init(&spec, true);
        spec.memory = &memory;
        spec.nr_memory = 1;
        spec.stat_threshold = 0;
    }
    return spec;
}

/* Runs a request to its end; returns how often it waited. */
static unsigned run_request(struct world *world, struct vmalloc_request *request)
{
    unsigned waits = 0;

    while (vmalloc_request_step(request, &world->space, &world->slub, &world->caller) ==
           STEP_BLOCKED)
        waits++;
    return waits;
}

static uint64_t get(struct world *world, uint64_t size, uint32_t gfp)
{
    struct vmalloc_request request;

    vmalloc_request_init(&request, &world->space, size, gfp, -1);
    run_request(world, &request);
    return request.addr;
}

static void put(struct world *world, uint64_t addr)
{
    ck_assert_int_eq(vfree(&world->space, &world->slub, addr, world->tm.task.cpu), VFREE_OK);
}

static uint64_t free_pages_of(struct world *world)
{
    uint64_t pages = 0;

    drain_local_pages(&world->tm.machine, 0);
    for (unsigned zone = 0; zone < world->tm.machine.nr_zones; zone++)
        pages += zone_page_state(&world->tm.machine.zones[zone], NR_FREE_PAGES);
    return pages;
}

static const struct vm_struct *area_of(const struct world *world, uint64_t addr)
{
    uint32_t area = vmlist_find(&world->space.list, addr);

    ck_assert_uint_ne(area, VM_AREA_NONE);
    return vmlist_area(&world->space.list, area);
}

/* ---- where the space is ---- */

START_TEST(on_64_bits_the_space_is_that_of_every_proc_meminfo)
{
    struct machine_spec spec = spec_of(64, false);
    struct vmalloc_layout layout = vmalloc_layout_of(&spec);

    /* "VmallocTotal: 34359738367 kB" */
    ck_assert_uint_eq((layout.end - layout.start) >> 10, UINT64_C(34359738367));
    ck_assert_uint_eq(layout.start, UINT64_C(0xffffc20000000000));
}
END_TEST

START_TEST(on_i386_the_space_is_that_of_boot_messages)
{
    /* memory in KiB, end of lowmem, "vmalloc : START - END" */
    static const struct {
        uint64_t end_pfn;
        uint64_t start, end;
    } boots[] = {
        {0x80000, 0xf8800000, 0xff7fe000},  /* 2 GiB: lowmem to 0xf8000000, 111 MB */
        {0x140000, 0xf8800000, 0xffbfe000}, /* 5 GiB, PAE: 115 MB */
        {0x1b000, 0xdb800000, 0xff7fe000},  /* 432 MiB: lowmem to 0xdb000000 */
    };

    for (size_t i = 0; i < sizeof(boots) / sizeof(boots[0]); i++) {
        struct machine_spec spec = spec_of(boots[i].end_pfn / MIB_PAGES, true);
        struct vmalloc_layout layout = vmalloc_layout_of(&spec);

        ck_assert_uint_eq(layout.start, boots[i].start);
        ck_assert_uint_eq(layout.end, boots[i].end);
    }
}
END_TEST

START_TEST(lowmem_up_to_the_top_leaves_no_space)
{
    struct machine_spec spec = spec_of(2048, true);
    struct vmalloc_layout layout;

    spec.zone_end_pfn[1] = 0x40000;
    layout = vmalloc_layout_of(&spec);
    ck_assert_uint_eq(layout.start, layout.end);
}
END_TEST

START_TEST(the_masks_are_those_of_the_architecture)
{
    struct machine machine = {.highmem = false};

    ck_assert_uint_eq(vmalloc_gfp(), 0xd2);
    ck_assert_uint_eq(vmalloc_32_gfp(&machine), 0xd4);
    machine.highmem = true;
    ck_assert_uint_eq(vmalloc_32_gfp(&machine), 0xd0);
}
END_TEST

/* ---- areas ---- */

START_TEST(areas_lie_one_behind_the_other_with_a_guard_page)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;
    uint64_t first, second;

    world_boot(&world, &spec);
    first = get(&world, 1, vmalloc_gfp());
    second = get(&world, 3 * PAGE_SIZE, vmalloc_gfp());
    ck_assert_uint_eq(first, world.space.layout.start);
    ck_assert_uint_eq(second, first + 2 * PAGE_SIZE);
    ck_assert_uint_eq(world.space.list.used_bytes, 6 * PAGE_SIZE);
    ck_assert_uint_eq(area_of(&world, second)->nr_pages, 3);
    put(&world, first);
    ck_assert_uint_eq(get(&world, 2 * PAGE_SIZE, vmalloc_gfp()), second + 4 * PAGE_SIZE);
    ck_assert_uint_eq(get(&world, PAGE_SIZE, vmalloc_gfp()), first);
    world_end(&world);
}
END_TEST

START_TEST(what_was_taken_comes_back_but_for_page_tables)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;
    uint64_t before, addr;

    world_boot(&world, &spec);
    put(&world, get(&world, PAGE_SIZE, vmalloc_gfp()));
    ck_assert_uint_eq(world.space.page_table.nr_pages, 3);
    before = free_pages_of(&world);
    addr = get(&world, 2000 * PAGE_SIZE, vmalloc_gfp());
    /* the pages, four of the page array; 2000 + 1 pages reach into eight tables, one is there */
    ck_assert_uint_eq(world.space.nr_pages, 2004);
    ck_assert_uint_eq(world.space.page_table.nr_pages, 3 + 3);
    ck_assert_uint_eq(world.space.list.nr_areas, 2);
    put(&world, addr);
    ck_assert_uint_eq(world.space.nr_pages, 0);
    ck_assert_uint_eq(world.space.list.used_bytes, 0);
    /* three page tables, and the slab of the inner page array, which stays with the CPU */
    ck_assert_uint_eq(free_pages_of(&world), before - 3 - 1);
    world_end(&world);
}
END_TEST

START_TEST(a_page_array_over_a_page_is_an_area_of_its_own)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;
    uint64_t addr;
    const struct vm_struct *area;

    world_boot(&world, &spec);
    addr = get(&world, 512 * PAGE_SIZE, vmalloc_gfp());
    ck_assert_uint_eq(area_of(&world, addr)->flags, VM_ALLOC);
    put(&world, addr);
    addr = get(&world, 513 * PAGE_SIZE, vmalloc_gfp());
    area = area_of(&world, addr);
    ck_assert_uint_eq(area->flags, VM_ALLOC | VM_VPAGES);
    ck_assert_uint_eq(vmlist_area(&world.space.list, area->array_area)->addr,
                      addr + 514 * PAGE_SIZE);
    ck_assert_uint_eq(vmlist_area(&world.space.list, area->array_area)->nr_pages, 2);
    put(&world, addr);
    ck_assert_uint_eq(world.space.list.nr_areas, 0);
    world_end(&world);
}
END_TEST

START_TEST(vmalloc_takes_highmem_and_vmalloc_32_does_not)
{
    struct machine_spec spec = spec_of(1024, true);
    struct world world;
    const struct vm_struct *area;

    world_boot(&world, &spec);
    area = area_of(&world, get(&world, PAGE_SIZE, vmalloc_gfp()));
    ck_assert_uint_ge(area->first_page.nr, 896 * MIB_PAGES);
    ck_assert_uint_lt(area->descriptor.page.nr, 896 * MIB_PAGES);
    area = area_of(&world, get(&world, PAGE_SIZE, vmalloc_32_gfp(&world.tm.machine)));
    ck_assert_uint_lt(area->first_page.nr, 896 * MIB_PAGES);
    world_end(&world);
}
END_TEST

START_TEST(page_tables_are_asked_for_as_the_kernel_does)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;

    world_boot(&world, &spec);
    get(&world, PAGE_SIZE, GFP_NOFS | GFP_BIT_HIGHMEM);
    for (unsigned level = 0; level < 3; level++)
        ck_assert_uint_eq(world.gfps[level], GFP_KERNEL | GFP_BIT_REPEAT | GFP_BIT_ZERO);
    world.requests = 0;
    get(&world, PAGE_SIZE, GFP_NOFS | GFP_BIT_HIGHMEM);
    ck_assert_uint_eq(world.requests, 1);
    ck_assert_uint_eq(world.gfps[0], GFP_NOFS | GFP_BIT_HIGHMEM);
    world_end(&world);
}
END_TEST

/* ---- failures ---- */

START_TEST(a_size_that_cannot_be_asks_for_nothing)
{
    static const uint64_t sizes[] = {0, 64 * MIB_PAGES * UINT64_C(4096) + 1, UINT64_MAX,
                                     UINT64_MAX - 4095};
    struct machine_spec spec = spec_of(64, false);
    struct world world;

    world_boot(&world, &spec);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        ck_assert_uint_eq(get(&world, sizes[i], vmalloc_gfp()), 0);
        ck_assert_uint_eq(world.space.results[VMALLOC_BAD_SIZE], i + 1);
    }
    ck_assert_uint_eq(world.requests, 0);
    world_end(&world);
}
END_TEST

START_TEST(a_32_bit_kernel_has_no_sizes_over_four_gigabytes)
{
    struct machine_spec spec = spec_of(8192, true);
    struct world world;

    world_boot(&world, &spec);
    ck_assert_uint_eq(get(&world, UINT64_C(0x100000000) + PAGE_SIZE, vmalloc_gfp()), 0);
    ck_assert_uint_eq(get(&world, UINT64_C(0xfffff001), vmalloc_gfp()), 0);
    ck_assert_uint_eq(world.space.results[VMALLOC_BAD_SIZE], 2);
    ck_assert_uint_eq(get(&world, UINT64_C(0xf0000000), vmalloc_gfp()), 0);
    ck_assert_uint_eq(world.space.results[VMALLOC_NO_SPACE], 1);
    world_end(&world);
}
END_TEST

START_TEST(a_space_in_pieces_refuses_what_its_free_bytes_would_hold)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;
    uint64_t areas[16];

    spec.vmalloc_bytes = 16 * 4 * PAGE_SIZE;
    world_boot(&world, &spec);
    for (unsigned i = 0; i < 16; i++)
        areas[i] = get(&world, 3 * PAGE_SIZE, vmalloc_gfp());
    ck_assert_uint_ne(areas[15], 0);
    ck_assert_uint_eq(get(&world, PAGE_SIZE, vmalloc_gfp()), 0);
    for (unsigned i = 0; i < 16; i += 2)
        put(&world, areas[i]);
    ck_assert_uint_eq(vmlist_largest_hole(&world.space.list), 4 * PAGE_SIZE);
    ck_assert_uint_eq(get(&world, 4 * PAGE_SIZE, vmalloc_gfp()), 0);
    ck_assert_uint_eq(world.space.results[VMALLOC_NO_SPACE], 2);
    ck_assert_uint_eq(get(&world, 3 * PAGE_SIZE, vmalloc_gfp()), areas[0]);
    world_end(&world);
}
END_TEST

START_TEST(without_memory_all_pages_go_back)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;
    uint64_t before;

    world_boot(&world, &spec);
    put(&world, get(&world, PAGE_SIZE, vmalloc_gfp()));
    before = free_pages_of(&world);
    world.tm.task.flags = TASK_PF_MEMALLOC; /* fails at the end of memory, without reclaim */
    ck_assert_uint_eq(get(&world, 64 * MIB_PAGES * PAGE_SIZE, vmalloc_gfp()), 0);
    ck_assert_uint_eq(world.space.results[VMALLOC_NO_MEMORY], 1);
    ck_assert_uint_eq(world.space.list.nr_areas, 0);
    /* the page array was there and mapped, 128 KiB behind 64 MiB; the slab of its own stays */
    ck_assert_uint_eq(world.space.page_table.nr_pages, 4);
    ck_assert_uint_eq(free_pages_of(&world), before - 1 - 1);
    world_end(&world);
}
END_TEST

START_TEST(a_wrong_vfree_does_nothing)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;
    uint64_t addr;

    world_boot(&world, &spec);
    addr = get(&world, 2 * PAGE_SIZE, vmalloc_gfp());
    ck_assert_int_eq(vfree(&world.space, &world.slub, 0, 0), VFREE_OK);
    ck_assert_int_eq(vfree(&world.space, &world.slub, addr + 8, 0), VFREE_BAD_ADDRESS);
    ck_assert_int_eq(vfree(&world.space, &world.slub, addr + PAGE_SIZE, 0), VFREE_NO_AREA);
    put(&world, addr);
    ck_assert_int_eq(vfree(&world.space, &world.slub, addr, 0), VFREE_NO_AREA);
    world_end(&world);
}
END_TEST

/* ---- waiting ---- */

START_TEST(a_quantum_of_pages_costs_time)
{
    struct machine_spec spec = spec_of(64, false);
    struct world world;
    struct vmalloc_request request;

    world_boot(&world, &spec);
    world.space.quantum = 10;
    vmalloc_request_init(&request, &world.space, 35 * PAGE_SIZE, vmalloc_gfp(), -1);
    ck_assert_uint_eq(run_request(&world, &request), 3);
    ck_assert_int_eq(world.tm.task.wait.kind, WAIT_CPU);
    world_end(&world);
}
END_TEST

/*
 * An area of two pages whose page tables are not there yet, in a machine without memory but for
 * `left` pages: true when its call waits for a page table's page.
 */
static bool waits_for_table(struct world *world, struct vmalloc_request *request, uint64_t left)
{
    world->space.quantum = 1;
    vmalloc_request_init(request, &world->space, 2 * PAGE_SIZE, vmalloc_gfp(), -1);
    ck_assert_int_eq(vmalloc_request_step(request, &world->space, &world->slub, &world->caller),
                     STEP_BLOCKED);
    world->space.quantum = request->quantum_left = 0;
    drain_local_pages(&world->tm.machine, 0);
    drain_zone_to(&world->tm, 1, left);
    world->tm.block_every_operation = true;
    return vmalloc_request_step(request, &world->space, &world->slub, &world->caller) ==
               STEP_BLOCKED &&
           vmalloc_request_pages(request)->gfp == (GFP_KERNEL | GFP_BIT_REPEAT | GFP_BIT_ZERO);
}

START_TEST(a_page_table_that_another_made_meanwhile_is_not_made_twice)
{
    /* 64 MiB of ZONE_DMA32 only */
    static const struct memory_range memory = {.start_pfn = 16 * MIB_PAGES,
                                               .end_pfn = 80 * MIB_PAGES};
    struct machine_spec spec = test_machine_spec(&memory, 1);
    bool waited = false;

    for (uint64_t left = 2000; left > 0 && !waited; left--) {
        struct world world;
        struct vmalloc_request request;

        world_boot(&world, &spec);
        waited = waits_for_table(&world, &request, left);
        if (waited) {
            struct kernel_page_table *table = &world.space.page_table;
            uint64_t before;

            /* the other call's work */
            ck_assert_uint_eq(request.table_level, table->nr_pages);
            for (unsigned level = request.table_level; level < 3; level++)
                ck_assert(kernel_page_table_make(table, request.addr, level));
            before = free_pages_of(&world);
            world.tm.reclaim_progress = 1;
            world.tm.block_every_operation = false;
            world.tm.task.flags = TASK_TIF_MEMDIE; /* it gets its page without reclaim */
            run_request(&world, &request);
            ck_assert_int_eq(request.result, VMALLOC_OK);
            ck_assert_uint_eq(table->nr_pages, 3);
            ck_assert_uint_eq(free_pages_of(&world), before);
        }
        world_end(&world);
    }
    ck_assert(waited);
}
END_TEST

/* ---- against the literal calls ---- */

enum { LIVE_MAX = 40 };

struct pair {
    struct world fast;
    struct test_machine slow_tm;
    struct slub slow_slub;
    struct slow_vmalloc slow;
    uint64_t live[LIVE_MAX];
    unsigned nr_live;
    struct rng rng;
};

static void pair_boot(struct pair *pair, const struct machine_spec *spec, uint64_t seed)
{
    struct sim_error err = {0};

    world_boot(&pair->fast, spec);
    test_machine_boot(&pair->slow_tm, *spec);
    ck_assert(slub_init(&pair->slow_slub, &pair->slow_tm.machine, &err));
    slow_vmalloc_init(&pair->slow, &pair->slow_tm.machine, &pair->slow_slub, &pair->slow_tm.task,
                      spec);
    pair->nr_live = 0;
    rng_init(&pair->rng, seed, "vmalloc");
}

static void pair_end(struct pair *pair)
{
    world_end(&pair->fast);
    slow_vmalloc_fini(&pair->slow);
    slub_fini(&pair->slow_slub);
    test_machine_end(&pair->slow_tm);
}

/* The same areas, with the same pages in the same order, and the same memory left. */
static void expect_equal(struct pair *pair)
{
    const struct vmlist *list = &pair->fast.space.list;
    const struct frame *frames = pair->fast.tm.machine.frame_table.frames;
    const struct slow_area *slow = pair->slow.vmlist;
    char why[256] = "";

    ck_assert_msg(vmalloc_check(&pair->fast.space, why, sizeof(why)), "%s", why);
    for (uint32_t area = list->first; area != VM_AREA_NONE; area = vmlist_area(list, area)->next) {
        const struct vm_struct *fast = vmlist_area(list, area);
        uint32_t page = fast->first_page.nr;
        uint32_t same = 0;

        ck_assert_ptr_nonnull(slow);
        ck_assert(fast->addr == slow->addr && fast->size == slow->size);
        ck_assert_uint_eq(fast->nr_pages, slow->nr_pages);
        for (uint32_t i = 0; i < fast->nr_pages; i++, page = frames[page].next)
            same += page == slow->pages[i].nr;
        ck_assert_uint_eq(same, fast->nr_pages);
        slow = slow->next;
    }
    ck_assert_ptr_null(slow);
    ck_assert_uint_eq(list->used_bytes, slow_vmalloc_used(&pair->slow));
    ck_assert_uint_eq(vmlist_largest_hole(list), slow_vmalloc_largest_chunk(&pair->slow));
    for (unsigned zone = 0; zone < pair->slow_tm.machine.nr_zones; zone++)
        ck_assert_mem_eq(pair->fast.tm.machine.zones[zone].nr_free,
                         pair->slow_tm.machine.zones[zone].nr_free,
                         sizeof(pair->slow_tm.machine.zones[zone].nr_free));
}

/* Mostly small areas, some with arrays of their own, now and then more than there is. */
static uint64_t random_size(struct pair *pair)
{
    unsigned kind = (unsigned)rng_below(&pair->rng, 20);
    uint64_t pages = rng_between(&pair->rng, 1, 40);

    if (kind == 0)
        pages = rng_between(&pair->rng, 500, 3000);
    else if (kind == 1)
        pages = rng_between(&pair->rng, 1, 20000);
    return pages * PAGE_SIZE - rng_below(&pair->rng, PAGE_SIZE);
}

static void pair_alloc(struct pair *pair)
{
    uint64_t size = random_size(pair);
    uint32_t gfp = rng_below(&pair->rng, 4) ? vmalloc_gfp() : GFP_NOFS | GFP_BIT_ZERO;
    struct vmalloc_request request;
    uint64_t addr;

    pair->fast.space.quantum = (uint32_t)rng_below(&pair->rng, 5);
    vmalloc_request_init(&request, &pair->fast.space, size, gfp, -1);
    run_request(&pair->fast, &request);
    addr = slow_vmalloc(&pair->slow, size, gfp, -1);
    ck_assert_uint_eq(request.addr, addr);
    if (addr)
        pair->live[pair->nr_live++] = addr;
}

static void pair_free(struct pair *pair, unsigned which)
{
    put(&pair->fast, pair->live[which]);
    slow_vfree(&pair->slow, pair->live[which]);
    pair->live[which] = pair->live[--pair->nr_live];
}

static void expect_like_the_kernel(const struct machine_spec *spec, uint64_t seed, unsigned rounds)
{
    struct pair pair;

    pair_boot(&pair, spec, seed);
    /* fails at the end of memory, without reclaim */
    pair.fast.tm.task.flags = pair.slow_tm.task.flags = TASK_PF_MEMALLOC;
    for (unsigned round = 0; round < rounds; round++) {
        if (pair.nr_live < LIVE_MAX && rng_below(&pair.rng, LIVE_MAX) >= pair.nr_live)
            pair_alloc(&pair);
        else
            pair_free(&pair, (unsigned)rng_below(&pair.rng, pair.nr_live));
        expect_equal(&pair);
    }
    ck_assert_uint_gt(pair.fast.space.results[VMALLOC_OK], rounds / 3);
    while (pair.nr_live > 0)
        pair_free(&pair, 0);
    expect_equal(&pair);
    pair_end(&pair);
}

START_TEST(every_call_ends_as_the_literal_one)
{
    struct machine_spec spec = spec_of(32, false);

    expect_like_the_kernel(&spec, 1, 400);
}
END_TEST

START_TEST(every_call_ends_as_the_literal_one_in_a_narrow_space)
{
    struct machine_spec spec = spec_of(64, false);

    spec.vmalloc_bytes = 5 << 20;
    expect_like_the_kernel(&spec, 2, 600);
}
END_TEST

START_TEST(every_call_ends_as_the_literal_one_on_i386)
{
    struct machine_spec spec = spec_of(1024, true);

    spec.vmalloc_bytes = 24 << 20;
    expect_like_the_kernel(&spec, 3, 400);
}
END_TEST

/* ---- the host ---- */

START_TEST(each_failing_host_allocation_is_noted_and_costs_nothing)
{
    struct machine_spec spec = spec_of(64, false);
    bool reached = true;

    for (unsigned n = 0; reached; n++) {
        struct world world;
        uint64_t addr;

        world_boot(&world, &spec);
        fail_malloc_at(n);
        addr = get(&world, 600 * PAGE_SIZE, vmalloc_gfp());
        reached = fail_malloc_off();
        ck_assert_int_eq(addr == 0, reached);
        ck_assert_int_eq(world.space.out_of_memory || world.slub.out_of_memory, reached);
        if (reached)
            ck_assert_uint_eq(world.space.nr_pages, 0);
        world_end(&world);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vmalloc");

    TEST_CASE(suite, "layout", on_64_bits_the_space_is_that_of_every_proc_meminfo,
              on_i386_the_space_is_that_of_boot_messages, lowmem_up_to_the_top_leaves_no_space,
              the_masks_are_those_of_the_architecture);
    TEST_CASE(suite, "areas", areas_lie_one_behind_the_other_with_a_guard_page,
              what_was_taken_comes_back_but_for_page_tables,
              a_page_array_over_a_page_is_an_area_of_its_own,
              vmalloc_takes_highmem_and_vmalloc_32_does_not,
              page_tables_are_asked_for_as_the_kernel_does);
    TEST_CASE(suite, "failures", a_size_that_cannot_be_asks_for_nothing,
              a_32_bit_kernel_has_no_sizes_over_four_gigabytes,
              a_space_in_pieces_refuses_what_its_free_bytes_would_hold,
              without_memory_all_pages_go_back, a_wrong_vfree_does_nothing);
    TEST_CASE(suite, "waiting", a_quantum_of_pages_costs_time,
              a_page_table_that_another_made_meanwhile_is_not_made_twice);
    TEST_CASE(suite, "literal calls", every_call_ends_as_the_literal_one,
              every_call_ends_as_the_literal_one_in_a_narrow_space,
              every_call_ends_as_the_literal_one_on_i386);
    TEST_CASE(suite, "host", each_failing_host_allocation_is_noted_and_costs_nothing);
    return test_run(suite);
}
