/* SPDX-License-Identifier: MIT */
/* One item of a workload's `tasks`. */
#include "config/task_config.h"

#include <stdlib.h>

#include "config/flag_list.h"
#include "config/key_value.h"
#include "config/numa_config.h"
#include "engine/task.h"
#include "reclaim/process.h"
#include "yaml/yaml_value.h"

enum {
    NICE_MIN = -20,
    NICE_MAX = 19,
    OOM_ADJ_MAX = 15,
    DEFAULT_UID = 1000,
};

static const struct flag_name flag_names[] = {
    {"PF_MEMALLOC", TASK_PF_MEMALLOC},
    {"TIF_MEMDIE", TASK_TIF_MEMDIE},
    {"rt_task", TASK_RT},
    {"in_interrupt", TASK_IN_INTERRUPT},
    {"PF_LESS_THROTTLE", TASK_PF_LESS_THROTTLE},
};

static bool read_capabilities(const struct yaml_node *list, struct task_spec *task,
                              struct sim_error *err)
{
    enum { ADMIN = 1, RAWIO = 2 };
    static const struct flag_name names[] = {{"CAP_SYS_ADMIN", ADMIN}, {"CAP_SYS_RAWIO", RAWIO}};
    uint32_t capabilities = 0;

    if (!flag_list_read(list, names, NR_ITEMS(names), &capabilities, err))
        return false;
    task->cap_sys_admin |= (capabilities & ADMIN) != 0;
    task->cap_sys_rawio |= (capabilities & RAWIO) != 0;
    return true;
}

/* What the OOM killer asks. */
static bool read_process(const struct yaml_node *item, struct task_spec *task,
                         struct sim_error *err)
{
    int64_t nice = 0;
    int64_t oom_adj = 0;
    uint64_t uid = DEFAULT_UID;

    if (!yaml_get_int(yaml_map_get(item, "nice"), NICE_MIN, NICE_MAX, &nice, err) ||
        !yaml_get_int(yaml_map_get(item, "oom_adj"), OOM_DISABLE, OOM_ADJ_MAX, &oom_adj, err) ||
        !yaml_get_uint(yaml_map_get(item, "uid"), 0, UINT32_MAX, &uid, err) ||
        !read_capabilities(yaml_map_get(item, "capabilities"), task, err))
        return false;
    task->nice = (int32_t)nice;
    task->oom_adj = (int32_t)oom_adj;
    task->superuser = uid == 0;
    return true;
}

static bool read_start(const struct yaml_node *item, struct task_spec *task, struct sim_error *err)
{
    const struct yaml_node *start = yaml_map_get(item, "start");

    if (!yaml_get_bool(yaml_map_get(item, "forked"), &task->forked, err) ||
        !yaml_get_duration_ns(start, 0, INT64_MAX, &task->start_ns, err))
        return false;
    if (start && task->forked)
        return yaml_error_at(start->key, err, ERR_UNKNOWN_KEY,
                             "a forked task starts when it is forked");
    return true;
}

/* A forked task has what its parent has; an interrupt handler is no task of any cpuset. */
static bool check_numa(const struct yaml_node *node, const struct task_spec *task,
                       struct sim_error *err)
{
    if (node && task->forked)
        return yaml_error_at(node->key, err, ERR_UNKNOWN_KEY,
                             "a forked task has those of the task that forks it");
    if (node && task->flags & TASK_IN_INTERRUPT)
        return yaml_error_at(node->key, err, ERR_UNKNOWN_KEY, "an interrupt handler has none");
    return true;
}

static bool read_numa(const struct yaml_node *item, const struct step_scope *scope,
                      struct task_spec *task, struct sim_error *err)
{
    const struct yaml_node *cpuset = yaml_map_get(item, "cpuset");
    const struct yaml_node *mempolicy = yaml_map_get(item, "mempolicy");

    if (!check_numa(cpuset, task, err) || !check_numa(mempolicy, task, err) ||
        !cpuset_config_find(cpuset, scope->limits, scope->names, &task->cpuset, err) ||
        !mempolicy_config_read(mempolicy, scope->limits, &task->mempolicy, err))
        return false;
    if (task->cpuset && task->mempolicy.nodes & ~scope->cpusets[task->cpuset - 1].mems)
        return yaml_error_at(mempolicy, err, ERR_BAD_MEMPOLICY,
                             "the cpuset of the task has not all of these nodes");
    return true;
}

static bool read_steps(struct task_draft *draft, const struct yaml_node *steps,
                       const struct step_scope *scope, uint64_t duration_ns, struct sim_error *err)
{
    struct step_list *list = &draft->list;

    list->scope = scope;
    list->in_interrupt = draft->spec.flags & TASK_IN_INTERRUPT;
    list->mems = NODE_MASK_ALL;
    if (draft->spec.cpuset)
        list->mems = scope->cpusets[draft->spec.cpuset - 1].mems;
    if (!steps)
        return true;
    if (!step_list_read(list, steps, err))
        return false;
    if (list->endless && duration_ns == 0)
        return yaml_error_at(steps, err, ERR_NO_DURATION,
                             "loops for ever, and the workload has no duration");
    return true;
}

bool task_config_read(struct task_draft *draft, const struct yaml_node *item,
                      const struct step_scope *scope, uint64_t duration_ns, struct sim_error *err)
{
    static const char *const keys[] = {"name",         "cpu",    "flags",     "start",
                                       "forked",       "nice",   "oom_adj",   "uid",
                                       "capabilities", "cpuset", "mempolicy", "steps"};
    struct task_spec *task = &draft->spec;

    *draft = (struct task_draft){.spec = {.cpu = -1}, .node = item};
    return yaml_check_keys(item, keys, NR_ITEMS(keys), err) &&
           yaml_get_string(yaml_map_get(item, "name"), &task->name, err) &&
           limits_read_cpu(scope->limits, yaml_map_get(item, "cpu"), &task->cpu, err) &&
           flag_list_read(yaml_map_get(item, "flags"), flag_names, NR_ITEMS(flag_names),
                          &task->flags, err) &&
           read_start(item, task, err) && read_process(item, task, err) &&
           read_numa(item, scope, task, err) &&
           read_steps(draft, yaml_map_get(item, "steps"), scope, duration_ns, err);
}

bool task_draft_steps(const struct task_draft *draft, struct step_spec **ret_steps,
                      struct sim_error *err)
{
    const struct step_list *list = &draft->list;
    struct step_spec *steps = NULL;

    if (list->steps.count > 0) {
        steps = calloc(list->steps.count, sizeof(*steps));
        if (!steps)
            return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the workload");
        for (size_t i = 0; i < list->steps.count; i++)
            steps[i] = list->steps.items[i].step;
    }
    *ret_steps = steps;
    return true;
}

void task_draft_fini(struct task_draft *draft)
{
    step_list_fini(&draft->list);
}
