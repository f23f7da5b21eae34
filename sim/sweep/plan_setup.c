/* SPDX-License-Identifier: MIT */
/* The setups of a plan: all that a run is but its seed, loaded once and hashed. */
#include "sweep/plan_setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "config/run_inputs.h"
#include "sweep/plan_blame.h"

static bool out_of_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the plan");
}

bool plan_setups_init(struct plan_setups *setups, const struct sweep_file *file, const char *dir,
                      const char *tool_version, struct sim_error *err)
{
    *setups = (struct plan_setups){.file = file, .tool_version = tool_version};
    return plan_inputs_init(&setups->inputs, dir, err);
}

void plan_setups_fini(struct plan_setups *setups)
{
    vec_fini(&setups->arguments);
    vec_fini(&setups->sorted);
    vec_fini(&setups->items);
    key_map_fini(&setups->by_texts);
    plan_inputs_fini(&setups->inputs);
}

const struct sweep_value *plan_value(const struct sweep_file *file, enum sweep_axis_kind kind,
                                     const uint32_t *choice)
{
    for (size_t i = 0; i < file->axes.count; i++) {
        if (file->axes.items[i].kind == kind)
            return &file->axes.items[i].values.items[choice[i]];
    }
    return NULL;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool sort_arguments(struct plan_setups *setups)
{
    size_t count = setups->arguments.count;

    if (!vec_reserve(&setups->sorted, count))
        return false;
    setups->sorted.count = count;
    if (count == 0)
        return true;
    memcpy(setups->sorted.items, setups->arguments.items, count * sizeof(*setups->sorted.items));
    qsort(setups->sorted.items, count, sizeof(*setups->sorted.items), compare_texts);
    return true;
}

/* No two of them change the same thing, so the order does not matter. */
static bool collect_arguments(struct plan_setups *setups, const uint32_t *choice)
{
    const struct sweep_file *file = setups->file;

    setups->arguments.count = 0;
    for (size_t i = 0; i < file->settings.count; i++) {
        if (!vec_push(&setups->arguments, file->settings.items[i].argument))
            return false;
    }
    for (size_t i = 0; i < file->axes.count; i++) {
        const struct sweep_axis *axis = &file->axes.items[i];

        if (axis->kind == SWEEP_AXIS_SET &&
            !vec_push(&setups->arguments, axis->values.items[choice[i]].argument))
            return false;
    }
    return sort_arguments(setups);
}

static void add_text(struct sweep_key *key, const char *text)
{
    sweep_key_add(key, text ? text : "", text ? strlen(text) : 0);
}

static void add_number(struct sweep_key *key, uint64_t number)
{
    uint8_t bytes[8];

    put_le64(bytes, number);
    sweep_key_add(key, bytes, sizeof(bytes));
}

static void add_option(struct sweep_key *key, const struct option_number *option)
{
    add_number(key, option->given);
    add_number(key, option->value);
}

static void add_arguments(struct sweep_key *key, const struct plan_setups *setups)
{
    add_number(key, setups->sorted.count);
    for (size_t i = 0; i < setups->sorted.count; i++)
        add_text(key, setups->sorted.items[i]);
}

/* Tells setups of this plan apart, by how they are written. */
static struct sweep_key texts_key(const struct plan_setups *setups, const struct run_choice *choice)
{
    struct sweep_key key = sweep_key_begin();

    add_number(&key, choice->machine_path != NULL);
    add_text(&key, choice->machine_path);
    add_text(&key, choice->workload_path);
    add_arguments(&key, setups);
    return key;
}

static bool add_input(struct plan_setups *setups, const char *path, struct sweep_key *key,
                      uint32_t *ret_index, struct sim_error *err)
{
    const struct sweep_key *digest;

    if (!plan_inputs_add(&setups->inputs, path, ret_index, err))
        return false;
    digest = &setups->inputs.items.items[*ret_index].digest;
    add_number(key, digest->high);
    add_number(key, digest->low);
    return true;
}

/* Names are in the summary and in the output, in metrics they are not. */
static void add_names(struct sweep_key *key, const struct run_inputs *inputs)
{
    add_text(key, inputs->workload.name);
    add_number(key, inputs->named.count);
    for (size_t i = 0; i < inputs->named.count; i++)
        add_text(key, inputs->named.items[i].name);
}

/* What sweep_key.h says, in its order. */
static bool make_setup(struct plan_setups *setups, const struct run_choice *choice,
                       const struct run_inputs *inputs, struct plan_setup *setup,
                       struct sim_error *err)
{
    const struct sweep_file *file = setups->file;
    struct sweep_key *key = &setup->key;
    uint32_t trace;

    *key = sweep_key_begin();
    add_text(key, setups->tool_version);
    if (!add_input(setups, inputs->machine_path, key, &setup->machine, err) ||
        !add_input(setups, choice->workload_path, key, &setup->workload, err))
        return false;
    add_number(key, inputs->workload.traces.count);
    for (size_t i = 0; i < inputs->workload.traces.count; i++) {
        if (!add_input(setups, inputs->workload.traces.items[i].path, key, &trace, err))
            return false;
    }
    add_arguments(key, setups);
    add_option(key, &file->tick_ns);
    add_option(key, &file->until_ns);
    add_text(key, reclaim_replay_names[file->reclaim]);
    add_number(key, file->metrics.count);
    for (size_t i = 0; i < file->metrics.count; i++)
        add_text(key, file->metrics.items[i]);
    add_text(key, sweep_keep_names[file->keep]);
    if (file->keep != SWEEP_KEEP_METRICS)
        add_names(key, inputs);
    return true;
}

static bool load(struct plan_setups *setups, const struct run_choice *choice,
                 struct plan_setup *setup, struct sim_error *err)
{
    struct set_options sets = {0};
    struct run_choice with_sets = *choice;
    struct run_inputs inputs = {0};
    bool ok = true;

    for (size_t i = 0; i < setups->arguments.count && ok; i++)
        ok = set_options_add(&sets, setups->arguments.items[i]);
    if (!ok)
        out_of_memory(err);
    with_sets.sets = &sets;
    ok = ok && run_inputs_load(&inputs, &with_sets, err) &&
         make_setup(setups, choice, &inputs, setup, err);
    run_inputs_fini(&inputs);
    set_options_fini(&sets);
    return ok;
}

static struct run_choice run_choice_of(struct plan_setups *setups, const uint32_t *choice)
{
    const struct sweep_file *file = setups->file;
    const struct sweep_value *machine = plan_value(file, SWEEP_AXIS_MACHINE, choice);
    const struct sweep_value *workload = plan_value(file, SWEEP_AXIS_WORKLOAD, choice);

    return (struct run_choice){
        .workload_path = workload ? workload->argument : file->workload_path,
        .machine_path = machine ? machine->argument : file->machine_path,
        .store = &setups->inputs.store,
        .tick_ns = file->tick_ns,
        .until_ns = file->until_ns,
        .reclaim = file->reclaim,
    };
}

bool plan_setups_get(struct plan_setups *setups, const uint32_t *choice,
                     struct plan_setup *ret_setup, struct sim_error *err)
{
    struct run_choice run_choice = run_choice_of(setups, choice);
    struct plan_setup setup = {0};
    struct sweep_key texts;
    uint32_t index;

    if (!collect_arguments(setups, choice))
        return out_of_memory(err);
    texts = texts_key(setups, &run_choice);
    if (key_map_get(&setups->by_texts, &texts, &index)) {
        *ret_setup = setups->items.items[index];
        return true;
    }
    if (!load(setups, &run_choice, &setup, err))
        return plan_blame(setups->file, choice, &run_choice, err);
    if (!vec_push(&setups->items, setup) ||
        !key_map_put(&setups->by_texts, &texts, (uint32_t)setups->items.count - 1))
        return out_of_memory(err);
    *ret_setup = setup;
    return true;
}

struct sweep_key plan_setup_key(const struct plan_setup *setup, const uint64_t *seed)
{
    struct sweep_key key = setup->key;
    struct option_number option = {.given = seed != NULL, .value = seed ? *seed : 0};

    add_option(&key, &option);
    return key;
}
