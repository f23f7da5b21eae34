/* SPDX-License-Identifier: MIT */
/* kmalloc() and caches of objects: sizes, orders, lists, nodes, misuse. */
#include "mm/slub.h"

#include <string.h>

#include "lib/machine_builder.h"
#include "lib/test.h"
#include "mm/misuse.h"

static const struct memory_range uma[] = {{0, 32768, 0}};
static const struct memory_range two_nodes[] = {{0, 16384, 0}, {16384, 32768, 1}};

static struct test_machine tm;
static struct slub slub;
static struct alloc_caller caller;
static unsigned requests_done;

static void on_request_done(struct alloc_caller *who, const struct alloc_request *request)
{
    (void)who;
    (void)request;
    requests_done++;
}

static void boot(struct machine_spec spec)
{
    struct sim_error err = {0};

    test_machine_boot(&tm, spec);
    ck_assert(slub_init(&slub, &tm.machine, &err));
    caller = (struct alloc_caller){.task = &tm.task, .request_done = on_request_done};
    requests_done = 0;
}

static void boot_uma(void)
{
    boot(test_machine_spec(uma, 1));
}

static void boot_two_nodes(void)
{
    struct machine_spec spec = test_machine_spec(two_nodes, 2);

    spec.nr_cpus = 2;
    spec.cpu_nid[1] = 1;
    boot(spec);
}

static void end(void)
{
    char why[256];

    ck_assert_msg(slub_check(&slub, why, sizeof(why)), "%s", why);
    slub_fini(&slub);
    test_machine_end(&tm);
}

static struct slab_object run(struct slab_request *request)
{
    while (slab_request_step(request, &slub, &caller) == STEP_BLOCKED)
        clock_advance_to(&tm.clock, tm.task.wait.wake_ns);
    return request->object;
}

static struct slab_object kmalloc(uint64_t size, uint32_t gfp)
{
    struct slab_request request;

    kmalloc_request_init(&request, &slub, size, gfp, -1);
    return run(&request);
}

static struct slab_object cache_take(struct kmem_cache *cache, unsigned cpu, int nid)
{
    struct slab_request request;

    tm.task.cpu = cpu;
    kmem_cache_request_init(&request, cache, GFP_KERNEL, nid);
    return run(&request);
}

static struct kmem_cache *create(const char *name, uint32_t size, uint32_t align, uint32_t flags)
{
    struct kmem_cache_spec spec = {
        .name = name, .object_size = size, .align = align, .flags = flags};
    struct kmem_cache *cache = kmem_cache_create(&slub, &spec);

    ck_assert_ptr_nonnull(cache);
    return cache;
}

static void give_back(struct slab_object object)
{
    ck_assert_int_eq(kfree(&slub, object, tm.task.cpu), SLAB_FREE_OK);
}

/* ---- layouts ---- */

struct layout_row {
    uint32_t object_size, align, flags;
    uint32_t size, objects, order;
};

static void expect_layouts(const struct slab_rules *rules, const struct layout_row *rows, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        const struct layout_row *row = &rows[i];
        struct slab_layout layout;

        ck_assert(slab_layout_init(&layout, rules, row->object_size, row->align, row->flags));
        ck_assert_msg(layout.size == row->size && layout.objects == row->objects &&
                          layout.order == row->order,
                      "%u bytes: size %u objects %u order %u", row->object_size, layout.size,
                      layout.objects, layout.order);
    }
}

