/* SPDX-License-Identifier: MIT */
/* kswapd and pdflush as tasks: where they run, when, and that they keep nothing alive. */
#include <string.h>

#include "base/units.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"

enum { PAGES = 4096 };

static const struct task_stats *find_stats(const struct run_builder *rb, const char *name)
{
    const struct run_stats *stats = simulation_stats(rb->sim);

    for (size_t i = 0; i < stats->nr_tasks; i++)
        if (strcmp(stats->tasks[i].name, name) == 0)
            return &stats->tasks[i];
    return NULL;
}

/* How many tasks have a name that begins so. */
static unsigned count_tasks(const struct run_builder *rb, const char *prefix)
{
    const struct run_stats *stats = simulation_stats(rb->sim);
    unsigned count = 0;

    for (size_t i = 0; i < stats->nr_tasks; i++)
        count += strncmp(stats->tasks[i].name, prefix, strlen(prefix)) == 0;
    return count;
}

/* Two nodes with a CPU each; a reader on CPU `cpu` streams twice the memory through the cache. */
static void build_two_nodes(struct run_builder *rb, int32_t cpu, uint8_t nid_of_cpu_1)
{
    struct machine_spec *machine = &rb->spec.machine;

    run_builder_init(rb, PAGES);
    rb->memory[1] = (struct memory_range){.start_pfn = PAGES, .end_pfn = 2 * PAGES, .nid = 1};
    machine->nr_memory = 2;
    machine->numa = true;
    machine->nr_cpus = 2;
    machine->cpu_nid[1] = nid_of_cpu_1;
    rb->spec.costs.access_ns = 100;
    rb->spec.costs.scan_page_ns = 100;
    run_add_file(rb, run_add_device(rb, 0, 1000), 4 * PAGES);
    step_read(run_add_task(rb, "reader", cpu), 0);
}

