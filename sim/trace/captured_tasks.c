/* SPDX-License-Identifier: MIT */
/* The tasks of a captured trace. */
#include "trace/captured_tasks.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "trace/mmtr_format.h"
#include "trace/mmtr_text.h"

static_assert(FTRACE_COMM_MAX + sizeof("-4294967295/cpu65535") <= MMTR_NAME_MAX + 1,
              "every task's name fits a trace");

void captured_tasks_fini(struct captured_tasks *tasks)
{
    name_table_fini(&tasks->names);
    vec_fini(&tasks->cpus);
}

/* The task of that name, declared on `cpu` when it is new. */
static bool intern(struct captured_tasks *tasks, const char *name, size_t length, uint32_t cpu,
                   struct mmtr_writer *writer, uint32_t *ret_task, struct sim_error *err)
{
    uint32_t index;

    if (!vec_reserve(&tasks->cpus, tasks->cpus.count + 1) ||
        !name_table_intern(&tasks->names, name, length, ret_task))
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
    if (*ret_task < tasks->cpus.count)
        return true;
    tasks->cpus.items[tasks->cpus.count++] = cpu;
    return mmtr_writer_add_task(writer, name_table_text(&tasks->names, *ret_task), (int32_t)cpu,
                                &index, err);
}

bool captured_tasks_find(struct captured_tasks *tasks, const struct ftrace_line *line,
                         struct mmtr_writer *writer, uint32_t *ret_task, struct sim_error *err)
{
    char name[MMTR_NAME_MAX + 1];
    size_t length = line->task_length;

    if (SIM_LIKELY(text_cache_get(&tasks->cache, line->task, length, line->cpu, ret_task)))
        return true;
    memcpy(name, line->task, length);
    mmtr_text_clean((uint8_t *)name, length);
    if (!intern(tasks, name, length, line->cpu, writer, ret_task, err))
        return false;
    if (tasks->cpus.items[*ret_task] != line->cpu) {
        length += (size_t)snprintf(name + length, sizeof(name) - length, "/cpu%" PRIu32, line->cpu);
        if (!intern(tasks, name, length, line->cpu, writer, ret_task, err))
            return false;
    }
    text_cache_put(&tasks->cache, line->task, line->task_length, line->cpu, *ret_task);
    return true;
}
