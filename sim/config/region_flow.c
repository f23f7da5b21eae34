/* SPDX-License-Identifier: MIT */
/* Whether the regions that steps use are there when their turn comes. */
#include "config/region_flow.h"

#include <stdlib.h>

#include "base/vec.h"
#include "yaml/yaml_value.h"

enum presence { UNKNOWN, ABSENT, PRESENT };

/* What steps found and left of a region, from where the scan began. */
struct region_state {
    uint8_t first; /* enum presence; what the first step that names it needs */
    uint8_t now;   /* enum presence */
    const struct placed_step *first_step;
};

/* What a forked task needs of a region when it begins. */
struct region_need {
    uint32_t region;
    uint8_t presence;
    const struct placed_step *step;
};

struct region_needs {
    VEC(struct region_need) items;
};

struct flow {
    const struct task_draft *tasks;
    uint32_t nr_tasks;
    struct region_needs *needs;   /* [nr_tasks] */
    struct region_state *regions; /* [the most regions of a task] all zero but those of `met` */
    VEC(uint32_t) met;            /* regions of the scan */
    bool from_nothing;            /* the scan is of a task that begins without regions */
    bool stopped;                 /* the scan came to an exit or to a loop without end */
    struct sim_error *err;
};

static bool out_of_memory(struct flow *f)
{
    return sim_error_set(f->err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
}

static void begin_scan(struct flow *f, bool from_nothing)
{
    for (size_t i = 0; i < f->met.count; i++)
        f->regions[f->met.items[i]] = (struct region_state){.now = UNKNOWN};
    f->met.count = 0;
    f->from_nothing = from_nothing;
    f->stopped = false;
}

static bool refuse(struct flow *f, const struct placed_step *placed, enum presence wanted,
                   const char *when)
{
    const struct yaml_node *id = placed_step_value(placed, "id");

    if (wanted == PRESENT)
        return yaml_error_at(id, f->err, ERR_UNKNOWN_ID, "the region is not there%s", when);
    yaml_error_at(id, f->err, ERR_ID_IN_USE, "the region is there already%s", when);
    sim_error_add_hint(f->err, "unmap it first");
    return false;
}

static bool need(struct flow *f, uint32_t region, enum presence wanted,
                 const struct placed_step *placed)
{
    struct region_state *state = &f->regions[region];
    enum presence found = (enum presence)state->now;

    if (found == UNKNOWN && f->from_nothing)
        found = ABSENT;
    if (found != UNKNOWN && found != wanted)
        return refuse(f, placed, wanted, " when this step comes");
    if (state->now != UNKNOWN)
        return true;
    *state = (struct region_state){(uint8_t)wanted, (uint8_t)wanted, placed};
    return vec_push(&f->met, region) || out_of_memory(f);
}

static bool need_what_child_needs(struct flow *f, uint32_t child)
{
    for (size_t i = 0; i < f->needs[child].items.count; i++) {
        const struct region_need *item = &f->needs[child].items.items[i];

        if (!need(f, item->region, (enum presence)item->presence, item->step))
            return false;
    }
    return true;
}

static bool scan_user_step(struct flow *f, const struct placed_step *placed)
{
    const struct user_op_spec *op = &placed->step.user;

    switch ((enum user_op)op->op) {
    case USER_ANON:
    case USER_MMAP:
        if (!need(f, op->region, ABSENT, placed))
            return false;
        f->regions[op->region].now = PRESENT;
        return true;
    case USER_UNMAP:
        if (!need(f, op->region, PRESENT, placed))
            return false;
        f->regions[op->region].now = ABSENT;
        return true;
    case USER_TOUCH:
    case USER_MLOCK:
    case USER_MUNLOCK:
    case USER_MBIND:
        return need(f, op->region, PRESENT, placed);
    case USER_FORK:
        return need_what_child_needs(f, op->child);
    default:
        return true;
    }
}

/* Steps [first, end), the bodies of loops once; f->stopped: those behind them are never reached. */
static bool scan(struct flow *f, const struct step_list *list, size_t first, size_t end)
{
    for (size_t i = first; i < end && !f->stopped; i++) {
        const struct placed_step *placed = &list->steps.items[i];
        const struct step_spec *step = &placed->step;

        if (step->op == STEP_EXIT)
            f->stopped = true;
        if (step->op == STEP_USER && !scan_user_step(f, placed))
            return false;
        if (step->op != STEP_LOOP)
            continue;
        if (!scan(f, list, i + 1, i + 1 + step->nr_steps))
            return false;
        f->stopped = f->stopped || step->count == 0;
        i += step->nr_steps;
    }
    return true;
}

/* A second pass finds what the first one left; from then on they are all the same. */
static bool check_loop(struct flow *f, const struct step_list *list, size_t loop)
{
    const struct step_spec *step = &list->steps.items[loop].step;
    size_t end = loop + 1 + step->nr_steps;

    begin_scan(f, false);
    for (size_t i = loop + 1; i < end; i++) {
        if (list->steps.items[i].step.op == STEP_EXIT)
            return true;
    }
    if (!scan(f, list, loop + 1, end))
        return false;
    for (size_t i = 0; i < f->met.count && !f->stopped; i++) {
        const struct region_state *state = &f->regions[f->met.items[i]];

        if (state->now != state->first)
            return refuse(f, state->first_step, (enum presence)state->first,
                          " when the loop comes round");
    }
    return true;
}

/* What the scan has met, for those that fork the task. */
static bool keep_needs(struct flow *f, uint32_t task)
{
    for (size_t i = 0; i < f->met.count; i++) {
        const struct region_state *state = &f->regions[f->met.items[i]];
        const struct region_need item = {f->met.items[i], state->first, state->first_step};

        if (!vec_push(&f->needs[task].items, item))
            return out_of_memory(f);
    }
    return true;
}

static bool check_task(struct flow *f, uint32_t task)
{
    const struct step_list *list = &f->tasks[task].list;
    bool forked = f->tasks[task].spec.forked;

    begin_scan(f, !forked);
    if (!scan(f, list, 0, list->steps.count) || (forked && !keep_needs(f, task)))
        return false;
    for (size_t i = 0; i < list->steps.count; i++) {
        const struct step_spec *step = &list->steps.items[i].step;

        if (step->op == STEP_LOOP && step->count != 1 && !check_loop(f, list, i))
            return false;
    }
    return true;
}

bool region_flow_check(const struct task_draft *tasks, uint32_t nr_tasks, struct sim_error *err)
{
    struct flow f = {.tasks = tasks, .nr_tasks = nr_tasks, .err = err};
    uint32_t nr_regions = 0;
    bool ok;

    for (uint32_t i = 0; i < nr_tasks; i++) {
        if (tasks[i].spec.nr_regions > nr_regions)
            nr_regions = tasks[i].spec.nr_regions;
    }
    f.needs = calloc((size_t)nr_tasks + 1, sizeof(*f.needs));
    f.regions = calloc((size_t)nr_regions + 1, sizeof(*f.regions));
    ok = (f.needs && f.regions) || out_of_memory(&f);
    /* Children stand below those that fork them. */
    for (uint32_t i = nr_tasks; ok && i-- > 0;)
        ok = check_task(&f, i);
    for (uint32_t i = 0; f.needs && i < nr_tasks; i++)
        vec_fini(&f.needs[i].items);
    free(f.needs);
    free(f.regions);
    vec_fini(&f.met);
    return ok;
}
