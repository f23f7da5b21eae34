/* SPDX-License-Identifier: MIT */
/* Operations of user space: regions, their ends, pauses, and life under pressure. */
#include "base/units.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"
#include "lib/user_builder.h"
#include "mm/pcp_hotcold.h"

enum { MIB = 16, MIB_PAGES = 256, PAGES = 64, FILE_PAGES = 4096, SWAP_PAGES = 8192 };

static const struct file_spec file = {.name = "data", .pages = FILE_PAGES};
static const struct cache_spec cache = {
    .name = "dentry", .objects_per_page = 20, .seeks = 2, .flags = SLAB_RECLAIM_ACCOUNT};
static const struct backing_dev_spec disk = {.name = "disk",
                                             .nr_requests = 128,
                                             .max_request_pages = 128,
                                             .seek_ns = 5 * NSEC_PER_MSEC,
                                             .page_ns = 50000};

struct memory_case {
    struct user_world *world;
    struct test_task *task;
};

static struct memory_case boot_with(struct user_world_spec spec)
{
    struct memory_case c;

    spec.mib = MIB;
    spec.swap_pages = SWAP_PAGES;
    spec.files = &file;
    spec.nr_files = 1;
    spec.caches = &cache;
    spec.nr_caches = 1;
    c.world = user_world_boot(&spec);
    c.task = user_world_task(c.world, "a");
    return c;
}

static struct memory_case boot(void)
{
    return boot_with((struct user_world_spec){0});
}

static enum user_result call(const struct memory_case *c, uint8_t op, uint32_t region)
{
    struct user_op_spec spec = {.op = op, .region = region};

    return user_world_call(c->world, c->task, &spec);
}

/* Pages that are neither free nor on a per-CPU list. */
static uint64_t used_pages(const struct memory_case *c)
{
    struct machine *machine = &c->world->machine;
    uint64_t used = MIB * MIB_PAGES;

    for (unsigned cpu = 0; cpu < machine->nr_cpus; cpu++)
        lru_add_drain(&c->world->reclaim, cpu);
    for (uint32_t id = 0; id < machine->nr_zones; id++)
        used -= zone_page_state(&machine->zones[id], NR_FREE_PAGES) +
                zone_pcp_pages(machine, &machine->zones[id]);
    return used;
}

/* ---- regions ---- */

START_TEST(regions_that_are_not_there_are_refused)
{
    struct memory_case c = boot();

    ck_assert_int_eq(world_touch(c.world, c.task, 3, 0, 1, true), USER_BAD_REGION);
    ck_assert_int_eq(call(&c, USER_UNMAP, 3), USER_BAD_REGION);
    ck_assert_int_eq(call(&c, USER_MLOCK, 3), USER_BAD_REGION);
    ck_assert_int_eq(call(&c, USER_MUNLOCK, 3), USER_BAD_REGION);
    ck_assert_int_eq(world_anon(c.world, c.task, 3, PAGES), USER_OK);
    ck_assert_int_eq(world_anon(c.world, c.task, 3, PAGES), USER_BAD_REGION);
    ck_assert_int_eq(call(&c, USER_UNMAP, 3), USER_OK);
    ck_assert_int_eq(call(&c, USER_UNMAP, 3), USER_BAD_REGION);
    user_world_end(c.world);
}
END_TEST

START_TEST(total_vm_follows_the_regions)
{
    struct memory_case c = boot();

    c.task->user.process.total_vm_pages = 5; /* of somebody else */
    world_anon(c.world, c.task, 0, PAGES);
    world_mmap(c.world, c.task, 1, 0);
    ck_assert_uint_eq(c.task->user.process.total_vm_pages, 5 + PAGES + FILE_PAGES);
    call(&c, USER_UNMAP, 1);
    ck_assert_uint_eq(c.task->user.process.total_vm_pages, 5 + PAGES);
    user_world_end(c.world);
}
END_TEST