START_TEST(slub_chooses_the_orders_of_2_6_24)
{
    static const struct layout_row rows[] = {
        {8, 8, 0, 8, 512, 0},
        {96, 8, 0, 96, 42, 0},
        {192, 8, 0, 192, 21, 0},
        {1024, 8, 0, 1024, 4, 0},
        {2048, 8, 0, 2048, 4, 1},
        {1, 0, 0, 8, 512, 0},
        {208, 0, SLAB_RECLAIM_ACCOUNT, 208, 19, 0},
        {760, 0, SLAB_RECLAIM_ACCOUNT, 760, 5, 0},
        {1500, 0, 0, 1504, 5, 1},
        {1696, 0, 0, 1696, 4, 1}, /* a quarter may be lost */
        {3000, 0, 0, 3000, 1, 0}, /* no two fit well: one, whatever it wastes */
        {5000, 0, 0, 5000, 1, 1},
        {10000, 0, 0, 10000, 1, 2}, /* above slub_max_order */
        {33, 0, SLAB_HWCACHE_ALIGN, 64, 64, 0},
        {32, 0, SLAB_HWCACHE_ALIGN, 32, 128, 0}, /* half a line: not aligned */
        {100, 256, SLAB_HWCACHE_ALIGN, 256, 16, 0},
        {20, 4, 0, 24, 170, 0},
        {KMALLOC_MAX_SIZE, 0, 0, KMALLOC_MAX_SIZE, 1, 10},
    };

    boot_uma();
    expect_layouts(&slub.rules, rows, sizeof(rows) / sizeof(rows[0]));
    end();
}
END_TEST

START_TEST(slub_parameters_change_the_orders)
{
    static const struct layout_row larger[] = {
        {2048, 8, 0, 2048, 8, 2}, {96, 8, 0, 96, 85, 1}, {3000, 0, 0, 3000, 5, 2}};
    struct machine_spec spec = test_machine_spec(uma, 1);

    spec.params.slub_min_order = 1;
    spec.params.slub_max_order = 2;
    spec.params.slub_min_objects = 8;
    boot(spec);
    expect_layouts(&slub.rules, larger, 3);
    end();
}
END_TEST

START_TEST(slab_chooses_its_own_orders)
{
    static const struct layout_row rows[] = {
        /* /proc/slabinfo of x86-64 machines with SLAB */
        {32, 8, SLAB_HWCACHE_ALIGN, 32, 112, 0},
        {64, 8, SLAB_HWCACHE_ALIGN, 64, 59, 0},
        {128, 8, SLAB_HWCACHE_ALIGN, 128, 30, 0},
        {192, 8, SLAB_HWCACHE_ALIGN, 192, 20, 0},
        {256, 8, SLAB_HWCACHE_ALIGN, 256, 15, 0},
        {512, 8, SLAB_HWCACHE_ALIGN, 512, 8, 0},
        {1024, 8, SLAB_HWCACHE_ALIGN, 1024, 4, 0},
        {2048, 8, SLAB_HWCACHE_ALIGN, 2048, 2, 0},
        {4096, 8, SLAB_HWCACHE_ALIGN, 4096, 1, 0},
        {8192, 8, SLAB_HWCACHE_ALIGN, 8192, 1, 1},
        {KMALLOC_MAX_SIZE, 8, SLAB_HWCACHE_ALIGN, KMALLOC_MAX_SIZE, 1, 10},
        {216, 0, SLAB_RECLAIM_ACCOUNT, 216, 18, 0},
        {1500, 0, SLAB_RECLAIM_ACCOUNT, 1504, 2, 0}, /* stops at order 0 */
        {1500, 0, 0, 1504, 5, 1},
    };
    struct machine_spec spec = test_machine_spec(uma, 1);

    spec.params.slab = true;
    boot(spec);
    expect_layouts(&slub.rules, rows, sizeof(rows) / sizeof(rows[0]));
    end();
}
END_TEST

START_TEST(words_of_32_bits_make_slab_pack_one_more)
{
    const struct slab_rules rules = {.slab = true, .word_size = 4, .cache_line = 64};
    static const struct layout_row rows[] = {{32, 8, SLAB_HWCACHE_ALIGN, 32, 113, 0}};

    expect_layouts(&rules, rows, 1);
}
END_TEST

/* ---- sizes of kmalloc() ---- */

