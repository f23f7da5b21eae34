/* SPDX-License-Identifier: MIT */
/* vmalloc(), vmalloc_32() and vfree() as records and steps: blocks, time, failures, wrong frees. */
#include "base/units.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"
#include "mm/misuse.h"
#include "mm/vmalloc.h"

enum { PAGES = 4096, VMALLOC_NS = 700 };

static const uint32_t GFP_VMALLOC = GFP_KERNEL | GFP_BIT_HIGHMEM;

static struct list_source *begin(struct run_builder *rb)
{
    run_builder_init(rb, PAGES);
    rb->spec.costs.vmalloc_ns = VMALLOC_NS;
    return run_add_source(rb, "app", 0);
}

static void add_vmalloc(struct list_source *events, uint64_t time_ns, uint64_t id, uint64_t size)
{
    struct trace_record *record = add_op(events, time_ns, TRACE_VMALLOC, id);

    record->gfp = GFP_VMALLOC;
    record->size_bytes = size;
}

static struct step_spec *step_vmalloc(struct task_spec *task, uint64_t id, uint64_t pages)
{
    struct step_spec *step = step_alloc(task, id, 1, 0, GFP_VMALLOC);

    step->record.op = TRACE_VMALLOC;
    step->record.size_bytes = pages * PAGE_SIZE;
    return step;
}

static const struct run_stats *play(struct run_builder *rb)
{
    run_start(rb);
    run_to_end(rb);
    return simulation_stats(rb->sim);
}

