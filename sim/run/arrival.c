/* SPDX-License-Identifier: MIT */
/* From a source's record to an operation of a task. */
#include "run/arrival.h"

#include <inttypes.h>

#include "run/blocks.h"
#include "run/replay.h"
#include "run/scheduler.h"

static bool bad_record(const struct trace_record *record, struct sim_error *err,
                       enum sim_error_code code, const char *what)
{
    sim_error_set(err, code, "%s (record at %" PRIu64 " ns)", what, record->time_ns);
    if (record->line > 0)
        sim_error_add_place(err, NULL, record->line, 0);
    return false;
}

static bool check_record(const struct simulation *sim, const struct run_source *source,
                         const struct trace_record *record, struct sim_error *err)
{
    const struct machine *machine = &sim->machine;

    if (record->op >= NR_TRACE_OPS || record->task >= source->source->nr_tasks)
        return bad_record(record, err, ERR_TRACE_CORRUPT, "an operation or task that is not known");
    if (record->time_ns < sim->clock.now_ns || record->time_ns < source->next.time_ns)
        return bad_record(record, err, ERR_TIME_ORDER, "a record earlier than the one before it");
    if (record->op == TRACE_KMEM_CACHE_ALLOC && record->cache >= sim->spec->nr_caches)
        return bad_record(record, err, ERR_TRACE_CORRUPT,
                          "a cache that the workload does not have");
    if (record->id == HASHMAP_NO_KEY)
        return bad_record(record, err, ERR_TRACE_CORRUPT, "an id that cannot be");
    if (record->node >= 0 &&
        ((uint32_t)record->node >= machine->nr_nodes || !machine->nodes[record->node].online))
        return bad_record(record, err, ERR_UNKNOWN_NODE, "a node that the machine does not have");
    if (record->op == TRACE_SYSCTL &&
        (record->sysctl >= NR_VM_SYSCTLS || !vm_sysctl_valid(record->sysctl, record->values)))
        return bad_record(record, err, ERR_UNKNOWN_SYSCTL, "a sysctl write that cannot be");
    if (record->op == TRACE_SYSCTL && !vm_sysctl_exists(record->sysctl, machine->numa))
        return bad_record(record, err, ERR_UNKNOWN_SYSCTL, "a sysctl that a UMA kernel lacks");
    return true;
}

bool arrival_fetch(struct simulation *sim, uint32_t source, struct sim_error *err)
{
    struct run_source *from = &sim->sources[source];
    struct trace_record record;

    switch (trace_source_next(from->source, &record, err)) {
    case TRACE_RECORD:
        if (!check_record(sim, from, &record, err))
            return false;
        from->next = record;
        simulation_schedule(sim, record.time_ns, EVENT_ARRIVAL, source);
        return true;
    case TRACE_END:
        sim->nr_arriving--;
        sim->nr_active--;
        return true;
    case TRACE_ERROR:
        break;
    }
    return false;
}

/* A new id: the block is referred to by its name and by the operation. */
static bool name_block(struct simulation *sim, uint32_t source, struct operation *operation,
                       uint32_t owner, struct sim_error *err)
{
    const struct trace_record *record = &operation->record;
    unsigned order = record->order < MAX_ORDER ? record->order : MAX_ORDER;
    unsigned flags = block_flags(record);
    uint32_t block;

    if (sim->spec->reclaim_replay == RECLAIM_SIMULATED &&
        captured_allocs_next(&sim->sources[source].captured))
        flags |= BLOCK_CAPTURED;
    if (objects_find(&sim->objects, source, record->id, &block) == ID_BLOCK)
        return bad_record(record, err, ERR_ID_IN_USE, "an id is allocated while it is still held");
    block = objects_new(&sim->objects, owner, order, flags, block_kind(record->op));
    if (block == BLOCK_NONE)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the blocks of the run");
    if (!objects_name(&sim->objects, source, record->id, block)) {
        objects_put(&sim->objects, block);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the ids of the run");
    }
    sim->objects.blocks.items[block].refs++;
    operation->block = block;
    return true;
}

/*
 * Finds the block and takes a reference: with its last free an id gives up its own. False: there is
 * no such block.
 */
static bool find_block(struct simulation *sim, uint32_t source, struct operation *operation,
                       const struct run_task *task)
{
    const struct trace_record *record = &operation->record;
    bool last = trace_op_drops(record->op);
    struct block *block;

    switch (objects_find(&sim->objects, source, record->id, &operation->block)) {
    case ID_BLOCK:
        break;
    case ID_UNKNOWN:
        block_invalid_free(sim, task, record->id, INVALID_FREE_UNKNOWN);
        return false;
    case ID_FREED:
        block_invalid_free(sim, task, record->id, INVALID_FREE_DOUBLE);
        return false;
    }
    block = &sim->objects.blocks.items[operation->block];
    if (record->op == TRACE_FREE_PART && record->order < MAX_ORDER && block->kind == BLOCK_PAGES) {
        block->parts_named = (uint16_t)(block->parts_named + (1u << record->order));
        last = block->parts_named >= 1u << block->order;
    }
    if (record->op == TRACE_GET_PAGE && block->gets_named < TRACE_GETS_MAX) {
        block->gets_named++;
    } else if (last && block->gets_named > 0) {
        block->gets_named--;
        last = false;
    }
    if (last)
        objects_unname(&sim->objects, source, record->id);
    else
        block->refs++;
    return true;
}

bool arrival_deliver(struct simulation *sim, uint32_t source, struct sim_error *err)
{
    const struct run_source *from = &sim->sources[source];
    struct operation operation = {.record = from->next, .block = BLOCK_NONE};
    struct run_task *task = simulation_task(sim, from->tasks[from->next.task]);

    sim->records++;
    if (trace_op_allocates(operation.record.op)) {
        if (!name_block(sim, source, &operation, task->task.id, err))
            return false;
    } else if (trace_op_uses_block(operation.record.op)) {
        if (!find_block(sim, source, &operation, task))
            return true;
    }
    if (task->state == RUN_TASK_DEAD) {
        replay_skip(sim, &operation);
        return true;
    }
    if (!operation_fifo_push(&task->pending, &operation))
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the records that wait");
    if (task->state == RUN_TASK_IDLE)
        scheduler_ready(sim, task);
    return true;
}