START_TEST(each_size_of_kmalloc_has_its_cache)
{
    static const struct {
        uint64_t size;
        const char *cache;
    } rows[] = {{1, "kmalloc-8"},      {8, "kmalloc-8"},       {9, "kmalloc-16"},
                {33, "kmalloc-64"},    {64, "kmalloc-64"},     {65, "kmalloc-96"},
                {97, "kmalloc-128"},   {129, "kmalloc-192"},   {193, "kmalloc-256"},
                {513, "kmalloc-1024"}, {2048, "kmalloc-2048"}, {1025, "kmalloc-2048"}};

    boot_uma();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_str_eq(kmalloc_cache(&slub, rows[i].size, GFP_KERNEL)->name, rows[i].cache);
    ck_assert_ptr_null(kmalloc_cache(&slub, 2049, GFP_KERNEL));
    ck_assert_str_eq(slub.caches.items[0]->name, "kmalloc-96");
    ck_assert_uint_eq(slub.caches.count, 11);
    end();
}
END_TEST

START_TEST(a_dma_cache_comes_with_its_first_use)
{
    struct slab_object object;

    boot_uma();
    object = kmalloc(96, GFP_ATOMIC | GFP_BIT_DMA);
    ck_assert_uint_eq(slub.caches.count, 12);
    ck_assert_str_eq(slub.caches.items[11]->name, "kmalloc_dma-96");
    ck_assert_uint_lt(object.page.nr, 4096);
    ck_assert_int_eq(zone_of(&tm, 0, 0)->vm_stat[NR_SLAB_UNRECLAIMABLE], 1);
    give_back(object);
    end();
}
END_TEST

START_TEST(large_sizes_are_pages)
{
    struct slab_object object;

    boot_uma();
    object = kmalloc(2049, GFP_KERNEL);
    ck_assert_uint_eq(object.index, SLAB_PAGES);
    ck_assert_uint_eq(page_block_order(&tm.machine, object.page), 0);
    give_back(object);
    object = kmalloc(8193, GFP_KERNEL);
    ck_assert_uint_eq(page_block_order(&tm.machine, object.page), 2);
    ck_assert(tm.machine.frame_table.frames[object.page.nr].flags & PG_compound);
    ck_assert_int_eq(tm.machine.vm_stat[NR_SLAB_UNRECLAIMABLE], 0);
    give_back(object);
    ck_assert_uint_eq(requests_done, 2);
    end();
}
END_TEST

START_TEST(sizes_that_are_none_and_too_large)
{
    struct slab_object object;

    boot_uma();
    object = kmalloc(0, GFP_KERNEL);
    ck_assert_uint_eq(object.index, SLAB_ZERO_SIZE);
    give_back(object);
    ck_assert(slab_object_is_null(kmalloc((4 << 20) + 1, GFP_KERNEL)));
    ck_assert(slab_object_is_null(kmalloc(UINT64_MAX, GFP_KERNEL)));
    give_back(SLAB_OBJECT_NULL);
    object = kmalloc(4 << 20, GFP_KERNEL);
    ck_assert(!slab_object_is_null(object));
    give_back(object);
    end();
}
END_TEST

START_TEST(slab_has_caches_up_to_the_largest_size)
{
    struct machine_spec spec = test_machine_spec(uma, 1);
    struct slab_object object;

    spec.params.slab = true;
    boot(spec);
    ck_assert_str_eq(kmalloc_cache(&slub, 8, GFP_KERNEL)->name, "size-32");
    ck_assert_str_eq(kmalloc_cache(&slub, 65, GFP_KERNEL)->name, "size-128");
    ck_assert_str_eq(kmalloc_cache(&slub, 129, GFP_KERNEL)->name, "size-192");
    object = kmalloc(5000, GFP_KERNEL);
    ck_assert_uint_eq(object.index, 0);
    ck_assert_int_eq(tm.machine.vm_stat[NR_SLAB_UNRECLAIMABLE], 2);
    ck_assert(slab_object_is_null(kmalloc((4 << 20) + 1, GFP_KERNEL)));
    give_back(object);
    end();
}
END_TEST

/* ---- slabs ---- */