START_TEST(unmapping_gives_all_pages_back)
{
    struct memory_case c = boot();
    uint64_t used = used_pages(&c);

    world_anon(c.world, c.task, 0, 1000);
    world_touch(c.world, c.task, 0, 0, 0, true);
    ck_assert_uint_eq(used_pages(&c), used + 1000);
    ck_assert_int_eq(call(&c, USER_UNMAP, 0), USER_OK);
    ck_assert_uint_eq(used_pages(&c), used);
    ck_assert_uint_eq(c.world->user.free_anon_vmas.count, 1);
    user_world_end(c.world);
}
END_TEST

START_TEST(young_file_pages_are_referenced_when_they_are_unmapped)
{
    struct memory_case c = boot();
    struct reclaim *reclaim = &c.world->reclaim;
    pfn_t young, old;

    world_mmap(c.world, c.task, 0, 0);
    world_touch(c.world, c.task, 0, 0, 2, false);
    young = world_page(c.task, 0, 0);
    old = world_page(c.task, 0, 1);
    reclaim->rmap.page_referenced(reclaim->rmap.context, old);
    page_frame(reclaim, young)->flags &= (uint16_t)~PG_referenced;
    page_frame(reclaim, old)->flags &= (uint16_t)~PG_referenced;
    call(&c, USER_UNMAP, 0);
    ck_assert(page_frame(reclaim, young)->flags & PG_referenced);
    ck_assert(!(page_frame(reclaim, old)->flags & PG_referenced));
    ck_assert_int_eq(machine_page_state_exact(&c.world->machine, NR_FILE_MAPPED), 0);
    ck_assert_uint_eq(c.world->user.files[0].mapping->nr_mmap, 0);
    user_world_end(c.world);
}
END_TEST

START_TEST(exit_gives_back_what_is_swapped_out_too)
{
    struct memory_case c = boot();
    uint64_t free_swap = c.world->reclaim.swap.nr_free_pages;
    struct test_task *child;

    world_anon(c.world, c.task, 0, MIB * MIB_PAGES);
    ck_assert_int_eq(world_touch(c.world, c.task, 0, 0, 0, true), USER_OK);
    ck_assert_uint_lt(c.world->reclaim.swap.nr_free_pages, free_swap);
    child = user_world_fork(c.world, c.task, "b");
    user_world_exit(c.world, c.task);
    ck_assert_uint_lt(c.world->reclaim.swap.nr_free_pages, free_swap);
    user_world_exit(c.world, child);
    used_pages(&c);
    ck_assert_uint_eq(c.world->reclaim.swap.nr_free_pages + c.world->reclaim.swap.cache_pages,
                      free_swap);
    ck_assert_ptr_null(c.world->reclaim.processes.first);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_child_unmaps_its_copy_alone)
{
    struct user_op_spec unmap = {.op = USER_UNMAP, .region = 0};
    struct memory_case c = boot();
    struct test_task *child;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 0, true);
    world_mmap(c.world, c.task, 1, 0);
    world_touch(c.world, c.task, 1, 0, 1, false);
    child = user_world_fork(c.world, c.task, "b");
    ck_assert_uint_eq(child->user.process.total_vm_pages, PAGES + FILE_PAGES);
    ck_assert(pfn_is_none(world_page(child, 1, 0)));
    ck_assert_int_eq(user_world_call(c.world, child, &unmap), USER_OK);
    ck_assert(!pfn_is_none(world_page(c.task, 0, 0)));
    ck_assert_int_eq(machine_page_state_exact(&c.world->machine, NR_ANON_PAGES), PAGES);
    user_world_end(c.world);
}
END_TEST

/* ---- mlock ---- */

START_TEST(mlock_brings_all_pages_in_and_keeps_them)
{
    struct memory_case c = boot();

    world_anon(c.world, c.task, 0, PAGES);
    ck_assert_int_eq(call(&c, USER_MLOCK, 0), USER_OK);
    ck_assert_uint_eq(find_vma(&c.task->user.mm, 0)->rss_pages, PAGES);
    world_anon(c.world, c.task, 1, MIB * MIB_PAGES);
    ck_assert_int_eq(world_touch(c.world, c.task, 1, 0, 0, true), USER_OK);
    ck_assert_uint_gt(c.world->machine.vm_events[PSWPOUT], 0);
    ck_assert_uint_eq(find_vma(&c.task->user.mm, 0)->rss_pages, PAGES);
    user_world_end(c.world);
}
END_TEST

