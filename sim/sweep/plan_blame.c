/* SPDX-License-Identifier: MIT */
/* Where in the sweep file the mistake is that a run of it shows. */
#include "sweep/plan_blame.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "sweep/plan_setup.h"

#define SET_PREFIX "--set "

/* The place becomes that of the node; the rest stays. */
static bool move_to(const struct yaml_node *node, struct sim_error *err)
{
    struct sim_error moved = {0};

    yaml_error_at(node, &moved, err->code, "%s", err->message);
    sim_error_add_hint(&moved, "%s", err->hint);
    *err = moved;
    return false;
}

/* Whether the error stands in that argument; its file name may have been cut off at its size. */
static bool is_of_argument(const struct sim_error *err, const char *argument)
{
    size_t prefix = strlen(SET_PREFIX);

    return argument && strncmp(err->file, SET_PREFIX, prefix) == 0 &&
           strncmp(err->file + prefix, argument, sizeof(err->file) - 1 - prefix) == 0;
}

static const struct yaml_node *blamed_value(const struct sweep_file *file, const uint32_t *choice,
                                            const struct sim_error *err)
{
    for (size_t i = 0; i < file->axes.count; i++) {
        const struct sweep_axis *axis = &file->axes.items[i];
        const struct sweep_value *value = &axis->values.items[choice[i]];

        if (axis->kind == SWEEP_AXIS_SET && is_of_argument(err, value->argument))
            return value->node;
    }
    for (size_t i = 0; i < file->settings.count; i++) {
        if (is_of_argument(err, file->settings.items[i].argument))
            return file->settings.items[i].node;
    }
    return NULL;
}

/* Where the file that cannot be opened is named here; NULL: it is not. */
static const struct yaml_node *blamed_file(const struct sweep_file *file, const uint32_t *choice,
                                           const struct run_choice *run_choice,
                                           const struct sim_error *err)
{
    const struct sweep_value *machine = plan_value(file, SWEEP_AXIS_MACHINE, choice);
    const struct sweep_value *workload = plan_value(file, SWEEP_AXIS_WORKLOAD, choice);

    if (err->line || (err->code != ERR_OPEN && err->code != ERR_READ))
        return NULL;
    if (strncmp(err->file, run_choice->workload_path, sizeof(err->file) - 1) == 0)
        return workload ? workload->node : file->workload;
    if (run_choice->machine_path &&
        strncmp(err->file, run_choice->machine_path, sizeof(err->file) - 1) == 0)
        return machine ? machine->node : file->machine;
    return NULL;
}

static void name_file(struct sim_error *err)
{
    char message[sizeof(err->message)];

    memcpy(message, err->message, sizeof(message));
    snprintf(err->message, sizeof(err->message), "%.120s: %.120s", err->file, message);
}

/* "with vm.min_free_kbytes=1024, seed=1". */
static void hint_values(const struct sweep_file *file, const uint32_t *choice,
                        struct sim_error *err)
{
    struct strbuf text = {0};

    for (size_t i = 0; i < file->axes.count; i++)
        strbuf_addf(&text, "%s%s=%s", i ? ", " : "", file->axes.items[i].name,
                    file->axes.items[i].values.items[choice[i]].text);
    if (!text.failed)
        sim_error_add_hint(err, "with %.140s", text.data);
    strbuf_fini(&text);
}

bool plan_blame(const struct sweep_file *file, const uint32_t *choice,
                const struct run_choice *run_choice, struct sim_error *err)
{
    const struct yaml_node *value = blamed_value(file, choice, err);
    const struct yaml_node *named = blamed_file(file, choice, run_choice, err);

    if (value)
        return move_to(value, err);
    if (named) {
        name_file(err);
        return move_to(named, err);
    }
    if (err->code == ERR_USAGE) {
        *err = (struct sim_error){0};
        yaml_error_at(yaml_doc_root(&file->doc), err, ERR_SWEEP_AXIS,
                      "neither this file nor the workload names a machine");
    }
    hint_values(file, choice, err);
    return false;
}
