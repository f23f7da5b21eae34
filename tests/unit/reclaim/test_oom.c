/* SPDX-License-Identifier: MIT */
/* Badness, the choice of a victim, and who dies with him. */
#include "base/units.h"
#include "lib/test.h"
#include "mm/cpuset.h"
#include "reclaim/reclaim.h"

enum { PROCESSES = 8, INIT = 0 };

/* Processes 1.. are children of nobody, with a memory of their own of 1000 pages times index. */
struct oom_case {
    struct reclaim reclaim;
    struct machine machine;
    struct zone zones[2 * MAX_NR_ZONES];
    struct node nodes[2];
    struct zonelist zonelist;
    struct clock clock;
    struct task tasks[PROCESSES];
    struct process processes[PROCESSES];
    struct reclaim_state state;
    struct task current;
    struct alloc_request request;
    uint32_t killed[PROCESSES]; /* pids in their order */
    bool memdie[PROCESSES];
    unsigned nr_killed;
    unsigned nr_events;
    uint64_t points;
};

static void on_kill(void *context, struct process *victim, bool memdie)
{
    struct oom_case *c = context;

    ck_assert(victim->sigkill);
    ck_assert_int_eq(!!(victim->task->flags & TASK_TIF_MEMDIE), memdie);
    c->memdie[c->nr_killed] = memdie;
    c->killed[c->nr_killed++] = victim->pid;
}

static void on_event(void *context, const struct reclaim_event *event)
{
    struct oom_case *c = context;

    ck_assert_int_eq(event->kind, RECLAIM_OOM_KILL);
    ck_assert_ptr_eq(event->task, &c->current);
    c->points = event->points;
    c->nr_events++;
}

static struct process *add(struct oom_case *c, unsigned i, struct process *parent)
{
    struct process *process = &c->processes[i];

    *process = (struct process){
        .pid = PID_INIT + i, .mm = i, .total_vm_pages = 1000 * i, .task = &c->tasks[i]};
    process_add(&c->reclaim.processes, process, parent);
    return process;
}

/* Node 0 has the zonelist's zone, node 1 no memory. Init and processes 1 to 3. */
static void begin(struct oom_case *c)
{
    *c = (struct oom_case){0};
    c->machine = (struct machine){.ops_context = &c->reclaim,
                                  .clock = &c->clock,
                                  .zones = c->zones,
                                  .nodes = c->nodes,
                                  .nr_zones = 2 * MAX_NR_ZONES,
                                  .nr_nodes = 2,
                                  .numa = true,
                                  .hz = 250};
    c->zones[MAX_NR_ZONES].nid = 1;
    c->nodes[0].present_pages = 1000;
    c->zonelist = (struct zonelist){.length = 1, .zones = {0}};
    c->current.reclaim_state = &c->state;
    c->request = (struct alloc_request){.task = &c->current, .zonelist = &c->zonelist};
    c->reclaim.machine = &c->machine;
    c->reclaim.owner = (struct reclaim_owner){.context = c, .kill = on_kill};
    c->reclaim.observer = (struct reclaim_observer){
        .event = on_event, .context = c, .wanted = UINT32_C(1) << RECLAIM_OOM_KILL};
    add(c, INIT, NULL)->total_vm_pages = 1000000;
    for (unsigned i = 1; i <= 3; i++)
        add(c, i, NULL);
}

static void expect_killed(const struct oom_case *c, unsigned nr, const uint32_t *indices)
{
    ck_assert_uint_eq(c->nr_killed, nr);
    ck_assert_uint_eq(c->nr_events, nr);
    for (unsigned i = 0; i < nr; i++) {
        ck_assert_uint_eq(c->killed[i], PID_INIT + indices[i]);
        ck_assert_int_eq(c->memdie[i], i == 0);
    }
}

#define EXPECT_KILLED(c, ...)                                               \
    do {                                                                    \
        static const uint32_t indices_[] = {__VA_ARGS__};                   \
        expect_killed((c), sizeof(indices_) / sizeof(*indices_), indices_); \
    } while (0)

/* ---- badness ---- */