START_TEST(kswapd_runs_on_a_cpu_of_its_node)
{
    struct run_builder rb;

    build_two_nodes(&rb, 0, 1);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_gt(find_stats(&rb, "kswapd0")->cpu_ns, 0);
    ck_assert_uint_gt(find_stats(&rb, "kswapd1")->cpu_ns, 0);
    ck_assert_uint_gt(count_text(&rb, "\"task\":\"kswapd0\",\"cpu\":0"), 0);
    ck_assert_uint_eq(count_text(&rb, "\"task\":\"kswapd0\",\"cpu\":1"), 0);
    ck_assert_uint_gt(count_text(&rb, "\"task\":\"kswapd1\",\"cpu\":1"), 0);
    ck_assert_uint_eq(count_text(&rb, "\"task\":\"kswapd1\",\"cpu\":0"), 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(kswapd_of_a_node_without_cpus_runs_on_cpu_0)
{
    struct run_builder rb;

    build_two_nodes(&rb, 1, 0);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_gt(count_text(&rb, "\"task\":\"kswapd1\",\"cpu\":0"), 0);
    ck_assert_uint_eq(count_text(&rb, "\"task\":\"kswapd1\",\"cpu\":1"), 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(kswapd_takes_the_idle_cpu_of_its_node)
{
    struct run_builder rb;

    build_two_nodes(&rb, 0, 0);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_gt(count_text(&rb, "\"task\":\"kswapd0\",\"cpu\":1"), 0);
    run_builder_fini(&rb);
}
END_TEST

/* Each allocation below the low mark wakes it: at its work, which never waits, beside two idle
 * CPUs. */
START_TEST(kswapd_is_awake_while_it_works_and_in_one_place)
{
    struct run_builder rb;
    const struct run_stats *stats;
    struct task_spec *app;
    uint64_t worked_ns;

    run_builder_init(&rb, PAGES);
    rb.spec.machine.nr_cpus = 3;
    rb.spec.costs.kswapd_round_ns = 10 * NSEC_PER_USEC;
    app = run_add_task(&rb, "app", 0);
    step_alloc(app, 1, PAGES - 10, 0, GFP_ATOMIC);
    step_sleep(app, NSEC_PER_MSEC);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    worked_ns = find_stats(&rb, "kswapd0")->cpu_ns;
    ck_assert_uint_ge(worked_ns, 5 * 10 * NSEC_PER_USEC);
    ck_assert_uint_ge(stats->kswapd_ns, worked_ns);
    ck_assert_uint_lt(stats->kswapd_ns, simulation_progress(rb.sim).now_ns - NSEC_PER_MSEC / 2);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(kswapd_gets_its_turn_on_the_only_cpu)
{
    struct run_builder rb;
    const struct run_stats *stats;

    run_builder_init(&rb, PAGES);
    rb.spec.costs.access_ns = 1000;
    rb.spec.costs.scan_page_ns = 100;
    run_add_file(&rb, run_add_device(&rb, 0, 0), 4 * PAGES);
    step_read(run_add_task(&rb, "reader", 0), 0);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_gt(stats->kswapd_ns, 0);
    ck_assert_uint_gt(find_stats(&rb, "kswapd0")->cpu_ns, 0);
    ck_assert_uint_gt(simulation_machine(rb.sim)->vm_events[KSWAPD_STEAL], 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(time_of_kswapd_is_its_own_and_no_stall_of_the_run)
{
    struct run_builder rb;
    uint64_t stall_ns = 0;

    build_two_nodes(&rb, 0, 1);
    run_start(&rb);
    run_to_end(&rb);
    for (unsigned i = 0; i < NR_STALLS; i++)
        stall_ns += simulation_stats(rb.sim)->stall_ns[i];
    for (unsigned i = 0; i < NR_STALLS; i++)
        stall_ns -= find_stats(&rb, "reader")->stall_ns[i];
    ck_assert_uint_eq(stall_ns, 0);
    ck_assert_uint_eq(find_stats(&rb, "kswapd1")->stalls[STALL_DIRECT_RECLAIM], 0);
    ck_assert_uint_ge(simulation_stats(rb.sim)->kswapd_ns, find_stats(&rb, "kswapd1")->cpu_ns);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(pdflush_comes_when_it_is_needed_and_does_not_keep_the_run_alive)
{
    struct run_builder rb;
    struct task_spec *writer;

    run_builder_init(&rb, PAGES);
    rb.spec.machine.vm.dirty_background_ratio = 5;
    rb.spec.machine.vm.dirty_ratio = 90;
    run_add_file(&rb, run_add_device(&rb, 0, NSEC_PER_MSEC), 2000);
    writer = run_add_task(&rb, "writer", 0);
    step_user(writer, USER_WRITE);
    step_sleep(writer, NSEC_PER_SEC);
    run_start(&rb);
    ck_assert_uint_eq(count_tasks(&rb, "pdflush"), 0);
    run_to_end(&rb);
    ck_assert_uint_gt(count_tasks(&rb, "pdflush"), 0);
    ck_assert_uint_gt(simulation_stats(rb.sim)->reclaim->devices[0].pages_done[IO_WRITE], 500);
    ck_assert_uint_lt(simulation_stats(rb.sim)->reclaim->devices[0].pages_done[IO_WRITE], 1500);
    ck_assert_uint_lt(simulation_progress(rb.sim).now_ns, 1200 * NSEC_PER_MSEC);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(task_called_as_a_thread_is_another)
{
    struct run_builder rb;

    run_builder_init(&rb, PAGES);
    add_alloc(run_add_source(&rb, "kswapd0", 0), 1000, 1, 0, GFP_KERNEL);
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(count_tasks(&rb, "kswapd0"), 2);
    ck_assert_uint_eq(simulation_stats(rb.sim)->allocs, 1);
    run_builder_fini(&rb);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kthread");

    TEST_CASE(suite, "kswapd", kswapd_runs_on_a_cpu_of_its_node,
              kswapd_of_a_node_without_cpus_runs_on_cpu_0, kswapd_takes_the_idle_cpu_of_its_node,
              kswapd_is_awake_while_it_works_and_in_one_place, kswapd_gets_its_turn_on_the_only_cpu,
              time_of_kswapd_is_its_own_and_no_stall_of_the_run);
    TEST_CASE(suite, "others", pdflush_comes_when_it_is_needed_and_does_not_keep_the_run_alive,
              task_called_as_a_thread_is_another);
    return test_run(suite);
}