START_TEST(objects_come_in_order_and_go_last_in_first_out)
{
    struct kmem_cache *cache;
    struct slab_object a, b, c;

    boot_uma();
    cache = create("a", 1000, 0, 0);
    a = cache_take(cache, 0, -1);
    b = cache_take(cache, 0, -1);
    ck_assert_uint_eq(a.index, 0);
    ck_assert_uint_eq(b.index, 1);
    ck_assert_uint_eq(a.page.nr, b.page.nr);
    give_back(a);
    c = cache_take(cache, 0, -1);
    ck_assert_uint_eq(c.index, 0);
    ck_assert_uint_eq(cache->counts.held, 2);
    ck_assert_uint_eq(requests_done, 1);
    give_back(b);
    give_back(c);
    end();
}
END_TEST

START_TEST(the_slab_of_a_cpu_stays_when_it_is_empty)
{
    struct kmem_cache *cache;

    boot_uma();
    cache = create("a", 1000, 0, 0);
    give_back(cache_take(cache, 0, -1));
    ck_assert_uint_eq(cache->counts.slabs, 1);
    ck_assert_uint_eq(cache->counts.cpu_slabs, 1);
    ck_assert_uint_eq(kmem_cache_active_objects(cache), 4);
    ck_assert_uint_eq(cache->counts.held, 0);
    end();
}
END_TEST

START_TEST(a_full_slab_comes_to_the_tail_and_goes_when_empty)
{
    struct kmem_cache *cache;
    struct slab_object objects[12];

    boot_uma();
    cache = create("a", 1000, 0, SLAB_RECLAIM_ACCOUNT);
    for (unsigned i = 0; i < 12; i++)
        objects[i] = cache_take(cache, 0, -1);
    ck_assert_uint_eq(cache->counts.slabs, 3);
    ck_assert_int_eq(tm.machine.vm_stat[NR_SLAB_RECLAIMABLE], 3);
    give_back(objects[5]); /* of the second slab */
    give_back(objects[0]);
    ck_assert_uint_eq(cache->counts.partial, 2);
    ck_assert_uint_eq(cache->slabs.items[cache->nodes[0].first].page, objects[5].page.nr);
    for (unsigned i = 1; i < 4; i++)
        give_back(objects[i]);
    ck_assert_uint_eq(cache->counts.slabs, 2);
    ck_assert_int_eq(tm.machine.vm_stat[NR_SLAB_RECLAIMABLE], 2);
    end();
}
END_TEST

START_TEST(slabs_are_of_the_asked_node)
{
    struct kmem_cache *cache;
    struct slab_object near, far, again;

    boot_two_nodes();
    cache = create("a", 1000, 0, 0);
    near = cache_take(cache, 0, -1);
    far = cache_take(cache, 0, 1);
    ck_assert_uint_lt(near.page.nr, 16384);
    ck_assert_uint_ge(far.page.nr, 16384);
    ck_assert_uint_eq(cache->nodes[0].nr_partial, 1);
    again = cache_take(cache, 0, 0);
    ck_assert_uint_eq(again.page.nr, near.page.nr);
    ck_assert_uint_eq(cache->nodes[1].nr_partial, 1);
    end();
}
END_TEST

START_TEST(other_nodes_are_robbed_now_and_then)
{
    struct kmem_cache *cache;
    struct slab_object objects[80];
    unsigned robbed = 0;

    boot_two_nodes();
    cache = create("a", 2000, 0, 0);
    for (unsigned i = 0; i < 80; i++)
        objects[i] = cache_take(cache, 1, -1);
    for (unsigned i = 0; i < 80; i += 4)
        give_back(objects[i]);
    ck_assert_uint_gt(cache->nodes[1].nr_partial, 10);
    for (unsigned i = 0; i < 200; i++)
        robbed += cache_take(cache, 0, -1).page.nr >= 16384;
    ck_assert_uint_ge(robbed, 2);
    ck_assert_uint_le(robbed, 10);
    end();
}
END_TEST

