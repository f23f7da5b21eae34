/* SPDX-License-Identifier: MIT */
/* The --set arguments of one command, shared out between the machine and the workload file. */
#include "config/set_options.h"

#include <stdio.h>
#include <string.h>

#include "yaml/yaml_override.h"

#define WORKLOAD_PREFIX "workload."

/* What yaml_override_apply() puts before an argument to make a file name of it. */
#define SET_FILE_PREFIX "--set "

bool set_options_add(struct set_options *sets, const char *argument)
{
    size_t prefix_length = strlen(WORKLOAD_PREFIX);

    if (strncmp(argument, WORKLOAD_PREFIX, prefix_length) == 0)
        return vec_push(&sets->workload, argument + prefix_length);
    return vec_push(&sets->machine, argument);
}

void set_options_fini(struct set_options *sets)
{
    vec_fini(&sets->machine);
    vec_fini(&sets->workload);
}

bool set_options_apply_machine(const struct set_options *sets, struct yaml_doc *doc,
                               struct sim_error *err)
{
    return !sets || yaml_override_apply(doc, sets->machine.items, sets->machine.count, err);
}

bool set_options_apply_workload(const struct set_options *sets, struct yaml_doc *doc,
                                struct sim_error *err)
{
    return !sets || yaml_override_apply(doc, sets->workload.items, sets->workload.count, err);
}

void set_options_restore_place(const struct set_options *sets, struct sim_error *err)
{
    size_t file_prefix_length = strlen(SET_FILE_PREFIX);

    if (!sets || strncmp(err->file, SET_FILE_PREFIX, file_prefix_length) != 0)
        return;
    for (size_t i = 0; i < sets->workload.count; i++) {
        const char *argument = sets->workload.items[i];

        /* The file name may have been cut off at its size. */
        if (strncmp(err->file + file_prefix_length, argument,
                    sizeof(err->file) - 1 - file_prefix_length) != 0)
            continue;
        snprintf(err->file, sizeof(err->file), SET_FILE_PREFIX WORKLOAD_PREFIX "%s", argument);
        err->column += (uint32_t)strlen(WORKLOAD_PREFIX);
        return;
    }
}
