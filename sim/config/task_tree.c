/* SPDX-License-Identifier: MIT */
/* Tasks that fork each other: which of them are possible, the regions and nodes they share. */
#include "config/task_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/vec.h"
#include "trace/name_table.h"
#include "yaml/yaml_value.h"

struct fork_edge {
    uint32_t parent;
    uint32_t child; /* > parent */
};

struct tree {
    struct task_draft *tasks;
    uint32_t nr_tasks;
    VEC(struct fork_edge) forks;  /* by ascending parent */
    uint32_t *first;              /* [nr_tasks] the first task of its tree, or one nearer to it */
    bool *ancestor;               /* [nr_tasks] of the forked task at hand, itself included */
    struct name_table *regions;   /* [nr_tasks] used of the first task of each tree */
    VEC(const char *) candidates; /* for a hint */
    struct sim_error *err;
};

static bool out_of_memory(struct tree *t)
{
    return sim_error_set(t->err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
}

static uint32_t first_of(struct tree *t, uint32_t task)
{
    while (t->first[task] != task) {
        t->first[task] = t->first[t->first[task]];
        task = t->first[task];
    }
    return task;
}

static void join(struct tree *t, uint32_t a, uint32_t b)
{
    uint32_t first_a = first_of(t, a);
    uint32_t first_b = first_of(t, b);

    if (first_a < first_b)
        t->first[first_b] = first_a;
    else
        t->first[first_a] = first_b;
}

static bool add_fork(struct tree *t, uint32_t parent, const struct placed_step *placed)
{
    struct fork_edge fork = {.parent = parent, .child = placed->step.user.child};
    const char *child_name = t->tasks[fork.child].spec.name;

    if (!t->tasks[fork.child].spec.forked) {
        yaml_error_at(placed_step_value(placed, "task"), t->err, ERR_BAD_FORK,
                      "the task \"%.40s\" starts by itself", child_name);
        sim_error_add_hint(t->err, "give it forked: true");
        return false;
    }
    if (fork.child <= parent)
        return yaml_error_at(placed_step_value(placed, "task"), t->err, ERR_BAD_FORK,
                             "a task forks tasks that stand below it in the list only, so that "
                             "there is an end to it");
    join(t, parent, fork.child);
    return vec_push(&t->forks, fork) || out_of_memory(t);
}

static bool find_forks(struct tree *t)
{
    for (uint32_t i = 0; i < t->nr_tasks; i++) {
        const struct step_list *list = &t->tasks[i].list;

        for (size_t s = 0; s < list->steps.count; s++) {
            const struct placed_step *placed = &list->steps.items[s];

            if (placed->step.op == STEP_USER && placed->step.user.op == USER_FORK &&
                !add_fork(t, i, placed))
                return false;
        }
    }
    return true;
}

static bool check_all_are_forked(struct tree *t)
{
    for (size_t f = 0; f < t->forks.count; f++)
        t->ancestor[t->forks.items[f].child] = true;
    for (uint32_t i = 0; i < t->nr_tasks; i++) {
        if (t->tasks[i].spec.forked && !t->ancestor[i])
            return yaml_error_at(yaml_map_get(t->tasks[i].node, "forked"), t->err, ERR_BAD_FORK,
                                 "no step forks the task \"%.40s\"", t->tasks[i].spec.name);
    }
    return true;
}

/* Forks point down the list: one pass upwards meets each child before its parents. */
static void mark_ancestors(struct tree *t, uint32_t task)
{
    memset(t->ancestor, 0, t->nr_tasks * sizeof(*t->ancestor));
    t->ancestor[task] = true;
    for (size_t f = t->forks.count; f-- > 0;) {
        if (t->ancestor[t->forks.items[f].child])
            t->ancestor[t->forks.items[f].parent] = true;
    }
}

/* What the task's ancestors create under the names that it uses becomes known to it. */
static void inherit_regions(struct tree *t, uint32_t task)
{
    struct step_list *list = &t->tasks[task].list;

    for (uint32_t i = 0; i < task; i++) {
        const struct step_list *from = &t->tasks[i].list;

        for (uint32_t r = 0; t->ancestor[i] && r < list->regions.count; r++) {
            struct region_use *region = &list->regions.items[r];
            const char *name = name_table_text(&list->region_names, r);
            uint32_t number;

            if (!name_table_find(&from->region_names, name, strlen(name), &number) ||
                !from->regions.items[number].created)
                continue;
            region->created = true;
            if (from->regions.items[number].max_pages > region->max_pages)
                region->max_pages = from->regions.items[number].max_pages;
        }
    }
}

static bool number_regions(struct tree *t, uint32_t task)
{
    struct step_list *list = &t->tasks[task].list;
    struct name_table *table = &t->regions[first_of(t, task)];

    for (uint32_t r = 0; r < list->regions.count; r++) {
        const char *name = name_table_text(&list->region_names, r);

        if (!name_table_intern(table, name, strlen(name), &list->regions.items[r].number))
            return out_of_memory(t);
    }
    return true;
}

/* The error's hint: the nearest of the regions that the task at hand could have meant. */
static void hint_region(struct tree *t, uint32_t task, const char *word)
{
    const char *near;

    for (uint32_t i = 0; i <= task; i++) {
        const struct step_list *list = &t->tasks[i].list;

        bool known = i == task || (t->tasks[task].spec.forked && t->ancestor[i]);

        for (uint32_t r = 0; known && r < list->regions.count; r++) {
            if (list->regions.items[r].created &&
                !vec_push(&t->candidates, name_table_text(&list->region_names, r)))
                return;
        }
    }
    near = suggest_word(word, t->candidates.items, t->candidates.count);
    if (near)
        sim_error_add_hint(t->err, "did you mean %s?", near);
    else
        sim_error_add_hint(t->err, "anon and mmap create regions");
}

static bool uses_region(const struct step_spec *step)
{
    return step->op == STEP_USER && (step->user.op == USER_ANON || step->user.op == USER_MMAP ||
                                     step->user.op == USER_TOUCH || step->user.op == USER_UNMAP ||
                                     step->user.op == USER_MLOCK || step->user.op == USER_MUNLOCK ||
                                     step->user.op == USER_MBIND);
}

static bool check_region(struct tree *t, uint32_t task, const struct placed_step *placed)
{
    const struct step_list *list = &t->tasks[task].list;
    const struct user_op_spec *op = &placed->step.user;
    const struct region_use *region = &list->regions.items[op->region];
    const struct yaml_node *id = placed_step_value(placed, "id");

    if (!region->created) {
        yaml_error_at(id, t->err, ERR_UNKNOWN_ID,
                      "neither a step of the task nor of one that forks it creates this region");
        hint_region(t, task, id->text);
        return false;
    }
    if (op->op == USER_TOUCH && (op->access.first_page >= region->max_pages ||
                                 op->access.nr_pages > region->max_pages - op->access.first_page))
        return yaml_error_at(placed_step_value(placed, op->access.nr_pages > 0 ? "size" : "offset"),
                             t->err, ERR_OUT_OF_RANGE, "the region \"%.40s\" ends before that",
                             id->text);
    return true;
}

static bool check_regions(struct tree *t, uint32_t task)
{
    const struct step_list *list = &t->tasks[task].list;

    for (size_t s = 0; s < list->steps.count; s++) {
        const struct placed_step *placed = &list->steps.items[s];

        if (uses_region(&placed->step) && !check_region(t, task, placed))
            return false;
    }
    return true;
}

/* set_mempolicy() takes nodes of the cpuset alone; mbind() leaves the others out. */
static bool policy_fits(const struct step_spec *step, nodemask mems)
{
    const struct mempolicy_spec *policy = &step->user.policy;

    if (step->op != STEP_USER)
        return true;
    if (step->user.op == USER_SET_MEMPOLICY)
        return !(policy->nodes & ~mems);
    return !policy->nodes || policy->nodes & mems || policy->mode == MPOL_PREFERRED;
}

/* Of a task that is in the cpuset of `root`: itself, or the one where its tree begins. */
static bool check_policies_in(struct tree *t, uint32_t task, uint32_t root)
{
    const struct step_list *list = &t->tasks[task].list;
    nodemask mems = t->tasks[root].list.mems;

    for (size_t s = 0; s < list->steps.count; s++) {
        const struct placed_step *placed = &list->steps.items[s];

        if (policy_fits(&placed->step, mems))
            continue;
        yaml_error_at(placed_step_value(placed, "mempolicy"), t->err, ERR_BAD_MEMPOLICY,
                      placed->step.user.op == USER_SET_MEMPOLICY
                          ? "the cpuset of the task has not all of these nodes"
                          : "the cpuset of the task has none of these nodes");
        if (root != task)
            sim_error_add_hint(t->err, "a task that is forked has the cpuset of \"%.40s\"",
                               t->tasks[root].spec.name);
        return false;
    }
    return true;
}

static bool check_policies(struct tree *t, uint32_t task)
{
    if (!t->tasks[task].spec.forked)
        return check_policies_in(t, task, task);
    for (uint32_t root = 0; root < task; root++)
        if (t->ancestor[root] && !t->tasks[root].spec.forked && !check_policies_in(t, task, root))
            return false;
    return true;
}

/* From numbers within the task to those within the tree. */
static void renumber_steps(struct tree *t, uint32_t task)
{
    struct step_list *list = &t->tasks[task].list;

    for (size_t s = 0; s < list->steps.count; s++) {
        struct step_spec *step = &list->steps.items[s].step;

        if (uses_region(step))
            step->user.region = list->regions.items[step->user.region].number;
    }
    t->tasks[task].spec.nr_regions = name_table_count(&t->regions[first_of(t, task)]);
}

static bool resolve(struct tree *t)
{
    for (uint32_t i = 0; i < t->nr_tasks; i++)
        t->first[i] = i;
    if (!find_forks(t) || !check_all_are_forked(t))
        return false;
    for (uint32_t i = 0; i < t->nr_tasks; i++) {
        if (t->tasks[i].spec.forked) {
            mark_ancestors(t, i);
            inherit_regions(t, i);
        }
        if (!check_regions(t, i) || !check_policies(t, i) || !number_regions(t, i))
            return false;
    }
    for (uint32_t i = 0; i < t->nr_tasks; i++)
        renumber_steps(t, i);
    return true;
}

bool task_tree_resolve(struct task_draft *tasks, uint32_t nr_tasks, struct sim_error *err)
{
    struct tree t = {.tasks = tasks, .nr_tasks = nr_tasks, .err = err};
    bool ok;

    t.first = calloc((size_t)nr_tasks + 1, sizeof(*t.first));
    t.ancestor = calloc((size_t)nr_tasks + 1, sizeof(*t.ancestor));
    t.regions = calloc((size_t)nr_tasks + 1, sizeof(*t.regions));
    ok = t.first && t.ancestor && t.regions ? resolve(&t) : out_of_memory(&t);
    for (uint32_t i = 0; t.regions && i < nr_tasks; i++)
        name_table_fini(&t.regions[i]);
    free(t.regions);
    free(t.ancestor);
    free(t.first);
    vec_fini(&t.forks);
    vec_fini(&t.candidates);
    return ok;
}