START_TEST(shrinking_frees_the_empty_and_sorts_the_rest)
{
    struct kmem_cache *cache;
    struct slab_object objects[16];
    uint32_t slot;

    boot_uma();
    cache = create("a", 1000, 0, 0);
    for (unsigned i = 0; i < 16; i++)
        objects[i] = cache_take(cache, 0, -1);
    for (unsigned i = 0; i < 3; i++)
        give_back(objects[i]); /* one left */
    give_back(objects[4]);     /* three left */
    for (unsigned i = 12; i < 16; i++)
        give_back(objects[i]); /* the CPU's */
    ck_assert_uint_eq(cache->counts.slabs, 4);
    ck_assert(kmem_cache_shrink(cache, 0));
    ck_assert_uint_eq(cache->counts.slabs, 3);
    slot = cache->nodes[0].first;
    ck_assert_uint_eq(cache->slabs.items[slot].inuse, 3);
    ck_assert_uint_eq(cache->slabs.items[cache->slabs.items[slot].next].inuse, 1);
    end();
}
END_TEST

START_TEST(caches_of_one_size_are_one)
{
    struct machine_spec spec = test_machine_spec(uma, 1);

    boot_uma();
    ck_assert_ptr_eq(create("a", 200, 0, 0), create("b", 196, 0, 0));
    ck_assert_uint_eq(create("a", 200, 0, 0)->refcount, 3);
    ck_assert_str_eq(create("c", 190, 0, 0)->name, "kmalloc-192");
    ck_assert_str_eq(create("d", 190, 0, SLAB_RECLAIM_ACCOUNT)->name, "d");
    ck_assert_str_eq(create("e", 184, 0, 0)->name, "e");
    end();
    spec.params.slub_nomerge = true;
    boot(spec);
    ck_assert_ptr_ne(create("a", 200, 0, 0), create("b", 200, 0, 0));
    end();
}
END_TEST

START_TEST(an_allocation_without_memory_is_null)
{
    struct slab_object object;

    boot_uma();
    drain_zone_to(&tm, 0, 0);
    drain_zone_to(&tm, 2, 0);
    drain_zone_to(&tm, 1, 0);
    ck_assert(slab_object_is_null(kmalloc(64, GFP_ATOMIC)));
    object = kmalloc(64, GFP_KERNEL | GFP_BIT_NORETRY);
    ck_assert(slab_object_is_null(object));
    ck_assert_uint_eq(requests_done, 2);
    ck_assert_uint_eq(kmalloc_cache(&slub, 64, 0)->counts.slabs, 0);
    slub_fini(&slub);
    test_machine_end(&tm);
}
END_TEST

START_TEST(a_slab_that_came_while_waiting_is_put_away)
{
    struct slab_request late;
    struct slab_object early;
    struct kmem_cache *cache;
    struct task task;
    pfn_t spare;

    boot_uma();
    cache = create("a", 1000, 0, 0);
    spare = take(&tm, MAX_ORDER - 1, GFP_KERNEL);
    drain_zone_to(&tm, 0, 0);
    drain_zone_to(&tm, 2, 0);
    drain_zone_to(&tm, 1, 0);
    tm.block_every_operation = true;
    kmem_cache_request_init(&late, cache, GFP_KERNEL, -1);
    ck_assert_int_eq(slab_request_step(&late, &slub, &caller), STEP_BLOCKED);
    give(&tm, spare, MAX_ORDER - 1);
    task = tm.task; /* another one, of the same CPU */
    caller.task = &task;
    early = cache_take(cache, 0, -1);
    caller.task = &tm.task;
    ck_assert(!slab_object_is_null(run(&late)));
    ck_assert_uint_ne(late.object.page.nr, early.page.nr);
    ck_assert_uint_eq(cache->counts.slabs, 2);
    ck_assert_uint_eq(cache->counts.cpu_slabs, 1);
    ck_assert_uint_eq(cache->slabs.items[cache->nodes[0].first].page, early.page.nr);
    ck_assert_uint_eq(cache->slabs.items[cache->cpus[0].slab].page, late.object.page.nr);
    give_back(early);
    ck_assert_uint_eq(cache->counts.slabs, 1);
    end();
}
END_TEST