START_TEST(an_area_lives_from_its_call_to_vfree)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;

    add_vmalloc(events, 1000, 1, 10 * PAGE_SIZE);
    add_op(events, 200000000, TRACE_VFREE, 1);
    run_start(&rb);
    stats = simulation_stats(rb.sim);
    run_until(&rb, 100000000);
    ck_assert_uint_eq(stats->vmalloc->nr_pages, 10);
    ck_assert_uint_eq(stats->vmalloc->list.nr_areas, 1);
    ck_assert_uint_eq(stats->blocks_live, 1);
    run_to_end(&rb);
    ck_assert_uint_eq(stats->vmalloc->nr_pages, 0);
    ck_assert_uint_eq(stats->blocks_live, 0);
    /* the slabs of the descriptor and the array, ten pages, three page tables */
    ck_assert_uint_eq(stats->allocs, 2 + 10 + 3);
    ck_assert_uint_eq(stats->frees, 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(a_call_costs_its_own_time_and_that_of_each_page)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;

    add_vmalloc(events, 1000, 1, 200 * PAGE_SIZE);
    add_op(events, 1000, TRACE_VFREE, 1);
    stats = play(&rb);
    /* the task has its area, and the next operation begins, that much later */
    ck_assert_uint_eq(stats->late_ns, VMALLOC_NS + stats->allocs * RUN_ALLOC_NS);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(a_call_without_memory_fails_and_its_vfree_is_nothing)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;

    add_vmalloc(events, 1000, 1, (PAGES + 1) * PAGE_SIZE);
    add_op(events, 2000, TRACE_VFREE, 1);
    stats = play(&rb);
    ck_assert_uint_eq(stats->vmalloc->results[VMALLOC_BAD_SIZE], 1);
    ck_assert_uint_eq(stats->frees_of_failed, 1);
    ck_assert_uint_eq(stats->blocks_live, 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(vmalloc_32_asks_with_the_kernels_own_mask)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct run_stats *stats;

    add_op(events, 1000, TRACE_VMALLOC_32, 1)->size_bytes = 2 * PAGE_SIZE;
    stats = play(&rb);
    ck_assert_uint_eq(stats->vmalloc->nr_pages, 2);
    ck_assert_uint_eq(stats->vmalloc->results[VMALLOC_OK], 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(a_task_may_hold_a_list_of_areas)
{
    struct run_builder rb;
    struct task_spec *task;
    const struct run_stats *stats;

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "module", 0);
    step_vmalloc(task, 1, 3)->count = 6;
    step_free(task, 1, 0, 2)->record.op = TRACE_VFREE;
    stats = play(&rb);
    ck_assert_uint_eq(stats->vmalloc->list.nr_areas, 3);
    /* of six areas every second one is gone, the last one among them */
    ck_assert_uint_eq(vmlist_largest_hole(&stats->vmalloc->list), stats->vmalloc->layout.end -
                                                                      stats->vmalloc->layout.start -
                                                                      5 * 4 * PAGE_SIZE);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(a_wrong_free_is_what_the_kernel_would_say)
{
    struct run_builder rb;
    struct list_source *events = begin(&rb);
    const struct machine *machine;
    const struct run_stats *stats;

    add_vmalloc(events, 1000, 1, PAGE_SIZE);
    add_op(events, 2000, TRACE_KFREE, 1);
    add_alloc(events, 3000, 2, 0, GFP_KERNEL);
    add_op(events, 4000, TRACE_VFREE, 2);
    /* the second object of a slab does not lie on a page */
    for (uint64_t id = 3; id < 5; id++) {
        struct trace_record *record = add_op(events, 5000, TRACE_KMALLOC, id);

        record->gfp = GFP_KERNEL;
        record->size_bytes = 1000;
    }
    add_op(events, 6000, TRACE_VFREE, 3);
    add_op(events, 6000, TRACE_VFREE, 4);
    stats = play(&rb);
    machine = simulation_machine(rb.sim);
    ck_assert_uint_eq(machine->misuses[MISUSE_SLAB_OUTSIDE], 1);
    ck_assert_uint_eq(machine->misuses[MISUSE_VFREE_AREA], 2);
    ck_assert_uint_eq(machine->misuses[MISUSE_VFREE_ADDRESS], 1);
    ck_assert_uint_eq(stats->vmalloc->nr_pages, 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(an_area_outlives_its_task)
{
    struct run_builder rb;
    struct task_spec *task;
    const struct run_stats *stats;

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "module", 0);
    step_vmalloc(task, 1, 100);
    step_exit(task);
    stats = play(&rb);
    ck_assert_uint_eq(stats->vmalloc->nr_pages, 100);
    ck_assert_uint_eq(stats->vmalloc->list.nr_areas, 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(a_task_that_is_killed_in_its_call_ends_with_it_and_leaves_nothing)
{
    struct run_builder rb;
    struct task_spec *task;
    const struct run_stats *stats;
    uint64_t before;

    run_builder_init(&rb, PAGES);
    task = run_add_task(&rb, "module", 0);
    step_vmalloc(task, 1, PAGES);
    step_vmalloc(task, 2, 1);
    run_start(&rb);
    before = free_pages_of(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->oom_kills, 1);
    ck_assert_uint_eq(stats->vmalloc->results[VMALLOC_NO_MEMORY], 1);
    ck_assert_uint_eq(stats->vmalloc->results[VMALLOC_OK], 0);
    ck_assert_uint_eq(stats->vmalloc->list.nr_areas, 0);
    /* the page array's page tables stay, and the slab of descriptors and of its own array */
    ck_assert_uint_eq(free_pages_of(&rb), before - 3 - 1);
    run_builder_fini(&rb);
}
END_TEST

/* Two tasks on two CPUs: memory is short, their page requests take turns. */
START_TEST(calls_of_two_tasks_interleave)
{
    struct run_builder rb;
    struct task_spec *tasks[2];
    const struct run_stats *stats;

    run_builder_init(&rb, PAGES);
    rb.spec.machine.nr_cpus = 2;
    for (unsigned i = 0; i < 2; i++) {
        tasks[i] = run_add_task(&rb, i ? "b" : "a", (int32_t)i);
        step_vmalloc(tasks[i], 1, 1000);
        step_sleep(tasks[i], 1000000);
        step_free(tasks[i], 1, 0, 0)->record.op = TRACE_VFREE;
    }
    stats = play(&rb);
    ck_assert_uint_eq(stats->vmalloc->results[VMALLOC_OK], 2);
    ck_assert_uint_eq(stats->vmalloc->nr_pages, 0);
    ck_assert_uint_eq(stats->vmalloc->list.nr_areas, 0);
    run_builder_fini(&rb);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vmalloc_calls");

    TEST_CASE(suite, "calls", an_area_lives_from_its_call_to_vfree,
              a_call_costs_its_own_time_and_that_of_each_page,
              a_call_without_memory_fails_and_its_vfree_is_nothing,
              vmalloc_32_asks_with_the_kernels_own_mask, a_task_may_hold_a_list_of_areas,
              a_wrong_free_is_what_the_kernel_would_say, an_area_outlives_its_task,
              a_task_that_is_killed_in_its_call_ends_with_it_and_leaves_nothing,
              calls_of_two_tasks_interleave);
    return test_run(suite);
}