START_TEST(mlock_copies_what_fork_shares_and_is_not_inherited)
{
    struct memory_case c = boot();
    struct test_task *child;

    world_anon(c.world, c.task, 0, PAGES);
    call(&c, USER_MLOCK, 0);
    child = user_world_fork(c.world, c.task, "b");
    ck_assert(!find_vma(&child->user.mm, 0)->locked);
    call(&c, USER_MUNLOCK, 0);
    call(&c, USER_MLOCK, 0);
    ck_assert_uint_eq(c.world->user.work.copied_pages, PAGES);
    user_world_end(c.world);
}
END_TEST

/* ---- pauses and ends ---- */

START_TEST(a_rate_is_kept_to_on_average)
{
    struct user_op_spec op = {.op = USER_TOUCH,
                              .access = {.count = 1001, .rate_pages_per_s = 2000}};
    struct memory_case c = boot();

    world_anon(c.world, c.task, 0, PAGES);
    ck_assert_int_eq(user_world_call(c.world, c.task, &op), USER_OK);
    ck_assert_uint_eq(c.world->clock.now_ns, 501 * NSEC_PER_MSEC);
    ck_assert_uint_eq(c.world->user.work.accesses, 1001);
    /* Of a whole millisecond two accesses come at once. */
    ck_assert_uint_eq(c.task->stalls[STALL_NONE], 501);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_call_lasts_as_long_as_its_rate_says)
{
    struct user_op_spec op = {
        .op = USER_READ, .block_pages = 4, .access = {.nr_pages = 8, .rate_pages_per_s = 4}};
    struct memory_case c = boot();

    ck_assert_int_eq(user_world_call(c.world, c.task, &op), USER_OK);
    ck_assert_uint_eq(c.world->clock.now_ns, 2 * NSEC_PER_SEC);
    ck_assert_uint_eq(c.world->user.work.accesses, 8);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_preemptible_task_yields_each_quantum)
{
    struct user_op_spec op = {.op = USER_TOUCH, .access = {.count = 3 * USER_QUANTUM}};
    struct memory_case c = boot_with((struct user_world_spec){.preemptible = true});
    struct user_call touch;
    unsigned yields = 0;

    world_anon(c.world, c.task, 0, PAGES);
    user_call_begin(&touch, &op, &c.world->user, &c.task->user);
    for (; user_call_step(&touch, &c.world->user, &c.task->user) == STEP_BLOCKED; yields++) {
        ck_assert_int_eq(c.task->task.wait.kind, WAIT_CPU);
        ck_assert_uint_eq(touch.done, (yields + 1) * USER_QUANTUM);
    }
    ck_assert_uint_eq(yields, 3);
    user_call_end(&touch);
    user_world_end(c.world);
}
END_TEST

START_TEST(sigkill_ends_a_call_at_the_next_page)
{
    struct user_op_spec op = {.op = USER_TOUCH, .access = {.count = 1000}};
    struct memory_case c = boot_with((struct user_world_spec){.devices = &disk, .nr_devices = 1});
    struct user_call touch;

    world_mmap(c.world, c.task, 0, 0);
    user_call_begin(&touch, &op, &c.world->user, &c.task->user);
    ck_assert_int_eq(user_call_step(&touch, &c.world->user, &c.task->user), STEP_BLOCKED);
    c.task->user.process.sigkill = true;
    user_world_pass(c.world, NSEC_PER_SEC);
    ck_assert_int_eq(user_call_step(&touch, &c.world->user, &c.task->user), STEP_DONE);
    ck_assert_int_eq(touch.result, USER_KILLED);
    ck_assert_uint_eq(find_vma(&c.task->user.mm, 0)->rss_pages, 1);
    user_call_end(&touch);
    ck_assert_int_eq(call(&c, USER_UNMAP, 0), USER_KILLED);
    user_world_end(c.world);
}
END_TEST

