/* SPDX-License-Identifier: MIT */
/* Records first, then the script. */
#include "run/program.h"

#include "run/blocks.h"

static void note_late(struct simulation *sim, uint64_t intended_ns)
{
    uint64_t late_ns = sim->clock.now_ns - intended_ns;

    if (late_ns == 0)
        return;
    sim->stats.late_ops++;
    sim->stats.late_ns = time_add(sim->stats.late_ns, late_ns);
    if (late_ns > sim->stats.late_max_ns)
        sim->stats.late_max_ns = late_ns;
}

/* The step's operation, with a block of its own if it allocates. */
static bool record_operation(struct simulation *sim, struct run_task *task,
                             const struct script_next *next)
{
    struct operation *operation = &task->operation;
    const struct trace_record *record = &next->step->record;
    unsigned order = record->order < MAX_ORDER ? record->order : MAX_ORDER;

    *operation = (struct operation){.record = *record,
                                    .block = BLOCK_NONE,
                                    .list = next->list,
                                    .scripted = true,
                                    .again = next->again};
    if (trace_op_allocates(record->op)) {
        operation->block = objects_new(&sim->objects, task->task.id, order, block_flags(record),
                                       block_kind(record->op));
        if (operation->block == BLOCK_NONE)
            sim->out_of_memory = true;
        return operation->block != BLOCK_NONE;
    }
    if (next->block == SCRIPT_NO_BLOCK)
        return true;
    operation->block = next->block;
    if (!next->take)
        sim->objects.blocks.items[next->block].refs++;
    return true;
}

void program_schedule(struct simulation *sim, const struct run_task *task, uint64_t time_ns)
{
    sim->nr_active++;
    sim->nr_arriving++;
    simulation_schedule(sim, time_ns, EVENT_SCRIPT, task->task.id);
}

void program_due(struct simulation *sim, struct run_task *task)
{
    sim->nr_active--;
    sim->nr_arriving--;
    task->script_ready = true;
    task->script_ready_ns = sim->clock.now_ns;
}

/* Runs the script up to something that takes time. */
static enum next_thing next_of_script(struct simulation *sim, struct run_task *task)
{
    uint64_t now_ns = sim->clock.now_ns;
    struct script_next next;

    for (;;) {
        switch (script_next(&task->script, now_ns, &next)) {
        case SCRIPT_RECORD:
            note_late(sim, task->script_ready_ns);
            return record_operation(sim, task, &next) ? NEXT_OPERATION : NEXT_NOTHING;
        case SCRIPT_USER:
            note_late(sim, task->script_ready_ns);
            task->operation =
                (struct operation){.user_step = next.step, .block = BLOCK_NONE, .scripted = true};
            return NEXT_OPERATION;
        case SCRIPT_SLEEP:
            if (next.until_ns > now_ns) {
                task->script_ready = false;
                program_schedule(sim, task, next.until_ns);
                return NEXT_NOTHING;
            }
            note_late(sim, next.until_ns);
            task->script_ready_ns = now_ns;
            break;
        case SCRIPT_EXIT:
            return NEXT_EXIT;
        case SCRIPT_END:
            task->has_script = false;
            return NEXT_NOTHING;
        }
    }
}

enum next_thing program_next(struct simulation *sim, struct run_task *task)
{
    const struct operation *operation = operation_fifo_pop(&task->pending);

    if (operation) {
        task->operation = *operation;
        note_late(sim, operation->record.time_ns);
        return NEXT_OPERATION;
    }
    if (task->has_script && task->script_ready)
        return next_of_script(sim, task);
    return NEXT_NOTHING;
}

bool program_has_more(const struct run_task *task)
{
    return task->pending.count > 0 || (task->has_script && task->script_ready);
}
