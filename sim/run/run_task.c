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

static void destroy_task(struct run_task *task)
{
    script_fini(&task->script);
    free(task->pending.items);
    free(task->refusals);
    free(task->own_name);
    free(task);
}

void task_table_fini(struct task_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->tasks.count; i++)
        destroy_task(table->tasks.items[i]);
    vec_fini(&table->tasks);
    vec_fini(&table->stats);
    hashmap_fini(&table->by_name);
}

/* The key under which the name is, or would be, in the table; true and the index: it is. */
static bool find_key(const struct task_table *table, const char *name, uint64_t *ret_key,
                     uint32_t *ret_index)
{
    uint64_t key = fnv1a64(name, strlen(name));
    uint64_t index;

    for (;; key++) {
        if (key == HASHMAP_NO_KEY)
            continue;
        *ret_key = key;
        if (!hashmap_get(&table->by_name, key, &index))
            return false;
        if (strcmp(table->tasks.items[index]->name, name) == 0) {
            *ret_index = (uint32_t)index;
            return true;
        }
    }
}

bool task_table_find(const struct task_table *table, const char *name, uint32_t *ret_index)
{
    uint64_t key;

    return find_key(table, name, &key, ret_index);
}

/* Room for one more is made first, so that nothing is left of a task that could not be. */
static struct run_task *add_task(struct task_table *table, const char *name)
{
    struct task_stats stats = {.name = name};
    size_t index = table->tasks.count;
    struct run_task *task;

    if (index >= TASK_NONE || !vec_reserve(&table->tasks, index + 1) ||
        !vec_reserve(&table->stats, index + 1))
        return NULL;
    task = calloc(1, sizeof(*task));
    if (!task)
        return NULL;
    task->name = name;
    task->wanted_cpu = -1;
    task->next_runnable = TASK_NONE;
    task->stall.stall = STALL_NONE;
    task->task.id = (uint32_t)index;
    task->task.reclaim_state = &task->reclaim_state;
    table->tasks.items[table->tasks.count++] = task;
    table->stats.items[table->stats.count++] = stats;
    return task;
}

bool task_table_intern(struct task_table *table, const char *name, int32_t cpu, uint32_t *ret_index,
                       struct sim_error *err)
{
    struct run_task *task;
    uint64_t key;

    if (find_key(table, name, &key, ret_index)) {
        task = table->tasks.items[*ret_index];
        if (task->wanted_cpu < 0)
            task->wanted_cpu = cpu;
        return true;
    }
    if (!hashmap_put(&table->by_name, key, table->tasks.count))
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
    task = add_task(table, name);
    if (!task) {
        hashmap_remove(&table->by_name, key, NULL);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the tasks");
    }
    task->wanted_cpu = cpu;
    *ret_index = task->task.id;
    return true;
}

struct run_task *task_table_add_private(struct task_table *table, const char *name)
{
    size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    struct run_task *task;

    if (!copy)
        return NULL;
    memcpy(copy, name, size);
    task = add_task(table, copy);
    if (task)
        task->own_name = copy;
    else
        free(copy);
    return task;
}

bool task_table_place(struct task_table *table, struct run_task *task, uint32_t nr_cpus)
{
    if (task->wanted_cpu >= 0) {
        task->task.cpu = (uint32_t)task->wanted_cpu;
    } else {
        task->task.cpu = table->next_cpu;
        table->next_cpu = (table->next_cpu + 1) % nr_cpus;
    }
    return task->task.cpu < nr_cpus;
}