START_TEST(the_request_that_a_call_is_in_can_be_seen)
{
    struct user_op_spec op = {.op = USER_TOUCH, .write = true};
    struct memory_case c = boot_with((struct user_world_spec){.devices = &disk, .nr_devices = 1});
    const struct alloc_request *request = NULL;
    struct user_call touch;

    world_anon(c.world, c.task, 0, 2 * MIB * MIB_PAGES);
    user_call_begin(&touch, &op, &c.world->user, &c.task->user);
    ck_assert_ptr_null(user_call_request(&touch));
    ck_assert_int_eq(user_call_step(&touch, &c.world->user, &c.task->user), STEP_BLOCKED);
    request = user_call_request(&touch);
    ck_assert_ptr_nonnull(request);
    ck_assert_uint_eq(request->gfp, GFP_HIGHUSER_MOVABLE | GFP_BIT_ZERO);
    ck_assert(request->entered_slow_path);
    user_call_end(&touch);
    user_world_end(c.world);
}
END_TEST

/* ---- the other operations ---- */

START_TEST(slab_objects_of_a_task_are_counted)
{
    struct user_op_spec alloc = {.op = USER_SLAB_ALLOC, .count = 5000, .gfp = GFP_KERNEL};
    struct user_op_spec some = {.op = USER_SLAB_FREE, .count = 1000};
    struct user_op_spec rest = {.op = USER_SLAB_FREE};
    struct memory_case c = boot();

    ck_assert_int_eq(user_world_call(c.world, c.task, &alloc), USER_OK);
    ck_assert_uint_eq(c.world->user.caches[0].objects, 5000);
    ck_assert_int_eq(user_world_call(c.world, c.task, &some), USER_OK);
    ck_assert_uint_eq(c.world->user.caches[0].objects, 4000);
    ck_assert_int_eq(user_world_call(c.world, c.task, &rest), USER_OK);
    ck_assert_uint_eq(c.world->user.caches[0].objects, 0);
    user_world_end(c.world);
}
END_TEST

START_TEST(caches_are_dropped_on_demand)
{
    struct user_op_spec read = {.op = USER_READ, .block_pages = 8};
    struct user_op_spec alloc = {.op = USER_SLAB_ALLOC, .count = 5000, .gfp = GFP_KERNEL};
    struct user_op_spec drop = {.op = USER_DROP_CACHES, .drop = 1};
    struct memory_case c = boot();

    read.access.nr_pages = 1000;
    ck_assert_int_eq(user_world_call(c.world, c.task, &read), USER_OK);
    ck_assert_int_eq(user_world_call(c.world, c.task, &alloc), USER_OK);
    ck_assert_uint_ge(c.world->user.files[0].mapping->nrpages, 1000);
    ck_assert_int_eq(user_world_call(c.world, c.task, &drop), USER_OK);
    ck_assert_uint_le(c.world->user.files[0].mapping->nrpages, PAGEVEC_SIZE);
    ck_assert_uint_eq(c.world->user.caches[0].objects, 5000);
    drop.drop = 2;
    ck_assert_int_eq(user_world_call(c.world, c.task, &drop), USER_OK);
    ck_assert_uint_lt(c.world->user.caches[0].objects, 1000);
    user_world_end(c.world);
}
END_TEST

START_TEST(a_write_may_go_past_the_end_of_the_file)
{
    struct user_op_spec op = {.op = USER_WRITE,
                              .block_pages = 3,
                              .access = {.first_page = FILE_PAGES - 1, .nr_pages = 9}};
    struct memory_case c = boot();

    ck_assert_int_eq(user_world_call(c.world, c.task, &op), USER_OK);
    ck_assert_uint_eq(c.world->user.files[0].size_pages, FILE_PAGES + 8);
    user_world_end(c.world);
}
END_TEST

/* ---- checking, and all together ---- */

START_TEST(the_checker_sees_a_wrong_mapcount)
{
    struct memory_case c = boot();
    char why[256];
    pfn_t page;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 1, true);
    page = world_page(c.task, 0, 0);
    page_frame(&c.world->reclaim, page)->mapcount++;
    ck_assert(!user_memory_check(&c.world->user, why, sizeof(why)));
    page_frame(&c.world->reclaim, page)->mapcount--;
    c.task->user.mm.total_vm_pages++;
    ck_assert(!user_memory_check(&c.world->user, why, sizeof(why)));
    c.task->user.mm.total_vm_pages--;
    user_world_end(c.world);
}
END_TEST