START_TEST(badness_is_memory_and_half_of_that_of_children_with_their_own)
{
    struct oom_case c;
    struct process *parent;

    begin(&c);
    parent = &c.processes[3];
    ck_assert_uint_eq(badness(parent, &c.machine, &c.current), 3000);
    add(&c, 4, parent);
    ck_assert_uint_eq(badness(parent, &c.machine, &c.current), 3000 + 4000 / 2 + 1);
    add(&c, 5, parent)->mm = parent->mm;
    add(&c, 6, parent)->mm = PROCESS_NO_MM;
    ck_assert_uint_eq(badness(parent, &c.machine, &c.current), 3000 + 4000 / 2 + 1);
    ck_assert_uint_eq(badness(&c.processes[6], &c.machine, &c.current), 0);
    c.processes[1].in_swapoff = true;
    ck_assert_uint_eq(badness(&c.processes[1], &c.machine, &c.current), UINT64_MAX);
}
END_TEST

START_TEST(work_done_and_a_long_life_lower_badness)
{
    struct oom_case c;
    struct process *p;

    begin(&c);
    p = &c.processes[3];
    p->utime_jiffies = 7 << 11;
    p->stime_jiffies = 2 << 11; /* 9 in all: divides by 3 */
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 1000);
    c.clock.now_ns = ((UINT64_C(17) << 10) + 50) * NSEC_PER_SEC;
    p->start_time_s = 50; /* the fourth root of 17: divides by 2 */
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 500);
    p->start_time_s = UINT64_MAX; /* of a clock that was set back */
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 1000);
    c.machine.hz = 1000; /* the same jiffies are less time: 9 >> 2 */
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 3000);
    c.machine.hz = 100; /* 9 << 1: divides by 4 */
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 750);
}
END_TEST

START_TEST(rights_lower_and_niceness_raises_badness)
{
    struct oom_case c;
    struct process *p;

    begin(&c);
    p = &c.processes[3];
    p->nice = 1;
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 6000);
    p->superuser = p->cap_sys_admin = true;
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 1500);
    p->cap_sys_rawio = true;
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 375);
    p->oom_adj = 3;
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 3000);
    p->oom_adj = -3;
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 46);
    p->total_vm_pages = 0;
    p->oom_adj = 4;
    ck_assert_uint_eq(badness(p, &c.machine, &c.current), 16);
}
END_TEST

/* ---- who is chosen ---- */

START_TEST(the_worst_process_dies_and_the_first_of_equals)
{
    struct oom_case c;

    begin(&c);
    c.processes[1].total_vm_pages = 3000;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    EXPECT_KILLED(&c, 1);
    ck_assert_uint_eq(c.points, 3000);
}
END_TEST

START_TEST(a_process_without_points_dies_when_there_is_no_other)
{
    struct oom_case c;

    begin(&c);
    for (unsigned i = 1; i <= 3; i++)
        c.processes[i].total_vm_pages = 0;
    c.processes[1].mm = PROCESS_NO_MM;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    EXPECT_KILLED(&c, 2);
}
END_TEST

START_TEST(nobody_dies_while_somebody_dies)
{
    struct oom_case c;

    begin(&c);
    c.tasks[2].flags |= TASK_TIF_MEMDIE;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    ck_assert_uint_eq(c.nr_killed, 0);
    c.tasks[2].flags = 0;
    c.processes[2].exiting = true;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    ck_assert_uint_eq(c.nr_killed, 0);
}
END_TEST

START_TEST(a_current_that_exits_is_chosen_and_its_children_live)
{
    struct oom_case c;

    begin(&c);
    add(&c, 4, &c.processes[2]);
    c.processes[2].exiting = true;
    c.state.process = &c.processes[2];
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    EXPECT_KILLED(&c, 2);
    ck_assert_uint_eq(c.points, UINT64_MAX);
}
END_TEST

START_TEST(it_panics_when_all_are_spared)
{
    struct oom_case c;

    begin(&c);
    for (unsigned i = 1; i <= 3; i++)
        c.processes[i].oom_adj = OOM_DISABLE;
    ck_assert(!oom_kill_somebody(&c.reclaim, &c.request));
    ck_assert_uint_eq(c.nr_killed, 0);
}
END_TEST

/* ---- who dies with or for him ---- */

START_TEST(a_child_dies_first_and_all_that_share_its_memory_follow)
{
    struct oom_case c;

    begin(&c);
    add(&c, 4, &c.processes[3])->mm = 3; /* a thread */
    add(&c, 5, &c.processes[3]);
    add(&c, 6, NULL)->mm = 5;
    c.processes[3].total_vm_pages = 100000;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    EXPECT_KILLED(&c, 5, 6);
}
END_TEST

START_TEST(a_protected_sharer_saves_the_child_but_not_the_parent)
{
    struct oom_case c;

    begin(&c);
    add(&c, 5, &c.processes[3]);
    add(&c, 6, NULL)->mm = 5;
    c.processes[6].oom_adj = OOM_DISABLE;
    c.processes[3].total_vm_pages = 100000;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    EXPECT_KILLED(&c, 3);
}
END_TEST