/* ---- misuse ---- */

START_TEST(wrong_frees_are_refused_and_named)
{
    struct kmem_cache *cache, *other;
    struct slab_object object, wild;
    pfn_t page;

    boot_uma();
    cache = create("a", 1000, 0, 0);
    other = create("b", 500, 0, 0);
    object = cache_take(cache, 0, -1);
    ck_assert_int_eq(kmem_cache_free(other, object, 0), SLAB_OTHER_CACHE);
    wild = (struct slab_object){object.page, 4};
    ck_assert_int_eq(kfree(&slub, wild, 0), SLAB_INVALID_OBJECT);
    wild.index = 1;
    ck_assert_int_eq(kfree(&slub, wild, 0), SLAB_ALREADY_FREE);
    wild.index = SLAB_PAGES;
    ck_assert_int_eq(kfree(&slub, wild, 0), SLAB_INVALID_OBJECT);
    give_back(object);
    ck_assert_int_eq(kfree(&slub, object, 0), SLAB_ALREADY_FREE);
    page = take(&tm, 0, GFP_KERNEL);
    ck_assert_int_eq(kfree(&slub, (struct slab_object){page, 0}, 0), SLAB_NOT_A_SLAB);
    ck_assert_int_eq(kfree(&slub, (struct slab_object){{UINT32_MAX - 1}, 0}, 0), SLAB_NOT_A_SLAB);
    give(&tm, page, 0);
    page = take(&tm, 1, GFP_KERNEL);
    give(&tm, page, 1);
    ck_assert_int_eq(kfree(&slub, (struct slab_object){page, SLAB_PAGES}, 0), SLAB_ALREADY_FREE);
    end();
}
END_TEST

START_TEST(a_slab_is_not_made_of_highmem)
{
    struct slab_object object;

    boot_uma();
    ck_assert(slab_object_is_null(kmalloc(64, GFP_HIGHUSER)));
    ck_assert(slab_object_is_null(kmalloc(64, GFP_KERNEL | GFP_BIT_DMA32)));
    ck_assert_uint_eq(tm.machine.misuses[MISUSE_NEW_SLAB], 2);
    ck_assert_uint_eq(requests_done, 0);
    give_back(kmalloc(64, GFP_KERNEL));
    object = kmalloc(64, GFP_HIGHUSER); /* of the slab that is there */
    ck_assert(!slab_object_is_null(object));
    ck_assert_uint_eq(tm.machine.misuses[MISUSE_NEW_SLAB], 2);
    give_back(object);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slub");

    TEST_CASE(suite, "layout", slub_chooses_the_orders_of_2_6_24, slub_parameters_change_the_orders,
              slab_chooses_its_own_orders, words_of_32_bits_make_slab_pack_one_more);
    TEST_CASE(suite, "kmalloc", each_size_of_kmalloc_has_its_cache,
              a_dma_cache_comes_with_its_first_use, large_sizes_are_pages,
              sizes_that_are_none_and_too_large, slab_has_caches_up_to_the_largest_size);
    TEST_CASE(suite, "slabs", objects_come_in_order_and_go_last_in_first_out,
              the_slab_of_a_cpu_stays_when_it_is_empty,
              a_full_slab_comes_to_the_tail_and_goes_when_empty, slabs_are_of_the_asked_node,
              other_nodes_are_robbed_now_and_then, shrinking_frees_the_empty_and_sorts_the_rest,
              caches_of_one_size_are_one, an_allocation_without_memory_is_null,
              a_slab_that_came_while_waiting_is_put_away);
    TEST_CASE(suite, "misuse", wrong_frees_are_refused_and_named, a_slab_is_not_made_of_highmem);
    return test_run(suite);
}