START_TEST(init_without_memory_holds_nothing)
{
    struct user_world *world = user_world_boot(&(struct user_world_spec){.mib = MIB});
    struct user_memory user;
    struct sim_error err;
    bool ok;

    for (unsigned n = 0;; n++) {
        err = (struct sim_error){0};
        fail_malloc_at(n);
        ok = user_memory_init(&user, &world->reclaim, &world->slub, &file, 1, &cache, 1, &err);
        if (!fail_malloc_off())
            break;
        ck_assert(!ok);
        ck_assert_uint_eq(err.code, ERR_OUT_OF_MEMORY);
    }
    ck_assert(ok);
    world->reclaim.first_shrinker = NULL;
    user_memory_fini(&user);
    user_world_end(world);
}
END_TEST

/* Steps one call that never waits while the n-th allocation of the host fails; true: it did. */
static bool call_without_memory(struct memory_case *c, const struct user_op_spec *op, unsigned n,
                                enum user_result *ret_result)
{
    struct user_call call;
    bool reached;

    user_call_begin(&call, op, &c->world->user, &c->task->user);
    fail_malloc_at(n);
    user_call_step(&call, &c->world->user, &c->task->user);
    reached = fail_malloc_off();
    *ret_result = (enum user_result)call.result;
    user_call_end(&call);
    ck_assert((c->world->reclaim.out_of_memory || c->world->slub.out_of_memory) == reached);
    c->world->reclaim.out_of_memory = c->world->slub.out_of_memory = false;
    expect_sound_world(c->world);
    return reached;
}

START_TEST(a_call_without_host_memory_says_so_and_can_be_made_again)
{
    static const struct user_op_spec ops[] = {
        {.op = USER_ANON, .region = 7, .nr_pages = PAGES},
        {.op = USER_TOUCH, .region = 7, .write = true, .access = {.pattern = ACCESS_ZIPF}},
        {.op = USER_SLAB_ALLOC, .count = 100, .gfp = GFP_KERNEL},
        {.op = USER_MMAP, .region = 8},
    };
    struct memory_case c = boot();
    enum user_result result;

    for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        unsigned n = 0;

        while (call_without_memory(&c, &ops[i], n, &result)) {
            ck_assert_int_eq(result, USER_NO_MEMORY);
            n++;
        }
        ck_assert_uint_gt(n, 0);
        ck_assert_int_eq(result, USER_OK);
    }
    user_world_end(c.world);
}
END_TEST

START_TEST(a_fork_without_host_memory_leaves_a_child_that_can_exit)
{
    struct memory_case c = boot();
    bool ok = false;

    world_anon(c.world, c.task, 0, PAGES);
    world_touch(c.world, c.task, 0, 0, 0, true);
    world_mmap(c.world, c.task, 1, 0);
    for (unsigned n = 0; !ok; n++) {
        struct reclaim_state state = {0};
        struct task current = {.reclaim_state = &state};
        struct user_task child = {.process.pid = 100};
        bool reached;

        user_task_init(&child, &c.world->user, &current, &c.task->user, 1, "child");
        fail_malloc_at(n);
        ok = user_task_fork(&child, &c.task->user, &c.world->user);
        reached = fail_malloc_off();
        ck_assert(ok != reached);
        expect_sound_world(c.world);
        user_task_exit(&child, &c.world->user);
        ck_assert_ptr_null(state.process);
    }
    ck_assert_uint_eq(find_vma(&c.task->user.mm, 0)->rss_pages, PAGES);
    user_world_end(c.world);
}
END_TEST

/* One random operation on three regions: two anonymous, one of the file. */
static struct user_op_spec random_op(struct rng *rng)
{
    static const uint8_t ops[] = {USER_TOUCH, USER_TOUCH, USER_TOUCH, USER_TOUCH, USER_ANON,
                                  USER_MMAP,  USER_UNMAP, USER_READ,  USER_WRITE, USER_FSYNC};
    struct user_op_spec op = {.op = ops[rng_below(rng, sizeof(ops))],
                              .region = (uint32_t)rng_below(rng, 2),
                              .write = rng_below(rng, 2),
                              .nr_pages = 1 + rng_below(rng, MIB * MIB_PAGES / 2),
                              .block_pages = 1 + (uint32_t)rng_below(rng, 16)};