START_TEST(a_choice_that_cannot_be_killed_is_no_panic)
{
    struct oom_case c;

    begin(&c);
    add(&c, 5, NULL)->mm = 3;
    c.processes[5].oom_adj = OOM_DISABLE;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    ck_assert_uint_eq(c.nr_killed, 0);
}
END_TEST

/* ---- constraints ---- */

START_TEST(a_zonelist_without_some_node_with_memory_kills_its_user)
{
    struct oom_case c;

    begin(&c);
    ck_assert_int_eq(constrained_alloc(&c.machine, &c.request), CONSTRAINT_NONE);
    c.nodes[1].present_pages = 1;
    ck_assert_int_eq(constrained_alloc(&c.machine, &c.request), CONSTRAINT_MEMORY_POLICY);
    c.machine.numa = false;
    ck_assert_int_eq(constrained_alloc(&c.machine, &c.request), CONSTRAINT_NONE);
    c.machine.numa = true;
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request)); /* a kernel thread: nobody */
    ck_assert_uint_eq(c.nr_killed, 0);
    c.state.process = &c.processes[1];
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    EXPECT_KILLED(&c, 1);
}
END_TEST

START_TEST(a_zonelist_beyond_the_cpuset_chooses_among_all)
{
    const struct cpuset near = {.mems = 1, .mem_exclusive = true};
    const struct cpuset far = {.mems = 2, .mem_exclusive = true};
    struct oom_case c;

    begin(&c);
    c.current.cpuset = &far;
    ck_assert_int_eq(constrained_alloc(&c.machine, &c.request), CONSTRAINT_CPUSET);
    c.current.flags = TASK_TIF_MEMDIE;
    ck_assert_int_eq(constrained_alloc(&c.machine, &c.request), CONSTRAINT_NONE);
    c.current.flags = 0;
    c.tasks[3].cpuset = &near; /* the largest, but of other nodes */
    ck_assert_uint_eq(badness(&c.processes[3], &c.machine, &c.current), 3000 / 8);
    c.tasks[2].cpuset = &far;
    ck_assert_uint_eq(badness(&c.processes[2], &c.machine, &c.current), 2000);
    c.state.process = &c.processes[1];
    ck_assert(oom_kill_somebody(&c.reclaim, &c.request));
    EXPECT_KILLED(&c, 2);
}
END_TEST

/* ---- the list ---- */

START_TEST(a_process_that_leaves_is_forgotten_by_parent_and_children)
{
    struct oom_case c;

    begin(&c);
    add(&c, 4, &c.processes[2]);
    add(&c, 5, &c.processes[4]);
    add(&c, 6, &c.processes[2]);
    process_remove(&c.reclaim.processes, &c.processes[4]);
    ck_assert_ptr_eq(c.processes[2].first_child, &c.processes[6]);
    ck_assert_ptr_null(c.processes[5].parent);
    ck_assert_ptr_eq(c.processes[3].next, &c.processes[5]);
    process_remove(&c.reclaim.processes, &c.processes[6]);
    ck_assert_ptr_null(c.processes[2].first_child);
    ck_assert_ptr_null(c.processes[2].last_child);
    ck_assert_ptr_eq(c.reclaim.processes.last, &c.processes[5]);
    process_remove(&c.reclaim.processes, &c.processes[INIT]);
    ck_assert_ptr_eq(c.reclaim.processes.first, &c.processes[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("oom");

    TEST_CASE(suite, "badness", badness_is_memory_and_half_of_that_of_children_with_their_own,
              work_done_and_a_long_life_lower_badness, rights_lower_and_niceness_raises_badness);
    TEST_CASE(suite, "choice", the_worst_process_dies_and_the_first_of_equals,
              a_process_without_points_dies_when_there_is_no_other, nobody_dies_while_somebody_dies,
              a_current_that_exits_is_chosen_and_its_children_live, it_panics_when_all_are_spared,
              a_zonelist_without_some_node_with_memory_kills_its_user,
              a_zonelist_beyond_the_cpuset_chooses_among_all);
    TEST_CASE(suite, "kill", a_child_dies_first_and_all_that_share_its_memory_follow,
              a_protected_sharer_saves_the_child_but_not_the_parent,
              a_choice_that_cannot_be_killed_is_no_panic,
              a_process_that_leaves_is_forgotten_by_parent_and_children);
    return test_run(suite);
}
