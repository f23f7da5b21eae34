/* SPDX-License-Identifier: MIT */
/* The files that the runs of a plan read: each once, by path and content. */
#ifndef SIM_SWEEP_PLAN_INPUTS_H
#define SIM_SWEEP_PLAN_INPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_store.h"
#include "base/vec.h"
#include "sweep/sweep_key.h"

struct plan_input {
    char *relative; /* from the sweep's folder, through no symbolic link but the file itself */
    uint64_t fnv1a64;
    struct sweep_key digest; /* of the content */
};

/* One spelling of a path. */
struct plan_name {
    char *path;
    uint32_t input;
};

/* Valid to end after `= {0}`. */
struct plan_inputs {
    struct file_store store; /* for the runs to read through */
    char *folder;            /* the sweep's, absolute */
    VEC(struct plan_input) items;
    VEC(struct plan_name) names;
};

/* The folder must be there. Errors: ERR_OPEN, ERR_OUT_OF_MEMORY. */
bool plan_inputs_init(struct plan_inputs *inputs, const char *folder, struct sim_error *err);
void plan_inputs_fini(struct plan_inputs *inputs);

/* The index of the file, which is brought in if it is new. Errors: those of file_store_get(). */
bool plan_inputs_add(struct plan_inputs *inputs, const char *path, uint32_t *ret_index,
                     struct sim_error *err);

#endif