    if (op.op == USER_MMAP || (op.op == USER_TOUCH && rng_below(rng, 3) == 0))
        op.region = 2;
    op.access.pattern = (uint8_t)rng_below(rng, 3);
    op.access.zipf_exponent_milli = 800;
    if (op.op != USER_MMAP)
        op.access.count = rng_below(rng, 3000);
    return op;
}

START_TEST(tasks_under_pressure_keep_the_books_straight)
{
    struct user_world_spec spec = {.devices = &disk, .nr_devices = 1, .nr_cpus = 1};
    struct memory_case c = boot_with(spec);
    struct test_task *tasks[3] = {c.task, NULL, NULL};
    struct rng rng;

    rng_init(&rng, (uint64_t)_i, "pressure");
    for (unsigned i = 0; i < 60; i++) {
        struct test_task **task = &tasks[rng_below(&rng, 3)];
        struct user_op_spec op = random_op(&rng);

        if (!*task && c.world->nr_tasks < WORLD_TASKS_MAX)
            *task = user_world_fork(c.world, c.task, "child");
        if (!*task)
            continue;
        ck_assert_int_ne(user_world_call(c.world, *task, &op), USER_KILLED);
        if (*task != c.task && rng_below(&rng, 8) == 0) {
            user_world_exit(c.world, *task);
            *task = NULL;
        }
    }
    ck_assert_uint_eq(c.world->machine.bad_pages, 0);
    user_world_end(c.world);
}
END_TEST

/* A task that makes random calls, one after another. */
struct program {
    struct user_op_spec op;
    struct user_call call;
    struct rng rng;
    unsigned left;
    bool in_call;
};

static enum step step_program(struct user_world *world, struct test_task *task, void *context)
{
    struct program *program = context;

    for (; program->left > 0; program->left--) {
        if (!program->in_call) {
            program->op = random_op(&program->rng);
            user_call_begin(&program->call, &program->op, &world->user, &task->user);
        }
        program->in_call = true;
        if (user_call_step(&program->call, &world->user, &task->user) == STEP_BLOCKED)
            return STEP_BLOCKED;
        user_call_end(&program->call);
        program->in_call = false;
    }
    return STEP_DONE;
}

START_TEST(tasks_at_the_same_time_keep_the_books_straight)
{
    struct user_world_spec spec = {
        .devices = &disk, .nr_devices = 1, .nr_cpus = 2, .preemptible = true};
    struct memory_case c = boot_with(spec);
    struct program programs[3] = {0};
    struct test_task *tasks[3] = {c.task};
    bool busy = true;

    world_anon(c.world, c.task, 0, MIB * MIB_PAGES / 4);
    world_touch(c.world, c.task, 0, 0, 0, true);
    for (unsigned i = 0; i < 3; i++) {
        if (i > 0)
            tasks[i] = user_world_fork(c.world, c.task, "child");
        tasks[i]->task.cpu = i % 2;
        rng_init(&programs[i].rng, (uint64_t)_i * 3 + i, "program");
        programs[i].left = 25;
        user_world_start(c.world, tasks[i], step_program, &programs[i]);
    }
    while (busy) {
        user_world_pass(c.world, 100 * NSEC_PER_MSEC);
        expect_sound_world(c.world);
        busy = false;
        for (unsigned i = 0; i < 3; i++)
            busy |= tasks[i]->runnable;
    }
    ck_assert_uint_gt(c.world->machine.work.scanned_pages, 0);
    ck_assert_uint_eq(c.world->machine.bad_pages, 0);
    user_world_end(c.world);
}
END_TEST

/* Per-CPU lists that keep all that is freed, so that its order shows. */
static struct memory_case boot_with_long_lists(uint32_t nr_cpus)
{
    struct memory_case c = boot_with((struct user_world_spec){.nr_cpus = nr_cpus});

    for (uint32_t id = 0; id < c.world->machine.nr_zones; id++)
        for (uint32_t cpu = 0; cpu < nr_cpus && c.world->machine.zones[id].pageset; cpu++)
            c.world->machine.zones[id].pageset[cpu].pcp[PCP_HOT].high = 2000;
    return c;
}

