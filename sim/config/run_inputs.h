/* SPDX-License-Identifier: MIT */
/* All inputs of one run, loaded and checked together: machine, workload, traces, overrides. */
#ifndef SIM_CONFIG_RUN_INPUTS_H
#define SIM_CONFIG_RUN_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_store.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/machine_config.h"
#include "config/set_options.h"
#include "config/workload_config.h"
#include "run/run_spec.h"
#include "stats/header.h"

/* What to load; the caller's, and must outlive the inputs. */
struct run_choice {
    const char *workload_path;      /* "-" = stdin */
    const char *machine_path;       /* NULL: the one that the workload names; "-" = stdin */
    struct file_store *store;       /* keeps what is read for further runs; NULL: read anew */
    const struct set_options *sets; /* NULL: none */
    struct option_number seed;
    struct option_number tick_ns;
    struct option_number until_ns;
    enum reclaim_replay reclaim;
};

/* Valid to end after `= {0}` and after a failed load. `spec` and `named` borrow from the rest. */
struct run_inputs {
    struct workload_config workload;
    struct machine_config machine;
    struct run_spec spec;
    const char *machine_path;       /* the one that was used */
    VEC(struct header_input) named; /* for the header: by name and content, without folders */
};

/*
 * Loads everything. Errors: those of the two files, ERR_USAGE (both are stdin; no machine is
 * named). The place of an error in a --set argument is as it was typed.
 */
bool run_inputs_load(struct run_inputs *inputs, const struct run_choice *choice,
                     struct sim_error *err);
void run_inputs_fini(struct run_inputs *inputs);

#endif
