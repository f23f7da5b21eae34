/* SPDX-License-Identifier: MIT */
/* The table of tasks and their queues of operations. */
#include "run/run_task.h"

#include <string.h>

#include "base/file.h"

enum { FIFO_FIRST_CAPACITY = 8 };

bool operation_fifo_push(struct operation_fifo *fifo, const struct operation *operation)
{
    if (fifo->count == fifo->capacity) {
        size_t capacity = fifo->capacity ? fifo->capacity * 2 : FIFO_FIRST_CAPACITY;
        struct operation *items = NULL;

        if (capacity <= SIZE_MAX / sizeof(*items))
            items = malloc(capacity * sizeof(*items));
        if (!items)
            return false;
        for (size_t i = 0; i < fifo->count; i++)
            items[i] = fifo->items[(fifo->head + i) & (fifo->capacity - 1)];
        free(fifo->items);
        fifo->items = items;
        fifo->capacity = capacity;
        fifo->head = 0;
    }
    fifo->items[(fifo->head + fifo->count++) & (fifo->capacity - 1)] = *operation;
    return true;
}

const struct operation *operation_fifo_pop(struct operation_fifo *fifo)
{
    const struct operation *oldest;

    if (fifo->count == 0)
        return NULL;
    oldest = &fifo->items[fifo->head];
    fifo->head = (fifo->head + 1) & (fifo->capacity - 1);
    fifo->count--;
    return oldest;
}

void task_table_fini(struct task_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->tasks.count; i++) {
        script_fini(&table->tasks.items[i].script);
        free(table->tasks.items[i].pending.items);
    }
    vec_fini(&table->tasks);
    hashmap_fini(&table->by_name);
}

bool task_table_intern(struct task_table *table, const char *name, int32_t cpu, uint32_t *ret_index,
                       struct sim_error *err)
{
    uint64_t key = fnv1a64(name, strlen(name));
    struct run_task task = {.name = name, .wanted_cpu = cpu, .next_runnable = TASK_NONE};
    uint64_t index;

    for (;; key++) {
        if (key == HASHMAP_NO_KEY)
            continue;
        if (!hashmap_get(&table->by_name, key, &index))
            break;
        if (strcmp(table->tasks.items[index].name, name) == 0) {
            if (table->tasks.items[index].wanted_cpu < 0)
                table->tasks.items[index].wanted_cpu = cpu;
            *ret_index = (uint32_t)index;
            return true;
        }
    }
    index = table->tasks.count;
    if (index >= TASK_NONE || !vec_reserve(&table->tasks, index + 1) ||
        !hashmap_put(&table->by_name, key, index))
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
    task.task.id = (uint32_t)index;
    table->tasks.items[table->tasks.count++] = task;
    *ret_index = (uint32_t)index;
    return true;
}

bool task_table_place(struct task_table *table, uint32_t nr_cpus, struct sim_error *err)
{
    uint32_t next_cpu = 0;

    for (size_t i = 0; i < table->tasks.count; i++) {
        struct run_task *task = &table->tasks.items[i];

        if (task->wanted_cpu >= 0) {
            task->task.cpu = (uint32_t)task->wanted_cpu;
        } else {
            task->task.cpu = next_cpu;
            next_cpu = (next_cpu + 1) % nr_cpus;
        }
        if (task->task.cpu >= nr_cpus)
            return sim_error_set(err, ERR_UNKNOWN_CPU, "task %s runs on CPU %u of %u", task->name,
                                 (unsigned)task->task.cpu, (unsigned)nr_cpus);
    }
    return true;
}