/* The page that the next touch of a fresh region gets. */
static uint32_t next_page(const struct memory_case *c)
{
    world_anon(c->world, c->task, 9, 1);
    world_touch(c->world, c->task, 9, 0, 1, true);
    return world_page(c->task, 9, 0).nr;
}

/* Touches so many pages, takes them away; which of them is used again first? */
static uint64_t first_page_used_again(uint32_t nr_cpus, uint64_t nr_pages)
{
    struct memory_case c = boot_with_long_lists(nr_cpus);
    uint32_t pfns[2048];
    uint64_t page = 0;
    uint32_t next;

    world_anon(c.world, c.task, 0, nr_pages);
    world_touch(c.world, c.task, 0, 0, nr_pages, true);
    for (uint64_t i = 0; i < nr_pages; i++)
        pfns[i] = world_page(c.task, 0, i).nr;
    ck_assert_int_eq(call(&c, USER_UNMAP, 0), USER_OK);
    next = next_page(&c);
    while (page < nr_pages && pfns[page] != next)
        page++;
    user_world_end(c.world);
    return page;
}

START_TEST(a_single_cpu_frees_unmapped_pages_one_by_one_others_in_batches)
{
    ck_assert_uint_eq(first_page_used_again(1, 5), 4);
    ck_assert_uint_eq(first_page_used_again(2, 5), 0);
    ck_assert_uint_eq(first_page_used_again(2, 16), 14);
}
END_TEST

START_TEST(a_batch_of_unmapped_pages_ends_after_1024_of_them)
{
    ck_assert_uint_eq(first_page_used_again(2, 1025), 1024);
}
END_TEST

START_TEST(the_regions_of_a_process_that_exits_share_a_batch)
{
    struct memory_case c = boot_with_long_lists(2);
    struct test_task *other = user_world_task(c.world, "b");
    uint32_t first;

    for (uint32_t region = 0; region < 2; region++) {
        world_anon(c.world, other, region, 1);
        world_touch(c.world, other, region, 0, 1, true);
    }
    first = world_page(other, 0, 0).nr;
    user_world_exit(c.world, other);
    ck_assert_uint_eq(next_page(&c), first);
    user_world_end(c.world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("user_memory");
    TCase *pressure = tcase_create("pressure");

    TEST_CASE(suite, "regions", regions_that_are_not_there_are_refused,
              total_vm_follows_the_regions, unmapping_gives_all_pages_back,
              young_file_pages_are_referenced_when_they_are_unmapped,
              exit_gives_back_what_is_swapped_out_too, a_child_unmaps_its_copy_alone,
              a_single_cpu_frees_unmapped_pages_one_by_one_others_in_batches,
              a_batch_of_unmapped_pages_ends_after_1024_of_them,
              the_regions_of_a_process_that_exits_share_a_batch);
    TEST_CASE(suite, "mlock", mlock_brings_all_pages_in_and_keeps_them,
              mlock_copies_what_fork_shares_and_is_not_inherited);
    TEST_CASE(suite, "pauses", a_rate_is_kept_to_on_average, a_call_lasts_as_long_as_its_rate_says,
              a_preemptible_task_yields_each_quantum, sigkill_ends_a_call_at_the_next_page,
              the_request_that_a_call_is_in_can_be_seen);
    TEST_CASE(suite, "operations", slab_objects_of_a_task_are_counted, caches_are_dropped_on_demand,
              a_write_may_go_past_the_end_of_the_file);
    TEST_CASE(suite, "checking", the_checker_sees_a_wrong_mapcount,
              init_without_memory_holds_nothing,
              a_call_without_host_memory_says_so_and_can_be_made_again,
              a_fork_without_host_memory_leaves_a_child_that_can_exit);
    suite_add_tcase(suite, pressure);
    tcase_set_timeout(pressure, 60);
    tcase_add_loop_test(pressure, tasks_under_pressure_keep_the_books_straight, 0, 3);
    tcase_add_loop_test(pressure, tasks_at_the_same_time_keep_the_books_straight, 0, 3);
    return test_run(suite);
}
