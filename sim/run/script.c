/* SPDX-License-Identifier: MIT */
/* The program counter of a scripted task. */
#include "run/script.h"

#include <string.h>

#include "base/check.h"
#include "base/hashmap.h"

static bool uses_id(const struct step_spec *step)
{
    return step->op == STEP_RECORD &&
           (trace_op_allocates(step->record.op) || trace_op_uses_block(step->record.op));
}

/* The deepest nesting of the steps [first, end); false when a loop reaches past it. */
static bool measure_loops(const struct script *script, uint32_t *ret_depth)
{
    uint32_t *ends = calloc((size_t)script->nr_steps + 1, sizeof(*ends));
    uint32_t depth = 0;
    bool fits = true;

    *ret_depth = UINT32_MAX;
    if (!ends)
        return false;
    *ret_depth = 0;
    for (uint32_t pc = 0; pc < script->nr_steps && fits; pc++) {
        const struct step_spec *step = &script->steps[pc];
        uint32_t end = script->nr_steps;

        while (depth > 0 && ends[depth - 1] <= pc)
            depth--;
        if (step->op != STEP_LOOP)
            continue;
        if (depth > 0)
            end = ends[depth - 1];
        fits = step->nr_steps < end - pc;
        ends[depth++] = pc + 1 + step->nr_steps;
        if (depth > *ret_depth)
            *ret_depth = depth;
    }
    free(ends);
    return fits;
}

/* Gives each id its list. */
static bool number_lists(struct script *script)
{
    struct hashmap lists = {0};
    bool ok = true;

    for (uint32_t pc = 0; pc < script->nr_steps && ok; pc++) {
        const struct step_spec *step = &script->steps[pc];
        uint64_t list = script->nr_lists;

        if (!uses_id(step))
            continue;
        if (!hashmap_get(&lists, step->record.id, &list)) {
            ok = hashmap_put(&lists, step->record.id, list);
            script->nr_lists++;
        }
        script->step_lists[pc] = (uint32_t)list;
    }
    hashmap_fini(&lists);
    return ok;
}

bool script_init(struct script *script, const struct step_spec *steps, uint32_t nr_steps,
                 struct sim_error *err)
{
    uint32_t depth;

    *script = (struct script){.steps = steps, .nr_steps = nr_steps, .last_pass_ns = UINT64_MAX};
    if (!measure_loops(script, &depth)) {
        if (depth != UINT32_MAX)
            return sim_error_set(err, ERR_BAD_STEP, "a loop is longer than the steps after it");
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a script");
    }
    script->step_lists = calloc((size_t)nr_steps + 1, sizeof(*script->step_lists));
    script->loops = calloc((size_t)depth + 1, sizeof(*script->loops));
    if (script->step_lists && script->loops && number_lists(script)) {
        script->lists = calloc((size_t)script->nr_lists + 1, sizeof(*script->lists));
        if (script->lists)
            return true;
    }
    script_fini(script);
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for a script");
}

void script_fini(struct script *script)
{
    if (!script)
        return;
    for (uint32_t i = 0; script->lists && i < script->nr_lists; i++)
        free(script->lists[i].items);
    free(script->lists);
    free(script->loops);
    free(script->step_lists);
    *script = (struct script){0};
}

bool script_endless(const struct script *script)
{
    for (uint32_t pc = 0; pc < script->nr_steps; pc++) {
        const struct step_spec *loop = &script->steps[pc];
        bool exits = false;

        if (loop->op == STEP_EXIT)
            return false;
        if (loop->op != STEP_LOOP || loop->count > 0)
            continue;
        for (uint32_t i = 1; i <= loop->nr_steps; i++)
            exits = exits || loop[i].op == STEP_EXIT;
        return !exits;
    }
    return false;
}

/* ---- lists ---- */

bool script_add_block(struct script *script, uint32_t list, uint32_t block)
{
    struct block_list *blocks = &script->lists[list];

    if (blocks->count == blocks->capacity && blocks->head > blocks->count / 2) {
        blocks->count -= blocks->head;
        memmove(blocks->items, blocks->items + blocks->head, blocks->count * sizeof(uint32_t));
        blocks->head = 0;
    }
    return vec_push(blocks, block);
}

void script_add_failure(struct script *script, uint32_t list)
{
    script->lists[list].failed++;
}

bool script_take_any(struct script *script, uint32_t *ret_block)
{
    for (uint32_t i = 0; i < script->nr_lists; i++) {
        struct block_list *list = &script->lists[i];

        if (list->head == list->count)
            continue;
        *ret_block = list->items[list->head++];
        return true;
    }
    return false;
}

/* Closes the gap that taking blocks out of the middle has left. */
static void list_close_gap(struct script *script, struct block_list *list)
{
    size_t gap = script->read - script->write;

    memmove(list->items + script->write, list->items + script->read,
            (list->count - script->read) * sizeof(uint32_t));
    list->count -= gap;
    script->read = script->write;
}

/*
 * The next block of a step that uses some; false: the step is over. Freed blocks leave the list,
 * others stay and are only walked over.
 */
static bool list_next(struct script *script, const struct step_spec *step, struct script_next *ret)
{
    struct block_list *list = &script->lists[ret->list];
    uint64_t skip = step->every > 1 ? step->every - 1 : 0;

    ret->take = trace_op_drops(step->record.op);
    while (skip > 0 && script->read < list->count) {
        list->items[script->write++] = list->items[script->read++];
        skip--;
    }
    if (script->read == list->count || script->left == 0) {
        if (ret->take && step->every > 1)
            list_close_gap(script, list);
        return false;
    }
    script->left--;
    ret->block = list->items[script->read++];
    if (!ret->take)
        script->write = script->read;
    else if (step->every <= 1)
        list->head = script->write = script->read;
    list->freed |= ret->take;
    return true;
}

void script_forget_used(struct script *script, uint32_t list)
{
    struct block_list *blocks = &script->lists[list];
    size_t used = script->read - 1;

    blocks->freed = true;
    if (used == blocks->head) {
        blocks->head++;
        return;
    }
    memmove(blocks->items + used, blocks->items + script->read,
            (blocks->count - script->read) * sizeof(uint32_t));
    blocks->count--;
    script->read = script->write = used;
}

/* A use of blocks that frees before it have taken all of: a free of them is the second one. */
static bool again_next(struct script *script, const struct step_spec *step, struct script_next *ret)
{
    if (step->every > 1 || !script->again)
        return false;
    script->again = false;
    ret->block = SCRIPT_NO_BLOCK;
    ret->again = true;
    return true;
}

/* A step that counts blocks of its list which were never there. */
static bool missing_next(struct script *script, const struct step_spec *step,
                         struct script_next *ret)
{
    struct block_list *list = &script->lists[ret->list];

    if (!ret->take || step->every > 1 || list->failed == 0 || script->left == 0)
        return false;
    script->left--;
    list->failed--;
    ret->block = SCRIPT_NO_BLOCK;
    return true;
}

/* ---- steps ---- */

static void begin_step(struct script *script, const struct step_spec *step, uint32_t list)
{
    const struct block_list *blocks = &script->lists[list];

    script->in_step = true;
    script->left = 1;
    if (trace_op_allocates(step->record.op)) {
        script->left = step->count;
    } else if (trace_op_uses_block(step->record.op)) {
        script->left = step->count > 0 ? step->count : UINT64_MAX;
        script->read = script->write = blocks->head;
        script->again = blocks->freed && blocks->head == blocks->count && blocks->failed == 0;
        /* get_page() lists blocks while it goes */
        if (script->left > blocks->count - blocks->head && step->record.op == TRACE_GET_PAGE)
            script->left = blocks->count - blocks->head;
    }
}

/* The next operation of the record step at pc; false: it is over. */
static bool record_next(struct script *script, const struct step_spec *step,
                        struct script_next *ret)
{
    ret->step = step;
    ret->list = script->step_lists[script->pc];
    ret->block = SCRIPT_NO_BLOCK;
    ret->take = ret->again = false;
    if (!script->in_step)
        begin_step(script, step, ret->list);
    if (trace_op_uses_block(step->record.op))
        return list_next(script, step, ret) || missing_next(script, step, ret) ||
               again_next(script, step, ret);
    return script->left > 0 && script->left-- > 0;
}

static void next_step(struct script *script)
{
    script->in_step = false;
    script->pc++;
}

static void enter_loop(struct script *script, const struct step_spec *step)
{
    script->loops[script->nr_loops++] = (struct script_loop){
        .begin = script->pc + 1,
        .end = script->pc + 1 + step->nr_steps,
        .passes_left = step->count,
    };
    script->pc++;
}

/* At the end of a loop's body: back or on. True: back, and no time has passed since. */
static bool end_pass(struct script *script, uint64_t now_ns)
{
    struct script_loop *loop = &script->loops[script->nr_loops - 1];
    bool still = script->last_pass_ns == now_ns;

    if (loop->passes_left > 0 && --loop->passes_left == 0) {
        script->nr_loops--;
        return false;
    }
    script->pc = loop->begin;
    script->last_pass_ns = now_ns;
    return still;
}

enum script_action script_next(struct script *script, uint64_t now_ns, struct script_next *ret)
{
    for (;;) {
        const struct step_spec *step = &script->steps[script->pc];

        if (script->nr_loops > 0 && script->pc == script->loops[script->nr_loops - 1].end) {
            if (!end_pass(script, now_ns))
                continue;
            ret->until_ns = now_ns + 1;
            return SCRIPT_SLEEP;
        }
        if (script->pc == script->nr_steps)
            return SCRIPT_END;
        switch ((enum step_op)step->op) {
        case STEP_RECORD:
            if (record_next(script, step, ret))
                return SCRIPT_RECORD;
            next_step(script);
            break;
        case STEP_USER:
            ret->step = step;
            next_step(script);
            return SCRIPT_USER;
        case STEP_SLEEP:
            next_step(script);
            if (__builtin_add_overflow(now_ns, step->duration_ns, &ret->until_ns))
                ret->until_ns = UINT64_MAX;
            return SCRIPT_SLEEP;
        case STEP_UNTIL:
            next_step(script);
            ret->until_ns = step->record.time_ns;
            return SCRIPT_SLEEP;
        case STEP_LOOP:
            enter_loop(script, step);
            break;
        case STEP_EXIT:
            return SCRIPT_EXIT;
        }
    }
}
